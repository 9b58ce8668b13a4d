"""Regions and municipalities of Norway, Sweden, Denmark and Finland as of today, by official code and name.

Norway's are those of `enrich.icp.places`, which also knows those of 2020-2023. `nordic_divisions.csv` has the others:
Sweden's 21 län and 290 kommuner (SCB, 2025, CC0), Denmark's 5 regioner and 98 kommuner (Danmarks Statistik, 2025, CC BY 4.0),
Finland's 19 maakuntaa and 308 kuntaa (Statistics Finland, 2025, CC BY 4.0). `other_names`, parted by |, are the second official
language and what neighbours and English say: our own list. `region` is the code of the region that a municipality lies in.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from enrich.icp.places import COUNTY_DIGITS, fold_name, read_places

Level = Literal["region", "municipality"]

_LETTERS = str.maketrans({"ø": "o", "æ": "ae"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A region or municipality of a country's official division."""

    country: str
    """ISO 3166-1 alpha-2."""
    level: Level
    code: str
    """As the country's own list writes it: NO 46 and 4601, SE 14 and 1480, DK 1084 and 101, FI 06 and 837."""
    name: str
    """In the country's own language, without "fylke", "län" or "Region"."""
    other_names: tuple[str, ...]
    region: str | None
    """Code of the region that a municipality lies in; None for a region."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, then its other names."""
        return (self.name, *self.other_names)


@cache
def read_divisions() -> tuple[Division, ...]:
    """Every region and municipality of the four countries: Norway's first, then as the data file has them."""
    today = [place for place in read_places() if place.now == (place.number,)]
    counties = {place.number for place in today if len(place.number) == COUNTY_DIGITS}
    norway = [
        Division(
            country="NO",
            level="region" if place.number in counties else "municipality",
            code=place.number,
            name=place.names[0],
            other_names=place.names[1:],
            region=None if place.number in counties else place.number[:COUNTY_DIGITS],
        )
        for place in today
        if place.number[:COUNTY_DIGITS] in counties  # Svalbard and Jan Mayen are in the list and are no municipalities
    ]
    text = files("enrich.icp").joinpath("nordic_divisions.csv").read_text(encoding="utf-8")
    return (*norway, *map(_read_division, csv.DictReader(text.splitlines())))


def find_divisions(asked: str, *, level: Level | None = None, country: str | None = None) -> tuple[Division, ...]:
    """Those with this code or name, in any case; a name without its accents where none has it with them. Empty where none.

    >>> [(each.level, each.code) for each in find_divisions("Västra Götalands län")]
    [('region', '14')]
    >>> [each.name for each in find_divisions("goteborg")], [each.country for each in find_divisions("lund")]
    (['Göteborg'], ['NO', 'SE'])
    >>> [each.name for each in find_divisions("habo")], [each.name for each in find_divisions("101", country="DK")]
    (['Habo'], ['København'])
    """
    wanted = asked.strip()
    found = _index().get(wanted.casefold()) or _index().get(fold_letters(wanted)) or _by_code().get(wanted, ())
    return tuple(each for each in found if level in (None, each.level) and country in (None, each.country))


def municipalities_in(region: Division) -> tuple[Division, ...]:
    """The municipalities of a region.

    >>> [each.name for each in municipalities_in(find_divisions("Gotland", level="region")[0])]
    ['Gotland']
    """
    return tuple(each for each in read_divisions() if (each.country, each.region) == (region.country, region.code))


@cache
def _index() -> Mapping[str, tuple[Division, ...]]:
    """By name in lower case; and by name without accents, where no division has that name with them."""
    exact: dict[str, list[Division]] = {}
    folded: dict[str, list[Division]] = {}
    for each in read_divisions():
        for name in each.names:
            exact.setdefault(name.casefold(), []).append(each)
            folded.setdefault(fold_letters(name), []).append(each)
    return {name: tuple(found) for name, found in (folded | exact).items()}


@cache
def _by_code() -> Mapping[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = {}
    for each in read_divisions():
        found.setdefault(each.code, []).append(each)
    return {code: tuple(divisions) for code, divisions in found.items()}


def fold_letters(name: str) -> str:
    """A name in lower case with the plain letters that keyboards elsewhere have.

    >>> fold_letters("Tromsø"), fold_letters("Västerås"), fold_letters("Bærum")
    ('tromso', 'vasteras', 'baerum')
    """
    return fold_name(name).translate(_LETTERS)


def _read_division(row: Mapping[str, str]) -> Division:
    if row["level"] not in ("region", "municipality"):
        raise ValueError(f"nordic_divisions.csv: {row['level']!r} is no level")
    return Division(
        country=row["country"],
        level="region" if row["level"] == "region" else "municipality",
        code=row["code"],
        name=row["name"],
        other_names=tuple(row["other_names"].split("|")) if row["other_names"] else (),
        region=row["region"] or None,
    )
