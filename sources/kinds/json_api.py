"""A JSON API's answers, flattened to the columns that mappings read.

Objects become dotted column names, lists of values lines of one text, lists of objects JSON text. A key that the
layout does not have is not refused, since the other keys still hold, but counted and told.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources.errors import SourceAborted
from sources.redact import without
from sources.source import Coverage, Delivery, Layout, Source

if TYPE_CHECKING:
    from sources.http import Answer


def parse(source: Source, answer: "Answer") -> dict[str, Any]:
    """The object that an answer holds, numbers as they are written, less what is never stored."""
    try:
        payload = json.loads(answer.body, parse_int=str, parse_float=str)
    except ValueError:
        raise SourceAborted(f"{answer.url} did not answer with JSON.", source=source.name) from None
    if not isinstance(payload, dict):
        raise SourceAborted(f"{answer.url} answered with a list where an object was expected.", source=source.name)
    return dict(without(payload, source.privacy.never_store))


def flatten(payload: Mapping[str, Any], *, leave_out: frozenset[str] = frozenset({"_links"})) -> dict[str, str]:
    """An answer's object as text columns; what is null or empty is left out, and so are HAL's links.

    >>> flatten({"navn": "A AS", "adresse": {"linjer": ["Vei 1", None, ""], "land": None}, "konkurs": False})
    {'navn': 'A AS', 'adresse.linjer': 'Vei 1', 'konkurs': 'false'}
    >>> flatten({"navn": [{"navn": "B", "fra": "2020-01-01"}], "_links": {"self": {}}})
    {'navn': '[{"navn": "B", "fra": "2020-01-01"}]'}
    """
    columns: dict[str, str] = {}
    for name, value in payload.items():
        if name in leave_out:
            continue
        if isinstance(value, Mapping):
            columns |= {f"{name}.{inner}": text for inner, text in flatten(value, leave_out=leave_out).items()}
        elif text := _text(value):
            columns[name] = text
    return columns


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if any(isinstance(part, (Mapping, list)) for part in value):
            return json.dumps(value, ensure_ascii=False)
        return "\n".join(text for part in value if (text := _text(part)))
    return str(value)


def tabulate(layout: Layout, payloads: Sequence[Mapping[str, Any]]) -> tuple[pa.Table, tuple[str, ...]]:
    """The answers as a table with the layout's columns, all text, and a sentence for each key that it does not have."""
    rows = [flatten(payload) for payload in payloads]
    known = frozenset(layout.columns)
    strange = Counter(name for row in rows for name in row if layout.unknown(known | {name}))
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in layout.columns})
    warnings = (f"{count:,} of {len(rows):,} answers have the unknown key {name!r}" for name, count in strange.items())
    return table, tuple(sorted(warnings))


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
    """Answers as a delivery; what was kept of them is written to `landing` as one JSON object a line."""
    text = "".join(json.dumps(payload, ensure_ascii=False) + "\n" for payload in payloads).encode()
    seq = int(fetched_at.timestamp() * 1000)
    landing.mkdir(parents=True, exist_ok=True)
    (landing / f"{layout.name}-{seq}.jsonl").write_bytes(text)
    table, warnings = tabulate(layout, payloads)
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
