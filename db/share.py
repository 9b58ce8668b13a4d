"""Steps that several expressions of one statement have in common, worked out once a row.

DuckDB looks for what expressions have in common, but not inside of CASE, AND or lambdas, where most of a mapping stands:
a number cleaned by two regular expressions was cleaned again for each of its ten digits, and a list of a JSON record
parsed for each field that looks into it. Here such steps become columns of a SELECT below (`Shared.over`).

Only what gives one value for a row is shared: nothing inside the elements of a list, and nothing that builds records,
whose types depend on the field. A shared step is worked out for every row, also where a condition would have spared it;
no step can fail, so that costs time at most.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from db.project import Step, compile_condition, compile_field, compile_step
from db.sql import quote_identifier

_BUILDS_RECORDS = frozenset({"record", "many", "each", "listed", "pieces", "appended"})
_FREE = frozenset({"column", "constant", "item"})


@dataclass(frozen=True, slots=True)
class _Made:
    """A step as it is compiled here: one of a source's, or one that stands for a part of it."""

    op: str
    args: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """How the steps of one statement are compiled: which of them are columns, in layers each of which reads those below."""

    columns: Mapping[_Made, str]
    layers: tuple[tuple[_Made, ...], ...]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> "Shared":
        """What these steps have in common."""
        uses: Counter[_Made] = Counter()
        for step in steps:
            _count(_made(step), uses)
        repeated = [step for step, count in uses.items() if count > 1 and _is_shareable(step)]
        columns = {step: f"land_shared_{place}" for place, step in enumerate(repeated)}
        layers: dict[int, list[_Made]] = {}
        depths: dict[_Made, int] = {}
        for step in repeated:
            layers.setdefault(_depth(step, columns, depths), []).append(step)
        return cls(columns, tuple(tuple(layers[depth]) for depth in sorted(layers)))

    def over(self, rows: str) -> str:
        """The rows of a relation with the shared columns beside their own."""
        for layer in self.layers:
            made = (f"{compile_step(self._inside(step))} AS {quote_identifier(self.columns[step])}" for step in layer)
            rows = f"(SELECT *, {', '.join(made)} FROM {rows})"
        return rows

    def value(self, step: Step) -> str:
        """SQL of one of the steps, over `over`."""
        return compile_step(self._with_columns(_made(step)))

    def condition(self, step: Step) -> str:
        """SQL of one of the steps as a condition that is true or false, never null."""
        return compile_condition(self._with_columns(_made(step)))

    def field(self, step: Step, column_type: str) -> str:
        """SQL that gives one column of that type."""
        return compile_field(self._with_columns(_made(step)), column_type)

    def _with_columns(self, step: _Made) -> _Made:
        return _Made("column", (self.columns[step],)) if step in self.columns else self._inside(step)

    def _inside(self, step: _Made) -> _Made:
        here, elsewhere = _arguments(step)
        return _Made(step.op, (*(self._replaced(part) for part in here), *elsewhere))

    def _replaced(self, part: object) -> object:
        if isinstance(part, tuple):
            return tuple(map(self._replaced, part))
        return self._with_columns(part) if isinstance(part, _Made) else part


# --- a source's steps in the form that is shared -----------------------------------------------------------------
def _made(step: Step) -> _Made:
    """The step with what its parts parse told apart: objects of a JSON array, the whole number that has check digits."""
    args = tuple(map(_made_part, step.args))
    match step.op:
        case "each":
            name, keys, element, where = args
            return _taking("listed", _Made("column", (name,)), keys, (element, where))
        case "picked":
            value, keys, result, where, newest = args
            return _taking("taken", value, keys, (result, where, newest))
        case "mod11_is_valid" | "luhn_is_valid":
            value, how = args
            return _Made(step.op, (value, how, _Made("whole", (value,))))
    return _Made(step.op, args)


def _made_part(part: object) -> object:
    if isinstance(part, tuple):
        return tuple(map(_made_part, part))
    return _made(cast(Step, part)) if hasattr(part, "op") else part


def _taking(op: str, value: object, keys: object, of_element: tuple[object, ...]) -> _Made:
    """A step over the objects of an array; lists inside of them are parsed with them, not once for each look."""
    inner: dict[object, set[object]] = {}
    bare: set[object] = set()
    for part in of_element:
        _look_inside(part, inner, bare)
    shapes = {key: next(iter(found)) for key, found in inner.items() if len(found) == 1 and key not in bare}
    shape = tuple((key, shapes.get(key)) for key in cast(tuple[object, ...], keys))
    return _Made(op, (_Made("objects", (value, shape)), *(_parsed_inside(part, shapes) for part in of_element)))


def _look_inside(part: object, inner: dict[object, set[object]], bare: set[object]) -> None:
    """Which items of the element at hand are read as lists of objects, and in what shape, and which as they are."""
    if isinstance(part, tuple):
        for one in part:
            _look_inside(one, inner, bare)
    elif isinstance(part, _Made):
        if part.op == "item":
            bare.add(part.args[0])
        elif part.op == "objects" and isinstance(part.args[0], _Made) and part.args[0].op == "item":
            inner.setdefault(part.args[0].args[0], set()).add(part.args[1])
        else:
            _look_inside(_arguments(part)[0], inner, bare)


def _parsed_inside(part: object, shapes: Mapping[object, object]) -> object:
    if isinstance(part, tuple):
        return tuple(_parsed_inside(one, shapes) for one in part)
    if not isinstance(part, _Made):
        return part
    if part.op == "objects" and isinstance(part.args[0], _Made) and part.args[0].op == "item":
        key = part.args[0].args[0]
        return _Made("inner", (key,)) if key in shapes else part
    here, elsewhere = _arguments(part)
    return _Made(part.op, (*(_parsed_inside(one, shapes) for one in here), *elsewhere))


# --- what is worth sharing ---------------------------------------------------------------------------------------
def _arguments(step: _Made) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The arguments of a step that are about the row (or element) at hand, and those about elements of a list in it."""
    if step.op in ("listed", "taken"):
        return step.args[:1], step.args[1:]
    if step.op == "pieces":
        return step.args[:3], step.args[3:]
    return step.args, ()


def _parts(part: object) -> Iterator[_Made]:
    if isinstance(part, tuple):
        for one in part:
            yield from _parts(one)
    elif isinstance(part, _Made):
        yield part


def _count(step: _Made, uses: Counter[_Made]) -> None:
    """Count what uses a step; what stands only inside of one that is shared is used once, however often that is."""
    uses[step] += 1
    if step.op == "whole":
        uses[step] += 1  # once for each digit
    if uses[step] == 1 or (step.op == "whole" and uses[step] == 2):
        for part in _parts(_arguments(step)[0]):
            _count(part, uses)


def _is_shareable(step: _Made) -> bool:
    if step.op in _FREE or (step.op == "is_present" and cast(_Made, step.args[0]).op in _FREE):
        return False
    return not _builds_records(step)


def _builds_records(part: object) -> bool:
    if isinstance(part, tuple):
        return any(map(_builds_records, part))
    return isinstance(part, _Made) and (part.op in _BUILDS_RECORDS or _builds_records(part.args))


def _depth(step: _Made, columns: Mapping[_Made, str], known: dict[_Made, int]) -> int:
    """How many layers lie below a step that is a column."""
    if step not in known:
        known[step] = max((_reach(part, columns, known) for part in _parts(_arguments(step)[0])), default=0)
    return known[step]


def _reach(step: _Made, columns: Mapping[_Made, str], known: dict[_Made, int]) -> int:
    if step in columns:
        return _depth(step, columns, known) + 1
    return max((_reach(part, columns, known) for part in _parts(_arguments(step)[0])), default=0)
