"""The surface that is frozen: names of commands and options, keys of --json; and the pages written from it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from db.contract import SCHEMA_VERSION, read_contract
from enrich.cli.reference import CONTRACT, PAGES, command_paths, render_contract
from enrich.cli.source_pages import render_source_pages

Run = Callable[..., Result]

EVERYWHERE = {"--config", "--data", "--quiet", "-q", "--json", "--help", "-h"}
SURFACE = {
    "init": "--country --crm --who --yes -y",
    "demo": "--network",
    "sources": "--criteria",
    "refresh": "--file --as-of --number --complete --partial --due --dry-run --yes -y",
    "import": "--as --complete --dry-run --yes -y",
    "import undo": "--dry-run",
    "match": "",
    "match why": "--svg --as-of --yes -y",
    "match why-not": "--svg --yes -y",
    "match evaluate": "--svg --yes -y",
    "match threshold": "--gold",
    "match review": "--verdict --company --why --limit --undo --registers",
    "match train": "--gold --undo --dry-run",
    "match labels": None,
    "match labels export": "--for --yes -y",
    "match labels import": "--dry-run",
    "link": "--out --left-id --right-id --left-name --right-name --left-column --right-column --top --one-to-one --index --engine --master --yes -y",
    "dedupe": "--out --id --name --column --at --yes -y",
    "find": "--words --ask --icp --limit --owner --include --why --facets --split --save --explain",
    "why": "--icp --ask",
    "company": "--include --why",
    "lookalike": "--list --won --name --limit --include",
    "searches": "--since-last --limit --forget --dry-run",
    "edit": "--why --take-back",
    "mark": "--as --until --why",
    "list": "--why",
    "suppress": "--as --lift --why",
    "erase": "--as --why --dry-run --yes -y",
    "icp": None,
    "icp check": "",
    "icp show": "--versions --version --counts",
    "icp read": "--name",
    "icp backtest": "--by --picture --yes -y",
    "export": "--for --out --text --words --ask --icp --limit --owner --include --why --handed-to --set-owner --stale-ok --raw --dry-run --yes -y",
    "export undo": "--dry-run",
    "package": "--country --dry-run",
    "sql": "--named --list --seconds --rows --memory --people --csv --out --raw --yes -y",
    "stats": "--country",
    "path": "--people",
    "publish": "",
    "status": "",
    "doctor": "",
}


def test_the_commands_are_those_that_are_frozen() -> None:
    assert [" ".join(words) for words in command_paths()] == list(SURFACE)


@pytest.mark.parametrize("words", [words for words, options in SURFACE.items() if options is not None])
def test_the_options_are_those_that_are_frozen_and_help_has_examples(run: Run, words: str) -> None:
    text = run(*words.split(), "--help").stdout
    options, _, examples = text.partition("Examples:")
    listed = {
        name
        for line in re.findall(r"^  (-.*?)(?:  |$)", options, re.MULTILINE)
        for name in re.findall(r"(?<![\w-])--?[a-z][\w-]*", line)
    }
    assert listed == EVERYWHERE | set((SURFACE[words] or "").split())
    assert f"prospekt {words}" in examples


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_pages_are_fresh(project: Path, page: str) -> None:
    written = (project / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert written == PAGES[page](), "renew them: python -m enrich.cli.reference"


def test_the_contract_of_mart_is_the_frozen_one() -> None:
    assert read_contract().schema_version == SCHEMA_VERSION
    assert CONTRACT.read_text(encoding="utf-8") == render_contract(), (
        "renew it: python -m enrich.cli.reference; where a column went or has another type, raise SCHEMA_VERSION first"
    )


def test_what_the_pages_of_sources_take_from_declarations_is_fresh(project: Path) -> None:
    folder = project / "docs" / "sources"
    stale = [
        name
        for name, text in render_source_pages(folder).items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "renew them: python -m enrich.cli.reference"
    assert {path.name for path in folder.iterdir()} == set(render_source_pages(folder))


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        *(f"docs/{name}.md" for name in ("find", "plain-language", "refresh", "analysts", "privacy", "sources/README")),
    ],
)
def test_links_between_pages_lead_somewhere(project: Path, page: str) -> None:
    path = project / page
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_names_every_command(project: Path) -> None:
    text = (project / "README.md").read_text(encoding="utf-8")
    assert [words for words in SURFACE if f"`{words}" not in text and f"{words} check`" not in text] == []


@pytest.mark.parametrize("arguments", [("sources",), ("status",), ("doctor",), ("icp", "show"), ("icp", "check")])
def test_every_json_answer_has_the_same_envelope(run: Run, configured: Path, arguments: tuple[str, ...]) -> None:
    answer = json.loads(run(*arguments, "--json").stdout)
    assert list(answer) == ["schema", "as_of", "sources", "data", "truncated"]
    assert re.fullmatch(r"prospekt\.[a-z-]+/\d+", answer["schema"])
