"""How well CRM companies are found in the register: precision and recall against the world's truth."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.chain import config_of, land, run_stages, take_in_crm
from bench.measure import Measure, run_in_child
from enrich.gate import open_readers

COMPANY_FILES = (
    ("crm_companies.csv", "utf-8-sig", ",", "Company name"),
    ("crm_customers.csv", "cp1252", ";", "Företagsnamn"),
)
FLOOR = "equal names, upper case, where only one company bears the name"


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
