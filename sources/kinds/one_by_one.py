"""Asking a service for one company after another, unreliable as such services are.

It may be busy in bursts, and it may fail on some companies for ever: neither must stop the others.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sources.errors import NoConnection, RetryableError
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
    tells_busy: bool = False,
) -> Iterator[_Answer]:
    """What `ask` answers for each of these; null is a service that fails on it, of which `nothing` is said.

    Raises RetryableError where the service fails on one after another; on which it failed is not said then, for it
    says nothing of them, but where `tells_busy` it is said before that it was busy. `service` is what it is called.
    """
    held_back: list[tuple[str, _Answer]] = []
    for key in keys:
        try:
            answer = ask(key)
        except NoConnection:  # there is no way to any of them
            raise
        except RetryableError as error:
            busy = error
            held_back.append((key, nothing(key, Outcome.RATE_LIMITED)))
        else:
            busy = RetryableError(f"{source.name}: {service} fails on every company asked.", source=source.name)
            if answer is None:
                held_back.append((key, nothing(key, Outcome.FAILED)))
            else:
                yield from (one for _, one in held_back)
                held_back.clear()
                yield answer
        if len(held_back) >= MOST_FAILED_IN_A_ROW:
            if tells_busy:
                yield from (nothing(one, Outcome.RATE_LIMITED) for one, _ in held_back)
            raise busy
    yield from (one for _, one in held_back)
