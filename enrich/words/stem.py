"""A word's term: its stem in plain letters, so that inflections and spellings of one word are one."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

import snowballstemmer

MARKED = "áàâäåãāæçčéèêëēíìîïīñóòôöøōðšşßúùûüūýÿžż"
PLAIN = "aaaaaaaacceeeeeiiiiinoooooodsssuuuuuyyzz"
"""What each letter of `MARKED` is without its mark."""

_PLAIN = str.maketrans(MARKED, PLAIN)
_SPELLED_OUT = {"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe"}
_LETTERS = {"aa": "å", "ae": "æä", "oe": "øö"}
_MOST_SPELLINGS = 16


def fold_letters(word: str) -> str:
    """The word in small plain letters, as long as it was: Nordic letters and accents are as their plain likes.

    >>> fold_letters("Måløy"), fold_letters("ÄÄNITYS"), fold_letters("bæreevne")
    ('maloy', 'aanitys', 'bareevne')
    """
    return word.lower().translate(_PLAIN)


def stem_words(words: Iterable[str], stemmer: str) -> list[str]:
    """The term of each word (lower case, in its own letters), in order; the stemmer has to see å, ä, æ, ö and ø.

    >>> stem_words(["utviklingen", "utvikling", "kjøttet"], "norwegian")
    ['utvikling', 'utvikling', 'kjott']
    """
    return [stem.translate(_PLAIN) for stem in _stemmer(stemmer).stemWords(list(words))]


def other_number(word: str) -> tuple[str, ...]:
    """An English word as it may be written in the other number; what is no word among these finds nothing.

    >>> other_number("company"), other_number("boxes"), other_number("glass")
    (('companys', 'companyes', 'companies'), ('boxess', 'boxeses', 'boxe', 'box'), ('glasss', 'glasses'))
    """
    forms = [word + "s", word + "es"]
    if word.endswith("y"):
        forms.append(word[:-1] + "ies")
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    if word.endswith("es"):
        forms.append(word[:-2])
    return tuple(forms)


def spell_both_ways(word: str) -> Iterator[str]:
    """The word and its other spellings: with Nordic letters for aa, ae and oe, and the reverse.

    >>> list(spell_both_ways("båt")), list(spell_both_ways("baerum"))
    (['båt', 'baat'], ['baerum', 'bærum', 'bärum'])
    """
    yield word
    spelled_out = "".join(_SPELLED_OUT.get(letter, letter) for letter in word)
    if spelled_out != word:
        yield spelled_out
        return
    choices: list[str | tuple[str, ...]] = []
    place = 0
    while place < len(word):
        pair = word[place : place + 2]
        choices.append((pair, *_LETTERS[pair]) if pair in _LETTERS else word[place])
        place += 2 if pair in _LETTERS else 1
    found = product(*((choice,) if isinstance(choice, str) else choice for choice in choices))
    for _, spelling in zip(range(_MOST_SPELLINGS), found, strict=False):
        if "".join(spelling) != word:
            yield "".join(spelling)


@cache
def _stemmer(name: str) -> "snowballstemmer.basestemmer.BaseStemmer":
    return snowballstemmer.stemmer(name)
