import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.config import MatchConfig
from enrich.match.align import align_names
from enrich.match.candidates import Candidate
from enrich.match.compare import NAME_COMPARISONS, VALUE_COMPARISONS, Compared, Outcome
from enrich.match.decide import Judgement, decide
from enrich.match.model import WEIGHTS, Scored, probabilities, score_pair, weight_of
from enrich.match.sides import Stated, make_compared

NAMES = st.lists(
    st.sampled_from(
        ["Norsk", "Hydro", "ASA", "Bakeri", "AS", "2", "og", "Holding", "Å", "株式会社", "databank", "data", "bank"]
    )
).map(" ".join)


def side(name: str, **values: object) -> Compared:
    return make_compared([Stated(key="1", names=(name,), **values)])[0]  # type: ignore[arg-type]


@given(NAMES, NAMES)
def test_every_outcome_has_a_weight_and_a_sentence(one: str, other: str) -> None:
    for item in score_pair(side(one), side(other)).evidence:
        assert item.sentence.endswith(".")
        assert item.comparison in VALUE_COMPARISONS | NAME_COMPARISONS


@given(NAMES, NAMES)
def test_words_of_one_name_are_either_shared_or_not(one: str, other: str) -> None:
    left, right = side(one), side(other)
    if not left.names or not right.names:
        return
    found = align_names(left.names[0], right.names[0])
    assert not set(found.left_only) & set(found.right_only)
    assert min(found.shared_bits, found.left_bits, found.right_bits) >= 0


@given(st.lists(st.floats(-500, 500), max_size=6))
def test_probabilities_are_in_bounds_and_keep_the_order(scores: list[float]) -> None:
    chances = probabilities(scores)
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-9
    ranked = sorted(zip(scores, chances, strict=True))
    assert [chance for _, chance in ranked] == sorted(chances)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        pytest.param("Norsk Hydro ASA", "Norsk Hydro AS", id="legal form"),
        pytest.param("Norsk Hydro AS", "Norsk Hydro Holding AS", id="holding"),
        pytest.param("Norsk Hidro", "Norsk Bakeri", id="misspelt word before another word"),
        pytest.param("Norskhydro", "Norsk Kydro Bank", id="written together"),
    ],
)
def test_the_nearer_name_scores_higher(nearer: str, farther: str) -> None:
    query = side("Norsk Hydro ASA")
    assert score_pair(query, side(nearer)).score > score_pair(query, side(farther)).score


@pytest.mark.parametrize(
    ("comparison", "left", "right", "outcome"),
    [
        pytest.param("number", {"numbers": (("A", "1"),)}, {"numbers": (("A", "1"),)}, "same", id="same number"),
        pytest.param("number", {"numbers": (("A", "1"),)}, {"numbers": (("A", "2"),)}, "different", id="other number"),
        pytest.param("number", {"numbers": (("A", "1"),)}, {"numbers": (("B", "2"),)}, None, id="another scheme"),
        pytest.param(
            "domain", {"addresses": ("x.no",)}, {"addresses": ("y.no", "www.x.no")}, "same", id="one of two domains"
        ),
        pytest.param(
            "domain", {"addresses": ("gmail.com",)}, {"addresses": ("gmail.com",)}, None, id="mailbox provider"
        ),
        pytest.param("country", {"country_code": "NO"}, {"country_code": "SE"}, "different", id="other country"),
        pytest.param("country", {"country_code": "NO"}, {}, None, id="country unknown"),
        pytest.param("place", {"city": "Oslo 5"}, {"city": "OSLO"}, "same", id="city with district"),
        pytest.param("life", {}, {"is_live": False}, "dead", id="dissolved"),
        pytest.param("kind", {}, {"entity_kind": "fund"}, "fund", id="fund"),
    ],
)
def test_a_comparison_says_nothing_where_a_value_is_unknown(
    comparison: str, left: dict[str, object], right: dict[str, object], outcome: str | None
) -> None:
    found = VALUE_COMPARISONS[comparison](side("A", **left), side("A", **right))
    assert (None if found is None else found.outcome) == outcome


def test_curves_are_monotone_and_meet_their_points() -> None:
    for (comparison, outcome), weight in WEIGHTS.items():
        if not isinstance(weight, float):
            along = [weight_of(comparison, Outcome(outcome=outcome, amount=amount)) for amount, _ in weight]
            assert along == pytest.approx([bits for _, bits in weight])
            assert along in (sorted(along), sorted(along, reverse=True))


def candidates(*scores: float) -> list[Candidate]:
    return [
        Candidate(
            record_id=f"r{place}", company_id=f"c{place}", scored=Scored(score=score, evidence=()), probability=chance
        )
        for place, (score, chance) in enumerate(zip(scores, probabilities(scores), strict=True))
    ]


def judgement(record: str, verdict: str) -> Judgement:
    return Judgement(record_id=record, company_id=record.replace("r", "c"), verdict=verdict, decision_id="d")


@pytest.mark.parametrize(
    ("scores", "judgements", "state", "record"),
    [
        pytest.param((8.0,), [], "accepted", "r0", id="one good"),
        pytest.param((8.0, 2.0), [], "accepted", "r0", id="second far behind"),
        pytest.param((8.0, 8.0), [], "ambiguous", "r0", id="two equally good"),
        pytest.param((8.0,) * 6, [], "ambiguous", "r0", id="six equally good"),
        pytest.param((1.0,), [], "review", "r0", id="so so"),
        pytest.param((-4.0, -4.0), [], "none", "r0", id="two equally bad"),
        pytest.param((), [], "none", None, id="no candidate"),
        pytest.param((8.0, 8.0), [("r0", "different")], "accepted", "r1", id="one of two ruled out"),
        pytest.param((8.0, 1.0), [("r1", "same")], "accepted", "r1", id="the worse one judged the same"),
        pytest.param((8.0,), [("r9", "same")], "accepted", "r9", id="one that is no candidate judged the same"),
        pytest.param((8.0,), [("r0", "unsure")], "review", "r0", id="unsure"),
    ],
)
def test_a_verdict_follows_from_scores_and_judgements(
    scores: tuple[float, ...], judgements: list[tuple[str, str]], state: str, record: str | None
) -> None:
    verdict, _ = decide(candidates(*scores), [judgement(*pair) for pair in judgements], MatchConfig())
    assert (verdict.record_id, verdict.state) == (record, state)
