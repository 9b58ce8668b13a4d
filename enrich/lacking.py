"""What an ICP asks for and nobody loaded says of the companies of its countries, with the sources that would."""

from collections.abc import Sequence
from dataclasses import dataclass

from enrich.catalogue import ASKED_BY_COMPANY, answers_by_country, sources_not_loaded, stated_by, tells_events
from enrich.engine.gather import parts_of
from enrich.gate import Readers
from enrich.icp.criterion import Criterion
from enrich.icp.fit import FitQuery

FEW = 0.5
"""Share (0-1) of a country's companies below which what another's sources say of them does not stand for its own register."""

TENDERS, JOB_ADS = "tenders", "job ads"

_NOT_OF_RECORDS = frozenset({"country", "signals", *ASKED_BY_COMPANY})
"""Criteria of which a source that is loaded may still have nothing to say, and one that is not may be needless."""

_OF_SITES = "technology"
"""The criterion that whoever reads sites states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A criterion that is known of few or of none (`is_of_none`) of the companies of a country (null: of all there are).

    `sources` state it of that country; none where no source does.
    """

    criterion: str
    country: str | None
    is_of_none: bool
    sources: tuple[str, ...]
    topic: str | None = None
    """What it is called where the criterion's name does not say it: `signals` are tenders or job ads."""


def read_loaded(readers: Readers) -> frozenset[str]:
    """The sources that say something of a published company."""
    return frozenset[str]().union(*(index.sources for index in parts_of(readers)))


def find_lacking(
    readers: Readers, query: FitQuery, countries: Sequence[str], *, home: str | None
) -> tuple[Lacking, ...]:
    """What is lacking of each criterion that rests on columns; `home` is the country taken where the ICP demands none."""
    loaded = read_loaded(readers)
    asked = {
        (one.name, _events_asked(one)): one.fields for one in (point.criterion for point in query.points) if one.fields
    }
    return tuple(
        Lacking(
            criterion=name,
            country=country,
            is_of_none=share == 0,
            sources=_who_states(_as_stated(name, fields), country or home, events),
            topic=events,
        )
        for country in countries or (None,)
        for (name, events), fields in asked.items()
        if (share := _known_share(readers, _as_stated(name, fields), fields, country, loaded)) < FEW
    )


def _as_stated(criterion: str, fields: Sequence[str]) -> str:
    """The criterion whose sources state it: words of sites alone are told by whoever reads sites, as their products are."""
    return _OF_SITES if criterion == "words" and set(fields) <= {"name", "site_description"} else criterion


def _events_asked(criterion: Criterion) -> str | None:
    """What events a criterion asks for, as people say it; null where it asks for none."""
    if criterion.name != "signals":
        return None
    return TENDERS if criterion.asked.startswith("tender_") else JOB_ADS


def _who_states(criterion: str, country: str | None, events: str | None) -> tuple[str, ...]:
    """The country's own sources, which know most of its companies; else those of any country. Of events, all that tell such."""
    if events is not None:
        return tuple(name for name in stated_by(criterion, country) if tells_events(name, is_tender=events == TENDERS))
    return answers_by_country().get(country or "", {}).get(criterion, ()) or stated_by(criterion, country)


def _known_share(
    readers: Readers, name: str, fields: Sequence[str], country: str | None, loaded: frozenset[str]
) -> float:
    """The share (0-1) of companies of which something is known; 1 where it is enough, whatever it is."""
    indexes = parts_of(readers)
    # a site is read of few companies, whatever is loaded
    stating = [source for source in stated_by(name, country) if source not in stated_by(_OF_SITES, country)]
    if not any(index.is_known(field, country) for index in indexes for field in fields):
        return 0.0
    if country is None or name in _NOT_OF_RECORDS or not stating:
        return 1.0
    if not loaded.intersection(stating):  # known of those that other countries' registers name in passing
        return FEW / 2
    if not sources_not_loaded(name, (country,), loaded):
        return 1.0
    counts = [index.count_known(fields, country) for index in indexes]
    return sum(known for known, _ in counts) / sum(companies for _, companies in counts)


def say_lacking(lacking: Sequence[Lacking]) -> tuple[str, ...]:
    """A line for each country and the sources that would tell, with how to load them.

    >>> of_sweden = Lacking(criterion="industry", country="SE", is_of_none=False, sources=("se_scb",))
    >>> say_lacking([of_sweden])
    ('industry is known of few companies in SE: se_scb states it and is not loaded (`prospekt refresh se_scb`)',)
    """
    together: dict[tuple[str | None, bool, tuple[str, ...]], list[str]] = {}
    for each in lacking:
        together.setdefault((each.country, each.is_of_none, each.sources), []).append(each.topic or each.criterion)
    return tuple(_say(criteria, *key) for key, criteria in together.items())


def _say(criteria: Sequence[str], country: str | None, is_of_none: bool, sources: tuple[str, ...]) -> str:
    of = "company" if is_of_none else "companies"
    whom = f"of {'no' if is_of_none else 'few'} {of}{f' in {country}' if country is not None else ''}"
    is_one = len(criteria) == 1 and criteria[0] not in (TENDERS, JOB_ADS)
    what = f"{', '.join(criteria)} {'is' if is_one else 'are'} known {whom}{' yet' if is_of_none else ''}"
    if not sources:
        return f"{what}: `prospekt sources --criteria` says which source states it; then `prospekt refresh SOURCE`"
    states = "states" if len(sources) == 1 else "state"
    is_not = "" if is_of_none else f" and {'is' if len(sources) == 1 else 'are'} not loaded"
    return f"{what}: {' and '.join(sources)} {states} {'it' if is_one else 'them'}{is_not} (`prospekt refresh {' '.join(sources)}`)"
