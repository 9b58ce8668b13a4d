"""Fitted weights tried on records that were held back from fitting: five folds, the same for the old model and the new."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enrich.match.evaluate import Answer, Cut, cut_at
from enrich.match.fit import Labelled, chances_of, fit_weights, losses_of, values_of
from enrich.match.intervals import Interval, bootstrap, compare_paired
from enrich.match.judged import Judged
from enrich.match.model import Model
from enrich.match.reliability import Calibration, measure_calibration
from enrich.match.side import Bits
from enrich.progress import Progress

FOLDS = 5
INNER_FOLDS = 3
STIFFNESSES = (0.3, 1.0, 4.0, 16.0)
"""How firmly weights may be held to the model's (nats a squared bit); records that were held back choose."""

FITS = (FOLDS + 1) * (len(STIFFNESSES) * INNER_FOLDS + 1)
"""Fits that a training makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one model is worth on records that it was not fitted to.

    `log_loss` (nats) is of all that was said of a record, the rest of the best candidate alone, where it is known to be
    right or wrong: `decided` records. `calibration` is null where there are none.
    """

    log_loss: float
    decided: int
    accepted: Cut
    calibration: Calibration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The model that came with the program (`before`) and the fitted one (`after`) on the same records, all held back.

    The intervals are of the paired difference, after less before; `over_base` is of the fitted model's log loss less that
    of saying the same to all. `fresh` compares with the team's model in use, on what was said since that was trained:
    null where there is none, or nothing was.
    """

    before: Figures
    after: Figures
    log_loss: Interval
    precision: Interval
    recall: Interval
    over_base: Interval
    fresh: Interval | None
    fresh_records: int


def try_held_back(judged: Judged, model: Model, accept: float, progress: Progress) -> tuple[Trial, float, Bits]:
    """The trial, and the stiffness and values of the fit to all records."""
    labelled, numbers = judged.labelled, number_records(judged.queries)
    count = _counting(progress)
    after = np.zeros(len(labelled.design))
    for fold in range(FOLDS):
        is_held = numbers % FOLDS == fold
        _, values = _fit_best(labelled.take(~is_held), numbers[~is_held], model, count)
        rows = np.repeat(is_held, labelled.lengths)
        after[rows] = labelled.design[rows] @ values
    stiffness, values = _fit_best(labelled, numbers, model, count)
    return _compare(judged, labelled.design @ values_of(model), after, accept), stiffness, values


def number_records(queries: Sequence[str]) -> npt.NDArray[np.int64]:
    """A number for each record, from 0 without gaps, in an order by chance that is the same in every run.

    >>> number_records(["a", "b", "c"]).tolist()
    [0, 2, 1]
    """
    order = np.argsort([hashlib.md5(query.encode(), usedforsecurity=False).hexdigest() for query in queries])
    numbers = np.empty(len(queries), dtype=np.int64)
    numbers[order] = np.arange(len(queries))
    return numbers


def _counting(progress: Progress) -> Iterator[None]:
    for done in range(FITS):
        progress("fit", done, FITS)
        yield
    progress("fit", FITS, FITS)


def _fit_best(
    labelled: Labelled, numbers: npt.NDArray[np.int64], model: Model, count: Iterator[None]
) -> tuple[float, Bits]:
    """The fit with the stiffness that does best on records held back from it, and that stiffness."""
    parts = numbers // FOLDS % INNER_FOLDS
    losses = dict.fromkeys(STIFFNESSES, 0.0)
    for part in range(INNER_FOLDS):
        kept, held = labelled.take(parts != part), labelled.take(parts == part)
        for stiffness in STIFFNESSES:
            next(count)
            losses[stiffness] += float(
                losses_of(held, held.design @ fit_weights(kept, model, stiffness=stiffness)).sum()
            )
    best = min(STIFFNESSES, key=lambda stiffness: losses[stiffness])
    next(count)
    return best, fit_weights(labelled, model, stiffness=best)


def _compare(judged: Judged, before: Bits, after: Bits, accept: float) -> Trial:
    old, new = (_by_query(judged, losses_of(judged.labelled, scores).tolist()) for scores in (before, after))
    answers, new_answers = answer_by_query(judged, before), answer_by_query(judged, after)
    both = compare_paired(_counts(new_answers, accept), _counts(answers, accept), _accepted)
    present = _by_query(judged, losses_of(judged.labelled, judged.present).tolist())
    fresh = {query: new[query] for query, is_fresh in zip(judged.queries, judged.is_fresh, strict=True) if is_fresh}
    since = compare_paired(fresh, {query: present[query] for query in fresh}, _mean)["mean"] if fresh else None
    return Trial(
        before=_figures(list(old.values()), answers, accept),
        after=_figures(list(new.values()), new_answers, accept),
        log_loss=compare_paired(new, old, _mean)["mean"],
        precision=both["precision"],
        recall=both["recall"],
        over_base=bootstrap(_losses(_stated(new_answers)), _over_base)["log_loss"],
        fresh=since,
        fresh_records=len(fresh),
    )


def answer_by_query(judged: Judged, scores: Bits) -> dict[str, Answer | None]:
    """Each record's best candidate by those scores, held against what people said; null where nobody said anything of it."""
    labelled = judged.labelled
    chances = chances_of(labelled, scores)
    answers: dict[str, Answer | None] = {}
    for place, (query, start, length) in enumerate(
        zip(judged.queries, labelled.starts.tolist(), labelled.lengths.tolist(), strict=True)
    ):
        best = start + int(chances[start : start + length].argmax())
        is_right = bool(labelled.possible[best])
        answers[query] = (
            None
            if is_right and labelled.none_possible[place]
            else Answer(
                query=query,
                probability=float(chances[best]),
                true_rank=1 if is_right else None,
                has_truth=bool(judged.has_truth[place]),
            )
        )
    return answers


def _by_query(judged: Judged, losses: Sequence[float]) -> dict[str, float]:
    return dict(zip(judged.queries, losses, strict=True))


def _figures(losses: Sequence[float], answers: Mapping[str, Answer | None], accept: float) -> Figures:
    decided = [answer for answer in answers.values() if answer is not None]
    return Figures(
        log_loss=_mean(losses)["mean"],
        decided=len(decided),
        accepted=cut_at(decided, accept),
        calibration=measure_calibration(_stated(answers)),
    )


def _stated(answers: Mapping[str, Answer | None]) -> list[tuple[float, bool]]:
    return [
        (answer.probability, answer.is_right)
        for answer in answers.values()
        if answer is not None and answer.probability is not None
    ]


def _mean(losses: Sequence[float]) -> dict[str, float]:
    return {"mean": sum(losses) / len(losses)}


def _counts(answers: Mapping[str, Answer | None], accept: float) -> dict[str, tuple[int, int, int]]:
    """Of each record 0 or 1: accepted, accepted and right, has a truth."""
    cuts = {query: cut_at([] if answer is None else [answer], accept) for query, answer in answers.items()}
    return {query: (cut.accepted, cut.precision.hits, cut.recall.of) for query, cut in cuts.items()}


def _accepted(drawn: Sequence[tuple[int, int, int]]) -> dict[str, float]:
    accepted, right, with_truth = (sum(counts) for counts in zip(*drawn, strict=True))
    # who accepts nothing accepts nothing wrong
    return {"precision": right / accepted if accepted else 1.0, "recall": right / with_truth if with_truth else 0.0}


def _losses(stated: Sequence[tuple[float, bool]]) -> list[tuple[float, bool]]:
    """The log loss (nats) of each statement, and whether what it was stated of is so."""
    found = (measure_calibration([one], draws=1) for one in stated)
    return [(each.log_loss, is_right) for each, (_, is_right) in zip(found, stated, strict=True) if each is not None]


def _over_base(drawn: Sequence[tuple[float, bool]]) -> dict[str, float]:
    share = sum(is_right for _, is_right in drawn) / len(drawn)
    base = -sum(part * math.log(part) for part in (share, 1 - share) if part)
    return {"log_loss": sum(loss for loss, _ in drawn) / len(drawn) - base}
