"""JobTech's lists over a real socket: all open ads, what changed since, and lists that were cut on their way."""

import gzip
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.feed import SignalBatch
from sources.http import PoliteClient
from sources.signals import se_jobtech
from sources.source import Coverage
from tests.registers.jobtech_server import SENTINELS, JobtechServer, ad
from tests.registers.loopback import Said

COMPANY, PERSON = "5560360793", "191212121212"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def jobtech() -> Iterator[JobtechServer]:
    with JobtechServer() as server:
        server.tell("1", ad("1", COMPANY), NOW - timedelta(hours=3))
        server.tell("2", ad("2", COMPANY), NOW - timedelta(hours=2))
        server.tell("3", ad("3", PERSON, "Testperson söker biträde"), NOW - timedelta(hours=1))
        yield server


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], jobtech: JobtechServer) -> PoliteClient:
    return make_client(attempts=3, environ={se_jobtech.SOURCE.base_url_env: jobtech.origin})


def fetch(client: PoliteClient, folder: Path, cursor: str | None = None) -> SignalBatch:
    [batch] = se_jobtech.fetch_signals(client, landing=folder, cursor=cursor, secret=None)
    return batch


def told(batch: SignalBatch) -> list[tuple[str, str]]:
    return [(row["id"], row["removed"]) for row in batch.rows.to_pylist()]


def test_first_all_open_ads_are_fetched_then_what_changed(
    jobtech: JobtechServer, client: PoliteClient, tmp_path: Path
) -> None:
    first = fetch(client, tmp_path)
    assert (first.coverage, told(first), first.left_out) == (Coverage.COMPLETE, [("1", "false"), ("2", "false")], 1)
    assert first.covered_from is not None
    now = datetime.now(UTC)  # NOW may be long ago: the file was imported before other tests ran
    jobtech.tell("4", ad("4", COMPANY), now)
    jobtech.tell("1", None, now)
    later = fetch(client, tmp_path, first.cursor)
    assert (later.coverage, later.covered_from) == (Coverage.DELTA, None)
    assert told(later) == [("4", "false"), ("1", "true")]
    assert later.warnings == ()
    asked = jobtech.asked[-1]
    assert asked.headers["accept"] == "application/json"
    # what was told late is heard: it is asked from five minutes before
    assert asked.params["updated-after"] < str(first.cursor)


def test_after_two_weeks_all_open_ads_are_fetched_again(
    jobtech: JobtechServer, client: PoliteClient, tmp_path: Path
) -> None:
    long_ago = (NOW - timedelta(days=15)).strftime("%Y-%m-%dT%H:%M:%S")
    assert fetch(client, tmp_path, long_ago).coverage is Coverage.COMPLETE
    assert jobtech.asked[-1].path == "/v2/snapshot"


def test_one_request_a_minute_is_kept(
    jobtech: JobtechServer, client: PoliteClient, tmp_path: Path, pauses: object
) -> None:
    first = fetch(client, tmp_path)
    fetch(client, tmp_path, first.cursor)
    assert pauses.longest() > 50  # type: ignore[attr-defined]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("packed", [False, True])
def test_a_list_cut_on_its_way_is_asked_for_again_and_never_taken_for_whole(
    share: float, packed: bool, jobtech: JobtechServer, client: PoliteClient, tmp_path: Path
) -> None:
    jobtech.is_packed = packed
    body = jobtech.answer(type("Asked", (), {"path": "/v2/snapshot"})()).body
    headers = {"Content-Type": "application/json"} | ({"Content-Encoding": "gzip"} if packed else {})
    cut = Said(body=body, headers=headers, cut_at=int(share * len(body)))
    jobtech.spoil(cut)
    assert told(fetch(client, tmp_path)) == [("1", "false"), ("2", "false")]
    jobtech.spoil(cut, cut, cut)
    with pytest.raises(RetryableError):
        fetch(client, tmp_path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
def test_a_list_that_ends_too_early_is_refused(
    share: float, jobtech: JobtechServer, client: PoliteClient, tmp_path: Path
) -> None:
    body = json.dumps(list(jobtech.open.values())).encode()
    jobtech.spoil(Said(body=body[: int(share * len(body))]))
    with pytest.raises(SourceAborted, match="cut short"):
        fetch(client, tmp_path)
    assert not list(tmp_path.rglob("*.parquet"))


def test_busy_then_refused(jobtech: JobtechServer, client: PoliteClient, tmp_path: Path, pauses: object) -> None:
    jobtech.spoil(Said(status=429, headers={"Retry-After": "61"}), Said(status=503))
    assert len(told(fetch(client, tmp_path))) == 2
    assert 61 in pauses.seconds  # type: ignore[attr-defined]
    jobtech.spoil(Said(body=b"<html>Underhall</html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(SourceAborted, match="web page"):
        fetch(client, tmp_path)


def test_no_contact_person_and_no_natural_persons_ad_reaches_a_file(
    jobtech: JobtechServer, client: PoliteClient, tmp_path: Path
) -> None:
    batch = fetch(client, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    planted = (*SENTINELS, PERSON, PERSON[2:], "Testperson")
    assert written
    assert not [text for text in planted if text in str(batch.rows.to_pylist()) or text.encode() in written]


def as_lines(ads: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in ads)


def test_archives_are_read_in_any_packing(jobtech: JobtechServer, tmp_path: Path) -> None:
    ads = list(jobtech.open.values())
    (tmp_path / "a.json").write_bytes(json.dumps(ads, indent=1).encode())
    (tmp_path / "a.jsonl").write_bytes(as_lines(ads))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(as_lines(ads)))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("2026q1.jsonl", as_lines(ads[:1]))
        archive.writestr("2026q2.jsonl", as_lines(ads[1:]))
    for name in ("a.json", "a.jsonl", "a.jsonl.gz", "a.zip"):
        [batch] = se_jobtech.read_given_signals(tmp_path / name, coverage=Coverage.PARTIAL, landing=tmp_path / "l")
        assert (told(batch), batch.left_out, batch.cursor) == ([("1", "false"), ("2", "false")], 1, None)


def test_a_file_that_is_no_list_or_was_cut_is_refused(jobtech: JobtechServer, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for text in (b"id;headline\n1;x\n", as_lines(list(jobtech.open.values()))[:-40], b"<html></html>"):
        path.write_bytes(text)
        with pytest.raises(SourceAborted, match=r"no list of ads|cut short"):
            list(se_jobtech.read_given_signals(path, coverage=Coverage.PARTIAL, landing=tmp_path))


def test_a_complete_file_is_as_of_when_it_was_made(jobtech: JobtechServer, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(list(jobtech.open.values())).encode())
    os.utime(path, (1_790_000_000, 1_790_000_000))
    [batch] = se_jobtech.read_given_signals(path, coverage=Coverage.COMPLETE, landing=tmp_path)
    assert batch.stated_at == datetime.fromtimestamp(1_790_000_000, UTC)
