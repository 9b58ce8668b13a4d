"""A register on 127.0.0.1: a real HTTP server whose next answers a test can spoil."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that the server saw."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer; with `cut_at` the connection breaks after so many bytes of the body, or it `stalls`: nothing more comes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    stalls: bool = False


def said_json(payload: object, status: int = 200) -> Said:
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Said(status=status, body=body, headers={"Content-Type": "application/json;charset=UTF-8"})


class LoopbackRegister:
    """Serves `answer` on a free port while the context is open; `spoil` queues answers that come instead."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._spoiled: deque[Said] = deque()
        register = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                url = urlsplit(self.path)
                asked = Asked(
                    method=self.command,
                    path=url.path,
                    params=dict(parse_qsl(url.query, keep_blank_values=True)),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                )
                register.asked.append(asked)
                said = register._spoiled.popleft() if register._spoiled else register.answer(asked)
                # a server whose clock a test sets says the time itself
                (self.send_response_only if "Date" in said.headers else self.send_response)(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                if self.command == "HEAD":
                    return
                self.wfile.write(said.body[: said.cut_at])
                if said.stalls:
                    self.rfile.read(1)  # until whoever waits has gone
                if said.cut_at is not None:
                    self.close_connection = True

            do_GET = do_HEAD = do_POST = do_CONNECT = _serve  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so in the standard library
                """A test's output is its own."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        host, port = self._server.server_address[:2]
        self.origin = f"http://{host!s}:{port}"

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def spoil(self, *answers: Said) -> None:
        self._spoiled.extend(answers)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
