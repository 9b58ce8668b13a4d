"""A register behind an ElasticSearch index: read whole in order of its numbers, followed by load time, asked by number.

All is read by `search_after`, never by scroll: a page asked for twice is the same page, so a lost answer costs one
request and nothing is skipped, there is no scroll that expires, and the 10,000 records that `from` reaches do not bound
it. An index answers 200 where it has only a part of what was asked for (shards that failed, a search that timed out) and
where it knows no such type at all: neither ever passes for a whole register.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.kinds.bulk_file import FILE_IS_MADE_EVERY
from sources.kinds.hal_register import read_cursor, write_cursor
from sources.kinds.index_rows import Document, deliver_documents
from sources.kinds.json_record import RecordReader
from sources.kinds.unfinished import Unfinished
from sources.secret import basic_login
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

PAGE = 1_000
BATCH = 500
CHANGES_AT_ONCE = 20_000
ATTEMPTS = 3
"""How often a search is asked that comes back with a part of its answer."""
LATE = timedelta(hours=1)
"""What was loaded may be seen in the index only a while after the load time that it bears."""
MOST_DRIFT = 0.001
"""The share of records by which a register may grow or shrink while it is read."""
REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index of a register: where it answers and the names of what is asked for.

    `root` is the key of a hit that holds the record, `number` its key, `loaded` the time at which the register put it
    into the index, which only moves forward. `known` are numbers of which at least one is always there. `keeps` says of
    an object in a list, by the list's name, whether it may be stored.
    """

    layout: Layout
    path: str
    root: str
    number: str
    loaded: str
    known: tuple[str, ...]
    keeps: Callable[[str, Mapping[str, Any]], bool]

    @property
    def asked_for(self) -> list[str]:
        """The dotted names of what is asked for: what the layout reads, and nothing else."""
        names = [self.loaded]
        for name in sorted(self.layout.columns_read()):
            shape = self.layout.lists.get(name)
            names += [name] if shape is None else [f"{name}.{key}" for key in shape.keys]
        return [f"{self.root}.{name}" for name in names]


def read_whole_index(client: "PoliteClient", source: Source, index: Index, *, landing: Path, known: Known) -> Delivery:
    """All records, as one complete delivery of the moment at which reading began, also where it was killed in between.

    Before it, the index must know one of the numbers that are always there, and hold as many records as are expected:
    nothing is read of one that does not. Raises SourceAborted then, where a page does not move on, and where another
    number of records came than the index says it has; RetryableError where it stays busy or answers in part.
    """
    warnings = check_known(client, source, index)
    unfinished = _take_up(client, source, index, known)
    begun = datetime.now(UTC) if unfinished is None else unfinished.begun
    order = [{f"{index.root}.{index.number}": "asc"}]
    after = None if unfinished is None else unfinished.place
    pages = _walk_hits(client, source, index, {"match_all": {}}, order, after=after)
    total, first = next(pages)
    expect = index.layout.expect or source.expect
    if total < expect.min_rows:
        raise SourceAborted(
            f"the index says that it holds {total:,} records, expected are at least {expect.min_rows:,}.",
            source=source.name,
            hint="Nothing was read, the last good data stays. Does the login show all companies "
            f"(docs/sources/{source.name}.md)?",
        )
    said, reached = [total], [after]

    def documents() -> Iterator[Document]:
        for now, page in chain([(total, first)], pages):
            said[0] = now
            for hit in page:
                reached[0] = hit.get("sort")
                yield _document(source, index, hit)

    return deliver_documents(
        source,
        index.layout,
        documents(),
        keeps=index.keeps,
        coverage=Coverage.COMPLETE,
        landing=landing,
        moment=begun,
        url=f"{client.base_url(source)}/{index.path}",
        cursor=write_cursor(read_cursor(known.cursor) | {index.layout.part: _epoch(begun - FILE_IS_MADE_EVERY)}),
        warnings=warnings,
        check=lambda came: _refuse_another_number(source, came, said[0]),
        unfinished=unfinished,
        place=lambda: reached[0],
    )


def _take_up(client: "PoliteClient", source: Source, index: Index, known: Known) -> Unfinished | None:
    """What a load that was killed had read, or the beginning of one; null where nothing may be kept between runs."""
    if known.unfinished is None:
        return None
    read_as = f"{client.base_url(source)} {index.path} {source.mapping_version} {' '.join(index.asked_for)}"
    return Unfinished.take_up(known.unfinished, read_as, newest_seq=known.loaded.get(index.layout.part))


def _refuse_another_number(source: Source, came: int, said: int) -> None:
    if abs(came - said) > max(1, MOST_DRIFT * said):
        raise SourceAborted(
            f"{came:,} records came, and the index says that it holds {said:,}.",
            source=source.name,
            hint="The last good data stays; try again later.",
        )


def walk_index_changes(
    client: "PoliteClient", source: Source, index: Index, *, landing: Path, known: Known
) -> Iterator[Delivery]:
    """What the register loaded since the cursor, or since a day before it was read whole; oldest first, as deltas."""
    part = index.layout.part
    positions = read_cursor(known.cursor)
    if part not in positions:
        if part not in known.loaded:
            return
        positions[part] = known.loaded[part] - FILE_IS_MADE_EVERY // timedelta(milliseconds=1)
    since = datetime.fromtimestamp(positions[part] / 1000, UTC) - LATE
    loaded = f"{index.root}.{index.loaded}"
    query = {"range": {loaded: {"gte": since.strftime("%Y-%m-%dT%H:%M:%S.000Z")}}}
    order = [{loaded: "asc"}, {f"{index.root}.{index.number}": "asc"}]
    # the last state of each: one that is loaded anew while we read comes twice
    changed: dict[str, Document] = {}
    for _, page in chain(walk_index(client, source, index, query, order), [(0, None)]):
        for document in page or ():
            number = str(document.get(index.number))
            changed.pop(number, None)
            changed[number] = document
            positions[part] = max(positions[part], _epoch(_load_time(source, index, document)))
        if changed and (page is None or len(changed) >= CHANGES_AT_ONCE):
            yield deliver_documents(
                source,
                index.layout,
                changed.values(),
                keeps=index.keeps,
                coverage=Coverage.DELTA,
                landing=landing,
                moment=datetime.now(UTC),
                url=f"{client.base_url(source)}/{index.path}",
                cursor=write_cursor(positions),
            )
            changed = {}


def look_up_in_index(
    client: "PoliteClient", source: Source, index: Index, keys: Sequence[str], *, landing: Path
) -> Delivery:
    """The records of these numbers as the index has them now."""
    moment = datetime.now(UTC)
    found: dict[str, Document] = {}
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        for document in _find(client, source, index, batch, index.asked_for):
            number = str(document.get(index.number))
            if number in batch:
                found[number] = document
    return deliver_documents(
        source,
        index.layout,
        [found[key] for key in keys if key in found],
        keeps=index.keeps,
        coverage=Coverage.PARTIAL,
        landing=landing,
        moment=moment,
        url=f"{client.base_url(source)}/{index.path}",
        unknown=tuple(key for key in keys if key not in found),
    )


def check_known(client: "PoliteClient", source: Source, index: Index) -> tuple[str, ...]:
    """A sentence for each thing that whole records of known companies hold and the layout does not know.

    Raises SourceAborted where the index has none of these companies: it answers 200 and nothing to a question that it
    does not understand.
    """
    reader = RecordReader(index.layout)
    there = _find(client, source, index, index.known, None)
    if not {str(document.get(index.number)) for document in there} & set(index.known):
        raise SourceAborted(
            f"the index knows none of {', '.join(index.known)}, companies that are always in it.",
            source=source.name,
            hint="Its address or its fields are not what they were: nothing was read, the last good data stays.",
        )
    for document in there:
        reader.read(document)
    return reader.warnings()


# --- questions and answers ---------------------------------------------------------------------------------------
def walk_index(
    client: "PoliteClient", source: Source, index: Index, query: Mapping[str, Any], order: Sequence[Mapping[str, str]]
) -> Iterator[tuple[int, list[Document]]]:
    """Page by page in this order: how many records the query finds, and those of the page; none at the end."""
    for total, hits in _walk_hits(client, source, index, query, order):
        yield total, [_document(source, index, hit) for hit in hits]


def _walk_hits(
    client: "PoliteClient",
    source: Source,
    index: Index,
    query: Mapping[str, Any],
    order: Sequence[Mapping[str, str]],
    *,
    after: object = None,
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    question: dict[str, Any] = {"size": PAGE, "query": query, "sort": order, "_source": index.asked_for}
    if after is not None:
        question["search_after"] = after
    while True:
        answer = _search(client, source, index, question)
        hits = answer["hits"]["hits"]
        yield _total(source, answer), hits
        if not hits:
            return
        after = hits[-1].get("sort")
        if not after or after == question.get("search_after"):
            raise SourceAborted(f"{index.path} does not move beyond {after}.", source=source.name)
        question["search_after"] = after


def _find(
    client: "PoliteClient", source: Source, index: Index, keys: Sequence[str], fields: list[str] | None
) -> list[Document]:
    numbers = [int(key) for key in keys if key.isdecimal()]
    question: dict[str, Any] = {"size": len(keys), "query": {"terms": {f"{index.root}.{index.number}": numbers}}}
    if fields is not None:
        question["_source"] = fields
    answer = _search(client, source, index, question)
    return [_document(source, index, hit) for hit in answer["hits"]["hits"]]


def _search(client: "PoliteClient", source: Source, index: Index, question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a search, whole: asked again where shards failed or it timed out."""
    user, password = (client.secret(source, variable) for variable in source.login_envs)
    login = {"Authorization": basic_login(user, password)}
    posted = ("application/json", json.dumps(question, ensure_ascii=False).encode())
    for _ in range(ATTEMPTS):
        answer = client.get(source, index.path, posted=posted, hidden_headers=login, allow=REFUSED)
        if answer.status in REFUSED:
            # what the server says of it may name the user
            raise LoginRefused(
                f"{answer.url} refused the login (HTTP {answer.status}).",
                source=source.name,
                hint=f"Look at the environment variables {' and '.join(source.login_envs)}.",
            )
        payload = _read_answer(source, answer)
        hits, shards = payload.get("hits"), payload.get("_shards")
        if not isinstance(hits, dict) or not isinstance(hits.get("hits"), list) or not isinstance(shards, dict):
            raise SourceAborted(f"{answer.url} did not answer as a search does.", source=source.name)
        if payload.get("timed_out") is False and str(shards.get("failed")) == "0":
            return payload
    raise RetryableError(
        f"{source.name}: {answer.url} answers with a part of what it has (shards failed, or it timed out).",
        source=source.name,
        url=answer.url,
    )


def _read_answer(source: Source, answer: "Answer") -> dict[str, Any]:
    """What an answer holds, with types as they came: a place in the order is sent back as it was received."""
    try:
        payload = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise SourceAborted(f"{answer.url} did not answer with JSON.", source=source.name) from None
    return payload if isinstance(payload, dict) else {}


def _total(source: Source, answer: Mapping[str, Any]) -> int:
    total = answer["hits"].get("total")
    number = total.get("value") if isinstance(total, dict) else total  # an object since ElasticSearch 7
    if not str(number).isdecimal():
        raise SourceAborted("a search did not say how many records it finds.", source=source.name)
    return int(str(number))


def _document(source: Source, index: Index, hit: Mapping[str, Any]) -> Document:
    inner = hit.get("_source")
    document = inner.get(index.root) if isinstance(inner, dict) else None
    if not isinstance(document, dict):
        raise SourceAborted(f"a record of {index.path} is not in {index.root!r}.", source=source.name)
    return document


def _load_time(source: Source, index: Index, document: Document) -> datetime:
    said = str(document.get(index.loaded))
    try:
        moment = datetime.fromisoformat(said)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        raise SourceAborted(f"a record's {index.loaded} is no time ({said[:40]!r}).", source=source.name) from None


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
