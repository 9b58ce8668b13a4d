"""Names of other scripts in Latin letters, so that a name written in English meets them."""

import csv
import re
from functools import cache
from importlib.resources import files

from anyascii import anyascii

from enrich.normalise.fold import fold_text

_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fc]+")
_HAN = re.compile(r"[\u3005\u3400-\u4dbf\u4e00-\u9fff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]+")
# Letters that are one sound together, where each alone would be read another way.
_GREEK = (("μπ", "b"), ("γκ", "g"), ("ντ", "nt"), ("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("υ", "y"), ("η", "i"))
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SMALL = {
    ord(letter): f"*{sound}"
    for letter, sound in zip("ァィゥェォャュョ", ["a", "i", "u", "e", "o", "ya", "yu", "yo"], strict=True)
}
_SMALL_Y = re.compile(r"(?:(?<=sh)|(?<=ch)|(?<=j))i\*y|i\*(?=y)")
_SMALL_VOWEL = re.compile(r"[aiueo]\*(?=[aiueo])")
_NOT_LATIN = re.compile(r"[^a-z0-9 ]+")


def romanise(name: str) -> str:
    """A name in Latin letters, folded as names are; what companies call themselves in English stands for common words.

    Chinese is read as Pinyin in words of two signs, most often the length of a name; Japanese and Korean syllables are
    joined as far as their script runs; Cyrillic, Greek, Georgian, Armenian, Thai and Indic letters are spelled out;
    Hebrew and Arabic have no vowels. Japanese readings of Chinese signs depend on the name and are not known but for
    those in `readings.csv`: others come out in Pinyin and meet nothing.

    >>> romanise("Газпром нефть"), romanise("トヨタ自動車"), romanise("中兴通讯")
    ('gazprom neft', 'toyota motor', 'zhongxing communication')
    >>> romanise("현대모비스"), romanise("ΜΠΑΡΜΠΑ ΣΤΑΘΗΣ"), romanise("Bjørn 株")
    ('hyundai mobiseu', 'barba stathis', 'bjorn zhu')
    """
    return romanise_folded(fold_text(name))


def romanise_folded(text: str, *, is_japanese: bool = False) -> str:
    """As `romanise`, of folded text; `is_japanese` where it is known, since Chinese signs alone do not say so."""
    if is_japanese or _KANA.search(text):
        text = _read(text, "ja")
        text = _KANA.sub(lambda found: f" {_spell_kana(found[0])} ", text)
    if _HANGUL.search(text):
        text = _read(text, "ko")
        text = _HANGUL.sub(lambda found: f" {anyascii(found[0])} ", text)
    if _HAN.search(text):
        text = _read(text, "zh")
        text = _HAN.sub(lambda found: f" {_spell_han(found[0])} ", text)
    if not text.isascii():
        text = _read(text, "")
        for letters, sound in _GREEK:
            text = text.replace(letters, sound)
        text = anyascii(text)
    return " ".join(_NOT_LATIN.sub("", text.lower()).split())


def _spell_han(signs: str) -> str:
    return " ".join(anyascii(signs[place : place + 2]) for place in range(0, len(signs), 2))


def _spell_kana(letters: str) -> str:
    """Kana as Hepburn spells them: a small letter changes the syllable before, a small tsu doubles the consonant."""
    doubled, *syllables = letters.translate(_HIRAGANA).split("ッ")
    spelled = [anyascii(part.translate(_SMALL)) for part in (doubled, *syllables)]
    text = spelled[0] + "".join(part[:1] + part for part in spelled[1:])
    return _SMALL_VOWEL.sub("", _SMALL_Y.sub("", text)).replace("*", "")


def _read(text: str, language: str) -> str:
    pattern, readings = _readings()[language]
    return pattern.sub(lambda found: f" {readings[found[0]]} ", text)


@cache
def _readings() -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    """`readings.csv`: for Japanese, Korean and Chinese words anywhere, for all other languages together whole words."""
    tables: dict[str, dict[str, str]] = {"ja": {}, "ko": {}, "zh": {}, "": {}}
    with files("enrich.normalise").joinpath("readings.csv").open("r", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            table = tables.get(row["language"], tables[""])
            for word in row["words"].split(";"):
                table.setdefault(fold_text(word), row["latin"])
    return {language: (_any_of(table, whole_words=not language), table) for language, table in tables.items()}


def _any_of(words: dict[str, str], *, whole_words: bool) -> re.Pattern[str]:
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"(?<!\S)(?:{longest_first})(?!\S)" if whole_words else longest_first)
