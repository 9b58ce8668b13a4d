"""Companies' own sites over real sockets: the sample reads as the hand-written readings say, and the traps of pages."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sources.guard import Reach
from sources.kinds.printed_numbers import printed_numbers
from sources.kinds.structured_data import parse_loosely
from sources.kinds.technologies import PLACES, traces
from sources.lookup import Outcome
from sources.site import SiteAnswer, SiteAsked, SiteReading
from sources.sites import company_site
from tests.registers.web import Reply, Web, page

SAMPLE = json.loads(Path(company_site.__file__).with_name("company_site.sample.json").read_text(encoding="utf-8"))[
    "sites"
]


@pytest.fixture(scope="module")
def running() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def web(running: Web) -> Web:
    running.reset()
    return running


def read(web: Web, **pages: Reply) -> SiteReading:
    """The reading of a site with these pages; `home` is the start page."""
    web.sites["firma.example"] = {"/" if name == "home" else f"/{name}": reply for name, reply in pages.items()}
    [answer] = company_site.read_sites(
        web.client(), [SiteAsked(source_key="x", address="http://firma.example/", country="NO")]
    )
    assert answer.reading is not None, answer.reason
    return answer.reading


def told(value: Any) -> Any:
    """A reading as the sample writes it: what is empty left out, tuples as lists."""
    if isinstance(value, dict):
        return {name: told(inner) for name, inner in value.items() if inner not in (None, ())}
    return [told(inner) for inner in value] if isinstance(value, (tuple, list)) else value


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: str(case["address"]))
def test_the_sample_reads_as_the_hand_written_readings_say(case: dict[str, Any], web: Web) -> None:
    host = case["address"].removeprefix("http://")
    web.sites[host] = {path: page(text) for path, text in case["pages"].items()}
    asked = SiteAsked(source_key="x", address=case["address"], country=case["country"])
    [first], [again] = ([*company_site.read_sites(web.client(), [asked])] for _ in range(2))
    assert first.outcome is Outcome.HIT
    assert first.reading is not None
    assert again.reading is not None
    expected = case["reading"]
    assert {
        name: told(asdict(first.reading)[name]) for name in ("names", "organisations", "emails", "phones", "social")
    } == {name: expected[name] for name in ("names", "organisations", "emails", "phones", "social")}
    assert [[one.scheme, one.value, one.is_labelled] for one in first.reading.numbers] == expected["numbers"]
    assert {one.name for one in first.reading.technologies} == set(expected["technologies"])
    assert first.reading.language == expected["language"]
    kept = asdict(first.reading) | {"pages": ()}
    assert "Nordmann" not in str(kept)
    assert "Svensson" not in str(kept)
    assert "90000000" not in str(kept)
    assert asdict(again.reading) | {"fetched_at": None} == asdict(first.reading) | {"fetched_at": None}


def test_few_pages_are_asked_for_and_no_others(web: Web) -> None:
    links = "".join(
        f'<a href="/{path}">{path}</a>'
        for path in ("kontakt", "kontakt/oslo", "om-oss", "personvern", "blogg", "om.pdf")
    )
    read(web, home=page(links))
    assert [path for _, path in web.asked] == ["/robots.txt", "/", "/kontakt", "/om-oss", "/personvern"]


def test_pages_that_nothing_links_to_are_found_by_the_sitemap(web: Web) -> None:
    sitemap = "<urlset><url><loc>http://firma.example/contact</loc></url><url><loc>http://other.example/about</loc></url></urlset>"
    read(
        web,
        home=page("<p>x"),
        **{"robots.txt": page("Sitemap: http://firma.example/map.xml"), "map.xml": page(sitemap, kind="text/xml")},
    )
    assert [path for _, path in web.asked] == ["/robots.txt", "/", "/map.xml", "/contact"]


def test_pages_that_robots_forbid_are_left_out(web: Web) -> None:
    robots = page("User-agent: *\nDisallow: /kontakt")
    reading = read(
        web,
        home=page('<a href="/kontakt">Kontakt</a>'),
        kontakt=page("<p>Org.nr. 974 760 673"),
        **{"robots.txt": robots},
    )
    assert reading.numbers == ()
    assert "/kontakt" not in [path for _, path in web.asked]


def test_the_pace_that_a_site_asks_for_is_kept(web: Web) -> None:
    pauses: list[float] = []
    web.sites["firma.example"] = {
        "/robots.txt": page("User-agent: *\nCrawl-delay: 9"),
        "/": page('<a href="/kontakt">x</a>'),
    }
    client = type(web.client())(
        user_agent="prospekt/0", reach=web.client()._reach, sleep=pauses.append, most_seconds=600
    )
    assert isinstance(client._reach, Reach)
    [*company_site.read_sites(client, [SiteAsked(source_key="x", address="http://firma.example/")])]
    assert max(pauses) > 8


def test_sites_are_answered_in_the_order_asked_and_one_that_breaks_stops_nobody(web: Web) -> None:
    web.sites |= {f"f{each}.example": {"/": page(f"<p>{each}")} for each in range(30)}
    asked = [SiteAsked(source_key=str(each), address=f"http://f{each}.example/") for each in range(31)]
    answers: list[SiteAnswer] = [*company_site.read_sites(web.client(), asked)]
    assert [answer.source_key for answer in answers] == [one.source_key for one in asked]
    assert [answer.outcome for answer in answers] == [*[Outcome.HIT] * 30, Outcome.FAILED]


def test_an_address_that_several_companies_have_is_read_once(web: Web) -> None:
    web.sites["konsern.example"] = {"/": page("<p>Konsern")}
    asked = [SiteAsked(source_key=str(each), address="http://konsern.example/", country="NO") for each in range(25)]
    answers = [*company_site.read_sites(web.client(), asked)]
    assert [answer.source_key for answer in answers] == [one.source_key for one in asked]
    assert sum(answer.requests for answer in answers) == len(web.asked) == 3


def test_a_domain_without_an_address_is_asked_at_www(web: Web) -> None:
    web.sites["www.firma.example"] = {"/": page("<p>Firma")}
    asked = [SiteAsked(source_key="x", address=address) for address in ("firma.example", "http://firma.example")]
    found, other = company_site.read_sites(web.client(), asked)
    assert found.reading is not None
    assert found.reading.url == "http://www.firma.example"
    assert other.code == "no_address"  # said with its scheme, it is what was said


# --- numbers -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Org.nr. 974 760 673", [("NO-ORGNR", "974760673", True)]),
        ("Foretaksregisteret NO 974.760.673 MVA", [("NO-ORGNR", "974760673", True)]),
        ("974760673MVA", [("NO-ORGNR", "974760673", True)]),
        ("ring 974760673", [("NO-ORGNR", "974760673", False)]),
        ("Org.nr. 974 760 674", []),
        ("konto 1234 56 974760673 1", [("NO-ORGNR", "974760673", False)]),
        ("+974760673", []),
        ("Organisationsnummer: 556703-7485", [("SE-ORGNR", "5567037485", True)]),
        ("Momsreg. SE556703748501", [("SE-ORGNR", "5567037485", True)]),
        ("Org.nr 640823-3234", []),  # a personal number with right check digit
        ("CVR-nr.: 13 58 56 28", [("DK-CVR", "13585628", True)]),
        ("Tlf. 13 58 56 28", []),
        ("DK13585628", [("DK-CVR", "13585628", True)]),
        ("Y-tunnus 0112038-9", [("FI-YTUNNUS", "0112038-9", True)]),
        ("VAT FI01120389", [("FI-YTUNNUS", "0112038-9", True)]),
        ("puh. 0112038-8", []),
        ("Registered in England, company number 00445790", [("GB-COH", "00445790", True)]),
        ("Tel 00445790", []),
        ("LEI: OW6OFBNCKXC4US5C7523", [("LEI", "OW6OFBNCKXC4US5C7523", True)]),
        ("USt-IdNr. DE136695976 Berlin", [("DE-VAT", "DE136695976", True)]),
        ("DE136695976 Berlin", []),
    ],
)
def test_numbers_are_read_with_their_check_digits(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert [(one.scheme, one.value, one.is_labelled) for one in printed_numbers(text, "u")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('/*<![CDATA[*/ {"a": 1} /*]]>*/', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('{"a": "http://x", // note\n "b": [1, 2,],}', {"a": "http://x", "b": [1, 2]}),
        ('{"a": "line\nbreak\tx"}', {"a": "line\nbreak\tx"}),
        ("{&quot;a&quot;: 1};", {"a": 1}),
        ('<!-- who we are -->{"a": "<!-- kept --> x"}', {"a": "<!-- kept --> x"}),
        ('{"a": 1', None),
        ("", None),
    ],
)
def test_json_ld_is_read_as_people_paste_it(text: str, expected: object) -> None:
    assert parse_loosely(text) == expected


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ('<script type="application/ld+json">[{"@type":"Store","name":"A"},{"@type":"Person","name":"B"}]</script>', ["A"]),
        ('<script type="application/ld+json">{"@type":"Product","brand":{"@type":"Organization","name":"B"}}</script>', []),
        ('<script type="application/ld+json">{"@type":"WebPage","about":{"@type":"http://schema.org/Hotel","name":"C"}}</script>', ["C"]),
        ('<script type="application/ld+json">{"@type":"Organization","name":["D","E"]}</script>', ["D"]),
        ('<script type="application/ld+json">null</script><script type="application/ld+json">{"@type":"Organization"</script>', []),
        ('<div itemscope itemtype="https://schema.org/Organization"><meta itemprop="name" content="F"></div>', ["F"]),
        ('<div itemscope itemtype="https://schema.org/Review"><b itemprop="author" itemscope itemtype="https://schema.org/Organization"><i itemprop="name">G</i></b></div>', []),
        ('<div itemscope itemtype="https://schema.org/Organization" itemref="n"></div><p id="n"><i itemprop="name">H <b>I</b></i></p>', ["H I"]),
    ],
)  # fmt: skip
def test_only_organisations_that_the_page_is_of_are_read(html: str, names: list[str], web: Web) -> None:
    assert [one.name for one in read(web, home=page(html)).organisations] == names


# --- what else a page says ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("post@firma.example", ["post@firma.example"]),
        ('<a href="mailto:Info@Firma.example?subject=x">skriv</a>', ["info@firma.example"]),
        ("kari@firma.example, ola.nordmann@firma.example, k.n@firma.example", []),
        ("salgkari@firma.example", []),
    ],
)
def test_only_addresses_of_roles_are_kept(html: str, kept: list[str], web: Web) -> None:
    assert list(read(web, home=page(f"<p>{html}")).emails) == kept


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<a href="tel:22 33 44 55">ring</a>', ["+4722334455"]),
        ('<a href="tel:900 00 000">Kari</a>', []),
        ("22 33 44 55", []),
        ('<a href="tel:123">x</a>', []),
        ('<a href="tel:+46812345678">Stockholm</a>', ["+46812345678"]),
    ],
)
def test_numbers_of_persons_are_left_out(html: str, kept: list[str], web: Web) -> None:
    assert list(read(web, home=page(html)).phones) == kept


def test_technologies_are_recognised_by_where_their_traces_stand(web: Web) -> None:
    html = '<script src="https://cdn.shopify.com/x.js"></script><script>!function(){"https://static.hotjar.com/c/"}</script><p>We love HubSpot'
    reading = read(web, home=page(html, "Server: cloudflare", "Set-Cookie: PHPSESSID=1; path=/", "CF-RAY: 1"))
    assert {(one.name, one.seen_in) for one in reading.technologies} == {
        ("Shopify", "script"),
        ("Hotjar", "html"),
        ("Cloudflare", "header"),
        ("PHP", "cookie"),
    }


def test_the_table_of_technologies_can_be_read() -> None:
    assert {place for _, _, place, _ in traces()} <= set(PLACES)
    assert all(name and category and len(trace) >= 3 for name, category, _, trace in traces())
    categories = {name: category for name, category, _, _ in traces()}
    assert all(categories[name] == category for name, category, _, _ in traces())
