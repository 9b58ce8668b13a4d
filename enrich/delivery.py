"""What landing needs to know of a delivery: where its rows lie, why some cannot be used, where all of it came from."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from db.intake import HASH_BASIS_BITS, REQUIRED, csv_relation, hashed_columns
from db.warehouse import Warehouse
from sources.source import Delivery, Layout, Source

_REASONS = (
    ("missing_key", None, "the row has no key of its own"),
    ("key_too_long", None, "the row's key is longer than 200 characters"),
    ("name_too_long", None, "the name is longer than 1,000 characters"),
    ("duplicate_id", None, "an earlier row of the same delivery has the same id"),
    ("erased", None, "the record was erased here, or withdrawn by its source"),
    ("invalid_encoding", "INVALID ENCODING", "the line holds bytes that are not UTF-8"),
    ("missing_columns", "MISSING COLUMNS", "the line has fewer values than the header has columns"),
    ("too_many_columns", "TOO MANY COLUMNS", "the line has more values than the header has columns"),
    ("broken_quotes", "UNQUOTED VALUE", "a quoted value of the line does not end as it should"),
    ("line_too_long", "LINE SIZE OVER MAXIMUM", "the line is longer than 8 MB"),
    ("unreadable", "INVALID STATE", "the line is not CSV"),
)


def layouts_of_part(source: Source, part: str) -> list[str]:
    """Names of the layouts in which one part of a source's population comes."""
    return [layout.name for layout in source.layouts if layout.part == part]


def hash_basis(layout: Layout) -> int:
    """A number (below 2^15) for the set of source columns that the hashes of a layout are made of."""
    names = "\x1f".join(hashed_columns(layout))
    return zlib.crc32(names.encode()) % (1 << HASH_BASIS_BITS)


@contextmanager
def open_rows(warehouse: Warehouse, delivery: Delivery) -> Iterator[tuple[str, int]]:
    """The relation that holds the delivery's rows, and how many header lines it has, while the block runs.

    A file is read as `$path` (`path_to_read`). Its unpacked text is removed at the end.
    """
    if isinstance(delivery.rows, pa.Table):
        with warehouse.lend("land_delivered", delivery.rows):
            yield "land_delivered", 0
    elif delivery.form == "parquet":
        yield "read_parquet($path)", 0
    else:
        try:
            yield csv_relation(_read_header(delivery.rows)), 1
        finally:
            if delivery.unpacked is not None:
                delivery.unpacked.unlink(missing_ok=True)


def path_to_read(delivery: Delivery) -> Path | None:
    """The delivery's file, unpacked where that is at hand; None where its rows are in memory."""
    return delivery.unpacked or (delivery.rows if isinstance(delivery.rows, Path) else None)


def _read_header(path: Path) -> list[str]:
    with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as file:
        line = file.readline()
        while line.count(b'"') % 2:
            line += file.readline()
    return [name.strip() for name in next(csv.reader([line.decode("utf-8-sig")]))]


def reasons_of(delivery: Delivery) -> pa.Table:
    """Every reason for which a row of the delivery may be rejected: its code, DuckDB's word for it, a sentence."""
    rows = [
        *_REASONS,
        *((code, None, sentence) for code, sentence in REQUIRED.values()),
        *((code, None, sentence) for code, sentence, _ in delivery.layout.rejects),
    ]
    known = {code: (code, error_type, reason) for code, error_type, reason in rows}
    return pa.table(
        {
            name: pa.array([row[place] for row in known.values()], pa.string())
            for place, name in enumerate(("code", "error_type", "reason"))
        }
    )


def provenance_of(source: Source, delivery: Delivery) -> dict[str, object]:
    """Where the delivery came from and what it is, as columns of `core.run`."""
    return {
        "coverage": str(delivery.coverage),
        "url": delivery.url,
        "etag": delivery.etag,
        "original_sha256": delivery.original_sha256,
        "kept_sha256": delivery.kept_sha256,
        "layout": delivery.layout.name,
        "mapping_version": source.mapping_version,
        "source_seq": delivery.source_seq,
        "feed_cursor": delivery.cursor,
        "fetched_at": delivery.fetched_at,
    }
