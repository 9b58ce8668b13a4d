"""The small vocabulary in which a register maps its columns onto our fields: pure data, no SQL, no country.

A mapping is a tree of `Expr`; `db/project.py` compiles it to one SQL expression, so that a bulk file of a million
rows and one API answer are read by the same mapping. Source columns are strings; an empty string is "not supplied".

>>> column("navn")
Expr(op='column', args=('navn',))
>>> sorted(columns_in(first(column("a"), mapped(column("b"), {"x": "y"}))))
['a', 'b']
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expr:
    """One step of a mapping: an operation of this vocabulary and its arguments (values or further steps)."""

    op: str
    args: tuple[object, ...]


def column(name: str) -> Expr:
    """The source's column as trimmed text; empty becomes null."""
    return Expr("column", (name,))


def item(name: str | int) -> Expr:
    """A key of the list element at hand, inside `each`; its piece at a place from 1, inside `pieces`."""
    return Expr("item", (name,))


def constant(value: str | int | bool) -> Expr:
    """A value that every row of the layout has."""
    return Expr("constant", (value,))


def first(*candidates: Expr) -> Expr:
    """The first that is not null."""
    return Expr("first", candidates)


def greatest(*candidates: Expr) -> Expr:
    """The last of these texts in order of their characters, without those that are null; null where all are."""
    return Expr("greatest", candidates)


def joined(separator: str, *parts: Expr) -> Expr:
    """The parts that are not null, with a separator between; null where all are."""
    return Expr("joined", (separator, *parts))


def strung(separator: str, *parts: Expr) -> Expr:
    """The parts with a separator between; null where any of them is."""
    return Expr("strung", (separator, *parts))


def replaced(value: Expr, pattern: str, replacement: str) -> Expr:
    """Each match of a regular expression (RE2) replaced."""
    return Expr("replaced", (value, pattern, replacement))


def piece(value: Expr, separator: str, place: int) -> Expr:
    """What stands at a place between separators, from 1, or from the end where negative; null where there is none."""
    return Expr("piece", (value, separator, place))


def lowered(value: Expr) -> Expr:
    """The text in lower case."""
    return Expr("lowered", (value,))


def mapped(value: Expr, table: Mapping[str, str | bool | int], *, otherwise: str | None = None) -> Expr:
    """The value looked up in a table; `otherwise` (null by default) for what the table does not have."""
    return Expr("mapped", (value, tuple(sorted(table.items())), otherwise))


def date(value: Expr, form: str = "%Y-%m-%d") -> Expr:
    """A date in strptime form; what does not parse becomes null and is counted as a value problem."""
    return Expr("date", (value, form))


def timestamp(value: Expr, form: str = "%Y-%m-%dT%H:%M:%S.%fZ") -> Expr:
    """A UTC time in strptime form; what does not parse becomes null."""
    return Expr("timestamp", (value, form))


def integer(value: Expr) -> Expr:
    """A whole number (64 bit); what does not parse becomes null."""
    return Expr("integer", (value,))


def decimal(value: Expr) -> Expr:
    """A decimal number; what does not parse becomes null."""
    return Expr("decimal", (value,))


def boolean(value: Expr, *, true: tuple[str, ...] = ("true",), false: tuple[str, ...] = ("false",)) -> Expr:
    """Yes, no, or null for anything else."""
    return Expr("boolean", (value, true, false))


def is_in(value: Expr, values: tuple[str, ...]) -> Expr:
    """Whether the value is one of these; false for null."""
    return Expr("is_in", (value, values))


def is_present(value: Expr) -> Expr:
    """Whether the source supplied the value."""
    return Expr("is_present", (value,))


def matches(value: Expr, pattern: str) -> Expr:
    """Whether a regular expression (RE2) fits the whole value; false for null."""
    return Expr("matches", (value, pattern))


def mod11_is_valid(value: Expr, weights: tuple[int, ...]) -> Expr:
    """Whether the digits' weighted sum is divisible by 11, as in Norway's and Denmark's numbers; false for null."""
    return Expr("mod11_is_valid", (value, weights))


def luhn_is_valid(value: Expr, length: int) -> Expr:
    """Whether it is so many digits of which the last is the Luhn check digit, as in Sweden's numbers; false for null."""
    return Expr("luhn_is_valid", (value, length))


def both(*conditions: Expr) -> Expr:
    """Whether all hold."""
    return Expr("both", conditions)


def either(*conditions: Expr) -> Expr:
    """Whether at least one holds."""
    return Expr("either", conditions)


def negated(condition: Expr) -> Expr:
    """Whether it does not hold."""
    return Expr("negated", (condition,))


def chosen(*cases: tuple[Expr, Expr], otherwise: Expr | None = None) -> Expr:
    """The value of the first case whose condition holds."""
    return Expr("chosen", (cases, otherwise))


def record(**fields: Expr) -> Expr:
    """One typed element of a list field, e.g. one address; its type is the field's (`sources/record.py`)."""
    return Expr("record", tuple(fields.items()))


def many(*records: Expr, need: str) -> Expr:
    """The elements, in order, whose field `need` is not null."""
    return Expr("many", (need, *records))


def each(name: str, keys: tuple[str, ...], element: Expr, *, where: Expr | None = None) -> Expr:
    """One element for each object (of which `where` holds) in a column that holds a JSON array of objects with these keys."""
    return Expr("each", (name, keys, element, where))


def picked(
    value: Expr, keys: tuple[str, ...], result: Expr, *, where: Expr | None = None, newest: Expr | None = None
) -> Expr:
    """What one object of a JSON array says: the first of which `where` holds, or of these the one with the last `newest`.

    `value` is the array's text: a column, or an item of the object at hand. Where several are newest, the greatest
    `result` is taken.
    """
    return Expr("picked", (value, keys, result, where, newest))


def pieces(value: Expr, separator: str, inner: str, element: Expr) -> Expr:
    """One element for each of the texts between separators, each split in its turn at `inner` (`item(1)`, `item(2)`…)."""
    return Expr("pieces", (value, separator, inner, element))


def appended(*lists: Expr) -> Expr:
    """Several lists made one, in order."""
    return Expr("appended", lists)


def columns_in(expression: object) -> Iterator[str]:
    """Every source column that a mapping reads."""
    if isinstance(expression, Expr):
        if expression.op in ("column", "each"):
            yield str(expression.args[0])
        for argument in expression.args[1 if expression.op in ("column", "each") else 0 :]:
            yield from columns_in(argument)
    elif isinstance(expression, tuple):
        for part in expression:
            yield from columns_in(part)
