"""Two names laid side by side: which words they share, and which only one of them has."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import Indel, JaroWinkler

RAREST_BITS = 14
"""Bits of surprise of a word that hardly any company name has."""

MISSPELT = 0.8
"""Two long words at least this similar (0-1) are one word misspelt."""

_LONG = 4
"""Letters from which on a word is long enough to be recognised misspelt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedName:
    """A name as written, and its comparable forms (`enrich.normalise.name.NormalName`)."""

    name: str
    core_name: str
    core_key: str
    legal_form_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Two names side by side; bits say how telling the words are that both, or only one, have."""

    left: ComparedName
    right: ComparedName
    shared: tuple[str, ...]
    left_only: tuple[str, ...]
    right_only: tuple[str, ...]
    shared_bits: float
    left_bits: float
    right_bits: float


def align_names(left: ComparedName, right: ComparedName) -> Alignment:
    """The two names side by side: equal words first, then words written apart or together, then misspelt ones.

    >>> norsk, hydro = (ComparedName(name=n, core_name=n, core_key=n.replace(" ", "")) for n in ("norsk hydro", "hydro asa"))
    >>> found = align_names(norsk, hydro)
    >>> found.shared, found.left_only, found.right_only
    (('hydro',), ('norsk',), ('asa',))
    """
    mine, theirs = left.core_name.split(), right.core_name.split()
    if left.core_key == right.core_key:
        words = mine if len(mine) <= len(theirs) else theirs
        return _alignment(left, right, words, [], [], 0.0, 0.0)
    shared = [word for word in dict.fromkeys(mine) if word in theirs]
    mine = [word for word in dict.fromkeys(mine) if word not in shared]
    theirs = [word for word in dict.fromkeys(theirs) if word not in shared]
    shared += _take_joined(mine, theirs) + _take_joined(theirs, mine)
    shared_bits, lost_bits = 0.0, 0.0
    for word in [word for word in mine if len(word) >= _LONG]:
        nearest = max(
            ((Indel.normalized_similarity(word, other), other) for other in theirs if len(other) >= _LONG),
            default=(0.0, ""),
        )
        if nearest[0] >= MISSPELT:
            bits = min(word_bits(word), word_bits(nearest[1]))
            shared_bits += bits * nearest[0]
            lost_bits += bits * (1 - nearest[0])
            mine.remove(word)
            theirs.remove(nearest[1])
    return _alignment(left, right, shared, mine, theirs, shared_bits, lost_bits)


def _take_joined(together: list[str], apart: list[str]) -> list[str]:
    """Words of one side that the other writes as two neighbouring words; taken from both."""
    taken = []
    for first, second in zip(apart.copy(), apart[1:], strict=False):
        if first + second in together and first in apart and second in apart:
            taken.append(first + second)
            together.remove(first + second)
            apart.remove(first)
            apart.remove(second)
    return taken


def _alignment(
    left: ComparedName,
    right: ComparedName,
    shared: Sequence[str],
    left_only: Sequence[str],
    right_only: Sequence[str],
    misspelt_bits: float,
    lost_bits: float,
) -> Alignment:
    return Alignment(
        left=left,
        right=right,
        shared=tuple(shared),
        left_only=tuple(left_only),
        right_only=tuple(right_only),
        shared_bits=sum(map(word_bits, shared)) + misspelt_bits,
        left_bits=sum(map(word_bits, left_only)) + lost_bits,
        right_bits=sum(map(word_bits, right_only)) + lost_bits,
    )


def similarity(left: str, right: str) -> float:
    """How alike two spellings are, 0-1: edit distance, or Jaro-Winkler less 0.1 where that is more.

    >>> similarity("norskhydro", "norskhydro"), round(similarity("norskhydro", "norskhydra"), 2)
    (1.0, 0.9)
    """
    return max(Indel.normalized_similarity(left, right), JaroWinkler.similarity(left, right) - 0.1)


def is_acronym(short: ComparedName, long: ComparedName) -> bool:
    """Whether one name is the initials of the other's three or more words.

    >>> ibm = ComparedName(name="IBM", core_name="ibm", core_key="ibm")
    >>> is_acronym(ibm, ComparedName(name="", core_name="international business machines", core_key=""))
    True
    """
    words = long.core_name.split()
    return len(words) > 2 and "".join(word[0] for word in words) == short.core_key


def word_bits(word: str) -> float:
    """How much it says that two names share a word: log2 of how many names there are for each that has it.

    >>> word_bits("holding"), word_bits("orkla")
    (5, 14)
    """
    return _common_words().get(word, RAREST_BITS)


@cache
def _common_words() -> dict[str, int]:
    text = files("enrich.match").joinpath("common_words.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {word: int(bits) for bits, *words in rows for word in words}
