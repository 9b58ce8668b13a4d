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
    return _Pairs(scores, won, periods).auc(np.ones(len(scores)))


def bootstrap_auc(scores: Scores, won: Flags, periods: Groups, companies: Groups) -> Interval | None:
    """The AUC with its interval: companies are drawn with replacement, all deals of one together."""
    pairs = _Pairs(scores, won, periods)
    value = pairs.auc(np.ones(len(scores)))
    if value is None:
        return None
    random = np.random.default_rng(SEED)
    names, company = np.unique(companies, return_inverse=True)
    drawn = []
    for _ in range(RESAMPLES):
        times = np.bincount(random.integers(len(names), size=len(names)), minlength=len(names))
        auc = pairs.auc(times[company].astype(np.float64))
        if auc is not None:
            drawn.append(auc)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value=value, low=float(low), high=float(high))


class _Pairs:
    """The pairs of won and lost deals of one period, counted score by score: no pair is looked at by itself."""

    def __init__(self, scores: Scores, won: Flags, periods: Groups) -> None:
        levels, level = np.unique(np.column_stack([periods, scores]), axis=0, return_inverse=True)
        self._level = level.reshape(-1)
        self._won = won
        self._starts = np.flatnonzero(np.diff(levels[:, 0], prepend=np.nan) != 0)
        self._sizes = np.diff(self._starts, append=len(levels))

    def auc(self, times: Scores) -> float | None:
        """The AUC where each deal stands so many times; null without a pair."""
        won, lost = (
            np.bincount(self._level, weights=times * these, minlength=int(self._sizes.sum()))
            for these in (self._won, ~self._won)
        )
        up_to = np.cumsum(lost)
        before_period = np.repeat((up_to - lost)[self._starts], self._sizes)
        right = float((won * (up_to - lost / 2 - before_period)).sum())
        pairs = float((np.add.reduceat(won, self._starts) * np.add.reduceat(lost, self._starts)).sum())
        return right / pairs if pairs else None


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
