"""The two sides of a comparison made from rows: CRM records, companies, rows of lists, register records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from enrich.match.side import SIDE
from enrich.normalise.address import normalise_addresses, normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain
from enrich.normalise.name import normal_columns
from enrich.normalise.phone import normalise_phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a row states of one company, as written; empty or None where it does not."""

    key: str
    names: tuple[str, ...] = ()
    country_code: str | None = None
    numbers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    """Web and e-mail addresses or domains, the main one first."""
    phones: tuple[str, ...] = ()
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    is_live: bool = True
    entity_kind: str = "legal_entity"
    employees: tuple[int | None, int | None] = (None, None)
    """The least and the greatest number: the second None where it is open, both where nothing is known."""


def stated_in_row(row: Mapping[str, object], *, key: str) -> Stated:
    """A row of match/crm, match/crm_records or match/shown_companies as one side of a comparison."""
    scheme, number, addresses = row["registration_scheme"], row["registration_number"], row["addresses"]
    return Stated(
        key=str(row[key]),
        names=_present(row["name"]),
        country_code=_text(row["country_code"]),
        numbers=((str(scheme), str(number)),) if scheme is not None and number is not None else (),
        addresses=tuple(str(one) for one in addresses if one) if isinstance(addresses, list) else (),
        phones=_present(row["phone"]),
        street=_text(row["street"]),
        postal_code=_text(row["postal_code"]),
        city=_text(row["city"]),
        employees=(_number(row["employees_low"]), _number(row["employees_high"])),
    )


def _present(value: object) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def make_side(rows: Sequence[Stated]) -> pa.Table:
    """The rows as one side of comparisons (SIDE), values normalised.

    >>> side = make_side([Stated(key="1", names=("Bjørn Dahle AS",), addresses=("post@dahle.no", "x@gmail.com"))])
    >>> side["names"][0][0]["core_name"].as_py(), side["domains"][0].as_py()
    ('bjorn dahle', ['dahle.no'])
    """
    names = [name for row in rows for name in row.names]
    listed = iter(
        [
            {"name": name, "core_name": core, "core_key": key, "legal_form_class": form}
            for name, core, key, _, form in zip(names, *normal_columns(names), strict=True)
        ]
    )
    return pa.table(
        {
            "id": [row.key for row in rows],
            "names": [[name for name in islice(listed, len(row.names)) if name["core_key"]] for row in rows],
            "country_code": [row.country_code for row in rows],
            "numbers": [[f"{scheme}:{value}" for scheme, value in row.numbers] for row in rows],
            "domains": [_distinct(map(employer_domain, row.addresses)) for row in rows],
            "phones": [_distinct(normalise_phone(phone, row.country_code) for phone in row.phones) for row in rows],
            "postal_code": [
                None if row.postal_code is None else normalise_postal_code(row.postal_code) for row in rows
            ],
            "city_key": [None if row.city is None else normalise_city(row.city) for row in rows],
            "address_key": normalise_addresses(
                [row.street for row in rows],
                [row.postal_code for row in rows],
                [row.city for row in rows],
                placeless=True,
            ),
            "address_holders": [None] * len(rows),
            "street_holders": [None] * len(rows),
            "is_live": [row.is_live for row in rows],
            "entity_kind": [row.entity_kind for row in rows],
            "employees_low": [row.employees[0] for row in rows],
            "employees_high": [row.employees[1] for row in rows],
        },
        schema=SIDE,
    )


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))
