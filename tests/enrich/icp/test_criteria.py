"""The further criteria: what each says of companies that have it, have it not, and of whom nobody knows."""

from collections.abc import Callable
from datetime import date, timedelta
from math import acos, cos, radians, sin
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.icp.centres import find_centres
from enrich.icp.fit import compile_fit
from enrich.icp.model import Icp
from enrich.icp.reasons import Answer, say_why

AddCompany = Callable[..., str]
AS_OF = date(2026, 11, 21)

NOWHERE: dict[str, Any] = {"municipality_code": None, "municipality_name": None, "region_code": None}
MALMO = {"country_code": "SE", "city": "MALMÖ", "place_name": "Malmö", "place_region": "SE-12"} | NOWHERE

OF_EACH: list[tuple[dict[str, Any], list[tuple[dict[str, Any], str, str | None]]]] = [
    (
        {"region": ["Skåne", "Hovedstaden", "SE-O"]},
        [
            (MALMO, "yes", "MALMÖ (SE-12)"),
            (MALMO | {"place_region": "SE-14"}, "yes", "MALMÖ (SE-14)"),
            (MALMO | {"place_region": "SE-01"}, "no", "MALMÖ (SE-01)"),
            (MALMO | {"place_region": None}, "unknown", "MALMÖ"),
            ({"country_code": "FI", "city": None} | NOWHERE, "no", None),
            (NOWHERE, "no", "BERGEN"),
            ({"country_code": "EE"} | NOWHERE, "unknown", "BERGEN"),
        ],
    ),
    (
        {"municipality": ["Malmö", "Helsingfors"]},
        [
            (MALMO | {"place_municipality": "SE-1280"}, "yes", "Malmö (SE-1280)"),
            (MALMO | {"place_municipality": "SE-1281"}, "no", "Malmö (SE-1281)"),
            (MALMO, "yes", "MALMÖ"),
            (MALMO | {"city": "LIMHAMN"}, "unknown", "LIMHAMN"),
            (MALMO | {"place_region": "SE-01"}, "no", "MALMÖ"),
            ({"country_code": "FI", "municipality_name": None, "municipality_code": "091", "place_municipality": "FI-091"}, "yes", "FI-091"),
            ({"country_code": "DK"} | NOWHERE, "no", "BERGEN"),
            ({"country_code": "GB", "city": "LEEDS"} | NOWHERE, "unknown", "LEEDS"),
            ({"country_code": "GB", "city": "Malmö"} | NOWHERE, "yes", "Malmö"),
        ],
    ),
    (
        {"near": {"place": "Bergen", "km": 50}},
        [
            ({"latitude": 60.408, "longitude": 5.228, "place_name": "Askøy"}, "yes", "6 km, centre to centre (Askøy)"),
            ({"latitude": 59.413, "longitude": 5.268, "place_name": "Haugesund"}, "no", "109 km, centre to centre (Haugesund)"),
            ({"latitude": 60.42, "longitude": 6.23, "place_name": "just in the box"}, "yes", "50 km, centre to centre (just in the box)"),
            ({"latitude": 60.72, "longitude": 6.0, "place_name": "in the box"}, "no", "52 km, centre to centre (in the box)"),
            ({}, "unknown", None),
        ],
    ),
    (
        {"founded": "2011-2015"},
        [
            ({"founded_date": date(2011, 1, 1)}, "yes", "2011-01-01"),
            ({"founded_date": date(2010, 12, 31)}, "no", "2010-12-31"),
            ({"founded_date": None, "registered_date": date(2015, 12, 31)}, "yes", "2015-12-31 (registered)"),
            ({"founded_date": None}, "unknown", None),
        ],
    ),
    (
        {"status": ["bankrupt", "winding_up"]},
        [
            ({"status": "bankrupt"}, "yes", "bankrupt"),
            ({"status": "active"}, "no", "active"),
            ({"status": "left_source"}, "unknown", "left_source"),
            ({"status": "unknown"}, "unknown", None),
        ],
    ),
    (
        {"technology": ["Shopify", "HubSpot"]},
        [
            ({"technologies": ["hubspot", "nginx"]}, "yes", "hubspot"),
            ({"technologies": []}, "no", "none of them"),
            ({"technologies": None}, "unknown", None),
        ],
    ),
    (
        {"is_subsidiary": True},
        [
            ({"is_subsidiary": True}, "yes", "yes"),
            ({"is_subsidiary": False}, "no", "no"),
            ({}, "unknown", None),
        ],
    ),
    ({"is_subsidiary": False}, [({"is_subsidiary": False}, "yes", "no"), ({}, "unknown", None)]),
    ({"has_parent": True}, [({"has_parent": True}, "yes", "yes"), ({"has_parent": False}, "no", "no")]),
    (
        {"group_size": "5-"},
        [
            ({"group_size_low": 7}, "yes", "7 known"),
            ({"group_size_low": 2}, "unknown", "2 known"),
            ({"group_size_low": 1}, "unknown", None),
            ({"group_size_low": 1, "group_size_high": 1}, "no", "1, in no group"),
        ],
    ),
    ({"group_size": "-4"}, [({"group_size_low": 7}, "no", "7 known"), ({"group_size_low": 2}, "unknown", "2 known")]),
    (
        {"roles": ["auditor", "NEST"]},
        [
            ({"role_kinds": ["LEDE", "REVI", "STYR"]}, "yes", "REVI"),
            ({"role_kinds": ["DAGL"]}, "no", "none of them"),
            ({"role_kinds": None}, "unknown", None),
        ],
    ),
    ({"in_crm": False}, [({}, "yes", "no"), ({"is_in_crm": True}, "no", "yes")]),
    (
        {"last_contact_days": "180-"},
        [
            ({"is_in_crm": True, "last_contacted_date": AS_OF - timedelta(180)}, "yes", "180 days ago (2026-05-25)"),
            ({"is_in_crm": True, "last_contacted_date": AS_OF - timedelta(9)}, "no", "9 days ago (2026-11-12)"),
            ({"is_in_crm": True}, "unknown", None),
            ({}, "yes", "never"),
        ],
    ),
    ({"last_contact_days": "-30"}, [({}, "no", "never")]),
    (
        {"last_contact": "since 01-01"},
        [
            ({"is_in_crm": True, "last_contacted_date": date(2026, 1, 1)}, "yes", "324 days ago (2026-01-01)"),
            ({"is_in_crm": True, "last_contacted_date": date(2025, 12, 31)}, "no", "325 days ago (2025-12-31)"),
            ({"is_in_crm": True}, "unknown", None),
            ({}, "no", "never"),
        ],
    ),
    # the latest 1 December up to 21 November is last year's
    (
        {"last_contact": "before 12-01"},
        [
            ({"is_in_crm": True, "last_contacted_date": date(2025, 11, 30)}, "yes", "356 days ago (2025-11-30)"),
            ({"is_in_crm": True, "last_contacted_date": date(2025, 12, 1)}, "no", "355 days ago (2025-12-01)"),
            ({"is_in_crm": True}, "unknown", None),
            ({}, "yes", "never"),
        ],
    ),
    (
        {"last_contact": "since 2024-02-29"},
        [
            ({"is_in_crm": True, "last_contacted_date": date(2024, 2, 29)}, "yes", "996 days ago (2024-02-29)"),
            ({"is_in_crm": True, "last_contacted_date": date(2024, 2, 28)}, "no", "997 days ago (2024-02-28)"),
        ],
    ),
    (
        {"marketing_protected": False},
        [({"is_marketing_protected": False}, "yes", "no"), ({"is_marketing_protected": True}, "no", "yes"), ({}, "unknown", None)],
    ),
    (
        {"revenue_growth": "20%-"},
        [
            ({"revenue_growth_1y": 0.2, "revenue_date": date(2024, 12, 31)}, "yes", "+20.0 % in 1 year to 2024-12-31"),
            ({"revenue_growth_1y": -0.131, "revenue_date": date(2024, 12, 31)}, "no", "-13.1 % in 1 year to 2024-12-31"),
            ({"revenue_growth_3y": 0.5, "revenue_date": date(2024, 12, 31)}, "unknown", None),
        ],
    ),
    (
        {"employees_growth": {"range": "-10% to 0%", "years": 3}},
        [
            ({"employees_growth_3y": -0.1, "employees_growth_date": date(2025, 6, 30)}, "yes", "-10.0 % in 3 years to 2025-06-30"),
            ({"employees_growth_3y": 0.001, "employees_growth_date": date(2025, 6, 30)}, "no", "+0.1 % in 3 years to 2025-06-30"),
            ({}, "unknown", None),
        ],
    ),
    (
        {"words": ["havbruk"], "text_in": ["activity"]},
        [
            ({"activity": "Programvare for havbruk"}, "yes", "activity: havbruk"),
            ({"activity": "Programvare"}, "no", None),
            ({"name": "HAVBRUK AS", "activity": None}, "unknown", None),
        ],
    ),
    (
        {"words": ["havbruk"]},  # a site says yes, and neither no nor that it is not known
        [
            ({"purpose": "Drift", "site_description": "Vi leverer til havbruk."}, "yes", "website: havbruk"),
            ({"purpose": None, "site_description": "Vi leverer til havbruk."}, "yes", "website: havbruk"),
            ({"purpose": "Havbruk", "site_description": "Vi leverer til havbruk."}, "yes", "purpose: Havbruk"),
            ({"purpose": "Drift", "site_description": None}, "no", None),
            ({"purpose": "Drift", "site_description": "Vi leverer. …"}, "no", None),
            ({"purpose": None, "site_description": "Vi leverer."}, "unknown", None),
            ({"purpose": None, "site_description": None}, "unknown", None),
        ],
    ),
    (
        {"words": ["havbruk"], "text_in": ["website"]},
        [
            ({"site_description": "Vi leverer til havbruk. …"}, "yes", "website: havbruk"),
            ({"site_description": "Vi leverer."}, "no", None),
            ({"site_description": "Vi leverer. …"}, "unknown", None),  # it may stand in what was left out
            ({"name": "HAVBRUK AS", "purpose": "Havbruk"}, "unknown", None),
        ],
    ),
    (
        {"words": ["havbruk"], "text_in": ["name", "website"]},
        [
            ({"name": "HAVBRUK AS"}, "yes", "name: HAVBRUK"),
            ({"site_description": "Vi leverer."}, "no", None),
            ({"purpose": "Havbruk"}, "unknown", None),
        ],
    ),
    (
        {"words": ["havbruk"], "text_in": ["purpose", "website"]},
        [
            ({"purpose": "Drift", "site_description": "Til havbruk."}, "yes", "website: havbruk"),
            ({"purpose": "Drift", "site_description": "Vi leverer."}, "no", None),
            ({"purpose": "Drift", "site_description": "Vi leverer. …"}, "unknown", None),  # who asks for sites is told what is not known
            ({"purpose": "Drift", "site_description": None}, "unknown", None),
            ({"purpose": None, "site_description": "Vi leverer."}, "unknown", None),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("must", "companies"), OF_EACH, ids=["-".join(map(str, next(iter(must.items())))) for must, _ in OF_EACH]
)
def test_a_criterion_tells_who_has_it_who_has_not_and_of_whom_nobody_knows(
    company_table: Warehouse,
    add_company: AddCompany,
    must: dict[str, Any],
    companies: list[tuple[dict[str, Any], str, str | None]],
) -> None:
    for fields, _, _ in companies:
        add_company(**fields)
    query = compile_fit(Icp.model_validate({"must": must}), "test", {}, mappings=[], website_sources=[], as_of=AS_OF)
    rows = company_table.ask(
        f"{query.select('core.company', points=True, misfits=True)} ORDER BY company_id", **query.parameters
    )
    points = [row["points"][0] for row in rows]  # type: ignore[index]
    assert [(point["verdict"], point["value"]) for point in points] == [one[1:] for one in companies]
    assert [row["verdict"] for row in rows] == [{"unknown": "maybe"}.get(one[1], one[1]) for one in companies]


def test_nobody_is_far_from_a_place_that_is_not_known(company_table: Warehouse, add_company: AddCompany) -> None:
    add_company(latitude=60.4, longitude=5.2, place_name="Askøy")
    icp = Icp.model_validate({"must": {"near": {"place": "Atlantis", "km": 5}}})
    query = compile_fit(icp, "test", {}, mappings=[], website_sources=[], as_of=AS_OF)
    [row] = company_table.ask(query.select("core.company"), **query.parameters)
    assert row["verdict"] == "maybe"


def said(criterion: str, value: str | None, kind: str = "must", verdict: str = "yes") -> str:
    return say_why([Answer(criterion=criterion, kind=kind, verdict=verdict, weight=None, value=value)])


@pytest.mark.parametrize(
    ("criterion", "value", "sentence"),
    [
        ("near 50 km from Bergen", "6 km, centre to centre (Askøy)", "6 km from Bergen, centre to centre (Askøy)."),
        ("near 50 km from Bergen", "0 km, centre to centre (Bergen)", "In Bergen."),
        ("region Skåne", "MALMÖ (SE-12)", "In Skåne (MALMÖ)."),
        ("is_subsidiary no", "no", "No subsidiary."),
        ("in_crm no", "no", "Not in the CRM."),
        ("technology shopify", "shopify", "Its site uses shopify."),
        ("last_contact_days 180-", "never", "Never contacted."),
        ("last_contact since 01-01", "never", "Never contacted."),
        (
            "signals tender_won CPV 72 in 60 days",
            "none since 2026-01-01 (x)",
            "No tenders won for CPV 72 since 2026-01-01 (x).",
        ),
        ("signals tender_won since 01-01", "none since 2026-01-01 (x)", "No tenders won since 2026-01-01 (x)."),
        (
            "revenue_growth 20%- in 1 year",
            "+25.0 % in 1 year to 2024-12-31",
            "Revenue +25.0 % in 1 year to 2024-12-31.",
        ),
        ("founded 2011-", "2015-03-01", "Founded 2015-03-01."),
        ("group_size 2-", "7 known", "Companies of its group: 7 known."),
    ],
)
def test_an_answer_is_told_as_people_say_it(criterion: str, value: str, sentence: str) -> None:
    assert said(criterion, value) == sentence


def test_what_speaks_against_and_what_is_not_known_is_told_too() -> None:
    assert said("technology shopify", "none of them", verdict="no") == "But no trace of shopify."
    assert said("roles auditor", "none of them", verdict="no") == "But nobody is its auditor."
    assert said("is_subsidiary yes", None, verdict="unknown") == "Not known: whether it is a subsidiary."


@pytest.mark.parametrize("km", [15, 50, 333])
def test_shortcuts_to_a_distance_say_what_the_distance_says(company_table: Warehouse, km: int) -> None:
    icp = Icp.model_validate({"must": {"near": {"place": "Tromsø", "km": km}}})
    query = compile_fit(icp, "test", {}, mappings=[], website_sources=[], as_of=AS_OF)
    grid = (
        "(SELECT 66.65 + i / 15 AS latitude, 10.46 + j / 5 AS longitude, NULL AS place_name "
        "FROM range(90) AS a(i), range(90) AS b(j))"
    )
    columns = ("latitude", "longitude")
    rows = company_table.ask(query.select(grid, columns=columns, misfits=True), **query.parameters)
    centre = find_centres("Tromsø")[0]
    near = {(row["latitude"], row["longitude"]) for row in rows if row["verdict"] == "yes"}
    assert near
    assert near == {
        at for row in rows if km_between(centre.latitude, centre.longitude, *(at := (row["latitude"], row["longitude"]))) <= km  # type: ignore[arg-type]
    }  # fmt: skip


def km_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The distance on a globe of 6,371 km, by the cosine rule."""
    one, other, turn = radians(latitude), radians(other_latitude), radians(other_longitude - longitude)
    return 6371 * acos(min(1.0, sin(one) * sin(other) + cos(one) * cos(other) * cos(turn)))
