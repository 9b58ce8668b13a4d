"""A text as items: each the longest phrase that the lists know, with its meaning; or a word that they do not know."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Literal

from enrich.icp.gazetteer import find_divisions
from enrich.icp.reading.lexicon import LANGUAGES, LONGEST, Lexicon, Meaning, Place
from enrich.icp.reading.tokens import Token, as_written

FIRST_YEAR, LAST_YEAR = 1800, 2099
NORWEGIAN_DIGITS = 4
"""Of a municipality's number."""

_MARKS = dict.fromkeys(",;.!?()", "comma") | dict.fromkeys("-–—−", "dash") | {"/": "or", "%": "percent"}
_LIKE_WORDS = frozenset(["<", ">", "<=", ">=", "=", "~", "&", "+", "€", "£", "$"])
_INSIDE = frozenset({".", "'"})
"""Marks that a phrase may have inside: "mio. kr.", "doctors' surgery"."""
_VOTES = {"place": 0.3, "revenue": 3.0}
"""What says less and more of the language than any other word: the language decides the currency of a revenue."""
_TOO_LARGE = Decimal(10) ** 12
_TAILS = frozenset({"or_more", "or_less", "or_older", "or_younger", "or_later", "or_earlier"})
_SUM_KINDS = frozenset({"k", "thousand", "million", "billion", "krone", "currency"})
_MEASURED = _SUM_KINDS | {"number", "year", "years", "people", "old", "founded", "decade", "dash", "filler", "percent"}
"""What "or more" may follow."""
_AMOUNT_BEGINS = _SUM_KINDS | {"than", "to", "gt", "ge", "lt", "le", "about", "around", "between", "not"}
"""What "and more" ends nothing before: "og mer enn 10 ansatte" begins the next amount, as "og over kr 10 mill" does."""
_ARTICLES = frozenset({"a", "en", "et", "ett"})
_JOINS = frozenset({"and", "or", "comma"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A phrase of the text with its meaning; `text` as written."""

    kind: str
    text: str
    first: int
    last: int
    """Its first and last token."""
    value: object = None
    criterion: str | None = None
    languages: frozenset[str] = frozenset()
    is_silent: bool = False
    is_negated: bool = False
    """Whether it holds a not of its own, so that no other reaches it: "ikke over 50 ansatte"."""
    is_adjective: bool = False
    """Whether it is a country's adjective: "svenske", not "Sverige"."""
    is_joined: bool = False
    """Whether it is a role without a "med" or "har" of its own, joined to what has one: "uten revisor, daglig leder"."""


def list_items(tokens: Sequence[Token], lexicon: Lexicon, *, language: str | None) -> list[Item]:
    """The items of a text; a word that only some languages have is read only in a text of these, where its language is known."""
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        before = items[-1].kind if items else ""
        if (role := _role_at(tokens, at, items, lexicon)) is not None:
            items.append(role)
            at = role.last + 1
            continue
        found, length = _item_at(tokens, at, lexicon, language, before)
        at += length
        if found.kind == "hire" or (found.kind == "seek" and any(_means(each) for each in items)):
            items = _occupation_before(items, lexicon)
            hire = replace(found, kind="hire")
            if items and items[-1].kind in ("occupation", "no_group"):
                items.append(hire)
                continue
            denial, begin = _denial_at(tokens, at, lexicon, language)
            people, end = _occupations_at(tokens, begin, lexicon, language)
            if denial is None:
                items += [hire, *people]
                at = end
            elif any(
                each.kind != "unknown" for each in people
            ):  # "ansetter ikke selgere" says what "ikke ansetter selgere" says
                items += [denial, hire, *people]
                at = end
            else:  # "ansetter ikke i Oslo": nobody knows whether they hire
                items.append(replace(found, kind="unknown"))
        elif found.kind == "seek":
            items.append(replace(found, kind="filler", is_silent=True))
        else:
            items.append(found)
    items = list(_resolve_beside(items))
    items = list(_resolve_places(list(_number_places(items, language)), lexicon))
    return list(_refuse_compounds(items)) if language == "en" else items


def guess_language(items: Sequence[Item], text: str) -> str:
    """The language that most of the words are of; the first of `LANGUAGES` where two are as likely."""
    votes = dict.fromkeys(LANGUAGES, 0.0)
    for item in items:
        weight = _VOTES.get(item.kind, 1.0)
        for language in item.languages:
            votes[language] += weight / len(item.languages)
    lowered = text.casefold()
    for letters, those in (("æø", ("nb", "da")), ("äö", ("sv", "fi"))):
        for language in those:
            votes[language] += 0.1 * any(letter in lowered for letter in letters)
    return max(LANGUAGES, key=lambda language: votes[language])


def _means(item: Item) -> bool:
    return item.kind in ("criterion", "place", "unknown", "people", "number")


def _item_at(tokens: Sequence[Token], at: int, lexicon: Lexicon, language: str | None, before: str) -> tuple[Item, int]:
    """The item that begins at a token, and how many tokens it takes; `before` is the kind of the item before."""
    token = tokens[at]
    if token.kind == "quoted":
        return _item("criterion", tokens, at, 1, Meaning(kind="criterion", criterion="words", value=(token.key,))), 1
    if token.kind == "number":
        return _number_item(tokens, at, token.value or Decimal(0), 1), 1
    if token.kind == "mark" and token.text not in _LIKE_WORDS:
        return _item(_kind_of_mark(tokens, at, lexicon), tokens, at, 1, Meaning(kind="mark", is_silent=True)), 1
    if token.kind == "day":
        return _day_item(tokens, at, language), 1
    if token.key in lexicon.apart and language == lexicon.apart[token.key] and _stands_apart(tokens, at):
        return _item("filler", tokens, at, 1, Meaning(kind="filler", is_silent=True)), 1
    number = _number_words(tokens, at, lexicon)
    for length in range(min(LONGEST, len(tokens) - at), 0, -1):
        found = _find(tokens[at : at + length], lexicon, language)
        if found is None or (length == 1 and number is not None and _is_number_rather(found, tokens, at, language)):
            continue
        if found.kind in _TAILS and (before not in _MEASURED or _begins_amount(tokens, at + length, lexicon)):
            continue  # neither "konkurs eller under avvikling" nor "og over 100 ansatte" ends an amount
        return _item(found.kind, tokens, at, length, found), length
    if number is not None:
        return _number_item(tokens, at, *number), number[1]
    return _item("unknown", tokens, at, 1), 1


def _stands_apart(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word is all that its sentence or part has, at the beginning or the end of the text: "Tak!"."""
    before, after = tokens[:at], tokens[at + 1 :]
    is_alone = all(each.kind == "mark" for each in (*before[-1:], *after[:1]))
    return is_alone and any(all(each.kind == "mark" for each in side) for side in (before, after))


def _find(part: Sequence[Token], lexicon: Lexicon, language: str | None) -> Meaning | None:
    if any(each.kind in ("quoted", "number", "day") for each in part) or {part[0].text, part[-1].text} & _INSIDE:
        return None
    keys = [each.key for each in part if each.text not in _INSIDE]
    phrase = keys[0] if len(keys) == 1 else " ".join(key.rstrip("-") for key in keys)
    if language not in lexicon.only_in.get(phrase, {language}):
        return None
    return lexicon.find(phrase)


def _begins_amount(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    if at < len(tokens) - 1 and tokens[at].key in _ARTICLES:  # "and over a million"
        at += 1
    if at >= len(tokens):
        return False
    meaning = lexicon.base.get(tokens[at].key)
    is_number = tokens[at].kind == "number" or tokens[at].key in lexicon.numbers
    return is_number or (meaning is not None and meaning.kind in _AMOUNT_BEGINS)


def _is_number_rather(found: Meaning, tokens: Sequence[Token], at: int, language: str | None) -> bool:
    """Whether a number word that is something else too is the number: "to" is two in Norwegian, but not in "5 to 10"."""
    return found.kind == "filler" or (found.kind == "to" and language in ("nb", "da") and not _in_range(tokens, at))


def _in_range(tokens: Sequence[Token], at: int) -> bool:
    return 0 < at < len(tokens) - 1 and tokens[at - 1].kind == "number" and tokens[at + 1].kind == "number"


def _number_words(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Decimal, int] | None:
    total = lexicon.numbers.get(tokens[at].key)
    if total is None:
        return None
    length = 1
    while at + length < len(tokens) and (more := lexicon.numbers.get(tokens[at + length].key)) is not None:
        if more in (100, 1000) and total < more:
            total *= more
        elif more < 10 and total >= 20 and total % 10 == 0:
            total += more
        else:
            break
        length += 1
    return total, length


def _number_item(tokens: Sequence[Token], at: int, value: Decimal, length: int) -> Item:
    token = tokens[at]
    if value >= _TOO_LARGE:
        return _item("unknown", tokens, at, length)
    is_year = token.kind == "number" and token.text.isdecimal() and FIRST_YEAR <= value <= LAST_YEAR
    return _item("year" if is_year else "number", tokens, at, length, Meaning(kind="number", value=value))


def _day_item(tokens: Sequence[Token], at: int, language: str | None) -> Item:
    """A day of the calendar, the day before the month; in English "1/6/2026" is one of two, and nobody says which."""
    text = tokens[at].text
    day, month, year = (int(part) for part in _PARTED_DAY.split(text))
    if language == "en" and "." not in text:
        if day <= MONTHS and month <= MONTHS and day != month:
            return _item("unclear_day", tokens, at, 1)
        if month > MONTHS:
            day, month = month, day
    try:
        said = date(year, month, day)
    except ValueError:
        return _item("unknown", tokens, at, 1)
    return _item("calendar_day", tokens, at, 1, Meaning(kind="calendar_day", value=said))


MONTHS = 12
_PARTED_DAY = re.compile(r"[./-]")


def _kind_of_mark(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> str:
    """A comma parts; so does a dash between spaces, but not between two amounts; a point not behind an abbreviation."""
    token, before = tokens[at], tokens[at - 1] if at else None
    kind = _MARKS.get(token.text, "filler")
    if kind == "dash" and token.is_spaced:
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        return "dash" if _is_amount(before, lexicon) and _is_amount(after, lexicon) else "comma"
    if token.text == "." and before is not None and before.key in lexicon.abbreviations:
        return "filler"
    return kind


def _is_amount(token: Token | None, lexicon: Lexicon) -> bool:
    if token is None:
        return False
    meaning = lexicon.base.get(token.key)
    return token.kind == "number" or (meaning is not None and meaning.kind in _SUM_KINDS)


def _item(kind: str, tokens: Sequence[Token], at: int, length: int, meaning: Meaning | None = None) -> Item:
    part = tokens[at : at + length]
    meaning = meaning or Meaning(kind=kind)
    return Item(
        kind=kind,
        text=as_written(part),
        first=at,
        last=at + length - 1,
        value=meaning.value,
        criterion=meaning.criterion,
        languages=meaning.languages,
        is_silent=meaning.is_silent,
        is_negated=meaning.is_negated,
        is_adjective=meaning.is_adjective,
    )


def _denial_at(tokens: Sequence[Token], at: int, lexicon: Lexicon, language: str | None) -> tuple[Item | None, int]:
    """The "not" right behind a verb of hiring, and the token after it; nothing and the same token where there is none."""
    after = at
    while after < len(tokens):
        item, length = _item_at(tokens, after, lexicon, language, "hire")
        after += length
        if item.kind == "not" and item.text.casefold() in lexicon.hire_denials:
            return item, after
        if item.kind != "filler":
            break
    return None, at


def _occupations_at(tokens: Sequence[Token], at: int, lexicon: Lexicon, language: str | None) -> tuple[list[Item], int]:
    """The people hired, from a token on, and the token after them: "nye selgere, utviklere og HR-folk".

    What a comma joins is one of them only where "and" or "or" ends the list: "som ansetter selgere, revisorer i Oslo" hires
    no auditors. People of a trade without a group, and an unknown word right behind the verb, are not understood; nor is a trade
    behind such a one and a comma: "som ansetter rørleggere, tannleger". They come last, so that the others make one filter.
    """
    people: list[Item] = []
    certain, after, join = 0, at, ""
    while at < len(tokens):
        found = _occupation_at(tokens, at, lexicon)
        if found is None and not people and tokens[at].kind == "word" and not _kind_in_list(tokens[at], lexicon):
            item, _ = _item_at(tokens, at, lexicon, language, "hire")
            found = item if item.kind == "unknown" else None
        if found is not None and (join or not people or people[-1].kind == "unknown"):
            is_certain = join != "comma" or {found.kind, people[-1].kind} == {"no_group"}
            people.append(found)
            at = found.last + 1
            if is_certain:
                certain, after = len(people), at
            join = ""
            continue
        kind = _kind_in_list(tokens[at], lexicon)
        if kind in _JOINS and people:
            join = kind
        elif kind != "filler" or (people and not join):
            break
        at += 1
    return sorted(people[:certain], key=lambda each: each.kind != "occupation"), after


def _occupation_at(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Item | None:
    for length in range(min(LONGEST, len(tokens) - at), 0, -1):
        part = tokens[at : at + length]
        if all(each.kind == "word" for each in part):
            phrase = " ".join(each.key.rstrip("-") for each in part)
            groups = lexicon.find_occupation(phrase)
            if groups is not None:
                return _item("occupation", tokens, at, length, Meaning(kind="occupation", value=groups))
            if lexicon.is_trade(phrase):
                return _item("no_group", tokens, at, length)
    return None


def _kind_in_list(token: Token, lexicon: Lexicon) -> str:
    if token.kind == "mark":
        return {",": "comma", "/": "or", "&": "and", ":": "filler"}.get(token.text, token.text)
    meaning = lexicon.find(token.key)
    if meaning is not None and meaning.kind in _JOINS:
        return meaning.kind
    return "filler" if token.key in lexicon.hire_fillers or (meaning is not None and meaning.is_silent) else ""


def _role_at(tokens: Sequence[Token], at: int, items: Sequence[Item], lexicon: Lexicon) -> Item | None:
    """A role that somebody holds: behind "with", "has" or "without", or joined to what is had.

    Anywhere else its name is an industry ("revisorer i Aalborg"), somebody who is hired, or unknown.
    """
    had = _find_had(items, lexicon)
    if had is None:
        return None
    for length in range(min(LONGEST, len(tokens) - at), 0, -1):
        phrase = " ".join(each.key for each in tokens[at : at + length])
        role = lexicon.roles.get(phrase)
        if role is not None:
            # "med nettside og revisor": has it one, or is it one?
            if had == "with_other" and lexicon.find(phrase) is not None:
                return _item("unknown", tokens, at, length)
            meaning = Meaning(kind="criterion", criterion="roles", value=(role,))
            return replace(_item("criterion", tokens, at, length, meaning), is_joined=had != "had")
    return None


_HAD = frozenset({"has_website", "technology"})


def _find_had(items: Sequence[Item], lexicon: Lexicon) -> Literal["had", "with_role", "with_other"] | None:
    """Whether what comes next is had: "med", "har ikke noen", "uten", or joined to a role; or joined to what else is had."""
    for place in range(len(items) - 1, -1, -1):
        item = items[place]
        if item.text.casefold() in lexicon.having:
            return "had"
        if item.kind in _JOINS and place:
            before = items[place - 1]
            if before.kind in _JOINS:  # "uten revisor, og daglig leder"
                continue
            is_had = before.criterion in _HAD or before.kind in _MEASURED
            return "with_role" if before.criterion == "roles" else "with_other" if is_had else None
        if item.kind != "not" and item.text.casefold() not in lexicon.having_fillers:
            return None
    return None


def _occupation_before(items: list[Item], lexicon: Lexicon) -> list[Item]:
    """Finnish puts the people first: "myyjiä palkkaavat yritykset"."""
    if items and items[-1].kind != "filler":
        phrase = items[-1].text.casefold()
        groups = lexicon.find_occupation(phrase)
        if "fi" in (items[-1].languages or {"fi"}) and items[-1].kind in ("unknown", "criterion"):
            if groups:
                return [*items[:-1], replace(items[-1], kind="occupation", value=groups, criterion=None)]
            if lexicon.is_trade(phrase):
                return [*items[:-1], replace(items[-1], kind="no_group", criterion=None)]
    return items


def _number_places(items: Sequence[Item], language: str | None) -> Iterator[Item]:
    """The items, with the numbers behind "kommune" as places: "kommunenummer 1103, 1108 og 1120"."""
    said: list[Item] = []  # what comes before, without what means nothing
    for item, after in zip_longest(items, items[1:]):
        if (item.kind, item.text) == ("filler", "."):  # "kommunenr. 1103"
            continue
        kinds = ["", "", *(each.kind for each in said)]
        begins = kinds[-1] == "municipality_word" and kinds[-2] != "place"
        goes_on = kinds[-1] in _JOINS and kinds[-2] == "place" and said[-2].text.isdecimal()
        number = _read_municipality(item, language) if begins or goes_on else None
        if number is not None and (after is None or after.kind not in _COUNTED):
            item = replace(item, kind="place", value=_place_numbered(number))
        yield item
        if item.kind != "filler":
            said.append(item)


def _read_municipality(item: Item, language: str | None) -> str | None:
    """A municipality's number as the ICP file writes it, in Swedish, Danish and Finnish of that country; null where it is none.

    Four digits that are in no list may be Norway's of before 2020, also in a text that looks Danish: whoever asks by them is told.
    """
    if item.kind not in ("number", "year") or _MUNICIPALITY.fullmatch(item.text) is None:
        return None
    country = {"sv": "SE", "da": "DK", "fi": "FI"}.get(language or "")
    if country is not None and find_divisions(item.text, level="municipality", country=country):
        return f"{country}-{item.text}"
    return item.text if len(item.text) == NORWEGIAN_DIGITS and language not in ("sv", "fi") else None


def _place_numbered(number: str) -> Place:
    country, _, digits = number.rpartition("-")
    found = find_divisions(digits, level="municipality", country=country or None)
    return Place(municipalities=(number,), countries=frozenset(each.country for each in found))


_COUNTED = _MEASURED - {"filler", "number"}
_MUNICIPALITY = re.compile(r"\d{3,4}")


def _resolve_places(items: Sequence[Item], lexicon: Lexicon) -> Iterator[Item]:
    """Say of each place what it is by the word beside it ("Stockholms län", "Region Sjælland"); drop what was said twice."""
    for index, item in enumerate(items):
        before = items[index - 1].kind if index else ""
        after = items[index + 1].kind if index + 1 < len(items) else ""
        if item.kind in ("region_word", "municipality_word"):
            if "place" not in (before, after):
                yield replace(item, kind="unknown")
            continue
        if item.kind == "place" and isinstance(item.value, Place):
            place = item.value
            if "region_word" in (before, after):
                yield _narrowed(item, replace(place, municipalities=()))
            elif "municipality_word" in (before, after):
                yield _narrowed(item, replace(place, regions=()))
            elif place.needs_region_word or before == "number":  # "1 time"
                yield replace(item, kind="unknown")
            else:
                yield item
            continue
        if (
            item.text.casefold() in lexicon.absorbed
            and item.criterion == "industry"
            and index
            and items[index - 1].criterion in ("industry", "technology")
        ):
            continue
        yield item


def _resolve_beside(items: Sequence[Item]) -> Iterator[Item]:
    """What means nothing beside a value of its criterion, and is unknown anywhere else: "plattformen Shopify"."""
    said = [item for item in items if item.kind not in _PASSED_OVER]
    for item in items:
        if item.kind == "beside":
            before = [each for each in said if each.last < item.first][-1:]
            after = [each for each in said if each.first > item.last][:1]
            is_filler = any(each.criterion == item.value for each in (*before, *after))
            item = replace(item, kind="filler" if is_filler else "unknown", is_silent=is_filler)
        yield item


_PASSED_OVER = frozenset({"filler", "beside", "within", "of", "from", "to"})


def _narrowed(item: Item, place: Place) -> Item:
    return replace(item, value=place) if place.regions or place.municipalities else replace(item, kind="unknown")


def _refuse_compounds(items: Sequence[Item]) -> Iterator[Item]:
    """Two industries side by side are one word in English, and neither of both: "accounting software"."""
    run: list[Item] = []
    for item in items:
        if run and item.criterion == "industry" and item.first == run[-1].last + 1 and item.value != run[-1].value:
            run.append(item)
            continue
        yield from _as_one(run)
        run = [item] if item.criterion == "industry" else []
        if not run:
            yield item
    yield from _as_one(run)


def _as_one(run: Sequence[Item]) -> Sequence[Item]:
    if len(run) < 2:  # a compound has two parts
        return run
    text = " ".join(each.text for each in run)
    return [Item(kind="unknown", text=text, first=run[0].first, last=run[-1].last)]
