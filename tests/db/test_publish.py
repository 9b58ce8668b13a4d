"""What a published file must have: all that is put into it."""

import re
from importlib.resources import files

import pytest

from db.contract import read_contract
from db.publish import KINDS, SEARCHED

MADE = re.compile(r"^CREATE (?:TABLE|VIEW) mart\.(\w+)", re.MULTILINE)
BESIDE = {"companies": ("codes_in_use", "known_decisions"), "people": ()}
VIEWS = {"companies": ("companies", "words"), "people": ("people",)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_that_is_published_is_in_the_contract(kind: str) -> None:
    names = [f"queries/publish/{name}.sql" for name in (kind, *BESIDE[kind])]
    names += [f"views/mart.{name}.sql" for name in VIEWS[kind]]
    made = {SEARCHED[kind].removeprefix("mart.")}
    made |= {name for path in names for name in MADE.findall(files("db").joinpath(path).read_text(encoding="utf-8"))}
    assert made == read_contract().relations(kind)
