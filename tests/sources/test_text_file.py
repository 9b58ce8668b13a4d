"""A text file with separators of its own is rewritten as it streams by: nothing about a person is ever kept."""

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.errors import SourceAborted, UnknownLayout
from sources.kinds import rewritten_file, text_file
from sources.kinds.text_file import read_text
from sources.kinds.text_rows import FAULT
from sources.registers import se_bolagsverket, se_scb
from sources.source import Coverage, Delivery
from tests.registers.text_files import as_line, as_written

PERSON = "191212121212"
QUOTED = as_written(se_bolagsverket.TEXT, se_bolagsverket.BULK, [])
TABBED = as_written(se_scb.TEXT, se_scb.BULK, [])
ONE, TWO = "5560000019$ORGNR-IDORG", "5560000027$ORGNR-IDORG"


def company(number: str = ONE, name: str = "A AB$FORETAGSNAMN-ORGNAM", text: str = "", address: str = "") -> str:
    return (
        as_line(se_bolagsverket.TEXT, [number, "1", "SE-LAND", name, "AB-ORGFO", "", "", "", "", text, address]) + "\n"
    )


def unit(number: str = "165560000019", name: str = "Å AB", more: str = "") -> str:
    values = {"PeOrgNr": number, "Namn": name, "JurForm": "49"}
    columns = se_scb.BULK.columns[:-1]
    return "\t".join(values.get(column, "") for column in columns) + more + "\n"


def zipped(*contents: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.txt", content)
    return buffer.getvalue()


def read(content: bytes, tmp_path: Path, *, of: Any = se_bolagsverket) -> Delivery:
    path = tmp_path / "given"
    path.write_bytes(content)
    return read_text(of.SOURCE, of.TEXT, path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")


def kept(delivery: Delivery) -> list[dict[str, str]]:
    assert isinstance(delivery.rows, Path)
    return [dict(row) for row in pq.read_table(delivery.rows).to_pylist()]


def texts(content: bytes, tmp_path: Path) -> list[str]:
    return [row["verksamhetsbeskrivning"] for row in kept(read(content, tmp_path))]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param(company(text='Handel med "varor".'), 'Handel med "varor".', id="doubled quotes"),
        pytest.param(company(text="X").replace('"X"', '"Handel "varor" mm"'), 'Handel "varor" mm', id="single quotes"),
        pytest.param(
            company(text="X").replace('"X"', '"Handel "varor""'), 'Handel "varor"', id="a single one at the end"
        ),
        pytest.param(company(text='"A";"B"'), '"A";"B"', id="quotes around a separator"),
        pytest.param(company(text="a; b"), "a; b", id="a separator"),
        pytest.param(company(text="rad ett\nrad två"), "rad ett rad två", id="a line end"),
        pytest.param(company(text="rad ett\r\nrad två"), "rad ett rad två", id="a Windows line end"),
        pytest.param(company(text="a\0b\x1fc"), "abc", id="characters that are none"),
        pytest.param(company(text="null"), "", id="the word for nothing"),
        pytest.param(company(text="nullvision"), "nullvision", id="a word that begins like it"),
        pytest.param(company(text="f. 19121212-1212, tel"), "f. , tel", id="a person's number"),
        pytest.param(company(text="121212+1212 x"), " x", id="that of somebody over a hundred"),
        pytest.param(company(text="bolag 556000-0019"), "bolag 556000-0019", id="a company's number stays"),
    ],
)
def test_a_value_is_read_as_it_is_meant_and_harms_no_other(line: str, text: str, tmp_path: Path) -> None:
    content = QUOTED + (line + company(TWO, text="efter")).encode()
    assert sorted(texts(content, tmp_path)) == sorted([text, "efter"])


def test_the_word_for_nothing_is_nothing_inside_a_packed_value(tmp_path: Path) -> None:
    line = company(address="Storgatan 1$null$LUND$null$SE-LAND", name="A AB$FORETAGSNAMN-ORGNAM$null")
    [row] = kept(read(QUOTED + line.encode(), tmp_path))
    assert (row["postadress"], row["organisationsnamn"]) == ("Storgatan 1$$LUND$$SE-LAND", "A AB$FORETAGSNAMN-ORGNAM$")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(QUOTED + company().encode(), id="plain"),
        pytest.param(b"\xef\xbb\xbf" + QUOTED + company().encode(), id="byte order mark"),
        pytest.param((QUOTED + company().encode()).replace(b"\n", b"\r\n"), id="Windows line ends"),
        pytest.param((QUOTED + company().encode())[:-1], id="no line end at the end"),
        pytest.param(QUOTED + company().encode() + b"\n\n", id="empty lines at the end"),
        pytest.param(zipped(QUOTED + company().encode()), id="ZIP"),
        pytest.param(gzip.compress(QUOTED + company().encode()), id="gzip"),
    ],
)
def test_the_same_rows_come_of_every_packing(content: bytes, tmp_path: Path) -> None:
    [row] = kept(read(content, tmp_path))
    assert (row["organisationsidentitet"], row[FAULT]) == (ONE, "")


@pytest.mark.parametrize("block", [1, 7, 100, 1 << 20])
def test_blocks_may_end_anywhere(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "BLOCK_BYTES", block)
    monkeypatch.setattr(rewritten_file, "CHUNK", 13)
    lines = [company(text=f'rad "{number}"\nslut') for number in range(50)]
    assert texts(QUOTED + "".join(lines).encode(), tmp_path) == [f'rad "{number}" slut' for number in range(50)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param(company().replace('"1";', "", 1).encode(), "broken_line", id="too few values"),
        pytest.param(company().replace('"1";', '"1";"2";', 1).encode(), "broken_line", id="too many values"),
        pytest.param(company(name="\xe5").encode("latin-1"), "invalid_encoding", id="not UTF-8"),
        pytest.param(company("3021234567$GDNR-IDORG").encode(), "odd_number", id="a number of another sort"),
        pytest.param(
            company("195560000019$X").replace("19", "15").encode(), "odd_number", id="twelve digits of another sort"
        ),
        pytest.param(company("").encode(), "odd_number", id="no number"),
    ],
)
def test_of_a_row_that_cannot_be_told_nothing_is_kept_but_that_it_came(line: bytes, fault: str, tmp_path: Path) -> None:
    good, odd = kept(read(QUOTED + line + company(TWO).encode(), tmp_path))
    assert good["organisationsidentitet"] == TWO
    assert {name: value for name, value in odd.items() if value} == {FAULT: fault}


@pytest.mark.parametrize(
    "number",
    [
        f"{PERSON}$PERSON-IDORG",
        f"{PERSON}$ORGNR-IDORG",
        "200001019999$X",
        "1212121212$ORGNR-IDORG",
        "19121212121$X",
        "X$PERSON-IDORG",
    ],
)
def test_a_row_about_a_person_is_left_out_and_told(number: str, tmp_path: Path) -> None:
    delivery = read(QUOTED + (company(number, name="Testperson") + company()).encode(), tmp_path)
    assert [row["organisationsidentitet"] for row in kept(delivery)] == [ONE]
    assert delivery.warnings == (
        "1 of 2 rows are about natural persons: left out while the file was read, nothing of them was kept",
    )


def test_only_the_columns_that_are_read_are_kept(tmp_path: Path) -> None:
    [row] = kept(read(QUOTED + company().encode(), tmp_path))
    assert row.keys() == se_bolagsverket.BULK.columns_read()


@pytest.mark.parametrize(
    ("header", "line"),
    [
        pytest.param(TABBED, unit(name='5" RÖR "AB'), id="quotes that are none"),
        pytest.param(
            TABBED.replace(b"\n", b"\t\n"), unit(name='5" RÖR "AB', more="\t"), id="a last column without name"
        ),
        pytest.param(TABBED, unit(name='5" RÖR "AB', more="\t"), id="a separator too many in the row alone"),
    ],
)
def test_tabs_and_latin_letters_are_read_without_quoting(header: bytes, line: str, tmp_path: Path) -> None:
    rows = kept(read(header + line.encode("latin-1") + unit("165560000027").encode("latin-1"), tmp_path, of=se_scb))
    assert {row["PeOrgNr"]: (row["Namn"], row[FAULT]) for row in rows} == {
        "165560000019": ('5" RÖR "AB', ""),
        "165560000027": ("Å AB", ""),
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><html>log in</html>", "web page", id="HTML page"),
        pytest.param(zipped(b"<html>"), "web page", id="HTML page, packed"),
        pytest.param(zipped(QUOTED, QUOTED), "several files", id="ZIP of two"),
        pytest.param(
            zipped(QUOTED, method=zipfile.ZIP_STORED),
            "cannot be unpacked .not by deflate.* Unpack it",
            id="ZIP of another make",
        ),
        pytest.param(zipped(QUOTED + company().encode() * 99)[:-30], "cut short", id="ZIP without its end"),
        pytest.param(zipped(QUOTED + company().encode() * 99)[:120], "cut short", id="ZIP cut in its member"),
        pytest.param(zipped(QUOTED)[:20], "cut short", id="ZIP cut in its beginning"),
        pytest.param(gzip.compress(QUOTED * 99)[:-9], "cut short", id="gzip cut short"),
        pytest.param(QUOTED.replace(b";namn", b";organisationsform;namn"), "names a column twice", id="a column twice"),
        pytest.param("å".encode("latin-1") + QUOTED, "0xe5 at position 0, which is not utf-8", id="header not UTF-8"),
        pytest.param(QUOTED + b'"a";"b"\n' * 200, "200 of 200 rows cannot be read", id="rows of another file"),
    ],
)
def test_what_is_no_such_file_is_refused_and_leaves_nothing(content: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SourceAborted, match=sentence):
        read(content, tmp_path)
    assert list((tmp_path / "landing").iterdir()) == []


def test_a_zip_whose_checksum_is_wrong_is_damaged(tmp_path: Path) -> None:
    packed = bytearray(zipped(QUOTED + company().encode()))
    packed[packed.find(b"PK\x01\x02") + 16] ^= 1
    with pytest.raises(SourceAborted, match="checksum is wrong"):
        read(bytes(packed), tmp_path)
    assert list((tmp_path / "landing").iterdir()) == []


def test_another_header_is_refused_with_what_differs(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout, match="unknown column: nytt"):
        read(QUOTED.replace(b"\n", b";nytt\n"), tmp_path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "x", "there is no file"), (tmp_path, "is a folder")):
        with pytest.raises(SourceAborted, match=sentence):
            read_text(se_scb.SOURCE, se_scb.TEXT, path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")


def test_a_complete_file_of_too_few_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes(QUOTED + company().encode())
    with pytest.raises(SourceAborted, match=r"has 1 rows, expected are at least 2,370,000.*--partial"):
        se_bolagsverket.read_given(path, coverage=Coverage.COMPLETE, landing=tmp_path / "landing")
    assert list((tmp_path / "landing").iterdir()) == []
    few = replace(se_bolagsverket.TEXT, min_rows=1)
    delivery = read_text(se_bolagsverket.SOURCE, few, path, coverage=Coverage.COMPLETE, landing=tmp_path / "landing")
    assert delivery.coverage is Coverage.COMPLETE


@pytest.mark.parametrize(
    ("content", "of", "fits"),
    [
        pytest.param(TABBED + unit().encode("latin-1"), se_bolagsverket, "se_scb", id="tabs"),
        pytest.param(QUOTED + company().encode(), se_scb, "se_bolagsverket", id="semicolons"),
    ],
)
def test_the_file_of_another_register_is_named(content: bytes, of: Any, fits: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout) as caught:
        read(content, tmp_path, of=of)
    assert caught.value.fits == fits
