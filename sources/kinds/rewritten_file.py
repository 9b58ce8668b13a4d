"""A whole file of a register that is rewritten while it streams by, because its bytes may not be kept as they come.

It comes from the net or by hand, packed or plain. How it is rewritten is each family's own: rows about persons are
among those of companies, and none of them may reach the disk.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.errors import RetryableError, SourceAborted
from sources.kinds.file_copy import file_sha256
from sources.kinds.file_date import file_moment
from sources.source import Coverage, Delivery, Known, Layout, Source
from sources.stream import CHUNK
from sources.unzip import plain_text

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What became of a file: where its rows are kept, in which layout, and how many of its rows were about persons."""

    path: Path
    layout: Layout
    rows: int
    persons: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeFile:
    """What a whole file is held to.

    `made_every` says how old the newest file can be. A complete file has at least `min_rows`, those about persons among
    them.
    """

    made_every: timedelta
    min_rows: int


Rewrite = Callable[[Iterator[bytes], Path], Rewritten]
"""Writes what may be kept of the plain bytes of a file to a folder; where it raises, nothing is left behind."""


def fetch_rewritten(
    client: "PoliteClient",
    source: Source,
    form: WholeFile,
    rewrite: Rewrite,
    url: str,
    *,
    landing: Path,
    known: Known,
) -> Delivery | None:
    """The register's whole file, complete; None where it has not changed since `known`."""
    taken = client.take(source, url, lambda chunks: rewrite(plain_text(source, chunks), landing), etag=known.etag)
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


def read_rewritten(
    source: Source, form: WholeFile, rewrite: Rewrite, path: Path, *, coverage: Coverage, landing: Path
) -> Delivery:
    """A file given by hand, packed or not, as a delivery; it counts as fetched at its `file_moment`."""
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
        rewritten = rewrite(plain_text(source, read()), landing)
    except RetryableError:
        raise SourceAborted(f"{path.name} is cut short.", source=source.name, hint="Download it again.") from None
    except PermissionError:
        raise SourceAborted(f"{path.name} may not be read: permission denied.", source=source.name) from None
    fetched_at = file_moment(source, path)
    sha256 = digest.hexdigest()
    return _deliver(source, form, rewritten, coverage=coverage, fetched_at=fetched_at, original_sha256=sha256)


def _deliver(
    source: Source,
    form: WholeFile,
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
        kept_sha256=file_sha256(rewritten.path),
        warnings=(*((left_out,) if rewritten.persons else ()), *rewritten.warnings),
    )
