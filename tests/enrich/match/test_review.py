"""Going through what waits: every answer kept at once, taken back by going back, and outliving runs, merges and splits."""

import csv
import os
import pty
import re
import select
import shutil
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from db.warehouse import Warehouse
from enrich.cli.app import app
from enrich.config import Config, MatchConfig
from enrich.decide import judge, mark, read_judgements, undo_judgement
from enrich.errors import InputInvalid, NotFound
from enrich.gate import open_readers
from enrich.match.explain import explain_match, read_waiting
from enrich.match.form_labels import label_of
from enrich.match.reason import MatchReason
from enrich.match.review import Review
from enrich.normalise import legal_form
from enrich.progress import silent
from enrich.publish import publish
from tests.enrich.match.conftest import open_world

Add = Callable[..., str]
RunStages = Callable[..., Config]
EVERYBODY_WAITS = MatchConfig(accept=1.0, review=0.2, ambiguous_gap=0.0)
"""Thresholds at which whoever has a likely candidate waits for a person, whatever the model's weights are."""
WAITING = ("Fjelbre Bakeri AS", "Skogtrol Data AS", "Vinterhaav Rederi AS")


@pytest.fixture(scope="module")
def _matched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("matched")
    with open_world(data) as (add_record, add_crm, run_stages):
        for number, name in enumerate(("FJELLBRE BAKERI AS", "SKOGTROLL DATA AS", "VINTERHAV REDERI AS"), start=1):
            add_record("no_brreg", str(number), name, numbers={"NO-ORGNR": str(number)})
        for number, name in enumerate(WAITING, start=1):
            add_crm(f"c{number}", name, country_code="NO")
        run_stages(EVERYBODY_WAITS)
    return data


@pytest.fixture
def world(_matched_once: Path, tmp_path: Path) -> Config:
    """Three CRM companies that wait for a person, each for a slip of the pen; a copy a test."""
    shutil.copytree(_matched_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Config(who="kari", data=tmp_path, match=EVERYBODY_WAITS)


@pytest.fixture
def ledger(world: Config) -> Iterator[Warehouse]:
    """The warehouse of that copy."""
    with Warehouse.open_to_write(world.data, command="test") as opened:
        yield opened


def waiting(config: Config) -> tuple[MatchReason, ...]:
    with open_readers(config) as readers:
        return read_waiting(readers, limit=20)[0]


def said(config: Config) -> dict[tuple[str, str], str]:
    return {(one.crm_id, one.record_id): one.verdict for one in read_judgements(config)}


def test_the_nearest_calls_come_first_and_an_answer_takes_its_record_out(world: Config) -> None:
    queue = waiting(world)
    assert {each.crm_id for each in queue} == {"c1", "c2", "c3"}
    distance = [abs(2 * each.candidates[0].probability - 1) for each in queue]
    assert distance == sorted(distance)
    review = Review(world, queue)
    for verdict in ("same", "different"):
        review.answer(verdict, why="told on the phone")
    assert [each.crm_id for each in waiting(world)] == [queue[2].crm_id]
    assert {one.why for one in read_judgements(world)} == {"told on the phone"}


def test_a_near_call_is_one_between_two_companies_as_much_as_one_with_nobody(world: Config, ledger: Warehouse) -> None:
    calls = {"c1": (0.55, 0.02), "c2": (0.40, 0.39), "c3": (0.47, None)}  # leave 0.43, 0.21 and 0.53 for nobody
    for crm_id, (best, second) in calls.items():
        ledger.execute(
            "UPDATE core.match SET probability = $best, runner_up_probability = $second WHERE crm_id = $id",
            id=crm_id,
            best=best,
            second=second,
        )
    publish(ledger, world, str(uuid.uuid4()), silent)
    assert [each.crm_id for each in waiting(world)] == ["c2", "c3", "c1"]


def test_going_back_takes_the_answer_back_and_asks_again(world: Config) -> None:
    queue = waiting(world)
    review = Review(world, queue)
    assert review.go_back() == ()
    wrong = review.answer("different")
    review.put_off()
    assert review.go_back() == ()  # nothing was answered there
    assert review.go_back() == wrong
    assert review.current is queue[0]
    assert said(world) == {}
    right = review.answer("same")
    assert review.answers == (right,)
    assert said(world) == {(queue[0].crm_id, queue[0].candidates[0].record_id): "same"}


@pytest.fixture(scope="module")
def _namesakes_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("namesakes")
    with open_world(data) as (add_record, add_crm, run_stages):
        for number, city, day in (("1", "BERGEN", date(1998, 5, 2)), ("2", "OSLO", date(2021, 9, 30))):
            addresses = [{"kind": "business", "city": city}]
            add_record(
                "no_brreg", number, "ALFAHAVN AS", numbers={"NO-ORGNR": number}, addresses=addresses, founded_date=day
            )
        add_crm("c1", "Alfahavn AS", country_code="NO")
        run_stages()
    return data


@pytest.fixture
def namesakes(_namesakes_once: Path, tmp_path: Path) -> Config:
    """One CRM company, and two registered ones of its very name; a copy a test."""
    shutil.copytree(_namesakes_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Config(who="kari", data=tmp_path)


def on(config: Config, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["match", *arguments, "--data", str(config.data)])


def test_of_two_as_near_as_each_other_both_are_shown_and_one_is_chosen_by_number(
    namesakes: Config, at_terminal: Callable[..., tuple[str, int]]
) -> None:
    told, code = at_terminal((b"[q]uit", b"s\n"), (b"its number: 1 or 2", b"2\n"), (b"no reason)", b"\n"))
    assert code == 0, told
    shown = " ".join(told[: told.index("Why (Enter")].split())
    assert "1 NO:1 ALFAHAVN AS BERGEN 2 NO:2 ALFAHAVN AS OSLO" in shown
    assert "What the registers tell them apart by:" in shown
    assert "Founded 1998-05-02 2021-09-30" in shown
    assert "%" not in shown
    assert "1 or 2 = the same as that one, [d]ifferent from both" in shown
    assert said(namesakes) == {("c1", "no_brreg:2"): "same"}
    assert waiting(namesakes) == ()


def test_different_is_said_of_all_that_were_shown_and_taken_back_of_all(namesakes: Config) -> None:
    review = Review(namesakes, waiting(namesakes))
    made = review.answer("different")
    assert said(namesakes) == {("c1", "no_brreg:1"): "different", ("c1", "no_brreg:2"): "different"}
    assert review.go_back() == made
    assert said(namesakes) == {}
    review.answer("unsure", number=2)
    assert said(namesakes) == {("c1", "no_brreg:2"): "unsure"}


def test_a_verdict_without_questions_says_which_company_where_that_is_not_plain(namesakes: Config) -> None:
    for verdict in ("same", "different"):
        done = on(namesakes, "review", "c1", "--verdict", verdict)
        assert done.exit_code == 5
        assert "NO:1 ALFAHAVN AS; NO:2 ALFAHAVN AS. Say which one is meant: --company NO:1." in done.stderr
    assert said(namesakes) == {}
    assert on(namesakes, "review", "c1", "--verdict", "same", "--company", "NO:2").exit_code == 0
    assert said(namesakes) == {("c1", "no_brreg:2"): "same"}


def test_same_of_a_record_that_has_no_company_says_which(tmp_path: Path) -> None:
    with open_world(tmp_path) as (add_record, add_crm, run_stages):
        add_record("no_brreg", "1", "FJELLBRE HOLDING AS", numbers={"NO-ORGNR": "1"})
        add_crm("c1", "Fjellbre Bakeri og Konditori", country_code="NO")
        config = run_stages()
    assert verdict(config, "c1").state == "none"
    done = on(config, "review", "c1", "--verdict", "same")
    assert (done.exit_code, said(config)) == (5, {})
    assert "has no company (state none)" in done.stderr
    assert "--company NO:1" in done.stderr
    assert on(config, "review", "c1", "--verdict", "same", "--company", "NO:1").exit_code == 0
    assert said(config) == {("c1", "no_brreg:1"): "same"}


def test_of_two_namesakes_why_says_what_tells_them_apart_and_what_settles_it(namesakes: Config) -> None:
    text = " ".join(on(namesakes, "why", "c1").stdout.split())
    assert "They bear one name." in text
    assert "Address BERGEN / OSLO; Founded 1998-05-02 / 2021-09-30" in text or (
        "Address OSLO / BERGEN; Founded 2021-09-30 / 1998-05-02" in text
    )
    assert re.search(r"prospekt match review c1 --verdict same --company NO:[12] \(or NO:[12]\)", text)


def test_a_contact_is_shown_with_its_company_wherever_it_is_shown(tmp_path: Path) -> None:
    with open_world(tmp_path) as (add_record, add_crm, run_stages):
        add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"})
        add_crm("p", "Fjelbre  Bakeri AS", kind="contact", country_code="NO", first_name="Per", last_name="Dal")
        config = run_stages(EVERYBODY_WAITS)
    assert "\tPer Dal, of Fjelbre Bakeri AS\treview\tNO:1 FJELLBRE BAKERI AS\t" in on(config, "review").stdout
    text = " ".join(on(config, "why", "p").stdout.split())
    assert "Per Dal, of Fjelbre Bakeri AS (contact p): review" in text
    assert re.search(r"\d% for Per Dal, of Fjelbre Bakeri AS\.", text)
    done = on(config, "review", "p", "--verdict", "same")
    assert done.stdout.startswith("Per Dal, of Fjelbre Bakeri AS and NO:1 FJELLBRE BAKERI AS: same")


def test_a_verdict_that_is_none_is_told_with_those_that_are(tmp_path: Path) -> None:
    done = on(Config(who="kari", data=tmp_path), "review", "c1", "--verdict", "maybe")
    assert done.exit_code == 2
    assert "Invalid value for '--verdict': 'maybe' is not one of 'same', 'different', 'unsure'." in done.stderr


def test_every_legal_form_has_a_name_that_people_read(world: Config) -> None:
    table = Path(legal_form.__file__).with_name("legal_forms.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        assert label_of(row["class"]) != row["class"] or not row["class"]
    assert "AS, A/S (aksjeselskap)" in on(world, "why", "c2").stdout


def test_whom_somebody_was_unsure_of_comes_last(world: Config) -> None:
    first = waiting(world)[0]
    Review(world, [first]).answer("unsure")
    assert waiting(world)[-1].crm_id == first.crm_id
    assert len(waiting(world)) == 3


def test_whom_somebody_was_unsure_of_by_another_record_of_the_company_comes_last_too(
    world: Config, add_record: Add, run_stages: RunStages
) -> None:
    first = waiting(world)[0]
    number = first.candidates[0].record_id.partition(":")[2]
    name = first.candidates[0].name.upper()
    add_record("gleif", "L", name, numbers={"LEI": "5493001KJTIIGC8Y1R12", "NO-ORGNR": number})
    run_stages(EVERYBODY_WAITS)
    [best] = [each.candidates[0] for each in waiting(world) if each.crm_id == first.crm_id]
    [other] = [one for one in best.record_ids if one != best.record_id]
    judge(world, crm_id=first.crm_id, record_id=other, verdict="unsure")
    assert waiting(world)[-1].crm_id == first.crm_id


@pytest.mark.parametrize(("answer", "state"), [("same", "accepted"), ("different", "none")])
def test_where_two_people_disagree_both_are_named_and_the_next_answer_settles_it(
    world: Config, add_record: Add, run_stages: RunStages, answer: str, state: str
) -> None:
    add_record("gleif", "L", "FJELLBRE BAKERI AS", numbers={"LEI": "5493001KJTIIGC8Y1R12", "NO-ORGNR": "1"})
    said_same = judge(world, crm_id="c1", record_id="no_brreg:1", verdict="same", who="ola")
    said_different = judge(world, crm_id="c1", record_id="gleif:L", verdict="different")
    run_stages(EVERYBODY_WAITS)
    [waits] = [each for each in waiting(world) if each.crm_id == "c1"]
    done = CliRunner().invoke(app, ["match", "why", "c1", "--data", str(world.data)])
    for one in (said_same, said_different):
        assert f"(decision {one.decision_id})" in " ".join(done.stdout.split())
    assert {"no_brreg:1", "gleif:L"} == set(waits.candidates[0].record_ids)
    Review(world, [waits]).answer(answer)
    assert "c1" not in {each.crm_id for each in waiting(world)}
    run_stages(EVERYBODY_WAITS)
    assert verdict(world, "c1").state == state


def test_only_a_judgement_that_stands_can_be_taken_back(world: Config) -> None:
    made = judge(world, crm_id="c1", record_id="no_brreg:1", verdict="same")
    undo_judgement(world, made.decision_id)
    assert said(world) == {}
    with pytest.raises(InputInvalid, match="already"):
        undo_judgement(world, made.decision_id)
    marked = mark(world, company_id="x", record_id="no_brreg:1", mark="customer")
    with pytest.raises(InputInvalid, match="kind mark"):
        undo_judgement(world, marked.decision_id)
    with pytest.raises(NotFound):
        undo_judgement(world, "0190f2c3-0000-7000-8000-00000000dead")


def verdict(config: Config, crm_id: str) -> MatchReason:
    with open_readers(config) as readers:
        return explain_match(readers, crm_id)


def company_of(ledger: Warehouse, record_id: str) -> Any:
    [row] = ledger.ask("SELECT company_id::VARCHAR AS id FROM core.company_member WHERE record_id = $id", id=record_id)
    return row["id"]


def test_a_judgement_survives_runs_and_companies_that_merge_and_split(
    world: Config, ledger: Warehouse, add_record: Add, run_stages: RunStages
) -> None:
    lei = {"LEI": "5493001KJTIIGC8Y1R12"}
    add_record("gleif", "L", "SKOGTROLL INTERNATIONAL AS", numbers=lei)
    run_stages(EVERYBODY_WAITS, is_read=False)
    judge(world, crm_id="c1", record_id="gleif:L", verdict="same", why="they told us")
    judge(world, crm_id="c2", record_id="no_brreg:2", verdict="different")
    for _ in range(2):
        run_stages(EVERYBODY_WAITS)
        assert (verdict(world, "c1").state, verdict(world, "c1").decided_by) == ("accepted", "judgement")
        assert company_of(ledger, "no_brreg:2") not in {each.company_id for each in verdict(world, "c2").candidates}
    apart = company_of(ledger, "gleif:L")
    add_record("no_brreg", "2", "SKOGTROLL DATA AS", numbers={"NO-ORGNR": "2", **lei})
    run_stages(EVERYBODY_WAITS)
    merged = company_of(ledger, "gleif:L")
    assert merged == company_of(ledger, "no_brreg:2")
    [row] = ledger.ask("SELECT company_id::VARCHAR AS id, record_id FROM core.match WHERE crm_id = 'c1'")
    assert row == {"id": merged, "record_id": "gleif:L"}
    # different holds for the whole of what it became
    assert merged not in {each.company_id for each in verdict(world, "c2").candidates}
    add_record("no_brreg", "2", "SKOGTROLL DATA AS", numbers={"NO-ORGNR": "2"})
    run_stages(EVERYBODY_WAITS, is_read=False)
    split = company_of(ledger, "gleif:L")
    assert split != company_of(ledger, "no_brreg:2")
    [row] = ledger.ask("SELECT company_id::VARCHAR AS id, state FROM core.match WHERE crm_id = 'c1'")
    assert row == {"id": split, "state": "accepted"}
    assert {apart, merged} & {split, company_of(ledger, "no_brreg:2")}  # at least one id went on


def type_into(arguments: list[str], cwd: Path, answers: list[tuple[bytes, bytes]]) -> tuple[str, int]:
    """Run prospekt on a terminal of its own; wait for each text and type what belongs to it."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execve(  # noqa: S606  # our own interpreter, no shell wanted
            sys.executable,
            [sys.executable, "-c", "from enrich.cli import main; main()", *arguments],
            {**os.environ, "COLUMNS": "100", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    told, deadline = b"", time.monotonic() + 60
    pending, since, typed, again_at = list(answers), 0, b"", 0.0
    while time.monotonic() < deadline:
        if pending and pending[0][0] in told[since:]:
            since = len(told)
            typed = pending.pop(0)[1]
            os.write(terminal, typed)
            again_at = time.monotonic() + 2
        elif typed == b"\x03" and time.monotonic() > again_at:
            # CPython's input() sleeps through a Ctrl-C of the instant between its prompt and its wait: people press again
            os.write(terminal, typed)
            again_at = time.monotonic() + 2
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                read = os.read(terminal, 65_536)
            except OSError:  # the other side is closed
                break
            if not read:
                break
            told += read
    else:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return told.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)


@pytest.fixture
def at_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, int]]:
    """`prospekt match review` on a terminal, in the test's data folder."""
    for name in [name for name in os.environ if name.startswith("PROSPEKT_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config.toml").write_text('who = "kari"\n[crm]\ncountry = "NO"\n', encoding="utf-8")

    def ask(*answers: tuple[bytes, bytes]) -> tuple[str, int]:
        arguments = ["match", "review", "--config", "config.toml", "--data", str(tmp_path)]
        return type_into(arguments, tmp_path, list(answers))

    return ask


def test_on_a_terminal_it_is_blind_goes_back_and_keeps_what_was_answered_before_ctrl_c(
    world: Config, at_terminal: Callable[..., tuple[str, int]]
) -> None:
    key, why = b"[q]uit", b"no reason)"
    told, code = at_terminal(
        (key, b"x\n"), (b"none of these", b"d\n"), (why, b"another trade\n"), (key, b"b\n"),
        (key, b"s\n"), (why, b"\n"), (key, b"u\n"), (why, b"\x03"),
    )  # fmt: skip
    assert code == 130, told
    assert "1 of 3" in told
    before_answer = told[: told.index("Why (Enter")]
    assert "%" not in before_answer
    assert "review" not in before_answer.replace("match review", "")
    assert "Taken back: different." in told
    assert "Stopped after 2 of 3. 2 answers kept." in told
    assert sorted(said(world).values()) == ["same", "unsure"]


def test_on_a_terminal_one_may_stop_at_any_time(world: Config, at_terminal: Callable[..., tuple[str, int]]) -> None:
    told, code = at_terminal((b"[q]uit", b"b\n"), (b"the first", b"\n"), (b"[q]uit", b"q\n"))
    assert code == 0, told
    assert "No answer was given." in told
    assert said(world) == {}
