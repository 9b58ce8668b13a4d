"""Documents of a search index as text columns in a file: of each only what its layout reads ever reaches the disk."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kinds.file_copy import file_sha256
from sources.kinds.json_record import RecordReader
from sources.kinds.text_table import text_schema, text_table
from sources.kinds.unfinished import Unfinished
from sources.redact import without
from sources.source import Coverage, Delivery, Layout, Source

Document = dict[str, Any]
ROWS_AT_ONCE = 20_000


def deliver_documents(
    source: Source,
    layout: Layout,
    documents: Iterable[Document],
    *,
    keeps: Callable[[str, Mapping[str, Any]], bool],
    coverage: Coverage,
    landing: Path,
    moment: datetime,
    url: str | None = None,
    cursor: str | None = None,
    unknown: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    check: Callable[[int], None] = lambda _: None,
    original_sha256: str | None = None,
    unfinished: Unfinished | None = None,
    place: Callable[[], Any] = lambda: None,
) -> Delivery:
    """The documents as a delivery of `moment`, kept as Parquet in the folder `landing`.

    Of a document is kept what the layout reads, and of the objects in its lists those that `keeps` lets through. `check`
    is told how many came and raises where that cannot be. Nothing is left in `landing` where this raises.

    What is `unfinished` comes before the documents, and what is read is added to it, with the `place` that it reaches to;
    it is let go of at the end.
    """
    landing.mkdir(parents=True, exist_ok=True)
    seq = int(moment.timestamp() * 1000)
    kept = landing / f"{layout.name}-{seq}.parquet"
    part = kept.with_name(f"{kept.name}.part")
    reader = RecordReader(layout)
    try:
        with pq.ParquetWriter(part, text_schema(_names(layout)), compression="zstd") as file:
            before = 0 if unfinished is None else unfinished.rows
            for rows in unfinished.tables() if unfinished is not None else ():
                file.write_table(rows)
            for rows in _tables(layout, reader, (_less(source, layout, document, keeps) for document in documents)):
                file.write_table(rows)
                if unfinished is not None:
                    unfinished.add(rows, place())
        if unfinished is not None:
            unfinished.drop()  # also where the check fails: what was read would fail it again
        check(before + reader.records)
        part.rename(kept)
    finally:
        part.unlink(missing_ok=True)
    return Delivery(
        source=source.name,
        layout=layout,
        rows=kept,
        form="parquet",
        coverage=coverage,
        fetched_at=moment,
        source_seq=seq,
        made_seq=seq if coverage is Coverage.COMPLETE else None,
        url=url,
        cursor=cursor,
        original_sha256=original_sha256,
        kept_sha256=file_sha256(kept),
        unknown=unknown,
        warnings=tuple(dict.fromkeys((*warnings, *reader.warnings()))),
    )


def _less(
    source: Source, layout: Layout, document: Document, keeps: Callable[[str, Mapping[str, Any]], bool]
) -> Document:
    """The document less what is ignored, what is never stored, and the objects in its lists that may not be kept."""
    # what is ignored goes first: it is most of a whole document
    read = {name: value for name, value in document.items() if name not in layout.ignored}
    return {
        name: [one for one in value if not isinstance(one, Mapping) or keeps(name, one)]
        if isinstance(value, list)
        else value
        for name, value in without(read, source.privacy.never_store).items()
    }


def _tables(layout: Layout, reader: RecordReader, documents: Iterator[Document]) -> Iterator[pa.Table]:
    names = _names(layout)
    while rows := [reader.read(document) for document in islice(documents, ROWS_AT_ONCE)]:
        yield text_table(rows, names)


def _names(layout: Layout) -> list[str]:
    return sorted(layout.columns_read())
