"""`prospekt demo --network`: a full refresh over real sockets, offline, against registers played on this machine."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from enrich.cli.finding import print_cards
from enrich.cli.output import counted, print_json
from enrich.cli.session import Session

if TYPE_CHECKING:
    from enrich.refresh import RefreshReport

MARK = "made-by-demo-network"
"""Stands in a data folder that this demo made: only such a one is emptied when it begins anew."""
SHOWN = 5


def rehearse(session: Session, folder: Path) -> None:
    """Load all registers, let a day pass there, load what changed, and show what was found; all of it in `folder`."""
    from enrich.played import play_registers
    from sources.registry import find_sources

    session.step("1. Start registers on this machine: they answer, page, ask for logins and fail as the real ones do")
    with play_registers() as played:
        session.given = replace(session.given, config=_begin_anew(folder), data=folder / "data")
        session.step(f"   {', '.join(played.sources)}")
        missing = [name for name in find_sources() if name not in played.sources]
        if missing:
            session.step(f"   Nobody plays {', '.join(missing)}: left out, so that nothing goes out to the net.")
        session.step("2. A first refresh: everything, from each of them")
        reports = [_refresh(session, played.sources)]
        session.step("3. A day passes")
        for sentence in played.tomorrow():
            session.step(f"   {sentence}")
        session.step("4. The next refresh: what changed, and what is asked company by company")
        reports.append(_refresh(session, played.sources))
        counts = played.counts()
    session.step(f"   asked {counted(sum(counts.values()), 'time')}, of no one else on the net")
    _show(session, reports, counts)


def _begin_anew(folder: Path) -> Path:
    from enrich.errors import InputInvalid

    data, config = folder / "data", folder / "config.toml"
    if data.exists() and not (folder / MARK).exists():
        raise InputInvalid(f"{folder} holds data that this demo did not make: choose another folder with --data.")
    shutil.rmtree(data, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    with as_file(files("enrich").joinpath("demo", "network.toml")) as made:
        shutil.copyfile(made, config)
    return config


def _refresh(session: Session, names: Sequence[str]) -> "RefreshReport":
    from enrich.refresh import refresh

    with session.progress() as progress:
        return refresh(
            session.config,
            names=names,
            yes=True,  # a made-up CRM from which a made-up person deletes
            progress=progress,
            say=lambda line: session.step(f"   {line}"),
        )


def _show(session: Session, reports: "Sequence[RefreshReport]", counts: dict[str, int]) -> None:
    from enrich.gate import open_readers
    from enrich.search import find

    with open_readers(session.config, why="demo") as readers:
        answer = find(readers, session.config, limit=SHOWN)
    rows = [{"rank": rank, **each.values} for rank, each in enumerate(answer.companies, start=1)]
    if session.as_json:
        data = {
            "refreshes": [report.deliveries for report in reports],
            "requests": counts,
            "companies": rows,
        }
        print_json("demo-network/1", data, as_of=answer.as_of, sources=answer.sources, truncated=answer.truncated)
        return
    print(f"\nThe best {len(rows)} of {answer.fits:,} that fit {answer.icp} and {answer.may_fit:,} that may:\n")
    print_cards(rows)
    options = f"--config {session.given.config} --data {session.given.data}"
    print("\nNow type:")
    print(f"  prospekt sources {options}")
    print(f"  prospekt status {options}")
    print(f"  prospekt find --limit 20 {options}")
