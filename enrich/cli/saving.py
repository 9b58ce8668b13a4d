"""The command `searches`: saved searches, and what entered and left them since last time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.finding import print_found, say_if_stale, tell_found, tell_lacking
from enrich.cli.output import counted, one_line, print_json, print_table, shown
from enrich.cli.session import Session, command
from enrich.cli.taking_in import DryRunOption

if TYPE_CHECKING:
    from enrich.saved import Move, SavedSearch, SinceLast


def add_commands(app: typer.Typer) -> None:
    """Add `searches`."""
    examples = (
        "prospekt find --icp software_no --save monday",
        "prospekt searches",
        "prospekt searches monday --since-last",
    )
    command(app, "searches", examples=examples)(searches)


def searches(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One search; all where left out.")] = None,
    since_last: Annotated[
        bool,
        typer.Option("--since-last", help="What entered and left since last time, and why; now is then the last time."),
    ] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Companies to show.")] = 20,
    forget: Annotated[bool, typer.Option("--forget", help="Keep this search no longer.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """List saved searches, or ask one again. `find --save NAME` saves one."""
    from enrich.errors import InputInvalid
    from enrich.saved import find_search, forget_search, list_searches

    config = session.config
    if forget and (name is None or since_last):
        raise InputInvalid("--forget takes the name of one search, and nothing else.")
    chosen = list_searches(config) if name is None else [find_search(config, name)]
    if forget:
        decision = None if dry_run else forget_search(config, chosen[0].name)
        if session.as_json:
            print_json("searches/1", {"forgotten": chosen[0].name, "decision_id": decision and decision.decision_id})
        else:
            print(f"{'Would forget' if dry_run else 'Forgot'} the search {shown(chosen[0].name)}")
    elif since_last:
        _compare(session, chosen, limit=limit, keep=not dry_run)
    elif name is not None:
        _ask_again(session, chosen[0], limit)
    else:
        _list(session, chosen)


def _list(session: Session, found: "Sequence[SavedSearch]") -> None:
    if session.as_json:
        print_json("searches/1", found)
    elif not found:
        print("No search is saved yet: `prospekt find --save NAME` saves one.")
    else:
        print_table([{key: getattr(one, key) for key in _SAVED} for one in found], _SAVED, numbers=("company_count",))


_SAVED = {
    "name": "Name",
    "icp": "ICP",
    "text": "Text",
    "words": "Words",
    "owner": "Owner",
    "include": "Include",
    "company_count": "Companies",
    "kept_at": "Last time (UTC)",
    "kept_by": "By",
}


def _ask_again(session: Session, saved: "SavedSearch", limit: int) -> None:
    from enrich.gate import open_readers
    from enrich.search import find

    with open_readers(session.config) as readers:
        answer = find(
            readers,
            session.config,
            saved.icp,
            text=saved.text,
            words=saved.words,
            limit=limit,
            owner=saved.owner,
            include=frozenset(saved.include),
        )
        say_if_stale(session, readers)
    if session.as_json:
        data = {
            "search": saved,
            "companies": [each.values for each in answer.companies],
            "left_out": answer.left_out,
            "lacking": answer.lacking,
        }
        print_json("search/1", data, as_of=answer.as_of, sources=answer.sources, truncated=answer.truncated)
        return
    print_found(answer)
    tell_found(session, answer)


def _compare(session: Session, chosen: "Sequence[SavedSearch]", *, limit: int, keep: bool) -> None:
    from enrich.errors import EnrichError, InputInvalid
    from enrich.gate import open_readers
    from enrich.saved import compare_with_last

    results: list[SinceLast] = []
    failed: list[str] = []
    with open_readers(session.config) as readers:
        for each in chosen:
            try:
                results.append(compare_with_last(readers, session.config, each, limit=limit, keep=keep))
            except EnrichError as error:  # its description may be gone: the others are told all the same
                if len(chosen) == 1:
                    raise
                failed.append(f"{shown(each.name)}: {error}")
        say_if_stale(session, readers)
    _tell_moves(session, results, keep=keep)
    if not chosen and not session.as_json:
        print("No search is saved yet: `prospekt find --save NAME` saves one.")
    if failed:
        raise InputInvalid(
            "\n  ".join(
                [f"{len(failed)} of {len(chosen)} searches could not be asked, and keep their last time:", *failed]
            )
        )


def _tell_moves(session: Session, results: "Sequence[SinceLast]", *, keep: bool) -> None:
    if session.as_json:
        data = [
            {
                "search": one.search,
                "company_count": one.company_count,
                "entered_count": one.entered_count,
                "left_count": one.left_count,
                "withdrawn": one.withdrawn,
                "icp_changed": one.is_changed_icp,
                "entered": [_as_row(each) for each in one.entered],
                "left": [_as_row(each) for each in one.left],
                "lacking": one.lacking,
            }
            for one in results
        ]
        is_cut = any(len(one.entered) < one.entered_count or len(one.left) < one.left_count for one in results)
        as_of, sources = (results[0].as_of, results[0].sources) if results else (None, ())
        print_json("searches-since/1", data, as_of=as_of, sources=sources, truncated=is_cut)
        return
    for one in results:
        _print_moves(session, one)
    if keep and results:
        session.say("Now is the last time (--dry-run keeps the one before).")


def _as_row(move: "Move") -> dict[str, object]:
    return {**{key: move.company.values[key] for key in ("company_id", *_SHOWN)}, "reasons": move.reasons}


_SHOWN = ("id_label", "name", "place", "fit")


def _print_moves(session: Session, result: "SinceLast") -> None:
    search = result.search
    print(
        f"{shown(search.name)}: {counted(result.company_count, 'company', 'companies')}, {search.company_count:,} on {shown(search.kept_at)} UTC; "
        f"{result.entered_count:,} entered, {result.left_count + result.withdrawn:,} left"
    )
    for sign, title, moves, count in (
        ("+", "entered", result.entered, result.entered_count),
        ("-", "left", result.left, result.left_count),
    ):
        for move in moves:
            values = {key: one_line(move.company.values[key]) for key in _SHOWN}
            print(
                f"{sign} {values['id_label']} {values['name']} · {values['place']}: {one_line('; '.join(move.reasons))}"
            )
        if len(moves) < count:
            session.say(f"  {count - len(moves):,} more {title}: --limit {count}")
    if result.withdrawn:
        session.say(
            f"  {result.withdrawn:,} left without a name: suppressed, merged into another, or no longer published"
        )
    tell_lacking(session, result.lacking)
