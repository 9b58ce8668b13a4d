"""A refresh without a net: told at once, not waited for, logged; and what is due is told without asking anybody."""

from pathlib import Path

import pytest
import tenacity

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich.config import Config
from enrich.errors import InputInvalid, SourcesFailed
from enrich.progress import silent
from sources import retry
from sources.errors import NoConnection, SourceAborted
from sources.registry import find_sources
from tests.registers.brreg_server import BrregServer

NAMES = ("no_brreg", "fi_prh", "ecb_fx", "gleif")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@team.example", data=tmp_path / "data")


@pytest.fixture
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source has a host of its own, whose name nobody resolves; pauses are none."""
    monkeypatch.setattr(retry, "_GROWING", tenacity.wait_none())
    for name in NAMES:
        source = find_sources()[name].SOURCE
        for variable in (source.base_url_env, f"{source.base_url_env}_BULK"):
            monkeypatch.setenv(variable, f"http://{name.replace('_', '-')}.invalid")


def runs(config: Config) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.rows("status/last_runs")


@pytest.mark.usefixtures("_offline")
def test_without_a_connection_it_is_said_once_and_nobody_is_waited_for(config: Config) -> None:
    told: list[str] = []
    labels: list[str] = []
    with pytest.raises(NoConnection, match=r"no_brreg, fi_prh, ecb_fx, gleif could not be reached.*--file FILE"):
        refreshing.refresh(config, names=NAMES, progress=lambda label, *_: labels.append(label), say=told.append)
    again, failed = [[line for line in told if word in line] for word in ("Trying again", "failed, the others go on")]
    assert [line.partition(":")[0] for line in again] == ["no_brreg", "fi_prh"]
    assert "(try 2 of 2; Ctrl-C stops it)" in again[0]
    assert len(failed) == 2
    assert [line for line in told if line.startswith("There is no connection")] == [
        "There is no connection, it seems: no_brreg and fi_prh cannot be reached. The others are tried once each, briefly."
    ]
    assert told[-2:] == ["ecb_fx: no connection.", "gleif: no connection."]
    assert {"sources", "no_brreg: fetching", "no_brreg: tries", "gleif: fetching"} <= set(labels)
    assert "gleif: tries" not in labels
    logged = {row["source"]: (row["stage"], row["outcome"], row["message"]) for row in runs(config)}
    assert set(logged) == set(NAMES)
    assert logged["gleif"] == (
        "refresh",
        "failed",
        "gleif: no connection to gleif.invalid (its name cannot be resolved).",
    )


@pytest.mark.usefixtures("_offline")
def test_whoever_answers_shows_that_there_is_a_connection(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    with BrregServer() as server:
        monkeypatch.setenv(find_sources()["no_brreg"].SOURCE.base_url_env, server.url)
        with pytest.raises(SourcesFailed, match="fi_prh: no connection"):
            refreshing.refresh(config, names=("fi_prh", "no_brreg", "gleif"), progress=silent, say=told.append)
    assert not [line for line in told if line.startswith("There is no connection")]


def test_a_dry_run_keeps_no_failure(config: Config) -> None:
    strange = config.data / "strange.csv"
    strange.parent.mkdir(parents=True)
    strange.write_text("no;such;columns\n1;2;3\n", encoding="utf-8")
    for dry_run, kept in ((True, []), (False, ["failed"])):
        with pytest.raises(SourceAborted):
            refreshing.refresh(
                config, names=["no_brreg"], file=strange, dry_run=dry_run, progress=silent, say=lambda _: None
            )
        assert [row["outcome"] for row in runs(config)] == kept


def test_a_file_that_is_not_there_is_told_before_anything_is_done(config: Config) -> None:
    with pytest.raises(InputInvalid, match="There is no file"):
        refreshing.refresh(
            config, names=["no_brreg"], file=config.data / "missing.csv", progress=silent, say=lambda _: None
        )
    assert not config.data.exists()


@pytest.mark.usefixtures("_offline")
def test_a_dry_run_of_what_is_due_asks_nobody(config: Config) -> None:
    told: list[str] = []
    report = refreshing.refresh(config, names=NAMES, due=True, dry_run=True, progress=silent, say=told.append)
    assert [(turn.source, turn.is_due, turn.last_good_at) for turn in report.turns] == [
        (name, True, None) for name in NAMES
    ]
    assert (report.deliveries, report.is_dry_run, told) == ((), True, [])
