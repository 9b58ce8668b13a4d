"""Rates of currencies: fetched where there is a net, those that come with the program where there is none."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from db.warehouse import Row, Warehouse
from enrich.icp.model import Icp
from enrich.icp.money import asked_currencies
from enrich.runs import log_run, new_run_id
from sources.record import Rate
from sources.registers import ecb_fx
from sources.source import RatesConnector

if TYPE_CHECKING:
    from sources.http import PoliteClient

_SCHEMA = pa.schema(
    [("rate_date", pa.date32()), ("currency", pa.string()), ("per_euro", pa.decimal128(18, 6))]
)  # fmt: skip


def refresh_rates(warehouse: Warehouse, connector: RatesConnector, client: "PoliteClient") -> str:
    """Fetch and land the rates of the days since the newest known; a sentence says how many of how many days."""
    source = connector.SOURCE.name
    with log_run(warehouse, new_run_id(), command="refresh", stage="refresh", source=source) as run:
        newest = warehouse.value("rates/newest", source=source)
        rates = connector.fetch_rates(client, newest=newest if isinstance(newest, date) else None)
        with warehouse.lend("stated_rate", _table(rates)), warehouse.transaction():
            changed = warehouse.count("rates/changed_count")
            warehouse.run("rates/land")
        days = {rate.rate_date for rate in rates}
        run.outcome = "ok" if changed else "unchanged"
        run.figures |= {"rows_in": len(rates), "rows_landed": len(rates), "rows_rejected": 0}
        run.figures |= {"fetched_at": datetime.now(UTC), "feed_cursor": max(days).isoformat()}
    return f"{source}: {len(rates):,} rows in = {len(rates):,} landed + 0 rejected, rates of {len(days):,} {'day' if len(days) == 1 else 'days'} to {max(days)}{_nothing_new(changed)}"


def _nothing_new(changed: int) -> str:
    return "" if changed else ", all of them known"


def land_shipped_rates(warehouse: Warehouse) -> None:
    """Add the rates that come with the program, where none is known of their day."""
    with warehouse.lend("shipped_rate", _shipped()):
        warehouse.run("rates/land_shipped")


@cache  # thousands of decimals, the same every time
def _shipped() -> pa.Table:
    return _table(ecb_fx.shipped_rates())


def _table(rates: Iterable[Rate]) -> pa.Table:
    rows = [
        {"rate_date": rate.rate_date, "currency": rate.currency, "per_euro": round(rate.per_euro, 6)} for rate in rates
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def rates_asked(icps: Iterable[Icp], days_of: Callable[[str], Iterable[Row]]) -> dict[str, dict[date, Decimal]]:
    """By currency that some ICP asks in and day, how many units of it one euro was; `days_of` asks for a currency's."""
    currencies = asked_currencies(part for icp in icps for part in (icp.must, icp.must_not, *icp.should))
    return {
        currency: {
            row["rate_date"]: row["per_euro"]  # type: ignore[misc]  # the query's columns are of these types
            for row in days_of(currency)
        }
        for currency in sorted(currencies - {"EUR"})
    }
