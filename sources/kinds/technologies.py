"""Products by whose traces a site is recognised: our own table (`sources/sites/technologies.csv`), plain texts, no patterns."""

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sources.site import Technology

if TYPE_CHECKING:
    from sources.kinds.html_page import HtmlPage

PLACES = ("generator", "script", "link", "html", "header", "cookie")
"""Where a trace may stand: at the start of the generator, in addresses of scripts, of links, in the text of the page, at the
start of "name: value" of a header, or of a cookie's name."""


@cache
def traces() -> tuple[tuple[str, str, str, str], ...]:
    """(name, category, place, trace in lower case) of every trace that is known."""
    text = files("sources.sites").joinpath("technologies.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((row["name"], row["category"], row["where"], row["trace"].lower()) for row in rows)


def technologies(pages: "Iterable[HtmlPage]") -> tuple[Technology, ...]:
    """The products whose traces the pages have, each once, with the first place in which it was seen."""
    found: dict[str, Technology] = {}
    for page in pages:
        beginning, within = _seen(page)
        for name, category, place, trace in traces():
            if name in found:
                continue
            if place in within:
                is_seen = trace in within[place]
            else:
                is_seen = any(text.startswith(trace) for text in beginning[place])
            if is_seen:
                found[name] = Technology(name=name, category=category, seen_in=place)
    return tuple(sorted(found.values(), key=lambda one: (one.category, one.name)))


def _seen(page: "HtmlPage") -> tuple[dict[str, list[str]], dict[str, str]]:
    """What a page shows at each place: as texts of which the beginning counts, and as one text each in which to look."""
    headers = [f"{name}: {value}".lower() for name, value in page.headers]
    cookies = [value.lower().lstrip() for name, value in page.headers if name == "set-cookie"]
    beginning = {"generator": [page.meta.get("generator", "").lower()], "header": headers, "cookie": cookies}
    addresses = [*page.attributes("link", "href"), *page.attributes("img", "src")]
    within = {
        "script": "\n".join(page.attributes("script", "src")).lower(),
        "link": "\n".join(addresses).lower(),
        "html": page.source.lower(),
    }
    return beginning, within
