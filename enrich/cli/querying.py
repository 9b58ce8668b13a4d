"""Commands for analysts: sql."""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from enrich.cli.endings import check_ending
from enrich.cli.exits import LIMIT
from enrich.cli.output import as_envelope, counted, print_json, print_table, to_plain
from enrich.cli.session import Session, command
from enrich.cli.taking_in import YesOption

if TYPE_CHECKING:
    from enrich.cookbook import Question
    from enrich.sql import SqlAnswer

SHOWN_ROWS = 1000


def add_commands(app: typer.Typer) -> None:
    """Add `sql`."""
    command(
        app,
        "sql",
        examples=(
            'prospekt sql "SELECT country_code, count(*) FROM mart.company GROUP BY ALL"',
            'prospekt sql "FROM mart.fit" --rows 20 --csv',
            'prospekt sql "FROM mart.company" --out companies.parquet --seconds 60',
            'prospekt sql "FROM people.mart.contact" --people --seconds 30',
            "prospekt sql --list",
            "prospekt sql --named companies_by_size",
        ),
    )(sql)


def sql(
    session: Session,
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="One SELECT; mart.company, mart.fit, mart.fact, …")
    ] = None,
    named: Annotated[str | None, typer.Option("--named", metavar="NAME", help="A question of the cookbook.")] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="The questions of the cookbook; with --named, its SQL.")
    ] = False,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="Time limit.")] = 10,
    rows: Annotated[
        int | None, typer.Option("--rows", min=1, help=f"Row limit; {SHOWN_ROWS:,}, but with --out all.")
    ] = None,
    memory: Annotated[int, typer.Option("--memory", metavar="MB", min=50, help="Memory limit in megabytes.")] = 1000,
    people: Annotated[bool, typer.Option("--people", help="Also the people file, as people.mart; is logged.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer as CSV.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write: .parquet, .csv or .json.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="CSV: leave cells as they are, formulas too.")] = False,
    yes: YesOption = False,
) -> None:
    """Ask the published files in SQL. Reads and nothing else: no other file, no network, no settings.

    At a limit (time, rows, memory) it says so and ends with exit code 4.
    """
    from db.errors import QueryRefused
    from enrich.cookbook import read_cookbook, read_question
    from enrich.errors import InputInvalid
    from enrich.sql import ask_published

    check_ending(out, "--out", ".parquet", ".csv", ".json")
    if raw and not (as_csv if out is None else out.suffix.lower() == ".csv"):
        raise InputInvalid("--raw is for CSV: add --csv, or --out with a name that ends in .csv.")
    if listed:
        _list_questions(
            session, read_cookbook() if named is None else (read_question(named),), with_sql=named is not None
        )
        return
    if (query is None) == (named is None):
        raise QueryRefused("Give one question: QUERY, or --named NAME (--list shows their names).")
    if query is not None and query.endswith(".sql") and Path(query).is_file():
        raise InputInvalid(f'{query} is a file: ask what is in it with prospekt sql "$(cat {query})".')
    session.ask_to_replace(out, other="--out names another file", yes=yes)
    question = None if named is None else read_question(named)
    if question is not None and question.asks_people and not people:
        raise QueryRefused(f"{named} asks the people file: say --people too (that it is opened is logged).")
    found = ask_published(
        session.config,
        question.sql if question is not None else str(query),
        people=people,
        seconds=seconds,
        rows=rows or (None if out is not None else SHOWN_ROWS),
        memory_mb=memory,
    )
    if out is not None:
        _write(found, out, raw=raw)
        if session.as_json:
            print_json("sql_file/1", {"file": out, "rows": found.answer.table.num_rows}, **_about(found))
        else:
            count = counted(found.answer.table.num_rows, "row")
            print(f"Wrote {out}: {count}, published {found.published.as_of:%Y-%m-%d %H:%M} UTC")
    elif session.as_json:
        print(_as_json(found))
    elif as_csv:
        print(_as_csv(found, raw=raw), end="")
    else:
        if question is not None:
            session.say(f"{question.says}\n")
        rows_shown = _records(found) if sys.stdout.isatty() else [_as_written(row) for row in _records(found)]
        print_table(rows_shown, {name: name for name in found.answer.columns})
    if found.answer.is_truncated:
        print(
            f"Cut after {counted(rows or SHOWN_ROWS, 'row')}: there are more. Ask for more with --rows.",
            file=sys.stderr,
        )
        raise typer.Exit(LIMIT)


def _write(found: "SqlAnswer", out: Path, *, raw: bool) -> None:
    from enrich.sql import write_file, write_parquet

    if out.suffix.lower() == ".parquet":
        write_parquet(found, out)
    else:
        write_file(out, (_as_csv(found, raw=raw) if out.suffix.lower() == ".csv" else _as_json(found)).encode())


def _records(found: "SqlAnswer") -> list[dict[str, object]]:
    return [dict(zip(found.answer.columns, row, strict=True)) for row in found.answer.rows]


def _as_written(row: Mapping[str, object]) -> dict[str, object]:
    """A row for the program that reads the pipe: numbers with all their digits, and nothing between these.

    >>> _as_written({"rows": 27238, "share": 0.7361, "is_known": True, "name": None})
    {'rows': '27238', 'share': '0.7361', 'is_known': True, 'name': None}
    """
    return {
        name: str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
        for name, value in row.items()
    }


def _as_json(found: "SqlAnswer") -> str:
    return as_envelope("sql/1", {"columns": found.answer.columns, "rows": _records(found)}, **_about(found))


def _as_csv(found: "SqlAnswer", *, raw: bool) -> str:
    """The answer as CSV; names come from strangers' registers and sites, so no cell is a formula unless it is to stay `raw`."""
    from enrich.spreadsheet import formula_safe

    spell = str if raw else formula_safe
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([spell(name) for name in found.answer.columns])
    for row in found.answer.rows:
        writer.writerow([spell(cell) if isinstance(cell, str) else cell for cell in map(_as_cell, row)])
    return text.getvalue()


def _as_cell(value: object) -> object:
    """Lists and structures as JSON, for a cell is text; what is unknown is empty."""
    if value is None:
        return ""
    return json.dumps(to_plain(value), ensure_ascii=False) if isinstance(value, list | tuple | dict) else value


def _about(found: "SqlAnswer") -> "_About":
    return {
        "as_of": found.published.as_of,
        "sources": found.published.sources,
        "truncated": found.answer.is_truncated,
    }


class _About(TypedDict):
    as_of: datetime
    sources: Sequence[Mapping[str, object]]
    truncated: bool


def _list_questions(session: Session, questions: "Sequence[Question]", *, with_sql: bool) -> None:
    if session.as_json:
        print_json("sql_list/1", questions)
        return
    if with_sql:
        print("\n\n".join(f"-- {each.says}\n{each.sql}" for each in questions))
        return
    print_table(
        [{"name": each.name, "for": each.reader, "says": each.says} for each in questions],
        {"name": "name", "for": "for", "says": "what it answers"},
    )
