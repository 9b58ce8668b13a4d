"""The command `sources`: what there is to load, on what terms, what became of it, and which questions it answers."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enrich.cli.output import print_json, print_table, shown
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.config import Config
    from enrich.source_state import SourceState

SHOWN_FILLS = ("industries", "employees", "addresses", "contact_points")
"""The fields whose share stands in the list; all of them are told of a source by name and with --json."""


def add_commands(app: typer.Typer) -> None:
    """Add `sources`."""
    examples = ("prospekt sources", "prospekt sources no_brreg", "prospekt sources --criteria")
    command(app, "sources", examples=examples)(sources)


def sources(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="Only this one, with all that is known.")
    ] = None,
    criteria: Annotated[
        bool, typer.Option("--criteria", help="Which question of an ICP which country's sources answer.")
    ] = False,
) -> None:
    """List the sources: whether they are asked, terms, last run, rows; in a pipe also pace, login, and fields filled.

    What a source asks to be named as stands under attribution: in `sources SOURCE`, and with --json.
    """
    from difflib import get_close_matches

    from enrich.errors import ConfigMissing, InputInvalid, NotFound
    from enrich.source_state import read_source_states
    from enrich.status import read_published
    from sources.registry import find_sources

    if criteria:
        if name is not None:
            raise InputInvalid("--criteria is told of all sources: leave the name out.")
        _tell_criteria(session)
        return
    found = find_sources()
    if name is not None and name not in found:
        raise NotFound("source", name, get_close_matches(name, found, n=3) or sorted(found))
    config: Config | None = None
    states: dict[str, SourceState] | None = {}
    published = None
    try:
        config = session.config
        states = read_source_states(config)
        published = read_published(config)
    except ConfigMissing:
        session.say("There is no configuration yet (`prospekt init`), so only declarations are listed.")
    if states is None:
        session.say("Somebody writes the warehouse at the moment: runs, rows and fill rates are not known now.")
    rows = [describe(each, config, (states or {}).get(each)) for each in found if name in (None, each)]
    if session.as_json:
        as_of = published.as_of if published is not None else None
        print_json("sources/1", rows, as_of=as_of, sources=published.sources if published is not None else ())
    elif name is not None:
        _print_card(rows[0])
    elif sys.stdout.isatty():
        print_brief(rows)
        session.say("\nAll of one (publisher, login, what it answers, how well it is filled): prospekt sources SOURCE")
    else:
        told = [
            row | {"login": _tell_logins(row["logins"]), "filled": _tell_fills(row["fill_rates"], SHOWN_FILLS)}
            for row in rows
        ]
        print_table(told, _COLUMNS, numbers=("cadence_hours", "rows"))


_IN_BRIEF = {"name": "Source", "state": "Asked", "licence": "Licence", "last_run": "Last run", "rows": "Rows"}
"""What fits a terminal of 80 columns."""
_COLUMNS = {
    "name": "Source",
    "title": "Title",
    "licence": "Licence",
    "lineage": "Lineage",
    "cadence_hours": "Every (h)",
    "login": "Login",
    "last_run_at": "Last run (UTC)",
    "last_outcome": "Ended",
    "rows": "Rows",
    "filled": "Filled",
}


def print_brief(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the sources so that they fit a terminal: whether they are asked, on what terms, what became of them."""
    told = [
        {
            **row,
            "state": _tell_state(row),
            "last_run": f"{row['last_run_at']:%Y-%m-%d} {row['last_outcome']}" if row["last_run_at"] else "never",
        }
        for row in rows
    ]
    print_table(told, _IN_BRIEF, numbers=("rows",))


def _tell_state(row: Mapping[str, Any]) -> str:
    if not row["is_enabled"]:
        return "off"
    return "login" if any(login.is_required and not login.is_set for login in row["logins"]) else "yes"


def describe(name: str, config: "Config | None", state: "SourceState | None") -> dict[str, Any]:
    """All that is told of one source: what it declares, how it is configured, what became of it (null: nothing)."""
    from enrich.catalogue import answered_by, kept, logins, ways
    from enrich.config import SourceConfig
    from sources.registry import source as connector_of

    connector = connector_of(name)
    source = connector.SOURCE
    is_opt_in = source.is_opt_in
    configured = SourceConfig(enabled=not is_opt_in) if config is None else config.of_source(name, is_opt_in=is_opt_in)
    return {
        "name": name,
        "title": source.title,
        "country": source.country,
        "publisher": source.publisher,
        "licence": source.licence,
        "attribution": source.attribution,
        "homepage": source.homepage,
        "lineage": source.lineage,
        "ways": ways(connector),
        "cadence_hours": source.cadence_hours if configured.cadence_hours is None else configured.cadence_hours,
        "is_enabled": configured.enabled,
        "logins": logins(connector, configured=configured, environ=os.environ),
        "answers": answered_by(connector),
        "kept": kept(connector),
        "retention_days": source.privacy.retention_days,
        "last_run_at": state and state.last_run_at,
        "last_outcome": state and state.last_outcome,
        "last_delivery_at": state and state.last_good_at,
        "rows": state and state.rows,
        "fill_rates": dict(state.fill_rates) if state is not None else {},
    }


def _print_card(row: Mapping[str, Any]) -> None:
    """Print all of one source, a fact a line."""
    told = {
        "Source": row["name"],
        "Title": row["title"],
        "Country": row["country"] or "any",
        "Publisher": f"{row['publisher']} ({row['homepage']})",
        "Licence": row["licence"],
        "Attribution": row["attribution"],
        "Lineage": row["lineage"],
        "Read by": "; ".join(row["ways"]),
        "Every": f"{shown(row['cadence_hours'])} hours" + ("" if row["is_enabled"] else ", switched off"),
        "Login": _tell_logins(row["logins"]),
        "ICP criteria": row["answers"] or "none",
        "Kept": row["kept"],
        "Last run": f"{shown(row['last_run_at'])} UTC, {row['last_outcome']}" if row["last_run_at"] else "never",
        "Rows": row["rows"],
        "Filled": _tell_fills(row["fill_rates"], tuple(row["fill_rates"])),
    }
    for label, value in told.items():
        if value not in (None, "", ()):
            print(f"{label + ':':<14}{shown(value)}")


def _tell_logins(taken: Sequence[object]) -> str:
    return "; ".join(str(login) for login in taken) or "none"


def _tell_fills(rates: Mapping[str, float], names: Sequence[str]) -> str:
    """Shares of rows as people read them; a share is never rounded up to all.

    >>> _tell_fills({"industries": 0.9996, "employees": 0.412}, ("industries", "employees", "addresses"))
    'industries 99 %, employees 41 %'
    """
    return ", ".join(f"{name} {int(rates[name] * 100)} %" for name in names if name in rates)


def _tell_criteria(session: Session) -> None:
    from enrich.catalogue import answers_by_country

    rows = [
        {"country": country, "criterion": criterion, "sources": answering}
        for country, row in answers_by_country().items()
        for criterion, answering in row.items()
    ]
    if session.as_json:
        print_json("criteria/1", rows)
        return
    told = [
        {
            "country": country,
            "answers": [criterion for criterion, answering in row.items() if answering],
            "not": [criterion for criterion, answering in row.items() if not answering],
            "sources": list(dict.fromkeys(name for answering in row.values() for name in answering)),
        }
        for country, row in answers_by_country().items()
    ]
    print_table(told, {"country": "Country", "answers": "Answers", "not": "Says nothing of", "sources": "By"})
