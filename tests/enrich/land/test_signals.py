"""Job ads from a real socket to the published file: on the right company, with their ends, and without their persons."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich.cli.app import app
from enrich.config import Config
from enrich.erase import erase
from enrich.errors import ContractBroken, InputInvalid, SourcesFailed
from enrich.gate import read_key
from enrich.merge import merge_companies
from enrich.progress import silent
from enrich.signals import land_signals
from sources.errors import RetryableError
from sources.feed import SignalBatch
from sources.kinds import ad_stream
from sources.registers import no_brreg
from sources.signals import no_nav_jobs, se_jobtech
from sources.source import Coverage, Expect
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers import jobtech_server, nav_server
from tests.registers.jobtech_server import JobtechServer
from tests.registers.loopback import Said
from tests.registers.nav_server import NavServer

COMPANY, UNIT, TRADER, TRADERS_UNIT, AGENCY, LONELY_UNIT, STRANGER = orgnrs(7)
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()


def key(number: int) -> str:
    return f"0a1b2c3d-0000-4000-8000-{number:012}"


def nav_ad(number: int, orgnr: str, *, days_ago: int = 5, **more: Any) -> dict[str, Any]:
    published = (NOW - timedelta(days=days_ago)).replace(hour=11).isoformat()
    expires = (NOW + timedelta(days=20)).replace(hour=11).isoformat()
    return nav_server.ad(key(number), orgnr, published=published, expires=expires, **more)


def told_by_nav() -> NavServer:
    """The service with an ad of each employer."""
    server = NavServer()
    for number, orgnr in enumerate((COMPANY, UNIT, TRADER, TRADERS_UNIT, AGENCY, LONELY_UNIT, STRANGER)):
        server.tell(key(number), nav_ad(number, orgnr), NOW - timedelta(hours=10 - number))
    return server


@pytest.fixture
def nav(monkeypatch: pytest.MonkeyPatch) -> Iterator[NavServer]:
    with told_by_nav() as server:
        monkeypatch.setenv(no_nav_jobs.SOURCE.base_url_env, server.origin)
        yield server


def configured(data: Path) -> Config:
    return Config.model_validate(
        {
            "who": "kari@team.example",
            "data": data,
            "icp": {"hiring": {"must": {"country": ["NO"], "signals": {"occupations": ["sales"]}}}},
        }
    )


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return configured(tmp_path / "data")


def refresh(config: Config, name: str, say: list[str] | None = None, **more: Any) -> None:
    refreshing.refresh(config, names=[name], progress=silent, say=(say if say is not None else []).append, **more)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a register with sub-units, loaded, and the feed read once: copied by each test."""
    folder = tmp_path_factory.mktemp("once")
    config = configured(folder / "data")
    unit = {"organisasjonsform.kode": "BEDR"}
    enheter = [
        entity(COMPANY, "ALFA AS"),
        entity(TRADER, "KARI NORD", **{"organisasjonsform.kode": "ENK"}),
        entity(AGENCY, "BYRÅ AS", **{"naeringskode1.kode": "78.200"}),
    ]
    underenheter = [
        entity(UNIT, "ALFA AVD BERGEN", overordnetEnhet=COMPANY, **unit),
        entity(TRADERS_UNIT, "NORD", overordnetEnhet=TRADER, **unit),
        entity(LONELY_UNIT, "ENSLIG", overordnetEnhet=STRANGER, **unit),
    ]
    with pytest.MonkeyPatch.context() as patch, told_by_nav() as server:
        patch.setenv(no_nav_jobs.SOURCE.base_url_env, server.origin)
        patch.setattr(refreshing, "is_behind", lambda *_: False)  # published once, at the end
        for layout, rows in ((no_brreg.ENHETER_2024, enheter), (no_brreg.UNDERENHETER_2024, underenheter)):
            path = folder / f"{layout.name}.csv"
            path.write_bytes(as_csv(rows, layout.columns))
            refresh(config, "no_brreg", file=path)
        patch.undo()
        patch.setenv(no_nav_jobs.SOURCE.base_url_env, server.origin)
        refresh(config, "no_nav_jobs")
    return config.data


@pytest.fixture
def loaded(once: Path, nav: NavServer, config: Config) -> Config:
    shutil.copytree(once, config.data, symlinks=True)
    return config


def published(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_read(config.published / "companies.duckdb") as companies:
        return companies.ask(sql)


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def test_an_ad_is_its_companys_also_where_a_sub_unit_places_it(loaded: Config) -> None:
    rows = published(
        loaded,
        "SELECT signal_id, id_label, is_agency, source, licence FROM mart.signal JOIN mart.company USING (company_id)",
    )
    assert sorted((str(row["signal_id"])[-1], row["id_label"], row["is_agency"]) for row in rows) == [
        ("0", f"NO:{COMPANY}", False),
        ("1", f"NO:{COMPANY}", False),
        ("4", f"NO:{AGENCY}", True),
    ]
    assert {(row["source"], row["licence"]) for row in rows} == {("no_nav_jobs", "terms of use")}


def test_ads_of_natural_persons_and_their_sub_units_are_not_kept(loaded: Config) -> None:
    kept = {str(row["signal_id"])[-1] for row in ask(loaded, "SELECT signal_id FROM core.signal")}
    assert kept == {"0", "1", "4", "5", "6"}  # the last two wait for their employers to become known


def test_an_employer_that_a_register_brings_later_gets_its_ads(loaded: Config, tmp_path: Path) -> None:
    path = tmp_path / "later.csv"
    path.write_bytes(as_csv([entity(STRANGER, "GAMMA AS")]))
    refresh(loaded, "no_brreg", file=path)
    rows = published(
        loaded,
        f"SELECT signal_id FROM mart.signal JOIN mart.company USING (company_id) WHERE id_label = 'NO:{STRANGER}'",
    )
    assert sorted(str(row["signal_id"])[-1] for row in rows) == ["5", "6"]


def test_none_is_known_only_of_a_company_whose_number_leads_to_it_alone(loaded: Config, tmp_path: Path) -> None:
    silent_one, one, other = orgnrs(10)[7:]
    path = tmp_path / "more.csv"
    path.write_bytes(as_csv([entity(number, f"N{number} AS") for number in (silent_one, one, other)]))
    refresh(loaded, "no_brreg", file=path)
    told = "SELECT id_label, len(signals) AS count FROM core.company"
    counts = {row["id_label"]: row["count"] for row in ask(loaded, told)}
    assert counts[f"NO:{COMPANY}"] == 2
    assert [counts[f"NO:{number}"] for number in (TRADER, silent_one, one, other)] == [None, 0, 0, 0]
    with Warehouse.open_to_write(loaded.data, command="test") as warehouse:
        warehouse.execute(f"INSERT INTO core.identifier VALUES ('no_brreg:{other}', 'NO-ORGNR', '{one}')")
        warehouse.execute(f"UPDATE core.identifier SET scheme = 'LEI' WHERE value = '{silent_one}'")
        merge_companies(warehouse, loaded, "", silent)
        counts = {row["id_label"]: row["count"] for row in warehouse.ask(told)}
    assert counts[f"NO:{COMPANY}"] == 2
    assert [counts[f"NO:{number}"] for number in (silent_one, one, other)] == [None, None, None]


def test_an_ad_that_ends_stays_with_its_end(loaded: Config, nav: NavServer) -> None:
    nav.tell(key(0), None, NOW)
    said: list[str] = []
    refresh(loaded, "no_nav_jobs", said)
    [row] = published(loaded, f"SELECT * FROM mart.signal WHERE signal_id = 'no_nav_jobs:{key(0)}'")
    assert (row["status"], row["ended_date"], row["title"]) == ("ended", TODAY, "Selger")
    assert any("1 ended" in sentence for sentence in said)
    versions = ask(
        loaded, f"SELECT status, known_to IS NULL AS now FROM core.signal WHERE signal_id = 'no_nav_jobs:{key(0)}'"
    )
    assert sorted((str(row["status"]), row["now"]) for row in versions) == [("ended", True), ("open", False)]


def test_the_next_refresh_goes_on_and_an_unchanged_feed_publishes_nothing(loaded: Config, nav: NavServer) -> None:
    before = (loaded.published / "companies.duckdb").resolve()
    nav.asked.clear()
    said: list[str] = []
    refresh(loaded, "no_nav_jobs", said)
    assert not [asked for asked in nav.asked if asked.path == "/api/v1/feed"]
    assert (loaded.published / "companies.duckdb").resolve() == before
    [row] = ask(loaded, "SELECT outcome FROM core.run WHERE source = 'no_nav_jobs' ORDER BY run_id DESC LIMIT 1")
    assert row["outcome"] == "unchanged"
    assert "0 new, 0 changed" in said[0]


def test_a_feed_that_fails_on_the_way_keeps_what_was_landed_and_goes_on(
    loaded: Config, nav: NavServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nav.most_a_page = 2
    for number in range(20, 26):
        nav.tell(key(number), nav_ad(number, COMPANY), NOW + timedelta(seconds=number))
    nav.failing = {key(number) for number in range(23, 26)}
    monkeypatch.setattr("sources.kinds.page_feed.MOST_FAILED_IN_A_ROW", 2)
    with pytest.raises(RetryableError, match="fails on every ad"):
        refresh(loaded, "no_nav_jobs")
    count = "SELECT count(*) AS n FROM core.signal WHERE known_to IS NULL AND status = 'open'"
    [some] = ask(loaded, count)
    nav.failing = set()
    refresh(loaded, "no_nav_jobs")
    [all_of_them] = ask(loaded, count)
    assert 5 < int(str(some["n"])) < 11 == all_of_them["n"]


def test_a_dry_run_keeps_nothing(loaded: Config, nav: NavServer) -> None:
    nav.tell(key(30), nav_ad(30, COMPANY), NOW)
    said: list[str] = []
    before = ask(loaded, "SELECT count(*) AS n FROM core.signal")
    refresh(loaded, "no_nav_jobs", said, dry_run=True)
    assert "1 new" in said[0]
    assert "would be landed" in said[0]
    assert ask(loaded, "SELECT count(*) AS n FROM core.signal") == before


@pytest.mark.parametrize("value", [None, " ", "nøkkel", "a\nb"])
def test_a_secret_that_is_named_and_is_none_ends_only_its_source(
    loaded: Config, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("NAV_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("NAV_TOKEN", value)
    named = Config.model_validate(loaded.model_dump() | {"sources": {"no_nav_jobs": {"secret_env": "NAV_TOKEN"}}})
    said: list[str] = []
    with pytest.raises(SourcesFailed, match="NAV_TOKEN"):
        refreshing.refresh(named, names=["no_nav_jobs", "no_doffin"], progress=silent, say=said.append, dry_run=True)
    assert any("no_nav_jobs failed, the others go on" in line for line in said)


def test_a_feed_has_no_files(loaded: Config) -> None:
    given = loaded.data / "given.json"
    given.write_text("{}", encoding="utf-8")
    with pytest.raises(InputInvalid, match="no files to load by hand"):
        refresh(loaded, "no_nav_jobs", file=given)


def test_an_erased_employer_is_not_told_of_again(loaded: Config, nav: NavServer) -> None:
    erase(loaded, "organisation", f"NO:{TRADER}", why="asked for it")
    nav.tell(key(2), nav_ad(2, TRADER), NOW)
    said: list[str] = []
    refresh(loaded, "no_nav_jobs", said)
    assert "1 erased" in said[0]
    assert not ask(loaded, f"SELECT signal_id FROM core.signal WHERE employer_value = '{TRADER}'")


def test_no_contact_person_reaches_any_file(loaded: Config) -> None:
    files = [path for path in loaded.data.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        data = path.read_bytes()
        assert not [text for text in nav_server.SENTINELS if text.encode() in data], path


def test_a_search_finds_who_hires_says_why_and_knows_what_it_does_not(
    loaded: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        f'who = "kari"\ndata = "{loaded.data}"\n[icp.hiring.must]\ncountry = ["NO"]\n'
        'signals = { kind = "job_ad", occupations = ["sales"], days = 60 }\n'
    )
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    found = json.loads(runner.invoke(app, ["find", "--json"]).stdout)["data"]
    by_label = {one["id_label"]: one for one in found["companies"]}
    day = TODAY - timedelta(days=5)
    assert by_label[f"NO:{COMPANY}"]["verdict"] == "yes"
    assert f"2, the latest of {day} “Selger” (no_nav_jobs)" in by_label[f"NO:{COMPANY}"]["why"]
    shown = runner.invoke(app, ["company", f"NO:{COMPANY}"])
    assert shown.exit_code == 0, shown.output
    assert "Signals" in shown.stdout
    assert "3322 Selgere (engros)" in shown.stdout
    told = runner.invoke(app, ["why", f"NO:{AGENCY}"])
    assert "of an agency, perhaps for others" in told.stdout


# --- lists of all open ads ----------------------------------------------------------------------------------------
class SmallJobtech:
    """JobTech's service, expected to be as small as the one on loopback is."""

    SOURCE = replace(se_jobtech.SOURCE, expect=Expect(min_rows=1, max_rows=100), requests_per_minute=100_000)
    SIGNAL_KIND = se_jobtech.SIGNAL_KIND

    def fetch_signals(self, client: Any, *, landing: Path, cursor: str | None, secret: Any) -> Iterator[SignalBatch]:
        assert secret is None
        return ad_stream.follow_stream(client, self.SOURCE, se_jobtech.STREAM, landing=landing, cursor=cursor)

    read_given_signals = staticmethod(se_jobtech.read_given_signals)


@pytest.fixture
def jobtech(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobtechServer]:
    with JobtechServer() as server:
        monkeypatch.setenv(se_jobtech.SOURCE.base_url_env, server.origin)
        monkeypatch.setattr(refreshing, "find_sources", lambda: {"se_jobtech": SmallJobtech()})
        for number in range(3):
            server.tell(str(number), jobtech_server.ad(str(number), "5560360793"), NOW - timedelta(hours=9 - number))
        yield server


def test_a_complete_list_ends_what_it_lacks_and_one_too_short_ends_nothing(
    jobtech: JobtechServer, config: Config
) -> None:
    refresh(config, "se_jobtech")
    jobtech.tell("1", None, datetime.now(UTC))
    jobtech.events.clear()
    refresh(config, "se_jobtech", coverage=Coverage.COMPLETE)
    state = "SELECT signal_id, status, ended_date FROM core.signal WHERE known_to IS NULL ORDER BY signal_id"
    assert [(row["status"], row["ended_date"]) for row in ask(config, state)] == [
        ("open", None), ("ended", TODAY), ("open", None),
    ]  # fmt: skip
    jobtech.spoil(Said(body=b"[]"))
    with pytest.raises(ContractBroken, match="0 usable rows"):
        refresh(config, "se_jobtech", coverage=Coverage.COMPLETE)
    assert [row["status"] for row in ask(config, state)] == ["open", "ended", "open"]


def test_what_is_covered_is_known(jobtech: JobtechServer, config: Config) -> None:
    refresh(config, "se_jobtech")
    [row] = ask(config, "SELECT * FROM core.signal_coverage")
    assert (row["source"], row["kind"], row["country_code"]) == ("se_jobtech", "job_ad", "SE")
    assert row["covered_from"] == TODAY + timedelta(days=1)
    assert isinstance(row["covered_from"], date)


def test_days_with_an_ad_that_may_be_anybodys_or_that_failed_are_not_covered(loaded: Config, nav: NavServer) -> None:
    covered = "SELECT covered_from, covered_until FROM core.signal_coverage"
    [before] = ask(loaded, covered)
    nav.tell(key(8), nav_ad(8, COMPANY), NOW)
    nav.failing = {key(8)}
    refresh(loaded, "no_nav_jobs")
    assert ask(loaded, covered) == [before]
    nav.failing = set()
    nav.tell(key(9), nav_ad(9, "", days_ago=30), NOW)
    refresh(loaded, "no_nav_jobs")
    [after] = ask(loaded, covered)
    assert after["covered_from"] == TODAY - timedelta(days=29)
    assert str(after["covered_until"]) > str(before["covered_until"])
    assert ask(loaded, f"SELECT 1 FROM core.signal WHERE signal_id = 'no_nav_jobs:{key(8)}'")


def test_rejects_say_why_and_nothing_else(jobtech: JobtechServer, config: Config) -> None:
    jobtech.tell("9", jobtech_server.ad("9", None), datetime.now(UTC))
    said: list[str] = []
    refresh(config, "se_jobtech", said)
    [row] = ask(config, "SELECT source_key, reason_code, row_json FROM raw.reject")
    assert (row["source_key"], row["reason_code"], row["row_json"]) == ("9", "missing_number", None)
    assert "4 rows in = 3 landed + 1 rejected; 3 new" in said[0]
    key_of_tombstones = read_key(config)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        nothing = land_signals(warehouse, SmallJobtech(), iter(()), key=key_of_tombstones, progress=silent)
    assert nothing.landed.rows_in == 0
