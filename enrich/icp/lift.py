"""How well a score separates deals that were won from those that were lost; pure, on numpy arrays of scores and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
SEED = 20261101
"""The same deals, the same interval."""

Scores = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftStep:
    """The best `share` of the deals (0-1): the share of all won among them, and how many times chance that is."""

    share: float
    won_share: float
    lift: float


def measure_auc(scores: Scores, won: Flags, periods: Groups) -> float | None:
    """The share of pairs of one won and one lost deal of the same period in which the won one has the higher score.

    A tie counts half; 0.5 is chance. Null where no period has both. Deals are compared within their period only, so that
    a good year or a changed price list is not taken for a good score.

    >>> measure_auc(np.array([90.0, 40, 40, 10]), np.array([True, True, False, False]), np.zeros(4, dtype=np.int64))
    0.875
    """
    right, pairs = 0.0, 0
    for period in np.unique(periods):
        here = periods == period
        winners, losers = scores[here & won], scores[here & ~won]
        difference = winners[:, None] - losers[None, :]
        right += float((difference > 0).sum() + (difference == 0).sum() / 2)
        pairs += difference.size
    return right / pairs if pairs else None


def bootstrap_auc(scores: Scores, won: Flags, periods: Groups, companies: Groups) -> Interval | None:
    """The AUC with its interval: companies are drawn with replacement, all deals of one together."""
    value = measure_auc(scores, won, periods)
    if value is None:
        return None
    random = np.random.default_rng(SEED)
    members = [np.flatnonzero(companies == one) for one in np.unique(companies)]
    drawn = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([members[one] for one in random.integers(len(members), size=len(members))])
        auc = measure_auc(scores[chosen], won[chosen], periods[chosen])
        if auc is not None:
            drawn.append(auc)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value=value, low=float(low), high=float(high))


def place_out_of_period(scores: Scores, periods: Groups) -> Scores:
    """Where each deal stands (0 worst, 1 best) among the deals of the *other* periods, ties in the middle.

    So a deal is judged by what was known without its own period. Where there is one period only, it is nan.

    >>> place_out_of_period(np.array([10.0, 30, 20]), np.array([1, 1, 2])).tolist()
    [0.0, 1.0, 0.5]
    """
    placed = np.full(len(scores), np.nan)
    for period in np.unique(periods):
        here = periods == period
        others = np.sort(scores[~here])
        if len(others):
            below, upto = (np.searchsorted(others, scores[here], side=side) for side in ("left", "right"))
            placed[here] = (below + upto) / 2 / len(others)
    return placed


def draw_curve(places: Scores, won: Flags, steps: Sequence[float]) -> tuple[LiftStep, ...]:
    """The lift of the best `steps` (0-1) of the deals; deals of the same place are taken in equal parts.

    >>> [step.lift for step in draw_curve(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]), (0.25, 0.5))]
    [2.0, 1.5]
    """
    levels, inverse, sizes = np.unique(-places, return_inverse=True, return_counts=True)
    winners = np.bincount(inverse, weights=won.astype(float), minlength=len(levels))
    taken, gained = np.concatenate([[0], np.cumsum(sizes)]), np.concatenate([[0], np.cumsum(winners)])
    found = []
    for share in steps:
        caught = float(np.interp(share * len(won), taken, gained)) / float(won.sum())
        found.append(LiftStep(share=share, won_share=caught, lift=caught / share))
    return tuple(found)
