"""What a word or phrase means, as it was written: in its base form, inflected, in a compound, or without its accents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from enrich.icp.reading.inflect import LONGEST_ENDING, Stem

LANGUAGES = ("nb", "sv", "da", "fi", "en")
LONGEST = 6
"""So many words a phrase has at most."""

_SHORTEST_FIRST = 2
_BASED = ("baserte", "basert", "baserade", "baserat", "baserede", "baseret", "based")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a place's name may be: regions, municipalities, or either ("Stockholm"); an area is several."""

    regions: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    """Where those of its name lie; empty where nobody knows."""
    needs_region_word: bool = False
    """Whether it is the region only where the text says so: Sjælland is an island, "Region Sjælland" the region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One meaning: its kind as grammar.toml names it, its value, and the languages in whose lists it stands."""

    kind: str
    value: object = None
    criterion: str | None = None
    languages: frozenset[str] = frozenset()
    is_silent: bool = False
    """Whether it may stand for nothing where no rule takes it, being a filler in some language too."""
    is_negated: bool = False
    """Whether it holds a not of its own, so that no other reaches it: "ikke over"."""
    is_adjective: bool = False
    """Whether it is a country's adjective: "svenske", not "Sverige"."""


class Forms:
    """Meanings by every form of their words, kept as stems with endings: a hundredth of the forms."""

    def __init__(self) -> None:
        self._stems: dict[str, list[tuple[frozenset[str], Meaning]]] = {}

    def add(self, stems: Iterable[Stem], meaning: Meaning) -> None:
        """A word's stems, with what it means."""
        for stem, endings in stems:
            self._stems.setdefault(stem, []).append((endings, meaning))

    def get(self, phrase: str) -> Meaning | None:
        """What a form means: the longest stem counts; of the languages that say the same, all."""
        for cut in range(len(phrase), max(0, len(phrase) - LONGEST_ENDING - 1), -1):
            stem, ending = phrase[:cut], phrase[cut:]
            found = [meaning for endings, meaning in self._stems.get(stem, ()) if ending in endings]
            if found:
                same = (each.languages for each in found if each.value == found[0].value)
                return replace(found[0], languages=frozenset[str]().union(*same))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The lists as indexes. A base form outranks an inflected one, that a compound, and that a name without its accents."""

    base: Mapping[str, Meaning]
    inflected: Forms
    unaccented: Mapping[str, Meaning]
    firsts: Mapping[str, Meaning]
    """What the first part of a compound says: "bemannings" in "bemanningsselskap"."""
    heads: frozenset[str]
    """Last parts that say only that it is a company."""
    technology_heads: frozenset[str]
    """Last parts that say only who uses a technology: "Shopify-butikker"."""
    occupations: Mapping[str, Meaning]
    occupation_forms: Forms
    occupation_heads: frozenset[str]
    trades: Forms
    """People of a trade that no group of occupations has."""
    roles: Mapping[str, str]
    """Kinds of roles by what those who hold them are called."""
    having: frozenset[str]
    """What a role is read behind."""
    having_fillers: frozenset[str]
    hire_fillers: frozenset[str]
    hire_denials: frozenset[str]
    """What denies a verb of hiring from behind: "ansetter ikke selgere"; not "ansetter andre enn selgere"."""
    absorbed: frozenset[str]
    apart: Mapping[str, str]
    """What means nothing where it stands alone at the beginning or the end of a text, by the text's language."""
    abbreviations: frozenset[str]
    hints: Mapping[str, str]
    """What to do where a word of these was not understood."""
    only_in: Mapping[str, frozenset[str]]
    numbers: Mapping[str, Decimal]
    vocabulary: Mapping[str, str]
    """What suggestions are taken from: as it is spelt, by its lower case."""

    def find(self, phrase: str) -> Meaning | None:
        """What words in lower case, parted by one space, mean; null where they are in no list."""
        found = self.base.get(phrase) or self.inflected.get(phrase)
        if found is None and " " not in phrase:
            found = self._find_compound(phrase) or self._find_based(phrase)
        return found or self.unaccented.get(phrase)

    def find_occupation(self, phrase: str) -> tuple[str, ...] | None:
        """The groups of people that words mean, none for a word that says only "people"; null where they mean none."""
        if phrase in self.occupation_heads:
            return ()
        firsts = [phrase]
        for gap in (" ", "-"):
            first, _, head = phrase.rpartition(gap)
            if head in self.occupation_heads:
                firsts.append(first)
        for first in firsts:
            found = self.occupations.get(first) or self.occupation_forms.get(first)
            if found is not None:
                return (found.kind,)
        return None

    def is_trade(self, phrase: str) -> bool:
        """Whether words mean people of whom no group of occupations is: "rørleggere", "hotel staff"."""
        if self.trades.get(phrase) is not None:
            return True
        first, _, head = phrase.rpartition(" ")
        found = self.find(first) if head in self.occupation_heads else None
        return found is not None and found.criterion == "industry"

    def _find_compound(self, word: str) -> Meaning | None:
        if word.endswith("-"):  # "hotell- og restaurantbedrifter"
            return self._find_first(word.rstrip("-"))
        for cut in range(len(word) - 2, 1, -1):
            first, head = word[:cut].rstrip("-"), word[cut:]
            if head in self.heads and (found := self._find_first(first)) is not None:
                return found
            if head in self.technology_heads:
                technology = self.base.get(first)
                if technology is not None and technology.criterion == "technology":
                    return technology
        return None

    def _find_first(self, first: str) -> Meaning | None:
        if len(first) < _SHORTEST_FIRST:
            return None
        return self.firsts.get(first) or self.firsts.get(first.removesuffix("s")) or self.firsts.get(first[:-1])

    def _find_based(self, word: str) -> Meaning | None:
        """The place in "Oslo-baserte" and "stockholmsbaserade"."""
        for ending in _BASED:
            name = word.removesuffix(ending).rstrip("-")
            found = (self.base.get(name) or self.inflected.get(name)) if name != word else None
            if found is not None and found.kind == "place":
                return found
        return None
