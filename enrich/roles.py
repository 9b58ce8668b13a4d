"""Roles in the companies of the CRM, as the registers state them: who is what in which entity.

Roles are personal data. They are fetched of the entities that a CRM record was accepted as and of no others, so they
come with the refresh after the match; they are published to the people file only.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.progress import Progress
from enrich.runs import log_run, new_run_id
from sources.http import PoliteClient
from sources.source import RolesConnector

FRESH_DAYS = 30
"""Roles asked for in the last so many days are not asked for again."""
MOST_A_RUN = 500
"""Entities asked in one refresh, at three requests a second under three minutes; the others follow in the next ones."""

_STATED = pa.schema(
    [
        ("record_id", pa.string()), ("source", pa.string()), ("role_code", pa.string()), ("group_code", pa.string()),
        ("holder_kind", pa.string()), ("holder_name", pa.string()), ("holder_scheme", pa.string()),
        ("holder_value", pa.string()), ("elected_by_code", pa.string()), ("position", pa.int32()),
        ("has_resigned", pa.bool_()), ("changed_date", pa.date32()),
    ]
)  # fmt: skip


def refresh_roles(
    warehouse: Warehouse, connector: RolesConnector, client: PoliteClient, *, progress: Progress
) -> tuple[int, int]:
    """Fetch and land the roles that are due; gives how many entities were asked and how many still wait.

    All that was fetched is landed, also where the register stops answering in between; its error is raised then.
    """
    source = connector.SOURCE.name
    since = datetime.now(UTC) - timedelta(days=FRESH_DAYS)
    due = [str(row["source_key"]) for row in warehouse.rows("land/roles_due", source=source, since=since)]
    asked: list[str] = []
    stated: list[dict[str, object]] = []
    if not due:
        return 0, 0
    run_id = new_run_id()
    with log_run(warehouse, run_id, command="refresh", stage="roles", source=source) as run:
        try:
            for key, roles in connector.fetch_roles(client, due[:MOST_A_RUN]):
                asked.append(f"{source}:{key}")
                for role in roles:
                    values = asdict(role)
                    del values["source_key"]
                    stated.append({"record_id": asked[-1], "source": source, **values})
                progress(f"{source}: roles in companies of the CRM", len(asked), len(due[:MOST_A_RUN]))
        finally:
            _land(warehouse, asked, stated, run_id)
        run.figures |= {"rows_in": len(stated), "rows_landed": len(stated), "rows_rejected": 0}
    return len(asked), len(due) - len(asked)


def drop_unmatched_roles(warehouse: Warehouse) -> None:
    """Let the roles go of entities that no CRM record is accepted as any more."""
    with warehouse.transaction():
        warehouse.run("land/drop_unmatched_roles")


def _land(warehouse: Warehouse, asked: list[str], stated: list[dict[str, object]], run_id: str) -> None:
    with (
        warehouse.lend("asked", pa.table({"record_id": pa.array(asked, pa.string())})),
        warehouse.lend("stated_role", pa.Table.from_pylist(stated, schema=_STATED)),
        warehouse.transaction(),
    ):
        warehouse.run("land/roles", run_id=run_id, at=datetime.now(UTC))
