"""The accuracy benchmark on a small made-up gold: its arithmetic, its classes, and that it runs without any peer."""

import csv
import json
import random
from collections.abc import Sequence
from hashlib import md5
from pathlib import Path

import duckdb
import pytest

from bench.accuracy import measure_accuracy
from bench.aliases import measure_aliases
from bench.beside import OURS, compare_calibration, stated_of_all
from bench.gold import Case, is_developing, is_latin, is_removed, read_answers, read_cases
from bench.measure import Measure
from bench.pairs import measure_pairs
from enrich.match.evaluate import Answer

WORDS = [
    "fjell",
    "hav",
    "skog",
    "vinter",
    "sommer",
    "nord",
    "lys",
    "troll",
    "bre",
    "dal",
    "vik",
    "nes",
    "sund",
    "strand",
    "elv",
    "foss",
    "stein",
    "jern",
    "gull",
    "kobber",
]
TRADES = ["bakeri", "rederi", "bygg", "data", "energi", "fisk", "maskin", "papir", "trelast", "verksted"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gold of 120 names against 400 companies, laid out as the real one is."""
    folder = tmp_path_factory.mktemp("shared")
    for name in ("gold", "gleif"):
        (folder / name).mkdir()
    rng = random.Random(1)
    names = sorted({f"{rng.choice(WORDS)}{rng.choice(WORDS)} {rng.choice(TRADES)} AS".upper() for _ in range(600)})[
        :400
    ]
    companies = [(f"LEI{place:017}", name, rng.choice(("NO", "SE"))) for place, name in enumerate(names)]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE known (lei VARCHAR, name VARCHAR, country VARCHAR)")
        connection.executemany("INSERT INTO known VALUES (?, ?, ?)", companies)
        connection.execute(f"COPY known TO '{folder / 'gleif' / 'gleif_names.parquet'}' (FORMAT parquet)")
    asked = [
        (str(place), name.title().removesuffix(" As") if place % 3 else name[:3] + name[4:], country, lei)
        for place, (lei, name, country) in enumerate(rng.sample(companies, 120))
    ]
    write(folder / "gold" / "sbti_dev.csv", "qid,name,country,lei", asked)
    pairs = [("Company", name, name.title(), "true") for _, name, _ in companies[:20]]
    pairs += [("Company", one[1], other[1], "false") for one, other in zip(companies, companies[200:220], strict=False)]
    write(folder / "gold" / "organisation_name_pairs.csv", "schema,name1,name2,is_match", pairs)
    write(folder / "gold" / "wikidata_aliases.csv", "qid,canonical,alias", [("Q1", "Fjellbre Bakeri", "Fjellbre")])
    brands = [("fjellbre", "name", "Fjellbre Bakeri AS"), ("fjellbre", "runs", "Fjellbre bakeri")]
    write(folder / "gold" / "brands_legal_names.csv", "slug,kind,name", brands)
    return folder


def write(path: Path, header: str, rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@pytest.fixture(scope="module")
def measured(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Measure], Path]:
    """The measures by name, without peers, and the folder of the per-case results."""
    results = tmp_path_factory.mktemp("results")
    done = list(measure_accuracy(shared, tmp_path_factory.mktemp("work"), results=results, peers=()))
    return {one.name: one for one in done}, results


def test_made_up_names_are_mostly_found_and_every_measure_is_one_line(
    measured: tuple[dict[str, Measure], Path],
) -> None:
    measures, _ = measured
    assert measures["gold_top1"].figure > 0.8
    assert {
        "gold_recall_at_p95",
        "gold_frozen_p95",
        "gold_brier",
        "gold_ece",
        "nordic_top1",
        "open_world_stated_95",
    } <= measures.keys()
    for one in measures.values():
        assert "\n" not in one.to_json()
    low, high = json.loads(measures["gold_top1"].to_json())["interval"]
    assert low <= measures["gold_top1"].figure <= high


def test_kept_results_name_nobody_and_a_second_run_flips_nothing(
    measured: tuple[dict[str, Measure], Path], shared: Path
) -> None:
    measures, results = measured
    kept = (results / "gold_ours.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(kept.splitlines()))
    assert len(rows) == 120
    assert measures["gold_flipped"].more == {"to_right": 0, "to_wrong": 0}
    assert not any(word in kept.lower() for word in TRADES)
    assert "LEI" not in kept
    assert {row["half"] == "developing" for row in rows if is_developing(row["query"])} == {True}


def test_in_the_open_world_every_answer_to_a_removed_entity_is_wrong(
    measured: tuple[dict[str, Measure], Path], shared: Path
) -> None:
    measures, results = measured
    cases = {
        case.query: case
        for case in read_cases(shared / "gold" / "sbti_dev.csv", shared / "gleif" / "gleif_names.parquet")
    }
    with (results / "open_world_ours.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    removed = [row for row in rows if is_removed(cases[row["query"]].truth)]
    assert 20 < len(removed) < 60
    assert {row["right"] for row in removed} == {"no"}
    assert measures["open_world_stated_95"].more["removed"] == sum(
        is_removed(case.truth) for case in cases.values() if case.is_fair and not case.is_developing
    )


def test_scores_that_systems_are_compared_by_are_of_the_same_queries(tmp_path: Path) -> None:
    cases = [
        Case(query=query, country="NO", truth=f"L{query}", kind="same_name", is_fair=True) for query in ("1", "2", "3")
    ]
    answers = {
        "1": Answer(query="1", probability=0.9, true_rank=1),
        "2": Answer(query="2", probability=0.4, true_rank=2),
        "3": Answer(query="3"),
    }
    assert stated_of_all(answers, cases) == [(0.9, True), (0.4, False), (0.0, False)]
    assert stated_of_all(answers, cases, as_truth=lambda chance: chance / 2)[-1] == (0.0, False)
    brier, log_loss, ece = compare_calibration("made_up", cases, cases, {OURS: answers})
    assert brier.figure == pytest.approx((0.1**2 + 0.4**2) / 3)
    assert brier.bar == pytest.approx((2 / 3) * (1 / 3))
    assert (brier.more["queries"], brier.more["unanswered"], log_loss.more["unanswered"]) == (3, {OURS: 1}, {OURS: 1})
    assert ece.figure == pytest.approx((0.1 + 0.4) / 2)  # of what was stated


def test_cases_are_classed_by_how_they_differ_and_unknowable_ones_are_not_fair(tmp_path: Path) -> None:
    known = [
        ("L1", "Nordlys Kraft AS", "NO"),
        ("L2", "Nordlys AS", "NO"),
        ("L3", "Fjellbre AS", "NO"),
        ("L4", "FJELLBRE A/S", "SE"),
        ("L5", "Vik Data AB", "SE"),
        ("L6", "VIK DATA AB", "SE"),
        ("L7", "株式会社北光", "JP"),
    ]
    asked = [
        ("1", "Nordlys AS", "NO", "L1"),
        ("2", "Fjellbre", "NO", "L4"),
        ("3", "Vik data", "SE", "L5"),
        ("4", "Hokkou", "JP", "L7"),
        ("5", "Fjellbre", "NO", "L3"),
    ]
    write(tmp_path / "gold.csv", "qid,name,country,lei", asked)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE known (lei VARCHAR, name VARCHAR, country VARCHAR)")
        connection.executemany("INSERT INTO known VALUES (?, ?, ?)", known)
        connection.execute(f"COPY known TO '{tmp_path / 'known.parquet'}' (FORMAT parquet)")
        connection.execute(
            "CREATE TABLE links AS SELECT * FROM (VALUES ('1', 'L2', 1, 0.9), ('1', 'L1', 2, 0.05), ('5', 'L3', 1, 0.8)) "
            "AS given (left_id, right_id, rank, probability)"
        )
        connection.execute(f"COPY links TO '{tmp_path / 'links.parquet'}' (FORMAT parquet)")
    cases = read_cases(tmp_path / "gold.csv", tmp_path / "known.parquet")
    assert [(case.query, case.kind, case.is_fair) for case in cases] == [
        ("1", "label_contradicts", False),
        ("2", "other_country", False),
        ("3", "several_of_one_name", False),
        ("4", "other_script", True),
        ("5", "same_name", True),
    ]
    answers = read_answers(tmp_path / "links.parquet", cases)
    assert [(answer.probability, answer.true_rank) for answer in answers.values()] == [
        (0.9, 2),
        (None, None),
        (None, None),
        (None, None),
        (0.8, 1),
    ]


def test_halves_are_those_of_the_last_digit_of_md5() -> None:
    for query in map(str, range(200)):
        assert is_developing(query) is (md5(query.encode(), usedforsecurity=False).hexdigest()[-1] in "02468ace")


def test_pairs_and_other_names_are_measured(shared: Path, tmp_path: Path) -> None:
    [pairs] = measure_pairs(shared / "gold" / "organisation_name_pairs.csv")
    assert pairs.figure > 0.5
    aliases, brands = measure_aliases(shared, tmp_path)
    assert (aliases.more["queries"], brands.more["queries"]) == (1, 1)
    assert brands.figure == 1


def test_the_definitions_are_those_of_the_real_gold(real_data: Path) -> None:
    cases = read_cases(real_data / "gold" / "sbti_dev.csv", real_data / "gleif" / "gleif_names.parquet")
    fair = [case for case in cases if case.is_fair]
    assert (len(cases), len(fair)) == (3317, 3055)
    assert sum(case.country in ("DK", "FI", "NO", "SE") for case in fair) == 416
    assert is_latin("Østfold")
