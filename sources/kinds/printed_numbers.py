"""Organisation numbers that stand on a page: those of the Nordic registers, British ones, LEI, and VAT numbers of Europe.

A number is taken only with valid check digits. It is `labelled` where the page says what it is ("Org.nr.", "CVR", a VAT
prefix): of the other company that prints its number we only believe that.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from stdnum import lei
from stdnum.dk import cvr
from stdnum.eu import vat
from stdnum.fi import ytunnus
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr

from sources.site import Organisation, PrintedNumber

MOST_NUMBERS = 300
"""Of one scheme on a page that are looked at: more is no company that says who it is."""
_LABEL_WITHIN = 45
"""Letters before a number in which its label is looked for."""
_GAP = r"[ .\u00a0]?"
_NO_GAP = str.maketrans("", "", " .-–\u00a0")


def _is_no(digits: str) -> bool:
    return digits[0] in "89" and bool(no_orgnr.is_valid(digits))


def _is_se(digits: str) -> bool:
    """Legal persons only: a third digit below 2 is the month of a personal number, which is never looked at further."""
    return int(digits[2]) >= 2 and bool(se_orgnr.is_valid(digits))


def _is_gb(_digits: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a number of a scheme stands in a text: group 1 is a prefix that labels it, 2 the number, 3 a suffix that does.

    `needs_label` where other things, such as phone numbers, look like it.
    """

    scheme: str
    pattern: re.Pattern[str]
    label: re.Pattern[str]
    is_valid: Callable[[str], bool]
    needs_label: bool = False


_ORG_LABEL = (
    r"(?:org(?:ani[sz]a[sktj]+ions?)?|foretaks|företags|enterprise|company|reg(?:istration)?)[ .-]{0,2}"
    r"(?:reg[ .]{0,2})?(?:nr|nummer|numero|number|no|id)\b|orgnr|org\.nr|\bmva\b|\bvat\b|\bmoms"
)
SPELLINGS = (
    Spelling(
        scheme="NO-ORGNR",
        pattern=re.compile(rf"(?<![\d+])(NO[ -]?)?(\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}})(?![\d-])( ?MVA)?"),
        label=re.compile(_ORG_LABEL, re.IGNORECASE),
        is_valid=_is_no,
    ),
    Spelling(
        scheme="SE-ORGNR",
        pattern=re.compile(r"(?<![\d+])(SE ?)?(\d{6}[ –-]?\d{4})(01)?(?!\d)"),
        label=re.compile(_ORG_LABEL, re.IGNORECASE),
        is_valid=_is_se,
    ),
    Spelling(
        scheme="DK-CVR",
        pattern=re.compile(rf"(?<![\d+])(DK[ -]?)?(\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}})(?!\d)()"),
        label=re.compile(r"\bCVR\b|\bSE[- ]nr|\bVAT\b", re.IGNORECASE),
        is_valid=lambda digits: bool(cvr.is_valid(digits)),
        needs_label=True,
    ),
    Spelling(
        scheme="FI-YTUNNUS",
        pattern=re.compile(r"(?<![\d+-])()(\d{7}-\d)(?![\d-])()"),
        label=re.compile(r"y[- ]?tunnus|fo[- ]?nummer|business id|\bvat\b|\balv\b", re.IGNORECASE),
        is_valid=lambda digits: bool(ytunnus.is_valid(digits)),
    ),
    Spelling(
        scheme="FI-YTUNNUS",
        pattern=re.compile(r"(?<!\w)(FI ?)(\d{8})(?!\d)()"),
        label=re.compile(r"\bvat\b|\balv\b", re.IGNORECASE),
        is_valid=lambda digits: bool(ytunnus.is_valid(digits)),
    ),
    Spelling(
        scheme="GB-COH",
        pattern=re.compile(r"(?<![\w+])()((?:SC|NI|OC|SO|NC|[0-9]{2})[0-9]{6})(?!\w)()"),
        label=re.compile(
            r"(?:company|registered|registration)\s{0,2}(?:registration\s{0,2})?(?:number|no\b|in\b)", re.IGNORECASE
        ),
        is_valid=_is_gb,
        needs_label=True,
    ),
    Spelling(
        scheme="LEI",
        pattern=re.compile(r"(?<!\w)()([A-Z0-9]{18}[0-9]{2})(?!\w)()"),
        label=re.compile(r"\bLEI\b"),
        is_valid=lambda digits: bool(lei.is_valid(digits)),
        needs_label=True,
    ),
)
_VAT = re.compile(
    r"(?<!\w)((?:AT|BE|BG|CY|CZ|DE|EE|EL|ES|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SI|SK) ?[0-9A-Z][0-9A-Z .-]{5,14})"
)
_VAT_LABEL = re.compile(
    r"\bVAT\b|USt|UID|\bTVA\b|\bBTW\b|P\.? ?IVA|\bNIP\b|MwSt|\bKMKR\b|\bPVM\b|\bPVN\b", re.IGNORECASE
)
_OF_VAT = {"BE": "BE-KBO"}
"""Schemes whose number is that of the VAT number, less the country."""


def printed_numbers(text: str, url: str) -> list[PrintedNumber]:
    """The numbers in a text that a reader sees, each once, labelled ones as such."""
    found = [each for spelling in SPELLINGS for each in _of_spelling(spelling, text, url)]
    for match in islice(_VAT.finditer(text), MOST_NUMBERS):
        if _VAT_LABEL.search(text, max(0, match.start() - _LABEL_WITHIN), match.start()):
            found += _of_vat(match[1], url)
    return merged(found)


def stated_numbers(organisation: Organisation, url: str) -> list[PrintedNumber]:
    """The numbers that an organisation states in structured data; they are labelled by where they stand."""
    found: list[PrintedNumber] = []
    for _, value in organisation.numbers:
        for spelling in SPELLINGS:
            if spelling.scheme == "GB-COH":  # any eight digits would be one
                continue
            match = spelling.pattern.fullmatch(value.strip())
            if match and spelling.is_valid(match[2].translate(_NO_GAP)):
                found.append(_number(spelling.scheme, match[2], url, is_labelled=True))
        found += _of_vat(value, url)
    return merged(found)


def merged(numbers: Iterable[PrintedNumber]) -> list[PrintedNumber]:
    """Each number once, labelled where it is anywhere."""
    by_value: dict[tuple[str, str], PrintedNumber] = {}
    for one in numbers:
        before = by_value.get((one.scheme, one.value))
        if before is None or (one.is_labelled and not before.is_labelled):
            by_value[one.scheme, one.value] = one
    return list(by_value.values())


def _of_spelling(spelling: Spelling, text: str, url: str) -> Iterable[PrintedNumber]:
    for match in islice(spelling.pattern.finditer(text), MOST_NUMBERS):
        value = match[2].translate(_NO_GAP)
        before = spelling.label.search(text, max(0, match.start() - _LABEL_WITHIN), match.start())
        is_labelled = bool(match[1] or match[3] or before)
        if (is_labelled or not spelling.needs_label) and spelling.is_valid(value):
            yield _number(spelling.scheme, value, url, is_labelled=is_labelled)


def _of_vat(text: str, url: str) -> list[PrintedNumber]:
    """The VAT number with which a text begins; what follows it may be of the next word."""
    compact = text[:40].upper().translate(_NO_GAP)[:16]
    for end in range(len(compact), 7, -1):
        if vat.is_valid(compact[:end]):
            country = compact[:2]
            value = compact[2:end] if country in _OF_VAT else compact[:end]
            return [_number(_OF_VAT.get(country, f"{country}-VAT"), value, url, is_labelled=True)]
    return []


def _number(scheme: str, value: str, url: str, *, is_labelled: bool) -> PrintedNumber:
    value = value.translate(_NO_GAP)
    if scheme == "FI-YTUNNUS":  # as the register writes it
        value = f"{value[:7]}-{value[7:]}"
    return PrintedNumber(scheme=scheme, value=value, is_labelled=is_labelled, url=url)
