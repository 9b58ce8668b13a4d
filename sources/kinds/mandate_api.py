"""A service that says, entity by entity, which combinations of persons may sign for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.errors import RetryableError
from sources.kinds.accounts_api import MOST_FAILED_IN_A_ROW
from sources.kinds.json_api import parse
from sources.lookup import MandatesAnswer
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

UNANSWERED = frozenset({400, 404, 410, 500})
"""Statuses of a question that the service has no answer to: that says nothing of who may sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateService:
    """Where the answers are, by kind (signature, procuration) a path with {key}, and how those of one entity are read.

    `read` is given the entity and its answers by kind, null where the service has none.
    """

    paths: Mapping[str, str]
    read: Callable[[str, Mapping[str, dict[str, Any] | None]], MandatesAnswer]


def ask_mandates(
    client: "PoliteClient", source: Source, service: MandateService, keys: Sequence[str]
) -> Iterator[MandatesAnswer]:
    """Who may sign for each of these entities, asked one by one.

    Raises RetryableError where the service fails on one after another (HTTP 500): then nothing is said of those.
    """
    held_back: list[MandatesAnswer] = []
    for key in keys:
        has_failed, said = False, dict[str, dict[str, Any] | None]()
        for kind, path in service.paths.items():
            answer = client.get(source, path.format(key=key), allow=UNANSWERED)
            has_failed |= answer.status == 500
            said[kind] = parse(source, answer) if answer.status == 200 else None
        read = service.read(key, said)
        if not has_failed:
            yield from held_back
            held_back.clear()
            yield read
            continue
        held_back.append(read)
        if len(held_back) >= MOST_FAILED_IN_A_ROW:
            raise RetryableError(
                f"{source.name}: the service of who may sign fails on every company asked (HTTP 500).",
                source=source.name,
            )
    yield from held_back
