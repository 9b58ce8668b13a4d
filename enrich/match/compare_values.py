"""What companies state beside their names, compared: numbers, domain, phone, country, place, size, kind and life."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.match.align import Alignment, Mask
from enrich.match.batch import Batch, Found, Shown
from enrich.match.side import NOTHING, Bits, Codes, Pairs
from enrich.match.spelled import spelled_bits, spells_shared, spells_whole
from enrich.match.words import BRANCH_FORMS

SAME_OR_NOT = ("same", "different")

CROWDED = 1_000
"""Companies that are taken to be at an address where nobody counted them."""


def compare_number(batch: Batch) -> Found | None:
    """Registration number in the same register."""
    if not batch.pairs.states("numbers"):
        return None
    mine, theirs = batch.pairs.listed_codes("numbers")
    schemes, other_schemes = _schemes(batch.pairs).listed_codes("numbers")

    def show(row: int) -> Shown:
        """The number that both have, else theirs of the first scheme that both have."""
        left, right = ((value or "").split(", ") for value in batch.value_at(row, "numbers"))
        for number in left:
            if number in right:
                return _value(number), _value(number)
        return next((_value(one), _value(other)) for one in left for other in right if _scheme(one) == _scheme(other))

    return _same_or_not(_any_equal(mine, theirs), _any_equal(schemes, other_schemes), show)


def _scheme(number: str) -> str:
    return number.partition(":")[0]


def _value(number: str) -> str:
    return number.partition(":")[2]


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
    pairs, names = batch.pairs, batch.names
    if not pairs.either_states("domains"):
        return None
    left, right = pairs.listed_codes("domains")
    both_state = (left != NOTHING).any(axis=1) & (right != NOTHING).any(axis=1)
    is_same = _any_equal(left, right)
    # companies of a group share a domain, and then the words that tell them apart count for more
    are_relatives = _are_relatives(names)
    is_relative = is_same & are_relatives
    spelled, is_name = spelled_bits(pairs, names), spells_whole(pairs, names)
    is_unstated = (right == NOTHING).all(axis=1)
    is_begun = spells_shared(pairs, names) & is_unstated & ~are_relatives
    told = [is_relative, is_same & is_name, is_same, spelled > 0, is_name & is_unstated, is_begun, both_state]
    codes = np.select(told, range(len(_DOMAIN_OUTCOMES)), NOTHING)

    def show(row: int) -> Shown:
        mine, theirs = batch.value_at(row, "domains")
        if is_same[row]:
            mine = theirs = _in_common(mine, theirs)
        elif codes[row] in _SPELLS:
            names_of = batch.name_at(row)
            mine, theirs = mine or names_of[0], theirs or names_of[1]
        return mine, theirs

    return Found(outcomes=_DOMAIN_OUTCOMES, codes=codes.astype(np.int8), amounts=spelled, show=show)


_DOMAIN_OUTCOMES = (
    "same_among_relatives",
    "same_as_named",
    "same",
    "spells_the_name",
    "as_named",
    "as_begun",
    "different",
)
_SPELLS = frozenset(map(_DOMAIN_OUTCOMES.index, ("spells_the_name", "as_named", "as_begun")))


def compare_phone(batch: Batch) -> Found | None:
    """Phone number."""
    return _any_in_common(batch, "phones")


def compare_country(batch: Batch) -> Found | None:
    """Country."""
    return _equal(batch, "country_code")


def compare_place(batch: Batch) -> Found | None:
    """Address, postal code or city."""
    pairs, names = batch.pairs, batch.names
    stated = {field: _equal(batch, field) for field in _SAME_PLACE}
    if not any(stated.values()):
        return None
    codes = np.full(len(pairs), NOTHING, dtype=np.int8)
    fields = np.full(len(pairs), "", dtype=object)
    for field, found in stated.items():
        if found is not None:
            # another address says nothing, companies move; another postal code nothing in the same city
            is_same = found.codes == 0
            codes[is_same], fields[is_same] = _SAME_PLACE[field], field
            is_other = (found.codes == 1) & (codes == NOTHING) & (field != "address_key")
            codes[is_other], fields[is_other] = _PLACE_OUTCOMES.index("different"), field
    is_street, is_other_street = _compare_streets(pairs)
    codes[is_street], fields[is_street] = _PLACE_OUTCOMES.index("same_street"), "address_key"
    is_other_street &= codes == NOTHING
    codes[is_other_street], fields[is_other_street] = _PLACE_OUTCOMES.index("another_street"), "address_key"
    there, anywhere = (
        pc.fill_null(pairs.right[name], CROWDED).to_numpy().astype(np.float64)[pairs.right_rows]
        for name in ("address_holders", "street_holders")
    )
    holders = np.where(is_street, anywhere, there)
    is_shared = (fields == "address_key") & ~is_other_street & (holders > 1)
    codes[is_shared & _are_relatives(names)] = _PLACE_OUTCOMES.index("same_address_among_relatives")
    return Found(
        outcomes=_PLACE_OUTCOMES,
        codes=codes,
        amounts=holders,
        show=lambda row: batch.value_at(row, str(fields[row])),
    )


_PLACE_OUTCOMES = (
    "same_address",
    "same_address_among_relatives",
    *SAME_OR_NOT,
    "same_postal_code",
    "same_street",
    "another_street",
)
_SAME_PLACE = {
    field: _PLACE_OUTCOMES.index(outcome)
    for field, outcome in (("city_key", "same"), ("postal_code", "same_postal_code"), ("address_key", "same_address"))
}
"""What the same value of a field says, the vaguest first: a finer one says more."""


def _compare_streets(pairs: Pairs) -> tuple[Mask, Mask]:
    """Where the left side states street and number without a place: whether the right one is at such an address, or at another."""
    mine, theirs = (side["address_key"].combine_chunks() for side in (pairs.left, pairs.right))
    streets = pc.if_else(pc.match_substring(mine, ", "), None, mine)
    if streets.null_count == len(streets):
        return np.zeros(len(pairs), dtype=np.bool_), np.zeros(len(pairs), dtype=np.bool_)
    both = pa.concat_arrays([streets, pc.replace_substring_regex(theirs, ", .*", "")])
    codes = pc.fill_null(pc.dictionary_encode(both).indices, NOTHING).to_numpy(zero_copy_only=False)
    left, right = codes[: len(mine)][pairs.left_rows], codes[len(mine) :][pairs.right_rows]
    both_state = (left != NOTHING) & (right != NOTHING)
    return both_state & (left == right), both_state & (left != right)


def _are_relatives(names: Alignment) -> npt.NDArray[np.bool_]:
    """Whether names share words and one has a word of its own, as those of a group do."""
    are: npt.NDArray[np.bool_] = names.has_own_word & (names.shared_bits > 0)
    return are


def compare_size(batch: Batch) -> Found | None:
    """Number of employees."""
    pairs = batch.pairs
    if not pairs.states("employees_low"):
        return None
    low, high = _employees(pairs.left, pairs.left_rows)
    other_low, other_high = _employees(pairs.right, pairs.right_rows)
    doublings = np.log2(np.maximum(np.maximum(low / _at_least(other_high), other_low / _at_least(high)), 1.0))
    # who is said to have two or more may have anything: it is no sign that they have as many
    is_near = (doublings <= _NEAR) & np.isfinite(high) & np.isfinite(other_high)
    codes = np.select([np.isnan(doublings), is_near, doublings > _NEAR], [NOTHING, 0, 1], NOTHING)

    def show(row: int) -> Shown:
        left, right = int(pairs.left_rows[row]), int(pairs.right_rows[row])
        return _size(pairs.left, left), _size(pairs.right, right)

    return Found(
        outcomes=("near", "apart"), codes=codes.astype(np.int8), amounts=np.where(is_near, low, doublings), show=show
    )


_NEAR = 0.6
"""Doublings up to which two numbers of employees are near: half as many again. Registers and CRMs count at different times."""


def _employees(side: pa.Table, rows: npt.NDArray[np.int64]) -> tuple[Bits, Bits]:
    """The ends of the range of employees, a row a pair; no numbers where unknown, the high one infinite where open."""
    low, high = (
        side[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in ("employees_low", "employees_high")
    )
    return low[rows], np.where(np.isnan(low), np.nan, np.nan_to_num(high, nan=np.inf))[rows]


def _at_least(employees: Bits) -> Bits:
    """None counts as half a person: one is twice as many, and numbers have a ratio."""
    return np.maximum(employees, 0.5)


def _size(side: pa.Table, row: int) -> str:
    low, high = side["employees_low"][row].as_py(), side["employees_high"][row].as_py()
    return str(low) if low == high else f"{low} or more" if high is None else f"{low}-{high}"


_KINDS = ("branch", "establishment", "fund", "estate", "sole_trader")


def compare_kind(batch: Batch) -> Found:
    """Sort of entity in the register."""
    kinds = pc.index_in(batch.pairs.right["entity_kind"], value_set=pa.array(_KINDS))
    codes = pc.fill_null(kinds, NOTHING).to_numpy().astype(np.int8)[batch.pairs.right_rows]
    # who writes the form of a branch means the branch
    forms = [bool(BRANCH_FORMS.intersection(form.split("+"))) for form in batch.pairs.encoded[3].to_pylist()]
    is_meant = np.array([*forms, False])[batch.of_names("forms")[0]] & (codes == _KINDS.index("branch"))
    codes[is_meant] = NOTHING
    return Found(outcomes=_KINDS, codes=codes, show=lambda row: (None, batch.value_at(row, "entity_kind")[1]))


def compare_life(batch: Batch) -> Found:
    """Whether the register still has it, undissolved."""
    is_live = pc.fill_null(batch.pairs.right["is_live"], fill_value=True).to_numpy()[batch.pairs.right_rows]
    return Found(outcomes=("dead",), codes=np.where(is_live, NOTHING, 0).astype(np.int8), show=lambda _: (None, None))


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
            mine = theirs = _in_common(mine, theirs)
        return mine, theirs

    return _same_or_not(is_same, both_state, show)


def _in_common(mine: str | None, theirs: str | None) -> str:
    """The first value that both lists have, as they are shown."""
    return next(each for each in (mine or "").split(", ") if each in (theirs or "").split(", "))


def _any_equal(left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
    equal = (left[:, :, None] == right[:, None, :]) & (left != NOTHING)[:, :, None]
    found: npt.NDArray[np.bool_] = equal.any(axis=(1, 2))
    return found


def _same_or_not(
    is_same: npt.NDArray[np.bool_], both_state: npt.NDArray[np.bool_], show: Callable[[int], Shown]
) -> Found:
    codes = np.where(both_state, np.where(is_same, 0, 1), NOTHING).astype(np.int8)
    return Found(outcomes=SAME_OR_NOT, codes=codes, show=show)
