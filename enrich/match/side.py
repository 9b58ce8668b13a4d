"""One side of many comparisons as columns: names divided into words, values as codes that compare as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int32]
Bits = npt.NDArray[np.float64]

NAME = pa.struct([(field, pa.string()) for field in ("name", "core_name", "core_key", "legal_form_class")])
SIDE = pa.schema(
    [
        ("id", pa.string()),
        ("names", pa.list_(NAME)),
        ("country_code", pa.string()),
        ("numbers", pa.list_(pa.string())),
        ("domains", pa.list_(pa.string())),
        ("phones", pa.list_(pa.string())),
        ("postal_code", pa.string()),
        ("city_key", pa.string()),
        ("address_key", pa.string()),
        ("address_holders", pa.int64()),
        ("street_holders", pa.int64()),
        ("is_live", pa.bool_()),
        ("entity_kind", pa.string()),
        ("employees_low", pa.int64()),
        ("employees_high", pa.int64()),
    ]
)
"""Columns of a side: what a row states of one company, normalised; empty or null where it does not. The first name is
the main one; numbers are "SCHEME:VALUE". `address_holders` counts the companies at the address in the reference,
`street_holders` those at such a street and number in any town; null is not counted. Employees are a range: known exactly
where both ends are one, open above where only the high end is null."""

MOST_WORDS = 12
"""Words of a name that are compared; what a longer name says further on is left out on both sides alike."""

NOTHING = -1
"""The code of what is not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of a side, one row each: `of` is the row of the side that bears it; words are codes of `vocabulary`.

    `words` has a row a name and a column a word, `joined` the code of each word written together with the next one. All
    have one row more, of nothing, so that place NOTHING is nobody's name. `letters` are the keys' first ones, `initials` the
    word that those of a name of three words and more make.
    """

    of: Codes
    first: Codes
    count: Codes
    table: pa.StructArray
    words: Codes
    joined: Codes
    keys: Codes
    letters: Codes
    initials: Codes
    forms: Codes


def encode_names(tables: Sequence[pa.Table]) -> tuple[list[Names], pa.Array, pa.Array]:
    """The names of all sides, with one vocabulary of words and one of legal forms."""
    listed = [_combined(table["names"]) for table in tables]
    flat = [_flat(each) for each in listed]
    cores = pa.concat_arrays([pc.fill_null(each.field("core_name"), "") for each in flat])
    keys = pa.concat_arrays([each.field("core_key") for each in flat])
    split = pc.split_pattern(cores, " ")
    lengths = pc.list_value_length(split).to_numpy(zero_copy_only=False).astype(np.int32)
    encoded = pc.dictionary_encode(split.flatten())
    vocabulary = encoded.dictionary
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    words = _padded(codes, starts, lengths)
    joined = _joined(words, vocabulary)
    key_codes = pc.dictionary_encode(keys).indices.fill_null(NOTHING).to_numpy(zero_copy_only=False).astype(np.int32)
    long = np.flatnonzero(lengths > 2)
    several = pc.replace_substring(cores.take(pa.array(long)), "& ", "")
    initials = pc.index_in(pc.replace_substring_regex(several, r"(\S)\S*\s*", r"\1"), value_set=vocabulary)
    initial_codes = np.full(len(cores), NOTHING, dtype=np.int32)
    initial_codes[long] = pc.fill_null(initials, NOTHING).to_numpy(zero_copy_only=False)
    letters = pc.dictionary_encode(pc.utf8_slice_codeunits(keys, 0, 1)).indices.fill_null(NOTHING)
    letter_codes = letters.to_numpy(zero_copy_only=False).astype(np.int32)
    forms = pc.dictionary_encode(pa.concat_arrays([pc.fill_null(each.field("legal_form_class"), "") for each in flat]))
    form_codes = forms.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    found, start = [], 0
    for one, table in zip(listed, flat, strict=True):
        part = slice(start, start + len(table))
        start += len(table)
        count = pc.fill_null(pc.list_value_length(one), 0).to_numpy(zero_copy_only=False).astype(np.int32)
        found.append(
            Names(
                of=np.repeat(np.arange(len(one), dtype=np.int32), count),
                first=(np.cumsum(count) - count).astype(np.int32),
                count=count,
                table=table,
                words=_and_nobody(words[part]),
                joined=_and_nobody(joined[part]),
                keys=_and_nobody(key_codes[part]),
                letters=_and_nobody(letter_codes[part]),
                initials=_and_nobody(initial_codes[part]),
                forms=_and_nobody(form_codes[part]),
            )
        )
    return found, vocabulary, forms.dictionary


def _and_nobody(codes: Codes) -> Codes:
    return np.concatenate([codes, np.full((1, *codes.shape[1:]), NOTHING, dtype=np.int32)])


def _combined(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _flat(listed: pa.ListArray) -> pa.StructArray:
    return listed.flatten()


def _padded(codes: Codes, starts: npt.NDArray[np.int64], lengths: Codes) -> Codes:
    """A row a list, a column an item, NOTHING behind the last."""
    wide = min(MOST_WORDS, int(lengths.max(initial=1)))
    places = starts[:, None] + np.arange(wide)
    present = np.arange(wide) < lengths[:, None]
    if not len(codes):
        return np.full(places.shape, NOTHING, dtype=np.int32)
    return np.where(present, codes[np.minimum(places, max(len(codes) - 1, 0))], NOTHING).astype(np.int32)


def _joined(words: Codes, vocabulary: pa.Array) -> Codes:
    """The code of each word joined with the one behind it, where the vocabulary has that word."""
    first, second = words[:, :-1], words[:, 1:]
    joined = np.full(words.shape, NOTHING, dtype=np.int32)
    rows, places = np.nonzero(second != NOTHING)
    pairs = first[rows, places].astype(np.int64) * len(vocabulary) + second[rows, places]
    distinct, back = np.unique(pairs, return_inverse=True)
    text = pc.binary_join_element_wise(
        vocabulary.take(pa.array(distinct // max(len(vocabulary), 1))),
        vocabulary.take(pa.array(distinct % max(len(vocabulary), 1))),
        "",
    )
    code = pc.fill_null(pc.index_in(text, value_set=vocabulary), NOTHING).to_numpy(zero_copy_only=False)
    joined[rows, places] = code.astype(np.int32)[back]
    return joined


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of two sides, by their places, with what comparing them needs.

    `companies` says which company each row of the right side is of, where the pairs are all that the left rows may be;
    without it nothing is said of who else there is.
    """

    left: pa.Table
    right: pa.Table
    left_rows: npt.NDArray[np.int64]
    right_rows: npt.NDArray[np.int64]
    companies: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.left_rows)

    @cached_property
    def encoded(self) -> tuple[Names, Names, pa.Array, pa.Array]:
        """The names of both sides, their vocabulary of words and of legal forms."""
        (mine, theirs), vocabulary, forms = encode_names([self.left, self.right])
        return mine, theirs, vocabulary, forms

    def codes(self, field: str) -> tuple[Codes, Codes]:
        """A column of single values of both sides as codes, a row a pair."""
        both = pa.concat_arrays([_combined(self.left[field]), _combined(self.right[field])])
        codes = pc.fill_null(pc.dictionary_encode(both).indices, NOTHING).to_numpy(zero_copy_only=False)
        codes = codes.astype(np.int32)
        return codes[: self.left.num_rows][self.left_rows], codes[self.left.num_rows :][self.right_rows]

    def listed_codes(self, field: str) -> tuple[Codes, Codes]:
        """A column of lists of both sides as codes, a row a pair and a column an item."""
        lists = [_combined(side[field]) for side in (self.left, self.right)]
        encoded = pc.dictionary_encode(pa.concat_arrays([each.flatten() for each in lists]))
        codes = pc.fill_null(encoded.indices, NOTHING).to_numpy(zero_copy_only=False).astype(np.int32)
        found, start = [], 0
        for each, rows in zip(lists, (self.left_rows, self.right_rows), strict=True):
            lengths = pc.fill_null(pc.list_value_length(each), 0).to_numpy(zero_copy_only=False).astype(np.int32)
            starts = start + np.cumsum(lengths) - lengths
            start += int(lengths.sum())
            found.append(_padded(codes, starts, lengths)[rows])
        return found[0], found[1]

    def states(self, field: str) -> bool:
        """Whether both sides state the field anywhere: if not, nothing needs comparing."""
        return all(_states(side[field]) for side in (self.left, self.right))

    def either_states(self, field: str) -> bool:
        """Whether one side or the other states the field anywhere."""
        return any(_states(side[field]) for side in (self.left, self.right))


def _states(column: pa.ChunkedArray) -> bool:
    if pa.types.is_list(column.type):
        return bool(pc.any(pc.greater(pc.list_value_length(column), 0)).as_py())
    return int(column.null_count) < len(column)
