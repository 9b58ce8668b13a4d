"""Clients that never sleep, and a source that a test server stands in for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sources.http import PoliteClient
from tests.registers.brreg_server import BrregServer
from tests.registers.echo_server import Echo
from tests.registers.gleif_server import GleifServer

MakeClient = Callable[..., PoliteClient]


@dataclass
class Pauses:
    """The seconds that a client would have slept, in order."""

    seconds: list[float] = field(default_factory=list)

    def longest(self) -> float:
        return max(self.seconds, default=0.0)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def make_client(pauses: Pauses) -> Iterator[MakeClient]:
    opened = []

    def make(**options: Any) -> PoliteClient:
        fixed: dict[str, Any] = {"user_agent": "prospekt/0 (test)", "sleep": pauses.seconds.append, "environ": {}}
        client = PoliteClient(**fixed | options)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        yield server


@pytest.fixture
def brreg() -> Iterator[BrregServer]:
    with BrregServer() as server:
        yield server


@pytest.fixture
def gleif() -> Iterator[GleifServer]:
    with GleifServer() as server:
        yield server


@pytest.fixture
def client(make_client: MakeClient) -> Callable[[BrregServer | GleifServer], PoliteClient]:
    """A client for which both registers answer at a test server's address."""

    def make(server: BrregServer | GleifServer) -> PoliteClient:
        bulk = server.bulk_url if isinstance(server, GleifServer) else server.url
        environ = {
            "PROSPEKT_NO_BRREG_URL": server.url,
            "PROSPEKT_GLEIF_URL": server.url,
            "PROSPEKT_GLEIF_URL_BULK": bulk,
        }
        return make_client(environ=environ)

    return make
