"""How well names are matched, beside other open-source matchers in the same run, on real names with a stated LEI.

Reported is the half of the gold that is held back; the developing half and everything else stand beside it. `bar` is what
the project asks of itself. Recall at a precision picks its threshold afterwards, which is kind to everybody; what is
frozen on the developing half is said apart.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from subprocess import CalledProcessError

import duckdb

from bench.beside import (
    OURS,
    Systems,
    answers_to,
    compare_calibration,
    compare_ranks,
    describe_cut,
    five_fold,
    freeze_thresholds,
    judge_stated,
    rounded,
)
from bench.gold import Case, is_removed, read_answers, read_cases
from bench.measure import Measure, Outcome, run_in_child
from bench.peers import NORDIC, NORDIC_ONLY, PEERS, cached_links
from bench.results import keep_results
from enrich.match.evaluate import count_top, cut_at
from enrich.match.link import link_files
from enrich.progress import silent

RESULTS = Path(__file__).parent / "results"
BARS = {"top1": 0.86, "recall_at_p95": 0.82, "recall_at_p98": 0.75}
NORDIC_BARS = {"top1": 0.94, "recall_at_p95": 0.91}
STATED = 0.95
COUNTRY_QUERIES = 30
"""Queries that a country needs to be reported by itself."""


def measure_accuracy(
    shared: Path, work: Path, *, results: Path = RESULTS, peers: Sequence[str] = tuple(PEERS)
) -> Iterator[Measure]:
    """Every figure of matching by name and country; `shared` has gold/sbti_dev.csv and gleif/gleif_names.parquet.

    Per-case results are written to `results`, which is kept in git.
    """
    gold, reference = shared / "gold" / "sbti_dev.csv", shared / "gleif" / "gleif_names.parquet"
    cases = read_cases(gold, reference)
    links, runs = _link_all(gold, reference, work, peers)
    systems = {name: read_answers(path, cases) for name, path in links.items()}
    everywhere = {name: found for name, found in systems.items() if name not in NORDIC_ONLY}
    fair = [case for case in cases if case.is_fair]
    held_back, developing = ([case for case in fair if case.is_developing is half] for half in (False, True))
    yield _cost(runs)
    yield from compare_ranks("gold", held_back, everywhere, BARS, {"developing": developing, "all_halves": fair})
    yield from judge_stated(held_back, everywhere)
    yield from freeze_thresholds(developing, held_back, everywhere)
    yield from compare_calibration("gold", developing, held_back, everywhere)
    nordic = [case for case in fair if case.country in NORDIC]
    yield from compare_ranks("nordic", nordic, systems, NORDIC_BARS, {}, five_fold=five_fold(nordic, systems[OURS]))
    yield _by_kind([case for case in cases if not case.is_developing], everywhere)
    yield _by_country(fair, everywhere)
    for name, answers in everywhere.items():
        flipped = keep_results(results / f"gold_{name}.csv", cases, answers)
        if name == OURS:
            yield Measure(name="gold_flipped", figure=sum(flipped.values()), unit="cases", more=flipped)
    yield from _open_world(gold, reference, work, cases, results, [name for name in peers if name not in NORDIC_ONLY])


def link_ours(left: str, right: str, out: str) -> dict[str, float]:
    """Links as `prospekt link` does; gives the seconds."""
    started = time.perf_counter()
    link_files(Path(left), Path(right), Path(out), left_id="qid", right_id="lei", top=5, progress=silent)
    return {"seconds": time.perf_counter() - started}


def _link_all(
    gold: Path, reference: Path, work: Path, peers: Iterable[str]
) -> tuple[dict[str, Path], dict[str, Outcome]]:
    """Links of ours, made anew, and of every peer that is installed, from the cache where they are there."""
    out = work / f"{reference.stem}-ours.parquet"
    work.mkdir(parents=True, exist_ok=True)
    run = run_in_child("bench.accuracy:link_ours", left=str(gold), right=str(reference), out=str(out))
    links, runs = {OURS: out}, {OURS: run}
    for name in peers:
        try:
            for package in PEERS[name]:
                version(package)
        except PackageNotFoundError as error:
            print(f"{error.name} is not installed, so {name} is left out: `make bench` installs it", file=sys.stderr)
            continue
        try:
            links[name], runs[name] = cached_links(name, gold, reference)
        except CalledProcessError as error:
            print(f"{name} failed (exit code {error.returncode}) and is left out: see above", file=sys.stderr)
    return links, runs


def _cost(runs: Mapping[str, Outcome]) -> Measure:
    return Measure(
        name="gold_cpu",
        figure=runs[OURS].cpu_s,
        unit="s",
        more={name: {"cpu_s": run.cpu_s, "peak_mb": run.peak_mb, **run.said} for name, run in runs.items()},
    )


def _by_kind(cases: Sequence[Case], systems: Systems) -> Measure:
    """How many of the queries each gets wrong, by how the name differs from the true one; also those not fair."""
    wrong = {
        name: Counter(case.kind for case in cases if not answers[case.query].is_right)
        for name, answers in systems.items()
    }
    return Measure(
        name="gold_wrong",
        figure=wrong[OURS].total(),
        unit="cases",
        more={
            "queries": len(cases),
            "by_kind": {
                kind: {"queries": count, **{name: missed[kind] for name, missed in wrong.items()}}
                for kind, count in Counter(case.kind for case in cases).most_common()
            },
        },
    )


def _by_country(cases: Sequence[Case], systems: Systems) -> Measure:
    """Top-1 of the fair queries of both halves by country, where there are enough."""
    by_country: dict[str, list[Case]] = {}
    for case in cases:
        by_country.setdefault(case.country, []).append(case)
    found = {
        code: {
            "queries": len(some),
            **{name: rounded(count_top(answers_to(answers, some), 1).value) for name, answers in systems.items()},
        }
        for code, some in sorted(by_country.items(), key=lambda each: -len(each[1]))
        if len(some) >= COUNTRY_QUERIES
    }
    return Measure(name="gold_countries", figure=len(found), unit="countries", more={"top1": found})


def _open_world(
    gold: Path, reference: Path, work: Path, cases: Sequence[Case], results: Path, peers: Iterable[str]
) -> Iterator[Measure]:
    """The same where a third of the true entities is not in the reference: what is stated has to hold all the same."""
    gone = {case.truth for case in cases if is_removed(case.truth)}
    smaller = work / f"{reference.stem}_open_world.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT * FROM read_parquet($reference) WHERE lei NOT IN (SELECT unnest($gone))) TO "
            f"'{smaller}' (FORMAT parquet)",
            {"reference": str(reference), "gone": sorted(gone)},
        )
    links, _ = _link_all(gold, smaller, work, peers)
    systems = {name: read_answers(path, cases, gone=gone) for name, path in links.items()}
    held_back = [case for case in cases if case.is_fair and not case.is_developing]
    developing = [case for case in cases if case.is_fair and case.is_developing]
    said = {name: cut_at(answers_to(answers, held_back), STATED) for name, answers in systems.items()}
    yield Measure(
        name="open_world_stated_95",
        figure=said[OURS].precision.value or 0.0,
        unit="share",
        bar=STATED,
        at_least=True,
        more={
            "queries": len(held_back),
            "removed": sum(case.truth in gone for case in held_back),
            **{
                name: {**describe_cut(cut), "false_accepts_of_removed": cut.false_accepts} for name, cut in said.items()
            },
        },
    )
    yield from compare_calibration("open_world", developing, held_back, systems)
    keep_results(results / "open_world_ours.csv", cases, systems[OURS])
