"""Dates in three orders: which order a column is in, shown by its own rows, and the date that a cell then is.

Without a proof a date is left unknown: 03/04/2024 is not guessed to be in March or in April.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from enrich.crm.read import Cell
from enrich.crm.values import ValueUnreadable, read_text

ORDERS = frozenset({"dmy", "mdy", "ymd"})
EARLIEST, LATEST = 1900, 2100
ZONES_DAYS = 2
"""So far ahead of UTC a day may be that is over where it was written down: clocks go wrong too."""
DAY_OR_MONTH = "day and month cannot be told apart, in this row or any other of its column"

_PARTS = re.compile(
    r"(\d{1,4})([-/. ]\s?)(\d{1,2})[-/. ]\s?(\d{1,4})\.?"
    r"(?:[T, ]\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_MILLISECONDS = re.compile(r"1[0-9]{12}|[1-9][0-9]{11}")


def orders_of(text: str) -> frozenset[str]:
    """The orders in which a text can be read as a date; empty where there is none, all where the year leads in full.

    >>> sorted(orders_of("03/04/2024")), sorted(orders_of("31/04/2024")), sorted(orders_of("31.12.2024"))
    (['dmy', 'mdy'], [], ['dmy'])
    >>> sorted(orders_of("05/06/07")), sorted(orders_of("2024-05-31"))
    (['dmy', 'mdy', 'ymd'], ['dmy', 'mdy', 'ymd'])
    """
    if leads_with_year(text):
        return frozenset() if _read_in_order(text, "ymd") is None else ORDERS
    return frozenset(order for order in ORDERS if _read_in_order(text, order) is not None)


def leads_with_year(text: str) -> bool:
    """Whether the text begins as a date with its year in full, of which no order is in doubt.

    >>> leads_with_year("2024-05-31"), leads_with_year("05/06/2024"), leads_with_year("20240531")
    (True, False, False)
    """
    return text[:4].isdecimal() and not text[4:5].isdecimal()


def read_moment(cell: Cell, orders: frozenset[str] = ORDERS) -> datetime | None:
    """A date or date and time (UTC where it names no zone), read in the orders that its column allows.

    Spreadsheets' typed dates and serial numbers, ISO 8601 and milliseconds since 1970 need no order.
    Raises `ValueUnreadable`, with the code `ambiguous_date` where two orders give two dates.

    >>> read_moment("25.12.2023 14:05").isoformat(), read_moment("2024-03-05T10:00:00+02:00").isoformat()
    ('2023-12-25T14:05:00+00:00', '2024-03-05T08:00:00+00:00')
    >>> read_moment("03/04/2024", frozenset({"mdy"})).date().isoformat(), read_moment("05/05/2024").date().isoformat()
    ('2024-03-04', '2024-05-05')
    >>> read_moment("03/04/2024")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: day and month cannot be told apart, in this row or any other of its column
    """
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=UTC)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=UTC)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 1 <= cell < 73_415:  # 2100-12-31
        return _SERIAL_ZERO + timedelta(seconds=round(cell * 86_400))
    text = read_text(cell)
    if text is None:
        return None
    if _EPOCH_MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, tz=UTC)
    in_question = ("ymd",) if leads_with_year(text) else orders
    readings = {moment for order in in_question if (moment := _read_in_order(text, order)) is not None}
    if len(readings) == 1:
        return readings.pop()
    if readings:
        raise ValueUnreadable("ambiguous_date", DAY_OR_MONTH)
    if orders_of(text):
        raise ValueUnreadable("other_date_order", "it is not in the order of its column, or of the configuration")
    raise ValueUnreadable("not_a_date", "it is not a date")


def read_date(cell: Cell, orders: frozenset[str] = ORDERS) -> date | None:
    """As `read_moment`, without the time of day.

    >>> read_date("2024-02-30")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: it is not a date
    """
    moment = read_moment(cell, orders)
    return None if moment is None else moment.date()


def refuse_to_come(day: date | None, *, today: date) -> date | None:
    """The day of what has happened; raises `ValueUnreadable` where it is more than `ZONES_DAYS` after `today` (UTC).

    >>> refuse_to_come(date(2026, 3, 3), today=date(2026, 3, 1)).isoformat()
    '2026-03-03'
    >>> refuse_to_come(date(2030, 1, 1), today=date(2026, 3, 1))
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: the date lies in the future
    """
    if day is not None and day > today + timedelta(days=ZONES_DAYS):
        raise ValueUnreadable("date_to_come", "the date lies in the future")
    return day


@lru_cache(maxsize=100_000)
def _read_in_order(text: str, order: str) -> datetime | None:
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    first, separator, second, third = found[1], found[2].strip(), found[3], found[4]
    if separator == "." and order == "mdy":  # nobody writes month.day.year
        return None
    year, month, day = {
        "ymd": (first, second, third),
        "dmy": (third, second, first),
        "mdy": (third, first, second),
    }[order]
    if len(year) not in (2, 4) or len(day) > 2 or len(month) > 2:
        return None
    century = 0 if len(year) == 4 else 2000 if int(year) < 70 else 1900
    try:
        moment = datetime(century + int(year), int(month), int(day), *_time(found), tzinfo=UTC)
    except ValueError:
        return None
    if not EARLIEST <= moment.year < LATEST:
        return None
    return moment - _offset(found[9])


def _time(found: re.Match[str]) -> tuple[int, int, int]:
    if found[5] is None:
        return 0, 0, 0
    hour = int(found[5])
    if found[8]:
        hour = hour % 12 + (12 if found[8].lower() == "pm" else 0)
    return hour, int(found[6]), int(found[7] or 0)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in ("Z", "UTC"):
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size
