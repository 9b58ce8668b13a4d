"""Who may sign for the companies of the CRM, as the registers state it: published to the people file only.

Asked for as roles are, of the same entities, but apart: neither closes what the other brought.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.lookups import refused_rows, tell_unknown
from enrich.progress import Progress
from enrich.roles import FRESH_DAYS, STATED
from enrich.runs import log_run, new_run_id
from sources.http import PoliteClient
from sources.lookup import MandatesAnswer
from sources.record import Mandate, Role
from sources.source import MandatesConnector

_MANDATE = pa.schema(
    [
        ("record_id", pa.string()), ("source", pa.string()), ("kind", pa.string()), ("state", pa.string()),
        ("combination", pa.int32()), ("rule_code", pa.string()), ("rule_text", pa.string()), ("holder_count", pa.int32()),
    ]
)  # fmt: skip


def refresh_mandates(
    warehouse: Warehouse, connector: MandatesConnector, client: PoliteClient, *, most: int, progress: Progress
) -> tuple[str, ...]:
    """Fetch and land who may sign for those entities of which it is due, at most `most` of them; gives what is to be told.

    Due are those never asked for, those whose roles changed, and those asked for long ago. All that was fetched is
    landed, also where the register stops answering in between; its error is raised then.
    """
    source = connector.SOURCE.name
    since = datetime.now(UTC) - timedelta(days=FRESH_DAYS)
    due = [str(row["source_key"]) for row in warehouse.rows("land/mandates_due", source=source, since=since)]
    if not due or not most:
        return ()
    taken: list[MandatesAnswer] = []
    run_id = new_run_id()
    with log_run(warehouse, run_id, command="refresh", stage="mandates", source=source) as run:
        try:
            for answer in connector.fetch_mandates(client, due[:most]):
                taken.append(answer)
                progress(f"{source}: who may sign for companies of the CRM", len(taken), len(due[:most]))
        finally:
            _land(warehouse, source, taken, run_id)
        landed, rejected = sum(len(one.mandates) for one in taken), sum(len(one.rejects) for one in taken)
        run.figures |= {"rows_in": landed + rejected, "rows_landed": landed, "rows_rejected": rejected}
    rest = f"; {len(due) - len(taken):,} more in the next refreshes" if len(due) > len(taken) else ""
    companies = "company" if len(taken) == 1 else "companies"
    return (
        f"{source}: who may sign for {len(taken):,} {companies} of the CRM{rest}",
        *tell_unknown(source, "who may sign", taken),
    )


def _land(warehouse: Warehouse, source: str, answers: Sequence[MandatesAnswer], run_id: str) -> None:
    mandates, roles = [], []
    for answer in answers:
        record_id = f"{source}:{answer.source_key}"
        numbers = dict[str, int]()
        for mandate in answer.mandates:
            is_combination = mandate.state == "combination"
            numbers[mandate.kind] = numbers.get(mandate.kind, 0) + is_combination
            number = numbers[mandate.kind] if is_combination else None
            mandates.append(
                {name: value for name, value in asdict(mandate).items() if name in _MANDATE.names}
                | {
                    "record_id": record_id,
                    "source": source,
                    "combination": number,
                    "holder_count": len(mandate.holders),
                }
            )
            roles += [
                {"record_id": record_id, "source": source, **asdict(role), "combination": number}
                for role in _as_roles(mandate)
            ]
    asked = pa.array([f"{source}:{answer.source_key}" for answer in answers], pa.string())
    with (
        warehouse.lend("asked", pa.table({"record_id": asked})),
        warehouse.lend("stated_mandate", pa.Table.from_pylist(mandates, schema=_MANDATE)),
        warehouse.lend("stated_role", pa.Table.from_pylist(roles, schema=STATED)),
        warehouse.lend("refused", refused_rows(answers)),
        warehouse.transaction(),
    ):
        at = datetime.now(UTC)
        warehouse.run("land/roles", run_id=run_id, at=at, is_mandate=True)
        warehouse.run("land/mandates", at=at)
        warehouse.run("land/refused", run_id=run_id, source=source, at=at)


def _as_roles(mandate: Mandate) -> list[Role]:
    """Who signs, as roles of a group of their own: erased and held back as every other role is."""
    return [
        Role(
            source_key=mandate.source_key,
            role_code=holder.role_code or mandate.rule_code or mandate.kind,
            group_code=mandate.kind,
            holder_kind="person",
            holder_name=holder.name,
            position=position,
        )
        for position, holder in enumerate(mandate.holders, start=1)
        if holder.name is not None
    ]
