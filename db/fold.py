"""Folding the journal in: the writer takes people's decisions into the warehouse, each exactly once."""

import json
from pathlib import Path

import pyarrow as pa

from db.journal import Decision, read_decisions
from db.warehouse import Warehouse

_COLUMNS = pa.schema(
    {
        "decision_id": pa.string(),
        "kind": pa.string(),
        "decided_by": pa.string(),
        "decided_at": pa.timestamp("us", tz="UTC"),
        "why": pa.string(),
        "base_version": pa.string(),
        "payload": pa.string(),
    }
)


def fold_journal(warehouse: Warehouse, journal: Path) -> int:
    """Take into `core.decision` what the journal has and the warehouse has not; gives how many decisions were new.

    Erasures lay their tombstone at once. Idempotent: the writer calls it at every boundary of stages.
    """
    folded = [str(row["decision_id"]) for row in warehouse.rows("decide/folded_ids")]
    decisions = read_decisions(journal, after=folded)
    if decisions:
        with warehouse.transaction(), warehouse.lend("journal_rows", decisions_as_rows(decisions)):
            warehouse.run("decide/fold")
    return len(decisions)


def decisions_as_rows(decisions: list[Decision]) -> pa.Table:
    """Decisions as Arrow rows with the columns of `core.decision`, but `folded_at`."""
    rows = [
        {
            "decision_id": decision.decision_id,
            "kind": decision.kind,
            "decided_by": decision.decided_by,
            "decided_at": decision.decided_at,
            "why": decision.why,
            "base_version": decision.base_version,
            "payload": json.dumps(decision.payload, ensure_ascii=False),
        }
        for decision in decisions
    ]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)
