"""Registers that answer for one number at a time: asked for companies of the CRM, then for those that an ICP reaches.

A register of that sort has no file of all, so that it is asked only for whom somebody else names by number: a row of the
CRM, or a record of another source, such as GLEIF's. What was landed is not asked for again before it is due.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.catalogue import answered_by
from enrich.land import LandReport
from enrich.progress import Progress
from enrich.wanted import count_due, lend_wanted
from enrich.waterfall import Budget, Landing, LookupReport, ask_in_order
from sources.http import PoliteClient
from sources.kinds.json_api import deliver
from sources.lookup import NumberAnswer
from sources.source import Coverage, Delivery, NumbersConnector, Source

FRESH_DAYS = 30
"""A number asked for in the last so many days is not asked for again."""
FAILED_DAYS = 1
"""After so many days a number is asked for again that the register had no answer to, behind all others."""
BATCH = 20
"""So many numbers are asked for and landed at once."""
_ASKED = pa.schema([("source_key", pa.string()), ("outcome", pa.string()), ("is_person", pa.bool_())])


def numbers_due(
    warehouse: Warehouse, connector: NumbersConnector, *, published: Path, most: int
) -> tuple[list[str], int, int]:
    """The first `most` numbers that the register is to be asked for, in the order to ask; how many are due, and how many not.

    The key was lent (`db.keyed.lend_key`).
    """
    source, now = connector.SOURCE, datetime.now(UTC)
    with lend_wanted(warehouse, published, answers=answered_by(connector)):
        rows = warehouse.rows(
            "land/numbers_due",
            source=source.name,
            scheme=source.scheme,
            since=now - timedelta(days=FRESH_DAYS),
            failed_since=now - timedelta(days=FAILED_DAYS),
            most=max(most, 1),  # a row tells how many there are
        )
    due = [str(row["number"]) for row in rows if row["is_due"]]
    return due, *count_due(rows)


def deliver_numbers(
    source: Source, client: PoliteClient, answers: Sequence[NumberAnswer], *, landing: Path
) -> Delivery | None:
    """What a register answered about some numbers, to be landed; null where it knows none of them."""
    found = [answer.payload for answer in answers if answer.payload is not None]
    persons = sum(answer.is_person for answer in answers)
    if not found and not persons:
        return None
    delivery = deliver(
        source,
        source.layouts[0],
        found,
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=datetime.now(UTC),
        url=client.base_url(source),
    )
    left_out = f"{persons:,} of {len(answers):,} answers are about natural persons: nothing of them was kept"
    return replace(delivery, warnings=(*((left_out,) if persons else ()), *delivery.warnings))


def refresh_numbers(
    warehouse: Warehouse,
    connector: NumbersConnector,
    client: PoliteClient,
    *,
    published: Path,
    landing: Path,
    most: int,
    progress: Progress,
    land: Callable[[Delivery], LandReport | None],
) -> LookupReport:
    """Ask for the numbers that are due, at most `most`, and land through `land` what is there, a delivery a batch.

    All that was fetched is landed, also where the register stops answering in between; its error is raised then.
    """
    source = connector.SOURCE
    due, due_count, not_due = numbers_due(warehouse, connector, published=published, most=most)

    def take(taken: Sequence[NumberAnswer], _run_id: str) -> tuple[int, int]:
        delivery = deliver_numbers(source, client, taken, landing=landing)
        landed = None if delivery is None else land(delivery)
        asked = [
            {"source_key": one.source_key, "outcome": str(one.outcome), "is_person": one.is_person} for one in taken
        ]
        with warehouse.lend("asked", pa.Table.from_pylist(asked, schema=_ASKED)), warehouse.transaction():
            warehouse.run("land/numbers_asked", source=source.name, at=datetime.now(UTC))
        return (0, 0) if landed is None else (landed.landed, landed.rejected)

    return ask_in_order(
        warehouse,
        [lambda keys: connector.look_up_numbers(client, keys)],
        due,
        Landing(land=take),
        what="numbers",
        source=source.name,
        budget=Budget(companies=most),
        progress=progress,
        batch=BATCH,
        due_count=due_count,
        not_due=not_due,
    )
