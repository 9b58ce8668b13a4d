"""From a won deal in a file that names its company, to a company that `find` leaves out as a customer."""

from dataclasses import dataclass

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.gate import open_readers
from enrich.search import FindAnswer, find
from tests.enrich.golden.conftest import World

COMPANIES = (
    "Record ID,Company name,Lifecycle Stage\n11,Nordlys  Bygg AS,Lead\n22,Fjell  Bygg AS,Lead\n33,Vidde Bygg AS,Lead\n"
    "44,Strand Bygg AS,Lead\n55,Twin AS,Lead\n66,TWIN AS,Lead\n77,Sjø AS,Lead\n"
)
KEY, NAME, NAMES = "Associated Company IDs (Primary)", "Associated Company (Primary)", "Associated Company"
CASES = {
    "key": (KEY, "11", "11"),
    "a key that nobody has": (KEY, "12", None),
    "name": (NAME, "FJELL bygg as", "22"),
    "one of two names": (NAMES, "Somebody Else AS;Vidde Bygg AS", "33"),
    "a name like it": (NAMES, "Strand Bygg", None),
    "a name of two companies": (NAMES, "Twin AS", None),
}
"""By what a won deal names its company: the column, what it says there, and the key of the company that becomes a customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Won:
    """What is known after one file for each column was taken in, with a deal for each case and one that was lost."""

    taken_in: dict[str, tuple[int, int]]
    customers: set[str]
    answer: FindAnswer


@pytest.fixture(scope="module")
def won(tmp_path_factory: pytest.TempPathFactory) -> Won:
    folder = tmp_path_factory.mktemp("won")
    config = Config.model_validate(
        {"who": "kari", "data": folder / "data", "icp": {"no": {"must": {"country": ["NO"]}}}}
    )
    companies = folder / "companies.csv"
    companies.write_text(COMPANIES, encoding="utf-8")
    assert import_file(config, companies).deals == 0
    taken_in = {}
    for number, header in enumerate((KEY, NAME, NAMES)):
        deals = folder / f"deals{number}.csv"
        named = [(case, cell) for case, (column, cell, _) in CASES.items() if column == header]
        rows = "".join(f"{case},Roof,Closed Won,{cell}\n" for case, cell in named)
        deals.write_text(
            f"Record ID,Deal Name,Deal Stage,{header}\n{rows}lost {number},Lost one,Tapt forhandling,\n",
            encoding="utf-8",
        )
        report = import_file(config, deals)
        assert not report.columns_not_read
        taken_in[header] = report.deals, report.deals_without_company
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        world = World(warehouse, config)
        keys = warehouse.ask("SELECT crm_id FROM core.crm_company ORDER BY crm_key")
        for number, row in enumerate(keys, start=1):
            world.accept("company", str(row["crm_id"]), world.record(f"91000000{number}", company=number), number)
        world.publish()
    with open_readers(config) as readers:
        rows_of = readers.warehouse.ask("SELECT crm_company_keys[1] AS crm_key FROM mart.company WHERE is_customer")
        answer = find(readers, config)
    return Won(
        taken_in=taken_in,
        customers={str(row["crm_key"]) for row in rows_of},
        answer=answer,
    )


@pytest.mark.parametrize("case", CASES)
def test_a_won_deal_makes_its_company_a_customer(won: Won, case: str) -> None:
    others = {customer for name, (_, _, customer) in CASES.items() if name != case}
    assert won.customers - others == {CASES[case][2]} - {None}


def test_a_deal_whose_company_is_not_known_is_counted_with_those_of_the_files_before(won: Won) -> None:
    assert won.taken_in == {KEY: (2, 1), NAME: (3, 1), NAMES: (6, 3)}


def test_find_leaves_customers_out(won: Won) -> None:
    assert {each.rule: each.company_count for each in won.answer.left_out}.get("customer") == 3
    assert won.answer.fits == 7 - 3
