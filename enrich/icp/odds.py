"""How much likelier a trait is among a few companies than elsewhere: log-odds, shrunk towards the rate elsewhere."""

import math
from dataclasses import dataclass

import numpy as np

PRIOR_COMPANIES = 4.0
"""The rate elsewhere counts as much as so many companies: what three of three have is not yet what all have."""

TELLING = 3
"""So many of the few must share a trait before it is one: every company has some rare code, and one proves nothing."""

CONFIDENCE = 0.95
_WIDEST = 40.0
"""Log-odds further from zero than this do not occur: e⁻⁴⁰ is less than one company on earth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """A trait among the few against elsewhere: `log_odds` (natural logarithm) with its 95 % interval `low` to `high`.

    `verdict` is more, less, or too few to tell, where the interval covers no difference.
    """

    share: float
    elsewhere: float
    log_odds: float
    low: float
    high: float
    verdict: str


def compare_shares(*, yes: int, known: int, others_yes: int, others_known: int) -> Odds | None:
    """The odds of a trait that `yes` of `known` companies have, and `others_yes` of `others_known`; null where one side is unknown.

    The share among the few has a Beta prior: the rate elsewhere (Laplace's rule), worth `PRIOR_COMPANIES`. The interval is that of
    its posterior; the rate elsewhere is taken as known.

    >>> odds = compare_shares(yes=11, known=12, others_yes=30_000, others_known=1_000_000)
    >>> odds.verdict, round(odds.log_odds, 1), round(odds.low, 1), round(odds.high, 1)
    ('more', 4.3, 3.3, 5.5)
    >>> compare_shares(yes=3, known=6, others_yes=300, others_known=1000).verdict
    'too few to tell'
    """
    if known == 0 or others_known == 0:
        return None
    elsewhere = (others_yes + 1) / (others_known + 2)
    one, other = yes + PRIOR_COMPANIES * elsewhere, known - yes + PRIOR_COMPANIES * (1 - elsewhere)
    base = _logit(elsewhere)
    low, high = (end - base for end in _logit_interval(one, other))
    verdict = "more" if low > 0 and yes >= TELLING else "less" if high < 0 else "too few to tell"
    return Odds(
        share=yes / known,
        elsewhere=others_yes / others_known,
        log_odds=math.log(one / other) - base,
        low=low,
        high=high,
        verdict=verdict,
    )


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _logit_interval(one: float, other: float) -> tuple[float, float]:
    """The central 95 % of the logarithm of the odds where the share is Beta(one, other), summed up on a grid."""
    grid = np.linspace(-_WIDEST, _WIDEST, 16_001)
    log_density = one * grid - (one + other) * np.logaddexp(0, grid)
    below = np.cumsum(np.exp(log_density - log_density.max()))
    ends = np.interp([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], below / below[-1], grid)
    return float(ends[0]), float(ends[1])
