"""A whole file of JSON is read however it is packed and cut, and refused with a clear sentence where it is not whole."""

import codecs
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources.errors import SourceAborted, UnknownLayout
from sources.fields import column, constant, joined
from sources.kinds import bulk_json, file_copy, json_stream
from sources.kinds.bulk_file import read_file
from sources.source import Coverage, Delivery, Layout, Shape
from tests.registers.prh_server import zipped
from tests.sources.test_bulk_file import NAMES

LAYOUT = Layout(
    name="made_up",
    columns=("id", "name", "seat.city", "tags", "also"),
    key=column("id"),
    fields={
        "source_key": column("id"),
        "name": column("name"),
        "is_natural_person": constant(False),
        "activity": joined(" ", column("seat.city"), column("tags"), column("also")),
    },
    lists={"also": Shape(keys=("name", "parts"), inside={"parts": Shape(keys=("n",), ignored=frozenset({"note"}))})},
    is_json_file=True,
)
SOURCE = replace(NAMES, layouts=(LAYOUT,), privacy=replace(NAMES.privacy, never_store=("born",)))
RECORDS = [
    {"id": 1, "name": "Ä \"A\" }], {", "seat": {"city": "Å"}, "tags": ["x", None, "y"], "born": "1970-01-02"},
    {"id": "2", "name": None, "also": [{"name": "b", "parts": [{"n": 2.50}, {"n": True, "note": "z"}]}, {"name": ""}]},
    {"id": "3", "name": "😀", "also": []},
]  # fmt: skip
TEXT = json.dumps(RECORDS, ensure_ascii=False, indent=1).encode()
READ = [
    {"id": "1", "name": 'Ä "A" }], {', "seat.city": "Å", "tags": "x\ny", "also": None},
    {"id": "2", "name": None, "seat.city": None, "tags": None, "also": '[{"name":"b","parts":[{"n":"2.5"},{"n":"true"}]}]'},
    {"id": "3", "name": "😀", "seat.city": None, "tags": None, "also": None},
]  # fmt: skip


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "landing"
    assert not list((tmp_path / "landing").glob("*.part"))


def read(content: bytes, landing: Path) -> Delivery:
    path = landing.parent / "given"
    path.write_bytes(content)
    return read_file(SOURCE, path, coverage=Coverage.PARTIAL, landing=landing)


def altered(content: bytes, mark: bytes, after: int) -> bytes:
    """The same with another byte so many after a mark."""
    place = content.index(mark) + after
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def rows(delivery: Delivery) -> list[dict[str, object]]:
    assert isinstance(delivery.rows, Path)
    return list(pq.read_table(delivery.rows).to_pylist())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(zipped(TEXT), id="an archive"),
        pytest.param(gzip.compress(TEXT), id="gzip"),
        pytest.param(TEXT, id="plain"),
        pytest.param(codecs.BOM_UTF8 + b" \n" + TEXT + b"\n", id="with a byte order mark"),
        pytest.param(b'{"total": 3, "at": "now", "companies": ' + TEXT + b"}", id="in an object"),
        pytest.param(b'{"companies":' + TEXT + b', "total": 3 }', id="in an object that goes on"),
    ],
)
def test_a_file_is_read_however_it_is_packed(content: bytes, landing: Path) -> None:
    delivery = read(content, landing)
    assert (delivery.form, delivery.layout) == ("parquet", LAYOUT)
    assert rows(delivery) == READ


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_a_file_is_read_wherever_its_stream_is_cut(size: int, landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_json, "CHUNK", size)
    monkeypatch.setattr(bulk_json, "ROWS_AT_ONCE", 2)
    landing.parent.joinpath("given").write_bytes(zipped(TEXT))
    path = landing.parent / "given"
    delivery = bulk_json.read_json_file(SOURCE, LAYOUT, path, coverage=Coverage.PARTIAL, landing=landing)
    assert rows(delivery) == READ


@pytest.mark.parametrize("separators", [(",", ":"), (" , ", " : ")])
@pytest.mark.parametrize("at_once", [1, 200, 32 << 10])
def test_many_records_are_read_as_each_alone(
    at_once: int, separators: tuple[str, str], landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "AT_ONCE", at_once)
    # a list inside a record has seams, too; half a surrogate pair and a number too long are read alone
    many = [{"id": place, "name": f'}},{{"id":{place}', "also": [{"name": "x"}, {"name": "y"}]} for place in range(90)]
    many[40]["name"], many[50]["name"] = "\ud800", 10**30
    found = rows(read(json.dumps(many, separators=separators).encode(), landing))
    assert [row["id"] for row in found] == [str(place) for place in range(90)]
    assert {row["also"] for row in found} == {'[{"name":"x"},{"name":"y"}]'}
    assert [found[place]["name"] for place in (39, 40, 50)] == ['},{"id":39', "?", str(10**30)]


@pytest.mark.parametrize("number", ["1.50", "1e3", "100000000000000000000"])
@pytest.mark.parametrize("place", ['"name":{}', '"tags":[{}]', '"also":[{{"name":{}}}]'])
def test_a_number_is_kept_as_it_is_written(number: str, place: str, landing: Path) -> None:
    records = [f'{{"id":{one},{place.format(number)}}}' for one in range(9)]
    found = rows(delivery := read(f"[{','.join(records)}]".encode(), landing))
    assert len(found) == 9
    assert all(number in (row["name"], row["tags"], (row["also"] or "")[10:-3]) for row in found)  # type: ignore[index]
    assert not any("float" in warning for warning in delivery.warnings)


def test_what_may_never_be_stored_reaches_no_file(landing: Path) -> None:
    path = landing.parent / "given"
    read(TEXT, landing)
    path.unlink()
    assert not [kept for kept in landing.parent.rglob("*") if kept.is_file() and b"1970-01-02" in kept.read_bytes()]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(zipped(TEXT)[:-40], "damaged or cut short", id="an archive cut short"),
        pytest.param(
            altered(zipped(TEXT), b"PK\x01\x02", 16), "damaged or cut short", id="an archive with another checksum"
        ),
        pytest.param(altered(zipped(TEXT), b"0.json", 6), "damaged or cut short", id="an archive with other bytes"),
        pytest.param(gzip.compress(TEXT)[:-20], "damaged or cut short", id="a gzip cut short"),
        pytest.param(TEXT[:-2], "it ends or breaks after record 3", id="text cut after a record"),
        pytest.param(TEXT[:-40], "it ends or breaks in record 3", id="text cut in a record"),
        pytest.param(b'[{"id": 1} {"id": 2}]', "it ends or breaks after record 1", id="no comma"),
        pytest.param(b'[{"id": 1},]', "it ends or breaks in record 2", id="a comma too many"),
        pytest.param(b'[{"id": 1}, [2]]', "its record 2 is no object", id="a list for a record"),
        pytest.param(b'[{"id": 1}] [{"id": 2}]', "something follows its last record, 1", id="a second array"),
        pytest.param(b'[{"id": 1}]}', "something follows its last record, 1", id="an object that nobody opened"),
        pytest.param(b'{"companies": [{"id": 1}]', "something follows its last record, 1", id="an object left open"),
        pytest.param(b'{"error": "busy"}', "it does not begin as one", id="an error in its place"),
        pytest.param(b'[{"id": "' + "Ä".encode("latin-1") + b'"}]', "it is not UTF-8", id="another encoding"),
        pytest.param(b'[{"id": ' + b"[" * 100_000 + b"]", "nested too deeply", id="nested without end"),
        pytest.param(b" [ ] ", "holds no record", id="no record"),
        pytest.param(zipped(TEXT, TEXT), "holds 2 files", id="two files"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(content: bytes, message: str, landing: Path) -> None:
    with pytest.raises(SourceAborted, match=message):
        read(content, landing)
    assert list(landing.iterdir()) == []


def test_a_file_that_unpacks_to_too_much_is_refused(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_copy, "MOST_UNPACKED_BYTES", 100)
    with pytest.raises(SourceAborted, match="unpacks to over"):
        read(zipped(TEXT), landing)


def test_text_that_piles_up_is_refused(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_json, "CHUNK", 100)
    monkeypatch.setattr(json_stream, "MOST_RECORD_BYTES", 1000)
    with pytest.raises(SourceAborted, match="what follows its record 0 is no record"):
        read(b'[{"id": "' + b"x" * 5000 + b'"}]', landing)


def test_half_a_character_does_not_stop_the_file(landing: Path) -> None:
    assert rows(read(b'[{"id": "1", "name": "A\\ud83d"}]', landing))[0]["name"] == "A?"


def test_a_table_in_the_place_of_json_is_told_by_its_header(landing: Path) -> None:
    with pytest.raises(UnknownLayout, match="missing columns: id"):
        read(b"a,b\n1,2\n", landing)
