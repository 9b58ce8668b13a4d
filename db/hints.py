"""What somebody may have meant whose SQL names what is not there: pure, from DuckDB's message and the columns there are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from db.sql import read_query

NEAREST = 3
_NO_TABLE = re.compile(r'Table with name "?(?:\w+\.)*(\w+)"? does not exist')
_NO_COLUMN = re.compile(r'Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"')
_NO_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""What of a statement names nothing: texts in quotes and comments."""
_PEOPLE = re.compile(r"CREATE TABLE mart\.(\w+)")


def explain(message: str, sql: str, columns: Mapping[str, Sequence[str]]) -> str:
    """The message of DuckDB and what to write instead; `columns` are those of each table, as a query writes it.

    >>> print(explain('Table with name compny does not exist!', "FROM mart.compny", {"mart.company": ["name"]}))
    Table with name compny does not exist!
    Did you mean mart.company?
    There are: mart.company.
    """
    if found := _NO_TABLE.search(message):
        return _explain_table(message, found[1], columns)
    if found := _NO_COLUMN.search(message):
        hints = _hint_at_column(found[1] or found[2], sql, columns)
        return "\n".join((_first_line(message), *hints)) if hints else message
    return message


def _first_line(message: str) -> str:
    """The message less DuckDB's own guesses, which leave schemas out and compare letters only."""
    return message.partition("\n")[0]


def _explain_table(message: str, wrong: str, columns: Mapping[str, Sequence[str]]) -> str:
    first = _first_line(message)
    there = f"There are: {', '.join(columns)}."
    people = frozenset(_PEOPLE.findall(read_query("publish/people")))
    if wrong in people and not any(name.startswith("people.") for name in columns):
        return f"{first}\nIt is in the people file: write people.mart.{wrong}, and add --people.\n{there}"
    bare = {name: name.rpartition(".")[2] for name in columns}
    near = get_close_matches(wrong, bare.values(), n=NEAREST, cutoff=0.5)
    meant = [name for each in dict.fromkeys(near) for name in columns if bare[name] == each]
    return "\n".join((first, *([f"Did you mean {' or '.join(meant)}?"] if meant else []), there))


def _hint_at_column(wrong: str, sql: str, columns: Mapping[str, Sequence[str]]) -> list[str]:
    if f'"{wrong}"' in sql:
        return [f"A text stands in single quotes, '{wrong}'; what stands in double quotes is the name of a column."]
    having = [name for name, its in columns.items() if wrong.lower() in its]
    if having:
        return [f"It is a column of {', '.join(having)}."]
    asked = _asked_tables(sql, columns)
    near = get_close_matches(wrong.lower(), {one for name in asked for one in columns[name]}, n=NEAREST, cutoff=0.6)
    meant = [f"Did you mean {' or '.join(near)}?"] if near else []
    return [*meant, *(f"All columns: DESCRIBE {name}" for name in asked[:1])]


def _asked_tables(sql: str, names: Iterable[str]) -> list[str]:
    """Those of the tables that a statement reads, the first it names first.

    >>> _asked_tables("FROM people.mart.match WHERE kind = 'contact' -- not mart.fit", ["mart.match", "mart.fit", "people.mart.match"])
    ['people.mart.match']
    """
    code = _NO_CODE.sub(" ", sql).replace('"', "").lower()
    found = {name: re.search(rf"(?<![\w.]){re.escape(name.lower())}(?!\w)", code) for name in names}
    return [name for _, name in sorted((at.start(), name) for name, at in found.items() if at is not None)]
