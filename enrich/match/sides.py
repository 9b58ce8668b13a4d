"""The two sides of a comparison made from rows: CRM records, companies, rows of lists, register records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from enrich.match.align import ComparedName
from enrich.match.compare import Compared
from enrich.normalise.address import normalise_city, normalise_postal_code
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
    postal_code: str | None = None
    city: str | None = None
    is_live: bool = True
    entity_kind: str = "legal_entity"


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
        postal_code=_text(row["postal_code"]),
        city=_text(row["city"]),
    )


def _present(value: object) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def make_compared(rows: Sequence[Stated]) -> list[Compared]:
    """Each row with its values normalised, ready to be compared.

    >>> [side] = make_compared([Stated(key="1", names=("Bjørn Dahle AS",), addresses=("post@dahle.no", "x@gmail.com"))])
    >>> side.names[0].core_name, side.domains
    ('bjorn dahle', ('dahle.no',))
    """
    names = iter(_compared_names([name for row in rows for name in row.names]))
    return [
        Compared(
            names=tuple(name for name in islice(names, len(row.names)) if name.core_key),
            country_code=row.country_code,
            numbers=row.numbers,
            domains=_distinct(map(employer_domain, row.addresses)),
            phones=_distinct(normalise_phone(phone, row.country_code) for phone in row.phones),
            postal_code=None if row.postal_code is None else normalise_postal_code(row.postal_code),
            city_key=None if row.city is None else normalise_city(row.city),
            is_live=row.is_live,
            entity_kind=row.entity_kind,
        )
        for row in rows
    ]


def _compared_names(names: Sequence[str]) -> list[ComparedName]:
    return [
        ComparedName(name=name, core_name=core, core_key=key, legal_form_class=form)
        for name, core, key, _, form in zip(names, *normal_columns(names), strict=True)
    ]


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))


def query_table(keys: Sequence[str], queries: Sequence[Compared]) -> pa.Table:
    """Queries as the rows of match_query, numbered from 0."""
    first = [query.names[0] if query.names else None for query in queries]
    numbers = [query.numbers[0] if query.numbers else (None, None) for query in queries]
    text, texts = pa.string(), pa.list_(pa.string())
    return pa.table(
        {
            "query_number": pa.array(range(len(queries)), pa.int64()),
            "query_id": pa.array(keys, text),
            "country_code": pa.array([query.country_code for query in queries], text),
            "core_name": pa.array([None if name is None else name.core_name for name in first], text),
            "core_key": pa.array([None if name is None else name.core_key for name in first], text),
            "domains": pa.array([query.domains for query in queries], texts),
            "phones": pa.array([query.phones for query in queries], texts),
            "registration_scheme": pa.array([scheme for scheme, _ in numbers], text),
            "registration_number": pa.array([value for _, value in numbers], text),
        }
    )


def reference_side(row: Mapping[str, object]) -> Compared:
    """A row of match_compared as the side of a comparison."""
    main = ComparedName(
        name=_text(row["name"]) or "",
        core_name=_text(row["core_name"]) or "",
        core_key=_text(row["core_key"]) or "",
        legal_form_class=_text(row["legal_form_class"]) or "",
    )
    further = row["further_names"]
    names = [main] if main.core_key else []
    if isinstance(further, list):
        names += [ComparedName(**name) for name in further]
    numbers = row["numbers"]
    return Compared(
        names=tuple(names),
        country_code=_text(row["country_code"]),
        numbers=tuple(numbers) if isinstance(numbers, list) else (),
        domains=_distinct((_text(row["domain"]), _text(row["email_domain"]))),
        phones=_distinct((_text(row["phone"]), _text(row["mobile"]))),
        postal_code=_text(row["postal_code"]),
        city_key=_text(row["city_key"]),
        is_live=bool(row["is_live"]),
        entity_kind=str(row["entity_kind"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
