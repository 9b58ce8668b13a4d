"""The one sentence that says why a company is shown, built from its criteria and values."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from enrich.icp.centres import find_named_divisions
from enrich.icp.criteria import NO_WEBSITE
from enrich.icp.places import read_places
from enrich.icp.signals import NONE
from enrich.icp.standing import NONE_OF_THEM

FURTHER = "also registered as "
"""What the value of an industry begins with that is not the company's first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one criterion says of one company; `criterion` is its name and what was asked, as in `employees 10-200`.

    `share_low` and `share_high` are the part of a wish that is met (0-1): a band while it is unknown; null of a demand.
    """

    criterion: str
    kind: str
    verdict: str
    weight: float | None
    value: str | None
    share_low: float | None = None
    share_high: float | None = None

    def as_point(self) -> dict[str, object]:
        """As `read_answers` reads it."""
        return {
            "criterion": self.criterion,
            "kind": self.kind,
            "verdict": self.verdict,
            "weight": self.weight,
            "share_low": self.share_low,
            "share_high": self.share_high,
            "value": self.value,
        }

    @property
    def name(self) -> str:
        """Name of the criterion."""
        return self.criterion.split(" ", 1)[0]

    @property
    def topic(self) -> str:
        """What it is about, as people say it."""
        return "tenders" if self.asked.startswith("tender_") else _WHAT.get(self.name, self.name)

    @property
    def asked(self) -> str:
        """What was asked."""
        return self.criterion.partition(" ")[2]

    @property
    def is_open(self) -> bool:
        """Whether more of it could be met than is known to be: unknown, or between soft edges."""
        return self.verdict == "unknown" or self.share_low != self.share_high

    @property
    def speaks_for(self) -> bool | None:
        """Whether it speaks for the company; null while unknown."""
        return None if self.verdict == "unknown" else (self.verdict == "yes") is (self.kind != "must_not")


def read_answers(points: object, titles: Mapping[str, str] | None = None) -> tuple[Answer, ...]:
    """The list `points` of a fit query as answers; `titles` are those of the company's further industry codes.

    >>> point = {"kind": "must", "verdict": "yes", "weight": None, "value": "also registered as 62.100"}
    >>> read_answers([{"criterion": "industry 62", **point}], {"62.100": "Dataprogrammering"})[0].value
    'also registered as 62.100 Dataprogrammering'
    """
    listed = points if isinstance(points, list) else []
    return tuple(Answer(**{**point, "value": with_title(point["value"], titles or {})}) for point in listed)


def with_title(value: str | None, titles: Mapping[str, str]) -> str | None:
    """The value, with its title where it is a further industry code."""
    if value is None or not value.startswith(FURTHER):
        return value
    code, *rest = value.removeprefix(FURTHER).split(" ", 1)
    return FURTHER + " ".join([code, *([titles[code]] if code in titles else []), *rest])


def say_why(answers: Iterable[Answer], *, brought_back: Iterable[str] = ()) -> str:
    """One sentence: what speaks for the company, what against it, what is not known; `brought_back` come first.

    >>> say_why([
    ...     Answer(criterion="country NO", kind="must", verdict="yes", weight=None, value="NO"),
    ...     Answer(criterion="region Vestland", kind="must", verdict="yes", weight=None, value="BERGEN (46)"),
    ...     Answer(criterion="employees 10-200", kind="must", verdict="yes", weight=None, value="40"),
    ...     Answer(criterion="has_website yes", kind="should", verdict="no", weight=2.0, value="none registered (x 2026-11-01)"),
    ...     Answer(criterion="age_years 5-", kind="should", verdict="unknown", weight=1.0, value=None),
    ... ])
    '40 employees, in Vestland (BERGEN); but no website registered (x 2026-11-01); not known: age.'
    """
    listed = list(answers)
    placed = any(answer.name in ("region", "municipality", "postal_prefix", "territory") for answer in listed)
    told = [answer for answer in listed if not (answer.name == "country" and placed)]
    spoken = sorted(told, key=lambda answer: _TELLING.index(answer.name))
    # a demand and a wish may ask for the same thing: it is told once
    for_it = list(dict.fromkeys(_say(answer) for answer in spoken if answer.speaks_for and answer.kind != "must_not"))
    against = list(dict.fromkeys(_say_against(one, for_it) for one in spoken if one.speaks_for is False))
    unknown = [answer.topic for answer in spoken if answer.speaks_for is None]
    parts = [f"although {text}" for text in brought_back]
    parts += [", ".join(for_it)] if for_it else []
    parts += [f"but {', '.join(against)}"] if against else []
    parts += [f"not known: {', '.join(dict.fromkeys(unknown))}"] if unknown else []
    sentence = "; ".join(parts) or "nothing speaks against it"
    return sentence[:1].upper() + sentence[1:] + "."


_TELLING = (
    "industry", "words", "employees", "employees_growth", "revenue", "revenue_growth", "region", "municipality", "near",
    "postal_prefix", "territory", "country", "founded", "age_years", "status", "legal_form", "sector", "is_subsidiary",
    "has_parent", "group_size", "roles", "has_website", "technology", "signals", "in_crm", "last_contact_days",
    "last_contact", "marketing_protected",
)  # fmt: skip
"""Criteria in the order in which people tell them."""

_WHAT: Mapping[str, str] = {
    "age_years": "age",
    "employees_growth": "growth in employees",
    "founded": "foundation",
    "group_size": "size of its group",
    "has_parent": "parent",
    "in_crm": "whether it is in the CRM",
    "is_subsidiary": "whether it is a subsidiary",
    "last_contact": "last contact",
    "last_contact_days": "last contact",
    "marketing_protected": "whether it wants advertising",
    "near": "place",
    "revenue_growth": "growth in revenue",
    "has_website": "website",
    "legal_form": "legal form",
    "postal_prefix": "postal code",
    "signals": "hiring",
    "words": "what it does",
}


_FLAGS: Mapping[str, tuple[str, str]] = {
    "is_subsidiary": ("a subsidiary", "no subsidiary"),
    "has_parent": ("has a parent", "no parent"),
    "in_crm": ("in the CRM", "not in the CRM"),
    "marketing_protected": ("wants no advertising", "open to advertising"),
}
"""What a yes and a no are told as."""

_TIME = re.compile(r"(?:in \d+ days|since \S+)$")
"""What the end of an event asked for says."""
_EVENTS = {"job_ad": "job ads", "tender_won": "tenders won", "tender_buyer": "tenders put out"}
"""Kinds of dated events as people say them."""


def _say_against(answer: Answer, for_it: Collection[str]) -> str:
    """The value, with how far a wish is met by its soft edges; where it is told already, since a demand and a wish ask for
    the same, what the wish is.
    """
    text = _say(answer)
    told = f"{answer.topic} not {answer.asked}" if text in for_it else text
    low, high = (round(100 * (share or 0)) for share in (answer.share_low, answer.share_high))
    return told if high == 0 else f"{told} ({low if low == high else f'{low}-{high}'} % right)"


def _say(answer: Answer) -> str:
    value = answer.value
    if answer.name == "has_website":
        said = str(value)
        return f"no website {said.removeprefix('none ')}" if said.startswith(NO_WEBSITE) else f"website {said}"
    if answer.name == "signals":
        ads, what = str(value), _TIME.sub("", answer.asked.partition(" ")[2]).strip()
        asked = f" for {what}" if what else ""
        event = _EVENTS.get(answer.asked.partition(" ")[0], "events")
        return f"no {event}{asked} {ads.removeprefix('none ')}" if ads.startswith(NONE) else f"{event}{asked}: {ads}"
    if answer.name in _FLAGS and value in ("yes", "no"):
        return _FLAGS[answer.name][value == "no"]
    if answer.name == "technology" and value != NONE_OF_THEM:
        return f"its site uses {value}"
    if value == NONE_OF_THEM:
        return f"{'no trace of' if answer.name == 'technology' else 'nobody is its'} {answer.asked}"
    if answer.name == "near":
        km, _, told = str(value).partition(" km")
        if km == "0":  # its municipality or town is the place
            return f"in {told.rpartition('(')[2].removesuffix(')')}"
        return f"{km} km from {answer.asked.partition(' from ')[2]}{told}"
    if answer.name in ("last_contact", "last_contact_days"):
        return "never contacted" if value == "never" else f"contacted {value}"
    if answer.name == "words":
        field, _, word = (value or "").partition(": ")
        return f"“{word}” in its {field}" if value is not None else f"nothing of {answer.asked} in its texts"
    if answer.name == "region":
        return f"in {_name_county(value)}"
    if value is not None and value.startswith(FURTHER):
        return value
    form = {
        "industry": "industry {}",
        "employees": "1 employee" if value == "1" else "{} employees",
        "revenue": "revenue {}",
        "employees_growth": "employees {}",
        "revenue_growth": "revenue {}",
        "founded": "founded {}",
        "status": "status {}",
        "group_size": "companies of its group: {}",
        "roles": "roles {}",
        "age_years": "{} old",
        "legal_form": "legal form {}",
        "sector": "sector {}",
    }.get(answer.name, "in {}")
    return form.format(value)


def _name_county(value: str | None) -> str:
    """The region by name and the town, of `TØNSBERG (39)` or `LUND (SE-12)`; what is no Nordic region stays as it is.

    >>> _name_county("TØNSBERG (39)"), _name_county("LUND (SE-12)"), _name_county("TALLINN (EE-37)")
    ('Vestfold (TØNSBERG)', 'Skåne (LUND)', 'TALLINN (EE-37)')
    """
    if numbered := re.fullmatch(r"(.*) \(((?:SE|DK|FI)-\d+)\)", value or ""):
        return ", ".join(f"{each.name} ({numbered[1]})" for each in find_named_divisions(numbered[2], "region"))
    told = re.fullmatch(r"(?:(.+) \()?(?:NO-)?(\d\d)\)?", value or "")
    county = next((one.names[0] for one in read_places() if told and one.number == told[2]), None)
    if told is None or county is None:
        return str(value)
    place = told[1]
    return county if place is None or place.lower() == county.lower() else f"{county} ({place})"
