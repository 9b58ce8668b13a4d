"""Where things stand: the last run of each stage, what the warehouse holds, what waits, who writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.errors import WarehouseBusy
from db.journal import read_decisions
from db.lock import hold_writer_lock
from db.warehouse import Row, Warehouse
from enrich.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What readers see now: of which moment, made by which run, from which sources."""

    schema_version: str
    as_of: datetime
    sources: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The command that writes the warehouse now."""

    command: str
    pid: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of a data folder. `runs` and `counts` are empty while somebody writes, and before the first run."""

    data: Path
    has_warehouse: bool
    writer: Writer | None
    runs: Sequence[Row]
    counts: Sequence[Row]
    waiting_decisions: int | None
    """Decisions in the journal that no writer has folded in yet; null while somebody writes."""
    published: Published | None


def read_status(config: Config) -> Status:
    """The state of the data folder; holds the writer's lock for a moment, and does without where it is taken."""
    path = config.data / "warehouse.duckdb"
    writer: Writer | None = None
    runs: list[Row] = []
    counts: list[Row] = []
    waiting: int | None = None
    if path.exists():
        try:
            with (
                hold_writer_lock(config.data, "prospekt status", is_reader=True),
                Warehouse.open_to_read(path) as warehouse,
            ):
                runs = warehouse.rows("status/last_runs")
                counts = warehouse.rows("status/counts")
                folded = [str(row["decision_id"]) for row in warehouse.rows("decide/folded_ids")]
                waiting = len(read_decisions(config.journal, after=folded))
        except WarehouseBusy as busy:
            writer = Writer(command=busy.holder, pid=busy.pid, since=busy.since)
    else:
        waiting = len(read_decisions(config.journal))
    return Status(
        data=config.data,
        has_warehouse=path.exists(),
        writer=writer,
        runs=runs,
        counts=counts,
        waiting_decisions=waiting,
        published=read_published(config),
    )


def read_published(config: Config) -> Published | None:
    """What the published file says of itself; null where nothing is published yet."""
    path = config.published / "companies.duckdb"
    return read_publication(path) if path.exists() else None


def read_publication(path: Path) -> Published:
    """What a companies file says of itself."""
    with Warehouse.open_to_read(path) as published:
        meta = published.rows("status/published")[0]
        as_of = meta["as_of"]
        assert isinstance(as_of, datetime)  # noqa: S101  # mart.meta.as_of is TIMESTAMPTZ
        return Published(
            schema_version=str(meta["schema_version"]),
            as_of=as_of.astimezone(UTC),
            sources=published.rows("status/sources"),
        )
