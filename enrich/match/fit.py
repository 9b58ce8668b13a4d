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
from enrich.match.model import DISSIMILARITY, Curve, Model, share_nests
from enrich.match.side import Bits

Mask = npt.NDArray[np.bool_]

SCALE = float(np.log(2)) / DISSIMILARITY
"""Nats of a bit between rivals."""

MOST_BITS = 40.0
"""No weight, and no rise of a curve, is fitted to more than this, for or against."""

FEWEST_CASES = 5
"""Queries that have to have a candidate with an outcome before its weight moves."""

SPEAK_FOR = frozenset(
    {
        "same",
        "same_among_relatives",
        "same_address",
        "same_address_among_relatives",
        "spells_the_name",
        "same_words",
        "same_besides",
        "same_as_named",
        "as_named",
        "as_begun",
        "same_postal_code",
        "same_street",
        "begins_alone",
        "same_meaning",
        "near",
        "acronym",
        "similar",
        "shared",
        "shared_meaning",
        "both",
        "both_alone",
        "second_alone",
        "first_alone",
    }
)
"""Outcomes that can only speak for a pair; all others can only speak against it."""

EITHER = frozenset({"public", "translated"})
"""Outcomes that may speak for or against."""

MOST_OF = {"public": 1.0}
"""Bits that an outcome may have at most. The gold is of companies that report publicly: nobody else's list is so full of them."""

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
        high = MOST_OF.get(outcome, MOST_BITS if outcome in SPEAK_FOR | EITHER else 0.0)
        points: Sequence[int | None] = [None] if isinstance(weight, float) else range(len(weight))
        for point in points:
            is_least = outcome == "similar" and point == 0  # what is hardly alike speaks for nobody
            yield Slot(comparison=comparison, outcome=outcome, point=point, low=low, high=0.0 if is_least else high)


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
    """The model with other values, in the order of `slots_of`, rounded to hundredths of a bit; who was present is not told.

    >>> from enrich.match.model import shipped_model
    >>> with_values(shipped_model(), values_of(shipped_model()), version="2").weights == shipped_model().weights
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
    among, anybody = share_nests(scores, labelled.starts)
    return among * np.repeat(anybody, labelled.lengths)


def losses_of(labelled: Labelled, scores: Bits) -> Bits:
    """How unlikely scores in bits make what is known of each query: minus its log likelihood, in nats."""
    return -np.log(_weigh(labelled, scores).likelihood)


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
    weighed = _weigh(labelled, base + design @ moves)
    among, anybody, lengths = weighed.among, weighed.anybody, labelled.lengths
    loss = -float(labelled.weights @ np.log(weighed.likelihood)) + stiffness / 2 * float(moves @ moves)
    # of a bit more for one candidate: what its nest as a whole gains, and what it gains on its rivals
    known = labelled.none_possible.astype(np.float64)
    nest = DISSIMILARITY * (weighed.possible - known) * anybody * (1 - anybody) / weighed.likelihood
    inside = anybody / weighed.likelihood
    ahead: Bits = labelled.possible - np.repeat(weighed.possible, lengths)
    gains = among * (np.repeat(nest, lengths) + np.repeat(inside, lengths) * ahead)
    gradient = -design.T @ (np.repeat(labelled.weights, lengths) * gains) * SCALE + stiffness * moves
    between = labelled.weights * DISSIMILARITY**2 * anybody * (1 - anybody)
    within = labelled.weights * (1 - DISSIMILARITY * (1 - anybody))
    mean = np.add.reduceat(among[:, None] * design, labelled.starts, axis=0)
    spread = design.T @ ((np.repeat(within, lengths) * among)[:, None] * design)
    spread += mean.T @ ((between - within)[:, None] * mean)
    return loss, gradient, spread * SCALE**2 + stiffness * np.eye(len(moves))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """Each candidate's share among its rivals; a query's chance that it is any, that share of the possible ones, and the
    likelihood of what is known.
    """

    among: Bits
    anybody: Bits
    possible: Bits
    likelihood: Bits


def _weigh(labelled: Labelled, scores: Bits) -> _Weighed:
    among, anybody = share_nests(scores, labelled.starts)
    possible = np.add.reduceat(np.where(labelled.possible, among, 0.0), labelled.starts)
    likelihood = anybody * possible + (1 - anybody) * labelled.none_possible
    return _Weighed(
        among=among, anybody=anybody, possible=possible, likelihood=np.maximum(likelihood, _SMALLEST_CHANCE)
    )
