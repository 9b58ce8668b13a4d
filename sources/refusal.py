"""What a refusal of a server means: to be asked again later, or not at all."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.secret import Hidden
from sources.source import Source
from sources.stream import is_web_page, measured, redacted

BUSY = frozenset({429, 500, 502, 503, 504})
NOT_LET_IN = frozenset({401, 403})
MOST_REFUSAL_BYTES = 64 << 20
MOST_SCRUBBED_BYTES = 64 << 10


def _retry_after_seconds(value: str | None) -> float | None:
    """Seconds to wait by a Retry-After header, which has seconds or an HTTP date; None where it has neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _asked_to_wait(response: httpx.Response) -> float | None:
    """Seconds until a busy server may be asked again, where it says so: by Retry-After, or when its window begins anew."""
    resets = response.headers.get("x-ratelimit-reset", "").strip()
    if "retry-after" not in response.headers and response.status_code == 429 and resets.isdecimal():
        # some say when (Unix time), others in how many seconds
        return max(0.0, float(resets) - (datetime.now(UTC).timestamp() if len(resets) >= 9 else 0))
    return _retry_after_seconds(response.headers.get("retry-after"))


def refusal(source: Source, request: httpx.Request, response: httpx.Response) -> RetryableError | SourceAborted:
    """The error that an answer of no success stands for; what a server says of it is quoted without secrets."""
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.status_code in BUSY:
        return RetryableError(
            f"{source.name}: {request.url.host} is busy (HTTP {status}).",
            source=source.name,
            url=str(request.url),
            retry_after_seconds=_asked_to_wait(response),
        )
    said = b"".join(redacted(measured(source, response, MOST_REFUSAL_BYTES, None), source.privacy.never_store))
    hidden: Hidden = request.extensions["hidden"]
    # scrubbed before it is cut: half a secret is not found
    text = "" if is_web_page(response, said) else hidden.scrub(said[:MOST_SCRUBBED_BYTES].decode("utf-8", "replace"))
    is_login = bool(hidden.params or hidden.headers) and response.status_code in NOT_LET_IN
    kind = LoginRefused if is_login else SourceAborted
    return kind(f"{request.url} answered HTTP {status}" + (f": {text[:300]}" if text else "."), source=source.name)
