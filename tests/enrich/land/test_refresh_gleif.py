"""GLEIF through a refresh: changes on top of a golden copy are the next golden copy; a parent that is not told is unknown."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.warehouse import Row, Warehouse
from enrich import decide
from enrich import refresh as refreshing
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.gate import open_readers
from enrich.progress import silent
from enrich.search import read_company, resolve_company
from sources.kinds import delta_file
from sources.registers import gleif as register
from sources.source import Coverage, Expect
from tests.registers.gleif_server import GleifServer

SMALL = Expect(min_rows=0, max_rows=100)
ALFA, BETA, GAMMA = (f"5493000000000000{number:02}{number:02}" for number in (1, 2, 3))


def golden(*rows: dict[str, str]) -> bytes:
    return written(register.LEI2_GOLDEN_COPY.columns, rows)


def written(columns: tuple[str, ...], rows: tuple[dict[str, str], ...]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n", restval="", quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def entity(lei: str, name: str) -> dict[str, str]:
    return {"LEI": lei, "Entity.LegalName": name, "Entity.LegalAddress.Country": "NO", "Entity.EntityStatus": "ACTIVE"}


def exception(lei: str, reason: str) -> dict[str, str]:
    category = "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT"
    return {"LEI": lei, "Exception.Category": category, "Exception.Reason.1": reason}


@pytest.fixture
def gleif(monkeypatch: pytest.MonkeyPatch) -> Iterator[GleifServer]:
    layouts = tuple(replace(layout, expect=SMALL) for layout in register.SOURCE.layouts)
    monkeypatch.setattr(register, "SOURCE", replace(register.SOURCE, expect=SMALL, layouts=layouts))
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"gleif": register})
    for module in (register, delta_file):
        monkeypatch.setattr(module, "JUST_NOW", timedelta(seconds=-1))
    with GleifServer() as server:
        monkeypatch.setenv(register.SOURCE.base_url_env, server.url)
        monkeypatch.setenv(f"{register.SOURCE.base_url_env}_BULK", server.bulk_url)
        server.publish("lei2", golden(entity(ALFA, "ALFA AS"), entity(BETA, "BETA AS")))
        server.publish("rr", written(register.RR_GOLDEN_COPY.columns, ()))
        server.publish("repex", written(register.REPEX_GOLDEN_COPY.columns, (exception(ALFA, "NON_PUBLIC"),)))
        yield server


def refresh(config: Config, *, coverage: Coverage | None = None, say: Callable[[str], None] = lambda _: None) -> None:
    refreshing.refresh(config, coverage=coverage, yes=True, progress=silent, say=say)


def stated(config: Config) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(
            "SELECT source_key, name FROM core.source_record WHERE known_to IS NULL ORDER BY source_key"
        )


@pytest.mark.usefixtures("only_landed")
def test_changes_on_top_of_a_golden_copy_are_the_next_one(gleif: GleifServer, tmp_path: Path) -> None:
    followed, fresh = (Config(who="kari@team.example", data=tmp_path / name) for name in ("followed", "fresh"))
    refresh(followed)
    later = (entity(BETA, "BETA NORD AS"), entity(GAMMA, "GAMMA AS"))
    gleif.publish("lei2-LastWeek", golden(*later))
    gleif.publish("lei2", golden(entity(ALFA, "ALFA AS"), *later))
    said: list[str] = []
    refresh(followed, say=said.append)
    assert [line for line in said if "(lei2_golden_copy, delta): 2 rows in" in line]
    refresh(fresh)
    assert stated(followed) == stated(fresh)
    gleif.publish("lei2-LastWeek", golden(entity(BETA, "BETA AS"), *later[1:]))  # changed back: a delta of today counts
    gleif.publish("lei2", golden(entity(ALFA, "ALFA AS"), entity(BETA, "BETA AS"), *later[1:]))
    refresh(followed)
    refresh(fresh, coverage=Coverage.COMPLETE)
    assert stated(followed) == stated(fresh)


def test_a_parent_that_is_not_told_is_shown_as_unknown(gleif: GleifServer, tmp_path: Path) -> None:
    config = Config(who="kari@team.example", data=tmp_path / "data")
    refresh(config)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        [held] = warehouse.ask("SELECT record_id, kind, scheme, value FROM core.relation WHERE known_to IS NULL")
    assert held == {
        "record_id": f"gleif:{ALFA}",
        "kind": "parent_exception",
        "scheme": "GLEIF-EXCEPTION",
        "value": "NON_PUBLIC",
    }
    with open_readers(config) as readers:  # nothing but an LEI, and not in the CRM: not published
        assert readers.warehouse.ask("SELECT count(*) AS n FROM mart.parent_not_told") == [{"n": 0}]
    crm = tmp_path / "companies.csv"
    crm.write_text("name,country\nAlfa AS,NO\n", encoding="utf-8")
    import_file(config, crm, kind="companies", progress=silent)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        crm_id = str(warehouse.ask("SELECT crm_id FROM core.crm_company")[0]["crm_id"])
    decide.judge(config, crm_id=crm_id, record_id=f"gleif:{ALFA}", verdict="same")
    gleif.publish("lei2-LastWeek", golden())
    refresh(config)
    with open_readers(config) as readers:
        card = read_company(readers, resolve_company(readers, f"LEI:{ALFA}"))
    assert card.parents_not_told == ({"parent": "direct", "reason": "NON_PUBLIC", "source": "gleif"},)
    assert card.company.values["parent_company_id"] is None
