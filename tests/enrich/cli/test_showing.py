"""One company as it is shown: a list that is cut says so."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from db.warehouse import Warehouse
from enrich.config import load_config
from enrich.progress import silent
from enrich.publish import publish
from enrich.runs import new_run_id
from tests.enrich.conftest import company_row, insert_companies

Run = Callable[..., Result]


def test_a_card_says_how_many_there_are_of_what_it_shows_the_first_of(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "config.toml"
    file.write_text('who = "Kari"\n[icp.all.must]\ncountry = ["NO"]\n', encoding="utf-8")
    config = load_config(file, environ={})
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        warehouse.execute("CREATE TABLE core.record_key (record_id VARCHAR, domain VARCHAR, phone VARCHAR)")
        top = str(uuid.UUID(int=900000000))
        rows = [company_row(900000000 + place, f"{name} AS", top_company_id=top) for place, name in enumerate("ABC")]
        insert_companies(warehouse, rows)
        publish(warehouse, config, new_run_id(), silent)
    whole = json.loads(run("company", "NO:900000000", "--json").stdout)
    assert (whole["truncated"], len(whole["data"]["group"])) == (False, 2)
    assert whole["data"]["in_all"] == {"group": 2, "changes": 0, "signals": 0}
    assert "\nGroup\n" in run("company", "NO:900000000").stdout
    monkeypatch.setattr("enrich.company.GROUP", 1)
    cut = json.loads(run("company", "NO:900000000", "--json").stdout)
    assert (cut["truncated"], len(cut["data"]["group"]), cut["data"]["in_all"]["group"]) == (True, 1, 2)
    assert "\nGroup, 1 of 2\n" in run("company", "NO:900000000").stdout
