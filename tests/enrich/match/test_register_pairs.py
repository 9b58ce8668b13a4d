"""Pairs of register records that resolution left for people: shown, judged as pairs, and obeyed by the next run."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from db.warehouse import Warehouse
from enrich.cli.app import app
from enrich.config import Config
from enrich.decide import read_judgements
from enrich.gate import open_readers
from enrich.match.labels import export_labels
from enrich.match.register_pairs import RegisterReview, read_register_pairs
from enrich.match.truths import hold_against_judgements

Add = Callable[..., str]
RunStages = Callable[..., Config]
PAIR = ("no_brreg:1", "gleif:L1")


@pytest.fixture
def world(add_record: Add, run_stages: RunStages) -> Config:
    """An LEI record that states the number of one company and bears the name of another."""
    add_record("no_brreg", "1", "FJELLMO BYGG AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "STRANDVIK DRIFT AS", numbers={"NO-ORGNR": "2"})
    add_record("gleif", "L1", "Strandvik Drift AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    return run_stages()


def on(config: Config, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["match", "review", *arguments, "--registers", "--data", str(config.data)])


def together(ledger: Warehouse) -> bool:
    rows = ledger.ask(
        "SELECT count(DISTINCT company_id) AS n FROM core.company_member WHERE list_contains($pair, record_id)",
        pair=list(PAIR),
    )
    return rows == [{"n": 1}]


def test_a_pair_is_shown_judged_and_obeyed_and_what_was_taken_back_is_asked_again(
    world: Config, ledger: Warehouse, run_stages: RunStages
) -> None:
    off_terminal = on(world)
    assert (
        "Decide one without a terminal: prospekt match review no_brreg:1 --company gleif:L1 --registers --verdict same"
        in off_terminal.stderr
    )
    listed = off_terminal.stdout
    assert "no_brreg:1\tFJELLMO BYGG AS\tgleif:L1\tSTRANDVIK DRIFT AS\tSame NO-ORGNR 1, but another record" in listed
    [shown] = json.loads(on(world, "--json").stdout)["data"]
    assert (shown["left"]["Number"], shown["right"]["LEI"]) == ("NO:1", "L1")
    with open_readers(world) as readers:
        pairs, is_cut = read_register_pairs(readers, limit=20)
    review = RegisterReview(world, pairs)
    assert (review.total, is_cut) == (1, False)
    review.answer("same", why="told on the phone")
    assert [(one.crm_id, one.record_id, one.verdict) for one in read_judgements(world)] == [(*PAIR, "same")]
    with open_readers(world) as readers:
        assert read_register_pairs(readers, limit=20)[0] == ()
    run_stages()
    assert together(ledger)
    assert on(world).stdout.count("no_brreg:1") == 0
    review.go_back()
    run_stages()
    assert not together(ledger)
    assert "no_brreg:1" in on(world).stdout


def test_nobody_is_asked_whether_two_numbers_of_one_register_are_one_company(
    add_record: Add, ledger: Warehouse, run_stages: RunStages
) -> None:
    add_record("gleif", "L1", "FJELLMO BYGG AS", numbers={"LEI": "L1", "NO-ORGNR": "1"})
    add_record("gleif", "L2", "Strandvik Drift AS", numbers={"LEI": "L2", "NO-ORGNR": "1"})
    nothing = on(run_stages())
    assert ledger.ask("SELECT * FROM core.resolution_review") == []
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing waits for a person.\n")


def test_a_pair_is_judged_by_both_its_records_in_either_order(
    world: Config, ledger: Warehouse, run_stages: RunStages
) -> None:
    for arguments, code, told in (
        (("--verdict", "same"), 5, "A pair is named by both its records"),
        (("no_brreg:1", "--verdict", "same"), 5, "A pair is named by both its records"),
        (("no_brreg:2", "--company", "no_brreg:1", "--verdict", "same"), 3, "Did you mean: no_brreg:1 and gleif:L1?"),
    ):
        done = on(world, *arguments)
        assert (done.exit_code, told in done.stderr) == (code, True), done.stderr
    done = on(world, "gleif:L1", "--company", "no_brreg:1", "--verdict", "different", "--why", "two offices")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("no_brreg:1 FJELLMO BYGG AS and gleif:L1 STRANDVIK DRIFT AS: different (decision ")
    run_stages()
    assert not together(ledger)
    assert ledger.ask("SELECT * FROM core.resolution_review") == []


def test_what_is_said_of_registers_is_no_label_of_the_crm(world: Config, ledger: Warehouse) -> None:
    on(world, *("no_brreg:1", "--company", "gleif:L1", "--verdict", "same"))
    assert export_labels(world, world.data / "labels.csv", for_splink=True) == (0, 0)
    with open_readers(world) as readers:
        assert (hold_against_judgements(readers).undecided, hold_against_judgements(readers).answers) == (0, ())
    assert ledger.rows("match/judgements") == []
