"""SQL as files: finding them, reading the comments that document their tables, quoting identifiers."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import duckdb

PRIVACY_CLASSES = ("open", "mixed", "personal", "staff", "internal")

_TABLE = re.compile(
    r"(?P<above>(?:^--[^\n]*\n)*)^CREATE (?:OR REPLACE )?(?P<kind>TABLE|VIEW) (?:IF NOT EXISTS )?(?P<table>\w+\.\w+) \(\n(?P<body>.*?)^\)",
    re.MULTILINE | re.DOTALL,
)
_COLUMN = re.compile(r'^\s+"?(?P<column>\w+)"?,? [^\n]*?-- (?P<comment>[^\n]+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a SQL file says of one table or view (`column` is None) or one column of it."""

    kind: str
    table: str
    column: str | None
    text: str


def quote_identifier(name: str) -> str:
    """The name as a quoted SQL identifier.

    >>> quote_identifier('postadresse.land')
    '"postadresse.land"'
    """
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """The text as a SQL string; only for our own declarations, where a value cannot be bound.

    >>> quote_literal("O'Hara")
    "'O''Hara'"
    """
    return "'" + text.replace("'", "''") + "'"


@cache
def read_query(name: str) -> str:
    """The text of `db/queries/<stage>/<name>.sql`, e.g. `read_query("land/close_absent")`."""
    return files("db").joinpath("queries", *f"{name}.sql".split("/")).read_text(encoding="utf-8")


@lru_cache(maxsize=400)
def parse_statements(sql: str) -> tuple[duckdb.Statement, ...]:
    """The statements of SQL text, each to be run on any connection, any number of times; a text is parsed once.

    Raises `duckdb.ParserException`.
    """
    return tuple(duckdb.extract_statements(sql))


def comments_in(sql: str) -> list[Comment]:
    r"""The comments of every CREATE TABLE or VIEW in a file: lines above it for the whole, ends of lines for its columns.

    >>> comments_in("-- One row a thing.\nCREATE TABLE core.thing (\n    a INT, -- open: Its a\n);")[1].text
    'open: Its a'
    """
    found = []
    for match in _TABLE.finditer(sql):
        above = " ".join(line.removeprefix("--").strip() for line in match["above"].splitlines())
        if above:
            found.append(Comment(kind=match["kind"], table=match["table"], column=None, text=above))
        found += [
            Comment(kind=match["kind"], table=match["table"], column=column["column"], text=column["comment"])
            for column in _COLUMN.finditer(match["body"])
        ]
    return found


@cache
def comment_statements(sql: str) -> str:
    """The COMMENT ON statements that `comments_in` asks for, as one text: hundreds of texts take twice the time."""
    return "".join(
        f"COMMENT ON {comment.kind} {comment.table} IS {quote_literal(comment.text)};\n"
        if comment.column is None
        else f"COMMENT ON COLUMN {comment.table}.{quote_identifier(comment.column)} IS {quote_literal(comment.text)};\n"
        for comment in comments_in(sql)
    )
