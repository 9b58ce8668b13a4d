from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.match.align import align_names
from enrich.match.batch import Batch
from enrich.match.compare_values import compare_domain, compare_kind
from enrich.match.model import score_pair, shipped_model
from enrich.match.side import NOTHING, Pairs
from enrich.match.sides import Stated, make_side

PLACE: dict[str, Any] = {"street": "Storgata 5", "postal_code": "5003", "city": "Bergen"}
STATED = st.builds(
    Stated,
    key=st.just("1"),
    names=st.lists(st.sampled_from(["Furgil Sameie AS", "Furgil", "Bygg (Furgil)", "Ås Bygg NUF"]), max_size=2).map(
        tuple
    ),
    country_code=st.sampled_from([None, "NO", "SE"]),
    addresses=st.lists(st.sampled_from(["furgil.no", "furgil-sameie.com", "asbygg.se"]), max_size=2).map(tuple),
    city=st.sampled_from([None, "Ås", "Furgil"]),
)


def batch_of(left: Stated, right: Stated) -> Batch:
    first = np.zeros(1, np.int64)
    return Batch(Pairs(left=make_side([left]), right=make_side([right]), left_rows=first, right_rows=first))


def stated(
    name: str, *addresses: str, country: str | None = "NO", city: str | None = None, kind: str = "legal_entity"
) -> Stated:
    return Stated(key="1", names=(name,), country_code=country, addresses=addresses, city=city, entity_kind=kind)


def domain_outcome(left: Stated, right: Stated) -> tuple[str, str | None, str | None] | None:
    found = compare_domain(batch_of(left, right))
    if found is None or found.codes[0] == NOTHING:
        return None
    return found.outcomes[found.codes[0]], *found.show(0)


@pytest.mark.parametrize("right", ["Furgil Sameie AS", "Furgil Sameie Drift AS"])
def test_a_domain_spells_the_name_of_a_company_that_goes_by_another(right: str) -> None:
    found = domain_outcome(stated("Adipigen", "furgil-sameie.no"), stated(right))
    assert found == ("spells_the_name", "furgil-sameie.no", right)
    assert domain_outcome(stated(right), stated("Adipigen", "furgilsameie.no")) is not None


def test_nordic_letters_are_spelt_out_in_domains() -> None:
    assert domain_outcome(stated("Sobakon", "braevgark.no"), stated("BRÆVGARK AS")) is not None
    assert domain_outcome(stated("Sobakon", "oerstad.no"), stated("Ørstad AS")) is not None


def test_a_domain_that_says_what_the_names_say_is_hardly_further_evidence() -> None:
    assert domain_outcome(stated("Furgil AS", "furgil.no"), stated("Furgil AS", "adipigen.no")) == (
        "different",
        "furgil.no",
        "adipigen.no",
    )
    told = [
        domain_outcome(stated(name, "furgil.no"), stated("Furgil AS", *stated_domains))
        for name in ("Furgil AS", "Furgil (Adipigen)")
        for stated_domains in ((), ("furgil.no",))
    ]
    assert [each and each[0] for each in told] == ["as_named", "same_as_named"] * 2


@pytest.mark.parametrize(
    ("name", "other", "outcome"),
    [
        pytest.param("Furgil Drift", stated("Furgil Bygg AS"), None, id="another of the family"),
        pytest.param("Furgil Drift", stated("Furgil Drift AS"), "as_begun", id="the very name"),
        pytest.param("Furgil Drift", stated("Furgil Drift AS", "adipigen.no"), "different", id="it states another"),
        pytest.param("Drift", stated("Furgil Drift AS"), "spells_the_name", id="a word that the first has not"),
        pytest.param("Adipigen", stated("Bygg AS"), None, id="it spells nobody's"),
    ],
)
def test_a_domain_spells_the_first_words_of_the_name_that_both_have(
    name: str, other: Stated, outcome: str | None
) -> None:
    found = domain_outcome(stated(name, "furgil.no"), other)
    assert (found and found[0]) == outcome


def test_between_the_very_name_and_a_relative_the_domain_of_their_first_word_does_not_decide() -> None:
    left = make_side([stated("Furgil Oslo AS", "furgil.no")])
    named, relative = (
        score_pair(left, make_side([right]), shipped_model()).score
        for right in (stated("Furgil Oslo AS"), stated("Furgil AS", "furgil.no"))
    )
    assert named > relative


def test_of_namesakes_the_place_tells_against_a_domain_that_only_spells_their_name() -> None:
    left = Stated(key="1", names=("Furgil AS",), addresses=("furgil.no",), **PLACE)
    owner, neighbour, relative = (
        score_pair(make_side([left]), make_side([right]), shipped_model()).score
        for right in (
            Stated(key="1", names=("Furgil AS",), addresses=("furgil.no",), postal_code="0155", city="Oslo"),
            Stated(key="2", names=("Furgil AS",), **PLACE),
            Stated(key="3", names=("Furgil Drift AS",), addresses=("furgil.no",)),
        )
    )
    assert neighbour > owner > relative


@pytest.mark.parametrize(("domain", "is_told"), [("furgil.se", False), ("furgil.no", True), ("furgil.io", True)])
def test_a_domain_of_another_country_spells_another_company(domain: str, is_told: bool) -> None:
    assert (domain_outcome(stated("Adipigen", domain), stated("Furgil AS")) is not None) == is_told


def test_relatives_share_a_domain() -> None:
    one = stated("Røvtysensol Næring AS", "rovtysensol.no")
    assert domain_outcome(one, stated("Røvtysensol AS", "rovtysensol.no")) == (
        "same_among_relatives",
        "rovtysensol.no",
        "rovtysensol.no",
    )
    for other in ("Røvtysensol Næring AS", "Furgil AS"):
        assert domain_outcome(one, stated(other, "rovtysensol.no")) == ("same", "rovtysensol.no", "rovtysensol.no")
    assert domain_outcome(one, stated("Røvtysensol AS", "furgil.no")) == ("different", "rovtysensol.no", "furgil.no")


def test_what_is_said_besides_a_name_tells_nothing() -> None:
    right = stated("Furgil AS", city="Lørenskog")
    plain, bracketed, at_place, elsewhere = (
        align_names(batch_of(stated(name), right).pairs).left_bits[0]
        for name in ("Furgil Adipigen AS", "Furgil (Adipigen) AS", "Furgil Lørenskog AS", "Furgil Kaupanger AS")
    )
    assert (bracketed, at_place) == (0, 0)
    assert min(plain, elsewhere) > 0


def test_the_company_may_stand_in_brackets_behind_its_brand() -> None:
    found = align_names(batch_of(stated("Adipigen (Furgil AS)"), stated("Adipigen AS")).pairs)
    assert found.left_bits[0] > 0


def test_brackets_of_a_register_tell_its_companies_apart() -> None:
    found = align_names(batch_of(stated("Furgil AS"), stated("Furgil (Adipigen) AS")).pairs)
    assert found.right_bits[0] > 0


@pytest.mark.parametrize(("name", "is_against"), [("Furgil AS", True), ("Furgil", True), ("Furgil NUF", False)])
def test_who_writes_the_form_of_a_branch_means_a_branch(name: str, is_against: bool) -> None:
    found = compare_kind(batch_of(stated(name), stated("Furgil NUF", kind="branch")))
    assert (found.codes[0] != NOTHING) == is_against
    assert compare_kind(batch_of(stated(name), stated("Furgil NUF", kind="fund"))).codes[0] != NOTHING


@settings(max_examples=50)
@given(st.lists(st.tuples(STATED, STATED), min_size=2, max_size=6))
def test_domains_say_the_same_of_a_pair_alone_and_among_others(pairs: list[tuple[Stated, Stated]]) -> None:
    lefts, rights = (make_side([pair[at] for pair in pairs]) for at in (0, 1))
    rows = np.arange(len(pairs))
    found = compare_domain(Batch(Pairs(left=lefts, right=rights, left_rows=rows, right_rows=rows)))
    together = [
        None if found is None or found.codes[row] == NOTHING else found.outcomes[found.codes[row]] for row in rows
    ]
    alone = [domain_outcome(*pair) for pair in pairs]
    assert together == [None if each is None else each[0] for each in alone]
