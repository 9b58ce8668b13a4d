"""What is older than its place keeps things is let go; what is younger stays."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.errors import ContractBroken
from enrich.retention import keep_retention
from enrich.runs import log_run, new_run_id
from sources.feed import SignalsConnector
from sources.registry import find_sources
from sources.source import SiteConnector

DAY = 86_400


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari", data=tmp_path)


def age(path: Path, days: float) -> None:
    at = datetime.now(UTC).timestamp() - days * DAY
    os.utime(path, (at, at))


def test_every_folder_that_promises_days_lets_go_of_older_files_only(config: Config) -> None:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        places = {
            str(row["place"]): int(str(row["keep_days"]))
            for row in warehouse.rows("retention/places")
            if row["place"] not in ("data/published", "data/people-access.log")
        }
        assert set(places) >= {"data/landing", "data/rejects", "data/exports", "data/backups", "data/logs", "data/tmp"}
        kept: list[Path] = []
        old: list[Path] = []
        for place, days in places.items():
            folder = config.data / place.removeprefix("data/") / ("no_brreg" if place == "data/landing" else "")
            for name, paths, shift in (("young", kept, -0.5), ("old", old, 0.5)):
                path = folder / name
                if place == "data/landing":
                    path.mkdir(parents=True)
                    (path / "file").touch()
                else:
                    folder.mkdir(parents=True, exist_ok=True)
                    path.touch()
                age(path, days + shift)
                paths.append(path)
        keep_retention(warehouse, config)
    assert [path for path in old if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_lines_of_the_access_log_and_rows_are_let_go_by_their_own_time(config: Config) -> None:
    log = config.data / "people-access.log"
    now = datetime.now(UTC)
    lines = [json.dumps({"at": (now - timedelta(days=days)).isoformat(), "who": "kari"}) + "\n" for days in (366, 364)]
    log.write_text("".join(lines), encoding="utf-8")
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        for days in (1096, 1094):
            warehouse.execute(
                "INSERT INTO core.export VALUES (uuid(), uuid(), 'csv', $name, NULL, 'kari', NULL, $at)",
                name=f"{days}.csv",
                at=now - timedelta(days=days),
            )
        keep_retention(warehouse, config)
        assert warehouse.ask("SELECT file_name FROM core.export") == [{"file_name": "1094.csv"}]
    assert log.read_text(encoding="utf-8") == lines[1]
    assert log.stat().st_mode & 0o777 == 0o600


def test_what_a_source_replaced_goes_after_the_days_it_declares_and_the_last_version_stays(config: Config) -> None:
    now = datetime.now(UTC)
    days = find_sources()["no_brreg"].SOURCE.privacy.retention_days

    def version(key: str, name: str, since: float, until: float | None) -> None:
        warehouse.execute(
            """INSERT INTO core.source_record BY NAME
            SELECT 'no_brreg:' || $key AS record_id, 'no_brreg' AS source, $key AS source_key, uuid() AS run_id,
                1 AS source_seq, $since AS known_from, $until AS known_to, false AS is_closed, 0 AS content_hash,
                1 AS mapping_version, 'enheter' AS layout, $since AS fetched_at, 'legal_entity' AS entity_kind,
                false AS is_natural_person, $name AS name, 'not_supplied' AS employees_state,
                'active' AS status""",
            key=key,
            name=name,
            since=now - timedelta(days=since),
            until=None if until is None else now - timedelta(days=until),
        )

    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        version("1", "old", 3000, days + 1)
        version("1", "younger", days + 1, days - 1)
        version("1", "now", days - 1, None)
        version("2", "ended", 3000, days + 1)
        for age_of in (days + 1, days - 1):
            warehouse.execute(
                "INSERT INTO core.change VALUES ('no_brreg:1', 'changed', 'name', 'a', $days, uuid(), $at)",
                days=str(age_of),
                at=now - timedelta(days=age_of),
            )
        keep_retention(warehouse, config)
        names = warehouse.ask("SELECT name FROM core.source_record ORDER BY name")
        changes = warehouse.ask("SELECT new_value FROM core.change")
    assert [row["name"] for row in names] == ["ended", "now", "younger"]
    assert changes == [{"new_value": str(days - 1)}]


def test_events_and_sites_are_kept_for_the_days_that_their_sources_declare(config: Config) -> None:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        rows = warehouse.ask("SELECT place, keep_days FROM core.retention WHERE place IN ('core.signal', 'core.site')")
    places = {str(row["place"]): row["keep_days"] for row in rows}
    for connector in find_sources().values():
        days = connector.SOURCE.privacy.retention_days
        if isinstance(connector, SignalsConnector):
            assert days == places["core.signal"]
        elif isinstance(connector, SiteConnector):
            assert days == places["core.site"]


def test_the_run_log_keeps_the_text_of_errors_for_users_and_not_of_faults(config: Config) -> None:
    def fail(error: Exception) -> None:
        with Warehouse.open_to_write(config.data, command="test") as warehouse:
            with pytest.raises(type(error)), log_run(warehouse, new_run_id(), command="test", stage="refresh"):
                raise error
            said.append(warehouse.ask("SELECT message FROM core.run ORDER BY started_at DESC LIMIT 1")[0]["message"])

    said: list[object] = []
    fail(ContractBroken("The file is damaged."))
    fail(ValueError("could not convert 'kari@hidden-example.no'"))
    assert said == ["The file is damaged.", "unexpected ValueError"]
