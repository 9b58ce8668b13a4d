"""Takes a CRM export into the warehouse as versions, in one transaction: all of a file, or nothing.

A dry run is the same run, rolled back: its figures are those that the real one gives. What a file has no column for
stays as it was; an empty cell under a column clears the value. `undo_import` takes an import back.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import uuid_utils.compat as uuid

from db.sql import read_query
from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.columns import NUMBER_FIELDS, ColumnRules, find_rules
from enrich.crm.dates import DAY_OR_MONTH
from enrich.crm.erased import Erased
from enrich.crm.likely import NAME_FIELDS, find_id_column, find_name_column
from enrich.crm.map import ColumnMapping, map_columns
from enrich.crm.owners import resolve_owners
from enrich.crm.read import SEPARATORS, UNPACKED_LIMIT, CrmFile, open_file
from enrich.crm.rejects import RejectFile
from enrich.crm.report import ImportReport, RowExample, UndoReport
from enrich.crm.rows import supplied_columns
from enrich.crm.stage_rows import TABLE_OF, Staging, Tally
from enrich.crm.unpack import unpacked
from enrich.errors import ConfirmationNeeded, InputInvalid, NotFound
from enrich.gate import read_key
from enrich.given_file import tell_register
from enrich.progress import Progress, silent

DROP_LIMIT = 0.10
"""Share of the open records that a complete file closes without being asked."""
MANY_ROWS = 200_000
"""Rows above which a file is more likely a register's than a CRM's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull knows beside its rows: whose they are, what is gone (our ids, all of open records), and how far it came."""

    source: str
    portal: str
    gone: Sequence[str]
    merged_ids: Mapping[str, Sequence[str]]
    modified_until: datetime
    is_whole: bool
    asked_sha256: str
    rows: int


class _RollBack(Exception):
    """Ends a dry run inside its transaction."""


def import_file(
    config: Config,
    path: Path,
    *,
    kind: str | None = None,
    complete: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Take in an export of companies, contacts, deals or owners (`kind`; guessed from the header where left out).

    `complete`: the file is the whole CRM, so records that it lacks are closed; only with `yes` where they are above
    10 %, or where rows that cannot be read may be some of them. A file of more than 200,000 rows needs `yes` too.
    Raises `InputInvalid` for a file that cannot be used or is a register's, `ConfirmationNeeded`, `WarehouseBusy`.
    """
    register = tell_register(path) if kind is None else None
    if register is not None:
        raise InputInvalid(
            f"{register} Nothing was imported; if it is of your CRM all the same, say with --as what it holds."
        )
    with unpacked(path, limit=UNPACKED_LIMIT) as plain:
        return _import_plain(config, plain, kind, complete=complete, dry_run=dry_run, yes=yes, progress=progress)


def _import_plain(
    config: Config, path: Path, kind: str | None, *, complete: bool, dry_run: bool, yes: bool, progress: Progress
) -> ImportReport:
    file = open_file(path)
    mapping = map_columns(file.header, kind=kind, own={name: getattr(config.crm, name) for name in TABLE_OF})
    progress("look at the columns", 0, None)
    if not (yes or dry_run):
        _refuse_many_rows(file, mapping)
    rules = find_rules(file.rows(), mapping.places, date_order=config.crm.date_order)
    import_id, at = str(uuid.uuid7()), datetime.now(UTC)
    rejects = RejectFile(
        path=config.rejects / f"{path.stem}-{import_id}.csv",
        header=file.header,
        dropped=frozenset(file.header.index(column) for column in mapping.never_stored),
        is_dry_run=dry_run,
    )
    try:
        with _open_warehouse(config, f"import {path.name}", dry_run) as warehouse, _transaction(warehouse, dry_run):
            hmac_key = _read_key(config, dry_run)
            staging = Staging(
                warehouse=warehouse,
                import_id=import_id,
                at=at,
                file=file,
                mapping=mapping,
                rules=rules,
                config=config.crm,
                hmac_key=hmac_key,
                erased=Erased.read(warehouse, config.journal, hmac_key),
                rejects=rejects,
            )
            _stage(warehouse, staging, progress)
            _refuse_unidentified(staging)
            report = _write_versions(warehouse, staging, complete=complete)
            if report.needs_confirmation and not (yes or dry_run):
                unread = staging.tally.unidentified
                doubt = f"; {unread:,} of its rows cannot be read and may be some of them" if unread else ""
                raise ConfirmationNeeded(
                    f"{path.name} is said to be the whole CRM, and {report.rows_closed:,} of {report.records_before:,} "
                    f"{mapping.kind} are not in it{doubt}. They would be closed. Nothing was changed; see what would "
                    "happen with --dry-run, or repeat it with --yes."
                )
            _record(warehouse, config, report, at, path)
            return replace(report, reject_file=rejects.finish(), is_dry_run=dry_run)
    except BaseException:
        rejects.discard()
        raise


def take_in_pulled(
    warehouse: Warehouse, config: Config, path: Path, *, kind: str, pulled: Pulled, dry_run: bool, progress: Progress
) -> ImportReport:
    """Take in what was pulled from a CRM's API and lies at `path`, as an import of its own, and how far it was pulled.

    The rows are those of a file that HubSpot would have written, under its internal names, with dates and numbers that
    leave no doubt. Raises `InputInvalid` where the own mapping of the configuration cannot be used.
    """
    file = open_file(path)
    mapping = map_columns(file.header, kind=kind, own={name: getattr(config.crm, name) for name in TABLE_OF})
    import_id, at = str(uuid.uuid7()), datetime.now(UTC)
    rejects = RejectFile(
        path=config.rejects / f"{path.stem}-{import_id}.csv",
        header=file.header,
        dropped=frozenset(file.header.index(column) for column in mapping.never_stored),
        is_dry_run=dry_run,
    )
    try:
        with _transaction(warehouse, dry_run):
            hmac_key = _read_key(config, dry_run)
            staging = Staging(
                warehouse=warehouse,
                import_id=import_id,
                at=at,
                file=file,
                mapping=mapping,
                rules=ColumnRules(date_orders={}, decimal_marks=dict.fromkeys(NUMBER_FIELDS, "."), keeps_stages=True),
                config=config.crm.model_copy(update={"portal": pulled.portal}),
                hmac_key=hmac_key,
                erased=Erased.read(warehouse, config.journal, hmac_key),
                rejects=rejects,
                merged_ids=pulled.merged_ids,
            )
            report = _nothing_new(staging)
            if pulled.rows or pulled.gone:
                _stage(warehouse, staging, progress)
                report = _write_versions(warehouse, staging, complete=False, gone=pulled.gone)
            is_new = bool(report.rows_created + report.rows_updated + report.rows_closed)
            if is_new or report.rows_rejected:
                _record(warehouse, config, report, at, path)
            warehouse.run(
                "crm/record_pull",
                source=pulled.source,
                portal=pulled.portal,
                kind=kind,
                import_id=import_id if is_new else None,
                at=at,
                modified_until=pulled.modified_until,
                is_whole=pulled.is_whole,
                asked_sha256=pulled.asked_sha256,
            )
            return replace(report, reject_file=rejects.finish(), is_dry_run=dry_run)
    except BaseException:
        rejects.discard()
        raise


def _stage(warehouse: Warehouse, staging: Staging, progress: Progress) -> None:
    warehouse.execute(_query("create_incoming", staging.mapping.kind))
    staging.run(progress)
    progress("compare with what is known", 0, None)


def _refuse_many_rows(file: CrmFile, mapping: ColumnMapping) -> None:
    rows = sum(1 for _ in file.rows())
    if rows > MANY_ROWS:
        raise ConfirmationNeeded(
            f"{file.path.name} has {rows:,} rows, taken for {mapping.kind} of your CRM ({mapping.kind_reason}). A register's "
            "file is loaded with `prospekt refresh SOURCE --file FILE`. Nothing was changed; see what would happen with "
            "--dry-run, or repeat it with --yes."
        )


def _refuse_unidentified(staging: Staging) -> None:
    """Raise `InputInvalid` where nobody can tell of a single row whom it is about, with the column that may say so."""
    tally, kind = staging.tally, staging.mapping.kind
    if not tally.rows_in or tally.unidentified < tally.rows_in:
        return
    why = "; ".join(f"{count:,}: {reason}" for reason, count in tally.rejects.most_common(3))
    field, column = NAME_FIELDS[kind], find_name_column(staging.file, staging.mapping)
    named = "COLUMN" if column is None else column
    like = (
        "Say in config.toml which column holds names" if column is None else f"The column {column!r} looks like names"
    )
    raise InputInvalid(
        f"None of the {tally.rows_in:,} rows of {staging.file.path.name} can be taken for {kind} ({why}). {like}: under "
        f'[crm.{kind}] write {json.dumps(named, ensure_ascii=False)} = "{field}". Nothing was imported.'
    )


def undo_import(config: Config, import_id: str, *, dry_run: bool = False) -> UndoReport:
    """Take an import back: what it brought goes, what it replaced or closed is open again, as if it had never been.

    Raises `NotFound` for an unknown id, and `InputInvalid` where it is undone already or a later import built upon it.
    """
    with _open_warehouse(config, f"import undo {import_id}", dry_run) as warehouse, _transaction(warehouse, dry_run):
        found = warehouse.rows("crm/find_import", import_id=import_id)
        if not found:
            recent = [str(row["import_id"]) for row in warehouse.rows("crm/recent_imports")]
            raise NotFound("import", import_id, recent)
        kind, file_name, undone_at = str(found[0]["kind"]), str(found[0]["file_name"]), found[0]["undone_at"]
        if isinstance(undone_at, datetime):
            raise InputInvalid(f"The import of {file_name} was undone on {undone_at:%Y-%m-%d %H:%M} UTC already.")
        later = warehouse.ask(_query("built_upon", kind), import_id=import_id)
        if later:
            named = ", ".join(f"{row['import_id']} ({row['file_name']})" for row in later[:5])
            raise InputInvalid(
                f"Later imports changed what the import of {file_name} brought: {named}. Undo them first, newest "
                "first; nothing was changed."
            )
        counts = warehouse.ask(_query("count_undo", kind), import_id=import_id)[0]
        warehouse.execute(
            _query("undo_import", kind),
            import_id=import_id,
            run_id=str(uuid.uuid7()),
            kind=kind,
            at=datetime.now(UTC),
            message=f"import {import_id} of {file_name} undone",
        )
        resolve_owners(warehouse, read_key(config))
        report = UndoReport(
            import_id=import_id,
            kind=kind,
            file_name=file_name,
            rows_removed=_whole(counts["removed_count"]),
            rows_reopened=_whole(counts["reopened_count"]),
            is_dry_run=dry_run,
        )
    if not dry_run:
        for rejects in config.rejects.glob(f"*-{import_id}.csv"):
            rejects.unlink()
    return report


def _write_versions(
    warehouse: Warehouse, staging: Staging, *, complete: bool, gone: Sequence[str] | None = None
) -> ImportReport:
    """`gone` are the records that a CRM which was pulled no longer has; of a file nobody says that."""
    kind = staging.mapping.kind
    warehouse.execute(_query("find_known", kind), is_pulled=gone is not None)
    warehouse.run(f"crm/merge_{TABLE_OF[kind]}", columns=supplied_columns(kind, staging.mapping.places))
    warehouse.run("crm/judge_versions")
    counted = {str(row["action"]): _whole(row["row_count"]) for row in warehouse.rows("crm/count_actions")}
    held = warehouse.ask(_query("count_open", kind))[0]
    examples = [
        RowExample(row_number=_whole(row["row_number"]), action=str(row["action"]), label=str(row["label"] or ""))
        for row in warehouse.rows("crm/examples")
    ]
    span = {"import_id": staging.import_id, "at": staging.at}
    warehouse.execute(_query("write_versions", kind), **span)
    if complete:
        warehouse.execute(_query("close_absent", kind), **span)
    if gone:
        with warehouse.lend("gone_rows", pa.table({"crm_id": pa.array(gone, pa.string())})):
            warehouse.execute(_query("close_named", kind), **span)
    resolve_owners(warehouse, staging.hmac_key)
    deals: tuple[int, int] = (0, 0)
    if kind in ("companies", "deals"):
        warehouse.run("crm/deal_company")
        [said] = warehouse.rows("crm/count_deals")
        deals = _whole(said["deal_count"]), _whole(said["homeless_count"])
    closed = _whole(held["absent_count"]) if complete else len(gone or ())
    records_before = _whole(held["open_count"])
    return _report(
        staging.file,
        staging.mapping,
        staging.rules,
        staging.tally,
        import_id=staging.import_id,
        counted=counted,
        closed=closed,
        records_before=records_before,
        deals=deals,
        examples=examples,
        complete=complete,
    )


def _nothing_new(staging: Staging) -> ImportReport:
    return _report(
        staging.file,
        staging.mapping,
        staging.rules,
        staging.tally,
        import_id=staging.import_id,
        counted={},
        closed=0,
        records_before=0,
        deals=(0, 0),
        examples=[],
        complete=False,
    )


def _report(
    file: CrmFile,
    mapping: ColumnMapping,
    rules: ColumnRules,
    tally: Tally,
    *,
    import_id: str,
    counted: dict[str, int],
    closed: int,
    records_before: int,
    deals: tuple[int, int],
    examples: list[RowExample],
    complete: bool,
) -> ImportReport:
    return ImportReport(
        import_id=import_id,
        kind=mapping.kind,
        kind_reason=mapping.kind_reason,
        file_name=file.path.name,
        form=file.form,
        encoding=file.encoding and f"{file.encoding}{' (damaged)' if file.is_damaged else ''}",
        separator=SEPARATORS.get(file.separator or ""),
        sheet=file.sheet,
        sheets_not_read=tuple(sheet for sheet in file.sheets if sheet != file.sheet),
        columns=mapping.columns,
        columns_ignored=mapping.ignored,
        columns_not_read=mapping.not_read,
        columns_never_stored=mapping.never_stored,
        columns_missing=mapping.missing,
        id_column=find_id_column(file, mapping),
        date_orders={field: _said_order(field, orders, tally) for field, orders in rules.date_orders.items()},
        rows_in=tally.rows_in,
        rows_created=counted.get("created", 0),
        rows_updated=counted.get("updated", 0),
        rows_unchanged=counted.get("unchanged", 0),
        rows_duplicate=tally.duplicates,
        rows_rejected=tally.rejected,
        rows_closed=closed,
        records_before=records_before,
        rejects=dict(tally.rejects.most_common()),
        warnings=dict(tally.warnings.most_common()),
        deals=deals[0],
        deals_without_company=deals[1],
        examples=(*examples, *tally.examples),
        reject_file=None,
        is_complete=complete,
        is_dry_run=False,
        needs_confirmation=tally.rows_in > MANY_ROWS
        or closed > records_before * DROP_LIMIT
        or (closed > 0 and tally.unidentified > 0),
    )


def _said_order(field: str, orders: frozenset[str], tally: Tally) -> str:
    if len(orders) == 1:
        return next(iter(orders))
    in_doubt = any(warning.startswith(f"{field}: {DAY_OR_MONTH}") for warning in tally.warnings)
    return "undecided" if in_doubt else "not in doubt"


def _record(warehouse: Warehouse, config: Config, report: ImportReport, at: datetime, path: Path) -> None:
    warehouse.run(
        "crm/record_import",
        import_id=report.import_id,
        kind=report.kind,
        file_name=report.file_name,
        file_sha256=_hash_file(path),
        mapping=json.dumps(dict(report.columns), ensure_ascii=False),
        is_complete=report.is_complete,
        imported_by=config.who,
        at=at,
        rows_in=report.rows_in,
        rows_created=report.rows_created,
        rows_updated=report.rows_updated,
        rows_unchanged=report.rows_unchanged,
        rows_closed=report.rows_closed,
        rows_rejected=report.rows_rejected,  # the same row twice is in by the first
        message=f"{report.kind} of {report.file_name}: {report.rows_in} rows",
    )


def held_query(kind: str) -> str:
    """The query of the records of a kind that a pull has to look after."""
    return _query("held", kind)


def _query(name: str, kind: str) -> str:
    """The text of a query about the table of that kind, for which its file writes `core.crm_record`."""
    return read_query(f"crm/{name}").replace("core.crm_record", f"core.crm_{TABLE_OF[kind]}")


@contextmanager
def _open_warehouse(config: Config, command: str, dry_run: bool) -> Iterator[Warehouse]:
    """The warehouse; a dry run where there is none yet gets an empty one, and leaves nothing behind."""
    if dry_run and not (config.data / "warehouse.duckdb").exists():
        with TemporaryDirectory() as folder, Warehouse.open_to_write(Path(folder), command=command) as warehouse:
            yield warehouse
    else:
        with Warehouse.open_to_write(config.data, command=command) as warehouse:
            yield warehouse


@contextmanager
def _transaction(warehouse: Warehouse, dry_run: bool) -> Iterator[None]:
    try:
        with warehouse.transaction():
            yield
            if dry_run:
                raise _RollBack
    except _RollBack:
        pass


def _read_key(config: Config, dry_run: bool) -> bytes:
    """The key of every HMAC; a dry run before the first import makes none, for nothing can be known yet."""
    return secrets.token_bytes(32) if dry_run and not config.key_file.exists() else read_key(config)


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
