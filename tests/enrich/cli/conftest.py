"""The command line as tests call it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from enrich.cli.app import app

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("PROSPEKT_"):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs `prospekt …` in that folder; stdout and stderr apart."""

    def call(*arguments: str | Path, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], input=typed, prog_name="prospekt")

    return call


@pytest.fixture
def configured(run: Run, folder: Path) -> Path:
    """The folder with a first configuration."""
    assert run("init", "--country", "NO", "--who", "Kari", "--yes").exit_code == 0
    return folder
