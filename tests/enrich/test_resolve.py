import random
import uuid
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.warehouse import Warehouse
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.resolve import ResolveReport, resolve_companies
from enrich.resolve.cluster import cluster_records
from enrich.resolve.ids import Member, assign_ids
from enrich.resolve.weigh import Pair

AddRecord = Callable[..., str]
Companies = set[frozenset[str]]


def resolve(ledger: Warehouse) -> ResolveReport:
    normalise_records(ledger, silent)
    return resolve_companies(ledger, str(uuid.uuid4()), silent)


def companies(ledger: Warehouse) -> Companies:
    rows = ledger.ask("SELECT list(record_id) AS records FROM core.company_member GROUP BY company_id")
    return {frozenset(map(str, row["records"])) for row in rows}  # type: ignore[call-overload]


def id_of(ledger: Warehouse, record_id: str) -> str:
    return str(
        ledger.ask("SELECT company_id FROM core.company_member WHERE record_id = $id", id=record_id)[0]["company_id"]
    )


def test_two_registers_that_state_one_number_are_one_company(ledger: Warehouse, add_record: AddRecord) -> None:
    national = add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    world = add_record("gleif", "L1", "ALFA LIMITED", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    other = add_record("no_brreg", "2", "ALFA AS", numbers={"NO-ORGNR": "2"})
    report = resolve(ledger)
    assert companies(ledger) == {frozenset({national, world}), frozenset({other})}
    assert (report.records, report.companies, report.by_identifier, report.by_name) == (3, 2, 1, 0)
    anchors = ledger.ask("SELECT record_id, linked_by FROM core.company_member WHERE is_anchor ORDER BY 1")
    assert anchors == [{"record_id": national, "linked_by": "first"}, {"record_id": other, "linked_by": "first"}]


@pytest.mark.parametrize(
    ("national", "world", "joined"),
    [
        pytest.param({}, {}, True, id="same name, form and country"),
        pytest.param({"name": "ALFA ANS"}, {}, False, id="another legal form"),
        pytest.param({"country_code": "SE"}, {}, False, id="another country"),
        pytest.param({"entity_kind": "branch"}, {"entity_kind": "branch"}, False, id="branches"),
        pytest.param({"entity_kind": "fund"}, {"entity_kind": "fund"}, False, id="funds"),
        pytest.param({}, {"entity_kind": "sole_trader", "is_natural_person": True}, False, id="a natural person"),
        pytest.param({}, {"numbers": {"LEI": "L1", "NO-ORGNR": "9"}}, False, id="it states another national number"),
        pytest.param({"status": "dissolved"}, {}, False, id="a dissolved company"),
        pytest.param({"entity_kind": "public_body"}, {"entity_kind": "public_body"}, True, id="public bodies"),
    ],
)
def test_a_name_joins_only_where_nothing_speaks_against(
    ledger: Warehouse, add_record: AddRecord, national: dict[str, object], world: dict[str, object], joined: bool
) -> None:
    add_record(**({"source": "no_brreg", "key": "1", "name": "ALFA AS", "numbers": {"NO-ORGNR": "1"}} | national))
    add_record(**({"source": "gleif", "key": "L1", "name": "Alfa A/S", "numbers": {"LEI": "L1"}} | world))
    report = resolve(ledger)
    assert report.companies == (1 if joined else 2)
    assert report.by_name == (1 if joined else 0)


@pytest.mark.parametrize("twin_source", ["no_brreg", "gleif"])
def test_a_name_that_two_have_joins_nobody(ledger: Warehouse, add_record: AddRecord, twin_source: str) -> None:
    add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    add_record("gleif", "L1", "ALFA AS", numbers={"LEI": "L1"})
    add_record(twin_source, "T", "ALFA AS", numbers={"NO-ORGNR": "2"} if twin_source == "no_brreg" else {"LEI": "T"})
    assert resolve(ledger).companies == 3


def test_a_legal_entity_and_its_branch_never_merge_though_they_state_one_number(
    ledger: Warehouse, add_record: AddRecord
) -> None:
    add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    add_record("gleif", "L1", "ALFA AS", numbers={"LEI": "L1", "NO-ORGNR": "1"}, entity_kind="branch")
    assert resolve(ledger).companies == 2


def test_of_two_leis_that_claim_one_number_the_one_with_the_name_gets_it(
    ledger: Warehouse, add_record: AddRecord
) -> None:
    national = add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    add_record("gleif", "L1", "BETA AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    right = add_record("gleif", "L2", "ALFA AS", numbers={"LEI": "L2", "NO-ORGNR": "1"})
    assert resolve(ledger).refused == 1
    assert frozenset({national, right}) in companies(ledger)


def test_a_second_run_writes_nothing(ledger: Warehouse, add_record: AddRecord) -> None:
    add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    add_record("gleif", "L1", "ALFA AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    add_record("no_brreg", "2", "BETA AS", numbers={"NO-ORGNR": "2"})
    resolve(ledger)
    before = ledger.ask("SELECT * FROM core.company_member ORDER BY record_id")
    report = resolve(ledger)
    assert ledger.ask("SELECT * FROM core.company_member ORDER BY record_id") == before
    assert (report.merged, report.split) == (0, 0)


def test_a_merge_keeps_the_older_id_and_a_split_leaves_it_with_the_anchor(
    ledger: Warehouse, add_record: AddRecord
) -> None:
    national = add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    resolve(ledger)
    world = add_record("gleif", "L1", "BETA AS", numbers={"LEI": "L1"})
    resolve(ledger)
    older, younger = id_of(ledger, national), id_of(ledger, world)
    add_record("gleif", "L1", "ALFA AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    assert resolve(ledger).merged == 1
    assert id_of(ledger, national) == id_of(ledger, world) == older
    add_record("gleif", "L1", "GAMMA AS", numbers={"LEI": "L1", "NO-ORGNR": "7"})
    assert resolve(ledger).split == 1
    assert id_of(ledger, national) == older
    fresh = id_of(ledger, world)
    assert fresh not in (older, younger)
    log = ledger.ask("SELECT old_id, new_id, reason FROM core.company_id_log ORDER BY reason")
    assert [(str(row["old_id"]), str(row["new_id"]), row["reason"]) for row in log] == [
        (younger, older, "merge"),
        (older, fresh, "split"),
    ]


def test_a_record_that_left_its_source_keeps_its_company_and_an_erased_one_does_not(
    ledger: Warehouse, add_record: AddRecord
) -> None:
    national = add_record("no_brreg", "1", "ALFA AS", numbers={"NO-ORGNR": "1"})
    world = add_record("gleif", "L1", "ALFA AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    resolve(ledger)
    company = id_of(ledger, national)
    ledger.execute(
        "UPDATE core.source_record SET is_closed = true, known_to = now() WHERE record_id = $id", id=national
    )
    resolve(ledger)
    assert id_of(ledger, national) == id_of(ledger, world) == company
    ledger.execute("DELETE FROM core.source_record WHERE record_id = $id", id=national)
    resolve(ledger)
    assert companies(ledger) == {frozenset({world})}
    assert id_of(ledger, world) == company


RECORDS = [f"{source}:{number}" for source in ("no", "lei") for number in range(4)]
PAIRS = st.lists(
    st.builds(Pair, left_id=st.sampled_from(RECORDS), right_id=st.sampled_from(RECORDS), rule=st.just("identifier")),
    max_size=12,
)
NUMBERS = {record: {record.split(":")[0]: frozenset({record})} for record in RECORDS}


@given(PAIRS)
def test_no_company_ever_holds_two_numbers_of_one_scheme(pairs: list[Pair]) -> None:
    clusters, _ = cluster_records(pairs, NUMBERS, alone=RECORDS)
    assert sorted(record for cluster in clusters for record in cluster) == sorted(RECORDS)
    for cluster in clusters:
        schemes = [record.split(":")[0] for record in cluster]
        assert len(schemes) == len(set(schemes))


@given(PAIRS, PAIRS)
def test_ids_stay_where_their_anchors_are(first: list[Pair], second: list[Pair]) -> None:
    numbers = count()
    mint = lambda: f"{next(numbers):04d}"  # noqa: E731
    members, _ = assign_ids(cluster_records(first, NUMBERS, alone=RECORDS)[0], NUMBERS, {}, mint)
    before = {member.record_id: member for member in members}
    again, changes = assign_ids(cluster_records(first, NUMBERS, alone=RECORDS)[0], NUMBERS, before, mint)
    assert {member.record_id: member for member in again} == before
    assert changes == []
    later, changes = assign_ids(cluster_records(second, NUMBERS, alone=RECORDS)[0], NUMBERS, before, mint)
    after = {member.record_id: member for member in later}
    retired = {change.old_id: change.new_id for change in changes if change.reason == "merge"}
    for member in before.values():
        if member.is_anchor:
            now = after[member.record_id].company_id
            assert now == member.company_id or (retired[member.company_id] == now and now < member.company_id)
    assert sum(member.is_anchor for member in later) == len({member.company_id for member in later})


@given(st.permutations(RECORDS), st.integers(0, 7), PAIRS)
def test_the_order_of_deliveries_does_not_matter(order: list[str], stop: int, pairs: list[Pair]) -> None:
    there = set(order[:stop])
    early = [pair for pair in pairs if {pair.left_id, pair.right_id} <= there]
    members, _ = assign_ids(cluster_records(early, NUMBERS, alone=sorted(there))[0], NUMBERS, {})
    before = {member.record_id: member for member in members}
    late, _ = assign_ids(cluster_records(pairs, NUMBERS, alone=RECORDS)[0], NUMBERS, before)
    at_once, _ = assign_ids(cluster_records(pairs, NUMBERS, alone=RECORDS)[0], NUMBERS, {})
    assert _partition(late) == _partition(at_once)


def _partition(members: list[Member]) -> Companies:
    by_id: dict[str, set[str]] = {}
    for member in members:
        by_id.setdefault(member.company_id, set()).add(member.record_id)
    return {frozenset(records) for records in by_id.values()}


def test_whatever_order_the_records_come_in_the_companies_are_the_same(
    ledger: Warehouse, add_record: AddRecord
) -> None:
    records: list[dict[str, object]] = [
        {"source": "no_brreg", "key": "1", "name": "ALFA AS", "numbers": {"NO-ORGNR": "1"}},
        {"source": "no_brreg", "key": "2", "name": "BETA AS", "numbers": {"NO-ORGNR": "2"}},
        {"source": "gleif", "key": "L1", "name": "ALFA AS", "numbers": {"LEI": "L1"}},
        {"source": "gleif", "key": "L2", "name": "BETTA AS", "numbers": {"LEI": "L2", "NO-ORGNR": "2"}},
        {"source": "gleif", "key": "L3", "name": "BETA AS", "numbers": {"LEI": "L3"}},
    ]
    outcomes = []
    for seed in range(2):
        ledger.execute("DELETE FROM core.source_record")
        resolve(ledger)
        random.Random(seed).shuffle(records)
        for record in records:
            add_record(**record)
            resolve(ledger)
        outcomes.append(companies(ledger))
    assert outcomes[0] == outcomes[1]
    assert frozenset({"no_brreg:1", "gleif:L1"}) in outcomes[0]
    assert frozenset({"no_brreg:2", "gleif:L2"}) in outcomes[0]
