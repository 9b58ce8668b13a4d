"""The languages whose words are analysed: stemmer, letters that link compounds, and words that say nothing.

A company's text is read in the language of its country. Where it is written in another one it loses that language's stems and
splits, no more: the same word always becomes the same terms within a language, and a search asks in each.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from enrich.words.stem import other_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`stemmer` is snowball's name; `links` are the letters that may stand between the parts of a compound, none where
    words are not written together. `inflect` gives the other forms of a word where the stemmer takes off more than inflections, so
    that products, production and productivity have one stem; None where all words of a stem are forms of one.
    """

    code: str
    stemmer: str
    links: tuple[str, ...]
    stop_words: frozenset[str]
    inflect: Callable[[str], tuple[str, ...]] | None


_STEMMERS = {"nb": "norwegian", "sv": "swedish", "da": "danish", "fi": "finnish", "en": "english"}

_LINKS = {
    "nb": ("", "s", "e"),
    "da": ("", "s", "e"),
    "sv": ("", "s", "e", "u", "o"),  # programvara: programvaruhus; flicka: flickoskola
    "fi": ("", "n"),  # the genitive: vene, veneenrakennus
    "en": (),
}

_INFLECT = {"en": other_number}

_COUNTRIES = {"NO": "nb", "SJ": "nb", "SE": "sv", "AX": "sv", "DK": "da", "GL": "da", "FO": "da", "FI": "fi"}
DEFAULT = "en"


@cache
def languages() -> Mapping[str, Language]:
    """All languages by code, English last: nb, sv, da, fi, en."""
    said = tomllib.loads(files("enrich.words").joinpath("stop_words.toml").read_text(encoding="utf-8"))
    return {
        code: Language(
            code=code,
            stemmer=_STEMMERS[code],
            links=_LINKS[code],
            stop_words=frozenset(said[code].split()),
            inflect=_INFLECT.get(code),
        )
        for code in _STEMMERS
    }


def country_languages() -> Mapping[str, str]:
    """The language in which the texts of a country's companies are read; `DEFAULT` for all others."""
    return _COUNTRIES
