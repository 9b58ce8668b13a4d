"""Why a CRM record was, or was not, taken for a company, asked of published files."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.errors import NotFound
from enrich.gate import Readers, open_readers
from enrich.match.explain import compare_match, explain_match, read_waiting
from enrich.match.run import match_crm
from enrich.merge import merge_companies
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.publish import publish
from enrich.resolve import resolve_companies

Add = Callable[..., str]


@pytest.fixture
def opened(ledger: Warehouse, add_record: Add, add_crm: Add, tmp_path: Path) -> Iterator[Readers]:
    """Five companies, of which one has another name and one is gone, and a CRM matched onto them."""
    add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "FJELLBRE HOLDING AS", numbers={"NO-ORGNR": "2"})
    add_record(
        "no_brreg",
        "3",
        "SKOGTROLL DATA AS",
        numbers={"NO-ORGNR": "3", "LEI": "5493001KJTIIGC8Y1R12"},
        names=[{"name": "TROLLSKOG IT AS", "kind": "trade"}],
    )
    add_record("no_brreg", "4", "VINTERHAV REDERI AS", numbers={"NO-ORGNR": "4"}, status="dissolved")
    add_record("no_brreg", "5", "HAVGAP FOND", numbers={"NO-ORGNR": "5"}, entity_kind="fund")
    add_crm("c1", "Fjellbre Bakeri", country_code="NO")
    add_crm("c2", "Fjelbre Bakeri AS", country_code="NO")
    add_crm("c3", "Trollskog IT", country_code="NO", registration_scheme="LEI", registration_number="X")
    add_crm("p1", "Somebody's firm", kind="contact", company_crm_key="c2", first_name="Ola", last_name="Hansen")
    config, run_id = Config(who="kari", data=tmp_path), str(uuid.uuid4())
    normalise_records(ledger, silent)
    resolve_companies(ledger, run_id, silent)
    match_crm(ledger, config, run_id, silent)
    merge_companies(ledger, config, run_id, silent)
    publish(ledger, config, run_id, silent)
    with open_readers(config) as readers:
        yield readers


def test_a_verdict_is_explained_by_its_candidates_best_first(opened: Readers) -> None:
    reason = explain_match(opened, "c1")
    assert (reason.state, reason.decided_by, reason.judged_as) == ("accepted", "model", "c1")
    assert [each.id_label for each in reason.candidates] == ["NO:1", "NO:2"]
    best, sibling = reason.candidates
    assert best.probability > 0.9 > 0.5 > sibling.probability
    name = next(each for each in best.evidence if each.comparison == "name")
    assert (name.left_value, name.right_value, name.outcome) == ("Fjellbre Bakeri", "FJELLBRE BAKERI AS", "same")


def test_a_contact_of_a_crm_company_is_judged_as_that_company(opened: Readers) -> None:
    contact, company = explain_match(opened, "ola hansen"), explain_match(opened, "c2")
    assert (contact.kind, contact.decided_by, contact.judged_as) == ("contact", "crm_link", "c2")
    assert contact.candidates == company.candidates
    anew = compare_match(opened, "p1", "NO:3").candidates[0]
    assert {each.left_value for each in anew.evidence if each.comparison == "name"} == {"Fjelbre Bakeri AS"}


@pytest.mark.parametrize(
    ("asked", "company", "comparison", "outcome", "left", "right"),
    [
        pytest.param("c3", "NO:3", "name", "same", "Trollskog IT", "TROLLSKOG IT AS", id="by another of its names"),
        pytest.param("c3", "NO:3", "number", "different", "X", "5493001KJTIIGC8Y1R12", id="another LEI"),
        pytest.param("c1", "NO:4", "life", "dead", None, None, id="a company that is gone"),
        pytest.param("c1", "NO:5", "kind", "fund", None, "fund", id="a fund"),
    ],
)
def test_why_not_compares_all_that_matching_compares(
    opened: Readers, asked: str, company: str, comparison: str, outcome: str, left: str | None, right: str | None
) -> None:
    [candidate] = compare_match(opened, asked, company).candidates
    found = {each.comparison: (each.outcome, each.left_value, each.right_value) for each in candidate.evidence}
    assert candidate.id_label == company
    assert found[comparison] == (outcome, left, right)


def test_what_was_never_a_candidate_is_weighed_as_it_would_have_been(opened: Readers) -> None:
    [known] = compare_match(opened, "c1", "NO:2").candidates
    assert known == explain_match(opened, "c1").candidates[1]
    [never] = compare_match(opened, "c1", "NO:4").candidates
    assert never.probability < 0.01


def test_those_that_wait_are_read_until_the_limit_and_more_are_told(opened: Readers) -> None:
    waiting, is_cut = read_waiting(opened, limit=1)
    everyone, is_all_cut = read_waiting(opened, limit=20)
    assert not is_all_cut
    assert waiting == everyone[:1]
    assert is_cut is (len(everyone) > 1)
    assert "c2" in {each.crm_id for each in everyone}
    assert "p1" not in {each.crm_id for each in everyone}  # it waits with its company


@pytest.mark.parametrize("asked", ["nobody", "c4"])
def test_a_record_that_is_not_there_is_said(opened: Readers, asked: str) -> None:
    with pytest.raises(NotFound):
        explain_match(opened, asked)


def test_bits_add_up_to_the_probability_once_the_other_candidates_are_counted(opened: Readers) -> None:
    candidates = explain_match(opened, "c2").candidates
    odds = [2 ** (each.base + sum(item.weight for item in each.evidence)) for each in candidates]
    for candidate, odd in zip(candidates, odds, strict=True):
        assert candidate.probability == pytest.approx(odd / (1 + sum(odds)))
        assert candidate.alone == pytest.approx(odd / (1 + odd))


def test_a_word_that_is_the_same_but_for_a_slip_is_told_as_that(opened: Readers) -> None:
    [found] = compare_match(opened, "c2", "NO:1").candidates
    sentences = {each.comparison: each.sentence for each in found.evidence if each.comparison.endswith("_words")}
    assert sentences["shared_words"].endswith(": some.")  # bakeri is in both
    assert sentences["left_words"] == "Words that only the first name has: only the letters of a slip."


def test_part_of_a_name_is_answered_with_the_records_that_have_it(opened: Readers) -> None:
    with pytest.raises(NotFound) as unclear:
        explain_match(opened, "trollskog")
    assert unclear.value.suggestions == ("c3 (company Trollskog IT)",)
