"""Versions: what a delivery means for what is known, by its coverage, layout, mapping and time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from db.warehouse import Warehouse
from enrich.errors import ConfirmationNeeded, ContractBroken
from enrich.gate import hmac_of
from enrich.land import LandReport, preview_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.fields import column, lowered
from sources.source import Coverage
from tests.enrich.land.conftest import KEY
from tests.enrich.land.made_up_register import CARD, LINKS, LIST, REGISTER, company, make_delivery

Land = Callable[..., LandReport]
Versions = Callable[[], list[tuple[object, ...]]]
COMPLETE = Coverage.COMPLETE


def changes(ledger: Warehouse) -> list[tuple[object, ...]]:
    rows = ledger.ask("SELECT record_id, kind, field, old_value, new_value FROM core.change ORDER BY ALL")
    return [tuple(row.values()) for row in rows]


def test_a_first_delivery_adds_every_record_and_is_no_news(land: Land, versions: Versions, ledger: Warehouse) -> None:
    report = land([company("1"), company("2")], on=1)
    assert (report.rows_in, report.landed, report.added, report.rejected) == (2, 2, 2, 0)
    assert versions() == [("1", "FIRMA 1 AS", 1, None, False), ("2", "FIRMA 2 AS", 1, None, False)]
    assert changes(ledger) == []


def test_the_same_rows_again_are_stated_again_and_nothing_else(
    land: Land, versions: Versions, ledger: Warehouse
) -> None:
    land([company("1")], on=1)
    report = land([company("1")], on=2)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
    assert versions() == [("1", "FIRMA 1 AS", 1, None, False)]
    assert ledger.ask("SELECT day(fetched_at) AS stated FROM core.source_record") == [{"stated": 2}]


def test_a_changed_row_is_a_new_version_and_each_field_is_news(
    land: Land, versions: Versions, ledger: Warehouse
) -> None:
    land([company("1"), company("2")], on=1)
    report = land([company("1", "NYTT NAVN AS", ansatte="7"), company("2"), company("3")], on=2)
    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
    assert versions() == [
        ("1", "FIRMA 1 AS", 1, 2, False),
        ("1", "NYTT NAVN AS", 2, None, False),
        ("2", "FIRMA 2 AS", 1, None, False),
        ("3", "FIRMA 3 AS", 2, None, False),
    ]
    assert changes(ledger) == [
        ("xx_register:1", "changed", "employees_low", "2", "7"),
        ("xx_register:1", "changed", "name", "FIRMA 1 AS", "NYTT NAVN AS"),
        ("xx_register:3", "added", None, None, None),
    ]


@pytest.mark.parametrize(
    "again", [{"talt": "2026-10-01"}, {"form.tekst": "Aksjeselskap (AS)"}, {"navn": " FIRMA 1 AS "}]
)
def test_volatile_fields_titles_of_codes_and_blanks_make_no_version(
    land: Land, versions: Versions, again: dict[str, str]
) -> None:
    land([company("1", talt="2026-09-01")], on=1)
    assert land([company("1", talt="2026-09-01") | again], on=2).unchanged == 1
    assert len(versions()) == 1


def test_partial_leaves_what_it_lacks_and_complete_closes_it(land: Land, versions: Versions, ledger: Warehouse) -> None:
    land([company("1"), company("2"), company("3", mor="1")], on=1)
    assert land([company("1"), company("2")], on=2).closed == 0
    assert land([company("1"), company("2")], on=3, coverage=COMPLETE).closed == 1
    assert versions()[2] == ("3", "FIRMA 3 AS", 1, 3, True)
    assert changes(ledger) == [("xx_register:3", "closed", None, None, None)]
    assert ledger.ask("SELECT day(known_to) AS ended FROM core.relation") == [{"ended": 3}]


def test_a_record_that_comes_back_is_open_again_and_its_absence_stays_visible(
    land: Land, versions: Versions, ledger: Warehouse
) -> None:
    land([company("1"), company("2"), company("3")], on=1)
    land([company("1"), company("2")], on=2, coverage=COMPLETE)
    assert land([company("3")], on=4).added == 1
    assert versions()[2:] == [("3", "FIRMA 3 AS", 1, 2, False), ("3", "FIRMA 3 AS", 4, None, False)]
    assert changes(ledger)[-1] == ("xx_register:3", "reopened", None, None, None)


def test_closing_more_than_allowed_needs_a_yes(land: Land, versions: Versions) -> None:
    land([company(str(number)) for number in range(10)], on=1)
    with pytest.raises(ConfirmationNeeded, match=r"3 of 10 current records \(30.0%\) are absent"):
        land([company(str(number)) for number in range(7)], on=2, coverage=COMPLETE, most_closed=0.01)
    assert [row for row in versions() if row[4]] == []
    assert land([company(str(number)) for number in range(7)], on=2, coverage=COMPLETE).closed == 3


def test_a_rejected_row_does_not_close_its_record(land: Land, versions: Versions) -> None:
    land([company("1"), company("2"), company("3")], on=1)
    report = land([company("1"), company("2"), company("3", "")], on=2, coverage=COMPLETE)
    assert (report.rejected, report.closed, report.reasons) == (1, 0, {"missing_name": 1})
    assert len([row for row in versions() if row[3] is None]) == 3


# --- late deliveries ---------------------------------------------------------------------------------------------


def test_what_comes_late_is_history_and_never_current(land: Land, versions: Versions, ledger: Warehouse) -> None:
    land([company("1", "NY AS")], on=5)
    report = land([company("1", "GAMMEL AS")], on=2)
    assert (report.late, report.changed, report.unchanged) == (1, 0, 1)
    assert versions() == [("1", "GAMMEL AS", 2, 5, False), ("1", "NY AS", 5, None, False)]
    assert changes(ledger) == []


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ("A", [("A", 1, 9), ("B", 9, None)]),
        ("B", [("A", 1, 5), ("B", 5, None)]),
        ("C", [("A", 1, 5), ("C", 5, 9), ("B", 9, None)]),
    ],
    ids=["as the version before", "as the version after", "as neither"],
)
def test_a_late_statement_finds_its_place_between_two_versions(
    land: Land, versions: Versions, late: str, expected: list[tuple[object, ...]]
) -> None:
    land([company("1", "A")], on=1)
    land([company("1", "B")], on=9)
    land([company("1", late)], on=5)
    assert [(name, learnt, ended) for _, name, learnt, ended, _ in versions()] == expected


def test_a_late_statement_parts_a_version_that_was_stated_before_and_after(land: Land, versions: Versions) -> None:
    land([company("1", "A")], on=1)
    land([company("1", "A")], on=9)
    land([company("1", "B")], on=5)
    assert versions() == [("1", "A", 1, 5, False), ("1", "B", 5, 9, False), ("1", "A", 9, None, False)]


def test_a_late_record_that_a_newer_complete_delivery_lacks_has_left(land: Land, versions: Versions) -> None:
    land([company("1"), company("2")], on=5, coverage=COMPLETE)
    land([company("1"), company("2"), company("3")], on=2)
    assert versions()[-1] == ("3", "FIRMA 3 AS", 2, 5, True)


def test_a_late_complete_delivery_closes_nothing_that_is_newer(land: Land, versions: Versions) -> None:
    land([company("1"), company("2"), company("3")], on=5)
    assert land([company("1"), company("2")], on=2, coverage=COMPLETE).closed == 0
    assert len([row for row in versions() if row[3] is None]) == 3


# --- layouts and mappings ----------------------------------------------------------------------------------------


def test_a_new_mapping_renders_in_place_and_is_no_change(land: Land, versions: Versions, ledger: Warehouse) -> None:
    land([company("1")], on=1)
    lower = replace(LIST, fields={**LIST.fields, "name": lowered(column("navn"))})
    report = land(
        make_delivery([company("1")], on=2, layout=lower), source=replace(REGISTER, layouts=(lower,), mapping_version=2)
    )
    assert (report.changed, report.unchanged) == (0, 1)
    assert versions() == [("1", "firma 1 as", 1, None, False)]
    assert changes(ledger) == []


def test_a_mapping_that_reads_further_columns_is_no_change_either(
    land: Land, versions: Versions, ledger: Warehouse
) -> None:
    land([company("1", **{"form.tekst": "til salgs"})], on=1)
    wider = replace(LIST, fields={**LIST.fields, "purpose": column("form.tekst")})
    again = make_delivery([company("1", **{"form.tekst": "til salgs"})], on=2, layout=wider)
    assert land(again, source=replace(REGISTER, layouts=(wider,), mapping_version=2)).unchanged == 1
    assert len(versions()) == 1
    assert ledger.ask("SELECT purpose FROM core.source_record") == [{"purpose": "til salgs"}]


def test_another_layout_that_says_the_same_is_no_change(land: Land, versions: Versions, ledger: Warehouse) -> None:
    land([company("1")], on=1)
    assert land([company("1", formal=None)], on=2, layout=CARD).unchanged == 1
    assert land([company("1")], on=3).unchanged == 1
    assert versions() == [("1", "FIRMA 1 AS", 1, None, False)]
    assert changes(ledger) == []


def test_what_a_layout_does_not_speak_of_stays_as_another_said_it(land: Land, ledger: Warehouse) -> None:
    land([company("1", formal="Havbruk")], on=1, layout=CARD)
    land([company("1", ansatte="9")], on=2)
    land([company("1", ansatte="9", formal="Fiske")], on=3, layout=CARD)
    rows = ledger.ask("SELECT employees_low, purpose FROM core.source_record ORDER BY known_from")
    assert [tuple(row.values()) for row in rows] == [(2, "Havbruk"), (9, "Havbruk"), (9, "Fiske")]


# --- links, codes, withdrawals -----------------------------------------------------------------------------------


def test_links_are_versioned_with_the_rows_that_state_them(land: Land, ledger: Warehouse) -> None:
    land([company("1", mor="8"), company("2", mor="8")], on=1)
    land([company("1", mor="9"), company("2", mor="8")], on=2)
    rows = ledger.ask("SELECT record_id, value, day(known_to) AS ended FROM core.relation ORDER BY ALL")
    assert [tuple(row.values()) for row in rows] == [
        ("xx_register:1", "8", 2),
        ("xx_register:1", "9", None),
        ("xx_register:2", "8", None),
    ]


def test_a_layout_of_links_brings_links_and_no_record(land: Land, ledger: Warehouse) -> None:
    assert land([{"fra": "1", "til": "8"}, {"fra": "1", "til": "9"}], on=1, layout=LINKS, coverage=COMPLETE).landed == 2
    land([{"fra": "2", "til": "9"}], on=2, layout=LINKS, coverage=COMPLETE)
    rows = ledger.ask("SELECT record_id, value, day(known_to) AS ended FROM core.relation ORDER BY ALL")
    assert [tuple(row.values()) for row in rows] == [
        ("xx_register:1", "8", 2),
        ("xx_register:1", "9", 2),
        ("xx_register:2", "9", None),
    ]
    assert ledger.ask("SELECT * FROM core.source_record") == []


def test_titles_of_codes_are_kept_the_most_frequent_wins(land: Land, ledger: Warehouse) -> None:
    land([company("1"), company("2"), company("3", **{"form.tekst": "AKSJESELSKAP"})], on=1)
    assert ledger.ask("SELECT scheme, code, title FROM core.code") == [
        {"scheme": "XX-FORM", "code": "AS", "title": "Aksjeselskap"}
    ]


def test_a_withdrawn_record_goes_with_all_versions_and_does_not_come_back(
    land: Land, versions: Versions, ledger: Warehouse
) -> None:
    land([company("1", mor="2"), company("2")], on=1)
    land([company("1", "NYTT AS", mor="2")], on=2)
    land([], on=3, coverage=Coverage.DELTA, gone=("1",))
    assert versions() == [("2", "FIRMA 2 AS", 1, None, False)]
    assert ledger.ask("SELECT * FROM core.relation") == []
    assert changes(ledger) == []
    assert ledger.ask("SELECT scheme, hmac, reason FROM core.tombstone") == [
        {"scheme": "record", "hmac": hmac_of(KEY, "record", "xx_register:1"), "reason": "gone"}
    ]
    report = land([company("1"), company("2")], on=4)
    assert (report.landed, report.rejected, report.reasons) == (1, 1, {"erased": 1})
    assert ledger.ask("SELECT source_key, row_json FROM raw.reject") == [{"source_key": None, "row_json": None}]
    with pytest.raises(ContractBroken, match="without the key of tombstones"):
        land([company("1")], on=5, key=None)


# --- expectations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([company("1")], "has 1 usable rows, expected are at least 2"),
        (
            [company("1", stiftet=""), company("2", stiftet="ukjent"), company("3")],
            "only 33.3% of the rows have founded_date",
        ),
    ],
    ids=["too few rows", "a field too seldom filled"],
)
def test_a_complete_delivery_below_its_expectation_changes_nothing(
    land: Land, versions: Versions, ledger: Warehouse, rows: list[dict[str, str | None]], message: str
) -> None:
    land([company("1"), company("2"), company("3")], on=1, coverage=COMPLETE)
    before = versions()
    with pytest.raises(ContractBroken, match=message):
        land(rows, on=2, coverage=COMPLETE)
    assert versions() == before
    assert ledger.ask("SELECT outcome FROM core.run ORDER BY started_at, run_id") == [
        {"outcome": "ok"},
        {"outcome": "failed"},
    ]


def test_a_value_that_cannot_be_read_is_unknown_and_counted(land: Land, ledger: Warehouse) -> None:
    report = land([company("1", stiftet="i fjor", ansatte="ca. 5"), company("2", stiftet="")], on=1)
    assert report.problems == {"founded_date": 1, "employees_low": 1}
    assert ledger.ask("SELECT founded_date, employees_low FROM core.source_record WHERE source_key = '1'") == [
        {"founded_date": None, "employees_low": None}
    ]


def test_a_preview_says_the_same_and_keeps_nothing(land: Land, versions: Versions, ledger: Warehouse) -> None:
    land([company("1"), company("2"), company("3")], on=1)
    delivery = make_delivery(
        [company("1", "NYTT AS"), company("2"), company("4"), company(None)], on=2, coverage=COMPLETE
    )
    before = versions()
    preview = preview_delivery(ledger, REGISTER, delivery, run_id=new_run_id(), progress=silent, key=KEY)
    assert versions() == before
    assert ledger.ask("SELECT * FROM raw.reject") == []
    assert preview == land(delivery)
    assert (preview.added, preview.changed, preview.closed, preview.rejected) == (1, 1, 1, 1)
