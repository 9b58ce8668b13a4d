import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.match.evaluate import PRECISIONS, Answer, count_top, cut_at, evaluate, recall_at_precisions, threshold_for
from enrich.match.intervals import bootstrap, compare_paired, count_share
from enrich.match.reliability import measure_calibration

CHANCES = st.one_of(st.none(), st.sampled_from([0.0, 0.2, 0.5, 0.9, 0.95, 1.0]), st.floats(0, 1))


@st.composite
def answer_lists(draw: st.DrawFn) -> list[Answer]:
    answers = []
    for number in range(draw(st.integers(1, 40))):
        chance, has_truth = draw(CHANCES), draw(st.booleans())
        rank = draw(st.one_of(st.none(), st.integers(1, 6))) if has_truth and chance is not None else None
        answers.append(Answer(query=str(number), probability=chance, true_rank=rank, has_truth=has_truth))
    return answers


@given(answer_lists())
def test_the_largest_recall_is_that_of_the_best_threshold_tried_one_by_one(answers: list[Answer]) -> None:
    chances = {answer.probability for answer in answers if answer.probability is not None}
    for least, found in recall_at_precisions(answers).items():
        cuts = [cut_at(answers, chance) for chance in chances]
        kept = [cut for cut in cuts if cut.precision.value is not None and cut.precision.value >= least]
        assert found == max((cut.recall.value or 0.0 for cut in kept), default=0.0)
        threshold = threshold_for(answers, least)
        if found:
            assert threshold is not None
            assert cut_at(answers, threshold).recall.value == found
        else:
            assert threshold is None


@given(answer_lists(), st.floats(0, 1), st.floats(0, 1))
def test_a_cut_accounts_for_every_answer(answers: list[Answer], threshold: float, review: float) -> None:
    cut = cut_at(answers, threshold, review=min(review, threshold))
    below = sum(answer.probability is None or answer.probability < min(review, threshold) for answer in answers)
    assert cut.accepted + cut.waiting + below == len(answers)
    assert cut.false_accepts <= cut.accepted - cut.precision.hits
    assert cut.precision.hits == cut.recall.hits


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_share_lies_in_its_interval(hits: int, misses: int) -> None:
    share = count_share(hits, hits + misses)
    if share.value is None:
        assert hits + misses == 0
    else:
        assert share.low is not None
        assert share.high is not None
        assert 0 <= share.low <= share.value + 1e-12
        assert share.value - 1e-12 <= share.high <= 1


def test_ties_are_accepted_together() -> None:
    tied = [Answer(query=str(n), probability=0.8, true_rank=1 if n else None) for n in range(2)]
    assert recall_at_precisions(tied) == dict.fromkeys(PRECISIONS, 0.0)


def test_top_counts_only_queries_that_have_a_truth() -> None:
    answers = [
        Answer(query="right", probability=0.9, true_rank=1),
        Answer(query="third", probability=0.9, true_rank=3),
        Answer(query="sixth", probability=0.9, true_rank=6),
        Answer(query="nobody", probability=0.9, has_truth=False),
    ]
    assert [(count_top(answers, most).hits, count_top(answers, most).of) for most in (1, 5)] == [(1, 3), (2, 3)]


def drawn_answers(count: int, *, sureness: float, seed: int = 7) -> list[Answer]:
    """Answers right as often as their probability to the power of `sureness` says: 1 is perfectly calibrated."""
    rng = random.Random(seed)
    chances = [rng.random() for _ in range(count)]
    return [
        Answer(query=str(n), probability=chance, true_rank=1 if rng.random() < chance**sureness else None)
        for n, chance in enumerate(chances)
    ]


def test_calibration_tells_true_statements_from_boasts() -> None:
    honest = evaluate(drawn_answers(2_000, sureness=1), draws=200).calibration
    boasting = evaluate(drawn_answers(2_000, sureness=3), draws=200).calibration
    assert honest is not None
    assert boasting is not None
    assert honest.ece <= honest.ece_allowed < boasting.ece
    assert honest.brier < honest.brier_base
    assert honest.log_loss < honest.log_loss_base
    assert sum(one.right.of for one in honest.bins) == 2_000


def test_of_the_simulations_of_perfect_calibration_one_in_twenty_exceeds_what_is_allowed() -> None:
    exceeding = 0
    for seed in range(50):
        found = evaluate(drawn_answers(300, sureness=1, seed=seed), draws=100).calibration
        assert found is not None
        exceeding += found.ece > found.ece_allowed
    assert exceeding <= 8  # 2.5 expected; 9 or more in one of a thousand such tests


def test_what_is_wrong_and_certain_costs_much_but_not_without_end() -> None:
    found = measure_calibration([(1.0, False), (0.0, True)], draws=10)
    assert found is not None
    assert found.log_loss == pytest.approx(13.8, abs=0.1)


def test_nothing_answered_has_no_calibration() -> None:
    found = evaluate([Answer(query="a"), Answer(query="b", has_truth=False)], draws=10)
    assert (found.calibration, found.answered, found.with_truth) == (None, 0, 1)


def mean(drawn: Sequence[float]) -> dict[str, float]:
    return {"mean": sum(drawn) / len(drawn)}


def test_intervals_of_resampling_and_of_wilson_agree_where_both_hold() -> None:
    resampled = bootstrap([1.0] * 160 + [0.0] * 40, mean)["mean"]
    wilson = count_share(160, 200)
    assert (resampled.low, resampled.high) == pytest.approx((wilson.low, wilson.high), abs=0.015)


def test_a_paired_comparison_sees_a_difference_that_two_intervals_hide() -> None:
    theirs = {str(n): float(n < 100) for n in range(200)}
    ours = theirs | {str(n): 1.0 for n in range(100, 110)}
    apart = [bootstrap(list(answers.values()), mean)["mean"] for answers in (ours, theirs)]
    assert apart[0].low < apart[1].high
    paired = compare_paired(ours, theirs, mean)["mean"]
    assert paired.value == pytest.approx(0.05)
    assert paired.low > 0


def test_a_paired_comparison_needs_the_same_queries() -> None:
    with pytest.raises(ValueError, match="the same queries"):
        compare_paired({"a": 1.0}, {"b": 1.0}, mean)
