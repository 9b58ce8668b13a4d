"""The lists of this folder and the gazetteer as one lexicon; of two meanings of one form the one put in first stays."""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from enrich.icp.gazetteer import find_divisions, fold_letters, read_divisions
from enrich.icp.places import read_former_counties
from enrich.icp.reading.inflect import Stem, list_forms, list_name_stems, list_stems
from enrich.icp.reading.lexicon import LANGUAGES, Forms, Lexicon, Meaning, Place

_TRUE_OR_FALSE = {
    "website_yes": ("has_website", True),
    "subsidiary_yes": ("is_subsidiary", True),
    "subsidiary_no": ("is_subsidiary", False),
    "crm_yes": ("in_crm", True),
    "crm_no": ("in_crm", False),
    "protected_yes": ("marketing_protected", True),
}
_VALUED = {"status": "status", "form": "legal_form", "technology": "technology"}
_NAMED = {"currency": "currency", "calendarmonth": "calendar_month"}
_WRITTEN = {"A_S": "A/S"}
_LANGUAGE_OF = {"NO": "nb", "SE": "sv", "DK": "da", "FI": "fi"}
_ISLAND = "sjælland"
_NO_TOWN = "gotland"
"""A county and a municipality of one name, and no town."""
_FINNISH_NAMES = frozenset({"tukholma", "kööpenhamina", "uumaja", "luulaja", "haaparanta"})
_SHORTEST_SUGGESTED = 4
_SHORTEST_UNACCENTED = 4


@dataclass(slots=True, kw_only=True)
class _Drafts:
    """The indexes while they are filled."""

    base: dict[str, Meaning] = field(default_factory=dict)
    inflected: Forms = field(default_factory=Forms)
    unaccented: dict[str, Meaning] = field(default_factory=dict)
    firsts: dict[str, Meaning] = field(default_factory=dict)
    vocabulary: dict[str, str] = field(default_factory=dict)


@cache
def read_lexicon() -> Lexicon:
    """The lexicon, out of the lists of this folder and the gazetteer.

    >>> lexicon = read_lexicon()
    >>> lexicon.find("regnskapsbyråene").value, lexicon.find("bemanningsfirma").value, lexicon.find("begravningsbyråer")
    (('69.20',), ('78.20',), None)
    >>> lexicon.find_occupation("hr-folk"), lexicon.find_occupation("sales people"), lexicon.find_occupation("myyjiä")
    (('hr',), ('sales',), ('sales',))
    """
    words = _read_toml("words.toml")
    drafts = _Drafts()
    _add_phrases(drafts, words)
    _add_industries(drafts)
    _add_countries(drafts)
    _add_places(drafts, words)
    for language, listed in words["filler"].items():
        for phrase in _split(listed):
            _add(drafts.base, phrase, Meaning(kind="filler", languages=frozenset({language}), is_silent=True))
    for criterion, listed in words["beside"].items():
        for phrase in _split(listed):
            _add(drafts.base, phrase, Meaning(kind="beside", value=criterion))
    occupations, occupation_forms = _read_occupations(words)
    return Lexicon(
        base=drafts.base,
        inflected=drafts.inflected,
        unaccented=drafts.unaccented,
        firsts=drafts.firsts,
        heads=_forms_of(words["heads"]),
        technology_heads=_forms_of(dict.fromkeys(("nb", "fi", "en"), words["technology_heads"]["words"])),
        occupations=occupations,
        occupation_forms=occupation_forms,
        occupation_heads=frozenset(_split(words["occupation_head"]["words"])),
        trades=_read_trades(words["trades"]),
        roles={phrase: role for role, _, phrase in _each(words["roles"])},
        having=frozenset(_split(words["having"]["words"])),
        having_fillers=frozenset(_split(words["having_filler"]["words"])),
        hire_fillers=frozenset(_split(words["hire_filler"]["words"])),
        hire_denials=frozenset(_split(words["hire_denial"]["words"])),
        absorbed=frozenset(_split(words["absorbed"]["words"])),
        apart={word: language for language, listed in words["apart"].items() for word in _split(listed)},
        abbreviations=frozenset(_split(words["abbreviations"]["words"])),
        hints={word: hint["says"] for hint in words["hint"] for word in _split(hint["words"])},
        only_in={word: frozenset(languages) for word, languages in words["only_in"].items()},
        numbers={
            word: Decimal(value) for value, listed in _read_toml("numbers.toml").items() for word in _split(listed)
        },
        vocabulary=dict(sorted(drafts.vocabulary.items())),
    )


def _add_phrases(drafts: _Drafts, words: Mapping[str, Any]) -> None:
    fillers = {phrase for listed in words["filler"].values() for phrase in _split(listed)}
    denials = {phrase for listed in words["phrases"]["not"].values() for phrase in _split(listed)}
    for kind, language, phrase in _each(words["phrases"]):
        first, _, rest = phrase.partition(" ")
        meaning = replace(
            _phrase_meaning(kind, language),
            is_silent=phrase in fillers,
            is_negated=bool(rest) and first in denials,
        )
        _add(drafts.base, phrase, meaning)
        if meaning.criterion == "technology":
            drafts.inflected.add([(phrase, frozenset({"s"})), *list_stems(phrase, "fi")], meaning)
        if len(phrase) >= _SHORTEST_SUGGESTED:
            drafts.vocabulary[phrase] = phrase
    for kind, language, phrase in _each(words["inflected"]):
        meaning = _phrase_meaning(kind, language)
        _add(drafts.base, phrase, meaning)
        drafts.inflected.add(list_stems(phrase, language), meaning)
        drafts.vocabulary[phrase] = phrase


def _phrase_meaning(kind: str, language: str) -> Meaning:
    languages = frozenset({language})
    if kind in _TRUE_OR_FALSE:
        criterion, value = _TRUE_OR_FALSE[kind]
        return Meaning(kind="criterion", criterion=criterion, value=value, languages=languages)
    group, _, name = kind.partition("_")
    if group in _VALUED:
        spoken = frozenset[str]() if group == "technology" else languages  # a product's name is of no language
        return Meaning(kind="criterion", criterion=_VALUED[group], value=(_WRITTEN.get(name, name),), languages=spoken)
    if group in _NAMED:
        return Meaning(kind=_NAMED[group], value=name, languages=languages)
    return Meaning(kind=kind, languages=languages)


def _add_industries(drafts: _Drafts) -> None:
    for industry in _read_toml("industries.toml")["industry"]:
        for language in LANGUAGES:
            meaning = Meaning(
                kind="criterion",
                criterion="industry",
                value=tuple(industry["codes"]),
                languages=frozenset({language}),
            )
            for phrase in _split(industry[language]):
                if " " not in phrase:
                    drafts.firsts.setdefault(phrase.rstrip("-"), meaning)
                if not phrase.endswith("-"):
                    _add(drafts.base, phrase, meaning)
                    drafts.inflected.add(list_stems(phrase, language), meaning)
                    drafts.vocabulary[phrase] = phrase


def _add_countries(drafts: _Drafts) -> None:
    for code, group, phrase, is_adjective in _each_country():
        for language in ("nb", "sv", "da") if group == "nordic" else (group,):
            meaning = Meaning(
                kind="criterion",
                criterion="country",
                value=(code,),
                languages=frozenset({language}),
                is_adjective=is_adjective,
            )
            if phrase.endswith("-"):
                drafts.firsts.setdefault(phrase.rstrip("-"), meaning)
                continue
            is_name = language == "fi" and not is_adjective
            _add(drafts.base, phrase, meaning)
            drafts.inflected.add(list_name_stems(phrase) if is_name else list_stems(phrase, language), meaning)
            drafts.vocabulary[phrase] = phrase


def _each_country() -> Iterator[tuple[str, str, str, bool]]:
    """Each word for a country with its code and its languages, and whether it is an adjective."""
    for code, by_language in _read_toml("countries.toml").items():
        for group, listed in by_language.items():
            names, _, adjectives = listed.partition(" | ")
            yield from ((code, group, phrase, False) for phrase in _split(names))
            yield from ((code, group, phrase, True) for phrase in _split(adjectives))


def _add_places(drafts: _Drafts, words: Mapping[str, Any]) -> None:
    regions: dict[str, set[str]] = {name: set(listed) for name, listed in words["areas"].items()}
    towns: dict[str, set[str]] = {name: set(listed) for name, listed in words["municipal_areas"].items()}
    languages: dict[str, set[str]] = {}
    countries: dict[str, set[str]] = {
        name: {each.country for part in parts for each in find_divisions(part)}
        for name, parts in (words["areas"] | words["municipal_areas"]).items()
    }
    spelt: dict[str, str] = {}
    for division in read_divisions():
        named = regions if division.level == "region" else towns
        for name in division.names:
            named.setdefault(name.lower(), set()).add(division.name)
            spelt[name.lower()] = name
            languages.setdefault(name.lower(), set()).add(_LANGUAGE_OF[division.country])
            countries.setdefault(name.lower(), set()).add(division.country)
    for county in read_former_counties():
        name = county.names[0]
        if " " not in name:  # "Vestfold og Telemark" is read as the two
            regions[name.lower()], spelt[name.lower()], languages[name.lower()] = {name}, name, {"nb"}
            countries[name.lower()] = {"NO"}
    for row in csv.DictReader(files(__package__).joinpath("towns.csv").read_text(encoding="utf-8").splitlines()):
        towns.setdefault(row["name"].lower(), {row["name"]})
        countries.setdefault(row["name"].lower(), set()).add(row["country"])
        spelt.setdefault(row["name"].lower(), row["name"])
    for name in {**regions, **towns}:
        place = Place(
            regions=tuple(sorted(regions.get(name, ()))),
            municipalities=() if name == _NO_TOWN else tuple(sorted(towns.get(name, ()))),
            countries=frozenset(countries.get(name, ())),
            needs_region_word=name == _ISLAND,
        )
        meaning = Meaning(kind="place", value=place, languages=frozenset(languages.get(name, ())))
        _add(drafts.base, name, meaning)
        drafts.inflected.add([(name, frozenset({"s", "'s", "'"}))], meaning)
        if "fi" in meaning.languages or name in _FINNISH_NAMES:
            drafts.inflected.add([*list_name_stems(name), *_list_demonym_stems(name)], meaning)
        plain = fold_letters(name)
        if plain != name and len(plain) >= _SHORTEST_UNACCENTED and plain not in words["not_unaccented"]["words"]:
            _add(drafts.unaccented, plain, meaning)
        drafts.vocabulary.setdefault(name, spelt.get(name, name.capitalize()))


def _list_demonym_stems(name: str) -> Iterator[Stem]:
    """Helsinki → helsinkiläinen and its forms."""
    for stem in (name, name[:-1] + "e", name[:-1] + "a"):
        for ending in ("lainen", "läinen"):
            yield stem + ending, frozenset({""})
            yield from list_stems(stem + ending, "fi")


def _read_occupations(words: Mapping[str, Any]) -> tuple[Mapping[str, Meaning], Forms]:
    base: dict[str, Meaning] = {}
    forms = Forms()
    for group, language, phrase in _each(words["occupations"]):
        meaning = Meaning(kind=group, languages=frozenset({language}))
        _add(base, phrase, meaning)
        forms.add(list_stems(phrase, language), meaning)
    return base, forms


def _read_trades(by_language: Mapping[str, str]) -> Forms:
    forms = Forms()
    for language, listed in by_language.items():
        for phrase in _split(listed):
            meaning = Meaning(kind="no_group", languages=frozenset({language}))
            forms.add([(phrase, frozenset({""})), *list_stems(phrase, language)], meaning)
    return forms


def _add(index: dict[str, Meaning], phrase: str, meaning: Meaning) -> None:
    """Put a meaning in, or its language to the same meaning; the first of two meanings stays."""
    before = index.setdefault(phrase, meaning)
    if (before.kind, before.criterion, before.value) == (meaning.kind, meaning.criterion, meaning.value):
        index[phrase] = replace(before, languages=before.languages | meaning.languages)


def _forms_of(by_language: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        form
        for language, listed in by_language.items()
        for word in _split(listed)
        for form in list_forms(word, language)
    )


def _each(section: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Each phrase of a section with its two headings."""
    for name, by_language in section.items():
        for language, listed in by_language.items():
            for phrase in _split(listed):
                yield name, language, phrase


def _split(listed: str) -> Iterable[str]:
    """The words and phrases of a list, as they are looked up: "bygg- og anlegg" without its hyphen."""
    phrases = [part.strip().casefold() for part in listed.split(", ")]
    return [re.sub(r"-(?= )", "", phrase) for phrase in phrases if phrase]


@cache
def _read_toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
