"""Hangul in Latin letters by Revised Romanisation."""

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
