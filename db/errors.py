"""What can go wrong with the warehouse, named for what the caller does next.

WarehouseError
├── WarehouseBusy       another process writes: try again later (exit code 75)
├── WarehouseMissing    there is no warehouse here yet: run `prospekt init` (exit code 3)
├── MigrationRefused    a migration was edited or is unknown: do not go on
├── DiskFull            nothing was committed: make room, run again
├── FolderReadOnly      the data folder cannot be written to
├── PublishRefused      a new file misses its contract: the last good one stays (exit code 5)
└── QueryStopped        a reader's query hit a limit or was refused
    ├── QueryTooLong    it hit its time limit (exit code 4)
    ├── QueryTooBig     it, its memory or its answer is larger than the limit (exit code 4)
    └── QueryRefused    it is not a read, or it is not valid SQL (exit code 2)
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path


class WarehouseError(Exception):
    """Root of everything that goes wrong with the warehouse."""


class WarehouseBusy(WarehouseError):
    """Another process holds the writer's lock; `is_reader` where it only looks."""

    def __init__(self, *, holder: str, pid: int, since: datetime, path: Path, is_reader: bool = False) -> None:
        super().__init__(
            f"The warehouse is being {'read' if is_reader else 'written'} by `{holder}` (process {pid}) since {since:%Y-%m-%d %H:%M:%S} UTC. "
            "Try again when it has finished; find, why, company, mark, edit and suppress work meanwhile."
        )
        self.holder = holder
        self.pid = pid
        self.since = since
        self.path = path
        self.is_reader = is_reader


class WarehouseMissing(WarehouseError):
    """There is nothing to read at this place."""

    def __init__(self, path: Path, *, what: str, do: str) -> None:
        super().__init__(f"There is no {what} at {path}. {do}")
        self.path = path


class MigrationRefused(WarehouseError):
    """The warehouse and the program do not agree on the migrations."""


class DiskFull(WarehouseError):
    """The disk is full; the running statement was rolled back."""

    def __init__(self, path: Path, *, needed_bytes: int | None = None) -> None:
        need = f" (about {needed_bytes / 1e9:.1f} GB are needed)" if needed_bytes is not None else ""
        super().__init__(
            f"The disk that holds {path} is full{need}. Nothing of this run was kept; make room and run it again."
        )
        self.path = path


class FolderReadOnly(WarehouseError):
    """The data folder, or another that has to be, cannot be written to."""

    def __init__(self, path: Path, *, instead: str = "choose another folder with --data") -> None:
        super().__init__(f"{path} cannot be written to. Change its permissions, or {instead}.")
        self.path = path


class QueryStopped(WarehouseError):
    """A reader's query did not run to its end."""


class QueryTooLong(QueryStopped):
    """A reader's query hit its time limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The query was stopped after {seconds:g} s. Narrow it, or give it more with --seconds.")
        self.seconds = seconds


class QueryTooBig(QueryStopped):
    """A reader's query is too long, or it or its answer needs more memory than the limit."""


class QueryRefused(QueryStopped):
    """A reader's query is not a single read, or it is not valid SQL."""


class PublishRefused(WarehouseError):
    """A new published file misses its contract; the last good one stays."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Nothing was published, the last files stay: " + "; ".join(problems) + ".")
        self.problems = tuple(problems)
