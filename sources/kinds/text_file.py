"""A register's whole text file with separators of its own, in which rows about persons stand among the others.

It is rewritten while it streams by, from the net or from a file given by hand: what reaches the disk is Parquet with
the columns that the layout reads, without any row about a person and without personal numbers in its texts. A row
whose number is of no known form might be a person's: it is kept as an empty one that says so (`FAULT`), for landing
to reject and count.
"""

import codecs
import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sources.errors import RetryableError, SourceAborted
from sources.kinds.bulk_file import pick_layout
from sources.kinds.file_kind import refuse_what_is_no_table
from sources.kinds.text_rows import FAULT, RowReader, TextForm
from sources.source import Coverage, Delivery, Known, Layout, Source
from sources.stream import CHUNK, unpacked
from sources.unzip import LOCAL, unzipped

if TYPE_CHECKING:
    from sources.http import PoliteClient

MOST_UNPACKED_BYTES = 16 << 30
BLOCK_BYTES = 16 << 20
MOST_FAULTY_SHARE = 0.05
FEWEST_FAULTY = 100
"""Where more than this share of rows (and more than this many) is broken, the file is not what it is taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What became of a file: where its rows are kept, in which layout, and how many of its rows were about persons."""

    path: Path
    layout: Layout
    rows: int
    persons: int


def fetch_text(
    client: "PoliteClient", source: Source, form: TextForm, url: str, *, landing: Path, known: Known
) -> Delivery | None:
    """The register's whole file, complete; None where it has not changed since `known`."""
    taken = client.take(source, url, lambda chunks: rewrite(source, form, chunks, landing), etag=known.etag)
    if taken is None:
        return None
    return _deliver(
        source,
        form,
        taken.made,
        coverage=Coverage.COMPLETE,
        fetched_at=taken.fetched_at,
        original_sha256=taken.original_sha256,
        url=taken.url,
        etag=taken.etag,
    )


def read_text(source: Source, form: TextForm, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file given by hand, packed or not, as a delivery; it counts as fetched when it was last written."""
    digest = hashlib.sha256()

    def read() -> Iterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                yield chunk

    if not path.is_file():
        raise SourceAborted(
            f"{path} is a folder." if path.is_dir() else f"there is no file {path}.", source=source.name
        )
    try:
        rewritten = rewrite(source, form, read(), landing)
    except RetryableError:
        raise SourceAborted(f"{path.name} is cut short.", source=source.name, hint="Download it again.") from None
    except PermissionError:
        raise SourceAborted(f"{path.name} may not be read: permission denied.", source=source.name) from None
    fetched_at = min(datetime.fromtimestamp(path.stat().st_mtime, UTC), datetime.now(UTC))
    sha256 = digest.hexdigest()
    return _deliver(source, form, rewritten, coverage=coverage, fetched_at=fetched_at, original_sha256=sha256)


def _deliver(
    source: Source,
    form: TextForm,
    rewritten: Rewritten,
    *,
    coverage: Coverage,
    fetched_at: datetime,
    original_sha256: str,
    url: str | None = None,
    etag: str | None = None,
) -> Delivery:
    if coverage is Coverage.COMPLETE and rewritten.rows < form.min_rows:
        rewritten.path.unlink()
        raise SourceAborted(
            f"the complete file has {rewritten.rows:,} rows, expected are at least {form.min_rows:,}.",
            source=source.name,
            hint="The last good data stays. If the file is only a part of the register, load it with --partial.",
        )
    with rewritten.path.open("rb") as file:
        kept_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    left_out = (
        f"{rewritten.persons:,} of {rewritten.rows:,} rows are about natural persons: left out while the file was read, "
        "nothing of them was kept"
    )
    return Delivery(
        source=source.name,
        layout=rewritten.layout,
        rows=rewritten.path,
        form="parquet",
        coverage=coverage,
        fetched_at=fetched_at,
        source_seq=int(fetched_at.timestamp() * 1000),
        made_seq=int((fetched_at - form.made_every).timestamp() * 1000),
        url=url,
        etag=etag,
        original_sha256=original_sha256,
        kept_sha256=kept_sha256,
        warnings=(left_out,) if rewritten.persons else (),
    )


def rewrite(source: Source, form: TextForm, chunks: Iterator[bytes], landing: Path) -> Rewritten:
    """Writes what may be kept of the file to `landing`; nothing is left there where this raises.

    Raises SourceAborted where the file is none of this register's, damaged, or broken in too many of its rows,
    UnknownLayout for another header, and RetryableError where a packed file is cut short.
    """
    landing.mkdir(parents=True, exist_ok=True)
    blocks = _blocks(source.name, form, _plain(source, chunks))
    names = _header(source.name, form, next(blocks, b""))
    layout = pick_layout(source, (*(name for name in names if name), FAULT))
    reader = RowReader(form=form, names=names, wanted=sorted(layout.columns_read() - {FAULT}))
    path = landing / f"{layout.name}.parquet"
    part = path.with_name(path.name + ".part")
    schema = pa.schema([(name, pa.string()) for name in (*reader.wanted, FAULT)])
    try:
        with (
            pq.ParquetWriter(part, schema, compression="snappy", use_dictionary=False, write_statistics=False) as file,
            ThreadPoolExecutor(1) as writer,
        ):
            # the next block is unpacked and prepared while this one is read and written
            written: Future[None] | None = None
            for block in blocks:
                prepared = reader.prepare(block)
                if written is not None:
                    written.result()
                written = writer.submit(lambda rows: file.write_table(reader.read(*rows)), prepared)
            if written is not None:
                written.result()
        if reader.faulty > max(FEWEST_FAULTY, MOST_FAULTY_SHARE * reader.rows):
            raise SourceAborted(
                f"{reader.faulty:,} of {reader.rows:,} rows cannot be read: this is not how the register writes its file.",
                source=source.name,
                hint="Give the file as the register publishes it, or download it again. Nothing was loaded.",
            )
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return Rewritten(path=path, layout=layout, rows=reader.rows, persons=reader.persons)


# --- from bytes to blocks of whole rows --------------------------------------------------------------------------
def _plain(source: Source, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The text of a stream that may be a ZIP archive of one file, or gzip."""
    start = next(chunks, b"")
    if not start:
        raise SourceAborted("the file is empty (0 bytes).", source=source.name)
    rest = chain((start,), chunks)
    try:
        if start.startswith(LOCAL):
            yield from unzipped(source.name, rest, MOST_UNPACKED_BYTES)
        else:
            yield from unpacked(source, rest, MOST_UNPACKED_BYTES)
    except zlib.error as error:
        raise SourceAborted(f"the file is a damaged gzip ({error}).", source=source.name) from None


def _blocks(source: str, form: TextForm, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The header line, then blocks of whole rows, each ending with a line end; Windows line ends become plain ones."""
    # a line end within quotes ends no row; one between two quotes does
    end, kept = (b'"\n"', 2) if form.is_quoted else (b"\n", 1)
    held = b""
    for chunk in chunks:
        held += chunk
        if b"\n" in held:
            break
    refuse_what_is_no_table(source, "the file", held[: 1 << 16])
    line, _, held = held.partition(b"\n")
    yield line
    parts = [held]
    size = len(held)
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size >= BLOCK_BYTES:
            block = _with_plain_ends(b"".join(parts))
            cut = block.rfind(end) + kept
            if cut >= kept:
                yield block[:cut]
                block = block[cut:]
            parts, size = [block], len(block) if cut >= kept else 0
    if rest := _with_plain_ends(b"".join(parts)).rstrip(b"\n"):
        yield rest + b"\n"


def _with_plain_ends(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n") if b"\r" in block else block


def _header(source: str, form: TextForm, line: bytes) -> tuple[str, ...]:
    """The column names; one without a name, which stands behind a last separator, is empty."""
    try:
        text = line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r").decode(form.encoding)
    except UnicodeDecodeError as error:
        raise SourceAborted(
            f"the header has byte 0x{line[error.start]:02x} at position {error.start}, which is not {form.encoding}.",
            source=source,
            hint="Give the file as the register publishes it.",
        ) from None
    # the file of another register is to be known by its columns, however it separates them
    separator = next((one for one in (form.separator, "\t", ";", ",") if one in text), form.separator)
    names = tuple(name.strip().strip('"') for name in text.split(separator))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SourceAborted(f"the file names a column twice: {', '.join(twice)}.", source=source)
    return names
