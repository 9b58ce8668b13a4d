"""Runs that decide only where something changed give what one run that decides on everything gives."""

import os
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.fold import decisions_as_rows
from db.journal import make_decision
from db.warehouse import Warehouse
from enrich.config import Config, MatchConfig
from enrich.match.candidates import CUTS, LIMITS
from enrich.match.run import MatchReport, match_crm
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.resolve import resolve_companies

AddRecord = Callable[..., str]
AddCrm = Callable[..., str]
Judge = Callable[[str, str, str], str]

NIGHTS = 7
WORLDS = 12 if "PROSPEKT_LONG_TESTS" in os.environ else 2
WORDS = ("alfahavn", "bergtun", "cedervik", "drivgods", "bygg")
RECORDS = [("no_brreg", str(number)) for number in range(9)] + [("gleif", f"L{number}") for number in range(4)]
CRM = [("company", f"c{number}") for number in range(6)] + [("contact", f"p{number}") for number in range(4)]
TABLES = ("source_record", "company_member", "company_id_log", "crm_company", "crm_contact", "decision")
VERDICTS = ("match", "match_evidence", "match_digest", "match_past", "match_evidence_past")


def match(ledger: Warehouse, config: MatchConfig | None = None) -> MatchReport:
    normalise_records(ledger, silent)
    resolve_companies(ledger, str(uuid.uuid4()), silent)
    return match_resolved(ledger, config)


def match_resolved(ledger: Warehouse, config: MatchConfig | None = None) -> MatchReport:
    """As `match`, where nothing was landed or judged since."""
    return match_crm(ledger, Config(who="kari", match=config or MatchConfig()), str(uuid.uuid4()), silent)


def verdicts(ledger: Warehouse) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return (
        ledger.ask("SELECT * EXCLUDE (matched_at, stands_from) FROM core.match ORDER BY ALL"),
        ledger.ask("SELECT * FROM core.match_evidence ORDER BY ALL"),
    )


def empty(ledger: Warehouse, tables: tuple[str, ...]) -> None:
    for table in tables:
        ledger.execute(f"DELETE FROM core.{table}")


class World:
    """A small world that changes at random: few words, so that much is shared and every cut is reached."""

    def __init__(self, rng: random.Random, ledger: Warehouse, record: AddRecord, crm: AddCrm, judge: Judge) -> None:
        self.rng, self.ledger = rng, ledger
        self.add_record, self.add_crm, self.judge = record, crm, judge
        self.written: dict[str, dict[str, Any]] = {}
        self.judgements: list[str] = []

    def name(self) -> str:
        words = self.rng.sample(WORDS, self.rng.choice((1, 2, 2, 3)))
        return " ".join([*words, *self.rng.choice((["AS"], ["AB"], []))])

    def change_record(self) -> None:
        source, key = self.rng.choice(RECORDS)
        numbers = {"NO-ORGNR": key} if source == "no_brreg" else {"LEI": key, "NO-ORGNR": self.rng.choice("012")}
        self.written[f"{source}:{key}"] = values = {
            "source": source,
            "key": key,
            "name": self.name(),
            "numbers": numbers,
            "country_code": self.rng.choice(("NO", "NO", "SE", None)),
            "entity_kind": self.rng.choice(("legal_entity",) * 4 + ("establishment", "fund")),
            "status": self.rng.choice(("active", "active", "dissolved")),
            "is_closed": self.rng.random() < 0.1,
            "names": [{"name": self.name(), "kind": "former", "from_date": None, "to_date": None}]
            if self.rng.random() < 0.2
            else [],
            "addresses": [
                {
                    "kind": "business",
                    "street": self.rng.choice(("Storgata 5", "Kaien 7, 2. etg", None)),
                    "postal_code": self.rng.choice(("5003", "0150")),
                    "city": "BERGEN",
                }
            ],
            "contact_points": [{"kind": "website", "value": f"{self.rng.choice(WORDS)}.no"}],
            "employees_low": self.rng.choice((None, 0, 12)),
        }
        values["employees_high"] = values["employees_low"]
        if self.rng.random() < 0.2:  # two numbers of one scheme
            values["identifiers"] = [
                {"scheme": "NO-ORGNR", "value": number, "original": number} for number in self.rng.sample("012345", 2)
            ]
        self.add_record(**values)

    def write_again(self) -> None:
        """The same content in another place of the file."""
        if self.written:
            self.add_record(**self.rng.choice(list(self.written.values())))

    def remove_record(self) -> None:
        if self.written:
            record_id = self.rng.choice(list(self.written))
            del self.written[record_id]
            self.ledger.execute("DELETE FROM core.source_record WHERE record_id = $id", id=record_id)

    def change_crm(self) -> None:
        kind, crm_id = self.rng.choice(CRM)
        self.close_crm(crm_id)
        if self.rng.random() < 0.2:
            return
        stated = {"country_code": self.rng.choice(("NO", None))}
        if kind == "company":
            domains = [f"{self.rng.choice(WORDS)}.no"] if self.rng.random() < 0.3 else None
            place = self.rng.choice(
                ({"city": "Bergen"}, {"street": "Storgt. 5", "postal_code": "5003"}, {"street": "Storgt. 5"})
            )
            employees = self.rng.choice((None, 10))
            if self.rng.random() < 0.3:
                stated |= {"registration_scheme": "NO-ORGNR", "registration_number": self.rng.choice("012345")}
            size = {"employees_low": employees, "employees_high": employees}
            self.add_crm(crm_id, self.name(), domains=domains, **place, **size, **stated)
        else:
            employer, email = self.rng.choice((None, "c0", "c1")), f"ola@{self.rng.choice(WORDS)}.no"
            self.add_crm(crm_id, self.name(), kind=kind, company_crm_key=employer, email=email, **stated)

    def close_crm(self, crm_id: str) -> None:
        for table in ("crm_company", "crm_contact"):
            self.ledger.execute(
                f"UPDATE core.{table} SET known_to = now() WHERE crm_id = $id AND known_to IS NULL", id=crm_id
            )

    def judge_crm(self) -> None:
        """Of few pairs, so that people change their minds."""
        source, key = self.rng.choice(RECORDS[:4])
        verdict = self.rng.choice(("same", "different", "unsure"))
        self.judgements.append(self.judge(self.rng.choice(CRM[:3])[1], f"{source}:{key}", verdict))

    def move_record(self) -> None:
        """What people say of two register records moves them from one company to another."""
        (one, key), (other, other_key) = self.rng.sample(RECORDS, 2)
        said = self.rng.choice(("same", "different"))
        self.judgements.append(self.judge(f"{one}:{key}", f"{other}:{other_key}", said))

    def undo_judgement(self) -> None:
        if self.judgements:
            undo = make_decision("undo", {"decision_id": self.rng.choice(self.judgements)}, who="kari", why=None)
            with self.ledger.lend("journal_rows", decisions_as_rows([undo])):
                self.ledger.run("decide/fold")

    def begin(self) -> None:
        for change in (self.change_record,) * 20 + (self.change_crm,) * 15 + (self.judge_crm,) * 4:
            change()

    def pass_night(self) -> None:
        """A few changes of one sort, so that nothing else makes the run look where it has to."""
        happens = (
            self.change_record, self.write_again, self.remove_record, self.change_crm, self.judge_crm, self.move_record,
            self.undo_judgement,
        )  # fmt: skip
        change = self.rng.choice(happens)
        for _ in range(self.rng.choice((1, 2, 4))):
            change()


@pytest.fixture
def tight_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps that a small world reaches."""
    tight = {"most_of_a_domain": 2, "most_of_an_edge": 3, "most_of_a_name": 2}
    for name, most in tight.items():
        monkeypatch.setitem(LIMITS, name, most)
    for name, most in {"most": 4, "most_of_a_word": 5, "rare_anywhere": 4, "words": 2}.items():
        monkeypatch.setitem(CUTS, name, most)


@pytest.mark.usefixtures("tight_cuts")
@given(seed=st.integers(0, 2**32))
@settings(max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nights_give_the_verdicts_of_one_run_that_decides_on_everything(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm, judge_pair: Judge, seed: int
) -> None:
    empty(ledger, TABLES + VERDICTS)
    world = World(random.Random(seed), ledger, add_record, add_crm, judge_pair)
    world.begin()
    for _ in range(NIGHTS):
        match(ledger)
        nightly = verdicts(ledger)
        digests = ledger.ask("SELECT * FROM core.match_digest ORDER BY ALL")
        empty(ledger, ("match", "match_evidence"))
        assert match_resolved(ledger).standing == 0
        assert nightly == verdicts(ledger)
        assert digests == ledger.ask("SELECT * FROM core.match_digest ORDER BY ALL")
        world.pass_night()


@pytest.fixture
def settled(ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm) -> Warehouse:
    """A warehouse whose verdicts have been made: three CRM companies, and a contact that follows one of them."""
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "BERGTUN BYGG AS", numbers={"NO-ORGNR": "2"})
    add_crm("c1", "Alfahavn AS", country_code="NO")
    add_crm("c2", "Bergtun AS", country_code="NO")
    add_crm("c3", "Cedervik AS", country_code="NO")
    add_crm("p1", kind="contact", company_crm_key="c1", email="ola@gmail.com")
    report = match(ledger)
    assert (report.decided, report.standing, report.crm_records) == (3, 0, 4)
    return ledger


def decided_anew(ledger: Warehouse, config: MatchConfig | None = None) -> set[str]:
    """Whose verdict another run makes anew."""
    before = ledger.ask("SELECT now() AS at")[0]["at"]
    report = match(ledger, config)
    rows = ledger.ask("SELECT crm_id FROM core.match WHERE matched_at > $at AND decided_by <> 'crm_link'", at=before)
    assert report.decided == len(rows)
    assert report.decided + report.standing == 3
    return {str(row["crm_id"]) for row in rows}


def test_when_nothing_changed_every_verdict_stands(settled: Warehouse) -> None:
    before = settled.ask("SELECT * FROM core.match ORDER BY ALL"), verdicts(settled)[1]
    assert decided_anew(settled) == set()
    assert (settled.ask("SELECT * FROM core.match ORDER BY ALL"), verdicts(settled)[1]) == before
    assert settled.ask("SELECT * FROM core.match_past") == []


def test_a_new_company_is_held_against_those_only_that_share_a_key_with_it(
    settled: Warehouse, add_record: AddRecord
) -> None:
    add_record("no_brreg", "3", "BERGTUN RENHOLD AS", numbers={"NO-ORGNR": "3"})
    assert decided_anew(settled) == {"c2"}
    add_record("no_brreg", "4", "CEDERVIK AS", numbers={"NO-ORGNR": "4"})
    assert decided_anew(settled) == {"c3"}
    add_record("no_brreg", "5", "DRIVGODS AS", numbers={"NO-ORGNR": "5"})
    assert decided_anew(settled) == set()


def test_a_changed_company_is_held_against_those_whose_candidate_it_was_or_is(
    settled: Warehouse, add_record: AddRecord
) -> None:
    add_record("no_brreg", "2", "CEDERVIK AS", numbers={"NO-ORGNR": "2"})
    assert decided_anew(settled) == {"c2", "c3"}


def test_who_moves_in_at_an_address_decides_anew_on_those_there(
    settled: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    there = [{"kind": "business", "street": "Storgata 5", "postal_code": "5003", "city": "BERGEN"}]
    add_record("no_brreg", "2", "BERGTUN AS", numbers={"NO-ORGNR": "2"}, addresses=there)
    settled.execute("DELETE FROM core.crm_company WHERE crm_id = 'c2'")
    add_crm("c2", "Bergtun", country_code="NO", street="Storgt. 5", postal_code="5003")
    assert decided_anew(settled) == {"c2"}
    add_record("no_brreg", "6", "DRIVGODS AS", numbers={"NO-ORGNR": "6"}, addresses=there)
    assert decided_anew(settled) == {"c2"}


def test_a_record_that_moves_to_another_company_decides_anew_on_whom_it_is_a_candidate_of(
    settled: Warehouse, add_record: AddRecord, judge_pair: Judge
) -> None:
    add_record("gleif", "L1", "ALFAHAVN AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    assert decided_anew(settled) == {"c1"}
    judge_pair("gleif:L1", "no_brreg:1", "different")
    assert decided_anew(settled) == {"c1"}
    assert settled.ask("SELECT state FROM core.match WHERE crm_id = 'c1'") == [{"state": "ambiguous"}]


def test_what_no_comparison_reads_decides_nothing_anew_and_evidence_keeps_the_version_that_it_saw(
    settled: Warehouse, add_record: AddRecord
) -> None:
    seen = verdicts(settled)[1]
    assert seen[0]["record_known_from"] is not None
    later = settled.ask("SELECT now() AS at")[0]["at"]
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"}, last_accounts_year=2025, known_from=later)
    assert decided_anew(settled) == set()
    assert verdicts(settled)[1] == seen


def test_a_changed_crm_record_or_judgement_is_decided_on_alone(
    settled: Warehouse, add_crm: AddCrm, judge_pair: Judge
) -> None:
    settled.execute("DELETE FROM core.crm_company WHERE crm_id = 'c3'")
    add_crm("c3", "Cedervik Bygg AS", country_code="NO")
    assert decided_anew(settled) == {"c3"}
    judge_pair("c1", "no_brreg:1", "unsure")
    assert decided_anew(settled) == {"c1"}
    assert settled.ask("SELECT state FROM core.match WHERE crm_id = 'p1'") == [{"state": "review"}]
    judge_pair("c1", "no_brreg:1", "different")
    assert decided_anew(settled) == {"c1"}


def test_other_rules_decide_on_everybody(settled: Warehouse) -> None:
    assert decided_anew(settled, MatchConfig(accept=0.99)) == {"c1", "c2", "c3"}
    assert decided_anew(settled, MatchConfig(accept=0.99)) == set()


def test_a_contact_that_comes_to_belong_to_a_crm_company_loses_its_own_verdict(
    settled: Warehouse, add_crm: AddCrm
) -> None:
    add_crm("p2", "Bergtun AS", kind="contact", company_crm_key=None)
    match(settled)
    settled.execute("UPDATE core.crm_contact SET company_crm_key = 'c1' WHERE crm_id = 'p2'")
    assert decided_anew(settled) == set()
    assert settled.ask("SELECT decided_by FROM core.match WHERE crm_id = 'p2'") == [{"decided_by": "crm_link"}]
    assert settled.ask("SELECT count(*) AS n FROM core.match_evidence WHERE crm_id = 'p2'") == [{"n": 0}]
    assert [row["crm_id"] for row in settled.ask("SELECT crm_id FROM core.match_past")] == ["p2"]


def test_after_an_erasure_everything_is_decided_anew(settled: Warehouse) -> None:
    settled.run("erase/decide_anew")
    assert decided_anew(settled) == {"c1", "c2", "c3"}


def test_a_tie_falls_to_the_same_record_wherever_its_row_lies(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CUTS, "most", 1)
    alike = [{"source": "no_brreg", "key": key, "name": "ALFAHAVN AS", "numbers": {"NO-ORGNR": key}} for key in "12345"]
    for record in alike:
        add_record(**record)
    add_crm("c1", "Alfahavn AS", country_code="NO")
    match(ledger)
    chosen = verdicts(ledger)
    for record in alike:
        add_record(**record)
        assert match(ledger).decided == 0
    empty(ledger, ("match", "match_evidence"))
    match(ledger)
    assert verdicts(ledger) == chosen
