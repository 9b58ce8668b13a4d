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
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from enrich.icp.asks import GrowthAsk, NearAsk, read_contact, read_day
from enrich.icp.industry_codes import SECTIONS, check_industry_code
from enrich.icp.industry_lists import nace_lists
from enrich.icp.occupations import GROUPS, find_codes
from enrich.icp.role_kinds import KINDS, find_role_codes

_RANGE = re.compile(r"(\d+)?\s*-\s*(\d+)?|(\d+)")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CPV = re.compile(r"\d{2,8}|\d{8}-\d")


AS_PUBLISHED: Mapping[str, object] = {"as_published": True}
"""Context by which an earlier version of a description is read: it stays readable where it could not be written any more."""


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


def _checked_industries(codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    for code in () if info.context is AS_PUBLISHED else codes:
        check_industry_code(code)
    return tuple(code.upper() for code in codes)


def _checked_postal_prefixes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    for prefix in prefixes:
        if not prefix.strip():
            raise ValueError("an empty postal prefix asks nothing; write the first digits, such as 50")
    return prefixes


def _checked_texts(texts: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if info.context is not AS_PUBLISHED and not all(text.strip() for text in texts):
        raise ValueError("an empty text asks nothing; write what is meant, or leave it out")
    return texts


def _checked_words(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not any(letter.isalnum() for letter in word):
            raise ValueError(f"{word!r} holds no letter or digit to look for")
    return words


DAYS = 60
"""Of a dated event, where nothing is said."""


class SignalAsk(BaseModel):
    """A dated event that is asked for, published in the last `days` or since a day: a job ad for any of `occupations`, or a
    tender of any of the `cpv` codes that a company won or asks for; or with any of `words` in its title, or whatever it is for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["job_ad", "tender_won", "tender_buyer"] = "job_ad"
    occupations: tuple[str, ...] = ()
    """Groups (`sales`, `software`, …), or codes or their first digits (`3322`, `STYRK08:25`)."""
    cpv: tuple[str, ...] = ()
    """Codes of the Common Procurement Vocabulary, or their first digits (`72`, `48000000`)."""
    words: tuple[str, ...] = ()
    """Any of these words or word beginnings in the title."""
    days: int | None = Field(default=None, ge=1, le=400)
    """60 where `since` is left out too."""
    since: str | None = None
    """Instead of `days`: "2026-03-01", or "03-01" for the latest 1 March; "01-01" is this year."""

    def __str__(self) -> str:
        what = ", ".join(
            [*self.occupations, *(f"CPV {code}" for code in self.cpv), *(f"“{word}”" for word in self.words)]
        )
        time = f"since {self.since}" if self.days is None else f"in {self.days} days"
        return f"{self.kind}{f' {what}' if what else ''} {time}"

    def begins(self, as_of: date) -> date:
        """The first day on which it may have been published, asked on a day.

        >>> str(SignalAsk(days=30).begins(date(2026, 3, 1))), str(SignalAsk(since="01-01").begins(date(2026, 3, 1)))
        ('2026-01-30', '2026-01-01')
        """
        return read_day(self.since or "").latest(as_of) if self.days is None else as_of - timedelta(days=self.days)

    @model_validator(mode="before")
    @classmethod
    def _has_one_beginning(cls, said: object) -> object:
        if not isinstance(said, Mapping):
            return said
        days, since = said.get("days"), said.get("since")
        if days is not None and since is not None:
            raise ValueError("days and since both say when it begins: write one of them")
        return {**said, "days": DAYS} if days is None and since is None else said

    @field_validator("since")
    @classmethod
    def _is_day(cls, day: str | None) -> str | None:
        if day is not None:
            read_day(day)
        return day

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


Status = Literal["active", "bankrupt", "winding_up", "dissolved"]
TextField = Literal["name", "purpose", "activity", "website"]
MODIFIERS: Mapping[str, str | None] = {"industry_scheme": "industry", "text_in": "words", "required": None}
"""Keys that ask nothing themselves, and the criterion whose meaning they say (null: of all)."""


def _nearest_of(said: object, known: Iterable[str]) -> str:
    near = get_close_matches(str(said).lower(), known := sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else f"; write one of {', '.join(known)}"


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
    """Industry codes or their first digits, or a section (A to I), any of a company's codes; `industry_scheme` says in which list."""
    industry_scheme: str | None = None
    """`SN2007`, `US-SIC`, …; left out, the code may be in any list made of NACE 2, and is unknown in every other."""
    near: NearAsk | None = None
    """At most so many km from the centre of a town or municipality: `{ place = "Bergen", km = 50 }`."""
    employees: str | None = None
    """Range of the number of employees."""
    employees_growth: GrowthAsk | None = None
    """Range of their growth in per cent, by the accounts: "20%-", or `{ range = "20%-", years = 3 }`."""
    revenue: str | None = None
    """Range of the revenue in the latest accounts, with its currency: "10M-50M NOK"."""
    revenue_growth: GrowthAsk | None = None
    """Range of its growth in per cent: "20%-", or `{ range = "20%-", years = 3 }`."""
    founded: str | None = None
    """Range of years, of foundation, else registration: "2015-"."""
    age_years: str | None = None
    """Range of the age in whole years, from foundation, else registration."""
    status: tuple[Status, ...] = ()
    """active, bankrupt, winding_up or dissolved."""
    legal_form: tuple[str, ...] = ()
    """Legal form codes of the country's register (AS, ASA, NUF, …)."""
    sector: tuple[str, ...] = ()
    """Institutional sector codes or their first digits."""
    is_subsidiary: bool | None = None
    """Another company owns it."""
    has_parent: bool | None = None
    """Another company owns it, or it is a branch or sub-unit of one."""
    group_size: str | None = None
    """Range of the number of companies of its group, itself included."""
    roles: tuple[str, ...] = ()
    """Somebody holds any of these roles in it: auditor, accountant, ceo, …, or the register's codes."""
    has_website: bool | None = None
    technology: tuple[str, ...] = ()
    """Products by whose traces its own web site is recognised: any of these."""
    words: tuple[str, ...] = ()
    """Any of these words or word beginnings in name, purpose, activity or what its website says of it, or where `text_in` says."""
    text_in: tuple[TextField, ...] = ()
    """Where words are looked for: name, purpose, activity, website; all where left out."""
    territory: tuple[str, ...] = ()
    """Names of `[territory.NAME]` sections."""
    signals: SignalAsk | None = None
    """A dated event, such as a job ad or a tender of the last 60 days."""
    in_crm: bool | None = None
    """A record of your CRM was accepted as it."""
    last_contact_days: str | None = None
    """Range of the days since the team's last contact: "180-"; who is not in the CRM was never contacted."""
    last_contact: str | None = None
    """The same by a day: "since 2026-03-01", "before 2026-03-01", or "since 01-01" for this year."""
    marketing_protected: bool | None = None
    """A register says that it wants no advertising."""
    required: bool | tuple[str, ...] = False
    """Of a must: the criteria (true: all) that have to be known to hold; unknown is a no then."""

    _countries = field_validator("country")(_checked_countries)
    _industries = field_validator("industry")(_checked_industries)
    _postal_prefixes = field_validator("postal_prefix")(_checked_postal_prefixes)
    _texts = field_validator("region", "municipality", "legal_form", "sector", "technology", "territory")(
        _checked_texts
    )

    @field_validator("employees", "age_years", "founded", "group_size", "last_contact_days")
    @classmethod
    def _is_range(cls, text: str | None) -> str | None:
        if text is not None:
            read_range(text)
        return text

    @field_validator("last_contact")
    @classmethod
    def _is_contact(cls, text: str | None) -> str | None:
        if text is not None:
            read_contact(text)
        return text

    @field_validator("revenue")
    @classmethod
    def _is_money(cls, text: str | None) -> str | None:
        if text is not None:
            read_money_range(text)
        return text

    @field_validator("technology")
    @classmethod
    def _in_lower_case(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.strip().lower() for name in names)

    @field_validator("status", mode="before")
    @classmethod
    def _is_status(cls, said: object) -> object:
        for status in said if isinstance(said, list | tuple) else ():
            if status not in get_args(Status):
                raise ValueError(f"{status!r} is no status{_nearest_of(status, get_args(Status))}")
        return said

    @field_validator("text_in", mode="before")
    @classmethod
    def _is_kept(cls, said: object) -> object:
        for place in said if isinstance(said, list | tuple) else ():
            if place not in get_args(TextField):
                raise ValueError(f"{place!r} holds no text{_nearest_of(place, get_args(TextField))}")
        return said

    @field_validator("roles")
    @classmethod
    def _are_roles(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        for role in roles:
            if find_role_codes(role) is None:
                raise ValueError(f"{role!r} is no kind of role and no code{_nearest_of(role, KINDS)}")
        return roles

    @field_validator("words")
    @classmethod
    def _have_letters(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_words(words)

    @model_validator(mode="after")
    def _modifiers_have_what_they_modify(self) -> Self:
        if self.industry_scheme is not None and not self.industry:
            raise ValueError("industry_scheme says in which list to look for industry, but there is no industry")
        section = next((code for code in self.industry if code in SECTIONS), None)
        if self.industry_scheme is not None and section is not None and self.industry_scheme not in nace_lists():
            raise ValueError(f"{section!r} is a section of NACE; write the digits of the list {self.industry_scheme}")
        if self.text_in and not self.words:
            raise ValueError("text_in says where to look for words, but there are no words")
        return self

    def asked(self) -> tuple[str, ...]:
        """The names of the criteria that are asked, in the order of the form."""
        return tuple(
            name for name in Criteria.model_fields if name not in MODIFIERS and getattr(self, name) not in ((), None)
        )


SOFT = (
    "near", "employees", "employees_growth", "revenue", "revenue_growth", "age_years", "group_size", "last_contact_days",
)  # fmt: skip
"""Criteria whose edges may be soft."""


class Should(Criteria):
    """One wish: exactly one criterion, and what it weighs."""

    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    soft: float | None = Field(default=None, gt=0, le=1, allow_inf_nan=False)
    """How far outside of its range a wish still counts in part, as a share of the range's end: it falls to nothing there."""

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        asked = self.asked()
        if len(asked) != 1:
            found = ", ".join(asked) if asked else "nothing"
            raise ValueError(f"a wish asks exactly one thing, this one asks {found}; write one [[…should]] for each")
        if self.soft is not None and asked[0] not in SOFT:
            raise ValueError(f"only ranges have soft edges, {asked[0]} has none; they are for {', '.join(SOFT)}")
        return self


_PLACES = frozenset(
    f"{part}.{name}"
    for part in ("must", "should", "must_not")
    for name in Criteria.model_fields
    if name not in MODIFIERS
)
"""What of a description can be taken back."""


class Icp(BaseModel):
    """One ideal-customer description."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str = ""
    extends: str | None = None
    """Name of the description that this one adds to; null once `enrich.icp.inherit` put both together."""
    without: tuple[str, ...] = ()
    """What of that description is taken back, as "must.employees", "should.words" or "must_not.status"."""
    must: Criteria = Criteria()
    should: tuple[Should, ...] = ()
    must_not: Criteria = Criteria()

    def is_required(self, criterion: str) -> bool:
        """Whether a criterion of `must` has to be known to hold."""
        return self.must.required is True or (self.must.required is not False and criterion in self.must.required)

    @model_validator(mode="after")
    def _takes_back_what_there_may_be(self) -> Self:
        if self.without and self.extends is None:
            raise ValueError("without takes back what another description asks: say which one with extends")
        for said in self.without:
            if said not in _PLACES:
                raise ValueError(f"{said!r} is no part of a description{_nearest_of(said, _PLACES)}")
        return self

    @model_validator(mode="after")
    def _requires_what_it_asks(self) -> Self:
        if self.must_not.required or any(wish.required for wish in self.should):
            raise ValueError("required stands under must: only there is unknown made a no")
        if not isinstance(self.must.required, bool) and self.extends is None:
            for name in self.must.required:
                if name not in self.must.asked():
                    raise ValueError(f"{name!r} is required, but not asked{_nearest_of(name, self.must.asked())}")
        return self

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.extends is None and not (self.must.asked() or self.should or self.must_not.asked()):
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
    _texts = field_validator("municipalities")(_checked_texts)

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if not (self.countries or self.municipalities or self.postal_prefixes or self.industries):
            raise ValueError("it covers everything: give it countries, municipalities, postal_prefixes or industries")
        return self

    def criteria(self) -> Criteria:
        """What has to hold of a company that lies in it."""
        return Criteria(
            country=self.countries,
            municipality=self.municipalities,
            postal_prefix=self.postal_prefixes,
            industry=self.industries,
        )
