"""A register's whole file as JSON: one array of records, in a ZIP archive, packed with gzip, or plain.

The file streams through once: unpacked, cut into records, flattened as an API's answers are, and kept as Parquet with the
layout's columns as text. Records are read with declared types, never sniffed: all values are text until a mapping
types them, and what a layout does not know is counted and told.
"""

import codecs
import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sources.errors import SourceAborted
from sources.kinds import file_copy
from sources.kinds.file_copy import file_sha256
from sources.kinds.file_date import file_moment
from sources.kinds.file_kind import AGAIN
from sources.kinds.json_record import NotAsWritten, RecordReader
from sources.kinds.text_table import text_schema, text_table
from sources.source import Coverage, Delivery, Known, Layout, Source
from sources.stream import redacted

if TYPE_CHECKING:
    from sources.http import PoliteClient

CHUNK = 2 << 20
ROWS_AT_ONCE = 20_000
AT_ONCE = 32 << 10
"""Characters of records that are read at once: what is made of more is no longer at hand when it is used."""
LONGEST_START = 64 << 10
MOST_RECORD_CHARACTERS = 32 << 20
"""Text that is no whole record by then is no record at all."""

_ARCHIVE, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# some clients saw the array bare, others in an object such as {"companies": [...]}
_START = re.compile(r'\s*(?P<object>\{\s*(?:"\w+"\s*:\s*(?:"\w*"|\w+)\s*,\s*)*"\w+"\s*:\s*)?\[\s*')
_NEXT = re.compile(r"\s*([,\]])?\s*")
_EMPTY = re.compile(r"\s*(\])?\s*")
_END = re.compile(r"\s*")
_SEAM = re.compile(r'\}\s*,\s*\{\s*"[^"\\]*"\s*:')
# numbers are taken as they are written
_AS_WRITTEN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_END_OF_OBJECT = re.compile(r'\s*(?:,\s*"\w+"\s*:\s*(?:"\w*"|\w+)\s*)*\}\s*')


def is_json_file(path: Path) -> bool:
    """Whether a file holds a JSON array or object, or is an archive that could; false where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(CHUNK)
    except OSError:
        return False
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 1024)
        except zlib.error:
            return False
    return head.startswith(_ARCHIVE) or head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{")


def read_json_file(
    source: Source,
    layout: Layout,
    path: Path,
    *,
    coverage: Coverage,
    landing: Path,
    fetched_at: datetime | None = None,
) -> Delivery:
    """The file as a delivery; what is read of it is kept as Parquet in the folder `landing`.

    A hand-given file counts as fetched at its `file_moment`. Nothing is left in `landing` where this raises.

    Raises SourceAborted where the file is damaged, cut short, not UTF-8, or not one array of objects.
    """
    moment = fetched_at or file_moment(source, path)
    landing.mkdir(parents=True, exist_ok=True)
    kept, part = landing / f"{layout.name}.parquet", landing / f"{layout.name}.parquet.part"
    reader = RecordReader(layout)
    try:
        with (
            _open_plain(source.name, path) as plain,
            pq.ParquetWriter(part, text_schema(layout.columns), compression="lz4") as file,
        ):
            kept_text = redacted(plain, source.privacy.never_store)
            for rows in _tables(layout, reader, _cut(source.name, path.name, kept_text)):
                file.write_table(rows)
        if reader.records == 0:
            raise SourceAborted(f"{path.name} holds no record.", source=source.name, hint=AGAIN)
        part.rename(kept)
    finally:
        part.unlink(missing_ok=True)
    return Delivery(
        source=source.name,
        layout=layout,
        rows=kept,
        form="parquet",
        coverage=coverage,
        fetched_at=moment,
        source_seq=int(moment.timestamp() * 1000),
        original_sha256=file_sha256(path),
        kept_sha256=file_sha256(kept),
        warnings=reader.warnings(),
    )


def fetch_json_file(
    client: "PoliteClient", source: Source, layout: Layout, url: str, *, landing: Path, known: Known
) -> Delivery | None:
    """The register's whole file, complete; None where it has not changed since `known`.

    The file lies in `landing` as it came until it is read, and is then removed: not for a source that has what may
    never be stored. Raises as `read_json_file` and `PoliteClient.download` do.
    """
    if source.privacy.never_store:
        raise ValueError(f"{source.name}: an archive cannot be redacted on its way to the disk")
    landing.mkdir(parents=True, exist_ok=True)
    download = client.download(source, url, landing / "download", etag=known.etag)
    if download is None:
        return None
    try:
        if not is_json_file(download.path):
            raise SourceAborted(f"{download.url} sent neither an archive nor JSON.", source=source.name, hint=AGAIN)
        delivery = read_json_file(
            source,
            layout,
            download.path,
            coverage=Coverage.COMPLETE,
            landing=landing,
            fetched_at=download.fetched_at,
        )
    finally:
        download.path.unlink(missing_ok=True)
    return replace(delivery, url=download.url, etag=download.etag, original_sha256=download.original_sha256)


# --- from bytes to records ---------------------------------------------------------------------------------------
@contextmanager
def _open_plain(source: str, path: Path) -> Iterator[Iterator[bytes]]:
    """The plain bytes of a file, piece by piece, unpacked by a thread of its own, which holds no lock while it does."""
    name = path.name
    try:
        with path.open("rb") as file, ThreadPoolExecutor(1) as ahead:
            head = file.read(4)
            file.seek(0)
            if head.startswith(_ARCHIVE):
                with zipfile.ZipFile(file) as archive, archive.open(_only_member(source, name, archive)) as member:
                    yield _read_ahead(source, name, member, ahead)
            elif head.startswith(_GZIP):
                with gzip.open(file) as unpacked:
                    yield _read_ahead(source, name, unpacked, ahead)
            else:
                yield _read_ahead(source, name, file, ahead)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SourceAborted(f"{name} is damaged or cut short ({error}).", source=source, hint=AGAIN) from None
    except (RuntimeError, NotImplementedError) as error:
        if type(error) not in (RuntimeError, NotImplementedError):  # RecursionError is one, too
            raise
        raise SourceAborted(f"{name} is packed in a way that cannot be unpacked ({error}).", source=source) from None


def _only_member(source: str, name: str, archive: zipfile.ZipFile) -> str:
    members = [member for member in archive.namelist() if not member.endswith("/")]
    if len(members) != 1:
        raise SourceAborted(f"{name} holds {len(members)} files where one was expected.", source=source)
    return members[0]


def _read_ahead(
    source: str, name: str, file: "IO[bytes] | gzip.GzipFile", ahead: ThreadPoolExecutor
) -> Iterator[bytes]:
    coming, size = ahead.submit(file.read, CHUNK), 0
    while chunk := coming.result():
        coming = ahead.submit(file.read, CHUNK)
        size += len(chunk)
        if size > file_copy.MOST_UNPACKED_BYTES:
            raise SourceAborted(f"{name} unpacks to over {file_copy.MOST_UNPACKED_BYTES >> 30} GiB.", source=source)
        yield chunk


@dataclass(slots=True)
class _Text:
    """The text of a file as far as it was read and not yet used up."""

    source: str
    name: str
    chunks: Iterator[bytes]
    buffer: str = ""
    position: int = 0
    count: int = 0
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8-sig"))
    is_at_end: bool = False
    is_odd: bool = False
    """Whether what is in the buffer could not be read as several records at once."""

    def grow(self) -> bool:
        """Read on; false at the end of the file. Raises where text piles up that nobody can use."""
        if self.is_at_end:
            return False
        if len(self.buffer) - self.position > MOST_RECORD_CHARACTERS:
            raise self.refused(f"what follows its record {self.count:,} is no record")
        chunk = next(filter(None, self.chunks), b"")  # a piece may be empty while a redactor holds it back
        self.is_at_end = not chunk
        try:
            self.buffer = self.buffer[self.position :] + self.decoder.decode(chunk, self.is_at_end)
        except UnicodeDecodeError as error:
            raise self.refused(f"it is not UTF-8 (byte 0x{error.object[error.start]:02x})") from None
        self.position, self.is_odd = 0, False
        return True

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What fits at the place reached, blanks behind it and all; that place is then behind it."""
        while True:
            found = pattern.match(self.buffer, self.position)
            is_cut = found.end() == len(self.buffer) if found else len(self.buffer) - self.position < LONGEST_START
            if is_cut and self.grow():
                continue
            if found is not None:
                self.position = found.end()
            return found

    def refused(self, what: str) -> SourceAborted:
        return SourceAborted(f"{self.name} is not one JSON array of records: {what}.", source=self.source, hint=AGAIN)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Records that follow each other; `written` is their text where their numbers are numbers, not text as written."""

    records: list[dict[str, Any]]
    written: str | None = None

    def as_written(self) -> list[dict[str, Any]]:
        """The records with all numbers as they are written."""
        return self.records if self.written is None else _AS_WRITTEN.decode(f"[{self.written}]")


def _cut(source: str, name: str, chunks: Iterator[bytes]) -> Iterator[_Batch]:
    """The objects of the array that the text is, however the stream is cut."""
    text = _Text(source, name, chunks)
    read = _AS_WRITTEN.raw_decode
    start = text.take(_START)
    if start is None:
        raise text.refused("it does not begin as one")
    after = text.take(_EMPTY)
    seam = None
    while after is None or after[1] != "]":
        if seam is not None and (batch := _read_several(seam, text)) is not None:
            text.count += len(batch.records)
            yield batch
        else:
            record = _read_next(text, read)
            if not isinstance(record, dict):
                raise text.refused(f"its record {text.count + 1:,} is no object")
            text.count += 1
            yield _Batch([record])
            seam = seam or _SEAM.match(text.buffer, text.position - 1)
        after = text.take(_NEXT)
        if after is None or after[1] is None:
            raise text.refused(f"it ends or breaks after record {text.count:,}, as a file that was cut short does")
    while text.grow():  # to the end, where an archive's checksum is
        pass
    if (_END_OF_OBJECT if start["object"] else _END).fullmatch(text.buffer, text.position) is None:
        raise text.refused(f"something follows its last record, {text.count:,}")


def _read_several(seam: re.Match[str], text: _Text) -> _Batch | None:
    """The records as far as the text reaches, read at once; None where that cannot be.

    Where a record ends is not known without reading it. But records mostly begin alike: up to the last place at which
    one seems to begin as the second did, the text is a list of whole records, or no JSON at all, whatever it is then.
    """
    if text.is_odd or (end := text.buffer.rfind(seam[0], text.position, text.position + AT_ONCE)) == -1:
        return None
    written = text.buffer[text.position : end + 1]
    try:
        records = orjson.loads(f"[{written}]")
    except ValueError:
        records = []
    if not records or not all(record.__class__ is dict for record in records):
        text.is_odd = True
        return None
    text.position = end + 1
    return _Batch(records, written)


def _read_next(text: _Text, read: Callable[[str, int], tuple[Any, int]]) -> Any:  # noqa: ANN401 - a raw payload
    while True:
        try:
            record, text.position = read(text.buffer, text.position)
            return record
        except RecursionError:
            raise text.refused(f"its record {text.count + 1:,} is nested too deeply") from None
        except ValueError as error:
            if not text.grow():
                raise text.refused(
                    f"it ends or breaks in record {text.count + 1:,}, as a file that was cut short does ({error})"
                ) from None


# --- from records to columns -------------------------------------------------------------------------------------
def _tables(layout: Layout, reader: RecordReader, batches: Iterator[_Batch]) -> Iterator[pa.Table]:
    """The records as tables of bounded size."""
    rows = list[dict[str, str]]()
    for batch in chain(batches, (None,)):
        if batch is not None:
            rows += _read_batch(reader, batch)
        if rows and (batch is None or len(rows) >= ROWS_AT_ONCE):
            yield text_table(rows, layout.columns)
            rows = []


def _read_batch(reader: RecordReader, batch: _Batch) -> list[dict[str, str]]:
    try:
        return reader.read_all(batch.records)
    except NotAsWritten:
        return reader.read_all(batch.as_written())
