"""Names of other scripts in Latin letters, so that a name written in English meets them."""

import csv
import re
from functools import cache
from importlib.resources import files

from anyascii import anyascii

from enrich.normalise.east_asian import latinise
from enrich.normalise.fold import fold_text

# Letters that are one sound together, where each alone would be read another way.
_GREEK = (("μπ", "b"), ("γκ", "g"), ("ντ", "nt"), ("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("υ", "y"), ("η", "i"))
# Cyrillic has no x: of the names in Latin letters that companies of seven such countries have in GLEIF, 90 words have an x and
# 11 a ks. At the beginning they are initials (КСБ).
_CYRILLIC_X = re.compile(r"(?<=\w)кс")
_NOT_LATIN = re.compile(r"[^a-z0-9 ]+")


def romanise(name: str) -> str:
    """A name in Latin letters, folded as names are; what companies call themselves in English stands for common words.

    Cyrillic, Greek, Georgian, Armenian, Thai and Indic letters are spelled out; Hebrew and Arabic have no vowels. East Asian
    names are read by `east_asian.latinise`.

    >>> romanise("Газпром нефть"), romanise("Яндекс КСБ"), romanise("ΜΠΑΡΜΠΑ ΣΤΑΘΗΣ"), romanise("トヨタ自動車")
    ('gazprom neft', 'yandex ksb', 'barba stathis', 'toyota motor')
    """
    return romanise_folded(fold_text(latinise([name])[0]))


def romanise_folded(text: str) -> str:
    """As `romanise`, of folded text without East Asian letters."""
    if not text.isascii():
        pattern, readings = _readings()
        text = pattern.sub(lambda found: f" {readings[found[0]]} ", text)
        text = _CYRILLIC_X.sub("x", text)
        for letters, sound in _GREEK:
            text = text.replace(letters, sound)
        text = anyascii(text)
    return " ".join(_NOT_LATIN.sub("", text.lower()).split())


@cache
def _readings() -> tuple[re.Pattern[str], dict[str, str]]:
    """`readings.csv`: words of other scripts that stand for an English one."""
    table: dict[str, str] = {}
    with files("enrich.normalise").joinpath("readings.csv").open("r", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for word in row["words"].split(";"):
                table.setdefault(fold_text(word), row["latin"])
    longest_first = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
    return re.compile(rf"(?<!\S)(?:{longest_first})(?!\S)"), table
