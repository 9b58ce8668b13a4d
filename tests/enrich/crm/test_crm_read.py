from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enrich.crm.read import open_file
from enrich.errors import InputInvalid
from tests.enrich.crm.conftest import WriteFile

COMPANIES = "name{s}city\nBjørn Ås Bygg AS{s}Østerås\nGöteborgs Åkeri AB{s}Göteborg\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),  # the same bytes, as long as no control character of latin-1 is in use
    ],
)
def test_encoding_and_separator_are_told_by_the_file(
    write: WriteFile, encoding: str, told: str, separator: str
) -> None:
    opened = open_file(write(COMPANIES.format(s=separator), encoding=encoding))
    assert (opened.encoding, opened.separator, opened.header) == (told, separator, ("name", "city"))
    assert list(opened.rows()) == [(2, ["Bjørn Ås Bygg AS", "Østerås"]), (3, ["Göteborgs Åkeri AB", "Göteborg"])]


def test_bytes_that_cp1252_does_not_have_make_it_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes("name\nBjørn\x81 AS\n".encode("latin-1"))
    assert open_file(path).encoding == "latin-1"


def test_one_broken_byte_does_not_turn_utf8_into_cp1252(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(
        "name;city\nÅs Bygg;Ås\nØrn Blå;Bodø\nR\xe5d;Oslo\n".encode().replace("å".encode() + b"d", b"\xe5d")
    )
    opened = open_file(path)
    assert (opened.encoding, opened.is_damaged) == ("utf-8", True)
    assert [cells for _, cells in opened.rows()] == [["Ås Bygg", "Ås"], ["Ørn Blå", "Bodø"], ["R\ufffdd", "Oslo"]]


def test_line_breaks_inside_quotation_marks_nul_bytes_and_blank_rows(write: WriteFile) -> None:
    opened = open_file(write('name,city\r\n"Nordlys\r\nBygg AS",Bo\0dø\r\n\r\n,\r\n"Å ""B"" AS",Oslo\r\n'))
    assert list(opened.rows()) == [(2, ["Nordlys\r\nBygg AS", "Bodø"]), (6, ['Å "B" AS', "Oslo"])]


def test_a_declared_separator_and_rows_above_the_header_are_understood(write: WriteFile) -> None:
    opened = open_file(write("sep=;\n\nname;city\nA, B og C AS;Oslo\n"))
    assert (opened.separator, opened.header, opened.header_row) == (";", ("name", "city"), 3)
    assert list(opened.rows()) == [(4, ["A, B og C AS", "Oslo"])]


def test_columns_without_a_name_and_with_the_same_one_can_be_spoken_of(write: WriteFile) -> None:
    assert open_file(write("name,,name\na,b,c\n")).header == ("name", "column 2", "name (column 3)")


def test_a_spreadsheet_keeps_numbers_dates_and_row_numbers(write_sheet: WriteFile) -> None:
    path = write_sheet(
        [[None], ["name", "number", "share", "since", "ok"], ["Nordlys AS", 923609016, 12.5, date(2024, 3, 5), True]],
        sheets=("Empty", "Kunder"),
    )
    opened = open_file(path)
    assert (opened.form, opened.sheet, opened.header_row) == ("spreadsheet", "Kunder", 2)
    (number, cells) = next(opened.rows())
    since = cells[3]
    assert (number, cells[:3], cells[4]) == (3, ["Nordlys AS", 923609016, 12.5], True)
    assert isinstance(since, date)
    assert (since.year, since.month, since.day) == (2024, 3, 5)


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"name": ["Nordlys AS"], "created": [datetime(2024, 3, 5, 10)], "employees": [7]}),  # noqa: DTZ001
        tmp_path / "x.parquet",
    )
    opened = open_file(tmp_path / "x.parquet")
    assert list(opened.rows()) == [(2, ["Nordlys AS", datetime(2024, 3, 5, 10), 7])]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n;;\r\n", "is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "a web page"),
        (b"\n <table><tr><td>name</td></tr></table>", "a web page"),
        (b'{"results": []}', "is JSON"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"name,city\n" + bytes(range(1, 32)) * 40, "is binary"),
        (b"PK\x03\x04 not a whole archive", "cannot be read as a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "cannot be read as a spreadsheet"),
        (b"PAR1 cut off", "a damaged Parquet file"),
        (b'name,city\n"Nordlys AS,Bod\n' + b"x,y\n" * 200, "line 2 is not closed"),
    ],
    ids=["empty", "blank", "html", "html table", "json", "gzip", "pdf", "binary", "zip", "xls", "parquet", "quote"],
)
def test_what_is_no_list_is_refused_with_a_reason(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(InputInvalid, match=says):
        list(open_file(path).rows())


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="No such file"):
        open_file(tmp_path / "missing.csv")


def test_a_zip_archive_is_not_taken_for_a_spreadsheet(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("companies.csv", "name\n")
    with pytest.raises(InputInvalid, match="unpack it first"):
        open_file(tmp_path / "x.xlsx")


def test_nothing_in_a_spreadsheet_is_computed(write_sheet: WriteFile) -> None:
    path = write_sheet([["name"], ["=1+1"], ["=cmd|' /C calc'!A0"]])
    assert [cells for _, cells in open_file(path).rows()] == [["=1+1"], ["=cmd|' /C calc'!A0"]]
