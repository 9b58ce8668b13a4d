"""Registers that answer for one number at a time: asked for companies of the CRM, then for those that an ICP reaches.

A register of that sort has no file of all, so that it is asked only for whom somebody else names by number: a row of the
CRM, or a record of another source, such as GLEIF's. What was landed is not asked for again before it is due.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.progress import Progress
from enrich.waterfall import reached_records
from sources.http import PoliteClient
from sources.lookup import Outcome
from sources.source import Delivery, LookupConnector, Source

FRESH_DAYS = 30
"""A number asked for in the last so many days is not asked for again."""
BATCH = 20
"""So many numbers are asked for and landed at once."""


def numbers_due(warehouse: Warehouse, source: Source, *, published: Path) -> list[str]:
    """The numbers that the register is to be asked for, in the order to ask."""
    reached = pa.array(reached_records(published), pa.string())
    places = pa.array(range(1, len(reached) + 1), pa.int32())
    with warehouse.lend("reached", pa.table({"record_id": reached, "place": places})):
        rows = warehouse.rows(
            "land/numbers_due",
            source=source.name,
            scheme=source.scheme,
            since=datetime.now(UTC) - timedelta(days=FRESH_DAYS),
        )
    return [str(row["number"]) for row in rows]


def look_up_numbers(
    warehouse: Warehouse,
    connector: LookupConnector,
    client: PoliteClient,
    numbers: list[str],
    *,
    landing: Path,
    progress: Progress,
) -> Iterator[Delivery]:
    """The records of these numbers, a delivery a batch; a batch is noted as asked for once its delivery was landed."""
    source = connector.SOURCE.name
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        progress(f"{source}: companies by number", start, len(numbers))
        delivery = connector.look_up(client, batch, landing=landing)
        yield delivery
        unknown = set(delivery.unknown)
        outcomes = [str(Outcome.NO_DATA if number in unknown else Outcome.HIT) for number in batch]
        asked = pa.table({"source_key": pa.array(batch, pa.string()), "outcome": pa.array(outcomes, pa.string())})
        with warehouse.lend("asked", asked), warehouse.transaction():
            warehouse.run("land/numbers_asked", source=source, at=datetime.now(UTC))
