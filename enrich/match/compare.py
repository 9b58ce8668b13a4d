"""Companies compared, value by value and many pairs at once. Each comparison's docstring is the sentence a person reads.

A comparison finds one of its outcomes for each pair, or none where one side does not state the value: what is unknown
says nothing. Whether an outcome speaks for or against, and how much, is the model's business (`model.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Indel, JaroWinkler
from rapidfuzz.process import cpdist

from enrich.match.align import Alignment, align_names
from enrich.match.side import NOTHING, Bits, Codes, Names, Pairs
from enrich.match.words import ENGLISH_FORMS, FORMS_OF_NO_COMPANY, GROUP_WORDS, PUBLIC_FORMS, SORTS

Shown = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a comparison found: of each pair the place of its outcome in `outcomes`, NOTHING where it says nothing.

    `amounts` says how much of it (a share, or bits) where that is measured. `show` gives both values of a pair.
    """

    outcomes: tuple[str, ...]
    codes: npt.NDArray[np.int8]
    show: Callable[[int], Shown]
    amounts: Bits | None = None


@dataclass(frozen=True)
class Batch:
    """Pairs, with their names aligned, for the comparisons to read."""

    pairs: Pairs

    @cached_property
    def names(self) -> Alignment:
        """Each pair's nearest two names."""
        return align_names(self.pairs)

    @cached_property
    def named(self) -> npt.NDArray[np.bool_]:
        """Whether both have a name."""
        has_names: npt.NDArray[np.bool_] = self.names.left != NOTHING
        return has_names

    def of_names(self, field: str) -> tuple[Codes, Codes]:
        """A column of the names' tables (`Names`) of both sides, a row a pair."""
        mine, theirs, _, _ = self.pairs.encoded
        return getattr(mine, field)[self.names.left], getattr(theirs, field)[self.names.right]

    def name_at(self, row: int, field: str = "name") -> Shown:
        """Both names of a pair."""
        mine, theirs, _, _ = self.pairs.encoded
        if not self.named[row]:
            return None, None
        return _text(mine, int(self.names.left[row]), field), _text(theirs, int(self.names.right[row]), field)

    def value_at(self, row: int, field: str) -> Shown:
        """Both values of a pair."""
        pairs = self.pairs
        left, right = pairs.left[field][int(pairs.left_rows[row])], pairs.right[field][int(pairs.right_rows[row])]
        return _shown(left.as_py()), _shown(right.as_py())

    def alone_at(self, row: int) -> tuple[str | None, str | None, str | None]:
        """The words of a pair's names that both have, that only the first has, that only the second has."""
        first, second, vocabulary, _ = self.pairs.encoded
        words, others = first.words[self.names.left[row]], second.words[self.names.right[row]]
        mine, theirs = self.names.left_alone[row], self.names.right_alone[row]
        left = [vocabulary[int(code)].as_py() for code in words[mine]]
        right = [vocabulary[int(code)].as_py() for code in others[theirs]]
        same = [code for code in words[~mine] if code != NOTHING and code in others]
        both = dict.fromkeys(vocabulary[int(code)].as_py() for code in same)
        return " ".join(both) or None, " ".join(left) or None, " ".join(right) or None


def _text(names: Names, place: int, field: str) -> str | None:
    value = names.table.field(field)[place].as_py()
    return None if value is None else str(value)


def _shown(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or None
    return None if value is None else str(value)


SAME_OR_NOT = ("same", "different")


def compare_number(batch: Batch) -> Found | None:
    """Registration number in the same register."""
    if not batch.pairs.states("numbers"):
        return None
    mine, theirs = batch.pairs.listed_codes("numbers")
    schemes, other_schemes = _schemes(batch.pairs).listed_codes("numbers")

    def show(row: int) -> Shown:
        """The numbers of the first scheme that both have."""
        left, right = (
            dict(each.split(":", 1) for each in (value or "").split(", ")) for value in batch.value_at(row, "numbers")
        )
        scheme = next(each for each in left if each in right)
        return left[scheme], right[scheme]

    return _same_or_not(_any_equal(mine, theirs), _any_equal(schemes, other_schemes), show)


def _schemes(pairs: Pairs) -> Pairs:
    """The same pairs with numbers cut to their schemes."""
    left, right = (
        pa.table({"numbers": _map_items(side["numbers"], lambda flat: pc.replace_substring_regex(flat, ":.*", ""))})
        for side in (pairs.left, pairs.right)
    )
    return Pairs(left=left, right=right, left_rows=pairs.left_rows, right_rows=pairs.right_rows)


def _map_items(column: pa.ChunkedArray, change: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
    return pa.chunked_array(
        [
            pa.ListArray.from_arrays(
                np.concatenate([[0], np.cumsum(pc.fill_null(pc.list_value_length(chunk), 0).to_numpy(False))]).astype(
                    np.int32
                ),
                change(chunk.flatten()),
            )
            for chunk in column.chunks
        ],
        pa.list_(pa.string()),
    )


def compare_domain(batch: Batch) -> Found | None:
    """Web or e-mail domain."""
    return _any_in_common(batch, "domains")


def compare_phone(batch: Batch) -> Found | None:
    """Phone number."""
    return _any_in_common(batch, "phones")


def compare_country(batch: Batch) -> Found | None:
    """Country."""
    return _equal(batch, "country_code")


def compare_place(batch: Batch) -> Found | None:
    """Postal code, else city."""
    postal, city = _equal(batch, "postal_code"), _equal(batch, "city_key")
    if postal is None or city is None:
        return city or postal
    same = postal.codes == 0
    by_city = ~same & (city.codes != NOTHING)
    codes = np.where(by_city, city.codes, postal.codes).astype(np.int8)

    def show(row: int) -> Shown:
        return city.show(row) if by_city[row] else postal.show(row)

    return Found(outcomes=SAME_OR_NOT, codes=codes, show=show)


_KINDS = ("branch", "establishment", "fund", "estate", "sole_trader")


def compare_kind(batch: Batch) -> Found:
    """Sort of entity in the register."""
    kinds = pc.index_in(batch.pairs.right["entity_kind"], value_set=pa.array(_KINDS))
    codes = pc.fill_null(kinds, NOTHING).to_numpy().astype(np.int8)[batch.pairs.right_rows]
    return Found(outcomes=_KINDS, codes=codes, show=lambda row: (None, batch.value_at(row, "entity_kind")[1]))


def compare_life(batch: Batch) -> Found:
    """Whether the register still has it, undissolved."""
    is_live = pc.fill_null(batch.pairs.right["is_live"], fill_value=True).to_numpy()[batch.pairs.right_rows]
    return Found(outcomes=("dead",), codes=np.where(is_live, NOTHING, 0).astype(np.int8), show=lambda _: (None, None))


def compare_name(batch: Batch) -> Found:
    """Name as a whole, without its legal form."""
    names = batch.names
    keys, other_keys = batch.of_names("keys")
    initials, other_initials = batch.of_names("initials")
    is_same = keys == other_keys
    has_same_words = ~names.left_alone.any(axis=1) & ~names.right_alone.any(axis=1)
    is_acronym = (initials == other_keys) | (other_initials == keys)
    has_name = pc.greater(pc.list_value_length(batch.pairs.right["names"]), 0).to_numpy()[batch.pairs.right_rows]
    codes = np.select([~batch.named & has_name, ~batch.named, is_same, has_same_words, is_acronym], [4, -1, 0, 1, 2], 3)
    return Found(
        outcomes=("same", "same_words", "acronym", "similar", "unstated"),
        codes=codes.astype(np.int8),
        amounts=_similarities(batch, np.flatnonzero(codes == 3)),
        show=batch.name_at,
    )


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


def compare_shared_words(batch: Batch) -> Found:
    """Words that both names have, the rarer the more telling."""

    def show(row: int) -> Shown:
        both = batch.alone_at(row)[0]
        return both, both

    return _measured(batch, "shared", batch.names.shared_bits, batch.named, show)


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
    alone = batch.names.left_alone[:, 0], batch.names.right_alone[:, 0]
    codes = np.select([~batch.named | (keys == other_keys), alone[0] & alone[1], alone[0] | alone[1]], [-1, 1, 2], 0)

    def show(row: int) -> Shown:
        mine, theirs = batch.name_at(row, "core_name")
        return (mine or "").partition(" ")[0] or None, (theirs or "").partition(" ")[0] or None

    return Found(outcomes=("same", "different", "elsewhere"), codes=codes.astype(np.int8), show=show)


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
    differs = (left[batch.names.left] != right[batch.names.right]).any(axis=1) & batch.named

    def show(row: int) -> Shown:
        return _numbers(left[batch.names.left[row]], vocabulary), _numbers(right[batch.names.right[row]], vocabulary)

    return Found(outcomes=("different",), codes=np.where(differs, 0, NOTHING).astype(np.int8), show=show)


def _numbers(codes: Codes, vocabulary: pa.Array) -> str | None:
    return " ".join(sorted(vocabulary[int(code)].as_py() for code in codes if code != NOTHING)) or None


def compare_legal_form(batch: Batch) -> Found:
    """Legal form as the name states it."""
    forms = [frozenset(form.split("+")) if form else frozenset() for form in batch.pairs.encoded[3].to_pylist()]
    forms.append(frozenset())
    table = np.array([[_form_outcome(one, other) for other in forms] for one in forms], dtype=np.int8)
    mine, theirs = batch.of_names("forms")
    codes = np.where(batch.named, table[mine, theirs], NOTHING).astype(np.int8)
    return Found(outcomes=_FORM_OUTCOMES, codes=codes, show=lambda row: batch.name_at(row, "legal_form_class"))


_FORM_OUTCOMES = ("same", "different", "translated", "translated_otherwise", "public", "no_company")


def _form_outcome(one: frozenset[str], other: frozenset[str]) -> int:
    """Place in _FORM_OUTCOMES of what two names state, sets of classes of legal form."""
    if not one:
        return 4 if other & PUBLIC_FORMS else 5 if other & FORMS_OF_NO_COMPANY else NOTHING
    if not other:
        return NOTHING
    if one & other:
        return 0
    if bool(one & ENGLISH_FORMS) == bool(other & ENGLISH_FORMS):
        return 1
    return 2 if bool(one & PUBLIC_FORMS) == bool(other & PUBLIC_FORMS) else 3


def compare_sort(batch: Batch) -> Found:
    """Words that only one name has for a sort of thing beside a company that does business."""
    _, _, vocabulary, _ = batch.pairs.encoded
    sort_of = np.zeros(len(vocabulary) + 1, dtype=np.int8)
    for place, named in enumerate(SORTS.values(), start=1):
        sort_of[:-1][pc.is_in(vocabulary, value_set=pa.array(sorted(named))).to_numpy(zero_copy_only=False)] = place
    words, others = batch.of_names("words")
    mine = np.where(batch.names.left_alone, sort_of[words], 0).max(axis=1)
    theirs = np.where(batch.names.right_alone, sort_of[others], 0).max(axis=1)
    codes = np.where((mine == 0) & (theirs > 0), theirs - 1, np.where((mine > 0) & (theirs == 0), len(SORTS), NOTHING))

    def show(row: int) -> Shown:
        _, left, right = batch.alone_at(row)
        return (left, None) if codes[row] == len(SORTS) else (None, right)

    return Found(outcomes=(*SORTS, "unmentioned"), codes=codes.astype(np.int8), show=show)


def compare_group(batch: Batch) -> Found:
    """Different words of the two names for a group of companies."""
    _, _, vocabulary, _ = batch.pairs.encoded
    is_group = np.append(pc.is_in(vocabulary, value_set=pa.array(sorted(GROUP_WORDS))).to_numpy(False), False)
    words, others = batch.of_names("words")
    mine = (batch.names.left_alone & is_group[words]).any(axis=1)
    theirs = (batch.names.right_alone & is_group[others]).any(axis=1)
    return Found(
        outcomes=("both",),
        codes=np.where(mine & theirs, 0, NOTHING).astype(np.int8),
        show=lambda row: batch.alone_at(row)[1:],
    )


COMPARISONS: dict[str, Callable[[Batch], Found | None]] = {
    "number": compare_number,
    "domain": compare_domain,
    "phone": compare_phone,
    "country": compare_country,
    "place": compare_place,
    "kind": compare_kind,
    "life": compare_life,
    "name": compare_name,
    "shared_words": compare_shared_words,
    "left_words": compare_left_words,
    "right_words": compare_right_words,
    "first_word": compare_first_word,
    "digits": compare_digits,
    "legal_form": compare_legal_form,
    "sort": compare_sort,
    "group": compare_group,
}
"""The one table of comparisons, by name."""


def compare(pairs: Pairs) -> dict[str, Found]:
    """What each comparison finds in the pairs, by the comparison's name; none that has nothing to read."""
    batch = Batch(pairs)
    found = {name: comparison(batch) for name, comparison in COMPARISONS.items()}
    return {name: each for name, each in found.items() if each is not None}


def _measured(
    batch: Batch, outcome: str, amounts: Bits, where: npt.NDArray[np.bool_], show: Callable[[int], Shown]
) -> Found:
    codes = np.where(where & batch.named, 0, NOTHING).astype(np.int8)
    return Found(outcomes=(outcome,), codes=codes, amounts=amounts, show=show)


def _equal(batch: Batch, field: str) -> Found | None:
    if not batch.pairs.states(field):
        return None
    left, right = batch.pairs.codes(field)
    return _same_or_not(left == right, (left != NOTHING) & (right != NOTHING), lambda row: batch.value_at(row, field))


def _any_in_common(batch: Batch, field: str) -> Found | None:
    if not batch.pairs.states(field):
        return None
    left, right = batch.pairs.listed_codes(field)
    both_state = (left != NOTHING).any(axis=1) & (right != NOTHING).any(axis=1)
    is_same = _any_equal(left, right)

    def show(row: int) -> Shown:
        mine, theirs = batch.value_at(row, field)
        if is_same[row]:
            common = next(each for each in (mine or "").split(", ") if each in (theirs or "").split(", "))
            return common, common
        return mine, theirs

    return _same_or_not(is_same, both_state, show)


def _any_equal(left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
    equal = (left[:, :, None] == right[:, None, :]) & (left != NOTHING)[:, :, None]
    found: npt.NDArray[np.bool_] = equal.any(axis=(1, 2))
    return found


def _same_or_not(
    is_same: npt.NDArray[np.bool_], both_state: npt.NDArray[np.bool_], show: Callable[[int], Shown]
) -> Found:
    codes = np.where(both_state, np.where(is_same, 0, 1), NOTHING).astype(np.int8)
    return Found(outcomes=SAME_OR_NOT, codes=codes, show=show)
