"""A register's whole table as CSV in a ZIP archive, or in several numbered ones: rewritten while it streams by.

What reaches the disk is Parquet with the columns that the layout reads, as text, under names without the blanks that
some headers have before them. A row that is no row of the table (too many values, bytes that are no text) is kept as an
empty one that says so (`FAULT`), for landing to reject and count.
"""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as pa_csv

from sources.errors import RetryableError, SourceAborted
from sources.kinds.bulk_file import pick_layout
from sources.kinds.file_copy import is_utf8
from sources.kinds.file_date import written_at
from sources.kinds.file_kind import refuse_what_is_no_table
from sources.kinds.link_page import (
    Issue,
    LinkPage,
    cut_short,
    issue_of_file,
    newest_issue,
    plain_text,
    read_chunks,
)
from sources.kinds.text_rows import BROKEN_LINE, FAULT, NOT_TEXT
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

BLOCK_BYTES = 16 << 20
LONGEST_ROW_BYTES = 8 << 20
MOST_FAULTY_SHARE = 0.05
FEWEST_FAULTY = 100
"""Where more than this share of rows (and more than this many) is broken, the file is not what it is taken for."""


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
    with rows.open("rb") as file:
        kept_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
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
        kept_sha256=kept_sha256,
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
    blocks = _blocks(source.name, plain_text(source, next(chunks, b""), chunks))
    names = _header(source.name, next(blocks, b""))
    layout = pick_layout(source, (*names, FAULT))
    rows = _Rows(names, sorted(layout.columns_read() - {FAULT}))
    path = landing / f"{layout.name}-{number}.parquet"
    part = path.with_name(f"{path.name}.part")
    schema = pa.schema([(name, pa.string()) for name in (*rows.wanted, FAULT)])
    try:
        with (
            pq.ParquetWriter(part, schema, compression="snappy", use_dictionary=False, write_statistics=False) as file,
            ThreadPoolExecutor(1) as writer,
        ):
            # the next block is unpacked while this one is read and written
            written: Future[None] | None = None
            for block in blocks:
                if written is not None:
                    written.result()
                written = writer.submit(lambda block: file.write_table(rows.read(block)), block)
            if written is not None:
                written.result()
        if rows.faulty > max(FEWEST_FAULTY, MOST_FAULTY_SHARE * rows.count):
            raise SourceAborted(
                f"{rows.faulty:,} of {rows.count:,} rows cannot be read: this is not how the register writes its file.",
                source=source.name,
                hint="Give the file as the register publishes it, or download it again. Nothing was loaded.",
            )
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return layout, path


# --- from bytes to rows ------------------------------------------------------------------------------------------
def _blocks(source: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The header line, then blocks of whole rows: none ends inside quotes."""
    held = b""
    for chunk in chunks:
        held += chunk
        if b"\n" in held:
            break
    refuse_what_is_no_table(source, "the file", held[: 1 << 16])
    line, _, held = held.partition(b"\n")
    yield line
    parts, size = [held], len(held)
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size < BLOCK_BYTES:
            continue
        block = b"".join(parts)
        cut = _end_of_rows(block)
        if cut == 0 and len(block) > BLOCK_BYTES + LONGEST_ROW_BYTES:
            raise SourceAborted("the file has a row without end: a quote in it is never closed.", source=source)
        if cut:
            yield block[:cut]
        parts, size = [block[cut:]], len(block) - cut if cut else 0
    if rest := b"".join(parts).rstrip(b"\r\n"):
        yield rest + b"\n"


def _end_of_rows(block: bytes) -> int:
    """Behind the last line end that no quote encloses; 0 where there is none."""
    end = block.rfind(b"\n") + 1
    quotes = block.count(b'"', 0, end)
    while end and quotes % 2:
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(b'"', before, end)
        end = before
    return end


def _header(source: str, line: bytes) -> tuple[str, ...]:
    try:
        text = line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceAborted(
            f"the header has byte 0x{line[error.start]:02x} at position {error.start}, which is not UTF-8.",
            source=source,
            hint="Give the file as the register publishes it.",
        ) from None
    names = tuple(name.strip().strip('"').strip() for name in next(csv.reader([text]), ()))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceAborted(f"the file names a column twice: {', '.join(twice)}.", source=source)
    return names


@dataclass(slots=True)
class _Rows:
    """Reads blocks of whole rows into tables of the wanted columns and `FAULT`, and counts rows."""

    names: tuple[str, ...]
    wanted: list[str]
    count: int = 0
    faulty: int = 0

    def read(self, block: bytes) -> pa.Table:
        block, not_text = _text_only(block)
        broken: list[pa_csv.InvalidRow] = []

        def set_aside(row: pa_csv.InvalidRow) -> str:
            broken.append(row)
            return "skip"

        table = self._empty() if not block.strip() else self._parsed(block, set_aside)
        faults = [BROKEN_LINE] * len(broken) + [NOT_TEXT] * not_text
        self.count += len(table) + len(faults)
        self.faulty += len(faults)
        sound = table.append_column(FAULT, pa.array([""] * len(table), pa.string()))
        if not faults:
            return sound
        nothing = pa.array([""] * len(faults), pa.string())
        return pa.concat_tables(
            [sound, pa.table(dict.fromkeys(self.wanted, nothing) | {FAULT: pa.array(faults, pa.string())})]
        )

    def _parsed(self, block: bytes, set_aside: object) -> pa.Table:
        return pa_csv.read_csv(
            pa.py_buffer(block),
            read_options=pa_csv.ReadOptions(column_names=list(self.names), block_size=len(block) + 1),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=set_aside),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(self.wanted, pa.string()),
                include_columns=self.wanted,
            ),
        )

    def _empty(self) -> pa.Table:
        return pa.table({name: pa.array([], pa.string()) for name in self.wanted})


def _text_only(block: bytes) -> tuple[bytes, int]:
    """The block less its lines that are not UTF-8, and how many they are."""
    try:
        codecs.utf_8_decode(block, "strict", True)
    except UnicodeDecodeError:
        lines = block.splitlines(keepends=True)
        sound = [line for line in lines if is_utf8(line)]
        return b"".join(sound), len(lines) - len(sound)
    return block, 0
