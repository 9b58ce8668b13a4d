"""What an organisation says of itself in a few sentences, less those that name a person or how to reach one.

No list of names comes with the program, so the rule errs to dropping: a sentence goes where two words with capitals stand together,
unless both are of the organisation's own name, and where it speaks of somebody, or does not begin with a capital.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from urllib.parse import urlsplit

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
_PHONE = re.compile(r"\d(?:[\s().\-–/]{0,4}\d){5}")
"""Six digits, however they are set apart."""


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _any_of(words: str) -> str:
    return "|".join(words.split())


_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[’'-])*")
_BREAKS = re.compile(r"[,;:!?|/•·–—…\d]|\s-\s")
"""What divides two names that follow each other from the two words of one name."""
_OPENING = _set_of(
    "I Hos På Med For För Til Fra Från Når När Vår Vårt Våre Våra Vores Din Ditt Dine Hele Hela Ved Og Och Eller "
    "The Our Your At In On With From As And Meillä"
)
"""Words by which a sentence begins before a place or a firm, and that nobody is called: Vi, Till and Dina are names too."""
_WITHIN = _set_of("von van af de der den da di du dos la le ten bin al el")
"""Small words within a name."""
_LEGAL_FORMS = _set_of("as asa ans da ab hb aps oy oyj ltd limited plc llc inc gmbh ag bv nv")
_BESIDE_A_NAME = _set_of(
    "mr mrs ms miss mister dr prof professor herr fru frøken fröken hr rouva herra sir madam lady familien familjen family perhe "
    "perheen ekteparet ægteparret makarna brødrene bröderna brothers sisters søstrene søsknene syskonen veljekset sisarukset"
)
"""Beside these, one word with a capital is a name."""


_DONE_BY_WORDS = """
    founded established started created formed launched owned run led managed headed operated directed driven written
    grunnlagt grundlagt grunnlagd stiftet stifta startet starta etablert etableret oprettet opprettet skapt skabt dannet
    eid eies eiet ejes ejet drives drevet drivet leds ledes ledet leda bemannet skrevet overtatt
    grundat grundad grundades grundats startat startad startades startats etablerat etablerad etablerades bildat bildades skapat
    skapades skrivet ägs ägd ägt drivs gegründet fondée fondé opgericht założona
"""
_PART_WORDS = """
    ceo cto cfo coo cmo cio chairman chairwoman chairperson president director directors founder founders cofounder cofounders
    co-founder co-founders owner owners proprietor founded
    eier eiere eieren eierne innehaver innehaveren gründer gründere gründeren gründerne grunnlegger grunnleggere grunnleggeren
    grunnleggerne medgrunnlegger stifter stiftere stifteren direktør direktøren direktører styreleder styrelederen styreformann
    leder lederen kontaktperson
    ejer ejere ejeren ejerne indehaver indehaveren grundlægger grundlæggere grundlæggeren bestyrelsesformand formand
    vd ägare ägaren ägarna innehavare innehavaren grundare grundaren grundarna medgrundare direktör direktören ordförande
    styrelseordförande kontaktpersonen
    grunnla grunnlagde grundlagde stiftede stiftet grundade startade startede etablerade omistaa johtaa luotsaa
    heter hedder nimeni nimeltään jeg jag hun hon han hans hennes hendes she he his minä hän hänen
"""
_SOMEBODY = re.compile(
    rf"\b(?:(?:{_any_of(_DONE_BY_WORDS)}|set\s+up)\b.{{0,200}}\b(?:av|af|by|von|par|door|przez)|{_any_of(_PART_WORDS)}|daglige?\s+leder|"
    r"adm\.?\s*dir|perust(?:aj\w*|i|ivat|ama\w*|amien|anut|aneet)|omistaj\w*|toimitusjohtaj\w*|johtaj\w*|yrittäj\w*|"
    r"managing\s+(?:director|partner)|general\s+manager|senior\s+partner|(?:mitt|mit)\s+(?:navn|namn)|my\s+name|i\s+am|i['’]m)\b|\bv/|\bc/o\b"
)
"""That it speaks of somebody: a single name in it, or one in small letters, would not be known for a name."""


def describe(text: str, names: Iterable[str | None] = ()) -> str | None:
    """What may be kept of a text in which an organisation describes itself, at most `MOST_LETTERS` long; none where nothing is left.

    `names` are the organisation's own, whose words name nobody. Where something was left out, `LEFT_OUT` stands. Without markup;
    sentences that reach or may name a person are gone.

    >>> describe("Vi bygger b&aring;ter i Bodø. Kontakt Kari Nordmann. Ring 22 33 44 55!")
    'Vi bygger båter i Bodø. …'
    >>> describe("Nordfjord Merder bygger merder.", ["Nordfjord Merder AS"])
    'Nordfjord Merder bygger merder.'
    """
    own = _LEGAL_FORMS.union(word.casefold() for name in names if name for word in _WORD.findall(_plain(name)))
    plain = _plain(text)
    sentences = list(_sentences(plain[:MOST_READ]))
    stay = [not (_reaches(one) or _may_name(one, own)) for one in sentences]
    if sentences and (len(plain) > MOST_READ or len(text) > _MOST_MARKED):
        stay[-1] = False
    kept = _cut([one if may_stay else LEFT_OUT for one, may_stay in zip(sentences, stay, strict=True)])
    said = " ".join(one for one, _ in groupby(kept))  # marks that follow each other are one
    return said if len(_WORD.findall(said)) >= _LEAST_WORDS else None


def domain_words(url: str) -> str:
    """The words of a site's domain, less its ending.

    >>> domain_words("https://www.nord-merder.no/om-oss")
    'nord merder'
    """
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")[:-1]
    return " ".join(labels).replace("-", " ")


def _plain(text: str) -> str:
    """The text without markup, without letters that are not seen, in one spelling, words divided by one space."""
    # some write the markup of their markup
    bare = _TAG.sub(" ", html.unescape(html.unescape(text[:_MOST_MARKED])))
    one_spelling = unicodedata.normalize("NFKC", bare)
    seen = (
        " " if one.isspace() else one for one in one_spelling.replace(LEFT_OUT, "...") if one.isspace() or _is_seen(one)
    )
    return " ".join("".join(seen).split())


def _is_seen(letter: str) -> bool:
    return (
        not unicodedata.category(letter).startswith("C") and not "\ufe00" <= letter <= "\ufe0f"
    )  # how the one before is drawn


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        if not _is_abbreviated(end[1]):
            yield text[start : end.end()].strip()
            start = end.end()
    if text[start:]:
        yield text[start:]


def _reaches(sentence: str) -> bool:
    """Whether it says how to reach somebody."""
    folded = sentence.casefold()
    return _REACHES.search(folded) is not None or _PHONE.search(_YEARS.sub(" ", folded)) is not None


def _may_name(sentence: str, own: AbstractSet[str]) -> bool:
    """Whether it speaks of somebody, or has words together that may be a name, or capitals tell nothing in it."""
    if _SOMEBODY.search(sentence.casefold()):
        return True
    words = list(_WORD.finditer(sentence))
    if (words and not words[0][0][0].isupper()) or any(map(_has_no_case, sentence)):
        return True
    return any(len(run) > 1 and not all(_is_own(word, own) for word in run) for run in _runs(sentence, words))


def _has_no_case(letter: str) -> bool:
    return unicodedata.category(letter) in ("Lo", "Mn", "Mc")


def _is_own(word: str, own: AbstractSet[str]) -> bool:
    folded = word.casefold()
    return folded in own or folded.removesuffix("s").rstrip("'’") in own


def _is_abbreviated(word: str) -> bool:
    return len(word) < _SHORTEST_LAST or word.casefold() in _ABBREVIATED


def _runs(sentence: str, words: Iterable[re.Match[str]]) -> Iterator[list[str]]:
    """The words that may be of one name, as they follow each other in the sentence."""
    run: list[str] = []
    end = 0
    for word in words:
        between = sentence[end : word.start()]
        ends = run and between.startswith(".") and between != "." and not _is_abbreviated(run[-1])
        if ends or _BREAKS.search(between):
            yield run
            run = []
        end = word.end()
        is_initial = sentence[end : end + 1] == "."
        if word[0] in _OPENING and not run and not is_initial:
            continue
        if word[0][0].isupper() or word[0] in _BESIDE_A_NAME:
            run.append(word[0])
        elif word[0] not in _WITHIN:
            yield run
            run = []
    yield run


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
