"""A register's whole file as JSON: one array of records, in a ZIP archive, packed with gzip, or plain.

The file streams through once: unpacked, cut into records, flattened as an API's answers are, and kept as Parquet with the
columns that the layout reads as text. Records are read with declared types, never sniffed: all values are text until a mapping
types them, and what a layout does not know is counted and told.
"""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sources.damage import told_of_damage
from sources.errors import SourceAborted
from sources.kinds import file_copy
from sources.kinds.file_copy import file_sha256
from sources.kinds.file_date import file_moment
from sources.kinds.file_kind import AGAIN
from sources.kinds.json_record import NotAsWritten, RecordReader
from sources.kinds.json_stream import Batch, cut_records
from sources.kinds.text_table import text_schema, text_table
from sources.source import Coverage, Delivery, Known, Layout, Source
from sources.stream import redacted
from sources.unzip import inflated

if TYPE_CHECKING:
    from sources.http import PoliteClient

CHUNK = 2 << 20
ROWS_AT_ONCE = 20_000

_ARCHIVE, _GZIP = b"PK\x03\x04", b"\x1f\x8b"


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
            pq.ParquetWriter(part, text_schema(sorted(layout.columns_read())), compression="lz4") as file,
        ):
            kept_text = redacted(plain, source.privacy.never_store)
            for rows in _tables(layout, reader, cut_records(source.name, path.name, kept_text)):
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


# --- from a file to plain bytes ----------------------------------------------------------------------------------
@contextmanager
def _open_plain(source: str, path: Path) -> Iterator[Iterator[bytes]]:
    """The plain bytes of a file, piece by piece, unpacked by a thread of its own, which holds no lock while it does."""
    name = path.name
    with told_of_damage(source, name), path.open("rb") as file, ThreadPoolExecutor(1) as ahead:
        head = file.read(4)
        file.seek(0)
        if head.startswith(_ARCHIVE):
            with zipfile.ZipFile(file) as archive:
                member = _only_member(source, name, archive)
                with archive.open(member) as opened:
                    yield _read_ahead(source, name, _pieces(file, member, opened), ahead)
        elif head.startswith(_GZIP):
            with gzip.open(file) as unpacked:
                yield _read_ahead(source, name, iter(lambda: unpacked.read(CHUNK), b""), ahead)
        else:
            yield _read_ahead(source, name, iter(lambda: file.read(CHUNK), b""), ahead)


def _only_member(source: str, name: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise SourceAborted(f"{name} holds {len(members)} files where one was expected.", source=source)
    return members[0]


def _pieces(file: IO[bytes], member: zipfile.ZipInfo, opened: IO[bytes]) -> Iterator[bytes]:
    """The member's bytes; `opened` is zipfile's reading of it, which only what is not deflated needs."""
    if member.compress_type == zipfile.ZIP_DEFLATED:
        return inflated(file, member)
    return iter(lambda: opened.read(CHUNK), b"")


def _read_ahead(source: str, name: str, pieces: Iterator[bytes], ahead: ThreadPoolExecutor) -> Iterator[bytes]:
    coming, size = ahead.submit(next, pieces, b""), 0
    while chunk := coming.result():
        coming = ahead.submit(next, pieces, b"")
        size += len(chunk)
        if size > file_copy.MOST_UNPACKED_BYTES:
            raise SourceAborted(f"{name} unpacks to over {file_copy.MOST_UNPACKED_BYTES >> 30} GiB.", source=source)
        yield chunk


# --- from records to columns -------------------------------------------------------------------------------------
def _tables(layout: Layout, reader: RecordReader, batches: Iterator[Batch]) -> Iterator[pa.Table]:
    """The records as tables of bounded size."""
    names, rows = sorted(layout.columns_read()), list[dict[str, str]]()
    for batch in chain(batches, (None,)):
        if batch is not None:
            rows += _read_batch(reader, batch)
        if rows and (batch is None or len(rows) >= ROWS_AT_ONCE):
            yield text_table(rows, names)
            rows = []


def _read_batch(reader: RecordReader, batch: Batch) -> list[dict[str, str]]:
    try:
        return reader.read_all(batch.records)
    except NotAsWritten:
        return reader.read_all(batch.as_written())
