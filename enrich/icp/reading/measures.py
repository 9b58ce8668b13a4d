"""Amounts, years, distances and periods: the rules of grammar.toml, and what each that fits says as a value of the ICP file."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
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
    )


def _read_parts(run: Sequence[Item]) -> list[_Part]:
    """The numbers of a run, each with its scale and limits; a scale alone is one of it ("over en milliard")."""
    parts: list[_Part] = []
    pending: set[str] = set()
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


def _read_ends(run: Sequence[Item], *, step: int) -> tuple[Decimal | None, Decimal | None] | None:
    """Both ends of what a run says, both included; `step` is what "over" adds (1 for whole numbers, 0 for money)."""
    parts = _read_parts(run)
    if not parts:
        return None
    low: Decimal | None = None
    high: Decimal | None = None
    values = [part.value * (part.scale or 1) for part in parts]
    is_range = any(part.said & _RANGE for part in parts) or any(each.kind in _RANGE for each in run)
    if len(parts) > 1 and is_range:
        low, high = values[0], values[1]
    else:
        for part, value in zip(parts, values, strict=True):
            if part.said & _SOFT and not part.said & (_AT_LEAST | _AT_MOST | _MORE | _LESS):
                low, high = value * (1 - _FIFTH), value * (1 + _FIFTH)
            elif part.said & _AT_LEAST:
                low = value
            elif part.said & _AT_MOST:
                high = value
            elif part.said & _MORE:
                low = value + step
            elif part.said & _LESS:
                high = value - step
            else:
                low = high = value
    if low is not None and high is not None and low > high:
        return None
    return low, high


def _read_number(run: Sequence[Item]) -> Decimal:
    """The number of a run; one where it has none ("en mil fra Hamar", "siste måned")."""
    return next((Decimal(str(each.value)) for each in run if each.kind in ("number", "year")), Decimal(1))


def _read_count(run: Sequence[Item], _context: Context) -> str | None:
    ends = _read_ends(run, step=1)
    return None if ends is None else write_range(ends)


def _read_years(run: Sequence[Item], _context: Context) -> str | None:
    if any(each.kind == "last" for each in run):
        return write_range((None, _read_number(run)))
    ends = _read_ends([each for each in run if each.kind != "since"], step=1)  # "for mindre enn 3 år siden"
    return None if ends is None else write_range(ends)


def _read_founded(run: Sequence[Item], _context: Context) -> str | None:
    said = [each for each in run if each.kind not in ("years", "founded")]
    limits = {each.kind for each in said} & _LIMITS
    years = [Decimal(str(each.value)) for each in said if each.kind == "year"]
    if any(each.kind == "decade" for each in said) and not limits - {"dash"}:
        return write_range((years[0], years[0] + 9))
    if len(years) > 1 and limits <= _RANGE:  # "2010–2015 perustetut", with "ja" and no "välillä" too
        return write_range((years[0], years[1])) if years[0] <= years[1] else None
    if len(years) == 1 and said[-1].kind == "after":  # "vuoden 2010 jälkeen"
        return write_range((years[0] + 1, None))
    ends = _read_ends(said, step=1)
    return None if ends is None else write_range(ends)


def _read_money(run: Sequence[Item], context: Context) -> str | None:
    ends = _read_ends(run, step=0)
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
