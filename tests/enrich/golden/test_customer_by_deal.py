"""From a won deal in a file that names its company, to a company that `find` leaves out as a customer."""

from pathlib import Path

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.gate import open_readers
from enrich.search import find
from tests.enrich.golden.conftest import World

COMPANIES = "Record ID,Company name,Lifecycle Stage\n11,Nordlys  Bygg AS,Lead\n22,Twin AS,Lead\n33,TWIN AS,Lead\n44,Sjø AS,Lead\n"


@pytest.mark.parametrize(
    ("header", "cell", "is_customer"),
    [
        ("Associated Company IDs (Primary)", "11", True),
        ("Associated Company (Primary)", "NORDLYS bygg as", True),
        ("Associated Company", "Somebody Else AS;Nordlys Bygg AS", True),
        ("Associated Company", "Nordlys Bygg", False),
        ("Associated Company IDs (Primary)", "12", False),
        ("Associated Company", "Twin AS", False),
    ],
    ids=["key", "name", "one of two names", "a name like it", "a key that nobody has", "a name of two companies"],
)
def test_a_won_deal_makes_its_company_a_customer_that_find_leaves_out(
    tmp_path: Path, header: str, cell: str, is_customer: bool
) -> None:
    config = Config.model_validate(
        {"who": "kari", "data": tmp_path / "data", "icp": {"no": {"must": {"country": ["NO"]}}}}
    )
    companies, deals = tmp_path / "companies.csv", tmp_path / "deals.csv"
    companies.write_text(COMPANIES, encoding="utf-8")
    deals.write_text(
        f"Record ID,Deal Name,Deal Stage,{header}\n1,Roof,Closed Won,{cell}\n2,Lost one,Tapt forhandling,\n",
        encoding="utf-8",
    )
    assert import_file(config, companies).deals == 0
    report = import_file(config, deals)
    assert not report.columns_not_read
    assert (report.deals, report.deals_without_company) == (1, int(not is_customer))

    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        world = World(warehouse, config)
        keys = warehouse.ask("SELECT crm_id FROM core.crm_company ORDER BY crm_key")
        for number, row in enumerate(keys, start=1):
            world.accept("company", str(row["crm_id"]), world.record(f"91000000{number}", company=number), number)
        world.publish()
    with open_readers(config) as readers:
        answer = find(readers, config)
    left_out = {each.rule: each.company_count for each in answer.left_out}
    assert left_out.get("customer", 0) == int(is_customer)
    assert answer.fits == 4 - int(is_customer)
