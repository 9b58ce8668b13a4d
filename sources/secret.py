"""Secrets that reach the server and nothing else: no log, no message, no file, no representation."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from sources.errors import SourceAborted


class Secret:
    """A value that shows itself to nobody but the request.

    >>> Secret("hunter2")
    Secret('***')
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        value = value.strip()
        if not (value.isascii() and value.isprintable()):
            raise ValueError("a secret holds characters that HTTP cannot carry; was it pasted whole?")
        self._value = value

    def __repr__(self) -> str:
        return "Secret('***')"

    def reveal(self) -> str:
        """The value itself, for the moment of sending."""
        return self._value


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
    pair = f"{user.reveal()}:{password.reveal()}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The secret part of one request."""

    params: Mapping[str, Secret] = field(default_factory=dict)
    headers: Mapping[str, Secret] = field(default_factory=dict)

    def scrub(self, text: str) -> str:
        """A text less every secret that a server may have repeated in it."""
        for secret in (*self.params.values(), *self.headers.values()):
            text = text.replace(secret.reveal(), "***") if secret.reveal() else text
        return text


class SecretTransport(httpx.BaseTransport):
    """Adds the secret part of a request below everything that logs, remembers or quotes requests."""

    def __init__(self) -> None:
        self._wire = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request with its secrets; only the caller's own request stays attached to the answer."""
        hidden: Hidden = request.extensions["hidden"]
        url = request.url.copy_merge_params({name: secret.reveal() for name, secret in hidden.params.items()})
        headers = request.headers.copy()
        headers.update({name: secret.reveal() for name, secret in hidden.headers.items()})
        extensions = {name: value for name, value in request.extensions.items() if name != "hidden"}
        return self._wire.handle_request(
            httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=extensions)
        )

    def close(self) -> None:
        """Lets go of all connections."""
        self._wire.close()
