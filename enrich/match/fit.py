"""Weights fitted to queries of which people said something, by penalised maximum likelihood of the very formula that
states probabilities: of a query's candidates one is true, or none (`model.probabilities_by_query`).

Each weight keeps the sign that its meaning demands, curves only rise or only fall, and a weight of which too few queries
have a case stays what it was. Newton steps with the weights at their bounds held fast (Bertsekas 1982, "Projected Newton
methods for optimization problems with simple constraints"). Values are bits, the prior first, then in the order of
`slots_of`; of a curve its first height, then each rise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enrich.match.candidates import Ranked
from enrich.match.model import Curve, Model
from enrich.match.side import Bits

Mask = npt.NDArray[np.bool_]

LN2 = float(np.log(2))

MOST_BITS = 40.0
"""No weight, and no rise of a curve, is fitted to more than this, for or against."""

FEWEST_CASES = 5
"""Queries that have to have a candidate with an outcome before its weight moves."""

SPEAK_FOR = frozenset({"same", "same_words", "acronym", "similar", "shared", "alike", "both"})
"""Outcomes that can only speak for a pair; all others can only speak against it."""

EITHER = frozenset({"public", "translated"})
"""Outcomes that may speak for or against."""

_STEPS = 60
_SMALLEST_CHANCE = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Candidates of queries of which something is known: a row a pair, those of a query in one run.

    `design` has a column a value (`slots_of`). `possible` marks the candidates that may be true after what is known: one
    where the truth is, all but the ruled out where only that is known. One entry a query: `none_possible` says whether the
    truth may be none of them, `weights` how much the query counts.
    """

    design: Bits
    starts: npt.NDArray[np.int64]
    possible: Mask
    none_possible: Mask
    weights: Bits

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """How many candidates each query has."""
        return np.diff(np.append(self.starts, len(self.design)))

    def take(self, kept: Mask) -> "Labelled":
        """Only the queries that are marked."""
        lengths = self.lengths
        rows = np.repeat(kept, lengths)
        starts = np.cumsum(lengths[kept]) - lengths[kept]
        return Labelled(
            design=self.design[rows],
            starts=starts,
            possible=self.possible[rows],
            none_possible=self.none_possible[kept],
            weights=self.weights[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One fitted value: the prior, a constant weight, or the rise of a curve up to one of its points; with its bounds."""

    comparison: str
    outcome: str
    point: int | None
    low: float
    high: float


PRIOR = Slot(comparison="prior", outcome="", point=None, low=-MOST_BITS, high=MOST_BITS)


def slots_of(model: Model) -> list[Slot]:
    """The values of a model that are fitted, in order."""
    return [PRIOR, *_weight_slots(model)]


def _weight_slots(model: Model) -> Iterator[Slot]:
    for (comparison, outcome), weight in model.weights.items():
        low = 0.0 if outcome in SPEAK_FOR else -MOST_BITS
        high = MOST_BITS if outcome in SPEAK_FOR | EITHER else 0.0
        points: Sequence[int | None] = [None] if isinstance(weight, float) else range(len(weight))
        for point in points:
            yield Slot(comparison=comparison, outcome=outcome, point=point, low=low, high=high)


def values_of(model: Model) -> Bits:
    """The model's present values, in the order of `slots_of`."""
    values = [model.prior]
    for weight in model.weights.values():
        if isinstance(weight, float):
            values.append(weight)
        else:
            values += np.diff([bits for _, bits in weight], prepend=0.0).tolist()
    return np.array(values)


def with_values(model: Model, values: Bits, *, version: str) -> Model:
    """The model with other values, in the order of `slots_of`, rounded to hundredths of a bit.

    >>> from enrich.match.model import shipped_model
    >>> with_values(shipped_model(), values_of(shipped_model()), version=shipped_model().version) == shipped_model()
    True
    """
    prior, *rest = values.tolist()
    left = iter(rest)
    weights: dict[tuple[str, str], float | Curve] = {}
    for key, weight in model.weights.items():
        if isinstance(weight, float):
            weights[key] = round(next(left), 2)
        else:
            heights = np.cumsum([next(left) for _ in weight]).tolist()
            weights[key] = tuple((at, round(high, 2)) for (at, _), high in zip(weight, heights, strict=True))
    return Model(version=version, prior=round(prior, 2), weights=weights)


def design_of(ranked: Ranked, model: Model) -> Bits:
    """How much of each value (columns: `slots_of`) is in each candidate's score (rows: as ranked)."""
    design = np.zeros((len(ranked.places), len(slots_of(model))))
    for column, slot in enumerate(slots_of(model)):
        if slot is PRIOR:
            design[:, column] = 1.0
            continue
        found = ranked.scores.found.get(slot.comparison)
        if found is None or slot.outcome not in found.outcomes:
            continue
        has = found.codes[ranked.places] == found.outcomes.index(slot.outcome)
        weight = model.weights[slot.comparison, slot.outcome]
        if slot.point and found.amounts is not None and not isinstance(weight, float):
            start, end = weight[slot.point - 1][0], weight[slot.point][0]
            design[:, column] = has * np.clip((found.amounts[ranked.places] - start) / (end - start), 0.0, 1.0)
        else:
            design[:, column] = has
    return design


def chances_of(labelled: Labelled, scores: Bits) -> Bits:
    """The probability (0-1) that scores in bits, as of `design @ values`, give to each candidate."""
    return _weigh(labelled, scores)[0]


def losses_of(labelled: Labelled, scores: Bits) -> Bits:
    """How unlikely scores in bits make what is known of each query: minus its log likelihood, in nats."""
    return -_weigh(labelled, scores)[2]


def count_cases(labelled: Labelled) -> npt.NDArray[np.int64]:
    """For each value the queries that have a candidate with it."""
    if not len(labelled.starts):
        return np.zeros(labelled.design.shape[1], dtype=np.int64)
    cases: npt.NDArray[np.int64] = np.maximum.reduceat(labelled.design != 0, labelled.starts, axis=0).sum(axis=0)
    return cases


def fit_weights(labelled: Labelled, model: Model, *, stiffness: float) -> Bits:
    """The values that make what is known most likely, each held to the model's by `stiffness` (nats a squared bit).

    A stiffness of 1 is a belief that the model's values are true to within about a bit.
    """
    start = values_of(model)
    slots = slots_of(model)
    free = np.flatnonzero(count_cases(labelled) >= FEWEST_CASES)
    # a shipped value beyond its bounds may stay where it is
    low = np.minimum(np.array([slots[place].low for place in free]) - start[free], 0.0)
    high = np.maximum(np.array([slots[place].high for place in free]) - start[free], 0.0)
    base, design = labelled.design @ start, np.ascontiguousarray(labelled.design[:, free])
    moves = np.zeros(len(free))
    loss, gradient, curvature = _penalised_loss(labelled, design, base, moves, stiffness)
    for _ in range(_STEPS):
        at_bound = ((moves <= low) & (gradient > 0)) | ((moves >= high) & (gradient < 0))
        loose = np.flatnonzero(~at_bound)
        step = np.zeros(len(free))
        step[loose] = np.linalg.solve(curvature[np.ix_(loose, loose)], gradient[loose])
        length = 1.0
        while length > 1e-4:
            trial = np.clip(moves - length * step, low, high)
            told = _penalised_loss(labelled, design, base, trial, stiffness)
            if told[0] < loss:
                break
            length /= 2
        else:
            break
        gained = loss - told[0]
        moves, (loss, gradient, curvature) = trial, told
        if gained < 1e-6:
            break
    values = start.copy()
    values[free] += moves
    return values


def _penalised_loss(
    labelled: Labelled, design: Bits, base: Bits, moves: Bits, stiffness: float
) -> tuple[float, Bits, Bits]:
    """Minus log likelihood with the penalty, its gradient, and a bound of its curvature.

    Where more than one candidate remains possible the likelihood is not concave; the curvature of its concave part bounds
    the whole, so that every step still leads down.
    """
    chances, remaining, likelihood = _weigh(labelled, base + design @ moves)
    loss = -float(labelled.weights @ likelihood) + stiffness / 2 * float(moves @ moves)
    weights = np.repeat(labelled.weights, labelled.lengths)
    gradient = design.T @ (weights * (chances - remaining)) * LN2 + stiffness * moves
    mean = np.add.reduceat(chances[:, None] * design, labelled.starts, axis=0)
    spread = design.T @ ((weights * chances)[:, None] * design) - mean.T @ (labelled.weights[:, None] * mean)
    return loss, gradient, spread * LN2**2 + stiffness * np.eye(len(moves))


def _weigh(labelled: Labelled, scores: Bits) -> tuple[Bits, Bits, Bits]:
    """Each candidate's probability before and after what is known of its query, and the log likelihood of that (nats)."""
    starts, lengths = labelled.starts, labelled.lengths
    top = np.maximum(np.maximum.reduceat(scores, starts), 0.0)
    odds, none = np.exp2(scores - np.repeat(top, lengths)), np.exp2(-top)
    whole = none + np.add.reduceat(odds, starts)
    kept = np.where(labelled.possible, odds, 0.0)
    left = np.maximum(none * labelled.none_possible + np.add.reduceat(kept, starts), _SMALLEST_CHANCE)
    return odds / np.repeat(whole, lengths), kept / np.repeat(left, lengths), np.log(left / whole)
