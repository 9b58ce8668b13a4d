"""What `import` says of a file: how it was understood, and what becomes of its rows."""

import json
import re
from pathlib import Path

import pytest

from enrich.cli import taking_in
from enrich.crm import take_in
from tests.enrich.cli.conftest import Run
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs

CRM = "Record ID;Company name;Org nr;Create Date;Colour\n1;Nordlys AS;923609016;03/04/2024;red\n2;Rema;9,23609E+08;;blue\n;;;;x\n"


@pytest.fixture
def crm(configured: Path) -> Path:
    path = configured / "crm.csv"
    path.write_text(CRM, encoding="utf-8")
    return path


def test_a_dry_run_tells_columns_dates_counts_and_an_example_of_each(run: Run, crm: Path) -> None:
    told = run("import", crm, "--as", "companies", "--dry-run")
    assert told.exit_code == 0
    for line in (
        "crm.csv was read as companies (as you said; utf-8, semicolon).",
        "Read: Record ID = record_id, Company name = name, Org nr = registration_number, Create Date = created",
        "Not read: Colour",
        "note: 1 registration_number: a spreadsheet rounded the number",
    ):
        assert line in told.stderr
    assert re.search("Dates of created: day or month first cannot be told.*date_order", told.stderr)
    assert "3 rows in = 2 would be created + 0 would be updated + 0 unchanged + 0 duplicate + 1 rejected" in told.stdout
    assert "  row 2, created: Nordlys AS" in told.stdout
    assert "  row 4, rejected: the row has no readable record id, company number, domain or name" in told.stdout
    assert "import undo" not in told.stdout


def test_deals_of_no_company_are_told_with_what_to_do(run: Run, configured: Path) -> None:
    deals = configured / "deals.csv"
    deals.write_text(
        "Deal ID,Deal name,Deal stage,Associated company\n1,Roof,Closed won,Nordlys AS\n", encoding="utf-8"
    )
    told = run("import", deals, "--dry-run")
    assert told.exit_code == 0
    assert "1 of 1 open or won deal name no company that the CRM's companies have" in told.stdout
    assert "import the companies too" in told.stdout


def test_the_import_is_told_before_what_follows_from_it_fails(
    run: Run, crm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk was pulled out")

    monkeypatch.setattr(taking_in, "run_all_stages", fail)
    told = run("import", crm, "--as", "companies")
    assert told.exit_code == 1
    assert re.search("To take it back: prospekt import undo [0-9a-f-]{36}", told.stdout)


def test_an_import_that_changed_nothing_has_nothing_to_take_back(run: Run, crm: Path) -> None:
    assert "To take it back" in run("import", crm, "--as", "companies").stdout
    again = run("import", crm, "--as", "companies")
    assert again.exit_code == 0
    assert "2 unchanged" in again.stdout
    assert "To take it back" not in again.stdout


def test_very_many_rows_are_asked_about_first(run: Run, crm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_in, "MANY_ROWS", 2)
    told = run("import", crm, "--as", "companies")
    assert told.exit_code == 2
    assert "crm.csv has 3 rows, taken for companies of your CRM (as you said)" in told.stderr
    assert "prospekt refresh SOURCE --file" in told.stderr
    assert "asks first: it has very many rows" in run("import", crm, "--as", "companies", "--dry-run").stdout
    assert run("import", crm, "--as", "companies", "--yes").exit_code == 0


def test_matching_without_a_register_says_one_thing(run: Run, crm: Path) -> None:
    taken_in = run("import", crm, "--as", "companies")
    assert taken_in.exit_code == 0
    assert "prospekt refresh" in taken_in.stderr
    told = run("match")
    assert told.exit_code == 3
    assert "There is no register loaded" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_matching_says_how_many_verdicts_are_new(run: Run, configured: Path) -> None:
    numbers = orgnrs(2)
    (configured / "enheter.csv").write_bytes(
        as_csv([entity(number, name) for number, name in zip(numbers, ("NORDLYS AS", "HAVGAP AS"), strict=True)])
    )
    (configured / "crm.csv").write_text("Record ID,Company name\n1,Nordlys AS\n2,Havgap AS\n", encoding="utf-8")
    assert run("refresh", "no_brreg", "--file", "enheter.csv").exit_code == 0
    assert run("import", "crm.csv", "--as", "companies").exit_code == 0
    assert json.loads(run("match", "--json").stdout)["data"]["verdicts"] is None  # the import matched already
    assert run("match", "review", "1", "--verdict", "unsure", "--why", "moved?").exit_code == 0
    answer = json.loads(run("match", "--json").stdout)["data"]
    assert answer["verdicts"] == {"decided": 1, "standing": 1, "following": 0}
    assert sum(state["record_count"] for state in answer["states"]) == 2
