"""What a search for words asks of the postings: the terms of each word, in each language, by all its spellings."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.words.compounds import SHORTEST_COMMON, Vocabulary
from enrich.words.languages import Language, languages
from enrich.words.stem import fold_letters, spell_both_ways, stem_words

PART_WEIGHT = 0.6
"""What a part of an asked compound counts beside the compound itself."""

_LONGEST = 60
"""Letters of a word that are looked at for parts: what is pasted without a space is no compound."""

_WORD = re.compile("[0-9a-zß-öø-ӿ]+")
"""As in db/queries/publish/words_read.sql."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTerm:
    """A term to look for. Terms of the same `concept` are one for the ranking: the languages and spellings of a word, or
    of a part of it; `asked` is the word that it comes from, `weight` (0-1) what the concept counts. Words of the term are forms of
    the asked one; where `forms` is not None only those that are in it in plain letters, and the others are derived words.
    """

    concept: int
    asked: str
    language: str
    term: str
    weight: float
    forms: tuple[str, ...] | None


def read_words(text: str) -> tuple[list[str], list[str]]:
    """The words of a text that are asked for, and those that are not: they say nothing in one of the languages.

    Where all are such words, all are asked for.

    >>> read_words("Utvikling av programvare"), read_words("Is")
    ((['utvikling', 'programvare'], ['av']), (['is'], []))
    """
    words = list(dict.fromkeys(_WORD.findall(normalize("NFC", text).lower())))
    asked = [word for word in words if not says_nothing(word)]
    return (asked, [word for word in words if says_nothing(word)]) if asked else (words, [])


def says_nothing(word: str) -> bool:
    """Whether a word in small letters says nothing alone in one of the languages.

    >>> says_nothing("og"), says_nothing("programvare")
    (True, False)
    """
    return word in _stop_words()


@cache
def _stop_words() -> frozenset[str]:
    return frozenset[str]().union(*(language.stop_words for language in languages().values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spelling:
    """A word as it may be spelled, in one language: its term, the terms of what it may begin with, and what may be its parts."""

    asked: str
    language: Language
    term: str
    beginnings: Mapping[str, str]
    pieces: frozenset[str]


def find_terms(warehouse: Warehouse, words: Iterable[str]) -> list[AskedTerm]:
    """The terms of words in every language, compounds split by the words that the published file has."""
    spellings = [one for word in words for language in languages().values() for one in _spellings(word, language)]
    counts = _count_terms(warehouse, spellings)
    concepts: dict[tuple[str, str], int] = {}
    found: dict[tuple[int, str, str], AskedTerm] = {}
    for one in spellings:
        known = Vocabulary(terms=one.beginnings, counts=counts[one.language.code], links=one.language.links)
        for term, is_part in ((one.term, False), *((part, True) for part in known.split(one.term))):
            concept = concepts.setdefault((one.asked, term if is_part else ""), len(concepts))
            found[concept, one.language.code, term] = AskedTerm(
                concept=concept,
                asked=one.asked,
                language=one.language.code,
                term=term,
                weight=PART_WEIGHT if is_part else 1.0,
                forms=_forms(one),
            )
    return list(found.values())


def _forms(spelling: _Spelling) -> tuple[str, ...] | None:
    if spelling.language.inflect is None:
        return None
    plain = fold_letters(spelling.asked)
    return plain, *spelling.language.inflect(plain)


def _spellings(word: str, language: Language) -> Iterator[_Spelling]:
    if not language.links:  # words of such a language are not written together, nor with Nordic letters
        [term] = stem_words([word], language.stemmer)
        yield _Spelling(asked=word, language=language, term=term, beginnings={}, pieces=frozenset())
        return
    for spelling in spell_both_ways(word):
        pieces = _pieces(spelling)
        terms = stem_words([spelling, *pieces], language.stemmer)
        yield _Spelling(
            asked=word,
            language=language,
            term=terms[0],
            beginnings=dict(zip(map(fold_letters, pieces), terms[1:], strict=True)),
            pieces=frozenset((*_pieces(terms[0]), *terms)),
        )


def _pieces(word: str) -> list[str]:
    length = min(len(word), _LONGEST)
    return [word[start:end] for start in range(length) for end in range(start + SHORTEST_COMMON, length + 1)]


def _count_terms(warehouse: Warehouse, spellings: Sequence[_Spelling]) -> dict[str, dict[str, int]]:
    """How many companies use each term that may be a part, by language."""
    counts: dict[str, dict[str, int]] = {code: {} for code in languages()}
    wanted = sorted({(one.language.code, piece) for one in spellings for piece in one.pieces})
    rows = pa.table(
        {
            "language": pa.array([code for code, _ in wanted], pa.string()),
            "term": pa.array([piece for _, piece in wanted], pa.string()),
        }
    )
    with warehouse.lend("asked_piece", rows):
        for row in warehouse.rows("search/term_counts"):
            counts[str(row["language"])][str(row["term"])] = int(str(row["company_count"]))
    return counts
