"""A warehouse with the real tables, and companies to put into it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from db.warehouse import Warehouse

AddCompany = Callable[..., str]
AddRecord = Callable[..., str]


@pytest.fixture(scope="module")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@pytest.fixture
def company_table(_migrated: Warehouse) -> Warehouse:
    """A warehouse whose table of companies is empty; the rest is as the tests of this module left it."""
    _migrated.execute("DELETE FROM core.company")
    return _migrated


@pytest.fixture
def add_company(company_table: Warehouse) -> AddCompany:
    """Adds a company: what a Norwegian software house would be, but for the fields given; gives its name."""

    def add(name: str = "FJORDKODE AS", **fields: Any) -> str:
        number = str(900000000 + company_table.ask("SELECT count(*) AS n FROM core.company")[0]["n"])  # type: ignore[operator]
        at = datetime(2026, 11, 1, tzinfo=UTC)
        row = {
            "company_id": str(uuid.uuid4()),
            "id_label": f"NO:{number}",
            "name": name,
            "country_code": "NO",
            "entity_kind": "legal_entity",
            "is_natural_person": False,
            "legal_form_code": "AS",
            "legal_form_scheme": "NO-LEGAL-FORM",
            "status": "active",
            "industry_code": "62.100",
            "industry_scheme": "SN2025",
            "industry_title": "Programmeringstjenester",
            "industries": [{"code": "62.100", "scheme": "SN2025", "rank": 1}],
            "employees_low": 40,
            "employees_high": 40,
            "employees_state": "exact",
            "website": "fjordkode.example",
            "postal_code": "5003",
            "city": "BERGEN",
            "municipality_code": "4601",
            "municipality_name": "BERGEN",
            "region_code": "46",
            "founded_date": date(2010, 5, 1),
            "purpose": "Utvikling av programvare for havbruk",
            "sector_code": "2100",
            "is_customer": False,
            "has_open_deal": False,
            "is_customer_group": False,
            "is_in_crm": False,
            "sources": ["no_brreg"],
            "anchor_record_id": f"no_brreg:{number}",
            "record_ids": [f"no_brreg:{number}"],
            "first_known_at": at,
            "last_known_at": at,
        } | fields
        if "industries" in fields:
            main = next(iter(fields["industries"]), {"code": None, "scheme": None})
            row |= {"industry_code": main["code"], "industry_scheme": main["scheme"]}
        with company_table.lend("new_company", pa.Table.from_pylist([row])):
            company_table.execute("INSERT INTO core.company BY NAME SELECT * FROM new_company")
        return name

    return add


@pytest.fixture
def ledger(_migrated: Warehouse) -> Warehouse:
    """A warehouse without records, CRM and decisions."""
    for table in ("source_record", "company_member", "company_id_log", "crm_company", "crm_contact", "decision"):
        _migrated.execute(f"DELETE FROM core.{table}")
    for table in ("record_key", "record_name", "identifier"):
        _migrated.execute(f"DROP TABLE IF EXISTS core.{table}")
    return _migrated


@pytest.fixture
def add_record(ledger: Warehouse) -> AddRecord:
    """Adds a source record in its current version, or another version of one; gives its record id."""
    given = 0

    def add(source: str, key: str, name: str, *, numbers: dict[str, str] | None = None, **fields: Any) -> str:
        nonlocal given
        given += 1
        at = datetime(2026, 11, 1, tzinfo=UTC)
        row = {
            "record_id": f"{source}:{key}",
            "source": source,
            "source_key": key,
            "run_id": str(uuid.uuid4()),
            "source_seq": given,
            "known_from": at,
            "is_closed": False,
            "content_hash": given,
            "mapping_version": 1,
            "layout": "test",
            "fetched_at": at,
            "entity_kind": "legal_entity",
            "is_natural_person": False,
            "name": name,
            "country_code": "NO",
            "identifiers": [
                {"scheme": scheme, "value": value, "original": value} for scheme, value in (numbers or {}).items()
            ],
            "status": "active",
            "employees_state": "not_supplied",
        } | fields
        ledger.execute(
            "UPDATE core.source_record SET known_to = now() WHERE record_id = $id AND known_to IS NULL",
            id=row["record_id"],
        )
        with ledger.lend("new_record", pa.Table.from_pylist([{k: v for k, v in row.items() if v != []}])):
            ledger.execute("INSERT INTO core.source_record BY NAME SELECT * FROM new_record")
        return str(row["record_id"])

    return add
