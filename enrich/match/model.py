"""The model: how much each outcome of a comparison speaks for or against, in bits (log2 odds), and what they make together.

Where the figures come from: the weights of names and legal form, and the prior, were fitted in November 2026 by penalised
maximum likelihood on the developing half of company names as companies wrote them with the LEI that they stated, against
all 3.1 million names of the LEI register; each weight was held to the sign that its meaning demands. Left out were 142 of
1,660 queries whose label contradicts an identical name or whose true name is not unique in its country; with them the
weight of the country was fitted. Each query counted a quarter more without its true company, so that a list of which not
everybody is in the register is not overrated. The list states no numbers, domains, phones and places: their weights are
set by hand, from how often two companies share such a value by chance. The fit was made once, outside this repository, and
nothing here repeats it: `make bench` holds the outcome against the same half of the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from enrich.match.compare import NAME_COMPARISONS, VALUE_COMPARISONS, Compared, Outcome, compare

MODEL_VERSION = "1"
"""Raised whenever a weight, a comparison or a key changes."""

PRIOR = -3.15
"""Bits for a candidate of which nothing is known but that a key brought it up."""

Curve = tuple[tuple[float, float], ...]

WEIGHTS: Mapping[tuple[str, str], float | Curve] = {
    ("number", "same"): 22.0,
    ("number", "different"): -12.0,
    ("domain", "same"): 12.0,
    ("domain", "different"): -1.5,
    ("phone", "same"): 7.0,
    ("phone", "different"): 0.0,
    ("name", "unstated"): -5.0,
    ("name", "same"): 3.58,
    ("name", "same_words"): 0.0,
    ("name", "acronym"): 0.0,
    ("name", "similar"): ((0.75, 0.0), (0.85, 1.3), (0.95, 2.41)),
    ("shared_words", "shared"): ((8, 0.0), (14, 4.28), (22, 5.25), (30, 6.41), (45, 6.59)),
    ("left_words", "only_left"): ((0, 0.0), (6, -0.74), (12, -2.02), (20, -2.02), (32, -2.37)),
    ("right_words", "only_right"): ((0, 0.0), (6, -2.4), (12, -4.59), (20, -5.48), (32, -5.62)),
    ("first_word", "same"): 0.0,
    ("first_word", "different"): -1.57,
    ("digits", "different"): -1.77,
    ("legal_form", "same"): 0.42,
    ("legal_form", "different"): -3.13,
    ("country", "same"): 0.0,
    ("country", "different"): -5.38,
    ("place", "same"): 2.5,
    ("place", "different"): -1.0,
    ("kind", "branch"): -3.0,
    ("kind", "establishment"): -5.0,
    ("kind", "fund"): -5.0,
    ("kind", "estate"): -8.0,
    ("kind", "sole_trader"): -1.0,
    ("life", "dead"): -3.0,
}
"""Bits by comparison and outcome: one figure, or points (amount, bits) with straight lines between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One comparison's outcome, both values, its weight in bits (negative speaks against), and the sentence for a person."""

    comparison: str
    outcome: str
    left_value: str | None
    right_value: str | None
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A candidate's evidence and its sum with the prior, in bits; `probability` is that of the pair by itself."""

    score: float
    evidence: tuple[Evidence, ...]

    @property
    def probability(self) -> float:
        """0-1, as if there were no other candidate."""
        return probabilities([self.score])[0]


def score_pair(left: Compared, right: Compared) -> Scored:
    """Both sides compared and weighed."""
    evidence = tuple(_weigh(name, outcome) for name, outcome in compare(left, right).items())
    return Scored(score=PRIOR + sum(item.weight for item in evidence), evidence=evidence)


def probabilities(scores: Sequence[float]) -> list[float]:
    """The probability (0-1) of each of a query's candidates, of which at most one is true, from their scores in bits.

    Two equally good candidates share what one alone would have:

    >>> [round(p, 3) for p in probabilities([6.0])], [round(p, 3) for p in probabilities([6.0, 6.0])]
    ([0.985], [0.496, 0.496])
    """
    highest = max(0.0, *scores) if scores else 0.0
    odds = [2 ** (score - highest) for score in scores]
    whole = 2**-highest + sum(odds)
    return [odd / whole for odd in odds]


def weight_of(comparison: str, outcome: Outcome) -> float:
    """Bits of an outcome.

    >>> weight_of("right_words", Outcome(outcome="only_right", amount=3)), weight_of("country", Outcome(outcome="different"))
    (-1.2, -5.38)
    """
    weight = WEIGHTS[comparison, outcome.outcome]
    return weight if isinstance(weight, float) else _on_curve(weight, outcome.amount)


def _on_curve(curve: Curve, amount: float) -> float:
    if amount <= curve[0][0]:
        return curve[0][1]
    for (start, low), (end, high) in pairwise(curve):
        if amount <= end:
            return low + (high - low) * (amount - start) / (end - start)
    return curve[-1][1]


_SUBJECTS = {
    name: (comparison.__doc__ or "").rstrip(".") for name, comparison in (VALUE_COMPARISONS | NAME_COMPARISONS).items()
}
_OUTCOMES = {
    "same": "the same",
    "different": "not the same",
    "same_words": "the same words in another order or spelling",
    "acronym": "one is the initials of the other",
    "dead": "no longer",
    "unstated": "not stated",
    "only_left": "some",
    "only_right": "some",
    "shared": "some",
}


def _weigh(comparison: str, outcome: Outcome) -> Evidence:
    if outcome.outcome == "similar":
        found = f"{outcome.amount:.0%} alike"
    elif outcome.outcome in ("shared", "only_left", "only_right") and not (outcome.left_value or outcome.right_value):
        found = (
            "only words that are the same but for a slip"
            if outcome.outcome == "shared"
            else "only the letters of a slip"
        )
    else:
        found = _OUTCOMES.get(outcome.outcome, outcome.outcome.replace("_", " "))
    return Evidence(
        comparison=comparison,
        outcome=outcome.outcome,
        left_value=outcome.left_value,
        right_value=outcome.right_value,
        weight=weight_of(comparison, outcome),
        sentence=f"{_SUBJECTS[comparison]}: {found}.",
    )
