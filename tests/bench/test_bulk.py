"""The made-up whole files are those of the registers: their connectors read them, and find nothing strange in them."""

import zipfile
from pathlib import Path

import pytest

from bench.bulk.files import FORMS, write_file
from bench.bulk.measures import land
from sources.kinds.bulk_file import read_file
from sources.registers import fi_prh
from sources.source import Coverage

ROWS = 300


@pytest.mark.parametrize("source", FORMS)
def test_a_file_lands_whole_but_for_its_persons(source: str, tmp_path: Path) -> None:
    path = tmp_path / f"{source}.zip"
    write_file(FORMS[source], ROWS, path, processes=1)
    said = land(str(path), source, str(tmp_path / "data"))
    assert said["rows_in"] == said["landed"]
    assert said["landed"] == ROWS or (source.startswith("se_") and 80 < said["landed"] < 220)


@pytest.mark.parametrize("source", FORMS)
def test_the_same_seed_gives_the_same_file(source: str, tmp_path: Path) -> None:
    def written(name: str, seed: int) -> bytes:
        write_file(FORMS[source], 20, tmp_path / name, seed=seed, processes=1)
        with zipfile.ZipFile(tmp_path / name) as archive:
            return archive.read(FORMS[source].member)

    assert written("a", 7) == written("b", 7) != written("c", 8)


def test_every_key_of_a_finnish_company_is_known(tmp_path: Path) -> None:
    path = tmp_path / "prh.zip"
    write_file(FORMS["fi_prh"], ROWS, path, processes=1)
    assert not read_file(fi_prh.SOURCE, path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing").warnings
