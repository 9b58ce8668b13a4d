"""Hangul in Latin letters by Revised Romanisation, and the names of Latin letters that Koreans spell brands with."""

import re

# In the order of Unicode's syllables; "-" is a consonant that is not spoken.
_FIRST, _VOWEL, _LAST, _BEFORE_VOWEL = (
    ["" if sound == "-" else sound for sound in sounds.split(" ")]
    for sounds in (
        "g kk n d tt r m b pp s ss - j jj ch k t p h",
        "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
        "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t",
        "- g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p -",
    )
)
_LETTERS = {
    "에이치": "h", "더블유": "w", "에이": "a", "에프": "f", "아이": "i", "제이": "j", "케이": "k", "에스": "s", "브이": "v",
    "엑스": "x", "와이": "y", "제트": "z", "앤드": "&", "비": "b", "씨": "c", "시": "c", "디": "d", "이": "e", "지": "g", "쥐": "g",
    "엘": "l", "엠": "m", "엔": "n", "오": "o", "피": "p", "큐": "q", "알": "r", "티": "t", "유": "u", "앤": "&",
}  # fmt: skip
_LETTER = re.compile("|".join(_LETTERS))
_SPELLED = re.compile(rf"(?:{'|'.join(_LETTERS)}){{2,}}")
# Single syllables are also parts of words: a spelled name has at least one letter that hardly is.
_TELLING = re.compile("에이|에프|제이|케이|에스|브이|더블유|엑스|와이|엘|엠|앤")


def romanise_hangul(hangul: str) -> str:
    """Syllables in Latin letters; a final consonant is spoken with a vowel that follows, other changes are left out.

    >>> romanise_hangul("넥센"), romanise_hangul("한라"), romanise_hangul("독립")
    ('neksen', 'hanra', 'dokrip')
    """
    codes = [ord(sign) - 0xAC00 for sign in hangul]
    return "".join(
        _FIRST[code // 588] + _VOWEL[code % 588 // 28] + (_BEFORE_VOWEL if following // 588 == 11 else _LAST)[code % 28]
        for code, following in zip(codes, [*codes[1:], 0], strict=True)
    )


def name_letters(hangul: str) -> str:
    """The Latin letters that the syllables name, or an empty text where they do not all name letters.

    >>> name_letters("에스케이"), name_letters("엘지"), name_letters("디지털"), name_letters("비지")
    ('sk', 'lg', '', '')
    """
    if _SPELLED.fullmatch(hangul) is None or _TELLING.search(hangul) is None:
        return ""
    return "".join([_LETTERS[letter] for letter in _LETTER.findall(hangul)])
