"""A register's whole file as ordinary CSV (any separator, values in quotes where they need it) with persons among companies.

It streams by in blocks: rows about natural persons are left out, of the others the columns that the layout reads are kept
as text, in Parquet. A row of which nobody can say whether it is about a person is kept as an empty one that says so
(`FAULT`), for landing to reject and count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from sources.kinds.bulk_file import pick_layout
from sources.kinds.csv_rows import CsvRows, write_rows
from sources.kinds.rewritten_file import Rewritten, WholeFile, fetch_rewritten, read_rewritten
from sources.kinds.text_rows import FAULT
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvForm(WholeFile):
    """How a register writes its file, and which rows are about whom.

    A row is about a natural person where one of `person` fits (column to RE2, the whole value). It is about a company
    where all of `company` fit; what is neither is kept without its values.
    """

    separator: str
    person: Mapping[str, str]
    company: Mapping[str, str]


def fetch_csv(
    client: "PoliteClient", source: Source, form: CsvForm, url: str, *, landing: Path, known: Known
) -> Delivery | None:
    """The register's whole file, complete; None where it has not changed since `known`."""
    return fetch_rewritten(client, source, form, partial(sift, source, form), url, landing=landing, known=known)


def read_csv(source: Source, form: CsvForm, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file given by hand, packed or not, as a delivery; it counts as fetched when it was last written."""
    return read_rewritten(source, form, partial(sift, source, form), path, coverage=coverage, landing=landing)


def sift(source: Source, form: CsvForm, chunks: Iterator[bytes], landing: Path) -> Rewritten:
    """Writes what may be kept of the plain text of a file to `landing`; nothing is left there where this raises.

    Raises SourceAborted where it is no such file, not UTF-8 or broken in too many rows, and UnknownLayout for another
    header.
    """
    rows = CsvRows(source.name, "the file", chunks, separator=form.separator)
    layout = pick_layout(source, (*(name for name in rows.header if name), FAULT))
    landing.mkdir(parents=True, exist_ok=True)
    path = landing / f"{layout.name}.parquet"
    sifter = _Sifter(form, layout, rows)
    write_rows(source.name, path, rows, sifter.wanted, sifter.tables())
    return Rewritten(path=path, layout=layout, rows=rows.rows, persons=sifter.persons)


class _Sifter:
    """Leaves the rows about natural persons out, and counts them."""

    def __init__(self, form: CsvForm, layout: Layout, rows: CsvRows) -> None:
        self._form, self._rows = form, rows
        self.wanted = sorted(layout.columns_read() - {FAULT})
        self.persons = 0

    def tables(self) -> Iterator[tuple[pa.Table, int]]:
        """What may be kept, and of how many rows nobody can say whether they are about a person."""
        for said in self._rows.tables(list(dict.fromkeys((*self.wanted, *self._form.person, *self._form.company)))):
            is_person = _either(_fits(said[name], one) for name, one in self._form.person.items())
            is_other = _either(pc.invert(_fits(said[name], one)) for name, one in self._form.company.items())
            persons = int(pc.sum(is_person).as_py() or 0)
            kept = said.filter(pc.invert(pc.or_(is_person, is_other))).select(self.wanted)
            self.persons += persons
            yield kept, len(said) - persons - len(kept)


def _fits(values: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    return pc.match_substring_regex(values, f"^(?:{pattern})$")


def _either(conditions: Iterator[pa.ChunkedArray]) -> pa.ChunkedArray:
    return reduce(pc.or_, conditions)
