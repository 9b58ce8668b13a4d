"""CVR's documents in files given by hand, and the traps of its mapping."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from sources.errors import SourceAborted
from sources.registers import dk_cvr as register
from sources.source import Coverage
from tests.registers.cvr_server import company
from tests.sources.test_dk_cvr import NOTHING_OF_PERSONS, A, B, emptied, is_valid, numbers, state, text_of


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


# --- files -------------------------------------------------------------------------------------------------------
def hit(document: dict[str, Any]) -> dict[str, Any]:
    return {"_index": "cvr", "_source": {"Vrvirksomhed": document}}


def as_lines(documents: list[dict[str, Any]]) -> bytes:
    return b"\n".join(json.dumps(hit(one)).encode() for one in documents) + b"\n"


def as_answer(documents: list[dict[str, Any]], **more: Any) -> bytes:
    answer = {
        "timed_out": False,
        "_shards": {"failed": 0},
        "hits": {"total": 9, "hits": [hit(one) for one in documents]},
    }
    return json.dumps(answer | more, indent=2).encode()


FORMS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "a document a line": as_lines,
    "packed": lambda documents: gzip.compress(as_lines(documents)),
    "an array": lambda documents: json.dumps([{"Vrvirksomhed": one} for one in documents], indent=1).encode(),
    "an answer": as_answer,
    "bare": lambda documents: json.dumps(documents[0]).encode() + b"\n\n" + json.dumps(documents[1]).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_saved_documents_is_read_as_the_index_is(form: str, tmp_path: Path) -> None:
    path = tmp_path / "cvr.json"
    path.write_bytes(FORMS[form]([company(A, "Alfa ApS"), company(B, "Beta ApS")]))
    delivery = register.read_given(path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    assert (numbers(delivery), delivery.coverage, delivery.warnings) == ([str(A), str(B)], Coverage.PARTIAL, ())
    text = text_of(tmp_path / "landing")
    assert not [word for word in NOTHING_OF_PERSONS if word in text]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "is no JSON", id="empty"),
        pytest.param(as_lines([company(A, "Alfa ApS")]) + b'{"_source": {"Vrvir', "breaks in line 2", id="cut in a line"),
        pytest.param(as_answer([company(A, "Alfa ApS")])[:-9], "neither one document a line", id="cut in an answer"),
        pytest.param(gzip.compress(as_lines([company(A, "Alfa ApS")]))[:-9], "damaged or cut short", id="cut in a gzip"),
        pytest.param(b'[{"Vrvirksomhed": {"cvrNummer": 25052943}},', "cut short", id="cut in an array"),
        pytest.param(as_answer([], timed_out=True), "a part of what the index has", id="timed out"),
        pytest.param(as_answer([], _shards={"failed": 1}), "a part of what the index has", id="shards failed"),
        pytest.param(as_answer([]), "holds no record", id="nothing found"),
        pytest.param(b'{"Vrvirksomhed": {"navn": "X"}}', "has no 'cvrNummer'", id="another register"),
        pytest.param(b"<html>log in</html>", "is a web page", id="a page"),
        pytest.param(b"PK\x03\x04 what Datafordeler sends", "ZIP archive", id="an archive"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_thing_is_told(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "cvr.json"
    path.write_bytes(content)
    with pytest.raises(SourceAborted, match=words):
        register.read_given(path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


# --- traps -------------------------------------------------------------------------------------------------------
def test_the_status_employees_and_industries_are_what_the_newest_says(warehouse: Warehouse, tmp_path: Path) -> None:
    """One landing for all cases: each is a company of its own."""
    many = [number for number in range(30_000_000, 30_001_000) if is_valid(number)]
    ended = [{"periode": {"gyldigFra": "2001-01-01", "gyldigTil": "2020-02-02"}}]
    year = {"aar": 2025, "antalAnsatte": 7}
    month = {"aar": 2025, "maaned": 12, "intervalKodeAntalAnsatte": "ANTAL_10_19"}
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"meta": {"sammensatStatus": "Aktiv"}}, {"status": "active"}),
        ({"meta": {"sammensatStatus": "UNDERREKONSTRUKTION"}}, {"status": "active"}),
        ({"meta": {"sammensatStatus": "UNDER KONKURS"}}, {"status": "bankrupt"}),
        ({"meta": {"nyesteStatus": {"kreditoplysningtekst": "Konkurs"}}}, {"status": "bankrupt"}),
        (
            {"meta": {"nyesteStatus": {"kreditoplysningtekst": "Konkurs", "periode": {"gyldigTil": "2019-01-01"}}}},
            {"status": "active"},
        ),
        ({"meta": {"sammensatStatus": "UNDER TVANGSOPLØSNING"}}, {"status": "winding_up"}),
        ({"meta": {"sammensatStatus": "OPLØSTEFTERKONKURS"}}, {"status": "dissolved", "dissolved_date": None}),
        ({"livsforloeb": ended}, {"status": "dissolved", "dissolved_date": date(2020, 2, 2)}),
        ({"livsforloeb": [*ended, {"periode": {"gyldigFra": "2021-01-01"}}]}, {"status": "active"}),
        ({"fejlRegistreret": True}, {"status": "dissolved"}),
        ({"meta": {"sammensatStatus": "UDEN RETSVIRKNING"}}, {"status": "unknown"}),
        ({"reklamebeskyttet": None}, {"is_marketing_protected": None}),
        ({"reklamebeskyttet": True}, {"is_marketing_protected": True}),
        ({}, {"employees_low": None, "employees_high": None, "employees_state": "not_supplied"}),
        (
            {"meta": {"nyesteAarsbeskaeftigelse": year, "nyesteMaanedsbeskaeftigelse": month}},
            {"employees_low": 10, "employees_high": 19, "employees_state": "band", "employees_date": date(2025, 12, 31)},
        ),
        (
            {"meta": {"nyesteAarsbeskaeftigelse": year, "nyesteMaanedsbeskaeftigelse": month | {"aar": 2024}}},
            {"employees_low": 7, "employees_high": 7, "employees_state": "exact"},
        ),
        (
            {"meta": {"nyesteErstMaanedsbeskaeftigelse": {"aar": 2026, "maaned": 2}, "nyesteAarsbeskaeftigelse": year}},
            {"employees_low": 7, "employees_date": date(2025, 12, 31)},
        ),
        (
            {"meta": {"nyesteKvartalsbeskaeftigelse": {"aar": 2026, "kvartal": 2, "intervalKodeAntalAnsatte": "ANTAL_1000_999999"}}},
            {"employees_low": 1000, "employees_high": None, "employees_state": "band", "employees_date": date(2026, 6, 30)},
        ),
        (
            {"meta": {"nyesteAarsbeskaeftigelse": {"aar": 2025, "intervalKodeAntalAnsatte": "MANGE"}}},
            {"employees_low": None, "employees_high": None, "employees_state": "not_supplied"},
        ),
        ({"meta": {"nyesteHovedbranche": {"branchekode": "980000", "periode": {"gyldigFra": "2001-01-01"}}}}, {"industries": []}),
        ({"meta": {"nyesteHovedbranche": {"branchekode": "620100"}}}, {"industries": []}),
        (
            {"meta": {"nyesteHovedbranche": {"branchekode": "011110", "periode": {"gyldigFra": "2025-01-01"}}}},
            {"industries": [{"code": "011110", "scheme": "DB25", "rank": 1}]},
        ),
        (
            {"meta": {"nyesteHovedbranche": {"branchekode": "726000", "periode": {"gyldigFra": "2000-02-29"}}}},
            {"industries": [{"code": "726000", "scheme": "DB03", "rank": 1}]},
        ),
        ({"meta": {"nyesteVirksomhedsform": {"virksomhedsformkode": 990}}}, {"is_natural_person": True}),
        ({"meta": {"nyesteVirksomhedsform": {"virksomhedsformkode": 15}}}, {"entity_kind": "sole_trader", "is_natural_person": True}),
        ({"meta": {"nyesteVirksomhedsform": {"virksomhedsformkode": 170}}}, {"entity_kind": "branch", "is_natural_person": False}),
    ]  # fmt: skip
    path = tmp_path / "cases.json"
    path.write_bytes(
        as_lines([company(number, "Firma", **said) for number, (said, _) in zip(many, cases, strict=False)])
    )
    emptied(warehouse)(register.read_given(path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing"))
    for row, (said, expected) in zip(state(warehouse), cases, strict=True):
        assert {name: row[name] for name in expected} == expected, said


def test_old_industry_codes_lead_to_new_ones_as_denmark_writes_them() -> None:
    rows = register.SOURCE.correspondences
    assert ("DB07", "4719", "DB25", "4712") in rows
    assert {(old, new) for old, _, new, _ in rows} == {("DB07", "DB25")}
