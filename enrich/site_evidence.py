"""Whether a web site is a company's own: only what it prints decides, and a wrong site is worse than none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from enrich.normalise.fold import fold_digraphs, fold_text
from enrich.normalise.name import NormalName, normalise_name
from sources.site import Organisation, PageText, SiteReading

MOST_NUMBERS = 5
"""A site that prints more companies' numbers than this is a directory, an agency or a register: none of them counts."""
SHORTEST_NAME = 3
"""Letters that a name needs to be told from any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCompany:
    """A company as its registers state it: what a site has to print to be its own."""

    names: tuple[str, ...]
    numbers: frozenset[tuple[str, str]]
    country: str | None = None
    places: tuple[tuple[str | None, str | None, str | None], ...] = ()
    """(street, postal code, city) of its addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteVerdict:
    """Whether the site is the company's; `code` is number or name_and_place where it is, else why not, as `reason` says.

    `url` is the page on which the evidence stands.
    """

    is_own: bool
    code: str
    reason: str
    url: str | None = None


def judge_site(company: SiteCompany, reading: SiteReading) -> SiteVerdict:
    """Whether a site is the company's: its number, else its whole name and its place, and no other company's number."""
    labelled = {(one.scheme, one.value) for one in reading.numbers if one.is_labelled}
    ours = next((one for one in reading.numbers if (one.scheme, one.value) in company.numbers), None)
    schemes = {scheme for scheme, _ in company.numbers}
    others = {number for number in labelled if number[0] in schemes} - company.numbers
    if len(labelled) > MOST_NUMBERS:
        return SiteVerdict(
            is_own=False,
            code="directory",
            reason=f"the site prints the numbers of {len(labelled)} companies: it is a directory, or a group's",
        )
    if ours is not None:
        return SiteVerdict(is_own=True, code="number", reason=f"prints {ours.scheme} {ours.value}", url=ours.url)
    if others:
        return SiteVerdict(is_own=False, code="other_company", reason="the site prints another company's number")
    named = _find_name(company, reading)
    if named is None:
        return SiteVerdict(
            is_own=False, code="no_evidence", reason="the site prints neither the company's number nor its whole name"
        )
    place = _find_place(company, reading)
    if place is None:
        return SiteVerdict(
            is_own=False, code="name_only", reason="the site bears the company's name, but prints no address of it"
        )
    return SiteVerdict(
        is_own=True, code="name_and_place", reason=f"bears {named!r} and prints {place[0]!r}", url=place[1]
    )


def _find_name(company: SiteCompany, reading: SiteReading) -> str | None:
    """The name of the company that the site calls itself, or prints whole with its legal form."""
    called = {_key(normalise_name(name)) for name in reading.names}
    texts: list[str] | None = None
    for name in company.names:
        normal = normalise_name(name)
        if len(normal.core_key) < SHORTEST_NAME:
            continue
        if _key(normal) in called:
            return name
        if normal.legal_form_class:
            texts = texts if texts is not None else [f" {fold_text(page.text)} " for page in reading.pages]
            if any(f" {fold_text(name)} " in text for text in texts):
                return name
    return None


def _key(name: NormalName) -> str:
    return name.core_key


def _find_place(company: SiteCompany, reading: SiteReading) -> tuple[str, str] | None:
    """An address of the company that the site prints, and the page: postal code and city, or street and city."""
    texts = [(page, f" {_folded(page)} ") for page in reading.pages]
    for street, postal_code, city in company.places:
        if not city:
            continue
        town = re.escape(fold_digraphs(fold_text(city)))
        told = " ".join(part for part in (street, postal_code, city) if part)
        if postal_code and (digits := re.sub(r"\W", "", postal_code)):
            spaced = r"\s?".join(re.escape(letter) for letter in digits.lower())
            pattern = re.compile(rf"(?<!\w){spaced}\s{town}(?!\w)")
            if found := next((page.url for page, text in texts if pattern.search(text)), None):
                return told, found
            if _is_stated(reading.organisations, digits, city):
                return told, reading.url
        if street and any(letter.isdigit() for letter in street):
            line = fold_digraphs(fold_text(street))
            for page, text in texts:
                if f" {line} " in text and re.search(rf"(?<!\w){town}(?!\w)", text):
                    return told, page.url
    return None


def _folded(page: PageText) -> str:
    return fold_digraphs(fold_text(page.text))


def _is_stated(organisations: Iterable[Organisation], digits: str, city: str) -> bool:
    return any(
        one.postal_code is not None
        and one.city is not None
        and re.sub(r"\W", "", one.postal_code) == digits
        and fold_text(one.city) == fold_text(city)
        for one in organisations
    )
