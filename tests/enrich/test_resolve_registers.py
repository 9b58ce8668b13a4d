"""Three registers' views of one truth, night after night: the same companies as from one full run, with ids that stay."""

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import wikidata
from bench.companies import Row, draw_companies
from bench.gleif import GOLDEN_COPY
from bench.registers import Rates, draw_views
from bench.world import REGISTER
from db.warehouse import Warehouse
from enrich.land import land_delivery
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.resolve import ResolveReport, resolve_companies
from enrich.runs import new_run_id
from sources.kinds.bulk_file import pick_layout
from sources.registry import source as connector_of
from sources.source import Coverage, Delivery, Source

AddRecord = Callable[..., str]
Judge = Callable[[str, str, str], str]
NIGHTS = 10
RATES = Rates(lei=0.8, item=0.6, wrong_number=0.1, renamed=0.2, second_lei=0.1, second_item=0.1, dead=0.1, namesake=0.1)
TABLES = ("source_record", "company_member", "company_id_log", "resolution_review", "decision")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with a table `landed` of all versions that three registers delivered."""
    views = draw_views(3, 0, draw_companies(3, 0, 150), RATES)
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as warehouse:
        land(warehouse, connector_of("no_brreg").SOURCE, REGISTER, views.norway)
        land(warehouse, connector_of("gleif").SOURCE, GOLDEN_COPY, views.gleif)
        land(warehouse, wikidata.SOURCE, wikidata.COLUMNS, views.wikidata)
        warehouse.execute("CREATE TABLE landed AS SELECT * FROM core.source_record")
        yield warehouse


def land(warehouse: Warehouse, source: Source, header: Sequence[str], rows: Sequence[Row]) -> None:
    layout = pick_layout(source, tuple(header))
    table = pa.table({name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in header})
    delivery = Delivery(
        source=source.name,
        layout=layout,
        rows=table,
        form="table",
        coverage=Coverage.PARTIAL,
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        source_seq=1,
    )
    land_delivery(warehouse, source, delivery, run_id=new_run_id(), progress=silent)


def resolve(warehouse: Warehouse) -> ResolveReport:
    normalise_records(warehouse, silent)
    return resolve_companies(warehouse, str(uuid.uuid4()), silent)


def ids(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.ask("SELECT record_id, company_id::VARCHAR AS company_id FROM core.company_member")
    return {str(row["record_id"]): str(row["company_id"]) for row in rows}


def partition(company_of: dict[str, str]) -> set[frozenset[str]]:
    companies: dict[str, set[str]] = {}
    for record, company in company_of.items():
        companies.setdefault(company, set()).add(record)
    return {frozenset(records) for records in companies.values()}


def empty(warehouse: Warehouse) -> None:
    for table in TABLES:
        warehouse.execute(f"DELETE FROM core.{table}")


def deliver(warehouse: Warehouse, records: Sequence[str], *, partly: bool = False) -> None:
    """Put records in; partly: without what else than their own number they state, in an older version."""
    with warehouse.lend("night", pa.table({"record_id": pa.array(records, pa.string())})):
        warehouse.execute("DELETE FROM core.source_record WHERE record_id IN (SELECT record_id FROM night)")
        warehouse.execute("INSERT INTO core.source_record SELECT * FROM landed SEMI JOIN night USING (record_id)")
        if partly:
            warehouse.execute(
                "UPDATE core.source_record SET name = 'UNDER STIFTELSE ' || source_key, addresses = NULL, "
                "identifiers = identifiers[:1], content_hash = content_hash + 1 "
                "WHERE record_id IN (SELECT record_id FROM night)"
            )


@given(seed=st.integers(0, 2**32))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ten_nights_give_the_companies_of_one_full_run_and_no_id_is_lost(landed: Warehouse, seed: int) -> None:
    records = [str(row["record_id"]) for row in landed.ask("SELECT record_id FROM landed ORDER BY 1")]
    empty(landed)
    deliver(landed, records)
    resolve(landed)
    full = partition(ids(landed))
    rng = random.Random(seed)
    nights = {record: rng.randrange(NIGHTS) for record in records}
    partly = [record for record in records if rng.random() < 0.2 and nights[record] < NIGHTS - 1]
    empty(landed)
    seen: set[str] = set()
    for night in range(NIGHTS):
        due = [record for record in records if nights[record] == night]
        deliver(landed, [record for record in due if record not in partly or record in seen])
        early = [record for record in due if record in partly and record not in seen]
        deliver(landed, early, partly=True)
        for record in early:
            nights[record] = rng.randrange(night + 1, NIGHTS)
        seen |= set(due)
        resolve(landed)
        seen_ids = set(ids(landed).values())
        if night == 0:
            first_ids = seen_ids
    after = ids(landed)
    assert partition(after) == full
    retired = landed.ask("SELECT old_id::VARCHAR AS old_id, new_id::VARCHAR AS new_id FROM core.company_id_log")
    assert first_ids <= set(after.values()) | {str(row["old_id"]) for row in retired}
    report = resolve(landed)
    assert ids(landed) == after
    assert (report.merged, report.split) == (0, 0)


def test_no_company_has_two_numbers_of_one_land_and_what_is_open_is_told(landed: Warehouse) -> None:
    empty(landed)
    deliver(landed, [str(row["record_id"]) for row in landed.ask("SELECT record_id FROM landed")])
    report = resolve(landed)
    twice = landed.ask(
        "SELECT company_id FROM core.company_member JOIN core.identifier USING (record_id) "
        "WHERE record_id LIKE 'no_brreg:%' GROUP BY company_id, scheme HAVING count(DISTINCT value) > 1"
    )
    assert twice == []
    reviews = landed.ask("SELECT reason, probability FROM core.resolution_review")
    assert len(reviews) == report.to_review > 0
    assert all(str(row["reason"]).endswith(".") and 0 <= float(str(row["probability"])) <= 1 for row in reviews)
    assert report.records == (
        report.companies + report.by_identifier + report.by_name + report.by_evidence + report.by_judgement
    )


NATIONAL = {"source": "no_brreg", "key": "1", "name": "FJELLMO BYGG AS", "numbers": {"NO-ORGNR": "1"}}
OTHER = {"source": "no_brreg", "key": "2", "name": "STRANDVIK DRIFT AS", "numbers": {"NO-ORGNR": "2"}}


@pytest.fixture
def companies(ledger: Warehouse, add_record: AddRecord) -> Callable[..., set[frozenset[str]]]:
    """The companies that records make up."""

    def resolved(*records: dict[str, object]) -> set[frozenset[str]]:
        for record in records:
            add_record(**record)
        resolve(ledger)
        return {records for records in partition(ids(ledger)) if len(records) > 1}

    return resolved


def test_a_number_that_another_record_bears_out_better_is_refuted_and_stands_in_nobodys_way(
    ledger: Warehouse, companies: Callable[..., set[frozenset[str]]]
) -> None:
    wrong = {"source": "gleif", "key": "L1", "name": "Strandvik Drift AS", "numbers": {"LEI": "L1", "NO-ORGNR": "1"}}
    assert companies(NATIONAL, OTHER, wrong) == {frozenset({"no_brreg:2", "gleif:L1"})}
    [review] = ledger.ask("SELECT * FROM core.resolution_review")
    assert (review["left_id"], review["right_id"]) == ("no_brreg:1", "gleif:L1")
    assert review["reason"] == "Same NO-ORGNR 1, but another record of the register has its whole name."


def test_a_company_that_was_renamed_keeps_its_number_where_the_place_is_the_same(
    companies: Callable[..., set[frozenset[str]]],
) -> None:
    place = [{"kind": "business", "postal_code": "5003", "city": "BERGEN"}]
    lagging = {"source": "gleif", "key": "L1", "name": "ZALORA AS", "numbers": {"LEI": "L1", "NO-ORGNR": "1"}}
    assert companies(NATIONAL | {"addresses": place}, lagging | {"addresses": place}) == {
        frozenset({"no_brreg:1", "gleif:L1"})
    }


def test_a_foreign_company_and_its_norwegian_branch_are_two(companies: Callable[..., set[frozenset[str]]]) -> None:
    branch = NATIONAL | {"name": "FJELLMO LTD", "entity_kind": "branch"}
    office = {"source": "gleif", "key": "L1", "name": "FJELLMO LTD", "country_code": "GB"}
    own = {"source": "gleif", "key": "L2", "name": "FJELLMO LTD", "numbers": {"LEI": "L2", "NO-ORGNR": "1"}}
    assert companies(branch, office | {"numbers": {"LEI": "L1", "NO-ORGNR": "1"}}, own) == {
        frozenset({"no_brreg:1", "gleif:L2"})
    }


def test_two_leis_of_one_number_and_name_are_one_company(companies: Callable[..., set[frozenset[str]]]) -> None:
    twins = [
        {"source": "gleif", "key": key, "name": "FJELLMO BYGG AS", "numbers": {"LEI": key, "NO-ORGNR": "1"}}
        for key in ("L1", "L2")
    ]
    assert companies(NATIONAL, *twins) == {frozenset({"no_brreg:1", "gleif:L1", "gleif:L2"})}


@pytest.mark.parametrize(
    ("more", "joined"),
    [
        pytest.param({}, False, id="the name alone"),
        pytest.param({"founded_date": datetime(2010, 5, 1, tzinfo=UTC).date()}, True, id="founded on one day"),
        pytest.param({"founded_date": datetime(1950, 5, 1, tzinfo=UTC).date()}, False, id="founded long before"),
    ],
)
def test_an_item_without_a_number_needs_more_than_the_name(
    companies: Callable[..., set[frozenset[str]]], more: dict[str, object], joined: bool
) -> None:
    founded = {"founded_date": datetime(2010, 5, 1, tzinfo=UTC).date()}
    item = {"source": "wikidata", "key": "Q1", "name": "Fjellmo Bygg", "status": "unknown"}
    found = companies(NATIONAL | founded, item | more)
    assert found == ({frozenset({"no_brreg:1", "wikidata:Q1"})} if joined else set())


def test_what_people_say_of_two_records_outranks_names_and_numbers(
    ledger: Warehouse, companies: Callable[..., set[frozenset[str]]], judge_pair: Judge
) -> None:
    stated = {"source": "gleif", "key": "L1", "name": "FJELLMO BYGG AS", "numbers": {"LEI": "L1", "NO-ORGNR": "1"}}
    assert companies(NATIONAL, OTHER, stated) == {frozenset({"no_brreg:1", "gleif:L1"})}
    judge_pair("gleif:L1", "no_brreg:1", "different")
    assert companies() == set()
    judge_pair("gleif:L1", "no_brreg:2", "same")
    assert companies() == {frozenset({"no_brreg:2", "gleif:L1"})}
    judge_pair("no_brreg:2", "gleif:L1", "unsure")
    assert companies() == set()
