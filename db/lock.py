"""The writer's lock: one process writes a warehouse, and a second one is told who it is and since when."""

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock

from db.errors import DiskFull, FolderReadOnly, WarehouseBusy
from db.private import make_private_folder

READER_SECONDS = 30.0
"""So long a command waits for one that only looks; a writer is not waited for."""
_POLL_SECONDS = 0.05


@contextmanager
def hold_writer_lock(folder: Path, command: str, *, is_reader: bool = False) -> Iterator[None]:
    """Hold the lock of the warehouse in `folder`; raises `WarehouseBusy` at once where another process writes.

    `is_reader` says that nothing is written while it is held: others wait for the end of that, `READER_SECONDS` at most. The
    operating system lets go of the lock when the process ends, however it ends; the note beside it says who.
    """
    note = folder / "writer.json"
    lock = filelock.FileLock(folder / "writer.lock", timeout=0)
    try:
        make_private_folder(folder)
        _acquire(lock, note)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        said = {
            "command": command,
            "pid": os.getpid(),
            "since": datetime.now(UTC).isoformat(),
            "is_reader": is_reader,
        }
        try:
            note.write_text(json.dumps(said), encoding="utf-8")
        except OSError as error:
            raise _unwritable(note, error) from error
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _acquire(lock: filelock.BaseFileLock, note: Path) -> None:
    until = time.monotonic() + READER_SECONDS
    while True:
        try:
            lock.acquire()
            return
        except filelock.Timeout:
            busy = _busy(note)
            is_writer = busy.pid and not busy.is_reader  # without a note, it is about to write one
            if is_writer or time.monotonic() >= until:
                raise busy from None
            time.sleep(_POLL_SECONDS)


def _unwritable(path: Path, error: OSError) -> DiskFull | FolderReadOnly:
    return DiskFull(path) if error.errno == errno.ENOSPC else FolderReadOnly(path)


def _busy(note: Path) -> WarehouseBusy:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return WarehouseBusy(
            holder=said["command"],
            pid=said["pid"],
            since=datetime.fromisoformat(said["since"]),
            path=note,
            is_reader=bool(said.get("is_reader")),
        )
    except (OSError, ValueError, KeyError):  # the holder is about to write, or has just removed, its note
        return WarehouseBusy(holder="another prospekt command", pid=0, since=datetime.now(UTC), path=note)
