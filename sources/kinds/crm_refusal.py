"""What a CRM's API means by refusing: whether to wait a moment, to come back tomorrow, or to mend the token."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sources.errors import LoginRefused, RetryableError
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import Answer

SPOKEN = frozenset({401, 403, 423, 429, 477, 521, 522, 523, 524})
"""Statuses whose answer says what to do: locked (423), being moved to another data centre (477), behind a tired proxy (52x)."""
DAY_SECONDS = 86_400.0


def hear_refusals(source: Source, scope: str, secret_env: str) -> Callable[["Answer"], None]:
    """A check of answers of which `scope` is needed; no message repeats more of an answer than names of scopes."""

    def check(answer: "Answer") -> None:
        if answer.status not in SPOKEN:
            return
        said = _said(answer.body)
        if answer.status == 401:
            raise LoginRefused(
                f"the token in {secret_env} is refused (HTTP 401).",
                source=source.name,
                hint=f"Is it expired or rotated, or cut when it was copied? Make a new one in {source.title} (private app, "
                f"tab Auth) and put it into {secret_env}. Nothing was changed.",
            )
        if answer.status == 403:
            named = _scopes(said)
            others = f" ({source.title} names {', '.join(named)})" if named and scope not in named else ""
            raise LoginRefused(
                f"the token in {secret_env} may not read this (HTTP 403): it lacks the scope {scope}{others}.",
                source=source.name,
                hint="Add the scope to the private app (tab Scopes); the token stays the same. Nothing of this was changed.",
            )
        if str(said.get("policyName", "")).upper() == "DAILY":
            raise RetryableError(
                f"{source.name}: the day's requests of the account are used up (HTTP 429, daily limit). They are counted "
                "anew after midnight of the account's time zone: run the same command tomorrow. What was taken in stays.",
                source=source.name,
                url=answer.url,
                retry_after_seconds=DAY_SECONDS,
            )
        retry_after = answer.retry_after or ""
        raise RetryableError(
            f"{source.name}: {source.title} is busy (HTTP {answer.status}). What was taken in stays; run the same command later.",
            source=source.name,
            url=answer.url,
            retry_after_seconds=float(retry_after) if retry_after.strip().isdecimal() else None,
        )

    return check


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _scopes(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that the answer names; HubSpot is known to name the wrong ones, so they stand beside ours."""
    found: list[str] = []
    errors = said.get("errors")
    for error in errors if isinstance(errors, list) else ():
        context = error.get("context") if isinstance(error, dict) else None
        for name in ("requiredGranularScopes", "requiredScopes"):
            scopes = context.get(name) if isinstance(context, dict) else None
            found += [str(scope) for scope in scopes] if isinstance(scopes, list) else []
    return tuple(
        dict.fromkeys(scope for scope in found if scope.replace(".", "").replace("_", "").replace("-", "").isalnum())
    )
