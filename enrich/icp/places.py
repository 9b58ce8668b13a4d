"""Norway's counties and municipalities by number and name, those of 2020-2023 included; of before 2020 none is known.

`no_places.csv` is Statistics Norway's division of 2024 (KLASS 104 and 131, NLOD 2.0) with the numbers of 2020-2023 that
ended on 1 January 2024: `number`, `names` (Norwegian and Sámi or Kven, parted by |), `now` (its numbers of today, parted
by ;, empty where it still holds).
"""

import csv
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

COUNTY_DIGITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A county (two digits) or municipality (four digits) of Norway; `now` are the numbers of today."""

    number: str
    names: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers of 2020 on that lie wholly (`inside`), partly (`astride`) or not at all in what was asked for.

    A number that is in none of them is in no list: where it lies is not known.
    """

    inside: tuple[str, ...]
    astride: tuple[str, ...]
    outside: tuple[str, ...]


def fold_name(text: str) -> str:
    """The name in lower case without accents, as the search compares names.

    >>> fold_name("GÁIVUOTNA")
    'gaivuotna'
    """
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def read_places() -> tuple[Place, ...]:
    """Every county and municipality of the data file."""
    text = files("enrich.icp").joinpath("no_places.csv").read_text(encoding="utf-8")
    return tuple(
        Place(
            number=row["number"],
            names=tuple(row["names"].split("|")),
            now=tuple(row["now"].split(";")) if row["now"] else (row["number"],),
        )
        for row in csv.DictReader(text.splitlines())
    )


def read_former_counties() -> tuple[Place, ...]:
    """Norway's counties of 2020-2023 that are none today.

    >>> [each.names[0] for each in read_former_counties()]
    ['Viken', 'Vestfold og Telemark', 'Troms og Finnmark']
    """
    return tuple(each for each in read_places() if len(each.number) == COUNTY_DIGITS and each.now != (each.number,))


def find_counties(asked: str) -> frozenset[str]:
    """Today's county numbers for a number or name, of today or of 2020-2023; empty where there is none.

    >>> sorted(find_counties("Viken")), sorted(find_counties("vestland")), sorted(find_counties("NO-03"))
    (['31', '32', '33'], ['46'], ['03'])
    """
    return _find(asked.removeprefix("NO-"), county=True)


def find_municipalities(asked: str) -> frozenset[str]:
    """Today's municipality numbers for a number or name, of today or of 2020-2023; empty where there is none.

    >>> sorted(find_municipalities("3005")), sorted(find_municipalities("Herøy")), sorted(find_municipalities("1507"))
    (['3301'], ['1515', '1818'], ['1508', '1580'])
    """
    return _find(asked, county=False)


def numbers_in(now: Iterable[str]) -> Numbers:
    """Numbers of municipalities, of today and of 2020-2023, that lie in these counties or municipalities of today.

    >>> found = numbers_in(["1508"])
    >>> found.inside, found.astride, "1515" in found.outside, "1504" in found.outside
    (('1508',), ('1507',), True, False)
    """
    return _sorted_out(frozenset(now), county=False)


def counties_in(now: Iterable[str]) -> Numbers:
    """Numbers of counties, of today and of 2020-2023, that lie in these counties of today.

    >>> found = counties_in(["31", "32", "33"])
    >>> found.inside, counties_in(["31"]).astride, "46" in found.outside, "12" in found.outside
    (('31', '32', '33', '30'), ('30',), True, False)
    """
    return _sorted_out(frozenset(now), county=True)


def _sorted_out(wanted: frozenset[str], *, county: bool) -> Numbers:
    inside: list[str] = []
    astride: list[str] = []
    outside: list[str] = []
    for place in read_places():
        if (len(place.number) == COUNTY_DIGITS) is county:
            hits = [number in wanted or number[:COUNTY_DIGITS] in wanted for number in place.now]
            (inside if all(hits) else astride if any(hits) else outside).append(place.number)
    return Numbers(inside=tuple(inside), astride=tuple(astride), outside=tuple(outside))


@lru_cache(maxsize=4096)  # a territory may name hundreds, and every search asks for them
def _find(asked: str, *, county: bool) -> frozenset[str]:
    folded = fold_name(asked)
    places = [place for place in read_places() if (len(place.number) == COUNTY_DIGITS) is county]
    hits = [place for place in places if place.number == asked.strip()]
    # a name of today outranks the same name before 2024: Ålesund of today is without Haram
    hits = hits or [place for place in places if place.now == (place.number,) and folded in map(fold_name, place.names)]
    hits = hits or [place for place in places if folded in map(fold_name, place.names)]
    return frozenset(number for place in hits for number in place.now)
