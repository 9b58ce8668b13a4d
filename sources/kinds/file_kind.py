"""What a file is, told by its first bytes: CSV, packed CSV or Parquet with these columns, or something to refuse."""

import codecs
import csv
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.errors import SourceAborted

HEAD_BYTES = 1 << 20
AGAIN = "Download it again."

_NOT_TABLES = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save it as CSV, and give that file."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as CSV and give that file."),
    (b"%PDF", "a PDF document", ""),
    (b"BZh", "a bzip2 archive", "Unpack it and give that file."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it and give that file."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it and give that file."),
    (b"\x7fELF", "a program", ""),
)


def inspect_file(source: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """What the file is ("csv", "csv.gz" or "parquet") and its column names, read from its first bytes.

    Raises SourceAborted where it is none of these.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
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
            head = unpack.decompress(head, HEAD_BYTES)
        except zlib.error as error:
            raise SourceAborted(f"{path.name} is a damaged gzip ({error}).", source=source, hint=AGAIN) from None
        if not head and unpack.eof:
            raise SourceAborted(f"{path.name} is empty once unpacked.", source=source)
        if size < HEAD_BYTES and not (unpack.eof or unpack.unconsumed_tail):
            raise SourceAborted(f"{path.name} is cut short: {size:,} bytes of a gzip.", source=source, hint=AGAIN)
    return form, _unique(source, path, _csv_header(source, path, head))


def _csv_header(source: str, path: Path, head: bytes) -> tuple[str, ...]:
    refuse_what_is_no_table(source, path.name, head)
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


def refuse_what_is_no_table(source: str, name: str, head: bytes) -> None:
    """Raises SourceAborted where the first bytes of a file, unpacked, are those of something else than text in rows."""
    for magic, what, hint in _NOT_TABLES:
        if head.startswith(magic):
            raise SourceAborted(f"{name} is {what}, not a CSV or Parquet file.", source=source, hint=hint)
    has_mark = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if has_mark or b"\0" in head.partition(b"\n")[0]:
        # of letters in UTF-16 every other byte is zero and none between; of random bytes hardly any is
        fewer, more = sorted((head[0:200:2].count(0), head[1:200:2].count(0)))
        is_text = has_mark or (fewer == 0 and more > len(head[:200]) // 4)
        what = "in UTF-16" if is_text else "a binary file"
        raise SourceAborted(f"{name} is {what}, not UTF-8 text.", source=source, hint="Save it as UTF-8.")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise SourceAborted(
            f"{name} is a web page, not data: the server sent an error or log-in page under the file's address.",
            source=source,
            hint=AGAIN,
        )
    if start.startswith((b"<", b"{", b"[")):
        what = "XML" if start.startswith(b"<") else "JSON"
        raise SourceAborted(f"{name} is {what}, not CSV or Parquet.", source=source, hint="Give the CSV file.")


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
            f"{path.name} is a damaged or cut Parquet file ({error}).", source=source, hint=AGAIN
        ) from None


def _unique(source: str, path: Path, header: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceAborted(f"{path.name} names a column twice: {', '.join(twice)}.", source=source)
    return header
