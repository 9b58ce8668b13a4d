import csv
from importlib.resources import files

import pyarrow as pa
import pytest

from enrich.normalise.name import normal_columns
from enrich.normalise.translation import NO_MEANING, meanings_of, translated_words, translations_of


def written_words() -> list[list[list[str]]]:
    """The table as it is written: a row a meaning, a cell a language, an item a word."""
    text = files("enrich.normalise").joinpath("translations.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return [[list(filter(None, cell.split(";"))) for cell in row] for row in rows]


def test_words_are_found_as_names_have_them() -> None:
    written = [word for row in written_words() for cell in row for word in cell]
    # between two words, where no legal form is taken off
    cores = normal_columns([f"Nemovia {word} Brumosk" for word in written])[0]
    words = [core.removeprefix("nemovia ").removesuffix(" brumosk") for core in cores]
    lost = [one for one, meaning in zip(written, meanings_of(pa.array(words))[0], strict=True) if meaning == NO_MEANING]
    assert lost == []


def test_each_meaning_is_said_in_two_languages_at_least() -> None:
    rows = written_words()
    assert [row for row in rows if sum(map(bool, row)) < 2 or len(row) != len(translated_words().columns)] == []


@pytest.mark.parametrize(
    ("word", "country", "translated"),
    [
        pytest.param("insurance", "SE", "forsakring", id="trade"),
        pytest.param("forsakring", "NO", "forsikring", id="of a neighbour"),
        pytest.param("finland", "FI", "suomen", id="place"),
        pytest.param("helsinki", "FI", "helsingfors", id="a country of two languages"),
        pytest.param("rederi", "GR", "shipping", id="a country whose language the table lacks"),
        pytest.param("group", "DE", "gruppe", id="group"),
    ],
)
def test_a_word_in_the_languages_of_a_country(word: str, country: str, translated: str) -> None:
    assert translated in translations_of(word, country)


def test_words_of_one_language_are_two_words() -> None:
    assert "tyre" not in translations_of("tyres", "GB")
    assert "fastighet" not in translations_of("fastigheter", "SE")
