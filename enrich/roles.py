"""Roles in the companies of the CRM, as the registers state them: who is what in which entity.

Roles are personal data. They are fetched of the entities that a CRM record was accepted as and of no others, so they
come with the refresh after the match; they are published to the people file only.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.lookups import refused_rows, tell_unknown
from enrich.progress import Progress
from enrich.runs import log_run, new_run_id
from enrich.wanted import lend_wanted
from enrich.waterfall import BATCH, Budget, Landing, LookupReport, ask_in_order, resting
from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.kinds.bulk_file import FILE_IS_MADE_EVERY
from sources.kinds.hal_register import read_cursor, write_cursor
from sources.lookup import RolesAnswer
from sources.source import RoleChangesConnector, RoleFileConnector, RolesConnector

FRESH_DAYS = 30
"""Roles asked for in the last so many days are not asked for again, unless the register says that they changed."""
FILE_BATCH = 1000
"""So many answers out of a file of all roles are landed at once: it is read in seconds."""
WHAT = "roles"
FEED = "roller"
"""The roles' feed in a source's cursor, beside those of its parts."""

STATED = pa.schema(
    [
        ("record_id", pa.string()), ("source", pa.string()), ("role_code", pa.string()), ("group_code", pa.string()),
        ("holder_kind", pa.string()), ("holder_name", pa.string()), ("holder_scheme", pa.string()),
        ("holder_value", pa.string()), ("elected_by_code", pa.string()), ("position", pa.int32()),
        ("has_resigned", pa.bool_()), ("changed_date", pa.date32()), ("combination", pa.int32()),
    ]
)  # fmt: skip


def refresh_roles(
    warehouse: Warehouse,
    connector: RolesConnector,
    client: PoliteClient,
    *,
    landing: Path,
    cursor: str | None,
    most: int,
    progress: Progress,
) -> LookupReport:
    """Fetch and land the roles that are due: those that changed, those never asked for, those asked for long ago.

    At most `most` entities are asked one by one; where more are due and the register has a file of all roles, all of
    them are read out of that. `cursor` is the source's. All that was fetched is landed batch by batch, also where the
    register stops answering in between; its error is raised then.
    """
    source = connector.SOURCE.name
    if isinstance(connector, RoleChangesConnector):
        _hear_changes(warehouse, connector, client, cursor)
    since = datetime.now(UTC) - timedelta(days=FRESH_DAYS)
    with lend_wanted(warehouse, None):
        rows = warehouse.rows("land/roles_due", source=source, since=since)
    due = [str(row["source_key"]) for row in rows if row["is_due"]]
    not_due = len(rows) - len(due)
    if not due or not most:
        return LookupReport(what=WHAT, outcomes=resting(not_due), waiting=len(due))
    warnings: list[str] = []

    def ask(fetch: Callable[[Sequence[str]], Iterator[RolesAnswer]], budget: Budget, batch: int) -> LookupReport:
        answers: list[RolesAnswer] = []

        def land(taken: Sequence[RolesAnswer], run_id: str) -> tuple[int, int]:
            _land(warehouse, source, taken, run_id)
            answers.extend(taken)
            return sum(len(one.roles) for one in taken), sum(len(one.rejects) for one in taken)

        report = ask_in_order(
            warehouse,
            [fetch],
            due,
            Landing(land=land),
            what=WHAT,
            source=source,
            budget=budget,
            progress=progress,
            batch=batch,
            not_due=not_due,
        )
        return replace(report, warnings=(*warnings, *tell_unknown(source, WHAT, answers)))

    if len(due) > most and isinstance(connector, RoleFileConnector):
        try:
            return ask(
                lambda keys: connector.fetch_all_roles(client, keys, landing=landing),
                Budget(companies=len(due), seconds=math.inf),
                FILE_BATCH,
            )
        except SourceAborted as error:
            warnings.append(f"{error} {most:,} companies are asked one by one instead.")
    return ask(lambda keys: connector.fetch_roles(client, keys), Budget(companies=most), BATCH)


def drop_unmatched_roles(warehouse: Warehouse) -> None:
    """Let the roles go of entities that no CRM record is accepted as any more."""
    with warehouse.transaction():
        warehouse.run("land/drop_unmatched_roles")


def _hear_changes(
    warehouse: Warehouse, connector: RoleChangesConnector, client: PoliteClient, cursor: str | None
) -> None:
    """Make those due whose roles changed; how far the feed was read is logged in the same transaction, page by page.

    A feed not yet followed is read from before the roles longest held were asked for, or their file was made.
    """
    source = connector.SOURCE.name
    oldest = warehouse.value("land/roles_oldest", source=source)
    if not isinstance(oldest, datetime):
        return
    positions = read_cursor(cursor)
    pages = connector.fetch_role_changes(client, position=positions.get(FEED), since=oldest - FILE_IS_MADE_EVERY)
    for position, keys in pages:
        told = pa.table({"record_id": pa.array([f"{source}:{key}" for key in sorted(keys)], pa.string())})
        with (
            log_run(warehouse, new_run_id(), command="refresh", stage="roles", source=source) as run,
            warehouse.lend("told", told),
            warehouse.transaction(),
        ):
            warehouse.run("land/roles_told")
            run.figures["feed_cursor"] = write_cursor(positions | {FEED: position})
            run.write(warehouse)


def _land(warehouse: Warehouse, source: str, answers: Sequence[RolesAnswer], run_id: str) -> None:
    asked = pa.array([f"{source}:{answer.source_key}" for answer in answers], pa.string())
    no_kind = pa.nulls(len(asked), pa.string())
    stated = [
        {"record_id": f"{source}:{answer.source_key}", "source": source, **asdict(role)}
        for answer in answers
        for role in answer.roles
    ]
    with (
        warehouse.lend("asked", pa.table({"record_id": asked, "kind": no_kind})),
        warehouse.lend("stated_role", pa.Table.from_pylist(stated, schema=STATED)),
        warehouse.lend("refused", refused_rows(answers)),
        warehouse.transaction(),
    ):
        at = datetime.now(UTC)
        warehouse.run("land/roles", run_id=run_id, at=at, is_mandate=False)
        warehouse.run("land/roles_asked", at=at)
        warehouse.run("land/refused", run_id=run_id, source=source, at=at)
