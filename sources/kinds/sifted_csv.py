"""A register's whole file as ordinary CSV (any separator, values in quotes where they need it) with persons among companies.

It streams by in blocks: rows about natural persons are left out, of the others the columns that the layout reads are kept
as text, in Parquet. A row of which nobody can say whether it is about a person is kept as an empty one that says so
(`FAULT`), for landing to reject and count.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as pa_csv

from sources.errors import SourceAborted
from sources.kinds.bulk_file import pick_layout
from sources.kinds.file_kind import AGAIN, refuse_what_is_no_table
from sources.kinds.rewritten_file import Rewritten, WholeFile, fetch_rewritten, read_rewritten
from sources.kinds.text_rows import BROKEN_LINE, FAULT, NOT_TEXT, ODD_NUMBER
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

BLOCK_BYTES = 8 << 20
MOST_BROKEN_SHARE = 0.01
FEWEST_BROKEN = 100
"""Where more than this share of rows (and more than this many) has too many or too few values, or is no text, the file is another."""
STRAY = "\ufffd"
"""What stands in the place of bytes that are no UTF-8; a row with one is not used."""


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
    header, text = _after_header(source.name, form, chunks)
    layout = pick_layout(source, (*(name for name in header if name), FAULT))
    landing.mkdir(parents=True, exist_ok=True)
    path = landing / f"{layout.name}.parquet"
    part = path.with_name(f"{path.name}.part")
    sifter = _Sifter(form, layout, header)
    try:
        with pq.ParquetWriter(part, sifter.schema, compression="snappy", write_statistics=False) as file:
            for table in sifter.tables(source.name, text):
                file.write_table(table)
        if sifter.broken > max(FEWEST_BROKEN, MOST_BROKEN_SHARE * sifter.rows):
            raise SourceAborted(
                f"{sifter.broken:,} of {sifter.rows:,} rows have too many or too few values, or are no text.",
                source=source.name,
                hint="Give the file as the register publishes it, or download it again. Nothing was loaded.",
            )
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return Rewritten(path=path, layout=layout, rows=sifter.rows, persons=sifter.persons)


class _Sifter:
    """Sifts blocks of rows, and counts them."""

    def __init__(self, form: CsvForm, layout: Layout, header: tuple[str, ...]) -> None:
        self._form = form
        self._header = [name or f"\x1f{place}" for place, name in enumerate(header)]  # a column behind a last separator
        self._wanted = sorted(layout.columns_read() - {FAULT})
        self._asked = list(dict.fromkeys((*self._wanted, *form.person, *form.company)))
        self.schema = pa.schema([(name, pa.string()) for name in (*self._wanted, FAULT)])
        self.rows = self.persons = self.broken = self._skipped = 0

    def tables(self, source: str, text: "_Text") -> Iterator[pa.Table]:
        try:
            reader = pa_csv.open_csv(
                text,
                read_options=pa_csv.ReadOptions(column_names=self._header, block_size=BLOCK_BYTES, use_threads=True),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self._form.separator, newlines_in_values=True, invalid_row_handler=self._set_aside
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(self._asked, pa.string()),
                    include_columns=self._asked,
                    strings_can_be_null=False,
                ),
            )
            for batch in reader:
                yield self._sifted(pa.table(batch), is_sound=not text.has_stray_bytes)
        except pa.ArrowInvalid:
            raise SourceAborted(
                f"the file cannot be read to its end: it breaks behind row {self.rows:,}.",
                source=source,
                hint=AGAIN,
            ) from None
        self.rows += self._skipped
        self.broken += self._skipped
        if self._skipped:
            yield self._without_values([BROKEN_LINE] * self._skipped)

    def _set_aside(self, _: pa_csv.InvalidRow) -> str:
        self._skipped += 1
        return "skip"

    def _sifted(self, said: pa.Table, *, is_sound: bool) -> pa.Table:
        self.rows += len(said)
        faults = []
        if not is_sound:
            readable = pc.invert(_either(pc.match_substring(said[name], STRAY) for name in self._asked))
            faults += [NOT_TEXT] * (len(said) - _count(readable))
            said = said.filter(readable)
        is_person = _either(
            pc.match_substring_regex(said[name], f"^(?:{one})$") for name, one in self._form.person.items()
        )
        is_other = _either(
            pc.invert(pc.match_substring_regex(said[name], f"^(?:{one})$")) for name, one in self._form.company.items()
        )
        persons = _count(is_person)
        kept = said.filter(pc.invert(pc.or_(is_person, is_other))).select(self._wanted)
        faults += [ODD_NUMBER] * (len(said) - persons - len(kept))
        self.persons += persons
        self.broken += faults.count(NOT_TEXT)
        sound = kept.append_column(FAULT, pa.array([""] * len(kept), pa.string())).cast(self.schema)
        return pa.concat_tables([sound, self._without_values(faults)]) if faults else sound

    def _without_values(self, faults: list[str]) -> pa.Table:
        """One row a fault, without any of its values: whom they are about is not known."""
        nothing = pa.array([""] * len(faults), pa.string())
        return pa.table(dict.fromkeys(self._wanted, nothing) | {FAULT: pa.array(faults)}, schema=self.schema)


def _either(conditions: Iterator[pa.ChunkedArray]) -> pa.ChunkedArray:
    return reduce(pc.or_, conditions)


def _count(conditions: pa.ChunkedArray) -> int:
    return int(pc.sum(conditions).as_py() or 0)


class _Text(io.RawIOBase):
    """The rest of a stream as a file; what breaks it off is raised through Arrow as it is."""

    def __init__(self, start: bytes, chunks: Iterator[bytes]) -> None:
        self._held, self._chunks = b"", chain((start,), chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.has_stray_bytes = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self._held], len(self._held)
        while size < 0 or length < size:
            chunk = next(self._chunks, None)
            text = self._decoder.decode(chunk or b"", chunk is None)
            self.has_stray_bytes = self.has_stray_bytes or STRAY in text
            parts.append(text.encode())
            length += len(parts[-1])
            if chunk is None:
                break
        held = b"".join(parts)
        taken, self._held = (held, b"") if size < 0 else (held[:size], held[size:])
        return taken


def _after_header(source: str, form: CsvForm, chunks: Iterator[bytes]) -> tuple[tuple[str, ...], _Text]:
    held = b""
    for chunk in chunks:
        held += chunk
        if b"\n" in held:
            break
    refuse_what_is_no_table(source, "the file", held[: 1 << 16])
    line, _, rest = held.removeprefix(codecs.BOM_UTF8).partition(b"\n")
    try:
        written = line.rstrip(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceAborted(
            f"the header has byte 0x{line[error.start]:02x} at position {error.start}, which is not UTF-8.",
            source=source,
            hint="Give the file as the register publishes it.",
        ) from None
    # the file of another register is to be known by its columns, however it separates them
    separator = next((one for one in (form.separator, "\t", ";", ",") if one in written), form.separator)
    names = tuple(name.strip() for name in next(csv.reader([written], delimiter=separator), ()))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SourceAborted(f"the file names a column twice: {', '.join(twice)}.", source=source)
    return names, _Text(rest, chunks)
