"""A refresh runs the stages where anything that they read is other than at the last publication, and only then."""

import gzip
from pathlib import Path

import pytest

from db.errors import FolderReadOnly
from db.warehouse import Warehouse
from enrich import decide
from enrich.config import Config, MatchConfig
from enrich.icp.model import Criteria, Icp, Territory
from enrich.progress import silent
from enrich.refresh import RefreshReport, refresh
from sources.kinds.file_copy import UNPACKED
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs

[NUMBER] = orgnrs(1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "enheter.csv"
    path.write_bytes(as_csv([entity(NUMBER, "FIRMA AS")]))
    return path


def test_publishing_accounts_for_every_company(tmp_path: Path) -> None:
    config = Config(
        who="kari",
        data=tmp_path / "data",
        icp={"x": Icp(must=Criteria(country=("NO", "UK")))},
        territory={"east": Territory(owner="Vera", municipalities=("Bergn",))},
    )
    firm, hidden, trader = orgnrs(3)
    decide.suppress(config, "organisation", f"NO:{hidden}", why="asked")
    path = tmp_path / "enheter.csv"
    persons = {"organisasjonsform.kode": "ENK", "organisasjonsform.beskrivelse": "Enkeltpersonforetak"}
    path.write_bytes(as_csv([entity(firm, "FIRMA AS"), entity(hidden, "SKJULT AS"), entity(trader, "KARI", **persons)]))
    said: list[str] = []
    report = refresh(config, names=["no_brreg"], file=path, progress=silent, say=said.append)
    assert report.stages is not None
    published = report.stages.stages[-1]
    assert (published.rows, sorted(published.kept_out.values())) == (1, [1, 1])
    expected = "publish: 3 rows = 1 published + 1 of natural persons (people file only) + 1 suppressed or erased, in "
    *_, told, in_icp, in_territory = said
    assert told.startswith(expected)
    assert in_icp.startswith("asked in vain: icp.x.must.country: no company has the country 'UK'")
    assert in_territory.startswith(
        "asked in vain: territory.east.municipality: no company has the municipality 'Bergn'"
    )
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        sql = "SELECT rows_in, rows_landed, rows_rejected, message FROM core.run WHERE stage = 'publish'"
        [run] = warehouse.ask(sql)
    message = "not in the companies file: 1 of natural persons (people file only) + 1 suppressed or erased"
    assert [*run.values()] == [1, 1, 0, message]  # who is held back is no reject


def load(config: Config, file: Path, *, only_land: bool = False) -> RefreshReport:
    return refresh(config, names=["no_brreg"], file=file, only_land=only_land, progress=silent, say=lambda _: None)


def test_the_stages_run_again_only_where_something_changed(file: Path, tmp_path: Path) -> None:
    config = Config(who="kari", data=tmp_path / "data")
    left = load(config, file, only_land=True)
    assert (left.stages, left.is_behind) == (None, True)
    done = load(config, file)
    assert (done.stages is not None, done.is_behind) == (True, False)
    assert load(config, file).stages is None
    assert not load(config, file, only_land=True).is_behind
    decide.mark(config, company_id="-", record_id=f"no_brreg:{NUMBER}", mark="partner")
    assert load(config, file).stages is not None
    assert load(config, file).stages is None
    stricter = config.model_copy(update={"match": MatchConfig(accept=0.99)})
    assert load(stricter, file).stages is not None
    assert load(stricter, file).stages is None
    (config.published / "companies.duckdb").unlink()
    assert load(stricter, file).stages is not None


def test_a_publication_that_was_cut_off_is_made_up_for(file: Path, tmp_path: Path) -> None:
    config = Config(who="kari", data=tmp_path / "data")
    config.data.mkdir()
    config.published.touch()  # a file in the place of the folder: nothing can be published
    with pytest.raises(FolderReadOnly):
        load(config, file)
    config.published.unlink()
    assert load(config, file).stages is not None


def test_of_a_packed_file_only_the_packed_one_stays(file: Path, tmp_path: Path) -> None:
    config = Config(who="kari", data=tmp_path / "data")
    packed = tmp_path / "enheter.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    cut_off = config.landing / "no_brreg" / "killed" / f"enheter_2026.csv.gz{UNPACKED}"
    cut_off.parent.mkdir(parents=True)
    cut_off.write_bytes(b"left by a run that was killed")
    for outcome in ("ok", "unchanged"):
        assert load(config, packed).deliveries[0].outcome == outcome
        assert [path.name for path in config.landing.rglob("*") if path.is_file()] == ["enheter_2024.csv.gz"]
