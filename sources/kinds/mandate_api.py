"""A service that says, entity by entity, which combinations of persons may sign for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sources.kinds.json_api import parse
from sources.kinds.one_by_one import ask_each
from sources.lookup import MandatesAnswer, Outcome
from sources.record import MandateHolder
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
    """Who may sign for each of these entities, asked one by one, each with what became of asking; raises as `ask_each`."""

    def ask(key: str) -> MandatesAnswer | None:
        answers = {
            kind: client.get(source, path.format(key=key), allow=UNANSWERED) for kind, path in service.paths.items()
        }
        failed = [kind for kind, answer in answers.items() if answer.status == 500]
        if len(failed) == len(answers):
            return None
        read = service.read(
            key, {kind: parse(source, answer) if answer.status == 200 else None for kind, answer in answers.items()}
        )
        return replace(read, outcome=Outcome.FAILED) if failed else read

    def nothing(key: str, outcome: Outcome) -> MandatesAnswer:
        return MandatesAnswer(source_key=key, outcome=outcome, unanswered=tuple(service.paths))

    return ask_each(source, keys, ask, nothing, service="the service of who may sign")


def standard_words(text: object, holders: tuple[MandateHolder, ...]) -> str | None:
    """What the code list calls the rule; nothing where the text names somebody or has digits, as free words do."""
    words = str(text or "").strip()
    names = {word.casefold() for holder in holders for word in (holder.name or "").split()}
    is_free = any(letter.isdigit() for letter in words) or names & set(words.casefold().replace(",", " ").split())
    return None if is_free else words or None


def inner_object(payload: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """The object under that name, empty where there is none."""
    value = (payload or {}).get(name)
    return value if isinstance(value, dict) else {}
