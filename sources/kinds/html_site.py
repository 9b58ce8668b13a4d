"""A company's own web site: its start page and the few others on which companies say who they are.

Read are robots.txt, the start page, and pages about the company and how to reach it: those that the start page links
to, else those of the sitemap. At most six requests a site. What is read is public and meant to be read; addresses and
numbers of persons are left out here, before anything else sees them.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain

import httpx
import phonenumbers

from sources.errors import PageRefused
from sources.guard import read_address
from sources.kinds.html_page import HtmlPage, parse_page
from sources.kinds.own_words import describe, domain_words
from sources.kinds.printed_numbers import merged, printed_numbers, stated_numbers
from sources.kinds.structured_data import organisations
from sources.kinds.technologies import technologies
from sources.lookup import Outcome
from sources.site import Organisation, PageText, SiteAnswer, SiteAsked, SiteReading
from sources.web import HTML, XML, Page, Visit, WebClient

AT_ONCE = 8
"""Sites read at the same time, each by one connection and at its own pace."""
MOST_PAGES = 4
MOST_PHONES = 3
MOST_EMAILS = 5
_CONTACT = (
    "contact kontakt kontakta yhteys yhteystiedot contacto contatti kapcsolat kontakty kontaktid kontakti contactez"
)
_ABOUT = (
    "about om-oss om_oss omoss om-os bolaget foretaget företaget virksomheden yritys meista meistä tietoa ueber-uns "
    "uber-uns unternehmen impressum imprint chi-siamo qui-sommes-nous mentions-legales over-ons ettevottest par-mums"
)
_LEGAL = "privacy personvern integritet tietosuoja privatliv datenschutz terms vilkar vilkår villkor betingelser legal"
_PAGE_WORDS = tuple(tuple(words.split()) for words in (_CONTACT, _ABOUT, _LEGAL))
"""Words in the address or text of a link, by how often such a page says who the company is."""
_SHORT_TEXTS = frozenset(
    {"om", "om oss", "om os", "about", "about us", "about me", "who we are", "hvem er vi", "vilka är vi"}
)
_NOT_PAGES = re.compile(r"\.(?:pdf|jpe?g|png|gif|svg|webp|zip|docx?|xlsx?|mp4|ics|vcf)$", re.IGNORECASE)
_LOCATION = re.compile(rb"<loc>\s{0,20}([^<\s]{8,2000})")
_EMAIL = re.compile(r"(?<![\w.+-])([A-Za-z][\w.+-]{0,40})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})(?![\w@-])")
_ROLE_WORDS = (
    "post info informasjon information kontakt kontakta contact firmapost postmottak mottak mail epost e-post office "
    "kontor kontoret toimisto hello hei hej hallo sales salg salgs forsalg forsaljning myynti verkauf order orders "
    "ordre bestilling tilaukset support help hjelp kundeservice kundservice kundesenter kundcenter asiakaspalvelu "
    "service servicedesk customerservice kundtjanst reception resepsjon receptionen booking reservation bokning "
    "presse press media marketing markedsforing job jobs jobb career careers karriere rekry hr "
    "regnskap faktura fakturor invoice laskut economy okonomi ekonomi finance admin administration "
    "styret personvern privacy gdpr dataskydd tietosuoja dpo legal sekretariat firma company team enquiries inquiries "
    "hovedkontor huvudkontor butikk butik shop store webshop nettbutikk web webmaster drift vakt verksted"
)
_ROLES = frozenset(_ROLE_WORDS.split())
"""Local parts that belong to a role in the company, never to a person."""
_NETWORKS = (
    ("linkedin", re.compile(r"^(?:[a-z]{2,3}\.)?linkedin\.com$"), re.compile(r"^/(?:company|school|showcase)/[^/]+")),
    ("facebook", re.compile(r"^(?:[a-z-]{2,5}\.)?facebook\.com$"), re.compile(r"^/(?!sharer|share|dialog|plugins|tr\b|groups|events|photo|hashtag|policies|privacy|legal|profile\.php)[\w.%-]{2,}")),
    ("instagram", re.compile(r"^instagram\.com$"), re.compile(r"^/(?!p/|reel|explore|accounts|stories|legal|about)[\w.]{2,}")),
    ("x", re.compile(r"^(?:twitter|x)\.com$"), re.compile(r"^/(?!intent|share|home|search|hashtag|i/|privacy|tos)\w{1,30}/?$")),
    ("youtube", re.compile(r"^youtube\.com$"), re.compile(r"^/(?:@[\w.-]+|channel/[\w-]+|c/[\w%-]+|user/[\w-]+)")),
    ("tiktok", re.compile(r"^tiktok\.com$"), re.compile(r"^/@[\w.]+")),
    ("github", re.compile(r"^github\.com$"), re.compile(r"^/(?!login|features|about|pricing|sponsors)[\w-]+/?$")),
)  # fmt: skip
"""Networks, with the path of a company's page on them: what shares a page, and persons' own pages, are left out."""
_PHONES_OF_COMPANIES = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOIP,
    }
)
"""A number that merely stands on a page is kept only if it is of one of these: a mobile may be anybody's."""


def ask_sites(client: WebClient, wanted: Sequence[SiteAsked]) -> Iterator[SiteAnswer]:
    """What the site at each of these addresses says, or why it cannot be read; in their order.

    An address that several companies have, as those of a group do, is read once.
    """
    counts = Counter((asked.address, asked.country) for asked in wanted)
    shared: dict[tuple[str, str | None], Future[SiteAnswer]] = {}
    waiting: deque[tuple[SiteAsked, Future[SiteAnswer]]] = deque()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="site")
    try:
        for asked in wanted:
            place = asked.address, asked.country
            future = shared.get(place) or pool.submit(ask_site, client, asked)
            if counts[place] > 1:  # only these are kept: a reading holds the text of its pages
                shared[place] = future
            waiting.append((asked, future))
            if len(waiting) > 2 * AT_ONCE:
                yield _answer_for(*waiting.popleft())
        while waiting:
            yield _answer_for(*waiting.popleft())
    finally:  # whoever stops asking does not wait for those that were not begun
        pool.shutdown(cancel_futures=True)


def _answer_for(asked: SiteAsked, future: Future[SiteAnswer]) -> SiteAnswer:
    """The answer as of this company; it took no requests where it was another's first."""
    answer = future.result()
    return answer if answer.source_key == asked.source_key else replace(answer, source_key=asked.source_key, requests=0)


def ask_site(client: WebClient, asked: SiteAsked) -> SiteAnswer:
    """What one site says, with what became of asking."""
    with client.visit() as visit:
        try:
            reading = read_site(visit, asked.address, country=asked.country)
            outcome, code, reason = Outcome.HIT, "", ""
        except PageRefused as refused:
            reading, outcome, code, reason = None, refused.outcome, refused.code, refused.reason
        except Exception as error:  # noqa: BLE001  # whatever a stranger's page breaks, it breaks for its company only
            reading, outcome, code = None, Outcome.FAILED, "unreadable"
            reason = f"the site cannot be read ({type(error).__name__})"
        return SiteAnswer(
            source_key=asked.source_key,
            address=asked.address,
            outcome=outcome,
            code=code,
            reason=reason,
            requests=visit.requests,
            reading=reading,
        )


def read_site(visit: Visit, address: str, *, country: str | None) -> SiteReading:
    """What the site at an address says; `country` (ISO 3166-1 alpha-2) is whose numbers without a prefix are.

    Raises PageRefused where its start page cannot be read; a further page that cannot be read is left out.
    """
    pages = [_start(visit, address)]
    for further in _further(visit, pages[0]):
        if len(pages) >= MOST_PAGES or not visit.requests_left:
            break
        try:
            page = parse_page(visit.read(further))
        except PageRefused:
            continue
        if _host(page.url) == _host(pages[0].url) and page.url not in {each.url for each in pages}:
            pages.append(page)
    stated = [(organisation, page.url) for page in pages for organisation in organisations(page)]
    numbers = chain(
        chain.from_iterable(stated_numbers(organisation, url) for organisation, url in stated),
        chain.from_iterable(printed_numbers(page.text, page.url) for page in pages),
    )
    told = tuple(dict.fromkeys(organisation for organisation, _ in stated))
    description, description_url = _description(pages[0], stated)
    return SiteReading(
        url=pages[0].url,
        pages=tuple(PageText(url=page.url, title=page.title, text=page.text) for page in pages),
        names=_names(pages, told),
        organisations=told,
        numbers=tuple(merged(numbers)),
        emails=_role_emails(pages, told),
        phones=_phones(pages, told, country),
        social=_social(pages, told),
        language=next((page.language for page in pages if page.language), None),
        technologies=technologies(pages),
        fetched_at=pages[0].fetched_at,
        description=description,
        description_url=description_url,
    )


def _start(visit: Visit, address: str) -> HtmlPage:
    """The start page; where it sends its readers at once, that."""
    page = parse_page(_read_start(visit, address))
    if (onward := page.refresh) is not None and onward != page.url:
        page = parse_page(visit.read(onward))
    return page


def _read_start(visit: Visit, address: str) -> Page:
    """The page at an address; of a bare domain by TLS first, and at www. where the domain itself has no address."""
    try:
        return visit.read(address)
    except PageRefused as refused:
        if "://" in address or refused.code not in ("no_connection", "no_address"):
            raise
        if refused.code == "no_connection":
            return visit.read(f"http://{address}")
        if address.startswith("www."):
            raise
    return _read_start(visit, f"www.{address}")


def _further(visit: Visit, start: HtmlPage) -> list[str]:
    """Addresses of pages on which the site says who it is, the likeliest first."""
    chosen = _choose(start, start.links)
    if chosen or visit.requests_left < 2:
        return chosen
    sitemap = next(iter(visit.sitemaps(start.url)), None) or start.absolute("/sitemap.xml")
    try:
        listed = visit.read(str(sitemap), types=XML | HTML).body
    except PageRefused:
        return []
    found = (
        match[1].decode("utf-8", "replace").replace("&amp;", "&") for match in _LOCATION.finditer(listed[: 1 << 20])
    )
    return _choose(start, [(address, "") for address in found])


def _choose(start: HtmlPage, links: Iterable[tuple[str, str]]) -> list[str]:
    """Of each sort of page the address with the shortest path, on the same host."""
    best: dict[int, tuple[int, str]] = {}
    for address, text in links:
        try:
            url = read_address(address)
        except PageRefused:
            continue
        path = url.path.lower()
        if _bare(url.host) != _host(start.url) or _NOT_PAGES.search(path) or len(path) > 200 or str(url) == start.url:
            continue
        words = text.casefold()
        sort = next((rank for rank, known in enumerate(_PAGE_WORDS) if any(word in path for word in known)), None)
        if sort is None and len(words) < 40:
            sort = next((rank for rank, known in enumerate(_PAGE_WORDS) if any(word in words for word in known)), None)
            sort = 1 if sort is None and words in _SHORT_TEXTS else sort
        if sort is not None and (sort not in best or len(path) < best[sort][0]):
            best[sort] = (len(path), str(url))
    return [address for _, (_, address) in sorted(best.items())]


def _bare(host: str) -> str:
    return host.lower().rstrip(".").removeprefix("www.")


def _host(url: str) -> str:
    return _bare(httpx.URL(url).host)


def _names(pages: Sequence[HtmlPage], told: Iterable[Organisation]) -> tuple[str, ...]:
    """What the site calls itself: in its data, in its head, and in the parts of its titles."""
    names = [name for one in told for name in (one.legal_name, one.name) if name]
    names += [page.meta[key] for page in pages for key in ("og:site_name", "application-name") if page.meta.get(key)]
    names += [part.strip() for page in pages for part in re.split(r"\s[|·•–—:-]\s", page.title) if part.strip()]
    return tuple(dict.fromkeys(name[:200] for name in names))


def _description(start: HtmlPage, stated: Sequence[tuple[Organisation, str]]) -> tuple[str | None, str | None]:
    """What the site says of itself, and the page: of the one organisation that it is of, else in the head of its start page."""
    called = {(one.name or one.legal_name or "").casefold() for one, _ in stated}
    if len(called) == 1:  # of several, which one this site's company is, is not known here
        for one, url in stated:
            if one.description is not None:
                return one.description, url
    own = [start.meta.get("og:site_name"), start.meta.get("application-name"), domain_words(start.url)]
    if len(called) == 1:
        own += [name for one, _ in stated for name in (one.name, one.legal_name)]
    for name in ("description", "og:description"):
        if (said := describe(start.meta.get(name, ""), own)) is not None:
            return said, start.url
    return None, None


def _role_emails(pages: Iterable[HtmlPage], told: Iterable[Organisation]) -> tuple[str, ...]:
    """Addresses of roles, those in structured data first; whose local part is anybody's name is not even noticed."""
    texts = [email for one in told for email in one.emails]
    for page in pages:
        texts += [
            address.removeprefix("mailto:").partition("?")[0]
            for address, _ in page.links
            if address.startswith("mailto:")
        ]
        texts.append(page.text)
    found = (match for text in texts for match in _EMAIL.finditer(text))
    roles = (f"{match[1]}@{match[2]}".lower().rstrip(".") for match in found if match[1].lower() in _ROLES)
    return tuple(dict.fromkeys(roles))[:MOST_EMAILS]


def _phones(pages: Sequence[HtmlPage], told: Iterable[Organisation], country: str | None) -> tuple[str, ...]:
    """The organisation's own numbers, else those that the start page offers to call and that are no mobiles."""
    stated = [_phone(text, country) for one in told for text in one.telephones]
    numbers = [number for number in stated if number is not None]
    if not numbers:
        offered = (address.removeprefix("tel:") for address, _ in pages[0].links if address.startswith("tel:"))
        parsed = (_phone(text.replace("%20", " "), country) for text in offered)
        numbers = [one for one in parsed if one is not None and phonenumbers.number_type(one) in _PHONES_OF_COMPANIES]
    written = (phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.E164) for one in numbers)
    return tuple(dict.fromkeys(written))[:MOST_PHONES]


def _phone(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text[:40], country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _social(pages: Iterable[HtmlPage], told: Iterable[Organisation]) -> tuple[tuple[str, str], ...]:
    """One page a network: that which the organisation calls its own, else the first link to one."""
    found: dict[str, str] = {}
    for address in (
        *(one for each in told for one in each.same_as),
        *(link for page in pages for link, _ in page.links),
    ):
        try:
            url = read_address(address)
        except PageRefused:
            continue
        for network, host, path in _NETWORKS:
            match = path.match(url.path) if host.match(_bare(url.host)) else None
            if match:
                found.setdefault(network, f"https://{_bare(url.host)}{match[0].rstrip('/')}")
    return tuple(sorted(found.items()))
