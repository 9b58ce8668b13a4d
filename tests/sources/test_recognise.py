"""Whose a file is, by its columns or keys, however it is packed."""

import gzip
import json
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.errors import NoConnection
from sources.kinds.numbered_api import ask_numbers
from sources.kinds.one_by_one import ask_each
from sources.lookup import CompanyAsked
from sources.recognise import name_source_of
from sources.registers import fi_prh, no_brreg, se_bolagsverket
from sources.source import Layout
from tests.registers.files_server import marked, zipped


def header(layout: Layout, separator: str) -> bytes:
    return separator.join(name for name in layout.columns if name != "fault").encode() + b"\n1\n"


def finland() -> bytes:
    path = Path(fi_prh.__file__).with_suffix(".sample.json")
    sample = json.loads(path.read_text(encoding="utf-8"))["company_json"][0]
    return json.dumps([sample["answer"]]).encode()


NORWAY = header(no_brreg.SOURCE.layout("enheter_2024"), ",")
SWEDEN = header(se_bolagsverket.SOURCE.layout("bolagsverket_bulkfil"), ";")
FINLAND = finland()


@pytest.mark.parametrize(
    ("content", "source"),
    [
        pytest.param(NORWAY, "no_brreg", id="text"),
        pytest.param(b"\xef\xbb\xbf" + NORWAY.replace(b",", b";"), "no_brreg", id="saved by a spreadsheet"),
        pytest.param(gzip.compress(NORWAY), "no_brreg", id="gzip"),
        pytest.param(zipped(SWEDEN), "se_bolagsverket", id="archive"),
        pytest.param(FINLAND, "fi_prh", id="JSON"),
        pytest.param(zipped(FINLAND), "fi_prh", id="JSON in an archive"),
        pytest.param(NORWAY.replace(b"navn,", b""), None, id="a column less"),
        pytest.param(NORWAY.decode().encode("utf-16"), "no_brreg", id="UTF-16"),
        pytest.param(NORWAY.replace(b"\n", b"\r"), "no_brreg", id="lone carriage returns"),
        pytest.param(b"x" * 200_000 + b",y\n1,2\n", None, id="a cell too long"),
        pytest.param(b"name,country\nA AS,NO\n", None, id="a list"),
        pytest.param(b'[{"name": "A AS"}]', None, id="other JSON"),
        pytest.param(b'[{"name": ', None, id="JSON that is cut off"),
        pytest.param(b"\x1f\x8bno gzip", None, id="damaged"),
        pytest.param(marked(zipped(SWEDEN), flags=1), None, id="with a password"),
        pytest.param(b"PK\x03\x04no archive", None, id="a damaged archive"),
        pytest.param(b"PAR1no parquet", None, id="damaged Parquet"),
        pytest.param(b"", None, id="empty"),
    ],
)
def test_a_file_is_known_by_its_columns_or_keys(content: bytes, source: str | None, tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes(content)
    assert name_source_of(path) == source


def test_parquet_is_known_by_its_columns_and_what_is_not_there_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "names.parquet"
    assert name_source_of(path) is None
    pq.write_table(pa.table({name: ["x"] for name in ("country", "lei", "category", "name")}), path)
    assert name_source_of(path) == "gleif"


def test_who_cannot_be_reached_is_not_asked_about_the_next() -> None:
    asked: list[str] = []

    def ask(key: str) -> NoReturn:
        asked.append(key)
        raise NoConnection("no way", source="no_brreg")

    with pytest.raises(NoConnection):
        list(ask_each(no_brreg.SOURCE, ["1", "2"], ask, lambda *_: None, service="the register"))
    companies = [CompanyAsked(source_key=key, numbers=(("VAT", key),)) for key in ("3", "4")]
    with pytest.raises(NoConnection):
        list(ask_numbers(companies, lambda _, __, value: ask(value)))
    assert asked == ["1", "3"]
