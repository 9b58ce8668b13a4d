"""How well CRM companies are found in the register: precision and recall against the world's truth, and against gold."""

import csv
import gzip
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import md5
from pathlib import Path

import duckdb

from bench.chain import config_of, land, run_stages, take_in_crm
from bench.measure import Measure, run_in_child
from enrich.gate import open_readers
from enrich.match.link import link_files
from enrich.progress import silent

COMPANY_FILES = (
    ("crm_companies.csv", "utf-8-sig", ",", "Company name"),
    ("crm_customers.csv", "cp1252", ";", "Företagsnamn"),
)
FLOOR = "equal names, upper case, where only one company bears the name"
STATED = 0.95


def measure_matching(world: Path, work: Path, companies: int) -> Iterator[Measure]:
    """Accepted matches of CRM companies against their true links, with the floor of equal names in the same run."""
    run = run_in_child("bench.matching:match_world", world=str(world), folder=str(work / "match"), companies=companies)
    floor = equal_names(world)
    for name in ("precision", "recall"):
        yield Measure(
            name=f"match_{name}",
            figure=run.said[name],
            unit="share",
            peer=FLOOR,
            peer_figure=floor[name],
            more={"crm_companies": int(run.said["asked"]), "accepted": int(run.said["accepted"])},
        )


def measure_gold(shared: Path, work: Path) -> Iterator[Measure]:
    """`link` on real names with stated LEIs, the developing half, against equal names in the same country."""
    said = run_in_child("bench.matching:link_gold", shared=str(shared), folder=str(work)).said
    yield Measure(
        name="link_gold_top1",
        figure=said["top1"],
        unit="share",
        peer="equal names in the country, upper case, only one",
        peer_figure=said["floor"],
        more={
            "queries": int(said["queries"]),
            f"stated_{STATED}_precision": round(said["precision"], 4),
            f"stated_{STATED}_recall": round(said["recall"], 4),
            "seconds": round(said["seconds"], 1),
        },
    )


def match_world(world: str, folder: str, companies: int) -> dict[str, float]:
    """Takes a world in, from registers and CRM to published matches, and holds the matches against its truth."""
    place = Path(world)
    config = config_of(folder)
    land(str(place / "no_brreg.csv.gz"), folder, companies)
    land(str(place / "gleif.csv.gz"), folder, 0, source="gleif")
    take_in_crm(world, folder)
    run_stages(folder)
    with open_readers(config, why="bench") as readers:
        verdicts = readers.warehouse.rows("match/verdicts")
    answers = {
        str(row["record_id"]): str(row["registration_number"])
        for row in verdicts
        if row["kind"] == "company" and row["state"] == "accepted"
    }
    return _judge(answers, read_truth(place))


def equal_names(world: Path) -> dict[str, float]:
    """The floor: a CRM company is the one company of the register whose name is the same letters in upper case."""
    with gzip.open(world / "no_brreg.csv.gz", "rt", encoding="utf-8", newline="") as file:
        named = [(row["navn"], row["organisasjonsnummer"]) for row in csv.DictReader(file)]
    bearers = Counter(name for name, _ in named)
    number_of = {name: number for name, number in named if bearers[name] == 1}
    answers = {}
    for file_name, encoding, delimiter, label in COMPANY_FILES:
        with (world / file_name).open(encoding=encoding, newline="") as file:
            for row in csv.DictReader(file, delimiter=delimiter):
                record_id = row.get("Record ID") or row["Post-ID"]
                if row[label].upper() in number_of:
                    answers[record_id] = number_of[row[label].upper()]
    return _judge(answers, read_truth(world))


def read_truth(world: Path) -> dict[str, str]:
    """The true organisation number of each CRM company; empty where it has none."""
    with (world / "true_links.csv").open(encoding="utf-8", newline="") as file:
        return {
            link["record_id"]: link["organisasjonsnummer"] for link in csv.DictReader(file) if link["kind"] == "company"
        }


def _judge(answers: Mapping[str, str], truth: Mapping[str, str]) -> dict[str, float]:
    right = sum(bool(truth[record_id]) and truth[record_id] == number for record_id, number in answers.items())
    with_truth = sum(map(bool, truth.values()))
    return {
        "asked": len(truth),
        "accepted": len(answers),
        "precision": right / len(answers) if answers else 0.0,
        "recall": right / with_truth,
    }


def link_gold(shared: str, folder: str) -> dict[str, float]:
    """Links the developing half of the gold to all legal entities with an LEI; held against what companies stated."""
    reference = Path(shared) / "gleif" / "gleif_names.parquet"
    left, out = Path(folder) / "gold.csv", Path(folder) / "links.parquet"
    left.parent.mkdir(parents=True, exist_ok=True)
    with (Path(shared) / "gold" / "sbti_dev.csv").open(encoding="utf-8", newline="") as file:
        gold = [row for row in csv.DictReader(file) if is_developing(row["qid"])]
    with left.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("qid", "name", "country"), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(gold)
    started = time.perf_counter()
    link_files(left, reference, out, left_id="qid", right_id="lei", top=5, progress=silent)
    seconds = time.perf_counter() - started
    truth = {row["qid"]: row["lei"] for row in gold}
    with duckdb.connect() as connection:
        best = connection.execute(
            "SELECT left_id, right_id, probability FROM read_parquet($out) WHERE rank = 1", {"out": str(out)}
        ).fetchall()
        equal = connection.execute(
            "SELECT qid, any_value(lei) FROM read_csv($left, all_varchar = true) AS asked JOIN read_parquet($reference) "
            "AS known ON upper(asked.name) = upper(known.name) AND asked.country = known.country "
            "GROUP BY qid HAVING count(*) = 1",
            {"left": str(left), "reference": str(reference)},
        ).fetchall()
    stated = [(query, lei) for query, lei, probability in best if probability >= STATED]
    right = sum(truth[query] == lei for query, lei in stated)
    return {
        "queries": len(gold),
        "seconds": seconds,
        "top1": sum(truth[query] == lei for query, lei, _ in best) / len(gold),
        "floor": sum(truth[query] == lei for query, lei in equal) / len(gold),
        "precision": right / len(stated) if stated else 0.0,
        "recall": right / len(gold),
    }


def is_developing(query: str) -> bool:
    """Whether a query of the gold may be looked at; the other half is held back.

    >>> is_developing("Q1"), is_developing("Q2")
    (True, False)
    """
    return int(md5(query.encode(), usedforsecurity=False).hexdigest()[-1], 16) % 2 == 0
