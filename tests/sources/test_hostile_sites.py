"""Web sites that lie, never end, or point at what is not theirs: no request leaves to a forbidden address, nothing breaks."""

import gzip
import socket
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from sources.kinds.html_site import ask_site
from sources.lookup import Outcome
from sources.site import SiteAsked
from tests.registers.web import FORBIDDEN, HERE, Reply, Web, moved, page, status

HIT, BLOCKED, BUSY, SLOW, INVALID, FAILED, NO_DATA = (
    Outcome.HIT,
    Outcome.BLOCKED,
    Outcome.RATE_LIMITED,
    Outcome.TIMED_OUT,
    Outcome.INVALID_INPUT,
    Outcome.FAILED,
    Outcome.NO_DATA,
)
HOME = page("<html lang=nb><title>Firma AS</title><p>Org.nr. 923 609 016</p></html>")
SITE = "http://firma.example/"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A site, the address at which we hear of it, and what has to become of asking."""

    name: str
    outcome: Outcome
    code: str = ""
    address: str = SITE
    pages: Mapping[str, Reply] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, Reply]] = field(default_factory=dict)
    addresses: Mapping[str, list[list[str]]] = field(default_factory=dict)
    most_seconds: float = 20.0


def at(name: str, address: str) -> Case:
    """An address that is not even asked."""
    return Case(name=name, address=address, outcome=INVALID, code="unusable_address")


def points_at(*found: str) -> Case:
    """A name whose addresses are not, or not all, on the public internet."""
    told = {"firma.example": [list(found)]}
    return Case(name=f"name of {' '.join(found)}", outcome=INVALID, code="forbidden_address", addresses=told)


def shows(name: str, reply: Reply, outcome: Outcome = HIT, code: str = "", most_seconds: float = 20.0) -> Case:
    """A start page."""
    return Case(name=name, outcome=outcome, code=code, pages={"/": reply}, most_seconds=most_seconds)


def robots(name: str, reply: Reply, outcome: Outcome = HIT, code: str = "", address: str = SITE) -> Case:
    """A robots.txt before a page that could be read."""
    return Case(name=name, outcome=outcome, code=code, pages={"/robots.txt": reply, "*": HOME}, address=address)


def leads(name: str, to: str, outcome: Outcome, code: str) -> Case:
    """A redirect."""
    return shows(f"redirect to {name}", moved(to), outcome, code)


# --- servers that do not answer as servers do --------------------------------------------------------------------------
def _endlessly(head: bytes, chunk: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(chunk)
            if pause:
                time.sleep(pause)

    return serve


def _silent(connection: socket.socket) -> None:
    connection.recv(1)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
ENDLESS = _endlessly(HEAD + b"\r\n", b"<p>and so on</p>" * 4_096)
BOMB = page(gzip.compress(b"<b>" * (40 << 20), 9), "Content-Encoding: gzip")
LAYERS = page(gzip.compress(gzip.compress(b"\0" * (1 << 20))), "Content-Encoding: gzip, gzip")
NESTED_JSON = '<script type="application/ld+json">' + '{"@graph":[' * 30_000 + "</script>"
NAMES = " ".join(f"i{each}" for each in range(20))
REFERRING = "".join(f'<div itemscope itemprop="p" id="i{each}" itemref="{NAMES}"></div>' for each in range(20))
REFERRING += f'<div itemscope itemtype="http://schema.org/Store" itemref="{NAMES}"></div>'
REFERRED = '<div id="all">' + "<b itemprop=x>" * 3 + "<p>x" * 50_000 + "</div>"
REFERRED += '<div itemscope itemtype="http://schema.org/Store" itemref="all"></div>' * 2_000
STUFFED = "<script type='application/ld+json'>["
STUFFED += (
    ",".join('{"@type":"Store","vatID":[' + ",".join(f'"DE{n}{m:09}"' for n in range(9)) + "]}" for m in range(3_000))
    + "]</script>"
)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d SYSTEM "file:///etc/passwd">]><urlset><url><loc>&c;&d;</loc></url></urlset>'
)

CASES = [
    # addresses
    at("script", "javascript:alert(1)"),
    at("file", "file:///etc/passwd"),
    at("ftp", "ftp://firma.example/"),
    at("data", "data:text/html,<p>x"),
    at("gopher", "gopher://firma.example/"),
    at("user and password", "http://kari:pw@firma.example/"),
    at("a host that is a user name", "http://firma.example@169.254.169.254/"),
    at("a backslash before the real host", "http://firma.example\\@169.254.169.254/"),
    at("key service of a cloud", "http://169.254.169.254/latest/meta-data/"),
    at("loopback", "http://127.0.0.1/"),
    at("loopback with a dot", "http://127.0.0.1./"),
    at("decimal IP", "http://2130706433/"),
    at("hexadecimal IP", "http://0x7f000001/"),
    at("octal IP", "http://0177.0.0.1/"),
    at("hexadecimal last part", "http://127.0.0.0x1/"),
    at("short IP", "http://127.1/"),
    at("digits in circles", "http://①②⑦.⓪.⓪.①/"),
    at("IPv6 loopback", "http://[::1]/"),
    at("IPv4 inside IPv6", "http://[::ffff:127.0.0.1]/"),
    at("IPv6 with a zone", "http://[fe80::1%25eth0]/"),
    at("this machine", "http://localhost/"),
    at("this machine below a domain", "http://x.localhost/"),
    at("a bare name", "http://intranet/"),
    at("a name of the house", "http://printer.local/"),
    at("a name of the cloud", "http://metadata.google.internal/"),
    at("hidden service", "http://firma.onion/"),
    at("port of an administrator", "http://firma.example:8080/"),
    at("port of SSH", "firma.example:22"),
    at("TLS port without TLS", "http://firma.example:443/"),
    at("nothing", "  "),
    at("no host", "http:///om-oss"),
    at("empty label", "http://firma..example/"),
    at("header inside", "http://firma.example/\r\nX-Injected: 1"),
    at("endless address", "http://firma.example/" + "a" * 3_000),
    # names
    points_at(FORBIDDEN),
    points_at("10.0.0.1"),
    points_at("172.16.0.1"),
    points_at("192.168.1.1"),
    points_at("169.254.169.254"),
    points_at("100.100.100.200"),
    points_at("0.0.0.0"),  # noqa: S104 - an address to refuse
    points_at("224.0.0.1"),
    points_at("255.255.255.255"),
    points_at("168.63.129.16"),
    points_at("::1"),
    points_at("::"),
    points_at("::ffff:10.0.0.1"),
    points_at("::127.0.0.1"),
    points_at("64:ff9b::7f00:1"),
    points_at("2002:7f00:1::"),
    points_at("2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    points_at("fd00:ec2::254"),
    points_at("fe80::1%eth0"),
    points_at("ff02::1"),
    points_at(HERE, FORBIDDEN),
    Case(name="name of nothing", address="http://nobody.example/", outcome=FAILED, code="no_address"),
    Case(
        name="name that changes after it was checked",
        outcome=INVALID,
        code="forbidden_address",
        pages={"/robots.txt": page("", "Connection: close"), "/": HOME},
        addresses={"firma.example": [[HERE], [FORBIDDEN]]},
    ),
    Case(
        name="homograph of another firm's name is another name",
        address="http://fіrma.example/",  # the second letter is Ukrainian
        outcome=FAILED,
        code="no_address",
        pages={"/": HOME},
    ),
    # redirects
    leads("a forbidden address", f"http://{FORBIDDEN}/", INVALID, "unusable_address"),
    leads("a forbidden name", "http://intern.example/", INVALID, "forbidden_address"),
    leads("a file", "file:///etc/passwd", INVALID, "unusable_address"),
    leads("a script", "javascript:location='http://127.0.0.1'", INVALID, "unusable_address"),
    leads("a user", "//kari:pw@firma.example/", INVALID, "unusable_address"),
    leads("Redis", "http://firma.example:6379/", INVALID, "unusable_address"),
    leads("itself", "/", FAILED, "too_many_requests"),
    leads("letters of Latin-1", "http://\xff\xfe.example/", FAILED, "no_address"),
    Case(
        name="redirect to another redirect, and on",
        outcome=FAILED,
        code="too_many_requests",
        pages={"/": moved("/1"), **{f"/{each}": moved(f"/{each + 1}") for each in range(1, 20)}},
    ),
    Case(
        name="redirect to a new domain",
        outcome=HIT,
        pages={"/": moved("http://nyfirma.example/")},
        others={"nyfirma.example": {"/": HOME}},
    ),
    Case(
        name="redirect to a domain that forbids robots",
        outcome=BLOCKED,
        code="robots_forbid",
        pages={"/": moved("http://nyfirma.example/")},
        others={"nyfirma.example": {"/robots.txt": page("User-agent: *\nDisallow: /"), "/": HOME}},
    ),
    shows("redirect to nowhere", page("", status="302 Found"), FAILED, "odd_status"),
    shows("refresh to a forbidden address", page(f'<meta http-equiv=refresh content="0;url=http://{FORBIDDEN}/">'), INVALID, "unusable_address"),
    shows("refresh to a forbidden name", page('<meta http-equiv="Refresh" content="0; URL=//intern.example/">'), INVALID, "forbidden_address"),
    shows("refresh of itself", page('<meta http-equiv=refresh content="5; url=/"><p>live</p>')),
    shows("links to a forbidden name", page('<a href="http://intern.example/kontakt">Kontakt</a><a href="//[">x</a>')),
    # bodies
    shows("bomb", BOMB, FAILED, "too_large"),
    shows("bomb inside a bomb", LAYERS, FAILED, "odd_encoding"),
    shows("endless body", ENDLESS, FAILED, "too_large"),
    shows("endless headers", _endlessly(HEAD, b"X-More: " + b"x" * 1_000 + b"\r\n"), FAILED, "odd_answer"),
    shows("one endless header", _endlessly(HEAD + b"X: ", b"x" * 4_096), FAILED, "odd_answer"),
    shows("endless early hints", _endlessly(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </" + b"x" * 9_000 + b">\r\n\r\n"), FAILED, "too_large"),
    shows("a byte at a time", _endlessly(HEAD + b"\r\n", b"x", 0.05), SLOW, "timed_out", 0.4),
    shows("a header a letter at a time", _endlessly(b"", b"H", 0.05), SLOW, "timed_out", 0.4),
    shows("early hints one at a time", _endlessly(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05), SLOW, "timed_out", 0.4),
    shows("silence", _silent, SLOW, "timed_out", 0.4),
    shows("hangs up", lambda connection: None, FAILED, "odd_answer"),
    shows("a banner of SSH", lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n"), FAILED, "odd_answer"),
    shows("half a page", HEAD + b"Content-Length: 5000\r\nConnection: close\r\n\r\n<p>half", FAILED, "odd_answer"),
    shows("two lengths", HEAD + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n<p>x", FAILED, "odd_answer"),
    shows("chunks of nonsense", HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n", FAILED, "odd_answer"),
    shows("not what it says it is packed as", page("<p>plain</p>", "Content-Encoding: gzip"), FAILED, "odd_answer"),
    shows("packed as nobody asked", page(b"\x1b\x03", "Content-Encoding: br"), FAILED, "odd_encoding"),
    shows("packed", page(gzip.compress(b"<p>Firma AS"), "Content-Encoding: gzip")),
    shows("deflated", page(zlib.compress(b"<p>Firma AS"), "Content-Encoding: deflate")),
    shows("PDF", page(b"%PDF-1.7", kind="application/pdf"), FAILED, "not_a_page"),
    shows("image", page(b"GIF89a", kind="image/gif"), FAILED, "not_a_page"),
    shows("JSON", page("{}", kind="application/json"), FAILED, "not_a_page"),
    shows("binary of no type", page(b"\x7fELF\x02", kind=""), FAILED, "not_a_page"),
    shows("page of no type", page("<p>Firma AS", kind="")),
    shows("an empty page", page("")),
    shows("no content", page("", status="204 No Content"), FAILED, "odd_status"),
    # what is in a page
    shows("an encoding that is none", page("Bodø".encode("latin-1"), kind="text/html; charset=klingon")),
    shows("an encoding that is an archive", page(b"x" * 99, kind="text/html; charset=zip")),
    shows("UTF-16", page("<p>Bodø".encode("utf-16"))),
    shows("UTF-7 by a meta", page(b'<meta charset="utf-7">+ADw-script+AD4-')),
    shows("half a letter", page(b"<p>\xc3\x28 \xff\xfe \xed\xa0\x80")),
    shows("null bytes", page(b"<p>\0Org\0.nr\0 923\0609016")),
    shows("filled by scripts only", page('<div id="root"></div><script src="/app.js"></script>')),
    shows("10 MB of nested tags", page("<div>" * (2 << 20)), FAILED, "too_large"),
    shows("3 MB of nested tags", page("<i><table>" * 300_000)),
    shows("3 MB of attributes", page("<p " + "a=b " * 700_000 + ">")),
    shows("3 MB of microdata", page('<div itemscope itemtype="http://schema.org/Store">' * 60_000)),
    shows("items that refer to one another", page('<a itemscope itemref="b" id="a"></a><i itemprop="x" itemscope itemref="a b" id="b">')),
    shows("items that refer to all others", page(REFERRING)),
    shows("items that refer to all of a large page", page(REFERRED)),
    shows("links around links around much text", page("<a href=/kontakt>" * 250 + "much text " * 200_000)),
    shows("properties around properties", page('<p itemscope itemtype="http://schema.org/Store">' + "<i itemprop=name>" * 240 + "much text " * 200_000)),
    shows("thousands of organisations with thousands of numbers", page(STUFFED)),
    shows("deep JSON-LD", page(NESTED_JSON)),
    shows("JSON-LD of quotes", page('<script type="application/ld+json">{' + '"\\' * 200_000 + "</script>")),
    shows("JSON-LD of comments", page('<script type="application/ld+json">{' + "/*" * 200_000 + "</script>")),
    shows("JSON-LD of spaces", page('<script type="application/ld+json">{"a":1,' + " " * 400_000 + "]</script>")),
    shows("JSON-LD of a long number", page('<script type="application/ld+json">{"@type":"Store","name":' + "9" * 9_000 + "}</script>")),
    shows("a wall of addresses", page("<p>" + "a.b+c-" * 60_000 + "@")),
    shows("a wall of digits", page("<p>" + "9" * 390_000)),
    shows("a wall of numbers", page("<p>" + "923 609 016 org.nr " * 20_000)),
    shows("a wall of VAT", page("<p>VAT " + "DE 1" * 90_000)),
    shows("a hundred thousand links", page("<a href=/kontakt/" + "><a href=/kontakt/".join(str(each) for each in range(100_000)) + ">")),
    Case(
        name="entities in a sitemap",
        outcome=HIT,
        pages={"/": page("<p>Firma AS"), "/sitemap.xml": page(LAUGHS, kind="application/xml")},
    ),
    Case(
        name="sitemap at a forbidden address",
        outcome=HIT,
        pages={"/robots.txt": page(f"Sitemap: http://{FORBIDDEN}/sitemap.xml"), "/": page("<p>Firma AS")},
    ),
    Case(
        name="pages that never end, behind one that does",
        outcome=HIT,
        pages={"/": page('<a href="/kontakt">Kontakt</a><a href="/om-oss">Om oss</a>'), "/kontakt": ENDLESS, "/om-oss": BOMB},
    ),
    # robots.txt and refusals
    robots("robots forbidden", page("User-agent: *\nDisallow: /", kind="text/plain"), BLOCKED, "robots_forbid"),
    robots("this robot forbidden", page("User-agent: prospekt\nDisallow: /\n\nUser-agent: *\nAllow: /"), BLOCKED, "robots_forbid"),
    robots("this robot allowed", page("User-agent: prospekt\nAllow: /\n\nUser-agent: *\nDisallow: /")),
    robots("robots.txt missing", status("404 Not Found")),
    robots("robots.txt withheld", status("403 Forbidden")),
    robots("robots.txt fails", status("500 Internal Server Error"), BLOCKED, "robots_unreachable"),
    robots("robots.txt away", status("503 Service Unavailable"), BLOCKED, "robots_unreachable"),
    robots("robots.txt busy", status("429 Too Many Requests"), BLOCKED, "robots_unreachable"),
    robots("robots.txt is a page", page("<html><p>Disallow: /</p></html>")),
    robots("robots.txt of bytes", page(b"\xff\xfe\0User-agent: *\nDisallow: /\0")),
    robots("robots.txt without end", ENDLESS, HIT),
    robots("robots.txt is a bomb", page(gzip.compress(b"#" * (20 << 20), 9), "Content-Encoding: gzip"), HIT),
    robots("robots.txt redirects to a forbidden name", moved("http://intern.example/robots.txt"), INVALID, "forbidden_address"),
    robots("robots.txt redirects to itself", moved("/robots.txt"), FAILED, "too_many_requests"),
    robots("robots.txt of stars", page("User-agent: *\nDisallow: /" + "*a" * 60 + "b\n"), HIT, address=SITE + "a" * 1_500),
    robots("an hour between requests", page("User-agent: *\nCrawl-delay: 3600"), BLOCKED, "too_slow_a_pace"),
    robots("no number between requests", page("User-agent: *\nCrawl-delay: nan")),
    shows("login", status("401 Unauthorized"), BLOCKED, "page_forbidden"),
    shows("refusal", status("403 Forbidden"), BLOCKED, "page_forbidden"),
    shows("legal reasons", status("451 Unavailable For Legal Reasons"), BLOCKED, "page_forbidden"),
    shows("too many requests", status("429 Too Many Requests"), BUSY, "busy"),
    shows("away", status("503 Service Unavailable"), BUSY, "busy"),
    shows("broken", status("500 Internal Server Error"), FAILED, "server_error"),
    shows("not found", status("404 Not Found"), NO_DATA, "not_found"),
    shows("gone", status("410 Gone"), NO_DATA, "not_found"),
    shows("a teapot", status("418 I'm a teapot"), FAILED, "odd_status"),
    Case(name="nobody at home", address="https://firma.example/", outcome=FAILED, code="no_connection", pages={"/": HOME}),
    Case(name="no TLS, but asked without a scheme", address="firma.example", outcome=HIT, pages={"/": HOME}),
]  # fmt: skip


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as running:
        yield running


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_hostile_site_has_its_outcome_and_reaches_nothing(case: Case, web: Web) -> None:
    web.reset()
    web.sites = {"firma.example": case.pages, **case.others}
    web.addresses = {"intern.example": [[FORBIDDEN]], **case.addresses}
    begun = time.monotonic()
    answer = ask_site(
        web.client(most_seconds=case.most_seconds), SiteAsked(source_key="x", address=case.address, country="NO")
    )
    assert (answer.outcome, answer.code) == (case.outcome, case.code), answer.reason
    assert not web.was_trapped()
    assert len(web.asked) <= answer.requests <= 6
    assert {host for host, _ in web.asked} <= {"firma.example", *case.others}
    assert (answer.reading is not None) == (case.outcome is HIT)
    assert time.monotonic() - begun < 5
    if case.code == "unusable_address" and not case.pages:
        assert web.resolved == []


def test_there_are_enough_cases_and_each_has_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


def test_no_environment_variable_opens_the_guard(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.reset()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{FORBIDDEN}:3128")
    web.sites = {"firma.example": {"/": HOME}}
    assert ask_site(web.client(), SiteAsked(source_key="x", address=SITE)).outcome is HIT
    assert not web.was_trapped()
