"""The reject file of an import: rows that could not be used and values left out, as they came, with the reason.

It opens in a spreadsheet without computing anything, can be mended there, and imported again.
"""

import csv
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from db.errors import DiskFull, FolderReadOnly
from enrich.crm.read import Cell
from enrich.crm.registration import REMOVED, is_personal_number
from enrich.spreadsheet import formula_safe

COLUMNS = ("row", "outcome", "reason")


def redact(cell: Cell) -> str:
    """The cell as text; a personal number is removed.

    >>> redact("811228-9874"), redact(None), redact(12)
    ('[personal number removed]', '', '12')
    """
    text = "" if cell is None else str(cell)
    return REMOVED if is_personal_number(text) else text


@dataclass(slots=True)
class RejectFile:
    """A file that exists only once a row was rejected, and stays only when the import is kept."""

    path: Path
    header: Sequence[str]
    dropped: frozenset[int]
    """Places of columns that are never stored."""
    is_dry_run: bool
    _file: TextIO | None = field(default=None, init=False)

    def add(self, row_number: int, outcome: str, reason: str, cells: Sequence[Cell]) -> None:
        """Append a row as it came."""
        if self.is_dry_run:
            return
        with _as_warehouse_error(self.path):
            if self._file is None:
                self._file = self._open()
                csv.writer(self._file).writerow([*COLUMNS, *self._safe(self.header)])
            csv.writer(self._file).writerow([row_number, outcome, reason, *self._safe(cells)])

    def keep(self, cells: Sequence[Cell]) -> list[Cell]:
        """The cells without those of columns that are never stored."""
        return [cell for place, cell in enumerate(cells) if place not in self.dropped]

    def finish(self) -> Path | None:
        """Close the file and give its path; `None` where no row was rejected."""
        if self._file is None:
            return None
        with _as_warehouse_error(self.path):
            self._file.close()
        return self.path

    def discard(self) -> None:
        """Remove the file of an import that is not kept."""
        if self._file is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)

    def _safe(self, cells: Sequence[Cell]) -> list[str]:
        return [formula_safe(redact(cell)) for cell in self.keep(cells)]

    def _open(self) -> TextIO:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        return os.fdopen(handle, "w", encoding="utf-8-sig", newline="")


@contextmanager
def _as_warehouse_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (DiskFull(path) if error.errno == errno.ENOSPC else FolderReadOnly(path.parent)) from error
