"""What an organisation says of itself in a few sentences, less those that name a person or how to reach one.

No list of names comes with the program, so the rule errs to dropping: a sentence goes where it speaks of somebody's part in
the organisation and has words that may be a name, and so do its neighbours that have such words.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

MOST_LETTERS = 500
MOST_READ = 5_000
"""Letters that are looked at; the last sentence of a longer text goes, since the whole of it was not judged."""
LEFT_OUT = "…"
"""Stands where something was left out, and nowhere else: the three dots of a text itself stay three dots."""
_LEAST_WORDS = 3
_MOST_MARKED = 4 * MOST_READ
"""The same, its markup counted."""

_TAG = re.compile(r"<[^<>]{0,1000}>|[<>]")
_END = re.compile(r"(\w*)[.!?]+[\"'”’»)]*\s+(?=[\"'“«(]*[^\W_])")
_SHORTEST_LAST = 4
"""Letters of a word that ends a sentence: a shorter one may be abbreviated, as Dr. and A. are."""
_ABBREVIATED = frozenset(["prof", "dipl", "sivil", "cand", "ekon"])

_REACHES = re.compile(
    r"@|\(\s*(?:at|a|krøllalfa|alfakrøll|snabel-?a|ät)\s*\)|\[\s*(?:at|a)\s*\]|\{\s*at\s*\}|krøll-?alfa|alfa-?krøll|snabel-?a\b|"
    r"miukumauku|ät-merkki|\bat\b.{1,60}\bdot\b|://|\bwww\.|\b(?:linkedin|facebook|instagram)\.com",
)
_YEARS = re.compile(r"\b(?:1[89]|20)\d\d\s*[-–—/]\s*(?:1[89]|20)\d\d\b")
_PHONE = re.compile(r"\d(?:[\s().\-–/]{0,4}\d){6}")
"""Seven digits, however they are set apart."""

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_JOINING = frozenset(
    [
        "og",
        "och",
        "ja",
        "and",
        "und",
        "et",
        "en",
        "&",
        "av",
        "af",
        "von",
        "van",
        "de",
        "der",
        "den",
        "da",
        "di",
        "du",
        "dos",
        "la",
        "le",
        "ten",
        "bin",
        "al",
        "el",
    ]
)
"""What may stand between the words of a name, or between two names."""
_BEING = frozenset(["is", "a", "an", "the", "er", "en", "är", "on"])
_SOFT = frozenset(" .,&+/")


def _any_of(words: str) -> str:
    return "|".join(words.split())


_BY = r"\b.{0,200}\b(?:av|af|by|von|par|door|przez)\b"
_FOUNDED_BY_WORDS = """
    founded established started created formed launched grunnlagt grundlagt grunnlagd stiftet stifta startet starta etablert
    etableret oprettet opprettet skapt skabt dannet grundat grundad grundades grundats startat startad startades startats
    etablerat etablerad etablerades bildat bildades skapat skapades gegründet fondée fondé opgericht założona
"""
_FOUNDED_BY = re.compile(
    rf"\b(?:{_any_of(_FOUNDED_BY_WORDS)}|set\s+up){_BY}|\bperust(?:i|ivat|ama\w*|amien|anut|aneet)\b"
)
"""That somebody began it: who, may be said in any words."""
_DONE_BY_WORDS = """
    owned run led managed headed operated directed eid eies eiet ägs ägd ägt ejes ejet drives drivs drevet driven drivet leds ledes
    ledet leda bemannet skrevet skrivet written
"""
_DONE_BY = re.compile(rf"\b(?:{_any_of(_DONE_BY_WORDS)}){_BY}")
_NAMED = re.compile(
    r"\b(?:heter|hedder|nimeni|nimeltään|(?:mitt|mit)\s+(?:navn|namn)|my\s+name|i\s+am|i['’]m|"
    r"familien|familjen|family|perhe|perheen|ekteparet|ægteparret|makarna|brødrene|bröderna|brothers|sisters|søstrene|søsknene|syskonen|"
    r"veljekset|sisarukset)\b|\bv/|\bc/o\b"
)
_ROLE_WORDS = """
    ceo cto cfo coo cmo cio chair chairman chairwoman chairperson president director directors founder founders cofounder cofounders
    co-founder co-founders owner owners proprietor principal principals
    eier eiere eieren eierne innehaver innehaveren gründer gründere gründeren gründerne grunnlegger grunnleggere grunnleggeren
    grunnleggerne medgrunnlegger stifter stiftere stifteren direktør direktøren direktører styreleder styrelederen styreformann
    leder lederen kontaktperson
    ejer ejere ejeren ejerne indehaver indehaveren grundlægger grundlæggere grundlæggeren bestyrelsesformand formand
    vd ägare ägaren ägarna innehavare innehavaren grundare grundaren grundarna medgrundare direktör direktören ordförande
    styrelseordförande kontaktpersonen
    grunnla grunnlagde grundlagde stiftede stiftet grundade startade startet startede etablerade founded started established leads leder
    jeg jag hun hon han hans hennes hendes she he his minä hän hänen
"""
_ROLE = re.compile(
    rf"\b(?:{_any_of(_ROLE_WORDS)}|daglige?\s+leder|adm\.?\s*dir|perustaj\w*|omistaj\w*|toimitusjohtaj\w*|johtaj\w*|yrittäj\w*|omistaa|johtaa|luotsaa|"
    r"managing\s+(?:director|partner)|general\s+manager|senior\s+partner)\b"
)
_TITLE = re.compile(
    r"\b(?:mr|mrs|ms|miss|mister|dr|prof|professor|herr|fru|frøken|fröken|hr|rouva|herra|sir|madam|lady)\b\.?"
)
_TRADE_WORDS = """
    advokat advokaten jurist juristen tannlege tannlegen lege legen psykolog psykologen psykologspesialist fotograf fotografen arkitekt
    arkitekten terapeut terapeuten kiropraktor fysioterapeut frisør kunstner kunstneren designer revisor megler eiendomsmegler
    regnskapsfører rådgiver konsulent musiker forfatter snekker tømrer elektriker rørlegger byggmester veterinær
    tandlæge læge psykoterapeut kunstnerinde arkitekter tandläkare läkare konstnär konstnären frisör författare veterinär snickare
    lawyer attorney dentist doctor photographer architect therapist artist author psychologist physiotherapist chiropractor
    asianajaja hammaslääkäri lääkäri valokuvaaja arkkitehti terapeutti taiteilija kampaaja psykologi
"""
_TRADE = re.compile(rf"\b(?:{_any_of(_TRADE_WORDS)})\b")


def describe(text: str) -> str | None:
    """What may be kept of a text in which an organisation describes itself, at most `MOST_LETTERS` long; none where nothing is left.

    Where something was left out, `LEFT_OUT` stands. Without markup; sentences that reach or may name a person are gone.

    >>> describe("Vi bygger b&aring;ter i Bodø. Grunnlagt i 1987 av Kari Nordmann. Ring 22 33 44 55!")
    'Vi bygger båter i Bodø. …'
    """
    plain = _plain(text)
    sentences = list(_sentences(plain[:MOST_READ]))
    stay = _may_stay(sentences)
    if sentences and (len(plain) > MOST_READ or len(text) > _MOST_MARKED):
        stay[-1] = False
    kept = _cut([one if may_stay else LEFT_OUT for one, may_stay in zip(sentences, stay, strict=True)])
    said = " ".join(one for one, _ in groupby(kept))  # marks that follow each other are one
    return said if len(_WORD.findall(said)) >= _LEAST_WORDS else None


def _plain(text: str) -> str:
    """The text without markup, without letters that are not seen, in one spelling, words divided by one space."""
    # some write the markup of their markup
    bare = _TAG.sub(" ", html.unescape(html.unescape(text[:_MOST_MARKED])))
    one_spelling = unicodedata.normalize("NFKC", bare)
    seen = (
        " " if one.isspace() else "" if unicodedata.category(one).startswith("C") else one
        for one in one_spelling.replace(LEFT_OUT, "...")
    )
    return " ".join("".join(seen).split())


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        last = end[1].casefold()
        if len(last) >= _SHORTEST_LAST and last not in _ABBREVIATED:
            yield text[start : end.end()].strip()
            start = end.end()
    if text[start:]:
        yield text[start:]


def _may_stay(sentences: list[str]) -> list[bool]:
    """Whether each sentence may be kept."""
    speaks = [_ROLE.search(one.casefold()) is not None for one in sentences]
    return [
        not (_reaches(one) or _names(one) or (_may_name(one) and any(speaks[max(place - 1, 0) : place + 2])))
        for place, one in enumerate(sentences)
    ]


def _reaches(sentence: str) -> bool:
    """Whether it says how to reach somebody."""
    folded = sentence.casefold()
    return _REACHES.search(folded) is not None or _PHONE.search(_YEARS.sub(" ", folded)) is not None


def _names(sentence: str) -> bool:
    """Whether it says who somebody is, by itself."""
    folded = sentence.lower()  # of the same length as the sentence, but for letters that no language here has
    if _FOUNDED_BY.search(folded):
        return True
    words = [(one.start(), one.end(), one[0][0].isupper()) for one in _WORD.finditer(sentence)]
    has_case = len({is_capital for _, _, is_capital in words}) == 2
    for done in (*_DONE_BY.finditer(folded), *_NAMED.finditer(folded)):
        if not has_case or any(is_capital for start, _, is_capital in words if start >= done.start() + 1):
            return True
    if any(_capitals_after(sentence, title.end()) for title in _TITLE.finditer(folded)):
        return True
    for role in _ROLE.finditer(folded):
        if not has_case or _capitals_after(sentence, role.end()) or _capitals_before(sentence, role.start()):
            return True
    return any(
        _capitals_after(sentence, trade.end()) > 1 or _capitals_before(sentence, trade.start()) > 1
        for trade in _TRADE.finditer(folded)
    )


def _capitals_after(sentence: str, place: int) -> int:
    """How many words with a capital follow a place one after the other."""
    return _count_capitals(re.split(r"[\s,:–—(«\"“-]+", sentence[place : place + 100].strip(' ,.:–—-(«"“')))


def _capitals_before(sentence: str, place: int) -> int:
    """How many words with a capital stand before a place one after the other; "John Smith is a" ends with two."""
    words = re.split(r"[\s,:–—)»\"”-]+", sentence[max(place - 100, 0) : place].strip(' ,.:–—-)»"”'))
    while words and words[-1] in _BEING:
        words.pop()
    return _count_capitals(reversed(words))


def _count_capitals(words: Iterable[str]) -> int:
    count = 0
    for word in words:
        if not word[:1].isupper():
            break
        count += 1
    return count


def _may_name(sentence: str) -> bool:
    """Whether words stand together that may be a name or names: two capitals in a row, or no case to tell by."""
    found = list(_WORD.finditer(sentence))
    if len({one[0][0].isupper() for one in found}) < 2:
        return True
    run, end = 0, 0
    for one in found:
        if not _SOFT.issuperset(sentence[end : one.start()]):
            run = 0
        end = one.end()
        if one[0][0].isupper():
            run += 1
            if run > 1:
                return True
        elif one[0].casefold() not in _JOINING:
            run = 0
    return False


def _cut(sentences: list[str]) -> list[str]:
    """As many sentences as there is room for, at least the words of the first that has any."""
    kept: list[str] = []
    room = MOST_LETTERS - len(LEFT_OUT) - 1
    for one in sentences:
        if len(one) <= room:
            kept.append(one)
            room -= len(one) + 1
            continue
        if all(each == LEFT_OUT for each in kept):
            kept.append(one[: room + 1].rpartition(" ")[0])
        return [*kept, LEFT_OUT]
    return kept
