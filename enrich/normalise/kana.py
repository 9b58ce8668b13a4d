"""Kana in Latin letters, by Hepburn without marks of length, as companies write their names."""

import re

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾ", "t": "タチツテト",
    "d": "ダヂヅデド", "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ",
    "r": "ラリルレロ",
}  # fmt: skip
_OTHERS = {
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヤ": "ya", "ユ": "yu", "ヨ": "yo",
    "ワ": "wa", "ヰ": "i", "ヱ": "e", "ヲ": "o", "ン": "n", "ヴ": "v*u", "ヷ": "va", "ヺ": "vo", "ヵ": "ka", "ヶ": "ga",
    "ァ": "*a", "ィ": "*i", "ゥ": "*u", "ェ": "*e", "ォ": "*o", "ャ": "*ya", "ュ": "*yu", "ョ": "*yo", "ヮ": "*wa",
    "ー": "", "・": " ", "ヽ": "", "ヾ": "", "ヿ": "koto",
}  # fmt: skip
_SYLLABLES = str.maketrans(
    {sign: row + vowel for row, signs in _ROWS.items() for sign, vowel in zip(signs, "aiueo", strict=True)} | _OTHERS
)
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_REPEATED = re.compile(r"(.)([ヽヾゝゞ])")
_SMALL_Y = re.compile(r"(?:(?<=sh)|(?<=ch)|(?<=j))i\*y|i\*(?=y)|[aiueo]\*(?=[aiueow])")
_LONG = re.compile(r"o[ou](?!e)|uu")


def romanise_kana(kana: str) -> str:
    """Hiragana and Katakana in Latin letters; long vowels are not marked, a middle dot divides words.

    >>> romanise_kana("カシオ"), romanise_kana("トウキョウ"), romanise_kana("シャープ"), romanise_kana("いすゞ")
    ('kashio', 'tokyo', 'shapu', 'isuzu')
    >>> romanise_kana("パナソニック"), romanise_kana("フィリップス"), romanise_kana("ヴェルディ・ジェネシス")
    ('panasonikku', 'firippusu', 'verudi jeneshisu')
    """
    signs = _REPEATED.sub(_repeat, kana).translate(_TO_KATAKANA)
    spelled = [_SMALL_Y.sub("", part.translate(_SYLLABLES)).replace("*", "") for part in signs.split("ッ")]
    latin = spelled[0] + "".join([part[:1] + part for part in spelled[1:]]).replace("cch", "tch")
    return shorten_vowels(latin.encode("ascii", "ignore").decode())


def shorten_vowels(latin: str) -> str:
    """Romanised Japanese with its long o and u written short, as in Tokyo; not in names like Inoue.

    >>> shorten_vowels("oosaka"), shorten_vowels("toukyou"), shorten_vowels("inoue")
    ('osaka', 'tokyo', 'inoue')
    """
    return _LONG.sub(lambda found: found[0][0], latin)


def _repeat(found: re.Match[str]) -> str:
    # a mark with a dot voices what it repeats, which is the next sign of Unicode
    return found[1] + (chr(ord(found[1]) + 1) if found[2] in "ヾゞ" else found[1])
