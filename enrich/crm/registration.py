"""National numbers of companies as a CRM has them, and numbers of persons, which must not stay.

Check digits are python-stdnum's. A number that a spreadsheet rounded or shortened is refused, never completed.
"""

import re
from dataclasses import dataclass

from stdnum import lei
from stdnum.dk import cpr, cvr
from stdnum.fi import hetu, ytunnus
from stdnum.no import fodselsnummer
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr
from stdnum.se import personnummer

from enrich.crm.national import is_person_of, read_national
from enrich.crm.read import Cell
from enrich.crm.values import ValueUnreadable, is_ruined, read_text

REMOVED = "[personal number removed]"

_PERSONAL_SHAPE = re.compile(r"\d{6}[-+ \dA-Z]{4,7}")
_VAT_PREFIX = re.compile(r"(NO|SE|FI|DK|GB|EE|LV|CZ|PL|FR|BE)(?=[\d .]{7})|CH(?=E-?\d{3})")
_GB_NUMBER = re.compile(r"(\d{8}|[A-Z]{2}\d{6}|[A-Z]{2}\d{5}[A-Z])")
_LENGTHS = {"NO": 9, "SE": 10, "FI": 8, "DK": 8, "GB": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A company's number, normalised, and its scheme."""

    scheme: str
    value: str


def read_registration(cell: Cell, country: str | None) -> Registration | None:
    """The number of a company; `country` (ISO 3166-1 alpha-2) says whose, unless the number itself does.

    Raises `ValueUnreadable` for what is ruined, too short, fails its check digit, is a person's number
    (code `personal_number`), or whose country nobody states.

    >>> read_registration("NO 923 609 016 MVA", None)
    Registration(scheme='NO-ORGNR', value='923609016')
    >>> read_registration("165567037485", "SE").value, read_registration("FI20774740", None).value
    ('5567037485', '2077474-0')
    >>> read_registration("923609016.0", "NO").value
    '923609016'
    >>> read_registration("9,23609E+08", "NO")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: a spreadsheet rounded the number: export the file again and do not open it in one
    """
    text = read_text(cell)
    if text is None:
        return None
    if is_ruined(text) or isinstance(cell, float):
        raise ValueUnreadable(
            "ruined_number", "a spreadsheet rounded the number: export the file again and do not open it in one"
        )
    if is_personal_number(text):
        raise ValueUnreadable("personal_number", "it is the number of a person, which is not kept")
    upper = re.sub(r"^(\d+)\.0$", r"\1", text).upper()  # so programs write a column of numbers with gaps
    compact = re.sub(r"[\s.\-–:/]", "", upper)
    if re.fullmatch(r"[0-9A-Z]{18}\d\d", compact) and lei.is_valid(compact):
        return Registration(scheme="LEI", value=compact)
    if prefix := _VAT_PREFIX.match(upper):
        country = prefix[1] or prefix[0]
    if country is None:
        raise ValueUnreadable("number_without_country", "neither the row nor the configuration says its country")
    if is_person_of(compact, country):
        raise ValueUnreadable("personal_number", "it is the number of a person, which is not kept")
    if (national := read_national(compact, country)) is not None:
        return Registration(scheme=national[0], value=national[1])
    if country not in _LENGTHS:
        return Registration(scheme=f"{country}-REG", value=compact)
    return Registration(
        scheme={"NO": "NO-ORGNR", "SE": "SE-ORGNR", "FI": "FI-YTUNNUS", "DK": "DK-CVR", "GB": "GB-COH"}[country],
        value=_national(compact.removeprefix(country), country),
    )


def _national(compact: str, country: str) -> str:
    if country == "NO":
        compact = re.sub(r"(MVA|FORETAKSREGISTERET)+$", "", compact)
    if country == "SE":
        compact = re.sub(r"^16(?=\d{10}$)|(?<=^\d{10})01$", "", compact)
    if country == "GB":
        is_valid = _GB_NUMBER.fullmatch(compact) is not None
    else:
        is_valid = {"NO": no_orgnr, "SE": se_orgnr, "FI": ytunnus, "DK": cvr}[country].is_valid(compact)
    if is_valid:
        return f"{compact[:7]}-{compact[7]}" if country == "FI" else compact
    if compact.isdigit() and len(compact) < _LENGTHS[country]:
        raise ValueUnreadable(
            "short_number", f"it has {len(compact)} of {_LENGTHS[country]} digits: a spreadsheet may have cut zeros off"
        )
    raise ValueUnreadable("invalid_number", f"it is no valid {country} company number")


def is_personal_number(text: str) -> bool:
    """Whether the text is a Swedish, Finnish, Norwegian or Danish personal number.

    Ten digits that are a Swedish company number are none: their third and fourth digits are no month.

    >>> is_personal_number("811228-9874"), is_personal_number("131052-308T"), is_personal_number("556703-7485")
    (True, True, False)
    """
    bare = text.strip().upper()
    if not _PERSONAL_SHAPE.fullmatch(bare):
        return False
    if re.fullmatch(r"(\d\d)?\d{6}[-+ ]?\d{4}", bare) and personnummer.is_valid(bare.replace(" ", "")):
        return True
    if re.fullmatch(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]", bare) and hetu.is_valid(bare):
        return True
    if re.fullmatch(r"\d{6} ?\d{5}", bare) and fodselsnummer.is_valid(bare.replace(" ", "")):
        return True
    return re.fullmatch(r"\d{6}-\d{4}", bare) is not None and cpr.is_valid(bare)
