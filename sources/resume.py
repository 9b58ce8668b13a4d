"""A file that breaks off on its way is taken up where it broke, where its server sends parts (RFC 9110, sections 13 and 14).

Large files are cut more often than small ones, and to begin anew is to be cut again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack

import httpx

from sources.errors import RetryableError
from sources.source import Source
from sources.stream import CHUNK

MOST_RESUMED = 20
"""So often one file is taken up again."""
_BROKEN = (httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError)


def whole_body(
    source: Source,
    response: httpx.Response,
    ask: Callable[[Mapping[str, str]], AbstractContextManager[httpx.Response]],
) -> Iterator[bytes]:
    """The body of a file; where the connection breaks, what is missing is had by `ask`, which takes further headers.

    Raises what broke it off where the server sends no parts, or names nothing by which the file is known to be the same;
    RetryableError where the file has changed meanwhile.
    """
    same, came = _what_it_is(response), 0
    with ExitStack() as opened:
        for left in range(MOST_RESUMED, -1, -1):
            try:
                for chunk in response.iter_bytes(CHUNK):
                    came += len(chunk)
                    yield chunk
                return
            except _BROKEN:
                if same is None or not left:
                    raise
            response = opened.enter_context(ask({"Range": f"bytes={came}-", "If-Range": same}))
            if response.status_code != 206 or not _begins_at(response, came):
                raise RetryableError(
                    f"{source.name}: {response.url.host} broke off a file, and does not send the rest of it.",
                    source=source.name,
                    url=str(response.url),
                )


def _what_it_is(response: httpx.Response) -> str | None:
    """What the file is known by, for a part of it to be asked for; null where no part may be."""
    said = response.headers
    if response.status_code != 200 or said.get("accept-ranges") != "bytes" or "content-encoding" in said:
        return None
    etag = str(said.get("etag", ""))
    # a weak one says that another file is as good, not that it is the same
    return etag if etag.startswith('"') else str(said.get("last-modified", "")) or None


def _begins_at(response: httpx.Response, place: int) -> bool:
    return str(response.headers.get("content-range", "")).startswith(f"bytes {place}-")
