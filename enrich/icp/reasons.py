"""The one sentence that says why a company is shown, built from its criteria and values."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from enrich.icp.criteria import NO_WEBSITE
from enrich.icp.places import read_places
from enrich.icp.signals import NONE

FURTHER = "also registered as "
"""What the value of an industry begins with that is not the company's first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one criterion says of one company; `criterion` is its name and what was asked, as in `employees 10-200`."""

    criterion: str
    kind: str
    verdict: str
    weight: float | None
    value: str | None

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
    def speaks_for(self) -> bool | None:
        """Whether it speaks for the company; null while unknown."""
        return None if self.verdict == "unknown" else (self.verdict == "yes") is (self.kind != "must_not")


def read_answers(points: object, titles: Mapping[str, str] | None = None) -> tuple[Answer, ...]:
    """The list `points` of a fit query as answers; `titles` are those of the company's further industry codes.

    >>> point = {"kind": "must", "verdict": "yes", "weight": None, "value": "also registered as 62.100"}
    >>> read_answers([{"criterion": "industry 62", **point}], {"62.100": "Dataprogrammering"})[0].value
    'also registered as 62.100 Dataprogrammering'
    """
    found = [Answer(**point) for point in points] if isinstance(points, list) else []
    return tuple(replace(one, value=_with_title(one.value, titles or {})) for one in found)


def _with_title(value: str | None, titles: Mapping[str, str]) -> str | None:
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
    "industry", "words", "employees", "revenue", "region", "municipality", "postal_prefix", "territory", "country", "age_years",
    "legal_form", "sector", "has_website", "signals",
)  # fmt: skip
"""Criteria in the order in which people tell them."""

_WHAT: Mapping[str, str] = {
    "age_years": "age",
    "has_website": "website",
    "legal_form": "legal form",
    "postal_prefix": "postal code",
    "signals": "hiring",
    "words": "what it does",
}


_EVENTS = {"job_ad": "job ads", "tender_won": "tenders won", "tender_buyer": "tenders put out"}
"""Kinds of dated events as people say them."""


def _say_against(answer: Answer, for_it: Collection[str]) -> str:
    """The value; where it is told already, since a demand and a wish ask for the same, what the wish is."""
    text = _say(answer)
    return f"{answer.topic} not {answer.asked}" if text in for_it else text


def _say(answer: Answer) -> str:
    value = answer.value
    if answer.name == "has_website":
        said = str(value)
        return f"no website {said.removeprefix('none ')}" if said.startswith(NO_WEBSITE) else f"website {said}"
    if answer.name == "signals":
        ads, what = str(value), answer.asked.partition(" ")[2].rpartition("in ")[0].strip()
        asked = f" for {what}" if what else ""
        event = _EVENTS.get(answer.asked.partition(" ")[0], "events")
        return f"no {event}{asked} {ads.removeprefix('none ')}" if ads.startswith(NONE) else f"{event}{asked}: {ads}"
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
        "age_years": "{} old",
        "legal_form": "legal form {}",
        "sector": "sector {}",
    }.get(answer.name, "in {}")
    return form.format(value)


def _name_county(value: str | None) -> str:
    """The county by name and the municipality, of `TØNSBERG (39)`; what is no Norwegian county stays as it is."""
    told = re.fullmatch(r"(?:(.+) \()?(?:NO-)?(\d\d)\)?", value or "")
    county = next((one.names[0] for one in read_places() if told and one.number == told[2]), None)
    if told is None or county is None:
        return str(value)
    place = told[1]
    return county if place is None or place.lower() == county.lower() else f"{county} ({place})"
