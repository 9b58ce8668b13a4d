"""A JSON API's answers, flattened to the columns that mappings read (`sources/kinds/json_record.py`)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources.errors import AnswerUnreadable, SourceAborted
from sources.kinds.json_record import RecordReader
from sources.kinds.text_table import text_table
from sources.redact import without
from sources.source import Coverage, Delivery, Layout, Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient


def parse(source: Source, answer: "Answer") -> dict[str, Any]:
    """The object that an answer holds, numbers as they are written, less what is never stored."""
    try:
        payload = json.loads(answer.body, parse_int=str, parse_float=str)
    except ValueError:
        raise AnswerUnreadable(f"{answer.url} did not answer with JSON.", source=source.name) from None
    if not isinstance(payload, dict):
        raise AnswerUnreadable(f"{answer.url} answered with a list where an object was expected.", source=source.name)
    return dict(without(payload, source.privacy.never_store))


def walk_pages(
    client: "PoliteClient", source: Source, path: str, params: Mapping[str, str], *, records: str, total: str
) -> list[dict[str, Any]]:
    """All records that a search finds, page after page from 1, until there are as many as the answer says there are.

    `records` and `total` name the list and the number in an answer; 404 is nothing found. Raises SourceAborted where
    pages end before that, or say no number: a search that is cut short never passes for a whole one.
    """
    found: list[dict[str, Any]] = []
    for page in count(1):
        answer = client.get(source, path, params={**params, "page": str(page)}, allow=frozenset({404}))
        if answer.status == 404:
            break
        payload = parse(source, answer)
        if not str(payload.get(total)).isdecimal() or not isinstance(payload.get(records), list):
            raise SourceAborted(f"{answer.url} answered without {records!r} or {total!r}.", source=source.name)
        found += payload[records]
        if len(found) >= int(payload[total]):
            break
        if not payload[records]:
            raise SourceAborted(
                f"{answer.url} is empty, though {payload[total]} records are said to be found and {len(found)} came.",
                source=source.name,
            )
    return found


def tabulate(layout: Layout, payloads: Sequence[Mapping[str, Any]]) -> tuple[pa.Table, tuple[str, ...]]:
    """The answers as a table with the layout's columns, all text, and a sentence for each thing that it does not know."""
    reader = RecordReader(layout)
    rows = [reader.read(payload) for payload in payloads]
    return text_table(rows, layout.columns), reader.warnings()


def deliver(
    source: Source,
    layout: Layout,
    payloads: Sequence[Mapping[str, Any]],
    *,
    coverage: Coverage,
    landing: Path,
    fetched_at: datetime,
    url: str,
    cursor: str | None = None,
    gone: tuple[str, ...] = (),
    unknown: tuple[str, ...] = (),
) -> Delivery:
    """Answers as a delivery; what the layout reads of them is written to `landing` as one JSON object a line.

    What it does not know is told and not kept: nobody has looked whether it is a birth date.
    """
    table, warnings = tabulate(layout, payloads)
    reading = layout.columns_read()
    read = table.select([name for name in layout.columns if name in reading]).to_pylist()
    known = ({name: text for name, text in row.items() if text is not None} for row in read)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in known).encode()
    seq = int(fetched_at.timestamp() * 1000)
    landing.mkdir(parents=True, exist_ok=True)
    (landing / f"{layout.name}-{seq}.jsonl").write_bytes(text)
    return Delivery(
        source=source.name,
        layout=layout,
        rows=table,
        form="arrow",
        coverage=coverage,
        fetched_at=fetched_at,
        source_seq=seq,
        url=url,
        kept_sha256=hashlib.sha256(text).hexdigest(),
        cursor=cursor,
        gone=gone,
        unknown=unknown,
        warnings=warnings,
    )
