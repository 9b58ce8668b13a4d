"""Tenders from real sockets to the published file: on who won and who buys, with amounts, and without their persons."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich.cli.app import app
from enrich.config import Config
from enrich.progress import silent
from sources.registers import no_brreg
from sources.signals import eu_ted, no_doffin
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.tender_server import KEY, SENTINELS, DoffinServer, TedServer, doffin_notice, ted_notice

WINNER, BUYER, TRADER = orgnrs(3)
DAY = datetime.now(ZoneInfo("Europe/Oslo")).date() - timedelta(days=5)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A register, TED and Doffin, loaded: an award of each, and one that a sole trader won."""
    folder = tmp_path_factory.mktemp("tenders")
    of = Config.model_validate({"who": "kari", "data": folder / "data", "icp": {"it": {"must": {"country": ["NO"]}}}})
    path = folder / "enheter.csv"
    rows = [
        entity(WINNER, "ALFA AS"),
        entity(BUYER, "BETA KOMMUNE", **{"organisasjonsform.kode": "KOMM"}),
        entity(TRADER, "KARI NORD", **{"organisasjonsform.kode": "ENK"}),
    ]
    path.write_bytes(as_csv(rows, no_brreg.ENHETER_2024.columns))
    parties = {"buyer-identifier": [BUYER], "winner-identifier": [f"NO{WINNER}MVA"]}
    ted = TedServer(
        [ted_notice("1-2026", DAY, **parties), ted_notice("2-2026", DAY, **parties | {"winner-identifier": [TRADER]})]
    )
    lots = [
        {
            "heading": "Del",
            "description": "",
            "winner": [{"id": "w", "organizationId": WINNER, "name": "Sentinelvinner"}],
        }
    ]
    buyer = [{"id": "b", "organizationId": BUYER, "name": "Sentinelkommune"}]
    doffin = DoffinServer([doffin_notice("2026-100001", DAY, buyer=buyer, lots=lots)])
    with pytest.MonkeyPatch.context() as patch, ted, doffin:
        for of_notices in (eu_ted, no_doffin):
            quick = replace(of_notices.SOURCE, requests_per_minute=100_000)
            patch.setattr(of_notices, "SOURCE", quick)
        patch.setattr(refreshing, "is_behind", lambda *_: False)  # published once, at the end
        patch.setenv(eu_ted.SOURCE.base_url_env, ted.origin)
        patch.setenv(no_doffin.SOURCE.base_url_env, doffin.origin)
        patch.setenv(no_doffin.KEY_ENV, KEY)
        refreshing.refresh(of, names=["no_brreg"], file=path, progress=silent, say=lambda _: None)
        refreshing.refresh(of, names=["no_doffin"], progress=silent, say=lambda _: None)
    with pytest.MonkeyPatch.context() as patch, TedServer(ted.notices) as again:
        patch.setattr(eu_ted, "SOURCE", replace(eu_ted.SOURCE, requests_per_minute=100_000))
        patch.setenv(eu_ted.SOURCE.base_url_env, again.origin)
        refreshing.refresh(of, names=["eu_ted"], progress=silent, say=lambda _: None)
    return of


def published(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_read(config.published / "companies.duckdb") as companies:
        return companies.ask(sql)


def test_a_tender_is_who_won_its_and_who_buys_its(config: Config) -> None:
    rows = published(
        config,
        "SELECT signal_id, id_label, kind, signal.status, amount, amount_currency, subjects[1].code AS code, title, is_agency "
        "FROM mart.signal AS signal JOIN mart.company USING (company_id) ORDER BY signal_id",
    )
    assert [tuple(str(value) for value in list(row.values())[:7]) for row in rows] == [
        ("eu_ted:1-2026:buyer:1", f"NO:{BUYER}", "tender_buyer", "ended", "1250000.50", "NOK", "72000000"),
        ("eu_ted:1-2026:winner:1", f"NO:{WINNER}", "tender_won", "ended", "1250000.50", "NOK", "72000000"),
        ("eu_ted:2-2026:buyer:1", f"NO:{BUYER}", "tender_buyer", "ended", "1250000.50", "NOK", "72000000"),
        ("no_doffin:2026-100001:buyer:1", f"NO:{BUYER}", "tender_buyer", "ended", "2000000.00", "NOK", "55520000"),
        ("no_doffin:2026-100001:winner:1", f"NO:{WINNER}", "tender_won", "ended", "None", "None", "55520000"),
    ]
    assert {row["title"] for row in rows} == {"Norway – IT services – Kjøp av IT-tjenester", "Rammeavtale for møtemat"}
    assert {row["is_agency"] for row in rows} == {None}


def test_only_doffin_says_that_there_is_none_and_only_of_norway(config: Config) -> None:
    rows = published(config, "SELECT source, kind, country_code FROM mart.signal_coverage ORDER BY kind")
    assert [tuple(row.values()) for row in rows] == [
        ("no_doffin", "tender_buyer", "NO"),
        ("no_doffin", "tender_won", "NO"),
    ]


def test_what_a_sole_trader_won_is_not_kept_and_no_name_or_contact_anywhere(config: Config) -> None:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert not warehouse.ask(f"SELECT signal_id FROM core.signal WHERE employer_value = '{TRADER}'")
    files = [path for path in config.data.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        data = path.read_bytes()
        assert not [text for text in SENTINELS if text.encode() in data], path


def test_a_search_finds_who_won_what_and_says_it(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        f'who = "kari"\ndata = "{config.data}"\n[icp.it.must]\ncountry = ["NO"]\n'
        'signals = { kind = "tender_won", cpv = ["72"], days = 60 }\n'
    )
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    found = json.loads(runner.invoke(app, ["find", "--json"]).stdout)["data"]
    assert [one["id_label"] for one in found["companies"]] == [f"NO:{WINNER}"]
    assert f"tenders won for CPV 72: 1 of {DAY}" in found["companies"][0]["why"]
    shown = runner.invoke(app, ["company", f"NO:{WINNER}"])
    assert "CPV 72000000" in shown.stdout
    assert "1,250,000.5" in shown.stdout or "1250000.50" in shown.stdout
    told = runner.invoke(app, ["why", f"NO:{BUYER}"])
    assert "no tenders won for CPV 72 since" in told.stdout
