"""Whole files with persons among companies, over a real socket: nothing about a person is ever written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.errors import RetryableError, SourceAborted, UnknownLayout
from sources.http import PoliteClient
from sources.kinds import csv_rows
from sources.registers import ee_ariregister, fr_sirene, ie_cro, lv_ur
from sources.source import Coverage, Delivery, Known
from tests.registers.files_server import FilesServer, zipped
from tests.registers.loopback import Said
from tests.registers.text_files import as_written

NEXT = "Tue, 07 Jul 2026 01:27:00 GMT"
ARCHIVE = "sites/default/files/avaandmed/ettevotja_rekvisiidid__yldandmed.json.zip"
IRISH = "dataset/bf6f837d-0946-4c14-9a99-82cd6980c121/resource/3fef41bc-b8f4-4b10-8434-ce51c29b1bba/download/companies.csv.zip"
FIE = {
    "ariregistri_kood": 12999026,
    "nimi": "Mari Testperson FIE",
    "yldandmed": {"oiguslik_vorm": "FIE", "sidevahendid": [{"liik": "EMAIL", "sisu": "mari@testperson.example"}]},
}
NOTE = {"markused_kaardil": [{"sisu": "Testperson 49001010001"}], "isikukood": "49001010001"}


def cases(register: Any) -> list[dict[str, Any]]:
    path = Path(register.__file__).with_suffix("").with_suffix(".sample.json")
    return [case for layout in json.loads(path.read_text(encoding="utf-8")).values() for case in layout]


def of(register: Any) -> bytes:
    return as_written(register.TEXT, register.SOURCE.layouts[0], [case["row"] for case in cases(register)])


def of_estonia() -> bytes:
    records = [case["answer"] for case in cases(ee_ariregister)]
    records[0] = records[0] | {"yldandmed": records[0]["yldandmed"] | NOTE}
    return json.dumps([FIE, *records], ensure_ascii=False, indent=1).encode()


REGISTERS = [
    pytest.param(ee_ariregister, ARCHIVE, zipped(of_estonia()), 6, id="ee"),
    pytest.param(lv_ur, "register/register.csv", of(lv_ur), 6, id="lv"),
    pytest.param(fr_sirene, "StockUniteLegale_utf8.zip", zipped(of(fr_sirene)), 6, id="fr"),
    pytest.param(ie_cro, IRISH, zipped(of(ie_cro)), 5, id="ie"),
]


@pytest.fixture
def server() -> Iterator[FilesServer]:
    with FilesServer() as serving:
        yield serving


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], server: FilesServer) -> PoliteClient:
    registers = (ee_ariregister, lv_ur, fr_sirene, ie_cro)
    return make_client(attempts=2, environ={one.SOURCE.base_url_env: server.origin for one in registers})


@pytest.fixture(autouse=True)
def few_rows_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for register in (lv_ur, fr_sirene, ie_cro):
        monkeypatch.setattr(register, "TEXT", replace(register.TEXT, min_rows=1))
    monkeypatch.setattr(ee_ariregister, "FILE", replace(ee_ariregister.FILE, min_rows=1))


def written(folder: Path) -> str:
    """Everything that lies in a folder, as text."""
    return "".join(
        json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False) for path in folder.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(("register", "path", "sent", "rows"), REGISTERS)
def test_the_file_is_fetched_complete_and_without_its_persons(
    register: Any, path: str, sent: bytes, rows: int, server: FilesServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.publish(path, sent)
    delivery: Delivery = register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert (delivery.form, delivery.coverage) == ("parquet", Coverage.COMPLETE)
    assert isinstance(delivery.rows, Path)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [delivery.rows]
    assert pq.read_metadata(delivery.rows).num_rows == rows
    assert "natural persons: left out" in delivery.warnings[0]
    for secret in ("Testperson", "testperson", "TESTPERSON", "JEAN", "49001010001", "010170"):
        assert secret not in written(tmp_path)
    assert register.fetch_bulk(client, landing=tmp_path, known=Known(etag=delivery.etag)) is None
    server.publish(path, sent, changed=NEXT)
    assert register.fetch_bulk(client, landing=tmp_path / "next", known=Known(etag=delivery.etag)) is not None


@pytest.mark.parametrize(("register", "path", "sent", "rows"), REGISTERS)
def test_a_file_cut_on_its_way_leaves_nothing(
    register: Any, path: str, sent: bytes, rows: int, server: FilesServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.spoil(*[Said(body=sent, cut_at=len(sent) // 2)] * 2)
    with pytest.raises(RetryableError):
        register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


@pytest.mark.parametrize(("register", "path", "sent", "rows"), REGISTERS)
def test_a_page_in_the_place_of_the_file_is_refused(
    register: Any, path: str, sent: bytes, rows: int, server: FilesServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.spoil(Said(body=b"<html>blocked</html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(SourceAborted, match="web page in the place of data"):
        register.fetch_bulk(client, landing=tmp_path, known=Known())


@pytest.mark.parametrize(("register", "path", "sent", "rows"), REGISTERS)
def test_a_complete_file_with_too_few_rows_is_refused(
    register: Any, path: str, sent: bytes, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "FILE" if register is ee_ariregister else "TEXT"
    monkeypatch.setattr(register, name, replace(getattr(register, name), min_rows=1000))
    given = tmp_path / "given"
    given.write_bytes(sent)
    with pytest.raises(SourceAborted, match="expected are at least 1,000"):
        register.read_given(given, coverage=Coverage.COMPLETE, landing=tmp_path / "landing")
    assert register.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path / "landing").layout


# --- CSV ---------------------------------------------------------------------------------------------------------
def latvian(*rows: bytes) -> bytes:
    return ";".join(lv_ur.COLUMNS).encode() + b"\n" + b"".join(rows)


def row(number: str, name: str = "SIA Paraugs") -> bytes:
    return f"{number};;{name};;;;;;;SIA;;2001-01-01;;;;;;;;;\n".encode()


def read(text: bytes, folder: Path) -> list[dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    given = folder / "register.csv"
    given.write_bytes(text)
    delivery = lv_ur.read_given(given, coverage=Coverage.PARTIAL, landing=folder / "landing")
    return list(pq.read_table(delivery.rows).to_pylist())


def test_rows_that_cannot_be_read_are_kept_without_their_values(tmp_path: Path) -> None:
    said = read(
        latvian(
            row("40003000500"), row("40003000515", "SIA B\xff".encode("latin-1").decode("latin-1")),
            b"40003000534;;SIA \xff\xfe;;;;;;;SIA;;;;;;;;;;;\n", b"40003000568;too;few\n",
        ),
        tmp_path,
    )  # fmt: skip
    assert sorted((one["regcode"], one["fault"]) for one in said) == [
        ("", "broken_line"),
        ("", "invalid_encoding"),
        ("40003000500", ""),
        ("40003000515", ""),
    ]


@pytest.mark.parametrize("block", [1024, 1 << 20])
def test_blocks_may_end_anywhere(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "BLOCK_BYTES", block)
    names = [f"SIA Ņ; {place}\nrinda" for place in range(200)]
    said = read(latvian(*(row("40003000500", f'"{name}"') for name in names)), tmp_path)
    assert [one["name"] for one in said] == names


def test_windows_line_ends_and_a_mark_at_the_start_are_taken(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + latvian(row("40003000500")).replace(b"\n", b"\r\n")
    assert [one["regcode"] for one in read(text, tmp_path)] == ["40003000500"]


def test_another_header_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout, match=r"missing columns?: regcode"):
        read(b"a;b\n1;2\n", tmp_path)
    with pytest.raises(UnknownLayout, match="unknown column: owner"):
        read(latvian().replace(b"\n", b";owner\n"), tmp_path)


def test_a_file_broken_in_most_of_its_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceAborted, match="101 of 102 rows have too many or too few values"):
        read(latvian(row("40003000500"), *[b"1;2\n"] * 101), tmp_path)
    assert list((tmp_path / "landing").iterdir()) == []


# --- JSON --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"[]", "holds no record"),
        (b"{}", "does not begin as one"),
        (b'[{"a": 1}]', "no 'ariregistri_kood'"),
        (b'[{"ariregistri_kood": 1', "cut short"),
    ],
)
def test_a_file_that_is_not_the_register_s_is_refused(text: bytes, reason: str, tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    given.write_bytes(text)
    with pytest.raises(SourceAborted, match=reason):
        ee_ariregister.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    assert not list((tmp_path / "landing").iterdir())


def test_what_the_declaration_does_not_know_is_told(tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    strange = {
        "ariregistri_kood": 12999003, "nimi": "A OÜ", "omanik": "x",
        "yldandmed": {"oiguslik_vorm": "OÜ", "staatus": "X", "arinimed": [{"sisu": "B OÜ", "keel": "et"}]},
    }  # fmt: skip
    given.write_text(json.dumps([strange]), encoding="utf-8")
    delivery = ee_ariregister.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    assert set(delivery.warnings) == {
        "1 of 1 answers have the unknown key 'omanik'",
        "1 of 1 answers have the unknown key 'yldandmed.arinimed[].keel'",
        "1 of 1 answers have the unknown value 'X' of 'yldandmed.staatus'",
    }
