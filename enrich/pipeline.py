"""The stages after landing, in order: normalise, resolve, match, merge, publish, each logged, decisions folded between."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from db.fold import fold_journal
from db.warehouse import Warehouse
from enrich.config import Config
from enrich.match.run import match_crm
from enrich.merge import merge_companies
from enrich.normalise.records import normalise_records
from enrich.progress import Progress
from enrich.publish import publish
from enrich.resolve import resolve_companies
from enrich.runs import log_run, new_run_id

Say = Callable[[str], None]
"""Called with one sentence for the person who waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """One stage that ran: its rows (records, CRM records or companies) and how long it took, in seconds."""

    stage: str
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesReport:
    """The stages that ran, in order, and how many decisions of people were taken in on the way."""

    stages: tuple[StageReport, ...]
    decisions_folded: int


def run_stages(
    warehouse: Warehouse, config: Config, *, run_id: str, progress: Progress, say: Say, command: str = "refresh"
) -> StagesReport:
    """Bring everything that follows from the ledger up to date, and publish it.

    Each stage can be run again; one that fails leaves the ledger and the published files as they were. `run_id` names
    the published files; each stage is logged under an id of its own.
    """
    stages: tuple[tuple[str, Callable[[str], int]], ...] = (
        ("normalise", lambda _: normalise_records(warehouse, progress)),
        ("resolve", lambda stage_id: resolve_companies(warehouse, stage_id, progress).records),
        ("match", lambda stage_id: match_crm(warehouse, config, stage_id, progress).crm_records),
        ("merge", lambda stage_id: merge_companies(warehouse, config, stage_id, progress).companies),
        ("publish", lambda _: publish(warehouse, config, run_id, progress).company_count),
    )
    reports = []
    folded = 0
    for name, run_stage in stages:
        folded += fold_journal(warehouse, config.journal)
        started = time.monotonic()
        stage_id = run_id if name == "publish" else new_run_id()
        with log_run(warehouse, stage_id, command=command, stage=name) as run:
            rows = run_stage(stage_id)
            run.figures |= {"rows_in": rows, "rows_landed": rows, "rows_rejected": 0}
        seconds = time.monotonic() - started
        reports.append(StageReport(stage=name, rows=rows, seconds=seconds))
        say(f"{name}: {rows:,} rows in {seconds:.1f} s")
    return StagesReport(stages=tuple(reports), decisions_folded=folded)
