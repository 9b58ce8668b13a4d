"""A team behind a proxy reaches the registers through it, and companies' web sites not at all."""

import base64
import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from sources.errors import NoConnection, RetryableError, SourceAborted
from sources.proxy import find_proxy
from sources.registers import no_brreg
from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json
from tests.sources.conftest import MakeClient

SOURCE = no_brreg.SOURCE


class Proxy(LoopbackRegister):
    """Answers in the place of whom it is asked for, and opens no tunnel."""

    refuses = 403

    def answer(self, asked: Asked) -> Said:
        if asked.method == "CONNECT":
            return Said(status=self.refuses)
        return said_json({"via": asked.headers["host"]})


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as serving:
        yield serving


def environ(proxy: Proxy, **more: str) -> dict[str, str]:
    return {SOURCE.base_url_env: "http://register.example/api", "http_proxy": proxy.origin, **more}


def test_a_register_is_asked_through_the_proxy(make_client: MakeClient, proxy: Proxy) -> None:
    login = proxy.origin.replace("://", "://kari:hunter2@")
    client = make_client(environ=environ(proxy, http_proxy=login))
    assert json.loads(client.get(SOURCE, "enheter").body) == {"via": "register.example"}
    [asked] = proxy.asked
    assert asked.headers["proxy-authorization"] == f"Basic {base64.b64encode(b'kari:hunter2').decode()}"


def test_what_is_encrypted_goes_through_a_tunnel_or_not_at_all(make_client: MakeClient, proxy: Proxy) -> None:
    named = {SOURCE.base_url_env: "https://register.example", "HTTPS_PROXY": proxy.origin.replace("//", "//a:hunter2@")}
    with pytest.raises(SourceAborted, match=r"lets nobody through to register.example .403") as refused:
        make_client(environ=named).get(SOURCE, "enheter")
    proxy.refuses = 503
    with pytest.raises(RetryableError, match=r"register.example through the proxy 127.0.0.1:\d+ did not") as away:
        make_client(environ=named, attempts=2).get(SOURCE, "enheter")
    assert [(asked.method, asked.headers["host"]) for asked in proxy.asked] == [("CONNECT", "register.example:443")] * 3
    assert "hunter2" not in f"{refused.value} {away.value}"


def test_a_proxy_that_is_not_there_is_named(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
    client = make_client(environ={SOURCE.base_url_env: "https://register.example", "ALL_PROXY": gone}, attempts=1)
    with pytest.raises(RetryableError, match=r"register.example through the proxy 127.0.0.1:.* did not answer"):
        client.get(SOURCE, "enheter")
    named = {SOURCE.base_url_env: "https://register.example", "ALL_PROXY": "http://proxy.invalid:1"}
    with pytest.raises(NoConnection, match=r"through the proxy proxy.invalid:1 .its name cannot be resolved"):
        make_client(environ=named, attempts=1).get(SOURCE, "enheter")


def test_this_machine_and_what_is_listed_are_reached_past_it(make_client: MakeClient, proxy: Proxy) -> None:
    with Proxy() as register:
        client = make_client(environ=environ(proxy) | {SOURCE.base_url_env: register.origin})
        assert client.get(SOURCE, "enheter").status == 200
        assert (len(register.asked), proxy.asked) == (1, [])


@pytest.mark.parametrize(
    ("listed", "is_past"),
    [
        ("register.example", True),
        (".example", True),
        ("*.example", True),
        ("other.example, REGISTER.example:443", True),
        ("register.example:8443", False),
        ("ister.example", False),
        ("a.register.example", False),
        ("*", True),
        (" , ", False),
        ("10.0.0.0/8", False),
        ("::1", False),
    ],
)
def test_no_proxy_lists_hosts_and_all_below_them(listed: str, is_past: bool) -> None:
    named = {"https_proxy": "http://proxy.example:3128", "no_proxy": listed}
    assert (find_proxy("x", named, httpx.URL("https://register.example/a")) is None) == is_past


def test_what_is_no_proxy_is_refused_and_not_repeated(make_client: MakeClient) -> None:
    for said in (
        "socks5://kari:hunter2@proxy.example:1080",
        "http://kari:hunter2@proxy:port",
        "http://:hunter2",
        # a password with a sign that ends the host
        "http://hunter2/x@proxy.example:3128",
        "http://kari:1/hunter2@proxy.example:3128",
        "kari:1?hunter2@proxy.example",
        "http://kari:1#hunter2@proxy.example",
        "http://hunter2?",
    ):
        client = make_client(environ={SOURCE.base_url_env: "https://register.example", "HTTPS_PROXY": said})
        with pytest.raises(SourceAborted, match=r"HTTPS_PROXY is no address of an HTTP proxy.* %2F ") as refused:
            client.get(SOURCE, "enheter")
        assert "hunter2" not in str(refused.value)


def test_a_password_with_signs_is_written_by_their_numbers() -> None:
    for said in ("http://kari:a%2Fb%40c@proxy.example:3128", "http://kari:a%2Fb%40c@proxy.example:3128/"):
        proxy = find_proxy("x", {"HTTPS_PROXY": said}, httpx.URL("https://register.example"))
        assert proxy is not None
        assert (proxy.host, proxy.port, proxy.password) == ("proxy.example", 3128, "a/b@c")
