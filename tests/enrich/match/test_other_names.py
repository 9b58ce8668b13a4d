"""Companies whose registered name is in another language, or is the initials of what somebody wrote, or the other way round."""

import csv

import pytest

from enrich.match.link import link_files
from enrich.match.model import Scored, score_pair, shipped_model
from enrich.match.sides import Stated, make_side
from enrich.progress import silent

RIGHT = [
    ("renkaat", "Fjellbre Renkaat Oyj", "FI"),
    ("sale", "Fjellbre Data Sàrl", "CH"),
    ("carpets", "SKOGTÆPPER A/S", "DK"),
    ("utility", "Orkuveita Skagastrandar", "IS"),
    ("bank", "Den Nemoviske Bank ASA", "NO"),
    ("pwo", "PWO AG", "DE"),
    ("rare", "PQV LÅN AS", "NO"),
    *(
        (f"common{number}", f"KTM {word} AS", "NO")
        for number, word in enumerate(f"{letter}otor" for letter in "ABCDEFGHIJKLMNOPQRSTU")
    ),
    ("bearer", "XYZ AS", "NO"),
    ("initials", "Xanto Yrke Zebra AS", "NO"),
    ("and", "Vrengen & Bjelke Corneliussen AS", "NO"),
    ("folded", "Transportes La Esplanada Alicante SL", "ES"),  # its key has a letter less than its words have
    *((f"crowd{number}", f"Qvist {letter}isla Rasmussen{number} ApS", "DK") for number, letter in enumerate("U" * 25)),
]
LEFT = [
    ("Fjellbre Tyres plc", "FI", "renkaat"),
    ("Skog Carpets", "DK", "carpets"),
    ("Skagastrand Energy", "IS", "utility"),
    ("DNB", "NO", "bank"),
    ("DNB Group", "NO", "bank"),
    ("Pforzheim Werk Oberkirch GmbH", "DE", "pwo"),
    ("DNB", "SE", None),
    ("dnb", "NO", None),
    ("XYZ", "NO", "bearer"),
    ("VBC", "NO", "and"),
    ("TLEA", "ES", "folded"),
    ("QUR", "DK", None),
    ("Polar Quist Vannverk AS", "NO", "rare"),
    ("Kvernes Tau Montasje AS", "NO", None),
]


@pytest.fixture(scope="module", params=[False, True], ids=["afresh", "kept index"])
def links(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """The best link of each left row that has one, by its number."""
    folder = tmp_path_factory.mktemp("lists")
    left = [(str(number), name, country) for number, (name, country, _) in enumerate(LEFT)]
    for path, rows in (("left.csv", left), ("right.csv", RIGHT)):
        with (folder / path).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("id", "name", "country"), *rows])
    index = folder / "kept" if request.param else None
    link_files(folder / "left.csv", folder / "right.csv", folder / "out.csv", index=index, progress=silent)
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["left_id"]): row["right_id"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("number", "company"), [pytest.param(n, row[2], id=f"{row[0]}, {row[1]}") for n, row in enumerate(LEFT)]
)
def test_is_found_by_its_other_name(links: dict[int, str], number: int, company: str | None) -> None:
    assert links.get(number) == company


def score(one: str, other: str) -> Scored:
    left, right = (make_side([Stated(key="1", names=(name,), country_code="NO")]) for name in (one, other))
    return score_pair(left, right, shipped_model())


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        pytest.param("Fjellbre Tyres", "Fjellbre Renkaat", "fjellbre tyres", "fjellbre renkat", id="trade"),
        pytest.param("Norwegian Property", "Norsk Eiendom AS", "norwegian property", "norsk eiendom", id="all of it"),
        pytest.param("Skog Carpets", "Skogtæpper A/S", "skog carpets", "skogtapper", id="compound"),
        pytest.param("Skogtæpper", "Skog Carpets", "skogtapper", "skog carpets", id="compound on the other side"),
        pytest.param("Bank of Åland", "Ålandsbanken", "bank aland", "alandsbanken", id="compound with a binding s"),
    ],
)
def test_words_in_another_language_are_told_and_are_nobodys_own(one: str, other: str, left: str, right: str) -> None:
    evidence = {item.comparison: item for item in score(one, other).evidence}
    shared = evidence["shared_words"]
    assert (shared.outcome, shared.left_value, shared.right_value) == ("shared_meaning", left, right)
    assert shared.sentence.endswith(": some, in part in another language.")
    assert "right_words" not in evidence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Fjellbre Tyre", "Fjellbre Tires", id="one language"),
        pytest.param("Fjellbre Tyres", "Fjellbre Vakuutus", id="another trade"),
        pytest.param("Havtæpper", "Skog Carpets", id="another beginning"),
    ],
)
def test_what_does_not_say_the_same_is_no_translation(one: str, other: str) -> None:
    assert "shared_meaning" not in {item.outcome for item in score(one, other).evidence}


def test_the_same_word_tells_more_than_its_translation_and_another_less() -> None:
    same, translated, other = (
        score("Fjellbre Tyres", f"Fjellbre {word}").score for word in ("Tyres", "Renkaat", "Data")
    )
    assert same > translated > other


def test_initials_are_told_as_such() -> None:
    [name] = [item for item in score("DNB Group", "Den norske Bank ASA").evidence if item.comparison == "name"]
    assert (name.outcome, name.sentence) == (
        "acronym",
        "Name as a whole, without its legal form: one is the initials of the other.",
    )
    assert score("DNB", "Den norske Bank").score > score("DNC", "Den norske Bank").score
    assert score("Polar Quist Vannverk", "PQV Lån").score > score("Polar Quist Vannverk", "PQR Lån").score
