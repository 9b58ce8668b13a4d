"""How well CRM companies are found in the register: precision and recall against the world's truth."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.chain import config_of, land, run_stages, take_in_crm
from bench.measure import Measure, run_in_child
from enrich.gate import open_readers

COMPANY_FILES = (
    ("crm_companies.csv", "utf-8-sig", ",", "Company name"),
    ("crm_customers.csv", "cp1252", ";", "Företagsnamn"),
)
CHANCES = """
SELECT crm_company.crm_key AS record_id, verdict.probability
FROM current_match AS verdict
JOIN people.mart.crm_company AS crm_company USING (crm_id)
WHERE verdict.crm_kind = 'company'
"""
PRECISION, RECALL = 0.99, 0.97
FLOOR = "equal names, upper case, where only one company bears the name"


def measure_matching(world: Path, work: Path, companies: int) -> Iterator[Measure]:
    """Accepted matches of CRM companies against their true links, with the floor of equal names in the same run.

    Then recall at the best threshold of at least `PRECISION`, chosen afterwards, and by kind of noise at that threshold.
    """
    run = run_in_child("bench.matching:match_world", world=str(world), folder=str(work / "match"), companies=companies)
    floor = equal_names(world)
    for name in ("precision", "recall"):
        yield Measure(
            name=f"match_{name}",
            figure=run.said[name],
            unit="share",
            peer=FLOOR,
            peer_figure=floor[name],
            more={
                "crm_companies": int(run.said["asked"]),
                "accepted": int(run.said["accepted"]),
                "without_true_company": round(run.said["without"] / run.said["asked"], 4),
            },
        )
    kinds = [name.removeprefix("asked_") for name in run.said if name.startswith("asked_")]
    yield Measure(
        name=f"match_recall_at_precision_{PRECISION}",
        figure=run.said["best_recall"],
        unit="share",
        bar=RECALL,
        at_least=True,
        more={
            "from_probability": round(run.said["best_threshold"], 4),
            "first_is_right": round(run.said["first_is_right"], 4),
            **{
                kind: {each: int(run.said[f"{each}_{kind}"]) for each in ("asked", "found", "accepted", "first")}
                for kind in kinds
            },
        },
    )


def match_world(world: str, folder: str, companies: int) -> dict[str, float]:
    """Takes a world in, from registers and CRM to published matches, and holds the matches against its truth.

    Of each kind of noise: CRM companies asked about, found from the best threshold upwards, rightly accepted, and right
    in their first candidate whatever its probability.
    """
    place = Path(world)
    config = config_of(folder)
    land(str(place / "no_brreg.csv.gz"), folder, companies)
    land(str(place / "gleif.csv.gz"), folder, 0, source="gleif")
    take_in_crm(world, folder)
    run_stages(folder)
    with open_readers(config, why="bench") as readers:
        verdicts = [row for row in readers.warehouse.rows("match/verdicts") if row["kind"] == "company"]
        chances = readers.warehouse.ask(CHANCES)
    number_of = {str(row["record_id"]): str(row["registration_number"]) for row in verdicts}
    accepted = {str(row["record_id"]) for row in verdicts if row["state"] == "accepted"}
    chance_of = {str(row["record_id"]): float(str(row["probability"] or 0)) for row in chances}
    truth, noise = read_truth(place), read_truth(place, "noise")
    right = {record for record, number in number_of.items() if truth[record] and truth[record] == number}
    threshold = best_threshold([(chance_of[record], record in right) for record in number_of])
    said = _judge({record: number_of[record] for record in accepted}, truth)
    known = {record for record, number in truth.items() if number}
    found = {record for record in right if chance_of[record] >= threshold}
    said |= {
        "without": len(truth) - len(known),
        "best_threshold": threshold,
        "best_recall": len(found) / len(known),
        "first_is_right": len(right) / len(known),
    }
    for kind in sorted({noise[record] for record in known} - {""}):
        of_kind = {record for record in known if noise[record] == kind}
        said |= {
            f"asked_{kind}": len(of_kind),
            f"found_{kind}": len(of_kind & found),
            f"accepted_{kind}": len(of_kind & right & accepted),
            f"first_{kind}": len(of_kind & right),
        }
    return said


def best_threshold(answers: Sequence[tuple[float, bool]], precision: float = PRECISION) -> float:
    """The lowest probability (0-1) from which upwards at least that share of answers is right; above 1 where none is.

    >>> best_threshold([(0.9, True), (0.8, False), (0.7, True), (0.6, True)], precision=0.75)
    0.6
    """
    best, right = 1.1, 0
    ranked = sorted(answers, reverse=True)
    for count, (chance, is_right) in enumerate(ranked, start=1):
        right += is_right
        is_last_of_equals = count == len(ranked) or ranked[count][0] < chance
        if is_last_of_equals and right >= precision * count:
            best = chance
    return best


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


def read_truth(world: Path, field: str = "organisasjonsnummer") -> dict[str, str]:
    """The true organisation number of each CRM company, or the kind of noise in its name; empty where it has none."""
    with (world / "true_links.csv").open(encoding="utf-8", newline="") as file:
        return {link["record_id"]: link.get(field, "") for link in csv.DictReader(file) if link["kind"] == "company"}


def _judge(answers: Mapping[str, str], truth: Mapping[str, str]) -> dict[str, float]:
    right = sum(bool(truth[record_id]) and truth[record_id] == number for record_id, number in answers.items())
    with_truth = sum(map(bool, truth.values()))
    return {
        "asked": len(truth),
        "accepted": len(answers),
        "precision": right / len(answers) if answers else 0.0,
        "recall": right / with_truth,
    }
