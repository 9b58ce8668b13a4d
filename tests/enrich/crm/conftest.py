"""A data folder of its own, files as people send them, and what the CRM tables hold."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from db.warehouse import Warehouse
from enrich import refresh as refreshing
from enrich import refresh_source
from enrich.config import Config, CrmConfig
from enrich.progress import silent
from enrich.refresh import RefreshReport
from sources.http import PoliteClient
from tests.registers.hubspot_server import TOKEN, HubspotServer

WriteFile = Callable[..., Path]
Snapshot = Callable[[], dict[str, list[Any]]]
CurrentRows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@example.no", data=tmp_path / "data", crm=CrmConfig(country="NO"))


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Writes a file of text and gives its path."""

    def write_text(text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write_text


@pytest.fixture
def write_sheet(tmp_path: Path) -> WriteFile:
    """Writes a spreadsheet whose numbers and dates are typed."""

    def write_rows(
        rows: Sequence[Sequence[Any]], name: str = "export.xlsx", sheets: Sequence[str] = ("Export",)
    ) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for part, text in _parts(rows, sheets).items():
                archive.writestr(part, text)
        return path

    return write_rows


@pytest.fixture
def snapshot(config: Config) -> Snapshot:
    """Every row of every table of the warehouse."""

    def read() -> dict[str, list[Any]]:
        with Warehouse.open_to_write(config.data, command="test") as warehouse:
            tables = warehouse.ask(
                "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() "
                "WHERE schema_name IN ('core', 'raw') AND NOT internal ORDER BY 1"
            )
            return {
                str(table["name"]): sorted(str(row) for row in warehouse.ask(f"SELECT * FROM {table['name']}"))
                for table in tables
            }

    return read


@pytest.fixture
def current(config: Config) -> CurrentRows:
    """The open records of a table, by the CRM's own key."""

    def read(table: str) -> list[dict[str, Any]]:
        with Warehouse.open_to_write(config.data, command="test") as warehouse:
            return warehouse.ask(f"SELECT * FROM core.{table} WHERE known_to IS NULL ORDER BY crm_key, row_hash")

    return read


def _parts(rows: Sequence[Sequence[Any]], sheets: Sequence[str]) -> dict[str, str]:
    """The least that a spreadsheet program accepts as XLSX; only the last sheet is filled."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rId99" Type="{office}/styles" Target="styles.xml"/>'
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    body = "".join(
        f'<row r="{number}">{"".join(_cell(value, place, number) for place, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kinds}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        # style 1 is a date
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
    }
    for number in range(1, len(sheets) + 1):
        filled = body if number == len(sheets) else ""
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{filled}</sheetData></worksheet>'
        )
    return parts


def _cell(value: Any, place: int, row: int) -> str:
    reference = f"{chr(ord('A') + place)}{row}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    if isinstance(value, date):
        days = (datetime(value.year, value.month, value.day) - datetime(1899, 12, 30)).days  # noqa: DTZ001
        return f'<c r="{reference}" s="1"><v>{days}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


Pull = Callable[..., RefreshReport]


@pytest.fixture(scope="module")
def client() -> Iterator[PoliteClient]:
    with PoliteClient(user_agent="prospekt/0 (test)", sleep=lambda _: None) as opened:
        yield opened


@pytest.fixture
def hubspot(client: PoliteClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubspotServer]:
    with HubspotServer() as server:
        monkeypatch.setenv("PROSPEKT_HUBSPOT_URL", server.origin)
        monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
        monkeypatch.setattr(refresh_source, "PoliteClient", lambda **_: nullcontext(client))
        yield server


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def pull(config: Config, said: list[str]) -> Pull:
    def run(of: Config = config, **options: Any) -> RefreshReport:
        return refreshing.refresh(of, names=["hubspot"], progress=silent, say=said.append, **options)

    return run
