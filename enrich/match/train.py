"""Training: the team's judgements, and true links that it knows, make a model of its own, or are refused with the reason.

The fit starts from the model that comes with the program, never from one that was trained: so every judgement counts once,
and one that was taken back no longer does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.fold import fold_journal
from db.warehouse import Warehouse
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.match.decide import by_crm_record
from enrich.match.fit import Labelled, count_cases, slots_of, with_values
from enrich.match.held_back import Trial, answer_by_query, try_held_back
from enrich.match.judged import Judged, find_judged, make_labels
from enrich.match.model import Model, load_model, shipped_model
from enrich.match.trained import Origin, new_version, read_origin, write_trained
from enrich.match.truths import read_truths
from enrich.progress import Progress

FEWEST_RECORDS = 50
FEWEST_EACH = 10
"""Records with a label that training wants, and of them those whose best candidate is right, and is wrong."""

WHAT_TO_DO = "Judge more with `prospekt match review`, or bring true links that you know with --gold FILE."


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightChange:
    """A value that training moved, in bits; `amount` is the point of a curve, `records` those that have a case of it."""

    comparison: str
    outcome: str
    amount: float | None
    before: float
    after: float
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What training did. `refused` says why nothing was written; empty where the model is good, also in a dry run.

    `records` have a label and candidates: of `said_same` it is known which company they are. `without_candidates` have
    a label alone. `overruled` are true links of the file that a judgement contradicts: the judgement counts. Nothing was
    learned from those that are `not_in_crm`, `several_in_crm` or `not_in_registers` by their left or right id, nor from
    those whose verdict is `unsure` or empty.
    """

    records: int
    said_same: int
    without_candidates: int
    overruled: int
    not_in_crm: int
    several_in_crm: int
    not_in_registers: int
    unsure: int
    stiffness: float
    trial: Trial
    weights: tuple[WeightChange, ...]
    version: str
    refused: tuple[str, ...]
    path: Path | None


def train(config: Config, *, gold: Path | None, dry_run: bool, progress: Progress) -> TrainReport:
    """Fit the model to what people said, try it on records held back, and put it to use where it is better.

    Raises `InputInvalid` where there are too few labels or the file of true links cannot be used, `WarehouseMissing`
    where nothing was matched yet, `WarehouseBusy`.
    """
    origin = read_origin(config.data)
    if origin is not None and origin.with_gold and gold is None:
        raise InputInvalid(
            "The model in use learned from true links too: give them again with --gold FILE, or go back to the model "
            "before it with --undo first."
        )
    with open_readers(config, why="match train") as readers:
        truths = None if gold is None else read_truths(readers, gold)
    with Warehouse.open_to_write(config.data, command="match train") as warehouse:
        fold_journal(warehouse, config.journal)
        labels, overruled = make_labels(by_crm_record(warehouse.rows("match/judgements")), truths)
        refuse_too_few(len(labels))
        judged = find_judged(warehouse, labels, origin, load_model(config.data), progress)
    refuse_too_few(len(judged.queries))
    _refuse_one_sided(judged)
    model, now = shipped_model(), datetime.now(UTC)
    trial, stiffness, values = try_held_back(judged, model, config.match.accept, progress)
    fitted = with_values(model, values, version=new_version(now))
    refused = reasons_against(trial)
    path = None
    if not refused and not dry_run:
        replaced = Origin(
            before=None if origin is None else load_model(config.data).version,
            last_decision=max(label.last_decision for label in labels.values()),
            with_gold=gold is not None,
        )
        path = write_trained(config.data, fitted, replaced, told=_header(config.who, now, judged, trial))
    return TrainReport(
        records=len(judged.queries),
        said_same=int(judged.has_truth.sum()),
        without_candidates=len(labels) - len(judged.queries),
        overruled=len(overruled),
        not_in_crm=0 if truths is None else truths.not_in_crm,
        several_in_crm=0 if truths is None else truths.several_in_crm,
        not_in_registers=0 if truths is None else len(truths.not_in_registers),
        unsure=0 if truths is None else truths.unsure,
        stiffness=stiffness,
        trial=trial,
        weights=tuple(_changes(judged.labelled, model, fitted)),
        version=fitted.version,
        refused=refused,
        path=path,
    )


def refuse_too_few(records: int) -> None:
    """Raise `InputInvalid` where there are fewer labelled records than training wants."""
    if records < FEWEST_RECORDS:
        raise InputInvalid(
            f"Training wants at least {FEWEST_RECORDS} CRM records of which somebody said same or different and that have "
            f"candidates. There are {records}: {FEWEST_RECORDS - records} more are needed. {WHAT_TO_DO}"
        )


def _refuse_one_sided(judged: Judged) -> None:
    """Raise where nearly all labels say the same: whoever only ever confirms would teach the model to accept all."""
    answers = [answer for answer in answer_by_query(judged, judged.present).values() if answer is not None]
    right = sum(answer.is_right for answer in answers)
    for has, said in ((right, "is it"), (len(answers) - right, "is not it")):
        if has < FEWEST_EACH:
            raise InputInvalid(
                f"Of {len(judged.queries)} records with a label, {has} say that the best candidate {said}. Training wants "
                f"at least {FEWEST_EACH}: {FEWEST_EACH - has} more are needed. {WHAT_TO_DO}"
            )


def reasons_against(trial: Trial) -> tuple[str, ...]:
    """Why the fitted model must not be used; empty where nothing speaks against it."""
    found = []
    if trial.log_loss.high >= 0:
        found.append(
            "On records held back it is not better beyond chance: log loss changes by "
            f"{trial.log_loss.value:+.3f} ({trial.log_loss.low:+.3f} to {trial.log_loss.high:+.3f}, lower is better)."
        )
    if trial.over_base.high >= 0:
        found.append(
            "On records held back it knows no more than saying the same probability of all: what was judged does not "
            "follow from anything that is compared."
        )
    if trial.precision.high < 0:
        found.append(f"Of what it accepts less is right: precision changes by {trial.precision.value:+.3f}.")
    if trial.recall.high < 0 and trial.precision.low <= 0:
        found.append(
            f"It finds less without being right more often: recall changes by {trial.recall.value:+.3f}, precision by "
            f"{trial.precision.value:+.3f}."
        )
    if trial.fresh is not None and trial.fresh.low > 0:
        found.append(
            f"On the {trial.fresh_records} records judged since the model in use was trained that one is better: log loss "
            f"changes by {trial.fresh.value:+.3f}."
        )
    return tuple(found)


def _changes(labelled: Labelled, before: Model, after: Model) -> list[WeightChange]:
    cases = count_cases(labelled).tolist()
    heights, new = _heights(before), _heights(after)
    return [
        WeightChange(
            comparison=slot.comparison, outcome=slot.outcome, amount=amount, before=old, after=now, records=records
        )
        for slot, (amount, old), (_, now), records in zip(slots_of(before), heights, new, cases, strict=True)
        if old != now
    ]


def _heights(model: Model) -> list[tuple[float | None, float]]:
    """The model's bits in the order of its slots, with the amount that they stand at."""
    heights: list[tuple[float | None, float]] = [(None, model.prior)]
    for weight in model.weights.values():
        heights += [(None, weight)] if isinstance(weight, float) else list(weight)
    return heights


def _header(who: str, now: datetime, judged: Judged, trial: Trial) -> str:
    figures = ", ".join(
        f"{name} {_stated(old)} -> {_stated(new)}"
        for name, old, new in (
            ("log loss", trial.before.log_loss, trial.after.log_loss),
            ("precision", trial.before.accepted.precision.value, trial.after.accepted.precision.value),
            ("recall", trial.before.accepted.recall.value, trial.after.accepted.recall.value),
        )
    )
    return (
        f"Trained by {' '.join(who.split())} at {now:%Y-%m-%d %H:%M} UTC; `prospekt match train --undo` goes back.\n"
        f"Learned from {len(judged.queries)} CRM records; of {int(judged.has_truth.sum())} somebody said which company they are.\n"
        f"On records held back, accepted from {trial.after.accepted.threshold}: {figures}."
    )


def _stated(figure: float | None) -> str:
    return "none" if figure is None else f"{figure:.3f}"
