"""Opens a CRM export, whatever it was saved as: a header and rows of cells, nothing in it executed.

Text files: UTF-8, UTF-16, cp1252 or latin-1, told by their bytes; comma, semicolon, tab or bar, told by which one
splits the first rows alike. Spreadsheets (XLSX, XLS) and Parquet keep their numbers and dates typed. A file is read
as a stream, as often as it is asked for its rows.
"""

import codecs
import csv
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from enrich.errors import InputInvalid

Cell = str | int | float | bool | date | datetime | None
"""A cell as the file has it; text files have only text."""

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
UNPACKED_LIMIT = 2_000_000_000
"""Bytes that a spreadsheet may hold when unpacked; a larger one is a mistake or an attack."""
LINES_LIMIT = 100
"""Lines that one row may span; beyond that, a quotation mark was never closed."""

_SAMPLE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmFile:
    """An export that can be read: where it lies, what it is, its header. Row numbers count from 1, as a person would."""

    path: Path
    form: str
    """csv, spreadsheet or parquet."""
    header: tuple[str, ...]
    header_row: int
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    is_damaged: bool = False
    """UTF-8 with a few bytes that are not: cells that hold such a byte have U+FFFD in its place."""

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Row number and cells of every row below the header that is not blank.

        Raises `InputInvalid` where a quotation mark is never closed.
        """
        for number, cells in _read_cells(self):
            if number > self.header_row and not is_blank(cells):
                yield number, _fit(cells, len(self.header))


def open_file(path: Path) -> CrmFile:
    """Say what the file is and find its header.

    Raises `InputInvalid` for what is missing, empty, of a wrong type, or without a header.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except OSError as error:
        raise InputInvalid(f"{path} cannot be read: {error.strerror}. Nothing was imported.") from error
    if not start.strip(b"\0\xef\xbb\xbf \t\r\n;,"):
        raise InputInvalid(f"{path.name} is empty. Nothing was imported.")
    opened = _describe(path, start)
    for number, cells in islice(_read_cells(opened), 50):
        if not is_blank(cells):
            header = tuple(_trim([" ".join(str(cell or "").split()) for cell in cells]))
            return replace(opened, header=_named(header), header_row=number)
    raise InputInvalid(f"{path.name} has no header: its first 50 rows are blank. Nothing was imported.")


def is_blank(cells: list[Cell]) -> bool:
    """Whether no cell holds anything.

    >>> is_blank(["", None, " "])
    True
    """
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _describe(path: Path, start: bytes) -> CrmFile:
    known = CrmFile(path=path, form="csv", header=(), header_row=0)
    if start.startswith(b"PK\x03\x04"):
        return _describe_spreadsheet(replace(known, form="spreadsheet"))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _describe_spreadsheet(replace(known, form="spreadsheet"))
    if start.startswith(b"PAR1"):
        return replace(known, form="parquet")
    for magic, kind in ((b"\x1f\x8b", "gzip-compressed"), (b"%PDF", "a PDF"), (b"\x89PNG", "a picture")):
        if start.startswith(magic):
            raise _wrong_type(path, kind)
    encoding, is_damaged = find_encoding(path)
    text = start.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n").lower()
    if text.startswith("<"):
        raise _wrong_type(path, "a web page or XML")
    if text.startswith(("{", "[{")):
        raise _wrong_type(path, "JSON")
    if sum(1 for char in text if ord(char) < 32 and char not in "\t\r\n\0") > len(text) / 100:
        raise _wrong_type(path, "binary")
    opened = replace(known, encoding=encoding, is_damaged=is_damaged)
    return replace(opened, separator=_find_separator(opened))


def _wrong_type(path: Path, kind: str) -> InputInvalid:
    return InputInvalid(
        f"{path.name} is {kind}, not a CSV or XLSX file. Export the list again from the CRM as CSV or XLSX; "
        "nothing was imported."
    )


def find_encoding(path: Path) -> tuple[str, bool]:
    """The file's encoding, and whether it is UTF-8 with a few damaged bytes (which must not make it cp1252)."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", False
        if len(start) > 3 and start[1::2].count(0) > len(start) // 3:
            return "utf-16-le", False
        if len(start) > 3 and start[::2].count(0) > len(start) // 3:
            return "utf-16-be", False
        utf8 = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
        file.seek(0)
        decoder, cp1252 = codecs.getincrementaldecoder("utf-8")("replace"), True
        foreign = damaged = 0
        while chunk := file.read(1 << 20):
            text = decoder.decode(chunk)
            if not text.isascii():
                damaged += text.count("\ufffd")
                foreign += sum(1 for char in text if char > "\x7f")
            cp1252 = cp1252 and not any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d")
        damaged += decoder.decode(b"", final=True).count("\ufffd")
    if damaged == 0 or foreign - damaged > damaged:
        return utf8, damaged > 0
    return ("cp1252" if cp1252 else "latin-1"), False


def _find_separator(opened: CrmFile) -> str:
    """The separator that splits the first rows into the most cells, the same number in most of them."""
    with opened.path.open(encoding=opened.encoding, errors="replace", newline="") as file:
        lines = [line.replace("\0", "") for line in islice(file, 60)]
    declared = lines[0].strip().strip('"').lower() if lines else ""
    if declared.startswith("sep=") and declared[4:] in SEPARATORS:
        return declared[4:]

    def agreement(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        (width, rows) = widths.most_common(1)[0]
        return (rows if width > 1 else 0, width)

    return max(SEPARATORS, key=agreement)


def _read_cells(opened: CrmFile) -> Iterator[tuple[int, list[Cell]]]:
    if opened.form == "spreadsheet":
        yield from _read_spreadsheet(opened)
    elif opened.form == "parquet":
        yield from _read_parquet(opened)
    else:
        yield from _read_text(opened)


def _read_text(opened: CrmFile) -> Iterator[tuple[int, list[Cell]]]:
    with opened.path.open(encoding=opened.encoding, errors="replace", newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=opened.separator or ",")
        before = 0
        try:
            for cells in reader:
                if reader.line_num - before > LINES_LIMIT:
                    raise _open_quote(opened, before + 1)
                declares = before == 0 and len(cells) <= 2 and "".join(cells).lower().startswith("sep=")
                if cells and not declares:
                    yield before + 1, list(cells)
                before = reader.line_num
        except csv.Error:  # a cell beyond the reader's 128 kB
            raise _open_quote(opened, before + 1) from None


def _open_quote(opened: CrmFile, line: int) -> InputInvalid:
    return InputInvalid(
        f'{opened.path.name}: a quotation mark (") opened in or after line {line} is not closed within '
        f"{LINES_LIMIT} lines. Mend that line or export the file again; nothing was imported."
    )


def _describe_spreadsheet(opened: CrmFile) -> CrmFile:
    try:
        if zipfile.is_zipfile(opened.path):
            with zipfile.ZipFile(opened.path) as archive:
                if "xl/workbook.xml" not in archive.namelist():
                    raise _wrong_type(opened.path, "a ZIP archive (unpack it first)")
                if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
                    raise InputInvalid(
                        f"{opened.path.name} unpacks to more than {UNPACKED_LIMIT // 10**9} GB. Save it as CSV."
                    )
        with CalamineWorkbook.from_path(opened.path) as book:
            sheets = tuple(book.sheet_names)
            filled = [name for name in sheets if book.get_sheet_by_name(name).height > 0]
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise InputInvalid(
            f"{opened.path.name} cannot be read as a spreadsheet ({error}). Open it, save it as CSV or XLSX without a "
            "password, and import that; nothing was imported."
        ) from error
    if not filled:
        raise InputInvalid(f"{opened.path.name} has no filled sheet. Nothing was imported.")
    return replace(opened, sheet=filled[0], sheets=tuple(filled))


def _read_spreadsheet(opened: CrmFile) -> Iterator[tuple[int, list[Cell]]]:
    with CalamineWorkbook.from_path(opened.path) as book:
        sheet = book.get_sheet_by_name(str(opened.sheet))
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_plain(cell) for cell in cells]


def _plain(cell: object) -> Cell:
    """A spreadsheet's whole numbers are floats: 923609016.0 is 923609016, as far as 15 digits are exact."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, str | int | float | date):
        return cell
    return None if cell is None else str(cell)


def _read_parquet(opened: CrmFile) -> Iterator[tuple[int, list[Cell]]]:
    try:
        with pq.ParquetFile(opened.path) as file:
            yield 1, list(file.schema_arrow.names)
            number = 2
            for batch in file.iter_batches(batch_size=10_000):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield number, [_plain(cell) for cell in cells]
                    number += 1
    except (pa.ArrowException, OSError) as error:
        raise InputInvalid(
            f"{opened.path.name} is a damaged Parquet file, or one that was cut short. Nothing was imported."
        ) from error


def _trim(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _named(header: tuple[str, ...]) -> tuple[str, ...]:
    """Columns without a name get one by their place; a name met twice too, so that both can be spoken of."""
    names: list[str] = []
    for place, name in enumerate(header, start=1):
        cleaned = name.strip("\ufeff") or f"column {place}"
        names.append(cleaned if cleaned not in names else f"{cleaned} (column {place})")
    return tuple(names)


def _fit(cells: list[Cell], width: int) -> list[Cell]:
    """Without the blank cells that spreadsheets write behind the last column; other misfits stay as they are."""
    return cells[:width] if len(cells) > width and is_blank(cells[width:]) else cells
