"""Descriptions that extend others, and what they require."""

from typing import Any

import pytest
from pydantic import ValidationError

from enrich.config import Config
from enrich.icp.model import Icp


def resolved(icps: dict[str, Any]) -> dict[str, Icp]:
    return Config.model_validate({"who": "kari", "icp": icps}).icp


NORDIC = {
    "description": "Software houses",
    "must": {"country": ["NO"], "industry": ["62.01"], "industry_scheme": "SN2007", "employees": "10-", "required": ["employees"]},
    "should": [{"has_website": True, "weight": 2}, {"words": ["havbruk"]}, {"words": ["fisk"]}],
    "must_not": {"legal_form": ["NUF"]},
}  # fmt: skip


def test_what_is_said_anew_takes_the_place_of_what_was_said_before() -> None:
    icps = resolved(
        {
            "swedish": {"extends": "nordic", "must": {"country": ["SE"], "industry": ["62"]}, "must_not": {"legal_form": []}},
            "nordic": NORDIC,
            "wide": {"extends": "swedish", "should": [{"words": ["laks"], "weight": 3}]},
        }
    )  # fmt: skip
    swedish, wide = icps["swedish"], icps["wide"]
    assert swedish.description == "Software houses"
    # the list in which an industry was looked for went with it
    assert swedish.must.model_dump(exclude_defaults=True) == {
        "country": ("SE",),
        "industry": ("62",),
        "employees": "10-",
        "required": ("employees",),
    }
    assert swedish.must_not.asked() == ()
    assert [wish.asked()[0] for wish in swedish.should] == ["has_website", "words", "words"]
    assert [(wish.asked()[0], wish.weight) for wish in wide.should] == [("has_website", 2), ("words", 3)]
    assert wide.must == swedish.must
    assert icps["nordic"] == Icp.model_validate(NORDIC)


def test_what_a_description_asks_can_be_taken_back() -> None:
    without = ["must.employees", "must.industry", "should.words", "must_not.legal_form"]
    icps = resolved(
        {"nordic": NORDIC, "any_size": {"extends": "nordic", "without": without, "must": {"in_crm": False}}}
    )
    # what was required of it and the list that it was asked in are taken back with it
    assert icps["any_size"] == Icp.model_validate(
        {
            "description": "Software houses",
            "must": {"country": ["NO"], "in_crm": False, "required": []},
            "should": [{"has_website": True, "weight": 2}],
        }
    )


@pytest.mark.parametrize(
    ("icps", "message"),
    [
        ({"nordic": NORDIC, "a": {"extends": "nordic", "without": ["must.revenue"]}}, "'must.revenue', which nordic does not ask; it asks must.country, must.industry"),
        ({"nordic": NORDIC, "a": {"extends": "nordic", "without": ["employees"]}}, "'employees' is no part of a description; did you mean"),
        ({"nordic": NORDIC, "a": {"extends": "nordic", "without": ["must.employees"], "must": {"employees": "5-"}}}, "and asks it anew"),
        ({"a": {"without": ["must.employees"], "must": {"country": ["NO"]}}}, "say which one with extends"),
        ({"a": {"extends": "b"}, "b": {"extends": "c"}, "c": {"extends": "a"}}, "in a circle: a → b → c → a"),
        ({"a": {"extends": "a"}}, "in a circle: a → a"),
        ({"nordic": NORDIC, "a": {"extends": "nordik"}}, "extends 'nordik', which there is not; there is nordic"),
        (
            {"nordic": NORDIC, "a": {"extends": "nordic", "must": {"employees": None, "required": ["employees"]}}},
            "not asked",
        ),
        ({"a": {"must": {"country": ["NO"], "required": ["employes"]}}}, "'employes' is required, but not asked"),
        ({"a": {"must_not": {"country": ["NO"], "required": True}}}, "required stands under must"),
        ({"a": {"should": [{"country": ["NO"], "required": True}]}}, "required stands under must"),
    ],
    ids=["not-asked", "no-part", "taken-and-asked", "from-nothing", "circle", "itself", "unknown", "taken-back", "misspelt", "must-not", "wish"],
)  # fmt: skip
def test_what_cannot_be_put_together_is_refused_with_the_chain_or_the_nearest(icps: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        resolved(icps)
