"""SQL that somebody typed, asked of the published files: both of one publication, with their sources and their date."""

import errno
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import DiskFull, QueryStopped, WarehouseError
from db.private import make_private_folder
from db.sandbox import MEMORY_MB, Answer, Sandbox
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.gate import companies_file, people_file_of
from enrich.status import Published, read_publication


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlAnswer:
    """The rows, and the publication that they are of, with those of its sources that brought something."""

    answer: Answer
    published: Published


def ask_published(
    config: Config,
    sql: str,
    *,
    people: bool = False,
    seconds: float = 10,
    rows: int | None = 1000,
    memory_mb: int = MEMORY_MB,
) -> SqlAnswer:
    """The answer of the latest publication, as `Sandbox.ask`; with `people` also of its people file, which is logged.

    A publication that comes in between may remove the file that the link named: the newer one is asked then.
    """
    companies = companies_file(config)
    while True:
        try:
            attached = people_file_of(config, companies, why="sql") if people else None
            with Sandbox(companies, attached=attached, memory_mb=memory_mb) as sandbox:
                answer = sandbox.ask(sql, seconds=seconds, rows=rows)
            published = read_publication(companies)
            used = [source for source in published.sources if source["row_count"]]
            return SqlAnswer(answer=answer, published=replace(published, sources=used))
        except QueryStopped:
            raise
        except WarehouseError:
            newer = companies_file(config)
            if newer == companies:
                raise
            companies = newer


def write_parquet(found: SqlAnswer, out: Path) -> None:
    """Write the rows as Parquet; key `prospekt` of its metadata says of which day and out of which sources they are."""
    about = {
        "schema": "prospekt.sql/1",
        "as_of": found.published.as_of.isoformat(),
        "sources": found.published.sources,
        "truncated": found.answer.is_truncated,
    }
    table = found.answer.table.replace_schema_metadata({"prospekt": json.dumps(about, ensure_ascii=False, default=str)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_file(out, sink.getvalue().to_pybytes())


def write_file(out: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all; one of the same name is replaced."""
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        make_private_folder(out.parent)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(out)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskFull(out) from error
        raise InputInvalid(f"{out} cannot be written ({error.strerror}).") from error
