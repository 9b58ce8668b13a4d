"""`prospekt link`: any two lists of companies matched, without a warehouse."""

import errno
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from db.errors import DiskFull, FolderReadOnly
from db.warehouse import Warehouse
from enrich.crm.country import country_names
from enrich.crm.labels import fold_label
from enrich.errors import InputInvalid
from enrich.match.candidates import Candidate, find_candidates
from enrich.match.lists import read_list, registration_key
from enrich.match.sides import Stated, make_compared
from enrich.normalise.address import normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain
from enrich.normalise.name import normal_columns
from enrich.progress import Progress

SCHEMA = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("rank", pa.int32()),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("evidence", pa.string()),
    ]
)

LEFT_ROWS_AT_ONCE = 50_000

_NUMBER = "number"
"""Both lists' registration numbers are taken to be of one scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """What linking did; `linked` left rows have at least one candidate, `nameless` ones of either list none to compare."""

    left_rows: int
    right_rows: int
    nameless: int
    linked: int
    links: int


def link_files(
    left: Path, right: Path, out: Path, *, left_id: str | None, right_id: str | None, top: int, progress: Progress
) -> LinkReport:
    """For each row of the left list, its best `top` rows of the right one, written to `out` (.csv or .parquet).

    Lists are CSV or Parquet files; see `read_list`. Raises `InputInvalid`, and then writes nothing.
    """
    if out.suffix not in (".csv", ".parquet"):
        raise InputInvalid(f"{out}: the result is written as .csv or .parquet; give it one of these endings.")
    left_rows = right_rows = nameless = linked = links = 0
    with (
        tempfile.TemporaryDirectory(prefix="prospekt-link-") as folder,
        Warehouse.open_scratch(Path(folder)) as scratch,
    ):
        scratch.run("match/lists")
        for part in read_list(right, id_column=right_id, option="--right-id"):
            reference = _reference_table(part)
            scratch.load("match_list", reference)
            right_rows += part.num_rows
            nameless += reference["core_name"].null_count
            progress("read", right_rows, None)
        scratch.run("match/list_reference")
        with _write_links(out) as write:
            for part in _parts(read_list(left, id_column=left_id, option="--left-id")):
                keys, queries = part["id"].to_pylist(), make_compared(_stated_rows(part))
                left_rows += part.num_rows
                nameless += sum(not query.names for query in queries)
                for number, candidates in find_candidates(scratch, keys, queries, progress):
                    linked += 1
                    links += min(top, len(candidates))
                    write(_link_table(keys[number], candidates[:top]))
    return LinkReport(left_rows=left_rows, right_rows=right_rows, nameless=nameless, linked=linked, links=links)


def _parts(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    for table in tables:
        for start in range(0, table.num_rows, LEFT_ROWS_AT_ONCE):
            yield table.slice(start, LEFT_ROWS_AT_ONCE)


@lru_cache(maxsize=10_000)
def _country(text: str) -> str | None:
    """A country's name or code as ISO 3166-1 alpha-2; a code that the table lacks stands for itself."""
    return country_names().get(fold_label(text)) or (text.upper() if len(text) == 2 and text.isalpha() else None)


def _stated_rows(part: pa.Table) -> list[Stated]:
    return [
        Stated(
            key=row["id"] or "",
            names=(row["name"],) if row["name"] else (),
            country_code=_country(row["country"]) if row["country"] else None,
            numbers=_numbers(row["registration_number"]),
            addresses=(row["domain"],) if row["domain"] else (),
            postal_code=row["postal_code"],
            city=row["city"],
        )
        for row in part.to_pylist()
    ]


def _numbers(text: str | None) -> tuple[tuple[str, str], ...]:
    key = None if text is None else registration_key(text)
    return () if key is None else ((_NUMBER, key),)


def _reference_table(part: pa.Table) -> pa.Table:
    """Rows of the right list as rows of match_list: as `_stated_rows` and `make_compared`, but by columns."""
    core_names, core_keys, _, legal_forms = normal_columns([name or "" for name in part["name"].to_pylist()])
    return pa.table(
        {
            "ref_id": part["id"],
            "name": part["name"],
            "country_code": _each(part["country"], _country),
            "core_name": pa.array([text or None for text in core_names], pa.string()),
            "core_key": pa.array([text or None for text in core_keys], pa.string()),
            "legal_form_class": pa.array(legal_forms, pa.string()),
            "domain": _each(part["domain"], employer_domain),
            "postal_code": _each(part["postal_code"], normalise_postal_code),
            "city_key": _each(part["city"], lru_cache(100_000)(normalise_city)),
            "number": _each(part["registration_number"], registration_key),
        }
    )


def _each(column: pa.ChunkedArray, normalise: Callable[[str], str | None]) -> pa.Array:
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    return pa.array([normalise(text) if text else None for text in column.to_pylist()], pa.string())


def _link_table(left_id: str, candidates: list[Candidate]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "left_id": left_id,
                "right_id": candidate.record_id,
                "rank": rank,
                "score": round(candidate.scored.score, 3),
                "probability": round(candidate.probability, 6),
                "evidence": json.dumps(
                    {f"{item.comparison}: {item.outcome}": round(item.weight, 2) for item in candidate.scored.evidence}
                ),
            }
            for rank, candidate in enumerate(candidates, start=1)
        ],
        schema=SCHEMA,
    )


@contextmanager
def _write_links(out: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Writes tables of links, to a file aside that takes its place when all is written."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    make = pa.csv.CSVWriter if out.suffix == ".csv" else pa.parquet.ParquetWriter
    waiting: list[pa.Table] = []
    try:
        with make(unfinished, SCHEMA) as writer:

            def write(links: pa.Table) -> None:
                waiting.append(links)
                if len(waiting) >= 10_000:
                    flush()

            def flush() -> None:
                writer.write_table(pa.concat_tables([SCHEMA.empty_table(), *waiting]).combine_chunks())
                waiting.clear()

            yield write
            flush()
        unfinished.replace(out)
    except FileNotFoundError as error:
        raise InputInvalid(f"There is no folder {out.parent}: make it, or choose another with --out.") from error
    except OSError as error:
        raise (DiskFull if error.errno == errno.ENOSPC else FolderReadOnly)(out.parent) from error
    finally:
        with suppress(OSError):  # there may be no folder to clean
            unfinished.unlink(missing_ok=True)
