"""How good a system's answers are, held against known truths: precision, recall and what has to be decided by people.

An answer is what a system says to one query: its best candidate with a probability, or nothing. Precision is right among
accepted answers; recall is right and accepted answers among the queries that have a truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from enrich.match.intervals import DRAWS, Interval, Share, bootstrap, count_share
from enrich.match.reliability import Calibration, measure_calibration

PRECISIONS = (0.90, 0.95, 0.98)
"""Precisions that recall is asked for, and probabilities that are taken at their word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a system said to one query.

    `probability` (0-1) is that of its best candidate, null where it has none. `true_rank` is where the truth stands among
    its candidates, 1 for the best; null where it is not among them. Without `has_truth` every answer is wrong.
    """

    query: str
    probability: float | None = None
    true_rank: int | None = None
    has_truth: bool = True

    @property
    def is_right(self) -> bool:
        """Whether the best candidate is the truth."""
        return self.true_rank == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What accepting from a probability upwards does: `waiting` are those left to a person."""

    threshold: float
    accepted: int
    waiting: int
    precision: Share
    recall: Share
    false_accepts: int
    """Accepted although the query has no truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Answers held against truths. `recall_at` is the largest recall at a precision, the threshold chosen afterwards."""

    queries: int
    with_truth: int
    answered: int
    top: Mapping[int, Share]
    """How often the truth is among the best so many."""
    recall_at: Mapping[float, Interval]
    stated: tuple[Cut, ...]
    calibration: Calibration | None
    """Null where nothing was answered."""


def evaluate(answers: Sequence[Answer], *, tops: Sequence[int] = (1, 5), draws: int = DRAWS) -> Evaluation:
    """Everything that is reported of one system's answers; about a second for a thousand queries.

    >>> found = evaluate([Answer(query="a", probability=0.9, true_rank=1), Answer(query="b")], draws=10)
    >>> found.top[1].value, found.recall_at[0.95].value, found.stated[0].accepted
    (0.5, 0.5, 1)
    """
    # what is drawn of sorted answers is sorted again in a moment
    ordered = sorted(answers, key=lambda answer: -(answer.probability or 0.0))
    return Evaluation(
        queries=len(answers),
        with_truth=_count_true(answers),
        answered=len(_stated(answers)),
        top={most: count_top(answers, most) for most in tops},
        recall_at=bootstrap(ordered, recall_at_precisions, draws=draws),
        stated=tuple(cut_at(answers, stated) for stated in PRECISIONS),
        calibration=measure_calibration(_stated(answers), draws=draws),
    )


def count_top(answers: Sequence[Answer], most: int) -> Share:
    """How many of the queries with a truth have it among the best `most` candidates."""
    found = sum(answer.true_rank is not None and answer.true_rank <= most for answer in answers)
    return count_share(found, _count_true(answers))


def cut_at(answers: Sequence[Answer], threshold: float, *, review: float = 0.0) -> Cut:
    """What accepting from `threshold` upwards does; those from `review` up to it wait for a person."""
    accepted = [answer for answer in answers if answer.probability is not None and answer.probability >= threshold]
    right = sum(answer.is_right for answer in accepted)
    return Cut(
        threshold=threshold,
        accepted=len(accepted),
        waiting=sum(review <= chance < threshold for chance, _ in _stated(answers)),
        precision=count_share(right, len(accepted)),
        recall=count_share(right, _count_true(answers)),
        false_accepts=sum(not answer.has_truth for answer in accepted),
    )


def recall_at_precisions(answers: Sequence[Answer]) -> dict[float, float]:
    """Largest recall that any threshold reaches while precision is at least each of `PRECISIONS`; 0 where none does.

    >>> recall_at_precisions([Answer(query="a", probability=0.9, true_rank=1), Answer(query="b", probability=0.8)])
    {0.9: 0.5, 0.95: 0.5, 0.98: 0.5}
    """
    with_truth = max(_count_true(answers), 1)
    return {least: right / with_truth for least, (right, _) in _best_cuts(answers, PRECISIONS).items()}


def threshold_for(answers: Sequence[Answer], least: float) -> float | None:
    """The threshold with the largest recall at a precision of at least `least`; null where none has it.

    >>> threshold_for([Answer(query="a", probability=0.9, true_rank=1), Answer(query="b", probability=0.8)], 0.95)
    0.9
    """
    return _best_cuts(answers, (least,))[least][1]


def _best_cuts(answers: Sequence[Answer], precisions: Sequence[float]) -> dict[float, tuple[int, float | None]]:
    """For each precision the most right ones accepted at once, and from which probability upwards."""
    best: dict[float, tuple[int, float | None]] = dict.fromkeys(precisions, (0, None))
    took = right = 0
    # equal probabilities are accepted together or not at all
    for chance, tied in groupby(sorted(_stated(answers), reverse=True), key=itemgetter(0)):
        for _, is_right in tied:
            took += 1
            right += is_right
        for least in precisions:
            if right > best[least][0] and right / took >= least:
                best[least] = (right, chance)
    return best


def _stated(answers: Sequence[Answer]) -> list[tuple[float, bool]]:
    return [(answer.probability, answer.is_right) for answer in answers if answer.probability is not None]


def _count_true(answers: Sequence[Answer]) -> int:
    return sum(answer.has_truth for answer in answers)
