"""Golden records from records written straight into the ledger, one small world a test."""

from typing import Any

import pyarrow as pa
import pytest

from enrich import decide
from enrich.merge import order_sources
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from sources.registry import find_sources


def test_every_company_has_one_golden_record_and_merging_again_changes_nothing(world: Any) -> None:
    for number in range(1, 6):
        world.record(f"91000000{number}", company=number)
    first = world.merge()
    assert (first.companies, first.of_several_records) == (5, 0)
    assert world.merge() == first
    assert world.company(1)["id_label"] == "NO:910000001"
    assert world.company(1)["top_company_id"] == world.company(1)["company_id"]


def test_the_national_register_wins_and_what_it_does_not_say_comes_from_the_other(world: Any) -> None:
    lei = "5493000000000000NO12"
    world.record(
        lei, company=1, source="gleif", name="COMPANY EXPORT AS", fetched_at="2026-09-01", legal_form_code="ELF1",
        legal_form_scheme="ELF", founded_date="1990-01-01",
    )  # fmt: skip
    world.record("910000001", company=1, name="Company AS", founded_date="1991-01-01", status="unknown")
    assert world.merge().of_several_records == 1
    company = world.company(1)
    assert (company["name"], company["anchor_record_id"]) == ("Company AS", "no_brreg:910000001")
    assert company["other_names"] == ["COMPANY EXPORT AS"]
    assert (company["registration_number"], company["lei"]) == ("910000001", lei)
    assert str(company["founded_date"]) == "1991-01-01"
    assert company["status"] == "active"  # unknown is no value
    assert company["legal_form_code"] == "ELF1"
    assert company["other_origins"]["status"] == company["other_origins"]["lei"] == f"gleif:{lei}"
    assert "name" not in company["other_origins"]
    assert company["sources"] == ["gleif", "no_brreg"]


def test_a_record_that_left_its_source_is_said_to_have_left_and_a_struck_off_one_stays_so(world: Any) -> None:
    gone = {"is_closed": True, "known_to": "2026-08-20 00:00:00+00"}
    for number, status in ((1, "active"), (2, "dissolved")):
        world.record(f"91000000{number}", company=number, status=status)
        world.warehouse.execute(
            "UPDATE core.source_record SET is_closed = true, known_to = $known_to WHERE record_id = $id",
            known_to=gone["known_to"],
            id=f"no_brreg:91000000{number}",
        )
    assert world.merge().left_source == 1
    assert (world.company(1)["status"], world.company(2)["status"]) == ("left_source", "dissolved")


def test_only_the_latest_version_counts_and_the_first_day_stays_known(world: Any) -> None:
    world.record("910000001", company=1, name="Old name", known_from="2025-01-01", known_to="2026-08-01")
    world.record("910000001", company=1, name="New name")
    world.merge()
    assert world.company(1)["name"] == "New name"
    assert world.company(1)["first_known_at"].year == 2025


def test_sub_units_and_estates_of_a_sole_trader_are_natural_persons_too(world: Any) -> None:
    world.record("910000001", company=1, entity_kind="sole_trader", is_natural_person=True, name="Kari Nordmann")
    unit = world.record("910000002", company=2, entity_kind="establishment", name="Karis Blomster")
    branch_of_unit = world.record("910000003", company=3, entity_kind="branch", name="Karis Blomster Bergen")
    world.record("910000004", company=4, entity_kind="estate", name="KARI NORDMANN KONKURSBO")
    world.record("910000005", company=5, entity_kind="estate", name="BLOMSTER AS KONKURSBO")
    world.record("910000006", company=6)
    world.relation(unit, "establishment_of", "910000001")
    world.relation(branch_of_unit, "branch_of", "910000002")
    world.relation(unit, "branch_of", "910000003")  # a circle must not hang it
    assert world.merge().natural_persons == 4
    assert [world.company(number)["is_natural_person"] for number in range(1, 7)] == [True] * 4 + [False] * 2


def test_the_top_of_a_group_is_found_through_several_steps_and_circles(world: Any) -> None:
    ids = [world.record(f"91000000{number}", company=number) for number in range(1, 7)]
    for child, parent in ((2, 1), (3, 2), (4, 5), (5, 4)):
        world.relation(ids[child - 1], "parent", f"91000000{parent}")
    world.merge()
    tops = [str(world.company(number)["top_company_id"]) for number in range(1, 7)]
    assert tops == [world.company_id(number) for number in (1, 1, 1, 4, 4, 6)]
    assert str(world.company(3)["parent_company_id"]) == world.company_id(2)


def test_the_crm_says_who_is_customer_who_owns_and_what_is_open(world: Any) -> None:
    ids = [world.record(f"91000000{number}", company=number) for number in range(1, 5)]
    world.relation(ids[1], "parent", "910000001")
    world.crm("crm_company", "c1", crm_key="11", owner_id="7", last_contacted_date="2026-07-01")
    world.crm("crm_company", "c3", crm_key="33", lifecycle_stage="lead")
    world.crm("crm_company", "c3", crm_key="33", lifecycle_stage="customer", known_to="2026-01-01", is_closed=True)
    world.crm("crm_contact", "p3", email="a@example.no", last_contacted_date="2026-08-01")
    world.crm("crm_deal", "d1", stage="won", company_crm_keys=["11"])
    world.crm("crm_deal", "d3", stage="open", company_crm_keys=["33"])
    world.accept("company", "c1", ids[0], 1)
    world.accept("company", "c3", ids[2], 3)
    world.accept("contact", "p3", ids[2], 3)
    report = world.merge()
    assert (report.in_crm, report.customers) == (2, 1)
    first, second, third, fourth = (world.company(number) for number in range(1, 5))
    assert (first["is_customer"], first["owner_id"], first["crm_company_keys"]) == (True, "7", ["11"])
    assert first["is_customer_group"] is False
    assert second["is_customer_group"] is True
    assert (third["is_customer"], third["has_open_deal"]) == (False, True)
    assert str(third["last_contacted_date"]) == "2026-08-01"
    assert (fourth["is_in_crm"], fourth["is_customer"]) == (False, False)


def test_an_edit_wins_says_that_it_is_one_and_can_be_taken_back(world: Any) -> None:
    record = world.record("910000001", company=1, employees_low=5, employees_high=5, employees_state="exact")
    about = {"company_id": world.company_id(1), "record_id": record}
    made = decide.edit(world.config, **about, field="employees", value="40-60")
    decide.edit(world.config, **about, field="website", value="https://www.example.no/hjem")
    world.merge()
    company = world.company(1)
    assert (company["employees_low"], company["employees_high"], company["employees_state"]) == (40, 60, "band")
    assert company["domain"] == "example.no"
    assert company["other_origins"]["employees"] == f"edit:{made.decision_id}"
    decide.edit(world.config, **about, field="employees", value=None)
    world.merge()
    assert world.company(1)["employees_low"] == 5


_OF_ITS_TYPE = {
    "employees": "3",
    "founded_date": "2001-02-03",
    "website": "https://www.example.no",
    "phone": "+4722225555",
    "country_code": "SE",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, _OF_ITS_TYPE.get(field, "abc")) for field in decide.EDITABLE],
    ids=decide.EDITABLE,
)
def test_each_editable_field_reaches_the_golden_record(world: Any, field: str, value: str) -> None:
    record = world.record("910000001", company=1)
    decide.edit(world.config, company_id=world.company_id(1), record_id=record, field=field, value=value)
    world.merge()
    company = world.company(1)
    assert str(company["employees_low" if field == "employees" else field]) == value
    assert field in company["other_origins"]


def test_a_mark_and_an_export_are_on_the_golden_record(world: Any) -> None:
    record = world.record("910000001", company=1)
    decide.mark(world.config, company_id=world.company_id(1), record_id=record, mark="customer")
    world.warehouse.execute(
        f"INSERT INTO core.export VALUES (uuid(), '{world.company_id(1)}', 'csv', 'a.csv', NULL, 'kari', NULL, now())"
    )
    world.merge()
    assert (world.company(1)["mark"], world.company(1)["is_customer"]) == ("customer", True)
    assert world.company(1)["last_exported_at"] is not None


def test_national_registers_stand_before_the_world_wide_one() -> None:
    names = order_sources(connector.SOURCE for connector in find_sources().values())
    assert names.index("no_brreg") < names.index("gleif")


def test_no_record_is_lost_or_doubled(world: Any) -> None:
    numbers = [f"9{number:08d}" for number in range(500)]
    rows = pa.table({"number": numbers, "company": [world.company_id(index // 3) for index in range(500)]})
    with world.warehouse.lend("made", rows):
        world.warehouse.execute(
            "INSERT INTO core.source_record BY NAME SELECT 'no_brreg:' || number AS record_id, 'no_brreg' AS source, "
            "number AS source_key, uuid() AS run_id, 1 AS source_seq, now() AS known_from, false AS is_closed, "
            "1 AS content_hash, 1 AS mapping_version, 'test' AS layout, now() AS fetched_at, "
            "'legal_entity' AS entity_kind, false AS is_natural_person, 'Company ' || number AS name, "
            "'active' AS status, 'not_supplied' AS employees_state FROM made",
        )
        world.warehouse.execute(
            "INSERT INTO core.company_member SELECT 'no_brreg:' || number, company, true, 'first', now() FROM made"
        )
    assert world.merge().companies == 167
    [counted] = world.warehouse.ask("SELECT sum(length(record_ids))::BIGINT AS n FROM core.company")
    assert counted["n"] == 500


@pytest.mark.parametrize(
    ("name", "is_linked"),
    [pytest.param("Fjord Ltd", True, id="of its name"), pytest.param("Zalora", False, id="another")],
)
def test_a_branch_and_the_company_abroad_that_states_its_number_are_two_in_one_group(
    world: Any, name: str, is_linked: bool
) -> None:
    number = {"scheme": "NO-ORGNR", "value": "910000001", "original": "910000001"}
    world.record("910000001", company=1, entity_kind="branch", name="Fjord Ltd Norwegian Branch")
    lei = {"scheme": "LEI", "value": "L1", "original": "L1"}
    world.record("L1", company=2, source="gleif", name=name, country_code="GB", identifiers=[lei, number])
    world.warehouse.execute("DELETE FROM core.record_key")
    normalise_records(world.warehouse, silent)
    world.merge()
    parent = world.company(1)["parent_company_id"]
    assert (str(parent) if parent else None) == (world.company_id(2) if is_linked else None)
