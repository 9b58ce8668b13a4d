"""Truths that people know, held against published matches; and the two commands that print it."""

import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.warehouse import Warehouse
from enrich.cli.app import app
from enrich.config import Config
from enrich.decide import judge
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.match.truths import Held, hold_against_gold, hold_against_judgements
from enrich.pipeline import run_stages
from enrich.progress import silent
from enrich.runs import new_run_id
from tests.enrich.conftest import crm_adder, record_adder

Add = Callable[..., str]
LEI = "5493001KJTIIGC8Y1R12"


def run_all_stages(ledger: Warehouse, config: Config) -> None:
    run_stages(ledger, config, run_id=new_run_id(), progress=silent, say=lambda _: None)


@pytest.fixture(scope="module")
def _matched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("matched")
    with Warehouse.open_to_write(data, command="test") as ledger:
        add_record, add_crm = record_adder(ledger), crm_adder(ledger)
        add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "911111111", "LEI": LEI})
        add_record("no_brreg", "2", "FJELLBRE HOLDING AS", numbers={"NO-ORGNR": "922222222"})
        add_record("no_brreg", "3", "SKOGTROLL DATA AS", numbers={"NO-ORGNR": "933333333"})
        add_record("no_brreg", "4", "VINTERHAV REDERI AS", numbers={"NO-ORGNR": "944444444"})
        add_crm("c1", "Fjellbre Bakeri", country_code="NO", crm_key="7001")
        add_crm("c2", "Fjelbre Bakeri AS", country_code="NO", crm_key="7002")
        add_crm("c3", "Havgap Myrull AS", country_code="NO", crm_key="7003")
        add_crm("c4", "Skogtroll Data", country_code="NO", crm_key="7004")
        add_crm("p1", "Somebody's firm", kind="contact", company_crm_key="7002", first_name="Ola", last_name="Hansen")
        run_all_stages(ledger, Config(who="kari", data=data))
    return data


@pytest.fixture
def matched(_matched_once: Path, tmp_path: Path) -> Config:
    """Four companies and a CRM of which one is plain, one has a slip, one is unknown, and a contact follows its company; a copy a test."""
    shutil.copytree(_matched_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Config(who="kari", data=tmp_path)


def gold(folder: Path, rows: str, *, header: str = "crm_id,right_id") -> Path:
    path = folder / "gold.csv"
    path.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    return path


def held_to(config: Config, rows: str, *, header: str = "crm_id,right_id") -> Held:
    with open_readers(config) as readers:
        return hold_against_gold(readers, gold(config.data, rows, header=header))


def test_a_true_link_says_where_the_truth_stands(matched: Config) -> None:
    cases: dict[str, tuple[str, int | None, bool]] = {
        "number": ("7001,911111111", 1, True),
        "our id and a record": ("c1,no_brreg:1", 1, True),
        "label": ("7001,NO:911111111", 1, True),
        "label as people write it": ("7001,no: 911 111 111", 1, True),
        "label of its other number": (f"7001,LEI:{LEI}", 1, True),
        "the second best is the true one": ("7001,922222222", 2, True),
        "the true one was no candidate": ("7001,944444444", None, True),
        "truly none": ("7001,", None, False),
        "not in any register": ("7001,999999999", None, False),
    }
    for name, (row, rank, has_truth) in cases.items():
        held = held_to(matched, row)
        [answer] = held.answers
        assert (answer.query, answer.true_rank, answer.has_truth) == ("c1", rank, has_truth), name
        assert answer.probability is not None
        assert held.not_in_registers == (name == "not in any register")
    held = held_to(matched, "7001;911111111\n7003;\n9999;911111111", header="left_id;right_id")
    assert [(answer.query, answer.is_right) for answer in held.answers] == [("c1", True), ("c3", False)]
    assert held.not_in_crm == 1


def test_an_id_that_a_company_and_a_contact_have_needs_its_kind(matched: Config, run: Callable[..., Result]) -> None:
    with Warehouse.open_to_write(matched.data, command="test") as ledger:
        add_contact = crm_adder(ledger)
        add_contact("p2", "Skogtroll Data AS", kind="contact", crm_key="7001", first_name="Ola", last_name="Hansen")
        run_all_stages(ledger, matched)
    held = held_to(matched, "7001,911111111\n7003,")
    assert [answer.query for answer in held.answers] == ["c3"]
    assert (held.several_in_crm, held.not_in_crm) == (1, 0)
    held = held_to(matched, "7001,911111111,company\n7001,933333333,contact\n7003,,", header="crm_id,right_id,crm_kind")
    assert [(answer.query, answer.is_right) for answer in held.answers] == [("c1", True), ("p2", True), ("c3", False)]
    held = held_to(matched, "c1,911111111\np2,933333333")
    assert [(answer.query, answer.is_right) for answer in held.answers] == [("c1", True), ("p2", True)]
    done = run("match", "evaluate", gold(matched.data, "7001,911111111\n7003,"))
    assert "1 true link left out: several CRM records have that id." in done.stderr


def test_of_equal_candidates_the_best_is_the_one_that_the_verdict_names(
    ledger: Warehouse, add_record: Add, add_crm: Add, tmp_path: Path
) -> None:
    for place in range(8):
        add_record("no_brreg", str(place), "ALFAHAVN AS", numbers={"NO-ORGNR": str(place)})
        add_crm(f"c{place}", "Alfahavn AS", country_code="NO", crm_key=str(7000 + place))
    config = Config(who="kari", data=tmp_path)
    run_all_stages(ledger, config)
    named = ledger.ask("SELECT crm_id, record_id FROM core.match ORDER BY crm_id")
    held = held_to(config, "\n".join(f"{row['crm_id']},{row['record_id']}" for row in named))
    assert [answer.true_rank for answer in held.answers] == [1] * 8


def test_a_file_that_cannot_be_held_against_is_told(matched: Config) -> None:
    for rows, header, told in (
        ("9999,1", "crm_id,right_id", "none of its 1 rows tells"),
        ("7001,1", "contact,company", "needs the columns crm_id"),
        ("7001,1\nc1,1", "crm_id,right_id", "named twice"),
        ("7001,1,2", "crm_id,right_id", "cannot be read"),
        ("7001,1,perhaps", "crm_id,right_id,verdict", "'perhaps' is no verdict: use same, different, unsure"),
        ("7001,,different", "crm_id,right_id,verdict", "row 1 says 'different' of no company"),
        ("7001,911111111,same\n7001,911111111,different", "crm_id,right_id,verdict", "both same and different of c1"),
        ("7001,1,deal", "crm_id,right_id,crm_kind", "'deal' is no crm_kind"),
    ):
        with pytest.raises(InputInvalid, match=told):
            held_to(matched, rows, header=header)


def test_a_verdict_of_a_row_is_heard(matched: Config, run: Callable[..., Result]) -> None:
    header = "left_id,right_id,verdict"
    rows = {
        "7001,911111111,same\n7001,922222222,different": ("c1", True, True),
        "7001,911111111,Different": ("c1", False, False),
        "7003,,": ("c3", False, False),
    }
    for row, found in rows.items():
        [answer] = held_to(matched, row, header=header).answers
        assert (answer.query, answer.is_right, answer.has_truth) == found, row
    held = held_to(matched, "7001,911111111,different\n7002,944444444,different\n7004,933333333,unsure", header=header)
    assert [(one.query, one.is_right) for one in held.answers] == [("c1", False)]
    assert (held.undecided, held.unsure) == (1, 1)  # another one than the best of c2, and nothing of c4
    path = gold(matched.data, "7001,911111111,different\n7004,933333333,", header=header)
    assert "1 true link left out: its verdict is unsure, or empty." in run("match", "evaluate", path).stderr


def test_judged_records_say_what_the_model_would_without_the_judgement(matched: Config) -> None:
    [before] = held_to(matched, "7002,911111111").answers
    judge(matched, crm_id="c1", record_id="no_brreg:1", verdict="same")
    judge(matched, crm_id="c2", record_id="no_brreg:1", verdict="different")
    judge(matched, crm_id="c4", record_id="no_brreg:3", verdict="unsure")
    for _ in range(2):  # laid over the published files, and after the next run, which keeps no evidence of them
        with open_readers(matched) as readers:
            held = hold_against_judgements(readers)
        said = {answer.query: answer for answer in held.answers}
        assert said.keys() == {"c1", "c2"}
        assert (said["c1"].is_right, said["c1"].has_truth) == (True, True)
        assert said["c1"].probability is not None
        assert 0.5 < said["c1"].probability < 1
        assert (said["c2"].is_right, said["c2"].has_truth) == (False, False)
        assert said["c2"].probability == pytest.approx(before.probability, abs=0.02)
        with Warehouse.open_to_write(matched.data, command="test") as ledger:
            run_all_stages(ledger, matched)
    assert held_to(matched, "7001,911111111\n7003,").judged == 1


@pytest.fixture
def run(matched: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(f'who = "kari"\ndata = "{matched.data}"\n', encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments], prog_name="prospekt")


def test_evaluate_prints_figures_and_draws_the_diagram(run: Callable[..., Result], tmp_path: Path) -> None:
    path = gold(tmp_path, "7001,911111111\n7002,911111111\n7003,\n7004,944444444\n9,1")
    done = run("match", "evaluate", path, "--svg", tmp_path / "r.svg")
    assert done.exit_code == 0, done.output
    assert "4 CRM records with a known truth, 3 of them with a true company" in done.stdout
    assert "Best candidate is right\t0.667\t0.208 to 0.939\t2 of 3" in done.stdout
    assert "1 true link left out: no CRM record has that id." in done.stderr
    assert "too few to tell" in done.stderr
    assert "1 true company not among the 3 best candidates: no more are kept" in done.stderr
    assert "3 best candidates" not in run("match", "evaluate", gold(tmp_path, "7001,911111111\n7003,")).stderr
    path = gold(tmp_path, "7001,911111111\n7002,911111111\n7003,\n7004,944444444\n9,1")
    drawn = ET.parse(tmp_path / "r.svg").getroot()  # noqa: S314  # our own file
    shape = "{http://www.w3.org/2000/svg}circle"
    data = json.loads(run("match", "evaluate", path, "--json").stdout)["data"]
    assert len(list(drawn.iter(shape))) == len(data["evaluation"]["calibration"]["bins"])
    assert data["evaluation"]["top"]["1"]["hits"] == 2
    assert data["left_out"]["not_in_crm"] == 1


def test_threshold_weighs_each_choice_and_says_where_it_cannot_tell(
    run: Callable[..., Result], matched: Config, tmp_path: Path
) -> None:
    done = run("match", "threshold")
    assert done.exit_code == 0, done.output
    assert "none\tnone\ttoo few to tell" in done.stdout
    judge(matched, crm_id="c1", record_id="no_brreg:1", verdict="same")
    done = run("match", "threshold")
    assert "0.50\t100% (21% to 100%)\t100% (21% to 100%)\ttoo few to tell\t" in done.stdout
    assert "Fewer than 30 known truths" in done.stderr
    path = gold(tmp_path, "7002,911111111\n7003,")
    data = json.loads(run("match", "threshold", "--gold", path, "--json").stdout)["data"]
    accepted = [choice["accepted"] for choice in data["thresholds"]]
    assert accepted == sorted(accepted, reverse=True)
    assert data["known"] == 1
    assert {choice["is_enough"] for choice in data["thresholds"]} == {False}


def test_a_picture_or_table_of_another_kind_is_refused_before_any_work(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    path = gold(tmp_path, "7001,911111111")
    for arguments, named in (
        (("match", "evaluate", path, "--svg", "r.png"), "r.svg"),
        (("match", "why", "7001", "--svg", "w.pdf"), "w.svg"),
        (("match", "why-not", "7001", "NO:922222222", "--svg", "w"), "w.svg"),
        (("match", "labels", "export", "l.xlsx"), "l.csv"),
        (("export", "--for", "csv", "--out", "e.xlsx"), "e.csv"),
    ):
        done = run(*arguments)
        assert done.exit_code == 5, done.output
        assert "and nothing else" in done.stderr
        assert f"Name it {named}." in done.stderr
    assert not list(tmp_path.glob("[rwle].*"))


def test_a_broken_row_is_named_without_what_it_says(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("match", "evaluate", gold(tmp_path, "7001,911111111,Kari Nordmann"))
    assert done.exit_code == 5
    assert "has 3 cells, the header 2" in done.stderr
    assert "Nordmann" not in done.stderr


def test_a_picture_or_table_that_is_there_is_replaced_only_where_somebody_says_so(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    path = gold(tmp_path, "7001,911111111")
    for arguments, other in (
        (("match", "evaluate", path, "--svg", "old.svg"), "--svg names another file"),
        (("match", "why", "7001", "--svg", "old.svg"), "--svg names another file"),
        (("match", "why-not", "7001", "NO:922222222", "--svg", "old.svg"), "--svg names another file"),
        (("icp", "backtest", "--picture", "old.svg"), "--picture names another file"),
        (("match", "labels", "export", "old.csv"), "name another file"),
    ):
        old = tmp_path / str(arguments[-1])
        old.write_text("drawn before", encoding="utf-8")
        done = run(*arguments)
        assert (done.exit_code, old.read_text(encoding="utf-8")) == (2, "drawn before"), done.output
        assert f"{old.name} would be replaced: {other}, --yes replaces." in done.stderr
    assert run("match", "labels", "export", "old.csv", "--yes").exit_code == 0
    assert (tmp_path / "old.csv").read_text(encoding="utf-8").startswith("left_id")
