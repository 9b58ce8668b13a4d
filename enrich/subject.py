"""Whom a suppression or an erasure is about: a scheme and a value, normalised alike wherever it is written or met."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import lei
from stdnum.no import orgnr

from enrich.errors import InputInvalid
from enrich.normalise.domain import registrable_domain
from enrich.normalise.email import normalise_email
from enrich.normalise.phone import normalise_phone

SCHEMES = ("email", "phone", "domain", "person", "organisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One e-mail address, phone number, domain, person or organisation, in the one spelling that is hashed."""

    scheme: str
    value: str


def make_subject(scheme: str, value: str, *, country: str | None = None) -> Subject:
    """The subject that `value` names; `country` (ISO 3166-1 alpha-2) reads phone numbers written without +47.

    Raises `InputInvalid` where the value is not of its scheme.

    >>> make_subject("email", " mailto:Kari.Nordmann@Example.NO ").value
    'kari.nordmann@example.no'
    >>> make_subject("phone", "22 22 55 55", country="NO").value
    '+4722225555'
    >>> make_subject("domain", "https://www.shop.example.co.uk/about").value
    'example.co.uk'
    >>> make_subject("person", "Kari  NORDMANN").value
    'kari nordmann'
    >>> make_subject("organisation", "no:923 609 016").value, make_subject("organisation", "FI:2077474-0").value
    ('NO:923609016', 'FI:20774740')
    """
    readers: dict[str, Callable[[str], str | None]] = {
        "email": normalise_email,
        "domain": registrable_domain,
        "person": _person,
        "organisation": _organisation,
        "phone": lambda text: normalise_phone(text, country),
    }
    if scheme not in readers:
        raise InputInvalid(f"{scheme!r} is no kind of subject: use one of {', '.join(SCHEMES)}.")
    normalised = readers[scheme](value.strip())
    if normalised is None:
        raise InputInvalid(f"This is not readable as {_ARTICLE[scheme]}. Nothing was recorded.")
    return Subject(scheme=scheme, value=normalised)


def check_number(label: str) -> None:
    """Raise `InputInvalid` where the check digit of a NO: or LEI: number does not hold; other registers are not checked.

    >>> check_number("NO:923609016")
    >>> check_number("NO:111")
    Traceback (most recent call last):
    enrich.errors.InputInvalid: NO:111 is no NO number: its length or check digit is wrong. Nothing was recorded.
    """
    if not may_be_number(label):
        register = label.partition(":")[0]
        raise InputInvalid(
            f"{label} is no {register} number: its length or check digit is wrong. Nothing was recorded."
        )


def may_be_number(label: str) -> bool:
    """Whether length and check digit of a NO: or LEI: number hold; other registers are not checked.

    >>> may_be_number("NO:923609016"), may_be_number("NO:923609017"), may_be_number("FI:1")
    (True, False, True)
    """
    register, _, number = label.partition(":")
    check = {"NO": orgnr.is_valid, "LEI": lei.is_valid}.get(register)
    return check is None or check(number)


_ARTICLE = {
    "email": "an e-mail address",
    "phone": "a phone number (write it with its country: +47 …)",
    "domain": "a domain",
    "person": "a person's name (first name and last name)",
    "organisation": "an organisation (NO:923609016, or LEI:…)",
}


def _person(text: str) -> str | None:
    folded = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return folded if " " in folded else None


def _organisation(text: str) -> str | None:
    scheme, colon, number = text.upper().partition(":")
    scheme, number = scheme.strip(), re.sub(r"[\s.\-–/]", "", number)
    if scheme == "NO":
        number = re.sub(r"(MVA|FORETAKSREGISTERET)+$", "", number)
    return f"{scheme}:{number}" if colon and scheme and number.isalnum() else None
