"""Refreshes of Companies House from month to month: a table, its owners, the stream, the next table, and no person anywhere."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich import refresh_source
from enrich.config import Config, SourceConfig
from enrich.errors import ConfirmationNeeded
from enrich.progress import silent
from enrich.refresh import RefreshReport
from sources.errors import RetryableError
from sources.registers import gb_coh as register
from sources.source import Expect
from tests.registers.companies_house_server import (
    API_KEY,
    BORN,
    PERSON,
    STREAM_KEY,
    CompaniesHouseServer,
    archive,
    lines,
    owner,
    profile,
    row,
    table,
)

TODAY = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
Refresh = Callable[..., RefreshReport]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CompaniesHouseServer]:
    most = Expect(min_rows=1, max_rows=100, most_closed=0.3)
    owners = replace(register.OWNER_JSON, expect=Expect(min_rows=1, max_rows=100))
    layouts = (register.TABLE_ROW, register.PROFILE_JSON, owners)
    monkeypatch.setattr(register, "OWNERS", replace(register.OWNERS, layout=owners))
    monkeypatch.setattr(
        register, "SOURCE", replace(register.SOURCE, expect=most, layouts=layouts, requests_per_minute=60_000)
    )
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"gb_coh": register})
    with CompaniesHouseServer() as opened:
        for name, value in opened.environ().items():
            monkeypatch.setenv(name, value)
        publish(opened, "2026-10-01", "00000001", "00000002", "00000003", "00000005")
        person = owner("00000001", "individual-person-with-significant-control")
        parent = {"registration_number": "00000003", "country_registered": "United Kingdom"}
        snapshot = archive(lines(person, owner("00000001", identification=parent)), "psc.txt")
        opened.publish("en_pscdata.html", "persons-with-significant-control-snapshot-2026-10-02.zip", snapshot)
        yield opened


def publish(server: CompaniesHouseServer, day: str, *numbers: str) -> None:
    body = archive(table(*(row(number, f"C{number} LTD") for number in numbers)))
    server.publish("en_output.html", f"BasicCompanyDataAsOneFile-{day}.zip", body)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@team.example", data=tmp_path / "data", sources={"gb_coh": SourceConfig()})


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def refresh(config: Config, said: list[str]) -> Refresh:
    def run(**options: object) -> RefreshReport:
        return refreshing.refresh(config, progress=silent, say=said.append, **options)  # type: ignore[arg-type]

    return run


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def companies(config: Config) -> dict[object, object]:
    rows = ask(config, "SELECT source_key, name FROM core.source_record WHERE known_to IS NULL")
    return {one["source_key"]: one["name"] for one in rows}


def landed(report: RefreshReport) -> list[tuple[str, str]]:
    return [(one.layout, one.coverage) for one in report.deliveries if one.outcome == "ok"]


def test_from_month_to_month(server: CompaniesHouseServer, refresh: Refresh, config: Config, said: list[str]) -> None:
    assert landed(refresh()) == [("basic_company_data", "complete"), ("corporate_owner", "complete")]
    assert companies(config) == {
        number: f"C{number} LTD" for number in ("00000001", "00000002", "00000003", "00000005")
    }
    [link] = ask(config, "SELECT record_id, kind, value FROM core.relation WHERE known_to IS NULL")
    assert list(link.values()) == ["gb_coh:00000001", "parent", "00000003"]
    assert "1 of 2 lines are about natural persons" in "\n".join(said)

    assert landed(refresh()) == []  # the same table, and a stream that begins now
    server.change("00000002", profile("00000002", "LIVE LTD"), at=TODAY)
    server.live = 1
    assert landed(refresh()) == [("company_profile", "delta")]
    assert companies(config)["00000002"] == "LIVE LTD"

    # the next table was made before that change, and lacks one that ended
    publish(server, "2026-11-01", "00000001", "00000002", "00000004", "00000005")
    assert landed(refresh()) == [("basic_company_data", "complete"), ("company_profile", "delta")]
    assert "gb_coh: unchanged since the last run." in said  # the owners
    assert companies(config) == {
        "00000001": "C00000001 LTD",
        "00000002": "LIVE LTD",
        "00000004": "C00000004 LTD",
        "00000005": "C00000005 LTD",
    }
    publish(server, "2026-12-01", "00000004")
    with pytest.raises(ConfirmationNeeded, match="absent from this complete delivery"):
        refresh()
    files = [path.read_bytes() for path in config.data.rglob("*") if path.is_file()]
    for secret in (PERSON, "Personsdottir", BORN, API_KEY, STREAM_KEY):
        assert not [one for one in files if secret.encode() in one]


@pytest.mark.usefixtures("only_landed")
def test_an_archive_that_breaks_leaves_all_as_it_was(
    server: CompaniesHouseServer, refresh: Refresh, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh()
    before, kept = companies(config), sorted(config.landing.rglob("*"))
    publish(server, "2026-11-01", "00000001", "00000002", "00000004", "00000005")
    name = "BasicCompanyDataAsOneFile-2026-11-01.zip"
    whole = server.files[name]
    server.files[name] = whole[:-30]
    monkeypatch.setattr(refresh_source, "ATTEMPTS", 1)
    with pytest.raises(RetryableError):
        refresh()
    assert (companies(config), sorted(config.landing.rglob("*"))) == (before, kept)
    server.files[name] = whole
    refresh()
    assert "00000004" in companies(config)
