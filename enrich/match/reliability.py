"""What stated probabilities are worth: calibration error, Brier score, log loss, and the reliability diagram."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from enrich.match.intervals import DRAWS, Share, count_share, quantile

BINS = 10
"""Equal bins of probability, in the diagram and in the calibration error."""

SMALLEST_CHANCE = 1e-6
"""Log loss takes no statement to be surer than this, either way: one wrong "certain" would cost without end."""

Stated = Sequence[tuple[float, bool]]
"""Probabilities (0-1) as they were stated, each with whether what it was stated of is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Statements from `low` up to `high`: what they say on average, and how often they are right."""

    low: float
    high: float
    stated: float
    right: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What stated probabilities are worth; smaller is better.

    `ece` is the expected calibration error over ten bins (0-1); `ece_allowed` the 95th percentile of what statements that
    are perfectly true have at this size. The `base` figures are those of saying to each how often all are right.
    """

    ece: float
    ece_allowed: float
    brier: float
    brier_base: float
    log_loss: float
    log_loss_base: float
    bins: tuple[Bin, ...]


def measure_calibration(stated: Stated, *, draws: int = DRAWS, seed: int = 1) -> Calibration | None:
    """How true the stated probabilities are; null where there are none.

    >>> found = measure_calibration([(0.8, True), (0.8, True), (0.8, True), (0.8, False)], draws=10)
    >>> round(found.ece, 3), round(found.brier, 3), round(found.brier_base, 4)
    (0.05, 0.19, 0.1875)
    """
    if not stated:
        return None
    binned: dict[int, list[tuple[float, bool]]] = {}
    for chance, is_right in stated:
        binned.setdefault(min(int(chance * BINS), BINS - 1), []).append((chance, is_right))
    rng = random.Random(seed)  # noqa: S311  # a simulation, no secret
    said = [[chance for chance, _ in pairs] for pairs in binned.values()]
    simulated = [
        sum(abs(sum(chances) - sum(rng.random() < chance for chance in chances)) for chances in said) / len(stated)
        for _ in range(draws)
    ]
    always = [(sum(is_right for _, is_right in stated) / len(stated), is_right) for _, is_right in stated]
    return Calibration(
        ece=sum(abs(sum(chance - is_right for chance, is_right in pairs)) for pairs in binned.values()) / len(stated),
        ece_allowed=quantile(simulated, 0.95),
        brier=_brier(stated),
        brier_base=_brier(always),
        log_loss=_log_loss(stated),
        log_loss_base=_log_loss(always),
        bins=tuple(
            Bin(
                low=place / BINS,
                high=(place + 1) / BINS,
                stated=sum(chance for chance, _ in pairs) / len(pairs),
                right=count_share(sum(is_right for _, is_right in pairs), len(pairs)),
            )
            for place, pairs in sorted(binned.items())
        ),
    )


def _brier(stated: Stated) -> float:
    return sum((chance - is_right) ** 2 for chance, is_right in stated) / len(stated)


def _log_loss(stated: Stated) -> float:
    held = ((min(max(chance, SMALLEST_CHANCE), 1 - SMALLEST_CHANCE), is_right) for chance, is_right in stated)
    return -sum(math.log(chance if is_right else 1 - chance) for chance, is_right in held) / len(stated)
