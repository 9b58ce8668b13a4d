"""One HTML page, parsed: what a reader sees of it, its links, and what its head says. Broken pages are read as far as they go."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree, html

if TYPE_CHECKING:
    from sources.web import Page

MOST_LINKS = 1_000
MOST_TEXT = 400_000
"""Letters of a page that are looked at: more is no page that a company writes of itself."""
MOST_META = 25_000
"""Letters of a meta element: a description that goes on behind them is told from one that ends."""
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object"})
_WITHIN_WORDS = frozenset({"b", "i", "em", "strong", "wbr", "sub", "sup", "font", "u", "mark"})
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*(\d+)\s*[;,]\s*(?:url\s*=\s*)?[\"']?\s*([^\"']+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"^([A-Za-z]{2})(?:[-_]|$)")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class HtmlPage:
    """A page with its tree; `source` is the text as it was sent."""

    url: str
    source: str
    root: html.HtmlElement
    headers: tuple[tuple[str, str], ...]
    fetched_at: datetime

    @cached_property
    def text(self) -> str:
        """What a reader sees, words divided by one space."""
        parts: list[str] = []
        length = 0
        for element in self.root.iter():
            tag = element.tag if isinstance(element.tag, str) else "script"
            gap = "" if tag in _WITHIN_WORDS else " "
            if element.text and tag not in _UNSEEN:
                parts += (gap, element.text)
                length += len(element.text)
            elif gap:
                parts.append(gap)
            if element.tail:
                parts += (gap, element.tail)
                length += len(element.tail)
            if length > MOST_TEXT:
                break
        return " ".join("".join(parts).split())[:MOST_TEXT]

    @cached_property
    def title(self) -> str:
        """The page's title; empty where it has none."""
        return " ".join((self.root.findtext(".//title") or "").split())[:300]

    @cached_property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(address, text) of its links, made absolute, in order."""
        return tuple(
            (address, short_text(anchor)[:200])
            for anchor in islice(self.root.iter("a"), MOST_LINKS)
            if (address := self.absolute(anchor.get("href")))
        )

    @cached_property
    def meta(self) -> dict[str, str]:
        """Content of its meta elements by name or property, in lower case; the first of each."""
        found: dict[str, str] = {}
        for element in self.root.iter("meta"):
            name = (element.get("name") or element.get("property") or "").strip().lower()
            if name:
                found.setdefault(name, (element.get("content") or "").strip()[:MOST_META])
        return found

    @property
    def language(self) -> str | None:
        """The language that it says it is in, as ISO 639-1 (Norwegian in either form is `no`)."""
        for said in (self.root.get("lang"), self.meta.get("og:locale")):
            if said and (found := _LANGUAGE.match(said.strip())):
                code = found[1].lower()
                return "no" if code in ("nb", "nn") else code
        return None

    @property
    def refresh(self) -> str | None:
        """Where the page sends its readers at once, where it does (meta refresh)."""
        for element in self.root.iter("meta"):
            if (element.get("http-equiv") or "").strip().lower() == "refresh":
                found = _REFRESH.match((element.get("content") or "")[:2_000])
                if found and int(found[1][:6]) <= 10:
                    return self.absolute(found[2].strip())
        return None

    def absolute(self, address: str | None) -> str | None:
        """An address of the page made absolute; null where there is none."""
        if not address or len(address) > 2_000:
            return None
        try:
            return urljoin(self.url, address.strip())
        except ValueError:
            return None

    def attributes(self, tag: str, name: str) -> Iterator[str]:
        """The values of an attribute on all elements of that tag."""
        return (value for element in self.root.iter(tag) if (value := element.get(name)))


def parse_page(page: "Page") -> HtmlPage:
    """A page as a tree; whatever it holds, it becomes one."""
    source = decode(page.body, page.header("content-type")).replace("\0", "")
    # a declaration of another encoding inside the text no longer holds
    parser = html.HTMLParser(encoding="utf-8", no_network=True, recover=True)
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        root = html.document_fromstring("<html><body></body></html>")
    return HtmlPage(url=page.url, source=source, root=root, headers=page.headers, fetched_at=page.fetched_at)


def short_text(element: html.HtmlElement) -> str:
    """What a reader sees of an element, up to 500 letters: elements nest, so whole texts would be read again and again."""
    return " ".join("".join(part[:500] for part in islice(element.itertext(), 100)).split())[:500]


def whole_text(element: html.HtmlElement) -> str:
    """What a reader sees of an element, all of it; nothing of one that is made of very many, or is longer than `MOST_META`."""
    parts = list(islice(element.itertext(), 101))
    text = " ".join(parts) if len(parts) <= 100 and element.find(".//script") is None else ""
    return " ".join(text.split()) if len(text) <= MOST_META else ""


def decode(body: bytes, content_type: str) -> str:
    """A page's text: by its mark, what the server or the page says, or UTF-8, else cp1252. Never fails.

    >>> decode("Bodø".encode("latin-1"), "text/html; charset=nonsense")
    'Bodø'
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    declared = _CHARSET.search(content_type.encode("utf-8", "replace")) or _CHARSET.search(body[:4096])
    name = _text_encoding(declared[1].decode("ascii")) if declared else None
    if name is None or name == "utf-8":
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            # a page that says UTF-8 and is mostly that stays so; one that says nothing is of the older sort
            return (
                body.decode("utf-8", "replace")
                if name and body.count(b"\xc3") > 2
                else body.decode("cp1252", "replace")
            )
    return body.decode(name, "replace")


def _text_encoding(name: str) -> str | None:
    """The codec of that name; null where there is none, or it is none of text (Python has some that unpack archives)."""
    try:
        codec = codecs.lookup(name)
        " ".encode(codec.name)
    except (LookupError, ValueError, TypeError, UnicodeError):
        return None
    latin = codec.name in ("iso8859-1", "ascii")
    return "cp1252" if latin else codec.name
