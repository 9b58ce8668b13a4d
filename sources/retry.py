"""What is asked again, when, and how often: a busy server after a pause, a host that cannot be reached once more."""

import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import tenacity
from tenacity.stop import stop_base

from sources.errors import NoConnection, RetryableError
from sources.proxy import tell_proxy
from sources.source import Source

ATTEMPTS = 6
"""So often a busy server is asked."""
ATTEMPTS_TO_CONNECT = 2
"""So often a host is tried that cannot be reached: where there is no way today, there is none in a minute."""
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_GROWING = tenacity.wait_exponential_jitter(initial=1, max=60)

Retrying = tenacity.Retrying
"""Calls what it is given until it succeeds, or patience ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTry:
    """A question that is put again after a pause: why, and which try of how many it will be."""

    error: RetryableError
    attempt: int
    attempts: int
    pause_seconds: float


def retrying(
    *,
    attempts: int,
    patience_seconds: float,
    longest_pause_seconds: float,
    sleep: Callable[[float], None],
    tell_next: Callable[[NextTry], None],
) -> Retrying:
    """Calls what raises RetryableError again: up to `attempts` times within `patience_seconds`, then that is raised.

    The pause grows and is jittered, or is the `Retry-After` that the server named; one that asks for more than
    `longest_pause_seconds` is left alone. NoConnection is tried twice. `tell_next` hears of each pause before it begins.
    It is for one question: what is called through copies of it, as are the questions for parts of one file, counts together.
    """
    patience = _StopWherePatienceEnds(attempts, patience_seconds)

    def tell(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RetryableError):
            most = ATTEMPTS_TO_CONNECT if isinstance(error, NoConnection) else attempts
            tell_next(
                NextTry(
                    error=error,
                    attempt=patience.failed + 1,
                    attempts=max(most, patience.failed + 1),
                    pause_seconds=state.upcoming_sleep,
                )
            )

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(RetryableError),
        stop=patience  # first of all: it counts
        | tenacity.stop_before_delay(patience_seconds)
        | _StopWhereAskedTooLong(longest_pause_seconds)
        | _StopWhereNobodyIsReached(),
        wait=_pause,
        sleep=sleep,
        before_sleep=tell,
        reraise=True,
    )


def no_answer(source: Source, request: httpx.Request, error: httpx.HTTPError) -> RetryableError:
    """What it means that a server gave no answer: it is away, or nobody can be reached from here."""
    proxy, url = request.extensions.get("proxy"), str(request.url)
    host = request.url.host if proxy is None else f"{request.url.host} through {tell_proxy(proxy)}"
    why = _no_way(error)
    if why is None:
        return RetryableError(
            f"{source.name}: {host} did not answer ({type(error).__name__}).", source=source.name, url=url
        )
    return NoConnection(f"{source.name}: no connection to {host} ({why}).", source=source.name, url=url)


def _no_way(error: BaseException) -> str | None:
    """Why nobody was reached at all; None where somebody was, who then did not answer or refused."""
    if isinstance(error, httpx.ConnectTimeout):
        return "nobody answers there"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "its name cannot be resolved"
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return "no route leads there"
        cause = cause.__cause__ or cause.__context__
    return None


class _StopWherePatienceEnds(stop_base):
    """Gives up after so many tries that failed, or before the pauses are longer in all than patience is."""

    def __init__(self, attempts: int, patience_seconds: float) -> None:
        self._attempts, self._seconds = attempts, patience_seconds
        self.failed = 0

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        self.failed += 1
        self._seconds -= state.upcoming_sleep
        return self.failed >= self._attempts or self._seconds < 0


class _StopWhereNobodyIsReached(stop_base):
    """Gives up on a host to which there is no way."""

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        return isinstance(error, NoConnection) and state.attempt_number >= ATTEMPTS_TO_CONNECT


class _StopWhereAskedTooLong(stop_base):
    """Gives up on a server that asks for a longer pause than we wait: its wish is kept by not coming back."""

    def __init__(self, longest_seconds: float) -> None:
        self._longest_seconds = longest_seconds

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        return state.upcoming_sleep > self._longest_seconds


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, RetryableError) else None
    return _GROWING(state) if asked is None else asked
