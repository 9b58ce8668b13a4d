"""What a query may be called in the reference beside its own name: in the country's language, in full, or by its initials.

By these candidates are found; whether one is the company is for the comparisons to say.
"""

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enrich.match.words import GROUP_WORDS, RAREST_BITS, bits_of_words
from enrich.normalise.fold import fold_digraphs
from enrich.normalise.translation import translated_words, translations_of

ACRONYM = re.compile(r"[^\W\d_]{3,5}")
"""What initials look like: fewer letters are everybody's, more are a word."""

MOST_WORDS = 5
"""A longer name is not looked for in another language as a whole: who writes so much writes it as it is registered."""

OTHER_NAMES = pa.schema(
    [
        ("other_keys", pa.list_(pa.string())),
        ("other_words", pa.list_(pa.string())),
        ("acronym", pa.string()),
        ("initials", pa.string()),
    ]
)
"""Columns that `with_other_names` adds: core keys of the name with a word translated, rare words that it has in translation,
the one word that looks like initials, and the initials of a name of three words and more."""


def with_other_names(queries: pa.Table) -> pa.Table:
    """Queries (a side: SIDE) with the columns of OTHER_NAMES."""
    names = queries["names"].combine_chunks()
    first = pc.list_slice(names, 0, 1)
    has_name = pc.greater(pc.list_value_length(first), 0).to_numpy(zero_copy_only=False)
    stated = first.flatten()
    rows = np.flatnonzero(has_name)
    countries = queries["country_code"].combine_chunks().take(pa.array(rows)).to_pylist()
    columns: dict[str, list[object]] = {
        "other_keys": [[] for _ in has_name], "other_words": [[] for _ in has_name],
        "acronym": [None] * len(has_name), "initials": [None] * len(has_name),
    }  # fmt: skip
    named = zip(
        rows.tolist(), stated.field("name").to_pylist(), stated.field("core_name").to_pylist(), countries, strict=True
    )
    for row, name, core, country in named:
        columns["other_keys"][row], columns["other_words"][row] = translated_keys(core, country)
        columns["acronym"][row], columns["initials"][row] = acronym_of(name or "", core), initials_of(core)
    for field in OTHER_NAMES:
        queries = queries.append_column(field, pa.array(columns[field.name], field.type))
    return queries


def translated_keys(core_name: str, country: str | None) -> tuple[list[str], list[str]]:
    """Core keys of a name with one of its words in the country's languages, and such words that are rare enough to be looked for.

    >>> translated_keys("ege carpets", "DK")
    (['egegulv', 'egegulve', 'egetappe', 'egetappefabrik', 'egetapper'], ['gulv', 'gulve', 'tappe', 'tappefabrik', 'tapper'])
    """
    words = core_name.split(" ")
    if not 1 < len(words) <= MOST_WORDS:
        return [], []
    keys, others = list[str](), list[str]()
    for place, word in enumerate(words):
        for other in translations_of(word, country):
            keys.append(fold_digraphs("".join([*words[:place], other, *words[place + 1 :]])))
            others.append(other)
    return keys, [other for other in others if other in _rare_words()]


@cache
def _rare_words() -> frozenset[str]:
    """Words of the table that hardly any name has: looking for others would bring up half a trade."""
    words = translated_words().words
    is_rare = bits_of_words(words, [""])[0] >= RAREST_BITS
    return frozenset(words.filter(pa.array(is_rare)).to_pylist())


def acronym_of(name: str, core_name: str) -> str | None:
    """The initials that a name is made of, but for words for a group; null where it has other words, or they are no capitals.

    >>> acronym_of("SOK Group", "sok group"), acronym_of("E.D.F.", "edf"), acronym_of("Elkem", "elkem"), acronym_of("SOK Data", "sok data")
    ('sok', 'edf', None, None)
    """
    words = [word for word in core_name.split(" ") if word not in GROUP_WORDS]
    if len(words) != 1 or ACRONYM.fullmatch(words[0]) is None:
        return None
    return words[0] if words[0].upper() in name.replace(".", "") else None


def initials_of(core_name: str) -> str | None:
    """The initials of a name of three words to five; null where it has fewer or more.

    >>> initials_of("suomen osuuskauppojen keskuskunta"), initials_of("moller & sonner"), initials_of("den norske bank")
    ('sok', None, 'dnb')
    """
    words = core_name.replace("& ", "").split(" ")
    initials = "".join(word[0] for word in words if word)
    return initials if ACRONYM.fullmatch(initials) else None
