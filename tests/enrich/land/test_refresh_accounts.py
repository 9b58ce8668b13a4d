"""Accounts over a real socket: of companies of the CRM first, then of those that an ICP reaches, within a budget."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.warehouse import Row, Warehouse
from enrich import accounts as asking
from enrich import refresh as refreshing
from enrich.cli.app import app
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.progress import silent
from sources.errors import RetryableError
from sources.registers import no_brreg
from sources.source import Expect
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.brreg_server import BrregServer, filed
from tests.registers.loopback import Said

IN_CRM, REACHED, OTHER, TRADER, SILENT = orgnrs(5)


class SmallRegister:
    """Norway's register with accounts, expected to be as small as the one on loopback is."""

    SOURCE = replace(no_brreg.SOURCE, parts=("enheter",), expect=Expect(min_rows=2, max_rows=100))
    fetch_bulk = staticmethod(no_brreg.fetch_bulk)
    fetch_changes = staticmethod(no_brreg.fetch_changes)
    fetch_accounts = staticmethod(no_brreg.fetch_accounts)


@contextmanager
def serve_five() -> Iterator[BrregServer]:
    with pytest.MonkeyPatch.context() as patch, BrregServer() as server:
        patch.setenv(no_brreg.SOURCE.base_url_env, server.url)
        patch.setattr(refreshing, "find_sources", lambda: {"no_brreg": SmallRegister()})
        server.tell(10, IN_CRM, "Ny")
        filed_2024 = {"sisteInnsendteAarsregnskap": "2024"}
        server.publish(
            as_csv(
                [
                    entity(IN_CRM, "ALFA AS", **filed_2024),
                    entity(REACHED, "BETA AS", **filed_2024),
                    entity(OTHER, "GAMMA AS", **filed_2024 | {"naeringskode1.kode": "01.110"}),
                    entity(TRADER, "KARI NORD", **filed_2024 | {"organisasjonsform.kode": "ENK"}),
                    entity(SILENT, "DELTA AS"),
                ]
            )
        )
        for number in (IN_CRM, REACHED, OTHER, TRADER, SILENT):
            server.accounts[number] = [filed(number)]
        yield server


@pytest.fixture
def brreg() -> Iterator[BrregServer]:
    with serve_five() as server:
        yield server


def configured(data: Path, most: int) -> Config:
    return Config.model_validate(
        {
            "who": "kari@team.example",
            "data": data,
            "crm": {"country": "NO"},
            "sources": {"no_brreg": {"most_lookups": most}},
            "icp": {"software": {"must": {"industry": ["62"]}}},
        }
    )


@pytest.fixture(scope="module")
def _loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = configured(tmp_path_factory.mktemp("loaded"), 0)
    crm = tmp_path_factory.mktemp("crm") / "companies.csv"
    crm.write_text(f"name,country,organisation number\nAlfa AS,NO,{IN_CRM}\n", encoding="utf-8")
    with serve_five():
        refresh(config)
        import_file(config, crm, kind="companies", progress=silent)
        refresh(config)
    return config.data


@pytest.fixture
def loaded(_loaded_once: Path, brreg: BrregServer, tmp_path: Path) -> Config:
    """A warehouse with five entities: one in the CRM, one that the ICP reaches besides, and others; nobody was asked; a copy a test."""
    shutil.copytree(_loaded_once, tmp_path / "data", symlinks=True)
    return configured(tmp_path / "data", 0)


def refresh(config: Config, say: Callable[[str], None] = lambda _: None) -> None:
    refreshing.refresh(config, progress=silent, say=say)


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def asked_for(brreg: BrregServer) -> list[str]:
    return [asked.path.rsplit("/", 1)[1] for asked in brreg.asked if "/regnskap/" in asked.path]


def with_budget(config: Config, most: int) -> Config:
    return configured(config.data, most)


@pytest.mark.usefixtures("only_landed")
def test_companies_of_the_crm_come_first_then_those_an_icp_reaches_and_nobody_else(
    loaded: Config, brreg: BrregServer
) -> None:
    said: list[str] = []
    refresh(with_budget(loaded, 1), said.append)
    assert asked_for(brreg) == [IN_CRM]
    assert "no_brreg: accounts of 1 company asked for = 1 hit; 1 more in the next refreshes" in said
    refresh(with_budget(loaded, 10))
    refresh(with_budget(loaded, 10))
    assert asked_for(brreg) == [IN_CRM, REACHED]


def test_accounts_are_published_and_shown_with_their_currency(
    loaded: Config, brreg: BrregServer, tmp_path: Path
) -> None:
    brreg.accounts[IN_CRM] = [filed(IN_CRM, valuta="EUR"), filed(IN_CRM, id=1, regnskapstype="KONSERN")]
    refresh(with_budget(loaded, 10))
    with Warehouse.open_to_read(loaded.published / "companies.duckdb") as companies:
        [row] = companies.ask(
            "SELECT id_label, kind, currency, account.revenue, profit FROM mart.account JOIN mart.company USING (company_id) "
            "WHERE currency = 'EUR'"
        )
    assert {**row, "revenue": str(row["revenue"]), "profit": str(row["profit"])} == {
        "id_label": f"NO:{IN_CRM}",
        "kind": "company",
        "currency": "EUR",
        "revenue": "4200000.00",
        "profit": "0.00",
    }
    written = tmp_path / "config.toml"
    written.write_text('who = "kari"\ndata = "data"\n', encoding="utf-8")
    shown = CliRunner().invoke(app, ["--config", str(written), "company", f"NO:{IN_CRM}"])
    assert "Revenue:    EUR 4,200,000, period to 2024-12-31 (no_brreg)" in shown.stdout, shown.output
    answer = CliRunner().invoke(app, ["--config", str(written), "company", f"NO:{IN_CRM}", "--json"])
    assert [one["kind"] for one in json.loads(answer.stdout)["data"]["accounts"]] == ["company", "group"]


def test_newer_accounts_are_asked_for_when_the_register_says_that_they_were_filed(
    loaded: Config, brreg: BrregServer
) -> None:
    refresh(with_budget(loaded, 10))
    brreg.accounts[IN_CRM] = [filed(IN_CRM, 2025, eiendeler={"sumEiendeler": 7})]
    ask(
        loaded,
        "UPDATE core.source_record SET last_accounts_year = 2025 WHERE source_key = '" + IN_CRM + "' RETURNING 1",
    )
    refresh(with_budget(loaded, 10))
    refresh(with_budget(loaded, 10))
    assert asked_for(brreg) == [IN_CRM, REACHED, IN_CRM]
    periods = ask(
        loaded,
        f"SELECT year(period_to) AS y FROM core.account WHERE record_id = 'no_brreg:{IN_CRM}' AND known_to IS NULL",
    )
    assert {row["y"] for row in periods} == {2024, 2025}


@pytest.mark.usefixtures("only_landed")
def test_corrected_accounts_become_a_new_version_and_unchanged_ones_do_not(loaded: Config, brreg: BrregServer) -> None:
    refresh(with_budget(loaded, 10))
    ask(loaded, "UPDATE core.account_inquiry SET asked_at = asked_at - INTERVAL 366 DAY RETURNING 1")
    brreg.accounts[IN_CRM] = [filed(IN_CRM, id=9, valuta="EUR")]
    refresh(with_budget(loaded, 10))
    rows = ask(
        loaded,
        "SELECT record_id, currency, known_to IS NULL AS is_current FROM core.account ORDER BY record_id, known_from",
    )
    assert [tuple(row.values()) for row in rows] == [
        (f"no_brreg:{IN_CRM}", "NOK", False),
        (f"no_brreg:{IN_CRM}", "EUR", True),
        (f"no_brreg:{REACHED}", "NOK", True),
    ]


@pytest.mark.usefixtures("only_landed")
def test_a_company_without_accounts_or_on_which_the_service_fails_waits_a_month(
    loaded: Config, brreg: BrregServer
) -> None:
    del brreg.accounts[IN_CRM]
    brreg.fails_on.add(REACHED)
    said: list[str] = []
    refresh(with_budget(loaded, 10), said.append)
    assert "no_brreg: accounts of 2 companies asked for = 1 failed + 1 no data" in said
    refresh(with_budget(loaded, 10))
    assert len(asked_for(brreg)) == 2
    ask(loaded, "UPDATE core.account_inquiry SET asked_at = asked_at - INTERVAL 31 DAY RETURNING 1")
    refresh(with_budget(loaded, 10))
    assert len(asked_for(brreg)) == 4


@pytest.mark.usefixtures("only_landed")
def test_accounts_that_cannot_be_trusted_are_rejects_with_their_reason(loaded: Config, brreg: BrregServer) -> None:
    brreg.accounts[IN_CRM] = [filed(IN_CRM, valuta="valutakode")]
    refresh(with_budget(loaded, 1))
    rejects = ask(loaded, "SELECT source_key, reason_code FROM raw.reject")
    assert rejects == [{"source_key": IN_CRM, "reason_code": "missing_currency"}]
    [run] = ask(loaded, "SELECT rows_in, rows_landed, rows_rejected FROM core.run WHERE stage = 'accounts'")
    assert run == {"rows_in": 1, "rows_landed": 0, "rows_rejected": 1}


@pytest.mark.usefixtures("only_landed")
def test_what_came_before_the_service_went_down_is_landed_and_the_next_refresh_goes_on(
    loaded: Config, brreg: BrregServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 1)
    answered = brreg.answer
    monkeypatch.setattr("sources.kinds.one_by_one.MOST_FAILED_IN_A_ROW", 1)
    monkeypatch.setattr(brreg, "answer", lambda asked: Said(status=500) if REACHED in asked.path else answered(asked))
    with pytest.raises(RetryableError, match="fails on every company asked"):
        refresh(with_budget(loaded, 10))
    monkeypatch.setattr(brreg, "answer", answered)
    refresh(with_budget(loaded, 10))
    assert asked_for(brreg) == [IN_CRM, REACHED, REACHED]
    assert len(ask(loaded, "SELECT 1 AS one FROM core.account")) == 2


def test_no_time_left_asks_nobody(loaded: Config, brreg: BrregServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_SECONDS", 0.0)
    refresh(with_budget(loaded, 10))
    assert asked_for(brreg) == []
