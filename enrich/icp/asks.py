"""Criteria that ask for more than one thing at a time: a distance from a place, growth over years, a day that something is since.

Each may be written short where nothing more is meant: `revenue_growth = "20%-"` is `{ range = "20%-", years = 1 }`.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_SHARE = r"(\d+(?:\.\d+)?)\s*%?"
_GROWTH = re.compile(rf"{_SHARE}\s*-\s*(?:{_SHARE})?")
_SIGNED = re.compile(rf"(?:([+-]?){_SHARE}\s+)?to(?:\s+([+-]?){_SHARE})?")
_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
_COMMON_YEAR = 2001


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day, or without a year that day of every year, of which the latest is meant."""

    year: int | None
    month: int
    day: int

    def latest(self, as_of: date) -> date:
        """The day itself; without a year the last one up to `as_of`.

        >>> [str(read_day("03-01").latest(date(2026, month, 1))) for month in (2, 3)], str(read_day("2024-02-29").latest(date.today()))
        (['2025-03-01', '2026-03-01'], '2024-02-29')
        """
        year = self.year
        if year is None:
            year = as_of.year - ((as_of.month, as_of.day) < (self.month, self.day))
        return date(year, self.month, self.day)


def read_day(text: str) -> Day:
    """A day as it is written: 2026-03-01, or 03-01 for the latest 1 March. Raises ValueError.

    >>> read_day("01-01")
    Day(year=None, month=1, day=1)
    """
    match = _DAY.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = (None if part is None else int(part) for part in match.groups())
        # 29 February is no day of every year
        date(year or _COMMON_YEAR, month or 0, day or 0)
    except ValueError:
        raise ValueError(
            f'{text!r} is no day; write it as "2026-03-01", or "03-01" for the latest 1 March, which is another one each year'
        ) from None
    return Day(year=year, month=month or 0, day=day or 0)


def read_contact(text: str) -> tuple[bool, Day]:
    """Whether the last contact shall be on a day or later, else before it, and the day. Raises ValueError.

    >>> read_contact("before 2026-03-01")
    (False, Day(year=2026, month=3, day=1))
    """
    side, _, day = text.strip().partition(" ")
    if side not in ("since", "before"):
        raise ValueError(
            f'{text!r} says no side of a day; write "since 2026-03-01", "before 2026-03-01" or "since 01-01"'
        )
    return side == "since", read_day(day)


def read_growth(text: str) -> tuple[float | None, float | None]:
    """Both ends (included) of a range of growth in per cent, as shares; an open end is None. Raises ValueError.

    >>> read_growth("20%-"), read_growth("20-50%"), read_growth("-10% to 5%"), read_growth("to 0%")
    ((0.2, None), (0.2, 0.5), (-0.1, 0.05), (None, 0.0))
    """
    if match := _GROWTH.fullmatch(text.strip()):
        low, high = (None if end is None else float(end) / 100 for end in match.groups())
    elif (match := _SIGNED.fullmatch(text.strip())) and (match[2] or match[4]):
        low = None if match[2] is None else float(f"{match[1]}{match[2]}") / 100
        high = None if match[4] is None else float(f"{match[3] or ''}{match[4]}") / 100
    else:
        also = "; a minus before one number could mean two things" if text.strip().startswith("-") else ""
        raise ValueError(
            f'{text!r} is no range of growth{also}; write "20%-" (at least), "to 20%" (at most), "10%-50%" or "-10% to 5%"'
        )
    if low is not None and high is not None and low > high:
        raise ValueError(f"{text!r} is empty: its lower end is more than its upper one")
    return low, high


class GrowthAsk(BaseModel):
    """Growth that is asked for, of the latest year of accounts against one or three years before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    range: str
    """In per cent: "20%-", "10%-50%", "to 20%", "-10% to 5%"."""
    years: Literal[1, 3] = 1

    def __str__(self) -> str:
        return f"{self.range} in {self.years} year{'' if self.years == 1 else 's'}"

    @model_validator(mode="before")
    @classmethod
    def _may_be_text(cls, said: object) -> object:
        return {"range": said} if isinstance(said, str) else said

    @field_validator("range")
    @classmethod
    def _is_growth(cls, text: str) -> str:
        read_growth(text)
        return text


class NearAsk(BaseModel):
    """A distance in km from the centre of a town or municipality; `country` says which of several of its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: str = Field(min_length=1)
    km: float = Field(gt=0, le=2000, allow_inf_nan=False)
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")

    def __str__(self) -> str:
        return f"{self.km:g} km from {self.place}" + (f" ({self.country})" if self.country is not None else "")
