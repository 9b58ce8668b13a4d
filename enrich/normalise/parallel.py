"""Long lists of names normalised on all processors."""

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import current_process, get_context

import pyarrow as pa

from enrich.normalise.name import normal_columns

ALONE = 100_000
"""Names up to which starting other processes costs more than it saves."""

AT_ONCE = 50_000
"""Names handed to a process at a time; at most two such parts a process wait, which bounds the memory."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("core_name", "core_key", "name_key", "legal_form_class")])


def normalise_in_parallel(names: pa.ChunkedArray | Sequence[str]) -> pa.Table:
    """Names in their comparable forms (`NormalName`), a row each in the same order; a null name gives empty texts.

    More than `ALONE` names are shared among processes, as many as there are processors, each of which holds about
    300 MB at most. Where none can be started, for example within another pool, this process does it all.

    >>> normalise_in_parallel(["Bjørn Dåhle AS"]).to_pylist()
    [{'core_name': 'bjorn dahle', 'core_key': 'bjorndahle', 'name_key': 'bjorndahle|as', 'legal_form_class': 'as'}]
    """
    column = names if isinstance(names, pa.ChunkedArray) else pa.chunked_array([pa.array(names, pa.string())])
    # combined: a mere slice would take the whole column along to the other process
    parts = [column.slice(start, AT_ONCE).combine_chunks() for start in range(0, len(column), AT_ONCE)]
    if len(column) > ALONE and _processors() > 1 and not current_process().daemon:
        try:
            return pa.Table.from_batches(_normalise_parts(parts), SCHEMA)
        except BrokenProcessPool:  # a process could not start, or was killed: slower, but the same answer
            pass
    return pa.Table.from_batches([normalise_part(part) for part in parts], SCHEMA)


def normalise_part(names: pa.Array) -> pa.RecordBatch:
    """As `normalise_in_parallel`, in this process."""
    columns = normal_columns([name or "" for name in names.to_pylist()])
    return pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=SCHEMA)


def _normalise_parts(parts: Sequence[pa.Array]) -> Iterator[pa.RecordBatch]:
    workers = min(_processors(), len(parts))
    waiting: deque[Future[pa.RecordBatch]] = deque()
    # spawned, because a fork would copy the database's threads half
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupt_to_parent) as pool:
        try:
            for part in parts:
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(normalise_part, part))
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _leave_interrupt_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
