"""The run log: one row of `core.run` a delivery or a stage, written when it starts and again when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uuid_utils.compat as uuid

from db.errors import WarehouseError
from db.warehouse import Warehouse
from enrich.errors import EnrichError
from sources.errors import SourceError

FIGURES = (
    "coverage",
    "url",
    "etag",
    "original_sha256",
    "kept_sha256",
    "layout",
    "mapping_version",
    "source_seq",
    "feed_cursor",
    "fetched_at",
    "rows_in",
    "rows_landed",
    "rows_rejected",
    "rows_added",
    "rows_changed",
    "rows_closed",
)
"""Columns of `core.run` that a run may fill in."""


@dataclass(slots=True, kw_only=True)
class Run:
    """A run that is on its way; what it puts into `figures` (columns of `core.run`) is written when it ends."""

    run_id: str
    outcome: str = "ok"
    message: str | None = None
    figures: dict[str, object] = field(default_factory=dict)

    def write(self, warehouse: Warehouse) -> None:
        """Write how it ended; inside the transaction of its data, both are there or neither."""
        figures = {name: self.figures.get(name) for name in FIGURES}
        warehouse.run(
            "runs/end",
            run_id=self.run_id,
            outcome=self.outcome,
            message=self.message,
            at=datetime.now(UTC),
            **figures,
        )


def new_run_id() -> str:
    """A new id, in order of time."""
    return str(uuid.uuid7())


@contextmanager
def log_run(warehouse: Warehouse, run_id: str, *, command: str, stage: str, source: str | None = None) -> Iterator[Run]:
    """Log what happens inside as one run: ok (or the outcome it sets), failed with the error's text, or stopped."""
    warehouse.run("runs/start", run_id=run_id, command=command, stage=stage, source=source, at=datetime.now(UTC))
    run = Run(run_id=run_id)
    try:
        yield run
    except KeyboardInterrupt:
        _write_failure(warehouse, run, "stopped", "stopped by the user; nothing of it was kept")
        raise
    except (EnrichError, SourceError, WarehouseError) as error:
        _write_failure(warehouse, run, "failed", str(error))
        raise
    except Exception as error:  # a fault of ours: its text may quote a value of a row
        if warehouse.is_interrupted:
            _write_failure(warehouse, run, "stopped", "stopped by the user; nothing of it was kept")
        else:
            _write_failure(warehouse, run, "failed", f"unexpected {type(error).__name__}")
        raise
    run.write(warehouse)


def note_failure(warehouse: Warehouse, source: str, error: Exception, *, started_at: datetime) -> None:
    """Log that an attempt of a source failed, where no run of it since `started_at` (UTC) says so already."""
    warehouse.run(
        "runs/note_failure",
        run_id=new_run_id(),
        source=source,
        message=str(error),
        started_at=started_at,
        at=datetime.now(UTC),
    )


def fail_dead_runs(warehouse: Warehouse) -> int:
    """Mark runs that never ended as failed and count them; the writer's lock says that no other process is on them."""
    return warehouse.count("runs/fail_dead", at=datetime.now(UTC))


def _write_failure(warehouse: Warehouse, run: Run, outcome: str, message: str) -> None:
    run.outcome, run.message = outcome, message
    with suppress(WarehouseError):  # on a full disk not even this can be written; `fail_dead_runs` will say it then
        run.write(warehouse)
