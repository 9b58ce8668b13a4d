"""Reads single cells of CRM exports: text, numbers, amounts, sizes, yes and no, lists. Pure; nothing is guessed.

A cell that cannot be read for certain raises `ValueUnreadable` with a countable code; an empty one is `None`.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from enrich.crm.labels import fold_label, labels_of
from enrich.crm.read import Cell
from enrich.errors import EnrichError

LENGTH_LIMIT = 1_000
"""Characters that a value may have; a longer one is a slip of the pen or of a program."""

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_RUINED = re.compile(r"\d([.,]\d+)?[eE][+-]?\d{1,3}")
_SHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SAKNAS!|I/T|PUUTTUU!)")
_CURRENCIES = {"€": "EUR", "£": "GBP", "EUR": "EUR", "GBP": "GBP", "USD": "USD", "US$": "USD", "NOK": "NOK"}
_CURRENCIES |= {"SEK": "SEK", "DKK": "DKK", "CHF": "CHF", "PLN": "PLN", "ISK": "ISK", "JPY": "JPY", "CAD": "CAD"}
_NO_CURRENCY = {"$": None, "KR.": None, "KR": None}  # several currencies are written so: the amount stands alone
_EMPLOYEE_WORDS = re.compile(
    r"\s*(employees|anställda|anst\.?|ansatte|medarbejdere|työntekijää|henkilöä|hlö|st\.?|stk\.?)$", re.IGNORECASE
)
_WHOLE = re.compile(r"(\d+|\d{1,3}([ .,'])\d{3}(?:\2\d{3})*)(?!\2)[.,]0{1,2}")
_BAND = re.compile(r"(\d+)\s*(?:[-–—]|to|till|til)\s*(\d+)")


class ValueUnreadable(EnrichError):
    """A cell that cannot be read for certain; the row goes on without it, and the report says so."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read_text(cell: Cell) -> str | None:
    r"""The cell as one line of text, without marks that cannot be seen; empty becomes `None`.

    Raises `ValueUnreadable` for a spreadsheet's error, damaged bytes, or more than `LENGTH_LIMIT` characters.

    >>> read_text("  Nordlys\u200f \n Bygg  AS ")
    'Nordlys Bygg AS'
    >>> read_text("'=SUM(A1)"), read_text(923609016), read_text("  ")
    ('=SUM(A1)', '923609016', None)
    """
    if not isinstance(cell, str):
        return None if cell is None else str(cell)
    is_plain = cell.isascii() and cell.isprintable()
    text = " ".join((cell if is_plain else unicodedata.normalize("NFC", _UNSEEN.sub("", cell))).split())
    if len(text) > LENGTH_LIMIT:
        raise ValueUnreadable("too_long", f"it has {len(text)} characters, more than {LENGTH_LIMIT}")
    if "\ufffd" in text:
        raise ValueUnreadable("damaged_bytes", "it holds bytes that are not valid in the file's encoding")
    if _SHEET_ERROR.fullmatch(text):
        raise ValueUnreadable("spreadsheet_error", f"the spreadsheet wrote the error {text} into it")
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":  # the guard that keeps spreadsheets from computing it
        text = text[1:]
    return text or None


def is_ruined(text: str) -> bool:
    """Whether a spreadsheet has rounded an identifier to a power of ten.

    >>> is_ruined("9,23609E+08"), is_ruined("9.23609e8"), is_ruined("923609016")
    (True, True, False)
    """
    return _RUINED.fullmatch(text.replace(" ", "")) is not None


def read_key(cell: Cell) -> str | None:
    """A record id of the CRM, as text.

    >>> read_key(9001000001), read_key("9001000001.0")
    ('9001000001', '9001000001')
    >>> read_key("9,001E+09")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: a spreadsheet rounded it: export the file again and do not open it in one
    """
    text = read_text(cell)
    if text is None:
        return None
    if is_ruined(text) or (isinstance(cell, float) and not isinstance(cell, bool)):
        raise _ruined()
    return re.sub(r"^(\d+)\.0$", r"\1", text)


def read_number(cell: Cell, *, mark: str | None = None) -> Decimal | None:
    """A decimal number, however it is written; `mark` is the decimal mark where the column has shown it.

    Raises `ValueUnreadable`, with the code `ambiguous_number` where a dot or comma could be either mark.

    >>> read_number("1 234,5"), read_number("1.234,50"), read_number("1,234.50"), read_number("-1'234'567")
    (Decimal('1234.5'), Decimal('1234.50'), Decimal('1234.50'), Decimal('-1234567'))
    >>> read_number("1.234", mark=","), read_number("1.234", mark=".")
    (Decimal('1234'), Decimal('1.234'))
    >>> read_number("1.234")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: its dot or comma may part thousands or decimals
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(str(cell))
    text = read_text(cell)
    if text is None:
        return None
    if is_ruined(text):
        raise _ruined()
    bare = text.replace("−", "-").replace("’", "'")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    sign, digits = ("-", bare[1:].strip()) if bare.startswith("-") else ("", bare.removeprefix("+").strip())
    if not re.fullmatch(r"\d[\d .,']*", digits):
        raise ValueUnreadable("not_a_number", "it is not a number")
    found = _decimal_mark(digits) or mark
    if found is None and re.search("[.,]", digits):
        raise ValueUnreadable("ambiguous_number", "its dot or comma may part thousands or decimals")
    whole, _, fraction = digits.partition(found) if found in (".", ",") else (digits, "", "")
    groups = re.split("[ .,']", whole)
    if len(groups) > 1 and (any(len(group) != 3 for group in groups[1:]) or not 0 < len(groups[0]) < 4):
        raise ValueUnreadable("not_a_number", "its thousands are not in groups of three")
    try:
        return Decimal(f"{sign}{''.join(groups)}.{fraction or 0}" if fraction else sign + "".join(groups))
    except InvalidOperation:
        raise ValueUnreadable("not_a_number", "it is not a number") from None


def find_decimal_mark(texts: Iterable[str]) -> str | None:
    """The decimal mark of a column: what its unambiguous numbers show, `None` where they show none or both.

    >>> find_decimal_mark(["1.234", "99,5", "7"]), find_decimal_mark(["1.234"]), find_decimal_mark(["1,5", "1.5"])
    (',', None, None)
    """
    marks = {mark for text in texts if (mark := _decimal_mark(text)) in (".", ",")}
    return marks.pop() if len(marks) == 1 else None


def _decimal_mark(digits: str) -> str | None:
    """The decimal mark that the number itself proves; "none" where it proves to have none; `None` where unsure."""
    dots, commas, spaced = digits.count("."), digits.count(","), bool(re.search("[ ']", digits))
    if not dots and not commas:
        return "none"
    if dots and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    mark = "." if dots else ","
    if digits.count(mark) > 1:
        return "," if mark == "." else "."  # it parts thousands, so the other one is the decimal mark
    before, after = digits.split(mark)
    if len(after) == 3 and not spaced and re.fullmatch(r"[1-9]\d{0,2}", before):
        return None
    return mark


def read_money(cell: Cell, *, mark: str | None = None) -> tuple[Decimal | None, str | None]:
    """An amount and the ISO 4217 code beside it; `kr` and `$` are several currencies, so they name none.

    >>> read_money("€ 1.234.567,00"), read_money("1 200 000 NOK"), read_money("kr 500")
    ((Decimal('1234567.00'), 'EUR'), (Decimal('1200000'), 'NOK'), (Decimal('500'), None))
    """
    text = read_text(cell)
    if text is None or not isinstance(cell, str):
        return read_number(cell), None
    if text[0].isdigit() and text[-1].isdigit():
        return read_number(text, mark=mark), None
    upper = text.upper()
    for sign, code in (_CURRENCIES | _NO_CURRENCY).items():
        if upper.startswith(sign):
            return read_number(text[len(sign) :].strip(), mark=mark), code
        if upper.endswith(sign):
            return read_number(text[: -len(sign)].strip(), mark=mark), code
    return read_number(text, mark=mark), None


def read_currency(cell: Cell) -> str | None:
    """An ISO 4217 code.

    >>> read_currency("nok"), read_currency("€")
    ('NOK', 'EUR')
    """
    text = read_text(cell)
    if text is None:
        return None
    code = _CURRENCIES.get(text.upper(), text.upper())
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueUnreadable("not_a_currency", "it is no three-letter currency code")
    return code


def read_employees(cell: Cell) -> tuple[int | None, int | None]:
    """The least and the greatest number of employees; an open end is `None` beside a number.

    >>> read_employees("11-50"), read_employees("50+"), read_employees("12.0"), read_employees("1 000 – 5 000")
    ((11, 50), (50, None), (12, 12), (1000, 5000))
    >>> read_employees("<10"), read_employees("> 500"), read_employees("1.200"), read_employees("1 111,0")
    ((0, 9), (501, None), (1200, 1200), (1111, 1111))
    >>> read_employees("ca 20")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: it is no number or range of employees
    """
    if isinstance(cell, date):
        raise ValueUnreadable("spreadsheet_date", "a spreadsheet has made a date of it")
    text = read_text(cell)
    if text is None:
        return None, None
    if is_ruined(text):
        raise _ruined()
    bare = _EMPLOYEE_WORDS.sub("", text)
    if whole := _WHOLE.fullmatch(bare):
        bare = whole[1]
    bare = re.sub(r"(?<=\d)[ .,'](?=\d{3}(?!\d))", "", bare)
    if band := _BAND.fullmatch(bare):
        low, high = int(band[1]), int(band[2])
        if low <= high < 10_000_000:
            return low, high
    if exact := re.fullmatch(r"(<=?|>=?|≤|≥)?\s*(\d{1,7})\s*(\+?)", bare):
        count, sign = int(exact[2]), exact[1] or exact[3]
        if sign in ("<", "<=", "≤"):
            return 0, max(count - (sign == "<"), 0)
        return count + (sign == ">"), count if sign == "" else None
    raise ValueUnreadable("not_a_size", "it is no number or range of employees")


def read_boolean(cell: Cell) -> bool | None:
    """Yes, no, or `None` for an empty cell.

    >>> read_boolean("Kyllä"), read_boolean("nei"), read_boolean(True), read_boolean("")
    (True, False, True, None)
    """
    if isinstance(cell, bool):
        return cell
    text = read_text(cell)
    if text is None:
        return None
    found = labels_of("boolean").get(fold_label(text))
    if found is None:
        raise ValueUnreadable("not_yes_or_no", "it is neither yes nor no")
    return found == "true"


def read_list(cell: Cell) -> list[str]:
    """The parts of a semicolon list, each once.

    >>> read_list("a.no; b.no;;a.no")
    ['a.no', 'b.no']
    """
    text = read_text(cell)
    return list(dict.fromkeys(part for piece in (text or "").split(";") if (part := piece.strip())))


def read_keys(cell: Cell) -> list[str]:
    """The record ids of a semicolon list, each once.

    >>> read_keys("9001;9002.0; 9001"), read_keys(9001)
    (['9001', '9002'], ['9001'])
    >>> read_keys("9001;9,002E+09")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: a spreadsheet rounded it: export the file again and do not open it in one
    """
    parts = read_list(cell) if isinstance(cell, str) else [cell]
    return list(dict.fromkeys(key for part in parts if (key := read_key(part))))


def read_label(cell: Cell, section: str, *, otherwise: str | None = None) -> str | None:
    """The value that a label or value of a list means; `otherwise` names the value for those the list does not have.

    Raises `ValueUnreadable` for an unknown label where there is no `otherwise`.

    >>> read_label("Myynnin hyväksymä liidi", "lifecycle_stage"), read_label("closedlost", "deal_stage")
    ('salesqualifiedlead', 'lost')
    """
    text = read_text(cell)
    if text is None:
        return None
    found = labels_of(section).get(fold_label(text), otherwise)
    if found is None:
        raise ValueUnreadable(f"unknown_{section}", f"{text!r} is no known {section.replace('_', ' ')}")
    return found


def _ruined() -> ValueUnreadable:
    return ValueUnreadable(
        "ruined_by_spreadsheet", "a spreadsheet rounded it: export the file again and do not open it in one"
    )
