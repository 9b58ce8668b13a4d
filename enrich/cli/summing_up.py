"""The command stats: what is there, as small bars in a terminal and as columns in a pipe."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.output import counted, new_console, one_line, print_json, print_table
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.stats import Group

SHOWN_INDUSTRIES = 15
BAR_WIDTH = 24


def add_commands(app: typer.Typer) -> None:
    """Add `stats`."""
    command(app, "stats", examples=("prospekt stats", "prospekt stats --country NO", "prospekt stats --json"))(stats)


def stats(
    session: Session,
    country: Annotated[str | None, typer.Option("--country", metavar="CC", help="Only of a country, e.g. NO.")] = None,
) -> None:
    """Count the companies by country, status, size and industry; how much of each field is known, and how old it is.

    What is unknown is counted as unknown. A company whose range of employees reaches over several sizes may be of each.
    """
    from enrich.gate import open_readers
    from enrich.stats import count_companies

    with open_readers(session.config, people=False, why="stats") as readers:
        found = count_companies(readers, country=country.upper() if country is not None else None)
    if session.as_json:
        print_json("stats/1", found, as_of=found.as_of, sources=found.sources)
        return
    print(f"{counted(found.companies, 'company', 'companies')}, published {found.as_of:%Y-%m-%d %H:%M} UTC")
    for title, groups in (
        ("Country", found.by_country),
        ("Status", found.by_status),
        ("Employees", found.by_employees),
        ("Industry", _cut(found.by_industry)),
    ):
        rows = [_group_row(group) for group in groups]
        _print_bars(title, rows, {"companies": "companies", "maybe": "may be", "title": ""}, of=found.companies)
    known = [
        {"label": one.field, "companies": one.companies, "percent": f"{one.percent:.1f} %"} for one in found.coverage
    ]
    _print_bars("Known", known, {"companies": "companies", "percent": "of all"}, of=found.companies)
    print()
    columns = {"source": "Source", "rows": "rows", "days_old": "days old", "licence": "licence"}
    fresh = [
        {
            "source": one.source,
            "rows": one.rows,
            "days_old": "unknown" if one.days_old is None else one.days_old,
            "licence": one.licence,
        }
        for one in found.freshness
    ]
    print_table(fresh, columns, numbers=("rows", "days_old"))


def _group_row(group: "Group") -> dict[str, object]:
    return {
        "label": group.label or "unknown",
        "companies": group.companies,
        "maybe": group.maybe or None,
        "title": group.title,
    }


def _cut(groups: "Sequence[Group]") -> "list[Group]":
    """The greatest groups, the others as one, the unknown always at the end."""
    from enrich.stats import Group

    known = [group for group in groups if group.label is not None]
    unknown = [group for group in groups if group.label is None]
    rest = known[SHOWN_INDUSTRIES:]
    if not rest:
        return [*known, *unknown]
    others = Group(
        label=f"{len(rest)} others",
        title="(--json has them all)",
        companies=sum(group.companies for group in rest),
        maybe=0,
    )
    return [*known[:SHOWN_INDUSTRIES], others, *unknown]


def _print_bars(title: str, rows: Sequence[Mapping[str, object]], columns: Mapping[str, str], *, of: int) -> None:
    """A table with a bar before its columns, whose full width is `of`; without bars in a pipe."""
    used = {key: heading for key, heading in columns.items() if any(row[key] is not None for row in rows)}
    print()
    if not sys.stdout.isatty():
        print_table(rows, {"label": title, **used})
        return
    from rich.bar import Bar
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(title, no_wrap=True)
    table.add_column("", width=BAR_WIDTH)
    for key, heading in used.items():
        table.add_column(heading, justify="left" if key == "title" else "right")
    for row in rows:
        bar = Bar(of or 1, 0, int(str(row["companies"])), width=BAR_WIDTH)
        table.add_row(one_line(row["label"]), bar, *(Text(one_line(row[key])) for key in used))
    new_console().print(table)
