"""A register's whole file: told by its content, checked to its end while it is copied, its layout picked by its header.

Only the file as a whole is judged here. What is wrong with single rows (a stray byte that is not UTF-8, NUL bytes,
10 kB values, a number that fails its check) is for landing to reject with a reason.
"""

import codecs
import csv
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.errors import SourceAborted, UnknownLayout
from sources.http import PoliteClient
from sources.source import Coverage, Delivery, Known, Layout, Source

CHUNK = 1 << 20
MOST_UNPACKED_BYTES = 64 << 30
"""A gzip that unpacks to more than this is no register's file; the largest known is under 5 GiB."""
MOST_UNREADABLE_LINES = 0.01
"""Above this share of lines that are not UTF-8 the file has another encoding; below it single rows are damaged."""

_NOT_TABLES = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save it as CSV, and give that file."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as CSV and give that file."),
    (b"%PDF", "a PDF document", ""),
    (b"BZh", "a bzip2 archive", "Unpack it and give that file."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it and give that file."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it and give that file."),
    (b"\x7fELF", "a program", ""),
)


def read_file(
    source: Source,
    path: Path,
    *,
    coverage: Coverage,
    landing: Path,
    fetched_at: datetime | None = None,
    url: str | None = None,
    etag: str | None = None,
) -> Delivery:
    """The file as a delivery, copied to the folder `landing`.

    A hand-given file counts as fetched when it was last written, so that an older download loaded later does not
    replace what is known by then. Nothing is left in `landing` where this raises.

    Raises SourceAborted where the file is missing, empty, damaged, cut short, in another encoding or not a table, and
    UnknownLayout where its header fits no layout of the source.
    """
    form, header = inspect_file(source.name, path)
    layout = pick_layout(source, header)
    moment = fetched_at or min(datetime.fromtimestamp(path.stat().st_mtime, UTC), datetime.now(UTC))
    landing.mkdir(parents=True, exist_ok=True)
    kept = landing / f"{layout.name}.{form}"
    sha256 = _copy_checked(source.name, path, kept, form=form)
    return Delivery(
        source=source.name,
        layout=layout,
        rows=kept,
        form=form,
        coverage=coverage,
        fetched_at=moment,
        source_seq=int(moment.timestamp() * 1000),
        url=url,
        etag=etag,
        original_sha256=sha256,
        kept_sha256=sha256,
    )


def fetch_file(client: PoliteClient, source: Source, url: str, *, landing: Path, known: Known) -> Delivery | None:
    """The register's whole file, complete, packed as it comes; None where it has not changed since `known`.

    A ZIP archive with one file in it is repacked as gzip. Raises as `read_file` and `PoliteClient.download` do.
    """
    landing.mkdir(parents=True, exist_ok=True)
    download = client.download(source, url, landing / "download", etag=known.etag)
    if download is None:
        return None
    repacked = landing / "repacked"
    try:
        is_archive = zipfile.is_zipfile(download.path)
        if is_archive:
            _repack(source.name, download.path, repacked)
        return replace(
            read_file(
                source,
                repacked if is_archive else download.path,
                coverage=Coverage.COMPLETE,
                landing=landing,
                fetched_at=download.fetched_at,
                url=download.url,
                etag=download.etag,
            ),
            original_sha256=download.original_sha256,
        )
    finally:
        download.path.unlink(missing_ok=True)
        repacked.unlink(missing_ok=True)


def _repack(source: str, path: Path, repacked: Path) -> None:
    """Turns an archive of one file into gzip, piece by piece: it may be larger than memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise SourceAborted(f"the archive holds {len(names)} files where one was expected.", source=source)
            with archive.open(names[0]) as member, gzip.open(repacked, "wb", compresslevel=1) as packed:
                size = 0
                while chunk := member.read(CHUNK):
                    size += packed.write(chunk)
                    if size > MOST_UNPACKED_BYTES:
                        raise SourceAborted(f"the archive unpacks to over {size >> 30} GiB.", source=source)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceAborted(f"the downloaded archive is damaged ({error}).", source=source, hint=_AGAIN) from None


def inspect_file(source: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """What the file is ("csv", "csv.gz" or "parquet") and its column names, read from its first bytes.

    Raises SourceAborted where it is none of these.
    """
    try:
        with path.open("rb") as file:
            head = file.read(CHUNK)
    except FileNotFoundError:
        raise SourceAborted(f"there is no file {path}.", source=source) from None
    except IsADirectoryError:
        raise SourceAborted(f"{path} is a folder, not a file.", source=source) from None
    except PermissionError:
        raise SourceAborted(f"{path} may not be read: permission denied.", source=source) from None
    if not head:
        raise SourceAborted(f"{path.name} is empty (0 bytes).", source=source)
    if head.startswith(b"PAR1"):
        return "parquet", _unique(source, path, _parquet_header(source, path))
    form = "csv"
    if head.startswith(b"\x1f\x8b"):
        form = "csv.gz"
        unpack, size = zlib.decompressobj(wbits=31), len(head)
        try:
            head = unpack.decompress(head, CHUNK)
        except zlib.error as error:
            raise SourceAborted(f"{path.name} is a damaged gzip ({error}).", source=source, hint=_AGAIN) from None
        if not head and unpack.eof:
            raise SourceAborted(f"{path.name} is empty once unpacked.", source=source)
        if size < CHUNK and not (unpack.eof or unpack.unconsumed_tail):
            raise SourceAborted(f"{path.name} is cut short: {size:,} bytes of a gzip.", source=source, hint=_AGAIN)
    return form, _unique(source, path, _csv_header(source, path, head))


def pick_layout(source: Source, header: tuple[str, ...]) -> Layout:
    """The layout that a header fits: the same set of names, in any order.

    Raises UnknownLayout with the nearest layout and what differs.
    """
    names = frozenset(header)
    distance = {layout.name: len(layout.missing(names)) + len(layout.unknown(names)) for layout in source.layouts}
    nearest = min(source.layouts, key=lambda layout: distance[layout.name])
    if distance[nearest.name]:
        raise UnknownLayout(
            source=source.name, layout=nearest.name, missing=nearest.missing(names), unknown=nearest.unknown(names)
        )
    return nearest


_AGAIN = "Download it again."


def _csv_header(source: str, path: Path, head: bytes) -> tuple[str, ...]:
    _refuse_what_is_no_table(source, path, head)
    line = _first_record(head.removeprefix(codecs.BOM_UTF8))
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceAborted(
            f"{path.name} is not UTF-8: its header has byte 0x{line[error.start]:02x} at position {error.start}.",
            source=source,
            hint="Save it as UTF-8; do not open and save a register's file in a spreadsheet.",
        ) from None
    header = tuple(name.strip() for name in next(csv.reader([text]), ()))
    if len(header) == 1 and (";" in text or "\t" in text):
        raise SourceAborted(
            f"{path.name} separates its columns by {'semicolons' if ';' in text else 'tabs'}; "
            "the register's own file has commas.",
            source=source,
            hint="Give the file as the register publishes it.",
        )
    return header


def _refuse_what_is_no_table(source: str, path: Path, head: bytes) -> None:
    for magic, what, hint in _NOT_TABLES:
        if head.startswith(magic):
            raise SourceAborted(f"{path.name} is {what}, not a CSV or Parquet file.", source=source, hint=hint)
    has_mark = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if has_mark or b"\0" in head.partition(b"\n")[0]:
        is_text = has_mark or head[:20].decode("utf-16-le", "replace").isprintable()
        what = "in UTF-16" if is_text else "a binary file"
        raise SourceAborted(f"{path.name} is {what}, not UTF-8 text.", source=source, hint="Save it as UTF-8.")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise SourceAborted(
            f"{path.name} is a web page, not data: the server sent an error or log-in page under the file's address.",
            source=source,
            hint=_AGAIN,
        )
    if start.startswith((b"<", b"{", b"[")):
        what = "XML" if start.startswith(b"<") else "JSON"
        raise SourceAborted(f"{path.name} is {what}, not CSV or Parquet.", source=source, hint="Give the CSV file.")


def _first_record(head: bytes) -> bytes:
    """The bytes up to the first line end outside quotes."""
    end = head.find(b"\n")
    while end != -1 and head.count(b'"', 0, end) % 2:
        end = head.find(b"\n", end + 1)
    return (head if end == -1 else head[:end]).rstrip(b"\r")


def _parquet_header(source: str, path: Path) -> tuple[str, ...]:
    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise SourceAborted(
            f"{path.name} is a damaged or cut Parquet file ({error}).", source=source, hint=_AGAIN
        ) from None


def _unique(source: str, path: Path, header: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceAborted(f"{path.name} names a column twice: {', '.join(twice)}.", source=source)
    return header


def _copy_checked(source: str, path: Path, kept: Path, *, form: str) -> str:
    """Copies the file and checks it to its end in the same pass; the hash of its bytes."""
    digest = hashlib.sha256()
    part = kept.with_name(kept.name + ".part")
    check = _TextCheck(source=source, name=path.name)
    unpack = _Unpack(source=source, name=path.name) if form == "csv.gz" else None
    try:
        with path.open("rb") as original, part.open("wb") as copy:
            while chunk := original.read(CHUNK):
                digest.update(chunk)
                copy.write(chunk)
                for text in unpack.feed(chunk) if unpack else (chunk,) if form == "csv" else ():
                    check.feed(text)
        if unpack:
            unpack.finish()
        check.finish()
        part.rename(kept)
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()


@dataclass(slots=True, kw_only=True)
class _Unpack:
    """Unpacks gzip piece by piece, members one after another, to see that it is whole."""

    source: str
    name: str
    _member: "zlib._Decompress | None" = None
    _unpacked: int = 0

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            if self._member is None:
                packed = packed.lstrip(b"\0")  # tapes and some servers pad the end with zeros
                if not packed:
                    return
                self._member = zlib.decompressobj(wbits=31)
            try:
                text = self._member.decompress(packed, 16 * CHUNK)
            except zlib.error as error:
                raise SourceAborted(
                    f"{self.name} is a damaged gzip ({error}).", source=self.source, hint=_AGAIN
                ) from None
            self._unpacked += len(text)
            if self._unpacked > MOST_UNPACKED_BYTES:
                raise SourceAborted(
                    f"{self.name} unpacks to more than {MOST_UNPACKED_BYTES >> 30} GiB.", source=self.source
                )
            yield text
            packed = self._member.unconsumed_tail or self._member.unused_data
            if self._member.eof:
                self._member = None

    def finish(self) -> None:
        if self._member is not None:
            raise SourceAborted(
                f"{self.name} is cut short: the gzip does not reach its end ({self._unpacked:,} bytes unpacked).",
                source=self.source,
                hint=_AGAIN,
            )


@dataclass(slots=True, kw_only=True)
class _TextCheck:
    """Counts lines that are not UTF-8, to tell another encoding from a few damaged rows."""

    source: str
    name: str
    _rest: bytes = b""
    _position: int = 0
    _lines: int = 0
    _unreadable: int = 0
    _first: int | None = None

    def feed(self, text: bytes) -> None:
        end = text.rfind(b"\n") + 1
        if end == 0:
            self._rest += text
            return
        self._judge(self._rest + text[:end])
        self._rest = text[end:]

    def finish(self) -> None:
        self._judge(self._rest)
        if self._unreadable > max(1, MOST_UNREADABLE_LINES * self._lines):
            raise SourceAborted(
                f"{self.name} is not UTF-8: {self._unreadable:,} of {self._lines:,} lines cannot be read, "
                f"the first at byte {self._first:,}.",
                source=self.source,
                hint="Save it as UTF-8; do not open and save a register's file in a spreadsheet.",
            )

    def _judge(self, lines: bytes) -> None:
        try:
            codecs.utf_8_decode(lines, "strict", True)
        except UnicodeDecodeError as error:
            if self._first is None:
                self._first = self._position + error.start
            self._unreadable += sum(not _is_utf8(line) for line in lines.splitlines())
        self._lines += lines.count(b"\n")
        self._position += len(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
