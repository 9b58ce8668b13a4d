"""A register's whole text file with separators of its own, in which rows about persons stand among the others.

It is rewritten while it streams by, from the net or from a file given by hand: what reaches the disk is Parquet with
the columns that the layout reads, without any row about a person and without personal numbers in its texts. A row
whose number is of no known form might be a person's: it is kept as an empty one that says so (`FAULT`), for landing
to reject and count.
"""

import codecs
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sources.errors import SourceAborted
from sources.kinds.bulk_file import pick_layout
from sources.kinds.file_kind import refuse_what_is_no_table
from sources.kinds.rewritten_file import Rewritten, fetch_rewritten, read_rewritten
from sources.kinds.text_rows import FAULT, RowReader, TextForm
from sources.source import Coverage, Delivery, Known, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

BLOCK_BYTES = 16 << 20
MOST_FAULTY_SHARE = 0.05
FEWEST_FAULTY = 100
"""Where more than this share of rows (and more than this many) is broken, the file is not what it is taken for."""


def fetch_text(
    client: "PoliteClient", source: Source, form: TextForm, url: str, *, landing: Path, known: Known
) -> Delivery | None:
    """The register's whole file, complete; None where it has not changed since `known`."""
    return fetch_rewritten(client, source, form, partial(rewrite, source, form), url, landing=landing, known=known)


def read_text(source: Source, form: TextForm, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file given by hand, packed or not, as a delivery; it counts as fetched when it was last written."""
    return read_rewritten(source, form, partial(rewrite, source, form), path, coverage=coverage, landing=landing)


def rewrite(source: Source, form: TextForm, chunks: Iterator[bytes], landing: Path) -> Rewritten:
    """Writes what may be kept of the plain text of a file to `landing`; nothing is left there where this raises.

    Raises SourceAborted where the file is none of this register's, damaged, or broken in too many of its rows,
    UnknownLayout for another header, and RetryableError where a packed file is cut short.
    """
    landing.mkdir(parents=True, exist_ok=True)
    blocks = _blocks(source.name, form, chunks)
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
