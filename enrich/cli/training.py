"""The command that teaches the matching from the team's judgements: match train."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.left_out import tell_left_out
from enrich.cli.output import counted, print_json, print_table
from enrich.cli.session import Session, command
from enrich.cli.taking_in import DryRunOption

if TYPE_CHECKING:
    from enrich.match.held_back import Figures, Trial
    from enrich.match.intervals import Interval
    from enrich.match.train import TrainReport, WeightChange

_AGAIN = "prospekt match decides every record with it; judgements hold as before."


def add_commands(group: typer.Typer) -> None:
    """Add `train` to the commands of `match`."""
    command(
        group,
        "train",
        examples=(
            "prospekt match train --dry-run",
            "prospekt match train",
            "prospekt match train --gold gold.csv",
            "prospekt match train --undo",
        ),
    )(train)


def train(
    session: Session,
    gold: Annotated[
        Path | None, typer.Option("--gold", metavar="FILE", help="True links to learn from beside the judgements.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the model before the one in use.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Refit the weights of matching to what the team judged. Tried on records held back; refused where it is not better."""
    from enrich.errors import InputInvalid
    from enrich.match.train import WHAT_TO_DO
    from enrich.match.train import train as train_model

    if undo:
        if gold is not None or dry_run:
            raise InputInvalid(
                "--undo goes back to the model before and does nothing else: leave the other options out."
            )
        _undo(session)
        return
    with session.progress() as progress:
        report = train_model(session.config, gold=gold, dry_run=dry_run, progress=progress)
    if session.as_json:
        print_json("match-train/1", report)
    else:
        _tell(session, report)
    if report.refused:
        raise InputInvalid(f"No model was written. {' '.join(report.refused)} The one in use stays. {WHAT_TO_DO}")


def _undo(session: Session) -> None:
    from enrich.match.model import shipped_model
    from enrich.match.trained import undo_training

    before = undo_training(session.config.data)
    version = before or shipped_model().version
    if session.as_json:
        print_json("match-train-undo/1", {"version": version, "is_shipped": before is None})
        return
    print(f"Back to model {version}" + (", the one that comes with the program." if before is None else "."))
    session.say(_AGAIN)


def _tell(session: Session, report: "TrainReport") -> None:
    print(
        f"{counted(report.records, 'CRM record')} with labels; of {report.said_same:,} somebody said which company they are."
    )
    left_out = {
        name: getattr(report, name)
        for name in ("not_in_crm", "several_in_crm", "unsure", "overruled", "without_candidates", "not_in_registers")
    }
    tell_left_out(session, left_out, not_in_registers="left out")
    print("Held back from fitting, a fifth at a time:")
    print_table(
        _figures(report.trial), {"figure": "Figure", "before": "As it came", "after": "Trained", "change": "Change"}
    )
    print()
    print_table(
        [_weight_row(each) for each in report.weights],
        {"what": "Evidence", "records": "Records", "before": "Bits before", "after": "Bits after"},
        numbers=("records", "before", "after"),
    )
    if report.refused:
        return
    if report.path is None:
        print("\nNothing was changed (dry run): this model is better and would be put to use.")
        return
    print(f"\nModel {report.version} is in use from now on ({report.path}).")
    session.say(_AGAIN)


def _figures(trial: "Trial") -> list[dict[str, str]]:
    old, new = trial.before, trial.after
    rows = [
        _row("Log loss", old.log_loss, new.log_loss, trial.log_loss),
        *_calibration_rows(old, new),
        _row("Right of those accepted", old.accepted.precision.value, new.accepted.precision.value, trial.precision),
        _row("Found of those there", old.accepted.recall.value, new.accepted.recall.value, trial.recall),
    ]
    counts = {"figure": "Accepted", "before": f"{old.accepted.accepted:,}", "after": f"{new.accepted.accepted:,}"}
    rows.append(counts)
    if trial.fresh is not None:
        change = _interval(trial.fresh)
        rows.append(
            {"figure": f"Log loss against the model in use, {trial.fresh_records:,} judged since", "change": change}
        )
    return rows


def _calibration_rows(old: "Figures", new: "Figures") -> list[dict[str, str]]:
    if old.calibration is None or new.calibration is None:
        return []
    allowed = f"chance alone: up to {new.calibration.ece_allowed:.3f}"
    return [
        _row("Brier score", old.calibration.brier, new.calibration.brier),
        _row("Calibration error", old.calibration.ece, new.calibration.ece) | {"change": allowed},
    ]


def _row(figure: str, before: float | None, after: float | None, change: "Interval | None" = None) -> dict[str, str]:
    return {
        "figure": figure,
        "before": "none" if before is None else f"{before:.3f}",
        "after": "none" if after is None else f"{after:.3f}",
        "change": "" if change is None else _interval(change),
    }


def _interval(change: "Interval") -> str:
    return f"{change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f})"


def _weight_row(change: "WeightChange") -> dict[str, object]:
    from enrich.match.compare import COMPARISONS

    if change.comparison not in COMPARISONS:
        what = "Before any comparison"
    else:
        name = (COMPARISONS[change.comparison].__doc__ or "").rstrip(".")
        what = f"{name}: {change.outcome.replace('_', ' ')}"
    if change.amount is not None:
        what += f", {change.amount:g}"
    return {
        "what": what,
        "records": change.records,
        "before": f"{change.before:+.2f}",
        "after": f"{change.after:+.2f}",
    }
