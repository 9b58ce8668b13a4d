"""What could be asked that some given companies have: each value of theirs as a criterion of an ICP."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from enrich.icp.industry_lists import nace_lists
from enrich.icp.model import Criteria

SIZES = (0, 1, 5, 10, 20, 50, 100, 250, 1000)
"""Where bands of employees begin."""
AGES = (0, 3, 6, 11, 21, 41)
"""Where bands of age in years begin."""
LEVELS = (2, 3, 4, 5)
"""Digits of an industry code at which it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One value of one criterion, as it would be asked: `name` is the criterion's, `asked` what follows its name in an ICP."""

    name: str
    asked: str | bool

    @property
    def criteria(self) -> Criteria:
        """The trait as a criterion of an ICP."""
        return ask_for([self])

    def overlaps(self, other: "Trait") -> bool:
        """Whether who has the one may have the other for that alone: a code below another, a range, yes and no."""
        if self.name != other.name:
            return False
        if self.name not in LISTED:
            return True
        if self.name != "industry":
            return self.asked == other.asked
        one, another = (str(each.asked).replace(".", "") for each in (self, other))
        return one.startswith(another) or another.startswith(one)


LISTED = {"industry": 5, "region": 4, "legal_form": 3, "sector": 3}
"""Criteria of which several values may be asked for, and how many are proposed at most."""


def ask_for(traits: Sequence[Trait]) -> Criteria:
    """One criterion that any of the traits (of one name) meets.

    >>> ask_for([Trait(name="industry", asked="62.1"), Trait(name="industry", asked="63")]).industry
    ('62.1', '63')
    """
    name = traits[0].name
    value = tuple(each.asked for each in traits) if name in LISTED else traits[0].asked
    return Criteria.model_validate({name: value})


def list_traits(companies: Iterable[Mapping[str, object]], *, today: date) -> list[Trait]:
    """The traits that at least one of the companies (columns of mart.company) may have, each once.

    Ranges of employees and age are of all neighbouring bands between two that companies are in.

    >>> company = {"industries": [{"code": "62.100"}], "employees_low": 12, "employees_high": 12}
    >>> [str(each.asked) for each in list_traits([company], today=date(2026, 1, 1))]
    ['62', '62.1', '62.10', '62.100', '10-19']
    """
    listed = list(companies)
    found = [trait for company in listed for trait in _values(company)]
    found += [Trait(name="employees", asked=span) for span in _spans(SIZES, map(_size, listed))]
    found += [
        Trait(name="age_years", asked=span) for span in _spans(AGES, (_age(company, today) for company in listed))
    ]
    return list(dict.fromkeys(found))


def _values(company: Mapping[str, object]) -> Iterator[Trait]:
    industries = company.get("industries")
    for one in industries if isinstance(industries, list) else []:
        if one.get("scheme") is not None and one["scheme"] not in nace_lists():
            continue  # asked without its list, its digits would mean another industry
        code = str(one["code"]).replace(".", "")
        for digits in LEVELS:
            if digits <= len(code):
                yield Trait(name="industry", asked=code[:2] + (f".{code[2:digits]}" if digits > LEVELS[0] else ""))
    municipality, region = company.get("municipality_code"), company.get("region_code")
    if company.get("country_code") == "NO" and municipality is not None:
        region = str(municipality)[:2]
    for name, value in (
        ("region", region),
        ("legal_form", company.get("legal_form_code")),
        ("sector", company.get("sector_code")),
    ):
        if value is not None:
            yield Trait(name=name, asked=str(value))
    if company.get("website") is not None or company.get("domain") is not None:
        yield Trait(name="has_website", asked=True)


def _size(company: Mapping[str, object]) -> int | None:
    low = company.get("employees_low")
    return None if low is None else int(str(low))


def _age(company: Mapping[str, object], today: date) -> int | None:
    begun = company.get("founded_date") or company.get("registered_date")
    return None if not isinstance(begun, date) or begun > today else (today - begun).days // 365


def _spans(starts: Sequence[int], values: Iterable[int | None]) -> Iterator[str]:
    """Each run of neighbouring bands whose first and last hold a value, as a range."""
    held = sorted(
        {max(place for place, start in enumerate(starts) if start <= one) for one in values if one is not None}
    )
    for first in held:
        for last in held:
            if first <= last and (first > 0 or last + 1 < len(starts)):
                yield f"{starts[first]}-{starts[last + 1] - 1}" if last + 1 < len(starts) else f"{starts[first]}-"
