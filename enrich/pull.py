"""The stage of a refresh that pulls a CRM: every kind taken in and told, and logged as one run of the source."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.pull import CrmPull, KindReport
from enrich.land import LandReport
from enrich.progress import Progress
from enrich.runs import log_run, new_run_id
from sources.http import PoliteClient
from sources.kinds.crm_api import CrmConnector
from sources.source import Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledKind:
    """One kind of record that was pulled, in the figures of a delivery."""

    kind: str
    outcome: str
    coverage: str
    landed: LandReport
    seconds: float


def pull_crm(
    warehouse: Warehouse,
    config: Config,
    connector: CrmConnector,
    client: PoliteClient,
    *,
    landing: Path,
    whole: bool,
    dry_run: bool,
    yes: bool,
    progress: Progress,
    say: Callable[[str], None],
) -> Iterator[PulledKind]:
    """Pull a CRM; each kind is given once it is taken in. Raises what the CRM refuses, and `ConfirmationNeeded`."""
    name = connector.SOURCE.name
    pull = CrmPull(
        warehouse=warehouse,
        config=config,
        connector=connector,
        client=client,
        landing=landing,
        whole=whole,
        dry_run=dry_run,
        yes=yes,
        progress=progress,
    )
    logged = (
        nullcontext() if dry_run else log_run(warehouse, new_run_id(), command="refresh", stage="refresh", source=name)
    )
    try:
        with logged as run:
            begun_at, totals, started = datetime.now(UTC), _NOTHING, time.monotonic()
            for one in pull.run():
                landed = _as_landed(one)
                totals = LandReport(**{count: getattr(totals, count) + getattr(landed, count) for count in _COUNTS})
                say(f"{name} {one}")
                for sentence in _details(one):
                    say(sentence)
                yield PulledKind(
                    kind=one.kind,
                    outcome="ok" if landed.added + landed.changed + landed.closed else "unchanged",
                    coverage=str(Coverage.COMPLETE if one.is_whole else Coverage.DELTA),
                    landed=landed,
                    seconds=time.monotonic() - started,
                )
                started = time.monotonic()
            if run is not None:
                is_new = totals.added + totals.changed + totals.closed + pull.erased
                run.outcome = "ok" if is_new else "unchanged"
                run.figures |= {
                    "fetched_at": begun_at,
                    "url": client.base_url(connector.SOURCE),
                    **{
                        f"rows_{count}": getattr(totals, count)
                        for count in ("landed", "rejected", "added", "changed", "closed")
                    },
                    "rows_in": totals.rows_in,
                }
    finally:
        shutil.rmtree(landing, ignore_errors=True)  # what was fetched is in the ledger, or is fetched again
    for warning in pull.warnings:
        say(f"{warning}.")
    if pull.moved:
        judgements = "judgement" if pull.moved == 1 else "judgements"
        say(f"{name}: {pull.moved:,} {judgements} of merged records moved to the ones that are left.")
    if pull.erased:
        contacts = "contact" if pull.erased == 1 else "contacts"
        verb = "would be erased" if dry_run else "erased"
        say(f"{name}: {pull.erased:,} {contacts} deleted there for good {verb} here too, with every earlier version.")


_NOTHING = LandReport(rows_in=0, landed=0, added=0, changed=0, unchanged=0, closed=0, rejected=0)
_COUNTS = ("rows_in", "landed", "added", "changed", "unchanged", "closed", "rejected")


def _as_landed(one: KindReport) -> LandReport:
    of = one.report
    rejected = of.rows_rejected + of.rows_duplicate
    return LandReport(
        rows_in=of.rows_in,
        landed=of.rows_in - rejected,
        added=of.rows_created,
        changed=of.rows_updated,
        unchanged=of.rows_unchanged,
        closed=of.rows_closed,
        rejected=rejected,
        reasons=of.rejects,
    )


def _details(one: KindReport) -> Iterator[str]:
    """What a person should know of a kind beyond its figures."""
    of = one.report
    for reason, count in of.rejects.items():
        yield f"  {count:,} {reason}"
    for warning, count in of.warnings.items():
        yield f"  note: {count:,} {warning}"
    if of.columns_missing:
        yield f"  note: config.toml maps what is no property asked for: {', '.join(of.columns_missing)}"
    if of.deals_without_company and not of.is_dry_run:  # whose companies a dry run has taken back already
        yield f"  note: {of.deals_without_company:,} of {of.deals:,} open or won deals belong to no company of the CRM"
    if of.reject_file is not None:
        yield f"  Rows and values that could not be used, with the reason: {of.reject_file}"
    if not of.is_dry_run and of.rows_created + of.rows_updated + of.rows_closed:
        yield f"  To take it back: prospekt import undo {of.import_id}"
