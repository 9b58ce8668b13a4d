"""Which sources a refresh takes, and in which order."""

from pathlib import Path

import pytest

from enrich import refresh as refreshing
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.progress import silent
from enrich.refresh import choose_sources


def configured(folder: Path, country: str) -> Config:
    return Config.model_validate({"who": "kari@team.example", "data": folder / "data", "crm": {"country": country}})


def nothing(_: str) -> None:
    """Say nothing."""


@pytest.mark.parametrize("country", ["NO", "SE", "FI"])
def test_sources_of_the_teams_own_country_come_first(tmp_path: Path, country: str) -> None:
    countries = [connector.SOURCE.country for connector in choose_sources(configured(tmp_path, country), [], file=None)]
    own = countries.count(country)
    assert own
    assert countries[:own] == [country] * own


def test_a_source_that_is_only_loaded_from_a_file_says_so(tmp_path: Path) -> None:
    config = configured(tmp_path, "BE")
    with pytest.raises(InputInvalid, match=r"be_kbo is loaded from a file .*prospekt refresh be_kbo --file FILE"):
        refreshing.refresh(config, names=["be_kbo"], progress=silent, say=nothing)
    names = [connector.SOURCE.name for connector in choose_sources(config, [], file=None)]
    assert "be_kbo" not in names
