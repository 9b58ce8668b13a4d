"""Commands that hand out: export, export undo, package, publish."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from enrich.cli.asking import AskOption, ask_plainly
from enrich.cli.default_group import ITSELF, DefaultGroup
from enrich.cli.endings import check_ending
from enrich.cli.finding import IcpOption, IncludeOption, OwnerOption, PersonsWhyOption, WordsOption, tell_found
from enrich.cli.output import counted, print_json, print_table, shown
from enrich.cli.session import Session, command
from enrich.cli.taking_in import DryRunOption, YesOption


def add_commands(app: typer.Typer) -> None:
    """Add `export`, `export undo`, `package` and `publish`."""
    group = typer.Typer(cls=DefaultGroup, rich_markup_mode=None, help="Write what find finds, for people or HubSpot.")
    command(
        group,
        ITSELF,
        hidden=True,
        examples=(
            "prospekt export --for csv --out prospects.csv",
            "prospekt export --for hubspot --out spring.csv --limit 100 --handed-to kari@example.com",
            'prospekt export --for csv --ask "tannleger i Rogaland med 5-50 ansatte"',
            "prospekt export undo",
        ),
    )(export)
    undo_examples = ("prospekt export undo", "prospekt export undo 0198f3c2-0d5e-7c41-a5b0-3f1f0a6c9d11 --dry-run")
    command(group, "undo", examples=undo_examples)(undo)
    app.add_typer(group, name="export")
    command(
        app,
        "package",
        examples=("prospekt package companies-2026 --dry-run", "prospekt package nordics --country NO --country SE"),
    )(package)
    command(app, "publish", examples=("prospekt publish",))(publish)


def export(
    session: Session,
    target: Annotated[Literal["csv", "hubspot"], typer.Option("--for", help="Who reads the file.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write; else in data/exports.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="Words to find, as in find.")] = None,
    words: WordsOption = None,
    ask: AskOption = None,
    icp: IcpOption = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many; else all.")] = None,
    owner: OwnerOption = None,
    include: IncludeOption = None,
    why: PersonsWhyOption = None,
    handed_to: Annotated[str | None, typer.Option("--handed-to", metavar="O", help="Who gets the companies.")] = None,
    set_owner: Annotated[
        bool, typer.Option("--set-owner", help="HubSpot: also set the owner of companies that it has.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Leave cells as they are, formulas too.")] = False,
    stale_ok: Annotated[bool, typer.Option("--stale-ok", help="Also by a CRM pulled over 7 days ago.")] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Write what find finds, for people or for HubSpot. Updates instead of duplicating; remembers what left.

    `export undo` lists the latest exports, `export undo EXPORT` takes one back.
    """
    from dataclasses import asdict
    from datetime import UTC, datetime

    from enrich.errors import NothingToExport
    from enrich.export import export_companies, refuse_missing_folder
    from enrich.freshness import refuse_stale
    from enrich.gate import open_readers
    from enrich.search import find

    check_ending(out, "--out", ".csv")
    if out is not None:
        refuse_missing_folder(out)  # before the search, which takes longer
    asked = ask_plainly(session, ask, icp=icp)
    config, icp = asked.config, asked.icp
    is_new_folder = out is not None and not out.parent.exists()
    path = out or config.data / "exports" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{target}.csv"
    with open_readers(config, why="export") as readers:
        answer = find(
            readers,
            config,
            icp,
            text=text,
            words=words,
            limit=limit,
            owner=owner,
            include=frozenset(include or ()),
            why_include=why,
        )
        refuse_stale(config, readers, stale_ok=stale_ok or dry_run)
        try:
            report = session.consent(
                lambda is_agreed: export_companies(
                    config,
                    readers,
                    answer,
                    target=target,
                    out=path,
                    handed_to=handed_to,
                    set_owner=set_owner,
                    raw=raw,
                    replace_files=is_agreed,
                    dry_run=dry_run,
                    why_include=why,
                    asked=ask,
                ),
                yes=yes,
            )
        except NothingToExport:
            tell_found(session, answer)
            raise
    if session.as_json:
        print_json(
            "export/1",
            {**asdict(report), **asked.told},
            as_of=answer.as_of,
            sources=answer.sources,
            truncated=answer.truncated,
        )
        return
    for file in report.files:
        print(f"{'Would write' if dry_run else 'Wrote'} {file.path}: {counted(file.rows, 'row')} to {file.purpose}")
    if is_new_folder and not dry_run:
        session.say(f"The folder {path.parent} was made.")
    if not dry_run:
        one = report.companies == 1
        session.say(
            ("This company now counts" if one else f"These {report.companies:,} companies now count")
            + f" as handed over: find leaves {'it' if one else 'them'} out for "
            f"{config.find.contacted_days} days (--include contacted brings {'it' if one else 'them'} back; --dry-run would have written nothing)."
        )
        session.say(f"To take it back: prospekt export undo {report.export_id}")
    if report.without_record_id:
        session.say(f"{report.without_record_id:,} are in the CRM under no HubSpot id and are in the create file.")
    if report.held_back:
        session.say(f"{report.held_back:,} were suppressed meanwhile and left out.")
    tell_found(session, answer)


def undo(
    session: Session,
    export_id: Annotated[
        str | None, typer.Argument(metavar="[EXPORT]", help="Id that the export printed; none lists the latest ten.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Take one export back: find finds its companies again at once. Files that were written stay where they are."""
    from dataclasses import asdict

    from enrich.exported import read_exports, undo_export

    if export_id is None:
        latest = [one for one in read_exports(session.config) if one.undone_at is None][:10]
        if session.as_json:
            print_json("exports/1", latest)
        elif latest:
            print_table([asdict(one) for one in latest], _LATEST, numbers=("companies",))
        else:
            session.say("There is no export to take back.")
        return
    taken = undo_export(session.config, export_id.strip(), dry_run=dry_run)
    if session.as_json:
        print_json("export-undo/1", taken)
        return
    print(
        f"{'Would take' if dry_run else 'Took'} back the export of {counted(taken.companies, 'company', 'companies')} of "
        f"{taken.exported_at:%Y-%m-%d %H:%M} UTC ({taken.file_name})"
    )
    if not dry_run:
        session.say("The file itself is not touched: remove it where it lies; who has it already has to be told.")


_LATEST = {
    "export_id": "Export",
    "exported_at": "When (UTC)",
    "exported_by": "Who",
    "companies": "Companies",
    "file_name": "File",
    "handed_to": "Handed to",
}


def package(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New folder to write.")],
    country: Annotated[
        list[str] | None, typer.Option("--country", metavar="CC", help="Only of a country, e.g. NO; repeatable.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Write the companies as Parquet by country, with a datapackage.json that names sources, licences and columns.

    To hand out: nothing of the CRM, of lists or of marks is in it, and nobody who is suppressed or a natural person.
    """
    from enrich.gate import open_readers
    from enrich.package import write_package

    with session.progress() as progress, open_readers(session.config, people=False, why="package") as readers:
        report = write_package(
            readers,
            folder,
            countries=[each.upper() for each in country or ()],
            dry_run=dry_run,
            progress=progress,
        )
    if session.as_json:
        print_json("package/1", report, as_of=report.as_of, sources=report.sources)
        return
    for one in report.resources:
        print(f"{'Would write' if dry_run else 'Wrote'} {folder / one.path}: {counted(one.rows, 'row')}")
    told = counted(report.companies, "company", "companies")
    session.say(f"{told}, published {report.as_of:%Y-%m-%d %H:%M} UTC; {report.held_back:,} held back at the gate.")
    session.say("Licences: " + "; ".join(sorted({str(source["licence"]) for source in report.sources})))


def publish(session: Session) -> None:
    """Publish what the warehouse holds, with every decision made since. Readers see it at once."""
    from db.fold import fold_journal
    from db.warehouse import Warehouse
    from enrich.match.run import match_crm
    from enrich.merge import merge_companies
    from enrich.pipeline import tell_asked_in_vain
    from enrich.publish import publish as publish_files
    from enrich.roles import drop_unmatched_roles
    from enrich.runs import log_run, new_run_id

    config = session.config
    with session.progress() as progress, Warehouse.open_to_write(config.data, command="prospekt publish") as warehouse:
        fold_journal(warehouse, config.journal)
        # what was decided since the last run is in the files only after it went through the stage that obeys it
        if warehouse.value("runs/is_judged_since_match"):
            match_id = new_run_id()
            with log_run(warehouse, match_id, command="publish", stage="match"):
                match_crm(warehouse, config, match_id, progress)
                drop_unmatched_roles(warehouse)
        merge_id = new_run_id()
        with log_run(warehouse, merge_id, command="publish", stage="merge"):
            merge_companies(warehouse, config, merge_id, progress)
        run_id = new_run_id()
        with log_run(warehouse, run_id, command="publish", stage="publish"):
            report = publish_files(warehouse, config, run_id, progress)
    tell_asked_in_vain(config, session.say)
    if session.as_json:
        print_json("publish/1", report)
        return
    print(f"Published {counted(report.company_count, 'company', 'companies')} in {shown(report.companies.name)}")
    persons = counted(report.person_company_count, "company", "companies")
    contacts = counted(report.contact_count, "contact")
    print(f"and {contacts} and {persons} of natural persons in {report.people.name} (only yours to read);")
    print(f"{counted(report.withheld_count, 'company', 'companies')} held back.")
