"""Training on a made-up team: it follows what the team consistently says, and is refused what it must not learn."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from db.warehouse import Warehouse
from enrich.cli.app import app
from enrich.config import Config
from enrich.decide import judge
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.match.decide import Judgement
from enrich.match.evaluate import Answer, cut_at
from enrich.match.explain import explain_match
from enrich.match.fit import Labelled
from enrich.match.held_back import Figures, Trial, answer_by_query
from enrich.match.intervals import Interval
from enrich.match.judged import MOST_CANDIDATES, Judged, Label, find_judged, make_labels
from enrich.match.model import TRAINED, load_model, probabilities, read_model, shipped_model
from enrich.match.train import reasons_against, train
from enrich.match.truths import Truths
from enrich.pipeline import is_behind
from enrich.pipeline import run_stages as run_all_stages
from enrich.progress import silent
from enrich.runs import new_run_id

AddRecord = Callable[..., str]
AddCrm = Callable[..., str]
FAMILIES = 40
"""Names of which the register has a company, and as many of which it has a holding company only."""


def made_up_names(count: int) -> list[str]:
    rng = random.Random(7)
    parts = [
        "fjel",
        "bre",
        "skog",
        "troll",
        "vin",
        "hav",
        "lys",
        "berg",
        "mork",
        "strand",
        "kvit",
        "orn",
        "rav",
        "tind",
    ]
    names: dict[str, None] = {}
    while len(names) < count:
        names.setdefault("".join(rng.sample(parts, 3)).capitalize())
    return list(names)


@pytest.fixture(scope="module")
def matched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's data folder will be, empty until the first test fills it."""
    return tmp_path_factory.mktemp("matched") / "data"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path / "made", command="test") as opened:
        yield opened


@pytest.fixture
def team(request: pytest.FixtureRequest, matched_once: Path, tmp_path: Path) -> Config:
    """A matched and published CRM of eighty companies that nobody has judged yet; each test has its own copy."""
    if not matched_once.exists():
        ledger = request.getfixturevalue("ledger")
        add_record, add_crm = request.getfixturevalue("add_record"), request.getfixturevalue("add_crm")
        for place, name in enumerate(made_up_names(2 * FAMILIES)):
            suffix = "AS" if place < FAMILIES else "Holding AS"
            add_record("no_brreg", str(place), f"{name} {suffix}".upper(), numbers={"NO-ORGNR": str(900000000 + place)})
            add_crm(f"c{place}", f"{name} AS", country_code="NO", crm_key=str(7000 + place))
        config = Config(who="kari", data=tmp_path / "made")
        run_all_stages(ledger, config, run_id=new_run_id(), progress=silent, say=print)
        ledger.close()
        shutil.copytree(config.data, matched_once, symlinks=True)
    shutil.copytree(matched_once, tmp_path / "data", symlinks=True)
    (tmp_path / "config.toml").write_text('who = "kari"\n', encoding="utf-8")
    return Config(who="kari", data=tmp_path / "data")


def judge_all(config: Config, verdict_of: Callable[[int], str], places: range = range(2 * FAMILIES)) -> None:
    for place in places:
        judge(config, crm_id=f"c{place}", record_id=f"no_brreg:{place}", verdict=verdict_of(place))


def never_a_holding(place: int) -> str:
    return "same" if place < FAMILIES else "different"


def run(config: Config, *arguments: str) -> Result:
    return CliRunner().invoke(
        app, ["--config", str(config.data.parent / "config.toml"), "--data", str(config.data), *arguments]
    )


def probability(config: Config, crm_id: str) -> float:
    with open_readers(config) as readers:
        return explain_match(readers, crm_id).candidates[0].probability


def test_the_trained_model_follows_the_team(team: Config) -> None:
    before = probability(team, "c79"), probability(team, "c0")
    judge_all(team, never_a_holding, range(2 * FAMILIES - 1))  # the last holding company is one that nobody judged
    dry = run(team, "match", "train", "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    assert json.loads(dry.stdout)["data"]["path"] is None
    assert load_model(team.data) == shipped_model()

    result = run(team, "match", "train")
    assert result.exit_code == 0, result.output
    assert "79 CRM records with labels; of 40 somebody said which company they are." in result.stdout
    assert "Words that only the second name has" in result.stdout
    model = load_model(team.data)
    assert model.version.startswith(f"{shipped_model().version}+")
    assert model.weights["number", "same"] == shipped_model().weights["number", "same"]
    text = (team.data / TRAINED).read_text(encoding="utf-8")
    assert text.startswith("# Trained by kari at ")
    assert read_model(text) == model

    with Warehouse.open_to_write(team.data, command="test") as warehouse:
        assert is_behind(warehouse, team)
        run_all_stages(warehouse, team, run_id=new_run_id(), progress=silent, say=print)
    assert probability(team, "c79") < before[0] / 3
    with open_readers(team) as readers:
        assert explain_match(readers, "c79").candidates[0].model_version == model.version

    result = run(team, "match", "train", "--undo")
    assert "the one that comes with the program" in result.stdout
    assert load_model(team.data) == shipped_model()
    assert run(team, "match", "train", "--undo").exit_code == 5


def test_a_team_that_slips_now_and_then_is_followed_too(team: Config) -> None:
    slips = set(random.Random(3).sample(range(2 * FAMILIES), 6))
    judge_all(team, lambda place: never_a_holding((place + FAMILIES) % (2 * FAMILIES) if place in slips else place))
    report = train(team, gold=None, dry_run=True, progress=silent)
    assert report.refused == ()
    assert report.trial.after.calibration is not None
    assert report.trial.before.calibration is not None
    assert report.trial.after.calibration.ece < report.trial.before.calibration.ece / 2


def test_a_second_training_is_held_against_the_model_in_use(team: Config) -> None:
    judge_all(team, never_a_holding, range(2 * FAMILIES - 10))
    first = train(team, gold=None, dry_run=False, progress=silent)
    assert first.trial.fresh is None
    judge_all(team, never_a_holding, range(2 * FAMILIES - 10, 2 * FAMILIES))
    second = train(team, gold=None, dry_run=True, progress=silent)
    assert second.trial.fresh_records == 10
    assert (first.records, second.records) == (70, 80)
    assert second.weights[0].before == shipped_model().prior


def test_true_links_are_labels_too_and_are_asked_for_again(team: Config) -> None:
    rows = [f"c{place},{900000000 + place if place < FAMILIES else ''}" for place in range(2 * FAMILIES)]
    gold = team.data / "gold.csv"
    gold.write_text("crm_id,right_id\n" + "\n".join(rows) + "\n", encoding="utf-8")
    report = train(team, gold=gold, dry_run=False, progress=silent)
    assert (report.records, report.said_same, report.refused) == (80, 40, ())
    with pytest.raises(InputInvalid, match="give them again with --gold"):
        train(team, gold=None, dry_run=True, progress=silent)
    rows[1] = "c1,999999999"
    gold.write_text("crm_id,right_id\nc999,\n" + "\n".join(rows) + "\n", encoding="utf-8")
    judge(team, crm_id="c0", record_id="no_brreg:0", verdict="different")
    done = run(team, "match", "train", "--gold", str(gold), "--dry-run")
    assert "79 CRM records with labels; of 38 somebody said which company they are." in done.stdout
    for told in (
        "a person judged otherwise",
        "no CRM record has that id",
        "no company that may be shown has that right id",
    ):
        assert f"1 true link left out: {told}" in done.stderr


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_judgements_are_refused_with_the_figures(team: Config, seed: int) -> None:
    rng = random.Random(seed)
    judge_all(team, lambda _: rng.choice(["same", "different"]))
    result = run(team, "match", "train")
    assert result.exit_code == 5
    assert "Log loss" in result.stdout
    assert "No model was written." in result.stderr
    assert "prospekt match review" in result.stderr
    assert not (team.data / TRAINED).exists()


def test_too_few_and_one_sided_labels_are_refused_with_how_many_are_missing(team: Config) -> None:
    judge_all(team, lambda _: "unsure")
    assert "There are 0: 50 more are needed" in run(team, "match", "train").stderr
    judge_all(team, never_a_holding, range(20))
    result = run(team, "match", "train")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "There are 20: 30 more are needed" in result.stderr
    judge_all(team, lambda _: "same", range(60))
    assert (
        "0 say that the best candidate is not it. Training wants at least 10: 10 more"
        in run(team, "match", "train").stderr
    )
    result = run(team, "match", "train", "--undo", "--dry-run")
    assert (result.exit_code, "leave the other options out" in result.stderr) == (5, True)


def said(company_id: str | None, verdict: str, decision_id: str = "d1") -> Judgement:
    return Judgement(record_id=f"r-{company_id}", company_id=company_id, verdict=verdict, decision_id=decision_id)


def test_labels_are_what_judgements_and_true_links_say() -> None:
    judgements = {
        "same": [said("A", "same", "d2"), said("B", "different")],
        "not": [said("A", "different")],
        "unsure": [said("A", "unsure")],
        "erased": [said(None, "same")],
        "both": [said("A", "different", "d3")],
        "ruled out": [said("A", "different", "d4")],
        "in part": [said("A", "different", "d5")],
        "agreed": [said("A", "same", "d6")],
        "disputed": [said("A", "different", "d9"), said("A", "same", "d8"), said("B", "different")],
        "settled": [said("A", "same", "d9"), said("A", "different", "d8")],
        "slip": [said("A", "different", "d7")],
    }
    truths = Truths(
        rows=8,
        company_ids={
            "both": frozenset("B"),
            "none": frozenset(),
            "same": frozenset("C"),
            "ruled out": frozenset("A"),
            "in part": frozenset("AB"),
            "agreed": frozenset("A"),
            "slip": frozenset(),
            "nobody's": frozenset(),
        },
        not_in_crm=0,
        not_in_registers=frozenset(["slip", "nobody's"]),
    )
    labels, overruled = make_labels(judgements, truths)
    assert labels == {
        "same": Label(same=frozenset("A"), different=frozenset("B"), is_known=True, last_decision="d2"),
        "not": Label(different=frozenset("A"), is_known=False, last_decision="d1"),
        "both": Label(same=frozenset("B"), different=frozenset("A"), is_known=True, last_decision="d3"),
        "none": Label(is_known=True),
        "ruled out": Label(different=frozenset("A"), is_known=False, last_decision="d4"),
        "in part": Label(same=frozenset("B"), different=frozenset("A"), is_known=True, last_decision="d5"),
        "agreed": Label(same=frozenset("A"), is_known=True, last_decision="d6"),
        "disputed": Label(different=frozenset("B"), is_known=False, last_decision="d9"),
        "settled": Label(same=frozenset("A"), is_known=True, last_decision="d9"),
        "slip": Label(different=frozenset("A"), is_known=False, last_decision="d7"),
    }
    assert overruled == {"same", "ruled out"}


def test_the_best_candidate_is_right_wrong_or_not_decided() -> None:
    """Three records of two candidates, the second the better one: it is the truth, it is ruled out, nothing is said of it."""
    possible = [False, True, True, False, False, True]
    judged = Judged(
        queries=("truth", "ruled out", "open"),
        labelled=Labelled(
            design=np.ones((6, 1)),
            starts=np.array([0, 2, 4]),
            possible=np.array(possible),
            none_possible=np.array([False, True, True]),
            weights=np.ones(3),
        ),
        present=np.zeros(6),
        has_truth=np.array([True, False, False]),
        is_fresh=np.zeros(3, dtype=np.bool_),
    )
    answers = answer_by_query(judged, np.array([0.0, 3.0] * 3))
    better = probabilities([0.0, 3.0])[1]
    assert answers["truth"] == Answer(query="truth", probability=better, true_rank=1)
    assert answers["ruled out"] == Answer(query="ruled out", probability=better, has_truth=False)
    assert answers["open"] is None


def test_a_company_that_was_named_teaches_however_far_behind_it_is(
    ledger: Warehouse, add_record: AddRecord, add_crm: AddCrm
) -> None:
    for place in range(MOST_CANDIDATES + 15):
        add_record(
            "no_brreg", str(place), f"FJELLBRE {'ABCDEFGH'[place % 8]}{place} AS", numbers={"NO-ORGNR": str(place)}
        )
    add_crm("c", "Fjellbre AS", country_code="NO")
    run_all_stages(ledger, Config(who="kari", data=ledger.path.parent), run_id=new_run_id(), progress=silent, say=print)
    [last] = ledger.ask("SELECT company_id::VARCHAR AS id FROM core.company_member WHERE record_id = 'no_brreg:34'")
    seen = []
    for named in ("nobody", str(last["id"])):
        label = Label(different=frozenset([named]), is_known=False, last_decision="d1")
        judged = find_judged(ledger, {"c": label, "gone": label}, None, shipped_model(), silent)
        assert judged.queries == ("c",)
        assert judged.labelled.none_possible.tolist() == [True]
        seen.append((len(judged.labelled.design), int((~judged.labelled.possible).sum())))
    assert seen[0] == (MOST_CANDIDATES, 0)
    assert seen[1][0] > MOST_CANDIDATES
    assert seen[1][1] == 1


def interval(low: float, high: float) -> Interval:
    return Interval(value=(low + high) / 2, low=low, high=high)


BETTER, SAME, WORSE = interval(-0.2, -0.1), interval(-0.1, 0.1), interval(0.1, 0.2)
FIGURES = Figures(log_loss=0.1, decided=1, accepted=cut_at([], 0.9), calibration=None)
GOOD = Trial(
    before=FIGURES,
    after=FIGURES,
    log_loss=BETTER,
    precision=SAME,
    recall=SAME,
    over_base=BETTER,
    fresh=None,
    fresh_records=0,
)


@pytest.mark.parametrize(
    ("trial", "told"),
    [
        pytest.param(GOOD, [], id="better"),
        pytest.param(replace(GOOD, log_loss=SAME), ["not better beyond chance"], id="no better"),
        pytest.param(replace(GOOD, over_base=SAME), ["no more than saying the same"], id="knows nothing"),
        pytest.param(replace(GOOD, precision=BETTER), ["less is right"], id="precision falls"),
        pytest.param(replace(GOOD, recall=BETTER), ["finds less"], id="recall falls"),
        pytest.param(replace(GOOD, recall=BETTER, precision=WORSE), [], id="recall falls, precision rises"),
        pytest.param(replace(GOOD, fresh=SAME), [], id="as good as the model in use"),
        pytest.param(replace(GOOD, fresh=WORSE), ["that one is better"], id="worse than the model in use"),
    ],
)
def test_a_model_that_is_worse_in_any_way_is_refused(trial: Trial, told: list[str]) -> None:
    found = reasons_against(trial)
    assert len(found) == len(told)
    assert all(part in reason for part, reason in zip(told, found, strict=True))
