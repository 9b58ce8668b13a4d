"""Postal codes and cities made comparable."""

import re

from enrich.normalise.fold import fold_digraphs, fold_text

_COUNTRY_PREFIX = re.compile(r"^(?:N|NO|S|SE|DK|FI|FIN|D|DE|A|AT|CH|F|FR|L|LV|LT)\s*-\s*(?=\d)")
_NOT_CODE = re.compile(r"[^0-9A-Z]")
_DISTRICT = re.compile(r"\s+(?:\d+|[ckvsno]|nv|no|so|sv|cedex)$")


def normalise_postal_code(text: str) -> str | None:
    """A postal code in capitals without spaces, hyphens and country prefix; null where nothing is left.

    >>> normalise_postal_code("SE-113 57"), normalise_postal_code("sw1a 1aa"), normalise_postal_code("0010")
    ('11357', 'SW1A1AA', '0010')
    """
    return _NOT_CODE.sub("", _COUNTRY_PREFIX.sub("", text.strip().upper())) or None


def normalise_city(text: str) -> str | None:
    """A city in one alphabet, without spaces and the number or letter of a delivery district; null where nothing is left.

    >>> normalise_city("KØBENHAVN K"), normalise_city("Aarhus"), normalise_city("Århus")
    ('kobenhavn', 'arhus', 'arhus')
    """
    folded = fold_text(text)
    return fold_digraphs((_DISTRICT.sub("", folded) or folded).replace(" ", "")) or None
