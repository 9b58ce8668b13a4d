"""The command `icp backtest`: whether a description tells won from lost deals."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from enrich.cli.endings import check_ending
from enrich.cli.output import counted, print_json, print_table
from enrich.cli.session import Session
from enrich.cli.taking_in import YesOption

if TYPE_CHECKING:
    from enrich.backtest import Backtest

EXAMPLES = ("prospekt icp backtest software_no", "prospekt icp backtest software_no --by year --picture lift.svg")


def backtest(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Description to judge.")] = None,
    by: Annotated[
        Literal["quarter", "year"], typer.Option("--by", help="Period that is left out at a time.")
    ] = "quarter",
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="Draw the lift curve as SVG into this file.")
    ] = None,
    yes: YesOption = False,
) -> None:
    """Judge a description by the CRM's won and lost deals. Says how well its fit of then separates them, with intervals."""
    from enrich.backtest import backtest_icp, say_verdict
    from enrich.gate import open_readers

    check_ending(picture, "--picture", ".svg")
    session.ask_to_replace(picture, other="--picture names another file", yes=yes)
    with open_readers(session.config, why="icp backtest") as readers:
        result = backtest_icp(readers, session.config, name, by=by)
    if session.as_json:
        print_json("icp-backtest/1", result, as_of=result.as_of, sources=result.sources)
    else:
        _print_result(session, result)
        print(f"\n{say_verdict(result)}")
    if picture is not None:
        _draw(session, result, picture)


def _print_result(session: Session, result: "Backtest") -> None:
    print(f"{result.icp} on {counted(result.won, 'won deal')} and {counted(result.lost, 'lost deal')}, by {result.by}")
    if result.periods:
        print()
        rows = [
            {"period": one.period, "won": one.won, "lost": one.lost, "auc": _band(one.auc_low, one.auc_high)}
            for one in result.periods
        ]
        print_table(rows, {"period": "Period", "won": "Won", "lost": "Lost", "auc": "AUC"}, numbers=("won", "lost"))
    for reading in result.readings:
        if reading.auc is not None:
            print(
                f"\nIf all that is unknown speaks {reading.unknown} a company: AUC {reading.auc.value:.2f} "
                f"(95 % {reading.auc.low:.2f} to {reading.auc.high:.2f}; chance is 0.50)"
            )
        if reading.curve:
            told = [
                {
                    "share": f"{step.share:.0%}",
                    "won": f"{step.won_share:.0%}",
                    "lift": f"{step.lift:.1f}",
                    "bar": "█" * round(step.won_share * 30),
                }
                for step in reading.curve
            ]
            print_table(
                told,
                {"share": "Best", "won": "Of the won", "lift": "Lift", "bar": ""},
                numbers=("share", "won", "lift"),
            )
    if result.misfits_won or result.misfits_lost:
        session.say(f"  does not fit at all: {result.misfits_won:,} of the won, {result.misfits_lost:,} of the lost")
    if result.before_known:
        session.say(
            f"  {counted(result.before_known, 'deal')} ended before the company was first loaded: judged by the earliest that is known"
        )
    if result.unmatched:
        session.say(f"  left out: {counted(result.unmatched, 'deal')} of no published company (`prospekt match`)")
    if result.undated:
        session.say(f"  left out: {counted(result.undated, 'deal')} without a close date")


def _band(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "not both kinds"
    return f"{low:.2f}" if low == high else f"{min(low, high):.2f}-{max(low, high):.2f}"


def _draw(session: Session, result: "Backtest", picture: Path) -> None:
    from enrich.errors import InputInvalid
    from enrich.icp.lift_picture import draw_lift

    curves = {f"unknown speaks {one.unknown} it": one.curve for one in result.readings if one.curve}
    if not curves:
        session.say(f"{picture} was not written: there is no curve to draw.")
        return
    caption = f"{result.won:,} won, {result.lost:,} lost; each ranked among the other {result.by}s' deals"
    try:
        picture.write_text(draw_lift(curves, title=f"Lift of {result.icp}", caption=caption), encoding="utf-8")
    except OSError as error:
        raise InputInvalid(f"{picture} cannot be written: {error.strerror or error}.") from error
    session.say(f"Wrote {picture}")
