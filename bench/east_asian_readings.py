"""Derives the readings of Japanese names from SudachiDict.

Only this script needs the dictionary, so in an environment of its own:

pip install anyascii duckdb sudachipy sudachidict_core
python -m bench.east_asian_readings gleif_names.parquet > readings && mv readings enrich/normalise/japanese_readings.csv
"""

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module

import duckdb

from enrich.normalise.east_asian import translated_words
from enrich.normalise.kana import romanise_kana

_NAMES = "SELECT DISTINCT regexp_replace(name, '/.*', '') FROM read_parquet($path) WHERE country = 'JP'"
_KANJI = re.compile(r"[\u3005\u3400-\u9fff]")
_WORD = re.compile(r"[\u3005\u3400-\u9fff][\u3005\u3041-\u3096\u30ab\u30b1\u30f5\u30f6\u3400-\u9fff]+")
HEADER = """\
# How the Kanji of Japanese company names are read, in Hepburn without marks of length. Words that GLEIF's names have,
# family names among them, and each sign alone. Written by bench/east_asian_readings.py from SudachiDict core 20261015,
# Apache-2.0, Works Applications: https://github.com/WorksApplications/SudachiDict
word,reading"""


def derive_readings(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Words of two and more signs that are not translated, and single signs, with their most common readings."""
    sudachi = import_module("sudachipy")
    tokenizer = sudachi.Dictionary(dict="core").tokenizer()
    readings: Counter[tuple[str, str]] = Counter()
    for name in names:
        text = unicodedata.normalize("NFKC", name)
        readings.update((sign, _reading(tokenizer.tokenize(sign))) for sign in set(_KANJI.findall(text)))
        for token in tokenizer.tokenize(text, sudachi.SplitMode.B):
            if _WORD.fullmatch(token.surface()):
                readings[token.surface(), _reading([token])] += 1
    most_common: dict[str, str] = {}
    for (word, reading), _ in sorted(readings.items(), key=lambda pair: (-pair[1], pair[0])):
        if reading.isascii() and reading.isalpha():
            most_common.setdefault(word, reading)
    translated = {word for word in translated_words("ja") if len(word) > 1}
    for word, reading in sorted(most_common.items()):
        if not any(word[begin:end] in translated for end in range(len(word) + 1) for begin in range(end)):
            yield word, reading


def _reading(tokens: Iterable[object]) -> str:
    return romanise_kana("".join(token.reading_form() for token in tokens))  # type: ignore[attr-defined]


def main(path: str) -> None:
    """Prints the table for the names of a file of GLEIF's."""
    with duckdb.connect() as connection:
        names = [name for (name,) in connection.execute(_NAMES, {"path": path}).fetchall()]
    print(HEADER)
    for word, reading in derive_readings(names):
        print(f"{word},{reading}")


if __name__ == "__main__":
    main(sys.argv[1])
