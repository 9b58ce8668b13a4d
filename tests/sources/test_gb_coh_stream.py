"""Companies House's stream over a real socket: cut, resumed, too old; and histories of changes on top of a table."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from db.warehouse import Warehouse
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.kinds import change_stream
from sources.registers import gb_coh as register
from sources.registers._gb_coh.codes import CATEGORIES
from sources.source import Coverage, Delivery, Known
from tests.registers.companies_house_server import (
    PERSON,
    CompaniesHouseServer,
    Profile,
    archive,
    lines,
    owner,
    profile,
    row,
    table,
)
from tests.registers.loopback import Said
from tests.sources.conftest import MakeClient, Pauses

WHOLE = "BasicCompanyDataAsOneFile-2026-11-01.zip"
PSC = "persons-with-significant-control-snapshot-2026-11-20.zip"
TITLES = {code: title for title, code in CATEGORIES.items()}


@pytest.fixture
def server() -> Iterator[CompaniesHouseServer]:
    with CompaniesHouseServer() as opened:
        yield opened


@pytest.fixture
def client(make_client: MakeClient, server: CompaniesHouseServer) -> PoliteClient:
    return make_client(environ=server.environ())


def bulk(client: PoliteClient, folder: Path, known: Known | None = None, part: str = "companies") -> Delivery:
    delivery = register.fetch_bulk(client, landing=folder, known=known or Known(), part=part)
    assert delivery is not None
    return delivery


def text_of(folder: Path) -> str:
    """Every value in every file that was kept."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return str([pq.read_table(path).to_pylist() if path.suffix == ".parquet" else path.read_text() for path in files])


def corporate(number: str, parent: str, **more: Any) -> dict[str, Any]:
    identification = {"registration_number": parent, "country_registered": "England"}
    return owner(number, identification=identification, **more)


# --- the stream --------------------------------------------------------------------------------------------------
def changes(client: PoliteClient, folder: Path, known: Known) -> list[Delivery]:
    folder.mkdir(exist_ok=True)
    return list(
        change_stream.follow_changes(
            client, register.SOURCE, register.STREAM, landing=folder, known=known, not_before=None
        )
    )


def names(deliveries: list[Delivery]) -> list[list[str]]:
    return [[one["company_name"] for one in delivery.rows.to_pylist()] for delivery in deliveries]  # type: ignore[union-attr]


def test_the_stream_goes_on_from_its_timepoint(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.change("00000001", profile("00000001", "BEFORE LTD"))
    assert changes(client, tmp_path, Known()) == []  # without a timepoint it tells what happens from now on
    server.change("00000001", profile("00000001", "A LTD"))
    server.change("00000002", profile("00000002", "B LTD"))
    server.change("00000001", profile("00000001", "A2 LTD"))
    server.change("00000002", None)
    [delivery] = changes(client, tmp_path, Known(cursor="timepoint=1002"))
    assert (names([delivery]), delivery.gone) == ([["A2 LTD"]], ("00000002",))
    assert (delivery.coverage, delivery.cursor) == (Coverage.DELTA, "timepoint=1005")
    assert PERSON not in text_of(tmp_path)
    [again] = changes(client, tmp_path, Known(cursor="timepoint=1005"))  # the last event comes again
    assert (again.gone, again.cursor) == (("00000002",), "timepoint=1005")


def test_a_stream_that_breaks_is_taken_up_where_it_broke(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 8):
        server.change(f"0000000{number}", profile(f"0000000{number}", f"C{number} LTD"))
    server.most_events = 3
    told = changes(client, tmp_path, Known(cursor="timepoint=1001"))
    assert [delivery.cursor for delivery in told] == ["timepoint=1003", "timepoint=1005", "timepoint=1007"]
    assert sorted({name for portion in names(told) for name in portion}) == [f"C{number} LTD" for number in range(1, 8)]
    server.spoil(Said(body=b"\n", cut_at=0), Said(status=429), Said(status=503))
    monkeypatch.setattr(change_stream, "EVENTS_AT_ONCE", 4)
    server.most_events = 100
    assert [len(portion) for portion in names(changes(client, tmp_path, Known(cursor="timepoint=1001")))] == [4, 4, 1]


def test_too_many_listeners_are_waited_for_a_minute(
    server: CompaniesHouseServer, client: PoliteClient, pauses: Pauses, tmp_path: Path
) -> None:
    server.change("00000001", profile("00000001", "A LTD"))
    server.spoil(Said(status=429))
    assert names(changes(client, tmp_path, Known(cursor="timepoint=1001"))) == [["A LTD"]]
    assert 60 in pauses.seconds


def test_listening_ends_where_there_is_no_backlog_left(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        server.change(f"0000000{number}", profile(f"0000000{number}", "A LTD"))
    server.change("00000004", profile("00000004", "NOW LTD"), at="2999-01-01T00:00:00")
    server.change("00000005", profile("00000005", "LATER LTD"))
    [delivery] = changes(client, tmp_path, Known(cursor="timepoint=1003"))
    assert delivery.cursor == "timepoint=1004"  # it was told after we came


def test_listening_ends_when_its_time_is_over(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        server.change(f"0000000{number}", profile(f"0000000{number}", "A LTD"))
    ticks = iter(range(100))
    monkeypatch.setattr(change_stream, "LISTEN_SECONDS", 3.0)
    monkeypatch.setattr(change_stream, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    [delivery] = changes(client, tmp_path, Known(cursor="timepoint=1001"))
    assert delivery.cursor == "timepoint=1002"


def test_what_the_table_has_already_is_passed_over(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.publish("en_output.html", WHOLE, archive(table(row("00000001", "A LTD"))))
    server.publish("en_pscdata.html", PSC, archive(lines(corporate("00000001", "00000002"))))
    server.change("00000001", profile("00000001", "OLD LTD"), at="2026-10-20T12:00:00")
    server.change("00000002", profile("00000002", "NEW LTD"), at="2026-11-03T12:00:00")
    told = list(
        register.fetch_changes(client, landing=tmp_path, known=Known(etag="2026-10-01", cursor="timepoint=1001"))
    )
    assert [(delivery.layout.name, str(delivery.coverage)) for delivery in told] == [
        ("basic_company_data", "complete"),
        ("corporate_owner", "complete"),
        ("company_profile", "delta"),
    ]
    assert (names(told[2:]), told[2].cursor) == ([["NEW LTD"]], "timepoint=1002")


def test_a_timepoint_that_is_too_old_begins_anew_and_tells_the_gap(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.change("00000001", profile("00000001", "LOST LTD"))
    server.oldest = 1002
    [delivery] = changes(client, tmp_path, Known(cursor="timepoint=7"))
    assert names([delivery]) == [[]]
    assert delivery.warnings == (change_stream.GAP,)
    assert delivery.cursor == ""


def test_what_nobody_described_is_told(server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path) -> None:
    server.change("00000001", profile("00000001", "A LTD", company_status="resting"))
    server.change("00000002", profile("00000002", "B LTD"), resource_kind="company-charges")
    [delivery] = changes(client, tmp_path, Known(cursor="timepoint=1001"))
    assert set(delivery.warnings) == {
        "the stream tells of 'company-charges' that is 'changed', which nobody described: passed over",
        "1 of 1 answers have the unknown value 'resting' of 'company_status'",
    }
    server.spoil(Said(body=b"<html>\n"))
    with pytest.raises(SourceAborted, match="is no event with resource_id"):
        changes(client, tmp_path, Known(cursor="timepoint=1001"))


# --- histories ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


STATES = {"active": "Active", "liquidation": "Liquidation", "administration": "In Administration"}


def as_row(told: Profile) -> str:
    seat = told["registered_office_address"]
    former = {
        f"PreviousName_{place}.{column}": value
        for place, one in enumerate(told.get("previous_company_names", []), start=1)
        for column, value in (
            ("CompanyName", one["name"]),
            ("CONDATE", datetime.fromisoformat(one["ceased_on"]).strftime("%d/%m/%Y")),
        )
    }
    return row(
        told["company_number"],
        told["company_name"],
        CompanyStatus=STATES[told["company_status"]],
        CompanyCategory=TITLES[told["type"]].upper(),
        **{"RegAddress.PostTown": seat["locality"], "RegAddress.AddressLine1": seat["address_line_1"]},
        **{"SICCode.SicText_1": f"{told['sic_codes'][0]} - Something"},
        **former,
    )


def current(warehouse: Warehouse) -> list[dict[str, object]]:
    columns = "source_key, name, names, status, legal_form_code, industries, addresses, country_code, registered_date"
    return warehouse.ask(
        f"SELECT {columns} FROM core.source_record WHERE known_to IS NULL AND status <> 'dissolved' ORDER BY source_key"
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_changes_on_top_of_a_table_equal_the_later_table(
    seed: int, server: CompaniesHouseServer, client: PoliteClient, warehouse: Warehouse, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    source = replace(register.SOURCE, expect=replace(register.SOURCE.expect, min_rows=1, fill_rates={}))
    clear = (
        "DELETE FROM core.source_record; DELETE FROM core.relation; DELETE FROM core.run; DELETE FROM core.tombstone"
    )

    def land(delivery: Delivery) -> None:
        land_delivery(warehouse, source, delivery, run_id=str(new_run_id()), progress=silent, key=b"0" * 32)

    def publish(day: str) -> None:
        rows = [as_row(told) for told in server.profiles.values() if told["company_status"] != "dissolved"]
        server.publish("en_output.html", f"BasicCompanyDataAsOneFile-{day}.zip", archive(table(*rows)))

    keys = [f"{number:08d}" for number in range(1, 13)]
    for key in keys[:9]:
        server.profiles[key] = profile(key, f"C{key} LTD")
    publish("2026-10-01")
    warehouse.execute(clear)
    land(bulk(client, tmp_path / "first"))
    for step in range(25):
        key = chance.choice(keys)
        told = server.profiles.get(key) or profile(key, f"C{key} LTD")
        change = chance.choice(("name", "seat", "status", "type", "dissolved", "industry"))
        if change == "name":
            former = {
                "name": told["company_name"],
                "ceased_on": f"2026-10-{step + 1:02d}",
                "effective_from": "2001-02-03",
            }
            before = told.get("previous_company_names", [])
            told = told | {"company_name": f"N{step} LTD", "previous_company_names": [former, *before]}
        elif change == "seat":
            told = told | {"registered_office_address": told["registered_office_address"] | {"locality": f"TOWN{step}"}}
        elif change == "industry":
            told = told | {"sic_codes": [f"{62010 + step}"]}
        elif change == "type":
            told = told | {"type": chance.choice(("ltd", "plc", "llp"))}
        else:
            status = "dissolved" if change == "dissolved" else chance.choice(tuple(STATES))
            told = told | {"company_status": status}
        server.change(key, told, at=f"2026-10-{step + 1:02d}T12:00:00")
    server.most_events = chance.randint(3, 30)
    for delivery in changes(client, tmp_path / "feed", Known(cursor="timepoint=1001")):
        land(delivery)
    for delivery in changes(client, tmp_path / "feed", Known(cursor="timepoint=1001")):  # all of it again
        land(delivery)
    followed = current(warehouse)
    publish("2026-11-01")
    land(bulk(client, tmp_path / "second"))
    assert current(warehouse) == followed  # the next table says nothing new
    warehouse.execute(clear)
    land(bulk(client, tmp_path / "anew"))
    assert current(warehouse) == followed
