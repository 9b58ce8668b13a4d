"""Unknown is not no: whatever is not known of a company, no criterion drops it that what it may be would pass."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from db.warehouse import Warehouse
from enrich.icp.fit import FitQuery, compile_fit
from enrich.icp.model import MODIFIERS, Criteria, Icp, Territory
from enrich.icp.signals import SignalCoverage
from tests.enrich.conftest import company_row

AS_OF = date(2026, 11, 21)
TERRITORIES = {"west": Territory(owner="Kari", countries=("NO",), postal_prefixes=("50",))}
TOLD = SignalCoverage(
    kind="job_ad", country_code="NO", source="no_nav_jobs", covered_from=date(2026, 1, 1), covered_until=datetime(2026, 11, 21, tzinfo=UTC)
)  # fmt: skip
AD = {
    "kind": "job_ad", "happened_date": AS_OF - timedelta(9), "until_date": None, "title": "Selger", "codes": ["STYRK08:3322"],
    "position_count": 1, "source": "no_nav_jobs",
}  # fmt: skip
BERGEN = {
    "country_code": "NO", "municipality_code": "4601", "municipality_name": "BERGEN", "region_code": "46", "city": "BERGEN",
    "place_name": "Bergen", "place_region": None, "place_municipality": None, "latitude": 60.39, "longitude": 5.32,
}  # fmt: skip
LUND = {
    "country_code": "SE", "municipality_code": None, "municipality_name": None, "region_code": None, "city": "LUND",
    "place_name": "Lund", "place_region": "SE-12", "place_municipality": "SE-1281", "latitude": 55.71, "longitude": 13.19,
}  # fmt: skip
YEAR_END = date(2024, 12, 31)

few = st.integers(0, 12)
maybe = st.booleans()
growth = st.integers(-5, 9).map(lambda tenths: tenths / 10)


def ranges(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    ends = st.tuples(numbers, numbers).map(sorted)
    return st.one_of(
        ends.map(lambda two: f"{two[0]}-{two[1]}"),
        numbers.map(lambda one: f"{one}-"),
        numbers.map(lambda one: f"-{one}"),
    )


grows = st.tuples(st.integers(-50, 50), st.sampled_from([1, 3])).map(
    lambda asked: {"range": f"{asked[0]}% to", "years": asked[1]}
)
ASKS: dict[str, st.SearchStrategy[Any]] = {
    "country": st.sampled_from([["NO"], ["SE"], ["DK", "NO"]]),
    "region": st.sampled_from([["Vestland"], ["Skåne"], ["Oslo", "SE-14"]]),
    "municipality": st.sampled_from([["Bergen"], ["Lund"], ["Malmö", "4601"], ["Oslo"]]),
    "near": st.sampled_from(
        [{"place": "Bergen", "km": 100}, {"place": "Malmö", "km": 20}, {"place": "Oslo", "km": 320}]
    ),
    "postal_prefix": st.sampled_from([["50"], ["22", "1"]]),
    "industry": st.sampled_from([["62"], ["62.01"], ["47"]]),
    "employees": ranges(few),
    "employees_growth": grows,
    "revenue": st.sampled_from(["10M-50M NOK", "-1M EUR", "30M- NOK"]),
    "revenue_growth": grows,
    "founded": ranges(st.integers(2000, 2012)),
    "age_years": ranges(st.integers(10, 30)),
    "status": st.sampled_from([["active"], ["bankrupt", "dissolved"]]),
    "legal_form": st.sampled_from([["AS"], ["NUF", "AB"]]),
    "sector": st.sampled_from([["21"], ["11"]]),
    "is_subsidiary": maybe,
    "has_parent": maybe,
    "group_size": ranges(st.integers(1, 9)),
    "roles": st.sampled_from([["auditor"], ["ceo", "chair"]]),
    "has_website": maybe,
    "technology": st.sampled_from([["shopify"], ["hubspot", "nginx"]]),
    "words": st.sampled_from([["havbruk"], ["regnskap", "fjord"]]),
    "territory": st.just(["west"]),
    "signals": st.sampled_from([{"occupations": ["sales"]}, {"words": ["utvikler"]}]),
    "in_crm": maybe,
    "last_contact_days": ranges(st.integers(0, 300)),
    "last_contact": st.sampled_from(["since 01-01", "before 09-15", "since 2026-06-01"]),
    "marketing_protected": maybe,
}
SOFT = ("employees", "group_size", "age_years", "last_contact_days", "revenue", "near")


@st.composite
def companies(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A company of which all is known, and the same with some of it withheld."""
    employees, group, place = draw(few), draw(st.integers(1, 9)), draw(st.sampled_from([BERGEN, LUND]))
    is_in_crm = draw(maybe)
    known: dict[str, Any] = {
        **place,
        "postal_code": draw(st.sampled_from(["5003", "22100"])),
        "employees_low": employees,
        "employees_high": employees,
        "employees_growth_1y": draw(growth),
        "employees_growth_3y": draw(growth),
        "employees_growth_date": YEAR_END,
        "revenue": Decimal(draw(st.sampled_from([0, 9_000_000, 20_000_000]))),
        "revenue_currency": "NOK",
        "revenue_date": YEAR_END,
        "revenue_eur": Decimal(1_700_000),
        "revenue_rate_date": YEAR_END,
        "revenue_growth_1y": draw(growth),
        "revenue_growth_3y": draw(growth),
        "founded_date": date(draw(st.integers(2000, 2012)), 5, 1),
        "status": draw(st.sampled_from(["active", "bankrupt"])),
        "legal_form_code": draw(st.sampled_from(["AS", "NUF"])),
        "sector_code": draw(st.sampled_from(["2100", "1120"])),
        "industries": [{"code": code, "scheme": "SN2025", "rank": 1}] if (code := draw(st.sampled_from(["62.100", "47.110"]))) else [],
        "is_subsidiary": draw(maybe),
        "has_parent": draw(maybe),
        "group_size_low": group,
        "group_size_high": group,
        "role_kinds": draw(st.sampled_from([[], ["REVI"], ["DAGL", "LEDE"]])),
        "website": draw(st.sampled_from([None, "fjord.example"])),
        "technologies": draw(st.sampled_from([[], ["shopify"], ["nginx"]])),
        "purpose": draw(st.sampled_from(["Utvikling av programvare for havbruk", "Regnskap"])),
        "activity": "Drift",
        "signals": draw(st.sampled_from([[], [AD]])),
        "is_in_crm": is_in_crm,
        "last_contacted_date": AS_OF - timedelta(draw(st.integers(0, 300))) if is_in_crm else None,
        "is_marketing_protected": draw(maybe),
        "sources": ["no_brreg"],
    }  # fmt: skip
    nothing = {"employees_low": None, "employees_high": None}
    withheld: list[dict[str, Any]] = [
        draw(
            st.sampled_from(
                [
                    nothing,
                    {"employees_low": 1, "employees_high": 4} if 1 <= employees <= 4 else nothing,
                    {"employees_low": max(0, employees - 2), "employees_high": None},
                    {"employees_low": max(0, employees - 3), "employees_high": employees + 2},
                ]
            )
        ),
        {"employees_growth_1y": None, "employees_growth_3y": None, "employees_growth_date": None},
        dict.fromkeys(("revenue", "revenue_currency", "revenue_date", "revenue_eur", "revenue_rate_date")),
        {"revenue_eur": None, "revenue_rate_date": None},
        {"revenue_growth_1y": None, "revenue_growth_3y": None},
        {"founded_date": None},
        {"status": draw(st.sampled_from(["unknown", "left_source"]))},
        {"legal_form_code": None},
        {"sector_code": None},
        {"industries": []},
        {"is_subsidiary": None},
        {"has_parent": None},
        {"group_size_low": draw(st.integers(1, group)), "group_size_high": None},
        {"role_kinds": None},
        {"website": None, "sources": ["gleif"]},
        {"technologies": None},
        {"purpose": None, "activity": None},
        {"signals": None},
        {"last_contacted_date": None} if is_in_crm else {},
        {"is_marketing_protected": None},
        {"postal_code": None},
        {name: None for name in place if name != "country_code"},
        {name: None for name in place if name != "country_code" and name != "place_region"},
        dict.fromkeys(place),
    ]
    taken = draw(st.lists(st.sampled_from(withheld), min_size=1, max_size=len(withheld)))
    return known, known | {name: value for one in taken for name, value in one.items()}


@pytest.fixture(scope="module")
def table(_migrated: Warehouse) -> Iterator[Warehouse]:
    yield _migrated
    _migrated.execute("DELETE FROM core.company")


def judged(table: Warehouse, rows: list[dict[str, Any]], query: FitQuery) -> list[dict[str, Any]]:
    """What a query says of companies, in their order."""
    made = [company_row(900000000 + number, "FJORDKODE AS", **fields) for number, fields in enumerate(rows)]
    with table.lend("made", pa.Table.from_pylist(made)):
        table.execute("CREATE OR REPLACE TEMP TABLE made_company AS SELECT * FROM core.company LIMIT 0")
        table.execute("INSERT INTO made_company BY NAME SELECT * FROM made")
    selected = query.select("made_company", points=True, misfits=True)
    return [dict(row) for row in table.ask(f"{selected} ORDER BY company_id", **query.parameters)]


def compiled(**icp: Any) -> FitQuery:
    return compile_fit(
        Icp.model_validate(icp), "test", TERRITORIES, mappings=[], website_sources=["no_brreg"], codes=[],
        signal_coverage=(TOLD,), rates={"NOK": {YEAR_END: Decimal("11.795")}}, as_of=AS_OF,
    )  # fmt: skip


def test_every_criterion_is_put_to_the_test() -> None:
    assert set(ASKS) == set(Criteria.model_fields) - set(MODIFIERS)


# a company of 40 columns shrinks for minutes, and its pair of points says all that there is to know
@settings(max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    asked=st.fixed_dictionaries(ASKS),
    soft=st.sets(st.sampled_from(SOFT)),
    pairs=st.lists(companies(), min_size=8, max_size=16),
    required=st.sampled_from(sorted(ASKS)),
)
def test_what_is_withheld_never_turns_a_yes_into_a_no_nor_leaves_the_band(
    table: Warehouse,
    asked: dict[str, Any],
    soft: set[str],
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
    required: str,
) -> None:
    wishes = [{name: ask} | ({"soft": 0.5} if name in soft else {}) for name, ask in asked.items()]
    rows = [company for pair in pairs for company in pair]
    answers = judged(table, rows, compiled(should=wishes))
    for known, withheld in zip(answers[::2], answers[1::2], strict=True):
        assert withheld["fit_low"] <= known["fit_low"] <= known["fit_high"] <= withheld["fit_high"]
        for before, after in zip(known["points"], withheld["points"], strict=True):
            allowed = {"yes": {"yes", "unknown"}, "no": {"no", "unknown"}, "unknown": {"unknown"}}[before["verdict"]]
            assert after["verdict"] in allowed, (before, after)
            assert after["share_low"] <= before["share_low"] <= before["share_high"] <= after["share_high"]
    demanded = judged(table, rows, compiled(must={required: asked[required], "required": True}))
    assert all((one["verdict"] == "yes") is (one["points"][0]["verdict"] == "yes") for one in demanded)
    assert {one["verdict"] for one in demanded} <= {"yes", "no"}
