"""Roles over a real socket: of companies of the CRM only, versioned, without birth dates, asked again when they are old."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Row, Warehouse
from enrich import decide
from enrich import refresh as refreshing
from enrich.config import Config, CrmConfig
from enrich.crm.take_in import import_file
from enrich.progress import silent
from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.record import Role
from sources.registers import no_brreg
from sources.source import Expect
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.brreg_server import BrregServer

A, B = orgnrs(2)
BIRTH_DATE = "1970-01-02"


class SmallRegister:
    """Norway's register with roles, expected to be as small as the one on loopback is."""

    SOURCE = replace(no_brreg.SOURCE, parts=("enheter",), expect=Expect(min_rows=2, max_rows=100))
    fetch_bulk = staticmethod(no_brreg.fetch_bulk)
    fetch_changes = staticmethod(no_brreg.fetch_changes)
    fetch_roles = staticmethod(no_brreg.fetch_roles)


def board(*members: str) -> dict[str, Any]:
    def role(first_name: str, position: int) -> dict[str, Any]:
        person = {"fodselsdato": BIRTH_DATE, "navn": {"fornavn": first_name, "etternavn": "Nord"}, "erDoed": False}
        return {"type": {"kode": "MEDL"}, "person": person, "fratraadt": False, "rekkefolge": position}

    roles = [role(name, position) for position, name in enumerate(members)]
    return {"rollegrupper": [{"type": {"kode": "STYR"}, "sistEndret": "2026-02-17", "roller": roles}]}


@contextmanager
def serve_two() -> Iterator[BrregServer]:
    with pytest.MonkeyPatch.context() as patch, BrregServer() as server:
        patch.setenv(no_brreg.SOURCE.base_url_env, server.url)
        patch.setattr(refreshing, "find_sources", lambda: {"no_brreg": SmallRegister()})
        server.tell(10, A, "Ny")
        server.publish(as_csv([entity(A, "ALFA AS"), entity(B, "BETA AS")]))
        yield server


@pytest.fixture
def brreg() -> Iterator[BrregServer]:
    with serve_two() as server:
        yield server


def with_roles_from(data: Path) -> Config:
    return Config(who="kari@team.example", data=data, crm=CrmConfig(country="NO"))


@pytest.fixture(scope="module")
def _matched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("matched")
    config = with_roles_from(data)
    crm = tmp_path_factory.mktemp("crm") / "companies.csv"
    crm.write_text(f"name,country,organisation number\nAlfa AS,NO,{A}\n", encoding="utf-8")
    with serve_two():
        refresh(config)
        import_file(config, crm, kind="companies", progress=silent)
        refresh(config)  # matches what was imported; nothing was matched before, so no role is asked for yet
    return data


@pytest.fixture
def matched(_matched_once: Path, brreg: BrregServer, tmp_path: Path) -> Config:
    """A warehouse with two entities of which the CRM has one; a copy a test."""
    shutil.copytree(_matched_once, tmp_path / "data", symlinks=True)
    brreg.roles |= {A: board("Kari", "Ola"), B: board("Nobody")}
    return with_roles_from(tmp_path / "data")


def refresh(config: Config, say: Callable[[str], None] = lambda _: None) -> None:
    refreshing.refresh(config, progress=silent, say=say)


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def holders(config: Config) -> list[tuple[object, object]]:
    rows = ask(
        config, "SELECT holder_name, known_to IS NULL AS is_current FROM core.role ORDER BY position, known_from"
    )
    return [(row["holder_name"], row["is_current"]) for row in rows]


def test_roles_come_of_companies_of_the_crm_only_and_are_not_asked_for_twice(matched: Config) -> None:
    said: list[str] = []
    refresh(matched, said.append)
    assert holders(matched) == [("Kari Nord", True), ("Ola Nord", True)]
    assert "no_brreg: roles in 1 company of the CRM" in said
    said.clear()
    refresh(matched, said.append)
    assert not [line for line in said if "roles" in line]


def test_roles_are_published_to_the_people_file_only(matched: Config) -> None:
    refresh(matched)
    with Warehouse.open_to_read(matched.published / "people.duckdb") as people:
        assert people.ask("SELECT count(*) AS n FROM mart.role") == [{"n": 2}]
    companies = (matched.published / "companies.duckdb").read_bytes()
    assert b"Kari Nord" not in companies


def test_old_roles_are_asked_for_again_and_versioned(matched: Config, brreg: BrregServer) -> None:
    refresh(matched)
    ask(matched, "UPDATE core.role_inquiry SET asked_at = asked_at - INTERVAL 31 DAY RETURNING 1")
    brreg.roles[A] = board("Kari", "Eva")
    refresh(matched)
    assert holders(matched) == [("Kari Nord", True), ("Ola Nord", False), ("Eva Nord", True)]


def test_no_birth_date_reaches_the_disk(matched: Config) -> None:
    refresh(matched)
    files = [path for path in matched.data.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if BIRTH_DATE.encode() in path.read_bytes()] == []


def asked_for_roles(brreg: BrregServer) -> int:
    return sum(asked.path.endswith("/roller") for asked in brreg.asked)


def test_an_entity_without_roles_is_not_asked_again_in_every_refresh(matched: Config, brreg: BrregServer) -> None:
    del brreg.roles[A]
    refresh(matched)
    refresh(matched)
    assert (asked_for_roles(brreg), holders(matched)) == (1, [])


def test_roles_of_a_company_that_is_matched_no_more_go(matched: Config) -> None:
    refresh(matched)
    decide.judge(
        matched,
        crm_id=str(ask(matched, "SELECT crm_id FROM core.match")[0]["crm_id"]),
        record_id=f"no_brreg:{A}",
        verdict="different",
    )
    refresh(matched)
    assert holders(matched) == []
    with Warehouse.open_to_read(matched.published / "people.duckdb") as people:
        assert people.ask("SELECT count(*) AS n FROM mart.role") == [{"n": 0}]


def test_roles_that_came_before_the_register_stopped_answering_are_published(
    matched: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_after_one(client: PoliteClient, keys: Sequence[str]) -> Iterator[tuple[str, tuple[Role, ...]]]:
        yield from no_brreg.fetch_roles(client, keys[:1])
        raise SourceAborted("it stopped answering.", source="no_brreg")

    monkeypatch.setattr(SmallRegister, "fetch_roles", staticmethod(stop_after_one))
    with pytest.raises(SourceAborted):
        refresh(matched)
    with Warehouse.open_to_read(matched.published / "people.duckdb") as people:
        assert people.ask("SELECT count(*) AS n FROM mart.role") == [{"n": 2}]
