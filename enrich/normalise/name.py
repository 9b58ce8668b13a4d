"""Company names made comparable: one alphabet, one spelling of legal forms, and those only at the ends.

Works on many names at once, because folding one long text is far cheaper than folding a million short ones.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


def _code_points(table: dict[str, str]) -> dict[int, str]:
    return {ord(letter): spelling for letter, spelling in table.items()}


# NFKD takes accents off; these are letters of their own that it leaves whole.
_LETTERS: dict[int, str | None] = {
    **dict.fromkeys(range(0x300, 0x370)),
    **_code_points({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "œ": "oe", "ı": "i"}),
    **dict.fromkeys(map(ord, "’‘´ʼ")),
}
# Apostrophes join, all other punctuation divides.
_ASCII = str.maketrans(
    {chr(code): " " for code in range(128) if not chr(code).isalnum() and chr(code) not in "\n&'`"}
    | {"'": None, "`": None}
)
_OTHER_DIVIDERS = re.compile(r"[^\w\n&'` ]+")
_SINGLE_LETTERS = re.compile(r" \w(?: +\w)+(?![^ \n])")
_CONNECTORS = ("and", "og", "och", "ja", "und", "et")
_DIGRAPHS = (("aa", "a"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
_UNSPACED_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalName:
    """A name in its comparable forms; empty texts where nothing of it can be compared.

    `core_name`: words in one alphabet, without legal forms at the ends, ø/oe, å/aa, æ/ae, ü/ue made equal, e.g.
    "bjorn dahle". `core_key`: the same without spaces. `name_key`: the whole name with its legal form in one spelling,
    letters as written. `legal_form_class`: that spelling of the form, e.g. "as"; several joined with "+".
    """

    core_name: str
    core_key: str
    name_key: str
    legal_form_class: str


def normalise_name(name: str) -> NormalName:
    """One name in its comparable forms.

    >>> normalise_name("Bjørn & Dåhle Aksjeselskap")
    NormalName(core_name='bjorn dahle', core_key='bjorndahle', name_key='bjorndahle|as', legal_form_class='as')
    >>> normalise_name("BJOERN OG DAAHLE A/S").core_key == normalise_name("Bjørn & Dåhle AS").core_key
    True
    >>> normalise_name("AB Volvo (publ)").core_name, normalise_name("Hydro AS Norge").core_name
    ('volvo', 'hydro as norge')
    """
    return normalise_names([name])[0]


def normalise_names(names: Sequence[str]) -> list[NormalName]:
    """Many names at once; as `normalise_name` for each."""
    return [
        NormalName(core_name=core, core_key=key, name_key=full, legal_form_class=form)
        for core, key, full, form in zip(*normal_columns(names), strict=True)
    ]


def normal_columns(names: Sequence[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Core names, core keys, name keys and legal form classes of many names, as columns."""
    cores: list[str] = []
    forms: list[str] = []
    table = legal_forms()
    for line in _fold_lines(names) if names else ():
        core, form = _split_legal_form(line, table)
        cores.append(core)
        forms.append(form)
    spaceless = [core.replace(" ", "") for core in cores]
    full = [f"{core}|{form}" if core else "" for core, form in zip(spaceless, forms, strict=True)]
    return _fold_all(cores), _fold_all(spaceless), full, forms


def _fold_all(texts: Sequence[str]) -> list[str]:
    return fold_digraphs("\n".join(texts)).split("\n") if texts else []


def fold_digraphs(text: str) -> str:
    """Folded text with the two-letter spellings of Nordic and German vowels made one letter, as accents already are.

    >>> fold_digraphs("bjoern"), fold_digraphs("bjorn"), fold_digraphs("aabenraa")
    ('bjorn', 'bjorn', 'abenra')
    """
    while True:
        before = text
        for two, one in _DIGRAPHS:
            text = text.replace(two, one)
        if text == before:
            return text


def fold_text(text: str) -> str:
    """Any text in lower case without accents and punctuation, words divided by one space.

    >>> fold_text("  Tromsø/Ås, N. Y. ")
    'tromso as ny'
    """
    return " ".join(_fold_lines([text])[0].split())


def _fold_lines(texts: Sequence[str]) -> list[str]:
    """Each text folded; words divided by spaces, "&" and its spellings a word of their own."""
    lines = [text if text.isprintable() else " ".join(text.split()) for text in texts]
    accented = [place for place, line in enumerate(lines) if not line.isascii()]
    _replace_lines(lines, accented, _fold_letters)
    # apart from the rest, because one letter of another script makes str.translate 20 times slower for all
    foreign = [place for place in accented if not lines[place].isascii()]
    kept = [lines[place] for place in foreign]
    for place in foreign:
        lines[place] = ""
    lines = _divide_words("\n".join(lines)).split("\n")
    for place, line in zip(foreign, kept, strict=True):
        lines[place] = line
    _replace_lines(lines, foreign, _divide_words)
    return lines


def _replace_lines(lines: list[str], places: list[int], change: Callable[[str], str]) -> None:
    if places:
        changed = change("\n".join([lines[place] for place in places])).split("\n")
        for place, line in zip(places, changed, strict=True):
            lines[place] = line


def _divide_words(text: str) -> str:
    text = text.lower().translate(_ASCII).replace("&", " & ")
    for word in _CONNECTORS:
        while f" {word} " in text:
            text = text.replace(f" {word} ", " & ")
    return _SINGLE_LETTERS.sub(_without_inner_spaces, " " + text.replace("\n", "\n "))


def _fold_letters(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    # composed again: what NFKD took apart in Japanese and Korean are letters, not accents
    return _OTHER_DIVIDERS.sub(" ", unicodedata.normalize("NFC", text))


def _without_inner_spaces(found: re.Match[str]) -> str:
    return " " + found[0].replace(" ", "")


def _split_legal_form(line: str, table: "LegalForms") -> tuple[str, str]:
    """The words of a folded name without the legal forms at its ends, and the class of those."""
    longest_by_last_word, at_end, at_start = table.longest_by_last_word, table.at_end, table.at_start
    words = line.split()
    classes: list[str] = []
    while len(words) > 1 and (longest := longest_by_last_word.get(words[-1])) is not None:
        length = min(longest, len(words) - 1)
        while length and (form := at_end.get(words[-1] if length == 1 else " ".join(words[-length:]))) is None:
            length -= 1
        if not length or form is None:
            break
        classes.append(form)
        del words[-length:]
    while len(words) > 1 and (form := at_start.get(words[0])) is not None:
        classes.append(form)
        del words[0]
    if "&" in words:
        words = [word for word in words if word != "&"]
    core = " ".join(words)
    if not core.isascii() and _UNSPACED_SCRIPT.search(core):
        core, form = _strip_unspaced(core, table)
        classes.append(form)
    if len(classes) < 2:
        return core, classes[0] if classes else ""
    telling = {form for form in classes if form}
    return core, "+".join(sorted(telling - {"co"} or telling))


def _strip_unspaced(core: str, table: "LegalForms") -> tuple[str, str]:
    for text, form in table.unspaced:
        if core != text and core.startswith(text):
            return core[len(text) :].strip(), form
        if core != text and core.endswith(text):
            return core[: -len(text)].strip(), form
    return core, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalForms:
    """The table of legal forms, folded as names are, ready for lookup."""

    at_end: dict[str, str]
    at_start: dict[str, str]
    longest_by_last_word: dict[str, int]
    unspaced: tuple[tuple[str, str], ...]


@cache
def legal_forms() -> LegalForms:
    """`legal_forms.csv`: class, countries, place (end, start or both), spellings divided by semicolons."""
    at_end: dict[str, str] = {}
    at_start: dict[str, str] = {}
    unspaced: dict[str, str] = {}
    with files("enrich.normalise").joinpath("legal_forms.csv").open("r", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for spelling in row["forms"].split(";"):
                form = fold_text(spelling)
                if _UNSPACED_SCRIPT.search(form):
                    unspaced.setdefault(form, row["class"])
                if row["place"] != "start":
                    at_end.setdefault(form, row["class"])
                if row["place"] != "end" and " " not in form:
                    at_start.setdefault(form, row["class"])
    longest: dict[str, int] = {}
    for form in at_end:
        words = form.split()
        longest[words[-1]] = max(longest.get(words[-1], 0), len(words))
    return LegalForms(
        at_end=at_end,
        at_start=at_start,
        longest_by_last_word=longest,
        unspaced=tuple(sorted(unspaced.items(), key=lambda pair: (-len(pair[0]), pair[0]))),
    )
