"""`python -m bench`: every measure as one JSON line, each with its peer or its limit from the same run.

    python -m bench [--companies 1170000] [--only speed] [--only matching] …

Made worlds are kept in bench/.cache; what the measures themselves write goes to a folder that is removed afterwards.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.accuracy import measure_accuracy
from bench.aliases import measure_aliases
from bench.bulk.files import FORMS
from bench.bulk.measures import measure_bulk
from bench.cache import cached_world
from bench.candidates import measure_candidates
from bench.linking import measure_linking
from bench.matching import measure_matching
from bench.measure import Measure
from bench.names import measure_names
from bench.pairs import measure_pairs
from bench.reading import measure_reading
from bench.registers import Rates
from bench.relevance.measure import measure_relevance
from bench.resolution import measure_resolution
from bench.search import COMPANIES, SIZES, measure_search
from bench.speed import CHANGED_ROWS, measure_speed
from bench.world import Plan

MATCHING_COMPANIES = 100_000
RESOLVED_COMPANIES = 60_000
ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str]) -> int:
    """Run the measures asked for; exit code 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--companies", type=int, default=1_170_000, help="companies in the register that is timed")
    parser.add_argument(
        "--only",
        action="append",
        choices=(
            "names",
            "matching",
            "accuracy",
            "linking",
            "resolution",
            "speed",
            "search",
            "registers",
            "sentences",
            "relevance",
        ),
        help="repeatable",
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the rows that whole files of the other registers have (0-1)"
    )
    parser.add_argument(
        "--register", action="append", choices=sorted(FORMS), help="whose whole file, of `registers`; repeatable"
    )
    parser.add_argument(
        "--searched", type=int, default=COMPANIES, help="companies that are searched; twice as many are the most drawn"
    )
    asked = parser.parse_args(arguments)
    is_met = True
    with tempfile.TemporaryDirectory(prefix="prospekt-bench-") as folder:
        groups = _groups(asked.companies, asked.share, asked.register or tuple(FORMS), asked.searched, Path(folder))
        for name, measure in groups.items():
            if asked.only and name not in asked.only:
                continue
            for done in measure():
                print(done.to_json(), flush=True)
                is_met = is_met and done.is_met is not False
    return 0 if is_met else 1


def _groups(
    companies: int, share: float, whole: Sequence[str], searched: int, work: Path
) -> Mapping[str, Callable[[], Iterator[Measure]]]:
    big = Plan(companies=companies, crm_rows=min(20_000, companies // 10), changes=min(CHANGED_ROWS, companies // 10))
    small = Plan(companies=min(companies, MATCHING_COMPANIES), crm_rows=min(5_000, companies // 10), gleif_share=0.25)
    noisy = replace(small, noise=True)
    registers = Plan(companies=min(companies, RESOLVED_COMPANIES), crm_rows=100, registers=Rates())

    def accuracy(shared: Path) -> Iterator[Measure]:
        yield from measure_accuracy(shared, work)
        yield from measure_pairs(shared / "gold" / "organisation_name_pairs.csv")
        yield from measure_aliases(shared, work)
        yield from measure_candidates(shared)

    def with_real_data(what: str, measure: Callable[[Path], Iterator[Measure]]) -> Iterator[Measure]:
        shared = Path(os.environ.get("PROSPEKT_SHARED_DATA", ROOT.parent / "shared" / "data"))
        if shared.is_dir():
            yield from measure(shared)
        else:
            print(f"no real data at {shared}: {what} is left out (PROSPEKT_SHARED_DATA)", file=sys.stderr)

    return {
        "names": lambda: measure_names(cached_world(small)),
        "matching": lambda: measure_matching(cached_world(noisy), work, noisy.companies),
        "accuracy": lambda: with_real_data("accuracy", accuracy),
        "linking": lambda: with_real_data("linking", lambda shared: measure_linking(shared, work / "linking")),
        "resolution": lambda: measure_resolution(cached_world(registers), work),
        "speed": lambda: measure_speed(cached_world(big), work, companies),
        "search": lambda: measure_search(min(COMPANIES, searched), [size for size in SIZES if size <= 2 * searched]),
        "registers": lambda: measure_bulk(work / "registers", share, whole),
        "sentences": measure_reading,
        "relevance": lambda: with_real_data("relevance", lambda shared: measure_relevance(shared, work / "relevance")),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
