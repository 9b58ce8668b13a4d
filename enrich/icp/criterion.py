"""One question to a company, compiled, and what has to be known to ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from enrich.icp.correspondence import Correspondences
from enrich.icp.earlier_numbers import EarlierNumbers
from enrich.icp.model import Territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What has to be known besides the ICP to judge a company by it.

    `correspondences` join industry code lists; `earlier` are Norway's municipality numbers of before 2020; `website_sources` are the sources that state websites where there are
    any; `forms` are (scheme, code) of the legal forms in use; `territories` those of the configuration. `rates` gives by
    currency and day how many units of it one euro was, for the days by which revenue was put into euro.
    """

    correspondences: Correspondences = field(default_factory=Correspondences)
    earlier: EarlierNumbers = field(default_factory=EarlierNumbers)
    website_sources: frozenset[str] = frozenset()
    forms: frozenset[tuple[str, str]] = frozenset()
    territories: Mapping[str, Territory] = field(default_factory=dict)
    rates: Mapping[str, Mapping[date, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question, compiled: `verdict` is true, false or null, `value` is what the company has, as text.

    `fields` are the columns on which the verdict rests. `note` says how the answer was reached, where that is not plain.
    `words` are those of which a text has to hold one, where that is all that is asked. `parts` are the questions that make
    it up: for one of the parts, all of its have to hold. `elements`, where the verdict is the greatest of what each element of
    a list says, are the list's column and SQL over `one` (2 yes, 1 open, 0 no); an empty list, or none, says nothing.
    `shares` are the least and the greatest part (0-1) of a wish that is met, where it has soft edges.
    """

    name: str
    asked: str
    verdict: str
    value: str
    fields: tuple[str, ...]
    parameters: Mapping[str, object]
    note: str | None = None
    words: tuple[str, ...] = ()
    parts: tuple[tuple["Criterion", ...], ...] = ()
    elements: tuple[str, str] | None = None
    shares: tuple[str, str] | None = None
