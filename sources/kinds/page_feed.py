"""A feed of pages that says which ads changed, where each ad is then asked for by itself: it answers as it is now.

A page is read without conditions. Its ETag is the number of an entry, not of its contents, and `If-Modified-Since`
leaves out entries of it that were dated before though they came later: both lost ads to those who trusted them. Pages
overlap by an entry, and a page that ends the feed is read again by the next run; neither does harm.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.feed import SignalBatch
from sources.kinds.ad_form import AdForm, AdReader, as_utc
from sources.kinds.json_api import parse
from sources.secret import Secret, bearer
from sources.source import Coverage, Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

PAGE = 200
"""Entries a page: so many ads are asked for and landed at once, and asked for again where a run is stopped."""
BEFORE = timedelta(days=90)
"""A first run begins so long ago."""
MOST_FAILED_IN_A_ROW = 5
"""So many ads on which the service fails one after another: it is the service, not they."""
MOST_SECONDS = 1800
"""A run stops after the page during which so much time has passed; the next one goes on."""
MOST_WAITING = 100
"""So many ads on which the service fails, and they are remembered."""
_TOKEN = re.compile(rb"[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFeed:
    """Where the feed and its ads are. `contents` are the names under which an answer may hold the ad.

    `token` is where the public token stands in a text, `token_hint` says how to get one of one's own.
    """

    form: AdForm
    token: str
    token_hint: str
    first: str
    page: str
    entry: str
    contents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where reading goes on: the page, and should it be gone, the moment of the last entry read.

    `failed` are ads before it on which the service failed, to be asked for again.
    """

    page: str | None
    at: datetime
    failed: tuple[str, ...] = ()

    def __str__(self) -> str:
        waiting = f" failed={','.join(quote(key, safe='') for key in self.failed)}" if self.failed else ""
        return f"page={self.page or ''} at={self.at.isoformat()}{waiting}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position that `str` wrote.

        >>> str(Position.read("page=7 at=2026-11-01T00:00:00+00:00"))
        'page=7 at=2026-11-01T00:00:00+00:00'
        """
        said = dict(pair.split("=", 1) for pair in text.split())
        failed = tuple(unquote(key) for key in said.get("failed", "").split(",") if key)
        return cls(page=said["page"] or None, at=datetime.fromisoformat(said["at"]), failed=failed)


def walk_pages(
    client: "PoliteClient", source: Source, feed: PageFeed, *, landing: Path, cursor: str | None, secret: Secret | None
) -> Iterator[SignalBatch]:
    """What changed since the cursor, a page at a time; without one, since `BEFORE`.

    `secret` is a token of one's own; without it the public one is asked for, and once more where it ran out on the way.
    An ad on which the service fails is asked for again with every page, by the next run too; until it answers, nothing
    more counts as read completely. After `MOST_SECONDS` it stops behind a page and says so.
    """
    ends_at = time.monotonic() + MOST_SECONDS
    door = _Door(client, source, feed, secret)
    began = Position(page=None, at=datetime.now(UTC) - BEFORE) if cursor is None else Position.read(cursor)
    covered_from = began.at.date() + timedelta(days=1) if cursor is None else None
    position = began
    while True:
        started = datetime.now(UTC)
        page = door.page(position)
        ads = AdReader(source, feed.form)
        rows = [ads.read(payload) for payload in door.ads(page, position.failed)]
        following = None if page is None else page.get("next_id")
        is_last = not following
        url = None
        if page is not None:
            position = Position(page=str(following or page["id"]), at=_last_moment(page, position.at))
            url = f"{client.base_url(source)}/{feed.page.format(page=page['id'])}"
        position = replace(position, failed=tuple(door.waiting))
        is_stopped = not is_last and time.monotonic() > ends_at
        until = started if is_last else position.at
        # where the first pages have gaps, it counts from the beginning, but no further than there
        complete_until = began.at if covered_from and position.failed else None if position.failed else until
        batch = _batch(feed, rows, landing, ads, position, (covered_from, complete_until), until, url)
        stopped = f"stopped after {MOST_SECONDS // 60} minutes; the next refresh goes on"
        yield replace(batch, warnings=(*batch.warnings, stopped)) if is_stopped else batch
        covered_from = None
        if page is None or is_last or is_stopped:
            return
        if following == page["id"]:
            raise SourceAborted(f"its feed does not move beyond page {following}.", source=source.name)


def _batch(
    feed: PageFeed,
    rows: list[dict[str, str]],
    landing: Path,
    ads: AdReader,
    position: Position,
    covered: tuple[date | None, datetime | None],
    until: datetime,
    url: str | None,
) -> SignalBatch:
    now = datetime.now(UTC)
    return SignalBatch(
        layout=feed.form.layout,
        rows=ads.tabulate(rows, landing=landing, name=f"{feed.form.layout.name}-{int(now.timestamp() * 1000)}"),
        coverage=Coverage.DELTA,
        stated_at=until,
        fetched_at=now,
        covered_from=covered[0],
        covered_until=covered[1],
        cursor=str(position),
        url=url,
        warnings=ads.warnings(),
    )


def _last_moment(page: Mapping[str, Any], before: datetime) -> datetime:
    """When the last entry of a page was made; entries are in order, their times nearly so."""
    moments = [datetime.fromisoformat(text) for text in map(as_utc, _said_times(page)) if text.endswith("Z")]
    return max([before, *moments])


def _said_times(page: Mapping[str, Any]) -> Iterator[str]:
    for item in page["items"]:
        yield str(item["_feed_entry"].get("sistEndret") or item.get("date_modified") or "")


@dataclass(slots=True)
class _Door:
    """Asks the service with a token."""

    client: "PoliteClient"
    source: Source
    feed: PageFeed
    own: Secret | None
    token: Secret | None = field(default=None)
    failed: int = 0
    waiting: list[str] = field(default_factory=list)

    def page(self, position: Position) -> dict[str, Any] | None:
        """The page of that position; None where nothing is newer."""
        answer = None
        if position.page is not None:
            answer = self._get(self.feed.page.format(page=position.page), params={"pageSize": str(PAGE)})
        if answer is None or answer.status == 404:  # the first, or it is there no more: where it was in time
            since = {"If-Modified-Since": format_datetime(position.at.replace(microsecond=0))}
            answer = self._get(self.feed.first, params={"pageSize": str(PAGE)}, headers=since)
        if answer.status in (304, 404):
            return None
        page = parse(self.source, answer)
        items = page.get("items")
        if not isinstance(page.get("id"), str) or not isinstance(items, list) or not all(map(_is_entry, items)):
            raise SourceAborted(f"{answer.url} is no page of its feed.", source=self.source.name)
        return page

    def ads(self, page: Mapping[str, Any] | None, again: Sequence[str]) -> Iterator[dict[str, Any]]:
        """What is said of each ad of a page, and of those that failed before: that it ended, or all of it, as it is now."""
        self.waiting = []
        last = {str(item["_feed_entry"]["uuid"]): item["_feed_entry"] for item in (page or {"items": ()})["items"]}
        for key in again:
            last.setdefault(key, {"status": "ACTIVE"})
        for key, said in last.items():
            ended = {"uuid": key, "status": "INACTIVE", "sistEndret": said.get("sistEndret") or _now()}
            if said["status"] != "ACTIVE":
                yield ended
                continue
            answer = self._get(self.feed.entry.format(key=key), allow=frozenset({500}))
            if answer.status == 500:
                self.waiting.append(key)
                if len(self.waiting) > MOST_WAITING:
                    raise RetryableError(
                        f"{self.source.name}: the service fails on over {MOST_WAITING} ads (HTTP 500).",
                        source=self.source.name,
                    )
                if key in again:  # rejected before
                    continue
                self.failed += 1
                if self.failed >= MOST_FAILED_IN_A_ROW:
                    raise RetryableError(
                        f"{self.source.name}: the service fails on every ad (HTTP 500).", source=self.source.name
                    )
                yield {"uuid": key, "status": "FAILED", "sistEndret": said.get("sistEndret")}
                continue
            self.failed = 0
            if answer.status != 200:  # it is among the ads no more
                yield ended
                continue
            entry = parse(self.source, answer)
            contents = [entry.pop(name) for name in self.feed.contents if name in entry]
            content = next((one for one in contents if one), None)
            # the entry's own time is that of the ad, the page's that of the event: the later one orders
            moments = [as_utc(str(one)) for one in (entry.get("sistEndret"), said.get("sistEndret")) if one]
            at = max(moments, default=_now())
            yield {**entry, "sistEndret": at} | ({} if content is None else {"ad": content})

    def _get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        allow: frozenset[int] = frozenset(),
    ) -> "Answer":
        for is_second in (False, True):
            if self.token is None:
                self.token = self.own or self._public_token()
            answer = self.client.get(
                self.source,
                path,
                params=params,
                headers=headers,
                hidden_headers={"Authorization": bearer(self.token)},
                allow=allow | {304, 401, 404},
            )
            if answer.status != 401:
                return answer
            if self.own is not None or is_second:
                break
            self.token = None
        raise LoginRefused(
            "the service refuses the token (HTTP 401).", source=self.source.name, hint=self.feed.token_hint
        )

    def _public_token(self) -> Secret:
        answer = self.client.get(self.source, self.feed.token, accept="text/plain", allow=frozenset({404}))
        found = _TOKEN.search(answer.body) if answer.status == 200 else None
        if found is None:
            raise SourceAborted(
                "there is no public token at present.", source=self.source.name, hint=self.feed.token_hint
            )
        return Secret(found[0].decode())


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _is_entry(item: object) -> bool:
    entry = item.get("_feed_entry") if isinstance(item, dict) else None
    return isinstance(entry, dict) and isinstance(entry.get("uuid"), str) and isinstance(entry.get("status"), str)
