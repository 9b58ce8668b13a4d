"""Writes the pages that say what the code says: every command with its help, every table with its comments, every source."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from db.contract import SCHEMA_VERSION, Columns, Contract, columns_in
from db.sql import Comment
from db.warehouse import Warehouse
from enrich.cli.app import app
from enrich.cli.default_group import ITSELF
from enrich.cli.source_pages import render_source_pages
from enrich.config import Config
from enrich.cookbook import read_cookbook
from enrich.crm.labels import KINDS, names_of
from enrich.progress import silent
from enrich.publish import publish
from enrich.runs import new_run_id

_HEAD = "<!-- Written by `python -m enrich.cli.reference`; do not edit. -->\n"


def command_paths() -> list[tuple[str, ...]]:
    """Every command as its words, ("import",) and ("import", "undo") alike, in the order of the help."""

    def walk(found: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:  # noqa: ANN401  # typer hides the type
        for name in found.list_commands(None):
            child = found.commands[name]
            if name != ITSELF:
                yield (*words, name)
                if hasattr(child, "commands"):
                    yield from walk(child, (*words, name))

    return list(walk(get_command(app), ()))


def render_commands() -> str:
    """The page of all commands: the help of each as the terminal shows it."""
    runner = CliRunner()
    page = [_HEAD, "# Commands\n"]
    for words in ((), *command_paths()):
        result = runner.invoke(app, [*words, "--help"], prog_name="prospekt", env={"COLUMNS": "110"})
        if result.exit_code != 0:
            raise RuntimeError(f"no help of {' '.join(words)}: {result.output}")
        help_text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        page.append(f"## {' '.join(('prospekt', *words))}\n\n```text\n{help_text}\n```\n")
    return "\n".join(page)


def render_dictionary() -> str:
    """The page of all tables: what one row is, and each column with its privacy class."""
    page = [_HEAD, "# Data dictionary\n", _CLASSES]
    published = _read_published()
    for title, comments in (
        ("companies.duckdb", published["companies"].comments),
        ("people.duckdb (in `prospekt sql --people`)", published["people"].comments),
        ("Warehouse", _read_warehouse()),
    ):
        page.append(f"## {title}\n")
        tables = dict.fromkeys(comment.table for comment in comments)
        page += [_table_section(table, [each for each in comments if each.table == table]) for table in tables]
    return "\n".join(page)


_CLASSES = """\
| class | means |
|---|---|
| open | about a legal entity, may be published |
| mixed | as open, but personal where the row is about a natural person |
| personal | about a natural person |
| staff | about a member of the team |
| internal | ours: runs, versions, hashes |
"""


def render_contract() -> str:
    """The frozen contract of `db/contract.py`, of what is published now; what breaks it is not published."""
    columns = {kind: file.columns for kind, file in _read_published().items()}
    return Contract(schema_version=SCHEMA_VERSION, columns=columns).render()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    comments: list[Comment]
    columns: Columns


@cache
def _read_published() -> dict[str, _File]:
    """What both published files say of themselves, read from files that were published of a single company."""
    found = {}
    with TemporaryDirectory() as folder:
        config = Config(who="reference", data=Path(folder))
        with Warehouse.open_to_write(config.data, command="reference") as warehouse:
            warehouse.run("normalise/create")
            warehouse.run("publish/sample_company")
            made = publish(warehouse, config, new_run_id(), silent)
        for kind, catalogue, path in (("companies", "", made.companies), ("people", "people.", made.people)):
            with Warehouse.open_to_read(path) as published:
                comments = _comments_of(published, catalogue)
                found[kind] = _File(comments=comments, columns=columns_in(published.rows("publish/columns")))
    return found


def _read_warehouse() -> list[Comment]:
    """What a new warehouse says of itself, once every migration has had its say."""
    with TemporaryDirectory() as folder, Warehouse.open_to_write(Path(folder), command="reference") as warehouse:
        return _comments_of(warehouse, "")


def _comments_of(warehouse: Warehouse, catalogue: str) -> list[Comment]:
    return [
        Comment(
            kind="TABLE" if row["column"] is None else "COLUMN",
            table=f"{catalogue}{row['schema']}.{row['table']}",
            column=None if row["column"] is None else str(row["column"]),
            text=str(row["comment"]),
        )
        for row in warehouse.rows("publish/comments")
        if row["comment"] is not None
    ]


def _table_section(table: str, comments: list[Comment]) -> str:
    lines = [f"### {table}\n"]
    lines += [f"{comment.text}\n" for comment in comments if comment.column is None]
    lines += ["| column | class | what |", "|---|---|---|"]
    for comment in comments:
        if comment.column is not None:
            privacy, _, what = comment.text.partition(": ")
            lines.append(f"| `{comment.column}` | {privacy} | {what.replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def render_cookbook() -> str:
    """The page of the SQL cookbook: each question with what it answers, for whom, and its SQL."""
    page = [_HEAD, "# SQL cookbook\n", _COOKBOOK]
    page += [
        f"## {each.name}\n\n{each.says} *For: {each.reader}.*\n\n```sql\n{each.sql}\n```\n" for each in read_cookbook()
    ]
    return "\n".join(page)


_COOKBOOK = """\
`prospekt sql --named NAME` asks one, `--list` shows them, `--named NAME --list` prints its SQL to begin your own with. Those over `people.mart` want `--people`, which is logged. Each is
asked of the demo's world by the tests. Numbers that nobody told are unknown, and shown as such: never zero.
"""


def render_crm_fields() -> str:
    """The page of the fields that a column of a CRM's file may be, by kind, each with names that are known without saying so."""
    page = [_HEAD, "# Fields of CRM files\n", _CRM_FIELDS]
    for kind in KINDS:
        page += [f"## {kind}\n", "| field | known by, for example |", "|---|---|"]
        page += [f"| `{field}` | {', '.join(names[:_NAMES_SHOWN])} |" for field, names in names_of(kind).items()]
        page.append("")
    return "\n".join(page)


_NAMES_SHOWN = 6
_CRM_FIELDS = """\
What a column may be called in `[crm.companies]`, `[crm.contacts]`, `[crm.deals]` and `[crm.owners]` of config.toml: `"Kundenr" = "crm_key"`.
`crm_key` is your CRM's own number of the record, `record_id` HubSpot's; those of the record's company stand in `company_key` (one) or
`company_keys` (several, by semicolon). Case, spaces and punctuation of a column's name do not count.
"""

PAGES = {
    "commands.md": render_commands,
    "crm-fields.md": render_crm_fields,
    "data-dictionary.md": render_dictionary,
    "sql-cookbook.md": render_cookbook,
}

CONTRACT = Path(__file__).parent.parent.parent / "db" / "views" / "contract.tsv"

if __name__ == "__main__":
    target = Path(__file__).parent.parent.parent / "docs" / "reference"
    target.mkdir(parents=True, exist_ok=True)
    for name, render in PAGES.items():
        (target / name).write_text(render(), encoding="utf-8")
    CONTRACT.write_text(render_contract(), encoding="utf-8")
    for name, text in render_source_pages(target.parent / "sources").items():
        (target.parent / "sources" / name).write_text(text, encoding="utf-8")
