"""Words that say the same in two languages, found where two names are laid side by side (`align.py`)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.match.side import NOTHING, Bits, Codes
from enrich.normalise.translation import NO_MEANING, longest_translated, meanings_of

Mask = npt.NDArray[np.bool_]

SHORTEST_PART = 4
"""Letters from which on an ending is a part of a compound: shorter ones end words by chance."""


def take_translated(
    words: Codes,
    others: Codes,
    left_alone: Mask,
    right_alone: Mask,
    vocabulary: pa.Array,
    word_bits: Bits,
    other_bits: Bits,
) -> tuple[Mask, Mask, Bits]:
    """Takes words that say the same in two languages from those alone: which of each name, and the bits of the commoner of two.

    A compound is taken with the two words that it is made of, the second of them in whatever language.
    """
    left_translated, right_translated = np.zeros_like(left_alone), np.zeros_like(right_alone)
    bits = np.zeros(len(words))
    meanings, languages = (np.append(each, 0) for each in meanings_of(vocabulary))
    meanings[-1] = NO_MEANING
    splits = _splits(vocabulary, meanings)

    def take(row: int, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> None:
        left_alone[row, left] = right_alone[row, right] = False
        left_translated[row, left] = right_translated[row, right] = True
        bits[row] += min(word_bits[row, left].sum(), other_bits[row, right].sum())

    mine = np.where(left_alone, meanings[words], NO_MEANING)
    theirs = np.where(right_alone, meanings[others], NO_MEANING)
    has_left, has_right = (mine != NO_MEANING).any(axis=1), (theirs != NO_MEANING).any(axis=1)
    rows = np.flatnonzero(has_left & has_right)
    says_same = (mine[rows][:, :, None] == theirs[rows][:, None, :]) & (mine[rows] != NO_MEANING)[:, :, None]
    says_same &= (languages[words[rows]][:, :, None] & languages[others[rows]][:, None, :]) == 0
    for hit, place, other in zip(*np.nonzero(says_same), strict=True):
        row = rows[hit]
        if left_alone[row, place] and right_alone[row, other]:
            take(row, np.array([place]), np.array([other]))
    is_compound = np.isin(np.arange(len(meanings)), list(splits))
    for row, place in np.argwhere(left_alone & is_compound[words] & has_right[:, None]):
        parts = _parts_of(splits[words[row, place]], others[row], right_alone[row], meanings)
        if len(parts):
            take(row, np.array([place]), parts)
    for row, place in np.argwhere(right_alone & is_compound[others] & has_left[:, None]):
        parts = _parts_of(splits[others[row, place]], words[row], left_alone[row], meanings)
        if len(parts):
            take(row, parts, np.array([place]))
    return left_translated, right_translated, bits


def _splits(vocabulary: pa.Array, meanings: Codes) -> dict[int, list[tuple[int, int]]]:
    """Of each word that may be a compound: the code of what begins it and the meaning of the rest, the longest rest first."""
    places, befores = [], []
    lengths = pc.utf8_length(vocabulary).to_numpy(zero_copy_only=False)
    for letters in range(longest_translated(), SHORTEST_PART - 1, -1):
        longer = np.flatnonzero((lengths > letters) & (meanings[:-1] == NO_MEANING))
        of_longer = meanings_of(pc.utf8_slice_codeunits(vocabulary.take(pa.array(longer)), -letters))[0]
        is_ending = of_longer != NO_MEANING
        hits, endings = longer[is_ending], of_longer[is_ending]
        before = pc.utf8_slice_codeunits(vocabulary.take(pa.array(hits)), 0, -letters)
        places += [np.stack([hits, endings])] * 2
        befores += [before, pc.utf8_rtrim(before, "s")]  # whose bank: Ålands-banken
    words, endings = np.concatenate(places, axis=1)
    heads = pc.fill_null(pc.index_in(pa.concat_arrays(befores), value_set=vocabulary), NOTHING)
    found: dict[int, list[tuple[int, int]]] = {}
    for word, head, ending in zip(words.tolist(), heads.to_pylist(), endings.tolist(), strict=True):
        if head != NOTHING:
            found.setdefault(word, []).append((head, ending))
    return found


def _parts_of(splits: Sequence[tuple[int, int]], words: Codes, alone: Mask, meanings: Codes) -> npt.NDArray[np.int64]:
    """Where a name has the two words that a compound is made of among those that it has alone; nowhere where it lacks one."""
    for head, meaning in splits:
        heads, rest = (np.flatnonzero(alone & is_part) for is_part in (words == head, meanings[words] == meaning))
        if len(heads) and len(rest) and heads[0] != rest[0]:
            return np.array([heads[0], rest[0]])
    return np.zeros(0, dtype=np.int64)
