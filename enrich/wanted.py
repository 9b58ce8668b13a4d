"""Whose answers are wanted of sources that are asked company by company: the CRM's first, then those that an ICP reaches."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from db.errors import WarehouseMissing
from db.warehouse import Warehouse

MOST_REACHED = 20_000
"""Companies that an ICP reaches, of which answers are wanted: the best so many."""


@contextmanager
def lend_wanted(warehouse: Warehouse, published: Path | None, *, answers: Collection[str] = ()) -> Iterator[None]:
    """Lend the table `wanted`: one row a record (record_id) of which answers are wanted, and its place in the order to ask.

    Those that a CRM record was accepted as have place 0. Those that an ICP reaches are read from the
    last published file: those of whom a criterion is asked and unknown that the source answers (`answers`) before others, each the best
    first. So what another source filled by then is asked behind. Without a file (null) only the CRM's are wanted, as of what is personal.
    """
    accepted = [str(row["record_id"]) for row in warehouse.rows("land/accepted_records")]
    reached = [] if published is None else _reached_records(published, answers)
    places = {record: place for place, record in enumerate(reached, start=1)} | dict.fromkeys(accepted, 0)
    records, order = pa.array(list(places), pa.string()), pa.array(list(places.values()), pa.int32())
    with warehouse.lend("wanted", pa.table({"record_id": records, "place": order})):
        yield


def _reached_records(published: Path, answers: Collection[str]) -> list[str]:
    """Records that an ICP reaches, in the order to ask."""
    try:
        with Warehouse.open_to_read(published / "companies.duckdb") as companies:
            rows = companies.rows("search/reached_records", answers=list(answers), limit=MOST_REACHED)
            return [str(row["record_id"]) for row in rows]
    except WarehouseMissing:  # before the first publication no ICP has reached anybody
        return []
