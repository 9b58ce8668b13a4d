"""The record of who opened personal data, when and why: `data/people-access.log`, one JSON object a line.

Whoever adds a line and whoever takes some out wait for each other (`data/people-access.lock`), so that no line is lost; the file is
replaced as a whole, so that a stop at any moment leaves the old one or the new one.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock

from db.errors import FolderReadOnly
from enrich.config import Config

_MODE = 0o600


def log_access(config: Config, opened: Path, why: str) -> None:
    """Note that the people file was opened; raises `FolderReadOnly` where that cannot be written down."""
    line = {"at": datetime.now(UTC).isoformat(), "who": config.who, "why": why, "file": opened.name}
    try:
        with (
            _held(config.data),
            os.fdopen(
                os.open(_log(config.data), os.O_WRONLY | os.O_CREAT | os.O_APPEND, _MODE), "a", encoding="utf-8"
            ) as log,
        ):
            log.write(_spell(line))
    except OSError as error:
        raise FolderReadOnly(config.data) from error


def rewrite_access_log(data: Path, rewrite: Callable[[Mapping[str, object]], Mapping[str, object] | None]) -> None:
    """Replace each line by what `rewrite` makes of it; null takes it out."""
    log = _log(data)
    if not log.exists():
        return
    with _held(data):
        aside = log.with_name(f".{log.name}.new")
        aside.unlink(missing_ok=True)  # of one that was stopped
        before = log.read_text(encoding="utf-8")
        after = "".join(_spell(line) for said in before.splitlines() if (line := rewrite(json.loads(said))) is not None)
        if after == before:
            return
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "w", encoding="utf-8") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(log)


def _log(data: Path) -> Path:
    return data / "people-access.log"


def _spell(line: Mapping[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"


@contextmanager
def _held(data: Path) -> Iterator[None]:
    with filelock.FileLock(data / "people-access.lock", mode=_MODE):
        yield
