"""Code lists fetched from Klass: a question in an old code of five digits is answered to the last digit."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.warehouse import Warehouse
from enrich import refresh as refreshing
from enrich.cli.app import app
from enrich.codes import industry_mappings
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.icp.fit import known_correspondences
from enrich.progress import silent
from sources.errors import SourceAborted
from sources.registers import no_brreg, no_ssb_klass
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.klass_server import KlassServer

CODER, OTHER, HALDEN, JOINED = orgnrs(4)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A register with a company of either new code, and Klass once read."""
    folder = tmp_path_factory.mktemp("codes")
    of = Config.model_validate({"who": "kari", "data": folder / "data"})
    path = folder / "enheter.csv"
    rows = [
        entity(CODER, "ALFA AS", **{"naeringskode1.kode": "62.101"}),
        entity(OTHER, "BETA AS", **{"naeringskode1.kode": "62.102"}),
        entity(HALDEN, "GAMMA AS", **{"forretningsadresse.kommunenummer": "3101"}),
        entity(JOINED, "DELTA AS", **{"forretningsadresse.kommunenummer": "3118"}),
    ]
    path.write_bytes(as_csv(rows, no_brreg.ENHETER_2026.columns))
    said: list[str] = []
    again: list[str] = []
    partly: list[str] = []
    with pytest.MonkeyPatch.context() as patch, KlassServer() as server:
        patch.setattr(no_ssb_klass, "SOURCE", replace(no_ssb_klass.SOURCE, requests_per_minute=100_000))
        patch.setenv(no_ssb_klass.SOURCE.base_url_env, server.origin)
        refreshing.refresh(of, names=["no_ssb_klass"], progress=silent, say=said.append)
        refreshing.refresh(of, names=["no_ssb_klass"], progress=silent, say=again.append)
        server.changes = ()
        refreshing.refresh(of, names=["no_ssb_klass"], progress=silent, say=partly.append)
        refreshing.refresh(of, names=["no_brreg"], file=path, progress=silent, say=said.append)
        server.pairs = set()
        with pytest.raises(SourceAborted):  # the last good table stays
            refreshing.refresh(of, names=["no_ssb_klass"], progress=silent, say=said.append)
    assert "0 rejected" in next(line for line in said if line.startswith("no_ssb_klass: "))
    assert any(line.endswith("all of them known") for line in again)
    [told] = [line for line in partly if line.startswith("no_ssb_klass: ")]
    assert "note: what became of the numbers of municipalities stays as it was fetched before" in told
    with Warehouse.open_to_write(of.data, command="test") as warehouse:
        runs = warehouse.ask("SELECT outcome FROM core.run WHERE source = 'no_ssb_klass' ORDER BY started_at")
    assert [row["outcome"] for row in runs] == ["ok", "unchanged", "unchanged", "failed"]
    return of


def test_the_fetched_table_stands_in_for_that_of_the_program(config: Config) -> None:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        rows = warehouse.rows("codes/correspondences")
        titles = warehouse.ask("SELECT title FROM core.code WHERE scheme = 'SN2007' AND code = '62.011'")
    mappings = industry_mappings(rows)
    pair = ("SN2007", "SN2025")
    assert {len(one[1]) for one in mappings if (one[0], one[2]) == pair} == {6}
    others = {one for one in known_correspondences() if (one[0], one[2]) != pair}
    assert others
    assert others <= set(mappings)
    assert [row["title"] for row in titles] == ["Tittel 62.011"]
    assert industry_mappings(()) is known_correspondences()


@pytest.mark.parametrize(("code", "found"), [("62.011", CODER), ("62.012", OTHER)])
def test_an_old_code_of_five_digits_is_answered_and_the_mapping_shown(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, found: str
) -> None:
    text = (
        f'who = "kari"\ndata = "{config.data}"\n[icp.it.must]\ncountry = ["NO"]\n'
        f'industry = ["{code}"]\nindustry_scheme = "SN2007"\n'
    )
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["find", "--json"])
    assert told.exit_code == 0, told.output
    companies = json.loads(told.stdout)["data"]["companies"]
    assert [(one["id_label"], one["verdict"]) for one in companies] == [(f"NO:{found}", "yes")], told.output
    assert "answered by the correspondence of code lists" in companies[0]["why"]


@pytest.mark.parametrize(
    ("number", "answers", "note"),
    [
        ("0101", {HALDEN: "yes", JOINED: None}, "0101 is of before 2020, today 3101 Halden (NO)"),
        (
            "0123",
            {HALDEN: None, JOINED: "maybe"},
            "today 3118 Indre Østfold with others (NO): who of them was there is unknown",
        ),
        ("3101", {HALDEN: "yes", JOINED: None}, ""),
    ],
)
def test_a_municipality_is_asked_by_its_number_of_before_2020(
    config: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: str,
    answers: dict[str, str | None],
    note: str,
) -> None:
    text = f'who = "kari"\ndata = "{config.data}"\n[icp.it.must]\ncountry = ["NO"]\nmunicipality = ["{number}"]\n'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["find", "--include", "little-known", "--json"])
    assert told.exit_code == 0, told.output
    verdicts = {one["id_label"]: one["verdict"] for one in json.loads(told.stdout)["data"]["companies"]}
    assert {orgnr: verdicts.get(f"NO:{orgnr}") for orgnr in answers} == answers
    checked = CliRunner().invoke(app, ["icp", "check", "it"])
    assert checked.exit_code == 0, checked.output
    assert note in checked.output
    assert ("of before 2020" in checked.output) is bool(note)
    found = CliRunner().invoke(app, ["find", "--include", "little-known"])
    assert note in found.stderr
    assert ("of before 2020" in found.stderr) is bool(note)


def test_a_number_of_before_2020_that_no_list_has_is_refused(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'who = "kari"\ndata = "{config.data}"\n[icp.it.must]\ncountry = ["NO"]\nmunicipality = ["0777"]\n'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["find"])
    assert told.exit_code != 0
    assert "'0777', nor has any list since 2020: of an older number write the name" in " ".join(told.output.split())
    assert "prospekt refresh no_ssb_klass" not in told.output


def test_code_lists_are_not_loaded_from_a_file(config: Config) -> None:
    with pytest.raises(InputInvalid, match="no_ssb_klass has no file"):
        refreshing.refresh(config, names=["no_ssb_klass"], file=Path("x"), progress=silent, say=lambda _: None)
