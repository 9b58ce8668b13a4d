"""A register that has no file of all, and answers for one number at a time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sources.kinds.json_api import deliver
from sources.kinds.sifted_json import JsonForm, at, of_company
from sources.source import Coverage, Delivery, Source


def look_up_each(
    source: Source,
    form: JsonForm,
    keys: Sequence[str],
    ask: Callable[[str], dict[str, Any] | None],
    *,
    landing: Path,
    url: str,
) -> Delivery:
    """The records of these numbers, asked one by one; `ask` gives null for one that the register does not know.

    Nothing is kept of a natural person's record, and an answer about another number than the one asked for is none.
    """
    fetched_at = datetime.now(UTC)
    found: list[dict[str, Any]] = []
    unknown: list[str] = []
    persons = 0
    for key in keys:
        record = ask(key)
        if record is None or _digits(at(record, form.number)) != _digits(key):
            unknown.append(key)
            continue
        company = of_company(form, record)
        if company is None:
            persons += 1
        else:
            found.append(company)
    delivery = deliver(
        source,
        form.layout,
        found,
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=fetched_at,
        url=url,
        unknown=tuple(unknown),
    )
    left_out = f"{persons:,} of {len(keys):,} answers are about natural persons: nothing of them was kept"
    return replace(delivery, warnings=(*((left_out,) if persons else ()), *delivery.warnings))


def _digits(number: object) -> str:
    return re.sub(r"\D", "", str(number)).lstrip("0")
