"""Plain language: sentences with what they mean, and what holds of every text."""

import json
import re
import tomllib
from datetime import date
from itertools import permutations, product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.reading import SENTENCES, judge
from enrich.errors import InputInvalid
from enrich.icp.gazetteer import read_divisions
from enrich.icp.model import Criteria, Icp
from enrich.icp.reading.ask import read_to_search
from enrich.icp.reading.lexicon import Place
from enrich.icp.reading.lists import read_lexicon
from enrich.icp.reading.nearest import find_nearest
from enrich.icp.reading.read import LONGEST_TEXT, Reading, read_text
from enrich.icp.toml import write_sections, write_value

OWN = Path(__file__).parent / "sentences.jsonl"
EVENTS = Path(__file__).parent / "events.jsonl"
"""Sentences of what happened, who has a role and when somebody was contacted, beyond the terms of bench/sentences."""
THIS_DAY = date(2026, 6, 15)
ROOT = Path(__file__).parents[4]

PARTS = (
    "tannleger",
    "i Rogaland",
    "5-50 ansatte",
    "ikke konkurs",
    "gärna med hemsida",
    "omsetning over 10 mill NOK",
    "som bruker Shopify",
    "norske",
    "founded after 2010",
    "lønnsomme",
    "ikke i Oslo eller Bergen",
    "hiring developers",
)
"""Parts of a text that have nothing to do with each other."""


def meant(reading: Reading) -> object:
    should = {(wish.criterion, repr(wish.value)) for wish in reading.should}
    return reading.must, should, reading.must_not, set(reading.not_understood)


@pytest.mark.parametrize("path", [SENTENCES / "developing.jsonl", OWN, EVENTS], ids=("developing", "own", "events"))
def test_each_sentence_is_read_as_it_means(path: Path) -> None:
    wrong = []
    for line in path.read_text(encoding="utf-8").splitlines():
        sentence = json.loads(line)
        reading = read_text(sentence["text"])
        if not judge(sentence, reading.filters(), reading.not_understood).startswith("right"):
            wrong.append((sentence["text"], reading.filters(), reading.not_understood))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "must", "not_understood"),
    [
        # the rest is read, the second of two that cannot both be is named
        ("10-20 ansatte og over 100 ansatte", {"employees": "10-20"}, ("over 100 ansatte",)),
        ("hotell eller over 50 ansatte", {"industry": ("55.10",)}, ("over 50 ansatte",)),
        ("i Rogaland eller Bergen", {"region": ("Rogaland",)}, ("Bergen",)),
        ("malere i Oslo, Akershus", {"industry": ("43.34",), "municipality": ("Oslo",)}, ("Akershus",)),
        # what lies in the other is no contradiction, and a county among counties is one
        ("i Bergen, Vestland", {"municipality": ("Bergen",), "region": ("Vestland",)}, ()),
        ("i Oslo og Akershus", {"region": ("Oslo", "Akershus")}, ()),
        # a misspelt word is named, not guessed; nor are words that look like one
        ("tanleger i Oslo", {"municipality": ("Oslo",)}, ("tanleger",)),
        ("stora åkerier", {"industry": ("49.41",)}, ("stora",)),
        ("store hoteller i Bergen", {"industry": ("55.10",), "municipality": ("Bergen",)}, ("store",)),
        ("accounting software in Oslo", {"municipality": ("Oslo",)}, ("accounting software",)),
        # an amount of what is no criterion is no revenue
        ("selskaper med over 5 mill i overskudd", {}, ("over 5 mill", "overskudd")),
        ("companies with revenue over 10 million", {}, ("revenue over 10 million",)),
        ("30 km fra Storvikfoss", {}, ("Storvikfoss",)),
        # what may be said of the tender as well as of the company, or of two things at a time
        ("har vunnet anbud innen IT", {"signals": {"kind": "tender_won", "days": 365}}, ("IT",)),
        ("won public contracts over €5m", {"signals": {"kind": "tender_won", "days": 365}}, ("over €5m",)),
        ("har vunnet anbud siste 2 år", {}, ("vunnet anbud", "siste 2 år")),
        ("vant kontrakter", {}, ("vant", "kontrakter")),
        (
            "ansetter selgere og har vunnet anbud siste 90 dager",
            {"signals": {"kind": "job_ad", "occupations": ("sales",), "days": 60}},
            ("vunnet anbud", "siste 90 dager"),
        ),
        (
            "ansetter selgere i Oslo siden 2024",
            {"signals": {"kind": "job_ad", "occupations": ("sales",), "days": 60}, "municipality": ("Oslo",)},
            ("siden 2024",),
        ),
        # without a time, or with one that says neither since nor within
        ("kontaktet", {}, ("kontaktet",)),
        ("kontaktet for 3 måneder siden", {}, ("kontaktet", "3", "måneder", "siden")),
        ("ikke kontaktet før mars", {}, ("kontaktet", "før", "mars")),
        ("ikke kontaktet siden 2,5 mars", {}, ("ikke kontaktet siden 2,5 mars",)),
        ("hoteller siden mars", {"industry": ("55.10",)}, ("siden mars",)),
        # a role is had: nobody who is hired, and nobody of whom more is said; of "and" is read the first
        ("kvinnelig daglig leder", {}, ("kvinnelig", "daglig")),
        ("med styreleder, revisor", {"roles": ("chair",)}, ("revisor",)),
        ("som ansetter revisor", {"signals": {"kind": "job_ad", "occupations": ("finance",), "days": 60}}, ()),
        ("med nettside og revisor", {"has_website": True}, ("revisor",)),
        # a number is a municipality's where "kommune" says so, and none of what is counted
        ("i 1103", {}, ("1103",)),
        ("Oslo kommune 2010", {"municipality": ("Oslo",)}, ("2010",)),
        ("kommune 1103-1120", {}, ("kommune", "1103", "1120")),
        ("kommune 4711 ansatte", {"employees": "4711-4711"}, ("kommune",)),
        ("kommun 9999, svenska bolag", {"country": ("SE",)}, ("kommun", "9999")),
        ("revisor i Oslo", {"industry": ("69.20",), "municipality": ("Oslo",)}, ()),
    ],
)
def test_what_cannot_be_asked_is_named(text: str, must: object, not_understood: tuple[str, ...]) -> None:
    reading = read_text(text)
    assert (reading.must, reading.should, reading.must_not) == (must, (), {})
    assert reading.not_understood == not_understood


_HIRING = {"signals": {"kind": "job_ad", "occupations": (), "days": 60}}
_NO_SALES = {"signals": {"kind": "job_ad", "occupations": ("sales",), "days": 60}}


@pytest.mark.parametrize(
    ("text", "must", "must_not", "not_understood"),
    [
        # a comma may go on with what is lacking, or say what is had
        ("uten revisor, daglig leder", {}, {"roles": ("auditor",)}, ("daglig leder",)),
        ("utan revisor, VD", {}, {"roles": ("auditor",)}, ("VD",)),
        ("uden revisor, direktør", {}, {"roles": ("auditor",)}, ("direktør",)),
        ("ilman tilintarkastajaa, toimitusjohtajaa", {}, {"roles": ("auditor",)}, ("toimitusjohtajaa",)),
        ("without auditor, accountant", {}, {"roles": ("auditor",)}, ("accountant",)),
        ("uten revisor, en daglig leder, styreleder", {}, {"roles": ("auditor",)}, ("daglig leder", "styreleder")),
        ("uten revisor, og daglig leder", {}, {"roles": ("auditor", "ceo")}, ()),
        ("uten Shopify og daglig leder", {}, {"technology": ("shopify",)}, ("daglig leder",)),
        ("uten nettside, daglig leder", {"has_website": False}, {}, ("daglig leder",)),
        # a word of its own says it, as "or" and the end of a list do
        ("uten revisor, med daglig leder", {"roles": ("ceo",)}, {"roles": ("auditor",)}, ()),
        ("uten revisor og med daglig leder", {"roles": ("ceo",)}, {"roles": ("auditor",)}, ()),
        ("uten revisor eller med daglig leder", {}, {"roles": ("auditor",)}, ("daglig leder",)),
        ("uten revisor, styreleder eller daglig leder", {}, {"roles": ("auditor", "chair", "ceo")}, ()),
        # a not behind the verb of hiring
        ("ansetter ikke selgere", {}, _NO_SALES, ()),
        ("ansetter ikke nye selgere i Oslo", {"municipality": ("Oslo",)}, _NO_SALES, ()),
        ("anställer inte säljare", {}, _NO_SALES, ()),
        ("ansætter ikke sælgere", {}, _NO_SALES, ()),
        ("palkkaavat eivät myyjiä", {}, _NO_SALES, ()),
        ("hiring no sales people", {}, _NO_SALES, ()),
        (
            "ansetter ikke selgere siden mars",
            {},
            {"signals": {"kind": "job_ad", "occupations": ("sales",), "since": "03-01"}},
            (),
        ),
        ("ansetter ikke siden mars", {}, {}, ("ansetter", "ikke", "siden mars")),
        ("ansetter ikke i Oslo", {}, {"municipality": ("Oslo",)}, ("ansetter",)),
        ("ansetter, ikke i Oslo", _HIRING, {"municipality": ("Oslo",)}, ()),
    ],
)
def test_what_is_denied_is_never_demanded(
    text: str, must: object, must_not: object, not_understood: tuple[str, ...]
) -> None:
    reading = read_text(text)
    assert (reading.must, reading.should, reading.must_not) == (must, (), must_not)
    assert reading.not_understood == not_understood


@pytest.mark.parametrize(
    ("text", "rest", "occupations", "not_understood"),
    [
        ("companies hiring lawyers in Oslo", {"municipality": ("Oslo",)}, (), ("lawyers",)),
        ("IT-selskaper som ansetter rørleggere", {"industry": ("62",)}, (), ("rørleggere",)),
        ("som ansetter elektrikere, tannleger og ingeniører", {}, (), ("elektrikere", "tannleger", "ingeniører")),
        ("som ansetter rørleggere, tannleger i Oslo", {"municipality": ("Oslo",)}, (), ("rørleggere", "tannleger")),
        ("företag som anställer snickare eller säljare", {}, ("sales",), ("snickare",)),
        ("som ansetter tømrere", {}, (), ("tømrere",)),
        ("hotels hiring: lawyers, plumbers", {"industry": ("55.10",)}, (), ("lawyers", "plumbers")),
        (
            "hotels hiring experienced carpenters or cleaning staff",
            {"industry": ("55.10",)},
            (),
            ("carpenters", "cleaning staff"),
        ),
        ("virksomheder der ansætter sælgere og tandlæger", {}, ("sales",), ("tandlæger",)),
        ("yritykset jotka palkkaavat sähköasentajia ja myyjiä", {}, ("sales",), ("sähköasentajia",)),
        ("sähköasentajia palkkaavat yritykset", {}, (), ("sähköasentajia",)),
        ("som ansetter selgere og ingeniører", {}, ("sales",), ("ingeniører",)),
        ("som ansetter trollmenn og rørleggere", {}, (), ("trollmenn", "rørleggere")),
        # the trade is the company's own where nobody is hired, or where it stands before the verb or behind a comma
        ("rørleggere som ansetter", {"industry": ("43.22",)}, (), ()),
        ("rekrytoivat tilitoimistot", {"industry": ("69.20",)}, (), ()),
        ("hiring developers, dentists", {"industry": ("86.23",)}, ("software",), ()),
    ],
)
def test_whoever_is_hired_is_no_industry(
    text: str, rest: dict[str, object], occupations: object, not_understood: object
) -> None:
    reading = read_text(text)
    signals = {"kind": "job_ad", "occupations": occupations, "days": 60}
    assert (reading.must, reading.not_understood) == ({**rest, "signals": signals}, not_understood)


@pytest.mark.parametrize(
    ("text", "must", "not_understood"),
    [
        ("rørleggere i Viken", {"industry": ("43.22",), "region": ("Viken",)}, ()),
        ("plumbers in Viken county", {"industry": ("43.22",), "region": ("Viken",)}, ()),
        ("tandlæger i Viken eller Oslo", {"industry": ("86.23",), "region": ("Viken", "Oslo")}, ()),
        ("i Bærum, Viken", {"municipality": ("Bærum",), "region": ("Viken",)}, ()),
        ("i Bergen, Viken", {"municipality": ("Bergen",)}, ("Viken",)),
        ("i Vestfold og Telemark", {"region": ("Vestfold", "Telemark")}, ()),
        ("lawyers in Troms and Finnmark", {"industry": ("69.10",), "region": ("Troms", "Finnmark")}, ()),
        # a bay in Swedish
        ("rörmokare i Viken", {"industry": ("43.22",)}, ("Viken",)),
    ],
)
def test_a_county_of_before_2024_is_a_region(text: str, must: object, not_understood: tuple[str, ...]) -> None:
    reading = read_text(text)
    assert (reading.must, reading.not_understood) == (must, not_understood)
    assert Icp.model_validate(reading.filters()).must.region == reading.must.get("region", ())


@pytest.mark.parametrize(
    ("text", "must", "not_understood"),
    [
        # a roof in Norwegian and Swedish, thanks in Danish
        ("bedrifter i Oslo som driver med tak", {"municipality": ("Oslo",)}, ("tak",)),
        ("rørleggere i Oslo, tak", {"industry": ("43.22",), "municipality": ("Oslo",)}, ("tak",)),
        ("firmor som jobbar med tak i Malmö", {"municipality": ("Malmö",)}, ("tak",)),
        ("Find tandlæger i Aarhus, tak!", {"industry": ("86.23",), "municipality": ("Aarhus",)}, ()),
        ("Tak! Find tandlæger i Aarhus, mange tak", {"industry": ("86.23",), "municipality": ("Aarhus",)}, ()),
        # a trade or a product but beside a value of its criterion
        ("selskaper i Oslo som selger nettverk", {"municipality": ("Oslo",)}, ("nettverk",)),
        ("plattform i Bergen", {"municipality": ("Bergen",)}, ("plattform",)),
        ("nettbutikker på plattformen Shopify", {"industry": ("47.91",), "technology": ("shopify",)}, ()),
        ("stores using platforms such as Magento", {"industry": ("47",), "technology": ("magento",)}, ()),
        ("verkkokaupat Shopify alustalla", {"industry": ("47.91",), "technology": ("shopify",)}, ()),
        ("text services in London", {"municipality": ("London",)}, ("text", "services")),
        ('hotels with the text "spa"', {"industry": ("55.10",), "words": ("spa",)}, ()),
        ("field service in London", {"municipality": ("London",)}, ("field", "service")),
        ("companies in the field of accounting", {"industry": ("69.20",)}, ()),
        ("cleaning services in London", {"industry": ("81.2",), "municipality": ("London",)}, ()),
        ("selskaper som tilbyr tjenester innen regnskap", {"industry": ("69.20",)}, ()),
        ("palveluja Oulussa", {"municipality": ("Oulu",)}, ("palveluja",)),
        ("display companies in Leeds", {"municipality": ("Leeds",)}, ("display",)),
        ("företag med säte i Malmö", {"municipality": ("Malmö",)}, ()),
    ],
)
def test_what_may_be_a_trade_is_dropped_only_where_it_means_nothing(
    text: str, must: object, not_understood: tuple[str, ...]
) -> None:
    reading = read_text(text)
    assert (reading.must, reading.not_understood) == (must, not_understood)


@pytest.mark.parametrize(
    ("text", "must"),
    [
        ("ikke kontaktet siden 01.06.2026", {"last_contact": "before 2026-06-01"}),
        ("ikke kontaktet siden 1.6.2026.", {"last_contact": "before 2026-06-01"}),
        ("ikke kontaktet siden 1/6/2026", {"last_contact": "before 2026-06-01"}),
        ("ikke kontaktet siden 1/6-2026", {"last_contact": "before 2026-06-01"}),
        ("ej kontaktat sedan 1-6-2026", {"last_contact": "before 2026-06-01"}),
        ("ei kontaktoitu 1.6.2026 jälkeen", {"last_contact": "before 2026-06-02"}),
        ("not contacted since 1.6.2026", {"last_contact": "before 2026-06-01"}),
        ("not contacted since 25/6/2026", {"last_contact": "before 2026-06-25"}),
        ("not contacted since 6/25/2026", {"last_contact": "before 2026-06-25"}),
        ("vundet udbud siden 1.3.2026", {"signals": {"kind": "tender_won", "since": "2026-03-01"}}),
        ("har vunnet anbud etter 31.12.2025", {"signals": {"kind": "tender_won", "since": "2026-01-01"}}),
        ("har vunnet anbud i 2026", {"signals": {"kind": "tender_won", "since": "2026-01-01"}}),
        ("vunnit upphandlingar 2026", {"signals": {"kind": "tender_won", "since": "2026-01-01"}}),
        ("voittaneet tarjouskilpailuja vuonna 2026", {"signals": {"kind": "tender_won", "since": "2026-01-01"}}),
        ("won tenders in 2026", {"signals": {"kind": "tender_won", "since": "2026-01-01"}}),
    ],
)
def test_a_day_is_read_day_first_and_this_year_from_its_first_day(text: str, must: object) -> None:
    reading = read_text(text, today=THIS_DAY)
    assert (reading.filters(), reading.not_understood) == ({"must": must}, ())


@pytest.mark.parametrize(
    ("text", "word", "fault"),
    [
        ("not contacted since 1/6/2026", "1/6/2026", "day or month first"),
        ("ikke kontaktet siden 31.02.2026", "31.02.2026", None),
        ("har vunnet anbud i 2025", "2025", "since 2026-03-01"),
        ("won tenders in 2027", "2027", "since 2026-03-01"),
        ("har vunnet anbud 2025-2026", "2026", None),
        ("siden 1.3.2026 til 1.6.2026 har vunnet anbud", "1.6.2026", None),
        ("stiftet 01.06.2010", "01.06.2010", None),
    ],
)
def test_no_day_or_year_is_guessed(text: str, word: str, fault: str | None) -> None:
    reading = read_text(text, today=THIS_DAY)
    assert word in reading.not_understood
    assert (fault or "") in reading.faults.get(word, "")
    assert (fault is None) == (word not in reading.faults)


def test_without_a_day_no_year_is_this_one() -> None:
    assert read_text("har vunnet anbud i 2026").not_understood == ("2026",)


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("selskaper som har vokst mer enn 20 %", "vokst", 'revenue_growth = "20%-"'),
        ("rørleggere nær Lillehammer", "nær", "within 30 km"),
        ("companies with revenue over 10 million", "revenue over 10 million", "with its currency"),
        ("selskaper som lyser ut anbud", "anbud", 'kind = "tender_buyer"'),
        ("kontaktet i 2025", "kontaktet", "say since when"),
        ("has a CTO", "CTO", "registers state the roles"),
        ("med daglig leder og revisor", "revisor", "any of them"),
        ("won tenders for cleaning", "cleaning", "with cpv"),
        ("som ansetter rørleggere", "rørleggere", 'kind = "job_ad", words'),
    ],
)
def test_what_is_asked_in_the_file_alone_or_lacks_something_says_so(text: str, word: str, says: str) -> None:
    assert says in read_text(text).faults[word]


def test_each_hint_is_what_the_icp_file_takes() -> None:
    for hint in set(read_lexicon().hints.values()):
        for criterion in re.findall(r'(\w+ = (?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}))(?=$| or)', hint):
            Criteria.model_validate(tomllib.loads(criterion))


def test_what_is_read_is_what_the_icp_file_takes() -> None:
    for line in [*OWN.read_text(encoding="utf-8").splitlines()[::5], *EVENTS.read_text(encoding="utf-8").splitlines()]:
        reading = read_text(json.loads(line)["text"])
        for part in (reading.must, reading.must_not, *({wish.criterion: wish.value} for wish in reading.should)):
            known = {name: value for name, value in part.items() if name in Criteria.model_fields}
            assert set(Criteria.model_validate(known).asked()) == set(known)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        # "og mer" is no tail where an amount begins behind it
        ("mindre enn 50 ansatte og mer enn 10 ansatte", {"must": {"employees": "11-49"}}),
        ("under 50 ansatte og over kr 10 mill i omsetning", {"must": {"employees": "-49", "revenue": "10M- NOK"}}),
        ("over 10 employees and up to €5m in revenue", {"must": {"employees": "11-", "revenue": "-5M EUR"}}),
        ("omsetning over 10 mill og mellom 10 og 50 ansatte", {"must": {"employees": "10-50", "revenue": "10M- NOK"}}),
        # two that are denied: both ends hold, and none is thrown away
        ("ikke under 5 mill og ikke over 50 mill i omsetning", {"must": {"revenue": "5M-50M NOK"}}),
        (
            "not under 10 employees and not over 50 employees",
            {"must": {"employees": "-50"}, "must_not": {"employees": "-9"}},
        ),
        (
            "ikke under 10 ansatte, ikke flere enn 20 ansatte",
            {"must": {"employees": "-20"}, "must_not": {"employees": "-9"}},
        ),
        (
            "uten over 50 ansatte, uten under 10 ansatte",
            {"must": {"employees": "10-"}, "must_not": {"employees": "51-"}},
        ),
        (
            "ikke konkurs eller ikke over 50 ansatte",
            {"must": {"employees": "-50"}, "must_not": {"status": ("bankrupt",)}},
        ),
        # a decade is ten years, also "fra"; a century to some is none
        ("firmaer fra 1990-tallet", {"must": {"founded": "1990-1999"}}),
        ("firmor från 1990-talet", {"must": {"founded": "1990-1999"}}),
        ("founded after the 1990s", {"must": {"founded": "2000-"}}),
        ("stiftet på 1990-tallet eller senere", {"must": {"founded": "1990-"}}),
        ("firmaer fra 1900-tallet", {}),
        # whole numbers only
        ("over 2,5 år gamle", {"must": {"age_years": "3-"}}),
        ("yngre enn 2,5 år", {"must": {"age_years": "-2"}}),
        ("over 10,5 ansatte", {"must": {"employees": "11-"}}),
        ("minst 2,5 år gamle", {"must": {"age_years": "3-"}}),
        # not one, but all the others
        ("alt annet enn tannleger", {"must_not": {"industry": ("86.23",)}}),
        (
            "svenska firmaer utanom Stockholm",
            {"must": {"country": ("SE",)}, "must_not": {"municipality": ("Stockholm",)}},
        ),
    ],
)
def test_no_amount_is_turned_round(text: str, filters: object) -> None:
    assert read_text(text).filters() == filters


@pytest.mark.parametrize(
    ("text", "must", "not_understood"),
    [
        ("dentists in Oslo or accountants in Bergen", "Oslo", ("accountants", "Bergen")),
        ("tannleger i Oslo og frisører i Bergen", "Oslo", ("frisører", "Bergen")),
        ("dentists in Oslo or xyzzy in Bergen", "Oslo", ("xyzzy", "Bergen")),
        ("tannleger i Oslo, større bedrifter enn frisører", "Oslo", ("større", "enn", "frisører")),
        # what is denied twice and leaves two ranges
        ("dentists in Oslo, not 10-20 employees, not 40-50 employees", "Oslo", ("40-50 employees",)),
    ],
)
def test_what_belongs_to_what_is_not_understood_is_named_with_it(
    text: str, must: str, not_understood: tuple[str, ...]
) -> None:
    reading = read_text(text)
    assert reading.must == {"industry": ("86.23",), "municipality": (must,)}
    assert reading.not_understood == not_understood
    is_second = "Bergen" in not_understood and "xyzzy" not in not_understood
    assert set(reading.faults) == (set(not_understood) if is_second else set())


@pytest.mark.parametrize(
    ("text", "filters", "named", "says"),
    [
        ("svenske selskaper i Norge", {"country": ("SE",)}, ("Norge",), "'svenske' says SE and 'Norge' says NO"),
        ("danske selskaper i Norge", {"country": ("DK",)}, ("Norge",), "'danske' says DK and 'Norge' says NO"),
        ("finske IT-selskaper i Norge", {"country": ("FI",), "industry": ("62",)}, ("Norge",), "'finske' says FI"),
        ("norske selskaper i Stockholm", {"country": ("NO",)}, ("Stockholm",), "'Stockholm' says SE"),
        ("svenske selskaper på Vestlandet", {"country": ("SE",)}, ("Vestlandet",), "'Vestlandet' says NO"),
        ("svenske selskaper i Viken fylke", {"country": ("SE",)}, ("Viken",), "'Viken' says NO"),
        ("svenske selskaper i kommune 1103", {"country": ("SE",)}, ("1103",), "'1103' says NO"),
        ("norska bolag i Finland", {"country": ("NO",)}, ("Finland",), "'norska' says NO and 'Finland' says FI"),
        ("norska bolag i kommun 1480", {"country": ("NO",)}, ("1480",), "'1480' says SE"),
        ("svenske virksomheder i Danmark", {"country": ("SE",)}, ("Danmark",), "'Danmark' says DK"),
        ("norske virksomheder i Region Sjælland", {"country": ("NO",)}, ("Region Sjælland",), "says DK"),
        ("ruotsalaiset yritykset Norjassa", {"country": ("SE",)}, ("Norjassa",), "'Norjassa' says NO"),
        ("ruotsalaisyritykset Helsingissä", {"country": ("SE",)}, ("Helsingissä",), "'Helsingissä' says FI"),
        ("Swedish restaurants in Oslo", {"country": ("SE",), "industry": ("56.10",)}, ("Oslo",), "'Oslo' says NO"),
        ("Norwegian companies in London", {"country": ("NO",)}, ("London",), "'London' says GB"),
        ("UK companies in Norway", {"country": ("GB",)}, ("Norway",), "'UK' says GB and 'Norway' says NO"),
        ("hotels in Oslo, Sweden", {"industry": ("55.10",), "municipality": ("Oslo",)}, ("Sweden",), "'Oslo' says NO"),
        ("Oslo-baserte selskaper i Malmö", {"municipality": ("Oslo",)}, ("Malmö",), "'Malmö' says SE"),
        # a comma between an adjective and a name makes no list
        ("svenske selskaper, i Norge", {"country": ("SE",)}, ("Norge",), "'Norge' says NO"),
        (
            "selskaper i Malmö, svenske, i Norge",
            {"municipality": ("Malmö",), "country": ("SE",)},
            ("Norge",),
            "'Malmö' says SE and 'Norge' says NO",
        ),
        # each country needs a place, and each place a country
        ("norske selskaper i Norge og Sverige", {"country": ("NO",)}, ("Sverige",), "'Sverige' says SE"),
        (
            "norske og svenske selskaper i Norge",
            {"country": ("NO", "SE")},
            ("Norge",),
            "'norske', 'svenske' say NO, SE",
        ),
        (
            "norske selskaper i Oslo og Malmö",
            {"country": ("NO",), "municipality": ("Oslo",)},
            ("Malmö",),
            "'Malmö' says SE",
        ),
        ("i Oslo og Malmö, norske selskaper", {"municipality": ("Oslo", "Malmö")}, ("norske",), "'norske' says NO"),
        # a wish that nobody can fulfil
        ("norske selskaper, helst i Malmö", {"country": ("NO",)}, ("Malmö",), "'Malmö' says SE"),
    ],
)
def test_two_countries_of_one_company_are_named(text: str, filters: object, named: object, says: str) -> None:
    reading = read_text(text)
    assert (reading.filters(), reading.not_understood) == ({"must": filters}, named)
    assert set(reading.faults) == set(named)  # type: ignore[call-overload]
    assert all(says in fault and fault.endswith("which country is meant?") for fault in reading.faults.values())


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("svenske og norske selskaper", {"must": {"country": ("SE", "NO")}}),
        ("norske eller svenske selskaper", {"must": {"country": ("NO", "SE")}}),
        ("norske, svenske og danske selskaper", {"must": {"country": ("NO", "SE", "DK")}}),
        ("danska, norska bolag", {"must": {"country": ("DK", "NO")}}),
        ("norjalaiset ja ruotsalaiset yritykset", {"must": {"country": ("NO", "SE")}}),
        ("Swedish or Danish companies", {"must": {"country": ("SE", "DK")}}),
        ("selskaper i Norge og Sverige", {"must": {"country": ("NO", "SE")}}),
        ("virksomheder i Danmark, Sverige", {"must": {"country": ("DK", "SE")}}),
        ("i Oslo og Stockholm", {"must": {"municipality": ("Oslo", "Stockholm")}}),
        ("norske selskaper i Oslo", {"must": {"country": ("NO",), "municipality": ("Oslo",)}}),
        ("norske selskaper i Norge", {"must": {"country": ("NO",)}}),
        ("norske selskaper i Viken", {"must": {"country": ("NO",), "region": ("Viken",)}}),
        # a name that two countries have
        ("norske selskaper i Lund", {"must": {"country": ("NO",), "municipality": ("Lund",)}}),
        ("svenska bolag i Lund", {"must": {"country": ("SE",), "municipality": ("Lund",)}}),
        (
            "norske og svenske selskaper i Oslo og Stockholm",
            {"must": {"country": ("NO", "SE"), "municipality": ("Oslo", "Stockholm")}},
        ),
        ("German companies in Berlin", {"must": {"country": ("DE",), "municipality": ("Berlin",)}}),
        # a border is no contradiction, nor is one wish beside another or what is denied
        (
            "svenske selskaper innen 100 km fra Oslo",
            {"must": {"country": ("SE",), "near": {"place": "Oslo", "km": 100}}},
        ),
        (
            "helst svenske, gjerne i Oslo",
            {"should": [{"country": ("SE",)}, {"municipality": ("Oslo",)}]},
        ),
        (
            "norske og svenske selskaper, helst i Oslo",
            {"must": {"country": ("NO", "SE")}, "should": [{"municipality": ("Oslo",)}]},
        ),
        ("svenske selskaper, ikke i Norge", {"must": {"country": ("SE",)}, "must_not": {"country": ("NO",)}}),
    ],
)
def test_countries_that_are_joined_or_agree_are_asked(text: str, filters: object) -> None:
    reading = read_text(text)
    assert (reading.filters(), reading.not_understood) == (filters, ())


LIES_IN = {"Oslo": "NO", "Malmö": "SE", "Rogaland": "NO", "Skåne": "SE", "Viken": "NO", "1103": "NO"}
WHERE = st.builds(
    "{0}{1}".format,
    st.sampled_from([" ", ", ", " og ", " eller ", " helst ", " ikke ", ", helst ", ", ikke "]),
    st.sampled_from(["svenske", "norske", "i Norge", "Ruotsissa", "kommune 1103", "tannleger", *LIES_IN]),
)


@given(st.lists(WHERE, min_size=2, max_size=5))
@example([", Malmö", ", svenske", ", i Norge"])
@settings(max_examples=200, deadline=None)
def test_nobody_is_asked_to_be_in_two_countries(said: list[str]) -> None:
    reading = read_text(f"selskaper{''.join(said)}")
    asked: dict[str, tuple[str, ...]] = {
        name: value for name, value in reading.must.items() if isinstance(value, tuple)
    }
    places = (*asked.get("region", ()), *asked.get("municipality", ()))
    if "country" in asked:
        assert {LIES_IN[place] for place in places} <= set(asked["country"])
        wished = [wish.value for wish in reading.should if wish.criterion == "country"]
        assert all(set(value) <= set(asked["country"]) for value in wished)  # type: ignore[call-overload]


JOINED = {
    "bedrifter med ": (
        ("mer enn 10 ansatte", "mindre enn 50 ansatte", "minst 5 ansatte", "mellom 10 og 50 ansatte", "10-50 ansatte"),
        ("omsetning over 10 mill", "mindre enn 50 mill kr i omsetning", "mellom 10 og 50 mill i omsetning"),
        ("eldre enn 5 år", "mer enn 5 år gamle", "stiftet etter 2010"),
        ("ikke i Oslo", "i Bergen", "nettside", "uten nettside", "ikke konkurs"),
        (
            "med daglig leder",
            "uten revisor",
            "vunnet anbud",
            "vunnet anbud siste 90 dager",
            "ikke kontaktet siste 90 dager",
        ),
        (" og ", " men ", ", "),
    ),
    "companies with ": (
        ("more than 10 employees", "less than 50 employees", "fewer than 20 employees"),
        ("turnover over 10 million EUR", "revenue of less than 5 million EUR", "more than 10 million EUR in revenue"),
        ("more than 5 years old", "less than 10 years old", "founded after 2010"),
        ("not in Oslo", "in Bergen", "a website", "no website", "not bankrupt"),
        ("no auditor", "won tenders this year", "not contacted since March", "contacted in the last 90 days"),
        (" and ", " but ", ", ", " and with "),
    ),
    "bolag med ": (
        ("fler än 10 anställda", "mer än 10 anställda", "mindre än 50 anställda"),
        ("omsättning över 10 mkr", "mer än 10 mkr i omsättning", "mindre än 50 mkr i omsättning"),
        ("mer än 5 år gamla", "äldre än 5 år", "grundade efter 2010"),
        ("inte i Stockholm", "i Malmö", "hemsida", "utan hemsida", "ej i konkurs"),
        (" och ", " men ", ", "),
    ),
    "virksomheder med ": (
        ("mere end 10 ansatte", "mindre end 50 ansatte", "flere end 10 medarbejdere"),
        ("omsætning over 10 mio. kr.", "mere end 10 mio. kr. i omsætning"),
        ("ældre end 5 år", "stiftet efter 2010", "mere end 5 år gamle"),
        ("ikke i København", "i Aarhus", "hjemmeside", "uden hjemmeside", "ikke konkurs"),
        (" og ", " men ", ", "),
    ),
    "yritykset, joilla on ": (
        ("yli 10 työntekijää", "alle 50 työntekijää", "enemmän kuin 10 työntekijää"),
        ("liikevaihto yli 10 miljoonaa euroa", "alle 5 miljoonan euron liikevaihto"),
        ("perustettu vuoden 2010 jälkeen", "yli 5 vuotta vanhat"),
        ("Tampereella", "verkkosivut", "ilman verkkosivuja", "ei konkurssissa"),
        (" ja ", " mutta ", ", "),
    ),
}
"""By language: criteria of four sorts as they are said, and what joins two of them."""


def by_part(text: str) -> dict[tuple[str, str], object]:
    reading = read_text(text)
    assert (reading.should, reading.not_understood) == ((), ()), text
    parts = {"must": reading.must, "must_not": reading.must_not}
    return {(part, name): value for part, said in parts.items() for name, value in said.items()}


@pytest.mark.parametrize("begun", JOINED)
def test_two_criteria_joined_are_each_as_it_is_alone(begun: str) -> None:
    *groups, joins = JOINED[begun]
    alone = {said: by_part(begun + said) for group in groups for said in group}
    wrong = [
        text
        for first, second in permutations(groups, 2)
        for one, other, join in product(first, second, joins)
        if by_part(text := f"{begun}{one}{join}{other}") != {**alone[one], **alone[other]}
    ]
    assert wrong == []


AMOUNTS = st.builds(
    "{0} {1} {2} {3}".format,
    st.sampled_from(["", "helst", "ikke", "gjerne ikke", "og", "eller"]),
    st.sampled_from(["", "over", "under", "minst", "ikke over", "ca", "mellom 3 og", "mer enn", "innen", "siste", "stiftet",
                     "kontaktet siste", "kontaktet siden", "ikke kontaktet på"]),
    st.sampled_from(["0", "0,3", "1", "2,5", "12", "400", "1999", "2500", "99999", "999999999999"]),
    st.sampled_from(
        ["ansatte", "år gamle", "mill i omsetning", "kr i omsetning", "km fra Bergen", "mil fra Oslo", "dager", "år", "-tallet",
         "mrd SEK i omsetning", "ansatte eller mer", "", "som ansetter selgere", "måneder", "mars", "har vunnet anbud"]
    ),
)  # fmt: skip
"""One amount of each rule of grammar.toml, with numbers that no company has."""


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
@example(["kontaktet siden 999999999999 mars"])
@example(["0 ansatte", "under 0 ansatte"])
@settings(max_examples=200, deadline=None)
def test_what_is_read_of_any_amount_is_an_icp_or_named(amounts: list[str]) -> None:
    reading = read_text(" ".join(amounts))
    if filters := reading.filters():
        Icp.model_validate(filters)
    else:
        assert reading.not_understood


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("innen 300 mil fra Oslo", ("innen 300 mil fra Oslo",)),
        ("som ansetter selgere, siste 500 dager", ("ansetter selgere", "siste 500 dager")),
        ("helst innen 300 mil fra Oslo", ("innen 300 mil fra Oslo",)),
    ],
)
def test_what_the_icp_file_refuses_is_named(text: str, named: tuple[str, ...]) -> None:
    reading = read_text(f"tannleger, {text}")
    assert (reading.filters(), reading.not_understood) == ({"must": {"industry": ("86.23",)}}, named)
    assert set(reading.faults) == set(named)
    assert all("less than or equal" in fault for fault in reading.faults.values())


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6, unique=True), st.randoms())
@settings(max_examples=25, deadline=None)
def test_neither_order_nor_case_nor_repetition_changes_what_is_meant(parts: list[str], random: object) -> None:
    text = ", ".join(parts)
    shuffled = parts.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    first = read_text(text)
    assert first == read_text(text)
    again = read_text(", ".join(shuffled))
    assert {key: set(value) if isinstance(value, tuple) else value for key, value in first.must.items()} == {
        key: set(value) if isinstance(value, tuple) else value for key, value in again.must.items()
    }
    assert meant(first)[1:] == meant(again)[1:]  # type: ignore[index]
    upper = read_text(text.upper())
    assert (upper.must, upper.should, upper.must_not) == (first.must, first.should, first.must_not)


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_an_answer_or_a_clear_error(text: str) -> None:
    try:
        named = read_text(text).not_understood
    except InputInvalid:  # no word in it
        named = ()
    assert all(word.strip() for word in named)


@pytest.mark.parametrize(
    "text",
    [
        "tannleger " * 1_000,
        "ikke " * 2_000,
        "1 000 " * 1_500,
        "a-" * 5_000,
        "«" * 9_000 + "x",
        "over 10 mill og " * 600,
        "'; DROP TABLE company; --",
        "tannleger\x00\x1b[31m i\x07 Oslo",
        "🦷 tannleger 🦷 i Oslo 👩‍⚕️",
        "٣٤ ansatte",
        "99999999999999999999999999999999999999 ansatte",
    ],
)
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    assert isinstance(read_text(text), Reading)


def test_a_text_too_long_or_empty_is_refused() -> None:
    with pytest.raises(InputInvalid, match="20,001 characters"):
        read_text("a" * (LONGEST_TEXT + 1))
    with pytest.raises(InputInvalid, match="holds no word"):
        read_text(" … ")


def test_the_industries_are_those_of_the_terms() -> None:
    """The table of bench/sentences/README.md, concept by concept."""
    table = (SENTENCES / "README.md").read_text(encoding="utf-8").partition("## Industries")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    stated = {tuple(codes.split(", ")) for _, codes in rows}
    listed = tomllib.loads((ROOT / "enrich/icp/reading/industries.toml").read_text(encoding="utf-8"))["industry"]
    assert {tuple(industry["codes"]) for industry in listed} == stated


def test_each_phrase_for_an_industry_is_read_as_it_alone() -> None:
    listed = tomllib.loads((ROOT / "enrich/icp/reading/industries.toml").read_text(encoding="utf-8"))["industry"]
    wrong = []
    for industry in listed:
        for phrase in (
            phrase for words in list(industry.values())[2:] for phrase in words.split(", ") if " " in phrase
        ):
            reading = read_text(phrase)
            if (reading.must, reading.not_understood) != ({"industry": tuple(industry["codes"])}, ()):
                wrong.append(phrase)
    assert wrong == []


def test_each_place_of_the_gazetteer_is_known_by_all_its_names() -> None:
    lexicon = read_lexicon()
    for division in read_divisions():
        for name in division.names:
            found = lexicon.find(name.lower())
            assert found is not None, name
            assert isinstance(found.value, Place), name
            assert division.name in (*found.value.regions, *found.value.municipalities), name


@pytest.mark.parametrize(
    ("form", "name"),
    [
        *(("helsingissä", "Helsinki"), ("tampereen", "Tampere"), ("turusta", "Turku"), ("lahteen", "Lahti")),
        *(("seinäjoella", "Seinäjoki"), ("rovaniemellä", "Rovaniemi"), ("kauniaisissa", "Kauniainen")),
        *(("outokummussa", "Outokumpu"), ("varkauden", "Varkaus"), ("lappeenrannassa", "Lappeenranta")),
        *(("äänekoskella", "Äänekoski"), ("porvoossa", "Porvoo"), ("vihdistä", "Vihti"), ("liedon", "Lieto")),
        *(("raahessa", "Raahe"), ("orivedellä", "Orivesi"), ("uudessakaupungissa", "Uusikaupunki")),
        *(("turkulaiset", "Turku"), ("espoolainen", "Espoo"), ("göteborgs", "Göteborg"), ("goteborg", "Göteborg")),
        *(("stockholmsbaserade", "Stockholm"), ("oslo-baserte", "Oslo")),
    ],
)
def test_a_place_is_known_in_its_cases(form: str, name: str) -> None:
    assert name in read_text(form).must.get("municipality", ())  # type: ignore[operator]


def test_a_form_of_an_everyday_word_is_no_place() -> None:
    lexicon = read_lexicon()
    for word in ("kemia", "stora", "nye", "vanhat", "large", "små", "teknologi", "consultants"):
        found = lexicon.find(word)
        assert found is None or found.kind not in ("place", "criterion"), word


def test_the_nearest_are_spelt_alike() -> None:
    assert "tannlege" in find_nearest("tanlege")
    assert "Rogaland" in find_nearest("rogalan")
    assert find_nearest("zzzzqqq") == ()


@pytest.mark.parametrize(
    ("text", "is_told"),
    [("Zahnärzte in Berlin", True), ("tanleger i Oslo", False), ("svenske selskaper i Oslo", False)],
)
def test_the_languages_are_told_where_nothing_is_near_to_a_word(text: str, is_told: bool) -> None:
    with pytest.raises(InputInvalid, match="not all was understood") as refused:
        read_to_search(text)
    assert ("in Norwegian, Swedish, Danish, Finnish or English" in str(refused.value)) == is_told


PAGE = ROOT / "docs" / "plain-language.md"
EXAMPLES = [
    tuple(line.strip("| \n").split(" | "))
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


@pytest.mark.parametrize(("said", "stated"), EXAMPLES, ids=[said for said, _ in EXAMPLES])
def test_the_examples_of_the_page_are_read_as_it_says(said: str, stated: str) -> None:
    reading = read_text(said.strip("`"))
    assert reading.not_understood == ()
    must, _, rest = stated.partition("; ")
    parts = {"must": must, **dict([rest.split(" ", 1)] if rest else [])}
    told = {
        part: dict(piece.strip("` ").split(" = ", 1) for piece in text.split("`, `")) for part, text in parts.items()
    }
    written = {name: write_value(value) for name, value in reading.must.items()}
    assert told["must"] == written
    assert told.get("not", {}) == {name: write_value(value) for name, value in reading.must_not.items()}
    assert told.get("wish", {}) == {wish.criterion: write_value(wish.value) for wish in reading.should}


def test_what_is_pasted_is_read_back_as_it_was() -> None:
    reading = read_text('tannleger i Oslo med 5-50 ansatte, helst innen 3 mil fra Moss, ikke AS, som nevner "a\\b"')
    section = tomllib.loads(write_sections("mine", reading.filters()))["icp"]["mine"]
    assert section["must"] == {
        "industry": ["86.23"],
        "municipality": ["Oslo"],
        "employees": "5-50",
        "words": ["a\\b"],
    }
    assert section["should"] == [{"near": {"place": "Moss", "km": 30}, "weight": 1}]
    assert section["must_not"] == {"legal_form": ["AS"]}
