"""Generated histories of job ads: a list of all open ads and what changed since make what a later list of all makes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.warehouse import Row, Warehouse
from enrich.runs import new_run_id
from enrich.signals import _land_batch
from sources.feed import SignalBatch
from sources.kinds.ad_form import AdReader
from sources.signals import se_jobtech
from sources.source import Coverage, Expect
from tests.registers.jobtech_server import ad

BEGUN = datetime(2026, 11, 1, tzinfo=UTC)
Event = tuple[int, str | None]
"""An ad, and its headline from now on; null where it is removed."""


class Jobtech:
    SOURCE = replace(se_jobtech.SOURCE, expect=Expect(min_rows=0, max_rows=100))
    SIGNAL_KIND = se_jobtech.SIGNAL_KIND

    def fetch_signals(self, *_: Any, **__: Any) -> Iterator[SignalBatch]:
        raise NotImplementedError


EVENTS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["A", "B", "C", None, None])), max_size=10)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landing")


def at(moment: int) -> datetime:
    return BEGUN + timedelta(minutes=moment)


def said(event: Event, moment: int) -> dict[str, Any]:
    key, headline = str(event[0]), event[1]
    if headline is None:
        return {"id": key, "removed": True, "removed_date": at(moment).strftime("%Y-%m-%dT%H:%M:%S")}
    return ad(key, "5560360793", headline, timestamp=int(at(moment).timestamp() * 1000))


def batch(ads: list[dict[str, Any]], coverage: Coverage, moment: int, landing: Path) -> SignalBatch:
    reader = AdReader(se_jobtech.SOURCE, se_jobtech.FORM)
    return SignalBatch(
        layout=se_jobtech.AD,
        rows=reader.tabulate([reader.read(one) for one in ads], landing=landing, name="batch"),
        coverage=coverage,
        stated_at=at(moment),
        fetched_at=at(moment),
        covered_from=None,
        covered_until=at(moment),
        cursor="x",
        url=None,
    )


def everything(events: list[Event]) -> list[dict[str, Any]]:
    """All ads that are open after these events, as a list of all says."""
    last = {event[0]: said(event, moment) for moment, event in enumerate(events)}
    return [one for one in last.values() if "headline" in one]


def state(warehouse: Warehouse, batches: list[SignalBatch], *, only_open: bool = False) -> list[Row]:
    warehouse.execute("DELETE FROM core.signal; DELETE FROM raw.reject")
    with warehouse.transaction():
        for one in batches:
            _land_batch(warehouse, Jobtech(), one, run_id=new_run_id(), key=b"k")
    [doubled] = warehouse.ask(
        "SELECT count(*) - count(DISTINCT signal_id) AS n FROM core.signal WHERE known_to IS NULL"
    )
    assert doubled["n"] == 0
    return warehouse.ask(
        "SELECT signal_id, status, title, stated_at, content_at, ended_date FROM core.signal WHERE known_to IS NULL "
        f"{'AND status = $open' if only_open else ''} ORDER BY signal_id",
        **({"open": "open"} if only_open else {}),
    )


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS, later=EVENTS)
def test_changes_on_top_of_a_list_make_what_a_later_list_makes(
    warehouse: Warehouse, landing: Path, events: list[Event], later: list[Event]
) -> None:
    begun = batch(everything(events), Coverage.COMPLETE, len(events), landing)
    history = events + later
    changes = [said(event, moment) for moment, event in enumerate(history)][len(events) :]
    followed = state(warehouse, [begun, batch(changes, Coverage.DELTA, len(history), landing)], only_open=True)
    afresh = state(warehouse, [batch(everything(history), Coverage.COMPLETE, len(history), landing)], only_open=True)
    assert followed == afresh
    # and a list on top of the changes says the same once more
    again = batch(everything(history), Coverage.COMPLETE, len(history) + 1, landing)
    deltas = batch(changes, Coverage.DELTA, len(history), landing)
    assert state(warehouse, [begun, deltas, again], only_open=True) == afresh


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS, data=st.data())
def test_deliveries_repeated_and_in_any_order_make_the_same(
    warehouse: Warehouse, landing: Path, events: list[Event], data: st.DataObject
) -> None:
    changes = [said(event, moment) for moment, event in enumerate(events)]
    in_order = state(warehouse, [batch([one], Coverage.DELTA, 99, landing) for one in changes])
    mixed = data.draw(
        st.permutations(changes + data.draw(st.lists(st.sampled_from(changes or [{}])) if changes else st.just([])))
    )
    cut = data.draw(st.integers(0, len(mixed)))
    assert (
        state(warehouse, [batch(part, Coverage.DELTA, 99, landing) for part in (mixed[:cut], mixed[cut:])]) == in_order
    )
    assert state(warehouse, [batch(changes, Coverage.DELTA, 99, landing)]) == in_order


def test_one_moment_that_says_both_is_the_end(warehouse: Warehouse, landing: Path) -> None:
    both = [said((1, "A"), 5), said((1, None), 5)]
    for order in (both, both[::-1]):
        [row] = state(warehouse, [batch([one], Coverage.DELTA, 9, landing) for one in order])
        assert (row["status"], row["title"]) == ("ended", "A")


def test_an_end_that_comes_before_its_ad_is_not_forgotten(warehouse: Warehouse, landing: Path) -> None:
    [row] = state(warehouse, [batch([said((1, None), 7)], Coverage.DELTA, 9, landing)])
    assert (row["status"], row["title"], row["content_at"]) == ("ended", None, None)
    late = [said((1, None), 7), said((1, "A"), 5)]
    [row] = state(warehouse, [batch([one], Coverage.DELTA, 9, landing) for one in late])
    assert (row["status"], row["title"]) == ("ended", "A")
