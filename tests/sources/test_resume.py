"""A file that breaks off on its way, over a real socket: taken up where it broke, or begun anew where it cannot be."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
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


class BreakingServer(FilesServer):
    """Breaks off one answer after another, as `breaks` says."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks: list[int] = []

    def answer(self, asked: Asked) -> Said:
        said = super().answer(asked)
        return replace(said, cut_at=self.breaks.pop(0)) if self.breaks and said.body else said

    @property
    def ranges(self) -> list[str | None]:
        return [asked.headers.get("range") for asked in self.asked]


@pytest.fixture
def server() -> Iterator[BreakingServer]:
    with BreakingServer() as serving:
        serving.publish("file.zip", FILE)
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
    assert done.path.read_bytes() == FILE
    assert 7 in pauses.seconds


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
    assert client.listen(SOURCE, "file.zip", lambda chunks: sum(map(len, chunks))) == (200, len(FILE))
    assert len(server.asked) == 3


def test_one_that_breaks_for_ever_is_left_and_leaves_nothing(
    make_client: MakeClient, server: BreakingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "MOST_RESUMED", 2)
    client = make_client(attempts=2, environ={SOURCE.base_url_env: server.origin})
    server.breaks = [10] * 100
    with pytest.raises(RetryableError, match="did not answer"):
        client.download(SOURCE, "file.zip", tmp_path / "file")
    assert (len(server.asked), list(tmp_path.iterdir())) == (6, [])
