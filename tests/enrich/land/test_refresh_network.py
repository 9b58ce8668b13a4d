"""A refresh over a real socket: the whole register once, its changes from then on, withdrawals, and a register away."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Row, Warehouse
from enrich import decide
from enrich import refresh as refreshing
from enrich.cli.exits import exit_code_of
from enrich.config import Config, SourceConfig
from enrich.errors import ConfirmationNeeded, InputInvalid, SourcesAway
from enrich.gate import open_readers
from enrich.progress import Progress, silent
from enrich.refresh import RefreshReport
from sources.registers import no_brreg
from sources.source import Coverage, Delivery, Expect
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.brreg_server import BrregServer, unit
from tests.registers.loopback import Said

A, B, C, D = orgnrs(4)


class SmallRegister:
    """Norway's register, its entities only, expected to be as small as the one on loopback is."""

    SOURCE = replace(no_brreg.SOURCE, parts=("enheter",), expect=Expect(min_rows=2, max_rows=100))
    fetch_bulk = staticmethod(no_brreg.fetch_bulk)
    fetch_changes = staticmethod(no_brreg.fetch_changes)
    look_up = staticmethod(no_brreg.look_up)


@contextmanager
def serve_three() -> Iterator[BrregServer]:
    with pytest.MonkeyPatch.context() as patch, BrregServer() as server:
        patch.setenv(no_brreg.SOURCE.base_url_env, server.url)
        patch.setattr(refreshing, "find_sources", lambda: {"no_brreg": SmallRegister()})
        server.tell(10, A, "Ny")
        server.publish(as_csv([entity(A, "ALFA AS"), entity(B, "BETA AS"), entity(C, "GAMMA AS")]))
        yield server


@pytest.fixture
def brreg() -> Iterator[BrregServer]:
    with serve_three() as server:
        yield server


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@team.example", data=tmp_path / "data")


@pytest.fixture(scope="module")
def _loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = Config(who="kari@team.example", data=tmp_path_factory.mktemp("loaded") / "data")
    with serve_three():
        refreshing.refresh(config, progress=silent, say=lambda _: None)
    return config.data


@pytest.fixture
def loaded(_loaded_once: Path, config: Config) -> None:
    """The whole register is in the data folder, as a first refresh leaves it; a copy a test."""
    shutil.copytree(_loaded_once, config.data, symlinks=True)


@pytest.fixture
def refresh(config: Config) -> Callable[..., RefreshReport]:
    def run(*, progress: Progress = silent, **options: object) -> RefreshReport:
        return refreshing.refresh(config, progress=progress, say=lambda _: None, **options)  # type: ignore[arg-type]

    return run


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def names(config: Config) -> list[tuple[object, object]]:
    rows = ask(config, "SELECT name, status FROM core.source_record WHERE known_to IS NULL ORDER BY source_key")
    return [(row["name"], row["status"]) for row in rows]


def outcomes(config: Config) -> list[tuple[object, object, object]]:
    rows = ask(
        config, "SELECT outcome, coverage, feed_cursor FROM core.run WHERE stage = 'refresh' ORDER BY started_at"
    )
    return [(row["outcome"], row["coverage"], row["feed_cursor"]) for row in rows]


@pytest.mark.usefixtures("only_landed")
def test_the_whole_register_once_and_then_what_changed(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    refresh()
    assert outcomes(config) == [("ok", "complete", "enheter=10")]

    brreg.units["enheter"] = {A: unit(A, "ALFA NYTT NAVN AS"), B: unit(B, "BETA AS"), D: unit(D, "DELTA AS")}
    brreg.delete(B, "2026-11-20")
    brreg.remove(C, "2026-11-20")
    for position, (number, change) in enumerate([(A, "Endring"), (B, "Sletting"), (C, "Fjernet"), (D, "Ny")], start=11):
        brreg.tell(position, number, change)
    report = refresh()

    [landed] = [delivery.landed for delivery in report.deliveries]
    assert landed is not None
    assert (landed.rows_in, landed.added, landed.changed, landed.closed) == (3, 1, 2, 0)
    assert names(config) == [("ALFA NYTT NAVN AS", "active"), ("BETA AS", "dissolved"), ("DELTA AS", "active")]
    assert ask(config, f"SELECT * FROM core.source_record WHERE source_key = '{C}'") == []
    assert [
        path.name for path in config.landing.rglob("*.csv.gz")
    ] == []  # the file that named the withdrawn one went too

    assert refresh().deliveries[0].outcome == "unchanged"
    assert [(outcome, cursor) for outcome, _, cursor in outcomes(config)] == [
        ("ok", "enheter=10"),
        ("ok", "enheter=14"),
        ("unchanged", "enheter=14"),
    ]


@pytest.mark.usefixtures("loaded", "only_landed")
def test_single_numbers_are_asked_for_and_the_feed_goes_on_from_where_it_was(
    brreg: BrregServer, config: Config
) -> None:
    said: list[str] = []
    brreg.units["enheter"] = {A: unit(A, "ALFA NYTT NAVN AS"), D: unit(D, "DELTA AS")}
    numbers = [f"NO:{A[:3]} {A[3:]}", D, "999999999"]
    report = refreshing.refresh(config, names=["no_brreg"], numbers=numbers, progress=silent, say=said.append)
    [landed] = [delivery.landed for delivery in report.deliveries]
    assert landed is not None
    assert (landed.rows_in, landed.added, landed.changed, landed.closed) == (2, 1, 1, 0)
    assert "no_brreg has no company under 999999999." in said
    assert names(config)[0] == ("ALFA NYTT NAVN AS", "active")
    assert len(names(config)) == 4
    [turn] = refreshing.refresh(config, due=True, dry_run=True, progress=silent, say=said.append).turns
    assert (
        turn.last_good_at == ask(config, "SELECT min(finished_at) AS at FROM core.run WHERE stage = 'refresh'")[0]["at"]
    )
    before = len(brreg.asked)
    refreshing.refresh(config, names=["no_brreg"], progress=silent, say=said.append)
    assert not [
        asked for asked in brreg.asked[before:] if "lastned" in asked.path
    ]  # the feed, not the whole file again
    only_unknown = refreshing.refresh(config, names=["no_brreg"], numbers=["1"], progress=silent, say=said.append)
    assert only_unknown.deliveries == ()


@pytest.mark.parametrize("wrong", [{"names": []}, {"due": True}, {"coverage": Coverage.COMPLETE}])
def test_single_numbers_are_asked_of_one_register_alone(config: Config, wrong: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"names": ["no_brreg"], "numbers": ["923609016"], **wrong}
    with pytest.raises(InputInvalid, match="--number asks one register"):
        refreshing.refresh(config, progress=silent, say=lambda _: None, **asked)


@pytest.mark.usefixtures("loaded", "only_landed")
def test_the_whole_register_again_is_asked_for_by_its_etag(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    assert refresh(coverage=Coverage.COMPLETE).deliveries[0].outcome == "unchanged"
    brreg.publish(as_csv([entity(A, "ALFA AS"), entity(B, "BETA AS")]))
    with pytest.raises(ConfirmationNeeded, match=r"1 of 3 current records \(33.3%\)") as asked:
        refresh(coverage=Coverage.COMPLETE)
    assert exit_code_of(asked.value) == 2
    assert len(names(config)) == 3
    preview = refresh(coverage=Coverage.COMPLETE, dry_run=True).deliveries[0].landed
    assert preview is not None
    assert preview.closed == 1
    assert len(names(config)) == 3
    refresh(coverage=Coverage.COMPLETE, yes=True)
    assert names(config) == [("ALFA AS", "active"), ("BETA AS", "active")]


@pytest.mark.usefixtures("loaded", "only_landed")
def test_a_part_that_is_unchanged_moves_the_feed_of_no_other(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    ask(
        config,
        "INSERT INTO core.run (run_id, command, stage, source, started_at, outcome, layout, feed_cursor) VALUES "
        "(uuid(), 'refresh', 'refresh', 'no_brreg', now(), 'ok', 'underenheter_2024', 'enheter=10 underenheter=7') RETURNING 1",
    )
    refresh(coverage=Coverage.COMPLETE)
    assert outcomes(config)[-1] == ("unchanged", "complete", "enheter=10 underenheter=7")


@pytest.mark.usefixtures("loaded")
def test_a_dry_run_takes_in_no_decision_and_lets_nothing_go(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    old = config.landing / "no_brreg" / "old"
    old.mkdir()
    os.utime(old, (0, 0))
    decide.suppress(config, "organisation", f"NO:{B}")
    refresh(dry_run=True)
    assert old.exists()
    assert ask(config, "SELECT * FROM core.decision") == []


def test_a_register_that_is_away_is_tried_later_and_stops_no_other(
    brreg: BrregServer, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(SmallRegister.SOURCE, name="no_other")

    class Other(SmallRegister):
        SOURCE = other

        @staticmethod
        def fetch_bulk(client: object, **known: object) -> Delivery | None:
            delivery = no_brreg.fetch_bulk(client, **known)  # type: ignore[arg-type]
            return None if delivery is None else replace(delivery, source="no_other")

    monkeypatch.setattr(refreshing, "find_sources", lambda: {"no_brreg": SmallRegister(), "no_other": Other()})
    brreg.spoil(Said(status=503, headers={"Retry-After": "3600"}))
    said: list[str] = []
    with pytest.raises(SourcesAway, match="1 of 2 sources failed, the others did not") as away:
        refreshing.refresh(config, progress=silent, say=said.append)
    assert exit_code_of(away.value) == 75
    assert "`prospekt refresh no_brreg --file FILE --complete`" in str(away.value)
    assert any(sentence.startswith("no_brreg failed, the others go on") for sentence in said)
    assert ask(config, "SELECT DISTINCT source FROM core.source_record") == [{"source": "no_other"}]
    assert (config.published / "companies.duckdb").exists()


@pytest.mark.usefixtures("only_landed")
def test_only_what_is_due_is_asked_for(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    assert len(refresh(due=True).deliveries) == 1
    asked = len(brreg.asked)
    assert refresh(due=True).deliveries == ()
    assert len(brreg.asked) == asked
    always = config.model_copy(update={"sources": {"no_brreg": SourceConfig(cadence_hours=0)}})
    assert len(refreshing.refresh(always, due=True, progress=silent, say=lambda _: None).deliveries) == 1


@pytest.mark.parametrize(("stage", "is_in_file"), [("resolve", False), ("merge", True)])
def test_whoever_is_suppressed_while_a_refresh_runs_is_shown_by_no_reader(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config, stage: str, is_in_file: bool
) -> None:
    """Before matching it is taken in and not published; later every reader holds it back until the next publication."""

    def suppress_on_the_way(label: str, _done: int, _total: int | None) -> None:
        if label == stage and not list(config.journal.glob("*.json")):
            decide.suppress(config, "organisation", f"NO:{B}", why="asked to be left alone")

    refresh(progress=suppress_on_the_way)
    with open_readers(config) as readers:
        rows = readers.warehouse.ask("SELECT company_id, name FROM mart.company ORDER BY name")
        assert ("BETA AS" in [row["name"] for row in rows]) is is_in_file
        assert [one.values["name"] for one in readers.admit(rows)] == ["ALFA AS", "GAMMA AS"]


@pytest.mark.usefixtures("only_landed")
def test_what_was_fetched_is_its_owners_to_read(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config
) -> None:
    refresh()
    folders = [config.landing, *config.landing.glob("*"), *config.landing.glob("*/*")]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700] * 3


@pytest.mark.usefixtures("loaded", "only_landed")
def test_an_older_file_given_by_hand_undoes_nothing_of_the_feed_and_the_feed_is_followed_again_from_before_it(
    brreg: BrregServer, refresh: Callable[..., RefreshReport], config: Config, tmp_path: Path
) -> None:
    """The file is saved now, and what is in it may be a day old: of A's new name and of D it knows nothing."""
    now = datetime.now(UTC).isoformat()
    brreg.units["enheter"] = {A: unit(A, "ALFA NYTT NAVN AS"), D: unit(D, "DELTA AS")}
    brreg.tell(11, A, "Endring", date=now)
    brreg.tell(12, D, "Ny", date=now)
    refresh()
    file = tmp_path / "enheter.csv"
    file.write_bytes(as_csv([entity(A, "ALFA AS"), entity(B, "BETA I FIL AS"), entity(C, "GAMMA AS")]))
    report = refresh(names=["no_brreg"], file=file, coverage=Coverage.COMPLETE)

    [landed] = [delivery.landed for delivery in report.deliveries]
    assert landed is not None
    assert (landed.rows_in, landed.changed, landed.closed, landed.late) == (3, 1, 0, 1)
    current = [("ALFA NYTT NAVN AS", "active"), ("BETA I FIL AS", "active"), ("GAMMA AS", "active")]
    assert names(config) == [*current, ("DELTA AS", "active")]
    assert outcomes(config)[-1] == ("ok", "complete", "")

    refresh()
    assert outcomes(config)[-1] == ("ok", "delta", "enheter=12")
    assert names(config) == [*current, ("DELTA AS", "active")]
