"""Commands that match: match (its sub-commands are in files of their own), link and dedupe."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from enrich.cli import evaluating, explaining, reviewing, training
from enrich.cli.default_group import ITSELF, DefaultGroup
from enrich.cli.output import counted, print_json, print_table
from enrich.cli.session import Session, command
from enrich.cli.taking_in import YesOption, run_all_stages

if TYPE_CHECKING:
    from enrich.match.link import LinkReport
    from enrich.match.share import CrmShare


def add_commands(app: typer.Typer) -> None:
    """Add `match` with its sub-commands, `link` and `dedupe`."""
    group = typer.Typer(cls=DefaultGroup, rich_markup_mode=None, help="Match the CRM onto the registers.")
    command(
        group,
        ITSELF,
        hidden=True,
        examples=("prospekt match", "prospekt match why kari@example.com", "prospekt match review"),
    )(match)
    explaining.add_commands(group)
    evaluating.add_commands(group)
    reviewing.add_commands(group)
    training.add_commands(group)
    app.add_typer(group, name="match")
    command(
        app,
        "link",
        examples=(
            "prospekt link ours.csv theirs.parquet --out links.csv",
            "prospekt link ours.csv gleif.parquet --out links.parquet --left-id qid --right-id lei --top 3",
            "prospekt link ours.xlsx gleif.parquet --out links.csv --left-id Nr --left-name Firma --left-column country=Land --right-id lei",
            "prospekt link ours.csv gleif.parquet --out links.csv --right-id lei --index kept --one-to-one",
            "prospekt link ours.parquet theirs.parquet --out links.parquet --engine spark --master spark://head:7077",
        ),
    )(link)
    command(
        app,
        "dedupe",
        examples=(
            "prospekt dedupe companies.csv --out duplicates.csv",
            "prospekt dedupe companies.parquet --out duplicates.parquet --id record_id --at 0.95",
        ),
    )(dedupe)


def match(session: Session) -> None:
    """Match every CRM record onto the registers and publish. Sub-commands: why, why-not, review, labels, evaluate, threshold, train."""
    from enrich.gate import open_readers
    from enrich.match.share import estimate_share
    from enrich.search import read_as_of

    with session.progress() as progress:
        report = run_all_stages(session, "match", progress)
    with open_readers(session.config, why="match") as readers:
        states = readers.warehouse.rows("match/states")
        share = estimate_share(readers)
        as_of, sources = read_as_of(readers), readers.warehouse.rows("search/sources")
    if session.as_json:
        made = report.match
        counts = (
            {"decided": made.decided, "standing": made.standing, "following": made.following}
            if made is not None
            else None
        )
        data = {"stages": report.stages, "verdicts": counts, "states": states, "share": share}
        print_json("match/1", data, as_of=as_of, sources=sources)
        return
    print_table(states, {"kind": "CRM records", "state": "Verdict", "record_count": "Count"}, numbers=("record_count",))
    if share is not None and share.is_another:
        session.say(told_share(share))


def told_share(share: "CrmShare") -> str:
    """That another share is in the registers than probabilities are stated for, and what to do."""
    says = "too little" if share.present > share.stated_for else "too much"
    return (
        f"Of the records that anybody comes near, about {share.present:.0%} seem to have their company in the registers. "
        f"Probabilities are stated for {share.stated_for:.0%} and so say {says}: set [match] present = "
        f"{min(max(share.present, 0.01), 0.99)} in the configuration, or load the registers that lack, and match again."
    )


def link(
    session: Session,
    left: Annotated[
        Path,
        typer.Argument(
            metavar="LEFT", help="List to find: CSV, XLSX or Parquet with id, name, country, or as `import` knows them."
        ),
    ],
    right: Annotated[Path, typer.Argument(metavar="RIGHT", help="List to find them in.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Result, .csv or .parquet.")],
    left_id: Annotated[str | None, typer.Option("--left-id", metavar="C", help="Id column of LEFT.")] = None,
    right_id: Annotated[str | None, typer.Option("--right-id", metavar="C", help="Id column of RIGHT.")] = None,
    left_name: Annotated[str | None, typer.Option("--left-name", metavar="C", help="Name column of LEFT.")] = None,
    right_name: Annotated[str | None, typer.Option("--right-name", metavar="C", help="Name column of RIGHT.")] = None,
    left_column: Annotated[
        list[str] | None, typer.Option("--left-column", metavar="OURS=C", help="Another one of LEFT: country=Land.")
    ] = None,
    right_column: Annotated[
        list[str] | None, typer.Option("--right-column", metavar="OURS=C", help="Another one of RIGHT.")
    ] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="Candidates a row.")] = 1,
    one_to_one: Annotated[
        bool, typer.Option("--one-to-one", help="Give each row of RIGHT to one of LEFT at most, the surest first.")
    ] = False,
    index: Annotated[
        Path | None,
        typer.Option("--index", metavar="DIR", help="Keep RIGHT indexed in this folder; reused while it is the same."),
    ] = None,
    engine: Annotated[
        Literal["duckdb", "spark"],
        typer.Option("--engine", help="This machine, or Apache Spark (pip install 'prospekt[spark]', Java 17)."),
    ] = "duckdb",
    master: Annotated[
        str | None, typer.Option("--master", metavar="URL", help="Where Spark works, spark://…; else on this machine.")
    ] = None,
    yes: YesOption = False,
) -> None:
    """Match any two lists of names, without a warehouse. Each link comes with its probability and evidence."""
    from enrich.errors import InputInvalid
    from enrich.match.link import LIKELY, check_out

    left_columns = _columns(left_column, left_name, "--left-column")
    right_columns = _columns(right_column, right_name, "--right-column")
    if engine == "spark" and (one_to_one or index is not None):
        raise InputInvalid("--one-to-one and --index are for DuckDB: leave them out, or leave out --engine spark.")
    check_out(out, left, right)
    session.ask_to_replace(out, other="--out names another file", yes=yes)
    if engine == "spark":
        from enrich.match.spark import link_on_spark, open_spark

        with open_spark(master or "local[*]") as spark, session.progress() as progress:
            report = link_on_spark(
                spark,
                left,
                right,
                out,
                left_id=left_id,
                right_id=right_id,
                left_columns=left_columns,
                right_columns=right_columns,
                top=top,
                progress=progress,
            )
    elif master is not None:
        raise InputInvalid(
            "--master says where Spark works, and DuckDB works here: leave it out, or add --engine spark."
        )
    else:
        from enrich.match.link import link_files

        with session.progress() as progress:
            report = link_files(
                left,
                right,
                out,
                left_id=left_id,
                right_id=right_id,
                top=top,
                progress=progress,
                one_to_one=one_to_one,
                index=index,
                left_columns=left_columns,
                right_columns=right_columns,
            )
    if session.as_json:
        print_json("link/1", {"out": out, "report": report})
        return
    print(f"{counted(report.left_rows, 'row')} of {left.name} against {report.right_rows:,} of {right.name}:")
    print(
        f"{report.linked:,} have {'one of their own' if one_to_one else 'a candidate'}; {counted(report.links, 'link')} in {out}, "
        f"{report.likely:,} of {LIKELY:.0%} and more"
    )
    _tell_linked(session, report, left, right)
    if report.index is not None:
        session.say(f"The index of {right.name} in {index} was {report.index}.")


def _tell_linked(session: Session, report: "LinkReport", left: Path, right: Path) -> None:
    """Say by what was compared, for how many the probabilities stand, and which rows could not be taken as they are."""
    from enrich.match.prevalence import ENOUGH

    for line in report.read_as:
        session.say(f"Read of {line}.")
    session.say(f"Compared by {_told_columns(report.compared)}, which both have.")
    if report.linked >= ENOUGH:
        session.say(
            f"About {report.present:.0%} of them seem to be in {right.name}; probabilities are stated for that."
        )
    elif report.linked:
        session.say(
            f"Too few rows to tell how many of them are in {right.name}: taken to be about {report.present:.0%}."
        )
    if report.unread:
        spelled = ", ".join(repr(text) for text in list(report.unread)[:3])
        session.say(
            f"{counted(sum(report.unread.values()), 'row')} had a country that could not be read ({spelled}): it counts as unknown."
        )
    if report.strangers:
        countries = ", ".join(f"{country} {rows:,}" for country, rows in list(report.strangers.items())[:5])
        session.say(
            f"{counted(sum(report.strangers.values()), 'row')} of {left.name} are of countries that no row of {right.name} has ({countries}). "
            "They lower the probabilities of all: link the others alone."
        )
    if report.alike:
        session.say(
            f"{report.alike:,} rows of {left.name} share their id with another, so that their links cannot be told apart: "
            "--left-id names another column."
        )
    if report.nameless:
        session.say(_told_nameless(report.nameless, left.name, right.name, report.compared))


def _columns(stated: list[str] | None, name: str | None, option: str) -> dict[str, str]:
    """Columns that a person named, by what we call them."""
    from enrich.match.list_file import read_named
    from enrich.match.lists import COLUMNS

    return {**read_named(stated or (), COLUMNS, option), **({} if name is None else {"name": name})}


def _told_columns(compared: Sequence[str]) -> str:
    """The columns by which rows were compared."""
    both = [name.replace("_", " ") for name in compared]
    return " and ".join(filter(None, [", ".join(both[:-1]), both[-1]]))


def _told_nameless(count: int, left: str, right: str, compared: Sequence[str]) -> str:
    """How many rows of either list had no name, and by what they could be found all the same.

    >>> _told_nameless(1, "ours.csv", "theirs.csv", ("name", "country", "domain", "street", "city"))
    'Of ours.csv and theirs.csv counted together, 1 row had no name and could be found by domain or address only.'
    >>> _told_nameless(3, "ours.csv", "theirs.csv", ("name", "city"))
    'Of ours.csv and theirs.csv counted together, 3 rows had no name and could not be found.'
    """
    ways = [name.replace("_", " ") for name in ("registration_number", "domain") if name in compared]
    if "street" in compared and {"postal_code", "city"} & set(compared):  # a street is of some place
        ways.append("address")
    *more, last = ways or [""]
    by = f"{', '.join(more)} or {last}" if more else last
    how = f"could be found by {by} only" if ways else "could not be found"
    return f"Of {left} and {right} counted together, {counted(count, 'row')} had no name and {how}."


def dedupe(
    session: Session,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="List: CSV, XLSX or Parquet with id, name, country, or as `import` knows them."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Result, .csv or .parquet.")],
    id_column: Annotated[str | None, typer.Option("--id", metavar="C", help="Id column of FILE.")] = None,
    name_column: Annotated[str | None, typer.Option("--name", metavar="C", help="Its name column.")] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="OURS=C", help="Another one: country=Land.")
    ] = None,
    at: Annotated[
        float,
        typer.Option("--at", metavar="P", min=0.5, max=1.0, help="Probability from which two rows are one company."),
    ] = 0.9,
    yes: YesOption = False,
) -> None:
    """Find the rows of a list that are the same company: one row a duplicate, with its cluster and evidence."""
    from enrich.match.dedupe import dedupe_file
    from enrich.match.link import check_out

    check_out(out, file)
    session.ask_to_replace(out, other="--out names another file", yes=yes)
    with session.progress() as progress:
        columns = _columns(column, name_column, "--column")
        report = dedupe_file(file, out, id_column=id_column, columns=columns, at=at, progress=progress)
    if session.as_json:
        print_json("dedupe/1", {"out": out, "report": report})
        return
    print(f"{counted(report.rows, 'row')} of {file.name}, {counted(report.pairs, 'pair')} compared:")
    print(f"{report.duplicates:,} are in {counted(report.clusters, 'cluster')} of duplicates, in {out}")
    for line in report.read_as:
        session.say(f"Read of {line}.")
    if report.crowded_name is not None:
        session.say(
            f"{counted(report.crowded, 'row')} bear a name that many bear, most often {report.crowded_name!r}: nothing in "
            "the name tells them apart, and each was compared with some of them only, unless number or domain is the same."
        )
    if report.nameless:
        session.say(f"{counted(report.nameless, 'row')} without a name could be compared by number and domain only")
