"""A register that publishes, beside its whole file, files of what changed in the last so many days.

They overlap, and a record may be in several: what is told twice stays as it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.kinds.bulk_file import FILE_IS_MADE_EVERY, fetch_file
from sources.kinds.file_kind import inspect_file
from sources.kinds.hal_register import read_cursor, write_cursor
from sources.source import Coverage, Delivery, Known, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

WHOLE_AGAIN = timedelta(days=28)
"""What was withdrawn is in no file of changes: after so long the whole file is fetched again, which tells."""
JUST_NOW = timedelta(hours=1)
"""What was fetched so shortly ago is not asked for again."""


def fetch_delta(
    client: "PoliteClient",
    source: Source,
    url: str,
    windows: Mapping[str, timedelta],
    *,
    part: str,
    landing: Path,
    known: Known,
) -> Delivery | None:
    """What changed in a part since it was last fetched, or the whole of it where no window reaches back so far.

    `windows` are the values of the parameter `delta`, shortest first, each with how far its file reaches back from the
    moment it is made. When that was is not said, so that a day is added to the time since the last fetch. A file with a
    column for deletions, of which nobody here has seen the name, is not applied: the whole is fetched instead.
    None where the part was never loaded, or was fetched just now.
    """
    loaded = known.loaded.get(part)
    if loaded is None:
        return None
    now = datetime.now(UTC)
    whole_age, positions = now - _moment(loaded), read_cursor(known.cursor)
    age = min(whole_age, now - _moment(positions.get(part, loaded)))
    if age < JUST_NOW:
        return None
    needed = age + FILE_IS_MADE_EVERY
    window = next((name for name, reach in windows.items() if reach >= needed), None)
    if window is not None and whole_age < WHOLE_AGAIN:
        delivery = fetch_file(client, source, f"{url}?delta={window}", landing=landing / part, known=Known())
        if delivery is not None and not _tells_deletions(source, delivery):
            cursor = write_cursor(positions | {part: _millis(delivery.fetched_at)})
            return replace(delivery, coverage=Coverage.DELTA, made_seq=None, etag=None, cursor=cursor)
    delivery = fetch_file(client, source, url, landing=landing / f"{part}-whole", known=Known())
    if delivery is None:
        return None
    return replace(delivery, cursor=write_cursor(positions | {part: _millis(delivery.fetched_at)}))


def _tells_deletions(source: Source, delivery: Delivery) -> bool:
    _, header = inspect_file(source.name, Path(str(delivery.rows)))
    return any("delet" in name.lower() for name in header)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
