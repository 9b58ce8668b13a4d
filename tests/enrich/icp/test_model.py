"""The form of an ICP: what is refused, with a message that helps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from enrich.icp.model import Icp, Territory, read_range


@pytest.mark.parametrize(
    ("icp", "message"),
    [
        ({}, "asks nothing"),
        ({"must": {"country": ["Norway"]}}, "two letters"),
        ({"must": {"employees": "many"}}, "is no range"),
        ({"must": {"employees": "-"}}, "is no range"),
        ({"must": {"employees": "200-10"}}, 'write "10-200"'),
        ({"must": {"age_years": "5+"}}, "is no range"),
        ({"must": {"industry": ["software"]}}, "is no industry code"),
        ({"must": {"industry": ["J"]}}, "58-63 in NACE Rev. 2 and 58-60 in Rev. 2.1"),
        ({"must": {"industry": ["X"]}}, "is no industry code"),
        ({"must": {"industry": ["C"], "industry_scheme": "US-SIC"}}, "write the digits of the list US-SIC"),
        ({"must": {"industry_scheme": "SN2007"}}, "there is no industry"),
        ({"must": {"words": ["++"]}}, "no letter or digit"),
        ({"must": {"postal_prefix": [""]}}, "asks nothing"),
        *(
            ({"must": {name: ["62", " "]}}, "an empty text asks nothing")
            for name in ("region", "sector", "municipality", "territory")
        ),
        ({"should": [{"weight": 2}]}, "this one asks nothing"),
        ({"should": [{"has_website": True, "employees": "1-"}]}, "employees, has_website"),
        ({"should": [{"has_website": True, "weight": 0}]}, "greater than 0"),
        ({"should": [{"has_website": True, "weight": -1}]}, "greater than 0"),
        ({"should": [{"has_website": True, "weight": float("inf")}]}, "finite"),
        ({"must": {"colour": "blue"}}, "Extra inputs"),
        ({"must": {"status": ["bankrupted"]}}, "did you mean bankrupt"),
        ({"must": {"roles": ["auditr"]}}, "did you mean auditor"),
        ({"must": {"text_in": ["purpose"]}}, "there are no words"),
        ({"must": {"words": ["x"], "text_in": ["webside"]}}, "did you mean website"),
        ({"must": {"revenue_growth": "-20%"}}, "could mean two things"),
        ({"must": {"revenue_growth": "30%-20%"}}, "is empty"),
        ({"must": {"last_contact": "2026-01-01"}}, "says no side of a day"),
        ({"must": {"last_contact": "since January"}}, "is no day"),
        ({"must": {"last_contact": "before 2026-13-01"}}, "is no day"),
        ({"must": {"employees_growth": {"range": "5%-", "years": 2}}}, "1 or 3"),
        ({"must": {"near": {"place": "Bergen", "km": 0}}}, "greater than 0"),
        ({"should": [{"has_website": True, "soft": 0.5}]}, "has_website has none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unusable_icp_is_refused_with_what_to_write(icp: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message.replace("+", r"\+")):
        Icp.model_validate(icp)


def test_country_codes_may_be_written_small() -> None:
    assert Icp.model_validate({"must": {"country": ["no"]}}).must.country == ("NO",)


def test_a_wish_for_no_website_is_a_wish() -> None:
    assert Icp.model_validate({"should": [{"has_website": False}]}).should[0].asked() == ("has_website",)


def test_a_territory_lies_somewhere() -> None:
    with pytest.raises(ValidationError, match="covers everything"):
        Territory(owner="Kari")


@given(low=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_a_range_is_read_as_written(low: int, more: int) -> None:
    assert read_range(f"{low}-{low + more}") == (low, low + more)
    assert read_range(f" {low} - {low + more} ") == (low, low + more)
    assert read_range(f"{low}-") == (low, None)
    assert read_range(f"-{low}") == (None, low)
    assert read_range(f"{low}") == (low, low)
