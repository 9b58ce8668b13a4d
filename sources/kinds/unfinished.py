"""What a load that takes long has read so far, kept in a folder until it is whole: who is killed goes on from there.

Tables come one after another, each written whole before the place is noted that it reaches to. What is older than a day,
was read otherwise than it would be now, or is overtaken by a later load, is let go.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

KEPT_FOR = timedelta(days=1)
_PLACE = "place.json"


@dataclass(slots=True, kw_only=True)
class Unfinished:
    """A load on its way: when it `begun`, the place in the register's order up to which it is read, and its rows.

    `read_as` names everything by which the rows are what they are. `place` is null where nothing was read yet.
    """

    folder: Path
    read_as: str
    begun: datetime
    place: Any = None
    rows: int = 0
    _tables: int = field(default=0, init=False)

    @classmethod
    def take_up(cls, folder: Path, read_as: str, *, newest_seq: int | None) -> "Unfinished":
        """What was left in the folder where it can be gone on with; else a load that begins now, in an empty folder.

        `newest_seq` orders the newest complete delivery: one that begun before it was overtaken.
        """
        found = cls(folder=folder, read_as=read_as, begun=datetime.now(UTC))
        try:
            left = json.loads((folder / _PLACE).read_text(encoding="utf-8"))
            begun = datetime.fromisoformat(left["begun"])
            if (
                left["read_as"] == read_as
                and found.begun - begun < KEPT_FOR
                and begun.timestamp() * 1000 > (newest_seq or 0)
                and sum(pq.read_metadata(path).num_rows for path in _paths(folder, left["tables"])) == left["rows"]
            ):
                found.begun, found.place, found.rows = begun, left["place"], left["rows"]
                found._tables = left["tables"]
                return found
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            pass  # there is none, or it is damaged
        found.drop()
        return found

    def tables(self) -> Iterator[pa.Table]:
        """What was read before."""
        for path in _paths(self.folder, self._tables):
            yield pq.read_table(path)

    def add(self, table: pa.Table, place: Any) -> None:  # noqa: ANN401 - whatever the register says it is
        """Keep a further table, and the place that it reaches to."""
        self.folder.mkdir(parents=True, exist_ok=True)
        [path] = _paths(self.folder, self._tables + 1)[self._tables :]
        pq.write_table(table, path, compression="zstd")
        self._tables += 1
        self.rows += table.num_rows
        self.place = place
        said = {
            "read_as": self.read_as, "begun": self.begun.isoformat(), "place": place, "rows": self.rows,
            "tables": self._tables,
        }  # fmt: skip
        aside = self.folder / f"{_PLACE}.part"
        aside.write_text(json.dumps(said), encoding="utf-8")
        aside.replace(self.folder / _PLACE)

    def drop(self) -> None:
        """Let go of what is kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _paths(folder: Path, count: int) -> list[Path]:
    return [folder / f"{place:05}.parquet" for place in range(1, count + 1)]
