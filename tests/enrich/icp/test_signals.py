"""Job ads asked of companies: found, not found, or unknown, since no feed told of all those days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from db.warehouse import Warehouse
from enrich.icp.fit import compile_fit
from enrich.icp.model import Icp
from enrich.icp.reasons import read_answers, say_why
from enrich.icp.signals import SignalCoverage

AddCompany = Callable[..., str]
AS_OF = date(2026, 11, 21)
SALES, SOFTWARE = "STYRK08:3322", "STYRK08:2512"


def covered(days: int = 60, *, country: str | None = "NO", read_days_ago: int = 0) -> SignalCoverage:
    return SignalCoverage(
        kind="job_ad",
        country_code=country,
        source="no_nav_jobs",
        covered_from=AS_OF - timedelta(days=days),
        covered_until=datetime(2026, 11, 21, 6, tzinfo=UTC) - timedelta(days=read_days_ago),
    )


def ad(days_ago: int = 5, *codes: str, title: str = "Ny kollega", kind: str = "job_ad") -> dict[str, Any]:
    return {
        "kind": kind,
        "happened_date": AS_OF - timedelta(days=days_ago),
        "until_date": None,
        "title": title,
        "codes": list(codes),
        "position_count": 1,
        "source": "no_nav_jobs",
    }


def fit_of(
    warehouse: Warehouse, asked: dict[str, Any], coverage: tuple[SignalCoverage, ...] | None = (covered(),)
) -> dict[str, Any]:
    icp = Icp.model_validate({"must": {"signals": asked}})
    query = compile_fit(icp, "test", {}, mappings=[], website_sources=[], signal_coverage=coverage, as_of=AS_OF)
    [row] = warehouse.ask(query.select("core.company", points=True, misfits=True), **query.parameters)
    return dict(row)


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("any ad", {}, {"signals": [ad(5, SOFTWARE)]}, "yes"),
    ("none could be linked", {}, {"signals": None}, "maybe"),
    ("an empty list", {}, {"signals": []}, "no"),
    ("on the first day", {}, {"signals": [ad(60)]}, "yes"),
    ("too long ago", {}, {"signals": [ad(61)]}, "no"),
    ("in the future", {}, {"signals": [ad(-1)]}, "no"),
    ("another kind", {}, {"signals": [ad(5, kind="tender")]}, "no"),
    ("for sales", {"occupations": ["sales"]}, {"signals": [ad(5, SALES)]}, "yes"),
    ("for something else", {"occupations": ["sales"]}, {"signals": [ad(5, SOFTWARE)]}, "no"),
    ("for something else, and sales", {"occupations": ["Sales"]}, {"signals": [ad(5, SOFTWARE), ad(9, SALES)]}, "yes"),
    ("sales too long ago", {"occupations": ["sales"]}, {"signals": [ad(5, SOFTWARE), ad(70, SALES)]}, "no"),
    ("managers of sales in Norway", {"occupations": ["sales"]}, {"signals": [ad(5, "STYRK08:1221")]}, "yes"),
    ("1221 in Sweden is personnel", {"occupations": ["sales"]}, {"signals": [ad(5, "SSYK2012:1221")]}, "no"),
    ("1221 in Sweden, personnel asked", {"occupations": ["hr"]}, {"signals": [ad(5, "SSYK2012:1221")]}, "yes"),
    ("a code of any list", {"occupations": ["33"]}, {"signals": [ad(5, "SSYK2012:3322")]}, "yes"),
    ("a code of one list", {"occupations": ["STYRK08:33"]}, {"signals": [ad(5, "SSYK2012:3322")]}, "no"),
    ("a code is no middle of one", {"occupations": ["322"]}, {"signals": [ad(5, SALES)]}, "no"),
    ("no occupation stated", {"occupations": ["sales"]}, {"signals": [ad(5)]}, "maybe"),
    ("no occupation stated, too long ago", {"occupations": ["sales"]}, {"signals": [ad(70)]}, "no"),
    ("word of the title", {"words": ["selger"]}, {"signals": [ad(5, title="Dyktig selger søkes")]}, "yes"),
    ("beginning of a word", {"words": ["selg"]}, {"signals": [ad(5, title="Selgere!")]}, "yes"),
    ("another title", {"words": ["selger"]}, {"signals": [ad(5)]}, "no"),
    ("occupation or word", {"occupations": ["hr"], "words": ["selger"]}, {"signals": [ad(5, SALES, title="Selger")]}, "yes"),
    ("word where no occupation is stated", {"occupations": ["hr"], "words": ["ny"]}, {"signals": [ad(5)]}, "yes"),
    ("an agency's", {}, {"signals": [ad(5)], "industries": [{"code": "78.200", "scheme": "SN2025", "rank": 1}]}, "maybe"),
    ("a cinema's, by the American list", {}, {"signals": [ad(5)], "industries": [{"code": "7832", "scheme": "US-SIC", "rank": 1}]}, "yes"),
    ("industry not known", {}, {"signals": [ad(5)], "industries": []}, "yes"),
    ("another country", {}, {"country_code": "SE"}, "maybe"),
    ("another country, with an ad", {}, {"country_code": "SE", "signals": [ad(5)]}, "yes"),
    ("country not known", {}, {"country_code": None}, "maybe"),
    ("more days than are covered", {"days": 61}, {}, "maybe"),
    ("more days than are covered, with an ad", {"days": 61}, {"signals": [ad(61)]}, "yes"),
    ("since a day of this year", {"since": "2026-11-16"}, {"signals": [ad(5)]}, "yes"),
    ("before that day", {"since": "2026-11-17"}, {"signals": [ad(5)]}, "no"),
    ("since the latest such day", {"since": "11-16"}, {"signals": [ad(5)]}, "yes"),
    ("since a day of last year, as this year's is to come", {"since": "11-22"}, {"signals": [ad(300)]}, "yes"),
    ("since a day before all that is covered", {"since": "01-01"}, {}, "maybe"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "fields", "verdict"), [case[1:] for case in CASES], ids=[case[0].replace(" ", "-") for case in CASES]
)
def test_an_ad_is_found_or_not_or_nobody_knows(
    company_table: Warehouse, add_company: AddCompany, asked: dict[str, Any], fields: dict[str, Any], verdict: str
) -> None:
    add_company(**fields)
    assert fit_of(company_table, asked)["verdict"] == verdict


@pytest.mark.parametrize(
    ("coverage", "verdict"),
    [
        ((), "maybe"),
        (None, "maybe"),
        ((covered(59),), "maybe"),
        ((covered(60),), "no"),
        ((covered(country="SE"),), "maybe"),
        ((covered(country="SE"), covered()), "no"),
        ((covered(country=None),), "no"),
        ((covered(read_days_ago=1),), "no"),
        ((covered(read_days_ago=2),), "maybe"),
    ],
)
def test_none_is_a_no_only_where_all_those_days_are_known(
    company_table: Warehouse, add_company: AddCompany, coverage: tuple[SignalCoverage, ...] | None, verdict: str
) -> None:
    add_company()
    assert fit_of(company_table, {}, coverage)["verdict"] == verdict


def test_the_reason_says_how_many_the_newest_and_from_where(company_table: Warehouse, add_company: AddCompany) -> None:
    add_company(signals=[ad(3, SALES, title="Selger"), ad(9, SALES)])
    why = say_why(read_answers(fit_of(company_table, {"occupations": ["sales"]})["points"]))
    assert why == "Job ads for sales: 2, the latest of 2026-11-18 “Selger” (no_nav_jobs)."


def test_the_reason_says_since_when_there_is_none_and_by_whom(
    company_table: Warehouse, add_company: AddCompany
) -> None:
    add_company()
    why = say_why(read_answers(fit_of(company_table, {})["points"]))
    assert why == "But no job ads since 2026-09-22 (no_nav_jobs)."
    why = say_why(read_answers(fit_of(company_table, {"occupations": ["sales"], "words": ["selger"]})["points"]))
    assert why == "But no job ads for sales, “selger” since 2026-09-22 (no_nav_jobs)."


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"occupations": ["sale"]}, "did you mean sales"),
        ({"occupations": ["tryllekunstner"]}, "is no group of occupations"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"days": 401}, "less than or equal to 400"),
        ({"since": "1 March"}, "is no day"),
        ({"since": "02-29"}, "is no day"),
        ({"days": 60, "since": "01-01"}, "write one of them"),
        ({"words": ["!"]}, "no letter or digit"),
        ({"kind": "tender"}, "job_ad"),
        ({"cpv": ["72"]}, "a job ad has no CPV codes"),
        ({"kind": "tender_won", "occupations": ["sales"]}, "a tender has no occupations"),
        ({"kind": "tender_won", "cpv": ["7"]}, "is no CPV code"),
        ({"kind": "tender_won", "cpv": ["IT"]}, "is no CPV code"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Icp.model_validate({"must": {"signals": asked}})


TENDERS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("any tender", {}, {"signals": [ad(5, "CPV:72260000", kind="tender_won")]}, "yes"),
    ("a tender put out", {}, {"signals": [ad(5, "CPV:72260000", kind="tender_buyer")]}, "no"),
    ("of the division", {"cpv": ["72"]}, {"signals": [ad(5, "CPV:72260000", kind="tender_won")]}, "yes"),
    ("of the division in full", {"cpv": ["72000000-5"]}, {"signals": [ad(5, "CPV:72260000", kind="tender_won")]}, "yes"),
    ("of another division", {"cpv": ["48"]}, {"signals": [ad(5, "CPV:72480000", kind="tender_won")]}, "no"),
    ("of one of two codes", {"cpv": ["48"]}, {"signals": [ad(5, "CPV:72260000", "CPV:48000000", kind="tender_won")]}, "yes"),
    ("of a code above", {"cpv": ["7226"]}, {"signals": [ad(5, "CPV:72000000", kind="tender_won")]}, "maybe"),
    ("of a code beside", {"cpv": ["7226"]}, {"signals": [ad(5, "CPV:72100000", kind="tender_won")]}, "no"),
    ("without a code", {"cpv": ["72"]}, {"signals": [ad(5, kind="tender_won")]}, "maybe"),
    ("an agency's own", {}, {"signals": [ad(5, kind="tender_won")], "industry_code": "78.200"}, "yes"),
    ("a word of its title", {"words": ["mat"]}, {"signals": [ad(5, title="Kjøp av mat", kind="tender_won")]}, "yes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "fields", "verdict"), [case[1:] for case in TENDERS], ids=[case[0].replace(" ", "-") for case in TENDERS]
)
def test_a_tender_is_found_by_what_it_is_for(
    company_table: Warehouse, add_company: AddCompany, asked: dict[str, Any], fields: dict[str, Any], verdict: str
) -> None:
    add_company(**fields)
    known = (replace(covered(), kind="tender_won", source="no_doffin"),)
    assert fit_of(company_table, {"kind": "tender_won", **asked}, known)["verdict"] == verdict


def test_the_reason_speaks_of_tenders(company_table: Warehouse, add_company: AddCompany) -> None:
    add_company(signals=[ad(3, "CPV:72000000", title="Kjøp av drift", kind="tender_won")])
    why = say_why(read_answers(fit_of(company_table, {"kind": "tender_won", "cpv": ["72"]})["points"]))
    assert why == "Tenders won for CPV 72: 1 of 2026-11-18 “Kjøp av drift” (no_nav_jobs)."
    [answer] = read_answers(fit_of(company_table, {"kind": "tender_won"})["points"])
    assert answer.topic == "tenders"
