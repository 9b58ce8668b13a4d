"""A file that breaks off on its way, over a real socket: taken up where it broke, or begun anew where it cannot be."""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest

from sources import resume, steady
from sources.errors import RetryableError
from sources.http import PoliteClient
from sources.registers import lv_ur
from sources.stream import CHUNK
from tests.registers.files_server import FilesServer
from tests.registers.loopback import Asked, Said
from tests.sources.conftest import MakeClient, Pauses

SOURCE = lv_ur.SOURCE
FILE = random.Random(7).randbytes(2_000_000)
BREAKS = (900_000, 300_000, 1, 700_000)
"""After so many bytes of each answer the connection breaks."""
# by the server's clock, not ours
CHANGED = "Mon, 06 Jul 2026 01:27:00 GMT"
SENT = "Mon, 06 Jul 2026 04:00:00 GMT"


class BreakingServer(FilesServer):
    """Breaks off one answer after another, as `breaks` says."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks: list[int] = []

    def answer(self, asked: Asked) -> Said:
        said = super().answer(asked)
        said = replace(said, headers={"Date": SENT} | said.headers)
        return replace(said, cut_at=self.breaks.pop(0)) if self.breaks and said.body else said

    @property
    def ranges(self) -> list[str | None]:
        return [asked.headers.get("range") for asked in self.asked]


@pytest.fixture
def server() -> Iterator[BreakingServer]:
    with BreakingServer() as serving:
        serving.publish("file.zip", FILE, changed=CHANGED)
        serving.breaks = list(BREAKS)
        yield serving


@pytest.fixture
def client(make_client: MakeClient, server: BreakingServer) -> PoliteClient:
    return make_client(environ={SOURCE.base_url_env: server.origin})


def test_a_file_is_taken_up_where_it_broke(client: PoliteClient, server: BreakingServer, tmp_path: Path) -> None:
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert (done.path.read_bytes() == FILE, done.original_sha256) == (True, hashlib.sha256(FILE).hexdigest())
    starts = [0 if one is None else int(one.removeprefix("bytes=").removesuffix("-")) for one in server.ranges]
    assert (len(starts), starts) == (len(BREAKS) + 1, sorted(starts))
    # what came of a piece that was not whole is asked for again
    assert all(whole - CHUNK <= start <= whole for start, whole in zip(starts[1:], (900_000, 1_200_000), strict=False))  # fmt: skip
    assert list(tmp_path.iterdir()) == [done.path]


def test_what_streams_by_is_taken_up_too_and_read_once(client: PoliteClient, server: BreakingServer) -> None:
    read: list[bytes] = []

    def make(chunks: Iterator[bytes]) -> int:
        read.clear()
        read.extend(chunks)
        return len(read)

    taken = client.take(SOURCE, "file.zip", make)
    assert taken is not None
    assert (b"".join(read) == FILE, taken.original_sha256) == (True, hashlib.sha256(FILE).hexdigest())
    assert server.ranges[0] is None
    assert None not in server.ranges[1:]


def _said(**headers: str) -> Callable[[Said], Said]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda said: replace(said, headers=said.headers | told)


def _said_less(name: str) -> Callable[[Said], Said]:
    return lambda said: replace(said, headers={each: value for each, value in said.headers.items() if each != name})


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(
            lambda said: _said(Content_Range=f"bytes 786432-886431/{len(FILE)}")(
                replace(said, body=said.body[:100_000])
            ),
            id="is next to nothing",
        ),
        pytest.param(
            lambda said: _said(Content_Range=f"bytes 786432-{len(FILE)}/{len(FILE)}")(said), id="ends behind the end"
        ),
        pytest.param(
            lambda said: _said(Content_Range=f"bytes 786432-1286431/{len(FILE)}")(
                replace(said, body=said.body[:400_000])
            ),
            id="is shorter than the part that it says",
        ),
        pytest.param(lambda said: replace(said, body=said.body[:-1]), id="is shorter than it says"),
        pytest.param(_said(Content_Range=f"bytes 786432-{len(FILE) - 1}/*"), id="of who knows how long a file"),
        pytest.param(_said(Content_Range=f"bytes 786432-{len(FILE) - 1}/{len(FILE) + 1}"), id="of a longer file"),
        pytest.param(_said(Content_Range=f"bytes 0-{len(FILE) - 1}/{len(FILE)}"), id="begins elsewhere"),
        pytest.param(_said_less("Content-Range"), id="says not where it begins"),
        pytest.param(_said(Last_Modified="Mon, 06 Jul 2026 01:28:00 GMT"), id="of another file as long"),
        pytest.param(_said_less("Last-Modified"), id="says not of which file"),
        pytest.param(_said(Content_Encoding="gzip"), id="packed"),
        pytest.param(lambda _: Said(status=404), id="there is none"),
    ],
)
def test_what_is_not_exactly_the_rest_is_not_taken_and_the_file_is_begun_anew(
    client: PoliteClient,
    server: BreakingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoilt: Callable[[Said], Said],
) -> None:
    answered = server.answer
    monkeypatch.setattr(
        server, "answer", lambda asked: spoilt(answered(asked)) if "range" in asked.headers else answered(asked)
    )
    server.breaks = [900_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert done.path.read_bytes() == FILE
    assert server.ranges == [None, "bytes=786432-", None]


def test_of_a_server_that_sends_so_much_at_once_one_part_is_taken_after_another(
    client: PoliteClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, at_once = server.answer, 300_000

    def limited(asked: Asked) -> Said:
        said = answered(asked)
        if said.status != 206:
            return said
        start = int(said.headers["Content-Range"].split()[1].split("-")[0])
        end = min(start + at_once, len(FILE))
        part = {"Content-Range": f"bytes {start}-{end - 1}/{len(FILE)}"}
        return replace(said, body=FILE[start:end], headers=said.headers | part)

    monkeypatch.setattr(server, "answer", limited)
    monkeypatch.setattr(resume, "MOST_RESUMED", 2)  # so often it breaks: a part that came whole is no break
    server.breaks = [900_000, 290_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert (done.path.read_bytes() == FILE, done.original_sha256) == (True, hashlib.sha256(FILE).hexdigest())
    starts = [786_432, *range(786_432 + CHUNK, len(FILE), at_once)]
    assert server.ranges == [None, *(f"bytes={start}-" for start in starts)]


@pytest.mark.parametrize(
    ("told", "asked_by"),
    [
        pytest.param({"ETag": '"1"'}, '"1"', id="a strong ETag"),
        pytest.param({"ETag": 'W/"1"', "Last-Modified": CHANGED}, None, id="a weak one is not replaced by a time"),
        pytest.param({"Last-Modified": CHANGED}, CHANGED, id="a time that is long past"),
        pytest.param({"Last-Modified": "Mon, 06 Jul 2026 03:59:30 GMT"}, None, id="a time just past"),
        pytest.param({"Last-Modified": "yesterday"}, None, id="no time"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_part_is_asked_for_only_by_what_no_other_file_has(
    client: PoliteClient,
    server: BreakingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: dict[str, str],
    asked_by: str | None,
) -> None:
    answered = server.answer

    def answer(asked: Asked) -> Said:
        ours = {name: value for name, value in asked.headers.items() if name != "if-range"}
        said = _said_less("Last-Modified")(answered(replace(asked, headers=ours)))
        return replace(said, headers=said.headers | told)

    monkeypatch.setattr(server, "answer", answer)
    server.breaks = [900_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert done.path.read_bytes() == FILE
    assert [asked.headers.get("if-range") for asked in server.asked] == [None, asked_by]


def test_a_part_is_not_asked_for_on_condition_of_news(
    client: PoliteClient, server: BreakingServer, tmp_path: Path
) -> None:
    server.breaks = [900_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file", etag='"old"')
    server.breaks = [900_000]
    taken = client.take(SOURCE, "file.zip", b"".join, etag="Sun, 05 Jul 2026 01:27:00 GMT")
    assert done is not None
    assert taken is not None
    assert done.path.read_bytes() == taken.made == FILE
    conditions = [{"if-none-match", "if-modified-since"} & asked.headers.keys() for asked in server.asked]
    assert conditions == [{"if-none-match"}, set(), {"if-modified-since"}, set()]


def test_a_file_that_changed_meanwhile_is_begun_anew(
    client: PoliteClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, later = server.answer, bytes(reversed(FILE))

    def changing(asked: Asked) -> Said:
        said = answered(asked)
        server.publish("file.zip", later, changed="Tue, 07 Jul 2026 01:27:00 GMT")
        return said

    server.breaks = [900_000]
    monkeypatch.setattr(server, "answer", changing)
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert done.path.read_bytes() == later
    assert [one is None for one in server.ranges] == [True, False, True]


def test_a_server_without_such_a_part_is_asked_for_the_whole(
    client: PoliteClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = server.answer
    no_part = Said(status=416, headers={"Content-Range": "bytes */10"})
    monkeypatch.setattr(server, "answer", lambda asked: no_part if "range" in asked.headers else answered(asked))
    server.breaks = [900_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert (done.path.read_bytes() == FILE, len(server.asked)) == (True, 3)


def test_where_no_parts_are_sent_it_is_begun_anew(client: PoliteClient, server: BreakingServer, tmp_path: Path) -> None:
    server.sends_parts, server.breaks = False, [900_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert (done.path.read_bytes() == FILE, server.ranges) == (True, [None, None])


def test_a_server_that_is_busy_with_the_rest_is_waited_for(
    client: PoliteClient, server: BreakingServer, tmp_path: Path, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, busy = server.answer, [Said(status=503, headers={"Retry-After": "7"})]
    monkeypatch.setattr(server, "answer", lambda asked: busy.pop() if "range" in asked.headers and busy else answered(asked))  # fmt: skip
    server.breaks = [900_000]
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert (done.path.read_bytes() == FILE, server.ranges[0], server.ranges.count(None)) == (True, None, 1)
    assert 7 in pauses.seconds


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        pytest.param({"attempts": 3}, 6, id="three tries in all"),
        pytest.param({"patience_seconds": 20}, 6, id="pauses of 20 seconds in all"),
    ],
)
def test_all_parts_of_a_file_have_one_patience(
    make_client: MakeClient,
    server: BreakingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, float],
    asked: int,
) -> None:
    answered, busy = server.answer, [Said(status=503, headers={"Retry-After": "7"})] * 9

    def answer(asked: Asked) -> Said:
        is_busy = "range" in asked.headers and server.ranges.count(asked.headers["range"]) == 1
        return busy.pop() if is_busy else answered(asked)

    monkeypatch.setattr(server, "answer", answer)
    server.breaks = [300_000] * 9
    with pytest.raises(RetryableError, match="is busy"):
        make_client(environ={SOURCE.base_url_env: server.origin}, **options).download(
            SOURCE, "file.zip", tmp_path / "file"
        )
    assert (len(server.asked), len(busy), list(tmp_path.iterdir())) == (asked, 6, [])


def test_a_server_that_falls_silent_in_a_file_is_not_waited_for_for_ever(
    make_client: MakeClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, stalling = server.answer, [900_000]

    def silent(asked: Asked) -> Said:
        said = answered(asked)
        return replace(said, cut_at=stalling.pop(), stalls=True) if stalling else said

    server.breaks = []
    monkeypatch.setattr(server, "answer", silent)
    client = make_client(timeout_seconds=0.2, environ={SOURCE.base_url_env: server.origin})
    done = client.download(SOURCE, "file.zip", tmp_path / "file")
    assert done is not None
    assert (done.path.read_bytes() == FILE, len(server.asked)) == (True, 2)


def test_what_comes_too_slowly_is_given_up_and_told(
    make_client: MakeClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(steady, "FEWEST_BYTES_A_SECOND", 10**15)
    server.breaks = []
    client = make_client(attempts=2, environ={SOURCE.base_url_env: server.origin})
    with pytest.raises(RetryableError, match=r"did not answer \(TooSlow\)"):
        client.get(SOURCE, "file.zip")
    with pytest.raises(RetryableError, match=r"did not answer \(TooSlow\)"):
        client.download(SOURCE, "file.zip", tmp_path / "file")
    # the rest would come as slowly: it is not asked for
    assert server.ranges == [None] * 4
    assert client.listen(SOURCE, "file.zip", lambda chunks: sum(map(len, chunks))) == (200, len(FILE))
    server.spoil(Said(status=307, headers={"Location": "/file.zip"}))
    assert client.listen(SOURCE, "moved", lambda chunks: sum(map(len, chunks))) == (200, len(FILE))


def test_what_came_fast_does_not_pay_for_what_comes_no_more() -> None:
    seconds = iter(accumulate([0, 1, *([0, 59] * 3)]))
    stream = steady.SteadyStream(iter([b"x" * 10**6, b"y", b"y", b"y"]), clock=lambda: next(seconds))  # type: ignore[arg-type]  # fmt: skip
    coming = iter(stream)
    assert [len(next(coming)) for _ in range(3)] == [10**6, 1, 1]
    with pytest.raises(steady.TooSlow, match="3 bytes in 177 seconds"):
        next(coming)


def test_what_comes_by_fits_and_starts_is_waited_for() -> None:
    seconds = iter(accumulate([0, 59] * 8))
    stream = steady.SteadyStream(iter([b"y", b"x" * 10**6] * 3), clock=lambda: next(seconds))  # type: ignore[arg-type]
    assert len(list(stream)) == 6


def test_one_that_breaks_for_ever_is_left_and_leaves_nothing(
    make_client: MakeClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "MOST_RESUMED", 2)
    client = make_client(attempts=2, environ={SOURCE.base_url_env: server.origin})
    server.breaks = [300_000] * 100
    with pytest.raises(RetryableError, match="did not answer"):
        client.download(SOURCE, "file.zip", tmp_path / "file")
    assert (len(server.asked), list(tmp_path.iterdir())) == (6, [])


@pytest.mark.parametrize(
    ("first", "ranges"),
    [
        pytest.param(10, [None] * 3, id="from its beginning"),
        pytest.param(300_000, [None, "bytes=262144-", "bytes=262144-", None, None], id="after some of it"),
    ],
)
def test_where_next_to_nothing_comes_it_is_begun_anew_after_a_pause(
    make_client: MakeClient, server: BreakingServer, tmp_path: Path, first: int, ranges: list[str | None]
) -> None:
    client = make_client(attempts=3, environ={SOURCE.base_url_env: server.origin})
    server.breaks = [first, *[10] * 100]
    with pytest.raises(RetryableError, match="did not answer"):
        client.download(SOURCE, "file.zip", tmp_path / "file")
    assert server.ranges == ranges
