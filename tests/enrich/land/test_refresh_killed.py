"""A refresh of all registers on loopback, killed again and again: nothing is lost, nothing planted stays, the next completes.

The process really ends (`os._exit`): no clean-up runs, and what it left lies there.
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich import refresh as refreshing
from enrich.cli.exits import exit_code_of
from enrich.config import Config, load_config
from enrich.errors import SourcesFailed
from enrich.played import PlayedRegisters, play_registers
from enrich.progress import silent
from enrich.sites import BATCH
from sources.http import PoliteClient
from sources.web import Visit
from tests.enrich.cli.test_demo_network import find_in_files
from tests.registers.play_numbered import SWITCHBOARD

KILLED = 9
_DYING = """\
import os, sys
from itertools import count
from pathlib import Path
from db.warehouse import Warehouse
from enrich.config import load_config
from enrich.played import expecting_little, finding_sites_at
from enrich.progress import silent
from enrich.refresh import refresh
from sources.http import PoliteClient
from sources.web import Visit

_, config, data, names, web, counted, number = sys.argv
steps = count(1)

def dying(call, name=None):
    def run(self, *arguments, **options):
        if counted in ("any", name or arguments[0]) and next(steps) == int(number):
            os._exit(9)
        return call(self, *arguments, **options)
    return run

Warehouse.run = dying(Warehouse.run)
PoliteClient._send, Visit._fetch = dying(PoliteClient._send, "request"), dying(Visit._fetch, "page")
with expecting_little(names.split(",")), finding_sites_at(int(web)):
    refresh(load_config(Path(config), data=Path(data), environ={}), names=names.split(","), yes=True, progress=silent, say=lambda _: None)
"""
"""Ends before the step of that number: of any, or of those counted, by the name that `noting` gives them."""
LEDGER = {
    "source_record": "record_id, name, status, status_date, employees_low, is_closed",
    "relation": "record_id, kind, scheme, value",
    "signal": "signal_id, status, title, ended_date",
    "account": "record_id, kind, period_to, revenue, currency",
    "role": "record_id, role_code, holder_name",
    "site": "record_id, domain, url, evidence_code, emails, phones",
    "crm_company": "crm_id, name, is_closed",
    "crm_contact": "crm_id, is_closed",
    "crm_deal": "crm_id, is_closed",
    "crm_owner": "crm_id, is_closed",
}

AS_OTHERS = {
    "ee_ariregister",
    "lv_ur",
    "fr_sirene",
    "ie_cro",
    "no_ssb_klass",
    "eu_ted",
    "no_doffin",
    "gb_coh",
    "wikidata",
    "us_sec_tickers",
    "cz_ares",
    "pl_krs",
    "ch_zefix",
    "us_sec",
    "eu_vies",
    "fr_annuaire",
}
"""They land as others do that are killed here."""
DAYS = {
    "first": (("any", 0.15), ("any", 0.5)),
    "second": (("any", 0.1), ("any", 0.4), ("land/sites", 1.0)),
}
"""Where refreshes are killed: at which share of all steps, or of those of a name, that one takes which is not. The last
has landed a batch of sites, and dies amid the next."""
SOONER = {"account", "role", "site", "site_inquiry", "exchange_rate"}
"""Asked of companies that an earlier refresh matched or reached, or since the newest day that it knew."""


def configured(data: Path) -> Config:
    network = Path(refreshing.__file__).parent / "demo" / "network.toml"
    return load_config(network, data=data, environ={})


def refresh(config: Config, played: PlayedRegisters) -> list[str]:
    said: list[str] = []
    refreshing.refresh(config, names=played.sources, yes=True, progress=silent, say=said.append)
    return said


def ledger(config: Config) -> dict[str, list[tuple[object, ...]]]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        found = {
            table: warehouse.ask(f"SELECT {columns} FROM core.{table} WHERE known_to IS NULL ORDER BY ALL")
            for table, columns in LEDGER.items()
        }
        found["site_inquiry"] = warehouse.ask(
            "SELECT record_id, domain, outcome, reason_code FROM core.site_inquiry ORDER BY ALL"
        )
        found["exchange_rate"] = warehouse.ask(
            "SELECT rate_date, currency, per_euro FROM core.exchange_rate ORDER BY ALL"
        )
    return {table: [tuple(row.values()) for row in rows] for table, rows in found.items()}


def noting(patch: pytest.MonkeyPatch) -> list[str]:
    """The steps of the refreshes to come: questions to the warehouse by name, requests, and pages of sites."""
    steps: list[str] = []

    def noted(call: Any, name: str | None = None) -> Any:
        def run(self: Any, *arguments: Any, **options: Any) -> Any:
            steps.append(name or arguments[0])
            return call(self, *arguments, **options)

        return run

    patch.setattr(Warehouse, "run", noted(Warehouse.run))
    patch.setattr(PoliteClient, "_send", noted(PoliteClient._send, "request"))
    patch.setattr(Visit, "_fetch", noted(Visit._fetch, "page"))
    return steps


def kill_at(number: int, counted: str, config: Config, played: PlayedRegisters) -> bool:
    """Whether it was killed, and did not come to its end before that step of those counted."""
    network = Path(refreshing.__file__).parent / "demo" / "network.toml"
    told = (network, config.data, ",".join(played.sources), played.web, counted, number)
    done = subprocess.run([sys.executable, "-c", _DYING, *map(str, told)], check=False, capture_output=True, text=True)
    assert done.returncode in (0, KILLED), done.stderr
    return done.returncode == KILLED


def test_whatever_is_killed_loses_nothing_and_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, killed = configured(tmp_path / "whole"), configured(tmp_path / "killed")
    kills = list[str]()
    with play_registers(most_companies=40) as all_played:
        played = replace(all_played, sources=tuple(name for name in all_played.sources if name not in AS_OTHERS))
        for day, ends in DAYS.items():
            if day == "second":
                played.tomorrow()
            with pytest.MonkeyPatch.context() as patch:
                steps = noting(patch)
                refresh(whole, played)
            for counted, share in ends:
                number = int(share * (len(steps) if counted == "any" else steps.count(counted)))
                kills += [counted] * kill_at(number, counted, killed, played)
                assert find_in_files(killed.data, played.planted) == set()
            said = refresh(killed, played)
            before, after = ledger(whole), ledger(killed)
            for table, rows in before.items():
                if day == "first" and table in SOONER:
                    continue
                assert after[table] == rows, f"{day} day: core.{table}"
        # what was landed of sites before the last kill was not asked for again
        assert [one for one in said if one.startswith("company_site: sites of ") and one.endswith(f"; {BATCH} not due")]
        assert {str(row[-1]) for row in after["site"]} == {str([SWITCHBOARD])}
        monkeypatch.setenv("PROSPEKT_DEMO_HUBSPOT_TOKEN", "pat-of-nobody")
        said = []
        with pytest.raises(SourcesFailed, match="PROSPEKT_DEMO_HUBSPOT_TOKEN is refused") as refused:
            refreshing.refresh(killed, names=played.sources, progress=silent, say=said.append)
        assert exit_code_of(refused.value) == 1
        assert any(sentence.startswith("hubspot failed, the others go on") for sentence in said)
        assert {name for name in played.sources if any(one.startswith(f"{name}") for one in said)} == {*played.sources}
        assert ledger(killed) == after
    assert len(kills) >= 4
    assert "land/sites" in kills
    assert {table for table, rows in after.items() if not rows} == set()  # each kind was there to be lost
    with Warehouse.open_to_read(killed.published / "companies.duckdb") as companies:
        assert companies.ask("SELECT count(*) AS n FROM mart.company")[0]["n"] != 0
