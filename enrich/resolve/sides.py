"""The two register records of a pair side by side: where they agree, where they differ, where one says nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from enrich.match.model import score_pairs, shipped_model
from enrich.match.side import SIDE, Pairs
from enrich.normalise.name import normal_columns

SAME_DAY_BITS, SAME_YEAR_BITS = 10.0, 4.0
"""What it says, in bits, that two were founded on one day, or in one year: log2 of how many there are, less for busy ones.
Contacts state no foundation, so the model for them has no such comparison."""
SAME_FOUNDING_DAYS = 400
"""Days between foundation and registration, or between two registers' dates of one foundation, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedName:
    """A name as written, and its comparable forms (`enrich.normalise.name.NormalName`)."""

    name: str
    core_name: str
    core_key: str
    legal_form_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the model compares of a record, normalised; empty or None where not stated."""

    names: tuple[ComparedName, ...]
    country_code: str | None
    domains: tuple[str, ...]
    phones: tuple[str, ...]
    postal_code: str | None
    city_key: str | None
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One register record in comparable form; `numbers` by scheme. `begun`: dates of foundation and registration.

    `is_in_big_city`: so many companies are there that two have nothing in common by being there.
    """

    record_id: str
    source: str
    entity_kind: str
    is_natural_person: bool
    compared: Compared
    numbers: Mapping[str, frozenset[str]]
    begun: frozenset[date]
    is_in_big_city: bool = False

    @property
    def is_company(self) -> bool:
        """Whether a name may tell it: a legal entity, public body or branch, no fund or person."""
        return self.entity_kind in ("legal_entity", "public_body", "branch") and not self.is_natural_person

    @property
    def owns_number(self) -> bool:
        """Whether one of its numbers is its register's own key: the register is an authority on who is who."""
        return any(self.record_id.removeprefix(f"{self.source}:") in values for values in self.numbers.values())

    @property
    def has_national_number(self) -> bool:
        """Whether it states a number of a national register."""
        return any(scheme != "LEI" for scheme in self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Whether two records agree in each respect; None where one says nothing of it."""

    country: bool | None
    name: bool
    """Some name of one is, without its legal form, a name of the other."""
    whole_name: bool
    """The same with the same legal form."""
    place: bool | None
    is_in_one_big_city: bool
    """Both are where so many are that it says next to nothing; `place` is None then, but for the postal code."""
    domain: bool | None
    founded: bool | None
    is_founded_on_one_day: bool
    """The same day, and not only the same year."""

    @property
    def support(self) -> int:
        """How many things but names, numbers and country speak for one company: place, domain, foundation."""
        return sum(one is True for one in (self.place, self.domain, self.founded))


def read_sides(rows: Sequence[Mapping[str, object]]) -> dict[str, Side]:
    """Rows of resolve/sides by record."""
    further = [_texts(row["further_names"]) for row in rows]
    spelt = [name for names in further for name in names]
    cores, keys, _, forms = normal_columns(spelt)
    compared = iter(
        ComparedName(name=name, core_name=core, core_key=key, legal_form_class=form or "")
        for name, core, key, form in zip(spelt, cores, keys, forms, strict=True)
    )
    return {
        str(row["record_id"]): _side(row, [next(compared) for _ in names])
        for row, names in zip(rows, further, strict=True)
    }


def _side(row: Mapping[str, object], further: list[ComparedName]) -> Side:
    main = ComparedName(
        name=str(row["name"]),
        core_name=_text(row["core_name"]) or "",
        core_key=_text(row["core_key"]) or "",
        legal_form_class=_text(row["legal_form_class"]) or "",
    )
    numbers: dict[str, frozenset[str]] = {}
    for number in _dicts(row["numbers"]):
        numbers[number["scheme"]] = numbers.get(number["scheme"], frozenset()) | {number["value"]}
    return Side(
        record_id=str(row["record_id"]),
        source=str(row["source"]),
        entity_kind=str(row["entity_kind"]),
        is_natural_person=bool(row["is_natural_person"]),
        compared=Compared(
            names=tuple(name for name in (main, *further) if name.core_key),
            country_code=_text(row["country_code"]),
            domains=_present(row["domain"], row["email_domain"]),
            phones=_present(row["phone"], row["mobile"]),
            postal_code=_text(row["postal_code"]),
            city_key=_text(row["city_key"]),
            is_live=bool(row["is_live"]),
        ),
        numbers=numbers,
        begun=frozenset(row["begun_dates"]) if isinstance(row["begun_dates"], list) else frozenset(),
        is_in_big_city=bool(row["is_big_city"]),
    )


def lay_side_by_side(left: Side, right: Side) -> Agreement:
    """Where two records agree."""
    mine, theirs = left.compared, right.compared
    return Agreement(
        country=_equal(mine.country_code, theirs.country_code),
        name=not _names_of(mine).isdisjoint(_names_of(theirs)),
        whole_name=not _whole_names_of(mine).isdisjoint(_whole_names_of(theirs)),
        place=_same_place(left, right),
        is_in_one_big_city=left.is_in_big_city and mine.city_key == theirs.city_key,
        domain=None if not mine.domains or not theirs.domains else not set(mine.domains).isdisjoint(theirs.domains),
        founded=_same_founding(left.begun, right.begun),
        is_founded_on_one_day=any((day.month, day.day) != (1, 1) for day in left.begun & right.begun),
    )


def score_by_all_but_numbers(
    agreements: Mapping[tuple[str, str], Agreement], sides: Mapping[str, Side]
) -> dict[tuple[str, str], float]:
    """The model's score of each pair, in bits: of all that two records state but their numbers and sort, and of foundation.

    The shipped model's: what a team learnt of its contacts says nothing of registers.
    """
    if not agreements:
        return {}
    lefts, rights = ([pair[place] for pair in agreements] for place in (0, 1))
    rows = np.arange(len(lefts))
    pairs = Pairs(left=_as_table(lefts, sides), right=_as_table(rights, sides), left_rows=rows, right_rows=rows)
    totals = score_pairs(pairs, shipped_model()).totals.tolist()
    return {
        pair: total + (SAME_DAY_BITS if both.is_founded_on_one_day else SAME_YEAR_BITS if both.founded else 0.0)
        for (pair, both), total in zip(agreements.items(), totals, strict=True)
    }


def _as_table(record_ids: Sequence[str], sides: Mapping[str, Side]) -> pa.Table:
    compared = [sides[record_id].compared for record_id in record_ids]
    return (
        pa.table(
            {
                "id": record_ids,
                "names": [[asdict(name) for name in one.names] for one in compared],
                "numbers": [[]] * len(compared),
                "is_live": [True] * len(compared),
                # a register counts the company's own, another one its group's
                **dict.fromkeys(
                    ("address_key", "address_holders", "street_holders", "employees_low", "employees_high"),
                    [None] * len(compared),
                ),
                "entity_kind": ["legal_entity"] * len(compared),
                **{
                    field: [getattr(one, field) for one in compared]
                    for field in ("country_code", "domains", "phones", "postal_code", "city_key")
                },
            }
        )
        .select(SIDE.names)
        .cast(SIDE)
    )


def _names_of(side: Compared) -> set[str]:
    return {name.core_key for name in side.names}


def _whole_names_of(side: Compared) -> set[tuple[str, str]]:
    return {(name.core_key, name.legal_form_class) for name in side.names if name.legal_form_class}


def _same_place(left: Side, right: Side) -> bool | None:
    mine, theirs = left.compared, right.compared
    postal, city = _equal(mine.postal_code, theirs.postal_code), _equal(mine.city_key, theirs.city_key)
    if postal:
        return True
    if city:
        return None if left.is_in_big_city else True
    return postal if city is None else False


def _same_founding(mine: frozenset[date], theirs: frozenset[date]) -> bool | None:
    """Whether dates are the same, a year without its day included; too far apart is no; near each other says nothing.

    >>> day = frozenset({date(2001, 5, 2)})
    >>> [_same_founding(day, frozenset({other})) for other in (date(2001, 5, 2), date(2001, 1, 1), date(1990, 5, 2))]
    [True, True, False]
    """
    pairs = [(one, other) for one in mine for other in theirs]
    if any(one == other or (one.year == other.year and _is_year(one, other)) for one, other in pairs):
        return True
    return False if pairs and all(abs((one - other).days) > SAME_FOUNDING_DAYS for one, other in pairs) else None


def _is_year(one: date, other: date) -> bool:
    return (1, 1) in ((one.month, one.day), (other.month, other.day))


def _equal(mine: str | None, theirs: str | None) -> bool | None:
    return None if mine is None or theirs is None else mine == theirs


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _dicts(value: object) -> Iterable[Mapping[str, str]]:
    return value if isinstance(value, list) else []


def _present(*values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if value is not None))
