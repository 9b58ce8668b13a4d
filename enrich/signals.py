"""Dated events of companies, such as job ads and tenders, landed: what a source told since the last time, batch by batch.

Each batch is landed whole or not at all, with how far the source was read: whoever is stopped goes on from there. What
is known of an event is what was stated last of it, so a batch that comes twice, late or in another order does no harm.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from db.keyed import lend_key
from db.signals import REASONS, read_signals
from db.warehouse import Warehouse
from enrich.config import SourceConfig
from enrich.errors import ContractBroken, InputInvalid
from enrich.land import LandReport
from enrich.progress import Progress
from enrich.runs import log_run, new_run_id
from sources.feed import SignalBatch, SignalFileConnector, SignalsConnector
from sources.http import PoliteClient
from sources.registry import find_sources
from sources.secret import find_secret
from sources.source import Coverage, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsReport:
    """What all batches of a source did; `left_out` counts those dropped unread, since a natural person may employ."""

    landed: LandReport
    coverage: str
    layout: str
    read_until: datetime | None
    left_out: int
    warnings: tuple[str, ...]

    def sentences(self, source: str, *, is_dry_run: bool) -> list[str]:
        """What a person reads: rows in = landed + rejected, and what that means for the events."""
        landed, verb = self.landed, "would be " if is_dry_run else ""
        said = (
            f"{source} ({self.layout}, {self.coverage}): {landed.rows_in:,} rows in = {landed.landed:,} {verb}landed + "
            f"{landed.rejected:,} {verb}rejected; {landed.added:,} new, {landed.changed:,} changed, "
            f"{landed.unchanged:,} unchanged, {landed.closed:,} ended"
        )
        parts = [f"{count:,} {reason}" for reason, count in landed.reasons.items()]
        if self.left_out:
            parts.append(f"{self.left_out:,} that are or may be of natural persons were left out")
        told = [f"{said} ({'; '.join(parts)})" if parts else said]
        if self.read_until is not None:
            told.append(f"{source}: read up to {self.read_until:%Y-%m-%d %H:%M} UTC.")
        return told + [f"{source}: {warning}." for warning in self.warnings]


def fetch_signals(
    connector: SignalsConnector,
    client: PoliteClient,
    *,
    landing: Path,
    config: SourceConfig,
    cursor: str | None,
) -> Iterator[SignalBatch]:
    """What the source told since the cursor; raises `SourceAborted` where its secret is named, and not set or none."""
    name = config.secret_env
    secret = None if name is None else find_secret(connector.SOURCE.name, os.environ, name)
    return connector.fetch_signals(client, landing=landing, cursor=cursor, secret=secret)


def read_signal_file(
    connector: SignalsConnector, path: Path, *, coverage: Coverage, landing: Path, as_of: datetime | None = None
) -> Iterator[SignalBatch]:
    """The batches of a file downloaded by hand, stated at `as_of` (UTC) where that is said.

    Raises `InputInvalid` where the source has no files.
    """
    if not isinstance(connector, SignalFileConnector):
        raise InputInvalid(f"{connector.SOURCE.name} has no files to load by hand; it is read from the net only.")
    batches = connector.read_given_signals(path, coverage=coverage, landing=landing)
    return batches if as_of is None else (replace(batch, stated_at=as_of) for batch in batches)


def read_cursor(warehouse: Warehouse, source: Source) -> str | None:
    """Where reading stopped; null on the first run, and where a mapping is new, so that all is read anew."""
    rows = warehouse.rows("signals/cursor", source=source.name)
    return str(rows[0]["feed_cursor"]) if rows and rows[0]["mapping_version"] == source.mapping_version else None


def land_signals(
    warehouse: Warehouse,
    connector: SignalsConnector,
    batches: Iterator[SignalBatch],
    *,
    key: bytes,
    dry_run: bool = False,
    progress: Progress,
) -> SignalsReport:
    """Land batch after batch and say what became of all; of a dry run nothing is kept.

    What was landed stays where the source fails on the way. Raises `ContractBroken` where a complete list is too short.
    """
    source = connector.SOURCE
    figures, reasons, left_out, warnings = Counter[str](), Counter[str](), 0, dict[str, None]()
    coverage, read_until = Coverage.DELTA, None
    for batch in batches:
        report = _preview(warehouse, connector, batch, key) if dry_run else _land(warehouse, connector, batch, key)
        figures.update({name: getattr(report, name) for name in _FIGURES})
        reasons.update(report.reasons)
        left_out += batch.left_out
        warnings |= dict.fromkeys(batch.warnings)
        coverage, read_until = batch.coverage, batch.covered_until
        until = "" if read_until is None else f" up to {read_until:%Y-%m-%d}"
        progress(f"{source.name}: reading{until}", figures["rows_in"], None)
    return SignalsReport(
        landed=LandReport(
            rows_in=figures["rows_in"],
            landed=figures["landed"],
            added=figures["added"],
            changed=figures["changed"],
            unchanged=figures["unchanged"],
            closed=figures["closed"],
            rejected=figures["rejected"],
            reasons=dict(reasons),
        ),
        coverage=str(coverage),
        layout=source.signal_layouts[0].name,
        read_until=read_until,
        left_out=left_out,
        warnings=tuple(warnings),
    )


_FIGURES = ("rows_in", "landed", "added", "changed", "unchanged", "closed", "rejected")


def _land(warehouse: Warehouse, connector: SignalsConnector, batch: SignalBatch, key: bytes) -> LandReport:
    run_id = new_run_id()
    name = connector.SOURCE.name
    with (
        log_run(warehouse, run_id, command="refresh", stage="refresh", source=name) as run,
        warehouse.transaction(),
    ):
        report = _land_batch(warehouse, connector, batch, run_id=run_id, key=key)
        run.outcome = "ok" if report.added + report.changed + report.closed else "unchanged"
        run.figures |= _provenance(connector.SOURCE, batch) | {
            "rows_in": report.rows_in,
            "rows_landed": report.landed,
            "rows_rejected": report.rejected,
            "rows_added": report.added,
            "rows_changed": report.changed,
            "rows_closed": report.closed,
        }
        run.write(warehouse)
    return report


class _Undo(Exception):
    """Ends a preview: rolls back what it did."""


def _preview(warehouse: Warehouse, connector: SignalsConnector, batch: SignalBatch, key: bytes) -> LandReport:
    reports = []
    try:
        with warehouse.transaction():
            reports.append(_land_batch(warehouse, connector, batch, run_id=new_run_id(), key=key))
            raise _Undo
    except _Undo:
        return reports[0]


def _land_batch(
    warehouse: Warehouse, connector: SignalsConnector, batch: SignalBatch, *, run_id: str, key: bytes
) -> LandReport:
    source, at = connector.SOURCE, datetime.now(UTC)
    types = {str(row["column_name"]): str(row["column_type"]) for row in warehouse.ask("DESCRIBE core.signal")}
    bound = {
        "source": source.name,
        "kind": connector.SIGNAL_KIND,
        "country_code": source.country,
        "run_id": run_id,
        "at": at,
        "stated_at": batch.stated_at,
        "covered_from": batch.covered_from,
        "covered_until": batch.covered_until,
    }
    with warehouse.lend("signal_rows", batch.rows):
        warehouse.execute(read_signals("signal_rows", batch.layout, types))
    if warehouse.count("signals/any_tombstone"):
        lend_key(warehouse, key)
        warehouse.run("signals/hold_back", registers=_registers())
    reasons = REASONS | {code: sentence for code, sentence, _ in batch.layout.rejects}
    told = pa.table({"code": pa.array(reasons, pa.string()), "reason": pa.array(reasons.values(), pa.string())})
    with warehouse.lend("signal_reasons", told):
        warehouse.run("signals/rejects", **bound)
    rejected = {str(row["reason_code"]): int(str(row["count"])) for row in warehouse.rows("signals/reject_counts")}
    rows_in, refused = batch.rows.num_rows, sum(rejected.values())
    if batch.coverage is Coverage.COMPLETE and rows_in - refused < source.expect.min_rows:
        raise ContractBroken(
            f"{source.name}: the complete list has {rows_in - refused:,} usable rows, expected are at least "
            f"{source.expect.min_rows:,}. The last good data stays. If a file is only a part, load it with --partial."
        )
    warehouse.run("signals/absent", **bound, is_complete=batch.coverage is Coverage.COMPLETE)
    warehouse.run("signals/fold", **bound)
    [counted] = warehouse.rows("signals/figures", source=source.name)
    added, changed, closed = (int(str(counted[name])) for name in ("added", "changed", "closed"))
    warehouse.run("signals/apply", **bound)
    covers = ((connector.SIGNAL_KIND, source.country),) if batch.covers is None else batch.covers
    for kind, country in covers:
        unnamed_until = warehouse.value("signals/unnamed_until", kind=kind, stated_at=batch.stated_at)
        told_of = {"kind": kind, "country_code": country, "unnamed_until": unnamed_until}
        warehouse.run("signals/cover", **bound | told_of)
    landed = rows_in - refused
    return LandReport(
        rows_in=rows_in,
        landed=landed,
        added=added,
        changed=changed,
        unchanged=landed - added - changed,  # an event that comes twice counts once among the others
        closed=closed,
        rejected=refused,
        reasons=rejected,
    )


def _provenance(source: Source, batch: SignalBatch) -> dict[str, object]:
    return {
        "coverage": str(batch.coverage),
        "url": batch.url,
        "original_sha256": batch.original_sha256,
        "layout": batch.layout.name,
        "mapping_version": source.mapping_version,
        "source_seq": int(batch.stated_at.timestamp() * 1000),
        "feed_cursor": batch.cursor,
        "fetched_at": batch.fetched_at,
    }


def _registers() -> list[str]:
    """The sources whose own keys are numbers of companies."""
    return [name for name, each in find_sources().items() if each.SOURCE.layouts]
