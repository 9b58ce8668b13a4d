"""What others know of companies, over a real socket: of whom it is asked, whose it is, when again, and that registers win."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from db.warehouse import Row, Warehouse
from enrich import knowledge as asking
from enrich import refresh as refreshing
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.errors import InputInvalid
from enrich.merge import order_sources
from enrich.progress import silent
from sources.errors import RetryableError
from sources.knowledge import wikidata
from sources.registers import eu_vies, gleif, no_brreg, us_sec
from sources.source import Expect
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.brreg_server import BrregServer
from tests.registers.loopback import Said
from tests.registers.numbered_servers import SecServer, ViesServer, filer
from tests.registers.wikidata_server import Term, WikidataServer, address, text

IN_CRM, REACHED, OTHER, TRADER = orgnrs(4)


class SmallRegister:
    """Norway's register, expected to be as small as the one on loopback is."""

    SOURCE = replace(no_brreg.SOURCE, parts=("enheter",), expect=Expect(min_rows=2, max_rows=100))
    fetch_bulk = staticmethod(no_brreg.fetch_bulk)


def stated(number: str, name: str, **things: list[Term]) -> dict[str, list[Term]]:
    """What an item states of a company."""
    return {"NO-ORGNR": [text(number)], "label": [text(name, "en")], "country": [text("NO")]} | things


@contextmanager
def serve() -> Iterator[tuple[BrregServer, WikidataServer]]:
    with pytest.MonkeyPatch.context() as patch, BrregServer() as register, WikidataServer() as base:
        patch.setenv(no_brreg.SOURCE.base_url_env, register.url)
        patch.setenv(wikidata.SOURCE.base_url_env, base.url)
        found = {"eu_vies": eu_vies, "no_brreg": SmallRegister(), "us_sec": us_sec, "wikidata": wikidata}
        patch.setattr(refreshing, "find_sources", lambda: found)
        register.tell(10, IN_CRM, "Ny")
        register.publish(
            as_csv(
                [
                    entity(IN_CRM, "ALFA AS", hjemmeside="www.alfa.no"),
                    entity(REACHED, "BETA AS"),
                    entity(OTHER, "GAMMA AS", **{"naeringskode1.kode": "01.110"}),
                    entity(TRADER, "KARI NORD", **{"organisasjonsform.kode": "ENK"}),
                ]
            )
        )
        base.properties = dict(wikidata.NUMBERS)
        base.items = {
            "Q1": stated(IN_CRM, "Alfa", website=[address("https://old.example")], founded=[text("1990-01-02T00:00:00Z")]),
            "Q2": stated(REACHED, "Beta", website=[address("https://beta.example/")], alias=[text("Betaverket", "nb")]),
            "Q3": stated(OTHER, "Gamma"),
            "Q4": stated(TRADER, "Kari Nord"),
        }  # fmt: skip
        yield register, base


@pytest.fixture
def base() -> Iterator[WikidataServer]:
    with serve() as (_, server):
        yield server


def configured(data: Path, **more: object) -> Config:
    said = {
        "who": "kari@team.example",
        "contact": "kari@team.example",
        "data": data,
        "crm": {"country": "NO"},
        "sources": {"wikidata": {}},
        "icp": {"software": {"must": {"industry": ["62"]}}},
    }
    return Config.model_validate(said | more)


@pytest.fixture(scope="module")
def _loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = configured(tmp_path_factory.mktemp("loaded"))
    crm = tmp_path_factory.mktemp("crm") / "companies.csv"
    crm.write_text(f"name,country,organisation number\nAlfa AS,NO,{IN_CRM}\n", encoding="utf-8")
    with serve():
        refresh(config, ["no_brreg"], merges=True)
        import_file(config, crm, kind="companies", progress=silent)
        refresh(config, ["no_brreg"], merges=True)
    return config.data


@pytest.fixture
def loaded(_loaded_once: Path, base: WikidataServer, tmp_path: Path) -> Config:
    """A warehouse with a company in the CRM, one that the ICP reaches besides, and others; nobody was asked about."""
    shutil.copytree(_loaded_once, tmp_path / "data", symlinks=True)
    return configured(tmp_path / "data")


def refresh(config: Config, names: Sequence[str] = ("wikidata",), *, merges: bool = False, **how: object) -> list[str]:
    """What a refresh says; the stages that follow run only where a test is about what they make of it."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        if not merges:
            patch.setattr(refreshing, "is_behind", lambda *_: False)
        refreshing.refresh(config, names=names, progress=silent, say=said.append, **how)  # type: ignore[arg-type]
    return said


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def companies(config: Config) -> dict[str, Row]:
    rows = ask(config, "SELECT * FROM core.company WHERE NOT is_natural_person")
    return {str(row["registration_number"]): row for row in rows}


def current(config: Config) -> list[str]:
    return [str(row["source_key"]) for row in ask(config, "SELECT source_key FROM core.source_record WHERE source = 'wikidata' AND known_to IS NULL ORDER BY 1")]  # fmt: skip


def test_it_is_asked_of_the_crm_and_of_whom_an_icp_reaches_and_fills_only_what_the_register_lacks(
    loaded: Config, base: WikidataServer
) -> None:
    said = refresh(loaded, merges=True)
    assert "wikidata: records of 2 companies asked for = 2 hit" in said
    assert current(loaded) == ["Q1", "Q2"]
    assert not any(OTHER in question or TRADER in question for question in base.questions)
    assert "kari@team.example" in base.asked[0].headers["user-agent"]
    known = companies(loaded)
    assert len(known) == 3
    assert (known[IN_CRM]["name"], known[IN_CRM]["website"]) == ("ALFA AS", "www.alfa.no")
    assert str(known[IN_CRM]["founded_date"]) == "1990-01-02"
    assert (known[REACHED]["website"], known[REACHED]["status"]) == ("https://beta.example/", "active")
    assert "Betaverket" in known[REACHED]["other_names"]  # type: ignore[operator]
    assert known[REACHED]["sources"] == ["no_brreg", "wikidata"]


def test_every_register_stands_before_it() -> None:
    assert order_sources([wikidata.SOURCE, gleif.SOURCE, no_brreg.SOURCE])[-1] == "wikidata"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        pytest.param(stated(IN_CRM, "Omega Holding"), "other name", id="another name"),
        pytest.param(stated(IN_CRM, "Alfa", country=[text("SE")]), "other country", id="another country"),
    ],
)
def test_an_item_that_is_another_companys_by_name_or_country_does_not_land(
    item: dict[str, list[Term]], code: str, loaded: Config, base: WikidataServer
) -> None:
    base.items["Q1"] = item
    said = refresh(loaded)
    assert f"wikidata: nothing was taken of 1 = 1 {code}" in said
    assert current(loaded) == ["Q2"]


def test_another_name_with_the_companys_own_domain_is_the_company(loaded: Config, base: WikidataServer) -> None:
    base.items["Q1"] = stated(IN_CRM, "Omega Holding", website=[address("https://alfa.no/om")])
    refresh(loaded)
    assert current(loaded) == ["Q1", "Q2"]


def test_who_was_asked_about_is_left_until_the_answer_is_old_and_what_is_no_longer_found_ends(
    loaded: Config, base: WikidataServer
) -> None:
    refresh(loaded, merges=True)
    asked = len(base.asked)
    assert refresh(loaded) == ["wikidata: records of 0 companies asked for; 2 not due"]
    assert len(base.asked) == asked
    base.items["Q5"] = stated(REACHED, "Beta")  # now two items state the number
    ask(loaded, "UPDATE core.knowledge_inquiry SET asked_at = asked_at - INTERVAL 91 DAY RETURNING 1")
    assert "wikidata: records of 2 companies asked for = 1 hit + 1 no data" in refresh(loaded, merges=True)
    assert current(loaded) == ["Q1"]
    assert companies(loaded)[REACHED]["website"] is None
    assert companies(loaded)[REACHED]["status"] == "active"
    del base.items["Q1"]
    ask(loaded, "UPDATE core.knowledge_inquiry SET asked_at = asked_at - INTERVAL 181 DAY RETURNING 1")
    refresh(loaded, merges=True)  # nothing but an end
    assert current(loaded) == []
    assert ask(loaded, "SELECT 1 AS one FROM core.company WHERE list_contains(record_ids, 'wikidata:Q1')") == []


def test_what_came_before_the_service_closed_is_landed_and_the_next_refresh_goes_on(
    loaded: Config, base: WikidataServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.kinds.knowledge_base.BATCH", 1)
    answered = base.answer
    busy = Said(status=429, headers={"Retry-After": "3600"})
    monkeypatch.setattr(base, "answer", lambda asked: busy if REACHED in asked.body.decode() else answered(asked))
    with pytest.raises(RetryableError, match="is busy"):
        refresh(loaded)
    assert current(loaded) == ["Q1"]
    monkeypatch.setattr(base, "answer", answered)
    assert "wikidata: records of 1 company asked for = 1 hit; 1 not due" in refresh(loaded)
    assert current(loaded) == ["Q1", "Q2"]


def test_no_time_left_asks_nobody(loaded: Config, base: WikidataServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_SECONDS", 0.0)
    [told] = refresh(loaded)
    assert (base.asked, "more in the next refreshes" in told) == ([], True), told


def test_it_is_left_alone_without_a_section_or_a_contact_and_has_no_file(
    loaded: Config, base: WikidataServer, tmp_path: Path
) -> None:
    refresh(configured(loaded.data, sources={}), names=())
    [told] = refresh(configured(loaded.data, contact=None))
    assert told.startswith("wikidata: Wikimedia wants to know whom to write to: set `contact`")
    with pytest.raises(InputInvalid, match="has no file"):
        refresh(loaded, file=tmp_path / "items.json")
    assert base.asked == []


def test_numbers_that_an_item_states_are_asked_of_the_registers_that_gave_them(
    loaded: Config, base: WikidataServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for item, number, cik in (("Q1", IN_CRM, "320193"), ("Q2", REACHED, "99")):
        base.items[item] |= {"CIK": [text(cik)], "VAT": [text(f"SE{number}001")]}
    refresh(loaded, merges=True)
    with SecServer() as sec, ViesServer() as vies:
        monkeypatch.setenv(us_sec.SOURCE.base_url_env, sec.origin)
        monkeypatch.setenv(eu_vies.SOURCE.base_url_env, vies.origin)
        sec.filers["320193"] = filer("0000320193", "ALFA AS", stateOfIncorporation="Q8", phone="+47 22 00 00 00")
        vies.names = {f"SE{IN_CRM}001": "Alfa Aksjeselskap"}
        said = refresh(loaded, ["us_sec", "eu_vies"], merges=True)
    assert "us_sec: records of 2 companies asked for = 1 hit + 1 no data" in said
    assert "us_sec: nothing was taken of 1 = 1 not found" in said
    # a VAT number abroad is not the company's own: with it a branch's number would become the company's
    assert "eu_vies: nothing was taken of 2 = 1 not valid + 1 other country" in said
    known = companies(loaded)
    assert len(known) == 3
    assert known[IN_CRM]["sources"] == ["no_brreg", "us_sec", "wikidata"]
    assert (known[IN_CRM]["name"], known[IN_CRM]["phone"]) == ("ALFA AS", "+4722000000")
    assert known[REACHED]["sources"] == ["no_brreg", "wikidata"]


def test_before_any_register_was_loaded_nobody_is_due(base: WikidataServer, tmp_path: Path) -> None:
    said = refresh(configured(tmp_path / "data"))
    assert said[0].startswith("wikidata: no company is due; asked about are those of the CRM")
    assert base.asked == []
