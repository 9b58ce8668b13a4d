"""What a search for words asks of the postings: the terms of each word, in each language, by all its spellings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

from db.warehouse import Warehouse
from enrich.words.compounds import SHORTEST_COMMON, Vocabulary
from enrich.words.languages import Language, languages
from enrich.words.stem import fold_letters, spell_both_ways, stem_words

PART_WEIGHT = 0.6
"""What a part of an asked compound counts beside the compound itself."""

_WORD = re.compile("[0-9a-zß-öø-ӿ]+")
"""As in db/queries/publish/words_read.sql."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTerm:
    """A term to look for. Terms of the same `concept` are one for the ranking: the languages and spellings of a word, or
    of a part of it; `asked` is the word that it comes from, `weight` (0-1) what the concept counts.
    """

    concept: int
    asked: str
    language: str
    term: str
    weight: float


def read_words(text: str) -> tuple[list[str], list[str]]:
    """The words of a text that are asked for, and those that are not: they say nothing in one of the languages.

    Where all are such words, all are asked for.

    >>> read_words("Utvikling av programvare"), read_words("Is")
    ((['utvikling', 'programvare'], ['av']), (['is'], []))
    """
    words = list(dict.fromkeys(_WORD.findall(normalize("NFC", text).lower())))
    stopped = frozenset[str]().union(*(language.stop_words for language in languages().values()))
    asked = [word for word in words if word not in stopped]
    return (asked, [word for word in words if word in stopped]) if asked else (words, [])


def find_terms(warehouse: Warehouse, words: Iterable[str]) -> list[AskedTerm]:
    """The terms of words, as the published file knows them."""
    spoken = [languages()[str(row["language"])] for row in warehouse.rows("publish/words_languages")]
    concepts: dict[tuple[str, str], int] = {}
    found: dict[tuple[int, str, str], AskedTerm] = {}
    for word in words:
        for language in spoken:
            for term, is_part in _terms(warehouse, word, language):
                concept = concepts.setdefault((word, term if is_part else ""), len(concepts))
                found[concept, language.code, term] = AskedTerm(
                    concept=concept,
                    asked=word,
                    language=language.code,
                    term=term,
                    weight=PART_WEIGHT if is_part else 1.0,
                )
    return list(found.values())


def _terms(warehouse: Warehouse, word: str, language: Language) -> Iterator[tuple[str, bool]]:
    """The stems of a word's spellings, and of its parts where it is a compound of a language that writes them together."""
    spellings = list(spell_both_ways(word)) if language.links else [word]
    for spelling, term in zip(spellings, stem_words(spellings, language.stemmer), strict=True):
        yield term, False
        if language.links:
            yield from ((part, True) for part in _vocabulary_for(warehouse, spelling, term, language).split(term))


def _vocabulary_for(warehouse: Warehouse, word: str, term: str, language: Language) -> Vocabulary:
    """As much of the vocabulary as it takes to split one word."""
    beginnings = [
        word[start:end] for start in range(len(word)) for end in range(start + SHORTEST_COMMON, len(word) + 1)
    ]
    terms = dict(zip(map(fold_letters, beginnings), stem_words(beginnings, language.stemmer), strict=True))
    pieces = {term[start:end] for start in range(len(term)) for end in range(start + SHORTEST_COMMON, len(term) + 1)}
    rows = warehouse.rows("search/term_counts", language=language.code, terms=sorted({*pieces, *terms.values()}))
    counts = {str(row["term"]): int(str(row["company_count"])) for row in rows}
    return Vocabulary(terms=terms, counts=counts, links=language.links)
