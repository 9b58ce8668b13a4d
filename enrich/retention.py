"""Keeping what `core.retention` and the sources promise: whatever is older than its place keeps things is let go."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.access_log import rewrite_access_log
from enrich.config import Config
from sources.registry import find_sources

_KEPT_BY_OTHERS = ("data/published",)
"""Places that whoever fills them thins out: publishing knows which files readers need."""


def keep_retention(warehouse: Warehouse, config: Config) -> None:
    """Let go of rows and files that are older than their place keeps them; the writer's lock is held."""
    declared = {name: connector.SOURCE.privacy.retention_days for name, connector in find_sources().items()}
    kept = pa.table({"source": pa.array(declared, pa.string()), "keep_days": pa.array(declared.values(), pa.int32())})
    with warehouse.lend("source_keeps", kept):
        warehouse.run("retention/prune_rows")
    for row in warehouse.rows("retention/places"):
        place, days = str(row["place"]), int(str(row["keep_days"]))
        path = config.data / place.removeprefix("data/")
        if place in _KEPT_BY_OTHERS:
            continue
        if place == "data/people-access.log":
            _shorten_log(config, days)
        elif place == "data/landing":  # a file in it may be older than its run: a hard link to what was downloaded
            _remove_old(path, "*/*", days)
        else:
            _remove_old(path, "*", days)


def _remove_old(folder: Path, pattern: str, days: int) -> None:
    oldest = time.time() - days * 86_400
    for path in folder.glob(pattern):
        if path.stat().st_mtime >= oldest:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _shorten_log(config: Config, days: int) -> None:
    """Keep the lines of the access log that are not older."""
    oldest = datetime.now(UTC) - timedelta(days=days)
    rewrite_access_log(config.data, lambda line: line if datetime.fromisoformat(str(line["at"])) >= oldest else None)
