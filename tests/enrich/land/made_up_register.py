"""A made-up register: a list of all, a card of one with other columns, and a file of links between records."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from sources.fields import column, constant, date, integer, is_in, is_present, many, mapped, negated, record
from sources.source import Coverage, Delivery, Expect, Layout, Licence, Lineage, Privacy, Source

Row = dict[str, str | None]

COMMON = {
    "entity_kind": mapped(column("form"), {"ENK": "sole_trader"}, otherwise="legal_entity"),
    "is_natural_person": is_in(column("form"), ("ENK",)),
    "name": column("navn"),
    "founded_date": date(column("stiftet")),
    "employees_low": integer(column("ansatte")),
    "identifiers": many(record(scheme=constant("XX-NR"), value=column("nr"), original=column("nr")), need="value"),
}
LIST = Layout(
    name="list",
    columns=("nr", "navn", "form", "form.tekst", "stiftet", "ansatte", "talt", "mor"),
    key=column("nr"),
    fields=COMMON | {"employees_date": date(column("talt"))},
    volatile=frozenset({"employees_date"}),
    rejects=(("no_number", "the row has no number", negated(is_present(column("nr")))),),
    codes=(("XX-FORM", column("form"), column("form.tekst")),),
    relations=(("parent", "XX-NR", column("mor")),),
)
CARD = Layout(
    name="card",
    columns=("nr", "navn", "form", "stiftet", "ansatte", "formal"),
    key=column("nr"),
    fields=COMMON | {"purpose": column("formal")},
)
LINKS = Layout(
    name="links",
    part="links",
    expect=Expect(min_rows=1, max_rows=100),
    columns=("fra", "til"),
    key=column("fra"),
    fields={},
    relations=(("ultimate_parent", "XX-NR", column("til")),),
)
REGISTER = Source(
    name="xx_register",
    title="A made-up register",
    country="XX",
    publisher="Nobody",
    homepage="https://register.example",
    record_url="https://register.example/{key}",
    scheme="XX-NR",
    licence=Licence.CC0_1_0,
    attribution="Nobody",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(purpose="tests", lawful_basis="none needed", personal_fields=(), never_store=(), retention_days=1),
    expect=Expect(min_rows=2, max_rows=1000, fill_rates={"founded_date": 0.5}),
    layouts=(LIST, CARD, LINKS),
    mapping_version=1,
    base_url="https://register.example",
    base_url_env="XX_REGISTER_URL",
    bulk_url="https://register.example",
    requests_per_minute=60,
    parts=("main", "links"),
)


def company(nr: str | None, navn: str | None = None, **more: str | None) -> Row:
    """A row of the register's list: a company of two, founded in 2001."""
    row: Row = {"form": "AS", "form.tekst": "Aksjeselskap", "stiftet": "2001-02-03", "ansatte": "2"}
    return row | {"nr": nr, "navn": f"FIRMA {nr} AS" if navn is None else navn} | more


def day(number: int) -> datetime:
    """The day on which a delivery was fetched."""
    return datetime(2026, 11, number, tzinfo=UTC)


def make_delivery(
    rows: Sequence[Row],
    *,
    on: int,
    coverage: Coverage = Coverage.PARTIAL,
    layout: Layout = LIST,
    gone: tuple[str, ...] = (),
) -> Delivery:
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in layout.columns})
    return Delivery(
        source=REGISTER.name,
        layout=layout,
        rows=table,
        form="table",
        coverage=coverage,
        fetched_at=day(on),
        source_seq=int(day(on).timestamp() * 1000),
        gone=gone,
    )
