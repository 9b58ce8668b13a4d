"""The one HTTP client: polite, patient, and unable to spill a secret.

Secrets travel as `Secret` and join the request below the layer that logs; answers are redacted of what a source's
declaration says is never stored before a caller or the disk sees them. Only questions are asked, with GET or, where a
server wants them so, with POST: every request may be repeated.
"""

import hashlib
import importlib.metadata
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

import httpx

from sources.errors import RetryableError, SourceAborted
from sources.refusal import BUSY, refusal
from sources.resume import whole_body
from sources.retry import ATTEMPTS, NextTry, Retrying, retrying
from sources.secret import Hidden, Secret, find_secret
from sources.sending import Sender
from sources.source import Source
from sources.stream import measured, redacted, refuse_web_page, unpacked

MOST_ANSWER_BYTES = 64 << 20
MOST_FILE_BYTES = 16 << 30
CONNECT_SECONDS = 10.0

_Read = TypeVar("_Read")
_Made = TypeVar("_Made")


def user_agent(contact: str | None = None) -> str:
    """How we introduce ourselves: product, version, and whom to write to."""
    return f"prospekt/{importlib.metadata.version('prospekt')}" + (f" ({contact})" if contact else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: redacted body, and the hash of the bytes as they came."""

    status: int
    body: bytes
    url: str
    etag: str | None
    fetched_at: datetime
    original_sha256: str
    date: str | None = None
    """The moment by the server's clock, as its Date header has it."""
    retry_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that was fetched: where it is kept, and the hash of the bytes as they came."""

    path: Path
    url: str
    etag: str | None
    fetched_at: datetime
    original_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Generic[_Made]):
    """What was made of a file as it streamed by, and the hash of the bytes as they came.

    `etag` is what tells whether the file is still the same: its ETag, or the moment of its last change.
    """

    made: _Made
    url: str
    etag: str | None
    fetched_at: datetime
    original_sha256: str


class PoliteClient:
    """Fetches from declared sources: paced per host, repeated when a server is busy, bounded in time and size.

    A busy server (429, 500, 502, 503, 504, or no connection) is asked again up to `attempts` times within
    `patience_seconds`, after an exponentially growing, jittered pause or the `Retry-After` that it names. One that
    asks for more than `longest_pause_seconds` is left alone: RetryableError says when to come back. A host that cannot be
    reached at all is tried twice, then NoConnection is raised. `tell_next` hears of each pause before it begins. Threads
    may share one client. `environ` is where a source's address may be overridden, and a proxy be named.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        attempts: int = ATTEMPTS,
        patience_seconds: float = 300,
        longest_pause_seconds: float = 120,
        timeout_seconds: float = 60,
        connect_seconds: float = CONNECT_SECONDS,
        environ: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        tell_next: Callable[[NextTry], None] = lambda _: None,
    ) -> None:
        self._agent = user_agent
        self._environ = os.environ if environ is None else environ
        self._sender = Sender(
            user_agent=user_agent,
            timeout_seconds=timeout_seconds,
            connect_seconds=connect_seconds,
            environ=self._environ,
            sleep=sleep,
        )
        self._new_tries = partial(
            retrying,
            attempts=attempts,
            patience_seconds=patience_seconds,
            longest_pause_seconds=longest_pause_seconds,
            sleep=sleep,
            tell_next=tell_next,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of all connections."""
        self._sender.close()

    @property
    def has_reached(self) -> bool:
        """Whether any server answered anything."""
        return self._sender.has_reached

    def base_url(self, source: Source) -> str:
        """Where the source answers: its declared address, or the one that the environment names instead."""
        return self._sender.base_url(source)

    def bulk_url(self, source: Source) -> str:
        """Where the source's whole files are."""
        return self._sender.bulk_url(source)

    @property
    def contact(self) -> str | None:
        """Whom to write to, as we introduce ourselves; some servers answer nobody who does not say it."""
        return self._agent.partition("(")[2].rstrip(")") or None

    def told(self, name: str) -> str | None:
        """What the environment says under this name: where else a source answers, or what we are known to it by."""
        return self._environ.get(name)

    def secret(self, source: Source, variable: str) -> Secret:
        """The secret that an environment variable holds; raises SourceAborted, naming the variable, where none is."""
        return find_secret(source.name, self._environ, variable)

    def get(
        self,
        source: Source,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        hidden_params: Mapping[str, Secret] | None = None,
        hidden_headers: Mapping[str, Secret] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "application/json",
        allow: frozenset[int] = frozenset(),
        most_bytes: int = MOST_ANSWER_BYTES,
        posted: tuple[str, bytes] | None = None,
        check: Callable[[Answer], None] | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """The answer of a source, read whole and redacted; statuses in `allow` are answers too, also 304.

        `posted` is the media type and the text of a question that goes with POST, and must change nothing there.
        `check` may refuse an answer by what it says: the question is repeated where it raises RetryableError.
        `timeout_seconds` is for a server that thinks longer than others before it says a word.

        Raises RetryableError where the source stays busy, and SourceAborted for any other refusal, for an answer over
        `most_bytes`, and for a web page in the place of data (`accept` text/html asks for one).
        """
        hidden = Hidden(params=hidden_params or {}, headers=hidden_headers or {})
        asked = {"Accept": accept, **(headers or {})}
        request = self._sender.request(source, url, params=params, hidden=hidden, headers=asked, posted=posted)
        if timeout_seconds is not None:
            request.extensions["timeout"] = {**request.extensions["timeout"], "read": timeout_seconds}

        def read(response: httpx.Response) -> Answer:
            digest = hashlib.sha256()
            chunks = measured(source, response, most_bytes, digest.update)
            body = b"".join(redacted(chunks, source.privacy.never_store))
            answer = Answer(
                status=response.status_code,
                body=body,
                url=str(request.url),
                etag=response.headers.get("etag"),
                fetched_at=datetime.now(UTC),
                original_sha256=digest.hexdigest(),
                date=response.headers.get("date"),
                retry_after=response.headers.get("retry-after"),
            )
            if check is not None:
                check(answer)
            if accept != "text/html":
                refuse_web_page(source, response, body)
            return answer

        answer = self._send(source, request, read, allow=allow, etag=None)
        if answer is None:
            raise SourceAborted(f"{request.url} answered 'not modified' without being asked.", source=source.name)
        return answer

    def download(
        self,
        source: Source,
        url: str,
        path: Path,
        *,
        etag: str | None = None,
        accept: str = "*/*",
        redact_json: bool = False,
        sift: Callable[[Iterable[bytes]], Iterable[bytes]] | None = None,
        most_bytes: int = MOST_FILE_BYTES,
    ) -> Download | None:
        """The file at `url`, streamed to `path`; None where it still has this ETag. Half a file is never left behind.

        With `redact_json` the file is JSON, packed or not; it is kept unpacked, with null for every value that the
        source declares as never stored. With `sift` besides, only what that lets through of the unpacked text is kept.
        Raises as `get` does.
        """
        headers = {"Accept": accept} | ({} if etag is None else {"If-None-Match": etag})
        request = self._sender.request(source, url, headers=headers)
        tries = self._new_tries()

        def read(response: httpx.Response) -> Download:
            digest = hashlib.sha256()
            body = whole_body(source, response, partial(self._ask_again, source, request, tries))
            chunks = measured(source, response, most_bytes, digest.update, body=body)
            if redact_json:
                text: Iterable[bytes] = unpacked(source, chunks, most_bytes)
                chunks = redacted(text if sift is None else sift(text), source.privacy.never_store)
            part = path.with_name(path.name + ".part")
            try:
                with part.open("wb") as file:
                    for chunk in chunks:
                        if file.tell() == 0:
                            refuse_web_page(source, response, chunk)
                        file.write(chunk)
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
            return Download(
                path=path,
                url=str(request.url),
                etag=response.headers.get("etag"),
                fetched_at=datetime.now(UTC),
                original_sha256=digest.hexdigest(),
            )

        return self._send(source, request, read, allow=frozenset(), etag=etag, tries=tries)

    def take(
        self,
        source: Source,
        url: str,
        make: Callable[[Iterator[bytes]], _Made],
        *,
        params: Mapping[str, str] | None = None,
        hidden_params: Mapping[str, Secret] | None = None,
        etag: str | None = None,
        accept: str = "*/*",
        most_bytes: int = MOST_FILE_BYTES,
    ) -> Taken[_Made] | None:
        """What `make` makes of the file at `url` as it streams by; None where it still has this ETag or last change.

        For files whose bytes may not be kept as they come. `make` reads to the end and leaves nothing behind where it
        or the stream fails: it is called again then. Raises as `get` does, and what `make` raises.
        """
        asked = {} if etag is None else {"If-None-Match" if '"' in etag else "If-Modified-Since": etag}
        hidden = Hidden(params=hidden_params or {})
        request = self._sender.request(source, url, params=params, hidden=hidden, headers={"Accept": accept} | asked)
        tries = self._new_tries()

        def read(response: httpx.Response) -> Taken[_Made] | None:
            now = response.headers.get("etag") or response.headers.get("last-modified")
            if etag is not None and now == etag:
                return None
            digest = hashlib.sha256()
            body = whole_body(source, response, partial(self._ask_again, source, request, tries))
            chunks = measured(source, response, most_bytes, digest.update, body=body)
            start = next(chunks, b"")
            refuse_web_page(source, response, start)
            made = make(chain((start,) if start else (), chunks))
            return Taken(
                made=made,
                url=str(request.url),
                etag=now,
                fetched_at=datetime.now(UTC),
                original_sha256=digest.hexdigest(),
            )

        return self._send(source, request, read, allow=frozenset(), etag=etag, tries=tries)

    def listen(
        self,
        source: Source,
        url: str,
        hear: Callable[[Iterator[bytes]], _Made],
        *,
        params: Mapping[str, str] | None = None,
        hidden_headers: Mapping[str, Secret] | None = None,
        allow: frozenset[int] = frozenset(),
        busy_seconds: float = 60,
    ) -> tuple[int, _Made | None]:
        """The status, and what `hear` makes of an answer without end, which it is given as it comes and may leave.

        Nothing is made of a status in `allow`. Where there are too many listeners (429), the next try is after
        `busy_seconds`. Raises as `get` does; `hear` is called again where the connection breaks and it lets the error out.
        """
        hidden = Hidden(headers=hidden_headers or {})
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        request = self._sender.request(source, url, params=params, hidden=hidden, headers=headers)
        request.extensions["listens"] = True  # it has long to say nothing

        def read(response: httpx.Response) -> tuple[int, _Made | None]:
            if response.status_code == 429:
                raise RetryableError(
                    f"{source.name}: {request.url.host} has too many listeners (HTTP 429).",
                    source=source.name,
                    url=str(request.url),
                    retry_after_seconds=busy_seconds,
                )
            return response.status_code, hear(response.iter_bytes()) if response.is_success else None

        answer = self._send(source, request, read, allow=allow | {429}, etag=None)
        if answer is None:
            raise SourceAborted(f"{request.url} answered 'not modified' without being asked.", source=source.name)
        return answer

    @contextmanager
    def _ask_again(
        self, source: Source, request: httpx.Request, tries: Retrying, headers: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        """The answer to the same question with further headers, asked until the server is no longer busy."""

        def attempt() -> httpx.Response:
            with ExitStack() as opening:
                asked = self._sender.repeated(request, headers)
                response = opening.enter_context(self._sender.answered(source, asked))
                if response.status_code in BUSY:
                    raise refusal(source, asked, response)
                opened.push(opening.pop_all())
                return response

        with ExitStack() as opened:
            yield tries.copy()(attempt)

    def _send(
        self,
        source: Source,
        request: httpx.Request,
        read: Callable[[httpx.Response], _Read],
        *,
        allow: frozenset[int],
        etag: str | None,
        tries: Retrying | None = None,
    ) -> _Read | None:
        def attempt() -> _Read | None:
            with self._sender.answered(source, request) as response:
                if (response.status_code == 304 and 304 not in allow) or (
                    etag and response.headers.get("etag") == etag
                ):
                    return None
                if response.is_success or response.status_code in allow:
                    return read(response)
                raise refusal(source, request, response)

        return (tries or self._new_tries())(attempt)
