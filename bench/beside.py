"""One system's figures beside those of others on the same cases: ranks, recall, frozen thresholds, calibration."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bench.gold import FOLDS, Case
from bench.measure import Measure
from enrich.match.evaluate import PRECISIONS, Answer, Cut, count_top, cut_at, recall_at_precisions, threshold_for
from enrich.match.intervals import Interval, bootstrap, compare_paired
from enrich.match.reliability import measure_calibration

OURS = "ours"
RIVAL = "splink"
"""The peer that is compared case by case."""

Answers = Mapping[str, Answer]
"""What a system said to each query."""
Systems = Mapping[str, Answers]

FROZEN = 0.95
"""Precision that the thresholds of the five folds are chosen for."""


def _figures(answers: Sequence[Answer]) -> dict[str, float]:
    recalls = {
        f"recall_at_p{precision * 100:.0f}": recall for precision, recall in recall_at_precisions(answers).items()
    }
    return {"top1": count_top(answers, 1).value or 0.0, "top5": count_top(answers, 5).value or 0.0, **recalls}


def compare_ranks(
    name: str,
    cases: Sequence[Case],
    systems: Systems,
    bars: Mapping[str, float],
    others: Mapping[str, Sequence[Case]],
    **more: object,
) -> Iterator[Measure]:
    """Top-1, top-5 and recall at precisions of ours, beside the peers', with what separates us from the rival."""
    ours = answers_to(systems[OURS], cases)
    found = bootstrap(ours, _figures)
    peers = {peer: _figures(answers_to(answers, cases)) for peer, answers in systems.items() if peer != OURS}
    beside = {half: _figures(answers_to(systems[OURS], some)) for half, some in others.items()}
    ahead: Mapping[str, Interval] = {}
    if RIVAL in systems:
        ahead = compare_paired(_by_query(ours), _by_query(answers_to(systems[RIVAL], cases)), _figures)
    for figure, interval in found.items():
        yield Measure(
            name=f"{name}_{figure}",
            figure=interval.value,
            unit="share",
            bar=bars.get(figure),
            at_least=True,
            more={
                "queries": len(cases),
                "interval": _short(interval)[1:],
                "peers": {peer: round(figures[figure], 4) for peer, figures in peers.items()},
                **({f"ahead_of_{RIVAL}": _short(ahead[figure])} if ahead else {}),
                **{half: round(figures[figure], 4) for half, figures in beside.items()},
                **(more if figure == "recall_at_p95" else {}),
            },
        )


def five_fold(cases: Sequence[Case], answers: Answers) -> dict[str, float]:
    """Precision and recall where each fifth is accepted from the threshold that the other four gave for 0.95."""
    accepted = right = 0
    for fold in range(FOLDS):
        threshold = threshold_for(answers_to(answers, [case for case in cases if case.fold != fold]), FROZEN)
        if threshold is not None:
            cut = cut_at(answers_to(answers, [case for case in cases if case.fold == fold]), threshold)
            accepted += cut.accepted
            right += cut.precision.hits
    return {"precision": round(right / max(accepted, 1), 4), "recall": round(right / max(len(cases), 1), 4)}


def judge_stated(cases: Sequence[Case], systems: Systems) -> Iterator[Measure]:
    """What the probabilities that are stated are worth when they are taken at their word."""
    for stated in PRECISIONS:
        said = {name: cut_at(answers_to(answers, cases), stated) for name, answers in systems.items()}
        yield Measure(
            name=f"gold_stated_{stated * 100:.0f}",
            figure=said[OURS].precision.value or 0.0,
            unit="share",
            more={name: describe_cut(cut) for name, cut in said.items()},
        )


def freeze_thresholds(developing: Sequence[Case], held_back: Sequence[Case], systems: Systems) -> Iterator[Measure]:
    """What a threshold chosen on the developing half for a precision does to the other."""
    for precision in PRECISIONS[1:]:
        frozen = {name: threshold_for(answers_to(answers, developing), precision) for name, answers in systems.items()}
        said = {
            name: cut_at(answers_to(systems[name], held_back), threshold)
            for name, threshold in frozen.items()
            if threshold is not None
        }
        yield Measure(
            name=f"gold_frozen_p{precision * 100:.0f}",
            figure=(said[OURS].precision.value or 0.0) if OURS in said else 0.0,
            unit="share",
            more={name: {"threshold": cut.threshold, **describe_cut(cut)} for name, cut in said.items()},
        )


CALIBRATION_DRAWS = 20_000
"""Simulations of perfect statements: of fewer the bar itself moves by what is to be measured."""


def describe_cut(cut: Cut) -> dict[str, object]:
    """Accepting from a threshold upwards, in the figures that are reported."""
    return {
        "accepted": cut.accepted,
        "precision": rounded(cut.precision.value),
        "interval": [rounded(cut.precision.low), rounded(cut.precision.high)],
        "recall": rounded(cut.recall.value),
    }


def compare_calibration(
    name: str, developing: Sequence[Case], held_back: Sequence[Case], systems: Systems
) -> Iterator[Measure]:
    """Brier score, log loss and calibration error; the rival's after isotonic calibration on the developing half.

    The two scores are of all queries, whoever answered them (`stated_of_all`), or they would not compare; the calibration
    error is of what we stated.
    """
    stated = measure_calibration(_stated(systems[OURS], held_back), draws=CALIBRATION_DRAWS)
    ours = measure_calibration(stated_of_all(systems[OURS], held_back), draws=1)
    if stated is None or ours is None:
        return
    rival = None
    if RIVAL in systems:
        to_truth = _isotonic(answers_to(systems[RIVAL], developing))
        rival = measure_calibration(stated_of_all(systems[RIVAL], held_back, as_truth=to_truth), draws=1)
    compared = [OURS, *([] if rival is None else [RIVAL])]
    unanswered = {
        each: sum(one.probability is None for one in answers_to(systems[each], held_back)) for each in compared
    }
    for figure, value, base, theirs in (
        ("brier", ours.brier, ours.brier_base, None if rival is None else rival.brier),
        ("log_loss", ours.log_loss, ours.log_loss_base, None if rival is None else rival.log_loss),
    ):
        yield Measure(
            name=f"{name}_{figure}",
            figure=value,
            unit=figure,
            bar=min(base, base if theirs is None else theirs),
            more={
                "base_rate": round(base, 4),
                **({} if theirs is None else {f"{RIVAL}_isotonic": round(theirs, 4)}),
                "queries": len(held_back),
                "unanswered": unanswered,
            },
        )
    yield Measure(name=f"{name}_ece", figure=stated.ece, unit="share", bar=stated.ece_allowed)


def stated_of_all(
    answers: Answers, cases: Sequence[Case], *, as_truth: Callable[[float], float] = float
) -> list[tuple[float, bool]]:
    """What a system stated of its best answer to each of these queries; no answer is a stated 0, and is not right.

    `as_truth` calibrates what it stated.
    """
    return [
        (0.0 if one.probability is None else as_truth(one.probability), one.is_right)
        for one in answers_to(answers, cases)
    ]


def _isotonic(answers: Sequence[Answer]) -> Callable[[float], float]:
    """The rising steps from stated probability to how often it is right that fit the answers best."""
    from sklearn.isotonic import IsotonicRegression

    stated = [(answer.probability, answer.is_right) for answer in answers if answer.probability is not None]
    steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    steps.fit([chance for chance, _ in stated], [right for _, right in stated])
    return lambda chance: float(steps.predict([chance])[0])


def answers_to(answers: Answers, cases: Sequence[Case]) -> list[Answer]:
    """The answers to these cases, the surest first: what is drawn of sorted answers is sorted again in a moment."""
    return sorted((answers[case.query] for case in cases), key=lambda answer: -(answer.probability or 0.0))


def _by_query(answers: Iterable[Answer]) -> dict[str, Answer]:
    return {answer.query: answer for answer in answers}


def _stated(answers: Answers, cases: Sequence[Case]) -> list[tuple[float, bool]]:
    return [(one.probability, one.is_right) for one in answers_to(answers, cases) if one.probability is not None]


def _short(interval: Interval) -> list[float]:
    return [round(number, 4) for number in (interval.value, interval.low, interval.high)]


def rounded(number: float | None) -> float | None:
    """A share in the four digits that are reported; null stays null."""
    return None if number is None else round(number, 4)
