"""Faults that nobody foresaw: their details go to a file that only the user can read, for they may quote a row."""

import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from db.private import create_private_file, make_private_folder

LOG_DAYS = 30
"""Days for which the details of a fault are kept; core.retention says the same of data/logs."""


def log_fault(data: Path, error: Exception) -> Path:
    """Write the traceback below `data/logs` and give its path; older ones go. Raises `OSError`."""
    folder = data / "logs"
    make_private_folder(folder)
    for old in folder.glob("fault-*.log"):
        if old.stat().st_mtime < time.time() - LOG_DAYS * 86_400:
            old.unlink()
    path = folder / f"fault-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.log"
    with create_private_file(path) as file:
        file.write(f"{' '.join(sys.argv[:2])}\n{''.join(traceback.format_exception(error))}")
    return path
