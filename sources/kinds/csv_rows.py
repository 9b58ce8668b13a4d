"""Ordinary CSV that streams by: the columns that are asked for as text, table by table, and how many rows are none.

Values stand in quotes where they need it, and may then hold separators and line ends. Rows are judged one by one, never
mended: one with too many or too few values is set aside, and so is one with bytes that are no UTF-8.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as pa_csv

from sources.errors import SourceAborted
from sources.kinds.file_kind import AGAIN, refuse_what_is_no_table
from sources.kinds.text_rows import BROKEN_LINE, FAULT, NOT_TEXT, ODD_NUMBER

BLOCK_BYTES = 8 << 20
MOST_FAULTY_SHARE = 0.01
FEWEST_FAULTY = 100
"""Where more than this share of rows (and more than this many) are none, the file is not what it is taken for."""
STRAY = "\ufdd0"
"""What stands in the place of a byte that is no UTF-8: no character, so that no register means it."""
_ESCAPED = re.compile("[\udc80-\udcff]")


class CsvRows:
    """The rows of one file: its column names, and what was met on the way through it.

    `header` is known from the start, empty names behind a last separator among them; `rows` counts all rows read so
    far, `broken` those with too many or too few values, `not_text` those with bytes that are no text in what was asked.
    Raises SourceAborted where the file is no table, its header not UTF-8 or with a name twice.
    """

    def __init__(self, source: str, name: str, chunks: Iterable[bytes], *, separator: str) -> None:
        self._source, self._name, self._separator = source, name, separator
        line, rest, left = _first_line(iter(chunks))
        refuse_what_is_no_table(source, name, line + b"\n" + rest[: 1 << 16])
        self.header = self._names(line)
        self._text = _Text(rest, left)
        self.rows = self.broken = self.not_text = 0

    def tables(self, asked: Sequence[str]) -> Iterator[pa.Table]:
        """The rows that can be used, with these columns in this order.

        Raises SourceAborted where the file breaks off, and what its stream raises.
        """
        names = [name or f"\x1f{place}" for place, name in enumerate(self.header)]
        schema = pa.schema([(name, pa.string()) for name in asked])
        try:
            for batch in pa_csv.open_csv(
                self._text,
                read_options=pa_csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self._separator, newlines_in_values=True, invalid_row_handler=self._set_aside
                ),
                convert_options=pa_csv.ConvertOptions(
                    check_utf8=False, column_types=schema, include_columns=list(asked), strings_can_be_null=False
                ),
            ):
                self.rows += len(batch)
                yield self._sound(pa.table(batch))
        except pa.ArrowInvalid:
            if not self._text.is_empty:
                raise SourceAborted(
                    f"{self._name} cannot be read to its end: it breaks behind row {self.rows:,}.",
                    source=self._source,
                    hint=AGAIN,
                ) from None
        self.rows += self.broken

    def _set_aside(self, _: pa_csv.InvalidRow) -> str:
        self.broken += 1
        return "skip"

    def _sound(self, said: pa.Table) -> pa.Table:
        if not self._text.has_stray_bytes:
            return said
        stray = reduce(pc.or_, (pc.match_substring(said[name], STRAY) for name in said.column_names))
        kept = said.filter(pc.invert(stray))
        self.not_text += len(said) - len(kept)
        return kept

    def _names(self, line: bytes) -> tuple[str, ...]:
        line = line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SourceAborted(
                f"the header has byte 0x{line[error.start]:02x} at position {error.start}, which is not UTF-8.",
                source=self._source,
                hint="Give the file as the register publishes it.",
            ) from None
        # the file of another register is to be known by its columns, however it separates them
        separator = next((one for one in (self._separator, "\t", ";", ",") if one in text), self._separator)
        # a blank before a quote would make the quote a part of the name
        read = csv.reader([text], delimiter=separator, skipinitialspace=True)
        names = tuple(name.strip() for name in next(read, ()))
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise SourceAborted(f"{self._name} names a column twice: {', '.join(twice)}.", source=self._source)
        return names


def write_rows(
    source: str, path: Path, rows: CsvRows, wanted: Sequence[str], tables: Iterable[tuple[pa.Table, int]]
) -> None:
    """Writes the rows of these tables, with the wanted columns, and beside them `FAULT`, to a Parquet file.

    A row that is none becomes an empty one that says so, and so does each of which nobody can say whom it is about: how
    many these are stands beside each table. Raises SourceAborted where too many are none; nothing is left then.
    """
    part = path.with_name(f"{path.name}.part")
    schema = pa.schema([(name, pa.string()) for name in (*wanted, FAULT)])

    def faulty(faults: list[str]) -> pa.Table:
        nothing = pa.array([""] * len(faults), pa.string())
        return pa.table(dict.fromkeys(wanted, nothing) | {FAULT: pa.array(faults, pa.string())}, schema=schema)

    try:
        with pq.ParquetWriter(part, schema, compression="snappy", use_dictionary=False, write_statistics=False) as file:
            for kept, odd in tables:
                file.write_table(kept.append_column(FAULT, pa.array([""] * len(kept), pa.string())).cast(schema))
                if odd:
                    file.write_table(faulty([ODD_NUMBER] * odd))
            if none := rows.broken + rows.not_text:
                file.write_table(faulty([BROKEN_LINE] * rows.broken + [NOT_TEXT] * rows.not_text))
        if none > max(FEWEST_FAULTY, MOST_FAULTY_SHARE * rows.rows):
            raise SourceAborted(
                f"{none:,} of {rows.rows:,} rows have too many or too few values, or are no text.",
                source=source,
                hint="Give the file as the register publishes it, or download it again. Nothing was loaded.",
            )
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _first_line(chunks: Iterator[bytes]) -> tuple[bytes, bytes, Iterator[bytes]]:
    held = b""
    for chunk in chunks:
        held += chunk
        if b"\n" in held:
            break
    line, _, rest = held.partition(b"\n")
    return line, rest, chunks


class _Text(io.RawIOBase):
    """The rest of a stream as a file; what breaks it off is raised through Arrow as it is."""

    def __init__(self, start: bytes, chunks: Iterator[bytes]) -> None:
        self._chunks = chain((start,), chunks)
        self._held, self._cut = b"", b""
        self.has_stray_bytes, self.is_empty = False, True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self._held], len(self._held)
        while size < 0 or length < size:
            chunk = next(self._chunks, None)
            parts.append(self._only_text(chunk))
            length += len(parts[-1])
            if chunk is None:
                break
        held = b"".join(parts)
        taken, self._held = (held, b"") if size < 0 else (held[:size], held[size:])
        return taken

    def _only_text(self, chunk: bytes | None) -> bytes:
        """What has come in UTF-8, less a character that is cut; the end of it where there is no more."""
        said = self._cut + (chunk or b"")
        self.is_empty = self.is_empty and not said
        try:
            _, used = codecs.utf_8_decode(said, "strict", chunk is None)
            self._cut = said[used:]
            return said[:used]
        except UnicodeDecodeError:
            self.has_stray_bytes = True
            text, used = codecs.utf_8_decode(said, "surrogateescape", chunk is None)
            self._cut = said[used:]
            return _ESCAPED.sub(STRAY, text).encode()
