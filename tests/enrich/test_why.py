"""Why a company is found or not; find and why must never disagree."""

from collections.abc import Callable

import pytest

from enrich import decide
from enrich.company import read_company, resolve_company
from enrich.config import Config
from enrich.errors import CompanySuppressed, InputInvalid, NotFound
from enrich.gate import Readers
from enrich.icp.model import Icp
from enrich.search import find
from enrich.why import BY_ICP, explain_company, explain_found

NumberOf = Callable[[str], str]
NUMBERS = [f"NO:{900000000 + index}" for index in range(27)]


@pytest.mark.parametrize("icp", ["software", "western"])
def test_every_company_is_either_found_or_why_names_what_left_it_out(
    published: Config, readers: Readers, icp: str
) -> None:
    answer = find(readers, published, icp, limit=None)
    found = {company.values["id_label"] for company in answer.companies}
    left_out: dict[str, int] = {}
    for number in NUMBERS:
        reason = explain_company(readers, published, number, icp)
        assert reason.is_found is (number in found) is (reason.left_out_by is None)
        if reason.left_out_by not in (None, BY_ICP):
            left_out[str(reason.left_out_by)] = left_out.get(str(reason.left_out_by), 0) + 1
    # persons and those the gate holds back do not say whether they would fit; the others are counted alike
    gated = {"suppressed", "natural_person", "marketing_protected"}
    counted = {one.rule: one.company_count for one in answer.left_out}
    assert {rule: count for rule, count in left_out.items() if rule not in gated} == {
        rule: count for rule, count in counted.items() if rule not in gated
    }


@pytest.mark.parametrize(
    ("name", "left_out_by", "put_in"),
    [
        ("PI KUNDE AS", "customer", "--include customers"),
        ("SIGMA KONSERN AS", "customer_group", "--include groups"),
        ("TAU RINGT AS", "contacted", "in the last 90 days: --include contacted"),
        ("KHI SOVER AS", "marked", "--include marked"),
        ("XI BORTE AS", "dead", "--include dead"),
        ("LAMBDA AVDELING", "kind", "--include kinds"),
        ("ETA HANDEL AS", "icp", "change [icp.software.must] industry (asked: 62; it has: 47.110"),
        ("THETA LITEN AS", "icp", "(asked: 10-200; it has: 1-4 (withheld))"),
        ("KAPPA UTLAND NUF", "icp", "change [icp.software.must_not] legal_form (asked: NUF; it has: NUF)"),
        ("KARI NORDMANN KODE", "natural_person", "--include natural-persons --why REASON"),
        ("OMEGA RESERVERT AS", "marketing_protected", "nothing brings it back"),
        ("SKJULT AS", "suppressed", "lifting the suppression"),
    ],
)
def test_what_left_it_out_and_what_would_put_it_in(
    published: Config, readers: Readers, number_of: NumberOf, name: str, left_out_by: str, put_in: str
) -> None:
    reason = explain_company(readers, published, number_of(name), "software")
    assert reason.left_out_by == left_out_by
    assert any(put_in in advice for advice in reason.put_in)


@pytest.mark.parametrize("name", ["SKJULT AS", "KARI NORDMANN KODE", "OMEGA RESERVERT AS"])
def test_of_whom_the_gate_holds_back_nothing_is_said_but_that(
    published: Config, readers: Readers, number_of: NumberOf, name: str
) -> None:
    reason = explain_company(readers, published, number_of(name), "software")
    assert (reason.name, reason.company_id, reason.criteria, reason.owner) == (None, None, (), None)


def test_a_suppression_made_now_is_the_reason_at_once(published: Config, readers: Readers, number_of: NumberOf) -> None:
    number = number_of("ALFA KODE AS")
    decide.suppress(published, "organisation", number, why="asked")
    assert explain_company(readers, published, number, "software").left_out_by == "suppressed"
    with pytest.raises(CompanySuppressed, match="suppressed"):
        read_company(readers, resolve_company(readers, number))


def test_each_criterion_says_value_source_and_what_it_adds(published: Config, readers: Readers) -> None:
    reason = explain_company(readers, published, "EPSILON KODE AS", "software")
    by_name = {(one.kind, one.criterion): one for one in reason.criteria}
    industry = by_name["must", "industry"]
    assert (industry.verdict, industry.value) == ("yes", "62.100 Programmeringstjenester")
    assert industry.source == "Enhetsregisteret"
    assert industry.url is not None
    assert industry.url.endswith(str(reason.id_label).removeprefix("NO:"))
    assert industry.stated_at is not None
    assert (by_name["should", "has_website"].points_low, by_name["should", "has_website"].points_high) == (50, 50)
    assert (by_name["should", "age_years"].points_low, by_name["should", "age_years"].points_high) == (0, 25)
    assert (reason.fit_low, reason.fit_high) == (75, 100)
    assert reason.fit_low == sum(one.points_low for one in reason.criteria if one.points_low is not None)
    assert reason.fit_high == sum(one.points_high for one in reason.criteria if one.points_high is not None)


def test_no_website_has_the_source_and_date_of_whoever_would_have_stated_it(
    published: Config, readers: Readers
) -> None:
    reason = explain_company(readers, published, "GAMMA KODE AS", "software")
    [website] = [one for one in reason.criteria if one.criterion == "has_website"]
    assert (website.verdict, website.value) == ("no", "none registered (no_brreg 2026-11-01)")
    assert website.source == "Enhetsregisteret"
    assert website.stated_at is not None


def test_what_is_not_known_says_how_to_settle_it(published: Config, readers: Readers, number_of: NumberOf) -> None:
    reason = explain_company(readers, published, "delta kode as", "software")
    assert reason.is_found
    assert reason.put_in == (
        f"employees is not known: it may fit; `prospekt edit {number_of('DELTA KODE AS')} employees VALUE --why REASON` settles it",
    )


def test_further_rules_are_named_beside_the_first(published: Config, readers: Readers, number_of: NumberOf) -> None:
    number = number_of("PI KUNDE AS")
    company_id = resolve_company(readers, number)
    decide.mark(published, company_id=company_id, record_id=f"no_brreg:{number[3:]}", mark="partner", why="both")
    reason = explain_company(readers, published, number, "software")
    assert reason.left_out_by == "customer"
    assert reason.further_rules == ("marked as partner",)


def test_an_unknown_company_is_not_found(published: Config, readers: Readers) -> None:
    with pytest.raises(NotFound, match="NO:999999999"):
        explain_company(readers, published, "NO:999999999", "software")


def test_a_card_shows_each_fact_with_its_source_edits_and_crm(
    published: Config, readers: Readers, number_of: NumberOf
) -> None:
    number = number_of("YPSILON RINGT FOR LENGE SIDEN AS")
    company_id = resolve_company(readers, number)
    decide.edit(
        published, company_id=company_id, record_id=f"no_brreg:{number[3:]}", field="city", value="VOSS", why="moved"
    )
    card = read_company(readers, company_id)
    assert card.company.values["city"] == "VOSS"
    assert [(edit.payload["field"], edit.payload["value"], edit.decided_by) for edit in card.edits] == [
        ("city", "VOSS", "kari@team.example")
    ]
    [postal_code] = [fact for fact in card.facts if fact.field == "postal_code"]
    assert (postal_code.value, postal_code.source, postal_code.is_used) == ("5003", "no_brreg", True)
    assert str(postal_code.licence) == "NLOD 2.0"
    assert card.company.values["crm_company_keys"] == ["7004", "7005"]


def test_a_card_of_a_group_names_its_companies(readers: Readers, number_of: NumberOf) -> None:
    card = read_company(readers, resolve_company(readers, number_of("SIGMA KONSERN AS")))
    assert [(row["name"], row["relation"]) for row in card.group] == [("PI KUNDE AS", "top of the group")]


def test_a_natural_person_s_card_needs_a_reason(readers: Readers, number_of: NumberOf) -> None:
    company_id = resolve_company(readers, number_of("KARI NORDMANN KODE"))
    with pytest.raises(InputInvalid, match="natural-persons"):
        read_company(readers, company_id)
    card = read_company(readers, company_id, include={"natural-persons"}, why="asked by herself")
    assert card.company.values["name"] == "KARI NORDMANN KODE"


def test_a_search_explains_its_companies_as_why_explains_each(published: Config, readers: Readers) -> None:
    answer = find(readers, published, "software", limit=3)
    explained = explain_found(readers, published, answer)
    for company, reasons in zip(answer.companies, explained, strict=True):
        assert reasons == explain_company(readers, published, str(company.values["id_label"]), "software").criteria
        assert sum(reason.points_low or 0 for reason in reasons) == pytest.approx(company.values["fit_low"])
    employees = next(reason for reason in explained[0] if reason.criterion == "employees")
    assert (employees.value, employees.source) == ("90", "Enhetsregisteret")
    assert employees.stated_at is not None


def test_a_required_criterion_that_is_not_known_leaves_out_and_says_so(published: Config, readers: Readers) -> None:
    must = {"industry": ["62"], "employees": "10-200", "required": ["employees"]}
    config = published.model_copy(update={"icp": {"sure": Icp.model_validate({"must": must})}})
    assert "DELTA KODE AS" not in [
        company.values["name"] for company in find(readers, config, "sure", limit=None).companies
    ]
    reason = explain_company(readers, config, "DELTA KODE AS", "sure")
    assert (reason.left_out_by, reason.label) == (BY_ICP, "it does not fit: employees unknown, asked 10-200")
    assert "[icp.sure.must] requires it" in reason.put_in[0]
