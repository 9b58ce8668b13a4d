"""Whose file is this: told by the columns or keys at its beginning, for whoever gave it to the wrong command."""

import codecs
import csv
import json
import re
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.damage import told_of_damage
from sources.errors import SourceAborted
from sources.kinds.text_rows import FAULT
from sources.registry import find_sources
from sources.source import Layout

HEAD_BYTES = 1 << 18
LEAST_KEYS_SHARE = 0.5
"""A JSON record has at least this share (0-1) of the keys that a layout knows, and no other."""
_GZIP, _ARCHIVE, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"


def name_source_of(path: Path) -> str | None:
    """The source whose file this is: a table with just the columns of one of its layouts, or JSON with its keys.

    Packed or not, whatever it separates its columns by. None where it is none's, and where it cannot be read.
    """
    try:
        if _starts_with(path, _PARQUET):
            return name_source_by(frozenset(pq.read_schema(path).names))
        head = _read_head(path)
    except (OSError, SourceAborted, zlib.error, pa.ArrowException):
        return None
    text = _as_utf8(head).removeprefix(codecs.BOM_UTF8).lstrip()
    return _name_by_keys(text) if text[:1] in (b"{", b"[") else _name_by_header(text)


def name_source_by(columns: frozenset[str]) -> str | None:
    """The source with a layout that has just these columns; None where none has."""
    written = columns - {FAULT}  # which no file has: it is added where a text is read
    return next(
        (
            name
            for name, connector in find_sources().items()
            for layout in connector.SOURCE.layouts
            if _fits(layout, written | {FAULT} if FAULT in layout.columns else written)
        ),
        None,
    )


def _fits(layout: Layout, columns: frozenset[str]) -> bool:
    return not layout.missing(columns) and not layout.unknown(columns)


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _read_head(path: Path) -> bytes:
    """The first bytes of the text: of the file, of what a gzip holds, or of the first file in an archive."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(_GZIP):
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    if head.startswith(_ARCHIVE):
        with told_of_damage("", path.name), zipfile.ZipFile(path) as archive:
            for name in archive.namelist()[:1]:  # a damaged one may have none
                with archive.open(name) as member:
                    return member.read(HEAD_BYTES)
    return head


def _as_utf8(head: bytes) -> bytes:
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16", "replace").encode() if is_utf16 else head


def _name_by_header(head: bytes) -> str | None:
    line = re.split(rb"[\r\n]", head, maxsplit=1)[0].decode("utf-8", "replace").replace("\0", "")
    for separator in ",;\t|":
        try:
            names = frozenset(name.strip() for name in next(csv.reader([line], delimiter=separator), ()))
        except csv.Error:  # a cell beyond the reader's 128 kB: no header
            return None
        found = name_source_by(names - {""})
        if found is not None:
            return found
    return None


def _name_by_keys(head: bytes) -> str | None:
    text = head.decode("utf-8", "replace")
    try:
        record, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
    except ValueError:  # cut off within its first record, or none at all
        return None
    keys = frozenset(name for name, value in record.items() if value is not None)
    for name, connector in find_sources().items():
        for layout in (*connector.SOURCE.layouts, *connector.SOURCE.signal_layouts):
            known = {column.partition(".")[0] for column in layout.columns}
            beside = {column.partition(".")[0] for column in layout.ignored}
            if keys and keys <= known | beside and len(keys & known) >= LEAST_KEYS_SHARE * len(known):
                return name
    return None
