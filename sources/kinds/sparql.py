"""A SPARQL endpoint that gives every question a budget of seconds: asked in batches, halved where the seconds run out."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from sources.errors import RetryableError, SourceAborted
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

ANSWER_SECONDS = 75.0
"""The endpoint's own deadline is 60 seconds: it is to say so itself, before we stop listening."""
_RESULTS = "application/sparql-results+json"
_OUT_OF_TIME = b"TimeoutException"
_NOT_SAID = "/.well-known/genid/"
"""What a value is that somebody states to be unknown: no value."""

_Value = TypeVar("_Value")
Row = dict[str, tuple[str, str]]
"""The variables of a result that have a value, each as (value, language or empty)."""


class _OutOfTime(Exception):
    """The question needed more seconds than the endpoint grants."""


def ask_in_halves(
    client: "PoliteClient", source: Source, question: Callable[[Sequence[_Value]], str], values: Sequence[_Value]
) -> Iterator[tuple[Sequence[_Value], list[Row] | None]]:
    """The results for all values, in as many questions as their seconds demand; null for one that is never in time.

    Such a question is not repeated as it is: it would cost the endpoint the same seconds again.
    """
    if not values:
        return
    try:
        yield values, _select(client, source, question(values))
    except _OutOfTime:
        if len(values) == 1:
            yield values, None
            return
        half = len(values) // 2
        yield from ask_in_halves(client, source, question, values[:half])
        yield from ask_in_halves(client, source, question, values[half:])


def _select(client: "PoliteClient", source: Source, question: str) -> list[Row]:
    answer = client.get(
        source,
        client.base_url(source),
        accept=_RESULTS,
        allow=frozenset({500, 504}),
        posted=("application/x-www-form-urlencoded", urlencode({"query": question}).encode()),
        check=lambda answer: _check(source, answer),
        timeout_seconds=ANSWER_SECONDS,
    )
    try:
        found = json.loads(answer.body)
        rows = [
            {name: (term["value"], term.get("xml:lang", "")) for name, term in row.items() if _is_stated(term)}
            for row in found["results"]["bindings"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SourceAborted(f"{answer.url} did not answer with SPARQL results as JSON.", source=source.name) from None
    return rows


def _check(source: Source, answer: "Answer") -> None:
    # results are sent while they are found: a question that runs out of time may begin as a good answer, with status 200,
    # and end with a trace of the program
    if answer.status == 504 or _OUT_OF_TIME in answer.body[-50_000:]:
        raise _OutOfTime
    if answer.status == 500:
        raise RetryableError(f"{source.name}: {answer.url} failed (HTTP 500).", source=source.name, url=answer.url)


def _is_stated(term: dict[str, str]) -> bool:
    return term["type"] in ("uri", "literal", "typed-literal") and _NOT_SAID not in term["value"]
