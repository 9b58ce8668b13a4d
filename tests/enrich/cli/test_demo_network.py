"""`prospekt demo --network`: two refreshes from every register that has a server here, and nothing planted there is kept."""

import gzip
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from db.warehouse import Warehouse
from enrich import played as playing
from enrich.cli.app import app
from sources.registry import find_sources
from sources.source import Connector


def find_in_files(folder: Path, sought: Iterable[str]) -> set[tuple[str, str]]:
    """Which of the texts lie in which files of a data folder, by name of the file; spelt in UTF-8 or in Latin-1."""
    spelt = {text: {text.encode(), text.encode("latin-1", "replace")} for text in sought}
    return {
        (path.name, text)
        for path, content in _contents(folder)
        for text, spellings in spelt.items()
        if any(spelling in content for spelling in spellings)
    }


def _contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Everything that lies in a data folder: files as they are and unpacked, tables row by row."""
    for path in folder.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        yield path, data
        if path.suffix == ".gz":
            yield path, gzip.decompress(data)
        elif path.suffix == ".parquet":
            yield path, str(pq.read_table(path).to_pylist()).encode()
        elif path.suffix == ".duckdb":
            with Warehouse.open_to_read(path) as warehouse:
                for table in warehouse.ask("SELECT schema_name, table_name FROM duckdb_tables()"):
                    name = f'"{table["schema_name"]}"."{table["table_name"]}"'
                    yield path, str(warehouse.ask(f"SELECT * FROM {name}")).encode()


def declared() -> dict[str, object]:
    return {name: connector.SOURCE for name, connector in find_sources().items()}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, tuple[str, ...]]:
    """The demo's folder, what it printed, and what was planted in the answers."""
    folder = tmp_path_factory.mktemp("demo")
    planted: list[str] = []
    start = playing.PlayedRegisters

    def noting(*told: object) -> playing.PlayedRegisters:
        made = start(*told)  # type: ignore[arg-type]
        planted.extend(made.planted)
        return made

    environ, sources = dict(os.environ), declared()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "PlayedRegisters", noting)
        done = CliRunner().invoke(app, ["demo", "--network", "--data", str(folder)], prog_name="prospekt")
    assert done.exit_code == 0, done.output
    assert dict(os.environ) == environ
    assert declared() == sources
    return folder / "network", done.stdout, tuple(planted)


def test_every_connector_that_is_played_is_run_and_none_fails(story: tuple[Path, str, tuple[str, ...]]) -> None:
    told = story[1]
    assert "failed" not in told
    lines = [line.strip() for line in told.splitlines()]
    played = lines[1].split(", ")
    assert len(played) >= 28  # all that the net has
    assert lines[2].startswith("Nobody plays be_kbo")  # whose file comes by hand only
    for name in played:
        assert [line for line in lines if line.startswith(name) and (" rows in = " in line or " hit" in line)], name
    first, _, second = told.partition("3. A day passes")
    assert "no_brreg (enheter_2026, complete): 3,000 rows in = 3,000 landed + 0 rejected" in first
    assert "no_brreg (enhet_json, delta): 1 rows in = 1 landed + 0 rejected; 0 added, 1 changed" in second
    assert "accounts of 100 companies asked for" in second
    assert "dk_cvr (virksomhed_json, delta)" in second
    assert (
        "dk_datafordeler (virksomhed_files, complete): 5 rows in = 2 landed + 3 rejected; 0 added, 1 changed" in second
    )
    assert "cz_ares: 1 of 2 answers are about natural persons: nothing of them was kept." in first
    assert "company_site: sites of 111 companies asked for = 1 blocked + 9 hit + 101 no data" in second
    assert "1 ended" in second
    assert "gleif: unchanged since the last run." in second
    assert "The best 5 of" in second


def test_nothing_that_was_planted_is_in_any_file(story: tuple[Path, str, tuple[str, ...]]) -> None:
    folder, told, planted = story
    assert len(planted) > 15
    kept = {"NYE HUTFØV", "langs hele kysten"}  # a name of a register, and what stands beside a planted name on a site
    found = find_in_files(folder, [*planted, *kept])
    assert {text for name, text in found if name == "warehouse.duckdb"} == kept  # it does look
    assert {(name, text) for name, text in found if text not in kept} == set()
    assert [secret for secret in planted if secret in told] == []


def test_it_begins_anew_but_never_in_data_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "network" / "data").mkdir(parents=True)
    (tmp_path / "network" / "data" / "mine").touch()
    refused = CliRunner().invoke(app, ["demo", "--network", "--data", str(tmp_path)], prog_name="prospekt")
    assert refused.exit_code == 5
    assert "did not make" in refused.stderr
    assert (tmp_path / "network" / "data" / "mine").exists()


def test_where_the_servers_did_not_come_along_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "_PLACE", Path("nowhere.py"))
    refused = CliRunner().invoke(app, ["demo", "--network", "--data", str(tmp_path)], prog_name="prospekt")
    assert refused.exit_code == 3
    assert "in a source tree" in refused.stderr


def test_connectors_are_known_by_their_declarations_again(story: tuple[Path, str, tuple[str, ...]]) -> None:
    for connector in find_sources().values():
        assert isinstance(connector, Connector)
