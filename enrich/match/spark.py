"""`prospekt link` on Apache Spark: the same SQL and the same scorer as on DuckDB, on as many machines as there are."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from enrich.errors import InputInvalid
from enrich.match.candidates import CUTS, LIMITS, MOST_OF_A_NUMBER, rank_pairs
from enrich.match.link import (
    LIKELY,
    LinkReport,
    check_out,
    link_table,
    with_left_ids,
    write_links,
)
from enrich.match.list_rows import query_side, reference_table
from enrich.match.lists import SCHEMA as LIST
from enrich.match.lists import compared_columns, open_list, say_columns
from enrich.match.model import shipped_model
from enrich.match.other_names import with_other_names
from enrich.match.prevalence import AS_MODELLED, LINKS, MOST_ROWS, estimate_for, state_links
from enrich.match.side import SIDE
from enrich.match.spark_lists import PLACE, load_list, spark_path
from enrich.match.spark_sql import spark_statements
from enrich.progress import Progress

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

QUERIES_AT_ONCE = 1_500
"""Queries whose pairs (at most `CUTS["most"]` each) are scored together: about 90,000 pairs, 100 MB in a Python worker."""

ROWS_OF_A_PARTITION = 100_000
"""Rows of both lists for each part into which shuffled data are divided: some 200 MB of it where the most is shuffled."""

SETTINGS = {
    "spark.sql.ansi.enabled": "false",  # the first of no names is null, as in DuckDB, and no error
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
}
"""What the answer depends on, and quiet; all else (memory, partitions) is for spark-defaults.conf to say."""


@contextmanager
def open_spark(master: str) -> Iterator["SparkSession"]:
    """A Spark session, ended afterwards; `master` is Spark's word for where the work is done: `local[*]`, `spark://…`.

    Raises `InputInvalid` where Java, pyspark or the cluster is missing.
    """
    missing = [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]
    if missing:
        raise InputInvalid(
            f"--engine spark needs {' and '.join(missing)}, which is not installed: pip install 'prospekt[spark]'."
        )
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else Path("java")
    if shutil.which(java) is None:
        raise InputInvalid(
            f"--engine spark needs Java 17 or newer, and there is no {java}. Install it (on Debian: apt install "
            "openjdk-17-jre-headless), or point JAVA_HOME at it."
        )
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("prospekt link")
    if master.startswith("local"):
        # the workers run here, with this interpreter and what it can import
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = builder.config("spark.executorEnv.PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (Py4JError, PySparkException) as error:
        raise InputInvalid(
            f"Spark could not be started at --master {master}: {_first_line(error)} Is the cluster up, is it of this "
            "Spark version, and is Java 17 or newer?"
        ) from error
    try:
        yield spark
    finally:
        spark.stop()


def link_on_spark(
    spark: "SparkSession",
    left: Path,
    right: Path,
    out: Path,
    *,
    progress: Progress,
    left_id: str | None = None,
    right_id: str | None = None,
    left_columns: Mapping[str, str] | None = None,
    right_columns: Mapping[str, str] | None = None,
    top: int = 1,
) -> LinkReport:
    """As `link_files`, with the same links, the work done by the session's executors.

    Some 500 bytes a row of both lists, and a candidate's 15, are kept in a folder beside `out` until the end.
    `left`, `right` and the folder of `out` must be seen by all machines under the same path. A list may also be a folder
    of Parquet files, and an `out` that ends in .parquet becomes one. Raises `InputInvalid`, and then writes nothing.
    """
    check_out(out, left, right)
    if out.is_dir() and not (out / "_SUCCESS").exists():
        raise InputInvalid(f"{out} is a folder that Spark has not written: remove it, or choose another with --out.")
    work = out.with_name(f".{out.name}.work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        with Relations(spark, work) as relations, _understood():
            report, links = find_links(
                relations,
                left,
                right,
                left_id=left_id,
                right_id=right_id,
                left_columns=left_columns,
                right_columns=right_columns,
                top=top,
                progress=progress,
            )
            with _told(spark, "write", progress):
                links = links.orderBy("left_row", "rank").select(*LINKS.names)
                links.write.parquet(spark_path(work / "result"))
        _put_in_place(work / "result", out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return report


@dataclass(frozen=True)
class Relations:
    """The relations that the SQL files make and read, as views of a Spark session.

    Its tables are Parquet under `folder`, which all machines see: they take no memory, a machine that is lost loses none
    of them, and what reads them is planned by their true size.
    """

    spark: "SparkSession"
    folder: Path
    names: set[str] = field(default_factory=set)

    def __enter__(self) -> "Relations":
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.names:
            self.spark.catalog.dropTempView(name)

    def run(self, name: str, /, **parameters: object) -> None:
        """Run a query file for the relations that it makes."""
        for statement in spark_statements(name):
            if statement.makes is None:
                raise ValueError(f"db/queries/{name}.sql: a SELECT that nobody reads: {statement.select}")
            used = {name: value for name, value in parameters.items() if f":{name}" in statement.select}
            self.add(statement.makes, self.spark.sql(statement.select, used), is_table=statement.is_table)

    def ask(self, name: str, /, **parameters: object) -> "DataFrame":
        """The rows of a query file of one SELECT."""
        [statement] = spark_statements(name)
        return self.spark.sql(statement.select, parameters)

    def add(self, name: str, frame: "DataFrame", *, is_table: bool) -> "DataFrame":
        """Make a relation; a table is computed now."""
        if is_table:
            place = spark_path(self.folder / name)
            frame.write.parquet(place)
            frame = self.spark.read.schema(frame.schema).parquet(place)
        self.names.add(name)
        frame.createOrReplaceTempView(name)
        return frame


def find_links(
    relations: Relations,
    left: Path,
    right: Path,
    *,
    progress: Progress,
    left_id: str | None = None,
    right_id: str | None = None,
    left_columns: Mapping[str, str] | None = None,
    right_columns: Mapping[str, str] | None = None,
    top: int = 1,
) -> tuple[LinkReport, "DataFrame"]:
    """The links of each left row, with its number."""
    spark, work = relations.spark, relations.folder
    with _told(spark, "read", progress):
        reference, right_rows = load_list(
            spark, right, work, id_column=right_id, option="--right-id", columns=right_columns, progress=progress
        )
        listed = relations.add("match_list", _normalised(reference, reference_table, "rowid"), is_table=True)
        queries, left_rows = load_list(
            spark, left, work, id_column=left_id, option="--left-id", columns=left_columns, progress=progress
        )
        _share(spark, left_rows + right_rows)
        asked = relations.add("asked", _normalised(queries, _asked, "query_number"), is_table=True)
        nameless = listed.where("core_name IS NULL").count() + asked.where("size(names) = 0").count()
    with _told(spark, "index", progress):
        relations.run("match/list_reference")
        relations.run("match/queries")
        relations.run("match/index", **LIMITS)
    with _told(spark, "match", progress):
        relations.run("match/candidates", low=0, high=left_rows, **CUTS)
        links = relations.add("links", _score(relations, top), is_table=True)
        linked = links.where("rank = 1").count()
        present, odds = _estimate(links, linked)
    stated = _stated(links, odds)
    mine = open_list(left, id_column=left_id, option="--left-id", columns=left_columns)
    theirs = open_list(right, id_column=right_id, option="--right-id", columns=right_columns)
    report = LinkReport(
        left_rows=left_rows,
        right_rows=right_rows,
        nameless=nameless,
        linked=linked,
        links=links.count(),
        likely=stated.where(f"probability >= {LIKELY}").count(),
        present=round(present, 3),
        compared=compared_columns(mine, theirs),
        read_as=say_columns(mine, theirs),
    )
    return report, stated


def _estimate(links: "DataFrame", linked: int) -> tuple[float, float]:
    """As `estimate_for`, of as many left rows as are asked of any list, evenly spread, in their order."""
    from pyspark.sql.functions import col, row_number
    from pyspark.sql.window import Window

    best = links.where("rank = 1").select("left_row", "nobody")
    step = -(-linked // MOST_ROWS) or 1
    if step > 1:
        best = best.withColumn("place", row_number().over(Window.orderBy("left_row")) - 1).where(
            col("place") % step == 0
        )
    nobody = best.orderBy("left_row").select("nobody").toArrow()["nobody"].to_numpy()
    return estimate_for(nobody, shipped_model())


def _stated(links: "DataFrame", odds: float) -> "DataFrame":
    from pyspark.sql.pandas.types import from_arrow_schema

    def state(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            part = pa.Table.from_batches([batch]).cast(AS_MODELLED)
            yield from state_links(part, odds).append_column(_ROW, part["left_row"]).combine_chunks().to_batches()

    return links.select(*AS_MODELLED.names).mapInArrow(state, from_arrow_schema(LINKS.append(_ROW)))


def _share(spark: "SparkSession", rows: int) -> None:
    """Divides what is shuffled by the size of the lists, where spark-defaults.conf does not say how."""
    name = "spark.sql.shuffle.partitions"
    if not spark.sparkContext.getConf().contains(name):
        spark.conf.set(name, str(max(spark.sparkContext.defaultParallelism, rows // ROWS_OF_A_PARTITION)))


def _normalised(rows: "DataFrame", normalise: Callable[[pa.Table], pa.Table], number: str) -> "DataFrame":
    """The rows of a list as `normalise` makes them, on the executors, with their place as column `number`."""
    from pyspark.sql.pandas.types import from_arrow_schema

    def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            part = pa.table([batch[name].cast(pa.string()) for name in LIST.names], schema=LIST)
            yield from normalise(part).append_column(number, batch[PLACE]).combine_chunks().to_batches()

    schema = normalise(LIST.empty_table()).schema.append(pa.field(number, pa.int64()))
    return rows.mapInArrow(each, from_arrow_schema(schema))


def _asked(part: pa.Table) -> pa.Table:
    return with_other_names(query_side(part))


def _score(relations: Relations, top: int) -> "DataFrame":
    """The best `top` candidates of every query, scored on the executors, the pairs of whole queries together."""
    from pyspark.sql.functions import col
    from pyspark.sql.pandas.types import from_arrow_schema

    def link(queries: pa.Table, pairs: pa.Table) -> pa.Table:
        return _link_part(queries, pairs, top)

    part = (col("query_number") / QUERIES_AT_ONCE).cast("long")
    pairs = relations.ask("match/candidate_pairs").join(
        relations.ask("match/compared", most_of_a_number=MOST_OF_A_NUMBER), "ref_no"
    )
    asked = relations.spark.table("asked").withColumn("part", part).groupBy("part")
    return asked.cogroup(pairs.withColumn("part", part).groupBy("part")).applyInArrow(
        link, from_arrow_schema(AS_MODELLED)
    )


_ROW = AS_MODELLED.field("left_row")


def _link_part(queries: pa.Table, pairs: pa.Table, top: int) -> pa.Table:
    """The links of some queries, from those of their pairs, each with the reference record's side."""
    queries = queries.sort_by("query_number").combine_chunks()
    pairs = pairs.sort_by([("query_number", "ascending"), ("ref_no", "ascending")]).combine_chunks()
    asked = queries["query_number"].to_numpy()
    numbers = np.searchsorted(asked, pairs["query_number"].to_numpy())
    _, first, rows = np.unique(pairs["ref_no"].to_numpy(), return_index=True, return_inverse=True)
    reference = pairs.select([*SIDE.names, "company_id"]).take(pa.array(first)).combine_chunks()
    ranked = rank_pairs(queries.select(SIDE.names), reference, numbers, rows, shipped_model())
    links = with_left_ids(link_table(ranked, top), queries)
    rows = pa.array(asked[links["left_row"].to_numpy()])
    return links.set_column(links.schema.get_field_index("left_row"), _ROW, rows)


def _put_in_place(links: Path, out: Path) -> None:
    """What Spark wrote becomes the result: for .parquet the folder itself, for .csv one file."""
    if out.suffix == ".csv":
        with write_links(out) as write:
            for part in sorted(links.glob("*.parquet")):
                for batch in pyarrow.parquet.ParquetFile(part).iter_batches():
                    write(pa.Table.from_batches([batch], LINKS))
        return
    if out.is_dir():
        shutil.rmtree(out)
    else:
        out.unlink(missing_ok=True)
    links.rename(out)


@contextmanager
def _told(spark: "SparkSession", label: str, progress: Progress) -> Iterator[None]:
    """Says every half a second how many tasks of the stages that run are done."""
    tracker, ended = spark.sparkContext.statusTracker(), Event()

    def tell() -> None:
        while not ended.wait(0.5):
            with suppress(Exception):  # a session that breaks says so itself
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                tasks = [(stage.numCompletedTasks, stage.numTasks) for stage in stages if stage is not None]
                if tasks:
                    progress(label, sum(done for done, _ in tasks), sum(all_ for _, all_ in tasks))

    progress(label, 0, None)
    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


@contextmanager
def _understood() -> Iterator[None]:
    """What a cluster commonly lacks, said with what to do."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        text = str(error)
        if "No module named" in text:
            name = text.split("No module named", 1)[1].split("'")[1]
            raise InputInvalid(
                f"Spark's workers have no Python module {name!r}: install prospekt[spark] of this version on every "
                "machine, and name its interpreter with PYSPARK_PYTHON."
            ) from error
        if "PATH_NOT_FOUND" in text or "FileNotFoundException" in text:
            raise InputInvalid(
                f"Spark's workers do not see the files: {_first_line(error)} Keep both lists and the folder of the "
                "result where all machines have them under the same path."
            ) from error
        raise


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
