"""Secrets that reach the server and nothing else: no log, no message, no file, no representation."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from sources.errors import SourceAborted


class Secret:
    """A value that shows itself to nobody but the request.

    >>> Secret("hunter2")
    Secret('***')
    """

    __slots__ = ("_parts", "_value")

    def __init__(self, value: str, *, parts: Iterable[str] = ()) -> None:
        """`parts` are secrets in it that a server may repeat by themselves."""
        value = value.strip()
        if not (value.isascii() and value.isprintable()):
            raise ValueError("a secret holds characters that HTTP cannot carry; was it pasted whole?")
        self._value = value
        self._parts = tuple(parts)

    def __repr__(self) -> str:
        return "Secret('***')"

    def reveal(self) -> str:
        """The value itself, for the moment of sending."""
        return self._value

    def texts(self) -> tuple[str, ...]:
        """The value and the secrets in it, each of which nobody may see."""
        return (self._value, *self._parts)

    def scrub(self, text: str) -> str:
        """A text less the value and its parts, as they are or as an address has them."""
        bare = {part for part in self.texts() if part}
        for part in sorted(bare | {quote(part, safe="") for part in bare}, key=len, reverse=True):
            text = text.replace(part, "***")
        return text


def find_secret(source: str, environ: Mapping[str, str], variable: str) -> Secret:
    """The secret that an environment variable holds; raises SourceAborted, naming the variable, where none is."""
    value = environ.get(variable, "").strip()
    try:
        if value:
            return Secret(value)
        reason = f"the environment variable {variable} is not set."
    except ValueError:
        reason = f"the environment variable {variable} holds what no login has; was it pasted whole?"
    raise SourceAborted(reason, source=source, hint=f"docs/sources/{source}.md says how to get a login.")


def basic_login(user: Secret, password: Secret) -> Secret:
    """The value of an Authorization header for HTTP Basic (RFC 7617).

    >>> basic_login(Secret("kari"), Secret("hunter2"))
    Secret('***')
    """
    pair = f"{user.reveal()}:{password.reveal()}"
    encoded = base64.b64encode(pair.encode()).decode()
    return Secret(f"Basic {encoded}", parts=(encoded, *user.texts(), *password.texts()))


def bearer(token: Secret) -> Secret:
    """The value of an Authorization header for a token (RFC 6750).

    >>> bearer(Secret("hunter2"))
    Secret('***')
    """
    return Secret(f"Bearer {token.reveal()}", parts=token.texts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The secret part of one request."""

    params: Mapping[str, Secret] = field(default_factory=dict)
    headers: Mapping[str, Secret] = field(default_factory=dict)

    def scrub(self, text: str) -> str:
        """A text less every secret that a server may have repeated in it."""
        for secret in (*self.params.values(), *self.headers.values()):
            text = secret.scrub(text)
        return text
