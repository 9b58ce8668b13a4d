"""SQL asked of the published files: both of one publication, also when another comes in between."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from db import sandbox
from db.errors import QueryRefused, WarehouseMissing
from enrich.config import Config
from enrich.sql import ask_published

SAME = "SELECT company.run_id = people.run_id FROM mart.meta AS company, people.mart.meta AS people"


def test_an_answer_knows_its_day_and_sources(published: Config) -> None:
    found = ask_published(published, "SELECT count(*) FROM mart.company")
    assert found.answer.rows[0][0]
    assert found.published.as_of.tzinfo is not None
    assert all(source["row_count"] for source in found.published.sources)


def test_a_publication_that_comes_in_between_is_asked_in_place_of_the_one_that_went(
    published: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = published.published
    begun: list[Path] = []
    begin = sandbox.Sandbox.__init__

    def publish_meanwhile(self: sandbox.Sandbox, path: Path, **options: Any) -> None:
        if not begun:
            for kind in ("companies", "people"):
                link = folder / f"{kind}.duckdb"
                old = link.resolve()
                shutil.copy(old, folder / f"{kind}-newer.duckdb")
                link.unlink()
                link.symlink_to(f"{kind}-newer.duckdb")
                old.unlink()
        begun.append(path)
        begin(self, path, **options)

    monkeypatch.setattr(sandbox.Sandbox, "__init__", publish_meanwhile)
    found = ask_published(published, SAME, people=True)
    assert found.answer.rows == ((True,),)
    assert [path.name for path in begun][1:] == ["companies-newer.duckdb"]
    logged = (published.data / "people-access.log").read_text(encoding="utf-8").splitlines()
    assert json.loads(logged[-1])["file"] == "people-newer.duckdb"


def test_what_is_refused_is_not_asked_again(published: Config) -> None:
    with pytest.raises(QueryRefused):
        ask_published(published, "DROP TABLE mart.company")


def test_where_nothing_is_published_that_is_said(published: Config) -> None:
    shutil.rmtree(published.published)
    with pytest.raises(WarehouseMissing, match="prospekt publish"):
        ask_published(published, "SELECT 1")
