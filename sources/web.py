"""Reads a few pages of a stranger's web site: politely, within bounds, and never outside the public internet.

Everything that a site says is hostile until shown otherwise: where it redirects, how long it answers, how much, and
into what its bytes unpack. `sources/http.py` is for sources that we declare; this is for addresses that others wrote
down. No proxy is used, whatever the environment says: it would connect for us to addresses that nobody checked.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpcore
import httpx
from protego import Protego

from sources.errors import PageRefused
from sources.guard import Reach, read_address
from sources.lookup import Outcome
from sources.pace import Pace

MOST_REQUESTS = 6
"""Of one site, robots.txt and redirects included."""
MOST_PAGE_BYTES = 3 << 20
"""Of one page, unpacked; on the wire too."""
MOST_ROBOTS_BYTES = 500 << 10
"""RFC 9309 asks crawlers to read at least this much of a robots.txt."""
MOST_SECONDS = 45.0
"""For one site, waiting for our turns included."""
MOST_PAUSE = 15.0
"""A site that asks for a longer pause between two requests is not read."""
PAUSE = 1.0
"""Seconds between two requests to one host."""
HTML = frozenset({"text/html", "application/xhtml+xml"})
XML = frozenset({"application/xml", "text/xml", "application/rss+xml"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 << 10
_FORBIDDING = frozenset({401, 402, 403, 407, 451})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it came: its own address after redirects, headers in lower case, and its bytes, unpacked."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str:
        """The first header of that name (lower case); empty where there is none."""
        return next((value for given, value in self.headers if given == name), "")


class WebClient:
    """Visits sites; `reach` is where to, `limits` are for tests. Threads may share one: each host keeps its pace."""

    def __init__(
        self,
        *,
        user_agent: str,
        reach: Reach | None = None,
        most_seconds: float = MOST_SECONDS,
        pause: float = PAUSE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._agent = user_agent
        self._reach = reach or Reach()
        self._most_seconds = most_seconds
        self._pause = pause
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._pace = Pace(sleep)

    @contextmanager
    def visit(self) -> Iterator["Visit"]:
        """A visit to one site: its requests, time and robots.txt count together, its connections end with it."""
        wire = _Wire(self._reach, time.monotonic() + self._most_seconds)
        with httpcore.ConnectionPool(
            ssl_context=self._tls, max_connections=1, max_keepalive_connections=1, network_backend=wire
        ) as pool:
            yield Visit(pool, wire, self._agent, self._take_turn)

    def _take_turn(self, host: str, pause: float, until: float) -> None:
        """Sleeps until the host may be asked again, by all threads together."""
        if not self._pace.take_turn(host, seconds=max(pause, self._pause), until=until):
            raise _timed_out(host)


@dataclass(slots=True)
class Visit:
    """One site being read; every method raises PageRefused, with the outcome that this is for its company."""

    _pool: httpcore.ConnectionPool
    _wire: "_Wire"
    _agent: str
    _take_turn: Callable[[str, float, float], None]
    _robots: dict[str, Protego] = field(default_factory=dict)
    _pauses: dict[str, float] = field(default_factory=dict)
    requests: int = 0

    @property
    def requests_left(self) -> int:
        """How many requests the visit may still make."""
        return MOST_REQUESTS - self.requests

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of a page read before names."""
        rules = self._robots.get(_origin(read_address(url)))
        return () if rules is None else tuple(rules.sitemaps)

    def read(self, address: str, *, types: frozenset[str] = HTML) -> Page:
        """The page at an address, after its redirects; only of these content types, and only where robots.txt lets us."""
        url = read_address(address)
        while True:
            self._ask_leave(url)
            page, location = self._fetch(url, types, MOST_PAGE_BYTES, cut=False)
            if page is not None:
                return page
            url = read_address(location, base=str(url))

    def _ask_leave(self, url: httpx.URL) -> None:
        """Raises where the robots.txt of the page's origin forbids it, or cannot be had (RFC 9309)."""
        origin = _origin(url)
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        rules = self._robots[origin]
        if not rules.can_fetch(str(url), self._agent):
            raise PageRefused(f"robots.txt of {url.host} forbids it", code="robots_forbid", outcome=Outcome.BLOCKED)
        self._pauses[url.host] = float(rules.crawl_delay(self._agent) or 0)
        if not self._pauses[url.host] <= MOST_PAUSE:  # so that what is no number is refused, too
            raise PageRefused(
                f"robots.txt of {url.host} asks for {self._pauses[url.host]:,.0f} seconds between requests",
                code="too_slow_a_pace",
                outcome=Outcome.BLOCKED,
            )

    def _read_robots(self, origin: str) -> Protego:
        url = read_address(f"{origin}/robots.txt")
        while True:
            try:
                page, location = self._fetch(url, None, MOST_ROBOTS_BYTES, cut=True)
            except PageRefused as refused:
                if refused.code in ("not_found", "page_forbidden", "odd_status"):
                    return Protego.parse("")
                if refused.code in ("busy", "server_error"):
                    raise PageRefused(
                        f"robots.txt of {url.host} cannot be had", code="robots_unreachable", outcome=Outcome.BLOCKED
                    ) from None
                raise
            if page is not None:
                return Protego.parse(page.body.decode("utf-8", "replace").replace("\0", ""))
            url = read_address(location, base=str(url))

    def _fetch(
        self, url: httpx.URL, types: frozenset[str] | None, most_bytes: int, *, cut: bool
    ) -> tuple[Page | None, str]:
        """A page, or the place to which it redirects."""
        if not self.requests_left:
            raise PageRefused(
                f"{url.host} leads on and on: {MOST_REQUESTS} requests did not suffice",
                code="too_many_requests",
                outcome=Outcome.FAILED,
            )
        self._take_turn(url.host, self._pauses.get(url.host, 0.0), self._wire.until)
        self.requests += 1
        self._wire.left_bytes = most_bytes + (256 << 10)  # headers and handshake besides
        accept = "text/html,application/xhtml+xml" if types == HTML else "*/*"
        host = url.netloc.decode("ascii")
        headers = {"Host": host, "User-Agent": self._agent, "Accept": accept, "Accept-Encoding": "gzip"}
        extensions = {"timeout": {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 10.0}}
        try:
            with self._pool.stream(
                "GET",
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=list(headers.items()),
                extensions=extensions,
            ) as response:
                given = tuple(
                    (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers
                )
                location = next((value for name, value in given if name == "location"), "")
                if response.status in _REDIRECTS and location:
                    return None, location.encode("latin-1").decode("utf-8", "replace")
                _refuse_status(url.host, response.status)
                page = Page(url=str(url), headers=given, body=b"", fetched_at=datetime.now(UTC))
                chunks = _unpacked(url.host, page.header("content-encoding"), response.iter_stream(), most_bytes)
                body = _gathered(url.host, chunks, most_bytes, cut=cut)
                _refuse_type(url.host, page.header("content-type"), body, types)
                return Page(url=page.url, headers=given, body=body, fetched_at=page.fetched_at), ""
        except PageRefused:
            raise
        except (httpcore.TimeoutException, TimeoutError):
            raise _timed_out(url.host) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            code = "no_connection" if isinstance(error, httpcore.ConnectError) else "odd_answer"
            said = "does not answer" if code == "no_connection" else "answers in a way that cannot be read"
            raise PageRefused(f"{url.host} {said}", code=code, outcome=Outcome.FAILED) from None


class _Wire(httpcore.NetworkBackend):
    """Connects to checked addresses only, and watches time and bytes of what comes back."""

    def __init__(self, reach: Reach, until: float) -> None:
        self._reach = reach
        self._system = httpcore.SyncBackend()
        self.until = until
        self.left_bytes = 0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to an address of the host that was checked: the name is not resolved again."""
        for last, (address, at_port) in enumerate(found := self._reach.check(host, port), start=1):
            try:
                stream = self._system.connect_tcp(
                    address, at_port, self.patience(timeout), local_address, socket_options
                )
                return _Watched(stream, self)
            except httpcore.ConnectError:
                if last == len(found):
                    raise
        raise httpcore.ConnectError(host)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Never: no web site is behind a file."""
        raise httpcore.ConnectError(path)

    def patience(self, timeout: float | None) -> float:
        """The seconds that may still be waited; a site that drips a byte at a time ends with the visit, too."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)

    def count(self, received: int) -> None:
        """Raises PageRefused where an answer is larger on the wire than any page."""
        self.left_bytes -= received
        if self.left_bytes < 0:
            raise _too_large("the site")


class _Watched(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, wire: _Wire) -> None:
        self._stream = stream
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._wire.patience(timeout))
        self._wire.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._wire.patience(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        begun = self._stream.start_tls(ssl_context, server_hostname, self._wire.patience(timeout))  # type: ignore[arg-type]
        return _Watched(begun, self._wire)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _refuse_status(host: str, status: int) -> None:
    """Raises for every status but 200 and its like."""
    if status in (404, 410):
        raise PageRefused(f"{host} has no such page (HTTP {status})", code="not_found", outcome=Outcome.NO_DATA)
    if status in _FORBIDDING:
        raise PageRefused(f"{host} forbids the page (HTTP {status})", code="page_forbidden", outcome=Outcome.BLOCKED)
    if status in (429, 503):
        raise PageRefused(f"{host} is busy (HTTP {status})", code="busy", outcome=Outcome.RATE_LIMITED)
    if status >= 500:
        raise PageRefused(f"{host} fails (HTTP {status})", code="server_error", outcome=Outcome.FAILED)
    if status not in (200, 203):
        raise PageRefused(f"{host} answers HTTP {status}", code="odd_status", outcome=Outcome.FAILED)


def _refuse_type(host: str, declared: str, body: bytes, types: frozenset[str] | None) -> None:
    """Raises where an answer is not of the types asked for; one that declares none has to look like a page."""
    kind = declared.partition(";")[0].strip().lower()
    if types is None or kind in types or (not kind and body.lstrip()[:1] == b"<"):
        return
    raise PageRefused(
        f"{host} answers with {kind[:60] or 'something'}, not a page", code="not_a_page", outcome=Outcome.FAILED
    )


def _unpacked(host: str, encoding: str, chunks: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """The chunks, unpacked no further than they may be kept: a bomb is not let off to see how large it was."""
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        yield from chunks
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise PageRefused(f"{host} packs pages as {coding[:40]}", code="odd_encoding", outcome=Outcome.FAILED)
    unpack = zlib.decompressobj(47)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                yield unpack.decompress(rest, _CHUNK)
                rest = unpack.unconsumed_tail
        yield unpack.decompress(unpack.unconsumed_tail, most_bytes + 1)
    except zlib.error:
        raise PageRefused(
            f"{host} sends a page that cannot be unpacked", code="odd_answer", outcome=Outcome.FAILED
        ) from None


def _gathered(host: str, chunks: Iterable[bytes], most_bytes: int, *, cut: bool) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            if cut:
                return bytes(body[:most_bytes])
            raise _too_large(host)
    return bytes(body)


def _too_large(host: str) -> PageRefused:
    return PageRefused(f"{host} sends a page that is too large", code="too_large", outcome=Outcome.FAILED)


def _timed_out(host: str) -> PageRefused:
    return PageRefused(f"{host} takes too long", code="timed_out", outcome=Outcome.TIMED_OUT)
