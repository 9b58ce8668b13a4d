"""Folders for work of which nothing is kept: removed when it is done, or by the next command where a process was killed."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

HELD = "held.lock"
"""Lies in each folder, locked for as long as its process lives."""

YOUNG = 60.0
"""Seconds in which a lock that is there may yet have to be taken."""


@contextmanager
def open_work_folder(prefix: str, *, within: Path | None = None) -> Iterator[Path]:
    """A new folder (`within` another, else that for temporary files) for as long as the block runs.

    What processes that were killed have left there under this prefix is removed first: the operating system lets go of
    a lock however its process ends.
    """
    parent = Path(tempfile.gettempdir()) if within is None else within
    for left in parent.glob(f"{prefix}*/{HELD}"):
        _remove_abandoned(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    lock = filelock.FileLock(folder / HELD)
    try:
        with lock:
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(held: Path) -> None:
    """Remove the folder of a lock that nobody holds; what is another user's stays."""
    with suppress(OSError, filelock.Timeout):
        if held.stat().st_mtime < time.time() - YOUNG:
            with filelock.FileLock(held, timeout=0):
                pass
            shutil.rmtree(held.parent, ignore_errors=True)
