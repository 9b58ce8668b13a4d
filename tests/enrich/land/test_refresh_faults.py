"""A source whose answer raises what nobody foresaw fails alone: the others are refreshed, and it is said and logged."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from db.warehouse import Warehouse
from enrich.cli.exits import exit_code_of
from enrich.config import Config
from enrich.errors import SourcesFailed
from enrich.progress import silent
from enrich.refresh import refresh
from sources.registry import find_sources
from tests.registers.brreg_server import BrregServer


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv(find_sources()["ecb_fx"].SOURCE.base_url_env, "http://ecb.invalid")
    return Config(who="kari@team.example", data=tmp_path / "data")


def raise_in_finland(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def drift(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(find_sources()["fi_prh"], "fetch_bulk", drift)


def test_a_fault_in_one_source_leaves_the_others_and_is_logged_without_what_it_quotes(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_in_finland(monkeypatch, KeyError("Sentinella Zqvist"))
    told: list[str] = []
    with BrregServer() as server:
        monkeypatch.setenv(find_sources()["no_brreg"].SOURCE.base_url_env, server.url)
        with pytest.raises(SourcesFailed, match="unexpected KeyError") as failed:
            refresh(config, names=("fi_prh", "no_brreg"), progress=silent, say=told.append)
    assert exit_code_of(failed.value) == 1
    assert any(line.startswith("fi_prh failed, the others go on: fi_prh: an answer could not be read") for line in told)
    assert any(line.startswith("no_brreg") for line in told)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        runs = {row["source"]: row for row in warehouse.rows("status/last_runs")}
    assert (runs["fi_prh"]["outcome"], "unexpected KeyError" in str(runs["fi_prh"]["message"])) == ("failed", True)
    [log] = (config.data / "logs").glob("fault-*.log")
    assert (log.stat().st_mode & 0o777, str(log) in str(failed.value)) == (0o600, True)
    assert "Sentinella" in log.read_text(encoding="utf-8")
    assert "Sentinella" not in f"{failed.value} {told} {runs}"


def test_a_machine_that_fails_ends_the_refresh(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_in_finland(monkeypatch, OSError(5, os.strerror(5)))
    told: list[str] = []
    with pytest.raises(OSError, match=os.strerror(5)):
        refresh(config, names=("fi_prh", "ecb_fx"), progress=silent, say=told.append)
    assert told == []
