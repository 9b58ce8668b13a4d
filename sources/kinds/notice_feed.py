"""Notices of public tenders, searched for by day of publication; each becomes an event for every buyer and winner.

A few days are asked for at a time and landed whole, so that a run that is stopped goes on where it was. The last days
are asked for again, for what was published late. What is said of one event does not change: events that come twice do
no harm.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sources.errors import SourceAborted
from sources.feed import SignalBatch
from sources.kinds.ad_form import AdForm, AdReader
from sources.source import Coverage, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

BEFORE = timedelta(days=90)
"""A first run begins so long ago."""
LONGEST = timedelta(days=400)
"""Nothing older is fetched, however long nobody asked."""
AGAIN = timedelta(days=2)
"""So many days are asked for again."""
STRAY_DAYS = 3
"""A notice dated so much outside the days asked for: the service did not hear which were."""

Notice = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What a notice becomes: a row for each party, and how many parties were left out as natural persons."""

    rows: tuple[Mapping[str, Any], ...]
    person_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFeed:
    """How notices are had and read: `ask` those of some days (both included), `spread` one over its parties.

    `published` gives a notice's day of publication as the service writes it. `days` are asked for at once. `covers` are
    (kind, country) of the events of which none is missing.
    """

    form: AdForm
    days: int
    ask: Callable[["PoliteClient", date, date], list[dict[str, Any]]]
    published: Callable[[Notice], str]
    spread: Callable[[Notice], Spread]
    covers: tuple[tuple[str, str | None], ...]


def follow_notices(
    client: "PoliteClient", source: Source, feed: NoticeFeed, *, landing: Path, cursor: str | None
) -> Iterator[SignalBatch]:
    """What was published since the cursor, the last day read to its end; without one, since `BEFORE`."""
    today = datetime.now(ZoneInfo(feed.form.zone)).date()
    begun = today - BEFORE if cursor is None else date.fromisoformat(cursor) + timedelta(days=1) - AGAIN
    first = anew = max(begun, today - LONGEST)
    goes_on = cursor is not None and first == begun
    while first <= today:
        started = datetime.now(UTC)
        last = min(first + timedelta(days=feed.days - 1), today)
        notices = feed.ask(client, first, last)
        _refuse_strays(source, feed, notices, first, last)
        done = min(last, today - timedelta(days=1))
        until = started if last == today else datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
        yield _batch(
            client, source, feed, notices,
            landing=landing, name=f"{first:%Y%m%d}-{int(started.timestamp() * 1000)}", stated_at=started,
            covered_from=anew if not goes_on and first == anew else None, covered_until=until,
            cursor=cursor if cursor is not None and cursor > done.isoformat() else done.isoformat(),
        )  # fmt: skip
        first = last + timedelta(days=1)


def _batch(
    client: "PoliteClient",
    source: Source,
    feed: NoticeFeed,
    notices: list[dict[str, Any]],
    *,
    landing: Path,
    name: str,
    stated_at: datetime,
    covered_from: date | None,
    covered_until: datetime,
    cursor: str,
) -> SignalBatch:
    reader, rows, left_out = AdReader(source, feed.form), [], 0
    for notice in notices:
        spread = feed.spread(notice)
        left_out += spread.person_count
        rows += [reader.read(row) for row in spread.rows]
    return SignalBatch(
        layout=feed.form.layout,
        rows=reader.tabulate(rows, landing=landing, name=f"{feed.form.layout.name}-{name}"),
        coverage=Coverage.DELTA,
        stated_at=stated_at,
        fetched_at=datetime.now(UTC),
        covered_from=covered_from,
        covered_until=covered_until,
        covers=feed.covers,
        cursor=cursor,
        url=client.base_url(source),
        left_out=left_out,
        warnings=reader.warnings(),
    )


def _refuse_strays(source: Source, feed: NoticeFeed, notices: list[dict[str, Any]], first: date, last: date) -> None:
    """A service that does not know how days are asked for may give all that it has, as if these were the days."""
    near = timedelta(days=STRAY_DAYS)
    for notice in notices:
        try:
            published = date.fromisoformat(feed.published(notice)[:10])
        except ValueError:
            continue  # one without a day is rejected by itself
        if not first - near <= published <= last + near:
            raise SourceAborted(
                f"asked for notices of {first} to {last} it gives one of {published}.",
                source=source.name,
                hint="Its way of asking for days seems to have changed. Nothing of these days was used.",
            )


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
