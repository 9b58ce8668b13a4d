"""Commands that match: match, match why, match why-not, match review, link."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from enrich.cli import explaining
from enrich.cli.default_group import ITSELF, DefaultGroup
from enrich.cli.explaining import print_reason
from enrich.cli.output import counted, one_line, print_json, print_table
from enrich.cli.session import Session, command
from enrich.cli.taking_in import run_all_stages

if TYPE_CHECKING:
    from enrich.match.explain import MatchReason

VERDICTS = {"s": "same", "d": "different", "u": "unsure"}


def add_commands(app: typer.Typer) -> None:
    """Add `match` with its sub-commands, and `link`."""
    group = typer.Typer(cls=DefaultGroup, rich_markup_mode=None, help="Match the CRM onto the registers.")
    command(
        group,
        ITSELF,
        hidden=True,
        examples=("prospekt match", "prospekt match why kari@example.com", "prospekt match review"),
    )(match)
    explaining.add_commands(group)
    command(
        group,
        "review",
        examples=(
            "prospekt match review",
            'prospekt match review 1023411 --verdict same --why "same address"',
            "prospekt match review 1023411 --verdict different --company NO:923609016",
        ),
    )(review)
    app.add_typer(group, name="match")
    command(
        app,
        "link",
        examples=(
            "prospekt link ours.csv theirs.parquet --out links.csv",
            "prospekt link ours.csv gleif.parquet --out links.parquet --left-id qid --right-id lei --top 3",
        ),
    )(link)


def match(session: Session) -> None:
    """Match every CRM record onto the registers and publish. Sub-commands explain and decide: why, why-not, review."""
    from enrich.gate import open_readers
    from enrich.search import read_as_of

    with session.progress() as progress:
        report = run_all_stages(session, "match", progress)
    with open_readers(session.config, why="match") as readers:
        states = readers.warehouse.rows("match/states")
        as_of, sources = read_as_of(readers), readers.warehouse.rows("search/sources")
    if session.as_json:
        print_json("match/1", {"stages": report.stages, "states": states}, as_of=as_of, sources=sources)
        return
    print_table(states, {"kind": "CRM records", "state": "Verdict", "record_count": "Count"}, numbers=("record_count",))


def review(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="[CONTACT]", help="One record to decide.")] = None,
    verdict: Annotated[
        Literal["same", "different", "unsure"] | None, typer.Option("--verdict", help="Decide without being asked.")
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", metavar="ID", help="Company meant; else the best candidate.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--why", metavar="W", help="Your reason.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Records to go through.")] = 20,
) -> None:
    """Go through the records that wait for a person. On a terminal it asks, nearest calls first; elsewhere it lists them."""
    from enrich.decide import judge
    from enrich.errors import InputInvalid, NotFound
    from enrich.gate import open_readers
    from enrich.match.explain import compare_match, explain_match, read_waiting
    from enrich.search import read_as_of

    if verdict is not None and name is None:
        raise InputInvalid("A verdict is about one record: name it.")
    with open_readers(session.config, why="match review") as readers:
        if name is None:
            waiting, is_cut = read_waiting(readers, limit=limit)
        elif company is not None:
            waiting, is_cut = (compare_match(readers, name, company),), False
        else:
            waiting, is_cut = (explain_match(readers, name),), False
        as_of, sources = read_as_of(readers), readers.warehouse.rows("search/sources")
    if verdict is not None:
        if not waiting[0].candidates:
            raise NotFound("candidate of", waiting[0].label)
        best = waiting[0].candidates[0]
        made = judge(session.config, crm_id=waiting[0].judged_as, record_id=best.record_id, verdict=verdict, why=reason)
        if session.as_json:
            print_json(
                "decision/1", {"decision_id": made.decision_id, "kind": made.kind, "decided_at": made.decided_at}
            )
        else:
            print(f"{waiting[0].label} and {best.id_label} {best.name}: {verdict} (decision {made.decision_id})")
            if waiting[0].judged_as != waiting[0].crm_id:
                session.say(
                    "This contact has the verdict of its company in the CRM: the decision is about that company."
                )
    elif session.as_json:
        print_json("match-review/1", waiting, as_of=as_of, sources=sources, truncated=is_cut)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        _ask(session, waiting)
        if is_cut:
            session.say(f"More wait than these {limit}: run it again, or see more with --limit.")
    else:
        print_table(
            [
                {"label": each.label, "crm": each.crm_key or each.crm_id, "state": each.state, **_best(each)}
                for each in waiting
            ],
            {
                "crm": "CRM id",
                "label": "In the CRM",
                "state": "Verdict",
                "company": "Best candidate",
                "probability": "Probability",
            },
        )
        if is_cut:
            session.say(f"Cut after {limit}: more wait. See more with --limit.")


def _ask(session: Session, waiting: "tuple[MatchReason, ...]") -> None:
    from enrich.decide import judge

    for number, each in enumerate(waiting, start=1):
        print(f"\n{number} of {len(waiting)}")
        if not each.candidates:
            print_reason(each)
            continue
        _print_sides(each)
        answer = typer.prompt("[s]ame, [d]ifferent, [u]nsure, Enter = later, [q]uit", default="", show_default=False)
        if answer[:1].lower() == "q":
            return
        if verdict := VERDICTS.get(answer[:1].lower()):
            judge(session.config, crm_id=each.judged_as, record_id=each.candidates[0].record_id, verdict=verdict)
            print_reason(each)


def _print_sides(reason: "MatchReason") -> None:
    """Print both sides of the best candidate and nothing of what the program thinks of it: an answer owes it nothing."""
    best = reason.candidates[0]
    print(f"{one_line(reason.label)} ({reason.kind} {reason.crm_key or reason.crm_id})")
    print(f"{best.id_label} {one_line(best.name)} {one_line(best.city)}\n")
    stated = [each for each in best.evidence if each.left_value or each.right_value]
    print_table(
        [{"what": each.sentence.partition(":")[0], **{key: getattr(each, key) for key in _SIDES}} for each in stated],
        {"what": "What", **_SIDES},
    )


_SIDES = {"left_value": "In the CRM", "right_value": "In the register"}
_EVIDENCE = {"sentence": "What was compared", **_SIDES}


def _best(reason: "MatchReason") -> dict[str, object]:
    if not reason.candidates:
        return {"company": None, "probability": None}
    best = reason.candidates[0]
    return {"company": f"{best.id_label} {best.name}", "probability": best.probability}


def link(
    session: Session,
    left: Annotated[Path, typer.Argument(metavar="LEFT", help="List to find: CSV or Parquet with id, name, country.")],
    right: Annotated[Path, typer.Argument(metavar="RIGHT", help="List to find them in.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Result, .csv or .parquet.")],
    left_id: Annotated[str | None, typer.Option("--left-id", metavar="C", help="Id column of LEFT.")] = None,
    right_id: Annotated[str | None, typer.Option("--right-id", metavar="C", help="Id column of RIGHT.")] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="Candidates a row.")] = 1,
) -> None:
    """Match any two lists of names, without a warehouse. Each link comes with its probability and evidence."""
    from enrich.match.link import link_files

    with session.progress() as progress:
        report = link_files(left, right, out, left_id=left_id, right_id=right_id, top=top, progress=progress)
    if session.as_json:
        print_json("link/1", {"out": out, "report": report})
        return
    print(f"{counted(report.left_rows, 'row')} of {left.name} against {report.right_rows:,} of {right.name}:")
    print(f"{report.linked:,} have a candidate; {counted(report.links, 'link')} in {out}")
    if report.nameless:
        session.say(f"{counted(report.nameless, 'row')} without a name could not be compared")
