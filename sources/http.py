"""The one HTTP client: polite, patient, and unable to spill a secret.

Secrets travel as `Secret` and join the request below the layer that logs; answers are redacted of what a source's
declaration says is never stored before a caller or the disk sees them. Only questions are asked, with GET or, where a
server wants them so, with POST: every request may be repeated.
"""

import errno
import hashlib
import importlib.metadata
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

import httpx
import tenacity
from tenacity.stop import stop_base

from sources.errors import NoConnection, RetryableError, SourceAborted
from sources.refusal import refusal
from sources.secret import Hidden, Secret, SecretTransport, find_secret
from sources.source import Source
from sources.stream import measured, redacted, refuse_web_page, unpacked

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
MOST_ANSWER_BYTES = 64 << 20
MOST_FILE_BYTES = 16 << 30
ATTEMPTS = 6
"""So often a busy server is asked."""
ATTEMPTS_TO_CONNECT = 2
"""So often a host is tried that cannot be reached: where there is no way today, there is none in a minute."""
CONNECT_SECONDS = 10.0
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})

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
class NextTry:
    """A question that is put again after a pause: why, and which try of how many it will be."""

    error: RetryableError
    attempt: int
    attempts: int
    pause_seconds: float


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
    may share one client. `environ` is where a source's address may be overridden.
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
        self._sleep = sleep
        self._attempts = attempts
        self._tell_next = tell_next
        self.has_reached = False
        """Whether any server answered anything."""
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(RetryableError),
            stop=tenacity.stop_after_attempt(attempts)
            | tenacity.stop_before_delay(patience_seconds)
            | _StopWhereAskedTooLong(longest_pause_seconds)
            | _StopWhereNobodyIsReached(),
            wait=_pause,
            sleep=sleep,
            before_sleep=self._tell_pause,
            reraise=True,
        )
        self._client = httpx.Client(
            transport=SecretTransport(),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(timeout_seconds, connect=min(connect_seconds, timeout_seconds)),
        )
        self._lock = threading.Lock()
        self._next_at: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of all connections."""
        self._client.close()

    def base_url(self, source: Source) -> str:
        """Where the source answers: its declared address, or the one that the environment names instead."""
        return (self._environ.get(source.base_url_env) or source.base_url).rstrip("/")

    def bulk_url(self, source: Source) -> str:
        """Where the source's whole files are."""
        declared = self._environ.get(f"{source.base_url_env}_BULK") or source.bulk_url
        return declared.rstrip("/") or self.base_url(source)

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
        request = self._request(source, url, params=params, hidden=hidden, headers=asked, posted=posted)
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
        request = self._request(source, url, headers=headers)

        def read(response: httpx.Response) -> Download:
            digest = hashlib.sha256()
            chunks = measured(source, response, most_bytes, digest.update)
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

        return self._send(source, request, read, allow=frozenset(), etag=etag)

    def take(
        self,
        source: Source,
        url: str,
        make: Callable[[Iterator[bytes]], _Made],
        *,
        etag: str | None = None,
        accept: str = "*/*",
        most_bytes: int = MOST_FILE_BYTES,
    ) -> Taken[_Made] | None:
        """What `make` makes of the file at `url` as it streams by; None where it still has this ETag or last change.

        For files whose bytes may not be kept as they come. `make` reads to the end and leaves nothing behind where it
        or the stream fails: it is called again then. Raises as `get` does, and what `make` raises.
        """
        asked = {} if etag is None else {"If-None-Match" if '"' in etag else "If-Modified-Since": etag}
        request = self._request(source, url, headers={"Accept": accept} | asked)

        def read(response: httpx.Response) -> Taken[_Made] | None:
            now = response.headers.get("etag") or response.headers.get("last-modified")
            if etag is not None and now == etag:
                return None
            digest = hashlib.sha256()
            chunks = measured(source, response, most_bytes, digest.update)
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

        return self._send(source, request, read, allow=frozenset(), etag=etag)

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
        request = self._request(source, url, params=params, hidden=hidden, headers=headers)

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

    def _request(
        self,
        source: Source,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        hidden: Hidden | None = None,
        headers: Mapping[str, str],
        posted: tuple[str, bytes] | None = None,
    ) -> httpx.Request:
        target = url if url.startswith(("http://", "https://")) else f"{self.base_url(source)}/{url}"
        kind, text = posted or (None, None)
        request = self._client.build_request(
            "GET" if posted is None else "POST",
            target,
            params=params,
            headers={**headers, **({} if kind is None else {"Content-Type": kind})},
            content=text,
            extensions={"hidden": hidden or Hidden()},
        )
        if request.url.host not in self._hosts(source):
            raise SourceAborted(f"{request.url.host} is not a host of this source.", source=source.name)
        return request

    def _hosts(self, source: Source) -> frozenset[str]:
        return source.hosts | {httpx.URL(url).host for url in (self.base_url(source), self.bulk_url(source))}

    def _send(
        self,
        source: Source,
        request: httpx.Request,
        read: Callable[[httpx.Response], _Read],
        *,
        allow: frozenset[int],
        etag: str | None,
    ) -> _Read | None:
        def attempt() -> _Read | None:
            with self._answered(source, request) as response:
                if (response.status_code == 304 and 304 not in allow) or (
                    etag and response.headers.get("etag") == etag
                ):
                    return None
                if response.is_success or response.status_code in allow:
                    return read(response)
                raise refusal(source, request, response)

        return self._retrying(attempt)

    @contextmanager
    def _answered(self, source: Source, request: httpx.Request) -> Iterator[httpx.Response]:
        """The answer after all redirects; what goes wrong on the way is told in our own words, without secrets."""
        try:
            for _ in range(MOST_REDIRECTS + 1):
                self._wait_turn(source, request.url)
                response = self._client.send(request, stream=True)
                self.has_reached = True
                try:
                    if response.status_code not in REDIRECTS or "location" not in response.headers:
                        yield response
                        return
                    request = self._redirected(source, request, response.headers["location"])
                finally:
                    response.close()
        except (httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError, httpx.ProxyError) as error:
            raise _no_answer(source, request, error) from None
        except httpx.HTTPError as error:
            raise SourceAborted(
                f"{request.url.host} gave an answer that cannot be read ({type(error).__name__}).", source=source.name
            ) from None
        raise SourceAborted(f"{request.url.host} redirects in circles.", source=source.name)

    def _redirected(self, source: Source, request: httpx.Request, location: str) -> httpx.Request:
        target = request.url.join(location)
        is_same_origin = (target.scheme, target.netloc) == (request.url.scheme, request.url.netloc)
        is_declared = target.host in self._hosts(source) and target.scheme in ("https", request.url.scheme)
        if request.method != "GET":  # what was to be posted is not carried to where nobody said it should go
            raise SourceAborted(
                f"{request.url.host} redirects a question to {target.host}.",
                source=source.name,
                hint="Its address seems to have changed.",
            )
        if not (is_same_origin or is_declared):
            raise SourceAborted(
                f"{request.url.host} redirects to {target.host}, which is not a host of this source.",
                source=source.name,
            )
        hidden = request.extensions["hidden"] if is_same_origin else Hidden()
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        return self._client.build_request("GET", target, headers=headers, extensions={"hidden": hidden})

    def _tell_pause(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RetryableError):
            most = ATTEMPTS_TO_CONNECT if isinstance(error, NoConnection) else self._attempts
            self._tell_next(
                NextTry(
                    error=error,
                    attempt=state.attempt_number + 1,
                    attempts=max(most, state.attempt_number + 1),
                    pause_seconds=state.upcoming_sleep,
                )
            )

    def _wait_turn(self, source: Source, url: httpx.URL) -> None:
        """Sleeps until this thread may ask the host, so that all threads together keep the host's pace."""
        origin = f"{url.scheme}://{url.netloc.decode()}"
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_at.get(origin, 0.0))
            self._next_at[origin] = turn + 60 / source.requests_per_minute
        if turn > now:
            self._sleep(turn - now)


def _no_answer(source: Source, request: httpx.Request, error: httpx.HTTPError) -> RetryableError:
    """What it means that a server gave no answer: it is away, or nobody can be reached from here."""
    host, url = request.url.host, str(request.url)
    why = _no_way(error)
    if why is None:
        return RetryableError(
            f"{source.name}: {host} did not answer ({type(error).__name__}).", source=source.name, url=url
        )
    return NoConnection(f"{source.name}: no connection to {host} ({why}).", source=source.name, url=url)


def _no_way(error: BaseException) -> str | None:
    """Why nobody was reached at all; None where somebody was, who then did not answer or refused."""
    if isinstance(error, httpx.ConnectTimeout):
        return "nobody answers there"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "its name cannot be resolved"
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return "no route leads there"
        cause = cause.__cause__ or cause.__context__
    return None


class _StopWhereNobodyIsReached(stop_base):
    """Gives up on a host to which there is no way."""

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        return isinstance(error, NoConnection) and state.attempt_number >= ATTEMPTS_TO_CONNECT


class _StopWhereAskedTooLong(stop_base):
    """Gives up on a server that asks for a longer pause than we wait: its wish is kept by not coming back."""

    def __init__(self, longest_seconds: float) -> None:
        self._longest_seconds = longest_seconds

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        return state.upcoming_sleep > self._longest_seconds


_GROWING = tenacity.wait_exponential_jitter(initial=1, max=60)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, RetryableError) else None
    return _GROWING(state) if asked is None else asked
