"""Why a CRM record was, or was not, taken for a company, asked of published files."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.decide import judge, undo_judgement
from enrich.errors import NotFound
from enrich.gate import Readers, open_readers
from enrich.match.explain import compare_match, explain_match, read_waiting
from enrich.match.model import shipped_model
from enrich.merge import merge_companies
from enrich.progress import silent
from enrich.publish import publish
from tests.enrich.match.conftest import RunStages, open_world

Add = Callable[..., str]


@pytest.fixture(scope="module")
def _matched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("matched")
    with open_world(data) as (add_record, add_crm, run_stages):
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
        run_stages()
    return data


@pytest.fixture
def opened(_matched_once: Path, tmp_path: Path) -> Iterator[Readers]:
    """Five companies, of which one has another name and one is gone, and a CRM matched onto them; a copy a test."""
    shutil.copytree(_matched_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    with open_readers(Config(who="kari", data=tmp_path)) as readers:
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


def test_a_contact_is_told_with_the_company_by_which_it_was_matched(
    add_record: Add, add_crm: Add, run_stages: RunStages
) -> None:
    add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"})
    add_crm("c", "Fjellbre Bakeri", country_code="NO")
    add_crm("follows", "An old firm", kind="contact", company_crm_key="c", first_name="Ola", last_name="Hansen")
    add_crm("states", "Fjelbre  Bakeri", kind="contact", country_code="NO", first_name="Kari", last_name="Berg")
    add_crm("nameless", "Fjelbre Bakeri", kind="contact", country_code="NO")
    add_crm("alone", None, kind="contact", first_name="Per", last_name="Dal")
    with open_readers(run_stages()) as readers:
        told = {one: explain_match(readers, one).told for one in ("c", "follows", "states", "nameless", "alone")}
    assert told == {
        "c": "Fjellbre Bakeri",
        "follows": "Ola Hansen, of Fjellbre Bakeri",
        "states": "Kari Berg, of Fjelbre  Bakeri",
        "nameless": "somebody, of Fjelbre Bakeri",
        "alone": "Per Dal",
    }


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
    assert compare_match(opened, "c1", "NO:1").turn == explain_match(opened, "c1").turn
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


def test_a_verdict_says_what_would_turn_it(opened: Readers) -> None:
    review = explain_match(opened, "c2")
    assert review.state == "review"
    assert review.turn is not None
    assert review.turn.bits_short is not None
    assert review.turn.bits_short > 0
    assert "the number 1 (NO-ORGNR)" in {each.change for each in review.turn.enough}
    accepted = explain_match(opened, "c1")
    assert accepted.turn is not None
    assert accepted.turn.bits_short is not None
    assert accepted.turn.bits_short < 0


def test_two_that_come_equally_near_are_told_as_rivals(add_record: Add, add_crm: Add, run_stages: RunStages) -> None:
    for number, (postal_code, city) in enumerate([("5003", "BERGEN"), ("0150", "OSLO")], start=1):
        add_record(
            "no_brreg",
            str(number),
            "ALFAHAVN AS",
            numbers={"NO-ORGNR": str(number)},
            addresses=[{"kind": "business", "postal_code": postal_code, "city": city}],
        )
    add_crm("c", "Alfahavn AS", country_code="NO")
    with open_readers(run_stages()) as readers:
        reason = explain_match(readers, "c")
    assert reason.state == "ambiguous"
    assert reason.rival is not None
    assert reason.rival.probability == pytest.approx(reason.candidates[0].probability)
    assert reason.turn is not None
    assert any(each.change.startswith("the place ") for each in reason.turn.enough)


def test_evidence_names_what_it_saw_and_says_what_changed_since(
    ledger: Warehouse, add_record: Add, add_crm: Add, run_stages: RunStages
) -> None:
    first, later = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
    add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"}, known_from=first)
    add_crm("c", "Fjellbre Bakeri", country_code="NO")
    config = run_stages()
    with open_readers(config) as readers:
        [seen] = explain_match(readers, "c").candidates
    assert (seen.record_known_from, seen.model_version, seen.since) == (first, shipped_model().version, ())
    add_record("no_brreg", "1", "HAVGAP KONDITORI AS", numbers={"NO-ORGNR": "1"}, known_from=later)
    ledger.execute(
        "INSERT INTO core.change VALUES ('no_brreg:1', 'changed', 'name', 'FJELLBRE BAKERI AS', 'HAVGAP KONDITORI AS', uuid(), $at)",
        at=later,
    )
    merge_companies(ledger, config, str(uuid.uuid4()), silent)
    publish(ledger, config, str(uuid.uuid4()), silent)  # published anew, matched not
    with open_readers(config) as readers:
        [stale] = explain_match(readers, "c").candidates
    assert stale.evidence == seen.evidence
    [change] = stale.since
    assert (change.what, change.before, change.after) == ("name", "FJELLBRE BAKERI AS", "HAVGAP KONDITORI AS")

    run_stages()
    with open_readers(config) as readers:
        now = explain_match(readers, "c")
        then = explain_match(readers, "c", as_of=now.earlier[0].matched_at)
    assert (now.state, [one.state for one in now.earlier]) == ("none", ["accepted"])
    assert then.state == "accepted"
    assert then.replaced_at == now.earlier[0].replaced_at
    assert then.candidates[0].evidence == seen.evidence
    assert then.candidates[0].record_known_from == first
    assert [one.after for one in then.candidates[0].since] == ["HAVGAP KONDITORI AS"]


def test_before_the_first_verdict_there_was_none_and_one_that_came_out_the_same_stands_since_the_first(
    add_record: Add, add_crm: Add, run_stages: RunStages
) -> None:
    add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"})
    before = datetime.now(UTC)
    add_crm("c", "Fjellbre Bakeri", country_code="NO")
    add_crm("p", "Somebody's", kind="contact", company_crm_key="c")
    run_stages(is_read=False)
    between = datetime.now(UTC)
    add_record(
        "no_brreg", "2", "FJELLBRE KONDITORI AS", numbers={"NO-ORGNR": "2"}
    )  # decided anew, and come out the same
    with open_readers(run_stages()) as readers:
        now = explain_match(readers, "c")
        assert now.matched_at > between
        for asked in ("c", "p"):
            assert explain_match(readers, asked, as_of=between).candidates[0].id_label == "NO:1"
            with pytest.raises(NotFound, match=r"no verdict on .* of '[\d-]+'\. The oldest one that is kept is of "):
                explain_match(readers, asked, as_of=before)


def test_a_contact_that_came_to_follow_a_company_keeps_the_past_of_its_own(
    ledger: Warehouse, add_record: Add, add_crm: Add, run_stages: RunStages
) -> None:
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "BERGTUN BYGG AS", numbers={"NO-ORGNR": "2"})
    add_crm("c1", "Alfahavn AS", country_code="NO")
    add_crm("p1", "Bergtun Bygg AS", kind="contact", company_crm_key=None)
    config = run_stages(is_read=False)
    judge(config, crm_id="p1", record_id="no_brreg:1", verdict="different", why="it is Bergtun")
    alone = datetime.now(UTC)
    ledger.execute("UPDATE core.crm_contact SET company_crm_key = 'c1' WHERE crm_id = 'p1'")
    run_stages(is_read=False)
    linked = datetime.now(UTC)
    add_record("no_brreg", "1", "CEDERVIK AS", numbers={"NO-ORGNR": "1"})
    run_stages()
    with open_readers(config) as readers:
        now, before, first = (explain_match(readers, "p1", as_of=at) for at in (None, linked, alone))
        assert explain_match(readers, "c1", as_of=alone).candidates[0].id_label == "NO:1"
    assert (now.state, now.decided_by, now.judged_as, now.judgements) == ("none", "crm_link", "c1", ())
    assert [one.record_id for one in now.earlier] == ["no_brreg:1", "no_brreg:2"]
    assert (before.state, before.judged_as, before.candidates[0].record_id) == ("accepted", "c1", "no_brreg:1")
    assert before.earlier == now.earlier[1:]
    assert (first.state, first.decided_by, first.judged_as) == ("accepted", "model", "p1")
    assert (first.candidates[0].record_id, first.earlier) == ("no_brreg:2", ())
    assert [one.why for one in first.judgements] == ["it is Bergtun"]
    assert first.replaced_at is not None
    assert alone < first.replaced_at < linked


def test_a_run_that_changes_nothing_keeps_no_past(opened: Readers) -> None:
    with open_world(opened.config.data) as (_, _, run_stages):
        run_stages()
    with open_readers(opened.config) as readers:
        assert explain_match(readers, "c1").earlier == ()


def test_a_company_that_people_named_though_it_was_no_candidate_is_what_the_verdict_is_explained_by(
    add_record: Add, add_crm: Add, run_stages: RunStages
) -> None:
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "BERGTUN BYGG AS", numbers={"NO-ORGNR": "2"})
    add_crm("c1", "Alfahavn AS", country_code="NO")
    add_crm("p1", kind="contact", company_crm_key="c1")
    config = run_stages(is_read=False)
    judge(config, crm_id="c1", record_id="no_brreg:2", verdict="same", why="it bought the name")
    run_stages()
    with open_readers(config) as readers:
        [never] = compare_match(readers, "c1", "NO:2").candidates
        for asked in ("c1", "p1"):
            reason = explain_match(readers, asked)
            assert (reason.state, reason.is_named_anew, reason.turn) == ("accepted", True, None)
            assert [each.id_label for each in reason.candidates] == ["NO:2", "NO:1"]
            assert reason.candidates[0] == never


def test_who_judged_is_told_until_it_is_taken_back(opened: Readers) -> None:
    made = judge(opened.config, crm_id="c2", record_id="no_brreg:1", verdict="unsure", why="two of that name")
    [told] = explain_match(opened, "c2").judgements
    assert (told.verdict, told.decided_by, told.why) == ("unsure", "kari", "two of that name")
    assert explain_match(opened, "ola hansen").judgements == (told,)  # a contact has its company's
    undo_judgement(opened.config, made.decision_id)
    assert explain_match(opened, "c2").judgements == ()
