"""How fast whole files of the registers become typed records, against DuckDB's own read of the same file.

Both sides begin with the archive as the register publishes it: DuckDB reads no ZIP, so its side is unpacking the file and
reading it, all columns, into a table of a file of its own. Ours ends with committed rows of `core.source_record`.
"""

import shutil
import time
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from bench.bulk.files import FORMS, cached_file
from bench.chain import Seconds
from bench.measure import Measure, run_in_child
from db.warehouse import MEMORY_LIMIT, Warehouse
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.kinds.bulk_file import read_file
from sources.registry import source as connector_of
from sources.source import Coverage, Delivery, FileConnector

BAR = 3
MEMORY_BAR_MB = 4_000
PEER = "unpack, CREATE TABLE AS SELECT * FROM read_csv or read_json(the same file)"


def measure_bulk(work: Path, share: float, registers: Collection[str] = tuple(FORMS)) -> Iterator[Measure]:
    """One measure a register, of processor seconds; the clock's ratio and the memory stand beside it."""
    for source, form in FORMS.items():
        if source not in registers:
            continue
        path = str(cached_file(source, max(1, round(form.rows * share))))
        plain = run_in_child("bench.bulk.measures:read_plainly", path=path, source=source, folder=str(work / "peer"))
        ours = run_in_child("bench.bulk.measures:land", path=path, source=source, folder=str(work / "ours"))
        again = run_in_child("bench.bulk.measures:read_plainly", path=path, source=source, folder=str(work / "peer"))
        peer_s = (plain.said["seconds"] + again.said["seconds"]) / 2
        yield Measure(
            name=f"bulk_{source}",
            figure=ours.cpu_s,
            unit="processor s",
            peer=PEER,
            peer_figure=(plain.cpu_s + again.cpu_s) / 2,
            bar=BAR,
            more={
                "seconds": round(ours.said["seconds"], 1),
                "peer_seconds": round(peer_s, 1),
                "ratio_of_seconds": round(ours.said["seconds"] / peer_s, 2),
                "read_s": round(ours.said["read"], 1),
                "peak_mb": ours.peak_mb,
                "peer_peak_mb": plain.peak_mb,
                "rows_in": int(ours.said["rows_in"]),
                "landed": int(ours.said["landed"]),
            },
        )
        yield Measure(name=f"bulk_{source}_memory", figure=ours.peak_mb, unit="MB", bar=MEMORY_BAR_MB)


def read_plainly(path: str, source: str, folder: str) -> Seconds:
    """The peer: unpacked, and read by DuckDB with the memory that ours may take."""
    where, form = _emptied(Path(folder)), FORMS[source]
    started = time.perf_counter()
    with zipfile.ZipFile(path) as archive:
        plain = archive.extract(form.member, where)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(str(where / "peer.duckdb"), config=config) as connection:
        connection.execute(f"CREATE TABLE read AS SELECT * FROM {form.read}", {"path": plain})
        connection.execute("CHECKPOINT")
    seconds = time.perf_counter() - started
    shutil.rmtree(where)
    return {"seconds": seconds}


def land(path: str, source: str, folder: str) -> Seconds:
    """From the archive to committed rows of `core.source_record`, as a refresh of a fetched file does it."""
    where = _emptied(Path(folder))
    started = time.perf_counter()
    # as a part of the register: a file of any size lands
    delivery = _read(path, source, where / "landing")
    read_s = time.perf_counter() - started
    with Warehouse.open_to_write(where, command="bench") as warehouse:
        declared = connector_of(source).SOURCE
        report = land_delivery(warehouse, declared, delivery, run_id=new_run_id(), progress=silent)
    seconds = time.perf_counter() - started
    shutil.rmtree(where)
    return {"seconds": seconds, "read": read_s, "rows_in": report.rows_in, "landed": report.landed}


def _read(path: str, source: str, landing: Path) -> Delivery:
    connector, given = connector_of(source), Path(path)
    if isinstance(connector, FileConnector):
        return connector.read_given(given, coverage=Coverage.PARTIAL, landing=landing)
    return read_file(connector.SOURCE, given, coverage=Coverage.PARTIAL, landing=landing)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
