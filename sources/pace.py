"""The pace that a host is asked at, kept by all threads together."""

import math
import threading
import time
from collections.abc import Callable


class Pace:
    """Lets a host be asked once in so many seconds; threads that share one wait for each other's turns.

    >>> waited = []
    >>> pace = Pace(waited.append)
    >>> [pace.take_turn(host, seconds=9) for host in ("a", "a", "b")], [round(seconds) for seconds in waited]
    ([True, True, True], [9])
    """

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_at: dict[str, float] = {}

    def take_turn(self, host: str, *, seconds: float, until: float = math.inf) -> bool:
        """Sleeps until this thread may ask the host; whoever is next waits `seconds` more.

        False, without a pause and a turn, where that would not be before `until`, by `time.monotonic()`.
        """
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_at.get(host, 0.0))
            if turn >= until:
                return False
            self._next_at[host] = turn + seconds
        if turn > now:
            self._sleep(turn - now)
        return True
