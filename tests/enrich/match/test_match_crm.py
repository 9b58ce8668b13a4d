import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.match import candidates
from enrich.match.run import MatchReport, match_crm
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.resolve import resolve_companies

AddRecord = Callable[..., str]
AddCrm = Callable[..., str]
Judge = Callable[[str, str, str], str]
CONFIG = Config(who="kari")


def match(ledger: Warehouse) -> MatchReport:
    normalise_records(ledger, silent)
    resolve_companies(ledger, str(uuid.uuid4()), silent)
    return match_crm(ledger, CONFIG, str(uuid.uuid4()), silent)


def verdict(ledger: Warehouse, crm_id: str) -> dict[str, Any]:
    [row] = ledger.ask("SELECT * FROM core.match WHERE crm_id = $id", id=crm_id)
    return row


@pytest.fixture
def register(add_record: AddRecord) -> None:
    """Three companies, two of them siblings, a sole trader and a sub-unit."""
    add_record(
        "no_brreg",
        "1",
        "FJELLBRE BAKERI AS",
        numbers={"NO-ORGNR": "1"},
        contact_points=[
            {"kind": "website", "value": "www.fjellbre.no"},
            {"kind": "phone", "value": "22334455"},
        ],
        addresses=[{"kind": "business", "street": "Storgata 5", "postal_code": "5003", "city": "BERGEN"}],
    )
    add_record("no_brreg", "2", "FJELLBRE HOLDING AS", numbers={"NO-ORGNR": "2"})
    add_record("no_brreg", "3", "SKOGTROLL DATA AS", numbers={"NO-ORGNR": "3"})
    add_record(
        "no_brreg", "4", "KARI NORDMANN", numbers={"NO-ORGNR": "4"}, entity_kind="sole_trader", is_natural_person=True
    )
    add_record("no_brreg", "5", "SKOGTROLL DATA AS AVD MOSS", numbers={"NO-ORGNR": "5"}, entity_kind="establishment")


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("name", "values", "state", "record"),
    [
        pytest.param("Fjellbre Bakeri", {"country_code": "NO"}, "accepted", "1", id="name without its form"),
        pytest.param("fjellbre bakeri a/s", {}, "accepted", "1", id="no country stated"),
        pytest.param("Fjelbre Bakeri AS", {"country_code": "NO"}, "review", "1", id="a slip of the pen"),
        pytest.param("Fjellbre", {"domains": ["fjellbre.no"], "country_code": "NO"}, "accepted", "1", id="domain"),
        pytest.param(
            "Bakeriet", {"registration_scheme": "NO-ORGNR", "registration_number": "1"}, "accepted", "1", id="number"
        ),
        pytest.param(
            "Fjellbre Bakeri AS",
            {"registration_scheme": "NO-ORGNR", "registration_number": "9", "country_code": "NO"},
            "none",
            "1",
            id="same name, another number",
        ),
        pytest.param("Fjellbre Bakeri AB", {"country_code": "SE"}, "none", "1", id="another country and form"),
        pytest.param("Havgap Shipping AS", {"country_code": "NO"}, "none", None, id="nobody of that name"),
        pytest.param("Kari Nordmann", {"country_code": "NO"}, "none", None, id="a natural person by name"),
        pytest.param(
            "Kari Nordmann",
            {"registration_scheme": "NO-ORGNR", "registration_number": "4"},
            "accepted",
            "4",
            id="a natural person by number",
        ),
        pytest.param("Skogtroll Data AS", {"country_code": "NO"}, "accepted", "3", id="not its sub-unit"),
        pytest.param(
            "Ukjent", {"domains": ["gmail.com"], "country_code": "NO"}, "none", None, id="a mailbox provider's domain"
        ),
    ],
)
def test_a_crm_company_finds_its_company_or_nobody(
    ledger: Warehouse, add_crm: AddCrm, name: str, values: dict[str, Any], state: str, record: str | None
) -> None:
    add_crm("c", name, **values)
    match(ledger)
    found = verdict(ledger, "c")
    assert found["state"] == state
    assert found["record_id"] == (None if record is None else f"no_brreg:{record}")
    if record is not None:
        assert 0 <= found["probability"] <= 1
        assert found["company_id"] is not None


def test_two_companies_of_one_name_are_ambiguous_until_something_tells(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    add_record(
        "no_brreg", "1", "ALFAHAVN AS", addresses=[{"kind": "business", "postal_code": "5003", "city": "BERGEN"}]
    )
    add_record("no_brreg", "2", "ALFAHAVN AS", addresses=[{"kind": "business", "postal_code": "0150", "city": "OSLO"}])
    add_crm("unclear", "Alfahavn AS", country_code="NO")
    add_crm("clear", "Alfahavn AS", country_code="NO", city="Bergen")
    match(ledger)
    unclear = verdict(ledger, "unclear")
    assert unclear["state"] == "ambiguous"
    assert unclear["runner_up_company_id"] not in (None, unclear["company_id"])
    assert verdict(ledger, "clear")["record_id"] == "no_brreg:1"
    assert verdict(ledger, "clear")["state"] != "ambiguous"


def test_a_street_without_a_place_counts_the_companies_of_all_towns(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    for key, name, code in (("1", "ALFAHAVN AS", "5003"), ("2", "BERGTUN AS", "0150"), ("3", "CEDERVIK AS", "9008")):
        add_record("no_brreg", key, name, addresses=[{"kind": "business", "street": "Kaien 7", "postal_code": code}])
    add_record(
        "no_brreg", "4", "DRIVGODS AS", addresses=[{"kind": "business", "street": "Kaien 9", "postal_code": "5003"}]
    )
    add_crm("many", "Alfahavn", country_code="NO", street="Kaien 7")
    add_crm("one", "Drivgods", country_code="NO", street="Kaien 9")
    match(ledger)
    said = ledger.ask(
        "SELECT crm_id, sentence FROM core.match_evidence WHERE comparison = 'place' AND candidate_rank = 1 ORDER BY crm_id"
    )
    there = "Address, postal code or city: the same street and number, without the place, where"
    assert [(row["crm_id"], row["sentence"]) for row in said] == [
        ("many", f"{there} 3 companies are."),
        ("one", f"{there} no other company is."),
    ]


def test_of_two_of_one_name_that_which_is_about_as_large(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    for key, employees in (("1", 0), ("2", 64), ("3", 800)):
        add_record("no_brreg", key, "ALFAHAVN AS", employees_low=employees, employees_high=employees)
    for crm_id, employees in (("same", 60), ("another", 1)):
        add_crm(crm_id, "Alfahavn AS", country_code="NO", employees_low=employees, employees_high=employees)
    add_crm("unstated", "Alfahavn AS", country_code="NO")
    match(ledger)
    assert (verdict(ledger, "same")["state"], verdict(ledger, "same")["record_id"]) == ("accepted", "no_brreg:2")
    assert verdict(ledger, "another")["record_id"] == "no_brreg:1"
    assert verdict(ledger, "unstated")["state"] == "ambiguous"
    [said] = ledger.ask(
        "SELECT left_value, right_value, sentence FROM core.match_evidence "
        "WHERE crm_id = 'same' AND comparison = 'size' AND candidate_rank = 1"
    )
    assert said == {"left_value": "60", "right_value": "64", "sentence": "Number of employees: about as many."}


def test_records_of_one_company_are_no_rivals(ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm) -> None:
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("gleif", "L", "ALFAHAVN AS", numbers={"LEI": "L"})
    add_crm("c", "Alfahavn AS", country_code="NO")
    match(ledger)
    assert verdict(ledger, "c")["state"] == "accepted"
    assert verdict(ledger, "c")["runner_up_company_id"] is None


@pytest.mark.usefixtures("register")
def test_a_brand_finds_the_company_at_its_address_for_a_person_to_see(ledger: Warehouse, add_crm: AddCrm) -> None:
    add_crm("at", "Brødsmula", country_code="NO", street="Storgt. 5, 2. etg", postal_code="5003")
    add_crm("near", "Brødsmula", country_code="NO", street="Storgata 7", postal_code="5003")
    add_crm("anywhere", "Brødsmula", country_code="NO", street="Storgata 5")
    add_crm("elsewhere", "Brødsmula", country_code="NO", street="Storgata 5", postal_code="0155")
    add_crm("person", "Ola", is_natural_person=True, street="Storgata 5", postal_code="5003")
    match(ledger)
    assert (verdict(ledger, "at")["state"], verdict(ledger, "at")["record_id"]) == ("review", "no_brreg:1")
    # without a place it may be any Storgata 5: the company is brought up, and little is made of it
    assert (verdict(ledger, "anywhere")["state"], verdict(ledger, "anywhere")["record_id"]) == ("none", "no_brreg:1")
    assert verdict(ledger, "near")["record_id"] is None
    assert verdict(ledger, "elsewhere")["record_id"] is None
    assert verdict(ledger, "person")["record_id"] is None


@pytest.mark.parametrize(("companies", "is_found"), [(20, True), (21, False)])
def test_an_address_that_too_many_share_brings_nobody_up(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm, companies: int, is_found: bool
) -> None:
    hotel = [{"kind": "business", "street": "Storgata 5", "postal_code": "5003", "city": "BERGEN"}]
    for number in range(companies):
        add_record("no_brreg", str(number), f"FIRMA{chr(97 + number) * 9} AS", addresses=hotel)
    add_crm("c", "Brødsmula", country_code="NO", street="Storgata 5", postal_code="5003")
    match(ledger)
    assert (verdict(ledger, "c")["record_id"] is not None) is is_found


def test_records_of_one_company_count_once_at_an_address(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    hotel = [{"kind": "business", "street": "Storgata 5", "postal_code": "5003", "city": "BERGEN"}]
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"}, addresses=hotel)
    add_record("gleif", "L", "ALFAHAVN AS", numbers={"LEI": "L", "NO-ORGNR": "1"}, addresses=hotel)
    add_record("no_brreg", "2", "CEDERVIK AS", numbers={"NO-ORGNR": "2"}, addresses=hotel)
    add_crm("c", "Brødsmula", country_code="NO", street="Storgata 5", postal_code="5003")
    match(ledger)
    assert ledger.ask("SELECT DISTINCT sentence FROM core.match_evidence WHERE comparison = 'place'") == [
        {"sentence": "Address, postal code or city: the same street and number, where 2 companies are."}
    ]


def test_a_further_name_counts_as_a_name(ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm) -> None:
    former = [{"name": "Trollfjell Invest AS", "kind": "former", "from_date": None, "to_date": None}]
    add_record("no_brreg", "1", "ALFAHAVN AS", names=former)
    add_crm("c", "Trollfjell Invest AS", country_code="NO")
    match(ledger)
    assert verdict(ledger, "c")["record_id"] == "no_brreg:1"
    assert verdict(ledger, "c")["state"] == "accepted"


@pytest.mark.usefixtures("register")
def test_a_contact_follows_its_crm_company_or_its_own_address(ledger: Warehouse, add_crm: AddCrm) -> None:
    add_crm("c", "Fjellbre Bakeri AS", country_code="NO")
    add_crm("follows", kind="contact", company_crm_key="c", email="kari@gmail.com")
    add_crm("alone", kind="contact", email="ola@fjellbre.no")
    add_crm("lost", kind="contact", email="ola@gmail.com")
    report = match(ledger)
    assert report.companies == {"accepted": 1}
    assert report.contacts == {"accepted": 2, "none": 1}
    assert verdict(ledger, "follows")["decided_by"] == "crm_link"
    assert verdict(ledger, "follows")["company_id"] == verdict(ledger, "c")["company_id"]
    assert (verdict(ledger, "alone")["decided_by"], verdict(ledger, "alone")["record_id"]) == ("model", "no_brreg:1")


@pytest.mark.usefixtures("register")
def test_a_judgement_outranks_every_score_until_it_is_undone(
    ledger: Warehouse, add_crm: AddCrm, judge_pair: Judge
) -> None:
    add_crm("c", "Fjellbre Bakeri AS", country_code="NO")
    match(ledger)
    assert verdict(ledger, "c")["record_id"] == "no_brreg:1"
    judge_pair("c", "no_brreg:3", "same")
    match(ledger)
    judged = verdict(ledger, "c")
    assert (judged["record_id"], judged["state"], judged["decided_by"]) == ("no_brreg:3", "accepted", "judgement")
    later = judge_pair("c", "no_brreg:3", "different")
    match(ledger)
    assert (verdict(ledger, "c")["record_id"], verdict(ledger, "c")["decided_by"]) == ("no_brreg:1", "model")
    assert later
    judge_pair("c", "no_brreg:1", "different")
    match(ledger)
    assert verdict(ledger, "c")["record_id"] not in ("no_brreg:1", "no_brreg:3")
    assert verdict(ledger, "c")["state"] != "accepted"


def test_the_evidence_of_the_company_that_people_named_comes_first_whichever_of_its_records_they_meant(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm, judge_pair: Judge
) -> None:
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "ALFAHAVN BYGG AS", numbers={"NO-ORGNR": "2"})
    add_record("gleif", "L2", "ALFAHAVN BYGG", numbers={"LEI": "L2", "NO-ORGNR": "2"})
    add_crm("c", "Alfahavn AS", country_code="NO")
    judge_pair("c", "gleif:L2", "same")
    match(ledger)
    ranked = ledger.ask("SELECT DISTINCT candidate_rank, record_id FROM core.match_evidence ORDER BY ALL")
    assert [row["record_id"] for row in ranked] == ["no_brreg:2", "no_brreg:1"]


@pytest.mark.usefixtures("register")
def test_unsure_leaves_the_best_in_review(ledger: Warehouse, add_crm: AddCrm, judge_pair: Judge) -> None:
    add_crm("c", "Fjellbre Bakeri AS", country_code="NO")
    judge_pair("c", "no_brreg:1", "unsure")
    match(ledger)
    assert (verdict(ledger, "c")["state"], verdict(ledger, "c")["record_id"]) == ("review", "no_brreg:1")


@pytest.fixture
def of_two_registers(ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm) -> tuple[str, str]:
    """A CRM company and its company of two registers; gives the record that it is found by, and the other one."""
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("gleif", "L", "ALFAHAVN AS", numbers={"LEI": "L", "NO-ORGNR": "1"})
    add_crm("c", "Alfahavn AS", country_code="NO")
    match(ledger)
    assert verdict(ledger, "c")["state"] == "accepted"
    best = verdict(ledger, "c")["record_id"]
    return best, next(one for one in ("no_brreg:1", "gleif:L") if one != best)


@pytest.mark.parametrize("place", [0, 1])
def test_unsure_is_about_the_company_by_whichever_record_it_is_found(
    ledger: Warehouse, of_two_registers: tuple[str, str], judge_pair: Judge, place: int
) -> None:
    decision_id = judge_pair("c", of_two_registers[place], "unsure")
    match(ledger)
    found = verdict(ledger, "c")
    assert (found["state"], found["decided_by"], str(found["decision_id"])) == ("review", "judgement", decision_id)


@pytest.mark.parametrize("place", [0, 1])
def test_a_later_different_on_the_company_is_not_lost_to_an_older_same(
    ledger: Warehouse, of_two_registers: tuple[str, str], judge_pair: Judge, place: int
) -> None:
    called_same, called_different = of_two_registers[place], of_two_registers[1 - place]
    company_id = verdict(ledger, "c")["company_id"]
    judge_pair("c", called_same, "same")
    decision_id = judge_pair("c", called_different, "different")
    match(ledger)
    found = verdict(ledger, "c")
    assert (found["state"], found["decided_by"], str(found["decision_id"])) == ("review", "judgement", decision_id)
    assert (found["company_id"], found["record_id"]) == (company_id, called_same)
    assert 0 < found["probability"] < 1
    assert ledger.ask("SELECT DISTINCT company_id FROM core.match_evidence") == [{"company_id": company_id}]
    judge_pair("c", called_same, "same")
    match(ledger)
    assert verdict(ledger, "c")["state"] == "accepted"
    judge_pair("c", called_same, "different")
    match(ledger)
    assert verdict(ledger, "c")["state"] == "none"


@pytest.mark.usefixtures("register")
def test_the_evidence_adds_up_to_the_score_and_shows_both_values(ledger: Warehouse, add_crm: AddCrm) -> None:
    add_crm("c", "Fjellbre Bakerier AS", country_code="NO", domains=["fjellbre.no"], city="Bergen")
    match(ledger)
    rows = ledger.ask("SELECT * FROM core.match_evidence WHERE candidate_rank = 1 ORDER BY comparison")
    from enrich.match.model import shipped_model

    assert sum(row["weight"] for row in rows) + shipped_model().prior == pytest.approx(verdict(ledger, "c")["score"])  # type: ignore[misc]
    values = {row["comparison"]: (row["left_value"], row["right_value"], row["sentence"]) for row in rows}
    assert values["domain"] == ("fjellbre.no", "fjellbre.no", "Web or e-mail domain: the same.")
    assert values["name"][:2] == ("Fjellbre Bakerier AS", "FJELLBRE BAKERI AS")


def test_evidence_about_a_record_that_left_its_source_names_the_version_that_it_saw(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    first, last, left = (datetime(2026, month, 1, tzinfo=UTC) for month in (9, 10, 11))
    add_record("no_brreg", "1", "CEDERVIK AS", numbers={"NO-ORGNR": "1"}, known_from=first, known_to=last)
    add_record(
        "no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"}, known_from=last, known_to=left, is_closed=True
    )
    add_crm("c", "Alfahavn AS", country_code="NO")
    match(ledger)
    seen = ledger.ask("SELECT DISTINCT record_id, record_known_from FROM core.match_evidence")
    assert seen == [{"record_id": "no_brreg:1", "record_known_from": last}]


@pytest.mark.usefixtures("register")
def test_without_a_crm_there_are_no_verdicts(ledger: Warehouse, add_crm: AddCrm) -> None:
    add_crm("c", "Fjellbre Bakeri AS", country_code="NO")
    match(ledger)
    ledger.execute("DELETE FROM core.crm_company")
    assert match(ledger) == MatchReport()
    assert ledger.ask("SELECT count(*) AS n FROM core.match") == [{"n": 0}]


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("alone", [candidates.ALONE, 0])
def test_two_runs_say_the_same_in_one_process_or_several(
    ledger: Warehouse, add_crm: AddCrm, monkeypatch: pytest.MonkeyPatch, alone: int
) -> None:
    for number, name in enumerate(["Fjellbre", "Fjellbre Bakeri", "Skogtroll", "Data AS"]):
        add_crm(f"c{number}", name, country_code="NO")
    columns = "crm_id, state, record_id, score, probability, runner_up_company_id, runner_up_probability"
    outcomes = []
    for most in (candidates.ALONE, alone):
        monkeypatch.setattr(candidates, "ALONE", most)
        ledger.execute("DELETE FROM core.match_digest")
        match(ledger)
        outcomes.append(ledger.ask(f"SELECT {columns} FROM core.match ORDER BY crm_id"))
    assert outcomes[0] == outcomes[1]
