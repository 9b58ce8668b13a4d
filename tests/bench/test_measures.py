"""The benchmarks' own arithmetic, and that each of their parts still runs on a small world."""

import json
from pathlib import Path

import pytest

from bench.chain import land, read_plainly, run_stages, search
from bench.matching import equal_names, match_world
from bench.measure import Measure, run_in_child
from bench.names import time_names
from bench.world import Plan, make_world

COMPANIES = 2_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    make_world(Plan(companies=COMPANIES, crm_rows=150, changes=50), folder, processes=1)
    return folder


@pytest.mark.parametrize(
    ("measure", "is_met"),
    [
        (Measure(name="quick", figure=5, unit="s", peer="p", peer_figure=2, bar=3), True),
        (Measure(name="slow", figure=7, unit="s", peer="p", peer_figure=2, bar=3), False),
        (Measure(name="small", figure=900, unit="MB", bar=4_000), True),
        (Measure(name="good", figure=0.9, unit="share", peer="p", peer_figure=0.3, bar=2, at_least=True), True),
        (Measure(name="free", figure=5, unit="s", peer="p", peer_figure=2), None),
    ],
    ids=lambda value: value.name if isinstance(value, Measure) else None,
)
def test_a_measure_says_whether_it_keeps_its_bar(measure: Measure, is_met: bool | None) -> None:
    said = json.loads(measure.to_json())
    assert said.get("met") is is_met
    if measure.peer_figure:
        assert said["ratio"] == pytest.approx(measure.figure / measure.peer_figure, rel=1e-3)


def test_work_in_a_child_gives_its_figures_and_its_peak_memory(world: Path) -> None:
    outcome = run_in_child("bench.names:time_names", register=str(world / "no_brreg.csv.gz"))
    assert outcome.said["names"] == COMPANIES
    assert outcome.peak_mb > 20
    assert outcome.cpu_s > 0


def test_two_nights_land_and_are_searched(world: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    first = land(str(world / "no_brreg.csv.gz"), folder, COMPANIES)
    assert (first["rows_in"], first["added"], first["rejected"]) == (COMPANIES, COMPANIES, 0)
    assert set(run_stages(folder)) >= {"normalise", "resolve", "match", "merge", "publish", "seconds"}
    night = land(str(world / "no_brreg_next.csv.gz"), folder, COMPANIES)
    assert (night["added"], night["changed"]) == (0, 50)
    assert set(search(folder, rounds=2)) == {"open", "p50", "p95", "scan"}


def test_the_peer_reads_the_same_file(world: Path, tmp_path: Path) -> None:
    assert read_plainly(str(world / "no_brreg.csv.gz"), str(tmp_path / "peer"), all_varchar=True)["seconds"] > 0


def test_matching_beats_equal_names(world: Path, tmp_path: Path) -> None:
    ours = match_world(str(world), str(tmp_path / "data"), COMPANIES)
    floor = equal_names(world)
    assert ours["precision"] > 0.9
    assert ours["recall"] > floor["recall"]


def test_names_are_timed_for_both(world: Path) -> None:
    assert set(time_names(str(world / "no_brreg.csv.gz"))) == {"names", "ours_s", "peer_s"}
