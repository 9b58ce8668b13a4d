"""`python -m bench.scale`: what `prospekt link` costs on Spark with one executor and with two, and a row of each table.

    python -m bench.scale [--companies 200000] [--names 20000] [--executors 1 --executors 2]

Made-up companies, and names as somebody may have typed them. DuckDB does the same first; that both find the same links is
checked. Seconds are without the session's start; on a machine with other work they are worth little, and the load is told.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet

from bench.companies import CHUNK, Row, draw_companies
from bench.measure import Measure, run_in_child
from bench.noise import make_noisy, noise_rates
from enrich.match.link import link_files
from enrich.match.spark import Relations, find_links, open_spark
from enrich.progress import silent

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SEED = 20261122
COLUMNS = {
    "id": "organisasjonsnummer",
    "name": "navn",
    "city": "forretningsadresse.poststed",
    "postal_code": "forretningsadresse.postnummer",
}


def main(arguments: Sequence[str]) -> int:
    """Run and print the measures; exit code 1 where Spark finds other links than DuckDB."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--companies", type=int, default=200_000, help="rows of the right list")
    parser.add_argument("--names", type=int, default=20_000, help="rows of the left list")
    parser.add_argument("--executors", type=int, action="append", help="repeatable")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="prospekt-scale-") as folder:
        draw_lists(Path(folder), companies=asked.companies, names=asked.names)
        duckdb = run_in_child("bench.scale:link_on_one_machine", folder=folder)
        peer, same = duckdb.said["seconds"], True
        for executors in asked.executors or (1, 2):
            said = run_in_child("bench.scale:link_on_executors", folder=folder, executors=executors).said
            same = same and said.pop("differing") == 0
            measure = Measure(
                name=f"link_spark_{executors}",
                figure=said.pop("seconds"),
                unit="s",
                peer="DuckDB" if peer == duckdb.said["seconds"] else "the executors before",
                peer_figure=peer,
                more={"duckdb_cpu_s": duckdb.cpu_s, "same_links": same, "load": os.getloadavg()[0], **said},
            )
            print(measure.to_json(), flush=True)
            peer = measure.figure
    return 0 if same else 1


def draw_lists(folder: Path, *, companies: int, names: int) -> None:
    """A register of made-up companies, and names that mean some of them, as Parquet with row groups that can be shared."""
    register: list[Row] = []
    for chunk in range(-(-companies // CHUNK)):
        register += draw_companies(SEED, chunk, min(CHUNK, companies - len(register)))
    rng, rates = random.Random(SEED), noise_rates()
    meant = [register[rng.randrange(companies)] for _ in range(names)]
    right = {ours: [row.get(theirs) for row in register] for ours, theirs in COLUMNS.items()}
    left = {
        "id": list(range(names)),
        "name": [make_noisy(rng, row, rates)[0] for row in meant],
        "postal_code": [row.get(COLUMNS["postal_code"]) if rng.random() < 0.5 else None for row in meant],
    }
    left_path, right_path = _lists(folder)
    for path, columns, rows in ((right_path, right, companies), (left_path, left, names)):
        table = pa.table({**columns, "country": ["NO"] * rows})
        pa.parquet.write_table(table, path, row_group_size=-(-rows // 8))


def _lists(folder: Path) -> tuple[Path, Path]:
    return folder / "left.parquet", folder / "right.parquet"


def link_on_one_machine(folder: str) -> dict[str, float]:
    """The links that DuckDB finds, left in the folder, and its seconds."""
    place = Path(folder)
    started = time.perf_counter()
    link_files(*_lists(place), place / "links.parquet", progress=silent)
    return {"seconds": time.perf_counter() - started}


def link_on_executors(folder: str, executors: int) -> dict[str, float]:
    """The same on so many executors of one core and 1 GB: seconds by phase, rows and bytes of each table, bytes shuffled."""
    place, work = Path(folder), Path(folder) / "work"
    work.mkdir()
    phases: dict[str, float] = {}

    def note(label: str, _done: int, _total: int | None) -> None:
        phases.setdefault(label, time.perf_counter())

    with open_spark(f"local-cluster[{executors},1,1024]") as spark, Relations(spark, work) as relations:
        started = time.perf_counter()
        report, links = find_links(relations, *_lists(place), progress=note)
        ended = time.perf_counter()
        said: dict[str, float] = {"seconds": ended - started, "links": report.links}
        ends = [*list(phases.values())[1:], ended]
        for label, begun, end in zip(phases, phases.values(), ends, strict=True):
            said[f"{label}_s"] = round(end - begun, 1)
        for table in sorted(relations.names):
            files = list((work / table).glob("*.parquet"))
            if files:
                said[f"{table}_rows"] = sum(pyarrow.parquet.ParquetFile(file).metadata.num_rows for file in files)
                said[f"{table}_bytes"] = sum(file.stat().st_size for file in files)
        said |= _shuffled(spark)
        found = {(row["left_id"], row["right_id"], row["probability"]) for row in links.collect()}
    expected = pyarrow.parquet.read_table(place / "links.parquet").to_pylist()
    known = {(row["left_id"], row["right_id"], row["probability"]) for row in expected}
    shutil.rmtree(work)
    return {**said, "differing": len(found ^ known)}


def _shuffled(spark: "SparkSession") -> dict[str, float]:
    """Bytes that all executors wrote for others, and what they spilled."""
    context = spark.sparkContext
    store = context._jsc.sc().statusStore()  # noqa: SLF001 - Spark tells Python of tasks only
    no_quantiles = context._gateway.new_array(context._jvm.double, 0)  # noqa: SLF001
    executors, stages = store.executorList(True), store.stageList(None, False, False, no_quantiles, None)
    return {
        "shuffled_bytes": sum(executors.apply(place).totalShuffleWrite() for place in range(executors.size())),
        "spilled_bytes": sum(stages.apply(place).diskBytesSpilled() for place in range(stages.size())),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
