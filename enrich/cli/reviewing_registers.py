"""`match review --registers`: pairs of register records that resolution left for people."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from enrich.cli.output import one_line, print_json, print_table
from enrich.cli.session import Session

if TYPE_CHECKING:
    from enrich.match.register_pairs import RegisterPair

_NEXT = "The next prospekt match obeys."


def review_registers(
    session: Session, name: str | None, verdict: str | None, company: str | None, why: str | None, limit: int
) -> None:
    """Go through the pairs, list them, or judge the one that `name` and `company`, ids of its records, name."""
    from enrich.cli.reviewing import ask_through, print_decision
    from enrich.decide import judge
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers
    from enrich.match.register_pairs import RegisterReview, find_register_pair, read_register_pairs
    from enrich.search import read_as_of

    if (verdict is not None or name is not None or company is not None) and (name is None or company is None):
        raise InputInvalid(
            "A pair is named by both its records: prospekt match review no_brreg:923609016 --company gleif:5493… --registers"
        )
    with open_readers(session.config, why="match review --registers") as readers:
        pairs: Sequence[RegisterPair]
        if name is not None and company is not None:
            pairs, is_cut = (find_register_pair(readers, name, company),), False
        else:
            pairs, is_cut = read_register_pairs(readers, limit=limit)
        as_of, sources = read_as_of(readers), readers.warehouse.rows("search/sources")
    if verdict is not None:
        [pair] = pairs
        made = judge(session.config, crm_id=pair.left_id, record_id=pair.right_id, verdict=verdict, why=why)
        if session.as_json:
            print_decision(made)
            return
        print(f"{_named(pair)}: {verdict} (decision {made.decision_id})")
        session.say(_NEXT)
    elif session.as_json:
        print_json("match-review-registers/1", pairs, as_of=as_of, sources=sources, truncated=is_cut)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        ask_through(RegisterReview(session.config, pairs), _print_pair, _tell_chance)
        session.say(_NEXT)
    elif pairs:
        _list(pairs)
        first = pairs[0]
        session.say(
            f"Decide one without a terminal: prospekt match review {first.left_id} --company {first.right_id} --registers "
            '--verdict same (or different, unsure) --why "…"'
        )
    else:
        session.say("Nothing waits for a person.")
    if is_cut and not session.as_json:
        session.say(f"Cut after {limit}: more wait. See more with --limit.")


def _named(pair: "RegisterPair") -> str:
    return f"{pair.left_id} {one_line(pair.left_name)} and {pair.right_id} {one_line(pair.right_name)}"


def _print_pair(pair: "RegisterPair") -> None:
    """Both sides and why they were not joined; not how likely it is that they are one."""
    print(f"{pair.left_id} {one_line(pair.left_name)}\n{pair.right_id} {one_line(pair.right_name)}\n{pair.reason}\n")
    both = {"Name": (pair.left_name, pair.right_name)} | {
        what: (pair.left.get(what, ""), pair.right.get(what, "")) for what in dict.fromkeys((*pair.left, *pair.right))
    }
    rows = [{"what": what, "left": left, "right": right} for what, (left, right) in both.items()]
    print_table(rows, {"what": "What", "left": pair.left_id, "right": pair.right_id})


def _tell_chance(pair: "RegisterPair", _number: int | None) -> str:
    return f"By all but numbers the model gave it {pair.probability:.0%}."


def _list(pairs: "Sequence[RegisterPair]") -> None:
    rows = [
        {
            "left": pair.left_id,
            "left_name": pair.left_name,
            "right": pair.right_id,
            "right_name": pair.right_name,
            "reason": pair.reason,
        }
        for pair in pairs
    ]
    headings = {"left": "Record", "left_name": "Name", "right": "Other record", "right_name": "Its name"}
    print_table(rows, {**headings, "reason": "Why not joined"})
