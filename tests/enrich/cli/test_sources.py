"""`prospekt sources`: declarations, logins, what became of each source, and which criterion which country answers."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.lock import hold_writer_lock
from db.warehouse import Warehouse
from enrich.catalogue import CRITERIA, answered_by, answers_by_country, fields_filled, ways
from enrich.cli.app import app
from enrich.cli.listing import describe, print_brief
from enrich.icp.criteria import compile_criterion
from enrich.icp.criterion import Knowledge
from enrich.icp.model import Criteria
from sources.record import SourceRecord
from sources.registry import find_sources
from tests.enrich.cli.test_no_color import Terminal
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs

Run = Callable[..., Result]
A, B, C, D = orgnrs(4)


@pytest.fixture(scope="module")
def _loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    firms = [entity(A, "ALFA AS"), entity(B, "BETA AS", antallAnsatte="12"), entity(C, ""), entity(D, "DELTA AS")]
    (folder / "enheter.csv").write_bytes(as_csv(firms))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("PROSPEKT_")]:
            patch.delenv(name)
        for words in ("init --country NO --who Kari --yes", "refresh no_brreg --file enheter.csv"):
            assert CliRunner().invoke(app, words.split(), prog_name="prospekt").exit_code == 0
    return folder


@pytest.fixture
def loaded(_loaded_once: Path, folder: Path) -> Path:
    """A folder with a configuration and four companies of Norway; a copy a test."""
    shutil.copytree(_loaded_once, folder, symlinks=True, dirs_exist_ok=True)
    return folder


def told(run: Run, *arguments: str) -> list[dict[str, object]]:
    return list(json.loads(run("sources", *arguments, "--json").stdout)["data"])


@pytest.mark.usefixtures("loaded")
def test_a_source_says_when_it_ran_how_much_is_held_and_how_well_it_is_filled(run: Run) -> None:
    rows = {row["name"]: row for row in told(run)}
    assert rows.keys() == find_sources().keys()
    norway = rows["no_brreg"]
    assert (norway["rows"], norway["last_outcome"], norway["lineage"]) == (3, "ok", "register")
    rates = norway["fill_rates"]
    assert isinstance(rates, dict)
    assert (rates["legal_form_code"], rates["dissolved_date"], round(rates["employees"], 2)) == (1.0, 0.0, 1.0)
    assert rows["fi_prh"]["last_run_at"] is None
    assert rows["fi_prh"]["fill_rates"] == {}
    [line] = [line for line in run("sources").stdout.splitlines() if line.startswith("no_brreg\t")]
    assert "\tNLOD 2.0\tregister\t24\tnone\t" in line
    assert "\tok\t3\t" in line
    assert line.endswith("industries 100 %, employees 100 %, addresses 100 %, contact_points 0 %")
    card = run("sources", "no_brreg").stdout
    assert "Attribution:  Inneholder data under norsk lisens" in card
    assert "legal_form_code 100 %" in card


def test_of_every_source_it_is_said_how_it_is_read() -> None:
    assert [name for name, connector in find_sources().items() if not ways(connector)] == []


def test_before_anything_is_set_up_declarations_are_listed(run: Run) -> None:
    listed = run("sources")
    assert listed.exit_code == 0
    assert "no configuration yet" in listed.stderr
    assert len(listed.stdout.splitlines()) == len(find_sources()) + 1
    assert run("sources", "no_breg").exit_code == 3
    assert "no_brreg" in run("sources", "no_breg").stderr
    assert run("sources", "no_brreg", "--criteria").exit_code == 5


@pytest.mark.parametrize("width", [80, 100])
def test_on_a_terminal_the_list_fits_and_no_source_is_cut(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    ran = {"last_run_at": datetime(2026, 11, 22, 4, 30, tzinfo=UTC), "last_outcome": "unchanged", "rows": 12_345_678}
    print_brief([describe(name, None, None) | ran for name in find_sources()])
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    first = {line.split()[0] for line in lines if not line.startswith(" ")}
    assert {*find_sources(), "Source"} == first
    [norway] = [line for line in lines if line.startswith("no_brreg ")]
    assert norway.split() == ["no_brreg", "yes", "NLOD", "2.0", "2026-11-22", "unchanged", "12,345,678"]


def test_a_login_is_named_with_whether_it_is_set_and_never_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def login(name: str) -> dict[str, object]:
        [taken] = list(told(run, name)[0]["logins"])  # type: ignore[call-overload]
        return dict(taken)

    assert (login("dk_cvr")["is_required"], login("dk_cvr")["is_set"]) == (True, False)
    assert login("se_bolagsverket")["is_required"] is False
    monkeypatch.setenv("PROSPEKT_DK_CVR_USER", "team")
    assert login("dk_cvr")["is_set"] is False
    monkeypatch.setenv("PROSPEKT_DK_CVR_PASSWORD", "Hemmelig1")
    assert login("dk_cvr")["is_set"] is True
    assert "Hemmelig1" not in run("sources", "--json").stdout + run("sources", "dk_cvr").stdout


def test_a_login_that_the_configuration_names_is_looked_for_there(run: Run, configured: Path) -> None:
    [row] = told(run, "hubspot")
    assert row["logins"] == [
        {"opens": "the token of a private app", "variables": [], "is_required": True, "is_set": False}
    ]
    with (configured / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.hubspot]\nsecret_env = "PATH"\n')
    [row] = told(run, "hubspot")
    assert "the token of a private app: PATH (set)" in run("sources", "hubspot").stdout


@pytest.mark.usefixtures("loaded")
def test_while_somebody_writes_runs_are_unknown_and_it_is_said(run: Run, folder: Path) -> None:
    with hold_writer_lock(folder / "data", "prospekt refresh"):
        busy = run("sources")
    assert busy.exit_code == 0
    assert "writes the warehouse at the moment" in busy.stderr


@pytest.mark.usefixtures("loaded")
def test_what_is_due_is_told_with_when_it_last_went_well(run: Run) -> None:
    told = run("refresh", "no_brreg", "gleif", "--due", "--dry-run")
    assert told.exit_code == 0
    norway, gleif = told.stdout.splitlines()
    assert re.fullmatch(r"no_brreg: not due; last went well 20\d\d-\S+ \S+ UTC, asked every 24 h", norway)
    assert gleif.startswith("gleif: due; never loaded, asked every ")
    [turn] = json.loads(run("refresh", "no_brreg", "--due", "--dry-run", "--json").stdout)["data"]["turns"]
    assert (turn["source"], turn["is_due"], turn["cadence_hours"]) == ("no_brreg", False, 24)
    assert run("refresh", "no_brreg", "--due", "--dry-run").stdout.endswith("Nothing is due.\n")


def test_a_criterion_of_which_nothing_is_known_is_warned_of_with_the_source_that_states_it(
    run: Run, loaded: Path
) -> None:
    with (loaded / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[icp.rich.must]\ncountry = ["NO"]\nemployees = "1-"\nrevenue = "10M- NOK"\n')
    told = run("icp", "check", "rich")
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "1 description checked: rich",
        "  warning, rich: revenue is known of no company in NO yet: no_brreg states it (`prospekt refresh no_brreg`)",
    ]
    lacking = {"criterion": "revenue", "country": "NO", "is_of_none": True, "sources": ["no_brreg"], "topic": None}
    assert json.loads(run("icp", "check", "rich", "--json").stdout)["data"] == [
        {"icp": "rich", "problems": [], "unknown": ["revenue"], "lacking": [lacking]}
    ]
    with (loaded / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[territory.west]\nowner = "Vera"\nmunicipalities = ["Bergn"]\n')
    assert run("icp", "check", "rich").exit_code == 0
    checked = run("icp", "check")
    assert checked.exit_code == 5
    assert "territory.west.municipality: no company has the municipality 'Bergn'" in checked.stderr
    with (loaded / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[icp.odd.must]\nemployes = "1-"\n')
    assert run("find", "--icp", "rich").exit_code == 0
    published = run("publish")
    assert (published.exit_code, "left out: the ICP 'odd', until its section is mended" in published.stderr) == (
        0,
        True,
    )
    for asked in (("find", "--icp", "odd"), ("icp", "check"), ("icp", "check", "odd"), ("doctor",)):
        refused = run(*asked)
        assert refused.exit_code == (1 if asked == ("doctor",) else 5), asked
        assert "unknown key; did you mean employees?" in refused.stderr + refused.stdout, asked


def test_an_icp_of_a_country_whose_register_is_not_loaded_is_told_which_to_load(run: Run, configured: Path) -> None:
    """A Norwegian branch of a Swedish address makes the country known; what it is asked for there is not."""
    firms = [
        entity(A, "ALFA AS"),
        entity(B, "BETA NUF", **{"forretningsadresse.landkode": "SE"}),
    ]
    (configured / "enheter.csv").write_bytes(as_csv(firms))
    assert run("refresh", "no_brreg", "--file", "enheter.csv").exit_code == 0
    with (configured / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[icp.swedish.must]\ncountry = ["SE"]\nindustry = ["62"]\n')
        file.write('\n[icp.danish.must]\ncountry = ["DK"]\n')
        file.write('\n[icp.south.must]\nregion = ["Skåne"]\n')
    told = run("icp", "check", "swedish")
    assert told.stdout.splitlines()[1:] == [
        "  warning, swedish: industry is known of few companies in SE: se_scb states it and is not loaded (`prospekt refresh se_scb`)"
    ]
    found = run("find", "--icp", "swedish")
    assert "se_scb states it and is not loaded (`prospekt refresh se_scb`)" in found.stderr
    [lacking] = json.loads(run("find", "--icp", "swedish", "--json").stdout)["data"]["lacking"]
    assert (lacking["criterion"], lacking["country"], lacking["sources"]) == ("industry", "SE", ["se_scb"])
    assert run("find", "--icp", "swedish", "--save", "monday").exit_code == 0
    for asked in (
        ("find", "--icp", "swedish", "--split", "owner"),
        ("searches", "monday"),
        ("searches", "monday", "--since-last"),
    ):
        assert "se_scb states it and is not loaded" in run(*asked).stderr, asked
        said = json.loads(run(*asked, "--json").stdout)["data"]
        assert (said[0] if "--since-last" in asked else said)["lacking"] == [lacking], asked
    assert run("find", "--icp", "swedish", "--save", "tuesday").exit_code == 0
    text = (configured / "config.toml").read_text(encoding="utf-8")
    (configured / "config.toml").write_text(text + '\n[icp.gone.must]\ncountry = ["SE"]\n', encoding="utf-8")
    assert run("find", "--icp", "gone", "--save", "wednesday").exit_code == 0
    (configured / "config.toml").write_text(text, encoding="utf-8")
    told = run("searches", "--since-last")
    assert (told.exit_code, "tuesday: " in told.stdout, "wednesday: There is no ICP 'gone'" in told.stderr) == (
        5,
        True,
        True,
    )
    for icp, message in [
        (
            "danish",
            "no company has the country 'DK': of DK dk_cvr and dk_datafordeler state it, not loaded yet",
        ),
        ("south", "no company has the region 'Skåne': of SE se_bolagsverket and se_scb state it, not loaded yet"),
    ]:
        refused = run("find", "--icp", icp)
        assert (refused.exit_code, message in " ".join(refused.stderr.split())) == (5, True), refused.stderr


# --- what each country answers -----------------------------------------------------------------------------------
def test_a_criterion_is_answered_where_a_layout_maps_what_it_rests_on(run: Run) -> None:
    answers = answers_by_country()
    assert answers["NO"]["revenue"] == ("no_brreg",)
    assert answers["NO"]["signals"] == ("no_doffin", "no_nav_jobs")
    assert answers["SE"]["has_website"] == ()  # its registers state none
    assert answers["SE"]["industry"] == ("se_scb",)
    assert answers["FI"]["employees"] == ("fi_prh",)
    assert list(answers)[-1] == "any"
    assert "gleif" in answers["any"]["legal_form"]
    said = json.loads(run("sources", "--criteria", "--json").stdout)["data"]
    assert {"country": "NO", "criterion": "sector", "sources": ["no_brreg"]} in said
    [norway] = [line for line in run("sources", "--criteria").stdout.splitlines() if line.startswith("NO\t")]
    assert norway.count("words") == 1


def test_every_criterion_of_the_form_can_be_told_of_and_rests_on_what_is_asked() -> None:
    """A new criterion without its facts would be one that nobody answers."""
    assert {name for one in find_sources().values() for name in answered_by(one)} == set(CRITERIA)
    asked = Criteria(legal_form=("AS",), sector=("2100",), age_years="1-", has_website=True)
    for name in asked.asked():
        compiled = compile_criterion(asked, name, "x", Knowledge())
        assert set(compiled.fields) & {"legal_form_code", "sector_code", "founded_date", "website"}


def test_the_share_of_every_field_that_a_source_maps_is_counted(tmp_path: Path, project: Path) -> None:
    always = {"source_key", "entity_kind", "is_natural_person", "name", "kind", "status", "stated_at"}
    beside = {"legal_form_scheme", "capital_currency", "employer_scheme", "employer_value"}
    queries = project / "db" / "queries" / "status"
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        counted = {
            str(row["column_name"])
            for name in ("source_fill.sql", "signal_fill.sql")
            for row in warehouse.ask(f"DESCRIBE {(queries / name).read_text(encoding='utf-8')}")
        }
    mapped = {name for names in fields_filled(list(find_sources().values())).values() for name in names}
    assert mapped - counted - always - beside == set()
    assert {"employees", "addresses"} <= counted
    assert "country_code" in SourceRecord.__slots__
