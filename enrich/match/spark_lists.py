"""Lists of companies as Spark reads them: Parquet where it lies, each row with its place in the list."""

import re
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet

from enrich.errors import InputInvalid
from enrich.match.lists import SCHEMA, CompanyList, choose_columns, open_list, refuse_without_id, refusing_unreadable
from enrich.progress import Progress

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

PLACE = "place"
"""The column that numbers the rows of a list from 0, in the order of its files (by name) and of the rows in each."""


def load_list(
    spark: "SparkSession",
    path: Path,
    work: Path,
    *,
    id_column: str | None,
    option: str,
    progress: Progress,
    columns: Mapping[str, str] | None = None,
) -> tuple["DataFrame", int]:
    """The rows of a list, as `read_list` names its columns but in their own types, with `PLACE`; and how many they are.

    A Parquet file, or a folder of them, is read by the executors; anything else through this process, and a copy under
    `work`. All machines must see both. Raises `InputInvalid` as `read_list` does.
    """
    if path.suffix != ".parquet" and not path.is_dir():
        opened = open_list(path, id_column=id_column, option=option, columns=columns)
        path, id_column, columns = _copy_as_parquet(opened, work, progress), None, None
    with refusing_unreadable(path):
        files = _parquet_files(path)
        footers = [pyarrow.parquet.ParquetFile(file) for file in files]
        wanted = choose_columns(path, footers[0].schema_arrow.names, id_column, option, columns)
    sizes = [footer.metadata.num_rows for footer in footers]
    starts = dict(zip((file.name for file in files), accumulate(sizes, initial=0), strict=False))
    rows = _read_parquet(spark, files, wanted, starts)
    refuse_without_id(path, rows.where("id IS NULL").count(), wanted["id"], option)
    return rows, sum(sizes)


def _copy_as_parquet(opened: CompanyList, work: Path, progress: Progress) -> Path:
    """A copy of the rows, all its columns there, but empty where the list has none."""
    copy = work / f"{opened.option.strip('-')}.parquet"
    read = 0
    with pyarrow.parquet.ParquetWriter(copy, SCHEMA) as writer:
        for part in opened.parts():
            writer.write_table(part)
            read += part.num_rows
            progress("read", read, None)
    return copy


def _parquet_files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise InputInvalid(f"There is no Parquet file in the folder {path}.")
    return files


def _read_parquet(
    spark: "SparkSession", files: list[Path], wanted: dict[str, str], starts: dict[str, int]
) -> "DataFrame":
    """`starts` says by file name the place of its first row."""
    from pyspark.sql.functions import broadcast, col, lit

    def column(name: str) -> "Column":
        if name not in wanted:
            return lit(None).cast("string").alias(name)
        return col(f"`{wanted[name].replace('`', '``')}`").alias(name)

    read = spark.read.parquet(*map(spark_path, files))
    rows = read.select(
        *map(column, SCHEMA.names),
        col("_metadata.file_name").alias("file_name"),
        col("_metadata.row_index").alias("row_index"),
    )
    encoded = [file.rsplit("/", 1)[1] for file in read.inputFiles()]  # as file_name has it too
    starts_by_file = spark.createDataFrame(
        pa.table({"file_name": encoded, "start": pa.array([starts[unquote(name)] for name in encoded], pa.int64())})
    )
    return rows.join(broadcast(starts_by_file), "file_name").select(
        *SCHEMA.names, (col("start") + col("row_index")).alias(PLACE)
    )


def spark_path(path: Path) -> str:
    r"""A file or folder as Spark has to be told of it: it takes brackets and stars for patterns.

    >>> spark_path(Path("/lists/ours[1].parquet"))
    'file:///lists/ours\\[1\\].parquet'
    """
    return "file://" + re.sub(r"([\\{}\[\]*?^,])", r"\\\1", str(path.resolve()))
