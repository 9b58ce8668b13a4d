"""A register's whole file as one JSON array, packed or not, with persons among its companies.

It streams by record by record: those about natural persons are left out and so is what the source never stores; of the
others the columns that the layout reads are kept as text, in Parquet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.errors import SourceAborted
from sources.kinds.file_kind import AGAIN
from sources.kinds.index_rows import deliver_documents
from sources.kinds.json_stream import read_elements
from sources.kinds.rewritten_file import Rewritten, WholeFile, fetch_rewritten, read_rewritten
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonForm(WholeFile):
    """How records are read: the dotted names of a record's own number and of what says of what form it is.

    `persons` are the forms of natural persons. A record that states no form might be about one: of it only the number
    is kept, for landing to reject.
    """

    layout: Layout
    number: str
    form: str
    persons: frozenset[str]


def fetch_json(
    client: "PoliteClient", source: Source, form: JsonForm, url: str, *, landing: Path, known: Known
) -> Delivery | None:
    """The register's whole file, complete; None where it has not changed since `known`."""
    return fetch_rewritten(client, source, form, partial(_sift, source, form), url, landing=landing, known=known)


def read_json(source: Source, form: JsonForm, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file given by hand, packed or not, as a delivery; it counts as fetched when it was last written."""
    return read_rewritten(source, form, partial(_sift, source, form), path, coverage=coverage, landing=landing)


def _sift(source: Source, form: JsonForm, chunks: Iterator[bytes], landing: Path) -> Rewritten:
    """Writes what may be kept; raises SourceAborted where the file is no array of records, or holds none."""
    sifter = _Sifter(source, form)
    records = sifter.companies(read_elements(source, chunks))  # what is never stored goes with each record's delivery
    delivery = deliver_documents(
        source,
        form.layout,
        records,
        keeps=lambda *_: True,
        coverage=Coverage.PARTIAL,
        landing=landing,
        moment=datetime.now(UTC),
        check=sifter.check,
    )
    return Rewritten(
        path=Path(str(delivery.rows)),
        layout=form.layout,
        rows=sifter.rows,
        persons=sifter.persons,
        warnings=delivery.warnings,
    )


@dataclass(slots=True)
class _Sifter:
    source: Source
    form: JsonForm
    rows: int = 0
    persons: int = 0

    def companies(self, records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for record in records:
            self.rows += 1
            if at(record, self.form.number) is None:
                raise SourceAborted(
                    f"record {self.rows:,} has no {self.form.number!r}: the file is not this register's.",
                    source=self.source.name,
                    hint="Nothing was loaded.",
                )
            company = of_company(self.form, record)
            self.persons += company is None
            if company is not None:
                yield company

    def check(self, _: int) -> None:
        if not self.rows:
            raise SourceAborted("the file holds no record.", source=self.source.name, hint=AGAIN)


def of_company(form: JsonForm, record: dict[str, Any]) -> dict[str, Any] | None:
    """The record, its number alone where it states no form, and null where it is about a natural person."""
    stated = at(record, form.form)
    if stated is None or not str(stated).strip():
        only: Any = at(record, form.number)
        for key in reversed(form.number.split(".")):
            only = {key: only}
        return dict(only)
    return None if str(stated).strip() in form.persons else record


def at(record: dict[str, Any], name: str) -> object:
    """What stands under a dotted name; null where nothing does.

    >>> at({"a": {"b": 1}}, "a.b"), at({"a": 1}, "a.b")
    (1, None)
    """
    found: Any = record
    for key in name.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found
