"""A service that gives all open ads in one list, and in another what changed since a moment; and its archives by hand.

A list is JSON from `[` to `]`, so that one cut on its way is noticed: nothing of it is used then.
"""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.damage import told_of_damage
from sources.errors import SourceAborted
from sources.feed import SignalBatch
from sources.kinds.ad_form import AdForm, AdReader
from sources.kinds.file_date import file_moment
from sources.kinds.json_stream import read_elements
from sources.source import Coverage, Source
from sources.stream import CHUNK, unpacked

if TYPE_CHECKING:
    from sources.http import PoliteClient

OVERLAP = timedelta(minutes=5)
"""What was told late is heard by asking from so long before the last time; repeated ads do no harm."""
OLDEST = timedelta(days=14)
"""After so long without asking, all open ads are fetched again: how far back the service remembers is not known."""
BATCH = 20_000
MOST_BYTES = 4 << 30
_MOMENT = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdStream:
    """Where the lists are. `changes` has {since}, a moment in UTC without offset: a service that reads it as local time
    gives some hours more.

    `unwrap` gives an ad its declared shape, None where its employer is or may be a natural person: of it nothing is kept.
    """

    form: AdForm
    everything: str
    changes: str
    unwrap: Callable[[dict[str, Any]], Mapping[str, Any] | None]


def follow_stream(
    client: "PoliteClient", source: Source, stream: AdStream, *, landing: Path, cursor: str | None
) -> Iterator[SignalBatch]:
    """All open ads where there is no cursor, or one of long ago; else what changed since."""
    started = datetime.now(UTC)
    since = None if cursor is None else datetime.strptime(cursor, _MOMENT).replace(tzinfo=UTC)
    is_anew = since is None or started - since > OLDEST
    asked = (started if since is None else since) - OVERLAP
    path = stream.everything if is_anew else stream.changes.format(since=asked.strftime(_MOMENT))
    ads = AdReader(source, stream.form)
    left_out = 0

    def make(chunks: Iterator[bytes]) -> list[dict[str, str]]:
        nonlocal ads, left_out
        ads, left_out = AdReader(source, stream.form), 0  # the list may be read again, from its beginning
        rows = []
        for ad in read_elements(source, unpacked(source, chunks, MOST_BYTES)):
            kept = stream.unwrap(ad)
            left_out += kept is None
            if kept is not None:
                rows.append(ads.read(kept))
        return rows

    taken = client.take(source, path, make, accept="application/json")
    if taken is None:
        return
    name = f"{stream.form.layout.name}-{int(started.timestamp() * 1000)}"
    yield SignalBatch(
        layout=stream.form.layout,
        rows=ads.tabulate(taken.made, landing=landing, name=name),
        coverage=Coverage.COMPLETE if is_anew else Coverage.DELTA,
        stated_at=started,
        fetched_at=taken.fetched_at,
        covered_from=started.date() + timedelta(days=1) if is_anew else None,
        covered_until=started,
        cursor=started.strftime(_MOMENT),
        url=taken.url,
        original_sha256=taken.original_sha256,
        left_out=left_out,
        warnings=ads.warnings(),
    )


def read_ad_file(
    source: Source, stream: AdStream, path: Path, *, coverage: Coverage, landing: Path
) -> Iterator[SignalBatch]:
    """A list of ads in a file, JSON or one ad a line, packed or not; batch by batch, or where complete in one.

    Raises SourceAborted where the file is none, or ends before its list does.
    """
    now = datetime.now(UTC)
    made_at = file_moment(source, path)
    left_out, number = 0, 0
    ads = AdReader(source, stream.form)

    def rows() -> Iterator[dict[str, str]]:
        nonlocal left_out
        for ad in _read_file(source, path):
            kept = stream.unwrap(ad)
            left_out += kept is None
            if kept is not None:
                yield ads.read(kept)

    left = rows()
    most = None if coverage is Coverage.COMPLETE else BATCH
    while (batch := list(islice(left, most))) or number == 0:
        number += 1
        yield SignalBatch(
            layout=stream.form.layout,
            rows=ads.tabulate(batch, landing=landing, name=f"{stream.form.layout.name}-given-{number}"),
            coverage=coverage,
            stated_at=made_at,
            fetched_at=now,
            covered_from=None,
            covered_until=None,
            cursor=None,
            url=None,
            left_out=left_out,
            warnings=ads.warnings(),
        )
        left_out, ads = 0, AdReader(source, stream.form)


def _read_file(source: Source, path: Path) -> Iterator[dict[str, Any]]:
    with told_of_damage(source.name, path.name):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if not member.is_dir():
                        with archive.open(member) as file:
                            yield from _read_list(source, file.read)
            return
        with path.open("rb") as raw:
            is_packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
            yield from _read_list(source, file.read)


def _read_list(source: Source, read: Callable[[int], bytes]) -> Iterator[dict[str, Any]]:
    start = read(CHUNK)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield from read_elements(source, _chunks(start, read))
        return
    for line in _lines(_chunks(start, read)):
        try:
            ad = json.loads(line, parse_int=str, parse_float=str)
        except ValueError:
            ad = None
        if not isinstance(ad, dict):
            raise SourceAborted(
                "the file is no list of ads: neither JSON nor one JSON object a line, or it was cut short.",
                source=source.name,
                hint="Nothing more of it was used.",
            )
        yield ad


def _chunks(start: bytes, read: Callable[[int], bytes]) -> Iterator[bytes]:
    yield start
    while chunk := read(CHUNK):
        yield chunk


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line for line in lines if line.strip())
    if rest.strip():
        yield rest
