"""Documents of a search index in a file given by hand: one a line, in a JSON array, or as the index answered.

A document may stand alone, below its root key, or in the hit that it came in (`_source`). It streams by: what may not be
stored is gone before anything is kept.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import orjson

from sources.damage import told_of_damage
from sources.errors import SourceAborted
from sources.kinds.file_copy import CHUNK
from sources.kinds.file_date import file_moment
from sources.kinds.file_kind import AGAIN, refuse_what_is_no_table
from sources.kinds.index_rows import Document, deliver_documents
from sources.kinds.json_stream import read_elements
from sources.kinds.search_index import Index
from sources.source import Coverage, Delivery, Source

MOST_ANSWER_BYTES = 512 << 20
"""A saved answer of the index is read at once; a whole register comes one document a line."""
GZIP = b"\x1f\x8b"


def read_index_file(
    source: Source,
    index: Index,
    path: Path,
    *,
    coverage: Coverage,
    landing: Path,
) -> Delivery:
    """The file as a delivery; it counts as fetched at its `file_moment`.

    Raises SourceAborted where it is missing, damaged, cut short or holds something else than these documents.
    """
    if not path.is_file():
        raise SourceAborted(f"there is no file {path}.", source=source.name)
    moment = file_moment(source, path)

    def documents(file: "IO[bytes] | gzip.GzipFile") -> Iterator[Document]:
        for place, found in enumerate(_objects(source, path, file), start=1):
            for document in _documents(source, path.name, found, index.root):
                if index.number not in document:
                    raise SourceAborted(
                        f"document {place:,} of {path.name} has no {index.number!r}: it is no record of this register.",
                        source=source.name,
                        hint="Nothing was loaded.",
                    )
                yield document

    def check(came: int) -> None:
        if not came:
            raise SourceAborted(f"{path.name} holds no record.", source=source.name, hint=AGAIN)

    with told_of_damage(source.name, path.name), _open_plain(path) as file:
        return deliver_documents(
            source,
            index.layout,
            documents(file),
            keeps=index.keeps,
            coverage=coverage,
            landing=landing,
            moment=moment,
            check=check,
            original_sha256=_sha256(path),
        )


def _open_plain(path: Path) -> "IO[bytes] | gzip.GzipFile":
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP
    return gzip.open(path) if is_packed else path.open("rb")


def _objects(source: Source, path: Path, file: "IO[bytes] | gzip.GzipFile") -> Iterator[dict[str, Any]]:
    """The objects at the top of the file: of an array, of its lines, or the one that it is."""
    first = next((line for line in file if line.strip()), b"")
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"[":
        yield from read_elements(source, _chunks(start, file))
        return
    if start[:1] != b"{":
        refuse_what_is_no_table(source.name, path.name, first)
        raise SourceAborted(f"{path.name} is no JSON.", source=source.name, hint="Give the documents of the index.")
    try:
        yield _parsed(start)
    except ValueError:
        yield _parsed_whole(source, path.name, start + file.read(MOST_ANSWER_BYTES))
        return
    for count, line in enumerate(file, start=2):
        if line.strip():
            try:
                yield _parsed(line)
            except ValueError:
                raise SourceAborted(
                    f"{path.name} ends or breaks in line {count:,}, as a file that was cut short does.",
                    source=source.name,
                    hint=AGAIN,
                ) from None


def _parsed(text: bytes) -> dict[str, Any]:
    found = orjson.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _parsed_whole(source: Source, name: str, text: bytes) -> dict[str, Any]:
    try:
        return _parsed(text)
    except ValueError:
        raise SourceAborted(
            f"{name} is neither one document a line nor one answer of the index.", source=source.name, hint=AGAIN
        ) from None


def _chunks(start: bytes, file: "IO[bytes] | gzip.GzipFile") -> Iterator[bytes]:
    yield start
    while chunk := file.read(CHUNK):
        yield chunk


def _documents(source: Source, name: str, found: Mapping[str, Any], root: str) -> Iterator[Document]:
    hits = found.get("hits")
    if isinstance(hits, dict):
        shards = found.get("_shards") or {}
        if found.get("timed_out") or shards.get("failed") not in (0, "0", None):
            raise SourceAborted(
                f"{name} is an answer with a part of what the index has (shards that failed, or a time-out).",
                source=source.name,
                hint="Ask the index again.",
            )
        for hit in hits.get("hits") or ():
            yield from _documents(source, name, hit, root)
        return
    inner = found.get("_source", found)
    document = inner.get(root, inner) if isinstance(inner, dict) else None
    if isinstance(document, dict):
        yield document
    else:
        raise SourceAborted(f"{name} holds something else than documents.", source=source.name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
