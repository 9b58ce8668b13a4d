"""A data package of the small world of conftest.py: what is in it, what is not, and what it says of itself."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from enrich.config import Config
from enrich.decide import suppress
from enrich.errors import InputInvalid, NotFound
from enrich.gate import Readers, open_readers
from enrich.package import write_package
from enrich.progress import silent
from enrich.sql import ask_published

DOCS = Path(__file__).parents[2] / "docs"


def test_a_package_says_of_each_file_what_is_in_it(readers: Readers, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    report = write_package(readers, folder, progress=silent)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {one["path"] for one in package["resources"]} == {"company/NO.parquet", "company/SE.parquet"}
    for one in package["resources"]:
        content = (folder / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        table = pq.read_table(folder / one["path"])
        assert table.num_rows == one["rows"]
        fields = json.loads((folder / one["schema"]).read_text(encoding="utf-8"))["fields"]
        assert [field["name"] for field in fields] == table.column_names
        assert all(field["description"] and field["type"] for field in fields)
    assert sum(one["rows"] for one in package["resources"]) == report.companies


def test_nothing_of_the_crm_and_nobody_protected_is_in_it(readers: Readers, tmp_path: Path) -> None:
    report = write_package(readers, tmp_path / "package", countries=["NO"], progress=silent)
    table = pq.read_table(tmp_path / "package" / "company" / "NO.parquet")
    names = set(table["name"].to_pylist())
    assert "PI KUNDE AS" in names
    assert names.isdisjoint({"SKJULT AS", "OMEGA RESERVERT AS", "KARI NORDMANN KODE", "IOTA SVERIGE AB"})
    assert report.held_back == 1
    told = " ".join(table.column_names)
    assert "purpose" in told
    assert not any(
        word in told
        for word in ("site_description", "customer", "crm", "owner", "deal", "mark_until", "contacted", "exported")
    )


def test_the_documents_name_what_the_companies_file_has_of_the_team_and_a_package_has_not(readers: Readers) -> None:
    """Whoever hands files out has to know; a new column of the team is refused here until it is named."""
    internal = {
        str(row["column"])
        for row in readers.warehouse.rows("publish/comments")
        if row["table"] == "company" and str(row["comment"]).startswith("internal: ")
    }
    of_team = internal - {"first_known_at", "last_known_at", "parent_source"}
    assert "is_customer" in of_team
    privacy = (DOCS / "privacy.md").read_text(encoding="utf-8")
    assert [name for name in sorted(of_team) if f"`{name}`" not in privacy] == []


def test_sql_shows_whom_a_register_protects_as_the_documents_say_and_the_gate_does_not(
    published: Config, readers: Readers
) -> None:
    shown = ask_published(published, "SELECT company_id::VARCHAR FROM mart.company WHERE is_marketing_protected")
    [(protected,)] = shown.answer.rows
    assert readers.admit([{"company_id": protected}]) == []
    for page in ("privacy.md", "analysts.md"):
        assert "is_marketing_protected" in (DOCS / page).read_text(encoding="utf-8")


def test_who_was_suppressed_since_publication_is_not_in_it(
    published: Config, number_of: Callable[[str], str], tmp_path: Path
) -> None:
    suppress(published, "organisation", number_of("ALFA KODE AS"), why="asked to be left alone")
    with open_readers(published, people=False) as readers:
        write_package(readers, tmp_path / "package", progress=silent)
    assert "ALFA KODE AS" not in pq.read_table(tmp_path / "package" / "company" / "NO.parquet")["name"].to_pylist()


def test_a_dry_run_counts_the_same_and_writes_nothing(readers: Readers, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    planned = write_package(readers, tmp_path / "package", dry_run=True, progress=silent)
    assert sorted(tmp_path.iterdir()) == before
    assert planned.resources == write_package(readers, tmp_path / "package", progress=silent).resources


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_another_run_has_written_so_far_stays(dry_run: bool, readers: Readers, tmp_path: Path) -> None:
    others = [tmp_path / name / "half" for name in (".package.unfinished", f".package.{os.getppid()}.unfinished")]
    for half in others:
        half.parent.mkdir()
        half.touch()
    write_package(readers, tmp_path / "package", dry_run=dry_run, progress=silent)
    assert all(half.exists() for half in others)
    assert {path.name for path in tmp_path.iterdir() if "package" in path.name} == {
        *(half.parent.name for half in others),
        *(() if dry_run else ("package",)),
    }


def test_a_folder_that_is_taken_and_a_country_without_companies_are_refused(readers: Readers, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    with pytest.raises(InputInvalid, match="not empty"):
        write_package(readers, taken, progress=silent)
    with pytest.raises(NotFound, match="NO"):
        write_package(readers, tmp_path / "package", countries=["XX"], progress=silent)
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]
    assert not (tmp_path / "package").exists()
