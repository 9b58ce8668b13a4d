"""What is there: companies by country, status, size and industry, how much of each field is known, how old it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db.warehouse import Row
from enrich.errors import NotFound
from enrich.gate import Readers
from enrich.search import read_as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Companies of one value: `companies` for sure, `maybe` more by ranges that reach into it. A null label is unknown."""

    label: str | None
    title: str | None
    companies: int
    maybe: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of how many of all companies a field is known; of the others it is unknown, not "no"."""

    field: str
    companies: int
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """How old what a source said last is; `days_old` is null where it has delivered nothing."""

    source: str
    rows: int
    last_delivery_at: datetime | None
    days_old: int | None
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """The published companies that may be shown, counted; natural persons are not among them."""

    as_of: datetime
    country: str | None
    companies: int
    by_country: Sequence[Group]
    by_status: Sequence[Group]
    by_employees: Sequence[Group]
    by_industry: Sequence[Group]
    coverage: Sequence[Known]
    freshness: Sequence[Fresh]
    sources: Sequence[Row]


def count_companies(readers: Readers, *, country: str | None = None, now: datetime | None = None) -> Stats:
    """The counts of all companies, or of a country (ISO 3166-1 alpha-2); raises `NotFound` where it has none."""
    groups = readers.warehouse.rows("stats/groups", country=country)
    known = {
        field: int(str(count)) for field, count in readers.warehouse.rows("stats/coverage", country=country)[0].items()
    }
    total = known.pop("companies")
    if not total and country is not None:
        there = [group.label for group in _of(readers.warehouse.rows("stats/groups", country=None), "country")]
        raise NotFound("company of the country", country, [label for label in there if label is not None])
    sources = [source for source in readers.warehouse.rows("status/sources") if source["row_count"]]
    return Stats(
        as_of=read_as_of(readers),
        country=country,
        companies=total,
        by_country=_of(groups, "country"),
        by_status=_of(groups, "status"),
        by_employees=_of(groups, "employees"),
        by_industry=_of(groups, "industry"),
        coverage=[
            Known(field=field, companies=count, percent=round(100 * count / total, 1) if total else 0.0)
            for field, count in sorted(known.items(), key=lambda one: -one[1])
        ],
        freshness=[_freshness(source, now or datetime.now(UTC)) for source in sources],
        sources=sources,
    )


def _of(rows: Sequence[Row], kind: str) -> list[Group]:
    return [
        Group(
            label=None if row["label"] is None else str(row["label"]),
            title=None if row["title"] is None else str(row["title"]),
            companies=int(str(row["companies"])),
            maybe=int(str(row["maybe"])),
        )
        for row in rows
        if row["kind"] == kind
    ]


def _freshness(source: Row, now: datetime) -> Fresh:
    last = source["last_delivery_at"]
    delivered = last if isinstance(last, datetime) else None
    return Fresh(
        source=str(source["name"]),
        rows=int(str(source["row_count"])),
        last_delivery_at=delivered,
        days_old=None if delivered is None else (now - delivered).days,
        licence=str(source["licence"]),
    )
