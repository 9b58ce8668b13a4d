"""init, path, status, doctor."""

import json
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import Result

from db.errors import FolderReadOnly
from db.lock import hold_writer_lock
from db.warehouse import Warehouse
from enrich.cli.session import Given, Session
from enrich.cli.setting_up import init, print_runs
from enrich.config import Config, load_config
from enrich.errors import InputInvalid
from enrich.init import render_config, write_config
from tests.enrich.cli.test_no_color import Terminal

Run = Callable[..., Result]


def test_init_writes_a_configuration_that_loads_and_says_what_is_next(run: Run, folder: Path) -> None:
    (folder / "crm.csv").write_text("Name\n", encoding="utf-8")
    result: Result = run("init", "--country", "no", "--who", 'Kari "K" Nordmann', "--crm", "crm.csv", "--yes")
    assert result.exit_code == 0
    config = load_config(folder / "config.toml", environ={})
    assert config.who == 'Kari "K" Nordmann'
    assert list(config.icp) == ["software_no"]
    assert "prospekt refresh no_brreg" in result.stdout
    assert "prospekt import crm.csv" in result.stdout


def test_init_off_a_terminal_asks_nothing_that_it_can_do_without(run: Run, folder: Path) -> None:
    result = run("init", "--country", "NO", "--who", "Kari", typed="")
    assert result.exit_code == 0
    assert (folder / "config.toml").is_file()


def test_init_asks_again_at_once_where_an_answer_cannot_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("Sverige\nse\n \nKari\nmissing.csv\n\n"))
    init(Session(Given(), as_json=False))
    assert load_config(folder / "config.toml", environ={}).who == "Kari"
    told = capsys.readouterr().err
    assert "write two letters, SE for Sweden" in told
    assert "There is no file missing.csv" in told
    assert [told.count(question) for question in ("(two letters)", "Your name", "Your CRM export")] == [2, 2, 2]


def test_a_configuration_where_nobody_may_write_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "sub").write_text("no folder", encoding="utf-8")
    with pytest.raises(FolderReadOnly, match="name a file elsewhere with --config"):
        write_config(tmp_path / "sub" / "below" / "x.toml", country="NO", who="Kari")


def test_init_names_every_register_of_the_country(run: Run) -> None:
    result: Result = run("init", "--country", "SE", "--who", "Kari", "--yes")
    assert "  prospekt refresh se_bolagsverket\n  prospekt refresh se_scb\n  prospekt import" in result.stdout


@pytest.mark.parametrize(
    ("country", "hint"),
    [("Norge", "NO for Norway"), ("XX", "such as NO, SE or DE"), ("UK", "GB for United Kingdom"), ("S3", "such as NO")],
)
def test_what_is_no_country_is_told_with_what_may_be_meant(country: str, hint: str) -> None:
    with pytest.raises(InputInvalid, match=hint):
        render_config(country=country, who="Kari")


@pytest.mark.parametrize("country", ["NO", "SE", "DE", "HK"])
def test_every_country_gets_an_icp_that_its_registers_can_answer(country: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(render_config(country=country, who="Kari"), encoding="utf-8")
    (icp,) = load_config(tmp_path / "config.toml", environ={}).icp.values()
    assert icp.must.country == (country,)


def test_init_never_overwrites(run: Run, configured: Path) -> None:
    before = (configured / "config.toml").read_bytes()
    result = run("init", "--country", "SE", "--who", "Ola", "--yes")
    assert result.exit_code == 5
    assert (configured / "config.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--country", "NO", "--yes"), 2),
        (("--country", "NO"), 2),
        (("--country", "Norway", "--who", "Kari", "--yes"), 5),
        (("--country", "XX", "--who", "Kari", "--yes"), 5),
        (("--country", "NO", "--who", "Kari", "--crm", "missing.csv", "--yes"), 5),
    ],
    ids=["who is never guessed", "nobody to ask", "no country code", "no such country", "no such CRM file"],
)
def test_init_that_cannot_go_on_writes_nothing(run: Run, folder: Path, options: tuple[str, ...], code: int) -> None:
    assert run("init", *options).exit_code == code
    assert list(folder.iterdir()) == []


def test_commands_without_a_configuration_say_how_to_get_one(run: Run) -> None:
    result = run("status")
    assert result.exit_code == 3
    assert "prospekt init" in result.stderr


def test_path_before_anything_is_published(run: Run, configured: Path) -> None:
    result = run("path")
    assert result.exit_code == 3
    assert result.stdout == ""


def test_status_says_who_writes(run: Run, configured: Path) -> None:
    with Warehouse.open_to_write(configured / "data", command="test"):
        pass
    assert "CRM contacts" in run("status").stdout
    with hold_writer_lock(configured / "data", "refresh no_brreg"):
        result = run("status")
        writer = json.loads(run("status", "--json").stdout)["data"]["writer"]
    assert result.exit_code == 0
    assert "refresh no_brreg" in result.stdout
    assert writer["command"] == "refresh no_brreg"


def test_doctor_finds_nothing_wrong_in_a_fresh_folder(run: Run, configured: Path) -> None:
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    assert "fail" not in result.stdout


def test_doctor_tells_a_readable_key_and_how_to_mend_it(run: Run, configured: Path) -> None:
    key = configured / "data" / "keys" / "hmac.key"
    key.parent.mkdir(parents=True)
    key.write_text("00" * 32)
    key.chmod(0o644)
    result = run("doctor")
    assert result.exit_code == 1
    assert f"chmod 600 {key}" in result.stdout


def test_doctor_tells_a_secret_that_is_named_but_not_set(
    run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + '\n[sources.gleif]\nsecret_env = "GLEIF_KEY"\n')
    assert "warn  secret of gleif: GLEIF_KEY is not set" in run("doctor").stdout
    monkeypatch.setenv("GLEIF_KEY", "s3cret-value")
    said = run("doctor").stdout
    assert "ok    secret of gleif: GLEIF_KEY is set" in said
    assert "s3cret-value" not in said


def test_doctor_tells_a_file_that_is_no_warehouse(run: Run, configured: Path) -> None:
    (configured / "data").mkdir()
    (configured / "data" / "warehouse.duckdb").write_text("not a database, long enough to be read as one" * 500)
    result = run("doctor")
    assert result.exit_code == 1
    assert "warehouse" in result.stdout


def test_doctor_lists_what_is_wrong_in_the_configuration(run: Run, configured: Path) -> None:
    (configured / "config.toml").write_text("whoo = 'Kari'\n", encoding="utf-8")
    result = run("doctor")
    assert result.exit_code == 1
    assert "did you mean who?" in result.stdout


def test_the_configuration_at_the_root_is_what_init_writes(project: Path) -> None:
    assert (project / "config.toml").read_text(encoding="utf-8") == render_config(country="NO", who="Your name")


def _keys(model: object) -> set[str]:
    schema = model.model_json_schema()  # type: ignore[attr-defined]
    return {key for part in (schema, *schema.get("$defs", {}).values()) for key in part["properties"]}


@pytest.mark.parametrize("page", ["config.toml", "docs/configuration.md"])
def test_every_key_is_documented(project: Path, page: str) -> None:
    text = (project / page).read_text(encoding="utf-8")
    assert sorted(key for key in _keys(Config) if key not in text) == []


def test_the_example_in_the_docs_loads(project: Path, tmp_path: Path) -> None:
    page = (project / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    tomllib.loads(example)
    (tmp_path / "config.toml").write_text(f'who = "Kari"\n{example}', encoding="utf-8")
    assert load_config(tmp_path / "config.toml", environ={}).icp["software_no"].must.employees == "10-200"


@pytest.mark.parametrize("given", ["a_file", "foreign"])
def test_a_demo_that_cannot_be_shown_is_refused_before_any_work(run: Run, folder: Path, given: str) -> None:
    (folder / "a_file").touch()
    (folder / "foreign").mkdir()
    (folder / "foreign" / "config.toml").write_text('who = "Kari"\n', encoding="utf-8")
    told = run("demo", "--data", given)
    assert (told.exit_code, told.stdout) == (5, "")
    assert {"a_file": "a_file is a file", "foreign": "The configuration has no ICP"}[given] in told.stderr


def test_on_a_terminal_the_runs_fit_and_failures_are_told_with_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    figures = {"rows_in": 1_170_000, "rows_landed": 1_169_000, "rows_rejected": 1_000}
    at = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
    good = {"stage": "refresh", "source": "se_bolagsverket", "started_at": at, "outcome": "unchanged", "message": "x"}
    failed = {**good, "source": "no_brreg", "outcome": "failed", "message": "no_brreg: no connection."}
    print_runs([{**good, **figures, "last_good_at": at}, {**failed, **dict.fromkeys(figures), "last_good_at": at}])
    lines = [line.rstrip() for line in terminal.getvalue().splitlines()]
    assert max(map(len, lines[:3])) <= 80
    assert lines[1].split() == ["refresh", "se_bolagsverket", "2026-11-22", "04:30", "unchanged", "1,169,000", "1,000"]
    assert lines[3:] == ["", "no_brreg failed, last went well 2026-11-22 04:30 UTC: no_brreg: no connection."]


def test_a_file_of_sql_is_told_how_to_be_asked(run: Run, configured: Path) -> None:
    (configured / "q.sql").write_text("SELECT 1", encoding="utf-8")
    told = run("sql", "q.sql")
    assert (told.exit_code, 'prospekt sql "$(cat q.sql)"' in told.stderr) == (5, True)


def test_a_data_folder_that_is_a_file_is_told(run: Run, configured: Path) -> None:
    (configured / "a_file").touch()
    told = run("status", "--data", "a_file")
    assert told.exit_code == 5
    assert "a_file is a file, and no folder" in told.stderr
