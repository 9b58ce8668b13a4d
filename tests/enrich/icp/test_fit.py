"""Companies against an ICP: yes, no, or unknown, and the score as a band."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.icp.earlier_numbers import EarlierNumbers
from enrich.icp.fit import FitQuery, compile_fit
from enrich.icp.model import Icp, Territory

AddCompany = Callable[..., str]
AS_OF = date(2026, 11, 21)
CORRESPONDENCE = (
    ("SN2007", "62.010", "SN2025", "62.100"),
    ("SN2007", "62.020", "SN2025", "62.200"),
    ("SN2007", "62.090", "SN2025", "62.900"),
    ("SN2007", "62.020", "SN2025", "62.900"),
)
TERRITORIES = {
    "west": Territory(owner="Kari", countries=("NO",), municipalities=("Bergen",)),
    "east": Territory(owner="Ola", countries=("NO",), postal_prefixes=("0", "1")),
}


def fit_of(warehouse: Warehouse, **icp: Any) -> dict[str, Any]:
    """Verdict, score and points of the only company."""
    query = compiled(**icp)
    rows = warehouse.ask(query.select("core.company", points=True, misfits=True), **query.parameters)
    return dict(rows[0])


def compiled(**icp: Any) -> FitQuery:
    return compile_fit(
        Icp.model_validate(icp),
        "test",
        TERRITORIES,
        codes=[("NO-LEGAL-FORM", "AS"), ("NO-LEGAL-FORM", "NUF"), ("ELF", "YI42")],
        mappings=CORRESPONDENCE,
        earlier=EARLIER,
        website_sources=["no_brreg"],
        rates={"NOK": {YEAR_END: Decimal("11.795")}, "SEK": {YEAR_END: Decimal("11.459")}},
        as_of=AS_OF,
    )


YEAR_END = date(2024, 12, 31)
EARLIER = EarlierNumbers(
    ("KOMMUNE2019", before, "KOMMUNE", after)
    for before, after in (
        ("0101", "3101"), ("0122", "3118"), ("0123", "3118"), ("1850", "1806"), ("1850", "1875"), ("1805", "1806"), ("1849", "1875"),
    )
)  # fmt: skip


def money(amount: int, currency: str, per_euro: str | None) -> dict[str, Any]:
    """Revenue as the merge puts it on a company; null where there is no rate of the day."""
    in_euro = None if per_euro is None else round(amount / Decimal(per_euro), 2)
    return {
        "revenue": Decimal(amount),
        "revenue_currency": currency,
        "revenue_date": YEAR_END,
        "revenue_eur": in_euro,
        "revenue_rate_date": None if per_euro is None else YEAR_END,
    }


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("country in", {"country": ["NO", "SE"]}, {}, "yes"),
    ("country out", {"country": ["se"]}, {}, "no"),
    ("country not known", {"country": ["NO"]}, {"country_code": None}, "maybe"),
    ("county by name", {"region": ["Vestland"]}, {}, "yes"),
    ("county by name, other capitals", {"region": ["VESTLAND"]}, {}, "yes"),
    ("county by number", {"region": ["46"]}, {}, "yes"),
    ("another county", {"region": ["Rogaland"]}, {}, "no"),
    ("old county", {"region": ["Viken"]}, {"municipality_code": "3301", "region_code": "33"}, "yes"),
    ("company still under an old number", {"region": ["Buskerud"]}, {"municipality_code": "3005"}, "yes"),
    ("county without municipality", {"region": ["Vestland"]}, {"municipality_code": None}, "yes"),
    ("county as ISO 3166-2", {"region": ["Oslo"]}, {"municipality_code": None, "region_code": "NO-03"}, "yes"),
    *(
        (f"county of 2020-2023 without municipality, {asked}", {"region": [asked]}, {"municipality_code": None, "region_code": "NO-30"}, verdict)
        for asked, verdict in (("Viken", "yes"), ("30", "yes"), ("Akershus", "maybe"), ("33", "maybe"), ("Vestland", "no"))
    ),
    ("county of before 2020, asked today's", {"region": ["Vestland"]}, {"municipality_code": None, "region_code": "NO-12"}, "maybe"),
    ("county of before 2020, asked by its number", {"region": ["NO-12"]}, {"municipality_code": None, "region_code": "NO-12"}, "yes"),
    ("municipality of before 2020, asked its county", {"region": ["Akershus"]}, {"municipality_code": "0219"}, "maybe"),
    ("municipality of before 2020, asked today's", {"municipality": ["Bærum"]}, {"municipality_code": "0219"}, "maybe"),
    ("number of before 2020, of one with another number since", {"municipality": ["0101"]}, {"municipality_code": "3101"}, "yes"),
    ("number of before 2020, by the one of between", {"municipality": ["0101"]}, {"municipality_code": "3001"}, "yes"),
    ("number of before 2020, of another", {"municipality": ["0101"]}, {"municipality_code": "3118"}, "no"),
    ("number of before 2020, of one joined with others", {"municipality": ["0122"]}, {"municipality_code": "3118"}, "maybe"),
    ("number of before 2020, of one joined with others, by the one of between", {"municipality": ["0122"]}, {"municipality_code": "3014"}, "maybe"),
    ("numbers of before 2020, of all that were joined", {"municipality": ["0122", "0123"]}, {"municipality_code": "3118"}, "yes"),
    ("number of before 2020, of one that was split", {"municipality": ["1850"]}, {"municipality_code": "1875"}, "maybe"),
    ("number of before 2020, of one that was split, elsewhere", {"municipality": ["1850"]}, {"municipality_code": "0301"}, "no"),
    ("number of before 2020, beside today's", {"municipality": ["0122", "Halden"]}, {"municipality_code": "3101"}, "yes"),
    ("number of before 2020, that is Denmark's too", {"municipality": ["0101"]}, {"country_code": "DK", "municipality_code": "0101"}, "yes"),
    ("municipality of before 2020, asked by its number", {"municipality": ["0219"]}, {"municipality_code": "0219"}, "yes"),
    ("Swedish municipality, Norwegian of its old number", {"municipality": ["1401"]}, {"municipality_code": "1401"}, "no"),
    ("county not known", {"region": ["Oslo"]}, {"municipality_code": None, "region_code": None}, "maybe"),
    ("region abroad", {"region": ["SE-AB"]}, {"country_code": "SE", "region_code": "SE-AB"}, "yes"),
    ("county asked, company abroad", {"region": ["Oslo"]}, {"country_code": "SE", "region_code": "SE-AB"}, "no"),
    ("municipality by name", {"municipality": ["Bergen"]}, {}, "yes"),
    ("municipality by number", {"municipality": ["4601"]}, {}, "yes"),
    ("municipality by old number", {"municipality": ["3005"]}, {"municipality_code": "3301"}, "yes"),
    ("municipality split since", {"municipality": ["Haram"]}, {"municipality_code": "1507"}, "maybe"),
    ("another municipality", {"municipality": ["Oslo"]}, {}, "no"),
    ("postal prefix", {"postal_prefix": ["50", "51"]}, {}, "yes"),
    ("another postal prefix", {"postal_prefix": ["0"]}, {}, "no"),
    ("postal code not known", {"postal_prefix": ["0"]}, {"postal_code": None}, "maybe"),
    ("industry by prefix", {"industry": ["62"]}, {}, "yes"),
    ("industry in whole", {"industry": ["62.100"]}, {}, "yes"),
    ("industry without its dot", {"industry": ["62100"]}, {}, "yes"),
    ("another industry", {"industry": ["47"]}, {}, "no"),
    *(
        (f"{asked} where {code} is registered", {"industry": [asked]}, {"industries": [{"code": code, "scheme": scheme, "rank": 1}]}, verdict)
        for asked, code, scheme, verdict in (
            ("62.01Z", "62.01Z", "NAFREV2", "yes"), ("6201z", "62.010", "SN2007", "yes"), ("62.01Z", "62.02A", "NAFREV2", "no"),
            ("43.22A", "43.22A", "NAFREV2", "yes"), ("43.22A", "43.22B", "NAFREV2", "no"), ("43.22A", "43.220", "SN2007", "maybe"),
            ("C", "10.710", "SN2025", "yes"), ("C", "33.200", "SN2025", "yes"), ("C", "01.110", "SN2025", "no"),
            ("A", "01.110", "SN2025", "yes"), ("c", "62.010", "SN2025", "no"),
        )
    ),
    ("no industry stated", {"industry": ["62"]}, {"industries": []}, "maybe"),
    ("second industry", {"industry": ["70.2"]}, {"industries": [{"code": "62.100", "scheme": "SN2025", "rank": 1}, {"code": "70.200", "scheme": "SN2025", "rank": 2}]}, "yes"),
    ("old code, new register", {"industry": ["62.010"]}, {}, "yes"),
    ("old code with its list", {"industry": ["62.01"], "industry_scheme": "SN2007"}, {}, "yes"),
    ("old code, other new code", {"industry": ["62.010"], "industry_scheme": "SN2007"}, {"industries": [{"code": "62.200", "scheme": "SN2025", "rank": 1}]}, "no"),
    ("old code that is part of a new one", {"industry": ["62.090"], "industry_scheme": "SN2007"}, {"industries": [{"code": "62.900", "scheme": "SN2025", "rank": 1}]}, "maybe"),
    ("list that nothing leads to", {"industry": ["62"], "industry_scheme": "SN2007"}, {"industries": [{"code": "62012", "scheme": "UK-SIC", "rank": 1}]}, "maybe"),
    ("American code, asked by the same digits", {"industry": ["62"]}, {"industries": [{"code": "6211", "scheme": "US-SIC", "rank": 1}]}, "maybe"),
    ("American code, asked by other digits", {"industry": ["73"]}, {"industries": [{"code": "6211", "scheme": "US-SIC", "rank": 1}]}, "maybe"),
    ("American code, its list asked", {"industry": ["62"], "industry_scheme": "US-SIC"}, {"industries": [{"code": "6211", "scheme": "US-SIC", "rank": 1}]}, "yes"),
    ("American code, another of its list asked", {"industry": ["73"], "industry_scheme": "US-SIC"}, {"industries": [{"code": "6211", "scheme": "US-SIC", "rank": 1}]}, "no"),
    ("code of before NACE 2", {"industry": ["72"]}, {"industries": [{"code": "722200", "scheme": "DB03", "rank": 1}]}, "maybe"),
    ("main code American, a further one Norwegian", {"industry": ["62"]}, {"industries": [{"code": "7372", "scheme": "US-SIC", "rank": 1}, {"code": "62.100", "scheme": "SN2025", "rank": 2}]}, "yes"),
    ("a further code American", {"industry": ["62"]}, {"industries": [{"code": "47.110", "scheme": "SN2025", "rank": 1}, {"code": "6211", "scheme": "US-SIC", "rank": 2}]}, "maybe"),
    ("code of a list that no register declares", {"industry": ["62"]}, {"industries": [{"code": "6201", "scheme": "MADE-UP", "rank": 1}]}, "maybe"),
    ("code that the team wrote without a list", {"industry": ["62"]}, {"industries": [{"code": "62.100", "scheme": None, "rank": 1}]}, "yes"),
    ("code without a list, a list asked", {"industry": ["47"], "industry_scheme": "SN2007"}, {"industries": [{"code": "62.100", "scheme": None, "rank": 1}]}, "maybe"),
    ("employees inside", {"employees": "10-200"}, {}, "yes"),
    ("employees on the edge", {"employees": "40-40"}, {}, "yes"),
    ("employees below", {"employees": "41-"}, {}, "no"),
    ("employees above", {"employees": "-39"}, {}, "no"),
    ("withheld 1-4, asked 2 or more", {"employees": "2-"}, {"employees_low": 1, "employees_high": 4}, "maybe"),
    ("withheld 1-4, asked 1-10", {"employees": "1-10"}, {"employees_low": 1, "employees_high": 4}, "yes"),
    ("withheld 1-4, asked 5 or more", {"employees": "5-"}, {"employees_low": 1, "employees_high": 4}, "no"),
    ("2 or more, asked 10 or more", {"employees": "10-"}, {"employees_low": 2, "employees_high": None}, "maybe"),
    ("2 or more, asked 1 or more", {"employees": "1-"}, {"employees_low": 2, "employees_high": None}, "yes"),
    ("2 or more, asked 1 at most", {"employees": "-1"}, {"employees_low": 2, "employees_high": None}, "no"),
    ("employees not known", {"employees": "10-"}, {"employees_low": None, "employees_high": None}, "maybe"),
    ("none registered", {"employees": "-5"}, {"employees_low": 0, "employees_high": 0}, "yes"),
    ("revenue inside", {"revenue": "10M-50M NOK"}, money(20_000_000, "NOK", "11.795"), "yes"),
    ("revenue on the edge", {"revenue": "20M- NOK"}, money(20_000_000, "NOK", "11.795"), "yes"),
    ("revenue below", {"revenue": "20.1M- NOK"}, money(20_000_000, "NOK", "11.795"), "no"),
    ("revenue above", {"revenue": "-500k NOK"}, money(20_000_000, "NOK", "11.795"), "no"),
    ("revenue of no accounts", {"revenue": "-500k NOK"}, {}, "maybe"),
    ("revenue of nothing is stated", {"revenue": "-500k NOK"}, money(0, "NOK", "11.795"), "yes"),
    ("revenue in euro, asked in kroner", {"revenue": "10M-20M NOK"}, money(1_000_000, "EUR", "1"), "yes"),
    ("revenue in euro, asked in more kroner", {"revenue": "12M-20M NOK"}, money(1_000_000, "EUR", "1"), "no"),
    ("revenue in kroner, asked in euro", {"revenue": "1.6M-1.7M EUR"}, money(20_000_000, "NOK", "11.795"), "yes"),
    ("revenue in Swedish kronor, asked in Norwegian", {"revenue": "10.2M-10.4M NOK"}, money(10_000_000, "SEK", "11.459"), "yes"),
    ("revenue without a rate of its day", {"revenue": "1- NOK"}, money(10_000_000, "SEK", None), "maybe"),
    ("revenue without a rate, asked in its own", {"revenue": "1- SEK"}, money(10_000_000, "SEK", None), "yes"),
    ("revenue of a currency without rates here", {"revenue": "1- USD"}, money(10_000_000, "SEK", "11.459"), "maybe"),
    ("old enough", {"age_years": "16-"}, {}, "yes"),
    ("not old enough", {"age_years": "17-"}, {}, "no"),
    ("grown by a fifth, as shares of amounts are", {"revenue_growth": "20%-"}, {"revenue_growth_1y": 120 / 100 - 1}, "yes"),
    ("grown by less than a fifth", {"revenue_growth": "20%-"}, {"revenue_growth_1y": 0.1999}, "no"),
    ("founded today", {"age_years": "-5"}, {"founded_date": AS_OF}, "yes"),
    ("founded in three months", {"age_years": "-5"}, {"founded_date": date(2027, 3, 1)}, "maybe"),
    ("founded in three years", {"age_years": "-5"}, {"founded_date": date(2029, 12, 1)}, "maybe"),
    ("age from registration", {"age_years": "-2"}, {"founded_date": None, "registered_date": date(2025, 1, 1)}, "yes"),
    ("age not known", {"age_years": "-2"}, {"founded_date": None}, "maybe"),
    ("has website", {"has_website": True}, {}, "yes"),
    ("register states no website", {"has_website": True}, {"website": None}, "no"),
    ("wanted without website", {"has_website": False}, {"website": None}, "yes"),
    ("source that states no websites", {"has_website": True}, {"website": None, "sources": ["gleif"]}, "maybe"),
    ("legal form", {"legal_form": ["as"]}, {}, "yes"),
    ("another legal form", {"legal_form": ["NUF"]}, {}, "no"),
    ("legal form of another list", {"legal_form": ["AS"]}, {"legal_form_code": "YI42", "legal_form_scheme": "ELF"}, "maybe"),
    ("sector by prefix", {"sector": ["21"]}, {}, "yes"),
    ("word of the purpose", {"words": ["programvare"]}, {}, "yes"),
    ("beginning of a word", {"words": ["havb"]}, {}, "yes"),
    ("inside of a word", {"words": ["vare"]}, {}, "no"),
    ("word of the name without its accents", {"words": ["okonomi"]}, {"name": "NORSK ØKONOMI AS"}, "yes"),
    ("word with letters that are signs elsewhere", {"words": ["c++"]}, {"name": "C++ HUSET AS"}, "yes"),
    ("two words in a row", {"words": ["utvikling av"]}, {}, "yes"),
    ("word, no text stated", {"words": ["programvare"]}, {"purpose": None}, "maybe"),
    ("word of the name, no text stated", {"words": ["fjord"]}, {"purpose": None}, "yes"),
    ("territory", {"territory": ["west"]}, {}, "yes"),
    ("either territory", {"territory": ["east", "west"]}, {}, "yes"),
    ("another territory", {"territory": ["east"]}, {}, "no"),
    ("territory not known", {"territory": ["east"]}, {"postal_code": None}, "maybe"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("must", "fields", "verdict"), [case[1:] for case in CASES], ids=[case[0].replace(" ", "-") for case in CASES]
)
def test_a_criterion_is_yes_no_or_unknown(
    company_table: Warehouse, add_company: AddCompany, must: dict[str, Any], fields: dict[str, Any], verdict: str
) -> None:
    add_company(**fields)
    assert fit_of(company_table, must=must)["verdict"] == verdict


@pytest.mark.parametrize(
    ("must", "fields", "verdict"), [case[1:] for case in CASES], ids=[case[0].replace(" ", "-") for case in CASES]
)
def test_what_must_not_hold_is_the_opposite_and_unknown_stays_unknown(
    company_table: Warehouse, add_company: AddCompany, must: dict[str, Any], fields: dict[str, Any], verdict: str
) -> None:
    add_company(**fields)
    assert fit_of(company_table, must_not=must)["verdict"] == {"yes": "no", "no": "yes", "maybe": "maybe"}[verdict]


SHOULD = [
    {"has_website": True, "weight": 2},
    {"employees": "20-", "weight": 1},
    {"industry": ["62"], "weight": 1},
]


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        ({}, 100, 100),
        ({"website": None}, 50, 50),
        ({"employees_low": None, "employees_high": None}, 75, 100),
        ({"employees_low": 2, "employees_high": None, "website": None}, 25, 50),
        ({"industries": [], "employees_low": 1, "employees_high": 4}, 50, 75),
    ],
    ids=["all", "half", "band", "band-below", "two-missing"],
)
def test_the_score_is_a_band_while_something_is_unknown(
    company_table: Warehouse, add_company: AddCompany, fields: dict[str, Any], low: int, high: int
) -> None:
    add_company(**fields)
    fit = fit_of(company_table, must={"country": ["NO"]}, should=SHOULD)
    assert (fit["fit_low"], fit["fit_high"]) == (low, high)


@pytest.mark.parametrize(
    ("stated", "shares"),
    [
        ((15, 15), (0.5, 0.5)),
        ((10, 10), (0, 0)),
        ((20, 100), (1, 1)),
        ((125, 125), (0.5, 0.5)),
        ((12, 18), (0.2, 0.8)),
        ((15, 40), (0.5, 1)),
        ((110, None), (0, 0.8)),
        ((None, None), (0, 1)),
    ],
    ids=["half", "edge", "inside", "above", "below-as-band", "astride", "open-above", "unknown"],
)
def test_a_soft_edge_counts_in_part_and_as_a_band_where_only_a_range_is_known(
    company_table: Warehouse,
    add_company: AddCompany,
    stated: tuple[int | None, int | None],
    shares: tuple[float, float],
) -> None:
    add_company(employees_low=stated[0], employees_high=stated[1])
    wishes = [{"employees": "20-100", "soft": 0.5, "weight": 3}, {"country": ["NO"], "weight": 1}]
    fit = fit_of(company_table, should=wishes)
    point = next(each for each in fit["points"] if each["criterion"].startswith("employees"))
    assert (point["share_low"], point["share_high"]) == (pytest.approx(shares[0]), pytest.approx(shares[1]))
    assert (fit["fit_low"], fit["fit_high"]) == tuple(int(100 * (3 * share + 1) / 4 + 0.5) for share in shares)


def test_without_wishes_a_known_fit_is_100_and_a_possible_one_is_open(
    company_table: Warehouse, add_company: AddCompany
) -> None:
    add_company("KNOWN AS")
    add_company("OPEN AS", employees_low=None, employees_high=None)
    query = compiled(must={"employees": "10-"})
    rows = company_table.ask(query.select("core.company", columns=["name"]), **query.parameters)
    assert sorted((row["name"], row["verdict"], row["fit_low"], row["fit_high"]) for row in rows) == [
        ("KNOWN AS", "yes", 100, 100),
        ("OPEN AS", "maybe", 0, 100),
    ]


def test_misfits_are_left_out_unless_asked_for(company_table: Warehouse, add_company: AddCompany) -> None:
    add_company("IN AS")
    add_company("OUT AS", country_code="SE")
    query = compiled(must={"country": ["NO"]})
    assert len(company_table.ask(query.select("core.company"), **query.parameters)) == 1
    assert len(company_table.ask(query.select("core.company", misfits=True), **query.parameters)) == 2


def test_every_point_names_its_criterion_and_the_value_it_rests_on(
    company_table: Warehouse, add_company: AddCompany
) -> None:
    add_company(employees_low=1, employees_high=4, employees_state="withheld")
    fit = fit_of(
        company_table,
        must={"industry": ["62.010"], "region": ["Vestland"], "words": ["havbruk"]},
        should=[{"employees": "2-10", "weight": 3}],
        must_not={"legal_form": ["NUF"]},
    )
    assert [(point["criterion"], point["kind"], point["verdict"], point["weight"], point["value"]) for point in fit["points"]] == [
        ("region Vestland", "must", "yes", None, "BERGEN (46)"),
        ("industry 62.010", "must", "yes", None, "62.100 Programmeringstjenester (SN2025, answered by the correspondence of code lists)"),
        ("words havbruk", "must", "yes", None, "purpose: havbruk"),
        ("legal_form NUF", "must_not", "no", None, "AS"),
        ("employees 2-10", "should", "unknown", 3.0, "1-4 (withheld)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, True),
        ({"employees_low": None, "employees_high": None}, True),
        ({"purpose": None, "activity": None}, False),
        (
            {
                "purpose": None,
                "activity": None,
                "site_description": "Vi leverer.",
                "employees_low": None,
                "employees_high": None,
            },
            True,
        ),
    ],
    ids=["all known", "its texts known", "its name alone", "what its site says known"],
)
def test_a_word_in_the_name_alone_makes_no_company_known(
    company_table: Warehouse, add_company: AddCompany, fields: dict[str, Any], is_told: bool
) -> None:
    unknown = {"employees_low": None, "employees_high": None} if not is_told else {}
    add_company("FJORDKODE AS", **fields, **unknown)
    icp = Icp.model_validate({"must": {"country": ["NO"], "employees": "10-200"}})
    query = compile_fit(icp, "test", {}, mappings=[], website_sources=[], terms=["fjord"])
    [row] = company_table.ask(query.select("core.company"), **query.parameters)
    assert row["is_told"] is is_told


def test_no_website_names_the_source_that_would_have_stated_one(
    company_table: Warehouse, add_company: AddCompany
) -> None:
    def value(name: str, sources: list[str]) -> object:
        company_table.execute("DELETE FROM core.company")
        add_company(name, website=None, sources=sources)
        return fit_of(company_table, must={"has_website": True})["points"][0]["value"]

    assert value("ONE AS", ["no_brreg"]) == "none registered (no_brreg 2026-11-01)"
    # the company's date may be that of the other source
    assert value("TWO AS", ["gleif", "no_brreg"]) == "none registered (no_brreg)"
    assert value("THREE AS", ["gleif"]) is None


def test_the_owner_of_a_territory_comes_with_the_company(company_table: Warehouse, add_company: AddCompany) -> None:
    add_company("WEST AS")
    add_company("EAST AS", municipality_code="0301", postal_code="0150")
    add_company("NORTH AS", municipality_code="5501", postal_code="9008")
    query = compiled(must={"country": ["NO"]})
    rows = company_table.ask(query.select("core.company", columns=["name", "{owner} AS owner"]), **query.parameters)
    assert {row["name"]: row["owner"] for row in rows} == {"WEST AS": "Kari", "EAST AS": "Ola", "NORTH AS": None}


def test_what_the_user_writes_is_bound_never_part_of_the_text() -> None:
    evil = "x') OR true --"
    query = compiled(must={"words": [evil], "municipality": [evil], "legal_form": [evil], "sector": [evil]})
    assert "OR true" not in query.select("core.company", points=True)


def test_the_version_changes_with_the_icp_and_with_its_territories_only() -> None:
    def version(territories: dict[str, Territory], **icp: Any) -> str:
        return compile_fit(Icp.model_validate(icp), "test", territories, mappings=[], website_sources=[]).version

    asked = {"must": {"territory": ["west"]}}
    moved = TERRITORIES | {"west": Territory(owner="Kari", countries=("SE",))}
    other = TERRITORIES | {"east": Territory(owner="Ola", countries=("SE",))}
    assert version(TERRITORIES, **asked) == version(TERRITORIES, **asked) == version(other, **asked)
    assert version(moved, **asked) != version(TERRITORIES, **asked)
    assert version(TERRITORIES, **asked) != version(TERRITORIES, must={"territory": ["east"]})


@pytest.mark.parametrize(
    ("asked", "stated", "value"),
    [
        ("1- NOK", money(20_000_000, "NOK", "11.795"), "NOK 20,000,000 (period to 2024-12-31)"),
        (
            "1- NOK",
            money(10_000_000, "SEK", "11.459"),
            "SEK 10,000,000 = NOK 10,293,219 (period to 2024-12-31; 1 SEK = 1.0293 NOK, ECB 2024-12-31)",
        ),
        (
            "1- EUR",
            money(11_795, "NOK", "11.795"),
            "NOK 11,795 = EUR 1,000 (period to 2024-12-31; 1 NOK = 0.0848 EUR, ECB 2024-12-31)",
        ),
        ("1- EUR", money(0, "NOK", "11.795"), "NOK 0 = EUR 0 (period to 2024-12-31, ECB 2024-12-31)"),
        ("1- NOK", money(7, "SEK", None), "SEK 7 (period to 2024-12-31; no rate of the ECB known)"),
        ("1- NOK", {}, None),
        ("1- NOK", money(10**23, "NOK", None), f"NOK {10**23:,} (period to 2024-12-31)"),
    ],
)
def test_revenue_is_shown_with_the_rate_that_compared_it(
    company_table: Warehouse, add_company: AddCompany, asked: str, stated: dict[str, Any], value: str | None
) -> None:
    add_company(**stated)
    [point] = fit_of(company_table, must={"revenue": asked})["points"]
    assert point["value"] == value
    assert point["criterion"] == f"revenue {asked}"


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ({"municipality": ["0101"], "country": ["NO"]}, "0101 is of before 2020, today 3101 Halden (NO)"),
        ({"municipality": ["0101"]}, "0101 is of before 2020, today 3101 Halden (NO); 0101 is København (DK) too: write country"),
        ({"municipality": ["0122"]}, "0122 is of before 2020, today 3118 Indre Østfold with others (NO): who of them was there is unknown"),
        (
            {"municipality": ["1850"]},
            "1850 is of before 2020, today 1806 Narvik with others and 1875 Hábmer with others (NO): who of them was there is unknown",
        ),
        ({"municipality": ["0123"], "country": ["SE"]}, None),
        ({"municipality": ["Halden", "3101", "1201"]}, None),
    ],
)  # fmt: skip
def test_a_number_of_before_2020_says_what_it_is_today(asked: dict[str, Any], note: str | None) -> None:
    notes = [point.criterion.note for point in compiled(must=asked).points if point.criterion.name == "municipality"]
    assert notes == [note]


def test_a_number_of_another_country_says_that_it_may_be_of_before_2020() -> None:
    def note(earlier: EarlierNumbers, **asked: list[str]) -> str | None:
        [point] = compile_fit(Icp.model_validate({"must": asked}), "test", {}, earlier=earlier).points[-1:]
        return point.criterion.note

    doubt = "and may be Norwegian of before 2020 (`prospekt refresh no_ssb_klass` tells): write country"
    assert note(EarlierNumbers(), municipality=["0147"]) == f"0147 is Frederiksberg (DK), {doubt}"
    assert note(EarlierNumbers(), municipality=["0125"]) == f"0125 is Ekerö (SE), {doubt}"
    assert note(EarlierNumbers(), country=["SE"], municipality=["0125"]) is None
    assert note(EARLIER, municipality=["0147"]) is None
