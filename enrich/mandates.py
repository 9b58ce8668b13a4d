"""Who may sign for the companies of the CRM, as the registers state it: published to the people file only.

Asked for as roles are, of the same entities, but apart: neither closes what the other brought.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.lookups import refused_rows, tell_unknown
from enrich.progress import Progress
from enrich.roles import FRESH_DAYS, STATED
from enrich.wanted import lend_wanted
from enrich.waterfall import Budget, Landing, LookupReport, ask_in_order, resting
from sources.http import PoliteClient
from sources.lookup import MandatesAnswer, Outcome
from sources.record import Mandate, Role
from sources.source import MandatesConnector

WHAT = "mandates"
FAILED_DAYS = 7
"""After so many days those are asked again on which the source failed."""
_KIND = pa.schema([("record_id", pa.string()), ("kind", pa.string())])
_INQUIRY = pa.schema([("record_id", pa.string()), ("outcome", pa.string())])
_MANDATE = pa.schema(
    [
        ("record_id", pa.string()), ("source", pa.string()), ("kind", pa.string()), ("state", pa.string()),
        ("combination", pa.int32()), ("rule_code", pa.string()), ("rule_text", pa.string()), ("holder_count", pa.int32()),
    ]
)  # fmt: skip


def refresh_mandates(
    warehouse: Warehouse, connector: MandatesConnector, client: PoliteClient, *, most: int, progress: Progress
) -> LookupReport:
    """Fetch and land who may sign for those entities of which it is due, at most `most` of them.

    Due are those never asked for, those whose roles changed, and those asked for long ago. All that was fetched is
    landed batch by batch, also where the register stops answering in between; its error is raised then.
    """
    source = connector.SOURCE.name
    now = datetime.now(UTC)
    with lend_wanted(warehouse, None):
        rows = warehouse.rows(
            "land/mandates_due",
            source=source,
            since=now - timedelta(days=FRESH_DAYS),
            failed_since=now - timedelta(days=FAILED_DAYS),
        )
    due = [str(row["source_key"]) for row in rows if row["is_due"]]
    not_due = len(rows) - len(due)
    if not due or not most:
        return LookupReport(what=WHAT, outcomes=resting(not_due), waiting=len(due))
    warnings: list[str] = []

    def land(taken: Sequence[MandatesAnswer], run_id: str) -> tuple[int, int]:
        _land(warehouse, source, taken, run_id)
        warnings.extend(tell_unknown(source, WHAT, taken))
        return sum(len(one.mandates) for one in taken), sum(len(one.rejects) for one in taken)

    report = ask_in_order(
        warehouse,
        [lambda keys: connector.fetch_mandates(client, keys)],
        due,
        Landing(land=land),
        what=WHAT,
        source=source,
        budget=Budget(companies=most),
        progress=progress,
        not_due=not_due,
    )
    return replace(report, warnings=tuple(dict.fromkeys(warnings)))


def _land(warehouse: Warehouse, source: str, answers: Sequence[MandatesAnswer], run_id: str) -> None:
    mandates, roles, asked, unanswered, inquiry = [], [], [], [], []
    for answer in answers:
        record_id = f"{source}:{answer.source_key}"
        asked += [{"record_id": record_id, "kind": kind} for kind in {one.kind for one in answer.mandates}]
        if answer.outcome is not Outcome.RATE_LIMITED:
            unanswered += [{"record_id": record_id, "kind": kind} for kind in answer.unanswered]
            inquiry.append({"record_id": record_id, "outcome": str(answer.outcome)})
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
    with (
        warehouse.lend("asked", pa.Table.from_pylist(asked, schema=_KIND)),
        warehouse.lend("unanswered", pa.Table.from_pylist(unanswered, schema=_KIND)),
        warehouse.lend("inquiry", pa.Table.from_pylist(inquiry, schema=_INQUIRY)),
        warehouse.lend("stated_mandate", pa.Table.from_pylist(mandates, schema=_MANDATE)),
        warehouse.lend("stated_role", pa.Table.from_pylist(roles, schema=STATED)),
        warehouse.lend("refused", refused_rows(answers)),
        warehouse.transaction(),
    ):
        at = datetime.now(UTC)
        warehouse.run("land/roles", run_id=run_id, at=at, is_mandate=True)
        warehouse.run("land/mandates", source=source, at=at)
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
