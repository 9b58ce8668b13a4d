"""A data package to hand out: the companies as Parquet, a file a table and country, described as Frictionless says.

`datapackage.json` (https://specs.frictionlessdata.io/data-package/) names sources, licences and attributions, and of
each column its type and meaning. Only what is about companies goes in: nothing of the CRM, of marks, lists and scores.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.contract import SCHEMA_VERSION
from db.private import make_private_folder
from db.warehouse import Row
from enrich.errors import InputInvalid, NotFound
from enrich.gate import Readers
from enrich.progress import Progress
from enrich.search import read_as_of

TABLES = {
    "company": ("last_known_at",),
    "account": ("source", "known_from"),
    "signal": ("source", "known_from"),
    "technology": ("source", "last_seen_at"),
}
"""The tables of a package; beside their open columns those that say of which source and day a row is."""

BATCH = 100_000
"""Companies at a time: what bounds the memory."""

_OPEN = ("open", "mixed")
_LEFT_OUT = frozenset({"site_description"})
"""The words of the company's own site: theirs to hand out, and they may name somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One file of the package, by its path in it; `country` is null where it is unknown."""

    table: str
    country: str | None
    path: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageReport:
    """What was written, or on a dry run would be; `held_back` companies may not leave (marketing protection)."""

    folder: Path
    companies: int
    held_back: int
    resources: Sequence[Resource]
    as_of: datetime
    sources: Sequence[Row]


def write_package(
    readers: Readers, folder: Path, *, countries: Sequence[str] = (), dry_run: bool = False, progress: Progress
) -> PackageReport:
    """Write the companies of some countries (else of all) and what is known of them into a new folder.

    The folder appears whole or not at all. Raises `InputInvalid` where it is there and not empty, or cannot be
    written, `NotFound` for a country without companies.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputInvalid(f"{folder} is there already and not empty: name a new folder.")
    rows = readers.warehouse.rows("package/countries")
    there = {str(row["country_code"]) for row in rows if row["country_code"] is not None}
    for country in countries:
        if country not in there:
            raise NotFound("company of the country", country, sorted(there)[:5])
    chosen = [row for row in rows if not countries or row["country_code"] in countries]
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")  # no other run's
    try:
        if not dry_run:
            shutil.rmtree(unfinished, ignore_errors=True)
            make_private_folder(unfinished)
        resources, admitted = _write_tables(readers, chosen, None if dry_run else unfinished, progress)
        report = PackageReport(
            folder=folder,
            companies=admitted,
            held_back=len(chosen) - admitted,
            resources=resources,
            as_of=read_as_of(readers),
            sources=[source for source in readers.warehouse.rows("status/sources") if source["row_count"]],
        )
        if not dry_run:
            _describe(readers, report, unfinished)
            unfinished.replace(folder)
    except OSError as error:
        raise InputInvalid(f"{folder} cannot be written ({error.strerror}); nothing was left there.") from error
    finally:
        if not dry_run:
            shutil.rmtree(unfinished, ignore_errors=True)
    return report


def _write_tables(
    readers: Readers, chosen: Sequence[Row], folder: Path | None, progress: Progress
) -> tuple[list[Resource], int]:
    columns = {table: [name for name, _ in _columns(readers, table)] for table in TABLES}
    resources: list[Resource] = []
    admitted = done = 0
    for country, rows in groupby(chosen, key=lambda row: row["country_code"]):
        counts = dict.fromkeys(TABLES, 0)
        with ExitStack() as stack:
            writers: dict[str, pq.ParquetWriter] = {}
            for batch in _batches(list(rows)):
                free = [one.values["company_id"] for one in readers.admit(batch)]
                admitted += len(free)
                done += len(batch)
                with readers.warehouse.lend("admitted_rows", pa.table({"company_id": pa.array(free, pa.string())})):
                    for table in TABLES:
                        found = readers.warehouse.table(f"package/{table}").select(columns[table])
                        counts[table] += found.num_rows
                        if folder is not None and found.num_rows:
                            if table not in writers:
                                path = folder / _path(table, country)
                                path.parent.mkdir(exist_ok=True)
                                writers[table] = stack.enter_context(
                                    pq.ParquetWriter(path, found.schema, compression="zstd")
                                )
                            writers[table].write_table(found)
                progress("package", done, len(chosen))
        resources += [
            Resource(
                table=table, country=None if country is None else str(country), path=_path(table, country), rows=count
            )
            for table, count in counts.items()
            if count
        ]
    return resources, admitted


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _path(table: str, country: object) -> str:
    return f"{table}/{'unknown' if country is None else country}.parquet"


def _columns(readers: Readers, table: str) -> list[tuple[str, Mapping[str, object]]]:
    """Name and Frictionless field of each column of a table that goes into the package."""
    types = {
        row["column"]: str(row["type"]) for row in readers.warehouse.rows("publish/columns") if row["relation"] == table
    }
    found: list[tuple[str, Mapping[str, object]]] = []
    for row in readers.warehouse.rows("publish/comments"):
        if row["table"] == table and row["column"] is not None:
            privacy, _, what = str(row["comment"]).partition(": ")
            name = str(row["column"])
            if name not in _LEFT_OUT and (privacy in _OPEN or name in TABLES[table]):
                found.append((name, {"name": name, **_field_type(types[name]), "description": what}))
    return found


def _field_type(sql_type: str) -> dict[str, str]:
    """The type of a column as Table Schema calls it.

    >>> _field_type("DECIMAL(28,2)"), _field_type("VARCHAR[]"), _field_type("UUID")
    ({'type': 'number'}, {'type': 'array'}, {'type': 'string', 'format': 'uuid'})
    """
    if sql_type.endswith("[]"):
        return {"type": "array"}
    if sql_type == "UUID":
        return {"type": "string", "format": "uuid"}
    plain = {
        "VARCHAR": "string",
        "INTEGER": "integer",
        "BIGINT": "integer",
        "DOUBLE": "number",
        "DECIMAL": "number",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "TIMESTAMP WITH TIME ZONE": "datetime",
    }
    return {"type": plain.get(sql_type.partition("(")[0], "object")}


def _describe(readers: Readers, report: PackageReport, folder: Path) -> None:
    """Write datapackage.json, and the schema of each table beside it."""
    said = {row["table"]: row["comment"] for row in readers.warehouse.rows("publish/comments") if row["column"] is None}
    (folder / "schemas").mkdir()
    for table in {resource.table for resource in report.resources}:
        schema = {"fields": [field for _, field in _columns(readers, table)]}
        _write_json(folder / "schemas" / f"{table}.json", schema)
    licences = dict.fromkeys(str(source["licence"]) for source in report.sources)
    package = {
        "profile": "data-package",
        "name": "prospekt-companies",
        "title": "Companies out of open registers",
        "version": str(SCHEMA_VERSION),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "as_of": report.as_of.isoformat(),
        "description": "Each value is of the sources that its row names, under their licences; show their attributions. "
        "Null is unknown, and neither no nor zero.",
        "licenses": [
            {"name": "-".join(licence.replace(":", "").split()), "title": licence, "path": homepage}
            for licence in licences
            for homepage in [next(str(one["homepage"]) for one in report.sources if one["licence"] == licence)]
        ],
        "sources": [
            {
                "title": source["title"],
                "path": source["homepage"],
                "name": source["name"],
                "publisher": source["publisher"],
                "license": source["licence"],
                "attribution": source["attribution"],
                "last_delivery_at": str(source["last_delivery_at"]),
            }
            for source in report.sources
        ],
        "resources": [_resource(resource, said.get(resource.table), folder) for resource in report.resources],
    }
    _write_json(folder / "datapackage.json", package)


def _resource(resource: Resource, said: object, folder: Path) -> dict[str, object]:
    with (folder / resource.path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": f"{resource.table}-{(resource.country or 'unknown').lower()}",
        "path": resource.path,
        "profile": "data-resource",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": said,
        "bytes": (folder / resource.path).stat().st_size,
        "hash": f"sha256:{digest}",
        "rows": resource.rows,
        "schema": f"schemas/{resource.table}.json",
    }


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
