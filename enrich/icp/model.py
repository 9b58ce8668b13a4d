"""The ideal-customer description as written in `[icp.NAME]` of config.toml.

`must`: all have to hold. `should`: each adds its weight. `must_not`: none may hold. A criterion is yes, no, or unknown.

```toml
[icp.software_no]
description = "Norwegian software houses of a size that buys"
[icp.software_no.must]
country = ["NO"]
industry = ["62", "63.1"]
employees = "10-200"
[[icp.software_no.should]]
has_website = true
weight = 2
[icp.software_no.must_not]
legal_form = ["NUF"]
```
"""

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from enrich.icp.occupations import GROUPS, find_codes

_RANGE = re.compile(r"(\d+)?\s*-\s*(\d+)?|(\d+)")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CPV = re.compile(r"\d{2,8}|\d{8}-\d")
_INDUSTRY = re.compile(r"[A-Z]?\d{1,2}(\.?\d+)*\.?|[A-Z]")


def read_range(text: str) -> tuple[int | None, int | None]:
    """Both ends (included) of a range of whole numbers; an open end is None. Raises ValueError.

    >>> read_range("10-200"), read_range("10-"), read_range("-200"), read_range("7")
    ((10, 200), (10, None), (None, 200), (7, 7))
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None or text.strip() == "-":
        raise ValueError(f'{text!r} is no range; write "10-200", "10-", "-200" or "10"')
    if match[3] is not None:
        return int(match[3]), int(match[3])
    low, high = (int(end) if end is not None else None for end in (match[1], match[2]))
    if low is not None and high is not None and low > high:
        raise ValueError(f'{text!r} is empty: {low} is more than {high}; write "{high}-{low}"')
    return low, high


_MONEY = re.compile(r"(?:(\d+(?:\.\d+)?)\s*([kKmM]|bn)?)?\s*-\s*(?:(\d+(?:\.\d+)?)\s*([kKmM]|bn)?)?\s*([A-Z]{3})")
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}


def read_money_range(text: str) -> tuple[Decimal | None, Decimal | None, str]:
    """Both ends (included) of a range of money, an open end as None, and its currency (ISO 4217). Raises ValueError.

    >>> read_money_range("10M-50M NOK"), read_money_range("2.5bn- EUR"), read_money_range("-500k SEK")
    ((Decimal('10000000'), Decimal('50000000'), 'NOK'), (Decimal('2500000000'), None, 'EUR'), (None, Decimal('500000'), 'SEK'))
    """
    match = _MONEY.fullmatch(text.strip())
    if match is None or (match[1] is None and match[3] is None):
        raise ValueError(f'{text!r} is no range of money; write "10M-50M NOK", "500k- EUR" or "-2bn SEK" (k, M, bn)')
    low, high = (
        None if number is None else (Decimal(number) * _TIMES[(unit or "").lower()]).quantize(Decimal(1))
        for number, unit in ((match[1], match[2]), (match[3], match[4]))
    )
    if low is not None and high is not None and low > high:
        raise ValueError(f"{text!r} is empty: its lower end is more than its upper one")
    return low, high, match[5]


def _checked_countries(codes: tuple[str, ...]) -> tuple[str, ...]:
    upper = tuple(code.upper() for code in codes)
    for code in upper:
        if _COUNTRY.fullmatch(code) is None:
            raise ValueError(f"{code!r} is no country code; write two letters, such as NO or SE")
    return upper


def _checked_industries(codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if _INDUSTRY.fullmatch(code) is None:
            raise ValueError(f"{code!r} is no industry code; write it or its first digits, such as 62, 63.1 or 62.100")
    return codes


def _checked_postal_prefixes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    for prefix in prefixes:
        if not prefix.strip():
            raise ValueError("an empty postal prefix asks nothing; write the first digits, such as 50")
    return prefixes


def _checked_words(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not any(letter.isalnum() for letter in word):
            raise ValueError(f"{word!r} holds no letter or digit to look for")
    return words


class SignalAsk(BaseModel):
    """A dated event that is asked for, published in the last `days`: a job ad for any of `occupations`, or a tender of any
    of the `cpv` codes that a company won or asks for; or with any of `words` in its title, or whatever it is for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["job_ad", "tender_won", "tender_buyer"] = "job_ad"
    occupations: tuple[str, ...] = ()
    """Groups (`sales`, `software`, …), or codes or their first digits (`3322`, `STYRK08:25`)."""
    cpv: tuple[str, ...] = ()
    """Codes of the Common Procurement Vocabulary, or their first digits (`72`, `48000000`)."""
    words: tuple[str, ...] = ()
    """Any of these words or word beginnings in the title."""
    days: int = Field(default=60, ge=1, le=400)

    def __str__(self) -> str:
        what = ", ".join(
            [*self.occupations, *(f"CPV {code}" for code in self.cpv), *(f"“{word}”" for word in self.words)]
        )
        return f"{self.kind}{f' {what}' if what else ''} in {self.days} days"

    @field_validator("occupations")
    @classmethod
    def _are_known(cls, occupations: tuple[str, ...]) -> tuple[str, ...]:
        for asked in occupations:
            if find_codes(asked) is None:
                near = get_close_matches(asked.lower(), GROUPS, n=1)
                meant = f"did you mean {near[0]}?" if near else f"write a code, or one of {', '.join(sorted(GROUPS))}"
                raise ValueError(f"{asked!r} is no group of occupations and no code; {meant}")
        return occupations

    @field_validator("cpv")
    @classmethod
    def _are_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if _CPV.fullmatch(code) is None:
                raise ValueError(
                    f"{code!r} is no CPV code; write it or its first digits, such as 72, 7226 or 72260000-5"
                )
        return codes

    @field_validator("words")
    @classmethod
    def _have_letters(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_words(words)

    @model_validator(mode="after")
    def _asks_what_the_kind_has(self) -> Self:
        if self.kind == "job_ad" and self.cpv:
            raise ValueError('a job ad has no CPV codes; write kind = "tender_won" or "tender_buyer"')
        if self.kind != "job_ad" and self.occupations:
            raise ValueError(f'a tender has no occupations; leave them out, or write kind = "job_ad", not {self.kind}')
        return self

    def cpv_starts(self) -> tuple[str, ...]:
        """What a CPV code asked for begins with: zeros at its end stand for all that is below, and `-5` is a check digit.

        >>> SignalAsk(kind="tender_won", cpv=("72000000-5", "7226", "30000000", "48")).cpv_starts()
        ('72', '7226', '30', '48')
        """
        bare = (code.partition("-")[0] for code in self.cpv)
        return tuple(code[:2] + code[2:].rstrip("0") for code in bare)


class Criteria(BaseModel):
    """What can be asked of a company; a field left out asks nothing.

    Ranges are written "10-200", "10-" or "-200", both ends included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes."""
    region: tuple[str, ...] = ()
    """Region codes or names (Norway: the first two digits of the municipality number, or the county's name)."""
    municipality: tuple[str, ...] = ()
    """Municipality codes or names."""
    postal_prefix: tuple[str, ...] = ()
    """First digits of the postal code."""
    industry: tuple[str, ...] = ()
    """Industry codes or their first digits, any of a company's codes; `industry_scheme` says in which list."""
    industry_scheme: str | None = None
    """`SN2007`, `SN2025`, …; left out, the code may be in any list."""
    employees: str | None = None
    """Range of the number of employees."""
    revenue: str | None = None
    """Range of the revenue in the latest accounts, with its currency: "10M-50M NOK"."""
    age_years: str | None = None
    """Range of the age in whole years, from foundation, else registration."""
    legal_form: tuple[str, ...] = ()
    """Legal form codes of the country's register (AS, ASA, NUF, …)."""
    sector: tuple[str, ...] = ()
    """Institutional sector codes or their first digits."""
    has_website: bool | None = None
    words: tuple[str, ...] = ()
    """Any of these words or word beginnings in name, purpose or activity."""
    territory: tuple[str, ...] = ()
    """Names of `[territory.NAME]` sections."""
    signals: SignalAsk | None = None
    """A dated event, such as a job ad or a tender of the last 60 days."""

    _countries = field_validator("country")(_checked_countries)
    _industries = field_validator("industry")(_checked_industries)
    _postal_prefixes = field_validator("postal_prefix")(_checked_postal_prefixes)

    @field_validator("employees", "age_years")
    @classmethod
    def _is_range(cls, text: str | None) -> str | None:
        if text is not None:
            read_range(text)
        return text

    @field_validator("revenue")
    @classmethod
    def _is_money(cls, text: str | None) -> str | None:
        if text is not None:
            read_money_range(text)
        return text

    @field_validator("words")
    @classmethod
    def _have_letters(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_words(words)

    @model_validator(mode="after")
    def _scheme_has_codes(self) -> Self:
        if self.industry_scheme is not None and not self.industry:
            raise ValueError("industry_scheme says in which list to look for industry, but there is no industry")
        return self

    def asked(self) -> tuple[str, ...]:
        """The names of the criteria that are asked, in the order of the form."""
        return tuple(
            name
            for name in Criteria.model_fields
            if name != "industry_scheme" and getattr(self, name) not in ((), None)
        )


class Should(Criteria):
    """One wish: exactly one criterion, and what it weighs."""

    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        asked = self.asked()
        if len(asked) != 1:
            found = ", ".join(asked) if asked else "nothing"
            raise ValueError(f"a wish asks exactly one thing, this one asks {found}; write one [[…should]] for each")
        return self


class Icp(BaseModel):
    """One ideal-customer description."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str = ""
    must: Criteria = Criteria()
    should: tuple[Should, ...] = ()
    must_not: Criteria = Criteria()

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.must.asked() or self.should or self.must_not.asked()):
            raise ValueError("it asks nothing: give it at least one criterion under must, should or must_not")
        return self


class Territory(BaseModel):
    """Whose area a company lies in: all the parts given have to hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: str
    countries: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    postal_prefixes: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()

    _countries = field_validator("countries")(_checked_countries)
    _industries = field_validator("industries")(_checked_industries)
    _postal_prefixes = field_validator("postal_prefixes")(_checked_postal_prefixes)

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if not (self.countries or self.municipalities or self.postal_prefixes or self.industries):
            raise ValueError("it covers everything: give it countries, municipalities, postal_prefixes or industries")
        return self
