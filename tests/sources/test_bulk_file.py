"""A whole file is told by its content, refused with a clear sentence, and copied only when it is sound."""

import codecs
import gzip
import hashlib
import io
import os
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.errors import SourceAborted, UnknownLayout
from sources.kinds import file_copy
from sources.kinds.bulk_file import read_file
from sources.kinds.file_date import named_moment
from sources.registers import be_kbo, gleif, no_brreg
from sources.source import Coverage, Delivery, Source

NAMES = gleif.SOURCE
CSV = b"lei,name,country,category\n529900T8BM49AURSDO55,Ubisecure Oy,FI,GENERAL\n"
ENHETER = ",".join(no_brreg.SOURCE.layout("enheter_2024").columns)


def zipped(content: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names or ("x.csv",):
            archive.writestr(name, content)
    return buffer.getvalue()


def marked(archive: bytes, *, flags: int = 0, method: int = 0) -> bytes:
    """An archive of one file that says so of its packing, in both of its headers."""
    said, entry = bytearray(archive), archive.index(b"PK\x01\x02")
    for flags_at in (6, entry + 8):
        said[flags_at : flags_at + 4] = struct.pack("<2H", flags, method)
    return bytes(said)


def parquet(columns: dict[str, list[str]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


def read(content: bytes, landing: Path, *, name: str = "given.csv", source: Source = NAMES) -> Delivery:
    path = landing.parent / name
    path.write_bytes(content)
    return read_file(source, path, coverage=Coverage.PARTIAL, landing=landing)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        pytest.param(CSV, "csv", id="csv"),
        pytest.param(codecs.BOM_UTF8 + CSV, "csv", id="csv with a byte order mark"),
        pytest.param(b"category,country,name,lei\n", "csv", id="columns in another order, no rows"),
        pytest.param(b'"lei","name","country","category"', "csv", id="a header without a line end"),
        pytest.param(gzip.compress(CSV), "csv.gz", id="gzip"),
        pytest.param(
            gzip.compress(CSV) + gzip.compress(b"A,b,NO,\n") + b"\0" * 512, "csv.gz", id="gzip of two members"
        ),
        pytest.param(
            parquet({name: ["x"] for name in ("lei", "name", "country", "category")}), "parquet", id="parquet"
        ),
    ],
)
def test_a_sound_file_is_kept_byte_for_byte(content: bytes, form: str, landing: Path) -> None:
    delivery = read(content, landing, name="whatever.txt")
    assert (delivery.form, delivery.layout.name) == (form, "names_only")
    assert isinstance(delivery.rows, Path)
    assert delivery.rows.read_bytes() == content
    assert delivery.original_sha256 == delivery.kept_sha256
    assert set(landing.iterdir()) == {delivery.rows, delivery.unpacked} - {None}


def test_an_archive_of_one_file_is_read_as_that_file(landing: Path) -> None:
    content = zipped(CSV)
    delivery = read(content, landing, name="20260705-0800-gleif-goldencopy-lei2-golden-copy.csv.zip")
    assert (delivery.form, delivery.layout.name) == ("csv.gz", "names_only")
    assert isinstance(delivery.rows, Path)
    assert gzip.decompress(delivery.rows.read_bytes()) == CSV
    assert delivery.original_sha256 == hashlib.sha256(content).hexdigest()
    assert f"{delivery.fetched_at:%Y-%m-%d %H:%M}" == "2026-07-05 08:00"  # by the archive's name
    assert set(landing.iterdir()) == {delivery.rows, delivery.unpacked} - {None}


def test_the_text_of_a_gzip_lies_beside_it_where_the_disk_has_room(
    landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = read(gzip.compress(CSV) + gzip.compress(b"A,b,NO,\n"), landing)
    assert delivery.unpacked is not None
    assert delivery.unpacked.read_bytes() == CSV + b"A,b,NO,\n"
    monkeypatch.setattr(file_copy, "ROOM_TO_UNPACK", 1 << 60)
    assert read(gzip.compress(CSV), landing).unpacked is None


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_windows_line_ends_become_plain_ones(packed: bool, landing: Path) -> None:
    windows = CSV.replace(b"\n", b"\r\n") + b'A,"two\nlines",NO,\r\n'
    delivery = read(gzip.compress(windows) if packed else windows, landing)
    assert isinstance(delivery.rows, Path)
    kept = delivery.rows.read_bytes()
    assert (gzip.decompress(kept) if packed else kept) == windows.replace(b"\r\n", b"\n")
    assert delivery.kept_sha256 == hashlib.sha256(kept).hexdigest() != delivery.original_sha256
    assert list(landing.iterdir()) == [delivery.rows]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><html>503</html>", "web page", id="HTML page"),
        pytest.param(b"\n <HTML><body>", "web page", id="HTML page without a doctype"),
        pytest.param(gzip.compress(b"<html>log in</html>"), "web page", id="HTML page, packed"),
        pytest.param(gzip.compress(b""), "empty once unpacked", id="gzip of nothing"),
        pytest.param(gzip.compress(CSV * 999)[:-9], "cut short", id="gzip cut in its last bytes"),
        pytest.param(gzip.compress(CSV)[:12], "cut short", id="gzip cut at its beginning"),
        pytest.param(gzip.compress(CSV)[:-8] + b"\1" * 8, "damaged gzip", id="gzip whose checksum is wrong"),
        pytest.param(b"\x1f\x8b" + b"\xff" * 50, "damaged gzip", id="gzip in name only"),
        pytest.param(zipped(CSV, "a.csv", "b.csv"), "ZIP archive or an Excel", id="zip of several or xlsx"),
        pytest.param(zipped(CSV).replace(b"category", b"kategory"), "damaged", id="zip whose checksum is wrong"),
        pytest.param(zipped(b"<html>log in</html>"), "web page", id="zip of a page"),
        pytest.param(
            marked(zipped(CSV), flags=1), "cannot be unpacked .*encrypted.* Unpack it", id="zip with a password"
        ),
        pytest.param(
            marked(zipped(CSV), method=99), "cannot be unpacked .*method", id="zip packed in a way of its own"
        ),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 50, "old Excel", id="xls"),
        pytest.param(b'[{"lei": "x"}]', "is JSON", id="JSON"),
        pytest.param(b"<?xml version='1.0'?><a/>", "is XML", id="XML"),
        pytest.param(CSV.decode().encode("utf-16"), "UTF-16", id="UTF-16 with a mark"),
        pytest.param(CSV.decode().encode("utf-16-le"), "UTF-16", id="UTF-16 without a mark"),
        pytest.param(b"\x7fELF" + b"\0" * 60, "a program", id="a program"),
        pytest.param(b"\x01\x00\x00\x00" * 60, "binary", id="bytes of no kind"),
        pytest.param(
            "丂丄丅丆一丁丂万七丈".encode("utf-16-be") + b"\0" * 3 + b"\n",
            "binary",
            id="bytes that chance makes letters",
        ),
        pytest.param(CSV.replace(b",", b";"), "semicolons", id="semicolons"),
        pytest.param(b"lei,n\xe5me,country,category\n", "0xe5 at position 5", id="latin-1 in the header"),
        pytest.param(
            CSV + b"A,B\xe5,NO,\n" * 9, "9 of 11 lines cannot be read, the first at byte", id="latin-1 in the rows"
        ),
        pytest.param(b"lei,name,name,country,category\n", "names a column twice: name", id="a column twice"),
        pytest.param(parquet({"lei": ["x"]})[:-20], "damaged or cut Parquet", id="parquet cut short"),
    ],
)
def test_what_is_no_sound_table_is_refused_and_leaves_nothing(content: bytes, sentence: str, landing: Path) -> None:
    with pytest.raises(SourceAborted, match=sentence):
        read(content, landing)
    assert not landing.exists() or list(landing.iterdir()) == []


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path, landing: Path) -> None:
    with pytest.raises(SourceAborted, match=r"no file .*missing\.csv"):
        read_file(NAMES, tmp_path / "missing.csv", coverage=Coverage.PARTIAL, landing=landing)
    with pytest.raises(SourceAborted, match="is a folder"):
        read_file(NAMES, tmp_path, coverage=Coverage.PARTIAL, landing=landing)


def test_an_unknown_header_names_the_nearest_layout_and_what_differs(landing: Path) -> None:
    header = ENHETER.replace("antallAnsatte,", "ansatte,", 1).encode()
    with pytest.raises(UnknownLayout) as caught:
        read(header + b"\n", landing, source=no_brreg.SOURCE)
    assert caught.value.layout == "enheter_2024"
    assert caught.value.missing == ("antallAnsatte",)
    assert caught.value.unknown == ("ansatte",)
    assert "prospekt sources" in str(caught.value)


def test_the_file_of_another_register_is_named(landing: Path) -> None:
    with pytest.raises(UnknownLayout, match="prospekt refresh no_brreg --file"):
        read(ENHETER.encode() + b"\n", landing, source=gleif.SOURCE)


def test_columns_under_an_ignored_prefix_are_no_surprise(landing: Path) -> None:
    more = ",Entity.OtherEntityNames.OtherEntityName.1,Registration.LastUpdateDate,ConformityFlag"
    header = ",".join(gleif.LEI2_GOLDEN_COPY.columns) + more
    assert read(header.encode(), landing).layout.name == "lei2_golden_copy"
    with pytest.raises(UnknownLayout, match="Surprise"):
        read((header + ",Surprise").encode(), landing)


def test_a_few_damaged_rows_are_the_rows_business(landing: Path) -> None:
    content = CSV + b"A,B\xe5,NO,\n" + b"A,\0,NO,\n" + b"A,B,NO,\n" * 300 + b"A," + b"x" * 10_000 + b",NO,\n"
    rows = read(content, landing).rows
    assert isinstance(rows, Path)
    assert rows.read_bytes() == content


def test_a_gzip_that_unpacks_without_end_is_stopped(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_copy, "MOST_UNPACKED_BYTES", 1 << 20)
    with pytest.raises(SourceAborted, match="unpacks to more than"):
        read(gzip.compress(CSV + b"\n" * (2 << 20)), landing)


def test_a_given_file_counts_as_fetched_when_it_was_written_and_never_in_the_future(landing: Path) -> None:
    path = landing.parent / "old.csv"
    path.write_bytes(CSV)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read_file(NAMES, path, coverage=Coverage.PARTIAL, landing=landing).source_seq == 1_700_000_000_000
    os.utime(path, (9_700_000_000, 9_700_000_000))
    assert read_file(NAMES, path, coverage=Coverage.PARTIAL, landing=landing).fetched_at <= datetime.now(UTC)


@pytest.mark.real_data
def test_the_real_files_are_known(real_data: Path, landing: Path) -> None:
    for source, name, layout in (
        (no_brreg.SOURCE, "no_brreg/enheter_2024_extract.csv", "enheter_2024"),
        (gleif.SOURCE, "gleif/gleif_names.parquet", "names_only"),
    ):
        delivery = read_file(source, real_data / name, coverage=Coverage.PARTIAL, landing=landing)
        assert delivery.layout.name == layout


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("20251023-0800-gleif-goldencopy-lei2-golden-copy.csv", datetime(2025, 10, 23, 8, tzinfo=UTC)),
        ("20251023-0800-gleif-goldencopy-lei2-golden-copy (1).csv.zip", datetime(2025, 10, 23, 8, tzinfo=UTC)),
        ("29991023-0800-gleif-goldencopy-lei2-golden-copy.csv", None),
        ("20250231-0800-gleif-goldencopy-lei2-golden-copy.csv", None),
        ("lei2.csv", None),
    ],
)
def test_a_name_that_its_publisher_dated_says_of_when_the_file_is(
    name: str, moment: datetime | None, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(b"lei,name,country,category\n")
    os.utime(path, (1_790_000_000, 1_790_000_000))
    delivery = read_file(gleif.SOURCE, path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    assert delivery.fetched_at == (moment or datetime.fromtimestamp(1_790_000_000, UTC))
    assert delivery.source_seq == int(delivery.fetched_at.timestamp() * 1000)


def test_belgiums_extract_is_of_the_day_in_its_name() -> None:
    assert named_moment(be_kbo.SOURCE, "KboOpenData_0140_2025_10_05_Full.zip") == datetime(2025, 10, 5, tzinfo=UTC)
