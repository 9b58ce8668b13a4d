"""NAV's feed over a real socket: tokens that run out, pages that overlap, a service that is busy or fails on one ad."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.feed import SignalBatch
from sources.http import PoliteClient
from sources.kinds import page_feed
from sources.secret import Secret
from sources.signals import no_nav_jobs
from tests.registers.loopback import Said
from tests.registers.nav_server import SENTINELS, NavServer, ad

ORGNR = "923609016"
NOW = datetime.now(UTC).replace(microsecond=0)
GOOD = "dddddddddddd.eeeeeeeeeeee.ffffffffffff"


def key(number: int) -> str:
    return f"0a1b2c3d-0000-4000-8000-{number:012}"


@pytest.fixture
def nav() -> Iterator[NavServer]:
    with NavServer() as server:
        for number in range(5):
            server.tell(key(number), ad(key(number), ORGNR), NOW - timedelta(hours=10 - number))
        yield server


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], nav: NavServer) -> PoliteClient:
    return make_client(attempts=4, environ={no_nav_jobs.SOURCE.base_url_env: nav.origin})


def fetch(client: PoliteClient, folder: Path, cursor: str | None = None, **more: Any) -> list[SignalBatch]:
    return list(no_nav_jobs.fetch_signals(client, landing=folder, cursor=cursor, **{"secret": None} | more))


def told(batches: list[SignalBatch]) -> list[tuple[str, str]]:
    return [(row["uuid"][-1], row["status"]) for batch in batches for row in batch.rows.to_pylist()]


def test_the_first_walk_begins_ninety_days_ago_and_reads_to_the_end(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.events.insert(0, type(nav.events[0])("page-old", key(9), "ACTIVE", NOW - timedelta(days=120)))
    first, last = fetch(client, tmp_path)
    assert dict(told([first, last])) == {str(number): "ACTIVE" for number in range(5)}
    assert first.covered_from == (datetime.now(UTC) - timedelta(days=89)).date()
    assert last.covered_until is not None
    assert datetime.now(UTC) - last.covered_until < timedelta(minutes=1)
    asked = next(asked for asked in nav.asked if asked.path == "/api/v1/feed")
    assert asked.headers["authorization"] == f"Bearer {nav.tokens[-1]}"


def test_pages_overlap_and_the_next_run_goes_on_where_this_one_stopped(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.most_a_page = 2
    batches = fetch(client, tmp_path)
    assert len(batches) > 2
    assert {one for one, _ in told(batches)} == set("01234")
    assert [batch.covered_from is None for batch in batches] == [False] + [True] * (len(batches) - 1)
    nav.tell(key(5), ad(key(5), ORGNR), NOW - timedelta(hours=1))
    nav.tell(key(0), None, NOW)
    nav.asked.clear()
    later = fetch(client, tmp_path, batches[-1].cursor)
    assert dict(told(later))["5"] == "ACTIVE"
    assert dict(told(later))["0"] == "INACTIVE"
    assert not {"1", "2"} & set(dict(told(later)))


def test_a_run_that_stops_anywhere_is_continued_from_its_last_page(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.most_a_page = 2
    whole = dict(told(fetch(client, tmp_path)))
    for stop in range(1, 4):
        walk = no_nav_jobs.fetch_signals(client, landing=tmp_path, cursor=None, secret=None)
        begun = [next(walk) for _ in range(stop)]
        assert dict(told(begun + fetch(client, tmp_path, begun[-1].cursor))) == whole


def test_no_page_is_asked_for_on_condition(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    batch = fetch(client, tmp_path)[-1]
    nav.tell(key(5), ad(key(5), ORGNR), NOW)
    fetch(client, tmp_path, batch.cursor)
    assert not [asked for asked in nav.asked if "if-none-match" in asked.headers]
    assert [asked.path for asked in nav.asked if "if-modified-since" in asked.headers] == ["/api/v1/feed"]


@pytest.mark.parametrize("status", [304, 404])
def test_a_feed_with_nothing_newer_ends_the_walk(
    status: int, nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    before = fetch(client, tmp_path)[-1]
    nav.spoil(Said(body=b"Current public token:\n" + GOOD.encode()), *[Said(status=status)] * 2)
    [batch] = fetch(client, tmp_path, before.cursor)
    assert batch.rows.num_rows == 0
    assert batch.covered_until is not None


def test_a_page_that_is_gone_is_found_again_by_its_time(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    batch = fetch(client, tmp_path)[-1]
    position = page_feed.Position.read(str(batch.cursor))
    nav.tell(key(5), ad(key(5), ORGNR), NOW)
    gone = str(page_feed.Position(page="page-gone", at=position.at))
    assert told(fetch(client, tmp_path, gone)) == [("5", "ACTIVE")]


def test_an_ad_that_changed_again_answers_as_it_is_now(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    nav.most_a_page = 2
    nav.tell(key(0), None, NOW)
    rows = [row for batch in fetch(client, tmp_path) for row in batch.rows.to_pylist() if row["uuid"] == key(0)]
    assert {row["status"] for row in rows} == {"INACTIVE"}
    assert {row["ad.title"] for row in rows} == {None}


def test_the_public_token_is_renewed_once_where_it_runs_out_on_the_way(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.most_a_page = 2
    walk = no_nav_jobs.fetch_signals(client, landing=tmp_path, cursor=None, secret=None)
    begun = [next(walk)]
    nav.tokens = [GOOD]
    assert {one for one, _ in told(begun + list(walk))} == set("01234")
    assert len([asked for asked in nav.asked if asked.path == "/api/publicToken"]) == 2


def test_a_public_token_that_is_refused_at_once_is_not_asked_for_again_and_again(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.spoil(*[said for _ in range(4) for said in (Said(body=GOOD.encode()), Said(status=401))])
    with pytest.raises(LoginRefused, match="refuses the token") as refused:
        fetch(client, tmp_path)
    assert "secret_env" in refused.value.hint
    assert len(nav.asked) == 4


@pytest.mark.parametrize("answer", [Said(status=404, body=b"not currently available"), Said(body=b"soon")])
def test_no_public_token_is_said(answer: Said, nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    nav.spoil(answer)
    with pytest.raises(SourceAborted, match="no public token"):
        fetch(client, tmp_path)


def test_ones_own_token_is_used_and_never_replaced_or_shown(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.tokens.append(GOOD)
    fetch(client, tmp_path, secret=Secret(GOOD))
    assert not [asked for asked in nav.asked if asked.path == "/api/publicToken"]
    nav.tokens = []
    with pytest.raises(LoginRefused, match="HTTP 401") as refused:
        fetch(client, tmp_path, secret=Secret(GOOD))
    assert GOOD not in str(refused.value)


def test_a_busy_service_is_waited_for(nav: NavServer, client: PoliteClient, tmp_path: Path, pauses: Any) -> None:
    walk = no_nav_jobs.fetch_signals(client, landing=tmp_path, cursor=None, secret=None)
    nav.spoil(Said(status=503), Said(status=503), Said(status=429, headers={"Retry-After": "7"}))
    assert dict(told(list(walk))).keys() == set("01234")
    assert 7 in pauses.seconds


def test_a_run_that_takes_too_long_stops_and_the_next_goes_on(
    nav: NavServer, client: PoliteClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nav.most_a_page = 2
    with monkeypatch.context() as patch:
        patch.setattr(page_feed, "MOST_SECONDS", -1)
        [first] = fetch(client, tmp_path)
    assert any("the next refresh goes on" in warning for warning in first.warnings)
    rest = fetch(client, tmp_path, first.cursor)
    assert {one for one, _ in told([first, *rest])} == set("01234")
    assert not any(batch.warnings for batch in rest)


def test_one_ad_on_which_the_service_fails_holds_up_nobody(
    nav: NavServer, client: PoliteClient, tmp_path: Path
) -> None:
    nav.failing, nav.most_a_page = {key(2)}, 2
    first, *_, last = batches = fetch(client, tmp_path)
    assert [status for one, status in told(batches) if one == "2"] == ["FAILED"]
    assert (first.covered_from is None, last.covered_until) == (False, None)
    assert [status for one, status in told(fetch(client, tmp_path, last.cursor)) if one == "2"] == []
    nav.failing = set()
    again = fetch(client, tmp_path, last.cursor)
    assert dict(told(again))["2"] == "ACTIVE"
    assert again[-1].covered_until is not None
    assert "failed" not in str(again[-1].cursor)


def test_a_service_that_fails_on_every_ad_is_asked_later(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    nav.failing = {key(number) for number in range(5)}
    with pytest.raises(RetryableError, match="fails on every ad"):
        fetch(client, tmp_path)


def test_an_ad_that_is_gone_has_ended(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    del nav.entries[key(3)]
    assert dict(told(fetch(client, tmp_path)))["3"] == "INACTIVE"


def test_a_page_that_is_none_is_refused(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    nav.spoil(Said(body=GOOD.encode()), Said(body=b'{"items": [{"_feed_entry": {}}], "id": "1"}'))
    with pytest.raises(SourceAborted, match="no page of its feed"):
        fetch(client, tmp_path)


def test_no_contact_person_reaches_a_file(nav: NavServer, client: PoliteClient, tmp_path: Path) -> None:
    nav.most_a_page = 2
    batches = fetch(client, tmp_path)
    kept = "".join(str(batch.rows.to_pylist()) for batch in batches)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert written
    assert not [text for text in SENTINELS if text in kept or text.encode() in written]
