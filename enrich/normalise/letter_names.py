"""Names of Latin letters in Katakana and Hangul, which brands are spelled with there."""

import re

_KOREAN = {
    "에이치": "h", "더블유": "w", "에이": "a", "에프": "f", "아이": "i", "제이": "j", "케이": "k", "에스": "s", "브이": "v",
    "엑스": "x", "와이": "y", "제트": "z", "앤드": "&", "비": "b", "씨": "c", "시": "c", "디": "d", "이": "e", "지": "g", "쥐": "g",
    "엘": "l", "엠": "m", "엔": "n", "오": "o", "피": "p", "큐": "q", "알": "r", "티": "t", "유": "u", "앤": "&",
}  # fmt: skip
_JAPANESE = {
    "ダブリュー": "w", "エックス": "x", "エイチ": "h", "エッチ": "h", "ジェイ": "j", "ジェー": "j", "ディー": "d", "キュー": "q",
    "アール": "r", "ティー": "t", "ゼット": "z", "アンド": "&", "エイ": "a", "エー": "a", "ビー": "b", "シー": "c", "デー": "d",
    "イー": "e", "エフ": "f", "ジー": "g", "アイ": "i", "ケイ": "k", "ケー": "k", "エル": "l", "エム": "m", "エヌ": "n", "オー": "o",
    "ピー": "p", "エス": "s", "ティ": "t", "ユー": "u", "ブイ": "v", "ワイ": "y",
}  # fmt: skip
_LETTERS = _KOREAN | _JAPANESE
_LETTER = re.compile("|".join(_LETTERS))
_SPELLED = re.compile(rf"(?:(?:{'|'.join(_LETTERS)})・?){{2,}}")
# The others are also parts of words: a spelled name has at least one letter whose name hardly is.
_TELLING = re.compile(
    "에이|에프|제이|케이|에스|브이|더블유|엑스|와이|엘|엠|앤|エ[ーイスヌムルフッ]|ジェ|ケ[ーイ]|[ビシジピ]ー"
)


def read_letters(name: str) -> str:
    """The Latin letters that the signs name, or an empty text where they do not all name letters.

    >>> read_letters("에스케이"), read_letters("엘지"), read_letters("エヌ・ティ・ティ"), read_letters("ジェイアール")
    ('sk', 'lg', 'ntt', 'jr')
    >>> read_letters("디지털"), read_letters("비지"), read_letters("アイオー")
    ('', '', '')
    """
    if _SPELLED.fullmatch(name) is None or _TELLING.search(name) is None:
        return ""
    return "".join([_LETTERS[letter] for letter in _LETTER.findall(name)])
