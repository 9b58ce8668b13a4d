"""Criteria that ask for more than one thing at a time: a distance from a place, and growth over years.

Each may be written short where nothing more is meant: `revenue_growth = "20%-"` is `{ range = "20%-", years = 1 }`.
"""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_SHARE = r"(\d+(?:\.\d+)?)\s*%?"
_GROWTH = re.compile(rf"{_SHARE}\s*-\s*(?:{_SHARE})?")
_SIGNED = re.compile(rf"(?:([+-]?){_SHARE}\s+)?to(?:\s+([+-]?){_SHARE})?")


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
