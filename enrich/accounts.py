"""Key figures of accounts, asked company by company: of the CRM's companies first, then of those that an ICP reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.lookups import refused_rows, tell_unknown
from enrich.progress import Progress
from enrich.wanted import count_due, lend_wanted
from enrich.waterfall import BATCH, Budget, Landing, LookupReport, ask_in_order, resting
from sources.http import PoliteClient
from sources.lookup import AccountsAnswer, Outcome
from sources.source import AccountsConnector, CredentialsConnector, Source

ANSWERS = ("revenue", "revenue_growth", "employees_growth")
"""The criteria that accounts answer."""
FRESH_DAYS = 365
"""Accounts are asked for again when newer ones were filed; else, in case they were corrected, after so many days."""
UNTOLD_DAYS = 90
"""Where a register does not tell in which year who filed last, everybody is asked again after so many days."""
SILENT_DAYS = 30
"""After so many days those are asked again that had no accounts, or on which the source failed."""
FIRST_YEAR = 2018
"""Older accounts are in no service yet known here."""
MOST_SECONDS = 300.0
"""A refresh asks no longer than this; the next ones go on where it stopped."""
_STATED = pa.schema(
    [
        ("record_id", pa.string()), ("source", pa.string()), ("kind", pa.string()), ("period_from", pa.date32()),
        ("period_to", pa.date32()), ("currency", pa.string()),
        *(
            (name, pa.decimal128(28, 2))
            for name in ("revenue", "operating_result", "profit", "total_assets", "equity", "average_employees")
        ),
    ]
)  # fmt: skip
_ASKED = pa.schema(
    [("record_id", pa.string()), ("source", pa.string()), ("outcome", pa.string()), ("filed_year", pa.int32())]
)


def refresh_accounts(
    warehouse: Warehouse,
    connector: AccountsConnector,
    client: PoliteClient,
    *,
    published: Path,
    most: int,
    progress: Progress,
) -> LookupReport:
    """Fetch and land the accounts that are due, of at most `most` companies.

    Those that an ICP reaches are read from the last published file. All that was fetched is landed, also where the
    source stops answering in between; its error is raised then.
    """
    source = connector.SOURCE.name
    due, due_count, not_due = _due(warehouse, connector.SOURCE, published, most)
    if not due or not most:
        return LookupReport(what="accounts", outcomes=resting(not_due), waiting=due_count)
    missing = connector.missing_credentials(client) if isinstance(connector, CredentialsConnector) else None
    if missing is not None:
        warning = f"{source}: {missing}"
        return LookupReport(what="accounts", outcomes=resting(not_due), waiting=due_count, warnings=(warning,))
    warnings: list[str] = []

    def land(taken: Sequence[AccountsAnswer], run_id: str) -> tuple[int, int]:
        _land(warehouse, source, taken, due, run_id)
        warnings.extend(tell_unknown(source, "accounts", taken))
        return sum(len(one.accounts) for one in taken), sum(len(one.rejects) for one in taken)

    report = ask_in_order(
        warehouse,
        [lambda keys: connector.fetch_accounts(client, keys)],
        list(due),
        Landing(land=land),
        what="accounts",
        source=source,
        budget=Budget(companies=most, seconds=MOST_SECONDS),
        progress=progress,
        batch=BATCH,
        due_count=due_count,
        not_due=not_due,
    )
    return replace(report, warnings=tuple(dict.fromkeys(warnings)))


def _due(warehouse: Warehouse, source: Source, published: Path, most: int) -> tuple[dict[str, int | None], int, int]:
    """The first `most` entities whose accounts are due, in the order to ask, each with the year of its latest; how many are due, and how many not."""
    now = datetime.now(UTC)
    tells_years = any("last_accounts_year" in layout.fields for layout in source.layouts)
    with lend_wanted(warehouse, published, answers=ANSWERS):
        rows = warehouse.rows(
            "land/accounts_due",
            source=source.name,
            first_year=FIRST_YEAR,
            tells_years=tells_years,
            since=now - timedelta(days=FRESH_DAYS if tells_years else UNTOLD_DAYS),
            failed_since=now - timedelta(days=SILENT_DAYS),
            most=max(most, 1),  # a row tells how many there are
        )
    years = {str(row["source_key"]): row["last_accounts_year"] for row in rows if row["is_due"]}
    due = {key: None if year is None else int(str(year)) for key, year in years.items()}
    return due, *count_due(rows)


def _land(
    warehouse: Warehouse, source: str, answers: Sequence[AccountsAnswer], due: Mapping[str, int | None], run_id: str
) -> None:
    stated = [
        {name: value for name, value in asdict(account).items() if name != "source_key"}
        | {"record_id": f"{source}:{answer.source_key}", "source": source}
        for answer in answers
        for account in answer.accounts
    ]
    asked = [
        {
            "record_id": f"{source}:{answer.source_key}",
            "source": source,
            "outcome": str(answer.outcome),
            "filed_year": due[answer.source_key],
        }
        for answer in answers
        if answer.outcome is not Outcome.RATE_LIMITED
    ]
    with (
        warehouse.lend("stated_account", pa.Table.from_pylist(stated, schema=_STATED)),
        warehouse.lend("asked", pa.Table.from_pylist(asked, schema=_ASKED)),
        warehouse.lend("refused", refused_rows(answers)),
        warehouse.transaction(),
    ):
        at = datetime.now(UTC)
        warehouse.run("land/accounts", run_id=run_id, at=at)
        warehouse.run("land/refused", run_id=run_id, source=source, at=at)
