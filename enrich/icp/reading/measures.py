"""Amounts, years, distances and periods: the rules of grammar.toml, and what each that fits says as a value of the ICP file."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from itertools import count

from enrich.icp.reading.items import Item
from enrich.icp.reading.lexicon import Place

_KM = {"km": Decimal(1), "mil": Decimal(10), "mile": Decimal("1.609344")}
_DAYS = {"day": 1, "week": 7, "month": 30, "years": 365, "year_last": 365}
_SCALES = {"k": 1_000, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_AT_LEAST = frozenset({"ge", "or_more", "from", "or_older", "or_later", "not_younger", "since"})
_AT_MOST = frozenset({"le", "or_less", "or_younger", "or_earlier", "not_older"})
_MORE = frozenset({"gt", "older", "after"})
_LESS = frozenset({"lt", "younger", "before"})
_DENIED = {"lt": "ge", "gt": "le"}
"""What "ikke under" and "ikke over" say, where both ends of a range are said so."""
_SOFT = frozenset({"about", "around"})
_RANGE = frozenset({"to", "dash", "between"})
_LIMITS = _AT_LEAST | _AT_MOST | _MORE | _LESS | _SOFT | _RANGE
_LEAST_BARE_SUM = 10_000
"""A sum without "million", "k" or a currency is one from here on."""
_FIFTH = Decimal("0.2")
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
    """What an amount takes from the rest of the text: its language, and its only country where it has one."""

    language: str
    country: str | None


@dataclass(slots=True, kw_only=True)
class _Part:
    """A number with what is said of it."""

    value: Decimal
    scale: int | None = None
    said: set[str] = field(default_factory=set)


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


def _as_item(run: Sequence[Item], criterion: str, value: object) -> Item:
    return Item(
        kind="unknown" if value is None else "period" if criterion == "period" else "criterion",
        text=" ".join(each.text for each in run),
        first=run[0].first,
        last=run[-1].last,
        value=value,
        criterion=None if value is None else criterion,
        is_negated=any(each.is_negated for each in run),
    )


def _read_parts(run: Sequence[Item]) -> list[_Part]:
    """The numbers of a run, each with its scale and limits; a scale alone is one of it ("over en milliard")."""
    parts: list[_Part] = []
    pending: set[str] = set()
    is_denied = False
    for item in run:
        if item.kind in ("number", "year"):
            parts.append(_Part(value=Decimal(str(item.value)), said=pending))
            pending = set()
        elif item.kind in _SCALES:
            if parts and parts[-1].scale is None:
                parts[-1].scale = _SCALES[item.kind]
            elif parts:
                parts[-1].scale = (parts[-1].scale or 1) * _SCALES[item.kind]
            else:
                parts.append(_Part(value=Decimal(1), scale=_SCALES[item.kind], said=pending))
                pending = set()
        elif item.kind == "not":
            is_denied = True
        elif is_denied and item.kind in _DENIED:
            pending.add(_DENIED[item.kind])
            is_denied = False
        elif item.kind in _LIMITS:
            if item.kind.startswith("or_") and parts:
                parts[-1].said.add(item.kind)
            else:
                pending.add(item.kind)
    if pending and parts:
        parts[-1].said |= pending
    if (
        len(parts) > 1
        and parts[0].scale is None
        and not (parts[0].said & (_MORE | _LESS) and parts[1].said & (_MORE | _LESS))
    ):
        parts[0].scale = parts[1].scale
    return parts


def _read_ends(run: Sequence[Item], *, is_whole: bool) -> tuple[Decimal | None, Decimal | None] | None:
    """Both ends of what a run says, both included: of whole numbers those that hold, so that "over 2,5 år" is from 3 on.

    Money keeps the number itself, also after "over".
    """
    parts = _read_parts(run)
    if not parts:
        return None
    values = [part.value * (part.scale or 1) for part in parts]
    if len(parts) > 1 and any(
        all(part.said & side for part in parts) for side in (_AT_LEAST | _MORE, _AT_MOST | _LESS)
    ):
        return None  # "under 5 mill og ikke over 50 mill" says one end twice
    low: Decimal | None = None
    high: Decimal | None = None
    is_range = any(part.said & _RANGE for part in parts) or any(each.kind in _RANGE for each in run)
    if len(parts) > 1 and is_range:
        low, high = values[0], values[1]
    else:
        for part, value in zip(parts, values, strict=True):
            first, last = _ends_of(part.said, value, is_whole=is_whole)
            low, high = low if first is None else first, high if last is None else last
    if is_whole:
        low = None if low is None else _round(low, ROUND_CEILING)
        high = None if high is None else _round(high, ROUND_FLOOR)
    return None if low is not None and high is not None and low > high else (low, high)


def _ends_of(said: Set[str], value: Decimal, *, is_whole: bool) -> tuple[Decimal | None, Decimal | None]:
    """Both ends of what one number says with its limits; one that is open is null."""
    if said & _SOFT and not said & (_AT_LEAST | _AT_MOST | _MORE | _LESS):
        low, high = value * (1 - _FIFTH), value * (1 + _FIFTH)
        return (_round(low, ROUND_HALF_UP), _round(high, ROUND_HALF_UP)) if is_whole else (low, high)
    if said & _AT_LEAST:
        return value, None
    if said & _AT_MOST:
        return None, value
    if said & _MORE:
        return _round(value, ROUND_FLOOR) + 1 if is_whole else value, None
    if said & _LESS:
        return None, _round(value, ROUND_CEILING) - 1 if is_whole else value
    return value, value


def _round(number: Decimal, mode: str) -> Decimal:
    return number.quantize(Decimal(1), mode)


def _read_number(run: Sequence[Item]) -> Decimal:
    """The number of a run; one where it has none ("en mil fra Hamar", "siste måned")."""
    return next((Decimal(str(each.value)) for each in run if each.kind in ("number", "year")), Decimal(1))


def _read_count(run: Sequence[Item], _context: Context) -> str | None:
    ends = _read_ends(run, is_whole=True)
    return None if ends is None else write_range(ends)


def _read_years(run: Sequence[Item], _context: Context) -> str | None:
    if any(each.kind == "last" for each in run):
        return write_range((None, _round(_read_number(run), ROUND_FLOOR)))
    ends = _read_ends([each for each in run if each.kind != "since"], is_whole=True)  # "for mindre enn 3 år siden"
    return None if ends is None else write_range(ends)


def _read_founded(run: Sequence[Item], _context: Context) -> str | None:
    said = [each for each in run if each.kind not in ("years", "founded")]
    limits = {each.kind for each in said} & _LIMITS
    years = [Decimal(str(each.value)) for each in said if each.kind == "year"]
    if any(each.kind == "decade" for each in said):
        return _read_decade(years[0], limits - {"dash"})
    if len(years) > 1 and limits <= _RANGE:  # "2010–2015 perustetut", with "ja" and no "välillä" too
        return write_range((years[0], years[1])) if years[0] <= years[1] else None
    if len(years) == 1 and said[-1].kind == "after":  # "vuoden 2010 jälkeen"
        return write_range((years[0] + 1, None))
    ends = _read_ends(said, is_whole=True)
    return None if ends is None else write_range(ends)


def _read_decade(first: Decimal, limits: Set[str]) -> str | None:
    """Years of a decade: "fra 1990-tallet" is in it, "etter 1990-tallet" behind its last year.

    Null for "1900-tallet", which is a century to some and ten years to others.
    """
    if first % 100 == 0 or first % 10 != 0:
        return None
    if limits <= {"from"}:
        return write_range((first, first + 9))
    if limits <= _MORE:
        return write_range((first + 10, None))
    if limits <= _LESS:
        return write_range((None, first - 1))
    if limits <= _AT_LEAST:
        return write_range((first, None))
    return write_range((None, first + 9)) if limits <= _AT_MOST else None


def _read_money(run: Sequence[Item], context: Context) -> str | None:
    ends = _read_ends(run, is_whole=False)
    scaled = any(each.kind in _SCALES for each in run)
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
    years = int(_read_number(run[begun:]))
    ends = _read_ends(run[:begun], is_whole=False)
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
    km = (_read_number(run) * _KM[unit]).quantize(Decimal(1), ROUND_HALF_UP)
    return {"place": place.value.municipalities[0], "km": int(km)}


def _read_period(run: Sequence[Item], _context: Context) -> int | None:
    unit = next(each.kind for each in run if each.kind in _DAYS)
    days = _read_number(run) * _DAYS[unit]
    return int(days) if days == int(days) and days >= 1 else None


_READERS: Mapping[str, Callable[[Sequence[Item], Context], object]] = {
    "revenue_growth": _read_growth,
    "employees_growth": _read_growth,
    "near": _read_near,
    "period": _read_period,
    "age_years": _read_years,
    "founded": _read_founded,
    "revenue": _read_money,
    "employees": _read_count,
}


def write_whole(number: Decimal) -> str:
    """A whole number as the ICP file writes it.

    >>> write_whole(Decimal("40.0")), write_whole(Decimal("9.6"))
    ('40', '10')
    """
    return str(number.quantize(Decimal(1), ROUND_HALF_UP))


def write_sum(number: Decimal) -> str:
    """A sum as short as it goes.

    >>> [write_sum(Decimal(each)) for each in (500_000, 1_500_000_000, 20_000_000, 1_250_000, 999)]
    ['500k', '1.5bn', '20M', '1.25M', '999']
    """
    for unit, size in (("bn", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)):
        if number >= size:
            return f"{(number / size).normalize():f}{unit}"
    return f"{number.normalize():f}"


def write_range(ends: tuple[Decimal | None, Decimal | None], *, write: Callable[[Decimal], str] = write_whole) -> str:
    """A range with its open ends left out.

    >>> write_range((Decimal(11), None)), write_range((None, Decimal(49)))
    ('11-', '-49')
    """
    low, high = ends
    return f"{'' if low is None else write(low)}-{'' if high is None else write(high)}"


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
