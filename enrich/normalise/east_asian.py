"""Company names in Han, Kana and Hangul in Latin words, as their companies write themselves in English.

What names are made of (自動車, 电子, 은행) is translated, what they are called (日産, 通宇, 넥센) is read: Kanji by a
table of Japanese readings, Kana by Hepburn, Hangul by Revised Romanisation, all other Han by Pinyin.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from anyascii import anyascii

from enrich.normalise.hangul import romanise_hangul
from enrich.normalise.kana import romanise_kana
from enrich.normalise.letter_names import read_letters

_KANA, _HAN, _HANGUL = (
    r"\u3041-\u30ff",
    r"\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    r"\uac00-\ud7a3",
)
_ANY = re.compile(rf"[{_KANA}{_HAN}{_HANGUL}\uff00-\uffef]")
_PIECES = re.compile(rf"[{_KANA}]+|[{_HAN}]+|[{_HANGUL}]+")
_BRACKETED = r"\((?:[株有同주유]|有限合[伙夥])\)"
_HAN_ONLY = re.compile(rf"[{_HAN}]+").fullmatch
_RUN = re.compile(rf"{_BRACKETED}|[{_KANA}{_HAN}{_HANGUL}]+")
_JAPANESE = re.compile(rf"[{_KANA}]|会社|投資法人|信用金庫|[社財]団法人|\([株有同]\)")
_AREAS = {"县": "county", "縣": "county", "区": "district", "區": "district", "市": ""}
_AREA = re.compile(rf"(.{{2,4}}?)([{''.join(_AREAS)}])(?=..)")


def latinise(names: Sequence[str], countries: Sequence[str | None] | None = None) -> list[str]:
    """Names with Han, Kana or Hangul in Latin words, their legal form last; all others as they are.

    Kanji are read as Japanese where the name has Kana or a Japanese legal form, or its country is "JP".

    >>> latinise(["株式会社 日立製作所", "惠州TCL移动通信有限公司", "현대모비스(주)", "Ørsted A/S"])
    ['hitachi manufacturing co ltd', 'huizhou TCL mobile communication co ltd', 'hyundai mobis co ltd', 'Ørsted A/S']
    >>> latinise(["住友電気工業", "ＳＫ네트웍스"], ["JP", None])
    ['sumitomo electric', 'SK networks']
    """
    latin = list(names)
    for place, name in enumerate(latin):
        if not name.isascii() and _ANY.search(name):
            latin[place] = _latinise(name, countries is not None and countries[place] == "JP")
    return latin


def _latinise(name: str, is_japanese: bool) -> str:
    text = unicodedata.normalize("NFKC", name)
    words = _words(is_japanese or _JAPANESE.search(text) is not None)
    if (form := _leading_form().match(text)) is not None:
        text = f"{text[form.end() :]} {form[0].strip()}"
    return " ".join(_RUN.sub(lambda run: f" {_split_run(run[0], words)} ", text).split())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """What is known of a language: its words in Latin, and how single signs are read where that is not Pinyin.

    `lengths`: how long the words are that begin with a sign, longest first. `places` are words only at the beginning
    of what is left between others; `parts` are so short that they are often parts of other words. `doubtful`: these and
    all else that `_is_word` may refuse.
    """

    latin: dict[str, str]
    lengths: dict[str, tuple[int, ...]]
    places: frozenset[str]
    parts: frozenset[str]
    doubtful: frozenset[str]
    signs: dict[str, str]


@lru_cache(maxsize=65_536)
def _split_run(run: str, words: Words) -> str:
    """The run's known words by longest match, and what is left between them read."""
    found, begin, place = [], 0, 0
    latin, lengths, doubtful = words.latin, words.lengths, words.doubtful
    while place < len(run):
        for length in lengths.get(run[place], ()):
            word = run[place : place + length]
            if word in latin and (word not in doubtful or _is_word(run, begin, place, word, words)):
                if begin < place:
                    found.append(_read(run[begin:place], words))
                found.append(latin[word])
                begin = place = place + length
                break
        else:
            place += 1
    if begin < place:
        found.append(_read(run[begin:], words))
    return " ".join(found)


def _is_word(run: str, begin: int, place: int, word: str, words: Words) -> bool:
    """Not ビル in モービル, スター in マスター, 泰国 in 中泰国际."""
    if word in words.places:
        return begin == place
    end = place + len(word)
    if word[-1] in "国國" and run[end : end + 1] in ("际", "際"):
        return False
    if word not in words.parts:
        return True
    kind = _kind(word[0])
    if begin < place and _kind(run[place - 1]) == kind and run[place - 1] != "・":
        return False
    after = run[end : end + 1]
    return (
        len(word) > 2
        or after in ("", "・")
        or _kind(after) != kind
        or any(run[end : end + length] in words.latin for length in words.lengths.get(after, ()))
    )


def _kind(sign: str) -> str:
    return "kana" if "\u3041" <= sign <= "\u30ff" else "hangul" if "\uac00" <= sign <= "\ud7a3" else "han"


def _read(text: str, words: Words) -> str:
    if len(text) < 4 and not words.signs and _HAN_ONLY(text) is not None:
        return text.translate(_PINYIN)
    return " ".join([_read_piece(piece, words) for piece in _PIECES.findall(text)])


def _read_piece(piece: str, words: Words) -> str:
    kind = _kind(piece[0])
    if kind == "kana":
        return read_letters(piece) or romanise_kana(piece)
    if kind == "hangul":
        return read_letters(piece) or romanise_hangul(piece)
    if words.signs:
        return "".join([words.signs.get(sign) or _PINYIN[ord(sign)] for sign in piece])
    return " ".join(_read_chinese(piece))


def _read_chinese(piece: str) -> Iterator[str]:
    while len(piece) > 4 and (area := _AREA.match(piece)) is not None:
        yield f"{area[1].translate(_PINYIN)} {_AREAS[area[2]]}"
        piece = piece[area.end() :]
    # names are mostly of two signs, so that longer ones are most often two names
    last = max(0, len(piece) // 2 * 2 - 2)
    yield from [piece[two : two + 2].translate(_PINYIN) for two in range(0, last, 2)]
    yield piece[last:].translate(_PINYIN)


class _Pinyin(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = anyascii(chr(code)).strip().lower()
        return self[code]


# signs of several readings, as names have them
_PINYIN = _Pinyin(
    {ord(sign): reading for sign, reading in zip("长長厦廈", ["chang", "chang", "xia", "xia"], strict=True)}
)


def translated_words(language: str) -> dict[str, str]:
    """The words of `east_asian_words.csv` in names of Japan ("ja") or of elsewhere ("zh"), and their Latin words.

    >>> translated_words("ja")["自動車"], translated_words("zh")["汽车"]
    ('motor', 'automobile')
    """
    return {
        word: row["latin"]
        for row in _rows("east_asian_words.csv")
        if row["kind"] in ("", "form", language)
        for word in row["words"].split(";")
    }


@cache
def _words(is_japanese: bool) -> Words:
    latin: dict[str, str] = {}
    places: dict[str, str] = {}
    signs: dict[str, str] = {}
    if is_japanese:
        for row in _rows("japanese_readings.csv"):
            (signs if len(row["word"]) == 1 else latin)[row["word"]] = row["reading"]
    else:
        for row in _rows("east_asian_words.csv"):
            for word in row["words"].split(";") if row["kind"] == "place" else ():
                places |= dict.fromkeys((word, f"{word}市", f"{word}省"), row["latin"] or word.translate(_PINYIN))
    latin |= places | translated_words("ja" if is_japanese else "zh")
    lengths: dict[str, set[int]] = {}
    for word in latin:
        lengths.setdefault(word[0], set()).add(len(word))
    parts = {word for word in latin if len(word) <= {"kana": 3, "hangul": 1, "han": 0}[_kind(word[0])]}
    return Words(
        latin=latin,
        lengths={first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        places=frozenset(places),
        parts=frozenset(parts),
        doubtful=frozenset(parts.union(places, (word for word in latin if word[-1] in "国國"))),
        signs=signs,
    )


@cache
def _leading_form() -> re.Pattern[str]:
    forms = [word for row in _rows("east_asian_words.csv") if row["kind"] == "form" for word in row["words"].split(";")]
    return re.compile(rf"\s*(?:{'|'.join(map(re.escape, sorted(forms, key=len, reverse=True)))})(?=\s*\S)")


def _rows(name: str) -> list[dict[str, str]]:
    lines = files("enrich.normalise").joinpath(name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
