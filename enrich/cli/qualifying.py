"""Commands about the ideal-customer descriptions: icp check, icp show, icp backtest."""

from typing import Annotated

import typer

from enrich.cli import backtesting
from enrich.cli.output import counted, print_json, shown
from enrich.cli.session import Session, command

NameArgument = Annotated[str | None, typer.Argument(metavar="[NAME]", help="One description; all where left out.")]


def add_commands(app: typer.Typer) -> None:
    """Add `icp check`, `icp show` and `icp backtest`."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Check, show or judge ideal-customer descriptions.",
        epilog="\b\nExamples:\n  prospekt icp check\n  prospekt icp show software_no --json",
    )
    command(group, "check", examples=("prospekt icp check", "prospekt icp check software_no"))(check)
    command(group, "show", examples=("prospekt icp show software_no", "prospekt icp show --json"))(show)
    command(group, "backtest", examples=backtesting.EXAMPLES)(backtesting.backtest)
    app.add_typer(group, name="icp")


def check(session: Session, name: NameArgument = None) -> None:
    """Check descriptions against the companies that are there. Names every code or place that no company has."""
    from db.errors import WarehouseMissing
    from enrich.errors import ConfigInvalid
    from enrich.gate import open_readers
    from enrich.icp.vocabulary import check_icp, read_vocabulary

    config = session.config
    chosen = _choose(session, name)
    try:
        with open_readers(config, people=False, why="icp check") as readers:
            problems = {
                each: [
                    str(problem)
                    for problem in check_icp(
                        config.icp[each],
                        each,
                        config.territory,
                        read_vocabulary(readers.warehouse, config.icp[each], config.territory),
                    )
                ]
                for each in chosen
            }
    except WarehouseMissing:
        session.say("Nothing is published yet: only the form was checked, not the codes and places.")
        problems = {each: [] for each in chosen}
    found = [problem for listed in problems.values() for problem in listed]
    if session.as_json:
        print_json("icp-check/1", [{"icp": each, "problems": listed} for each, listed in problems.items()])
    if found:
        raise ConfigInvalid(found, place="The ideal-customer description")
    if not session.as_json:
        print(f"{counted(len(chosen), 'description')} checked: {', '.join(chosen)}")


def show(session: Session, name: NameArgument = None) -> None:
    """Show descriptions as they are understood, in plain words."""
    chosen = {each: session.config.icp[each] for each in _choose(session, name)}
    if session.as_json:
        print_json("icp-show/1", {each: icp.model_dump(exclude_defaults=True) for each, icp in chosen.items()})
        return
    for each, icp in chosen.items():
        print(f"{each}: {icp.description}" if icp.description else each)
        for kind, criteria in (
            ("must", icp.must),
            *((f"should, weight {wish.weight:g}", wish) for wish in icp.should),
            ("must not", icp.must_not),
        ):
            for asked in criteria.asked():
                value = getattr(criteria, asked)
                told = " or ".join(value) if isinstance(value, tuple) else shown(value)
                scheme = f" in {criteria.industry_scheme}" if asked == "industry" and criteria.industry_scheme else ""
                print(f"  {kind}: {asked} {told}{scheme}")


def _choose(session: Session, name: str | None) -> list[str]:
    from enrich.search import choose_icp

    return (
        [choose_icp(session.config, name)[0]]
        if name is not None or not session.config.icp
        else list(session.config.icp)
    )
