"""A CRM that is pulled and grew old: `find` says so, nothing leaves by it unless somebody says that this is well."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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
CONFIG = 'who = "Kari"\n[icp.all.must]\ncountry = ["NO"]\n'
SWITCH = '\n[sources.hubspot]\nsecret_env = "HUBSPOT_TOKEN"\n'


@pytest.fixture
def pulled(folder: Path) -> Callable[..., None]:
    """A published company, after a CRM was pulled so many days ago; null: never."""

    def make(days: int | None, *, is_on: bool = True, outcome: str = "ok") -> None:
        file = folder / "config.toml"
        file.write_text(CONFIG + (SWITCH if is_on else ""), encoding="utf-8")
        config = load_config(file, environ={})
        with Warehouse.open_to_write(config.data, command="test") as warehouse:
            warehouse.execute("CREATE TABLE core.record_key (record_id VARCHAR, domain VARCHAR, phone VARCHAR)")
            insert_companies(warehouse, [company_row(923609016, "FJORDKODE AS")])
            if days is not None:
                warehouse.execute(
                    "INSERT INTO core.run BY NAME SELECT uuid() AS run_id, 'refresh' AS command, 'refresh' AS stage, "
                    "'hubspot' AS source, $at AS started_at, $at AS finished_at, $at AS fetched_at, $outcome AS outcome",
                    at=datetime.now(UTC) - timedelta(days=days),
                    outcome=outcome,
                )
            publish(warehouse, config, new_run_id(), silent)

    return make


def test_a_stale_crm_is_told_and_stops_what_leaves(pulled: Callable[..., None], run: Run, folder: Path) -> None:
    pulled(9)
    found = run("find")
    assert found.exit_code == 0
    assert "The CRM was last pulled 9 days ago" in found.stderr
    assert "prospekt refresh hubspot" in found.stderr
    stopped = run("export", "--for", "csv", "--out", "leads.csv")
    assert (stopped.exit_code, (folder / "leads.csv").exists()) == (2, False)
    assert "--stale-ok exports all the same" in stopped.stderr
    assert run("export", "--for", "csv", "--out", "leads.csv", "--dry-run").exit_code == 0
    made = run("export", "--for", "csv", "--out", "leads.csv", "--stale-ok")
    assert (made.exit_code, (folder / "leads.csv").exists()) == (0, True)
    taken_back = re.search(r"prospekt (export undo \S+)", made.stderr)
    assert taken_back is not None
    assert "leads.csv" in run("export", "undo").stdout
    assert run(*taken_back[1].split()).stdout.startswith("Took back the export of 1 company")
    assert run("export", "undo", "--json").stdout.count("export_id") == 0
    again = run("export", "--for", "csv", "--out", "leads.csv", "--stale-ok")
    assert (again.exit_code, "leads.csv would be replaced" in again.stderr) == (2, True)
    assert run("export", "--for", "csv", "--out", "leads.csv", "--stale-ok", "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("days", "options"),
    [(6, {}), (6, {"outcome": "unchanged"}), (9, {"is_on": False}), (None, {})],
    ids=["fresh", "fresh-without-news", "switched-off", "never-pulled"],
)
def test_it_is_silent_otherwise(
    days: int | None, options: dict[str, str | bool], pulled: Callable[..., None], run: Run
) -> None:
    pulled(days, **options)
    assert "last pulled" not in run("find").stderr
    assert run("export", "--for", "csv", "--out", "leads.csv").exit_code == 0
