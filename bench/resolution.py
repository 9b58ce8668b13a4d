"""How well records of three registers are put together into companies: pairwise precision and recall against the truth.

    python -m bench.resolution WORLD

measures a world that `python -m bench.world --registers` made, of any seed and rates; exit code 1 where a bar is missed.
"""

import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bench import wikidata
from bench.chain import config_of
from bench.measure import Measure, run_in_child
from db.warehouse import Warehouse
from enrich.land import land_delivery
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.resolve import resolve_companies
from enrich.runs import new_run_id
from sources.kinds.bulk_file import read_file
from sources.registry import source as connector_of
from sources.source import Coverage, Source

BARS = {"precision": 0.999, "recall": 0.98}
FILES = {"no_brreg": "no_brreg.csv.gz", "gleif": "gleif.csv.gz", "wikidata": "wikidata.csv.gz"}


def measure_resolution(world: Path, work: Path) -> Iterator[Measure]:
    """Pairs of records of one company that are found, with what equal numbers alone would find in the same run."""
    run = run_in_child("bench.resolution:resolve_world", world=str(world), folder=str(work / "resolution"))
    for name, bar in BARS.items():
        yield Measure(
            name=f"resolution_{name}",
            figure=run.said[name],
            unit="share",
            bar=bar,
            at_least=True,
            more={
                "equal_numbers_alone": round(run.said[f"{name}_of_numbers"], 4),
                "true_pairs": int(run.said["true_pairs"]),
                "records": int(run.said["records"]),
                "to_review": int(run.said["to_review"]),
                "cpu_s": run.cpu_s,
            },
        )


def resolve_world(world: str, folder: str) -> dict[str, float]:
    """Lands a world's registers, resolves them, and holds the companies against its truth."""
    truth = read_truth(Path(world))
    with Warehouse.open_to_write(Path(folder), command="bench") as warehouse:
        for name, file in FILES.items():
            declared = wikidata.SOURCE if name == "wikidata" else connector_of(name).SOURCE
            land_file(warehouse, declared, Path(world) / file, config_of(folder).landing)
        normalise_records(warehouse, silent)
        report = resolve_companies(warehouse, new_run_id(), silent)
        members = warehouse.ask("SELECT record_id, company_id::VARCHAR AS company_id FROM core.company_member")
        numbered = warehouse.ask(
            "SELECT record_id, min(value) OVER (PARTITION BY scheme, value) || scheme AS company_id FROM core.identifier "
            "QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY scheme = 'LEI', scheme) = 1"
        )
    by_number = _judge(((str(row["record_id"]), str(row["company_id"])) for row in numbered), truth)
    return _judge(((str(row["record_id"]), str(row["company_id"])) for row in members), truth) | {
        "records": report.records,
        "to_review": report.to_review,
        "precision_of_numbers": by_number["precision"],
        "recall_of_numbers": by_number["recall"],
    }


def land_file(warehouse: Warehouse, source: Source, path: Path, landing: Path) -> None:
    """Land one file of a world, as a part of its register."""
    run_id = new_run_id()
    delivery = read_file(source, path, coverage=Coverage.PARTIAL, landing=landing / source.name / run_id)
    land_delivery(warehouse, source, delivery, run_id=run_id, progress=silent)


def read_truth(world: Path) -> dict[str, str]:
    """The true entity of each record."""
    with (world / "true_records.csv").open(encoding="utf-8", newline="") as file:
        return {row["record_id"]: row["entity"] for row in csv.DictReader(file)}


def _judge(members: Iterable[tuple[str, str]], truth: Mapping[str, str]) -> dict[str, float]:
    """Precision and recall (0-1) of pairs of records that are put together.

    >>> _judge([("a", "1"), ("b", "1"), ("c", "1")], {"a": "x", "b": "x", "c": "y"})["precision"]
    0.3333333333333333
    """
    company_of = {record: company for record, company in members if record in truth}
    found = _pairs_in(Counter(company_of.values()))
    right = _pairs_in(Counter((company, truth[record]) for record, company in company_of.items()))
    true = _pairs_in(Counter(truth.values()))
    return {
        "found_pairs": found,
        "true_pairs": true,
        "precision": right / found if found else 0.0,
        "recall": right / true if true else 0.0,
    }


def _pairs_in(sizes: Mapping[object, int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def main(arguments: Sequence[str]) -> int:
    """Measure the world in the folder given."""
    with tempfile.TemporaryDirectory(prefix="prospekt-bench-") as folder:
        measures = list(measure_resolution(Path(arguments[0]), Path(folder)))
    print(*(measure.to_json() for measure in measures), sep="\n")
    return 0 if all(measure.is_met for measure in measures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
