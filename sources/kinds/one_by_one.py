"""Asking a service for one company after another, unreliable as such services are.

It may be busy in bursts, and it may fail on some companies for ever: neither must stop the others.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sources.errors import RetryableError
from sources.lookup import Outcome
from sources.source import Source

MOST_FAILED_IN_A_ROW = 5
"""So many companies on which the service fails one after another: it is the service, not they."""

_Answer = TypeVar("_Answer")


def ask_each(
    source: Source,
    keys: Sequence[str],
    ask: Callable[[str], _Answer | None],
    nothing: Callable[[str, Outcome], _Answer],
    *,
    service: str,
) -> Iterator[_Answer]:
    """What `ask` answers for each of these; null is a service that fails on it (HTTP 500), of which `nothing` is said.

    Raises RetryableError where the service fails on one after another; on which it failed is not said then, for it
    says nothing of them. `service` is what it is called.
    """
    held_back: list[_Answer] = []
    for key in keys:
        try:
            answer = ask(key)
        except RetryableError as error:
            busy = error
            held_back.append(nothing(key, Outcome.RATE_LIMITED))
        else:
            busy = RetryableError(
                f"{source.name}: {service} fails on every company asked (HTTP 500).", source=source.name
            )
            if answer is None:
                held_back.append(nothing(key, Outcome.FAILED))
            else:
                yield from held_back
                held_back.clear()
                yield answer
        if len(held_back) >= MOST_FAILED_IN_A_ROW:
            raise busy
    yield from held_back
