"""Fitting the shipped weights: a second fit starts where the first one did, and another model has another version."""

from dataclasses import replace

from bench.fit_model import HEADER, START, next_version, starting_model
from enrich.match.model import read_model, shipped_model, write_model

SET_BY_HAND = {"number", "domain", "phone", "place", "kind", "life"}


def test_what_a_fit_made_of_the_weights_is_not_what_the_next_one_starts_from() -> None:
    start, shipped = read_model(START.read_text(encoding="utf-8")), shipped_model()
    refitted = replace(
        shipped,
        prior=-1.0,
        weights={
            key: 9.0 if key[0] not in SET_BY_HAND and isinstance(bits, float) else bits
            for key, bits in shipped.weights.items()
        },
    )
    assert starting_model(refitted, start) == starting_model(shipped, start)
    assert {comparison for comparison, _ in start.weights}.isdisjoint(SET_BY_HAND)
    assert start.weights.keys() <= shipped.weights.keys()


def test_another_model_has_the_next_version_and_the_same_one_keeps_its_own() -> None:
    shipped = shipped_model()
    written = read_model(write_model(shipped, header=HEADER))
    assert next_version(written, shipped) == shipped
    other = next_version(replace(written, prior=shipped.prior + 0.01), shipped)
    assert other.version == str(int(shipped.version) + 1)
