"""Any text in one alphabet and case: accents off, punctuation out, initials joined, "and" of many languages one sign.

Works on many texts at once, because folding one long text is far cheaper than folding a million short ones.
"""

import re
import unicodedata
from collections.abc import Sequence

MARK = ","
"""Stands, as a word of its own, where a comma, bracket, lone dash or lone slash divides a folded text."""

# NFKD takes accents off as signs of their own, which go, as vowel signs of Hebrew and Arabic do; these letters it leaves.
_SIGNS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670’‘´ʼ׳]+")
_LETTERS = (
    ("ø", "o"), ("æ", "ae"), ("ß", "ss"), ("đ", "d"), ("ð", "d"), ("ł", "l"), ("þ", "th"), ("œ", "oe"), ("ı", "i"),
    ("ŋ", "n"), ("ħ", "h"), ("–", "-"), ("—", "-"),
)  # fmt: skip
# Apostrophes join, all other punctuation divides.
_ASCII = str.maketrans(
    {chr(code): " " for code in range(128) if not chr(code).isalnum() and chr(code) not in "\n&"}
    | dict.fromkeys(",;()[]{}", MARK)
    | {"'": None, "`": None}
)
# Thai and Indic vowel signs are part of a word, though \w leaves them out.
_OTHER_DIVIDERS = re.compile(r"[^\w\x00-\x7f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_INNER_DOT = re.compile(r"\.(?<=\b[^\W\d_]\.)(?=[^\W\d_]\b)")
# Short ones only between words, since initials are letters too. Not "i": that is a number in the names of funds.
_CONNECTOR = re.compile(r" (?:and|og|och|ja|und|et|(?<=\w\w )(?:y|e|en)(?= \w\w))(?= [^\n])")
_SPACES = re.compile(r"  +")
_NUMBER_SIGN = re.compile(r" (?:nr|nro|num)(?= \d)")
_BETWEEN_INITIALS = re.compile(r" (?<=[ \n]\w )(?:& )?(?=\w )")
_AE, _OE, _UE = re.compile("a[ae]+"), re.compile("oe+"), re.compile("ue+")


def fold_text(text: str) -> str:
    """Any text in lower case without accents and punctuation, words divided by one space.

    >>> fold_text("  Tromsø/Ås, N. Y. "), fold_text("A.P. Møller og Sønner")
    ('tromso as ny', 'ap moller & sonner')
    """
    # twice, because words that a mark divided can now belong together
    return fold_lines([fold_lines([text])[0].replace(MARK, " ")])[0]


def fold_digraphs(text: str) -> str:
    """Folded text with the two-letter spellings of Nordic and German vowels made one letter, as accents already are.

    >>> fold_digraphs("bjoern"), fold_digraphs("bjorn"), fold_digraphs("aabenraa")
    ('bjorn', 'bjorn', 'abenra')
    """
    # a pattern that begins with one letter is found as fast as a plain text
    return _UE.sub("u", _OE.sub("o", _AE.sub("a", text)))


def fold_lines(texts: Sequence[str]) -> list[str]:
    """Each text folded as by `fold_text`, but with `MARK` where punctuation divides it."""
    lines = list(texts)
    if "\n".join(lines).count("\n") >= len(lines):
        lines = [line.replace("\n", " ") for line in lines]
    accented = [place for place, line in enumerate(lines) if not line.isascii()]
    if accented:
        folded = _fold_letters("\n".join([lines[place] for place in accented])).split("\n")
        for place, line in zip(accented, folded, strict=True):
            lines[place] = line
    # apart from the rest, because one letter of another script makes str.translate 20 times slower for all
    foreign = [place for place in accented if not lines[place].isascii()]
    kept = [lines[place] for place in foreign]
    for place in foreign:
        lines[place] = ""
    lines = _divide_words(lines)
    for place, line in zip(foreign, _divide_words(kept), strict=True):
        lines[place] = line
    return lines


def _fold_letters(text: str) -> str:
    text = _SIGNS.sub("", unicodedata.normalize("NFKD", text).casefold())
    for letter, spelling in _LETTERS:
        text = text.replace(letter, spelling)
    # composed again: what NFKD took apart in Japanese and Korean are letters, not accents
    return _OTHER_DIVIDERS.sub(" ", unicodedata.normalize("NFC", text))


def _divide_words(lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    text = " " + " \n ".join(lines).lower() + " "
    text = _INNER_DOT.sub("", text).replace(" - ", MARK).replace(" / ", MARK).translate(_ASCII)
    text = text.replace("&", " & ").replace(MARK, f" {MARK} ")
    text = _SPACES.sub(" ", text)
    # every line ends with a space and only an empty one begins with it, so that words can be found between spaces
    text = f"\n{text}\n".replace("\n ", "\n")
    while "\n\n" in text:
        text = text.replace("\n\n", "\n \n")
    text = _NUMBER_SIGN.sub(" no", _CONNECTOR.sub(" &", text))
    return _BETWEEN_INITIALS.sub("", text)[1:-2].split(" \n")
