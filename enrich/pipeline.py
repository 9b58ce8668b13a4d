"""The stages after landing, in order: normalise, resolve, match, merge, publish, each logged, decisions folded between."""

import hashlib
import importlib.metadata
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from db.contract import SCHEMA_VERSION
from db.fold import fold_journal
from db.warehouse import Warehouse
from enrich.config import Config
from enrich.gate import open_readers
from enrich.icp.fit import COMPILER_VERSION
from enrich.icp.vocabulary import find_asked_in_vain
from enrich.match.model import load_model
from enrich.match.run import MatchReport, match_crm
from enrich.merge import merge_companies
from enrich.normalise.records import NORMALISER_VERSION, normalise_records
from enrich.progress import Progress
from enrich.publish import publish
from enrich.resolve import resolve_companies
from enrich.roles import drop_unmatched_roles
from enrich.runs import log_run, new_run_id
from sources.registry import find_sources

Say = Callable[[str], None]
"""Called with one sentence for the person who waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """One stage that ran: its rows (records, CRM records or companies) and how long it took, in seconds.

    `kept_out` says of rows that it did not pass on how many there are, and why.
    """

    stage: str
    rows: int
    seconds: float
    kept_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesReport:
    """The stages that ran, in order, and how many decisions of people were taken in on the way.

    `match` is what matching did; null where nothing ran.
    """

    stages: tuple[StageReport, ...]
    decisions_folded: int
    match: MatchReport | None = None


def run_stages(
    warehouse: Warehouse, config: Config, *, run_id: str, progress: Progress, say: Say, command: str = "refresh"
) -> StagesReport:
    """Bring everything that follows from the ledger up to date, and publish it.

    Each stage can be run again; one that fails leaves the ledger and the published files as they were. `run_id` names
    the published files; each stage is logged under an id of its own.
    """
    kept_out: dict[str, int] = {}
    matched = MatchReport()

    def match(stage_id: str) -> int:
        nonlocal matched
        matched = match_crm(warehouse, config, stage_id, progress)
        drop_unmatched_roles(warehouse)
        return matched.crm_records

    stages: tuple[tuple[str, Callable[[str], int]], ...] = (
        ("normalise", lambda _: normalise_records(warehouse, progress)),
        ("resolve", lambda stage_id: resolve_companies(warehouse, stage_id, progress).records),
        ("match", match),
        ("merge", lambda stage_id: merge_companies(warehouse, config, stage_id, progress).companies),
        ("publish", lambda _: _publish(warehouse, config, run_id, progress, kept_out)),
    )
    inputs, begun_at = _inputs_sha256(config), datetime.now(UTC)
    reports = []
    folded = 0
    for name, run_stage in stages:
        if name not in ("merge", "publish"):  # what comes later is laid over the files until all stages have seen it
            folded += fold_journal(warehouse, config.journal)
        started = time.monotonic()
        stage_id = run_id if name == "publish" else new_run_id()
        with log_run(warehouse, stage_id, command=command, stage=name) as run:
            rows = run_stage(stage_id)
            kept = sum(kept_out.values())
            # who is held back is no reject: nothing is wrong with the row
            run.figures |= {"rows_in": rows, "rows_landed": rows, "rows_rejected": 0}
            if kept_out:
                run.message = f"not in the companies file: {_said(kept_out)}"
        seconds = time.monotonic() - started
        reports.append(StageReport(stage=name, rows=rows, seconds=seconds, kept_out=dict(kept_out)))
        told = f" = {rows:,} published + {_said(kept_out)}," if kept_out else ""
        if name == "match" and rows:
            told = f" = {matched.decided:,} decided anew + {matched.standing:,} as before + {matched.following:,} by their CRM company,"
        say(f"{name}: {rows + kept:,} rows{told} in {seconds:.1f} s")
    warehouse.run("runs/published", run_id=run_id, begun_at=begun_at, inputs=inputs)
    tell_asked_in_vain(config, say)
    return StagesReport(stages=tuple(reports), decisions_folded=folded, match=matched)


def tell_asked_in_vain(config: Config, say: Say) -> None:
    """Say which ICPs are faulty, and what the others and territories ask for that no published company has: `mart.fit` has nobody for it."""
    for name, problems in config.faulty_icps.items():
        say(f"left out: the ICP {name!r}, until its section is mended ({problems[0]})")
    with open_readers(config, people=False, why="publish") as readers:
        for problem in find_asked_in_vain(readers, config.icp, config.territory, home=config.crm.country):
            say(f"asked in vain: {problem}")


def _said(kept_out: Mapping[str, int]) -> str:
    return " + ".join(f"{count:,} {reason}" for reason, count in kept_out.items())


def _publish(warehouse: Warehouse, config: Config, run_id: str, progress: Progress, kept_out: dict[str, int]) -> int:
    """How many companies are published; `kept_out` gets those that are not."""
    done = publish(warehouse, config, run_id, progress)
    reasons = {
        "of natural persons (people file only)": done.person_company_count,
        "suppressed or erased": done.withheld_count,
    }
    kept_out |= {reason: count for reason, count in reasons.items() if count}
    return done.company_count


def is_behind(warehouse: Warehouse, config: Config) -> bool:
    """Whether the stages would publish anything that the last publication does not say already.

    That was made of the ledger, the decisions folded in, the parts of the configuration that stages read, the versions of
    the program and its sources, and the day (UTC), by which ages are counted.
    """
    is_there = (config.published / "companies.duckdb").exists()
    return bool(warehouse.value("runs/is_behind", inputs=_inputs_sha256(config), is_there=is_there))


def _inputs_sha256(config: Config) -> str:
    said = (
        config.model_dump_json(include={"crm", "match", "icp", "territory"}),
        importlib.metadata.version("prospekt"),
        f"{load_model(config.data).version} {NORMALISER_VERSION} {COMPILER_VERSION} {SCHEMA_VERSION}",
        *sorted(f"{one.SOURCE.name} {one.SOURCE.mapping_version}" for one in find_sources().values()),
        datetime.now(UTC).date().isoformat(),
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
