"""Work shared among processes, where there is enough of it to be worth starting them."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import current_process, get_context, parent_process
from threading import Thread
from typing import TypeVar

P = TypeVar("P")
R = TypeVar("R")

WAITING = 2
"""Parts that wait for each process at most, which bounds the memory."""


def share_work(work: Callable[[P], R], parts: Iterable[P], *, processes: int | None = None) -> Iterator[R]:
    """The result of `work` on every part, in their order; `work`, parts and results go from process to process (pickle).

    As many `processes` as there are processors, unless told otherwise. This process does what others cannot: all of it
    where none can be started (within another pool, in a program that a new process cannot import), the rest where one is killed.

    >>> list(share_work(abs, [-1, 2, -3], processes=1))
    [1, 2, 3]
    """
    count = count_processors() if processes is None else processes
    if count < 2 or current_process().daemon:
        yield from map(work, parts)
        return
    waiting: deque[tuple[P, Future[R] | None]] = deque()

    def next_result() -> R:
        part, future = waiting.popleft()
        if future is not None:
            with suppress(BrokenProcessPool):
                return future.result()
        return work(part)

    # spawned, because a fork would copy the database's threads half
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_follow_parent) as pool:
        try:
            for part in parts:
                if len(waiting) >= WAITING * count:
                    yield next_result()
                try:
                    waiting.append((part, pool.submit(work, part)))
                except BrokenProcessPool:
                    waiting.append((part, None))
            while waiting:
                yield next_result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def count_processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does: a parent that is killed tells nobody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
