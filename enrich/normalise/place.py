"""Postal code and town that stand in one cell, as in "4020 Stavanger", taken apart by the form that a country's codes have."""

import re

_FORMS = {
    r"\d{3}": ("FO", "IS"),
    r"\d{4}": ("AT", "AU", "BE", "BG", "CH", "CY", "DK", "GL", "HU", "LI", "LU", "LV", "NO", "NZ", "SI", "ZA"),
    r"\d{5}": ("AX", "DE", "EE", "ES", "FI", "FR", "HR", "IT", "LT", "UA"),
    r"\d{3} ?\d{2}": ("CZ", "GR", "SE", "SK"),
    r"\d{6}": ("CN", "IN", "RO", "SG"),
    r"\d{5}(?:-\d{4})?": ("US",),
    r"\d{2}-?\d{3}": ("PL",),
    r"\d{3}-?\d{4}": ("JP",),
    r"\d{4}(?:-\d{3})?": ("PT",),
    r"\d{4} ?[A-Z]{2}": ("NL",),
    r"[A-Z]{3} ?\d{4}": ("MT",),
    r"[A-Z]\d[A-Z] ?\d[A-Z]\d": ("CA",),
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}": ("GB", "GG", "IM", "JE"),
    r"[A-Z]\d[\dW] ?[A-Z\d]{4}": ("IE",),
}
"""The form of postal codes by ISO 3166-1 alpha-2 of the countries that write them so."""

_OF_NO_COUNTRY = r"\d{3} \d{2}|\d{2}-\d{3}|\d{4,6}"
_MARK = r"(?:[A-Z]{1,3}\s?-\s?(?=\d))?"
_BETWEEN = r"[\s,;/–-]+"
_TOWN = r"[^\W\d_].*"


def _compile(form: str, town: str = _TOWN) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    code = f"(?P<code>{_MARK}(?:{form}))"
    return (
        re.compile(code, re.IGNORECASE),
        re.compile(f"{code}{_BETWEEN}(?P<town>{town})", re.IGNORECASE),
        re.compile(f"(?P<town>[^\\W\\d_][^\\d]*?){_BETWEEN}{code}", re.IGNORECASE),
    )


_PATTERNS = {country: _compile(form) for form, countries in _FORMS.items() for country in countries}
_ANYWHERE = _compile(_OF_NO_COUNTRY, rf"(?!\w\w$){_TOWN}")  # "1012 AB" may be a whole Dutch code


def divide_place(postal_code: str | None, city: str | None, country: str | None) -> tuple[str | None, str | None]:
    """Postal code and city, taken apart where the postal code names a town too, or the city a code that is stated nowhere else.

    The city that is stated outranks the town beside the code. What has not the form of the country's codes (ISO 3166-1
    alpha-2; none: one of digits) stays as it is; of a "postal code" without a digit that is all, it is the city.

    >>> divide_place("4020 Stavanger", None, "NO"), divide_place(None, "SE-113 57 Stockholm", "SE")
    (('4020', 'Stavanger'), ('SE-113 57', 'Stockholm'))
    >>> divide_place("London SW1A 1AA", None, "GB"), divide_place("1012 AB Amsterdam", "Amsterdam", "NL")
    (('SW1A 1AA', 'London'), ('1012 AB', 'Amsterdam'))
    >>> divide_place("7760 Snåsa", None, None), divide_place("1012 AB", None, None), divide_place("Å", None, "NO")
    (('7760', 'Snåsa'), ('1012 AB', None), (None, 'Å'))
    """
    code, only, first, last = postal_code, *_PATTERNS.get(country or "", _ANYWHERE)
    if code is None:
        found = first.fullmatch(city) if city is not None and city[:3].strip() else None
        return (found["code"], found["town"]) if found is not None else (None, city)
    if code.isdecimal() or only.fullmatch(code):
        return code, city
    if city is None and code[:1].isalpha() and not any(map(str.isdigit, code)):
        return None, code
    found = first.fullmatch(code) or last.fullmatch(code)
    return (code, city) if found is None else (found["code"], city or found["town"])
