"""Names of codes that registers write without one: divisions of industry lists that came from NACE, and regions.

`industry_divisions.csv` has short English titles of our own: `title` is of NACE Rev. 2 (2008), `title_2025` of Rev. 2.1 where
it is another.
"""

import csv
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files

from enrich.icp.gazetteer import find_divisions
from enrich.icp.industry_lists import nace_lists

_DIVISION_DIGITS = 2


def list_division_titles() -> Iterator[tuple[str, str, str]]:
    """Scheme, code and title of each division of each list that came from NACE.

    >>> next(list_division_titles())
    ('CZNACE2008', '01', 'Crop and animal production')
    """
    for scheme in nace_lists():
        yield from ((scheme, code, titles[_is_of_2025(scheme)]) for code, titles in _read_titles().items())


def title_of_division(code: str, scheme: str | None = None) -> str | None:
    """The title of a division by its two digits; without a scheme what it is called in either revision. Null where it has none.

    >>> title_of_division("62"), title_of_division("60"), title_of_division("99.9")
    ('Computer programming and consultancy', 'Radio and television broadcasting; from 2025 Broadcasting, news agencies and other content distribution', None)
    >>> title_of_division("60", "SN2007"), title_of_division("60", "US-SIC")
    ('Radio and television broadcasting', None)
    """
    titles = _read_titles().get(code)
    if titles is None or (scheme is not None and scheme not in nace_lists()):
        return None
    if scheme is not None:
        return titles[_is_of_2025(scheme)]
    return titles[0] if titles[0] == titles[1] else f"{titles[0]}; from 2025 {titles[1]}"


def name_of_region(code: str, countries: Collection[str]) -> str | None:
    """The name of a region by its code in those countries; null where none of them has it.

    >>> name_of_region("46", ["NO"]), name_of_region("14", ["SE", "NO"]), name_of_region("QQ", ["NO"])
    ('Vestland', 'Västra Götaland', None)
    """
    names = [one.name for country in countries for one in find_divisions(code, level="region", country=country)]
    return " or ".join(names) or None


def title_of(criterion: str, asked: str, countries: Collection[str]) -> str | None:
    """What a code that a criterion asks for is called, of those that need a name to be read.

    >>> title_of("region", "46", ["NO"]), title_of("industry", "62", ["NO"]), title_of("employees", "10-19", ["NO"])
    ('Vestland', 'Computer programming and consultancy', None)
    >>> title_of("industry", "47.91", ["NO"])
    'in Retail trade'
    """
    if criterion == "region":
        return name_of_region(asked, countries)
    division = title_of_division(asked[:_DIVISION_DIGITS]) if criterion == "industry" else None
    return f"in {division}" if division is not None and len(asked) > _DIVISION_DIGITS else division


def _is_of_2025(scheme: str) -> bool:
    return scheme.endswith("25")


@cache
def _read_titles() -> dict[str, tuple[str, str]]:
    text = files("enrich.icp").joinpath("industry_divisions.csv").read_text(encoding="utf-8")
    return {
        row["division"]: (row["title"], row["title_2025"] or row["title"]) for row in csv.DictReader(text.splitlines())
    }
