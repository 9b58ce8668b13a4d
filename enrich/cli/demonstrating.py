"""The command demo: the whole way through on the made-up world that is shipped."""

import csv
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from enrich.cli.finding import print_cards
from enrich.cli.output import counted, print_json
from enrich.cli.rehearsing import rehearse
from enrich.cli.session import Session, command
from enrich.cli.taking_in import run_all_stages

REGISTERS = {"no_brreg": "no_brreg.csv.gz", "gleif": "gleif.csv.gz"}
CRM_FILES = ("crm_owners.csv", "crm_companies.csv", "crm_customers.csv", "crm_contacts.csv", "crm_deals.csv")
SHOWN = 10


def add_commands(app: typer.Typer) -> None:
    """Add `demo`."""
    command(app, "demo", examples=("prospekt demo", "prospekt demo --network", "prospekt demo --data /tmp/demo"))(demo)


def demo(
    session: Session,
    network: Annotated[
        bool, typer.Option("--network", help="A full refresh over sockets, against registers played on this machine.")
    ] = False,
) -> None:
    """Show the whole way on a made-up world, offline. Works in .demo (or in --data); a second run finds everything done.

    With --network the same for what comes from the net; it works in .demo/network and begins anew each time.
    """
    from enrich.errors import InputInvalid
    from enrich.search import choose_icp

    if session.given.config is not None:
        raise InputInvalid(
            "The demo has a configuration of its own: leave --config out, choose its folder with --data."
        )
    folder = session.given.data or Path(".demo")
    if folder.exists() and not folder.is_dir():
        raise InputInvalid(f"{folder} is a file: name a folder with --data.")
    if network:
        rehearse(session, folder / "network")
        return
    with as_file(files("enrich").joinpath("demo")) as world:
        # both are named, so that nothing in the environment leads the made-up world into real data
        session.given = replace(session.given, config=_copy_config(world, folder), data=folder / "data")
        choose_icp(session.config, None)  # of a configuration that was there and is none of the demo's
        changed = _load_registers(session, world)
        changed = _take_in_crm(session, world) or changed
        if changed:
            session.step("3. Match the CRM onto the registers, merge, publish")
            with session.progress() as progress:
                run_all_stages(session, "demo", progress, say=lambda line: session.step(f"   {line}"))
        else:
            session.step("3. Nothing has changed since the last run")
        with (world / "true_links.csv").open(encoding="utf-8") as file:
            truth = list(csv.DictReader(file))
    _show(session, truth)


def _copy_config(world: Path, folder: Path) -> Path:
    config = folder / "config.toml"
    if not config.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(world / "config.toml", config)
    return config


def _load_registers(session: Session, world: Path) -> bool:
    from enrich.refresh import refresh

    session.step("1. Load two registers")
    changed = False
    for name, file in REGISTERS.items():
        told: list[str] = []
        with session.progress() as progress:
            report = refresh(
                session.config,
                names=(name,),
                file=world / file,
                only_land=True,  # the stages that follow run once, when the CRM is there too
                progress=progress,
                say=told.append,
            )
        for line in told:
            if line.startswith(name):  # of which day a shipped file is matters to nobody
                session.step(f"   {line}")
        changed = changed or report.is_behind
    return changed


def _take_in_crm(session: Session, world: Path) -> bool:
    from enrich.crm.take_in import import_file

    session.step("2. Take in a messy CRM export")
    changed = False
    for file in CRM_FILES:
        with session.progress() as progress:
            report = import_file(session.config, world / file, progress=progress)
        unusable = report.rows_rejected + report.rows_duplicate
        session.step(
            f"   {file}: {counted(report.rows_in, 'row')} in = {report.rows_created:,} created + {report.rows_updated:,} updated"
            f" + {report.rows_unchanged:,} unchanged + {unusable:,} rejected or duplicate ({report.kind})"
        )
        changed = changed or bool(report.rows_created or report.rows_updated)
    return changed


def _show(session: Session, truth: Iterable[Mapping[str, str]]) -> None:
    from enrich.config import DATA_VARIABLE
    from enrich.gate import open_readers
    from enrich.search import find

    with open_readers(session.config, why="demo") as readers:
        verdicts = readers.warehouse.rows("match/verdicts")
        answer = find(readers, session.config, limit=SHOWN)
    states = Counter(str(row["state"]) for row in verdicts)
    right, wrong, missed = compare_with_truth(verdicts, truth)
    rows = [{"rank": rank, **each.values} for rank, each in enumerate(answer.companies, start=1)]
    if session.as_json:
        data = {
            "matched": states,
            "right": right,
            "wrong": wrong,
            "missed": missed,
            "companies": rows,
            "left_out": answer.left_out,
        }
        print_json("demo/1", data, as_of=answer.as_of, sources=answer.sources, truncated=answer.truncated)
        return
    told = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    print(f"   {counted(len(verdicts), 'CRM record')}: {told}")
    print(
        f"   by the world's own list of true links {right:,} of the accepted are right, {wrong:,} wrong, {missed:,} not found"
    )
    print(f"\nThe best {len(rows)} of {answer.fits:,} that fit {answer.icp} and {answer.may_fit:,} that may:\n")
    print_cards(rows)
    print()
    for each in answer.left_out:
        print(f"  left out{'' if each.company_count is None else f' {each.company_count:,}'}: {each.label}")
    typed = _program()
    options = f"--config {session.given.config}"
    if os.environ.get(DATA_VARIABLE):
        options += f" --data {session.given.data}"
    first = rows[0]["id_label"] if rows else "NO:…"
    print("\nNow type:")
    print(f"  {typed} find --limit 20 {options}")
    print(f"  {typed} why {first} {options}")
    print(f"  {typed} company {first} {options}")
    print(f'  {typed} sql "SELECT state, count(*) FROM people.mart.match GROUP BY ALL" --people {options}')
    print(f"  {typed} init        # with your own data")


def _program() -> str:
    """What a person types here to run prospekt: its path, where the shell would not find it by name."""
    started_as = Path(sys.argv[0])
    if started_as.name != "prospekt" or shutil.which("prospekt") is not None:
        return "prospekt"
    return os.path.relpath(started_as)


def compare_with_truth(
    verdicts: Iterable[Mapping[str, object]], truth: Iterable[Mapping[str, str]]
) -> tuple[int, int, int]:
    """How many accepted verdicts are right, how many wrong, and how many true links were not accepted.

    >>> verdicts = [
    ...     {"kind": "company", "record_id": "1", "state": "accepted", "registration_number": "923609016"},
    ...     {"kind": "company", "record_id": "2", "state": "accepted", "registration_number": "914778271"},
    ...     {"kind": "company", "record_id": "3", "state": "review", "registration_number": "984851006"},
    ... ]
    >>> truth = [
    ...     {"kind": "company", "record_id": "1", "organisasjonsnummer": "923609016"},
    ...     {"kind": "company", "record_id": "2", "organisasjonsnummer": ""},
    ...     {"kind": "company", "record_id": "3", "organisasjonsnummer": "984851006"},
    ... ]
    >>> compare_with_truth(verdicts, truth)
    (1, 1, 1)
    """
    true = {(row["kind"], row["record_id"]): row["organisasjonsnummer"] for row in truth}
    judged = [
        (true.get((str(row["kind"]), str(row["record_id"]))) or None, row["registration_number"], row["state"])
        for row in verdicts
    ]
    accepted = [(real, found) for real, found, state in judged if state == "accepted"]
    right = sum(1 for real, found in accepted if real is not None and real == found)
    missed = sum(1 for real, _, state in judged if real is not None and state != "accepted")
    return right, len(accepted) - right, missed
