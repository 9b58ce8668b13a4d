"""Whether an ICP tells won from lost deals, in the market of conftest.py: 12 software houses won, 12 others lost."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.backtest import Backtest, backtest_icp, say_verdict
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.icp.lift import bootstrap_auc, draw_curve, measure_auc
from enrich.icp.lift_picture import draw_lift

Judge = Callable[..., Backtest]


@pytest.fixture(scope="module")
def judge(market: Config) -> Judge:
    def call(icp: str, **options: Any) -> Backtest:
        with open_readers(market) as readers:
            return backtest_icp(readers, market, icp, **options)

    return call


def test_a_good_icp_separates_in_every_period(judge: Judge) -> None:
    result = judge("good")
    assert (result.won, result.lost, result.unmatched, result.undated) == (12, 12, 1, 0)
    assert [(one.period, one.won, one.lost, one.auc_low) for one in result.periods] == [
        (f"2025-Q{quarter}", 3, 3, 1.0) for quarter in (1, 2, 3, 4)
    ]
    # half of the deals are won: the best half holds nearly all of them, each ranked without its own quarter
    assert all(reading.curve[4].won_share > 0.9 for reading in result.readings)
    assert "better than chance" in say_verdict(result)


def test_an_icp_that_all_meet_cannot_be_told_from_chance(judge: Judge) -> None:
    result = judge("useless")
    assert [reading.auc.value for reading in result.readings if reading.auc] == [0.5, 0.5]
    assert [step.lift for step in result.readings[0].curve] == pytest.approx([1.0] * 10)
    assert "from chance" in say_verdict(result)


def test_a_deal_is_judged_by_what_the_company_was_then(judge: Judge) -> None:
    result = judge("large")
    # it has 20 employees today, and had three when its deal was won
    assert (result.misfits_won, result.misfits_lost) == (1, 12)
    # all are of May 2010: fifteen years old today and since the second quarter of 2025, not in the first
    aged = judge("old")
    assert (aged.misfits_won, aged.misfits_lost) == (3, 3)


def test_what_was_not_known_then_is_read_both_ways(judge: Judge) -> None:
    against, wanted = judge("hiring").readings
    assert (against.unknown, wanted.unknown) == ("against", "for")
    assert against.auc is not None
    assert against.auc.value == 1.0


def test_who_only_may_fit_counts_as_fitting_in_one_reading_only(judge: Judge) -> None:
    result = judge("untold")
    # no site was read, so nobody is known to fit: what the wishes say of them counts only where unknown speaks for them
    assert (result.misfits_won, result.misfits_lost) == (0, 0)
    assert [(one.unknown, one.auc.value) for one in result.readings if one.auc] == [("against", 0.5), ("for", 1.0)]


def test_one_year_leaves_nothing_to_compare_with(judge: Judge) -> None:
    result = judge("good", by="year")
    assert result.readings == ()
    assert "all deals are of one year" in say_verdict(result)
    with pytest.raises(InputInvalid, match="'month' is no period"):
        judge("good", by="month")


def test_without_deals_it_says_too_few(published: Config) -> None:
    with open_readers(published) as readers:
        result = backtest_icp(readers, published)
    assert (result.won, result.lost, result.periods) == (0, 0, ())
    assert "too few deals" in say_verdict(result)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 2)), min_size=2, max_size=25))
def test_turning_the_score_round_turns_the_auc_round(deals: list[tuple[int, bool, int]]) -> None:
    scores, won, periods = (np.array(column) for column in zip(*deals, strict=True))
    auc = measure_auc(scores, won, periods)
    if auc is not None:
        assert measure_auc(-scores, won, periods) == pytest.approx(1 - auc)
        curve = draw_curve(scores, won, (0.5, 1.0))
        assert curve[-1].won_share == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 2)), min_size=1, max_size=15))
def test_the_auc_is_that_of_all_pairs_of_a_period(deals: list[tuple[int, bool, int]]) -> None:
    pairs = [
        (one[0] > other[0]) + (one[0] == other[0]) / 2
        for one in deals
        for other in deals
        if one[1] and not other[1] and one[2] == other[2]
    ]
    scores, won, periods = (np.array(column) for column in zip(*deals, strict=True))
    assert measure_auc(scores, won, periods) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_many_deals_need_no_matrix_of_their_pairs() -> None:
    scores, won = np.arange(8000.0) % 101, np.arange(8000) % 2 == 0
    tracemalloc.start()
    measure_auc(scores, won, np.zeros(8000, dtype=np.int64))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6  # all pairs are sixteen millions


def test_the_same_deals_have_the_same_interval() -> None:
    scores, won = np.arange(20.0), np.arange(20) % 3 == 0
    first, again = (bootstrap_auc(scores, won, np.zeros(20, dtype=np.int64), np.arange(20)) for _ in range(2))
    assert first == again
    assert first is not None
    assert first.low < first.value < first.high


def test_the_picture_is_svg_and_holds_each_step(judge: Judge) -> None:
    curve = judge("good").readings[0].curve
    drawn = draw_lift({"<one>": curve}, title="Lift & more", caption="24 deals")
    assert drawn.count("<title>&lt;one&gt;: the best ") == len(curve)
    assert "Lift &amp; more" in drawn
