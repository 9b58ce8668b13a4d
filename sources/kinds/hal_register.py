"""A register behind a HAL API: collections searched by number, single records, and feeds of what changed.

A feed is walked by position, never by page: pages end at a depth, positions do not. A position is sparse, its lower
bound inclusive, and it belongs to one collection.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.errors import AnswerUnreadable, SourceAborted
from sources.kinds.bulk_file import FILE_IS_MADE_EVERY
from sources.kinds.json_api import deliver, parse
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

BATCH = 500
"""Numbers asked for at once: more would make addresses that proxies cut at 8 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One collection of the register: where it answers, how its feed is built, and the words for what happened.

    `path` is its address and the name of its list in an answer; `number` names a record's own number in it and the
    parameter that searches for numbers. A feed's entries have a `position`, a number, and a `change`, of which
    `removed` is the one that obliges us to purge. `since` is the parameter that starts a feed at a time.
    """

    part: str
    layout: Layout
    path: str
    number: str
    feed: str
    feed_list: str
    position: str
    change: str
    removed: str
    since: str


def look_up_records(
    client: "PoliteClient",
    source: Source,
    collection: Collection,
    keys: Sequence[str],
    *,
    landing: Path,
    coverage: Coverage = Coverage.PARTIAL,
    cursor: str | None = None,
    gone: tuple[str, ...] = (),
) -> Delivery:
    """The records of these keys: by search, and singly those that it does not show since they are deleted or gone."""
    fetched_at = datetime.now(UTC)
    found: dict[str, dict[str, Any]] = {}
    removed, unknown = list(gone), []
    for batch in _batches(keys, BATCH):
        if len(batch) > 1:
            answer = client.get(
                source, collection.path, params={collection.number: ",".join(batch), "size": str(len(batch))}
            )
            records = _read_list(source, answer, collection.path, (collection.number,))
            found |= {record[collection.number]: record for record in records}
        for key in [key for key in batch if key not in found]:
            answer = client.get(source, f"{collection.path}/{key}", allow=frozenset({404, 410}))
            if answer.status == 410:
                removed.append(key)
            elif answer.status == 404:
                unknown.append(key)
            else:
                found[key] = parse(source, answer)
    return deliver(
        source,
        collection.layout,
        [found[key] for key in keys if key in found],
        coverage=coverage,
        landing=landing,
        fetched_at=fetched_at,
        url=f"{client.base_url(source)}/{collection.path}",
        cursor=cursor,
        gone=tuple(removed),
        unknown=tuple(unknown),
    )


def walk_changes(
    client: "PoliteClient", source: Source, collections: Sequence[Collection], *, landing: Path, known: Known, page: int
) -> Iterator[Delivery]:
    """What changed in each collection since the cursor, `page` feed entries at a time.

    Without a position, a collection starts a day before it was loaded: from a file that was made by then. One that was
    never loaded is not followed.
    """
    positions = read_cursor(known.cursor)
    for collection in collections:
        while True:
            params = _from_where(collection, positions, known.loaded.get(collection.part))
            if params is None:
                break
            answer = client.get(source, collection.feed, params=params | {"size": str(page), "sort": "id,ASC"})
            events = _read_list(source, answer, collection.feed_list, _of_event(collection))
            if not events:
                break
            reached = max(int(event[collection.position]) for event in events)
            if reached <= positions.get(collection.part, -1):
                raise SourceAborted(f"{collection.feed} does not move beyond position {reached}.", source=source.name)
            positions[collection.part] = reached
            last = {event[collection.number]: event[collection.change] for event in events}
            yield look_up_records(
                client,
                source,
                collection,
                [key for key, change in last.items() if change != collection.removed],
                landing=landing,
                coverage=Coverage.DELTA,
                cursor=write_cursor(positions),
                gone=tuple(key for key, change in last.items() if change == collection.removed),
            )


def position_before(client: "PoliteClient", source: Source, collection: Collection, moment: datetime) -> int | None:
    """The feed's last position before `moment`: from where a mirror follows that was loaded from a file made then."""
    since = {collection.since: _as_feed_time(moment), "sort": "id,ASC"}
    for params, step in ((since, -1), ({"sort": "id,DESC"}, 0)):
        answer = client.get(source, collection.feed, params=params | {"size": "1"})
        events = _read_list(source, answer, collection.feed_list, _of_event(collection))
        if events:
            return int(events[0][collection.position]) + step
    return None


def _of_event(collection: Collection) -> tuple[str, ...]:
    return collection.position, collection.number, collection.change


def _read_list(source: Source, answer: "Answer", name: str, needed: Sequence[str]) -> list[dict[str, str]]:
    """The objects of a list in an answer, each with the texts `needed`; none where the answer leaves the list out.

    Raises `AnswerUnreadable` for anything else: what cannot be read never passes for nothing.
    """
    embedded = parse(source, answer).get("_embedded", {})
    listed = embedded.get(name, []) if isinstance(embedded, dict) else None
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and all(isinstance(one.get(each), str) for each in needed) for one in listed
    ):
        raise AnswerUnreadable(
            f"{answer.url} answered without a list {name!r} of objects with {', '.join(needed)}.", source=source.name
        )
    return listed


def read_cursor(cursor: str | None) -> dict[str, int]:
    """The position in each part's feed.

    >>> read_cursor("enheter=25255250 underenheter=71")
    {'enheter': 25255250, 'underenheter': 71}
    """
    return {part: int(position) for part, _, position in (pair.partition("=") for pair in (cursor or "").split())}


def write_cursor(positions: dict[str, int]) -> str:
    """The positions as one text, the form of `Delivery.cursor`."""
    return " ".join(f"{part}={position}" for part, position in sorted(positions.items()))


def drop_position(cursor: str | None, part: str) -> str | None:
    """The cursor without one part's position: its feed is followed again from before the part was loaded.

    >>> drop_position("enheter=25255250 underenheter=71", "enheter")
    'underenheter=71'
    """
    positions = read_cursor(cursor)
    positions.pop(part, None)
    return None if cursor is None else write_cursor(positions)


def _from_where(collection: Collection, positions: dict[str, int], loaded_seq: int | None) -> dict[str, str] | None:
    if collection.part in positions:
        return {collection.position: str(positions[collection.part] + 1)}
    if loaded_seq is None:
        return None
    return {collection.since: _as_feed_time(datetime.fromtimestamp(loaded_seq / 1000, UTC) - FILE_IS_MADE_EVERY)}


def _as_feed_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _batches(keys: Sequence[str], size: int) -> Iterator[list[str]]:
    left = iter(keys)
    while batch := list(islice(left, size)):
        yield batch
