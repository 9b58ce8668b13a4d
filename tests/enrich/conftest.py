"""A warehouse with the real tables, and companies to put into it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from db.warehouse import Warehouse

AddCompany = Callable[..., str]


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
