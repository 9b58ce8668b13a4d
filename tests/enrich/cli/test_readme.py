"""The README's second block, run as it is written: installed from a wheel, in a home of its own, without the net."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SHIPPED = ("config.toml", "pyproject.toml", "README.md", "LICENSE", "sources", "db", "enrich", "tests/registers")


@pytest.fixture
def home(tmp_path: Path, project: Path) -> Path:
    """A home with what the reader has: the project, a register's file and a CRM export; an empty environment."""
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    shutil.copy(project / "enrich" / "demo" / "no_brreg.csv.gz", downloads / "enheter.csv.gz")
    shutil.copy(project / "enrich" / "demo" / "crm_companies.csv", downloads / "companies.csv")
    checkout = tmp_path / "prospekt"
    checkout.mkdir()
    for name in SHIPPED:
        if (project / name).is_dir():
            shutil.copytree(project / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(project / name, checkout / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    # the libraries of this environment, without the checkout that is installed in it
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return tmp_path


def test_the_way_with_your_own_data_is_as_the_readme_says(home: Path, project: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (project / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    environment = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(home / "venv" / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PIP_PYTHON": str(home / "venv" / "bin" / "python"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as: build without an environment of its own
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", blocks[1]],
        cwd=home / "prospekt",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3,000 rows in = 3,000 landed + 0 rejected" in run.stdout
    assert "216 rows in" in run.stdout
    found = run.stdout.partition("\tName\t")[2].splitlines()[1:]
    assert len(found) > 3
    assert all(line.split("\t")[1].startswith("NO:") for line in found)
    assert "fit, " in run.stderr
    assert (home / "prospects" / "data" / "published" / "companies.duckdb").exists()
