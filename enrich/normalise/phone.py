"""Phone numbers in E.164."""

import re

import phonenumbers

# Countries whose national numbers have one length and no trunk prefix: half of all rows need no parser then.
_PLAIN_PLANS = {
    "NO": ("+47", re.compile(r"(?:\+47|0047)?([2-9]\d{7})")),
    "DK": ("+45", re.compile(r"(?:\+45|0045)?([2-9]\d{7})")),
}
_SEPARATORS = str.maketrans("", "", " -./()\xa0")


def normalise_phone(text: str, country_code: str | None) -> str | None:
    """A phone number in E.164, read in the plan of its country where it has no country prefix.

    Null where it is not a possible number, or where it has no prefix and the country (ISO 3166-1 alpha-2) is unknown.

    >>> normalise_phone("22 33 44 55", "NO"), normalise_phone("0047 22334455", None), normalise_phone("08-123 456 78", "SE")
    ('+4722334455', '+4722334455', '+46812345678')
    >>> normalise_phone("22334455", None) is None, normalise_phone("ring Kari", "NO") is None
    (True, True)
    """
    digits = text.translate(_SEPARATORS)
    plan = _PLAIN_PLANS.get(country_code or "")
    if plan is not None and (national := plan[1].fullmatch(digits)):
        return plan[0] + national[1]
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits if digits.startswith("+") else text, country_code)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
