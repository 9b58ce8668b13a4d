"""Commands by which people teach the matching: match review, match labels."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from enrich.cli.endings import check_ending
from enrich.cli.exits import STOPPED
from enrich.cli.explaining import values_of
from enrich.cli.output import counted, one_line, print_json, print_table
from enrich.cli.reviewing_registers import review_registers
from enrich.cli.session import Session, command
from enrich.cli.taking_in import DryRunOption, YesOption

if TYPE_CHECKING:
    from db.journal import Decision
    from enrich.match.labels import LabelReport
    from enrich.match.reason import CandidateReason, MatchReason
    from enrich.match.review import Walk

T = TypeVar("T")
VERDICTS = {"s": "same", "d": "different", "u": "unsure"}
KEYS = "[s]ame, [d]ifferent, [u]nsure, Enter = later, [b]ack, [q]uit"
_OF_SEVERAL = "{numbers} = the same as that one, [d]ifferent from {all}, [u]nsure, Enter = later, [b]ack, [q]uit"
SHOWN_REJECTS = 20


def add_commands(group: typer.Typer) -> None:
    """Add `review` and `labels` to `match`."""
    command(
        group,
        "review",
        examples=(
            "prospekt match review",
            'prospekt match review 1023411 --verdict same --why "same address"',
            "prospekt match review 1023411 --verdict different --company NO:923609016",
            "prospekt match review --registers",
            "prospekt match review --undo 01a200b2-e2fd-74d9-b21c-40445658d880",
        ),
    )(review)
    labels = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Take judgements out of here and in.")
    command(
        labels,
        "export",
        examples=("prospekt match labels export labels.csv", "prospekt match labels export labels.csv --for splink"),
    )(export)
    command(
        labels,
        "import",
        examples=("prospekt match labels import labels.csv --dry-run", "prospekt match labels import labels.csv"),
    )(import_)
    group.add_typer(labels, name="labels")


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
    undo: Annotated[str | None, typer.Option("--undo", metavar="DECISION", help="Take a judgement back.")] = None,
    registers: Annotated[
        bool, typer.Option("--registers", help="Pairs of register records that may be one company instead.")
    ] = False,
) -> None:
    """Go through the records that wait for a person. On a terminal it asks, nearest calls first; elsewhere it lists them."""
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers
    from enrich.match.explain import compare_match, explain_match, read_waiting
    from enrich.match.review import Review
    from enrich.search import read_as_of

    if undo is not None:
        if name is not None or verdict is not None:
            raise InputInvalid("--undo takes one judgement back and nothing else: leave the record and --verdict out.")
        _take_back(session, undo, reason)
        return
    if registers:
        review_registers(session, name, verdict, company, reason, limit)
        return
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
        _refuse_unclear(waiting[0], verdict, is_named=company is not None)
        _judge_one(session, waiting[0], verdict, reason)
    elif session.as_json:
        print_json("match-review/1", waiting, as_of=as_of, sources=sources, truncated=is_cut)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        going = Review(session.config, waiting)
        ask_through(going, _print_sides, _tell_chance, lambda one: len(one.near) if one.rival is not None else 0)
        if is_cut:
            session.say(f"More wait than these {limit}: run it again, or see more with --limit.")
    else:
        _list(session, waiting)
        if is_cut:
            session.say(f"Cut after {limit}: more wait. See more with --limit.")


def _take_back(session: Session, decision_id: str, why: str | None) -> None:
    from enrich.decide import undo_judgement

    made = undo_judgement(session.config, decision_id.strip(), why=why)
    if session.as_json:
        print_decision(made)
        return
    print(f"Taken back: judgement {made.payload['decision_id']} (by decision {made.decision_id})")
    session.say("If it was published already, prospekt publish puts the record back to what the model says.")


def _refuse_unclear(reason: "MatchReason", verdict: str, *, is_named: bool) -> None:
    """Raise where a verdict would be about a company that the person did not name and the program did not mean."""
    from enrich.errors import InputInvalid

    if is_named or not reason.candidates:
        return
    named = "; ".join(f"{each.id_label} {one_line(each.name)}" for each in reason.near)
    say = f"Say which one is meant: --company {reason.near[0].id_label}. Nothing was changed."
    if len(reason.near) > 1 and verdict != "unsure":
        raise InputInvalid(f"{one_line(reason.told)} could be one as well as another: {named}. {say}")
    if reason.state == "none" and verdict == "same":
        raise InputInvalid(
            f"{one_line(reason.told)} has no company (state none), so there is none that it could be the same as without "
            f"saying which. Nearest came {named}. {say}"
        )


def _judge_one(session: Session, reason: "MatchReason", verdict: str, why: str | None) -> None:
    from enrich.decide import judge
    from enrich.errors import NotFound

    if not reason.candidates:
        raise NotFound("candidate of", reason.told)
    best = reason.candidates[0]
    made = judge(session.config, crm_id=reason.judged_as, record_id=reason.to_judge, verdict=verdict, why=why)
    if session.as_json:
        print_decision(made)
        return
    print(f"{one_line(reason.told)} and {best.id_label} {one_line(best.name)}: {verdict} (decision {made.decision_id})")
    if reason.judged_as != reason.crm_id:
        session.say("This contact has the verdict of its company in the CRM: the decision is about that company.")


def print_decision(made: "Decision") -> None:
    """Print a judgement as JSON."""
    print_json("decision/1", {"decision_id": made.decision_id, "kind": made.kind, "decided_at": made.decided_at})


def ask_through(
    going: "Walk[T]",
    show: Callable[[T], None],
    tell: Callable[[T, int | None], str],
    numbers_of: Callable[[T], int] = lambda _: 0,
) -> None:
    """Ask of each in turn until the last, q, or Ctrl-C; every answer is kept at once.

    `show` prints what an answer goes by, `tell` what the program thinks, once there is one. `numbers_of`: how many there
    are to choose from by number, where a "same" has to say which.
    """
    if not going.total:
        print("Nothing waits for a person.")
        return
    try:
        while (waiting := going.current) is not None and _ask_one(going, waiting, show, tell, numbers_of(waiting)):
            pass
    except (KeyboardInterrupt, typer.Abort):
        print(f"\nStopped after {going.place} of {going.total}. {_kept(going)}")
        raise typer.Exit(STOPPED) from None
    print(f"\n{_kept(going)}")


def _ask_one(
    going: "Walk[T]", waiting: T, show: Callable[[T], None], tell: Callable[[T, int | None], str], count: int
) -> bool:
    """Show both sides, take one answer; false where the person has had enough."""
    print(f"\n{going.place + 1} of {going.total}")
    show(waiting)
    numbers = [str(number) for number in range(1, count + 1)]
    question = KEYS
    if numbers:
        question = _OF_SEVERAL.format(numbers=" or ".join(numbers), all="both" if count == 2 else "all")
    known = ("", *"dubq", *(numbers or "s"))
    while (key := typer.prompt(question, default="", show_default=False).strip()[:1].lower()) not in known:
        print(f"Which one? Say its number: {' or '.join(numbers)}." if key == "s" else f"{key} is none of these.")
    if key == "q":
        return False
    if key == "b":
        _go_back(going)
    elif not key:
        going.put_off()
    else:
        number = int(key) if key in numbers else None
        _answer(going, "same" if number is not None else VERDICTS[key], number)
        print(tell(waiting, number))
    return True


def _go_back(going: "Walk[T]") -> None:
    if going.place == 0:
        print("This is the first.")
    elif given := going.go_back():
        print(f"Taken back: {given[0].payload['verdict']}.")


def _answer(going: "Walk[T]", verdict: str, number: int | None) -> None:
    """Ask for a reason and keep the answer, also where the person stops at that question."""
    try:
        why = typer.prompt("Why (Enter = no reason)", default="", show_default=False).strip() or None
    except (KeyboardInterrupt, typer.Abort):
        going.answer(verdict, number=number)
        raise
    made = going.answer(verdict, number=number, why=why)
    print(f"Kept: {verdict} (decision {' and '.join(one.decision_id for one in made)}).")


def _tell_chance(reason: "MatchReason", number: int | None) -> str:
    meant = reason.near if number is None else reason.near[number - 1 : number]
    chances = ", ".join(
        f"{each.id_label} {each.probability:.0%}" if reason.rival is not None else f"it {each.probability:.0%}"
        for each in meant
    )
    return (
        f"The model gave {chances}, {reason.state};\nsee why with prospekt match why {reason.crm_key or reason.crm_id}."
    )


def _kept(going: "Walk[T]") -> str:
    given = len(going.answers)
    if not given:
        return "No answer was given."
    return f"{counted(given, 'answer')} kept. They count now; prospekt publish works them into the files."


def _print_sides(reason: "MatchReason") -> None:
    from enrich.match.facts import told_apart

    """Print the record beside whom it may be, and nothing of what the program thinks: an answer owes it nothing."""
    near = reason.near
    print(f"{one_line(reason.told)} ({reason.kind} {reason.crm_key or reason.crm_id})")
    for number, each in enumerate(near, start=1):
        place = f"{number}  " if len(near) > 1 else ""
        print(f"{place}{each.id_label} {one_line(each.name)} {one_line(each.city)}".rstrip())
    print()
    names = ["In the register"] if len(near) == 1 else [str(number) for number, _ in enumerate(near, start=1)]
    columns = {f"of_{place}": name for place, name in enumerate(names)}
    print_table(_compared(near), {"what": "What", "crm": "In the CRM", **columns})
    if len(near) == 1:
        return
    apart = told_apart([each.facts for each in near])
    print("\nWhat the registers tell them apart by:")
    rows = [{"what": what, **{f"of_{place}": value for place, value in enumerate(values)}} for what, values in apart]
    print_table(rows, {"what": "What", **columns})


def _compared(near: "Sequence[CandidateReason]") -> list[dict[str, str | None]]:
    """What was compared with the CRM record: its value, and that of each candidate."""
    rows: dict[str, dict[str, str | None]] = {}
    for place, candidate in enumerate(near):
        for each in candidate.evidence:
            left, right = values_of(each)
            if left or right:
                what = each.sentence.partition(":")[0]
                row = rows.setdefault(what, {"what": what, "crm": left})
                row["crm"] = row["crm"] or left
                row[f"of_{place}"] = right
    # by name, because the order of weights would tell what the program thinks
    return [rows[what] for what in sorted(rows)]


def _list(session: Session, waiting: "tuple[MatchReason, ...]") -> None:
    """Print what waits where nobody can be asked, and how to decide without being asked."""
    if not waiting:
        session.say("Nothing waits for a person.")
        return
    rows = []
    for each in waiting:
        best = each.candidates[0] if each.candidates else None
        rows.append(
            {
                "crm": each.crm_key or each.crm_id,
                "label": each.told,
                "state": each.state,
                "company": None if best is None else f"{best.id_label} {best.name}",
                "rival": None if each.rival is None else f"{each.rival.id_label} {each.rival.name}",
                "probability": None if best is None else best.probability,
            }
        )
    headings = {"crm": "CRM id", "label": "In the CRM", "state": "Verdict", "company": "Best candidate"}
    further = {"probability": "Probability", "rival": "Or as well"}
    print_table(rows, {**headings, **further}, numbers=("probability",))
    first = next((each for each in waiting if each.candidates), None)
    if first is not None:
        session.say(
            f"Decide one without a terminal: prospekt match review {first.crm_key or first.crm_id} --company "
            f'{first.candidates[0].id_label} --verdict same (or different, unsure) --why "…"'
        )


def export(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file to write.")],
    form: Annotated[
        Literal["prospekt", "splink"], typer.Option("--for", help="Our own form, or the labels table of Splink.")
    ] = "prospekt",
    yes: YesOption = False,
) -> None:
    """Write every judgement that stands as CSV. Splink's form leaves out the unsure, and who, when and why."""
    from enrich.match.labels import export_labels

    check_ending(path, "labels export", ".csv")
    session.ask_to_replace(path, other="name another file", yes=yes)
    written, left_out = export_labels(session.config, path, for_splink=form == "splink")
    if session.as_json:
        print_json("match-labels-export/1", {"file": path, "written": written, "left_out": left_out})
        return
    print(f"{counted(written, 'label')} in {path}")
    if left_out:
        session.say(f"{counted(left_out, 'judgement')} left out: unsure is no label of Splink's.")


def import_(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file of labels, ours or Splink's.")],
    dry_run: DryRunOption = False,
) -> None:
    """Take labels in as judgements, in our form or Splink's. What a person judged later is never overwritten."""
    from enrich.gate import open_readers
    from enrich.match.labels import import_labels

    with open_readers(session.config, why="match labels import") as readers, session.progress() as progress:
        report = import_labels(readers, path, dry_run=dry_run, progress=progress)
    if session.as_json:
        print_json("match-labels-import/1", report)
        return
    _tell(session, report)


def _tell(session: Session, report: "LabelReport") -> None:
    skipped = sum(report.skipped.values())
    would = " would be" if report.is_dry_run else ""
    print(
        f"{counted(report.rows, 'row')}:{would} {report.created:,} created, {report.updated:,} updated, "
        f"{skipped:,} skipped, {len(report.rejected):,} rejected"
    )
    for reason, count in report.skipped.items():
        print(f"  skipped {count:,}: {reason}")
    for each in report.rejected[:SHOWN_REJECTS]:
        print(f"  rejected line {each.line}: {one_line(each.reason)}")
    if len(report.rejected) > SHOWN_REJECTS:
        print(f"  and {len(report.rejected) - SHOWN_REJECTS:,} rejected more; --json names all")
    if report.is_dry_run:
        print("Nothing was changed (dry run).")
    elif report.created or report.updated:
        session.say("They count now; prospekt publish works them into the files.")
