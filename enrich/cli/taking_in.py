"""Commands that bring data in: refresh, import, import undo."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from enrich.cli.default_group import ITSELF, DefaultGroup
from enrich.cli.output import counted, one_line, print_json, shown
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.crm.report import ImportReport
    from enrich.pipeline import Say, StagesReport
    from enrich.progress import Progress

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to every question.")]


def add_commands(app: typer.Typer) -> None:
    """Add `refresh`, `import` and `import undo`."""
    command(
        app,
        "refresh",
        examples=(
            "prospekt refresh no_brreg",
            "prospekt refresh no_brreg --file enheter.csv.gz --complete --dry-run",
            "prospekt refresh --due --quiet",
        ),
    )(refresh)
    group = typer.Typer(cls=DefaultGroup, rich_markup_mode=None, help="Take in an export of your CRM.")
    command(
        group,
        ITSELF,
        hidden=True,
        examples=(
            "prospekt import companies.csv --dry-run",
            "prospekt import contacts.xlsx --as contacts",
            "prospekt import undo 0198f3c2-0d5e-7c41-a5b0-3f1f0a6c9d11",
        ),
    )(import_file)
    command(group, "undo", examples=("prospekt import undo 0198f3c2-0d5e-7c41-a5b0-3f1f0a6c9d11 --dry-run",))(undo)
    app.add_typer(group, name="import")


def refresh(
    session: Session,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Registers; all that are on.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="F", help="A file downloaded by hand.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", metavar="D", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="The file is of that day (UTC)."
        ),
    ] = None,
    number: Annotated[
        list[str] | None,
        typer.Option("--number", metavar="N", help="Ask only for this company, e.g. NO:923609016; repeatable."),
    ] = None,
    complete: Annotated[bool, typer.Option("--complete", help="The file is all: close what it lacks.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="The file only adds and changes (default).")] = False,
    due: Annotated[bool, typer.Option("--due", help="Only those whose cadence says so.")] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Load registers and bring everything up to date. Every row is landed or rejected, and counted."""
    from enrich.errors import InputInvalid
    from enrich.refresh import refresh as refresh_sources
    from sources.source import Coverage

    if complete and partial:
        raise InputInvalid("A file is --complete or --partial, not both.")
    coverage = Coverage.COMPLETE if complete else Coverage.PARTIAL if partial else None
    with session.progress() as progress:
        report = session.consent(
            lambda agreed: refresh_sources(
                session.config,
                names=tuple(names or ()),
                file=file,
                as_of=None if as_of is None else as_of.replace(tzinfo=UTC),
                numbers=tuple(number or ()),
                coverage=coverage,
                due=due,
                dry_run=dry_run,
                yes=agreed,
                progress=progress,
                say=session.step,
            ),
            yes=yes,
        )
    if session.as_json:
        print_json("refresh/1", report)
        return
    for turn in report.turns:
        known = "never loaded" if turn.last_good_at is None else f"last went well {shown(turn.last_good_at)} UTC"
        print(f"{turn.source}: {'due' if turn.is_due else 'not due'}; {known}, asked every {turn.cadence_hours:,} h")
    if due and not (report.deliveries or any(turn.is_due for turn in report.turns)):
        print("Nothing is due." if dry_run else "Nothing was due.")


def import_file(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX export; or: undo RUN.")],
    kind: Annotated[
        Literal["companies", "contacts", "deals", "owners"] | None,
        typer.Option("--as", help="What the file holds; guessed where left out."),
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="The file is the whole CRM: close what it lacks.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Take in an export of your CRM, match it and publish. `import undo RUN` takes one import back."""
    from enrich.crm.take_in import import_file as take_in

    with session.progress() as progress:
        report = session.consent(
            lambda agreed: take_in(
                session.config,
                path,
                kind=kind,
                complete=complete,
                dry_run=dry_run,
                yes=agreed,
                progress=progress,
            ),
            yes=yes,
        )
    # told before what follows from it, which may fail: the id takes the import back
    if session.as_json:
        print_json("import/1", report)
    else:
        tell_import(session, report)
    if not dry_run:
        _follow(session, f"import {path.name}")


_ORDERS = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "ymd": "year, month, day",
    "undecided": "day or month first cannot be told: such dates were left out; say it as date_order under [crm]",
}


def tell_import(session: Session, report: "ImportReport") -> None:
    """Print what an import did: how the file was understood, and what became of its rows."""
    how = ", ".join(part for part in (report.encoding or report.form, report.separator, report.sheet) if part)
    session.say(f"{report.file_name} was read as {report.kind} ({report.kind_reason}; {how}).")
    for label, columns in (
        ("Read", [f"{column} = {field}" for column, field in report.columns.items()]),
        ("Not read", report.columns_not_read),
        ("Never stored", report.columns_never_stored),
        ("Ignored, as configured", report.columns_ignored),
        ("In your mapping, but not in the file", report.columns_missing),
        ("Sheets not read", report.sheets_not_read),
    ):
        if columns:
            session.say(f"{label}: {', '.join(columns)}")
    for field, order in report.date_orders.items():
        session.say(f"Dates of {field}: {_ORDERS.get(order, order)}")
    verb = "would be " if report.is_dry_run else ""
    print(
        f"{counted(report.rows_in, 'row')} in = {report.rows_created:,} {verb}created + {report.rows_updated:,} {verb}updated"
        f" + {report.rows_unchanged:,} unchanged + {report.rows_duplicate:,} duplicate + {report.rows_rejected:,} rejected"
    )
    if report.is_complete:
        print(f"{report.rows_closed:,} of {report.records_before:,} before {verb}closed")
    for reason, count in report.rejects.items():
        print(f"  {count:,} {reason}")
    for warning, count in report.warnings.items():
        session.say(f"  note: {count:,} {warning}")
    _tell_unknown_stages(session, report)
    _tell_id_column(session, report)
    _tell_deals(report)
    if report.is_dry_run:
        for example in report.examples:
            what = ": ".join(part for part in (one_line(example.label), example.reason) if part)
            print(f"  row {example.row_number}, {example.action}: {what}")
    if report.reject_file is not None:
        print(f"Rows and values that could not be used, with the reason: {report.reject_file}")
    if report.needs_confirmation and report.is_dry_run:
        print(
            "The real import asks first: it has very many rows, more than a tenth would close, or rows that cannot be read "
            "may be those."
        )
    if not report.is_dry_run and report.rows_created + report.rows_updated + report.rows_closed:
        print(f"To take it back: prospekt import undo {report.import_id}")


def _tell_unknown_stages(session: Session, report: "ImportReport") -> None:
    """Say which stages are known, where some were not, and how the team's own are told."""
    from enrich.crm.labels import values_of

    if any(warning.startswith("lifecycle_stage: '") for warning in report.warnings):
        session.say(
            f"  Lifecycle stages that are known: {', '.join(values_of('lifecycle_stage'))}, and their usual names; the others "
            "count as other."
        )
    if any(warning.startswith("stage: '") for warning in report.warnings):
        session.say(
            "  Say in config.toml under [crm] which of your deal stages are won and lost, and import again: "
            'won_stages = ["…"], lost_stages = ["…"]; until then these are neither.'
        )


def _tell_id_column(session: Session, report: "ImportReport") -> None:
    """Say which column the record ids may stand in, where none was read: without ids, rows of one name are one record."""
    if report.id_column is not None:
        before = "" if report.is_dry_run else "take this import back, "
        session.say(
            f"No column of record ids is read, so rows of one name are one record. {report.id_column!r} looks like them: "
            f"{before}write {json.dumps(report.id_column, ensure_ascii=False)} = "
            f'"{"owner_id" if report.kind == "owners" else "crm_key"}" under [crm.{report.kind}] in config.toml, and import again.'
        )


def _tell_deals(report: "ImportReport") -> None:
    """Print how many deals say nothing of anybody, and what to do."""
    if report.deals_without_company:
        print(
            f"{report.deals_without_company:,} of {counted(report.deals, 'open or won deal')} name no company that the "
            "CRM's companies have, so nobody becomes a customer by them. Export deals with their associated company "
            "(its Record ID or name), import the companies too, or map the column under [crm.deals] in config.toml."
        )


def undo(
    session: Session,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Id that the import printed.")],
    dry_run: DryRunOption = False,
) -> None:
    """Take one import back, as if it had never been. What it replaced is there again."""
    from enrich.crm.take_in import undo_import

    report = undo_import(session.config, run_id, dry_run=dry_run)
    if session.as_json:
        print_json("import-undo/1", report)
    else:
        print(
            f"{'Would undo' if dry_run else 'Undid'} the import of {report.file_name} ({report.kind}): "
            f"{counted(report.rows_removed, 'version')} removed, {report.rows_reopened:,} earlier ones back"
        )
    if not dry_run:
        _follow(session, f"import undo {run_id}")


def _follow(session: Session, command_line: str) -> None:
    """Bring what follows from the CRM up to date; it may be taken in before any register."""
    from db.errors import WarehouseMissing

    with session.progress() as progress:
        try:
            run_all_stages(session, command_line, progress)
        except WarehouseMissing as missing:
            session.say(str(missing))


def run_all_stages(
    session: Session, command_line: str, progress: "Progress", *, say: "Say | None" = None
) -> "StagesReport":
    """Bring everything that follows from the ledger up to date, and publish; nothing where nothing changed since then.

    Raises `WarehouseMissing` where no register is loaded yet.
    """
    from db.errors import WarehouseMissing
    from db.fold import fold_journal
    from db.warehouse import Warehouse
    from enrich.pipeline import StagesReport, is_behind, run_stages
    from enrich.runs import new_run_id

    config = session.config
    with Warehouse.open_to_write(config.data, command=command_line) as warehouse:
        fold_journal(warehouse, config.journal)
        if not warehouse.count("status/record_count"):
            raise WarehouseMissing(
                config.data, what="register loaded", do="`prospekt refresh` brings in the companies to match with."
            )
        if not is_behind(warehouse, config):
            session.say("Nothing changed since the last publication: nothing to do.")
            return StagesReport(stages=(), decisions_folded=0)
        return run_stages(
            warehouse, config, run_id=new_run_id(), progress=progress, say=say or session.say, command=command_line
        )
