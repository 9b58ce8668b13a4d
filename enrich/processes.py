"""Work shared among processes, where there is enough of it to be worth starting them."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, islice
from multiprocessing import current_process, get_context, parent_process
from threading import Thread
from typing import TypeVar

import pyarrow as pa

P = TypeVar("P")
R = TypeVar("R")

ALONE = 100_000
"""Rows up to which starting other processes costs more than it saves."""

ROWS_AT_ONCE = 50_000
"""Rows handed to a process at a time."""

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


def share_rows(
    work: Callable[[pa.Table], pa.Table], parts: Iterable[pa.Table], columns: Sequence[str]
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The rows of all parts, some at once, in their order, and the result of `work` on the `columns` of these.

    In other processes where there are more than `ALONE` rows. Columns without a value are not handed over.
    """
    handed: deque[pa.Table] = deque()

    def hand_over(cut: Iterable[pa.Table]) -> Iterator[pa.Table]:
        for part in cut:
            handed.append(part)
            # combined, because a slice would take the whole of its columns along to the other process
            yield part.select([name for name in columns if part[name].null_count < len(part)]).combine_chunks()

    cut = gather_rows(parts, ROWS_AT_ONCE)
    first = list(islice(cut, ALONE // ROWS_AT_ONCE + 1))
    is_long = sum(part.num_rows for part in first) > ALONE
    for done in share_work(work, hand_over(chain(first, cut)), processes=None if is_long else 1):
        yield handed.popleft(), done


def gather_rows(parts: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The rows of parts of one schema, so many at once, and fewer of them last.

    >>> [part["n"].to_pylist() for part in gather_rows([pa.table({"n": [1, 2, 3]}), pa.table({"n": [4]})], 2)]
    [[1, 2], [3, 4]]
    """
    waiting: list[pa.Table] = []
    many = 0
    for part in parts:
        waiting.append(part)
        many += part.num_rows
        while many >= rows:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, rows)
            waiting, many = [joined.slice(rows)], many - rows
    if many:
        yield pa.concat_tables(waiting)


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
