"""Times of a text: a number of days, the day since when, and how long ago the last contact was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from enrich.icp.reading.amounts import read_ends, read_number, write_range
from enrich.icp.reading.items import Item

_DAYS = {"day": 1, "week": 7, "month": 30, "years": 365, "year_last": 365}


def read_period(run: Sequence[Item]) -> int | str | None:
    """A number of days ("siste måned"), or the day since when ("i år")."""
    if all(each.kind != "last" for each in run):
        return _read_begin(run)
    days = read_number(run) * _unit(run)
    return int(days) if days == int(days) and days >= 1 else None


def read_event_year(run: Sequence[Item], today: date | None) -> str | None:
    """The first day of the year that something was in; null where that year is over: it ends, and what is asked for does not."""
    year = int(str(run[0].value))
    return date(year, 1, 1).isoformat() if today is not None and year == today.year else None


def _unit(run: Sequence[Item]) -> int:
    """The days of the unit of time that a run is counted in."""
    return next(_DAYS[each.kind] for each in run if each.kind in _DAYS)


def _read_begin(run: Sequence[Item]) -> str | None:
    """The day from which on, as the ICP file writes it: of "after", the next one; null where there is no such day."""
    if any(each.kind == "this_year" for each in run):
        return "01-01"
    is_after = any(each.kind == "after" for each in run)
    whole = next((each.value for each in run if each.kind == "calendar_day"), None)
    if isinstance(whole, date):
        return (_following(whole, is_day=True, is_month=True) if is_after else whole).isoformat()
    year = next((int(str(each.value)) for each in run if each.kind == "year"), None)
    month = next((int(str(each.value)) for each in run if each.kind == "calendar_month"), None)
    said = [Decimal(str(each.value)) for each in run if each.kind == "number"]
    numbers = [int(each) for each in said if each == int(each)]
    if len(numbers) < len(said):
        return None
    if month is None and numbers:  # 2026-03-01
        month = numbers.pop(0)
    try:
        first = date(year or _COMMON_YEAR, month or 1, numbers[0] if numbers else 1)
    except (ValueError, OverflowError):  # there is no such day, or no such number of one
        return None
    if is_after:
        first = _following(first, is_day=bool(numbers), is_month=month is not None)
        year = None if year is None else first.year
    return first.isoformat() if year is not None else f"{first:%m-%d}"


_COMMON_YEAR = 2001


def _following(first: date, *, is_day: bool, is_month: bool) -> date:
    """The first day behind a day, a month or a year."""
    if is_day:
        return first + timedelta(days=1)
    if is_month:
        return (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    return first.replace(year=first.year + 1)


def read_contact_days(run: Sequence[Item]) -> str | None:
    """Days since the last contact: "ikke kontaktet siste 6 måneder" is more than 180, and "kontaktet" at most so many."""
    days = read_number(run) * _unit(run)
    counted = [replace(each, value=days) if each.kind in ("number", "year") else each for each in run]
    ends = read_ends([each for each in counted if each.kind not in ("not", "since")], is_whole=True)
    if ends is not None and ends[0] != ends[1]:
        return write_range(ends)
    is_denied = any(each.kind == "not" for each in run)
    return write_range((days + 1, None) if is_denied else (None, days))


def read_contact(run: Sequence[Item]) -> str | None:
    """On which side of a day the last contact was: "ikke kontaktet siden mars" is before 1 March."""
    day = _read_begin(run)
    is_before = any(each.kind in ("before", "not") for each in run)
    return None if day is None else f"{'before' if is_before else 'since'} {day}"
