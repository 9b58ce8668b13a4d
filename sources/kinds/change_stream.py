"""A register that tells every change over a connection that never ends: one JSON event a line, blank lines as heartbeats.

It is listened to for a bounded time, in portions: each is a delivery with the timepoint from which the next goes on.
A connection that breaks costs nothing, since every whole line has its timepoint. The event of the timepoint that is
sent may come again, which does no harm. A stream tells no state, only changes: what was before it is in a file.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sources.errors import LoginRefused, SourceAborted
from sources.kinds.hal_register import read_cursor, write_cursor
from sources.kinds.json_api import deliver
from sources.redact import without
from sources.secret import Secret, basic_login
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

TIMEPOINT = "timepoint"
TOO_OLD, REFUSED = 416, 401
LISTEN_SECONDS = 300.0
EVENTS_AT_ONCE = 20_000
MOST_LINE_BYTES = 16 << 20
QUIET = 2
"""So many heartbeats in a row mean that there is nothing more to tell."""
GAP = (
    "the stream no longer reaches back to where it was left (HTTP 416): changes until now are missing until the "
    "register's next complete file is loaded"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStream:
    """Where the stream is (`base_env` overrides `base_url`), what its events are and how their records are read."""

    layout: Layout
    base_url: str
    base_env: str
    path: str
    resource_kind: str
    key: str
    login_env: str
    """Environment variable of the key that is the user of a login without a password."""


@dataclass(slots=True)
class _Heard:
    """What a portion of the stream told: the last state of each record, and those that were deleted."""

    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    timepoint: int | None = None
    told_at: datetime | None = None
    events: int = 0
    quiet: int = 0
    strange: set[str] = field(default_factory=set)
    is_up_to_date: bool = False


def follow_changes(
    client: "PoliteClient",
    source: Source,
    stream: ChangeStream,
    *,
    landing: Path,
    known: Known,
    not_before: datetime | None,
) -> Iterator[Delivery]:
    """What changed since the cursor's timepoint, or without one from now on, for at most `LISTEN_SECONDS`.

    Events published before `not_before` are in the file that was loaded, which may know better: they are passed over.
    Where the timepoint is too old for the register, the stream is taken up anew from now, and the gap is told.
    """
    positions = read_cursor(known.cursor)
    begun, gap = time.monotonic(), False
    while True:
        at = positions.get(TIMEPOINT)
        heard = _listen(client, source, stream, at, not_before, begun + LISTEN_SECONDS)
        if heard is None:
            if at is None:
                raise SourceAborted("the stream refuses to begin (HTTP 416).", source=source.name)
            del positions[TIMEPOINT]
            gap = True
            continue
        if heard.timepoint is not None:
            positions[TIMEPOINT] = heard.timepoint
        # a gap is told with what follows it, were it nothing: the old timepoint must not be kept
        if heard.events or gap:
            yield _deliver(client, source, stream, heard, positions, landing, gap=gap)
            gap = False
        if heard.is_up_to_date or time.monotonic() >= begun + LISTEN_SECONDS:
            return


def _deliver(
    client: "PoliteClient",
    source: Source,
    stream: ChangeStream,
    heard: _Heard,
    positions: Mapping[str, int],
    landing: Path,
    *,
    gap: bool,
) -> Delivery:
    delivery = deliver(
        source,
        stream.layout,
        list(heard.states.values()),
        coverage=Coverage.DELTA,
        landing=landing,
        fetched_at=datetime.now(UTC),
        url=f"{_base_url(client, stream)}/{stream.path}",
        cursor=write_cursor(dict(positions)),
        gone=tuple(sorted(heard.gone)),
    )
    told = [f"the stream tells of {what}, which nobody described: passed over" for what in sorted(heard.strange)]
    if gap:
        told.append(GAP)
    return replace(delivery, warnings=(*told, *delivery.warnings))


def _base_url(client: "PoliteClient", stream: ChangeStream) -> str:
    return (client.told(stream.base_env) or stream.base_url).rstrip("/")


def _listen(
    client: "PoliteClient",
    source: Source,
    stream: ChangeStream,
    timepoint: int | None,
    not_before: datetime | None,
    until: float,
) -> _Heard | None:
    """One portion; None where the timepoint is too old."""
    import httpx  # inside, so that a declaration costs nothing where nobody is asked

    connected = datetime.now(UTC)

    def hear(chunks: Iterator[bytes]) -> _Heard:
        heard = _Heard()
        try:
            for line in _lines(source, chunks):
                heard.quiet = 0 if line else heard.quiet + 1
                if line:
                    _take(source, stream, heard, line, not_before)
                # events come in order: one from after we came means that nothing older is left. A published time is
                # read as UTC; where it is London's, the last hour of a summer's day is left for the next run
                is_new = heard.told_at is not None and heard.told_at >= connected
                heard.is_up_to_date = is_new or heard.quiet >= QUIET
                if heard.is_up_to_date or heard.events >= EVENTS_AT_ONCE or time.monotonic() >= until:
                    return heard
            heard.is_up_to_date = heard.events == 0  # it hung up without a word
        except httpx.TransportError:
            if heard.events == 0:
                raise
        return heard

    params = {} if timepoint is None else {TIMEPOINT: str(timepoint)}
    login = basic_login(client.secret(source, stream.login_env), Secret(""))
    status, heard = client.listen(
        source,
        f"{_base_url(client, stream)}/{stream.path}",
        hear,
        params=params,
        hidden_headers={"Authorization": login},
        allow=frozenset({TOO_OLD, REFUSED}),
    )
    if status == REFUSED:
        raise LoginRefused(
            "the stream refuses the key (HTTP 401).",
            source=source.name,
            hint=f"Look at the environment variable {stream.login_env}: a stream has a key of its own sort.",
        )
    return None if status == TOO_OLD else heard


def _lines(source: Source, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines, an empty one for a heartbeat; what stands at the end without a line end is left."""
    held = b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        for line in lines:
            yield line.strip()
        if len(held) > MOST_LINE_BYTES:
            raise SourceAborted("the stream sends an event without end.", source=source.name)


def _take(source: Source, stream: ChangeStream, heard: _Heard, line: bytes, not_before: datetime | None) -> None:
    try:
        event = orjson.loads(line)
        said, key = event["event"], str(event["resource_id"])
        timepoint, kind = int(said["timepoint"]), str(said["type"])
        of, data = str(event["resource_kind"]), event.get("data")
    except (ValueError, KeyError, TypeError):
        raise SourceAborted(
            "a line of the stream is no event with resource_id, resource_kind and event.timepoint.", source=source.name
        ) from None
    heard.timepoint = timepoint
    heard.told_at = _moment(said.get("published_at"))
    heard.events += 1
    if of != stream.resource_kind or kind not in ("changed", "deleted"):
        heard.strange.add(f"{of[:40]!r} that is {kind[:40]!r}")
        return
    if not_before is not None and heard.told_at is not None and heard.told_at < not_before:
        return
    heard.states.pop(key, None)
    heard.gone.discard(key)
    if kind == "deleted":
        heard.gone.add(key)
    elif isinstance(data, dict):
        heard.states[key] = {**without(_as_written(data), source.privacy.never_store), stream.key: key}


def _as_written(value: Any) -> Any:  # noqa: ANN401 - a raw payload
    """Numbers as text: the same day is 30 in one event and "30" in another."""
    if isinstance(value, dict):
        return {name: _as_written(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_written(inner) for inner in value]
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
