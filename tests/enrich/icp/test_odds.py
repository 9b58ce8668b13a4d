"""What a few companies share, told from chance."""

from hypothesis import given
from hypothesis import strategies as st

from enrich.icp.odds import compare_shares


@given(known=st.integers(1, 60), share=st.floats(0, 1), others=st.integers(1, 100_000), rate=st.floats(0, 1))
def test_the_interval_holds_the_estimate_and_the_verdict_follows_it(
    known: int, share: float, others: int, rate: float
) -> None:
    odds = compare_shares(yes=round(share * known), known=known, others_yes=round(rate * others), others_known=others)
    assert odds is not None
    assert odds.low < odds.high
    # the posterior of a tiny count leans: its middle may lie past the end, by less than a step of the prior
    assert odds.low - 0.5 <= odds.log_odds <= odds.high + 0.5
    assert odds.verdict != "more" or odds.low > 0
    assert odds.verdict != "less" or odds.high < 0


def test_the_same_share_of_more_companies_says_more() -> None:
    few = compare_shares(yes=4, known=5, others_yes=400, others_known=1000)
    many = compare_shares(yes=40, known=50, others_yes=400, others_known=1000)
    assert few is not None
    assert many is not None
    assert (few.verdict, many.verdict) == ("too few to tell", "more")
    assert few.log_odds < many.log_odds


def test_a_rare_trait_of_two_is_no_trait_yet() -> None:
    odds = compare_shares(yes=2, known=12, others_yes=10, others_known=1_000_000)
    assert odds is not None
    assert odds.verdict == "too few to tell"


def test_what_customers_lack_is_less() -> None:
    odds = compare_shares(yes=0, known=30, others_yes=500, others_known=1000)
    assert odds is not None
    assert odds.verdict == "less"


def test_unknown_of_all_others_is_no_comparison() -> None:
    assert compare_shares(yes=5, known=5, others_yes=0, others_known=0) is None
