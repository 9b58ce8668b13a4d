"""A new register is two files and no edit elsewhere: those that CONTRIBUTING shows, taken out of it and used."""

import csv
import importlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner, Result

from db.warehouse import Warehouse
from enrich.catalogue import answers_by_country
from enrich.cli.app import app
from enrich.cli.source_pages import render_source_pages
from sources import registers
from sources.registry import find_sources, source, source_names
from tests.sources import test_contract as contract

ROOT = Path(__file__).parents[2]
NAME = "fo_skraseting"


def blocks() -> dict[str, str]:
    """The two files as the page shows them, by the ends of their names."""
    steps = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("in five steps")[2]
    return {f".{'py' if kind == 'python' else 'sample.json'}": text for kind, text in _FENCED.findall(steps)}


_FENCED = re.compile(r"^```(python|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The register, found as the others are: its two files lie in a folder of the package `sources.registers`."""
    folder = tmp_path_factory.mktemp("registers")
    for ending, text in blocks().items():
        (folder / f"{NAME}{ending}").write_text(text, encoding="utf-8")
    registers.__path__.append(str(folder))
    _forget_sources()
    try:
        yield importlib.import_module(f"sources.registers.{NAME}")
    finally:
        registers.__path__.remove(str(folder))
        sys.modules.pop(f"sources.registers.{NAME}", None)
        _forget_sources()


def _forget_sources() -> None:
    find_sources.cache_clear()
    answers_by_country.cache_clear()


def test_the_page_shows_two_files_and_names_them() -> None:
    assert sorted(blocks()) == [".py", ".sample.json"]
    assert NAME not in source_names()
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"`sources/registers/{NAME}.py`" in text
    assert f"`sources/registers/{NAME}.sample.json`" in text


def test_it_keeps_the_contract(connector: ModuleType, tmp_path: Path) -> None:
    of = source(NAME).SOURCE
    with Warehouse.open_to_write(tmp_path / "data", command="test") as warehouse:
        for layout in of.layouts:
            landed = contract.land_twice(of, layout, warehouse, tmp_path)
            contract.test_the_sample_reads_as_the_hand_written_records_say(landed)
            contract.test_the_same_again_makes_the_same_records_and_no_new_version(landed)
            contract.test_every_column_is_mapped_or_ignored_by_name(of, layout)
            contract.test_a_layout_fills_what_a_record_must_have_and_nothing_else(of, layout)
    contract.test_a_source_is_found_under_its_name_and_says_what_it_may(of)
    contract.test_the_codes_of_a_source_are_words_of_the_vocabulary(of)
    path = Path(str(connector.__file__))
    contract.test_a_register_has_no_logic_outside_its_named_functions(path)
    contract.test_a_register_maps_one_field_a_line(path)
    contract.test_the_functions_that_run_are_short(path)


@pytest.mark.usefixtures("connector")
def test_it_is_listed_and_gets_a_page_and_a_country() -> None:
    pages = render_source_pages(ROOT / "docs" / "sources")
    assert pages[f"{NAME}.md"].startswith(f"# {NAME}: Skrásetingin\n")
    assert f"[{NAME}]({NAME}.md)" in pages["README.md"]
    answers = answers_by_country()["FO"]
    assert answers["has_website"] == answers["words"] == (NAME,)
    assert answers["industry"] == ()


@pytest.mark.usefixtures("connector")
def test_its_file_is_loaded_and_its_companies_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        done = CliRunner().invoke(app, list(arguments), prog_name="prospekt")
        assert done.exit_code == 0, done.output
        return done

    rows = [case["row"] for case in json.loads(blocks()[".sample.json"])["skra"]]
    text = io.StringIO()
    writer = csv.DictWriter(text, source(NAME).SOURCE.layouts[0].columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    Path("skra.csv").write_text(text.getvalue(), encoding="utf-8")
    run("init", "--country", "FO", "--who", "Jógvan", "--yes")
    config = Path("config.toml")
    asked = '\n[icp.fishing.must]\ncountry = ["FO"]\nhas_website = true\nwords = ["fiskivinnu"]\n'
    config.write_text(config.read_text(encoding="utf-8") + asked, encoding="utf-8")
    told = run("refresh", NAME, "--file", "skra.csv").stdout
    assert "3 rows in = 2 landed + 1 rejected" in told
    assert "1 invalid_number" in told or "the v-tal is not six digits" in told
    found = json.loads(run("find", "--icp", "fishing", "--json").stdout)
    assert [company["name"] for company in found["data"]["companies"]] == ["P/F Havtøkni"]
    assert [each["name"] for each in found["sources"]] == [NAME]
    card = run("company", "FO:300101").stdout
    assert "P/F Havtøkni" in card
    assert "Tórshavn" in card
    [listed] = json.loads(run("sources", NAME, "--json").stdout)["data"]
    assert (listed["rows"], listed["fill_rates"]["addresses"]) == (2, 0.5)
