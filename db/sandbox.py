"""The safe SQL door: questions to a published file, with no way to change, read or reach anything else.

They are answered by another process (`db/sandbox_process.py`): DuckDB does not hear an interrupt while it plans a
query or works on one huge value, but a process that is over its time always ends, and takes its memory along.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import pyarrow as pa
import pyarrow.ipc

from db.errors import QueryRefused, QueryStopped, QueryTooBig, QueryTooLong, WarehouseError, WarehouseMissing

MAX_STATEMENT_BYTES = 1_000_000
"""Longer SQL is not read: what is that long is a list of values that belongs into a file of its own."""

MEMORY_MB = 1000
"""What one question may hold, unless it is given more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """At most as many rows as were asked for; `is_truncated` where there are more."""

    table: pa.Table
    is_truncated: bool
    seconds: float

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns; each only once."""
        return tuple(self.table.column_names)

    @property
    def rows(self) -> tuple[tuple[object, ...], ...]:
        """The rows as Python values; times are aware, in UTC."""
        return tuple(zip(*map(_to_python, self.table.columns), strict=True)) if self.table.num_rows else ()


class Sandbox:
    """A published file open to questions, one after the other. Use it as a context manager.

    `attached` is the people file, as catalogue `people`; `memory_mb` what one question may hold. A process that was
    ended at a limit is begun anew by the next question.
    """

    def __init__(self, path: Path, *, attached: Path | None = None, memory_mb: int = MEMORY_MB) -> None:
        self._path = path
        self._attached = attached
        self._memory_mb = memory_mb

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, sql: str, *, seconds: float = 10, rows: int | None = 1000) -> Answer:
        """The answer to one SELECT, WITH, VALUES, DESCRIBE, SHOW or SUMMARIZE; all of its rows where `rows` is null.

        Raises `QueryRefused` for anything else or for SQL that is not valid, `QueryTooLong` and `QueryTooBig` at a
        limit, `WarehouseMissing` where there is no file.
        """
        if (size := len(sql.encode(errors="replace"))) > MAX_STATEMENT_BYTES:
            raise QueryTooBig(
                f"The statement is {size / 1e6:.1f} MB long; at most {MAX_STATEMENT_BYTES / 1e6:g} MB are read."
            )
        begun = time.monotonic()
        question = {"sql": sql.encode(errors="replace").decode(), "seconds": seconds, "rows": rows}
        try:
            said, body = self._exchange(question)
        except BaseException:  # Ctrl-C: what is half read cannot be read on
            self._end()
            raise
        if said is None:
            raise self._error_of_end(seconds)
        if said["error"] is not None:
            raise _ERRORS[said["error"]](said["text"])
        with pa.ipc.open_stream(body) as reader:
            table = reader.read_all()
        is_truncated = rows is not None and table.num_rows > rows
        return Answer(
            table=table.slice(0, rows) if is_truncated else table,
            is_truncated=is_truncated,
            seconds=time.monotonic() - begun,
        )

    @cached_property
    def _process(self) -> subprocess.Popen[bytes]:
        if not self._path.exists():
            raise WarehouseMissing(
                self._path, what="published file", do="Run `prospekt publish` (or `prospekt refresh`) first."
            )
        attached = "" if self._attached is None else str(self._attached.resolve())
        return subprocess.Popen(  # noqa: S603  # our own module; what is typed goes through its pipe
            [
                sys.executable,
                "-P",
                "-m",
                "db.sandbox_process",
                str(self._path.resolve()),
                attached,
                str(self._memory_mb),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)},
        )

    def _exchange(self, question: dict[str, object]) -> tuple[dict[str, Any] | None, bytes]:
        """What the process says and the rows it gives; null where it ended instead."""
        to, back = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        with suppress(BrokenPipeError):  # it ended already; reading tells
            to.write(json.dumps(question).encode() + b"\n")
            to.flush()
        line = back.readline()
        if not line.endswith(b"\n"):
            return None, b""
        said = json.loads(line)
        body = back.read(said["bytes"])
        return (said, body) if len(body) == said["bytes"] else (None, b"")

    def _error_of_end(self, seconds: float) -> QueryStopped:
        ended = self._process.wait()
        self._end()
        if ended == -signal.SIGALRM:
            return QueryTooLong(seconds)
        return QueryTooBig(
            f"The query needed more memory than its limit of {self._memory_mb:,} MB, or went too deep, and was ended. "
            "Narrow it, aggregate, or give it more with --memory."
        )

    def _end(self) -> None:
        process = self.__dict__.pop("_process", None)
        if process is not None:
            process.kill()
            process.communicate()


_ERRORS: dict[str, type[WarehouseError]] = {
    "refused": QueryRefused,
    "too_big": QueryTooBig,
    "failed": WarehouseError,
}


def ask(path: Path, sql: str, *, attached: Path | None = None, seconds: float = 10, rows: int | None = 1000) -> Answer:
    """One question to a published file; as `Sandbox.ask`."""
    with Sandbox(path, attached=attached) as sandbox:
        return sandbox.ask(sql, seconds=seconds, rows=rows)


def _to_python(column: pa.ChunkedArray) -> list[object]:
    """Python values; whole decimals (a sum of integers) as integers, days that Python does not know as text."""
    try:
        values: list[object] = column.to_pylist()
    except (OverflowError, ValueError):
        values = column.cast(pa.string()).to_pylist()
    if pa.types.is_decimal(column.type) and column.type.scale == 0:
        return [int(value) if isinstance(value, Decimal) else value for value in values]
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return [value.astimezone(UTC) if isinstance(value, datetime) else value for value in values]
    return values
