"""Which countries an ICP or a territory is about: those that it demands or wishes for, and those of its places."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from enrich.icp.centres import find_centres, find_named_divisions
from enrich.icp.model import Criteria, Icp, Territory
from enrich.icp.places import find_counties, find_municipalities

_NUMBERED = re.compile(r"([A-Z]{2})-\w+")


def countries_asked(icp: Icp, territories: Mapping[str, Territory]) -> tuple[str, ...]:
    """The countries that an ICP demands, itself or by its territories (ISO 3166-1 alpha-2); none where it demands none."""
    asked = [*icp.must.country, *(country for name in icp.must.territory for country in territories[name].countries)]
    return tuple(dict.fromkeys(country.upper() for country in asked))


def countries_meant(icps: Iterable[Icp], territories: Mapping[str, Territory], *, home: str) -> frozenset[str]:
    """All countries that any of these is about (ISO 3166-1 alpha-2).

    An ICP that demands countries is about these alone, one that demands regions or municipalities about those in which they lie:
    nobody else can meet its wishes. Any other is about the countries that it wishes for, and those in which the regions,
    municipalities and centres lie that it wishes for or is near to, for what is near may lie beyond a border. A name or number
    that a place at `home` has is meant of it.

    >>> wished = Icp.model_validate({"must": {"near": {"place": "Halden", "km": 50}}, "should": [{"country": ["SE"]}]})
    >>> sorted(countries_meant([wished], {}, home="NO"))
    ['SE']
    >>> at_home = Icp.model_validate({"must": {"region": ["SE-AB", "46"]}, "should": [{"country": ["FI"]}]})
    >>> sorted(countries_meant([at_home], {}, home="NO"))
    ['SE']
    >>> demanding = Icp.model_validate({"must": {"country": ["NO"]}, "should": [{"near": {"place": "Aarhus", "km": 50}}]})
    >>> sorted(countries_meant([demanding], {}, home="DK"))
    ['NO']
    """
    parts = [territory.criteria() for territory in territories.values()]
    found = set[str]()
    for icp in icps:
        if demanded := countries_asked(icp, territories):
            found.update(demanded)
        else:
            parts += [icp.must, *(() if _is_bound(icp.must, territories) else icp.should)]
    for criteria in parts:
        if criteria.country:
            found.update(country.upper() for country in criteria.country)
        else:
            found.update(*(lies_in for lies_in in _places_of(criteria) if home not in lies_in))
    return frozenset(found)


def countries_of(name: str, value: str) -> tuple[str, ...]:
    """The countries that a place lies in, by its name or number; none of other codes, and where that is not known.

    >>> countries_of("municipality", "Uppsala"), countries_of("region", "PL-14"), countries_of("industry", "62")
    (('SE',), ('PL',), ())
    """
    if name == "country":
        return (value.upper(),)
    if name not in ("region", "municipality"):
        return ()
    is_norwegian = find_counties(value) if name == "region" else find_municipalities(value)
    named = find_named_divisions(value, "region" if name == "region" else "municipality")
    found = dict.fromkeys([*(["NO"] if is_norwegian else []), *(each.country for each in named)])
    if not found and (numbered := _NUMBERED.fullmatch(value.strip().upper())):
        return (numbered[1],)
    return tuple(found)


def _is_bound(must: Criteria, territories: Mapping[str, Territory]) -> bool:
    """Whether what is demanded lies in regions or municipalities of which each country is known, or in territories that do."""
    places = list(_divisions_of(must))
    areas = [territories[name].criteria() for name in must.territory]
    return (bool(places) and all(places)) or (bool(areas) and all(_is_bound(area, {}) for area in areas))


def _divisions_of(criteria: Criteria) -> Iterator[Collection[str]]:
    """Of each region and municipality that is asked for the countries in which it may lie; of one that nobody knows none."""
    for value in criteria.region:
        yield countries_of("region", value)
    for value in criteria.municipality:
        yield countries_of("municipality", value)


def _places_of(criteria: Criteria) -> Iterator[Collection[str]]:
    """As `_divisions_of`, and of the centre that is to be near."""
    yield from _divisions_of(criteria)
    if (near := criteria.near) is not None:
        yield [each.country for each in find_centres(near.place, near.country)]
