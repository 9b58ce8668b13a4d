"""From the words of all companies to the terms by which they are found: each distinct word is stemmed and split once."""

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa

from enrich.words.compounds import Vocabulary
from enrich.words.languages import languages
from enrich.words.stem import fold_letters, stem_words

SCHEMA = pa.schema([("word", pa.string()), ("term", pa.string()), ("is_part", pa.bool_())])


def analyse_words(words: Mapping[str, int], language: str) -> pa.Table:
    """The terms of words (in lower case, with the number of companies that use each), a row each: word, term, is_part.

    `is_part` is false for the word's own stem, true for those of the parts it is written together of. A pure function of the
    words and their counts.

    >>> words = {"programvare": 40, "utvikling": 90, "programvareutviklingen": 3}
    >>> [row["term"] for row in analyse_words(words, "nb").to_pylist() if row["word"] == "programvareutviklingen"]
    ['programvareutvikling', 'programvar', 'utvikling']
    """
    spoken = languages()[language]
    terms = stem_words(words, spoken.stemmer)
    vocabulary = make_vocabulary(words, terms, spoken.links)
    parts = {term: vocabulary.split(term) for term in vocabulary.counts} if spoken.links else {}
    found: list[tuple[str, str, bool]] = []
    for word, term in zip(words, terms, strict=True):
        found.append((word, term, False))
        found.extend((word, part, True) for part in parts.get(term, ()))
    columns = zip(*found, strict=True) if found else ((), (), ())
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def make_vocabulary(words: Mapping[str, int], terms: list[str], links: tuple[str, ...]) -> Vocabulary:
    """What compounds are split by: `terms` are those of the words, in order."""
    counts: Counter[str] = Counter()
    for used, term in zip(words.values(), terms, strict=True):
        counts[term] += used
    return Vocabulary(terms=dict(zip(map(fold_letters, words), terms, strict=True)), counts=counts, links=links)
