r"""Compiles a source's field table to SQL: trees of steps (`sources/fields.py`) over text columns to typed expressions.

A bulk file of a million rows and one API answer go through the same expressions, in one statement. The relation that
they select from holds the source's columns as text, trimmed, an empty one null (`clean_column`).

>>> from sources.fields import column, replaced
>>> compile_step(replaced(column("postnr"), "[^0-9]", ""))
'nullif(regexp_replace("postnr", \'[^0-9]\', \'\', \'g\'), \'\')'
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, cast

from db.errors import WarehouseError
from db.sql import quote_identifier, quote_literal

_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
_STRUCT_FIELD = re.compile(r'"?(\w+)"? ([A-Z]\w*)')


class Step(Protocol):
    """One step of a mapping: the name of its operation, and values or further steps."""

    @property
    def op(self) -> str: ...  # noqa: D102

    @property
    def args(self) -> tuple[object, ...]: ...  # noqa: D102


def clean_column(name: str) -> str:
    """The text of one source column, trimmed, without control characters (but line ends inside), null where empty."""
    cleaned = f"trim(regexp_replace({quote_identifier(name)}, {quote_literal(_CONTROLS)}, '', 'g'), {_BLANKS})"
    return f"nullif({cleaned}, '')"


def compile_field(step: Step, column_type: str) -> str:
    """SQL that gives one column of `core.source_record` of that type; a list field is empty rather than null."""
    if column_type.endswith("[]"):
        return f"coalesce({compile_step(step, column_type.removesuffix('[]'))}, CAST([] AS {column_type}))"
    compiled = compile_step(step)
    return compiled if column_type == "VARCHAR" else f"TRY_CAST({compiled} AS {column_type})"


def compile_step(step: Step, element_type: str = "") -> str:
    """SQL of one step; `element_type` is the struct type of the list that the step builds, where it builds one."""
    try:
        compile_operation = _OPERATIONS[step.op]
    except KeyError:
        raise WarehouseError(f"The mapping uses {step.op!r}, which no SQL is known for.") from None
    return compile_operation(step.args, element_type)


def compile_condition(step: Step) -> str:
    """SQL of a step as a condition that is true or false, never null."""
    return f"coalesce({compile_step(step)}, false)"


def value_problems(field: Step) -> Iterator[tuple[Step, Step]]:
    """(what is read, what is made of it), one a parsing step of a field: a problem where only the second is null."""
    for step in _steps_outside_lists(field):
        if step.op in _PARSERS:
            yield _step(step.args[0]), step


def _steps_outside_lists(part: object) -> Iterator[Step]:
    if isinstance(part, tuple):
        for inner in part:
            yield from _steps_outside_lists(inner)
    elif hasattr(part, "op") and _step(part).op not in ("each", "picked", "pieces"):
        yield _step(part)
        yield from _steps_outside_lists(_step(part).args)


def _step(part: object) -> Step:
    return cast(Step, part)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quote_literal(str(value))


def _values(values: object) -> str:
    return ", ".join(_literal(value) for value in cast(Sequence[object], values))


def _column(args: tuple[object, ...], _: str) -> str:
    return quote_identifier(str(args[0]))


def _item(args: tuple[object, ...], _: str) -> str:
    value = f"element[{_literal(args[0])}]"
    return _trimmed(value) if isinstance(args[0], int) else value  # those of objects are trimmed when they are parsed


def _trimmed(value: str) -> str:
    # trim takes off every blank of Unicode; that there is none at the ends of plain ASCII is seen in half the time
    is_trimmed = f"strlen({value}) = length({value}) AND {value} >= '!' AND NOT ends_with({value}, ' ')"
    return f"CASE WHEN {is_trimmed} THEN {value} ELSE nullif(trim({value}), '') END"


def _constant(args: tuple[object, ...], _: str) -> str:
    return _literal(args[0])


def _first(args: tuple[object, ...], element_type: str) -> str:
    return f"coalesce({', '.join(compile_step(_step(step), element_type) for step in args)})"


def _greatest(args: tuple[object, ...], _: str) -> str:
    return f"greatest({', '.join(compile_step(_step(step)) for step in args)})"


def _joined(args: tuple[object, ...], _: str) -> str:
    parts = ", ".join(compile_step(_step(step)) for step in args[1:])
    return _unless_empty(f"concat_ws({_literal(args[0])}, {parts})")


def _strung(args: tuple[object, ...], _: str) -> str:
    return f"({f' || {_literal(args[0])} || '.join(compile_step(_step(step)) for step in args[1:])})"


def _replaced(args: tuple[object, ...], _: str) -> str:
    value, pattern, replacement = args
    return _unless_empty(
        f"regexp_replace({compile_step(_step(value))}, {_literal(pattern)}, {_literal(replacement)}, 'g')"
    )


def _unless_empty(text: str) -> str:
    """The text, null where it is empty.

    `nullif` names its text twice. DuckDB works it out once all the same, but not inside a lambda: there a text in a text in
    a text would be made eight times.
    """
    if "element[" in text:
        return f"list_transform([{text}], lambda made: nullif(made, ''))[1]"
    return f"nullif({text}, '')"


def _piece(args: tuple[object, ...], _: str) -> str:
    value, separator, place = args
    return f"nullif(trim(split_part({compile_step(_step(value))}, {_literal(separator)}, {_literal(place)})), '')"


def _lowered(args: tuple[object, ...], _: str) -> str:
    return f"lower({compile_step(_step(args[0]))})"


def _mapped(args: tuple[object, ...], _: str) -> str:
    value, table, otherwise = args
    pairs = cast(Sequence[tuple[str, object]], table)
    cases = " ".join(f"WHEN {_literal(key)} THEN {_literal(mapped)}" for key, mapped in pairs)
    fallback = "" if otherwise is None else f" ELSE {_literal(otherwise)}"
    return f"CASE {compile_step(_step(value))} {cases}{fallback} END"


def _moment(args: tuple[object, ...], _: str) -> str:
    value = compile_step(_step(args[0]))
    # the digit is asked for because strptime reads the words epoch and infinity as times
    return f"CASE WHEN regexp_matches({value}, '[0-9]') THEN try_strptime({value}, {_literal(args[1])}) END"


def _date(args: tuple[object, ...], _: str) -> str:
    return f"CAST({_moment(args, _)} AS DATE)"


def _integer(args: tuple[object, ...], _: str) -> str:
    value = compile_step(_step(args[0]))
    # the pattern is asked for because a cast alone would round 1.5 and read 1e3
    return f"CASE WHEN regexp_full_match({value}, '[+-]?[0-9]+') THEN TRY_CAST({value} AS BIGINT) END"


def _decimal(args: tuple[object, ...], _: str) -> str:
    value = compile_step(_step(args[0]))
    return (
        f"CASE WHEN regexp_full_match({value}, '[+-]?[0-9]+(\\.[0-9]+)?') THEN TRY_CAST({value} AS DECIMAL(28, 2)) END"
    )


def _boolean(args: tuple[object, ...], _: str) -> str:
    value = compile_step(_step(args[0]))
    return f"CASE WHEN {value} IN ({_values(args[1])}) THEN true WHEN {value} IN ({_values(args[2])}) THEN false END"


def _is_in(args: tuple[object, ...], _: str) -> str:
    return f"coalesce({compile_step(_step(args[0]))} IN ({_values(args[1])}), false)"


def _is_present(args: tuple[object, ...], _: str) -> str:
    return f"({compile_step(_step(args[0]))} IS NOT NULL)"


def _matches(args: tuple[object, ...], _: str) -> str:
    return f"coalesce(regexp_full_match({compile_step(_step(args[0]))}, {_literal(args[1])}), false)"


def _whole(args: tuple[object, ...], _: str) -> str:
    return f"TRY_CAST({compile_step(_step(args[0]))} AS BIGINT)"


def _with_number(args: tuple[object, ...]) -> tuple[str, str]:
    """A value with check digits as text, and as a number, which `db/share.py` makes once for all of its digits."""
    return compile_step(_step(args[0])), compile_step(_step(args[2])) if len(args) > 2 else _whole(args, "")


def _mod11(args: tuple[object, ...], _: str) -> str:
    value, number = _with_number(args)
    weights = cast(Sequence[int], args[1])
    digits = " + ".join(
        f"({number} // {10 ** (len(weights) - 1 - place)}) % 10 * {weight}" for place, weight in enumerate(weights)
    )
    return f"coalesce(regexp_full_match({value}, '[0-9]{{{len(weights)}}}') AND ({digits}) % 11 = 0, false)"


def _luhn(args: tuple[object, ...], _: str) -> str:
    value, number = _with_number(args)
    length = cast(int, args[1])
    digits = [f"({number} // {10**place}) % 10" for place in range(length)]
    # of the digits at every other place from the last but one, doubled, 9 is taken where that leaves one digit
    added = (f"{one} * 2 - 9 * ({one} > 4)::INT" if place % 2 else one for place, one in enumerate(digits))
    return f"coalesce(regexp_full_match({value}, '[0-9]{{{length}}}') AND ({' + '.join(added)}) % 10 = 0, false)"


def _both(args: tuple[object, ...], _: str) -> str:
    return "(" + " AND ".join(compile_condition(_step(step)) for step in args) + ")"


def _either(args: tuple[object, ...], _: str) -> str:
    return "(" + " OR ".join(compile_condition(_step(step)) for step in args) + ")"


def _negated(args: tuple[object, ...], _: str) -> str:
    return f"(NOT {compile_condition(_step(args[0]))})"


def _chosen(args: tuple[object, ...], element_type: str) -> str:
    cases = " ".join(
        f"WHEN {compile_condition(condition)} THEN {compile_step(value, element_type)}"
        for condition, value in cast(Sequence[tuple[Step, Step]], args[0])
    )
    fallback = "" if args[1] is None else f" ELSE {compile_step(_step(args[1]), element_type)}"
    return f"CASE {cases}{fallback} END"


def _record(args: tuple[object, ...], element_type: str) -> str:
    given = dict(cast(Sequence[tuple[str, Step]], args))
    fields = _STRUCT_FIELD.findall(element_type.removeprefix("STRUCT"))
    unknown = given.keys() - {name for name, _ in fields}
    if unknown:
        raise WarehouseError(f"The mapping fills {', '.join(sorted(unknown))}, which {element_type} does not have.")
    parts = (
        f"{_literal(name)}: CAST({compile_step(given[name]) if name in given else 'NULL'} AS {of_type})"
        for name, of_type in fields
    )
    return "{" + ", ".join(parts) + "}"


def _many(args: tuple[object, ...], element_type: str) -> str:
    records = ", ".join(compile_step(_step(step), element_type) for step in args[1:])
    return f"list_filter([{records}], lambda one: one[{_literal(args[0])}] IS NOT NULL)"


def _each(args: tuple[object, ...], element_type: str) -> str:
    name, keys, element, where = args
    return _list_of(_parsed(quote_identifier(str(name)), keys), element, where, element_type)


def _listed(args: tuple[object, ...], element_type: str) -> str:
    objects, element, where = args
    return _list_of(compile_step(_step(objects)), element, where, element_type)


def _list_of(objects: str, element: object, where: object, element_type: str) -> str:
    wanted = _filtered(objects, where)
    return f"list_transform({wanted}, lambda element: {compile_step(_step(element), element_type)})"


def _picked(args: tuple[object, ...], element_type: str) -> str:
    value, keys, result, where, newest = args
    return _one_of(_parsed(compile_step(_step(value)), keys), result, where, newest, element_type)


def _taken(args: tuple[object, ...], element_type: str) -> str:
    objects, result, where, newest = args
    return _one_of(compile_step(_step(objects)), result, where, newest, element_type)


def _one_of(objects: str, result: object, where: object, newest: object, element_type: str) -> str:
    wanted = _filtered(objects, where)
    taken = compile_step(_step(result), element_type)
    if newest is None:
        return f"list_transform({wanted}, lambda element: {taken})[1]"
    last = compile_step(_step(newest))
    dated = f"list_transform({wanted}, lambda element: {{'at': coalesce({last}, ''), 'said': {taken}}})"
    return f"list_max({dated})['said']"


def _objects(args: tuple[object, ...], _: str) -> str:
    return _parsed(compile_step(_step(args[0])), args[1])


def _inner(args: tuple[object, ...], _: str) -> str:
    return f"element[{_literal(args[0])}]"


def _parsed(text: str, keys: object) -> str:
    """The objects of a JSON array, their values as text; those of a key with keys of its own are objects in their turn.

    Values are trimmed here, once, an empty one null: inside a lambda DuckDB works out `nullif(trim(…))` twice, and again
    for each look at the value.
    """
    return _with_trimmed(f"TRY(from_json({text}, {quote_literal(_shape(keys))}))", keys)


def _with_trimmed(objects: str, keys: object) -> str:
    values = (
        f"{_literal(name)}: {_with_trimmed(value, inner) if inner else _trimmed(value)}"
        for name, inner in _named(keys)
        for value in (f"element[{_literal(name)}]",)
    )
    return f"list_transform({objects}, lambda element: {{{', '.join(values)}}})"


def _named(keys: object) -> list[tuple[str, object]]:
    """Each key with the keys of the objects in its list, where it has any."""
    return [key if isinstance(key, tuple) else (str(key), None) for key in cast(Sequence[object], keys)]


def _shape(keys: object) -> str:
    values = (f'"{key}": {_shape(inner) if inner else chr(34) + "VARCHAR" + chr(34)}' for key, inner in _named(keys))
    return "[{" + ", ".join(values) + "}]"


def _filtered(objects: str, where: object) -> str:
    return objects if where is None else f"list_filter({objects}, lambda element: {compile_condition(_step(where))})"


def _pieces(args: tuple[object, ...], element_type: str) -> str:
    value, separator, inner, element = args
    texts = f"string_split({compile_step(_step(value))}, {_literal(separator)})"
    split = f"list_transform({texts}, lambda text: string_split(text, {_literal(inner)}))"
    return f"list_transform({split}, lambda element: {compile_step(_step(element), element_type)})"


def _appended(args: tuple[object, ...], element_type: str) -> str:
    lists = ", ".join(compile_step(_step(step), element_type) for step in args)
    return f"list_concat({lists}, CAST([] AS {element_type}[]))"


_PARSERS = frozenset({"date", "timestamp", "integer", "decimal"})
_OPERATIONS: Mapping[str, Callable[[tuple[object, ...], str], str]] = {
    "column": _column,
    "item": _item,
    "constant": _constant,
    "first": _first,
    "greatest": _greatest,
    "joined": _joined,
    "strung": _strung,
    "replaced": _replaced,
    "piece": _piece,
    "lowered": _lowered,
    "mapped": _mapped,
    "date": _date,
    "timestamp": _moment,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "is_in": _is_in,
    "is_present": _is_present,
    "matches": _matches,
    "mod11_is_valid": _mod11,
    "luhn_is_valid": _luhn,
    "whole": _whole,
    "both": _both,
    "either": _either,
    "negated": _negated,
    "chosen": _chosen,
    "record": _record,
    "many": _many,
    "each": _each,
    "pieces": _pieces,
    "picked": _picked,
    "objects": _objects,
    "inner": _inner,
    "listed": _listed,
    "taken": _taken,
    "appended": _appended,
}
