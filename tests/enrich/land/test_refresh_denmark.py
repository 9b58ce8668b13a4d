"""A refresh of a register behind a login: left out without one, and never loaded where its index answers in part."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich.cli.exits import exit_code_of
from enrich.config import Config, SourceConfig
from enrich.progress import silent
from enrich.refresh import RefreshReport
from sources.errors import RetryableError, SourceAborted
from sources.registers import dk_cvr as register
from sources.registers import dk_datafordeler
from sources.source import Coverage, Expect
from tests.registers.cvr_server import PASSWORD, USER, CvrServer, company
from tests.registers.datafordeler_server import KEY, PERSON, DatafordelerServer

NOVO, MAERSK, A = 24256790, 22756214, 25052943


@pytest.fixture
def cvr(monkeypatch: pytest.MonkeyPatch) -> Iterator[CvrServer]:
    monkeypatch.setattr(register, "SOURCE", replace(register.SOURCE, expect=Expect(min_rows=2, max_rows=100)))
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"dk_cvr": register})
    with CvrServer() as server:
        monkeypatch.setenv(register.SOURCE.base_url_env, server.url)
        monkeypatch.setenv("PROSPEKT_DK_CVR_USER", USER)
        monkeypatch.setenv("PROSPEKT_DK_CVR_PASSWORD", PASSWORD)
        server.put(
            company(NOVO, "Novo A/S"), company(MAERSK, "Mærsk A/S", reklamebeskyttet=True), company(A, "Alfa ApS")
        )
        yield server


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@team.example", data=tmp_path / "data")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def refresh(config: Config, said: list[str]) -> Callable[..., RefreshReport]:
    def run(**options: object) -> RefreshReport:
        return refreshing.refresh(config, progress=silent, say=said.append, **options)  # type: ignore[arg-type]

    return run


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def test_one_that_nobody_switched_on_is_not_told_of(
    cvr: CvrServer, refresh: Callable[..., RefreshReport], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "SOURCE", replace(register.SOURCE, is_opt_in=True))
    monkeypatch.delenv("PROSPEKT_DK_CVR_PASSWORD")
    assert refresh().deliveries == ()
    assert said == []
    assert cvr.asked == []


def test_without_a_login_the_others_go_on_and_by_name_it_is_asked_for(
    cvr: CvrServer,
    refresh: Callable[..., RefreshReport],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    config: Config,
) -> None:
    monkeypatch.delenv("PROSPEKT_DK_CVR_PASSWORD")
    assert refresh().deliveries == ()
    assert said == ["dk_cvr: left out, it wants a login that is not set (docs/sources/dk_cvr.md)."]
    with pytest.raises(SourceAborted, match="PROSPEKT_DK_CVR_PASSWORD is not set"):
        refresh(names=["dk_cvr"])
    assert cvr.asked == []
    refreshing.refresh(
        Config(who="x", data=config.data, sources={"dk_cvr": SourceConfig(enabled=False)}),
        progress=silent,
        say=said.append,
    )
    assert len([one for one in said if "left out" in one]) == 1


def test_what_was_loaded_stays_where_the_index_answers_in_part(
    cvr: CvrServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    [loaded] = refresh().deliveries
    assert loaded.landed is not None
    assert (loaded.coverage, loaded.landed.added) == ("complete", 3)
    [protected] = ask(config, "SELECT name FROM core.company WHERE is_marketing_protected")
    assert protected["name"] == "Mærsk A/S"
    before = ask(config, "SELECT * FROM core.source_record ORDER BY record_id")
    folders = sorted(config.landing.rglob("*"))
    cvr.failed_shards = 1
    with pytest.raises(RetryableError, match="Try again later") as busy:
        refresh(coverage=Coverage.COMPLETE)
    assert exit_code_of(busy.value) == 75
    cvr.failed_shards = 0
    cvr.types = []
    with pytest.raises(SourceAborted, match="knows none of"):
        refresh(coverage=Coverage.COMPLETE)
    cvr.types = ["virksomhed"]
    for number in (MAERSK, A):
        del cvr.documents[number]
    with pytest.raises(SourceAborted, match="holds 1 records"):
        refresh(coverage=Coverage.COMPLETE)
    assert ask(config, "SELECT * FROM core.source_record ORDER BY record_id") == before
    assert sorted(config.landing.rglob("*")) == folders
    cvr.put(company(MAERSK, "Mærsk Gruppen A/S", loaded="2099-01-01T00:00:00.000+01:00"))
    [followed] = refresh().deliveries
    assert followed.landed is not None
    assert (followed.coverage, followed.landed.changed) == ("delta", 1)
    files = [path for path in config.data.rglob("*") if path.is_file()]
    assert not [path for path in files for secret in (PASSWORD, "Personsen") if secret.encode() in path.read_bytes()]


def test_a_sole_trader_in_the_weekly_files_is_in_the_people_file_alone_and_who_is_no_company_in_none(
    monkeypatch: pytest.MonkeyPatch, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    """A person may be a unit of its own, whose home is among the addresses: as with dk_cvr, landed and never shown."""

    def unit(number: str, name: str, form: str | None) -> dict[str, object]:
        since = "2015-03-01T00:00:00.000000Z"
        home = {"AdresseringAnvendelse": "beliggenhedsadresse", "CVRAdresse_vejnavn": f"{name.split()[0]}vej"}
        return {
            "CVRNummer": number,
            **dict.fromkeys(("virksomhedStartdato", "virksomhedOphoersdato", "status"), ""),
            "navn": [{"vaerdi": name, "virkningFra": since, "sekvens": "0"}],
            "virksomhedsform": [] if form is None else [{"vaerdi": form, "virkningFra": since}],
            "adressering": [home | {"CVRAdresse_postnummer": "2100", "CVRAdresse_postdistrikt": "København Ø"}],
            "branche": [{"vaerdi": "621000", "virkningFra": since, "sekvens": "0"}],
            "reklamebeskyttelse": [{"vaerdi": "false", "virkningFra": since}],
        }

    expect = Expect(min_rows=2, max_rows=100)
    monkeypatch.setattr(dk_datafordeler, "SOURCE", replace(dk_datafordeler.SOURCE, expect=expect, is_opt_in=False))
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"dk_datafordeler": dk_datafordeler})
    with DatafordelerServer() as server:
        monkeypatch.setenv(dk_datafordeler.SOURCE.base_url_env, server.url)
        monkeypatch.setenv(dk_datafordeler.SOURCE.login_envs[0], KEY)
        traders = [unit("10000009", "Sigrid Plantet", "10"), unit("10000017", "Uform Plantet", None)]
        server.publish(345, [unit("25052943", "Alfa A/S", "60"), *traders])
        stages = refresh().stages
    assert stages is not None
    with duckdb.connect(str(config.published / "people.duckdb"), read_only=True) as people:
        named = people.execute("SELECT name FROM mart.person_company ORDER BY name").fetchall()
    assert named == [("Sigrid Plantet",), ("Uform Plantet",)]
    shown = (config.published / "companies.duckdb").read_bytes()
    assert b"Alfa A/S" in shown
    assert not [planted for planted in (b"Plantet", b"Sigridvej", b"Uformvej") if planted in shown]
    files = [path.read_bytes() for path in config.data.rglob("*") if path.is_file()]
    assert not [one for one in files for planted in (*PERSON, "Sentinel") if planted.encode() in one]
