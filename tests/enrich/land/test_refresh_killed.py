"""A refresh of all registers on loopback, killed again and again: nothing is lost, nothing planted stays, the next completes.

The process really ends (`os._exit`): no clean-up runs, and what it left lies there.
"""

import subprocess
import sys
from collections.abc import Callable
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
from sources.http import PoliteClient
from tests.enrich.cli.test_demo_network import find_in_files

KILLED = 9
_DYING = """\
import os, sys
from pathlib import Path
from db.warehouse import Warehouse
from enrich.config import load_config
from enrich.played import expecting_little
from enrich.progress import silent
from enrich.refresh import refresh
from sources.http import PoliteClient

_, config, data, names, step = sys.argv
steps = 0

def dying(call):
    def run(*arguments, **options):
        global steps
        steps += 1
        if steps == int(step):
            os._exit(9)
        return call(*arguments, **options)
    return run

Warehouse.run, PoliteClient._send = dying(Warehouse.run), dying(PoliteClient._send)
with expecting_little(names.split(",")):
    refresh(load_config(Path(config), data=Path(data), environ={}), names=names.split(","), yes=True, progress=silent, say=lambda _: None)
"""
LEDGER = {
    "source_record": "record_id, name, status, status_date, employees_low, is_closed",
    "relation": "record_id, kind, scheme, value",
    "signal": "signal_id, status, title, ended_date",
    "account": "record_id, kind, period_to, revenue, currency",
    "role": "record_id, role_code, holder_name",
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
    "company_site",
}
"""They land as others do that are killed here."""
SOONER = {"account", "role", "exchange_rate"}
"""Asked of companies that an earlier refresh matched or reached, or since the newest day that it knew."""


def configured(data: Path) -> Config:
    network = Path(refreshing.__file__).parent / "demo" / "network.toml"
    return load_config(network, data=data, environ={})


def refresh(config: Config, played: PlayedRegisters) -> None:
    refreshing.refresh(config, names=played.sources, yes=True, progress=silent, say=lambda _: None)


def ledger(config: Config) -> dict[str, list[tuple[object, ...]]]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        found = {
            table: warehouse.ask(f"SELECT {columns} FROM core.{table} WHERE known_to IS NULL ORDER BY ALL")
            for table, columns in LEDGER.items()
        }
        found["exchange_rate"] = warehouse.ask(
            "SELECT rate_date, currency, per_euro FROM core.exchange_rate ORDER BY ALL"
        )
    return {table: [tuple(row.values()) for row in rows] for table, rows in found.items()}


def counting(patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many steps a refresh takes: questions to the warehouse and to the net."""
    steps = 0

    def counted(call: Any) -> Any:
        def run(*arguments: Any, **options: Any) -> Any:
            nonlocal steps
            steps += 1
            return call(*arguments, **options)

        return run

    patch.setattr(Warehouse, "run", counted(Warehouse.run))
    patch.setattr(PoliteClient, "_send", counted(PoliteClient._send))
    return lambda: steps


def kill_at(step: int, config: Config, played: PlayedRegisters) -> bool:
    """Whether it was killed, and did not come to its end before that step."""
    network = Path(refreshing.__file__).parent / "demo" / "network.toml"
    arguments = [sys.executable, "-c", _DYING, str(network), str(config.data), ",".join(played.sources), str(step)]
    done = subprocess.run(arguments, check=False, capture_output=True, text=True)
    assert done.returncode in (0, KILLED), done.stderr
    return done.returncode == KILLED


def test_whatever_is_killed_loses_nothing_and_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, killed = configured(tmp_path / "whole"), configured(tmp_path / "killed")
    kills = 0
    with play_registers(most_companies=40) as all_played:
        played = replace(all_played, sources=tuple(name for name in all_played.sources if name not in AS_OTHERS))
        for day, shares in (("first", (0.15, 0.5)), ("second", (0.1, 0.4))):
            if day == "second":
                played.tomorrow()
            with pytest.MonkeyPatch.context() as patch:
                steps = counting(patch)
                refresh(whole, played)
            for share in shares:
                kills += kill_at(int(steps() * share), killed, played)
                assert find_in_files(killed.data, played.planted) == set()
            refresh(killed, played)
            before, after = ledger(whole), ledger(killed)
            for table, rows in before.items():
                if day == "first" and table in SOONER:
                    continue
                assert after[table] == rows, f"{day} day: core.{table}"
        monkeypatch.setenv("PROSPEKT_DEMO_HUBSPOT_TOKEN", "pat-of-nobody")
        said: list[str] = []
        with pytest.raises(SourcesFailed, match="PROSPEKT_DEMO_HUBSPOT_TOKEN is refused") as refused:
            refreshing.refresh(killed, names=played.sources, progress=silent, say=said.append)
        assert exit_code_of(refused.value) == 1
        assert any(sentence.startswith("hubspot failed, the others go on") for sentence in said)
        assert {name for name in played.sources if any(one.startswith(f"{name}") for one in said)} == {*played.sources}
        assert ledger(killed) == after
    assert kills >= 3
    assert {table for table, rows in after.items() if not rows} == set()  # each kind was there to be lost
    with Warehouse.open_to_read(killed.published / "companies.duckdb") as companies:
        assert companies.ask("SELECT count(*) AS n FROM mart.company")[0]["n"] != 0
