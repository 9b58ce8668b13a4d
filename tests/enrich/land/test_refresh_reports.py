"""Annual reports of Swedish companies in a refresh: asked for with credentials only, and what they say of employees."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich.cli.app import app
from enrich.config import Config, load_config
from enrich.crm.take_in import import_file
from enrich.errors import InputInvalid
from enrich.progress import silent
from enrich.rates import land_shipped_rates
from sources.http import PoliteClient
from sources.record import Rate
from sources.registers import ecb_fx, se_bolagsverket
from tests.registers.hvd_server import HvdServer, archive, usual
from tests.registers.text_files import as_written

ALFA, BETA = "5560172933", "5560000019"


class WeeklyFile:
    """Sweden's register as a team has it that loads the weekly file by hand."""

    SOURCE = se_bolagsverket.SOURCE
    read_given = staticmethod(se_bolagsverket.read_given)
    fetch_accounts = staticmethod(se_bolagsverket.fetch_accounts)
    missing_credentials = staticmethod(se_bolagsverket.missing_credentials)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with two companies, one of them in the CRM and accepted as what it is."""
    folder = tmp_path_factory.mktemp("loaded")
    config = configured(folder)
    rows = [
        dict.fromkeys(se_bolagsverket.COLUMNS, "")
        | {
            "organisationsidentitet": f"{number}$ORGNR-IDORG",
            "organisationsnamn": f"{name}$FORETAGSNAMN-ORGNAM$2001-02-03",
            "organisationsform": "AB-ORGFO",
            "registreringsdatum": "2001-02-03",
            "postadress": "Storgatan 1$$GÖTEBORG$41101$SE-LAND",
        }
        for number, name in ((ALFA, "Alfa Verkstad AB"), (BETA, "Beta Handel AB"))
    ]
    weekly = folder / "bolagsverket_bulkfil.txt"
    weekly.write_bytes(as_written(se_bolagsverket.TEXT, se_bolagsverket.BULK, rows))
    crm = folder / "companies.csv"
    crm.write_text(f"name,country,organisation number\nAlfa Verkstad AB,SE,{ALFA}\n", encoding="utf-8")
    import_file(config, crm, kind="companies", progress=silent)
    refreshing.refresh(config, names=["se_bolagsverket"], file=weekly, progress=silent, say=silent_words)
    return folder


@pytest.fixture
def hvd(monkeypatch: pytest.MonkeyPatch) -> Iterator[HvdServer]:
    with HvdServer() as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(refreshing, "find_sources", lambda: {"se_bolagsverket": WeeklyFile()})
        yield server


@pytest.fixture
def config(loaded: Path, tmp_path: Path) -> Config:
    shutil.copytree(loaded / "data", tmp_path / "data", symlinks=True)
    return configured(tmp_path)


def configured(folder: Path) -> Config:
    return Config.model_validate({"who": "kari@team.example", "data": folder / "data", "crm": {"country": "SE"}})


def silent_words(_: str) -> None:
    """Say nothing."""


def refresh(config: Config) -> list[str]:
    said: list[str] = []
    refreshing.refresh(config, progress=silent, say=said.append)
    return said


def company(config: Config, number: str) -> Row:
    with Warehouse.open_to_read(config.published / "companies.duckdb") as companies:
        [row] = companies.ask(
            "SELECT employees_low, employees_high, employees_state, employees_date::VARCHAR AS employees_date "
            f"FROM mart.company WHERE registration_number = '{number}'"
        )
    return row


def test_average_employees_count_where_the_register_says_nothing(config: Config, hvd: HvdServer) -> None:
    nobody = dict.fromkeys(("employees_low", "employees_high", "employees_date")) | {"employees_state": "not_supplied"}
    assert company(config, ALFA) == nobody
    hvd.file(ALFA, archive(usual(ALFA)))
    said = refresh(config)
    assert "se_bolagsverket: accounts of 1 company asked for = 1 hit" in said
    assert hvd.asked_for() == ["dokumentlista", f"dokument/{ALFA}_0"]
    assert company(config, ALFA) == {
        "employees_low": 12, "employees_high": 12, "employees_state": "exact", "employees_date": "2024-12-31",
    }  # fmt: skip
    assert company(config, BETA) == nobody
    refresh(config)
    assert hvd.asked_for() == ["dokumentlista", f"dokument/{ALFA}_0"]


def test_a_fraction_of_an_employee_is_a_range_and_nobody_is_zero(config: Config, hvd: HvdServer) -> None:
    hvd.file(ALFA, archive(usual(ALFA, MedelantaletAnstallda="2.5")))
    refresh(config)
    assert {key: company(config, ALFA)[key] for key in ("employees_low", "employees_high", "employees_state")} == {
        "employees_low": 2, "employees_high": 3, "employees_state": "band",
    }  # fmt: skip
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        warehouse.execute("UPDATE core.account_inquiry SET asked_at = now() - INTERVAL 91 DAY")
    hvd.file(ALFA, archive(usual(ALFA, 2025, MedelantaletAnstallda="0")), to="2025-12-31", at="2026-06-01")
    refresh(config)
    row = company(config, ALFA)
    assert (row["employees_low"], row["employees_high"], row["employees_state"]) == (0, 0, "exact")


def test_revenue_and_employees_are_shown_with_their_source(config: Config, hvd: HvdServer, tmp_path: Path) -> None:
    hvd.file(ALFA, archive(usual(ALFA)))
    refresh(config)
    written = tmp_path / "config.toml"
    written.write_text('who = "kari"\ndata = "data"\n', encoding="utf-8")
    shown = CliRunner().invoke(app, ["--config", str(written), "company", f"SE:{ALFA}"])
    assert "Revenue:    SEK 12,345,678, period to 2024-12-31 (se_bolagsverket)" in shown.stdout, shown.output
    assert "Employees:  12" in shown.stdout
    answer = CliRunner().invoke(app, ["--config", str(written), "company", f"SE:{ALFA}", "--json"])
    accounts = json.loads(answer.stdout)["data"]["accounts"]
    assert [one["average_employees"] for one in accounts] == ["12.00", None]


def test_revenue_is_asked_in_another_currency_by_the_rate_of_its_day(
    config: Config, hvd: HvdServer, tmp_path: Path
) -> None:
    hvd.file(ALFA, archive(usual(ALFA)))
    written = tmp_path / "config.toml"
    written.write_text(
        'who = "kari"\ndata = "data"\n[icp.sized.must]\ncountry = ["SE"]\nrevenue = "12M-13M NOK"\n', encoding="utf-8"
    )
    refresh(load_config(written, environ={}))
    shown = CliRunner().invoke(app, ["--config", str(written), "find", "--json", "--include", "little-known"])
    answer = json.loads(shown.stdout)["data"]
    assert [(one["name"], one["verdict"]) for one in answer["companies"]] == [
        ("Alfa Verkstad AB", "yes"),
        ("Beta Handel AB", "maybe"),
    ]
    assert "Revenue SEK 12,345,678 = NOK 12,707,677 (period to 2024-12-31; 1 SEK = 1.0293 NOK, ECB 2024-12-31)" in str(
        answer["companies"][0]["why"]
    )
    with Warehouse.open_to_read(config.published / "companies.duckdb") as companies:
        rates = companies.ask("SELECT count(DISTINCT rate_date) AS days FROM mart.exchange_rate")
    assert rates == [{"days": 1}]


class Bank:
    """A bank whose rates change between two days."""

    SOURCE = ecb_fx.SOURCE
    shipped_rates = staticmethod(ecb_fx.shipped_rates)
    asked: ClassVar[list[date | None]] = []
    told: ClassVar[tuple[Rate, ...]] = ()

    @classmethod
    def fetch_rates(cls, client: PoliteClient, *, newest: date | None) -> tuple[Rate, ...]:
        assert isinstance(client, PoliteClient)
        cls.asked.append(newest)
        return cls.told


def test_rates_are_fetched_from_the_newest_day_known_and_what_is_told_anew_counts(
    config: Config, hvd: HvdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"ecb_fx": Bank()})
    Bank.asked.clear()
    for per_euro in ("11.795", "11.8", "11.8"):
        Bank.told = (Rate(rate_date=date(2026, 11, 20), currency="NOK", per_euro=Decimal(per_euro)),)
        said = refresh(config)
        told = "ecb_fx: 1 rows in = 1 landed + 0 rejected, rates of 1 day to 2026-11-20"
        assert (told in said) != (f"{told}, all of them known" in said)
    assert Bank.asked == [None, date(2026, 11, 20), date(2026, 11, 20)]
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        rows = warehouse.ask("SELECT per_euro::DOUBLE AS r FROM core.exchange_rate WHERE rate_date = '2026-11-20'")
        runs = warehouse.ask("SELECT outcome FROM core.run WHERE source = 'ecb_fx' ORDER BY started_at")
    assert rows == [{"r": 11.8}]
    assert [row["outcome"] for row in runs] == ["ok", "ok", "unchanged"]
    with pytest.raises(InputInvalid, match="ecb_fx has no file"):
        refreshing.refresh(config, names=["ecb_fx"], file=Path("x"), progress=silent, say=silent_words)


def test_a_rate_that_came_with_the_program_is_not_taken_for_a_fetched_one(
    config: Config, hvd: HvdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"ecb_fx": Bank()})
    Bank.asked.clear()
    Bank.told = (Rate(rate_date=date(2026, 3, 2), currency="NOK", per_euro=Decimal("11.795")),)
    refresh(config)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        land_shipped_rates(warehouse)
        assert warehouse.ask("SELECT 1 FROM core.exchange_rate WHERE rate_date > '2026-03-02'")
    refresh(config)
    assert Bank.asked == [None, date(2026, 3, 2)]


def test_without_credentials_nobody_is_asked_and_it_is_said(
    config: Config, hvd: HvdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROSPEKT_SE_BOLAGSVERKET_SECRET")
    [sentence] = [text for text in refresh(config) if "annual reports" in text]
    assert sentence.startswith("se_bolagsverket: annual reports need PROSPEKT_SE_BOLAGSVERKET_SECRET: sign up")
    assert hvd.asked == []


def test_no_name_out_of_a_report_is_kept(config: Config, hvd: HvdServer) -> None:
    signed = usual(ALFA).replace(b"</body>", b"<p>Kari Sentinelsson, 19700102-1234</p></body>" + b"</body>")
    hvd.file(ALFA, archive(signed))
    refresh(config)
    kept = [path for path in config.data.rglob("*") if path.is_file() and b"Sentinelsson" in path.read_bytes()]
    assert kept == []
