"""Numbers of a text with what is said of them ("over", "minst", "ca", "mill"): both ends, and how the ICP file writes them."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from enrich.icp.reading.items import Item

SCALES = {"k": 1_000, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
AT_LEAST = frozenset({"ge", "or_more", "from", "or_older", "or_later", "not_younger", "since"})
AT_MOST = frozenset({"le", "or_less", "or_younger", "or_earlier", "not_older"})
MORE = frozenset({"gt", "older", "after"})
LESS = frozenset({"lt", "younger", "before"})
_DENIED = {"lt": "ge", "gt": "le"}
"""What "ikke under" and "ikke over" say, where both ends of a range are said so."""
_SOFT = frozenset({"about", "around"})
RANGE = frozenset({"to", "dash", "between"})
LIMITS = AT_LEAST | AT_MOST | MORE | LESS | _SOFT | RANGE
_FIFTH = Decimal("0.2")


@dataclass(slots=True, kw_only=True)
class _Part:
    """A number with what is said of it."""

    value: Decimal
    scale: int | None = None
    said: set[str] = field(default_factory=set)


def _read_parts(run: Sequence[Item]) -> list[_Part]:
    """The numbers of a run, each with its scale and limits; a scale alone is one of it ("over en milliard")."""
    parts: list[_Part] = []
    pending: set[str] = set()
    is_denied = False
    for item in run:
        if item.kind in ("number", "year"):
            parts.append(_Part(value=Decimal(str(item.value)), said=pending))
            pending = set()
        elif item.kind in SCALES:
            if parts and parts[-1].scale is None:
                parts[-1].scale = SCALES[item.kind]
            elif parts:
                parts[-1].scale = (parts[-1].scale or 1) * SCALES[item.kind]
            else:
                parts.append(_Part(value=Decimal(1), scale=SCALES[item.kind], said=pending))
                pending = set()
        elif item.kind == "not":
            is_denied = True
        elif is_denied and item.kind in _DENIED:
            pending.add(_DENIED[item.kind])
            is_denied = False
        elif item.kind in LIMITS:
            if item.kind.startswith("or_") and parts:
                parts[-1].said.add(item.kind)
            else:
                pending.add(item.kind)
    if pending and parts:
        parts[-1].said |= pending
    if (
        len(parts) > 1
        and parts[0].scale is None
        and not (parts[0].said & (MORE | LESS) and parts[1].said & (MORE | LESS))
    ):
        parts[0].scale = parts[1].scale
    return parts


def read_ends(run: Sequence[Item], *, is_whole: bool) -> tuple[Decimal | None, Decimal | None] | None:
    """Both ends of what a run says, both included: of whole numbers those that hold, so that "over 2,5 år" is from 3 on.

    Money keeps the number itself, also after "over".
    """
    parts = _read_parts(run)
    if not parts:
        return None
    values = [part.value * (part.scale or 1) for part in parts]
    if len(parts) > 1 and any(all(part.said & side for part in parts) for side in (AT_LEAST | MORE, AT_MOST | LESS)):
        return None  # "under 5 mill og ikke over 50 mill" says one end twice
    low: Decimal | None = None
    high: Decimal | None = None
    is_range = any(part.said & RANGE for part in parts) or any(each.kind in RANGE for each in run)
    if len(parts) > 1 and is_range:
        low, high = values[0], values[1]
    else:
        for part, value in zip(parts, values, strict=True):
            first, last = _ends_of(part.said, value, is_whole=is_whole)
            low, high = low if first is None else first, high if last is None else last
    if is_whole:
        low = None if low is None else round_number(low, ROUND_CEILING)
        high = None if high is None else round_number(high, ROUND_FLOOR)
    if high is not None and high < max(low or 0, 0):  # nothing is less than none
        return None
    return low, high


def _ends_of(said: Set[str], value: Decimal, *, is_whole: bool) -> tuple[Decimal | None, Decimal | None]:
    """Both ends of what one number says with its limits; one that is open is null."""
    if said & _SOFT and not said & (AT_LEAST | AT_MOST | MORE | LESS):
        low, high = value * (1 - _FIFTH), value * (1 + _FIFTH)
        return (round_number(low, ROUND_HALF_UP), round_number(high, ROUND_HALF_UP)) if is_whole else (low, high)
    if said & AT_LEAST:
        return value, None
    if said & AT_MOST:
        return None, value
    if said & MORE:
        return round_number(value, ROUND_FLOOR) + 1 if is_whole else value, None
    if said & LESS:
        return None, round_number(value, ROUND_CEILING) - 1 if is_whole else value
    return value, value


def round_number(number: Decimal, mode: str) -> Decimal:
    """A number as a whole one."""
    return number.quantize(Decimal(1), mode)


def read_number(run: Sequence[Item]) -> Decimal:
    """The number of a run; one where it has none ("en mil fra Hamar", "siste måned")."""
    return next((Decimal(str(each.value)) for each in run if each.kind in ("number", "year")), Decimal(1))


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
