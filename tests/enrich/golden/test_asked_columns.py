"""Columns of a golden record that are there to be asked by an ICP: group, growth, products, kinds of roles."""

from typing import Any

import pytest

RUN = "0190f2c3-0000-7000-8000-0000000000ff"


def put(world: Any, table: str, **row: Any) -> None:
    """A row of the ledger, as of now."""
    row = {"run_id": RUN, "known_from": "2026-08-01 00:00:00+00", **row}
    world.warehouse.execute(
        f"INSERT INTO core.{table} ({', '.join(row)}) VALUES ({', '.join('$' + name for name in row)})", **row
    )


def year(world: Any, record_id: str, ends: str, revenue: int | None, **said: Any) -> None:
    """Accounts of a company for the twelve months to a day."""
    put(
        world,
        "account",
        **{"record_id": record_id, "source": "no_brreg", "kind": "company", "period_to": ends, "revenue": revenue, "currency": "NOK"} | said,
    )  # fmt: skip


def test_a_subsidiary_has_an_owner_and_a_branch_only_a_parent(world: Any) -> None:
    top = world.record("910000001", company=1)
    owned, branch, shop, alone, told, silent, natural = (
        world.record("910000002", company=2),
        world.record("910000003", company=3, entity_kind="branch"),
        world.record("910000004", company=4, entity_kind="establishment"),
        world.record("910000005", company=5, is_in_group=False),
        world.record("910000006", company=6, is_in_group=True),
        world.record("910000007", company=7),
        world.record("910000008", company=8),
    )
    for record_id, kind in ((owned, "parent"), (branch, "branch_of"), (shop, "establishment_of")):
        world.relation(record_id, kind, "910000001")
    world.relation(told, "parent_exception", "NO_LEI", scheme="GLEIF-EXCEPTION")
    world.relation(silent, "parent_exception", "NON_PUBLIC", scheme="GLEIF-EXCEPTION")
    world.relation(natural, "parent_exception", "NATURAL_PERSONS", scheme="GLEIF-EXCEPTION")
    world.merge()
    said = {
        record_id: tuple(
            world.company(number)[name] for name in ("is_subsidiary", "has_parent", "group_size_low", "group_size_high")
        )
        for number, record_id in enumerate((top, owned, branch, shop, alone, told, silent, natural), start=1)
    }
    assert said == {
        top: (None, None, 2, None),
        owned: (True, True, 2, None),
        branch: (False, True, 2, None),
        shop: (False, True, 2, None),
        alone: (False, False, 1, 1),
        told: (True, True, 2, None),
        silent: (None, None, 1, None),
        natural: (False, False, 1, None),
    }


def test_growth_is_told_of_like_years_in_one_currency(world: Any) -> None:
    grown, short, moved, rose = (world.record(f"91000000{number}", company=number) for number in (1, 2, 3, 4))
    for ends, revenue in (("2024-12-31", 150), ("2023-12-31", 120), ("2021-12-30", 100)):
        year(world, grown, ends, revenue)
    year(world, short, "2024-12-31", 150, period_from="2024-07-01")
    year(world, short, "2023-12-31", 100)
    year(world, moved, "2024-12-31", 150)
    year(world, moved, "2023-12-31", 100, currency="EUR")
    year(world, rose, "2024-12-31", 5, average_employees=12)
    year(world, rose, "2023-12-31", 0, average_employees=10)
    world.merge()
    growth = [
        [world.company(number)[f"{of}_growth_{years}y"] for of in ("revenue", "employees") for years in (1, 3)]
        for number in (1, 2, 3, 4)
    ]
    assert growth[0] == [pytest.approx(0.25), pytest.approx(0.5), None, None]
    assert growth[1:3] == [[None] * 4] * 2
    assert growth[3] == [None, None, pytest.approx(0.2), None]
    assert str(world.company(4)["employees_growth_date"]) == "2024-12-31"


def test_an_amount_is_put_into_euro_by_a_rate_of_the_last_ten_days(world: Any) -> None:
    for number, ends in ((1, "2024-12-31"), (2, "2025-01-01")):
        year(world, world.record(f"91000000{number}", company=number), ends, 100, currency="XTS")
    world.warehouse.execute("INSERT INTO core.exchange_rate VALUES (DATE '2024-12-21', 'XTS', 10)")
    world.merge()
    told = [(world.company(number)["revenue_eur"], world.company(number)["revenue"]) for number in (1, 2)]
    assert told == [(10, 100), (None, 100)]


def test_products_and_kinds_of_roles_are_known_where_somebody_looked(world: Any) -> None:
    read, bare, _unread = (world.record(f"91000000{number}", company=number) for number in (1, 2, 3))
    for record_id, products in ((read, [{"name": "Shopify", "category": "x", "seen_in": "html"}]), (bare, [])):
        site = {"source": "company_site", "domain": f"{record_id[-1]}.example", "url": "x", "asked_domain": "x", "evidence_code": "number", "evidence": "x"}  # fmt: skip
        put(world, "site", record_id=record_id, technologies=products, fetched_at="2026-08-01 00:00:00+00", **site)
    for record_id in (read, bare):
        world.warehouse.execute("INSERT INTO core.role_inquiry VALUES ($id, now())", id=record_id)
    for code, group, has_resigned in (("LEDE", "STYR", False), ("DAGL", "DAGL", False), ("REVI", "REVI", True)):
        put(world, "role", record_id=read, source="no_brreg", role_code=code, group_code=group, holder_kind="person", has_resigned=has_resigned)  # fmt: skip
    world.merge()
    assert [world.company(number)["technologies"] for number in (1, 2, 3)] == [["shopify"], [], None]
    assert [world.company(number)["role_kinds"] for number in (1, 2, 3)] == [["DAGL", "LEDE", "STYR"], [], None]


def test_a_company_lies_at_its_municipality_else_at_its_town(world: Any) -> None:
    def at(number: int, country: str, **stated: str) -> None:
        address = dict.fromkeys(
            ("street", "postal_code", "city", "municipality_code", "municipality_name", "region_code")
        )
        seat = {"kind": "business", "country_code": country, **address, **stated}
        world.record(f"91000000{number}", company=number, country_code=country, addresses=[seat])

    at(1, "NO", municipality_code="4627", city="STRUSSHAMN")
    at(2, "SE", city="GÖTEBORG")
    at(3, "DK", municipality_code="0101", city="København Ø")
    at(4, "FI", municipality_code="837", city="TAMPERE")
    at(5, "DK", city="Aarhus C")
    at(6, "SE", city="NOWHERE AT ALL")
    at(7, "SE", region_code="SE-M")
    world.merge()
    placed = [
        tuple(world.company(number)[f"place_{name}"] for name in ("name", "region", "municipality"))
        for number in range(1, 8)
    ]
    assert placed == [
        ("Askøy", None, None),
        ("Göteborg", "SE-14", "SE-1480"),
        ("København", "DK-1084", "DK-101"),
        ("Tampere", "FI-06", "FI-837"),
        ("Aarhus", "DK-1082", "DK-751"),
        (None, None, None),
        (None, "SE-12", None),
    ]
    assert world.company(1)["latitude"] == pytest.approx(60.408)
    assert world.company(6)["latitude"] is None
