"""The wire: where secrets join a request, below everything that logs, remembers or quotes it, and the proxy is taken."""

import ssl
from functools import cache
from threading import Lock

import httpx

from sources.secret import Hidden


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that this machine trusts, read once: that takes longer than all else of a client."""
    return httpx.create_ssl_context()


class SecretTransport(httpx.BaseTransport):
    """Adds the secret part of a request below everything that logs, remembers or quotes requests; through its `proxy`, if any."""

    def __init__(self) -> None:
        self._wires: dict[httpx.URL | None, httpx.HTTPTransport] = {}
        self._opening = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request with its secrets; only the caller's own request stays attached to the answer."""
        hidden: Hidden = request.extensions["hidden"]
        url = request.url.copy_merge_params({name: secret.reveal() for name, secret in hidden.params.items()})
        headers = request.headers.copy()
        headers.update({name: secret.reveal() for name, secret in hidden.headers.items()})
        extensions = {name: value for name, value in request.extensions.items() if name not in ("hidden", "proxy")}
        return self._wire(request.extensions.get("proxy")).handle_request(
            httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=extensions)
        )

    def close(self) -> None:
        """Lets go of all connections."""
        for wire in self._wires.values():
            wire.close()

    def _wire(self, proxy: httpx.URL | None) -> httpx.HTTPTransport:
        with self._opening:
            if proxy not in self._wires:
                self._wires[proxy] = httpx.HTTPTransport(
                    verify=_trusted(), proxy=None if proxy is None else httpx.Proxy(proxy)
                )
            return self._wires[proxy]
