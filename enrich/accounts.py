"""Key figures of accounts, asked company by company: of the CRM's companies first, then of those that an ICP reaches."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pyarrow as pa

from db.errors import WarehouseMissing
from db.warehouse import Warehouse
from enrich.lookups import refused_rows, tell_unknown
from enrich.progress import Progress
from enrich.runs import log_run, new_run_id
from sources.http import PoliteClient
from sources.lookup import AccountsAnswer, Outcome
from sources.source import AccountsConnector, CredentialsConnector, Source

FRESH_DAYS = 365
"""Accounts are asked for again when newer ones were filed; else, in case they were corrected, after so many days."""
UNTOLD_DAYS = 90
"""Where a register does not tell in which year who filed last, everybody is asked again after so many days."""
SILENT_DAYS = 30
"""After so many days those are asked again that had no accounts, or on which the source failed."""
FIRST_YEAR = 2018
"""Older accounts are in no service yet known here."""
MOST_REACHED = 20_000
"""Companies that an ICP reaches, of which accounts are wanted: the best so many."""
MOST_SECONDS = 300.0
"""A refresh asks no longer than this; the next ones go on where it stopped."""
BATCH = 50
"""So many answers are landed at once: what was landed is not asked for again, whenever the refresh is stopped."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsReport:
    """What became of the companies that were asked, how many still wait, and what is to be told of it."""

    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    waiting: int = 0
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a person reads it."""
        asked = sum(self.outcomes.values())
        parts = [f"{count:,} {str(outcome).replace('_', ' ')}" for outcome, count in sorted(self.outcomes.items())]
        rest = f"; {self.waiting:,} more in the next refreshes" if self.waiting else ""
        return f"accounts of {asked:,} {'company' if asked == 1 else 'companies'} asked for = {' + '.join(parts)}{rest}"


def refresh_accounts(
    warehouse: Warehouse,
    connector: AccountsConnector,
    client: PoliteClient,
    *,
    published: Path,
    most: int,
    progress: Progress,
) -> AccountsReport:
    """Fetch and land the accounts that are due, of at most `most` companies.

    Those that an ICP reaches are read from the last published file. All that was fetched is landed, also where the
    source stops answering in between; its error is raised then.
    """
    source = connector.SOURCE.name
    due = _due(warehouse, connector.SOURCE, published)
    if not due or not most:
        return AccountsReport(waiting=len(due))
    missing = connector.missing_credentials(client) if isinstance(connector, CredentialsConnector) else None
    if missing is not None:
        return AccountsReport(waiting=len(due), warnings=(f"{source}: {missing}",))
    until = time.monotonic() + MOST_SECONDS
    outcomes, answered, warnings = Counter[Outcome](), 0, list[str]()
    answers = connector.fetch_accounts(client, list(islice(due, most)))
    wanted = min(len(due), most)
    while answered < wanted and time.monotonic() < until:
        taken: list[AccountsAnswer] = []
        run_id = new_run_id()
        with log_run(warehouse, run_id, command="refresh", stage="accounts", source=source) as run:
            try:
                for answer in islice(answers, BATCH):
                    taken.append(answer)
                    progress(f"{source}: accounts of companies", answered + len(taken), wanted)
            finally:
                _land(warehouse, source, taken, due, run_id)
            landed, rejected = sum(len(one.accounts) for one in taken), sum(len(one.rejects) for one in taken)
            run.figures |= {"rows_in": landed + rejected, "rows_landed": landed, "rows_rejected": rejected}
        answered += len(taken)
        outcomes.update(answer.outcome for answer in taken)
        warnings += tell_unknown(source, "accounts", taken)
    waiting = len(due) - answered + outcomes[Outcome.RATE_LIMITED]
    return AccountsReport(outcomes=outcomes, waiting=waiting, warnings=tuple(dict.fromkeys(warnings)))


def _due(warehouse: Warehouse, source: Source, published: Path) -> dict[str, int | None]:
    """The entities whose accounts are due, in the order to ask, each with the year of the latest that it filed."""
    now = datetime.now(UTC)
    tells_years = any("last_accounts_year" in layout.fields for layout in source.layouts)
    reached = pa.array(_reached(published), pa.string())
    with warehouse.lend(
        "reached", pa.table({"record_id": reached, "place": pa.array(range(1, len(reached) + 1), pa.int32())})
    ):
        rows = warehouse.rows(
            "land/accounts_due",
            source=source.name,
            first_year=FIRST_YEAR,
            tells_years=tells_years,
            since=now - timedelta(days=FRESH_DAYS if tells_years else UNTOLD_DAYS),
            failed_since=now - timedelta(days=SILENT_DAYS),
        )
    years = {str(row["source_key"]): row["last_accounts_year"] for row in rows}
    return {key: None if year is None else int(str(year)) for key, year in years.items()}


def _reached(published: Path) -> list[str]:
    try:
        with Warehouse.open_to_read(published / "companies.duckdb") as companies:
            return [str(row["record_id"]) for row in companies.rows("search/reached_records", limit=MOST_REACHED)]
    except WarehouseMissing:  # before the first publication no ICP has reached anybody
        return []


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
