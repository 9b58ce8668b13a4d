"""Names that a web or e-mail domain spells out: `furgilsameie.no` is Furgil Sameie AS, whatever the row calls the company."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.match.align import Alignment, Mask
from enrich.match.side import NOTHING, Bits, Codes, Names, Pairs
from enrich.match.words import bits_of_words
from enrich.normalise.fold import fold_digraphs

LEADING = 3
"""Words of a longer name that a domain may spell instead of the whole: its first one, two or three."""

_BORROWED = frozenset(("ai", "co", "eu", "io", "me", "tv"))
"""Endings of countries that companies of all countries use."""


def spelled_label(domain: str) -> str:
    """What a domain spells, in the letters of names' core keys.

    >>> spelled_label("braevgark-elektro.no")
    'bravgarkelektro'
    """
    return fold_digraphs(domain.partition(".")[0].replace("-", ""))


def spelled_bits(pairs: Pairs, names: Alignment) -> Bits:
    """How telling are the words that the domain of one side spells of the other's name, and that only this name has.

    In bits (`bits_of_words`), of each pair's nearest two names. A domain that spells what both names have tells nothing
    new, and one under another country's ending than the other side's country is another company's.
    """
    mine, theirs, vocabulary, _ = pairs.encoded
    bits = np.append(bits_of_words(vocabulary, [""])[0], 0).astype(np.float64)
    of_right = _spelled(pairs.left, pairs.left_rows, pairs.right, pairs.right_rows, theirs, names.right)
    of_left = _spelled(pairs.right, pairs.right_rows, pairs.left, pairs.left_rows, mine, names.left)
    new_right = (of_right & names.right_alone) * bits[theirs.words[names.right]]
    new_left = (of_left & names.left_alone) * bits[mine.words[names.left]]
    found: Bits = np.maximum(new_right.sum(axis=1), new_left.sum(axis=1))
    return found


def spells_whole(pairs: Pairs, names: Alignment) -> Mask:
    """Whether a domain of the left side spells the right one's whole name, of which the left one's has every word."""
    theirs = pairs.encoded[1]
    found = _spelled(pairs.left, pairs.left_rows, pairs.right, pairs.right_rows, theirs, names.right, leading=False)
    whole: Mask = np.logical_or.reduce(found, axis=1) & ~np.logical_or.reduce(names.right_alone, axis=1)
    return whole


def spells_shared(pairs: Pairs, names: Alignment) -> Mask:
    """Whether a domain of the left side spells words at the head of the right one's name, all of which the left one's has."""
    theirs = pairs.encoded[1]
    found = _spelled(pairs.left, pairs.left_rows, pairs.right, pairs.right_rows, theirs, names.right)
    shared: Mask = np.logical_or.reduce(found, axis=1) & ~np.logical_or.reduce(found & names.right_alone, axis=1)
    return shared


def _spelled(
    side: pa.Table,
    rows: npt.NDArray[np.int64],
    other: pa.Table,
    other_rows: npt.NDArray[np.int64],
    names: Names,
    places: Codes,
    *,
    leading: bool = True,
) -> Mask:
    """Of each pair which words of the other side's name a domain of the one side spells: all, or `leading` ones alone."""
    listed = side["domains"].combine_chunks()
    domains = pc.dictionary_encode(listed.flatten())
    texts: list[str] = domains.dictionary.to_pylist()
    labels = pa.array([spelled_label(text) for text in texts], pa.string()).dictionary_encode()
    of_row = pc.list_parent_indices(listed).to_numpy(zero_copy_only=False)
    codes = domains.indices.to_numpy(zero_copy_only=False)
    slots = np.full((side.num_rows, int(pc.max(pc.list_value_length(listed)).as_py() or 1)), NOTHING, dtype=np.int32)
    slots[of_row, np.arange(len(of_row)) - np.searchsorted(of_row, of_row)] = codes
    slots = slots[rows]
    label = np.append(labels.indices.to_numpy(zero_copy_only=False), NOTHING)[slots]
    label = np.where(_is_at_home(texts, other, slots, other_rows), label, NOTHING)
    words = names.words[places]
    found: Mask = np.zeros(words.shape, dtype=np.bool_)
    for count in (*(range(1, LEADING + 1) if leading else ()), words.shape[1]):
        reading = _leading(names, count, labels.dictionary)[places]
        hit = ((label == reading[:, None]) & (label != NOTHING)).any(axis=1)
        found[:, :count] |= hit[:, None]
    found &= words != NOTHING
    return found


def _leading(names: Names, count: int, labels: pa.Array) -> npt.NDArray[np.int64]:
    """The label that each name's first words are together, by its place; NOTHING where none is."""
    keys = names.table.field("core_key")
    if count <= LEADING:
        first = pc.replace_substring_regex(names.table.field("core_name"), rf"^((?:\S+ ){{{count - 1}}}\S+) .*$", r"\1")
        keys = pc.replace_substring(first, " ", "")
    places = pc.fill_null(pc.index_in(keys, value_set=labels), NOTHING).to_numpy(zero_copy_only=False)
    return np.append(places, NOTHING).astype(np.int64)


def _is_at_home(texts: Sequence[str], other: pa.Table, slots: Codes, other_rows: npt.NDArray[np.int64]) -> Mask:
    """Whether each domain may be that of a company in the other side's country."""
    endings = [text.rpartition(".")[2] for text in texts]
    of_country = ["" if len(end) > 2 or end in _BORROWED else "GB" if end == "uk" else end.upper() for end in endings]
    countries = other["country_code"].combine_chunks().dictionary_encode()
    known = [*countries.dictionary.to_pylist(), ""]
    table = np.array([[not one or not two or one == two for two in known] for one in [*of_country, ""]], dtype=np.bool_)
    country = countries.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)[other_rows]
    found: Mask = table[slots, country[:, None]]
    return found
