"""What became of each source so far: its last run, how much is held of it, and how well its fields are filled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.errors import WarehouseBusy
from db.lock import hold_writer_lock
from db.warehouse import Row, Warehouse
from enrich.catalogue import fields_filled
from enrich.config import Config
from sources.registry import find_sources
from sources.source import RatesConnector


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source: how its last run ended (null: there was none), and the rows held, with each mapped field's share (0-1)."""

    last_run_at: datetime | None = None
    last_outcome: str | None = None
    last_good_at: datetime | None = None
    rows: int | None = None
    fill_rates: Mapping[str, float] = field(default_factory=dict)


def read_source_states(config: Config) -> dict[str, SourceState] | None:
    """By name the state of each source that was ever asked; null while somebody writes the warehouse."""
    path = config.data / "warehouse.duckdb"
    if not path.exists():
        return {}
    rates = [name for name, each in find_sources().items() if isinstance(each, RatesConnector)]
    try:
        with (
            hold_writer_lock(config.data, "prospekt sources", is_reader=True),
            Warehouse.open_to_read(path) as warehouse,
        ):
            runs = _by_source(warehouse.rows("status/source_runs"))
            fills = _by_source((*warehouse.rows("status/source_fill"), *warehouse.rows("status/signal_fill")))
            others = _by_source(warehouse.rows("status/other_rows", rates=rates))
    except WarehouseBusy:
        return None
    mapped = fields_filled(list(find_sources().values()))
    return {name: _state(run, fills.get(name), others.get(name), mapped.get(name, ())) for name, run in runs.items()}


def _by_source(rows: Iterable[Row]) -> dict[str, Row]:
    return {str(row["source"]): row for row in rows}


def _state(run: Row, fill: Row | None, other: Row | None, mapped: tuple[str, ...]) -> SourceState:
    held = fill or other or {}
    rows = int(str(held["row_count"])) if held else None
    return SourceState(
        last_run_at=_moment(run["last_run_at"]),
        last_outcome=str(run["last_outcome"]),
        last_good_at=_moment(run["last_good_at"]),
        rows=rows,
        fill_rates={}
        if not fill or not rows
        else {name: int(str(fill[name])) / rows for name in mapped if name in fill},
    )


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
