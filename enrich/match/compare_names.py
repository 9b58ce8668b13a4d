"""Names compared: as a whole, word by word, and by the legal form and the sort of thing that they say."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Indel, JaroWinkler
from rapidfuzz.process import cpdist

from enrich.match.align import Mask
from enrich.match.batch import Batch, Found, Shown
from enrich.match.side import NOTHING, Bits, Codes, Names
from enrich.match.words import (
    COMPOUND_ENDINGS,
    COUNTRY_WORDS,
    ENGLISH_FORMS,
    FORMS_OF_NO_COMPANY,
    GROUP_WORDS,
    PUBLIC_FORMS,
    SORTS,
)
from enrich.normalise.translation import NO_MEANING, meanings_of


def compare_name(batch: Batch) -> Found:
    """Name as a whole, without its legal form."""
    names = batch.names
    keys, other_keys = batch.of_names("keys")
    is_same = keys == other_keys
    is_apart = names.left_alone.any(axis=1) | names.right_alone.any(axis=1)
    is_translated = names.translated_bits > 0
    is_as_written = ~names.has_slip & ~is_translated
    has_same_words, is_besides = ~is_apart & is_as_written, is_apart & ~names.has_own_word & is_as_written
    has_same_meaning = is_translated & ~names.has_own_word & ~names.has_slip
    alike = _companies_of_initials(batch, is_same)
    has_name = pc.greater(pc.list_value_length(batch.pairs.right["names"]), 0).to_numpy()[batch.pairs.right_rows]
    codes = np.select(
        [~batch.named & has_name, ~batch.named, is_same, has_same_words, alike > 0, is_besides, has_same_meaning],
        [4, -1, 0, 1, 2, 5, 6],
        3,
    )
    return Found(
        outcomes=("same", "same_words", "acronym", "similar", "unstated", "same_besides", "same_meaning"),
        codes=codes.astype(np.int8),
        amounts=np.where(codes == 2, alike, _similarities(batch, np.flatnonzero(codes == 3))),
        show=batch.name_at,
    )


def _companies_of_initials(batch: Batch, is_same: Mask) -> Bits:
    """How many companies the first name may be by initials, of either; 0 where they are no pair's, or where one bears the name."""
    pairs = batch.pairs
    mine, theirs, vocabulary, _ = pairs.encoded
    short, other_short = (
        _only_words(names, vocabulary)[places]
        for names, places in ((mine, batch.names.left), (theirs, batch.names.right))
    )
    initials, other_initials = batch.of_names("initials")
    first, other_first = (words[:, 0] for words in batch.of_names("words"))
    is_acronym = np.zeros(len(pairs), dtype=np.bool_)
    for word, other in (
        (short, other_initials),
        (first, other_initials),
        (other_short, initials),
        (other_first, initials),
    ):
        is_acronym |= (word != NOTHING) & (word == other)
    is_acronym &= batch.named
    countries, other_countries = pairs.codes("country_code")
    bears = np.zeros(pairs.left.num_rows, dtype=np.bool_)
    bears[pairs.left_rows[is_same & batch.named & (countries == other_countries)]] = True
    is_acronym &= ~bears[pairs.left_rows]
    companies = np.arange(pairs.right.num_rows) if pairs.companies is None else pairs.companies
    told = np.unique(np.stack([pairs.left_rows[is_acronym], companies[pairs.right_rows[is_acronym]]]), axis=1)
    return np.where(is_acronym, np.bincount(told[0], minlength=pairs.left.num_rows)[pairs.left_rows], 0).astype(
        np.float64
    )


def _only_words(names: Names, vocabulary: pa.Array) -> Codes:
    """Of each name the only word that it has beside those for a group; NOTHING where there are more, or none."""
    is_group = np.append(
        pc.is_in(vocabulary, value_set=pa.array(sorted(GROUP_WORDS))).to_numpy(zero_copy_only=False), True
    )
    own = np.where(is_group[names.words], NOTHING, names.words)
    return np.where((own != NOTHING).sum(axis=1) == 1, own.max(axis=1), NOTHING).astype(np.int32)


def _similarities(batch: Batch, rows: npt.NDArray[np.int64]) -> Bits:
    """How alike two spellings are, 0-1: edit distance, or Jaro-Winkler less 0.1 where that is more."""
    found = np.zeros(len(batch.pairs))
    if len(rows):
        mine, theirs, _, _ = batch.pairs.encoded
        texts = [
            side.table.field("core_key").take(pa.array(places[rows])).to_pylist()
            for side, places in ((mine, batch.names.left), (theirs, batch.names.right))
        ]
        edits = cpdist(*texts, scorer=Indel.normalized_similarity, dtype=np.float64)
        found[rows] = np.maximum(edits, cpdist(*texts, scorer=JaroWinkler.similarity, dtype=np.float64) - 0.1)
    return found


TRANSLATED = 0.7
"""What share of its bits (0-1) a word tells that the other name has in another language: less than the same word would."""


def compare_shared_words(batch: Batch) -> Found:
    """Words that both names have, the rarer the more telling."""
    names = batch.names
    words, others = batch.of_names("words")
    vocabulary = batch.pairs.encoded[2]

    def show(row: int) -> Shown:
        both = batch.alone_at(row)[0]
        left, right = (
            [vocabulary[int(code)].as_py() for code in codes[row][marked[row]]]
            for codes, marked in ((words, names.left_translated), (others, names.right_translated))
        )
        return " ".join(filter(None, (both, *left))) or None, " ".join(filter(None, (both, *right))) or None

    bits = names.shared_bits + TRANSLATED * names.translated_bits
    codes = np.select([~batch.named | (bits == 0), names.translated_bits > 0], [NOTHING, 1], 0)
    return Found(outcomes=("shared", "shared_meaning"), codes=codes.astype(np.int8), amounts=bits, show=show)


def compare_left_words(batch: Batch) -> Found:
    """Words that only the first name has."""
    bits = batch.names.left_bits
    return _measured(batch, "only_left", bits, bits > 0, lambda row: (batch.alone_at(row)[1], None))


def compare_right_words(batch: Batch) -> Found:
    """Words that only the second name has."""
    bits = batch.names.right_bits
    return _measured(batch, "only_right", bits, bits > 0, lambda row: (None, batch.alone_at(row)[2]))


def compare_first_word(batch: Batch) -> Found:
    """First word of the name."""
    keys, other_keys = batch.of_names("keys")
    letters, other_letters = batch.of_names("letters")
    alone = batch.names.left_alone[:, 0], batch.names.right_alone[:, 0]
    is_translated = batch.names.left_translated[:, 0] | batch.names.right_translated[:, 0]
    # a slip seldom takes the first letter
    codes = np.select(
        [
            ~batch.named | (keys == other_keys) | is_translated,
            alone[0] & alone[1],
            alone[0] | alone[1],
            letters != other_letters,
            _begins_alone(batch),
        ],
        [-1, 1, 2, 3, 4],
        0,
    )

    def show(row: int) -> Shown:
        mine, theirs = batch.name_at(row, "core_name")
        return (mine or "").partition(" ")[0] or None, (theirs or "").partition(" ")[0] or None

    return Found(
        outcomes=("same", "different", "elsewhere", "other_letter", "begins_alone"),
        codes=codes.astype(np.int8),
        amounts=batch.names.shared_bits,
        show=show,
    )


_TELLING = 8.0
"""Bits of words from which on those who share them come near: commoner ones bring nobody together, and who has them is not seen."""


def _begins_alone(batch: Batch) -> Mask:
    """Whether the first name as a whole begins the second, and that of no other company that the first may be."""
    pairs, names = batch.pairs, batch.names
    if pairs.companies is None:
        return np.zeros(len(pairs), dtype=np.bool_)
    words, others = batch.of_names("words")
    wide = min(words.shape[1], others.shape[1])
    is_like = (words[:, :wide] == others[:, :wide]) | (words[:, :wide] == NOTHING)
    begins = batch.named & is_like.all(axis=1) & (words[:, wide:] == NOTHING).all(axis=1)
    is_near = begins | (batch.named & ~names.has_own_word & ~names.has_slip)
    near = np.unique(np.stack([pairs.left_rows[is_near], pairs.companies[pairs.right_rows[is_near]]]), axis=1)
    companies = np.bincount(near[0], minlength=pairs.left.num_rows)
    found: Mask = begins & (companies[pairs.left_rows] == 1) & (names.shared_bits >= _TELLING)
    return found


_ORDINALS = r"^(\d+|i{1,3}|iv|vi{0,3}|ix|xi{0,2})$"


def compare_digits(batch: Batch) -> Found:
    """Numbers within the name."""
    mine, theirs, vocabulary, _ = batch.pairs.encoded
    is_number = np.append(pc.match_substring_regex(vocabulary, _ORDINALS).to_numpy(zero_copy_only=False), False)
    left, right = (
        np.sort(np.where(is_number[names.words], names.words, NOTHING), axis=1)[:, ::-1] for names in (mine, theirs)
    )
    wide = max(left.shape[1], right.shape[1])
    left, right = (np.pad(each, ((0, 0), (0, wide - each.shape[1])), constant_values=NOTHING) for each in (left, right))
    # of names that share nothing the words have said so already
    differs = (left[batch.names.left] != right[batch.names.right]).any(axis=1)
    differs &= batch.names.shared_bits + batch.names.translated_bits > 0

    def show(row: int) -> Shown:
        return _numbers(left[batch.names.left[row]], vocabulary), _numbers(right[batch.names.right[row]], vocabulary)

    return Found(outcomes=("different",), codes=np.where(differs, 0, NOTHING).astype(np.int8), show=show)


def _numbers(codes: Codes, vocabulary: pa.Array) -> str | None:
    return " ".join(sorted(vocabulary[int(code)].as_py() for code in codes if code != NOTHING)) or None


def compare_legal_form(batch: Batch) -> Found:
    """Legal form as the name states it."""
    forms = [frozenset(form.split("+")) if form else frozenset() for form in batch.pairs.encoded[3].to_pylist()]
    forms.append(frozenset())
    mine, theirs = batch.of_names("forms")
    keys, other_keys = batch.of_names("keys")
    occurs = np.zeros((len(forms), len(forms)), dtype=np.bool_)
    occurs[mine, theirs] = True
    table = np.full(occurs.shape, NOTHING, dtype=np.int8)
    for one, other in np.argwhere(occurs).tolist():  # one pair of forms in twenty
        table[one, other] = _form_outcome(forms[one], forms[other])
    codes = np.where(batch.named, table[mine, theirs], NOTHING).astype(np.int8)
    codes[(codes == _FORM_OUTCOMES.index("ordinary")) & (keys != other_keys)] = NOTHING
    return Found(outcomes=_FORM_OUTCOMES, codes=codes, show=lambda row: batch.name_at(row, "legal_form_class"))


_FORM_OUTCOMES = ("same", "different", "translated", "translated_otherwise", "public", "no_company", "ordinary")


def _is_public(forms: frozenset[str]) -> bool:
    """Whether a name states a form of larger companies; beside a common one it is a word: a Spa AS is no società per azioni."""
    return bool(forms & PUBLIC_FORMS) and forms - PUBLIC_FORMS <= {"ab"}


def _form_outcome(one: frozenset[str], other: frozenset[str]) -> int:
    """Place in _FORM_OUTCOMES of what two names state, sets of classes of legal form."""
    if not one:
        return 4 if _is_public(other) else 5 if other & FORMS_OF_NO_COMPANY else 6 if other else NOTHING
    if not other:
        return NOTHING
    if one & other or {"ab", "ab-publ"} <= one | other:  # an AB (publ) is an AB
        return 0
    if bool(one & ENGLISH_FORMS) == bool(other & ENGLISH_FORMS):
        return 1
    return 2 if bool(one & PUBLIC_FORMS) == bool(other & PUBLIC_FORMS) else 3


def compare_sort(batch: Batch) -> Found:
    """Words that only one name has for a sort of thing beside a company that does business."""
    _, _, vocabulary, _ = batch.pairs.encoded
    sort_of = np.zeros(len(vocabulary) + 1, dtype=np.int8)
    for place, (sort, named) in enumerate(SORTS.items(), start=1):
        is_of = pc.is_in(vocabulary, value_set=pa.array(sorted(named)))
        if sort in COMPOUND_ENDINGS:
            is_of = pc.or_(is_of, pc.match_substring_regex(vocabulary, rf"...({'|'.join(COMPOUND_ENDINGS[sort])})$"))
        sort_of[:-1][is_of.to_numpy(zero_copy_only=False)] = place
    words, others = batch.of_names("words")
    mine = np.where(batch.names.left_alone, sort_of[words], 0).max(axis=1)
    theirs = np.where(batch.names.right_alone, sort_of[others], 0).max(axis=1)
    codes = np.select(
        [(mine == 0) & (theirs > 0), (mine > 0) & (theirs == 0), (mine == 0) & _has_only_its_country(batch)],
        [theirs - 1, len(SORTS), len(SORTS) + 1],
        NOTHING,
    )

    def show(row: int) -> Shown:
        _, left, right = batch.alone_at(row)
        return (left, None) if codes[row] == len(SORTS) else (None, right)

    return Found(outcomes=(*SORTS, "unmentioned", "of_its_country"), codes=codes.astype(np.int8), show=show)


def _has_only_its_country(batch: Batch) -> Mask:
    """Whether all that only the second name has is the name of its own country: the part of a company or group that is there."""
    meanings = np.append(meanings_of(batch.pairs.encoded[2])[0], NO_MEANING)
    countries = pc.fill_null(batch.pairs.right["country_code"].combine_chunks(), "").dictionary_encode()
    named = pa.array([COUNTRY_WORDS.get(code, "") for code in countries.dictionary.to_pylist()], pa.string())
    own = meanings_of(named)[0][countries.indices.to_numpy(zero_copy_only=False)][batch.pairs.right_rows]
    alone = batch.names.right_alone & ~batch.names.right_besides
    is_own = (meanings[batch.of_names("words")[1]] == own[:, None]) & (own != NO_MEANING)[:, None]
    found: Mask = alone.any(axis=1) & (is_own | ~alone).all(axis=1) & (batch.names.shared_bits > 0)
    return found


def compare_group(batch: Batch) -> Found:
    """Words for a group of companies."""
    _, _, vocabulary, _ = batch.pairs.encoded
    names = batch.names
    is_group = np.append(pc.is_in(vocabulary, value_set=pa.array(sorted(GROUP_WORDS))).to_numpy(False), False)
    words, others = batch.of_names("words")
    mine, theirs = names.left_alone & is_group[words], names.right_alone & is_group[others]
    has_mine, has_theirs = mine.any(axis=1), theirs.any(axis=1)
    has_own = (names.left_alone & ~mine & ~names.left_besides).any(axis=1)
    has_own |= (names.right_alone & ~theirs & ~names.right_besides).any(axis=1)
    shares_name = ((words != NOTHING) & ~is_group[words] & ~names.left_alone).any(axis=1)
    is_all = shares_name & ~has_own & ~names.has_slip
    codes = np.select(
        [has_mine & has_theirs & ~is_all, has_mine & has_theirs, has_theirs & is_all, has_mine & is_all],
        [0, 1, 2, 3],
        NOTHING,
    )
    return Found(
        outcomes=("both", "both_alone", "second_alone", "first_alone"),
        codes=codes.astype(np.int8),
        show=lambda row: batch.alone_at(row)[1:],
    )


def _measured(
    batch: Batch, outcome: str, amounts: Bits, where: npt.NDArray[np.bool_], show: Callable[[int], Shown]
) -> Found:
    codes = np.where(where & batch.named, 0, NOTHING).astype(np.int8)
    return Found(outcomes=(outcome,), codes=codes, amounts=amounts, show=show)
