"""Names laid side by side, many pairs at once: which words both have, and which only one of them."""

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from enrich.match.side import NOTHING, Bits, Codes, Names, Pairs
from enrich.match.translated import take_translated
from enrich.match.words import bits_of_words
from enrich.normalise.name import normal_columns

Mask = npt.NDArray[np.bool_]

MISSPELT = 0.8 - 1e-6
"""Two long words at least this similar (0-1) are one word misspelt, as with another letter for one of five; rapidfuzz rounds."""

LONG = 4
"""Letters from which on a word is long enough to be recognised misspelt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """For each pair the two names, one of each side, of which most is shared and least is not.

    `left` and `right` are rows of the sides' names, NOTHING where a side has no name. `left_alone` and `right_alone`
    mark the words (columns) that only one name has, `left_besides` and `right_besides` those of them that are said besides
    the name: in brackets, or where the other company is. `left_translated` and `right_translated` mark those that the other
    name has in another language. Bits say how telling the words are, those shared but for a slip counted by the share of them
    that is alike (0-1), those besides not at all, those translated in `translated_bits` only. `has_slip` marks pairs with a slip.
    """

    left: Codes
    right: Codes
    left_alone: Mask
    right_alone: Mask
    left_besides: Mask
    right_besides: Mask
    left_translated: Mask
    right_translated: Mask
    shared_bits: Bits
    translated_bits: Bits
    left_bits: Bits
    right_bits: Bits
    has_slip: Mask

    @property
    def has_own_word(self) -> Mask:
        """Whether one name has a word of its own that is not said besides."""
        mine, theirs = self.left_alone & ~self.left_besides, self.right_alone & ~self.right_besides
        has: Mask = np.logical_or.reduce(mine, axis=1) | np.logical_or.reduce(theirs, axis=1)
        return has


def align_names(pairs: Pairs) -> Alignment:
    """Equal words first, then words written apart or together, then misspelt ones; of several names the nearest two."""
    mine, theirs, vocabulary, _ = pairs.encoded
    rows, left, right = _every_two_names(mine, theirs, pairs.left_rows, pairs.right_rows)
    countries = pc.fill_null(pairs.right["country_code"].combine_chunks(), "").dictionary_encode()
    bits = np.pad(bits_of_words(vocabulary, countries.dictionary.to_pylist()), ((0, 0), (0, 1))).astype(np.float64)
    country = countries.indices.to_numpy(zero_copy_only=False)[pairs.right_rows[rows]][:, None]
    letters = np.append(pc.utf8_length(vocabulary).to_numpy(zero_copy_only=False), 0)
    found = _align(mine, theirs, left, right, vocabulary, bits, country, letters)
    # what only says where the other company is, or stands in brackets of a name that somebody typed, is said besides
    city, other_city = (
        pc.fill_null(pc.index_in(side["city_key"].combine_chunks(), value_set=vocabulary), NOTHING).to_numpy(
            zero_copy_only=False
        )
        for side in (pairs.left, pairs.right)
    )
    words, others = mine.words[left], theirs.words[right]
    besides = (words == other_city[pairs.right_rows[rows]][:, None]) | _in_brackets(mine, vocabulary)[left]
    others_besides = others == city[pairs.left_rows[rows]][:, None]
    besides, others_besides = found.left_alone & besides, found.right_alone & others_besides
    found = replace(
        found,
        left_besides=besides,
        right_besides=others_besides,
        left_bits=found.left_bits - (bits[country, words] * besides).sum(axis=1),
        right_bits=found.right_bits - (bits[country, others] * others_besides).sum(axis=1),
    )
    return _nearest(found, rows, len(pairs))


_BRACKETED = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")


def _in_brackets(names: Names, vocabulary: pa.Array) -> Mask:
    """Which words of names, as columns, stand in brackets where they were written."""
    found = np.zeros(names.words.shape, dtype=np.bool_)
    written = names.table.field("name")
    is_bracketed = pc.fill_null(pc.match_substring_regex(written, r"[(\[{]"), fill_value=False)
    rows = np.flatnonzero(is_bracketed.to_numpy(zero_copy_only=False))
    inside = [" ".join(_BRACKETED.findall(text)) for text in written.take(pa.array(rows)).to_pylist()]
    cores, _, _, forms = normal_columns(inside)
    # of "Brand (Company Ltd)" what is in brackets is the company
    told = [
        (row, word) for row, core, form in zip(rows, cores, forms, strict=True) if not form for word in core.split()
    ]
    codes = pc.index_in(pa.array([word for _, word in told], pa.string()), value_set=vocabulary).to_pylist()
    for (row, _), code in zip(told, codes, strict=True):
        found[row] |= names.words[row] == code
    return found


def _every_two_names(
    mine: Names, theirs: Names, left_rows: npt.NDArray[np.int64], right_rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Codes, Codes]:
    """For each pair all combinations of a name of one side with one of the other: (pair, left name, right name)."""
    of_left, of_right = mine.count[left_rows], theirs.count[right_rows]
    combinations = of_left.astype(np.int64) * of_right
    rows = np.repeat(np.arange(len(left_rows)), combinations)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(combinations) - combinations, combinations)
    left = mine.first[left_rows][rows] + number // np.maximum(of_right[rows], 1)
    right = theirs.first[right_rows][rows] + number % np.maximum(of_right[rows], 1)
    return rows, left.astype(np.int32), right.astype(np.int32)


def _align(
    mine: Names,
    theirs: Names,
    left: Codes,
    right: Codes,
    vocabulary: pa.Array,
    bits: Bits,
    country: npt.NDArray[np.int32],
    letters: npt.NDArray[np.int64],
) -> Alignment:
    words, others = mine.words[left], theirs.words[right]
    word_bits, other_bits = bits[country, words], bits[country, others]
    left_shared, right_shared = _find_shared(words, others)
    # a word that stands twice in a name tells once
    left_told, right_told = _first_words(mine)[left], _first_words(theirs)[right]
    shared_bits: Bits = ((left_told & left_shared) * word_bits).sum(axis=1)
    shared_bits += _take_joined(words, theirs.joined[right], left_shared, right_shared, word_bits)
    shared_bits += _take_joined(others, mine.joined[left], right_shared, left_shared, other_bits)
    same_key = mine.keys[left] == theirs.keys[right]
    left_alone = left_told & ~left_shared & ~same_key[:, None]
    right_alone = right_told & ~right_shared & ~same_key[:, None]
    left_translated, right_translated, translated_bits = take_translated(
        words, others, left_alone, right_alone, vocabulary, word_bits, other_bits
    )
    lost = _take_misspelt(
        words, others, left_alone, right_alone, vocabulary, letters, word_bits, other_bits, shared_bits
    )
    fewer = np.minimum(word_bits.sum(axis=1), other_bits.sum(axis=1))
    shared_bits = np.where(same_key, fewer, shared_bits)
    return Alignment(
        left=left,
        right=right,
        left_alone=left_alone,
        right_alone=right_alone,
        left_besides=np.zeros_like(left_alone),
        right_besides=np.zeros_like(right_alone),
        left_translated=left_translated,
        right_translated=right_translated,
        shared_bits=shared_bits,
        translated_bits=translated_bits,
        left_bits=(left_alone * word_bits).sum(axis=1) + lost,
        right_bits=(right_alone * other_bits).sum(axis=1) + lost,
        has_slip=lost > 0,
    )


def _find_shared(words: Codes, others: Codes) -> tuple[Mask, Mask]:
    """Which words of each pair of names the other has too."""
    # a column at a time, each in one piece of memory: many times faster than a cube of all with all
    left, right = np.zeros(words.T.shape, dtype=np.bool_), np.zeros(others.T.shape, dtype=np.bool_)
    other_columns = others.T.copy()
    for place, mine in enumerate(np.where(words == NOTHING, NOTHING - 1, words).T.copy()):
        for other, theirs in enumerate(other_columns):
            is_same = mine == theirs
            left[place] |= is_same
            right[other] |= is_same
    return np.ascontiguousarray(left.T), np.ascontiguousarray(right.T)


def _first_words(names: Names) -> Mask:
    """Which words of names, as columns, stand there for the first time."""
    words = names.words
    first: Mask = words != NOTHING
    for place in range(1, words.shape[1]):
        first[:, place] &= ~(words[:, :place] == words[:, place, None]).any(axis=1)
    return first


def _take_joined(together: Codes, joined: Codes, together_shared: Mask, apart_shared: Mask, bits: Bits) -> Bits:
    """Marks words of one side that the other writes as two neighbouring ones, on both; the bits of what was found."""
    gained = np.zeros(len(together))
    if joined.shape[1] < 2:
        return gained
    rows = np.flatnonzero((joined != NOTHING).any(axis=1))
    free = ~together_shared[rows]
    pairable = ~apart_shared[rows][:, :-1] & ~apart_shared[rows][:, 1:] & (joined[rows][:, :-1] != NOTHING)
    hits = (together[rows][:, :, None] == joined[rows][:, None, :-1]) & free[:, :, None] & pairable[:, None, :]
    for hit, place, other in zip(*np.nonzero(hits), strict=True):
        row = rows[hit]
        if not (together_shared[row, place] or apart_shared[row, other] or apart_shared[row, other + 1]):
            together_shared[row, place] = apart_shared[row, other] = apart_shared[row, other + 1] = True
            gained[row] += bits[row, place]
    return gained


def _take_misspelt(
    words: Codes,
    others: Codes,
    left_alone: Mask,
    right_alone: Mask,
    vocabulary: pa.Array,
    letters: npt.NDArray[np.int64],
    word_bits: Bits,
    other_bits: Bits,
    shared_bits: Bits,
) -> Bits:
    """Takes words that are the same but for a slip from those alone, the most alike first; the bits of the slips."""
    lost = np.zeros(len(words))
    free, other_free = left_alone & (letters[words] >= LONG), right_alone & (letters[others] >= LONG)
    both = np.flatnonzero(np.logical_or.reduce(free, axis=1) & np.logical_or.reduce(other_free, axis=1))
    rows, places, other_places = np.nonzero(free[both][:, :, None] & other_free[both][:, None, :])
    rows = both[rows]
    first, second = words[rows, places], others[rows, other_places]
    # no two words are that similar whose lengths differ by more
    near = np.abs(letters[first] - letters[second]) <= (1 - MISSPELT) * (letters[first] + letters[second])
    rows, places, other_places, first, second = (each[near] for each in (rows, places, other_places, first, second))
    likeness = _likeness(first, second, vocabulary)
    hits = np.flatnonzero(likeness >= MISSPELT)
    for hit in hits[np.lexsort((other_places[hits], places[hits], -likeness[hits], rows[hits]))]:
        row, place, other = rows[hit], places[hit], other_places[hit]
        if left_alone[row, place] and right_alone[row, other]:
            left_alone[row, place] = right_alone[row, other] = False
            told = min(word_bits[row, place], other_bits[row, other])
            shared_bits[row] += told * likeness[hit]
            lost[row] += told * (1 - likeness[hit])
    return lost


def _likeness(first: Codes, second: Codes, vocabulary: pa.Array) -> Bits:
    """Edit similarity (0-1) of words given by their codes, each two compared once."""
    if not len(first):
        return np.zeros(0)
    size = len(vocabulary)
    distinct, back = np.unique(first.astype(np.int64) * size + second, return_inverse=True)
    texts = [vocabulary.take(pa.array(codes)).to_pylist() for codes in (distinct // size, distinct % size)]
    edits = cpdist(*texts, scorer=Indel.normalized_similarity, score_cutoff=MISSPELT, dtype=np.float64)
    found = np.asarray(edits, dtype=np.float64)
    # a letter taken out and put in elsewhere are two edits; two neighbours swapped are one slip, and seldom chance
    for place in np.flatnonzero((found >= MISSPELT) & (found < 1)):
        one, other = texts[0][place], texts[1][place]
        if is_swapped(one, other):
            found[place] = 1 - 1 / (2 * len(one))
    return found[back]


def is_swapped(one: str, other: str) -> bool:
    """Whether two words differ by two neighbouring letters in the other order.

    >>> is_swapped("rylka", "rykla"), is_swapped("rylka", "ryska"), is_swapped("rylka", "ralky")
    (True, False, False)
    """
    if len(one) != len(other) or one == other:
        return False
    at = next(place for place, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs)
    return other == one[:at] + one[at : at + 2][::-1] + one[at + 2 :]


def _nearest(found: Alignment, rows: npt.NDArray[np.int64], count: int) -> Alignment:
    """Of each pair's combinations of names that of which most is shared and least is not; the earlier where equal."""
    if len(rows) == count and (rows == np.arange(count)).all():
        return found
    if not len(rows):
        nobody, none = np.full(count, NOTHING, dtype=np.int32), np.zeros(count)
        alone = np.zeros((count, 1), dtype=np.bool_)
        return Alignment(
            left=nobody,
            right=nobody,
            left_alone=alone,
            right_alone=alone,
            left_besides=alone,
            right_besides=alone,
            left_translated=alone,
            right_translated=alone,
            shared_bits=none,
            translated_bits=none,
            left_bits=none,
            right_bits=none,
            has_slip=np.zeros(count, dtype=np.bool_),
        )
    near = 2 * found.shared_bits + found.translated_bits - found.left_bits - found.right_bits
    order = np.lexsort((np.arange(len(rows)), -near, rows))
    best = order[np.unique(rows[order], return_index=True)[1]]
    chosen = np.full(count, NOTHING)
    chosen[rows[best]] = best
    has = chosen != NOTHING
    shared_bits, translated_bits, left_bits, right_bits = (
        np.where(has, each[chosen], 0.0)
        for each in (found.shared_bits, found.translated_bits, found.left_bits, found.right_bits)
    )
    return Alignment(
        left=np.where(has, found.left[chosen], NOTHING).astype(np.int32),
        right=np.where(has, found.right[chosen], NOTHING).astype(np.int32),
        left_alone=found.left_alone[chosen] & has[:, None],
        right_alone=found.right_alone[chosen] & has[:, None],
        left_besides=found.left_besides[chosen] & has[:, None],
        right_besides=found.right_besides[chosen] & has[:, None],
        left_translated=found.left_translated[chosen] & has[:, None],
        right_translated=found.right_translated[chosen] & has[:, None],
        shared_bits=shared_bits,
        translated_bits=translated_bits,
        left_bits=left_bits,
        right_bits=right_bits,
        has_slip=found.has_slip[chosen] & has,
    )
