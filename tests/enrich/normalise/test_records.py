from collections.abc import Callable

import pytest

from db.warehouse import Warehouse
from enrich.normalise import records
from enrich.normalise.records import normalise_records
from enrich.progress import silent

AddRecord = Callable[..., str]


def test_a_record_is_normalised_whole(ledger: Warehouse, add_record: AddRecord) -> None:
    add_record(
        "no_brreg",
        "923609016",
        "BJØRN DAHLE AS",
        numbers={"NO-ORGNR": "923609016"},
        names=[{"name": "Dahle Bil", "kind": "trade", "from_date": None, "to_date": None}],
        contact_points=[
            {"kind": "website", "value": "www.dahle.example.no"},
            {"kind": "email", "value": "bjorn.dahle@gmail.com"},
            {"kind": "phone", "value": "22 33 44 55"},
        ],
        addresses=[
            {"kind": "postal", "postal_code": "9999", "city": "BODØ"},
            {"kind": "business", "street": "c/o Ås AS, Storgaten 5 B", "postal_code": "0150", "city": "OSLO"},
        ],
    )
    assert normalise_records(ledger, silent) == 1
    [row] = ledger.ask(
        "SELECT core_name, core_key, name_key, legal_form_class, domain, email_domain, phone, mobile, postal_code, city_key, address_key, is_live FROM core.record_key"
    )
    assert row == {
        "core_name": "bjorn dahle",
        "core_key": "bjorndahle",
        "name_key": "bjorndahle|as",
        "legal_form_class": "as",
        "domain": "example.no",
        "email_domain": None,
        "phone": "+4722334455",
        "mobile": None,
        "postal_code": "0150",
        "city_key": "oslo",
        "address_key": "storg. 5b, 0150",
        "is_live": True,
    }
    assert ledger.ask("SELECT * FROM core.identifier") == [
        {"record_id": "no_brreg:923609016", "scheme": "NO-ORGNR", "value": "923609016"}
    ]
    assert ledger.ask("SELECT kind, core_name FROM core.record_name") == [{"kind": "trade", "core_name": "dahle bil"}]


def test_a_natural_persons_address_is_no_key(ledger: Warehouse, add_record: AddRecord) -> None:
    home = [{"kind": "business", "street": "Storgata 5", "postal_code": "0150", "city": "OSLO"}]
    add_record("no_brreg", "1", "KARI NORDMANN", entity_kind="sole_trader", is_natural_person=True, addresses=home)
    normalise_records(ledger, silent)
    assert ledger.ask("SELECT address_key FROM core.record_key") == [{"address_key": None}]


@pytest.mark.parametrize("is_empty", [True, False])
def test_tables_of_an_earlier_version_may_lack_a_column(
    ledger: Warehouse, add_record: AddRecord, monkeypatch: pytest.MonkeyPatch, is_empty: bool
) -> None:
    if not is_empty:
        add_record("no_brreg", "1", "ALFA AS")
    with monkeypatch.context() as earlier:
        earlier.setattr(records, "NORMALISER_VERSION", records.NORMALISER_VERSION - 1)
        normalise_records(ledger, silent)
    ledger.execute("ALTER TABLE core.record_key DROP COLUMN address_key")
    add_record("no_brreg", "1", "ALFA AS")
    assert normalise_records(ledger, silent) == 1
    assert ledger.ask("SELECT core_name, address_key FROM core.record_key") == [
        {"core_name": "alfa", "address_key": None}
    ]


def test_only_what_changed_is_normalised_again(ledger: Warehouse, add_record: AddRecord) -> None:
    add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "BETA AS", numbers={"NO-ORGNR": "2"})
    assert normalise_records(ledger, silent) == 2
    assert normalise_records(ledger, silent) == 0
    add_record("no_brreg", "2", "GAMMA AS", numbers={"NO-ORGNR": "2"})
    assert normalise_records(ledger, silent) == 1
    assert ledger.ask("SELECT core_name FROM core.record_key ORDER BY 1") == [
        {"core_name": "alfa"},
        {"core_name": "gamma"},
    ]
    assert ledger.ask("SELECT count(*) AS n FROM core.identifier") == [{"n": 2}]


def test_new_normalisers_normalise_everything_again(
    ledger: Warehouse, add_record: AddRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_record("no_brreg", "1", "ALFA AS")
    normalise_records(ledger, silent)
    monkeypatch.setattr(records, "NORMALISER_VERSION", records.NORMALISER_VERSION + 1)
    assert normalise_records(ledger, silent) == 1


def test_a_record_that_left_its_source_stays_but_lives_no_more(ledger: Warehouse, add_record: AddRecord) -> None:
    add_record("no_brreg", "1", "ALFA AS")
    normalise_records(ledger, silent)
    ledger.execute("UPDATE core.source_record SET is_closed = true, known_to = now()")
    assert normalise_records(ledger, silent) == 1
    assert ledger.ask("SELECT core_name, is_live FROM core.record_key") == [{"core_name": "alfa", "is_live": False}]
    assert normalise_records(ledger, silent) == 0


def test_an_erased_record_leaves_nothing_behind(ledger: Warehouse, add_record: AddRecord) -> None:
    add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    normalise_records(ledger, silent)
    ledger.execute("DELETE FROM core.source_record")
    normalise_records(ledger, silent)
    assert ledger.ask(
        "SELECT (SELECT count(*) FROM core.record_key) + (SELECT count(*) FROM core.identifier) AS n"
    ) == [{"n": 0}]


def test_more_records_than_one_batch_holds_are_all_normalised(
    ledger: Warehouse, add_record: AddRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "ROWS_AT_ONCE", 2)
    for key in "12345":
        add_record("no_brreg", key, f"FIRMA {key} AS")
    assert normalise_records(ledger, silent) == 5
    assert ledger.ask("SELECT count(*) AS n FROM core.record_key") == [{"n": 5}]


def test_every_derived_column_says_what_it_is(ledger: Warehouse) -> None:
    normalise_records(ledger, silent)
    assert (
        ledger.ask(
            "SELECT column_name FROM duckdb_columns() WHERE table_name IN ('record_key', 'record_name', 'identifier') AND comment IS NULL"
        )
        == []
    )
