"""Stems, parts of compounds and spellings, by the words that companies use."""

import pytest

from enrich.words.analyse import analyse_words
from enrich.words.asked import read_words
from enrich.words.languages import languages
from enrich.words.stem import spell_both_ways

USED = {
    "nb": {"programvare": 40, "utvikling": 90, "eiendom": 80, "forvaltning": 70, "regnskap": 200, "regn": 3, "skap": 4},
    "sv": {"programvara": 40, "producenter": 30, "fastighet": 90, "förvaltning": 70},
    "da": {"software": 40, "udvikling": 90, "ejendom": 50, "administration": 60},
    "fi": {"ohjelmisto": 40, "kehitys": 90, "kehityksen": 30, "vene": 20, "veneen": 20, "rakennus": 70},
}


def terms_of(word: str, language: str) -> set[str]:
    rows = analyse_words({**USED[language], word: 2}, language).to_pylist()
    return {row["term"] for row in rows if row["word"] == word}


@pytest.mark.parametrize(
    ("language", "compound", "parts"),
    [
        ("nb", "programvareutviklingen", ["programvare", "utvikling"]),
        ("nb", "eiendomsforvaltning", ["eiendom", "forvaltning"]),
        ("sv", "programvaruproducent", ["programvara", "producenter"]),
        ("sv", "fastighetsförvaltningen", ["fastighet", "förvaltning"]),
        ("da", "softwareudviklingen", ["software", "udvikling"]),
        ("da", "ejendomsadministration", ["ejendom", "administration"]),
        ("fi", "ohjelmistokehityksen", ["ohjelmisto"]),
        ("fi", "veneenrakennus", ["rakennus"]),
    ],
)
def test_a_compound_is_found_by_what_its_parts_are_found_by(language: str, compound: str, parts: list[str]) -> None:
    for part in parts:
        assert terms_of(part, language) <= terms_of(compound, language), part


@pytest.mark.parametrize(("companies", "terms"), [(19, {"bilverksted"}), (20, {"bilverksted", "bil", "verksted"})])
def test_a_part_of_three_letters_is_one_where_twenty_companies_use_it(companies: int, terms: set[str]) -> None:
    rows = analyse_words({"bil": companies, "verksted": 40, "bilverksted": 2}, "nb").to_pylist()
    assert {row["term"] for row in rows if row["word"] == "bilverksted"} == terms


def test_a_borrowed_beginning_is_no_part_however_many_are_called_so() -> None:
    used = {"pro": 900, "gram": 300, "program": 200, "vare": 90, "programvare": 30}
    rows = analyse_words(used, "nb").to_pylist()
    assert {row["term"] for row in rows if row["word"] == "program"} == {"program"}
    assert {row["term"] for row in rows if row["word"] == "programvare"} == {"programvar", "program", "var"}


def test_a_word_used_more_than_its_seeming_parts_is_one_word() -> None:
    assert terms_of("regnskapet", "nb") == {"regnskap"}


def test_english_words_are_stemmed_and_not_split() -> None:
    found = analyse_words({"ship": 50, "building": 50, "shipbuilding": 3, "ships": 9}, "en").to_pylist()
    assert {row["term"] for row in found if row["word"] in ("ship", "ships")} == {"ship"}
    assert not any(row["is_part"] for row in found)


@pytest.mark.parametrize(
    "pair", [("kjøtt", "kjoett"), ("bærum", "baerum"), ("ålesund", "aalesund"), ("möbler", "moebler")]
)
def test_letters_are_spelled_both_ways(pair: tuple[str, str]) -> None:
    for asked, other in (pair, pair[::-1]):
        assert other in spell_both_ways(asked)


def test_words_that_say_nothing_are_named_and_not_asked_for() -> None:
    assert read_words("Utvikling av programvare, for havbruk") == (
        ["utvikling", "programvare", "havbruk"],
        ["av", "for"],
    )
    assert read_words("för") == (["för"], [])
    assert all(language.stop_words for language in languages().values())
