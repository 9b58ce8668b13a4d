"""The counts of `prospekt stats` on the small world of conftest.py."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from enrich.config import Config
from enrich.decide import suppress
from enrich.errors import NotFound
from enrich.gate import Readers, open_readers
from enrich.stats import Group, _freshness, count_companies


def counts(groups: Sequence[Group]) -> dict[str | None, tuple[int, int]]:
    return {group.label: (group.companies, group.maybe) for group in groups}


def test_every_company_is_counted_once_and_the_unknown_as_unknown(readers: Readers) -> None:
    found = count_companies(readers)
    for groups in (found.by_country, found.by_status, found.by_industry, found.by_employees):
        assert sum(group.companies for group in groups) == found.companies
    assert counts(found.by_employees)[None] == (1, 0)  # DELTA
    assert counts(found.by_employees)["1-9"] == (1, 0)  # THETA: 1 to 4
    assert counts(found.by_status)[None] == (1, 0)
    known = {one.field: one for one in found.coverage}
    assert known["employees"].companies == found.companies - 1
    assert known["revenue"].percent == 0
    assert found.as_of.tzinfo is not None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("5", "60", {"1-9": "maybe", "10-49": "maybe", "50-249": "maybe"}),
        ("2", "NULL", {"1-9": "maybe", "10-49": "maybe", "50-249": "maybe", "250 or more": "maybe"}),
        ("NULL", "9", {"0": "maybe", "1-9": "maybe"}),
        ("250", "NULL", {"250 or more": "sure"}),
        ("0", "0", {"0": "sure"}),
        ("10", "49", {"10-49": "sure"}),
        ("NULL", "NULL", {None: "sure"}),
    ],
)
def test_a_range_may_be_of_each_size_that_it_reaches_into(
    readers: Readers, low: str, high: str, expected: dict[str | None, str]
) -> None:
    readers.warehouse.execute(
        f"CREATE OR REPLACE TEMP VIEW current_company AS SELECT * REPLACE ({low} AS employees_low, {high} AS employees_high) "
        "FROM mart.company LIMIT 1"
    )
    found = counts(count_companies(readers).by_employees)
    assert found == {label: (1, 0) if word == "sure" else (0, 1) for label, word in expected.items()}


def test_of_one_country_and_of_one_without_companies(readers: Readers) -> None:
    found = count_companies(readers, country="SE")
    assert counts(found.by_country) == {"SE": (1, 0)}
    with pytest.raises(NotFound, match="NO"):
        count_companies(readers, country="XX")


def test_who_was_suppressed_since_publication_is_not_counted(
    published: Config, readers: Readers, number_of: Callable[[str], str]
) -> None:
    before = count_companies(readers).companies
    suppress(published, "organisation", number_of("ALFA KODE AS"), why="asked to be left alone")
    with open_readers(published, people=False) as later:
        assert count_companies(later).companies == before - 1


def test_the_age_of_a_source_is_in_days_since_it_delivered() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    row = {
        "name": "no_brreg",
        "row_count": 3,
        "last_delivery_at": now - timedelta(days=3, hours=1),
        "licence": "NLOD 2.0",
    }
    assert _freshness(row, now).days_old == 3
    assert _freshness({**row, "last_delivery_at": None}, now).days_old is None
