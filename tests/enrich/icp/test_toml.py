"""A description written as TOML reads back the same, whatever it says."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.icp.model import Icp
from enrich.icp.toml import write_icp

TEXTS = st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=2)
SAID: dict[str, st.SearchStrategy[Any]] = {
    "country": st.just(["NO", "SE"]),
    "municipality": TEXTS,
    "near": st.fixed_dictionaries({"place": st.text(min_size=1), "km": st.floats(0.1, 2000)}),
    "employees": st.sampled_from(("10-", "-5", "0")),
    "employees_growth": st.sampled_from(("20%-", {"range": "to 5%", "years": 3})),
    "revenue": st.just("10M- NOK"),
    "is_subsidiary": st.booleans(),
    "signals": st.sampled_from(({"kind": "job_ad"}, {"kind": "tender_won", "cpv": ["72"], "days": 9})),
    "legal_form": TEXTS,
}
WITH_MODIFIERS = (
    {"industry": ["62"], "industry_scheme": "SN2007"},
    {"words": ["laks"], "text_in": ["name"]},
)


def some(most: int, least: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(sorted(SAID)), min_size=least, max_size=most, unique=True)
    asked = names.flatmap(lambda chosen: st.fixed_dictionaries({name: SAID[name] for name in chosen}))
    return asked if most > 1 else st.one_of(asked, st.sampled_from(WITH_MODIFIERS))


WISHES = st.tuples(some(1, 1), st.floats(0.001, 1e9), st.none() | st.floats(0.001, 1)).map(
    lambda wish: {**wish[0], "weight": wish[1]} | ({"soft": wish[2]} if wish[2] and "employees" in wish[0] else {})
)
ICPS = st.fixed_dictionaries(
    {
        "description": st.text(),
        "extends": st.just("base"),
        "without": st.sampled_from(([], ["must.words", "should.near"])),
        "must": st.one_of(
            some(3), some(2, 1).map(lambda said: {**said, "required": True}), st.just({"required": True})
        ),
        "should": st.lists(WISHES, max_size=3),
        "must_not": some(2),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1), ICPS)
def test_what_is_written_reads_back_the_same(name: str, said: dict[str, Any]) -> None:
    icp = Icp.model_validate(said)
    written = write_icp(name, icp)
    read = tomllib.loads(written).get("icp", {}).get(name, {})
    assert Icp.model_validate({"extends": "base", **read}) == icp
    assert all(letter.isprintable() or letter == "\n" for letter in written)


@pytest.mark.parametrize("wish", [{"employees": "20-100", "soft": 0.5, "weight": 2}, {"has_website": True}])
def test_a_wish_says_its_weight_and_how_soft_it_is(wish: dict[str, Any]) -> None:
    written = write_icp("x", Icp.model_validate({"should": [wish]}))
    assert tomllib.loads(written)["icp"]["x"]["should"] == [{"weight": 1} | wish]


def test_an_empty_list_that_takes_a_criterion_back_is_written() -> None:
    written = write_icp("x", Icp.model_validate({"extends": "base", "must_not": {"legal_form": []}}))
    assert tomllib.loads(written)["icp"]["x"] == {"extends": "base", "must_not": {"legal_form": []}}
