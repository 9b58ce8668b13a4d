"""What is sent, and where to: to the hosts of a source only, at its pace, with secrets that no redirect carries off."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx

from sources.errors import SourceAborted
from sources.pace import Pace
from sources.proxy import find_proxy, tell_proxy
from sources.retry import no_answer
from sources.secret import Hidden
from sources.source import Source
from sources.steady import SteadyStream
from sources.wire import SecretTransport

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
_ONLY_NEWS = frozenset({"if-none-match", "if-modified-since"})
"""A server judges these before it looks for a part (RFC 9110, 13.2.2)."""


class Sender:
    """Asks the hosts of declared sources, each at its pace, and follows where they redirect to one another.

    `environ` is where a source's address may be overridden and a proxy be named. Threads may share one.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        timeout_seconds: float,
        connect_seconds: float,
        environ: Mapping[str, str],
        sleep: Callable[[float], None],
    ) -> None:
        self._environ = environ
        self._pace = Pace(sleep)
        self.has_reached = False
        """Whether any server answered anything."""
        self._client = httpx.Client(
            transport=SecretTransport(),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(timeout_seconds, connect=min(connect_seconds, timeout_seconds)),
        )

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

    def request(
        self,
        source: Source,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        hidden: Hidden | None = None,
        headers: Mapping[str, str],
        posted: tuple[str, bytes] | None = None,
    ) -> httpx.Request:
        """A question to a host of the source; `posted` is the media type and the text of one that goes with POST.

        Raises SourceAborted where `url` leads to a host that is not the source's.
        """
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

    def repeated(self, request: httpx.Request, headers: Mapping[str, str]) -> httpx.Request:
        """The same question with further headers, no longer on condition that the answer is news."""
        kept = {name: value for name, value in request.headers.items() if name not in _ONLY_NEWS}
        return self._client.build_request(
            request.method, request.url, headers={**kept, **headers}, extensions=request.extensions
        )

    @contextmanager
    def answered(self, source: Source, request: httpx.Request) -> Iterator[httpx.Response]:
        """The answer after all redirects; what goes wrong on the way is told in our own words, without secrets.

        Raises RetryableError where no answer comes (NoConnection where nobody is reached), SourceAborted where one cannot
        be read or leads away from the source's hosts.
        """
        try:
            for _ in range(MOST_REDIRECTS + 1):
                self._take_turn(source, request.url)
                request.extensions["proxy"] = find_proxy(source.name, self._environ, request.url)
                response = self._client.send(request, stream=True)
                self.has_reached = True
                if not request.extensions.get("listens") and isinstance(response.stream, httpx.SyncByteStream):
                    response.stream = SteadyStream(response.stream)
                try:
                    if response.status_code not in REDIRECTS or "location" not in response.headers:
                        yield response
                        return
                    request = self._redirected(source, request, response.headers["location"])
                finally:
                    response.close()
        except (httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError, httpx.ProxyError) as error:
            if isinstance(error, httpx.ProxyError) and not str(error).startswith("5"):  # the status that it says
                raise SourceAborted(
                    f"{tell_proxy(request.extensions['proxy'])} lets nobody through to {request.url.host} ({error}).",
                    source=source.name,
                    hint="docs/refresh.md says how a proxy and its login are named, and what goes past it.",
                ) from None
            raise no_answer(source, request, error) from None
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
        return self._client.build_request(
            "GET", target, headers=headers, extensions={**request.extensions, "hidden": hidden}
        )

    def _hosts(self, source: Source) -> frozenset[str]:
        return source.hosts | {httpx.URL(url).host for url in (self.base_url(source), self.bulk_url(source))}

    def _take_turn(self, source: Source, url: httpx.URL) -> None:
        self._pace.take_turn(f"{url.scheme}://{url.netloc.decode()}", seconds=60 / source.requests_per_minute)
