"""Pulls beside files and other pulls: one record or two, histories that come to a fresh load, and whoever is stopped."""

import random
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.take_in import import_file, undo_import
from sources.http import PoliteClient
from tests.enrich.crm.conftest import Pull
from tests.enrich.crm.pulled_account import bytes_anywhere, everything, fill, held, make_config
from tests.registers.hubspot_server import HubspotServer


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return make_config(tmp_path / "data")


# --- files and pulls of one CRM -----------------------------------------------------------------------------------
def test_records_of_an_earlier_file_are_the_same_records(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    company, _, _ = fill(hubspot)
    gone = "55"
    exported = tmp_path / "export.csv"
    exported.write_text(f"Record ID,Company name\n{company},Fjordkode\n{gone},Borte AS\n", encoding="utf-8")
    import_file(config, exported)
    pull()
    assert [(one["crm_id"], one["name"]) for one in held(config, "company")] == [
        (f"hubspot:0:company:{company}", "Fjordkode AS")
    ]


def test_a_record_of_another_crm_is_another_record(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    company, _, _ = fill(hubspot)
    exported = tmp_path / "other.csv"
    exported.write_text(f"id,name,domain\n{company},Another CRM AS,another.no\n", encoding="utf-8")
    import_file(config, exported, kind="companies")
    pull()
    assert {one["name"] for one in held(config, "company")} == {"Another CRM AS", "Fjordkode AS"}


def test_what_is_taken_back_is_pulled_again(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    company, _, _ = fill(hubspot)
    pull()
    hubspot.tick(days=1)
    hubspot.change("companies", company, name="Fjordkode Norge AS")
    hubspot.tick()
    pull()
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        [last] = warehouse.ask(
            "SELECT import_id FROM core.import WHERE kind = 'companies' ORDER BY imported_at DESC LIMIT 1"
        )
    undo_import(config, str(last["import_id"]))
    assert held(config, "company")[0]["name"] == "Fjordkode AS"
    hubspot.tick(days=1)
    report = pull()
    assert [one.coverage for one in report.deliveries if one.layout == "companies"] == ["complete"]
    assert held(config, "company")[0]["name"] == "Fjordkode Norge AS"


def test_another_mapping_asks_for_everything_anew(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    hubspot.put("companies", name="Fjordkode AS", orgnr="923 609 016", date_of_birth="1970-01-02")
    pull()
    assert "registration_number" not in held(config, "company")[0]
    mapped = make_config(config.data, companies={"orgnr": "registration_number", "date_of_birth": "city"})
    pull(mapped)
    [firm] = held(config, "company")
    assert firm["registration_number"] == "923609016"
    assert "city" not in firm
    assert not any(b"date_of_birth" in asked.body for asked in hubspot.asked)


# --- generated histories, and whoever is stopped ------------------------------------------------------------------
def happen(server: HubspotServer, chance: random.Random, known: set[str]) -> None:
    """Something that people do in a CRM; `known` are the records that a pull has seen, since only those are restored."""
    kind = chance.choice(["companies", "contacts", "deals"])
    there = [each for each, one in server.objects[kind].items() if not one.archived]
    archived = [each for each, one in server.objects[kind].items() if one.archived and each in known]
    what = chance.choice(["put", "put", "change", "change", "link", "archive", "restore", "merge", "erase"])
    server.tick(seconds=chance.randrange(1, 4000))
    if what == "put" or len(there) < 4:
        names = {"companies": "name", "contacts": "email", "deals": "dealname"}
        new = f"n{chance.randrange(10**9)}" + ("@fjordkode.no" if kind == "contacts" else "")
        server.put(kind, **{names[kind]: new})
    elif what == "change":
        server.change(
            kind,
            chance.choice(there),
            **{"amount" if kind == "deals" else "phone": f"2233{chance.randrange(10**4):04}"},
        )
    elif what == "link" and kind != "companies":
        companies = [each for each, one in server.objects["companies"].items() if not one.archived]
        if companies:
            server.link(kind, chance.choice(there), chance.choice(companies), primary=chance.random() < 0.7)
    elif what == "archive":
        server.archive(kind, chance.choice(there))
    elif what == "restore" and archived:
        server.restore(kind, chance.choice(archived))
    elif what == "merge":
        kept, other = chance.sample(there, 2)
        server.merge(kind, kept, other, as_new=chance.random() < 0.5)
    elif what == "erase":
        server.erase(kind, chance.choice(there))


@pytest.mark.parametrize("seed", range(2))
def test_changes_come_to_what_a_fresh_load_gives(
    seed: int, hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    known: set[str] = set()
    fill(hubspot)
    for _ in range(3):
        for _ in range(25):
            happen(hubspot, chance, known)
        pull()
        known |= {each for there in hubspot.objects.values() for each, one in there.items() if not one.archived}
    fresh = make_config(tmp_path / "fresh")
    pull(fresh)
    for kind, rows in everything(config).items():
        assert rows == held(fresh, kind)


class Stopped(BaseException):
    """What a killed process leaves, without the process."""


def test_whoever_is_stopped_loses_nothing(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, contact, deal = fill(hubspot)
    asked = PoliteClient.get
    ran = Warehouse.run
    for step in range(1, 30, 2):
        count = 0

        def get(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:  # noqa: B023
                raise Stopped
            return asked(*args, **options)

        monkeypatch.setattr(PoliteClient, "get", get)
        try:
            pull()
        except Stopped:
            continue
        break
    else:
        raise AssertionError("it never came to its end")
    monkeypatch.setattr(PoliteClient, "get", asked)
    hubspot.tick(days=1)
    hubspot.change("companies", company, name="Fjordkode Norge AS")
    hubspot.erase("contacts", contact)
    hubspot.archive("deals", deal)
    queries = ["crm/judge_versions", "crm/record_pull", "erase/find", "erase/subjects", "crm/deal_company"]
    for name in queries:

        def run(self: Warehouse, query: str, /, **parameters: Any) -> None:
            if query == name:  # noqa: B023
                raise Stopped
            ran(self, query, **parameters)

        monkeypatch.setattr(Warehouse, "run", run)
        with pytest.raises(Stopped):
            pull()
    monkeypatch.setattr(Warehouse, "run", ran)
    pull()
    fresh = make_config(tmp_path / "fresh")
    pull(fresh)
    assert everything(config) == everything(fresh)
    assert not bytes_anywhere(config, "nordmann")
