"""The gazetteer against what each country says of its own division: how many there are, which codes, in which region."""

from collections import Counter

import pytest

from enrich.icp.gazetteer import Division, find_divisions, municipalities_in, read_divisions

COUNTS = {"NO": (15, 357), "SE": (21, 290), "DK": (5, 98), "FI": (19, 308)}
"""Regions and municipalities as of 2025, as the statistical offices count them."""

DIGITS = {"NO": (2, 4), "SE": (2, 4), "DK": (4, 3), "FI": (2, 3)}


@pytest.mark.parametrize("country", COUNTS)
def test_the_division_is_whole(country: str) -> None:
    found = [each for each in read_divisions() if each.country == country]
    counted = Counter(each.level for each in found)
    assert (counted["region"], counted["municipality"]) == COUNTS[country]
    assert len({(each.level, each.code) for each in found}) == len(found)
    assert all(each.code.isdecimal() for each in found)
    assert {(each.level, len(each.code)) for each in found} == set(
        zip(("region", "municipality"), DIGITS[country], strict=True)
    )


def test_each_municipality_lies_in_a_region_of_its_country() -> None:
    regions = {(each.country, each.code) for each in read_divisions() if each.level == "region"}
    lies_in = {(each.country, each.region) for each in read_divisions() if each.level == "municipality"}
    assert lies_in == regions


@pytest.mark.parametrize(
    ("country", "region", "municipalities"),
    [
        ("SE", "Blekinge", {"Olofström", "Karlskrona", "Ronneby", "Karlshamn", "Sölvesborg"}),
        ("FI", "Kymenlaakso", {"Hamina", "Kotka", "Kouvola", "Miehikkälä", "Pyhtää", "Virolahti"}),
        (
            "DK",
            "Nordjylland",
            {"Morsø", "Thisted", "Brønderslev", "Frederikshavn", "Vesthimmerlands", "Læsø"}
            | {"Rebild", "Mariagerfjord", "Jammerbugt", "Aalborg", "Hjørring"},
        ),
        ("NO", "Oslo", {"Oslo"}),
    ],
)
def test_what_lies_in_a_region(country: str, region: str, municipalities: set[str]) -> None:
    (found,) = find_divisions(region, level="region", country=country)
    assert {each.name for each in municipalities_in(found)} == municipalities


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("GÖTEBORG", "1480"),
        ("Gothenburg", "1480"),
        ("Århus", "751"),
        ("Copenhagen", "101"),
        ("Åbo", "853"),
        ("abo", "853"),
    ],
)
def test_a_municipality_by_any_of_its_names(asked: str, code: str) -> None:
    assert [each.code for each in find_divisions(asked, level="municipality")] == [code]


def test_an_accent_tells_two_names_apart() -> None:
    assert [each.code for each in find_divisions("Håbo")] == ["0305"]
    assert [each.code for each in find_divisions("Habo")] == ["0643"]


def test_unknown_is_empty() -> None:
    assert find_divisions("Storvikfoss") == ()
    assert find_divisions("") == ()


def test_names_are_written_as_the_lists_write_them() -> None:
    def is_clean(each: Division) -> bool:
        return all(name == name.strip() and name and not name.isnumeric() for name in each.names)

    assert all(map(is_clean, read_divisions()))
