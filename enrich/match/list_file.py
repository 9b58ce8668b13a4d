"""A list as it was saved: Parquet and CSV in UTF-8 are read as fast as they lie there, all else as `import` reads it.

CSV in UTF-8, gzip-compressed or not, is read column by column. Spreadsheets (XLSX, XLS) and text in UTF-16, cp1252 or
latin-1 are read row by row; such a text that is gzip-compressed is unpacked first, into a folder that goes again.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from enrich.crm.read import SEPARATORS, Cell, CrmFile, open_file
from enrich.crm.unpack import unpacked
from enrich.errors import InputInvalid

ROWS_AT_ONCE = 100_000

_AS_IMPORT_DOES = ("sep=", '"sep=', "<", "{", "[{", "%pdf")
"""How a text begins that declares its separator, or is no list at all: `import` knows what it is."""

_GZIP, _NO_TEXT = b"\x1f\x8b", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list that can be read: its form and the names of its columns. `separator` is that of a CSV."""

    path: Path
    form: str
    """parquet, csv (in UTF-8), or other: what only `import` can read."""
    names: tuple[str, ...]
    separator: str = ","

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows in parts, of these columns; those of CSV and of other forms as text."""
        if self.form == "parquet":
            yield from pa.parquet.ParquetFile(self.path).iter_batches(ROWS_AT_ONCE, columns=sorted(set(columns)))
        elif self.form == "csv":
            yield from pa.csv.open_csv(
                self.path,
                parse_options=_parse_options(self.separator),
                convert_options=pa.csv.ConvertOptions(
                    include_columns=sorted(set(columns)),
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        else:
            yield from _read_rows(self.path, columns)


def open_list_file(path: Path) -> ListFile:
    """What the file is, by its bytes. Raises `InputInvalid`, and what pyarrow raises, where it cannot be read."""
    if path.is_dir():
        path = min(path.glob("*.parquet"), default=path)
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"PAR1") or path.suffix == ".parquet":
        return ListFile(path=path, form="parquet", names=tuple(pa.parquet.read_schema(path).names))
    first = None if start.startswith(_NO_TEXT) else _first_line(path)
    if first is None or first.lstrip().lower().startswith(_AS_IMPORT_DOES):
        with _opened_as_import_does(path) as opened:
            return ListFile(path=path, form="other", names=opened.header)
    if not first.strip():
        raise InputInvalid(f"{path} is empty.")
    separator = max(SEPARATORS, key=first.count)
    names = pa.csv.open_csv(path, parse_options=_parse_options(separator)).schema.names
    return ListFile(path=path, form="csv", names=tuple(names), separator=separator)


def _parse_options(separator: str) -> pa.csv.ParseOptions:
    return pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True)


def _first_line(path: Path) -> str | None:
    """The first line of a text in UTF-8; null where the file is none: every byte is looked at."""
    decoder, first = codecs.getincrementaldecoder("utf-8-sig")(), ""
    try:
        with _unpacked(path) as file:
            while chunk := file.read(_AT_ONCE):
                if b"\0" in chunk:
                    return None
                text = decoder.decode(chunk)
                first = first or text.lstrip("\r\n").partition("\n")[0]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return first


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of the file, without its compression; pyarrow knows that by the ending of the name, so it has to have it."""
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
        file.seek(0)
        if is_packed != (path.suffix == ".gz"):
            has, named = ("compressed", "name.csv.gz") if is_packed else ("not compressed", "name.csv")
            raise InputInvalid(f"{path} is {has}, whatever its name says: call it {named}.")
        try:
            with gzip.open(file) if is_packed else file as opened:
                yield opened  # type: ignore[misc]  # both read bytes
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputInvalid(f"{path} cannot be unpacked, a part of it may be missing: fetch it again.") from error


@contextmanager
def _opened_as_import_does(path: Path) -> Iterator[CrmFile]:
    try:
        with unpacked(path) as plain:
            yield open_file(plain)
    except InputInvalid as error:
        raise InputInvalid(re.sub(r"[.;] nothing was imported\.", ".", str(error), flags=re.IGNORECASE)) from error


def _read_rows(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    with _opened_as_import_does(path) as opened:
        places = {name: opened.header.index(name) for name in columns}
        rows = opened.rows()
        while some := list(islice(rows, ROWS_AT_ONCE)):
            for number, cells in some:
                if len(cells) > len(opened.header):
                    raise InputInvalid(
                        f"{path}: row {number} has {len(cells)} cells, the header {len(opened.header)}. Mend that row, or "
                        "put what has a separator in it into quotes."
                    )
            yield pa.record_batch(
                {
                    name: pa.array([_text(cells, place) for _, cells in some], pa.string())
                    for name, place in places.items()
                }
            )


def _text(cells: Sequence[Cell], place: int) -> str | None:
    cell = cells[place] if place < len(cells) else None
    return None if cell is None else str(cell) or None


def read_named(stated: Sequence[str], known: Sequence[str], option: str) -> Mapping[str, str]:
    """Columns that a person named, each as OURS=THEIRS. Raises `InputInvalid`.

    >>> read_named(["country=Land"], ("name", "country"), "--columns")
    {'country': 'Land'}
    """
    named: dict[str, str] = {}
    for each in stated:
        ours, mark, theirs = each.partition("=")
        if not mark or ours.strip() not in known or not theirs.strip():
            raise InputInvalid(f"{option} {each}: say it as in country=Land; what is read is {', '.join(known)}.")
        named[ours.strip()] = theirs.strip()
    return named
