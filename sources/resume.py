"""A file that breaks off on its way is taken up where it broke, where its server sends parts (RFC 9110, sections 13 and 14).

Large files are cut more often than small ones, and to begin anew is to be cut again. What is not exactly the rest of the
very same file, or as much of it as the server sends at once, is not taken: then it is begun anew.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx

from sources.errors import RetryableError
from sources.source import Source
from sources.steady import TooSlow
from sources.stream import CHUNK

MOST_RESUMED = 20
"""So often one file is taken up again where it broke."""
MOST_IN_VAIN = 2
"""After so many answers running that brought less than a CHUNK it is begun anew, after a pause."""
SURELY_LATER = timedelta(seconds=60)
"""A file that was changed so long before it was sent has not changed twice within the second that its time tells."""
_PART = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})", re.ASCII)
_BROKEN = (httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError)


def whole_body(
    source: Source,
    response: httpx.Response,
    ask: Callable[[Mapping[str, str]], AbstractContextManager[httpx.Response]],
) -> Iterator[bytes]:
    """The body of a file; where the connection breaks, what is missing is had by `ask`, which takes further headers.

    Of a server that sends no more than so much at once one part is asked for after another. Raises what broke it off where
    it came too slowly, parts bring next to nothing, the server sends none, or nothing tells the file from another;
    RetryableError where what comes is not the next of this file.
    """
    same, came, broken, in_vain = _what_it_is(response), 0, 0, 0
    end = 0 if same is None else same.size_bytes
    with ExitStack() as opened:
        while True:
            begun_at = came
            try:
                for chunk in response.iter_bytes(CHUNK):
                    came += len(chunk)
                    yield chunk
                if same is None or came == same.size_bytes:
                    return
                if came != end:
                    raise _not_the_rest(source, response)
                in_vain = 0
            except TooSlow:
                raise  # so would the rest be
            except _BROKEN:
                broken, in_vain = broken + 1, in_vain + 1 if came == begun_at else 0
                if same is None or not came or broken > MOST_RESUMED or in_vain == MOST_IN_VAIN:
                    raise
            opened.close()
            response = opened.enter_context(ask({"Range": f"bytes={came}-", "If-Range": same.validator}))
            end = same.end_of_part(response, came)
            if not end:
                raise _not_the_rest(source, response)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WhatItIs:
    """What tells a file from any other: the value of one header of its answer, which no other file has, and its size."""

    header: str
    validator: str
    size_bytes: int

    def end_of_part(self, response: httpx.Response, start: int) -> int:
        """The byte before which an answer ends that is of this very file from `start` on; 0 where it is not, or too short a part."""
        said = response.headers
        part = _PART.fullmatch(said.get("content-range", ""))
        if response.status_code != 206 or part is None or "content-encoding" in said:
            return 0
        first, last, size = (int(number) for number in part.groups())
        is_this = (first, size, said.get(self.header)) == (start, self.size_bytes, self.validator)
        goes_on = last == size - 1 or CHUNK <= last + 1 - start < size - start
        return last + 1 if is_this and goes_on else 0


def _what_it_is(response: httpx.Response) -> _WhatItIs | None:
    """What a part of the file may be asked for by; null where none may be."""
    said = response.headers
    size = said.get("content-length", "")
    if response.status_code != 200 or said.get("accept-ranges") != "bytes" or "content-encoding" in said:
        return None
    header = "etag" if "etag" in said else "last-modified"
    is_strong = said["etag"].startswith('"') if "etag" in said else _is_surely_later(said)
    if not (is_strong and size.isascii() and size.isdecimal()):
        return None
    return _WhatItIs(header=header, validator=said[header], size_bytes=int(size))


def _is_surely_later(said: httpx.Headers) -> bool:
    """Whether the file was sent so long after its last change that the time of it tells it from any other (8.8.2.2)."""
    try:
        changed, sent = (parsedate_to_datetime(said[name]) for name in ("last-modified", "date"))
        return sent - changed >= SURELY_LATER
    except (KeyError, ValueError, TypeError):  # not said, no time, or only one of them with a zone
        return False


def _not_the_rest(source: Source, response: httpx.Response) -> RetryableError:
    return RetryableError(
        f"{source.name}: {response.url.host} broke off a file, and does not send the rest of it.",
        source=source.name,
        url=str(response.url),
    )
