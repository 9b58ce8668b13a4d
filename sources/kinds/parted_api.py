"""An API that answers for single companies out of several registers at once, each part with errors of its own.

An answer of which one part could not be had says nothing of the company, or its name, status or refusal of advertising
would read as "none": it is left out, and told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sources.kinds.json_api import deliver, parse
from sources.kinds.oauth2 import AuthorisedApi
from sources.source import Coverage, Delivery, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class PartedApi:
    """Where single companies are asked for, and the keys of an answer.

    `question` is the key that is posted, `company` a pattern of numbers that may be asked for, `records` the list in an
    answer, `identity` where a record's number stands, `order` which of several records of one number comes first.
    `error` is where a part says why it is missing: `not_now` are words that say nothing of the company, `unknown` says
    of `main_part` that there is no such company. `never_kept` are keys, at any depth, that are let go of, and
    `personal_number` is a pattern that is taken out of texts.
    """

    layout: Layout
    path: str
    question: str
    records: str
    company: str
    identity: tuple[str, str]
    order: str
    error: tuple[str, str]
    not_now: frozenset[str]
    unknown: str
    main_part: str
    never_kept: frozenset[str]
    personal_number: str


def ask_records(api: AuthorisedApi, service: PartedApi, keys: Sequence[str], *, landing: Path) -> Delivery:
    """The companies of these numbers as the API has them now; a number that may be a person's is not asked for.

    Of several records of one number the first counts. Raises as `AuthorisedApi.ask`.
    """
    fetched_at = datetime.now(UTC)
    found: list[dict[str, Any]] = []
    unknown: list[str] = []
    incomplete = 0
    for key in keys:
        known = _ask(api, service, key) if re.fullmatch(service.company, key) else []
        if any(_errors_of(service, one) & service.not_now for one in known):
            incomplete += 1
        elif known:
            found.append(_kept(service, min(known, key=lambda one: _place(service, one))))
        else:
            unknown.append(key)
    delivery = deliver(
        api.source,
        service.layout,
        found,
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=fetched_at,
        url=f"{api.access.api_url}/{service.path}",
        unknown=tuple(unknown),
    )
    if not incomplete:
        return delivery
    told = f"{incomplete:,} of {len(keys):,} answers lack what one of its registers could not give: ask again later"
    return replace(delivery, warnings=(*delivery.warnings, told))


def _ask(api: AuthorisedApi, service: PartedApi, key: str) -> list[dict[str, Any]]:
    answer = api.ask(service.path, posted={service.question: key}, allow=frozenset({400, 404}))
    listed = parse(api.source, answer).get(service.records) if answer.status == 200 else None
    outer, inner = service.identity
    return [
        one
        for one in listed or []
        if isinstance(one, dict)
        # what could not be had has no number
        and (str((one.get(outer) or {}).get(inner)) == key or _errors_of(service, one) & service.not_now)
        and service.unknown not in _errors_of(service, {service.main_part: one.get(service.main_part)})
    ]


def _place(service: PartedApi, one: Mapping[str, Any]) -> int:
    place = str(one.get(service.order) or "")
    return int(place) if place.isdecimal() else 0


def _errors_of(service: PartedApi, one: Mapping[str, Any]) -> frozenset[str]:
    outer, inner = service.error
    told = (part.get(outer) for part in one.values() if isinstance(part, dict))
    return frozenset(str(each.get(inner)) for each in told if isinstance(each, dict))


def _kept(service: PartedApi, value: Any) -> Any:  # noqa: ANN401 - a raw payload
    """What of an answer may be kept."""
    if isinstance(value, dict):
        return {
            name: inner if name == service.question else _kept(service, inner)
            for name, inner in value.items()
            if name not in service.never_kept
        }
    if isinstance(value, list):
        return [_kept(service, inner) for inner in value]
    return re.sub(service.personal_number, "", value).strip() if isinstance(value, str) else value
