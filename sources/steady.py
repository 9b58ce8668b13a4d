"""An answer that comes too slowly for too long is given up: a byte a minute keeps every time limit, and never ends."""

import time
from collections.abc import Callable, Iterator

import httpx

FEWEST_BYTES_A_SECOND = 1_000
GRACE_SECONDS = 120.0
"""So long an answer may come as slowly as it likes: only waiting counts, not what is done with what came."""


class TooSlow(httpx.ReadTimeout):
    """An answer came, and too little of it in its time."""


class SteadyStream(httpx.SyncByteStream):
    """The bytes of an answer as they come; raises TooSlow where they come too slowly.

    >>> def trickle():
    ...     yield from (b"x" * 500 for _ in range(4))
    >>> moments = iter(range(0, 1000, 60))
    >>> stream = SteadyStream(trickle(), clock=lambda: next(moments))  # a minute each, of which half is waited
    >>> [len(chunk) for chunk in stream]
    Traceback (most recent call last):
    sources.steady.TooSlow: 1,500 bytes in 180 seconds
    """

    def __init__(self, bytes_: httpx.SyncByteStream, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bytes, self._clock = bytes_, clock

    def __iter__(self) -> Iterator[bytes]:
        # both since it was last fast enough: what came before does not pay for what comes no more
        waited, came, coming = 0.0, 0, iter(self._bytes)
        while True:
            asked_at = self._clock()
            chunk = next(coming, None)
            waited += self._clock() - asked_at
            if chunk is None:
                return
            came += len(chunk)
            if came >= FEWEST_BYTES_A_SECOND * waited:
                waited, came = 0.0, 0
            elif waited > GRACE_SECONDS:
                raise TooSlow(f"{came:,} bytes in {waited:.0f} seconds")
            yield chunk

    def close(self) -> None:
        """Lets go of the connection."""
        self._bytes.close()
