import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.normalise.address import normalise_address, normalise_addresses

STREETS = st.sampled_from(
    ["Strødfenveien", "Storgata", "Karl Johans gate", "Bygdøy allé", "Kungsvägen", "Hauptstraße", "Fremre Holen", "H. C. Møllers plass"]
)  # fmt: skip
HOUSES = st.tuples(st.integers(1, 999), st.sampled_from(["", "A", "b"]))


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(("Strødfenveien 162", "STRØDFENVEGEN 162", "Strødfen vei 162", "Strødfenv. 162"), id="road"),
        pytest.param(("Karl Johans gate 28 D", "Karl Johansgt. 28D", "KARL JOHANS GT 28d"), id="street, letter"),
        pytest.param(("Ålesundgata 5", "Aalesundgaten 5", "Ålesundg. 5"), id="two spellings of å"),
        pytest.param(("Nygårdsgaten 13 - 15", "Nygårdsgt 13–15", "Nygårdsgata 13/15"), id="several houses"),
        pytest.param(("Storgata 5, 2. etg", "Storgata 5 2. etasje", "Storgata 5\n3. sal"), id="floor"),
        pytest.param(("c/o Havn AS, Storgata 5", "Storgata 5 c/o Kari Hansen", "v/Kari, Storgata 5"), id="care of"),
        pytest.param(("Storgata 5", "Postboks 12, Storgata 5", "Bygg 4, Storgata 5", "Storgata nr. 5"), id="besides"),
        pytest.param(
            ("Storgata 5", "Storgata 5 Sentrum", "Storgata 5, 5003 Bergen", "Storgata 5 5003 Bergen"), id="town"
        ),
        pytest.param(("Kungsvägen 3", "Kungsväg 3", "Kungsv. 3", "Kungsvägen 3, 2 tr, lgh 1203"), id="swedish"),
        pytest.param(("Vesterbrogade 12", "Vesterbrogade 12, 2. tv", "Vesterbrogade 12 1. th"), id="danish"),
        pytest.param(("Mannerheimintie 12 B 34", "Mannerheimintie 12 B", "Mannerheimintie 12 b 3 krs"), id="finnish"),
        pytest.param(("Hauptstraße 5", "Hauptstr. 5", "Haupt Strasse 5", "HAUPTSTRASSE 5, Hinterhaus"), id="german"),
        pytest.param(("10 High Street", "10, High St.", "Unit 4, 10 High St", "No. 10 High Street"), id="english"),
        pytest.param(("350 5th Avenue", "350 5th Ave., Floor 3", "350 5th Ave Suite 12"), id="numbered street"),
        pytest.param(("12 bis, avenue Foch", "12bis av. Foch", "12 bis Ave Foch"), id="french"),
        pytest.param(("Via Roma, 5", "Via Roma 5"), id="comma before the number"),
        pytest.param(("ul. Prosta 5", "Prosta 5"), id="polish"),
    ],
)
def test_one_address_in_many_spellings_is_one(texts: tuple[str, ...]) -> None:
    keys = {normalise_address(text, "5003") for text in texts}
    assert len(keys) == 1
    assert None not in keys


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(("Storgata 5", "Storgata 5A", "Storgata 5B", "Storgata 55", "Storgata 5-7"), id="house"),
        pytest.param(("Tuv 5", "Tuveien 5", "Tugata 5"), id="farm, road and street"),
        pytest.param(("Hellesvågen 5", "Hellesvegen 5"), id="bay and road"),
        pytest.param(("10 High Street", "10 High Road", "10 High Lane"), id="english kinds"),
        pytest.param(("Fjordkatu 5", "Fjordtie 5"), id="finnish kinds"),
    ],
)
def test_neighbours_are_told_apart(texts: tuple[str, ...]) -> None:
    keys = [normalise_address(text, "5003") for text in texts]
    assert None not in keys
    assert len(set(keys)) == len(texts)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Postboks 12", id="post box"),
        pytest.param("P.O. Box 12", id="english post box"),
        pytest.param("PL 12", id="finnish post box"),
        pytest.param("Fremre Holen", id="no number"),
        pytest.param("Storgata 3. etg", id="a floor only"),
        pytest.param("4th Floor, Norfolk House", id="a floor of a house"),
        pytest.param("c/o Regnskap 24 AS", id="care of only"),
        pytest.param("Unit 5 Riverside Park", id="a unit only"),
        pytest.param("17. mai gata", id="a number in the street"),
        pytest.param("Haakon 7 gate 5", id="two numbers"),
        pytest.param("Storgata 5, Lillegata 7", id="two addresses"),
        pytest.param("Oslo 1501", id="a postal code"),
        pytest.param("10115 Berlin", id="a postal code first"),
        pytest.param("東京都千代田区丸の内1-2-3", id="blocks"),
        pytest.param("-", id="nothing"),
    ],
)
def test_what_is_no_place_to_meet_or_not_sure_has_no_key(text: str) -> None:
    assert normalise_address(text, "5003") is None


def test_the_place_is_the_postal_code_else_the_city() -> None:
    assert normalise_address("Storgata 5", "NO-5003", "Oslo") == "storg. 5, 5003"
    assert normalise_address("Storgata 5", None, "OSLO 5") == "storg. 5, oslo"
    assert normalise_address("Storgata 5", None) is None
    assert normalise_address("Storgata 5", "-", " ") is None


@given(
    STREETS,
    HOUSES,
    st.sampled_from(["{}", "  {} ", "c/o Ås Data AS, {}", "{}, 3. etasje", "{}\n2. etg"]),
    st.booleans(),
)
def test_case_spaces_and_what_stands_beside_do_not_matter(
    street: str, house: tuple[int, str], form: str, is_upper: bool
) -> None:
    number, letter = house
    text = form.format(f"{street} {number}{letter}")
    key = normalise_address(text.upper() if is_upper else text, "0957")
    assert key is not None
    assert key == normalise_address(f"{street}  {number} {letter.lower()}", "0957")
    assert key.endswith(f" {number}{letter.lower()}, 0957")


@given(STREETS, HOUSES, HOUSES)
def test_two_houses_of_a_street_are_never_one(street: str, one: tuple[int, str], other: tuple[int, str]) -> None:
    keys = [normalise_address(f"{street} {number}{letter}", "0957") for number, letter in (one, other)]
    assert (keys[0] == keys[1]) is ((one[0], one[1].lower()) == (other[0], other[1].lower()))


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=6), st.text(max_size=10)), max_size=4))
def test_any_text_has_a_key_or_none_and_the_same_alone_and_among_others(rows: list[tuple[str, str, str]]) -> None:
    together = normalise_addresses(*(list(column) for column in zip(*rows, strict=True))) if rows else []
    assert together == [normalise_address(*row) for row in rows]
    assert all(key is None or (", " in key and any(map(str.isdecimal, key))) for key in together)
