"""Commands that say how good matching is: match evaluate, match threshold."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.endings import check_ending
from enrich.cli.left_out import tell_left_out
from enrich.cli.output import counted, print_json, print_table
from enrich.cli.session import Session, command
from enrich.cli.taking_in import YesOption

if TYPE_CHECKING:
    from enrich.match.evaluate import Answer, Cut, Evaluation
    from enrich.match.intervals import Share
    from enrich.match.truths import Held

THRESHOLDS = (0.50, 0.60, 0.70, 0.80, 0.85, 0.90, 0.95, 0.98, 0.99)
FEW = 30
"""Answers with a known truth below which a share says too little to choose a threshold by."""
KEPT = 3
"""Candidates of a CRM record whose probability is kept."""


def add_commands(group: typer.Typer) -> None:
    """Add `evaluate` and `threshold` to the commands of `match`."""
    command(
        group,
        "evaluate",
        examples=("prospekt match evaluate gold.csv", "prospekt match evaluate gold.csv --svg reliability.svg"),
    )(evaluate)
    command(
        group,
        "threshold",
        examples=("prospekt match threshold", "prospekt match threshold --gold gold.csv"),
    )(threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one threshold does: to the records whose truth is known, and to all that the model decides."""

    threshold: float
    precision: "Share"
    recall: "Share"
    is_enough: bool
    """Whether enough of the accepted have a known truth to go by their precision."""
    accepted: int
    waiting: int


def evaluate(
    session: Session,
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="True links: crm_id and right_id, empty where there is no company.")
    ],
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write the reliability diagram.")] = None,
    yes: YesOption = False,
) -> None:
    """Hold the current matches against true links that you know. Says precision, recall and whether probabilities are true."""
    from enrich.gate import open_readers
    from enrich.match import evaluate as evaluation
    from enrich.match.truths import hold_against_gold

    check_ending(svg, "--svg", ".svg")
    session.ask_to_replace(svg, other="--svg names another file", yes=yes)
    with open_readers(session.config, why="match evaluate") as readers:
        held = hold_against_gold(readers, gold)
    found = evaluation.evaluate(held.answers, tops=(1, KEPT))
    if svg is not None:
        _write_diagram(session, found, svg)
    if session.as_json:
        print_json("match-evaluate/1", {"evaluation": found, "left_out": _left_out(held)})
        return
    print(
        f"{counted(found.queries, 'CRM record')} with a known truth, {found.with_truth:,} of them with a true company; "
        f"{found.answered:,} have a candidate."
    )
    print_table(_figures(found), {"figure": "Figure", "value": "Value", "interval": "95 % interval", "cases": "Cases"})
    if unseen := found.top[KEPT].of - found.top[KEPT].hits:
        session.say(
            f"{counted(unseen, 'true company', 'true companies')} not among the {KEPT} best candidates: no more are kept of a "
            "CRM record, so nothing here tells one that came next from one that was not found at all."
        )
    tell_left_out(session, _left_out(held), not_in_registers="of which any answer counts as wrong")
    if found.answered < FEW:
        session.say(f"Fewer than {FEW} answers: too few to tell. The intervals say how little.")


def threshold(
    session: Session,
    gold: Annotated[
        Path | None, typer.Option("--gold", metavar="FILE", help="True links to use in place of the team's judgements.")
    ] = None,
) -> None:
    """Say what each threshold would accept, leave to you, and get wrong. From the team's own judgements, or from true links."""
    from enrich.gate import open_readers
    from enrich.match.truths import hold_against_gold, hold_against_judgements, read_workload

    with open_readers(session.config, why="match threshold") as readers:
        held = hold_against_judgements(readers) if gold is None else hold_against_gold(readers, gold)
        workload = read_workload(readers)
    rows = _weigh_thresholds(held, workload, review=session.config.match.review)
    answered = sum(answer.probability is not None for answer in held.answers)
    if session.as_json:
        now = {"accept": session.config.match.accept, "review": session.config.match.review}
        data = {"now": now, "few": FEW, "known": answered, "thresholds": rows, "left_out": _left_out(held)}
        print_json("match-threshold/1", data)
        return
    print_table(
        [
            {
                "threshold": f"{row.threshold:.2f}",
                "precision": _with_interval(row.precision),
                "recall": _with_interval(row.recall),
                "enough": "" if row.is_enough else "too few to tell",
                "accepted": row.accepted,
                "waiting": row.waiting,
            }
            for row in rows
        ],
        {
            "threshold": "From",
            "precision": "Right of those accepted",
            "recall": "Found of those there",
            "enough": "",
            "accepted": "Would be accepted",
            "waiting": "Would wait for you",
        },
        numbers=("accepted", "waiting"),
    )
    source = f"of {gold.name}" if gold is not None else "that the team judged"
    session.say(
        f"Precision and recall are of {counted(answered, 'record')} {source}; what would be accepted and wait is of all "
        f"{len(workload):,} that the model decides. Set now: accept {session.config.match.accept}, review {session.config.match.review}."
    )
    if gold is None and answered:
        session.say("Mostly near calls are judged, so of all records more are right than this says.")
    if answered < FEW:
        session.say(
            f"Fewer than {FEW} known truths: too few to choose a threshold by. Judge more with `prospekt match review`, "
            "or bring true links with --gold."
        )
    tell_left_out(session, _left_out(held), not_in_registers="of which any answer counts as wrong")


def _weigh_thresholds(held: "Held", workload: "list[tuple[str, Answer]]", *, review: float) -> list[Choice]:
    from enrich.match.evaluate import cut_at

    everybody = [answer for _, answer in workload]
    # a record with several equal candidates waits, however little each of them has for itself
    split = [answer for state, answer in workload if state == "ambiguous" and (answer.probability or 0.0) < review]
    choices = []
    for least in THRESHOLDS:
        cut, load = cut_at(held.answers, least), cut_at(everybody, least, review=review)
        choices.append(
            Choice(
                threshold=least,
                precision=cut.precision,
                recall=cut.recall,
                is_enough=cut.accepted >= FEW,
                accepted=load.accepted,
                waiting=load.waiting + len(split),
            )
        )
    return choices


def _figures(found: "Evaluation") -> list[dict[str, object]]:
    rows = [
        {"figure": "Best candidate is right" if most == 1 else f"Right one among the best {most}", **_share(share)}
        for most, share in found.top.items()
    ]
    rows += [
        {
            "figure": f"Largest recall at precision {least:.2f}",
            "value": f"{recall.value:.3f}",
            "interval": f"{recall.low:.3f} to {recall.high:.3f}",
        }
        for least, recall in found.recall_at.items()
    ]
    for cut in found.stated:
        rows += _stated_rows(cut)
    calibration = found.calibration
    if calibration is not None:
        rows += [
            {
                "figure": "Calibration error",
                "value": f"{calibration.ece:.3f}",
                "interval": _allowed(calibration.ece_allowed),
            },
            {"figure": "Brier score", "value": f"{calibration.brier:.3f}", "interval": _base(calibration.brier_base)},
            {
                "figure": "Log loss",
                "value": f"{calibration.log_loss:.3f}",
                "interval": _base(calibration.log_loss_base),
            },
        ]
    return rows


def _stated_rows(cut: "Cut") -> list[dict[str, object]]:
    return [
        {"figure": f"Stated {cut.threshold:.2f} or more: precision", **_share(cut.precision)},
        {"figure": f"Stated {cut.threshold:.2f} or more: recall", **_share(cut.recall)},
    ]


def _share(share: "Share") -> dict[str, object]:
    if share.value is None:
        return {"value": "none", "cases": "0"}
    return {
        "value": f"{share.value:.3f}",
        "interval": f"{share.low:.3f} to {share.high:.3f}",
        "cases": f"{share.hits:,} of {share.of:,}",
    }


def _with_interval(share: "Share") -> str:
    return "none" if share.value is None else f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _allowed(most: float) -> str:
    return f"chance alone: up to {most:.3f}"


def _base(base: float) -> str:
    return f"saying the same to all: {base:.3f}"


def _left_out(held: "Held") -> dict[str, int]:
    return {
        "not_in_crm": held.not_in_crm,
        "several_in_crm": held.several_in_crm,
        "not_in_registers": held.not_in_registers,
        "judged": held.judged,
        "unsure": held.unsure,
        "undecided": held.undecided,
    }


def _write_diagram(session: Session, found: "Evaluation", path: Path) -> None:
    from enrich.errors import InputInvalid
    from enrich.match.diagram import draw_reliability

    if found.calibration is None:
        raise InputInvalid("Nothing was answered, so there is no diagram to draw.")
    try:
        path.write_text(
            draw_reliability(found.calibration, title="How true the probabilities of matching are"), encoding="utf-8"
        )
    except OSError as error:
        raise InputInvalid(f"{path} cannot be written: {error.strerror or error}.") from error
    session.say(f"Reliability diagram: {path}")
