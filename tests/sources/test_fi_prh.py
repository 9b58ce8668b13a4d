"""YTJ over a real socket: the daily archive, companies by number, pages, a busy register, answers that changed shape."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from db.warehouse import Warehouse
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.kinds.json_api import deliver, walk_pages
from sources.registers import fi_prh as register
from sources.source import Coverage, Delivery, Known
from tests.registers.loopback import Said, said_json
from tests.registers.prh_server import PrhServer, company, zipped
from tests.sources.conftest import MakeClient, Pauses

A, B, C = "0112038-9", "0100002-9", "2283132-3"
BUSY = Said(status=503, body=b"busy")


@pytest.fixture
def prh() -> Iterator[PrhServer]:
    with PrhServer() as server:
        server.publish([company(A, "Alfa Oy"), company(B, "Beeta Oy"), company(C, "Gamma Oy")])
        yield server


@pytest.fixture
def client(make_client: MakeClient, prh: PrhServer) -> PoliteClient:
    return make_client(environ={register.SOURCE.base_url_env: prh.url})


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@pytest.fixture
def read(warehouse: Warehouse, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """One company, read as its record, with these parts in the place of the plain ones."""

    def read_one(**more: Any) -> dict[str, Any]:
        warehouse.execute("DELETE FROM core.source_record; DELETE FROM core.code")
        now = datetime.now(UTC)
        answers = [company(A, "Alfa Oy", **more)]
        delivery = deliver(
            register.SOURCE,
            register.COMPANY,
            answers,
            coverage=Coverage.PARTIAL,
            landing=tmp_path,
            fetched_at=now,
            url="x",
        )
        land_delivery(warehouse, register.SOURCE, delivery, run_id=new_run_id(), progress=silent)
        [row] = warehouse.ask("SELECT * FROM core.source_record")
        return row

    return read_one


def numbers(delivery: Delivery) -> list[object]:
    rows = pq.read_table(delivery.rows) if isinstance(delivery.rows, Path) else delivery.rows
    return list(rows["businessId.value"].to_pylist())


# --- the whole register ------------------------------------------------------------------------------------------
def test_the_archive_is_fetched_once_and_then_known(prh: PrhServer, client: PoliteClient, tmp_path: Path) -> None:
    delivery = register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert delivery is not None
    assert (delivery.form, delivery.coverage, delivery.warnings) == ("parquet", Coverage.COMPLETE, ())
    assert numbers(delivery) == [A, B, C]
    assert list(tmp_path.iterdir()) == [delivery.rows]
    assert register.fetch_bulk(client, landing=tmp_path / "again", known=Known(etag=delivery.etag)) is None


def test_the_archive_and_the_answer_of_a_lookup_say_the_same(
    prh: PrhServer, client: PoliteClient, warehouse: Warehouse, tmp_path: Path
) -> None:
    sample = json.loads(Path(register.__file__).with_name("fi_prh.sample.json").read_text(encoding="utf-8"))
    records = [case["answer"] for case in sample["company_json"] if "record" in case]
    shuffled = [dict(reversed(one.items())) | {"names": one["names"][::-1]} for one in records]
    prh.publish(shuffled)
    bulk = register.fetch_bulk(client, landing=tmp_path / "bulk", known=Known())
    assert bulk is not None
    prh.companies = records
    asked = register.look_up(client, [A, B, C], landing=tmp_path / "asked")
    warehouse.execute("DELETE FROM core.source_record")
    source = register.SOURCE.layout("company_json")
    assert bulk.layout is asked.layout is source
    for delivery, changed in ((bulk, 0), (asked, 0)):
        partial = Delivery(
            source="fi_prh", layout=delivery.layout, rows=delivery.rows, form=delivery.form, coverage=Coverage.PARTIAL,
            fetched_at=delivery.fetched_at, source_seq=delivery.source_seq,
        )  # fmt: skip
        report = land_delivery(warehouse, register.SOURCE, partial, run_id=new_run_id(), progress=silent)
        assert (report.changed, report.rejected) == (changed, 0)
    assert report.unchanged == 3


def test_a_label_that_is_worded_anew_is_no_new_version(warehouse: Warehouse, read: Callable[..., Any]) -> None:
    def said(label: str) -> dict[str, Any]:
        labels = [{"languageCode": "1", "description": label}]
        return {
            "companyForms": [{"type": "16", "descriptions": labels}],
            "registeredEntries": [{"type": "1", "register": "1", "descriptions": labels}],
            "mainBusinessLine": {"type": "62100", "typeCodeSet": "TOIMI4", "descriptions": labels},
        }

    before = read(**said("Osakeyhtiö"))["content_hash"]
    assert read(**said("Yksityinen osakeyhtiö"))["content_hash"] == before
    titles = warehouse.ask("SELECT scheme, code, title FROM core.code ORDER BY scheme")
    assert [tuple(row.values()) for row in titles] == [
        ("FI-LEGAL-FORM", "16", "Yksityinen osakeyhtiö"),
        ("TOL2025", "62100", "Yksityinen osakeyhtiö"),
    ]


@pytest.mark.parametrize("members", [(), (b"[]", b"[]")], ids=["none", "two"])
def test_an_archive_that_is_not_one_file_is_refused(
    members: tuple[bytes, ...], prh: PrhServer, client: PoliteClient, tmp_path: Path
) -> None:
    prh.archive = zipped(*members)
    with pytest.raises(SourceAborted, match="neither an archive" if not members else "holds 2 files"):
        register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert list(tmp_path.iterdir()) == []


def test_an_archive_cut_on_its_way_is_fetched_again(prh: PrhServer, client: PoliteClient, tmp_path: Path) -> None:
    prh.spoil(Said(body=prh.archive, headers={"Content-Type": "application/zip"}, cut_at=100))
    delivery = register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert delivery is not None
    assert numbers(delivery) == [A, B, C]


def test_an_error_page_in_the_place_of_the_archive_is_refused(
    prh: PrhServer, client: PoliteClient, tmp_path: Path
) -> None:
    prh.spoil(Said(body=b"<html>maintenance</html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(SourceAborted, match="web page"):
        register.fetch_bulk(client, landing=tmp_path, known=Known())
    prh.spoil(said_json({"errorcode": 1006, "message": "no"}))
    with pytest.raises(SourceAborted, match="not one JSON array of records: it does not begin as one"):
        register.fetch_bulk(client, landing=tmp_path, known=Known())


# --- single companies --------------------------------------------------------------------------------------------
def test_a_lookup_survives_a_busy_register_and_says_what_it_does_not_know(
    prh: PrhServer, client: PoliteClient, pauses: Pauses, tmp_path: Path
) -> None:
    prh.spoil(BUSY, BUSY, Said(status=429, headers={"Retry-After": "7"}))
    delivery = register.look_up(client, [A, "2222222-9"], landing=tmp_path)
    assert numbers(delivery) == [A]
    assert delivery.unknown == ("2222222-9",)
    assert 7 in pauses.seconds
    assert [asked.params["businessId"] for asked in prh.asked] == [A, A, A, A, "2222222-9"]


def test_a_register_that_stays_busy_is_left_for_later(prh: PrhServer, client: PoliteClient, tmp_path: Path) -> None:
    prh.spoil(*[BUSY] * 10)
    with pytest.raises(RetryableError):
        register.look_up(client, [A], landing=tmp_path)


def test_an_answer_about_another_company_is_no_answer(prh: PrhServer, client: PoliteClient, tmp_path: Path) -> None:
    prh.spoil(said_json({"totalResults": 1, "companies": [company(B, "Beeta Oy")]}))
    assert register.look_up(client, [A], landing=tmp_path).unknown == (A,)


def test_pages_are_walked_to_the_number_said(prh: PrhServer, client: PoliteClient) -> None:
    prh.companies = [company(f"{number:07}-0", "Sama Oy") for number in range(250)]

    def search() -> list[dict[str, Any]]:
        return walk_pages(
            client, register.SOURCE, "companies", {"name": "Sama"}, records="companies", total="totalResults"
        )

    assert len(search()) == 250
    assert [asked.params["page"] for asked in prh.asked] == ["1", "2", "3"]
    prh.spoil(
        said_json({"totalResults": 250, "companies": prh.companies[:100]}),
        said_json({"totalResults": 250, "companies": []}),
    )
    with pytest.raises(SourceAborted, match="250 records are said to be found and 100 came"):
        search()
    prh.spoil(said_json({"totalCount": 1, "companies": []}))
    with pytest.raises(SourceAborted, match="without 'companies' or 'totalResults'"):
        search()


def test_what_nobody_declared_is_told_in_any_nesting(prh: PrhServer, client: PoliteClient, tmp_path: Path) -> None:
    office = {"city": "HELSINKI", "languageCode": "1", "region": "18"}
    strange = company(
        A,
        "Alfa Oy",
        phone="1",
        website={"url": "x.example", "kind": "shop"},
        names=[{"name": "Alfa Oy", "type": "1", "language": "fi"}, {"name": "Alpha", "type": "9"}],
        addresses=[{"type": 3, "postOffices": [office]}, "Katu 1"],
        companySituations={"type": "KONK"},
        registeredEntries=[{"type": "1", "register": {"code": "1"}}],
        mainBusinessLine={"type": ["62100"], "typeCodeSet": "TOIMI5"},
    )
    expected = {
        "the unknown key 'phone'",
        "the unknown key 'website.kind'",
        "the unknown key 'names[].language'",
        "the unknown value '9' of 'names[].type'",
        "the unknown value '3' of 'addresses[].type'",
        "the unknown key 'addresses[].postOffices[].region'",
        "a value in the place of an object in 'addresses'",
        "the unknown key 'companySituations.type'",
        "an object or list in the place of the value 'registeredEntries[].register'",
        "a list in the place of the value 'mainBusinessLine.type'",
        "the unknown value 'TOIMI5' of 'mainBusinessLine.typeCodeSet'",
    }
    prh.publish([strange, company(B, "Beeta Oy")])
    bulk = register.fetch_bulk(client, landing=tmp_path / "bulk", known=Known())
    assert bulk is not None
    assert set(bulk.warnings) == {f"1 of 2 answers have {what}" for what in expected}
    asked = register.look_up(client, [A], landing=tmp_path / "asked")
    assert set(asked.warnings) == {f"1 of 1 answers have {what}" for what in expected}


# --- traps -------------------------------------------------------------------------------------------------------
def entry(of_type: str, of_register: str, since: str, until: str | None = None) -> dict[str, str]:
    ended = {} if until is None else {"endDate": until}
    return {"type": of_type, "register": of_register, "registrationDate": since} | ended


REGISTERED = entry("1", "1", "2001-02-03")


@pytest.mark.parametrize(
    ("entries", "situations", "status"),
    [
        pytest.param([REGISTERED], [], "active", id="in the trade register"),
        pytest.param([entry("1", "1", "2001-02-03", "2010-01-01"), entry("4", "1", "2010-01-01")], [], "dissolved", id="ceased"),
        pytest.param([entry("4", "1", "2010-01-01", "2012-01-01"), entry("1", "1", "2012-01-01")], [], "active", id="ceased once, back since"),
        pytest.param([entry("80", "6", "2001-02-03")], [], "active", id="no trade register, but liable for VAT"),
        pytest.param([entry("80", "6", "2001-02-03", "2010-01-01")], [], "unknown", id="no register any more"),
        pytest.param([entry("0", "1", "2001-02-03")], [], "unknown", id="not yet registered"),
        pytest.param([], [], "unknown", id="nothing said"),
        pytest.param([REGISTERED], [{"type": "KONK"}], "bankrupt", id="bankrupt"),
        pytest.param([REGISTERED], [{"type": "SELVTILA"}], "winding_up", id="in liquidation"),
        pytest.param([REGISTERED], [{"type": "KONK", "endDate": "2015-01-01"}], "active", id="bankruptcy that ended"),
        pytest.param([REGISTERED], [{"type": "SANE"}], "active", id="reorganised, in business"),
        pytest.param([REGISTERED], [{"type": "LAKK"}], "unknown", id="a situation that nobody described"),
        pytest.param([entry("4", "1", "2010-01-01")], [{"type": "KONK"}], "dissolved", id="dissolved after bankruptcy"),
    ],
)  # fmt: skip
def test_the_status_is_what_the_registers_say(
    entries: list[dict[str, str]], situations: list[dict[str, str]], status: str, read: Callable[..., dict[str, Any]]
) -> None:
    said = read(registeredEntries=entries, companySituations=situations, status="2", tradeRegisterStatus="1")
    assert said["status"] == status


@pytest.mark.parametrize(
    ("entries", "low", "state", "vat"),
    [
        pytest.param([entry("41", "7", "2001-02-03")], 2, "band", None, id="a regular employer has two or more"),
        pytest.param([entry("41", "7", "2001-02-03", "2005-01-01")], None, "not_supplied", None, id="was one"),
        pytest.param([entry("43", "7", "2001-02-03")], None, "not_supplied", None, id="another kind of employer"),
        pytest.param([entry("82", "6", "2001-02-03")], None, "not_supplied", True, id="VAT on property"),
        pytest.param([entry("80", "6", "2001-02-03", "2005-01-01")], None, "not_supplied", False, id="VAT that ended"),
        pytest.param([entry("85", "6", "2001-02-03")], None, "not_supplied", None, id="an entry that nobody described"),
        pytest.param([entry("55", "5", "2001-02-03")], None, "not_supplied", None, id="prepayment says neither"),
    ],
)  # fmt: skip
def test_employer_and_vat_are_known_or_unknown_never_assumed(
    entries: list[dict[str, str]], low: int | None, state: str, vat: bool | None, read: Callable[..., dict[str, Any]]
) -> None:
    said = read(registeredEntries=entries)
    assert (said["employees_low"], said["employees_high"], said["employees_state"]) == (low, None, state)
    assert said["is_vat_registered"] is vat


def test_of_several_main_names_the_newest_counts(read: Callable[..., dict[str, Any]]) -> None:
    names = [
        {"name": "Uusi Oy", "type": "1", "registrationDate": "2020-01-01"},
        {"name": "Vanha Oy", "type": "1", "registrationDate": "2010-01-01"},
        {"name": "Ny Ab", "type": "2", "registrationDate": "2021-01-01"},
    ]
    assert read(names=names)["name"] == "Uusi Oy"


def test_a_code_of_an_unknown_list_is_no_industry(read: Callable[..., dict[str, Any]]) -> None:
    assert read(mainBusinessLine={"type": "62100", "typeCodeSet": "TOIMI5"})["industries"] == []


def test_control_characters_leave_names(read: Callable[..., dict[str, Any]]) -> None:
    names = [{"name": 'Al\x00fa \x1f"Q" \\u0001 Oy', "type": "1"}]
    assert read(names=names)["name"] == 'Alfa "Q" \\u0001 Oy'


def test_old_industry_codes_lead_to_new_ones_as_finland_writes_them() -> None:
    rows = register.SOURCE.correspondences
    assert ("TOL2008", "4719", "TOL2025", "4712") in rows
    assert {(old, new) for old, _, new, _ in rows} == {("TOL2008", "TOL2025")}
    assert all(code.isdecimal() and len(code) == 4 for _, old, _, new in rows for code in (old, new))


@pytest.mark.parametrize(
    ("form", "kind", "natural"),
    [
        ("16", "legal_entity", False),
        ("6", "legal_entity", False),
        ("19", "branch", False),
        ("41", "public_body", False),
        ("54", "estate", False),
        ("53", "estate", True),
        ("26", "sole_trader", True),
        ("99", "legal_entity", False),
    ],
)
def test_a_form_says_what_sort_of_entity_it_is(
    form: str, kind: str, natural: bool, read: Callable[..., dict[str, Any]]
) -> None:
    row = read(companyForms=[{"type": form, "registrationDate": "2001-02-03"}])
    assert (row["entity_kind"], row["is_natural_person"], row["legal_form_code"]) == (kind, natural, form)
