"""What would turn a verdict, worked out by the model itself."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enrich.config import MatchConfig
from enrich.match.model import gain_bits, probabilities, score_pair, shipped_model
from enrich.match.sides import Stated, make_side
from enrich.match.turn import Turn, bits_short, find_turn, would_accept

CONFIG = MatchConfig()
BAKERY = Stated(
    key="r1",
    names=("FJELLBRE BAKERI AS",),
    country_code="NO",
    numbers=(("NO-ORGNR", "1"),),
    addresses=("www.fjellbre.no",),
    postal_code="5003",
    city="BERGEN",
)
BARE = Stated(key="r2", names=("FJELLBRE BAKERI AS",), country_code="NO")


def turn_of(left: Stated, *rights: Stated, target: int = 0, kind: str = "company") -> tuple[Turn, list[float]]:
    ours, model = make_side([left]), shipped_model()
    pairs = [score_pair(ours, make_side([right]), model) for right in rights]
    chances = probabilities([pair.score for pair in pairs])
    evidence = pairs[target].evidence
    return find_turn(
        left, rights, chances, CONFIG, shipped_model(), kind=kind, target=target, evidence=evidence
    ), chances


@given(chance=st.floats(0.001, 0.999), threshold=st.floats(0.001, 0.999))
def test_that_many_bits_reach_the_threshold(chance: float, threshold: float) -> None:
    short = bits_short([chance], 0, threshold)
    assert short is not None
    assert gain_bits([chance], [short])[0] == pytest.approx(threshold, abs=1e-6)


@given(scores=st.lists(st.floats(-20, 20), min_size=1, max_size=5), gain=st.floats(-10, 10))
def test_a_gain_moves_probabilities_as_scoring_anew_would(scores: list[float], gain: float) -> None:
    assume(max(scores) < 15)  # above, nobody's share is lost in rounding
    gains = [gain, *[0.0] * (len(scores) - 1)]
    anew = probabilities([scores[0] + gain, *scores[1:]])
    assert gain_bits(probabilities(scores), gains) == pytest.approx(anew, abs=1e-6)


def test_what_is_named_as_enough_is_accepted_once_the_crm_states_it() -> None:
    left = Stated(key="c", names=("Fjelbre Bakerier",), country_code="NO")
    turn, _ = turn_of(left, BAKERY)
    assert turn.bits_short is not None
    assert turn.bits_short > 0
    named = {each.change: each for each in turn.enough}
    assert {"the number 1 (NO-ORGNR)", "the domain fjellbre.no"} <= set(named)
    with_domain = Stated(key="c", names=left.names, country_code="NO", addresses=("fjellbre.no",))
    _, [chance] = turn_of(with_domain, BAKERY)
    assert chance == pytest.approx(named["the domain fjellbre.no"].probability)
    assert would_accept([chance], 0, CONFIG)
    assert named["the domain fjellbre.no"].bits >= turn.bits_short


def test_an_address_that_would_do_is_named_beside_the_place() -> None:
    left = Stated(key="c", names=("Fjellbre Bakeri",), country_code="NO")
    twin = Stated(key="r3", names=BAKERY.names, country_code="NO", postal_code="0150", city="OSLO")
    for street, is_named in (("Storgata 5", True), ("Postboks 5", False), (None, False)):
        turn, _ = turn_of(left, replace(BAKERY, street=street), twin)
        named = {each.change for each in turn.enough}
        assert (f"the address {street}, 5003 BERGEN" in named) is is_named, named


def test_only_what_the_register_states_is_named() -> None:
    turn, _ = turn_of(Stated(key="c", names=("Fjelbre Bakerier",), country_code="NO"), BARE)
    assert {each.change for each in turn.enough} <= {"the name FJELLBRE BAKERI AS"}


def test_of_a_contact_the_place_is_never_named() -> None:
    left = Stated(key="p", names=("Fjellbre Bakeri",), country_code="NO")
    twin = Stated(key="r3", names=BAKERY.names, country_code="NO", postal_code="0150", city="OSLO")
    for kind in ("company", "contact"):
        turn, _ = turn_of(left, BAKERY, twin, kind=kind)
        assert any("the place" in each.change for each in turn.enough) is (kind == "company"), kind


def test_where_nothing_alone_is_enough_two_things_together_are_tried() -> None:
    placed = Stated(key="r", names=("SKOGTROLL DATA AS",), country_code="NO", city="MOSS", phones=("22334455",))
    left = Stated(key="c", names=("Fjellbre Regnskap Holding",), country_code="NO")
    turn, _ = turn_of(left, placed)
    assert turn.enough
    singles = [each for each in turn.enough if " and " not in each.change]
    assert all(each.change.startswith("the name") for each in singles)


def test_accepted_stands_on_what_it_would_not_be_accepted_without() -> None:
    left = Stated(key="c", names=("Fjellbre",), country_code="NO", addresses=("fjellbre.no",))
    turn, [chance] = turn_of(left, BAKERY)
    assert would_accept([chance], 0, CONFIG)
    assert turn.bits_short is not None
    assert turn.bits_short < 0
    assert "domain" in {each.comparison for each in turn.stands_on}
    assert all(each.weight > -turn.bits_short for each in turn.stands_on)


def test_whoever_is_not_the_best_is_only_turned_by_what_makes_it_the_best() -> None:
    left = Stated(key="c", names=("Fjellbre Bakeri",), country_code="NO", numbers=(("NO-ORGNR", "1"),))
    other = Stated(key="r4", names=("HAVGAP AS",), country_code="NO", numbers=(("NO-ORGNR", "4"),))
    turn, _ = turn_of(left, BAKERY, other, target=1)
    assert turn.bits_short is not None
    assert turn.bits_short > 20
    assert {each.change for each in turn.enough} == {"the number 4 (NO-ORGNR)"}
