"""The threads of searches, kept from one search to the next: to start some takes as long as a statement of SQL."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

_Work = TypeVar("_Work")
_Done = TypeVar("_Done")


def run_beside(work: Callable[[_Work], _Done], pieces: Iterable[_Work], *, pool: str) -> list[_Done]:
    """What `work` gives of each piece, in their order, worked out in the threads of a pool, as many as there are cores.

    Nothing of it still runs when this ends, however it ends. Work may call this with another pool, never with its own.

    >>> run_beside(len, ["Berg AS", "Dal"], pool="words")
    [7, 3]
    """
    begun: list[Future[_Done]] = []
    try:
        begun += (_threads(pool).submit(work, piece) for piece in pieces)
        return [each.result() for each in begun]
    finally:
        for each in begun:
            each.cancel()
        wait(begun)


@cache
def _threads(pool: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix=f"search-{pool}")
