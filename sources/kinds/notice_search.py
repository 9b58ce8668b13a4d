"""Searches for notices, read to their end or not at all: behind tokens, or page by page up to a cap."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.kinds.json_api import parse
from sources.secret import Secret
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient


def iterate(
    client: "PoliteClient", source: Source, path: str, *, query: str, fields: Sequence[str], size: int, key: str
) -> list[dict[str, Any]]:
    """All notices that a query finds, behind one token after another, each once by its `key`.

    A search that ran out of time has answered with a part: it is asked again. Raises SourceAborted where fewer come than
    are said to be found.
    """
    asked: dict[str, Any] = {
        "query": query,
        "fields": list(fields),
        "limit": size,
        "scope": "ALL",  # the others have open tenders only, or the last issue: no awards
        "paginationMode": "ITERATION",
    }

    def check(answer: "Answer") -> None:
        if answer.status == 200 and parse(source, answer).get("timedOut") is True:
            raise RetryableError(f"{source.name}: its search ran out of time.", source=source.name, url=answer.url)

    found: dict[str, dict[str, Any]] = {}
    token = None
    while True:
        posted = json.dumps(asked if token is None else {**asked, "iterationNextToken": token}).encode()
        answer = client.get(source, path, posted=("application/json", posted), check=check, allow=frozenset({400}))
        payload = parse(source, answer)
        if answer.status == 400:
            raise SourceAborted(f"it does not understand the search: {_said(payload)}", source=source.name)
        notices, total = payload.get("notices"), str(payload.get("totalNoticeCount"))
        if not isinstance(notices, list) or not total.isdecimal():
            raise SourceAborted(f"{answer.url} answered without notices or their number.", source=source.name)
        before = len(found)
        found |= {str(notice.get(key)): notice for notice in notices if isinstance(notice, dict)}
        following = payload.get("iterationNextToken")
        if not following or len(found) >= int(total):
            break
        if following == token or len(found) == before:
            raise SourceAborted("its search does not move on.", source=source.name)
        token = str(following)
    _refuse_part(source, len(found), int(total))
    return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Names in an answer: of the list, of how many there are, of how many of them pages reach; and a record's own key."""

    records: str
    total: str
    reachable: str
    key: str


def read_pages(
    client: "PoliteClient",
    source: Source,
    path: str,
    params: Mapping[str, str],
    pages: Pages,
    *,
    hidden_headers: Mapping[str, Secret],
) -> list[dict[str, Any]]:
    """All records of pages from 1 on, each once.

    Raises SourceAborted where pages reach fewer than there are, or fewer come, or the service refuses the key.
    """
    found: dict[str, dict[str, Any]] = {}
    for page in count(1):
        answer = client.get(
            source,
            path,
            params={**params, "page": str(page)},
            hidden_headers=hidden_headers,
            allow=frozenset({401, 403}),
        )
        if answer.status in (401, 403):
            raise LoginRefused(
                f"the service refuses the key (HTTP {answer.status}).",
                source=source.name,
                hint=f"Look at the environment variable {source.login_envs[0]}.",
            )
        payload = parse(source, answer)
        hits, said, reached = (
            payload.get(pages.records),
            str(payload.get(pages.total)),
            str(payload.get(pages.reachable)),
        )
        if not isinstance(hits, list) or not said.isdecimal():
            raise SourceAborted(
                f"{answer.url} answered without {pages.records!r} or {pages.total!r}.", source=source.name
            )
        if reached.isdecimal() and int(reached) < int(said):
            raise SourceAborted(f"it finds {said} notices and shows {reached} of them only.", source=source.name)
        before = len(found)
        found |= {str(hit.get(pages.key)): hit for hit in hits if isinstance(hit, dict)}
        if len(found) >= int(said) or len(found) == before:
            _refuse_part(source, len(found), int(said))
            break
    return list(found.values())


def _refuse_part(source: Source, found: int, total: int) -> None:
    if found < total:
        raise SourceAborted(
            f"{total:,} notices are said to be found, and {found:,} came.",
            source=source.name,
            hint="Nothing of these days was used.",
        )


def _said(payload: Mapping[str, Any]) -> str:
    return str(payload.get("message") or "HTTP 400")[:300]
