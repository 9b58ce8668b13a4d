"""Connections by TLS: they go to the address that was checked, and the certificate has to be of the name that was asked."""

import contextlib
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.errors import PageRefused
from sources.guard import Reach
from sources.web import WebClient
from tests.registers.web import HERE, page

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl to make a certificate with")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of firma.example, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    how = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=firma.example"
    names = ["-addext", "subjectAltName=DNS:firma.example", "-keyout", str(key), "-out", str(made)]
    subprocess.run([str(OPENSSL), *how.split(), *names], check=True, capture_output=True)
    return made, key


@pytest.fixture(scope="module")
def port(certificate: tuple[Path, Path]) -> Iterator[int]:
    """A server that answers by TLS, whatever it is asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = socket.create_server((HERE, 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
                while connection.recv(65_536):
                    connection.sendall(page("<p>Firma"))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(server.getsockname()[1])
    with contextlib.suppress(OSError):
        server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


@pytest.fixture
def client(certificate: tuple[Path, Path], port: int) -> WebClient:
    networks = (ipaddress.IPv4Network(f"{HERE}/32"),)
    reach = Reach(networks=networks, resolve=lambda _host, _port: [(HERE, port)])
    client = WebClient(user_agent="prospekt/0 (test)", reach=reach, pause=0.0, most_seconds=5.0)
    client._tls.load_verify_locations(certificate[0])
    return client


def test_the_name_that_was_asked_is_in_the_certificate(client: WebClient) -> None:
    with client.visit() as visit:
        assert visit.read("https://firma.example/").body == b"<p>Firma"


def test_a_certificate_of_another_name_is_no_connection(client: WebClient) -> None:
    with client.visit() as visit, pytest.raises(PageRefused) as caught:
        visit.read("https://andre.example/")
    assert caught.value.code == "no_connection"


def test_a_certificate_that_nobody_vouches_for_is_no_connection(port: int) -> None:
    networks = (ipaddress.IPv4Network(f"{HERE}/32"),)
    client = WebClient(
        user_agent="prospekt/0 (test)",
        reach=Reach(networks=networks, resolve=lambda _host, _port: [(HERE, port)]),
        pause=0.0,
        most_seconds=5.0,
    )
    with client.visit() as visit, pytest.raises(PageRefused) as caught:
        visit.read("https://firma.example/")
    assert caught.value.code == "no_connection"


def test_two_visits_of_one_host_keep_its_pace_together(port: int) -> None:
    pauses: list[float] = []
    networks = (ipaddress.IPv4Network(f"{HERE}/32"),)
    client = WebClient(
        user_agent="prospekt/0 (test)",
        reach=Reach(networks=networks, resolve=lambda _host, _port: [(HERE, port)]),
        sleep=pauses.append,
    )
    for _ in range(3):
        with client.visit() as visit, contextlib.suppress(PageRefused):
            visit.read("http://firma.example/")
    assert len(pauses) == 2
    assert pauses[1] > 1.5  # nobody slept, so the third turn is two pauses away
