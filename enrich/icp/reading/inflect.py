"""The forms in which a word is written, by language: more than there are, so that none that is written is missed.

A form that no text has costs nothing. What is inflected past these endings stands in the lists in each of its forms.
"""

import re
from collections.abc import Iterator

_VOWELS = "aeiouyæøåäöé"
_ENGLISH = frozenset(["s", "es", "'s", "'"])
_AFTER_VOWEL = frozenset(
    [
        *("r", "n", "t", "s", "ne", "rne", "rna", "na", "er", "en", "et", "ene", "erne", "erna"),
        *("ns", "rs", "nes", "ts"),
    ]
)
_AFTER_CONSONANT = frozenset(
    [
        *("e", "en", "et", "er", "ene", "erne", "ar", "arna", "erna", "a", "s", "ens", "ets", "ers"),
        *("or", "na", "t", "ne", "nes", "n", "es"),
    ]
)
_INSTEAD_OF_VOWEL = frozenset(
    [
        *("na", "nas", "er", "ene", "or", "orna", "ar", "arna", "a", "en", "et", "erna", "e", "erne"),
    ]
)
_SHORTEST = 3

_GRADATION = (
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
    ("nk", "ng"),
    ("nt", "nn"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("mp", "mm"),
    ("ht", "hd"),
    ("hk", "h"),
    ("lk", "l"),
    ("rk", "r"),
)
_SINGLE = {"k": "", "p": "v", "t": "d"}
_CASES = frozenset(
    [
        *("n", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "t", "mme", "ksi"),
    ]
)
_PARTITIVE = frozenset(["a", "ä", "ta", "tä", "na", "nä"])
_PLURAL = frozenset(
    [
        *(
            "ja",
            "jä",
            "ita",
            "itä",
            "ia",
            "iä",
            "oita",
            "öitä",
            "eita",
            "eitä",
            "eja",
            "ejä",
            "jen",
            "iden",
            "ien",
            "ten",
        ),
        *("issa", "issä", "illa", "illä", "ista", "istä", "ille", "ilta", "iltä", "oista", "öistä", "oille", "öille"),
    ]
)
LONGEST_ENDING = 5


Stem = tuple[str, frozenset[str]]
"""What endings are put to, and which."""


def list_stems(word: str, language: str) -> list[Stem]:
    """The stems of a word or phrase (its last word) in lower case, each with the endings that it is written with.

    >>> [stem for stem, endings in list_stems("law firm", "en")]
    ['law firm']
    >>> [stem + "lla" for stem, endings in list_stems("Tampere", "fi") if "lla" in endings]
    ['tamperella', 'tampereella']
    """
    before, _, last = word.lower().rpartition(" ")
    made = {"en": _english, "fi": _finnish}.get(language, _nordic)
    return [(f"{before} {stem}".strip(), endings) for stem, endings in made(last)]


def list_name_stems(name: str) -> list[Stem]:
    """The stems of a Finnish place's name: no plural, so that Kemi is never "kemia".

    >>> {stem for stem, endings in list_name_stems("Lahti") if "ssa" in endings} >= {"lahde"}
    True
    """
    before, _, last = name.lower().rpartition(" ")
    strong, weak = _stems(last)
    stems = [(stem, _CASES) for stem in sorted(weak)]
    stems += [(stem, frozenset({stem[-1] + "n", "seen"})) for stem in sorted(strong)]
    return [(f"{before} {stem}".strip(), endings) for stem, endings in stems]


def list_forms(word: str, language: str) -> frozenset[str]:
    """Every form of a word, in lower case.

    >>> sorted(list_forms("agency", "en"))
    ['agencies', 'agency', "agency'", "agency's", 'agencyes', 'agencys']
    >>> "snickarna" in list_forms("snickare", "sv"), "yritysten" in list_forms("yritys", "fi")
    (True, True)
    """
    return frozenset(
        {word.lower()} | {stem + ending for stem, endings in list_stems(word, language) for ending in endings}
    )


def _english(word: str) -> Iterator[Stem]:
    yield word, _ENGLISH
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        yield word[:-1], frozenset({"ies"})


def _nordic(word: str) -> Iterator[Stem]:
    if len(word) < _SHORTEST:
        return
    if word[-1] in _VOWELS:
        yield word, _AFTER_VOWEL
        if word[-1] in "ea":
            yield word[:-1], _INSTEAD_OF_VOWEL
        return
    yield word, _AFTER_CONSONANT
    if word[-2] in _VOWELS:
        yield word + word[-1], _AFTER_CONSONANT
    if word.endswith("er"):
        yield word[:-2], frozenset({"re", "rene", "rer", "rne", "ret", "ren"})


def _finnish(word: str) -> Iterator[Stem]:
    strong, weak = _stems(word)
    for stem in sorted(weak):
        yield stem, _CASES
    for stem in sorted(strong | weak):
        yield stem, _PARTITIVE | _PLURAL | {stem[-1] + "n", "seen"}
        yield stem[:-1], _PLURAL | {"oja", "öjä"}


def _stems(word: str) -> tuple[set[str], set[str]]:
    """What case endings are put to: the strong grade, and the weak one, wherever a name may have it."""
    strong = {word if word[-1] in _VOWELS else f"{word}i"}
    weak: set[str] = set()
    if word.endswith("nen"):
        strong |= {word[:-3] + "se", word[:-3] + "si"}
        weak |= {word[:-3] + "s", word[:-3] + "ste"}
    if word.endswith(("us", "ys", "os", "es", "as", "is", "äs")):
        strong |= {word[:-1] + "kse", word[:-1] + "ksi", word[:-1] + word[-2]}
        weak |= {word[:-1] + "de", word[:-1] + "ksie"}
    if word.endswith("i"):
        strong.add(word[:-1] + "e")
    if word.endswith("si"):
        weak.add(word[:-2] + "de")
    if word.endswith("e"):
        strong.add(word + "e")
        if word[-2:-1] in ("k", "p", "t"):  # liike → liikkeet
            strong.add(word[:-1] + word[-2] + "ee")
    weak |= strong | {_weaken(stem) for stem in strong}
    return strong, weak


def _weaken(stem: str) -> str:
    """The weak grade of the consonants before the last vowels: helsinki → helsingi, turku → turu."""
    match = re.search(rf"([^{_VOWELS}]*)([{_VOWELS}]+)$", stem)
    if match is None or not match[1]:
        return stem
    head, consonants, vowels = stem[: match.start()], match[1], match[2]
    for strong, weak in _GRADATION:
        if consonants.endswith(strong):
            return head + consonants[: -len(strong)] + weak + vowels
    return head + (_SINGLE.get(consonants, consonants)) + vowels
