"""The command `lookalike`: what sets given customers apart, an ICP proposed from it, and who is like them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.finding import IncludeOption, say_if_stale, tell_left_out
from enrich.cli.output import counted, one_line, print_json, print_table, shown
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.gate import Readers
    from enrich.lookalike import Lookalikes, TraitOdds


def add_commands(app: typer.Typer) -> None:
    """Add `lookalike`."""
    examples = (
        "prospekt lookalike --won",
        "prospekt lookalike --list best-customers --limit 50",
        "prospekt lookalike NO:923609016 NO:914778271 NO:974760673 NO:982463718 NO:976389387 --name like_these",
    )
    command(app, "lookalike", examples=examples)(lookalike)


def lookalike(
    session: Session,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[COMPANY]...", help="5 to 500 customers: numbers, our ids or names.")
    ] = None,
    list_name: Annotated[str | None, typer.Option("--list", metavar="LIST", help="The companies of this list.")] = None,
    won: Annotated[bool, typer.Option("--won", help="The companies of the CRM's won deals.")] = False,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Name of the ICP that is proposed.")
    ] = "lookalike",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Companies to show.")] = 20,
    include: IncludeOption = None,
) -> None:
    """List companies like given customers. Says what sets these apart, and proposes an ICP to edit."""
    from enrich.gate import open_readers
    from enrich.lookalike import find_lookalikes

    with open_readers(session.config, why="lookalike") as readers:
        given = _read_customers(readers, names or [], list_name, won=won)
        found = find_lookalikes(
            readers, session.config, given, name=name, limit=limit, include=frozenset(include or ())
        )
        say_if_stale(session, readers)
    if session.as_json:
        data = {
            "customers": [
                {key: each.values[key] for key in ("company_id", "id_label", "name")} for each in found.customers
            ],
            "not_shown": found.not_shown,
            "others": found.other_count,
            "countries": found.countries,
            "traits": [{**asdict(each), "verdict": each.verdict} for each in found.traits],
            "icp": None if found.proposal is None else found.proposal.model_dump(mode="json", exclude_defaults=True),
            "toml": found.toml,
            "neighbours": [
                {
                    **each.company.values,
                    "nearest": each.nearest,
                    "nearest_name": each.nearest_name,
                    "shared": each.shared,
                }
                for each in found.neighbours
            ],
            "neighbour_count": found.neighbour_count,
            "left_out": found.left_out,
        }
        is_cut = len(found.neighbours) < found.neighbour_count
        print_json("lookalike/1", data, as_of=found.as_of, sources=found.sources, truncated=is_cut)
        return
    _print_traits(found)
    _print_neighbours(session, found)


def _read_customers(readers: "Readers", names: list[str], list_name: str | None, *, won: bool) -> list[str]:
    from enrich.deals import read_ended_deals
    from enrich.errors import InputInvalid, NotFound
    from enrich.search import resolve_company

    if sum((bool(names), list_name is not None, won)) != 1:
        raise InputInvalid("Say whose like is looked for: companies, or --list LIST, or --won.")
    if won:
        return list(read_ended_deals(readers).won_companies)
    if list_name is None:
        return [resolve_company(readers, each) for each in names]
    members = [str(row["company_id"]) for row in readers.warehouse.rows("search/list_members", list_name=list_name)]
    if not members:
        raise NotFound(
            "list", list_name, [str(row["list_name"]) for row in readers.warehouse.rows("search/list_names")]
        )
    return members


def _print_traits(found: "Lookalikes") -> None:
    where = ", ".join(found.countries)
    print(
        f"{counted(len(found.customers), 'customer')} against {counted(found.other_count, 'other company', 'other companies')} of {where}"
        + (f"; {found.not_shown:,} more given are held back or no longer published" if found.not_shown else "")
    )
    print_table([_as_row(each) for each in found.traits], _TRAIT, numbers=("customers", "others", "log_odds"))
    if found.toml is None:
        print(
            "\nToo few to tell: nothing that is known of them sets these customers apart. Give more of them, or likelier ones."
        )
        return
    print("\nProposed; edit it and put it into config.toml:\n")
    print(found.toml)
    print()


def _as_row(trait: "TraitOdds") -> dict[str, object]:
    from enrich.lookalike import say_others

    odds = trait.odds
    return {
        "criterion": trait.criterion,
        "asked": trait.asked if trait.title is None else f"{trait.asked} {trait.title}",
        "customers": f"{trait.customers_yes:,} of {trait.customers_known:,}",
        "others": say_others(trait),
        "log_odds": None if odds is None else f"{odds.log_odds:+.1f} ({odds.low:+.1f} to {odds.high:+.1f})",
        "verdict": trait.verdict,
    }


_TRAIT = {
    "criterion": "Criterion",
    "asked": "Value",
    "customers": "Customers",
    "others": "Others",
    "log_odds": "Log-odds (95 %)",
    "verdict": "Than others",
}


def _print_neighbours(session: Session, found: "Lookalikes") -> None:
    rows = [
        {
            "rank": rank,
            **each.company.values,
            "nearest": f"{one_line(each.nearest_name)} ({each.nearest})",
            "shared": "; ".join(each.shared) or "nothing finer",
        }
        for rank, each in enumerate(found.neighbours, start=1)
    ]
    if rows:
        print_table(rows, _NEIGHBOUR, numbers=("rank",))
    if found.proposal is not None:
        session.say(
            f"{counted(len(rows), 'company', 'companies')} of {found.neighbour_count:,} like them shown; as of {shown(found.as_of)} UTC."
        )
    tell_left_out(session, found.left_out)


_NEIGHBOUR = {
    "rank": "#",
    "id_label": "Number",
    "name": "Name",
    "place": "Place",
    "industry": "Industry",
    "size": "Size",
    "fit": "Fit",
    "nearest": "Nearest customer",
    "shared": "Shared",
}
