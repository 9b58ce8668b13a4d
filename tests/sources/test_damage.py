"""An archive that cannot be unpacked is refused with one sentence, whoever reads it and whatever is wrong with it."""

import gzip
import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from enrich.crm.read import open_file
from enrich.errors import InputInvalid
from sources.damage import told_of_damage
from sources.errors import SourceAborted
from sources.kinds.bulk_file import read_file
from sources.recognise import name_source_of
from sources.registers import be_kbo
from sources.signals import se_jobtech
from sources.source import Coverage
from tests.registers.files_server import marked
from tests.sources.test_be_kbo import extract
from tests.sources.test_bulk_file import CSV, NAMES
from tests.sources.test_bulk_json import SOURCE, TEXT

PARTIAL = Coverage.PARTIAL


def packed(content: bytes, name: str = "x", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def table(path: Path, landing: Path) -> object:
    rows = read_file(NAMES, path, coverage=PARTIAL, landing=landing).rows
    assert isinstance(rows, Path)
    return gzip.decompress(rows.read_bytes())


def records(path: Path, landing: Path) -> object:
    return read_file(SOURCE, path, coverage=PARTIAL, landing=landing).kept_sha256


def several(path: Path, landing: Path) -> object:
    return be_kbo.read_given(path, coverage=PARTIAL, landing=landing).kept_sha256


def ads(path: Path, landing: Path) -> object:
    read = se_jobtech.read_given_signals(path, coverage=PARTIAL, landing=landing)
    return [(batch.rows.to_pylist(), batch.left_out) for batch in read]


Read = Callable[[Path, Path], object]
READERS = [
    pytest.param(table, packed(CSV, "å.csv", zipfile.ZIP_LZMA), id="a table, LZMA"),
    pytest.param(table, packed(CSV, method=zipfile.ZIP_BZIP2), id="a table, bzip2"),
    pytest.param(records, packed(TEXT), id="records"),
    pytest.param(several, None, id="several tables"),
    pytest.param(ads, packed(b'[{"id":"1","headline":"x"}]'), id="ads"),
]


@pytest.mark.parametrize(("read", "content"), READERS)
def test_every_reader_refuses_an_archive_that_cannot_be_unpacked(
    read: Read, content: bytes | None, tmp_path: Path
) -> None:
    path, landing = tmp_path / "given.zip", tmp_path / "landing"
    content = extract(tmp_path).read_bytes() if content is None else content
    damaged = r"is damaged or cut short .*\. Download it again"
    for said, sentence in (
        (marked(content, flags=1), r"packed in a way that cannot be unpacked .*encrypted.* Unpack it and give"),
        (marked(content, method=99), r"packed in a way that cannot be unpacked .*method.* Unpack it and give"),
        (unchecked(content), damaged),
        (far_away(content), damaged),
        # of an archive whose directory cannot be read nobody knows whether it is a workbook
        (named_in_no_text(content), rf"{damaged}|is a ZIP archive or"),
    ):
        path.write_bytes(said)
        with pytest.raises(SourceAborted, match=sentence):
            read(path, landing)
        assert not landing.exists() or list(landing.iterdir()) == []


def unchecked(content: bytes) -> bytes:
    """The archive with another checksum in its first member's headers."""
    said, entry = bytearray(content), content.index(b"PK\x01\x02")
    for at in (14, entry + 16):
        said[at : at + 4] = struct.pack("<I", 1)
    return bytes(said)


@pytest.mark.parametrize(("read", "content"), READERS)
def test_whatever_byte_is_another_the_same_is_read_or_it_is_refused(
    read: Read, content: bytes | None, tmp_path: Path
) -> None:
    path, landing = tmp_path / "given.zip", tmp_path / "landing"
    content = extract(tmp_path).read_bytes() if content is None else content
    path.write_bytes(content)
    whole, refused = read(path, landing), 0
    for place in range(0, len(content), max(1, len(content) // 60)):
        altered = bytearray(content)
        altered[place] ^= 0xFF
        path.write_bytes(altered)
        shutil.rmtree(landing)
        landing.mkdir()
        try:
            assert read(path, landing) == whole, place
        except SourceAborted:
            refused += 1
    assert refused > 25


def test_what_is_no_damage_is_let_through(tmp_path: Path) -> None:
    for error in (
        FileNotFoundError(2, "gone"),
        OSError(28, "No space left on device"),
        RecursionError("deep"),
        ValueError("what the text says is none of the archive's"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "nor how it is spelt"),
    ):
        with pytest.raises(type(error)), told_of_damage("x", "y"):
            raise error


def far_away(content: bytes) -> bytes:
    """The archive with its first member at a place that no file has, as the directory says it of large archives."""
    said, entry, end = bytearray(content), content.index(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    length, size = struct.unpack_from("<H", said, entry + 28)[0], struct.unpack_from("<I", said, end + 12)[0]
    struct.pack_into("<I", said, end + 12, size + len(extra))
    struct.pack_into("<H", said, entry + 30, len(extra))
    struct.pack_into("<I", said, entry + 42, 0xFFFFFFFF)
    after = entry + 46 + length
    return bytes(said[:after] + extra + said[after:])


def named_in_no_text(content: bytes) -> bytes:
    """The archive with a first member whose name says that it is UTF-8, and is not."""
    said, entry = bytearray(content), content.index(b"PK\x01\x02")
    said[entry + 9] |= 0x08
    said[entry + 46] = 0xFF
    return bytes(said)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(marked(packed(b"<a/>", "xl/workbook.xml"), flags=1), "without a password", id="with a password"),
        pytest.param(
            packed(b"<a/>", "xl/workbook.xml").replace(b"PK\x01\x02", b"PK\x01\x09"), "Bad magic", id="damaged"
        ),
        pytest.param(
            packed(b"<a/>", "xl/workbook.xml").replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff"),
            "zip file version",
            id="of a later kind",
        ),
        pytest.param(named_in_no_text(packed(b"<a/>", "xl/workbook.xml")), "can't decode", id="a name that is no text"),
    ],
)
def test_a_workbook_that_cannot_be_unpacked_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputInvalid, match=sentence):
        open_file(path)
    assert name_source_of(path) is None


def test_an_archive_of_nothing_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "given.zip"
    path.write_bytes(b"PK\x03\x04" + packed(b"")[-22:-14] + b"\0" * 14)
    assert zipfile.ZipFile(path).namelist() == []
    assert name_source_of(path) is None
