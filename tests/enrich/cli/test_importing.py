"""What `import` says of a file: how it was understood, and what becomes of its rows."""

import gzip
import json
import os
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


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_without_a_usable_row_is_refused_with_the_column_that_looks_like_names(
    run: Run, configured: Path, dry_run: bool
) -> None:
    rows = [f"Ort{number % 2},Nordlys {number} AS,{number},https://nordlys{number}.no" for number in range(9)]
    (configured / "list.csv").write_text("\n".join(["city,Unternehmung,Nr,Seite", *rows]), encoding="utf-8")
    told = run("import", "list.csv", "--as", "companies", *(["--dry-run"] if dry_run else []))
    assert told.exit_code == 5
    assert (
        "None of the 9 rows of list.csv can be taken for companies (9: the row has no readable record id, company number, "
        "domain or name). The column 'Unternehmung' looks like names: under [crm.companies] write \"Unternehmung\" = "
        '"name". Nothing was imported.'
    ) in told.stderr
    assert list((configured / "data").glob("rejects/*")) == []
    with (configured / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[crm.companies]\n"Unternehmung" = "name"\n')
    assert "9 rows in = 9 would be created" in run("import", "list.csv", "--as", "companies", "--dry-run").stdout


def test_a_registers_own_file_is_told_whose_it_is_and_where_it_belongs(run: Run, configured: Path) -> None:
    given = as_csv([entity(number, "NORDLYS AS") for number in orgnrs(2)])
    (configured / "enheter.csv").write_bytes(given)
    (configured / "enheter.csv.gz").write_bytes(gzip.compress(given))
    (configured / "names.csv").write_text("lei,name,country,category\n", encoding="utf-8")
    for name, source in (("enheter.csv", "no_brreg"), ("enheter.csv.gz", "no_brreg"), ("names.csv", "gleif")):
        told = run("import", name)
        assert told.exit_code == 5
        assert f"{name} is a file of {source}: load it with `prospekt refresh {source} --file {name}`." in told.stderr
    assert run("import", "enheter.csv", "--as", "companies", "--dry-run").exit_code == 0


@pytest.mark.parametrize(
    ("source", "given", "text", "said"),
    [
        ("fi_prh", "enheter.csv", None, "enheter.csv is a file of no_brreg: load it with `prospekt refresh no_brreg"),
        ("gleif", "enheter.csv", None, "prospekt refresh no_brreg --file"),
        ("dk_cvr", "names.csv", "lei,name,country,category\n", "names.csv is a file of gleif"),
        ("no_brreg", "crm.csv", CRM, "crm.csv looks like companies of a CRM (its columns"),
        ("no_brreg", "odd.csv", "a,b\n1,2\n", "fits no known layout"),
    ],
)
def test_refresh_says_whose_a_wrong_file_is(
    run: Run, configured: Path, source: str, given: str, text: str | None, said: str
) -> None:
    (configured / given).write_bytes(as_csv([entity(orgnrs(1)[0], "A AS")]) if text is None else text.encode())
    told = run("refresh", source, "--file", given)
    assert told.exit_code == 5
    assert said in told.stderr
    assert "Nothing was loaded" in told.stderr


def test_a_file_counts_as_of_when_it_was_written_or_what_is_said(run: Run, configured: Path) -> None:
    [number] = orgnrs(1)
    for name in ("newer", "older"):
        path = configured / f"{name}.csv"
        path.write_bytes(as_csv([entity(number, f"{name.upper()} AS")]))
        os.utime(path, (1_790_000_000, 1_790_000_000))
    newer = run("refresh", "no_brreg", "--file", "newer.csv").stdout
    assert "The file newer.csv counts as of 2026-09-21 14:13 UTC, when this copy was last written; if its" in newer
    older = run("refresh", "no_brreg", "--file", "older.csv", "--as-of", "2026-01-02").stdout
    assert "The file older.csv counts as of 2026-01-02 00:00 UTC, as you said." in older
    assert "1 older than what is known: kept as history" in older
    # the same file with its right date is no repetition: what it says is not what counts
    mended = run("refresh", "no_brreg", "--file", "older.csv", "--as-of", "2026-10-02").stdout
    assert "unchanged since the last run" not in mended
    assert "OLDER AS" in run("company", number).stdout
    again = run("refresh", "no_brreg", "--file", "older.csv", "--as-of", "2026-10-03").stdout
    assert "no_brreg: unchanged since the last run" in again
    for arguments, said in (
        (("no_brreg", "--as-of", "2026-01-02"), "name the file with --file"),
        (("no_brreg", "--file", "older.csv", "--as-of", "2999-01-02"), "2999-01-02 00:00 UTC is to come"),
    ):
        refused = run("refresh", *arguments)
        assert (refused.exit_code, said in refused.stderr) == (5, True)


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


def test_the_column_of_record_ids_and_the_known_stages_are_said(run: Run, configured: Path) -> None:
    deals = configured / "deals.csv"
    deals.write_text(
        "Salgsnr;Verdi;Deal name;Deal stage;Associated company\nS-1;5;Roof;Signed;Nordlys AS\nS-2;5;Roof;Open;Nordlys AS\n",
        encoding="utf-8",
    )
    told = run("import", deals, "--dry-run")
    assert '\'Salgsnr\' looks like them: write "Salgsnr" = "crm_key" under [crm.deals] in config.toml' in " ".join(
        told.stderr.split()
    )
    assert "the same record stands above with other values, and the one above was taken" in told.stdout
    assert 'won_stages = ["…"]' in told.stderr
    with (configured / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[crm.deals]\n"Salgsnr" = "crm_key"\n')
    told = run("import", deals, "--dry-run", "--json")
    data = json.loads(told.stdout)["data"]
    assert (data["rows_created"], data["rows_rejected"], data["id_column"]) == (2, 0, None)
    firms = configured / "firms.csv"
    firms.write_text("Company name,Lifecycle stage\nA AS,Prospekt\n", encoding="utf-8")
    told = run("import", firms, "--dry-run")
    assert "Lifecycle stages that are known: subscriber, lead, " in told.stderr
    assert "No column of record ids" not in told.stderr
