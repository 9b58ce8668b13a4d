"""Each thing that can be asked of a company, compiled to SQL that answers true, false, or null for unknown.

The three values are SQL's own, so that AND, OR and NOT over criteria need no code. Columns are those of `core.company`;
whatever the user wrote is bound as a parameter, never part of the text.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from enrich.icp.centres import find_named_divisions, number_of
from enrich.icp.criterion import Criterion, Knowledge
from enrich.icp.earlier_numbers import say_earlier
from enrich.icp.industry_codes import list_divided, list_prefixes
from enrich.icp.industry_lists import bind_lists, is_nace
from enrich.icp.intervals import Span, compile_interval
from enrich.icp.model import Criteria, Territory, read_range
from enrich.icp.money import compile_revenue
from enrich.icp.near import compile_near
from enrich.icp.numbers import (
    compile_age_years,
    compile_contacted,
    compile_employees_growth,
    compile_founded,
    compile_group_size,
    compile_last_contact,
    compile_revenue_growth,
)
from enrich.icp.places import Numbers, counties_in, find_counties, find_municipalities, fold_name, numbers_in
from enrich.icp.standing import (
    compile_has_parent,
    compile_in_crm,
    compile_is_subsidiary,
    compile_marketing_protected,
    compile_roles,
    compile_status,
    compile_technology,
)
from sources.kinds.own_words import LEFT_OUT


def compile_criterion(criteria: Criteria, name: str, key: str, knowledge: Knowledge) -> Criterion:
    """The criterion `name` of a form, its parameters beginning with `key`."""
    return _COMPILERS[name](criteria, key, knowledge)


def compile_territory(territory: Territory, key: str, knowledge: Knowledge) -> tuple[str, dict[str, object]]:
    """Whether a company lies in a territory, as SQL with its parameters."""
    compiled = compile_parts(territory, key, knowledge)
    parameters = {name: value for one in compiled for name, value in one.parameters.items()}
    return "(" + " AND ".join(one.verdict for one in compiled) + ")", parameters


def compile_parts(territory: Territory, key: str, knowledge: Knowledge) -> tuple[Criterion, ...]:
    """What has to hold of a company that lies in a territory."""
    parts = territory.criteria()
    return tuple(compile_criterion(parts, name, f"{key}_{name}", knowledge) for name in parts.asked())


def words_pattern(words: Iterable[str]) -> str:
    r"""The regular expression (RE2) that finds any of the words, or a longer word that begins with one.

    Capitals and accents make no difference; the letters of Nordic alphabets match their plain spelling.

    >>> words_pattern(["Øl", "café"])
    '(?i)(?:^|[^0-9A-Za-zÀ-ÖØ-öø-ӿ])((?:[oóòôöøō]l|[cçč][aáàâäåãā]f[eéèêëē])[0-9A-Za-zÀ-ÖØ-öø-ӿ]*)'
    """
    found = "|".join(r"\s+".join("".join(map(any_spelling, part)) for part in word.split()) for word in words)
    return f"(?i)(?:^|[^{LETTERS}])((?:{found})[{LETTERS}]*)"


def words_outline(word: str) -> str:
    """The pattern for ILIKE that every text with the word matches, and few others.

    >>> words_outline("Øl"), words_outline("utvikling av 5% æ")
    ('%_l%', '%_tv_kl__g%_v%5_%%%')
    """
    return "%" + "%".join("".join(map(_outline, part)) for part in word.split()) + "%"


LETTERS = "0-9A-Za-zÀ-ÖØ-öø-ӿ"
"""Digits and letters of Latin, Greek and Cyrillic; RE2 compiles this seven times as fast as all letters of Unicode."""

_SPELLINGS = {
    "a": "aáàâäåãā", "c": "cçč", "e": "eéèêëē", "i": "iíìîïī", "n": "nñ", "o": "oóòôöøō", "s": "sšş", "u": "uúùûüū",
    "y": "yý", "z": "zžż",
}  # fmt: skip
PLAIN = {spelling: plain for plain, spellings in _SPELLINGS.items() for spelling in spellings}
"""Each letter by which a plain one may be written."""


def any_spelling(letter: str) -> str:
    """The pattern for a letter of an asked word, however it is written."""
    lower = letter.lower()
    if lower == "æ":
        return "(?:æ|ae|ä)"
    return f"[{_SPELLINGS[PLAIN[lower]]}]" if lower in PLAIN else re.escape(lower)


def _outline(letter: str) -> str:
    lower = letter.lower()
    if lower == "æ":
        return "%"
    return lower if lower.isascii() and lower.isalnum() and lower not in PLAIN else "_"


def _country(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    return Criterion(
        name="country",
        asked=", ".join(criteria.country),
        verdict=f"list_contains(${key}, country_code)",
        value="country_code",
        fields=("country_code",),
        parameters={key: list(criteria.country)},
    )


def _region(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    counties = frozenset[str]().union(*map(find_counties, criteria.region))
    found = [each for asked in criteria.region for each in find_named_divisions(asked, "region")]
    # another country's code for a region, or one as ISO 3166-2 writes it (GLEIF)
    codes = {code.upper() for code in criteria.region if not find_counties(code)}
    unlisted = {code for code in codes if not find_named_divisions(code, "region")}
    return Criterion(
        name="region",
        asked=", ".join(criteria.region),
        verdict=f"""(CASE
            WHEN country_code = 'NO' AND list_contains(${key}_unlisted, region_code) THEN true
            WHEN country_code = 'NO' AND NOT list_contains(${key}_countries, 'NO') THEN false
            WHEN country_code = 'NO' AND municipality_code IS NOT NULL THEN {_lies_in(key, "municipality_code")}
            WHEN country_code = 'NO' THEN {_lies_in(f"{key}_county", "right(region_code, 2)")}
            WHEN list_contains(${key}_codes, region_code) THEN true
            WHEN {_ELSEWHERE.format(key)} THEN false
            WHEN country_code IN ('SE', 'DK', 'FI') THEN list_contains(${key}_places, place_region)
            ELSE list_contains(${key}_codes, region_code) END)""",
        value="coalesce(coalesce(municipality_name, city) || coalesce(' (' || coalesce(place_region, region_code) || ')', ''), region_code)",
        fields=("region_code", "municipality_code", "city", "place_region"),
        parameters={
            **_number_parameters(key, numbers_in(counties)),
            **_number_parameters(f"{key}_county", counties_in(counties)),
            f"{key}_codes": sorted(codes),
            f"{key}_unlisted": sorted(unlisted),
            f"{key}_places": sorted({number_of(each) for each in found}),
            f"{key}_countries": sorted({each.country for each in found} | ({"NO"} if counties else set())),
        },
    )


_ELSEWHERE = "country_code IN ('NO', 'SE', 'DK', 'FI') AND NOT list_contains(${}_countries, country_code)"
"""That a company lies in a country whose places are all known, and of which none was asked for."""


def _municipality(criteria: Criteria, key: str, knowledge: Knowledge) -> Criterion:
    names = sorted({fold_name(name) for name in criteria.municipality})
    found = [each for asked in criteria.municipality for each in find_named_divisions(asked, "municipality")]
    older = [asked for asked in criteria.municipality if not find_municipalities(asked)]
    became = knowledge.earlier.became(older)
    unlisted = [
        asked
        for asked in older
        if knowledge.earlier.successors(asked) or not find_named_divisions(asked, "municipality")
    ]
    numbers = numbers_in(became.whole.union(*map(find_municipalities, criteria.municipality)))
    # of what is joined with more nobody knows who is in the part that was asked for
    doubtful = numbers_in(became.part)
    outside = set(numbers.outside) - {*doubtful.inside, *doubtful.astride}
    is_norwegian = bool(numbers.inside or numbers.astride or doubtful.inside)
    return Criterion(
        name="municipality",
        asked=", ".join(criteria.municipality),
        verdict=f"""(CASE
            WHEN country_code = 'NO' AND list_contains(${key}_unlisted, municipality_code) THEN true
            WHEN country_code = 'NO' AND NOT list_contains(${key}_countries, 'NO') THEN false
            WHEN country_code = 'NO' AND municipality_code IS NOT NULL THEN {_lies_in(key, "municipality_code")}
            WHEN list_contains(${key}_codes, municipality_code) THEN true
            WHEN {_ELSEWHERE.format(key)} THEN false
            WHEN country_code IN ('SE', 'DK', 'FI') AND place_municipality IS NOT NULL
                THEN list_contains(${key}_places, place_municipality)
            -- a town in another region than any of them
            WHEN NOT list_contains(${key}_regions, place_region) THEN false
            WHEN municipality_name IS NOT NULL THEN list_contains(${key}_names, strip_accents(lower(municipality_name)))
            -- a town of another name may lie in it
            WHEN list_contains(${key}_names, strip_accents(lower(city))) THEN true END)""",
        value="""coalesce(municipality_name || coalesce(' (' || municipality_code || ')', ''),
            place_name || ' (' || place_municipality || ')', place_municipality, municipality_code, city)""",
        fields=("municipality_code", "municipality_name", "city", "place_municipality"),
        parameters={
            f"{key}_inside": list(numbers.inside),
            f"{key}_outside": sorted(outside),
            f"{key}_codes": list(criteria.municipality),
            f"{key}_unlisted": unlisted,
            f"{key}_names": names,
            f"{key}_places": sorted({number_of(each) for each in found}),
            f"{key}_regions": sorted({f"{each.country}-{each.region}" for each in found}),
            f"{key}_countries": sorted({each.country for each in found} | ({"NO"} if is_norwegian else set())),
        },
        note="; ".join(filter(None, (say_earlier(asked, criteria.country, knowledge.earlier) for asked in older)))
        or None,
    )


def _lies_in(key: str, number: str) -> str:
    """Norwegian municipality or county: a number that was split since, and one that no list knows, is neither in nor out."""
    return (
        f"CASE WHEN list_contains(${key}_inside, {number}) THEN true "
        f"WHEN list_contains(${key}_outside, {number}) THEN false END"
    )


def _number_parameters(key: str, numbers: Numbers) -> dict[str, object]:
    return {f"{key}_inside": list(numbers.inside), f"{key}_outside": list(numbers.outside)}


def _postal_prefix(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    verdict, parameters = _begins_with("postal_code", criteria.postal_prefix, key)
    return Criterion(
        name="postal_prefix",
        asked=", ".join(criteria.postal_prefix),
        verdict=verdict,
        value="postal_code || coalesce(' ' || city, '')",
        fields=("postal_code",),
        parameters=parameters,
    )


def _sector(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    verdict, parameters = _begins_with("sector_code", criteria.sector, key)
    return Criterion(
        name="sector",
        asked=", ".join(criteria.sector),
        verdict=verdict,
        value="sector_code",
        fields=("sector_code",),
        parameters=parameters,
    )


def _legal_form(criteria: Criteria, key: str, knowledge: Knowledge) -> Criterion:
    codes = [code.upper() for code in criteria.legal_form]
    # a code of one list says nothing of a company whose form is stated in another (AS against ELF's YI42)
    schemes = sorted({scheme for scheme, code in knowledge.forms if code.upper() in codes})
    other_list = f" WHEN NOT list_contains(${key}_schemes, legal_form_scheme) THEN NULL" if schemes else ""
    return Criterion(
        name="legal_form",
        asked=", ".join(codes),
        verdict=f"(CASE WHEN legal_form_code IS NULL THEN NULL WHEN list_contains(${key}, upper(legal_form_code)) "
        f"THEN true{other_list} ELSE false END)",
        value="legal_form_code",
        fields=("legal_form_code",),
        parameters={key: codes} | ({f"{key}_schemes": schemes} if schemes else {}),
    )


def _industry(criteria: Criteria, key: str, knowledge: Knowledge) -> Criterion:
    scheme = criteria.industry_scheme
    prefixes = [prefix for code in criteria.industry for prefix in list_prefixes(code)]
    divided = list_divided(criteria.industry)
    whole, part, answered = knowledge.correspondences.through(prefixes, scheme)
    pattern = "^(?:" + "|".join(map(re.escape, prefixes)) + ")"

    def is_yes(code: str, its_scheme: str) -> str:
        direct = f"regexp_matches(replace({code}, '.', ''), ${key}_pattern)"
        its_list = is_nace(its_scheme, f"${key}_lists") if scheme is None else f"{its_scheme} = ${key}_scheme"
        direct = f"({direct} AND {its_list})"
        return f"({direct} OR regexp_matches({its_scheme} || ':' || {code}, ${key}_whole))" if whole else direct

    def is_open(code: str, its_scheme: str) -> str:
        partly = f"regexp_matches({its_scheme} || ':' || {code}, ${key}_part)"
        if divided:
            partly = f"({partly} OR regexp_full_match(replace({code}, '.', ''), ${key}_divided))"
        return f"({partly} OR NOT {is_answered(its_scheme)})"

    def is_answered(its_scheme: str) -> str:
        """Whether codes of a list can say no: the digits of another one mean other industries."""
        if scheme is None:
            return is_nace(its_scheme, f"${key}_lists")
        return f"coalesce(list_contains(${key}_answered, {its_scheme}), false)"

    main, each = ("industry_code", "industry_scheme"), ("one.code", "one.scheme")
    of_one = f"CASE WHEN {is_yes(*each)} THEN 2 WHEN {is_open(*each)} THEN 1 ELSE 0 END"
    return Criterion(
        name="industry",
        asked=", ".join(criteria.industry) + (f" ({scheme})" if scheme is not None else ""),
        # the main code, always the first of the list, alone answers for nearly all companies, ten times as fast
        verdict=f"""(CASE
            WHEN {is_yes(*main)} THEN true
            WHEN industry_code IS NOT NULL AND len(industries) = 1 THEN
                CASE WHEN {is_open(*main)} THEN NULL ELSE false END
            -- any code that says yes does, then any that leaves it open; no list, or an empty one, says nothing
            ELSE CASE list_max(list_transform(industries, lambda one: {of_one}))
                WHEN 2 THEN true WHEN 0 THEN false END END)""",
        value="coalesce("
        + ", ".join(
            f"list_transform({found}, lambda one: {_code_text(key, is_answered('one.scheme'))})[1]"
            for found in (
                f"list_filter(industries, lambda one: {is_yes(*each)})",
                f"list_filter(industries, lambda one: {is_open(*each)})",
                "industries",
            )
        )
        + ")",
        fields=("industries", "industry_code"),
        elements=("industries", of_one),
        parameters={
            f"{key}_pattern": pattern,
            f"{key}_whole": _beginning_with(whole),
            f"{key}_part": _beginning_with(part),
        }
        | ({f"{key}_divided": "(?:" + "|".join(divided) + r")\d*"} if divided else {})
        | (
            {f"{key}_lists": bind_lists()}
            if scheme is None
            else {f"{key}_scheme": scheme, f"{key}_answered": [scheme, *answered]}
        ),
        note="also asked through the correspondence of code lists" if whole or part else None,
    )


def _code_text(key: str, is_answered: str) -> str:
    """The code of the lambda's element, its title where it is the main one, else that it is a further one, and whether a
    correspondence answered, or its list cannot.
    """
    code = "one.scheme || ':' || one.code"
    is_main = "one.code = industry_code AND one.scheme IS NOT DISTINCT FROM industry_scheme"
    return (
        f"CASE WHEN {is_main} THEN '' ELSE 'also registered as ' END || one.code "
        f"|| CASE WHEN {is_main} AND industry_title IS NOT NULL THEN ' ' || industry_title ELSE '' END "
        f"|| CASE WHEN regexp_matches({code}, ${key}_whole) OR regexp_matches({code}, ${key}_part) "
        "THEN ' (' || one.scheme || ', answered by the correspondence of code lists)' "
        f"WHEN NOT {is_answered} THEN ' (' || coalesce(one.scheme || ', another', 'another') || ' list of codes)' ELSE '' END"
    )


def _beginning_with(starts: Collection[str]) -> str:
    """A pattern (RE2) for what begins with one of these; for no start, one that nothing matches."""
    return "^(?:" + "|".join(map(re.escape, starts)) + ")" if starts else r"[^\s\S]"


def _employees(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    asked = criteria.employees or ""
    return compile_interval(
        criteria,
        key,
        name="employees",
        asked=asked,
        span=Span(
            low="coalesce(employees_low, 0)",
            high="employees_high",
            is_unknown="(employees_low IS NULL AND employees_high IS NULL)",
        ),
        ends=read_range(asked),
        value=SIZE,
        fields=("employees_low", "employees_high"),
    )


SIZE = """(CASE
    WHEN employees_low IS NULL AND employees_high IS NULL THEN NULL
    WHEN employees_low = employees_high THEN employees_low::VARCHAR
    WHEN employees_high IS NULL THEN employees_low || ' or more'
    ELSE coalesce(employees_low, 0) || '-' || employees_high || CASE employees_state WHEN 'withheld' THEN ' (withheld)' ELSE '' END
    END)"""
"""The number of employees as text, null where it is unknown."""


NO_WEBSITE = "none registered"
"""What the value of has_website begins with where a source of the company states websites, but none of it."""


def compile_website(sources: Collection[str]) -> Criterion:
    """Whether a company has a website, of which the sources given would have told."""
    return _has_website(Criteria(has_website=True), "website", Knowledge(website_sources=frozenset(sources)))


def _has_website(criteria: Criteria, key: str, knowledge: Knowledge) -> Criterion:
    # absent is a no only where a source of the company would have stated it
    has = (
        "CASE WHEN website IS NOT NULL OR domain IS NOT NULL THEN true "
        f"WHEN list_has_any(sources, ${key}_sources) THEN false END"
    )
    return Criterion(
        name="has_website",
        asked="yes" if criteria.has_website else "no",
        verdict=f"(({has}) = ${key}_wanted)",
        # the date of the company is that of its source where it has just one
        value=f"""coalesce(domain, website, '{NO_WEBSITE} (' || list_intersect(sources, ${key}_sources)[1]
            || CASE WHEN len(sources) = 1 THEN strftime(last_known_at, ' %Y-%m-%d') ELSE '' END || ')')""",
        fields=("website",),
        parameters={f"{key}_sources": sorted(knowledge.website_sources), f"{key}_wanted": criteria.has_website},
    )


TEXTS: Mapping[str, str] = {
    "name": "name", "activity": "activity", "purpose": "purpose", "website": "site_description",
}  # fmt: skip
"""Texts in which words are looked for, and their columns."""


def _words(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    outlines = {f"{key}_{index}": words_outline(word) for index, word in enumerate(criteria.words)}
    columns = {text: TEXTS[text] for text in TEXTS if not criteria.text_in or text in criteria.text_in}
    # the outline is ten times as fast as the pattern and nearly as choosy
    hits = {
        text: f"({' OR '.join(f'{column} ILIKE ${name}' for name in outlines)}) AND regexp_matches({column}, ${key})"
        for text, column in columns.items()
    }
    shown = " ".join(
        f"WHEN {hit} THEN '{text}: ' || regexp_extract({columns[text]}, ${key}, 1)" for text, hit in hits.items()
    )
    return Criterion(
        name="words",
        asked=", ".join(criteria.words) + (f" (in {' or '.join(criteria.text_in)})" if criteria.text_in else ""),
        verdict=f"""(CASE
            {" ".join(f"WHEN {hit} THEN true" for hit in hits.values())}
            WHEN {_untold(columns, is_site_asked="website" in criteria.text_in)} THEN NULL
            ELSE false END)""",
        value=f"(CASE {shown} END)",
        fields=tuple(columns.values()),
        parameters={key: words_pattern(criteria.words), **outlines},
        words=criteria.words,
    )


def _untold(texts: Collection[str], *, is_site_asked: bool) -> str:
    """Whether what is looked for may stand in a text that is not told, as SQL: every company has a name, but no more.

    A site is read of few: where nobody asked for it by name, it may say yes, and neither no nor that it is not known.
    """
    stated = [text for text in texts if text not in ("name", "website")]
    untold = [f"({' AND '.join(f'{text} IS NULL' for text in stated)})"] if stated else []
    if is_site_asked:
        untold.append(f"coalesce(contains(site_description, '{LEFT_OUT}'), true)")
    return " OR ".join(untold) or "false"


def _territory(criteria: Criteria, key: str, knowledge: Knowledge) -> Criterion:
    compiled = [
        compile_territory(knowledge.territories[name], f"{key}_{index}", knowledge)
        for index, name in enumerate(criteria.territory)
    ]
    return Criterion(
        name="territory",
        asked=", ".join(criteria.territory),
        verdict="(" + " OR ".join(sql for sql, _ in compiled) + ")",
        value="concat_ws(', ', municipality_name, postal_code, country_code)",
        fields=("country_code", "municipality_code", "postal_code", "industries"),
        parameters={name: value for _, parameters in compiled for name, value in parameters.items()},
        parts=tuple(
            compile_parts(knowledge.territories[name], f"{key}_{index}", knowledge)
            for index, name in enumerate(criteria.territory)
        ),
    )


def _begins_with(column: str, prefixes: Iterable[str], key: str) -> tuple[str, dict[str, object]]:
    parameters: dict[str, object] = {f"{key}_{index}": prefix for index, prefix in enumerate(prefixes)}
    return "(" + " OR ".join(f"starts_with({column}, ${name})" for name in parameters) + ")", parameters


_COMPILERS: Mapping[str, Callable[[Criteria, str, Knowledge], Criterion]] = {
    "country": _country,
    "region": _region,
    "municipality": _municipality,
    "near": compile_near,
    "postal_prefix": _postal_prefix,
    "industry": _industry,
    "employees": _employees,
    "employees_growth": compile_employees_growth,
    "revenue": compile_revenue,
    "revenue_growth": compile_revenue_growth,
    "founded": compile_founded,
    "age_years": compile_age_years,
    "status": compile_status,
    "legal_form": _legal_form,
    "sector": _sector,
    "is_subsidiary": compile_is_subsidiary,
    "has_parent": compile_has_parent,
    "group_size": compile_group_size,
    "roles": compile_roles,
    "has_website": _has_website,
    "technology": compile_technology,
    "words": _words,
    "territory": _territory,
    "in_crm": compile_in_crm,
    "last_contact_days": compile_last_contact,
    "last_contact": compile_contacted,
    "marketing_protected": compile_marketing_protected,
}
