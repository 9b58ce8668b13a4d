"""What the rows of a column show together that no single cell can: the order of its dates, its decimal mark."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enrich.crm.dates import ORDERS, leads_with_year, orders_of
from enrich.crm.read import Cell
from enrich.crm.values import find_decimal_mark

DATE_FIELDS = frozenset({"last_contacted", "created", "modified", "closed"})
NUMBER_FIELDS = frozenset({"revenue", "amount"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRules:
    """Per field: the orders that its dates allow, the decimal mark that its numbers use (`None`: not shown)."""

    date_orders: Mapping[str, frozenset[str]]
    decimal_marks: Mapping[str, str | None]
    keeps_stages: bool = False
    """Lifecycle stages that nobody knows are internal values of the team's own, not labels: they stay as they are."""


def find_rules(
    rows: Iterable[tuple[int, list[Cell]]], places: Mapping[str, int], *, date_order: str | None = None
) -> ColumnRules:
    """Read the columns of dates and numbers once; `date_order` decides for dates that stay in doubt.

    A column's own rows outrank the configuration: 25/12/2023 is day first, whatever was configured.
    """
    dates = {field: place for field, place in places.items() if field in DATE_FIELDS}
    numbers = {field: place for field, place in places.items() if field in NUMBER_FIELDS}
    seen_orders: dict[str, set[frozenset[str]]] = {field: set() for field in dates}
    seen_numbers: dict[str, set[str]] = {field: set() for field in numbers}
    if dates or numbers:
        for _, cells in rows:
            for field, place in dates.items():
                if place < len(cells) and isinstance(text := cells[place], str) and not leads_with_year(text.strip()):
                    seen_orders[field].add(orders_of(text.strip()))
            for field, place in numbers.items():
                if place < len(cells) and isinstance(text := cells[place], str):
                    seen_numbers[field].add(re.sub(r"\d+", _shorten, re.sub(r"[^\d.,' ]", "", text).strip(". ")))
    return ColumnRules(
        date_orders={field: decide_orders(orders, date_order) for field, orders in seen_orders.items()},
        decimal_marks={field: find_decimal_mark(texts) for field, texts in seen_numbers.items()},
    )


def decide_orders(seen: Iterable[frozenset[str]], configured: str | None) -> frozenset[str]:
    """The orders that all dates of a column allow; where that is more than one, the configured one of them.

    >>> sorted(decide_orders([frozenset({"dmy", "mdy"}), frozenset({"dmy"})], "mdy"))
    ['dmy']
    >>> sorted(decide_orders([frozenset({"dmy", "mdy"})], "mdy")), sorted(decide_orders([], None))
    (['mdy'], ['dmy', 'mdy', 'ymd'])
    """
    shared = ORDERS
    for orders in seen:
        shared &= orders or ORDERS
    shared = shared or ORDERS
    return frozenset({configured}) if configured in shared else shared


def _shorten(digits: re.Match[str]) -> str:
    """Only the shape of a number counts here; few shapes need little memory."""
    return "1" * min(len(digits[0]), 4)
