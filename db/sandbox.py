"""The safe SQL door: one question to a published file, with no way to change, read or reach anything else."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from db.errors import QueryTooLong
from db.warehouse import Warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAnswer:
    """Rows of an answer; `is_truncated` where there are more than were asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    is_truncated: bool
    seconds: float


def ask(path: Path, sql: str, *, attached: Path | None = None, seconds: float = 10, rows: int = 1000) -> SandboxAnswer:
    """The answer of a published file to one SELECT, WITH, DESCRIBE, SHOW or SUMMARIZE.

    `attached` is the people file, as catalogue `people`. At most `rows` rows are given and `seconds` spent. The
    connection is read only, reaches no file and no network, and its settings are locked. Raises `QueryRefused` for
    anything else or for SQL that is not valid, `QueryTooLong` at the time limit.
    """
    begun = time.monotonic()
    with Warehouse.open_to_read(path, attached=attached) as warehouse:
        done, late = threading.Event(), threading.Event()
        guard = threading.Thread(target=_stop_after, args=(warehouse, seconds, done, late), daemon=True)
        guard.start()
        try:
            columns, found = warehouse.head(sql, rows=rows + 1)
        except KeyboardInterrupt:
            if late.is_set():
                raise QueryTooLong(seconds) from None
            raise
        finally:
            done.set()
            guard.join()
    return SandboxAnswer(
        columns=columns, rows=tuple(found[:rows]), is_truncated=len(found) > rows, seconds=time.monotonic() - begun
    )


def _stop_after(warehouse: Warehouse, seconds: float, done: threading.Event, late: threading.Event) -> None:
    """Interrupt the query at its time limit; again and again, since one that comes between two statements is lost."""
    wait = seconds
    while not done.wait(wait):
        late.set()
        warehouse.interrupt()
        wait = 0.05
