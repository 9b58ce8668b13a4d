"""A small internet on loopback: names that resolve to one raw server, and addresses that nobody may connect to."""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from sources.guard import Reach
from sources.web import WebClient

HERE = "127.0.0.1"
FORBIDDEN = "127.0.0.66"
"""On the loopback network too, so that a connection to it would be seen; outside the one address that tests allow."""
Reply = bytes | Callable[[socket.socket], None]
"""A whole answer as it goes over the wire, or whatever a server does instead of answering."""


def page(body: str | bytes, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    """A whole answer; the connection stays open."""
    sent = body.encode() if isinstance(body, str) else body
    lines = (
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(sent)}",
        *([f"Content-Type: {kind}"] if kind else []),
        *headers,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


def moved(to: str, *headers: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return page("", f"Location: {to}", *headers, status=status)


def status(line: str) -> bytes:
    """An answer of that status with a page that says nothing."""
    return page("<p>no</p>", status=line)


class Web:
    """Serves `sites` (host to path to reply) while the context is open; a path that is not there answers 404.

    `addresses` are what names resolve to, where it is not here; a list of several lists is used up answer by answer.
    """

    def __init__(self) -> None:
        self.sites: dict[str, Mapping[str, Reply]] = {}
        self.addresses: dict[str, Sequence[Sequence[str]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.resolved: list[str] = []
        self._clients: dict[float, WebClient] = {}
        self._server = socket.create_server((HERE, 0), backlog=64)
        self._trap = socket.create_server((FORBIDDEN, 0), backlog=8)
        self._trap.settimeout(0)
        with socket.create_server((HERE, 0)) as closed:
            self._closed_port = closed.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Where the sites answer, without TLS."""
        return int(self._server.getsockname()[1])

    def reset(self) -> None:
        """Forgets what was served and asked."""
        self.sites, self.addresses, self.asked, self.resolved = {}, {}, [], []

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """As a resolver would, but a port of the web leads to the server's; nobody answers by TLS."""
        self.resolved.append(host)
        said = list(self.addresses.get(host, ()))
        if len(said) > 1:
            self.addresses[host] = said[1:]
        found = said[0] if said else ([HERE] if host in self.sites else [])
        here = self.port if port == 80 else self._closed_port
        trap = self._trap.getsockname()[1]
        return [(one, here if one == HERE else trap if one == FORBIDDEN else port) for one in found]

    def client(self, *, most_seconds: float = 20.0) -> WebClient:
        """A client that may come here, never waits, and to which nothing else is opened."""
        reach = Reach(networks=(ipaddress.IPv4Network(f"{HERE}/32"),), resolve=self.resolve)
        if most_seconds not in self._clients:  # kept, for it reads a file of certificates
            self._clients[most_seconds] = WebClient(
                user_agent="prospekt/0 (test)", reach=reach, most_seconds=most_seconds, pause=0.0, sleep=lambda _: None
            )
        return self._clients[most_seconds]

    def was_trapped(self) -> bool:
        """Whether anybody connected to the forbidden address."""
        with contextlib.suppress(BlockingIOError):
            self._trap.accept()[0].close()
            return True
        return False

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer_all, args=(connection,), daemon=True).start()

    def _answer_all(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            for host, path in _requests(connection):
                self.asked.append((host, path))
                pages = self.sites.get(host, {})
                reply = pages.get(path, pages.get("*", status("404 Not Found")))
                if isinstance(reply, bytes):
                    connection.sendall(reply)
                    if b"\r\nConnection: close" in reply[:500]:
                        return
                else:
                    reply(connection)
                    return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # whoever waits in accept() is let go by a last connection
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._trap.close()
        self._thread.join(5)


def _requests(connection: socket.socket) -> Iterator[tuple[str, str]]:
    waiting = b""
    while True:
        while b"\r\n\r\n" not in waiting:
            got = connection.recv(65_536)
            if not got:
                return
            waiting += got
        head, _, waiting = waiting.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        yield headers["host"].partition(":")[0], first.split(" ")[1]
