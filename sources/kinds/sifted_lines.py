"""A register's JSON, one object a line, in archives: of most lines, which are about persons, nothing may be kept.

Which sort of object a line is, is looked for before it is parsed; only lines of the wanted sorts are, and of them only
the keys that the layout reads reach the disk. A sort that nobody described is counted and told, never kept.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sources.errors import RetryableError, SourceAborted
from sources.kinds.file_date import written_at
from sources.kinds.index_rows import Document, deliver_documents
from sources.kinds.json_record import RecordReader
from sources.kinds.link_page import LinkPage, cut_short, issue_of_file, newest_issue, read_chunks
from sources.redact import without
from sources.source import Coverage, Delivery, Known, Layout, Source
from sources.unzip import plain_text

if TYPE_CHECKING:
    from sources.http import PoliteClient

MOST_LINE_BYTES = 16 << 20
_KIND = re.compile(rb'"kind"\s*:\s*"([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class SiftedLines:
    """Where the archives are, whose layout is `layout`, and the sorts of objects (`data.kind`): wanted, or known and left.

    A snapshot ends with a line of the sort `totals`, which no part but the last has.
    """

    links: LinkPage
    layout: Layout
    wanted: frozenset[str]
    left: frozenset[str]


def fetch_lines(
    client: "PoliteClient", source: Source, lines: SiftedLines, *, landing: Path, known: Known
) -> Delivery | None:
    """The newest complete snapshot; None where it is the one that `known` has (its ETag is the date of the file)."""
    issue = newest_issue(client, source, lines.links)
    if known.etag == issue.day.isoformat():
        return None
    sieve, digest, kept = _Sieve(source, lines), hashlib.sha256(), list[Path]()
    url = f"{client.bulk_url(source)}/{issue.names[0]}"
    try:
        for number, name in enumerate(issue.names):
            path = landing / f"sifted-{number}"
            taken = client.take(source, f"{client.bulk_url(source)}/{name}", partial(sieve.write, into=path))
            if taken is None:
                raise SourceAborted(f"{name} is 'not modified' without being asked for.", source=source.name)
            kept.append(path)
            sieve.count(taken.made)
            digest.update(taken.original_sha256.encode())
        return replace(
            sieve.deliver(kept, Coverage.COMPLETE, datetime.now(UTC), landing, digest.hexdigest(), url),
            etag=issue.day.isoformat(),
        )
    finally:
        for path in landing.glob("sifted-*"):
            path.unlink()


def read_lines(source: Source, lines: SiftedLines, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file given by hand, packed or not; of a complete one in parts, all parts that lie beside it."""
    issue, paths = issue_of_file(source, lines.links, path, whole=coverage is Coverage.COMPLETE)
    sieve, digest, kept = _Sieve(source, lines), hashlib.sha256(), list[Path]()

    def told(one: Path) -> Iterator[bytes]:
        for chunk in read_chunks(source, one):
            digest.update(chunk)
            yield chunk

    try:
        for number, one in enumerate(paths):
            into = landing / f"sifted-{number}"
            try:
                sieve.count(sieve.write(told(one), into))
            except RetryableError as error:
                raise cut_short(source, one, error) from None
            kept.append(into)
        fetched_at = max(map(written_at, paths)) if issue is None else min(issue.made_at, datetime.now(UTC))
        delivery = sieve.deliver(kept, coverage, fetched_at, landing, digest.hexdigest(), None)
        return replace(delivery, etag=None if issue is None else issue.day.isoformat())
    finally:
        for into in landing.glob("sifted-*"):
            into.unlink()


def is_lines(source: Source, path: Path) -> bool:
    """Whether a file holds JSON objects, packed or not, rather than a table; false where it cannot be read."""
    try:
        chunks = read_chunks(source, path)
        return next(plain_text(source, chunks), b"").lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"{"
    except (OSError, SourceAborted, RetryableError):
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sifted:
    """What one archive held: lines by sort, and a sentence for each thing in the kept ones that is not known."""

    kinds: Counter[str]
    reader: RecordReader


class _Sieve:
    def __init__(self, source: Source, lines: SiftedLines) -> None:
        self._source = source
        self._lines = lines
        self._marks = tuple(f'"{kind}"'.encode() for kind in sorted(lines.wanted))
        self._kinds: Counter[str] = Counter()
        self._warnings: dict[str, None] = {}

    def write(self, chunks: Iterator[bytes], into: Path) -> _Sifted:
        """Write what may be kept of an archive, one object a line; begins anew where it is called again."""
        into.parent.mkdir(parents=True, exist_ok=True)
        sifted = _Sifted(kinds=Counter(), reader=RecordReader(self._lines.layout))
        with into.open("wb") as file:
            for line in self._split(plain_text(self._source, chunks)):
                if any(mark in line for mark in self._marks):
                    found = self._parsed(line)
                    kind = str((found.get("data") or {}).get("kind"))
                    if kind in self._lines.wanted:
                        file.write(orjson.dumps(self._kept(sifted, found)) + b"\n")
                else:
                    said = _KIND.search(line)
                    kind = "none" if said is None else said[1].decode("utf-8", "replace")
                sifted.kinds[kind] += 1
        return sifted

    def count(self, sifted: _Sifted) -> None:
        """Take into the account what an archive held, once it was read to its end."""
        self._kinds.update(sifted.kinds)
        self._warnings |= dict.fromkeys(sifted.reader.warnings())

    def deliver(
        self, kept: list[Path], coverage: Coverage, moment: datetime, landing: Path, sha256: str, url: str | None
    ) -> Delivery:
        """What was kept, with what was left out and what nobody described."""
        known = self._lines.wanted | self._lines.left
        lines, own = self._kinds.total(), sum(self._kinds[kind] for kind in self._lines.wanted)
        if not own:
            raise SourceAborted(f"none of {lines:,} lines is of a sort that is read.", source=self._source.name)
        left_out = sum(self._kinds[kind] for kind in self._lines.left)
        told = [
            f"{count:,} lines are of the unknown sort {kind[:60]!r}: nothing of them was kept"
            for kind, count in sorted(self._kinds.items())
            if kind not in known
        ]
        if left_out:
            told.append(
                f"{left_out:,} of {lines:,} lines are about natural persons, public bodies or nobody: left out while the "
                "file was read, nothing of them was kept"
            )
        return deliver_documents(
            self._source,
            self._lines.layout,
            (orjson.loads(line) for path in kept for line in _lines_of(path)),
            keeps=lambda *_: True,
            coverage=coverage,
            landing=landing,
            moment=moment,
            url=url,
            original_sha256=sha256,
            warnings=(*told, *self._warnings),
        )

    def _split(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        held = b""
        for chunk in chunks:
            *lines, held = (held + chunk).split(b"\n")
            yield from filter(bytes.strip, lines)
            if len(held) > MOST_LINE_BYTES:
                raise SourceAborted("a line of the file has no end.", source=self._source.name)
        if held.strip():
            yield held

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            found = orjson.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("data") or {}, dict):
            raise SourceAborted(
                "a line of the file is no JSON object.", source=self._source.name, hint="Download it again."
            )
        return found

    def _kept(self, sifted: _Sifted, found: Mapping[str, Any]) -> Document:
        """The object less all that the layout does not read."""
        columns = sifted.reader.read(without(found, self._source.privacy.never_store))
        read = self._lines.layout.columns_read()
        return {name: text for name, text in columns.items() if name in read}


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file
