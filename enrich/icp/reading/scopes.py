"""Which words a wish word, a not word, "and" and "or" reach: criteria under must, should or must_not.

- A wish or a not reaches the next criterion, and what "or" joins to it; a wish also what "and" joins. A comma ends both, but
  not inside a list that ends in "and" or "or" ("ikke Oslo, Bergen eller Hamar"). A role that is joined otherwise to what is
  lacking ("uten revisor, daglig leder") is not understood.
- Values of one sort that are joined are one list. "Or" between two sorts cannot be asked: the second is not understood, nor
  is what belongs to it ("tannleger i Oslo eller frisører i Bergen"); with "and", where it would mix with the first.
- What contradicts what is there already is not understood ("svenske selskaper i Norge"), nor what the ICP file refuses
  ("innen 300 mil").
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import zip_longest

from pydantic import ValidationError

from enrich.icp.gazetteer import find_divisions
from enrich.icp.model import Criteria, read_money_range, read_range
from enrich.icp.places import find_counties
from enrich.icp.reading.amounts import write_range, write_sum
from enrich.icp.reading.countries import find_strangers, say_countries
from enrich.icp.reading.items import Item
from enrich.icp.reading.lexicon import Place

_LISTS = frozenset(
    {"country", "region", "municipality", "industry", "legal_form", "status", "technology", "roles", "words", "place"}
)
_COUNTS = frozenset({"employees", "age_years", "founded", "last_contact_days"})
_RANGES = _COUNTS | {"revenue"}
_SILENT = frozenset({"from", "to", "of", "dash", "within"})
_JOINS = frozenset({"and", "or"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One criterion that is wished for."""

    criterion: str
    value: object


@dataclass(slots=True, kw_only=True)
class Unit:
    """One criterion with the values that are joined to it."""

    criterion: str
    items: list[Item]
    join: str | None = None
    """What joins it to the criterion before it: "and", "or", "comma", or nothing."""
    inner: set[str] = field(default_factory=set)
    """What joins its own values."""
    is_wished: bool = False
    is_denied: bool = False
    is_reached: bool = False
    """Whether a wish or a not stands right before it, and not before something that it is joined to."""
    is_lost: bool = False
    """Whether nobody knows what is asked of it: "andre bedrifter enn tannleger", "eller lønnsomme i Bergen"."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """The filters while they are put together; what is not understood by its first and last token."""

    must: dict[str, object] = field(default_factory=dict)
    should: list[Wish] = field(default_factory=list)
    must_not: dict[str, object] = field(default_factory=dict)
    not_understood: list[tuple[int, int]] = field(default_factory=list)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    """Why what is known cannot be asked, where that can be said."""

    def refuse(self, items: Iterable[Item], fault: str | None = None) -> None:
        """Name items as not understood."""
        places = [(each.first, each.last) for each in items]
        self.not_understood += places
        if fault is not None:
            self.faults |= dict.fromkeys(places, fault)


def put_all(items: Sequence[Item], answer: Answer) -> None:
    """Put every criterion of a text where it belongs."""
    units, unknown = _list_units(items)
    answer.refuse(unknown)
    joined = _join_lists(units)
    is_lost, fault = False, None
    said: set[str] = set()
    located: list[Unit] = []
    for unit, after in zip_longest(joined, joined[1:]):
        if _is_alternative(unit, answer) or _is_second_clause(unit, after, said):
            is_lost, fault = True, _SECOND
        elif unit.is_lost or not (is_lost and unit.join is None):  # else it belongs to what was lost before it
            is_lost, fault = unit.is_lost, None
        if is_lost:
            answer.refuse(unit.items, fault)
            continue
        said.add(unit.criterion)
        if unit.criterion == "roles" and not unit.is_denied:
            _refuse_all_of(unit, answer)
        if unit.criterion in _WHERE and not unit.is_denied:
            _refuse_elsewhere(unit, located, answer)
            if not unit.items:
                continue
            located.append(unit)
        for each in _split_places(unit, answer) if unit.criterion == "place" else [unit]:
            _put(each, answer)


def _refuse_all_of(unit: Unit, answer: Answer) -> None:
    """Keep the first of roles that a company shall have all of: the file asks for any of them."""
    if "and" in unit.inner or not unit.inner & _JOINS:
        answer.refuse(unit.items[1:], _ANY)
        del unit.items[1:]


def _refuse_elsewhere(unit: Unit, located: Iterable[Unit], answer: Answer) -> None:
    """Keep of what says where a company is what agrees with all that was said of it before; of two wishes each may be."""
    for before in located:
        is_list = before.criterion == unit.criterion and unit.join is not None and _is_of_a_kind(before, unit)
        if (before.is_wished and unit.is_wished) or (is_list and before.is_wished == unit.is_wished):
            continue
        strangers = find_strangers(unit.items, before.items) if not before.is_wished else []
        kept = [item for item in unit.items if item not in strangers]
        if not unit.is_wished and find_strangers(before.items, kept or unit.items):
            strangers, kept = unit.items, []
        answer.refuse(strangers, say_countries(before.items, strangers))
        unit.items = kept
        if not kept:
            return


def _is_of_a_kind(before: Unit, unit: Unit) -> bool:
    """Whether values may be of one list: "norske, svenske", but not "svenske selskaper, i Norge"."""
    return before.items[-1].is_adjective == unit.items[0].is_adjective


_WHERE = frozenset({"country", "place"})
_ANY = "roles are asked as any of them, joined by or"
_SECOND = "one description asks for one kind of company: describe these apart"


def _is_alternative(unit: Unit, answer: Answer) -> bool:
    """Whether "or" joins it to another sort; as an alternative of all before it, it takes with it what belongs to it."""
    return unit.join == "or" and not unit.is_denied and not unit.is_wished and bool(answer.must)


def _is_second_clause(unit: Unit, after: Unit | None, said: Set[str]) -> bool:
    """Whether two sorts come a second time, as a pair: "tannleger i Oslo og frisører i Bergen" has no dentists in Bergen."""
    if after is None or unit.join is None or after.join is not None or after.criterion == unit.criterion:
        return False
    pair = {unit.criterion, after.criterion}
    is_plain = not any(each.is_wished or each.is_denied for each in (unit, after))
    return is_plain and pair <= said and pair <= _LISTS


@dataclass(slots=True, kw_only=True)
class _Scope:
    """What is said before the next criterion, while the text is gone through."""

    wish: Item | None = None
    denial: Item | None = None
    join: str | None = None
    before: str = ""
    """What the last word that means something was: a criterion, a wish behind one, or an unknown word."""
    taken: tuple[Item | None, Item | None] = (None, None)
    """The wish and the not that an unknown word took, for what is joined to it: "ikke lønnsomme eller konkurs"."""
    is_lost: bool = False
    """Whether the next criterion belongs to an alternative that is not understood, or to an "enn" alone."""

    def clear(self) -> None:
        self.wish = self.denial = self.join = None
        self.is_lost = False


def _list_units(items: Sequence[Item]) -> tuple[list[Unit], list[Item]]:
    """Each criterion with the wish and the not right before it, and how it is joined; and what is not understood."""
    units: list[Unit] = []
    unknown: list[Item] = []
    scope = _Scope()
    for item in [*items, _END]:
        if item.kind == "wish":
            scope.wish = item
            scope.before = "wished" if scope.before == "criterion" else "wish"
        elif item.kind in ("not", "outside"):
            scope.denial, scope.before = item, "not"
        elif item.kind in ("comma", "but"):
            if scope.before == "wished":  # "nettside gjerne"
                units[-1].is_wished, units[-1].is_reached, scope.wish = True, True, None
            scope.join, scope.before, scope.is_lost = scope.join or "comma", item.kind, False
        elif item.kind in _JOINS:
            scope.join = item.kind
            if scope.before == "unknown":
                scope.join, (scope.wish, scope.denial) = None, scope.taken
        elif item.kind in ("criterion", "place"):
            units.append(_as_unit(item, scope))
            scope.clear()
            scope.before = "criterion"
        elif not item.is_silent and item.kind not in _SILENT:
            unknown.append(item)
            scope.taken = (scope.wish, scope.denial)
            is_lost = scope.is_lost or scope.join == "or" or item.kind == "than"
            scope.clear()
            scope.before, scope.is_lost = "unknown", is_lost
    return units, unknown + [each for each in (scope.wish, scope.denial) if each is not None]


_END = Item(kind="comma", text="", first=0, last=0, is_silent=True)


def _as_unit(item: Item, scope: _Scope) -> Unit:
    return Unit(
        criterion=item.criterion or "place",
        items=[item],
        join=scope.join,
        is_wished=scope.wish is not None,
        is_denied=scope.denial is not None,
        is_reached=scope.wish is not None or scope.denial is not None,
        is_lost=scope.is_lost,
    )


def _goes_on(before: Unit, unit: Unit, *, is_same: bool, ends_in_join: bool) -> bool:
    """Whether a wish or a not goes on to what is joined: "ikke A eller B" denies both, "ikke A og med B" one."""
    if unit.join == "comma":
        return is_same and ends_in_join
    return unit.join == "or" or before.is_wished or is_same


def _join_lists(units: Sequence[Unit]) -> list[Unit]:
    """Units of one sort that are joined as one; commas join where "and" or "or" ends the list, or nothing is denied."""
    joined: list[Unit] = []
    for index, unit in enumerate(units):
        last = joined[-1] if joined else None
        if last is None or unit.join is None:
            joined.append(unit)
            continue
        is_same = last.criterion == unit.criterion
        is_role = unit.criterion == "roles" and last.is_denied and not unit.is_reached
        is_had_anew = is_role and is_same and not unit.items[0].is_joined  # "uten revisor og med daglig leder"
        if not (unit.is_reached or is_had_anew) and _goes_on(
            last, unit, is_same=is_same, ends_in_join=_ends_in_join(units, index)
        ):
            unit.is_wished = last.is_wished
            unit.is_denied = last.is_denied and not unit.items[0].is_negated
            # "ikke stiftet etter 2010 og stiftet før 2000": neither, or only the first?
            unit.is_lost |= unit.is_denied and unit.join == "and" and unit.criterion in _RANGES
        # "uten revisor, daglig leder": have they one, or none either?
        unit.is_lost |= is_role and not unit.is_denied and (unit.items[0].is_joined or unit.join == "or")
        if (
            is_same
            and unit.criterion in _LISTS
            and (unit.join in _JOINS or _is_of_a_kind(last, unit) or _ends_in_join(units, index))
            and (last.is_wished, last.is_denied) == (unit.is_wished, unit.is_denied)
        ):
            last.items += unit.items
            last.inner.add(unit.join)
        else:
            joined.append(unit)
    return joined


def _ends_in_join(units: Sequence[Unit], index: int) -> bool:
    """Whether the list that a unit lies in ends in "and" or "or"."""
    for unit in units[index + 1 :]:
        if unit.criterion != units[index].criterion or unit.join not in ("comma", "and", "or"):
            return False
        if unit.join in _JOINS:
            return True
    return False


def _split_places(unit: Unit, answer: Answer) -> list[Unit]:
    """A list of places as regions or municipalities: "Oslo" is the town, but a county among counties.

    Both joined by "and" or "or" cannot be asked ("Rogaland eller Bergen"): those of the second sort are not understood.
    """
    places = [(item, item.value) for item in unit.items if isinstance(item.value, Place)]
    is_joined = bool(unit.inner & _JOINS)
    has_region = any(place.regions and not place.municipalities for _, place in places)
    has_town = any(place.municipalities and not place.regions for _, place in places)
    made: dict[str, Unit] = {}
    for item, place in places:
        as_region = bool(place.regions) and (not place.municipalities or (is_joined and has_region and not has_town))
        criterion, names = ("region", place.regions) if as_region else ("municipality", place.municipalities)
        said = replace(item, criterion=criterion, value=names)
        if criterion in made:
            made[criterion].items.append(said)
        elif made and is_joined:
            answer.refuse([item])
        else:
            made[criterion] = replace(unit, criterion=criterion, items=[said])
    return list(made.values())


def _put(unit: Unit, answer: Answer) -> None:
    value = unit.items[0].value
    if unit.criterion in _LISTS:
        value = tuple(dict.fromkeys(each for item in unit.items for each in _values(item)))
    is_denied = unit.is_denied
    if is_denied and unit.criterion in _RANGES and answer.must_not.get(unit.criterion, value) != value:
        # both must not hold, and two ranges are not one: what is outside of the second has to hold
        value, is_denied = _outside(unit.criterion, str(value)), False
    if isinstance(value, bool) and is_denied:
        value, is_denied = not value, False
    if value is None:
        answer.refuse(unit.items)
        return
    if unit.is_wished:
        _put_wish(unit, value, answer, is_denied=is_denied)
        return
    part, other = (answer.must_not, answer.must) if is_denied else (answer.must, answer.must_not)
    merged = _merge(unit.criterion, part.get(unit.criterion), value, is_denied=is_denied)
    fault = None if merged is None else find_fault(unit.criterion, merged)
    if (
        merged is None
        or fault is not None
        or other.get(unit.criterion) == value
        or _lies_outside(unit, value, answer.must)
    ):
        answer.refuse(unit.items, fault)
    else:
        part[unit.criterion] = merged


def _put_wish(unit: Unit, value: object, answer: Answer, *, is_denied: bool) -> None:
    """A wish; one that something is not so cannot be asked."""
    wish = Wish(criterion=unit.criterion, value=value)
    fault = find_fault(unit.criterion, value)
    if is_denied or fault is not None:
        answer.refuse(unit.items, fault)
    elif wish not in answer.should:
        answer.should.append(wish)


def find_fault(criterion: str, value: object) -> str | None:
    """Why the ICP file refuses a value; null where it takes it.

    >>> find_fault("near", {"place": "Oslo", "km": 3000}), find_fault("employees", "10-")
    ('near.km: Input should be less than or equal to 2000', None)
    """
    try:
        Criteria.model_validate({criterion: value})
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}"
    return None


def _values(item: Item) -> tuple[str, ...]:
    return item.value if isinstance(item.value, tuple) else ()


def _lies_outside(unit: Unit, value: object, must: dict[str, object]) -> bool:
    """Whether a region and a municipality are asked for that have no company in common."""
    if unit.is_denied or unit.criterion not in ("region", "municipality"):
        return False
    asked = {**must, unit.criterion: value}
    regions, towns = (asked.get(level) for level in ("region", "municipality"))
    if not (isinstance(regions, tuple) and isinstance(towns, tuple)):
        return False
    lies_in = {(town.country, town.region) for name in towns for town in find_divisions(name, level="municipality")}
    codes = {(region.country, region.code) for name in regions for region in find_divisions(name, level="region")}
    codes |= {("NO", number) for name in regions for number in find_counties(name)}  # those of 2020-2023 too
    return not lies_in & codes


def _merge(criterion: str, before: object, value: object, *, is_denied: bool) -> object:
    """Two values of one criterion as one; null where they cannot both be."""
    if before is None or before == value:
        return value
    if criterion == "roles" and not is_denied:
        return None
    if isinstance(before, tuple) and isinstance(value, tuple):
        return tuple(dict.fromkeys((*before, *value)))
    if criterion in _COUNTS:
        ends = [
            tuple(None if end is None else Decimal(end) for end in read_range(str(each))) for each in (before, value)
        ]
        common = _overlap(ends)
        return None if common is None else write_range(common)
    if criterion == "revenue":
        (*first, currency), (*second, other) = (read_money_range(str(each)) for each in (before, value))
        common = _overlap([first, second]) if currency == other else None
        return None if common is None else f"{write_range(common, write=write_sum)} {currency}"
    return None


def _outside(criterion: str, value: str) -> str | None:
    """All that lies outside of a range, null where that is two ranges; money keeps the number itself, as after "over".

    >>> _outside("employees", "51-"), _outside("revenue", "-5M NOK"), _outside("founded", "1990-1999")
    ('-50', '5M- NOK', None)
    """
    if criterion == "revenue":
        low, high, currency = read_money_range(value)
        return None if low and high else f"{write_range((high, low), write=write_sum)} {currency}"
    first, last = (None if end is None else Decimal(end) for end in read_range(value))
    if first == 0 or (first is not None and last is not None):  # nothing is less than none
        return None
    return write_range((None if last is None else last + 1, None if first is None else first - 1))


def _overlap(ranges: Sequence[Sequence[Decimal | None]]) -> tuple[Decimal | None, Decimal | None] | None:
    """What two ranges have in common; null where that is nothing."""
    low = _tightest(max, [each[0] for each in ranges])
    high = _tightest(min, [each[1] for each in ranges])
    return None if low is not None and high is not None and low > high else (low, high)


def _tightest(pick: Callable[[list[Decimal]], Decimal], ends: Iterable[Decimal | None]) -> Decimal | None:
    said = [end for end in ends if end is not None]
    return pick(said) if said else None
