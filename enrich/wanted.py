"""Whose answers are wanted of sources that are asked company by company: the CRM's first, then those that an ICP reaches."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from db.errors import WarehouseMissing
from db.warehouse import Row, Warehouse

_WANTED = pa.schema([("record_id", pa.string()), ("place", pa.int64())])


@contextmanager
def lend_wanted(warehouse: Warehouse, published: Path | None, *, answers: Collection[str] = ()) -> Iterator[None]:
    """Lend the table `wanted`: one row a record (record_id) of which answers are wanted, and its place in the order to ask.

    Those that a CRM record was accepted as have place 0. Those that an ICP reaches are read from the
    last published file: those of whom a criterion is asked and unknown that the source answers (`answers`)
    before others, each the best first. So what another source filled by then is asked behind. Without a file (null) only the CRM's
    are wanted, as of what is personal.
    """
    accepted = warehouse.table("land/accepted_records")
    reached = _WANTED.empty_table() if published is None else _reached_records(published, answers)
    others = reached.filter(pc.invert(pc.is_in(reached["record_id"], value_set=accepted["record_id"].combine_chunks())))
    with warehouse.lend("wanted", pa.concat_tables([accepted.cast(_WANTED), others])):
        yield


def count_due(rows: Sequence[Row]) -> tuple[int, int]:
    """How many are due and how many are not, where the rows are the first of them."""
    if not rows:
        return 0, 0
    return int(str(rows[0]["due_count"])), int(str(rows[0]["not_due_count"]))


def _reached_records(published: Path, answers: Collection[str]) -> pa.Table:
    """Records that an ICP reaches, with their place in the order to ask."""
    try:
        with Warehouse.open_to_read(published / "companies.duckdb") as companies:
            return companies.table("search/reached_records", answers=list(answers)).cast(_WANTED)
    except WarehouseMissing:  # before the first publication no ICP has reached anybody
        return _WANTED.empty_table()
