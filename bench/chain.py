"""What the chain's measures run, each function in a process of its own: it times its steps and says what it saw."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb

from bench.world import DEMO_FOLDER
from db.warehouse import Warehouse
from enrich import pipeline
from enrich.config import Config, load_config
from enrich.crm.take_in import import_file
from enrich.gate import open_readers
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from enrich.search import find
from sources.kinds.bulk_file import read_file
from sources.registry import source as connector_of
from sources.source import Coverage

Seconds = dict[str, float]
CRM_FILES = ("crm_owners.csv", "crm_companies.csv", "crm_customers.csv", "crm_contacts.csv", "crm_deals.csv")


def read_plainly(path: str, folder: str, all_varchar: bool) -> Seconds:
    """The peer: DuckDB's own reading of the same file, all columns, into a table of a file of its own."""
    target = _emptied(Path(folder)) / "peer.duckdb"
    options = ", all_varchar = true" if all_varchar else ""
    started = time.perf_counter()
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"CREATE TABLE read AS SELECT * FROM read_csv($path{options})", {"path": path})
        connection.execute("CHECKPOINT")
    return {"seconds": time.perf_counter() - started}


def land(path: str, folder: str, companies: int, source: str = "no_brreg") -> Seconds:
    """From a file to committed rows of `core.source_record`, the reading and checking of the file included.

    A world smaller than the register may be lands as a part of it.
    """
    config = config_of(folder)
    declared = connector_of(source).SOURCE
    is_whole = companies >= declared.expect.min_rows
    coverage = Coverage.COMPLETE if is_whole else Coverage.PARTIAL
    seconds: Seconds = {}
    with Warehouse.open_to_write(config.data, command="bench") as warehouse:
        run_id = new_run_id()
        with _timed(seconds, "check_and_copy"):
            delivery = read_file(declared, Path(path), coverage=coverage, landing=config.landing / source / run_id)
        with _timed(seconds, "land"):
            report = land_delivery(warehouse, declared, delivery, run_id=run_id, progress=silent)
    return {
        **seconds,
        "seconds": sum(seconds.values()),
        "rows_in": report.rows_in,
        "landed": report.landed,
        "rejected": report.rejected,
        "added": report.added,
        "changed": report.changed,
        "closed": report.closed,
    }


def take_in_crm(world: str, folder: str) -> Seconds:
    """Import all CRM files of a world."""
    config = config_of(folder)
    started = time.perf_counter()
    rows = sum(import_file(config, Path(world) / name, progress=silent).rows_in for name in CRM_FILES)
    return {"seconds": time.perf_counter() - started, "rows_in": rows}


def run_stages(folder: str) -> Seconds:
    """From landed records to files that can be searched, each stage timed."""
    config = config_of(folder)
    with Warehouse.open_to_write(config.data, command="bench") as warehouse:
        report = pipeline.run_stages(
            warehouse, config, run_id=new_run_id(), progress=silent, say=lambda _: None, command="bench"
        )
    seconds = {stage.stage: stage.seconds for stage in report.stages}
    return {**seconds, "seconds": sum(seconds.values())}


def search(folder: str, rounds: int = 20) -> Seconds:
    """Seconds of `find` on the published files, opening apart, and of a bare scan of the same table."""
    config = config_of(folder)
    seconds: Seconds = {}
    texts = (None, "system", "plattform", "integrasjon")
    with _timed(seconds, "open"):
        readers = open_readers(config)
    with readers:
        asked = []
        for place, text in zip(range(rounds), _around(texts), strict=False):
            with _timed(seconds, f"find_{place}"):
                find(readers, config, text=text)
            asked.append(seconds.pop(f"find_{place}"))
        scanned = []
        for _ in range(rounds):
            started = time.perf_counter()
            readers.warehouse.ask(
                "SELECT company_id, name FROM mart.company "
                "WHERE employees_low >= 10 AND name ILIKE '%system%' ORDER BY name LIMIT 20"
            )
            scanned.append(time.perf_counter() - started)
    asked.sort()
    return {
        **seconds,
        "p50": asked[len(asked) // 2],
        "p95": asked[int(len(asked) * 0.95)],
        "scan": sorted(scanned)[len(scanned) // 2],
    }


def _around(texts: tuple[str | None, ...]) -> Iterator[str | None]:
    return (texts[place % len(texts)] for place in count())


def config_of(folder: str) -> Config:
    """The shipped demo's configuration, with a data folder of its own."""
    return load_config(DEMO_FOLDER / "config.toml", data=Path(folder), environ={})


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _timed(seconds: Seconds, name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started
