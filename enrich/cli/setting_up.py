"""Commands to begin with and to look after an installation: init; path, status, doctor."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from enrich.cli.exits import FAILED
from enrich.cli.output import counted, one_line, print_json, print_table, shown
from enrich.cli.session import Session, command

T = TypeVar("T")


def add_start(app: typer.Typer) -> None:
    """Add `init`."""
    command(
        app,
        "init",
        examples=(
            "prospekt init",
            'prospekt init --country NO --who "Kari Nordmann" --crm hubspot-companies.csv --yes',
        ),
    )(init)


def add_end(app: typer.Typer) -> None:
    """Add `path`, `status` and `doctor`."""
    command(
        app,
        "path",
        examples=('duckdb -readonly "$(prospekt path)"', "prospekt path --people"),
    )(path)
    command(app, "status", examples=("prospekt status", "prospekt status --json"))(status)
    command(app, "doctor", examples=("prospekt doctor",))(doctor)


def init(
    session: Session,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CC", help="Country that you sell in, as two letters: NO, SE, …")
    ] = None,
    crm: Annotated[
        Path | None, typer.Option("--crm", metavar="FILE", help="Your CRM export, for the next steps.")
    ] = None,
    who: Annotated[
        str | None, typer.Option("--who", help="Your name or e-mail, written beside your decisions.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take what the options say.")] = False,
) -> None:
    """Write a first, commented config.toml. Asks for your country, your name and your CRM export."""
    from enrich.config import CONFIG_VARIABLE
    from enrich.errors import ConfirmationNeeded, InputInvalid
    from enrich.init import read_country, read_who, registers_of, write_config

    target = session.given.config or Path(os.environ.get(CONFIG_VARIABLE) or "config.toml")
    if target.exists():
        raise InputInvalid(f"{target} is already here and was left as it is. Edit it, or name another with --config.")
    if not yes and not sys.stdin.isatty() and None in (country, who):
        raise ConfirmationNeeded("Nobody is there to ask: give --country, --who and --yes.")
    # what was given is checked before anything is asked, and each answer where it is given: nobody begins again
    country = country if country is None else read_country(country)
    who = who if who is None else read_who(who)
    crm = crm if crm is None else _read_file(str(crm))
    if not yes:
        country = country or _ask("Country that you sell in (two letters)", read_country, default="NO")
        who = who or _ask("Your name or e-mail, written beside your decisions", read_who)
        if crm is None and sys.stdin.isatty():
            crm = _ask("Your CRM export (a file; Enter for none yet)", _read_file, default="")
    if country is None or who is None:
        raise ConfirmationNeeded("With --yes nothing is asked: give --country and --who too.")
    write_config(target, country=country, who=who)
    registers = registers_of(country)
    steps = [
        *(f"prospekt refresh {name}" for name in registers[:-1] or registers),
        f"prospekt import {crm if crm is not None else 'YOUR-CRM-EXPORT.csv'}",
        "prospekt match",
        "prospekt find",
    ]
    if session.as_json:
        print_json("init/1", {"config": target, "next": steps})
        return
    print(f"Wrote {target}: open it and adapt the ideal-customer description. Then:")
    for step in steps:
        print(f"  {step}")


def _ask(question: str, read: Callable[[str], T], *, default: str | None = None) -> T:
    """The answer as `read` reads it; asked again until it can. Enter takes the default."""
    from enrich.errors import InputInvalid

    def read_or_ask_again(said: str) -> T:
        try:
            return read(said)
        except InputInvalid as error:
            raise typer.BadParameter(str(error)) from error

    answer: T = typer.prompt(
        question, default=default, show_default=bool(default), value_proc=read_or_ask_again, err=True
    )
    return answer


def _read_file(said: str) -> Path | None:
    from enrich.errors import InputInvalid

    file = Path(said).expanduser()
    if said and not file.is_file():
        raise InputInvalid(f"There is no file {said}.")
    return file if said else None


def path(
    session: Session,
    people: Annotated[
        bool, typer.Option("--people", help="The file with contacts and matches; only yours to read.")
    ] = False,
) -> None:
    """Print where the published file lies, for any tool that reads DuckDB.

    Your customers, deals and marks are in it: to hand out companies, write a package.
    """
    from db.errors import WarehouseMissing

    link = session.config.published / ("people.duckdb" if people else "companies.duckdb")
    if not link.exists():
        raise WarehouseMissing(link, what="published file", do="Run `prospekt publish` (or `prospekt refresh`) first.")
    if session.as_json:
        print_json("path/1", {"path": link.resolve()})
    else:
        print(link.resolve())


def status(session: Session) -> None:
    """Show the last runs, what is held and what waits. Says too who writes the warehouse now."""
    from enrich.status import read_status

    found = read_status(session.config)
    published = found.published
    as_of = published.as_of if published is not None else None
    sources = published.sources if published is not None else ()
    if session.as_json:
        print_json("status/1", found, as_of=as_of, sources=sources)
        return
    print(f"Data folder  {found.data}")
    print(f"Published    {shown(as_of) + ' UTC' if as_of is not None else 'nothing yet'}")
    if found.writer is not None:
        writer = found.writer
        print(f"Writing now  {writer.command} (process {writer.pid}) since {writer.since:%Y-%m-%d %H:%M} UTC")
        print("Runs and counts are shown again when it has finished.")
    elif not found.has_warehouse:
        print("Warehouse    none yet; `prospekt refresh` makes it")
    if found.waiting_decisions is not None:
        waits = counted(found.waiting_decisions, "decision")
        print(f"Journal      {waits} for the next writing command to take in; readers obey them already")
    if found.runs:
        print()
        print_runs(found.runs)
    if found.counts:
        print()
        print_table(found.counts, {"thing": "Holds", "count": "Count"}, numbers=("count",))


_RUNS = {
    "stage": "Stage",
    "source": "Source",
    "started_at": "Last run (UTC)",
    "outcome": "Outcome",
    "last_good_at": "Last good (UTC)",
    "rows_in": "In",
    "rows_landed": "Landed",
    "rows_rejected": "Rejected",
    "message": "Message",
}
_TOLD_BELOW = ("last_good_at", "rows_in", "message")
"""What a terminal of 80 columns has no room for: told of failures in a line each, and the sum of the other two figures."""


def print_runs(runs: Sequence[Mapping[str, object]]) -> None:
    """Print the last run of each stage and source; on a terminal what failed, and why, in lines of its own."""
    numbers = ("rows_in", "rows_landed", "rows_rejected")
    if not sys.stdout.isatty():
        print_table(runs, _RUNS, numbers=numbers)
        return
    print_table(runs, {key: _RUNS[key] for key in _RUNS if key not in _TOLD_BELOW}, numbers=numbers)
    for run in runs:
        if run["outcome"] not in ("ok", "unchanged", "running"):
            good = f"last went well {shown(run['last_good_at'])} UTC" if run["last_good_at"] else "never went well"
            print(f"\n{run['source'] or run['stage']} {run['outcome']}, {good}: {one_line(run['message'])}")


def doctor(session: Session) -> None:
    """Check the installation and the data folder. Says how to mend what is wrong; changes nothing."""
    from enrich.doctor import examine

    findings = list(examine(session.given.config, data=session.given.data, environ=os.environ))
    if session.as_json:
        print_json("doctor/1", findings)
    else:
        for finding in findings:
            print(f"{finding.state:4}  {finding.check}: {finding.found}")
            if finding.fix:
                print(f"      -> {finding.fix}")
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(FAILED)
