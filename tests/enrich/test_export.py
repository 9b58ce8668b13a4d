"""What leaves as files, and what is remembered of it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pytest

from db.errors import FolderReadOnly
from db.fold import fold_journal
from db.journal import read_decisions
from db.warehouse import Warehouse
from enrich import decide
from enrich.config import Config
from enrich.errors import ConfirmationNeeded, InputInvalid, NotFound
from enrich.export import ExportReport, export_companies
from enrich.exported import read_exports, undo_export
from enrich.gate import Readers, open_readers
from enrich.search import FindAnswer, collect, find, resolve_company
from enrich.spreadsheet import formula_safe

NumberOf = Callable[[str], str]


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def export_all(config: Config, readers: Readers, out: Path, **options: Any) -> ExportReport:
    answer = find(readers, config, "software", limit=None, include={"customers", "contacted"})
    return export_companies(config, readers, answer, out=out, **{"target": "csv", **options})


def test_a_number_that_another_crm_gave_is_no_hubspot_id(published: Config, tmp_path: Path) -> None:
    with duckdb.connect(str((published.published / "people.duckdb").resolve())) as people:
        people.execute(
            "INSERT INTO mart.crm_company (crm_id, crm_key, is_natural_person, known_from)"
            " VALUES ('0190f2c3-own', '7003', false, now()), ('hubspot:0:company:7004', '7004', false, now())"
        )
    with open_readers(published) as readers:
        report = export_all(published, readers, tmp_path / "leads.csv", target="hubspot")
    assert {row["Record ID"] for row in read_rows(tmp_path / "leads.update.csv")} == {"7001", "7002", "7004", "7005"}
    assert "TAU RINGT AS" in {row["Company name"] for row in read_rows(tmp_path / "leads.create.csv")}
    assert report.without_record_id == 2


def test_a_list_has_one_line_a_company_as_ranked_with_why_and_source(
    published: Config, readers: Readers, tmp_path: Path, number_of: NumberOf
) -> None:
    report = export_all(published, readers, tmp_path / "leads.csv")
    rows = read_rows(tmp_path / "leads.csv")
    assert report.companies == len(rows) == 13
    assert rows[0]["name"] == "BETA KODE AS"
    alfa = next(row for row in rows if row["name"] == "ALFA KODE AS")
    assert alfa["prospekt_id"] == number_of("ALFA KODE AS")
    assert (alfa["owner"], alfa["employees"], alfa["domain"], alfa["phone"]) == (
        "Vestland-Vera",
        "40",
        "alfa.example",
        "+4755550001",
    )
    assert alfa["why"].startswith("Industry 62.100")
    assert (alfa["source"], alfa["date"]) == ("no_brreg", "2026-11-01")


def test_nothing_is_handed_to_somebody_whom_nobody_knows(published: Config, readers: Readers, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Did you mean: Ola Selger"):
        export_all(published, readers, tmp_path / "leads.csv", handed_to="Ola Selgr")
    assert not list(tmp_path.glob("leads*"))
    assert not list(read_decisions(published.journal))[1:]


def test_hubspot_keeps_its_owners_unless_told_otherwise_and_takes_them_by_email(
    published: Config, readers: Readers, tmp_path: Path
) -> None:
    export_all(published, readers, tmp_path / "a.csv", target="hubspot", handed_to="ola selger")
    assert "Company owner" not in read_rows(tmp_path / "a.update.csv")[0]
    assert {row["Company owner"] for row in read_rows(tmp_path / "a.create.csv")} == {"ola@team.example"}
    answer = find(readers, published, "software", limit=None, include={"customers", "contacted"})
    export_companies(published, readers, answer, target="hubspot", out=tmp_path / "b.csv", set_owner=True)
    owners = {row["Record ID"]: row["Company owner"] for row in read_rows(tmp_path / "b.update.csv")}
    assert (owners["7001"], owners["7003"]) == ("kari@team.example", "ola@team.example")


def test_hubspot_updates_what_it_has_and_creates_the_rest(
    published: Config, readers: Readers, tmp_path: Path, number_of: NumberOf
) -> None:
    report = export_all(published, readers, tmp_path / "leads.csv", target="hubspot")
    updates = read_rows(tmp_path / "leads.update.csv")
    creates = read_rows(tmp_path / "leads.create.csv")
    assert {row["Record ID"] for row in updates} == {"7001", "7002", "7003", "7004", "7005"}
    assert not {"Company name", "Company domain name"} & set(updates[0])
    assert {row["prospekt_id"] for row in creates} | {row["prospekt_id"] for row in updates} == {
        row["prospekt_id"] for row in creates + updates
    }
    assert not {row["prospekt_id"] for row in creates} & {row["prospekt_id"] for row in updates}
    assert all(row["prospekt_id"] and row["prospekt_why"] and row["prospekt_source"] for row in creates + updates)
    alfa = next(row for row in creates if row["Company name"] == "ALFA KODE AS")
    assert (alfa["Company domain name"], alfa["Country/Region"], alfa["Number of employees"]) == (
        "alfa.example",
        "Norway",
        "40",
    )
    delta = next(row for row in creates if row["Company name"] == "DELTA KODE AS")
    assert (delta["Number of employees"], delta["prospekt_employees"]) == ("", "unknown")
    assert [(file.purpose, file.rows) for file in report.files] == [("update", 5), ("create", 9)]
    assert report.without_record_id == 1


def test_a_cell_that_would_run_is_made_safe_unless_raw(published: Config, readers: Readers, tmp_path: Path) -> None:
    export_all(published, readers, tmp_path / "safe.csv")
    export_all(published, readers, tmp_path / "raw.csv", raw=True)
    assert "'=FORMEL() AS" in {row["name"] for row in read_rows(tmp_path / "safe.csv")}
    assert "=FORMEL() AS" in {row["name"] for row in read_rows(tmp_path / "raw.csv")}
    assert json.loads((tmp_path / "raw.csv.meta.json").read_text())["formula_safe"] is False


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1+1", "'＝1+1"),
        ("+47 22 22 55 55", "+47 22 22 55 55"),
        ("-12,5", "-12,5"),
        ("A-S", "A-S"),
        ("", ""),
    ],
)
def test_formula_cells(cell: str, safe: str) -> None:
    assert formula_safe(cell) == safe


def test_the_description_beside_it_says_how_it_came_about(published: Config, readers: Readers, tmp_path: Path) -> None:
    report = export_all(published, readers, tmp_path / "leads.csv", handed_to="Ola Selger")
    about = json.loads((tmp_path / "leads.csv.meta.json").read_text(encoding="utf-8"))
    assert about["export_id"] == report.export_id
    assert (about["icp"], about["handed_to"], about["exported_by"]) == ("software", "Ola Selger", "kari@team.example")
    assert "must employees 10-200" in about["criteria"]
    assert about["include"] == ["contacted", "customers"]
    assert {one["rule"]: one["company_count"] for one in about["left_out"]}["marked"] == 2
    assert about["counts"] == {"exported": 13, "fit": 12, "may_fit": 1, "held_back_at_export": 0}
    assert {row["owner"] for row in read_rows(tmp_path / "leads.csv")} == {"Ola Selger"}


def test_what_left_is_remembered_and_left_out_next_time(published: Config, readers: Readers, tmp_path: Path) -> None:
    before = find(readers, published, "software", limit=2)
    export_companies(published, readers, before, target="csv", out=tmp_path / "two.csv", handed_to="Ola Selger")
    after = find(readers, published, "software", limit=None)
    gone = {one.values["name"] for one in before.companies}
    assert not gone & {one.values["name"] for one in after.companies}
    with Warehouse.open_to_write(published.data, command="test") as warehouse:
        fold_journal(warehouse, published.journal)
        kept = warehouse.ask("SELECT DISTINCT file_name, icp, handed_to FROM core.export")
    assert kept == [{"file_name": "two.csv", "icp": f"software {before.icp_version}", "handed_to": "Ola Selger"}]


def test_an_export_does_not_wait_for_the_writer(published: Config, readers: Readers, tmp_path: Path) -> None:
    with Warehouse.open_to_write(published.data, command="refresh"):
        assert export_all(published, readers, tmp_path / "leads.csv").companies == 13


def test_whoever_was_suppressed_since_the_search_does_not_leave(
    published: Config, readers: Readers, tmp_path: Path, number_of: NumberOf
) -> None:
    answer = find(readers, published, "software")
    decide.suppress(published, "organisation", number_of("ALFA KODE AS"), why="asked this minute")
    report = export_companies(published, readers, answer, target="csv", out=tmp_path / "leads.csv")
    assert report.held_back == 1
    assert "ALFA" not in (tmp_path / "leads.csv").read_text(encoding="utf-8-sig")


def test_only_what_the_gate_admitted_may_leave(published: Config, readers: Readers, tmp_path: Path) -> None:
    answer = find(readers, published, "software", limit=1)
    with pytest.raises(PermissionError):
        type(answer.companies[0])(values=MappingProxyType({"company_id": "x"}))
    fields = {name: getattr(answer, name) for name in FindAnswer.__slots__}
    forged = FindAnswer(**{**fields, "companies": ({"company_id": "x"},)})
    with pytest.raises(TypeError, match="gate"):
        export_companies(published, readers, forged, target="csv", out=tmp_path / "leads.csv")


def test_a_dry_run_counts_and_leaves_no_trace(published: Config, readers: Readers, tmp_path: Path) -> None:
    decided = len(read_decisions(published.journal))
    report = export_all(published, readers, tmp_path / "out" / "leads.csv", target="hubspot", dry_run=True)
    assert (report.export_id, report.companies) == (None, 13)
    assert not (tmp_path / "out").exists()
    assert len(read_decisions(published.journal)) == decided


def test_nothing_appears_when_it_cannot_be_remembered(
    published: Config, readers: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    answer = find(readers, published, "software")
    for path in published.journal.iterdir():
        path.unlink()
    published.journal.rmdir()
    published.journal.write_text("in the way of the folder")
    monkeypatch.setattr(readers, "lay_decisions", lambda: 0)
    with pytest.raises(FolderReadOnly):
        export_companies(published, readers, answer, target="csv", out=out / "leads.csv")
    assert list(out.iterdir()) == []


def test_a_file_that_is_there_is_replaced_only_by_a_yes_and_a_path_that_leads_nowhere_is_refused(
    published: Config, readers: Readers, tmp_path: Path
) -> None:
    decided = len(read_decisions(published.journal))
    mine = tmp_path / "leads.create.csv"
    mine.write_text("mine")
    with pytest.raises(ConfirmationNeeded, match=r"leads\.create\.csv would be replaced"):
        export_all(published, readers, tmp_path / "leads.csv", target="hubspot")
    with pytest.raises(InputInvalid, match=r"There is no folder .*slip/of/pen"):
        export_all(published, readers, tmp_path / "slip" / "of" / "pen" / "leads.csv")
    assert mine.read_text() == "mine"
    assert len(read_decisions(published.journal)) == decided
    export_all(published, readers, tmp_path / "leads.csv", target="hubspot", replace_files=True)
    assert read_rows(mine)
    assert not (tmp_path / "slip").exists()


def test_an_export_is_taken_back_once_and_its_companies_are_found_again(
    published: Config, readers: Readers, tmp_path: Path
) -> None:
    before = find(readers, published, "software", limit=2)
    made = [export_companies(published, readers, before, target="csv", out=tmp_path / f"{name}.csv") for name in "ab"]
    assert [(one.export_id, one.companies, one.file_name) for one in read_exports(published)] == [
        (made[1].export_id, 2, "b.csv"),
        (made[0].export_id, 2, "a.csv"),
    ]
    undo_export(published, str(made[1].export_id), dry_run=True)
    for one in made:
        assert undo_export(published, str(one.export_id)).undone_at is None
    assert [one.values["name"] for one in find(readers, published, "software", limit=2).companies] == [
        one.values["name"] for one in before.companies
    ]
    with pytest.raises(InputInvalid, match=r"taken back on .* already"):
        undo_export(published, str(made[0].export_id))
    with pytest.raises(NotFound, match="without an id lists the latest"):
        undo_export(published, read_decisions(published.journal)[0].decision_id)  # a suppression


def test_a_folder_that_cannot_be_made_is_said(published: Config, readers: Readers, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    decided = len(read_decisions(published.journal))
    with pytest.raises(InputInvalid, match="cannot be written"):
        export_all(published, readers, tmp_path / "file" / "leads.csv")
    assert len(read_decisions(published.journal)) == decided


def test_an_unknown_target_and_an_empty_list_are_refused(published: Config, readers: Readers, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="csv or hubspot"):
        export_all(published, readers, tmp_path / "a.csv", target="excel")
    nobody = find(readers, published, "software", text="finnes ikke")
    with pytest.raises(InputInvalid, match="no company"):
        export_companies(published, readers, nobody, target="csv", out=tmp_path / "a.csv")


def test_a_list_is_collected_in_its_order_without_rules_but_through_the_gate(
    published: Config, readers: Readers, number_of: NumberOf
) -> None:
    wanted = ["PI KUNDE AS", "ALFA KODE AS", "OMEGA RESERVERT AS", "ETA HANDEL AS"]
    answer = collect(readers, published, [resolve_company(readers, number_of(name)) for name in wanted], "software")
    assert [one.values["name"] for one in answer.companies] == ["PI KUNDE AS", "ALFA KODE AS", "ETA HANDEL AS"]
    assert (answer.fits, answer.may_fit) == (2, 0)
    assert [(one.rule, one.company_count) for one in answer.left_out] == [("suppressed", 1)]
