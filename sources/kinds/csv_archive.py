"""A register's whole table as CSV in a ZIP archive, or in several numbered ones: rewritten while it streams by.

What reaches the disk is Parquet with the columns that the layout reads, as text, under names without the blanks that
some headers have before them. A row that is no row of the table (too many values, bytes that are no text) is kept as an
empty one that says so (`FAULT`), for landing to reject and count.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from sources.errors import RetryableError, SourceAborted
from sources.kinds.bulk_file import pick_layout
from sources.kinds.csv_rows import CsvRows, write_rows
from sources.kinds.file_copy import file_sha256
from sources.kinds.file_date import written_at
from sources.kinds.link_page import Issue, LinkPage, cut_short, issue_of_file, newest_issue, read_chunks
from sources.kinds.text_rows import FAULT
from sources.source import Coverage, Delivery, Known, Layout, Source
from sources.unzip import plain_text

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class TableArchive:
    """How the register publishes its table: the page of links, and how long before its date a file may be made.

    `oldest` is how old a file can be whose name does not say its date.
    """

    links: LinkPage
    made_before: timedelta
    oldest: timedelta


def fetch_archive(
    client: "PoliteClient", source: Source, table: TableArchive, *, landing: Path, known: Known
) -> Delivery | None:
    """The newest complete table; None where it is the one that `known` has (its ETag is the date of the file)."""
    issue = newest_issue(client, source, table.links)
    if known.etag == issue.day.isoformat():
        return None
    digest, made = hashlib.sha256(), []
    for number, name in enumerate(issue.names):
        url = f"{client.bulk_url(source)}/{name}"
        taken = client.take(source, url, partial(rewrite, source, landing=landing, number=number))
        if taken is None:
            raise SourceAborted(f"{url} answered 'not modified' without being asked.", source=source.name)
        made.append(taken.made)
        digest.update(taken.original_sha256.encode())
    sha256 = taken.original_sha256 if taken is not None and len(made) == 1 else digest.hexdigest()
    url = f"{client.bulk_url(source)}/{issue.names[0]}"
    return _deliver(source, table, made, issue, Coverage.COMPLETE, datetime.now(UTC), sha256, landing, url)


def read_archive(source: Source, table: TableArchive, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file given by hand, packed or not; of a complete one in parts, all parts that lie beside it.

    It counts as fetched on the day that its name says, else when it was last written.
    """
    issue, paths = issue_of_file(source, table.links, path, whole=coverage is Coverage.COMPLETE)
    digest = hashlib.sha256()

    def told(one: Path) -> Iterator[bytes]:
        for chunk in read_chunks(source, one):
            digest.update(chunk)
            yield chunk

    made = []
    for number, one in enumerate(paths):
        try:
            made.append(rewrite(source, told(one), landing, number))
        except RetryableError as error:
            raise cut_short(source, one, error) from None
    fetched_at = max(map(written_at, paths)) if issue is None else min(issue.made_at, datetime.now(UTC))
    return _deliver(source, table, made, issue, coverage, fetched_at, digest.hexdigest(), landing, None)


def _deliver(
    source: Source,
    table: TableArchive,
    made: list[tuple[Layout, Path]],
    issue: Issue | None,
    coverage: Coverage,
    fetched_at: datetime,
    sha256: str,
    landing: Path,
    url: str | None,
) -> Delivery:
    layout = made[0][0]
    rows = landing / f"{layout.name}.parquet"
    _join([path for _, path in made], rows)
    made_at = fetched_at - table.oldest if issue is None else min(issue.made_at, fetched_at) - table.made_before
    return Delivery(
        source=source.name,
        layout=layout,
        rows=rows,
        form="parquet",
        coverage=coverage,
        fetched_at=fetched_at,
        source_seq=int(fetched_at.timestamp() * 1000),
        made_seq=int(made_at.timestamp() * 1000),
        url=url,
        etag=None if issue is None else issue.day.isoformat(),
        original_sha256=sha256,
        kept_sha256=file_sha256(rows),
    )


def _join(parts: list[Path], rows: Path) -> None:
    """One file of several, piece by piece."""
    if len(parts) == 1:
        parts[0].rename(rows)
        return
    part = rows.with_name(f"{rows.name}.part")
    try:
        with pq.ParquetWriter(
            part, pq.read_schema(parts[0]), compression="snappy", use_dictionary=False, write_statistics=False
        ) as file:
            for path in parts:
                with pq.ParquetFile(path) as read:
                    for group in range(read.num_row_groups):
                        file.write_table(read.read_row_group(group))
        part.rename(rows)
    finally:
        part.unlink(missing_ok=True)
        for path in parts:
            path.unlink(missing_ok=True)


def rewrite(source: Source, chunks: Iterator[bytes], landing: Path, number: int) -> tuple[Layout, Path]:
    """Writes what the layout reads of one file to `landing`; nothing is left there where this raises.

    Raises SourceAborted where it is no table of this register's, damaged, or broken in too many of its rows,
    UnknownLayout for another header, and RetryableError where an archive is cut short.
    """
    landing.mkdir(parents=True, exist_ok=True)
    rows = CsvRows(source.name, "the file", plain_text(source, chunks), separator=",")
    layout = pick_layout(source, (*rows.header, FAULT))
    wanted = sorted(layout.columns_read() - {FAULT})
    path = landing / f"{layout.name}-{number}.parquet"
    write_rows(source.name, path, rows, wanted, ((table, 0) for table in rows.tables(wanted)))
    return layout, path
