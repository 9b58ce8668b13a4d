"""Registers that answer for one number at a time: asked for companies of the CRM and for those that a LEI's record names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich.config import Config, SourceConfig
from enrich.crm.take_in import import_file
from enrich.erase import erase
from enrich.progress import silent
from sources.registers import cz_ares, lv_ur
from tests.registers.loopback import Said
from tests.registers.numbers_server import NumbersServer

FIRST, SECOND, UNKNOWN = "12345008", "12345016", "12345032"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NumbersServer]:
    with NumbersServer() as serving:
        for number in (FIRST, SECOND):
            serving.answers[f"/ekonomicke-subjekty/{number}"] = {
                "ico": number,
                "obchodniJmeno": f"Vzor {number} a.s.",
                "pravniForma": "121",
                "sidlo": {"nazevObce": "Praha", "cisloDomovni": 1, "kodStatu": "CZ"},
            }
        monkeypatch.setenv(cz_ares.SOURCE.base_url_env, serving.origin)
        monkeypatch.setattr(refreshing, "find_sources", lambda: {"cz_ares": cz_ares, "lv_ur": lv_ur})
        yield serving


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(who="kari@team.example", data=tmp_path / "data", sources={"cz_ares": SourceConfig(most_lookups=2)})
    crm = tmp_path / "companies.csv"
    rows = [f"Vzor {number},CZ,{number}\n" for number in (FIRST, SECOND, UNKNOWN)]
    crm.write_text("name,country,organisation number\n" + "".join(rows), encoding="utf-8")
    with Warehouse.open_to_write(made.data, command="test"):
        pass
    import_file(made, crm, kind="companies", progress=silent)
    return made


def refresh(config: Config, *names: str) -> list[str]:
    said: list[str] = []
    refreshing.refresh(config, names=names, progress=silent, say=said.append)
    return said


def asked_for(server: NumbersServer) -> list[str]:
    return [one.path.rsplit("/", 1)[1] for one in server.asked if "-res/" not in one.path]


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def test_companies_of_the_crm_are_asked_for_within_the_budget_and_again_after_their_time(
    server: NumbersServer, config: Config
) -> None:
    assert "cz_ares: numbers of 2 companies asked for = 2 hit; 1 more in the next refreshes" in refresh(
        config, "cz_ares"
    )
    accepted = ask(config, "SELECT record_id FROM core.match WHERE state = 'accepted' ORDER BY record_id")
    assert [row["record_id"] for row in accepted] == [f"cz_ares:{FIRST}", f"cz_ares:{SECOND}"]
    ask(
        config,
        f"UPDATE core.number_inquiry SET asked_at = asked_at - INTERVAL 31 DAY WHERE source_key = '{FIRST}' RETURNING 1",
    )
    refresh(config, "cz_ares")
    assert asked_for(server) == [FIRST, SECOND, FIRST, UNKNOWN]
    rows = ask(config, "SELECT source_key, outcome FROM core.number_inquiry ORDER BY source_key")
    assert [tuple(row.values()) for row in rows] == [(FIRST, "hit"), (SECOND, "hit"), (UNKNOWN, "no_data")]


@pytest.mark.usefixtures("only_landed")
def test_a_number_that_the_register_cannot_answer_stops_no_other_and_comes_last(
    server: NumbersServer, config: Config
) -> None:
    server.spoil(Said(body=b"[half"))
    server.answers[f"/ekonomicke-subjekty/{SECOND}"] = {"ico": SECOND, "obchodniJmeno": "", "pravniForma": "121"}
    refresh(config, "cz_ares")
    [run] = ask(config, "SELECT rows_in, rows_landed, rows_rejected FROM core.run WHERE stage = 'numbers'")
    assert run == {"rows_in": 1, "rows_landed": 0, "rows_rejected": 1}  # it answered, without a name
    rows = ask(config, "SELECT source_key, outcome FROM core.number_inquiry ORDER BY source_key")
    assert [tuple(row.values()) for row in rows] == [(FIRST, "failed"), (SECOND, "hit")]
    ask(config, "UPDATE core.number_inquiry SET asked_at = asked_at - INTERVAL 2 DAY RETURNING 1")
    assert "cz_ares: numbers of 2 companies asked for = 1 hit + 1 no data; 1 not due" in refresh(config, "cz_ares")
    assert asked_for(server) == [FIRST, SECOND, UNKNOWN, FIRST]


def test_no_number_is_kept_of_an_answer_that_is_a_persons_nor_is_it_asked_for_again(
    server: NumbersServer, config: Config
) -> None:
    trader = {"ico": FIRST, "obchodniJmeno": "Jan Testperson", "pravniForma": "101"}
    server.answers[f"/ekonomicke-subjekty/{FIRST}"] = trader
    refresh(config, "cz_ares")
    rows = ask(config, "SELECT source_key FROM core.number_inquiry")
    assert sorted(len(str(row["source_key"])) for row in rows) == [len(SECOND), 64]
    [told] = refresh(config, "cz_ares")
    assert told == "cz_ares: numbers of 1 company asked for = 1 no data; 2 not due"
    assert asked_for(server) == [FIRST, SECOND, UNKNOWN]
    ask(config, "UPDATE core.number_inquiry SET asked_at = asked_at - INTERVAL 31 DAY RETURNING 1")
    refresh(config, "cz_ares")
    assert asked_for(server)[3:] == [FIRST, SECOND]
    assert ask(config, "SELECT count(*) AS n FROM core.number_inquiry") == [{"n": 3}]
    erase(config, "organisation", f"CZ:{FIRST}")
    rows = ask(config, "SELECT source_key FROM core.number_inquiry ORDER BY source_key")
    assert [row["source_key"] for row in rows] == [SECOND, UNKNOWN]


@pytest.mark.usefixtures("server")
def test_whom_nobody_is_asked_of_is_told_why(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = Config(who="x", data=tmp_path / "empty")
    [told] = refresh(empty, "cz_ares")
    assert told.endswith("has a number (CZ-ICO) to ask for.")
    [told] = refresh(Config(who="x", data=config.data, sources={"cz_ares": SourceConfig(most_lookups=0)}), "cz_ares")
    assert told == "cz_ares: nobody is asked (most_lookups is 0)."
    monkeypatch.setattr(cz_ares, "look_up_numbers", lambda *_: iter(()))
    [told] = refresh(config, "cz_ares")
    assert told == "cz_ares: numbers of 0 companies asked for; 3 more in the next refreshes"


def test_an_optional_source_is_asked_once_it_is_configured_or_named(server: NumbersServer, config: Config) -> None:
    def chosen(of: Config, *names: str) -> list[str]:
        return [one.SOURCE.name for one in refreshing.choose_sources(of, names, file=None)]

    assert chosen(config) == ["cz_ares"]
    off = Config(who="x", data=config.data)
    assert chosen(off) == []
    assert chosen(off, "lv_ur") == ["lv_ur"]
