"""The contract with readers of the published files: every relation and column of `mart` with its type, and a version.

It is frozen in `db/views/contract.tsv`. A column may be added; one that goes or changes its type breaks queries that
people wrote, so nothing is published without it until SCHEMA_VERSION is raised (and the file written anew, by
`python -m enrich.cli.reference`). `mart.meta.schema_version` says which one a file keeps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from db.warehouse import Row

SCHEMA_VERSION = 4
"""Raised when a column of `mart` goes, changes its type or comes to mean something else."""

Columns = Mapping[tuple[str, str], str]
"""The type of each (relation, column) of one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The columns of each kind of file (companies, people) under a version."""

    schema_version: int
    columns: Mapping[str, Columns]

    def relations(self, kind: str) -> frozenset[str]:
        """The tables and views of a kind of file."""
        return frozenset(relation for relation, _ in self.columns[kind])

    def missed_by(self, kind: str, found: Columns) -> list[str]:
        """What a file of this version lacks or has otherwise, in words; what it has beyond the contract is no fault.

        >>> kept = Contract(schema_version=1, columns={"companies": {("company", "name"): "VARCHAR"}})
        >>> kept.missed_by("companies", {("company", "name"): "INTEGER", ("company", "city"): "VARCHAR"})
        ['mart.company.name is INTEGER and not VARCHAR']
        """
        return [
            f"mart.{relation}.{column} is missing"
            if (relation, column) not in found
            else f"mart.{relation}.{column} is {found[relation, column]} and not {type_}"
            for (relation, column), type_ in self.columns[kind].items()
            if found.get((relation, column)) != type_
        ]

    def render(self) -> str:
        """The text of the frozen file."""
        lines = [
            "\t".join((kind, relation, column, type_))
            for kind, columns in self.columns.items()
            for (relation, column), type_ in columns.items()
        ]
        return "\n".join((f"schema_version\t{self.schema_version}", *lines)) + "\n"


def parse_contract(text: str) -> Contract:
    """The contract of a frozen file's text."""
    head, *lines = text.splitlines()
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for line in lines:
        kind, relation, column, type_ = line.split("\t")
        columns.setdefault(kind, {})[relation, column] = type_
    return Contract(schema_version=int(head.split("\t")[1]), columns=columns)


@cache
def read_contract() -> Contract:
    """The frozen contract."""
    return parse_contract(files("db").joinpath("views", "contract.tsv").read_text(encoding="utf-8"))


def columns_in(described: Iterable[Row]) -> Columns:
    """The columns of a published file, of the rows of publish/columns."""
    return {(str(row["relation"]), str(row["column"])): str(row["type"]) for row in described}
