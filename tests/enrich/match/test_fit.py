"""Fitting weights: what a design says is what the model says, and fits follow the truth, keep signs and need evidence."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.match.candidates import rank_pairs
from enrich.match.fit import (
    EITHER,
    FEWEST_CASES,
    MOST_BITS,
    SPEAK_FOR,
    Labelled,
    chances_of,
    count_cases,
    design_of,
    fit_weights,
    losses_of,
    slots_of,
    values_of,
    with_values,
)
from enrich.match.model import Model, probabilities_by_query, read_model, shipped_model, write_model
from enrich.match.sides import Stated, make_side

SMALL = Model(
    version="1",
    prior=-2.0,
    weights={("place", "same"): 2.0, ("place", "different"): -1.0, ("words", "shared"): ((0.0, 0.0), (1.0, 1.0), (2.0, 3.0))},
)  # fmt: skip
LOW = np.array([-40.0, 0.0, -40.0, 0.0, 0.0, 0.0])
HIGH = np.array([40.0, 40.0, 0.0, 40.0, 40.0, 40.0])
WORDS = st.lists(
    st.sampled_from(["Norsk", "Hydro", "ASA", "AS", "2", "Holding", "Fond", "Bakeri"]), min_size=1, max_size=4
)
BITS = st.floats(-40, 40).map(lambda bits: round(bits, 2))
KEYS = st.from_regex("[a-z_]{1,8}", fullmatch=True).filter(lambda key: key not in ("version", "prior"))


def simulate(seed: int, values: npt.NDArray[np.float64], *, queries: int = 400, each: int = 3) -> Labelled:
    """Queries with random candidates, of which the truth is drawn as the values say."""
    rng = np.random.default_rng(seed)
    rows = queries * each
    place, amounts = rng.integers(0, 3, rows), rng.uniform(0, 2.5, rows)
    design = np.column_stack(
        [np.ones(rows), place == 0, place == 1, np.ones(rows), np.clip(amounts, 0, 1), np.clip(amounts - 1, 0, 1)]
    )
    unlabelled = Labelled(
        design=design,
        starts=np.arange(0, rows, each),
        possible=np.zeros(rows, dtype=np.bool_),
        none_possible=np.ones(queries, dtype=np.bool_),
        weights=np.ones(queries),
    )
    chances = chances_of(unlabelled, unlabelled.design @ values).reshape(queries, each)
    drawn = (rng.uniform(size=(queries, 1)) > np.cumsum(chances, axis=1)).sum(axis=1)  # `each` where none is
    possible = drawn[:, None] == np.arange(each)
    return Labelled(
        design=design,
        starts=unlabelled.starts,
        possible=possible.ravel(),
        none_possible=drawn == each,
        weights=np.ones(queries),
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_the_design_makes_the_scores_and_probabilities_of_the_model(
    asked: list[tuple[list[str], list[list[str]]]],
) -> None:
    model = shipped_model()
    queries = make_side([Stated(key=str(place), names=(" ".join(words),)) for place, (words, _) in enumerate(asked)])
    near = [" ".join(words) for _, listed in asked for words in listed]
    reference = make_side([Stated(key=f"r{place}", names=(name,), city="Oslo") for place, name in enumerate(near)])
    reference = reference.append_column("company_id", reference["id"])
    numbers = np.repeat(np.arange(len(asked)), [len(listed) for _, listed in asked])
    ranked = rank_pairs(queries, reference, numbers, np.arange(len(near)), model)
    design = design_of(ranked, model)
    assert design @ values_of(model) == pytest.approx(ranked.scores.totals[ranked.places])
    starts = np.flatnonzero(np.diff(ranked.queries, prepend=-1))
    nothing = np.zeros(len(design), dtype=np.bool_)
    labelled = Labelled(
        design=design, starts=starts, possible=nothing, none_possible=np.ones(len(starts), np.bool_), weights=np.ones(len(starts))
    )  # fmt: skip
    chances = chances_of(labelled, labelled.design @ values_of(model))
    assert chances == pytest.approx(probabilities_by_query(ranked.scores.totals[ranked.places], ranked.queries))
    assert np.exp(-losses_of(labelled, labelled.design @ values_of(model))) == pytest.approx(
        1 - np.add.reduceat(chances, starts)
    )


def test_a_fit_finds_the_values_by_which_the_truth_was_drawn() -> None:
    truth = np.array([-1.0, 4.0, -3.0, 0.0, 0.0, 4.0])
    fitted = fit_weights(simulate(1, truth, queries=6_000), SMALL, stiffness=0.01)
    together = [0, 3]  # the prior and the first height of a curve that everybody has are told apart by nothing
    assert fitted[together].sum() == pytest.approx(truth[together].sum(), abs=0.4)
    assert np.delete(fitted, together) == pytest.approx(np.delete(truth, together), abs=0.4)
    fresh = simulate(2, truth, queries=6_000)
    assert losses_of(fresh, fresh.design @ fitted).mean() < losses_of(fresh, fresh.design @ values_of(SMALL)).mean()
    assert losses_of(fresh, fresh.design @ fitted).mean() == pytest.approx(
        losses_of(fresh, fresh.design @ truth).mean(), abs=0.005
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.lists(st.floats(-8, 8), min_size=6, max_size=6), st.sampled_from([0.05, 1.0, 20.0]))
def test_signs_and_rises_hold_whatever_was_judged(seed: int, drawn_by: list[float], stiffness: float) -> None:
    labelled = simulate(seed, np.array(drawn_by), queries=60)
    fitted = fit_weights(labelled, SMALL, stiffness=stiffness)
    assert (fitted >= LOW).all()
    assert (fitted <= HIGH).all()
    start = values_of(SMALL)
    gone = stiffness / 2 * ((fitted - start) ** 2).sum()
    assert (
        losses_of(labelled, labelled.design @ fitted).sum() + gone
        <= losses_of(labelled, labelled.design @ start).sum() + 1e-9
    )


def test_what_speaks_for_a_pair_may_gain_and_never_comes_to_speak_against_it() -> None:
    bounds = {(slot.comparison, slot.outcome): (slot.low, slot.high) for slot in slots_of(shipped_model())}
    speaks_for = [
        key
        for key, weight in shipped_model().weights.items()
        if max([weight] if isinstance(weight, float) else [bits for _, bits in weight]) > 0 and key[1] not in EITHER
    ]
    assert ("domain", "spells_the_name") in speaks_for
    assert {key: bounds[key] for key in speaks_for} == dict.fromkeys(speaks_for, (0.0, MOST_BITS))
    assert {outcome for _, outcome in bounds} >= SPEAK_FOR | EITHER


def test_the_stiffer_the_less_moves() -> None:
    labelled = simulate(3, np.array([-1.0, 6.0, -6.0, 0.0, 0.0, 0.0]))
    moved = [
        np.abs(fit_weights(labelled, SMALL, stiffness=each) - values_of(SMALL)).max() for each in (0.1, 1, 10, 1e6)
    ]
    assert moved == sorted(moved, reverse=True)
    assert moved[-1] < 1e-3


def test_a_weight_with_too_few_cases_stays() -> None:
    labelled = simulate(4, np.array([-1.0, 6.0, -6.0, 0.0, 0.0, 0.0]))
    labelled.design[:, 1] = 0.0
    kept = np.zeros(len(labelled.starts), dtype=np.bool_)
    kept[: FEWEST_CASES - 1] = True
    labelled.design[labelled.starts[kept], 1] = 1.0
    assert count_cases(labelled)[1] == FEWEST_CASES - 1
    fitted = fit_weights(labelled, SMALL, stiffness=0.1)
    assert fitted[1] == values_of(SMALL)[1]
    assert fitted[2] != values_of(SMALL)[2]
    labelled.design[labelled.starts[FEWEST_CASES], 1] = 1.0
    assert fit_weights(labelled, SMALL, stiffness=0.1)[1] != values_of(SMALL)[1]


def test_what_was_ruled_out_loses_and_the_rest_may_still_be() -> None:
    """Two candidates a query, of which the one in the same place was called different: nothing was said of the other."""
    queries = 40
    design = np.zeros((2 * queries, 6))
    design[:, 0] = 1.0
    design[::2, 1], design[1::2, 2] = 1.0, 1.0
    labelled = Labelled(
        design=design,
        starts=np.arange(0, 2 * queries, 2),
        possible=np.tile([False, True], queries),
        none_possible=np.ones(queries, dtype=np.bool_),
        weights=np.ones(queries),
    )
    start, fitted = values_of(SMALL), fit_weights(labelled, SMALL, stiffness=1.0)
    before, after = chances_of(labelled, labelled.design @ start), chances_of(labelled, labelled.design @ fitted)
    assert after[0] < before[0] / 3
    assert 1 - after[:2].sum() > 1 - before[:2].sum()
    assert losses_of(labelled.take(np.arange(queries) < 5), design[:10] @ fitted).sum() == pytest.approx(
        losses_of(labelled, labelled.design @ fitted)[:5].sum()
    )


def test_a_query_counts_by_its_weight() -> None:
    labelled = simulate(5, np.array([-1.0, 4.0, -3.0, 0.0, 1.0, 1.0]), queries=50)
    twice = Labelled(
        design=np.concatenate([labelled.design, labelled.design]),
        starts=np.concatenate([labelled.starts, labelled.starts + len(labelled.design)]),
        possible=np.tile(labelled.possible, 2),
        none_possible=np.tile(labelled.none_possible, 2),
        weights=np.full(100, 0.5),
    )
    one, other = (fit_weights(each, SMALL, stiffness=1.0) for each in (labelled, twice))
    assert one == pytest.approx(other, abs=1e-3)


@given(
    st.dictionaries(st.tuples(KEYS, KEYS), BITS | st.lists(st.tuples(BITS, BITS), min_size=1, max_size=4)),
    BITS,
    st.text(st.characters(categories=["L", "N", "P", "S"])),
)
def test_a_model_is_read_as_it_was_written(weights: dict[tuple[str, str], object], prior: float, version: str) -> None:
    ordered = {key: tuple(one) if isinstance(one := weights[key], list) else one for key in sorted(weights)}
    model = Model(version=version, prior=prior, weights=ordered)  # type: ignore[arg-type]
    assert read_model(write_model(model)) == model


def test_values_are_those_of_the_slots() -> None:
    assert len(slots_of(shipped_model())) == len(values_of(shipped_model()))
    moved = values_of(SMALL) + np.array([1.0, 0.0, 0.0, 0.0, 0.0, 2.0])
    model = with_values(SMALL, moved, version="2")
    assert (model.prior, model.weights["words", "shared"]) == (-1.0, ((0.0, 0.0), (1.0, 1.0), (2.0, 5.0)))
    assert values_of(model).tolist() == moved.tolist()
