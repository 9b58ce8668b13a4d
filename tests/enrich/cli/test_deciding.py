"""edit and list, as people type them, over the small world."""

import json

import pytest

from enrich.config import Config
from tests.enrich.cli.conftest import Run

ALFA, BETA = "NO:900000000", "NO:900000001"


@pytest.fixture
def decide(run: Run, configured: object, published: Config) -> Run:
    """Runs a command over the small world."""
    return lambda *arguments: run("--data", published.data, *arguments)


def test_lists_are_listed_and_shown_by_their_name_alone(decide: Run) -> None:
    assert "There is no list yet" in decide("list").stderr
    assert decide("list", "spring", "add", ALFA, BETA).exit_code == 0
    assert decide("list", "later", "add", ALFA).exit_code == 0
    there = json.loads(decide("list", "--json").stdout)["data"]
    assert [(one["list_name"], one["companies"]) for one in there] == [("later", 1), ("spring", 2)]
    assert "BETA KODE AS" in decide("list", "spring").stdout
    assert "{action}" not in decide("list", "--help").stdout


def test_only_an_edit_that_stands_is_taken_back(decide: Run) -> None:
    untouched = decide("edit", ALFA, "employees", "--take-back")
    assert (untouched.exit_code, "No edit of employees" in untouched.stderr) == (5, True)
    assert decide("edit", ALFA, "employees", "55").exit_code == 0
    assert "Edited: employees" in decide("edit", ALFA, "phone", "--take-back").stderr
    assert "is the registers' again" in decide("edit", ALFA, "employees", "--take-back").stdout
