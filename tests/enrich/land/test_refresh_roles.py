"""Roles over a real socket: of companies of the CRM only, versioned, without birth dates, asked again when they are old."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Row, Warehouse
from enrich import decide, roles
from enrich import refresh as refreshing
from enrich.config import Config, CrmConfig, SourceConfig
from enrich.crm.take_in import import_file
from enrich.progress import silent
from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.lookup import RolesAnswer
from sources.registers import no_brreg
from sources.registers._no_brreg.roles import ROLES
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
    fetch_all_roles = staticmethod(no_brreg.fetch_all_roles)
    fetch_role_changes = staticmethod(no_brreg.fetch_role_changes)


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


@pytest.mark.usefixtures("only_landed")
def test_roles_come_of_companies_of_the_crm_only_and_are_not_asked_for_twice(matched: Config) -> None:
    said: list[str] = []
    refresh(matched, said.append)
    assert holders(matched) == [("Kari Nord", True), ("Ola Nord", True)]
    assert "no_brreg: roles of 1 company asked for = 1 hit" in said
    said.clear()
    refresh(matched, said.append)
    assert not [line for line in said if "roles" in line]


def test_roles_are_published_to_the_people_file_only(matched: Config) -> None:
    refresh(matched)
    with Warehouse.open_to_read(matched.published / "people.duckdb") as people:
        assert people.ask("SELECT count(*) AS n FROM mart.role") == [{"n": 2}]
    companies = (matched.published / "companies.duckdb").read_bytes()
    assert b"Kari Nord" not in companies


@pytest.mark.usefixtures("only_landed")
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
    return sum("/enheter/" in asked.path and asked.path.endswith("/roller") for asked in brreg.asked)


@pytest.mark.usefixtures("only_landed")
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
    def stop_after_one(client: PoliteClient, keys: Sequence[str]) -> Iterator[RolesAnswer]:
        yield from no_brreg.fetch_roles(client, keys[:1])
        raise SourceAborted("it stopped answering.", source="no_brreg")

    monkeypatch.setattr(SmallRegister, "fetch_roles", staticmethod(stop_after_one))
    with pytest.raises(SourceAborted):
        refresh(matched)
    with Warehouse.open_to_read(matched.published / "people.duckdb") as people:
        assert people.ask("SELECT count(*) AS n FROM mart.role") == [{"n": 2}]


@pytest.mark.usefixtures("only_landed")
@pytest.mark.parametrize("way", ["one by one", "file"])
def test_roles_are_landed_batch_by_batch(
    way: str, two_matched: Config, brreg: BrregServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop in the second batch leaves the first."""
    land, landed = roles._land, list[str]()

    def stop_at_the_second(warehouse: Warehouse, source: str, answers: Sequence[RolesAnswer], run_id: str) -> None:
        if landed:
            raise KeyboardInterrupt
        land(warehouse, source, answers, run_id)
        landed.extend(answer.source_key for answer in answers)

    monkeypatch.setattr(no_brreg, "ROLES", replace(ROLES, expect=Expect(min_rows=1, max_rows=9)))
    brreg.publish_roles()
    for name, value in (("_land", stop_at_the_second), ("BATCH", 1), ("FILE_BATCH", 1)):
        monkeypatch.setattr(roles, name, value)
    with pytest.raises(KeyboardInterrupt):
        refresh(two_matched if way == "file" else with_budget(two_matched.data, 2))
    assert len(landed) == 1
    assert asked_for_roles(brreg) == (0 if way == "file" else 2)
    assert ask(two_matched, "SELECT record_id FROM core.role_inquiry") == [{"record_id": f"no_brreg:{landed[0]}"}]


# --- the feed of changes, and the file of all --------------------------------------------------------------------
@pytest.mark.usefixtures("only_landed")
def test_roles_that_changed_at_the_register_are_asked_for_at_once(matched: Config, brreg: BrregServer) -> None:
    refresh(matched)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    brreg.tell_roles(70, A, time=now)
    brreg.tell_roles(71, B, time=now)  # of nobody in the CRM
    brreg.roles[A] = board("Eva")
    refresh(matched)
    assert holders(matched) == [("Kari Nord", False), ("Eva Nord", True), ("Ola Nord", False)]
    refresh(matched)
    assert asked_for_roles(brreg) == 2
    feed = [asked.params for asked in brreg.asked if asked.path.endswith("/oppdateringer/roller")]
    assert [params.get("afterId") for params in feed] == [None, "71", "71"]
    [run] = ask(matched, "SELECT feed_cursor FROM core.run WHERE stage = 'roles' AND feed_cursor IS NOT NULL")
    assert run == {"feed_cursor": "enheter=10 roller=71"}


@pytest.fixture(scope="module")
def _two_matched_once(_matched_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("two") / "data"
    shutil.copytree(_matched_once, data, symlinks=True)
    crm = data.with_name("more.csv")
    crm.write_text(f"name,country,organisation number\nBeta AS,NO,{B}\n", encoding="utf-8")
    import_file(with_roles_from(data), crm, kind="companies", progress=silent)
    with serve_two():
        refresh(with_budget(data, 0))
    return data


@pytest.fixture
def two_matched(_two_matched_once: Path, brreg: BrregServer, tmp_path: Path) -> Config:
    """A warehouse of whose two entities the CRM has both; one may be asked about; a copy a test."""
    shutil.copytree(_two_matched_once, tmp_path / "data", symlinks=True)
    brreg.roles |= {A: board("Kari", "Ola"), B: board("Nobody")}
    return with_budget(tmp_path / "data", 1)


def with_budget(data: Path, most: int) -> Config:
    return with_roles_from(data).model_copy(update={"sources": {"no_brreg": SourceConfig(most_lookups=most)}})


@pytest.mark.usefixtures("only_landed")
def test_a_budget_of_none_asks_nobody(two_matched: Config, brreg: BrregServer) -> None:
    refresh(with_budget(two_matched.data, 0))
    assert asked_for_roles(brreg) == 0


def test_where_more_are_due_than_may_be_asked_the_file_of_all_roles_is_read(
    two_matched: Config, brreg: BrregServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(no_brreg, "ROLES", replace(ROLES, expect=Expect(min_rows=1, max_rows=9)))
    dead = board("Olav")
    dead["rollegrupper"][0]["roller"][0]["person"]["erDoed"] = True
    brreg.roles[B] = dead
    brreg.roles["810034882"] = board("Somebody")  # of no company of the CRM
    brreg.publish_roles()
    said: list[str] = []
    refresh(two_matched, said.append)
    assert "no_brreg: roles of 2 companies asked for = 2 hit" in said
    assert holders(two_matched) == [("Kari Nord", True), ("Ola Nord", True)]
    assert ask(two_matched, "SELECT source_key, reason_code, row_json FROM raw.reject") == [
        {"source_key": B, "reason_code": "holder_died", "row_json": None}
    ]
    [run] = ask(two_matched, "SELECT rows_in, rows_landed, rows_rejected FROM core.run WHERE rows_rejected > 0")
    assert run == {"rows_in": 3, "rows_landed": 2, "rows_rejected": 1}
    assert asked_for_roles(brreg) == 0
    for path in two_matched.data.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert not [word for word in (BIRTH_DATE, "Somebody", "Olav") if word.encode() in text], path


@pytest.mark.usefixtures("only_landed")
def test_a_file_of_roles_that_cannot_be_right_is_left_and_companies_are_asked_one_by_one(
    two_matched: Config, brreg: BrregServer
) -> None:
    brreg.publish_roles()  # some, where millions are expected
    said: list[str] = []
    refresh(two_matched, said.append)
    assert [line for line in said if "its file of roles holds 3, expected are" in line]
    assert "no_brreg: roles of 1 company asked for = 1 hit; 1 more in the next refreshes" in said


@pytest.mark.usefixtures("only_landed")
def test_a_key_that_the_declaration_does_not_know_is_told(matched: Config, brreg: BrregServer) -> None:
    brreg.roles[A]["rollegrupper"][0]["roller"][1]["stemmerett"] = {"andel": "1/3"}
    said: list[str] = []
    refresh(matched, said.append)
    assert ("no_brreg: 1 of 1 answers about roles have the unknown key 'rollegrupper.roller.stemmerett.andel'") in said
