"""Splitting words that are written together, by the words that the companies themselves use.

After Koehn and Knight, Empirical Methods for Compound Splitting (2003): a word is split where the geometric mean of how often its
parts are used is greater than how often the word itself is. No list of words comes with the program.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

SHORTEST_PART = 4
SHORTEST_COMMON = 3
"""A part of three letters counts where it is common: `COMMON` companies or more use it."""
COMMON = 20
RAREST = 2
"""So many companies at least use a part."""
BOUND = frozenset({"pro", "pre", "per", "kon", "kom", "sub", "dis", "eks", "trans", "inter"})
"""Beginnings of borrowed words that are no words before others, though companies are called so: a program is no "pro" of a "gram"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What is known of a language's words: the term of each word (in plain letters), and how many companies use each term."""

    terms: Mapping[str, str]
    counts: Mapping[str, int]
    links: tuple[str, ...]

    def split(self, term: str) -> tuple[str, ...]:
        """The terms of the parts of a compound, those of its longer parts among them; none where it is no compound.

        >>> terms = {"programvare": "programvar", "program": "program", "utvikling": "utvikling"}
        >>> counts = {"programvar": 40, "program": 30, "utvikling": 90, "programvareutvikling": 3}
        >>> Vocabulary(terms=terms, counts=counts, links=("", "s", "e")).split("programvareutvikling")
        ('programvar', 'utvikling')
        """
        return tuple(dict.fromkeys(self._parts(term, self.counts.get(term, 0))))

    def _parts(self, term: str, used: int) -> Iterator[str]:
        best, parts = float(used), None
        for place in range(SHORTEST_COMMON, len(term) - SHORTEST_COMMON + 1):
            right = term[place:]
            right_used = self._use(right)
            if not right_used:
                continue
            left = self._first_part(term[:place])
            if left is not None:
                mean = sqrt(right_used * self.counts[left])
                if mean > best:
                    best, parts = mean, (left, right)
        if parts is not None:
            for part in parts:
                yield part
                yield from self._parts(part, self.counts[part])

    def _first_part(self, written: str) -> str | None:
        """The term that a first part stands for, its linking letters taken off: the one most used."""
        found, most = None, 0
        for link in self.links:
            if link and not written.endswith(link):
                continue
            base = written[: len(written) - len(link)]
            if len(base) < SHORTEST_COMMON or base in BOUND:
                continue
            for term in (self.terms.get(base), base):
                if term is not None and (used := self._use(term, len(base))) > most:
                    found, most = term, used
        return found

    def _use(self, term: str, length: int | None = None) -> int:
        """How many companies use a term that may be a part; 0 where it may not."""
        used = self.counts.get(term, 0)
        is_long = (len(term) if length is None else length) >= SHORTEST_PART
        return used if used >= (RAREST if is_long else COMMON) else 0
