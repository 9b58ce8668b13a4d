"""Of which moment a file given by hand is: what its name says where its publisher dates names, else when it was last written."""

import re
from datetime import UTC, datetime
from pathlib import Path

from sources.source import Source


def file_moment(source: Source, path: Path) -> datetime:
    """The moment (UTC) that a hand-given file counts as of; never one to come.

    A name counts that begins as one of `source.dated_names`. Else it is when the file was last written, which for a
    copy may be later than the register made it.
    """
    return named_moment(source, path.name) or written_at(path)


def written_at(path: Path) -> datetime:
    """When a file was last written (UTC), or now where its clock is ahead."""
    return min(datetime.fromtimestamp(path.stat().st_mtime, UTC), datetime.now(UTC))


def named_moment(source: Source, name: str) -> datetime | None:
    """The moment (UTC) that the name of a file states; None where it states none, or one to come.

    Without an hour it is the beginning of the day: what a feed told on that day stays.
    """
    for pattern in source.dated_names:
        if said := re.match(pattern, name):
            parts = {part: int(text) for part, text in said.groupdict().items() if text is not None}
            try:
                moment = datetime(tzinfo=UTC, **parts)
            except ValueError:  # the 31st of February
                continue
            return moment if moment <= datetime.now(UTC) else None
    return None
