"""The rules of grammar.toml, and what each run of words that one fits says as a value of the ICP file."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from itertools import count

from enrich.icp.reading.amounts import (
    AT_LEAST,
    AT_MOST,
    LESS,
    LIMITS,
    MORE,
    RANGE,
    SCALES,
    read_ends,
    read_number,
    round_number,
    write_range,
    write_sum,
)
from enrich.icp.reading.items import Item
from enrich.icp.reading.lexicon import Place
from enrich.icp.reading.times import read_contact, read_contact_days, read_event_year, read_period

_KM = {"km": Decimal(1), "mil": Decimal(10), "mile": Decimal("1.609344")}
_LEAST_BARE_SUM = 10_000
"""A sum without "million", "k" or a currency is one from here on."""
KRONE = {"NO": "NOK", "SE": "SEK", "DK": "DKK"}
LANGUAGE_KRONE = {"nb": "NOK", "sv": "SEK", "da": "DKK"}
LANGUAGE_CURRENCY = {**LANGUAGE_KRONE, "fi": "EUR"}
_EURO = ("FI", "EE", "LV", "LT", "DE", "NL", "BE", "FR", "IE", "ES", "IT", "AT", "PT", "LU", "SK", "SI", "GR", "HR")
COUNTRY_CURRENCY = {
    **KRONE,
    **dict.fromkeys(_EURO, "EUR"),
    "GB": "GBP",
    "US": "USD",
    "CH": "CHF",
    "PL": "PLN",
    "CZ": "CZK",
    "IS": "ISK",
    "FO": "DKK",
    "GL": "DKK",
    "CA": "CAD",
}

_SIGNS = {
    "mnok": "NOK",
    "tnok": "NOK",
    "msek": "SEK",
    "tsek": "SEK",
    "mdkk": "DKK",
    "tdkk": "DKK",
    **dict.fromkeys(("meur", "teur", "me", "m€", "t€", "tuhatta euroa"), "EUR"),
}
"""Units of sums that say their currency: "50 MNOK"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an amount takes from the rest of the text: its language, and its only country where it has one; and the day."""

    language: str
    country: str | None
    today: date | None = None
    """Which year is not over; without it none is known."""


def apply_rules(items: Sequence[Item], context: Context) -> list[Item]:
    """The items with every run that a rule fits as one criterion; as one unknown where it says no value."""
    kinds = "".join(_char(each.kind) for each in items)
    done: list[Item] = []
    at = 0
    while at < len(items):
        for criterion, pattern in _rules():
            match = pattern.match(kinds, at)
            if match is None or match.end() == at:
                continue
            run = items[at : match.end()]
            value = _READERS[criterion](run, context)
            if done and done[-1].kind == "than":
                value = None  # "mer omsetning enn 10 mill" does not ask for ten
            if criterion == "revenue" and not any(each.kind == "revenue" for each in run):
                if value is None:
                    continue
                if "unknown" in {each.kind for each in (*done[-1:], *items[match.end() : match.end() + 1])}:
                    value = None  # "over 5 mill i overskudd" is no revenue
            if (said := _SAID.get(criterion)) is not None and all(each.kind != said[0] for each in run):
                value = None if _is_behind(done, said[1]) else value
            if criterion == "near" and value is None and run[-1].kind == "unknown":
                done.append(run[-1])
            else:
                done.append(_as_item(run, criterion, value))
            at = match.end()
            break
        else:
            done.append(items[at])
            at += 1
    return done


_PARTS: Mapping[str, str] = {"period": "period", "event_year": "period", "tender_won": "tender_won"}
"""What belongs to a criterion, and is none itself."""
_SAID: Mapping[str, tuple[str, Set[str]]] = {
    "founded": (
        "founded",
        frozenset({"hire", "occupation", "tender_won", "contacted", "last_contact", "last_contact_days"}),
    ),
    "revenue": ("revenue", frozenset({"tender_won"})),
}
"""What else a year or a sum may be of where the word does not stand by it: "vunnet anbud over 10 mill", "ansetter selgere i Oslo siden 2024"."""


def _is_behind(done: Sequence[Item], events: Set[str]) -> bool:
    """Whether one of these stands before what comes next, with no comma between."""
    for each in reversed(done):
        if each.kind == "comma":
            return False
        if each.kind in events or each.criterion in events:
            return True
    return False


def _as_item(run: Sequence[Item], criterion: str, value: object) -> Item:
    unread = criterion if criterion == "event_year" else "unknown"  # of which it is known why
    return Item(
        kind=unread if value is None else _PARTS.get(criterion, "criterion"),
        text=" ".join(each.text for each in run),
        first=run[0].first,
        last=run[-1].last,
        value=value,
        criterion=None if value is None else criterion,
        is_negated=any(each.is_negated or each.kind == "not" for each in run),
    )


def _read_count(run: Sequence[Item], _context: Context) -> str | None:
    ends = read_ends(run, is_whole=True)
    return None if ends is None else write_range(ends)


def _read_years(run: Sequence[Item], _context: Context) -> str | None:
    if any(each.kind == "last" for each in run):
        return write_range((None, round_number(read_number(run), ROUND_FLOOR)))
    ends = read_ends([each for each in run if each.kind != "since"], is_whole=True)  # "for mindre enn 3 år siden"
    return None if ends is None else write_range(ends)


def _read_founded(run: Sequence[Item], _context: Context) -> str | None:
    said = [each for each in run if each.kind not in ("years", "founded")]
    limits = {each.kind for each in said} & LIMITS
    years = [Decimal(str(each.value)) for each in said if each.kind == "year"]
    if any(each.kind == "decade" for each in said):
        return _read_decade(years[0], limits - {"dash"})
    if len(years) > 1 and limits <= RANGE:  # "2010–2015 perustetut", with "ja" and no "välillä" too
        return write_range((years[0], years[1])) if years[0] <= years[1] else None
    if len(years) == 1 and said[-1].kind == "after":  # "vuoden 2010 jälkeen"
        return write_range((years[0] + 1, None))
    ends = read_ends(said, is_whole=True)
    return None if ends is None else write_range(ends)


def _read_decade(first: Decimal, limits: Set[str]) -> str | None:
    """Years of a decade: "fra 1990-tallet" is in it, "etter 1990-tallet" behind its last year.

    Null for "1900-tallet", which is a century to some and ten years to others.
    """
    if first % 100 == 0 or first % 10 != 0:
        return None
    if limits <= {"from"}:
        return write_range((first, first + 9))
    if limits <= MORE:
        return write_range((first + 10, None))
    if limits <= LESS:
        return write_range((None, first - 1))
    if limits <= AT_LEAST:
        return write_range((first, None))
    return write_range((None, first + 9)) if limits <= AT_MOST else None


def _read_money(run: Sequence[Item], context: Context) -> str | None:
    ends = read_ends(run, is_whole=False)
    scaled = any(each.kind in SCALES for each in run)
    coins = [each for each in run if each.kind in ("krone", "currency")]
    if ends is None or not (scaled or coins or all(end is None or end >= _LEAST_BARE_SUM for end in ends)):
        return None
    is_revenue = any(each.kind == "revenue" for each in run)
    if not is_revenue and not (coins or any(each.kind in ("million", "billion") for each in run)):
        return None
    currency = _currency(run, coins, context)
    return None if currency is None else f"{write_range(ends, write=write_sum)} {currency}"


def _currency(run: Sequence[Item], coins: Sequence[Item], context: Context) -> str | None:
    named = next((str(each.value) for each in coins if each.kind == "currency"), None)
    if named is not None:
        return named
    signed = next((_SIGNS[unit] for each in run if (unit := each.text.casefold()) in _SIGNS), None)
    if signed is not None:
        return signed
    if coins:
        return KRONE.get(context.country or "") or LANGUAGE_KRONE.get(context.language)
    return COUNTRY_CURRENCY.get(context.country or "") or LANGUAGE_CURRENCY.get(context.language)


def _read_growth(run: Sequence[Item], _context: Context) -> object:
    """Growth in per cent, of one year or of three; null where an end is said of neither side: "20 % omsetningsvekst"."""
    begun = next((place for place, each in enumerate(run) if each.kind == "last"), len(run))
    years = int(read_number(run[begun:]))
    ends = read_ends(run[:begun], is_whole=False)
    if ends is None or ends[0] == ends[1] or years not in (1, 3):
        return None
    low, high = (None if end is None else f"{end.normalize():f}%" for end in ends)
    said = f"to {high}" if low is None else f"{low}-{high or ''}"
    return said if years == 1 else {"range": said, "years": years}


def _read_near(run: Sequence[Item], _context: Context) -> Mapping[str, object] | None:
    unit = next(each.kind for each in run if each.kind in _KM)
    place = next((each for each in run if each.kind == "place"), None)
    if place is None or not isinstance(place.value, Place) or len(place.value.municipalities) != 1:
        return None
    km = (read_number(run) * _KM[unit]).quantize(Decimal(1), ROUND_HALF_UP)
    return {"place": place.value.municipalities[0], "km": int(km)}


def _read_tender(run: Sequence[Item], _context: Context) -> str:
    """What of it comes last: behind "tarjouskilpailun voittaneet" stands who won."""
    return run[-1].kind


_READERS: Mapping[str, Callable[[Sequence[Item], Context], object]] = {
    "last_contact_days": lambda run, _: read_contact_days(run),
    "last_contact": lambda run, _: read_contact(run),
    "tender_won": _read_tender,
    "revenue_growth": _read_growth,
    "employees_growth": _read_growth,
    "near": _read_near,
    "period": lambda run, _: read_period(run),
    "event_year": lambda run, context: read_event_year(run, context.today),
    "age_years": _read_years,
    "founded": _read_founded,
    "revenue": _read_money,
    "employees": _read_count,
}


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    grammar = tomllib.loads(files("enrich.icp.reading").joinpath("grammar.toml").read_text(encoding="utf-8"))
    return tuple(
        (rule["criterion"], re.compile(_expand(pattern, grammar["terms"])))
        for rule in grammar["rule"]
        for pattern in rule["patterns"]
    )


def _expand(pattern: str, terms: Mapping[str, str]) -> str:
    """A pattern over the kinds' names as one over their characters."""

    def put(match: re.Match[str]) -> str:
        name = match[0]
        return f"(?:{_expand(terms[name], terms)})" if name in terms else _char(name)

    return re.sub(r"[a-z_]+", put, pattern).replace(" ", "")


_unused = count(0xE000)


@cache
def _char(kind: str) -> str:
    """A character of its own for a kind, out of those that Unicode leaves free."""
    return chr(next(_unused))
