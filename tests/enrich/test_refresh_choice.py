"""Which sources a refresh takes, and in which order."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from db.warehouse import Warehouse
from enrich import refresh as refreshing
from enrich.cli.exits import exit_code_of
from enrich.config import Config, CrmConfig, SourceConfig
from enrich.errors import ConfirmationNeeded, InputInvalid, SourcesAway, SourcesFailed
from enrich.icp.model import Icp, Territory
from enrich.progress import silent
from enrich.refresh import choose_sources, find_elsewhere
from enrich.runs import log_run, new_run_id
from sources.errors import RetryableError, SourceAborted
from sources.registry import find_sources


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


def test_of_all_sources_those_of_other_countries_are_left_out_until_something_here_is_of_them(tmp_path: Path) -> None:
    swedish = configured(tmp_path, "SE")
    with Warehouse.open_to_write(swedish.data, command="test") as warehouse:

        def elsewhere(config: Config) -> set[str]:
            return set(find_elsewhere(warehouse, config, choose_sources(config, [], file=None)))

        def about(**asked: object) -> set[str]:
            return elsewhere(swedish.model_copy(update={"icp": {"north": Icp.model_validate(asked)}}))

        assert elsewhere(swedish) == {"fi_prh", "no_brreg", "no_ssb_klass"}
        assert elsewhere(swedish.model_copy(update={"sources": {"fi_prh": SourceConfig()}})) == {
            "no_brreg",
            "no_ssb_klass",
        }
        assert about(must={"country": ["NO"]}) == {"fi_prh"}
        assert about(must={"region": ["NO-46"]}) == {"fi_prh"}
        assert about(must={"municipality": ["Bergen"]}) == {"fi_prh"}
        assert about(should=[{"country": ["NO"]}]) == {"fi_prh"}
        assert about(should=[{"near": {"place": "Bergen", "km": 50}}]) == {"fi_prh"}
        # demanded is demanded, and the number of a region at home is none of another country's
        assert about(must={"country": ["SE"]}, should=[{"country": ["NO"]}]) == elsewhere(swedish)
        assert about(must={"region": ["01"]}) == elsewhere(swedish)
        # who lies at home can meet no wish for another country, but who is near may lie beyond the border
        assert about(must={"region": ["01"]}, should=[{"country": ["NO"]}]) == elsewhere(swedish)
        assert about(must={"municipality": ["Bergen"]}, should=[{"country": ["FI"]}]) == {"fi_prh"}
        assert about(must={"region": ["01", "a part of Norway"]}, should=[{"country": ["NO"]}]) == {"fi_prh"}
        assert about(must={"near": {"place": "Strömstad", "km": 50}}, should=[{"country": ["NO"]}]) == {"fi_prh"}
        bergen = Territory(owner="vera@team.example", municipalities=("Bergen",))
        assert elsewhere(swedish.model_copy(update={"territory": {"west": bergen}})) == {"fi_prh"}
        ours = {"lund": Territory(owner="vera@team.example", municipalities=("Lund",))}
        software = {"it": Territory(owner="vera@team.example", industries=("62",))}
        in_ours = Icp.model_validate({"must": {"territory": ["lund"]}, "should": [{"country": ["NO"]}]})
        anywhere = Icp.model_validate({"must": {"territory": ["lund", "it"]}, "should": [{"country": ["NO"]}]})
        assert elsewhere(swedish.model_copy(update={"territory": ours, "icp": {"x": in_ours}})) == elsewhere(swedish)
        both = {"territory": ours | software, "icp": {"x": anywhere}}
        assert elsewhere(swedish.model_copy(update=both)) == {"fi_prh"}
        assert elsewhere(swedish.model_copy(update={"crm": CrmConfig()})) == set()
        with log_run(warehouse, new_run_id(), command="refresh", stage="land", source="fi_prh"):
            pass
        assert elsewhere(swedish) == {"no_brreg", "no_ssb_klass"}


def test_a_source_that_is_only_loaded_from_a_file_says_so(tmp_path: Path) -> None:
    config = configured(tmp_path, "BE")
    with pytest.raises(InputInvalid, match=r"be_kbo is loaded from a file .*prospekt refresh be_kbo --file FILE"):
        refreshing.refresh(config, names=["be_kbo"], progress=silent, say=nothing)
    names = [connector.SOURCE.name for connector in choose_sources(config, [], file=None)]
    assert "be_kbo" not in names


BUSY, ODD, LARGE = (
    RetryableError("a is busy.", source="a"),
    SourceAborted("odd.", source="b"),
    ConfirmationNeeded("a lot"),
)


@pytest.mark.parametrize(
    ("failing", "raised", "code"),
    [
        ([BUSY, None], SourcesAway, 75),
        ([BUSY, ODD, None], SourcesFailed, 1),
        ([LARGE, None], ConfirmationNeeded, 2),
        ([LARGE, BUSY], SourcesFailed, 1),
    ],
)
def test_of_several_sources_all_that_failed_are_named_at_the_end(
    failing: list[Exception | None],
    raised: type[Exception],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def connector(name: str, error: Exception | None) -> SimpleNamespace:
        def fetch_bulk(*_: object, **__: object) -> None:
            if error is not None:
                raise error

        return SimpleNamespace(SOURCE=replace(find_sources()["no_brreg"].SOURCE, name=name), fetch_bulk=fetch_bulk)

    of = {name: connector(name, error) for name, error in zip("abc", failing, strict=False)}
    monkeypatch.setattr(refreshing, "find_sources", lambda: of)
    with pytest.raises(raised) as told:
        refreshing.refresh(configured(tmp_path, "NO"), dry_run=True, progress=silent, say=nothing)
    assert exit_code_of(told.value) == code
    assert all(str(error) in str(told.value) for error in failing if error is not None)
