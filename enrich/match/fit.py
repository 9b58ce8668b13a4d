"""Weights fitted to pairs of which the truth is known, by penalised maximum likelihood of the very formula that states
probabilities: of a query's candidates one is true, or none (`model.probabilities_by_query`).

Each weight keeps the sign that its meaning demands, and curves only rise or only fall; a weight without evidence stays
what it was. Newton steps with the weights at their bounds held fast (Bertsekas 1982, "Projected Newton methods").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enrich.match.candidates import Ranked
from enrich.match.model import Curve, Model
from enrich.match.side import Bits

LN2 = float(np.log(2))
SPEAK_FOR = frozenset({"same", "same_words", "acronym", "similar", "shared", "alike", "both"})
"""Outcomes that can only speak for a pair; all others can only speak against it."""

EITHER = frozenset({"public", "translated"})
"""Outcomes that may speak for or against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Candidates of queries of which the truth is known: a row a pair, those of a query in one run.

    `design` has a column a weight (`Layout`), `is_true` marks the true candidate, `none` is one entry a query: whether
    its truth is among its candidates. `weights` says how much each query counts.
    """

    design: Bits
    starts: npt.NDArray[np.int64]
    is_true: npt.NDArray[np.bool_]
    weights: Bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One fitted weight: a constant, or the rise of a curve up to one of its points."""

    comparison: str
    outcome: str
    point: int | None
    low: float
    high: float


def slots_of(model: Model) -> list[Slot]:
    """The weights of a model that are fitted, in order; the first point of a curve whose outcome is measured too."""
    slots = []
    for (comparison, outcome), weight in model.weights.items():
        speaks_for, either = outcome in SPEAK_FOR, outcome in EITHER
        bounds = (-40.0, 40.0) if either else (0.0, 40.0) if speaks_for else (-40.0, 0.0)
        points: Sequence[int | None] = [None] if isinstance(weight, float) else range(len(weight))
        slots += [
            Slot(comparison=comparison, outcome=outcome, point=point, low=bounds[0], high=bounds[1]) for point in points
        ]
    return slots


def design_of(ranked: Ranked, model: Model) -> Bits:
    """How much of each fitted weight (columns: `slots_of`) is in each candidate's score (rows: as ranked)."""
    columns = []
    for slot in slots_of(model):
        found = ranked.scores.found.get(slot.comparison)
        if found is None:
            columns.append(np.zeros(len(ranked.places)))
            continue
        codes = found.codes[ranked.places]
        has = (codes == found.outcomes.index(slot.outcome)).astype(np.float64)
        if slot.point is not None and found.amounts is not None:
            has *= _share_of_rise(
                model.weights[slot.comparison, slot.outcome], slot.point, found.amounts[ranked.places]
            )
        columns.append(has)
    return np.column_stack(columns)


def _share_of_rise(weight: float | Curve, point: int, amounts: Bits) -> Bits:
    """How far (0-1) an amount is on the way from the curve's point before to this one; the first point is all there."""
    if isinstance(weight, float) or point == 0:
        return np.ones(len(amounts))
    start, end = weight[point - 1][0], weight[point][0]
    share: Bits = np.clip((amounts - start) / (end - start), 0.0, 1.0)
    return share


def values_of(model: Model) -> Bits:
    """The model's present weights, in the order of `slots_of`."""
    values = []
    for weight in model.weights.values():
        if isinstance(weight, float):
            values.append(weight)
        else:
            bits = [bits for _, bits in weight]
            values += [bits[0], *np.diff(bits)]
    return np.array(values)


def with_values(model: Model, prior: float, values: Bits, *, version: str) -> Model:
    """The model with other weights, given in the order of `slots_of`."""
    left = iter(values.tolist())
    weights: dict[tuple[str, str], float | Curve] = {}
    for key, weight in model.weights.items():
        if isinstance(weight, float):
            weights[key] = round(next(left), 2)
        else:
            bits = np.cumsum([next(left) for _ in weight])
            weights[key] = tuple((at, round(float(high), 2)) for (at, _), high in zip(weight, bits, strict=True))
    return Model(version=version, prior=round(prior, 2), weights=weights)


def fit_weights(
    labelled: Labelled, model: Model, *, stiffness: float, fixed: Mapping[str, bool] | None = None, steps: int = 60
) -> tuple[float, Bits]:
    """Prior and weights that make the truth most likely; `stiffness` holds each to what the model has (bits^-2).

    `fixed` names comparisons that keep their weights: those of which the labels have no case.
    """
    slots = slots_of(model)
    low = np.array([-40.0, *(slot.low for slot in slots)])
    high = np.array([40.0, *(slot.high for slot in slots)])
    start = np.array([model.prior, *values_of(model)])
    design = np.column_stack([np.ones(len(labelled.design)), labelled.design])
    held = np.array([False, *((fixed or {}).get(slot.comparison, False) for slot in slots)])
    held |= ~design.any(axis=0)
    low[held], high[held] = start[held], start[held]
    low, high = np.minimum(low, start), np.maximum(high, start)
    values = np.clip(start, low, high)
    loss, gradient, hessian = _loss(design, labelled, values, start, stiffness)
    for _ in range(steps):
        at_bound = ((values <= low) & (gradient > 0)) | ((values >= high) & (gradient < 0)) | held
        free = np.flatnonzero(~at_bound)
        step = np.zeros(len(values))
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        length = 1.0
        while length > 1e-4:
            trial = np.clip(values - length * step, low, high)
            told = _loss(design, labelled, trial, start, stiffness)
            if told[0] < loss:
                break
            length /= 2
        else:
            break
        moved, loss_before = np.abs(trial - values).max(), loss
        values, (loss, gradient, hessian) = trial, told
        if moved < 1e-4 or loss_before - loss < 1e-6:
            break
    return float(values[0]), values[1:]


def _loss(design: Bits, labelled: Labelled, values: Bits, start: Bits, stiffness: float) -> tuple[float, Bits, Bits]:
    """Minus log likelihood with the penalty, its gradient and its curvature."""
    lengths = np.diff(np.append(labelled.starts, len(design)))
    scores = design @ values * LN2
    top = np.maximum(np.maximum.reduceat(scores, labelled.starts), 0.0)
    odds = np.exp(scores - np.repeat(top, lengths))
    whole = np.exp(-top) + np.add.reduceat(odds, labelled.starts)
    chances = odds / np.repeat(whole, lengths)
    has_truth = np.add.reduceat(labelled.is_true.astype(np.float64), labelled.starts)
    log_likelihood = np.add.reduceat(np.where(labelled.is_true, scores, 0.0), labelled.starts) - top - np.log(whole)
    weights = np.repeat(labelled.weights, lengths)
    off = values - start
    loss = -float(labelled.weights @ log_likelihood) + stiffness / 2 * float(off @ off)
    del has_truth
    gradient = design.T @ (weights * (chances - labelled.is_true)) * LN2 + stiffness * off
    mean = np.add.reduceat(chances[:, None] * design, labelled.starts, axis=0)
    spread = design.T @ ((weights * chances)[:, None] * design) - mean.T @ (labelled.weights[:, None] * mean)
    return loss, gradient, spread * LN2**2 + stiffness * np.eye(len(values))
