"""Copies a file while checking that it is whole and readable, so that nothing unsound is ever kept."""

import codecs
import gzip
import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from isal import isal_zlib

from sources.errors import SourceAborted
from sources.kinds.file_kind import AGAIN

CHUNK = 1 << 20
MOST_UNPACKED_BYTES = 64 << 30
"""A gzip that unpacks to more than this is no register's file; the largest known is under 5 GiB."""
UNPACKED = ".unpacked"
"""How the name of a gzip's text ends, which is kept only until it is landed."""
ROOM_TO_UNPACK = 30
"""A gzip is unpacked where this many times its size is free: ten for its text, as much again for the warehouse."""
MOST_UNREADABLE_LINES = 0.01
"""Above this share of lines that are not UTF-8 the file has another encoding; below it single rows are damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A file that is kept: hashes of the original and of what is kept, and where its text lies unpacked, if anywhere.

    The hashes differ where Windows line ends became plain ones.
    """

    original_sha256: str
    kept_sha256: str
    unpacked: Path | None


def copy_checked(source: str, path: Path, kept: Path, *, form: str) -> Copied:
    """Copies the file and checks it to its end in the same pass.

    What a gzip holds is written beside it as it is checked, where the disk has room: landing reads it twice, and two
    readers of plain text can share the work. Raises SourceAborted for a file that is cut short, damaged or not UTF-8;
    nothing is left then.
    """
    digest = hashlib.sha256()
    part, plain = (kept.with_name(f"{kept.name}.{step}") for step in ("part", "plain"))
    unpacked = kept.with_name(f"{kept.name}{UNPACKED}") if form == "csv.gz" and _has_room(path, kept.parent) else None
    check = _TextCheck(source=source, name=path.name)
    unpack = _Unpack(source=source, name=path.name) if form == "csv.gz" else None
    try:
        with ExitStack() as files:
            original, copy = files.enter_context(path.open("rb")), files.enter_context(part.open("wb"))
            text_file = files.enter_context(unpacked.open("wb")) if unpacked else None
            # writing the text takes as long as unpacking and checking it; neither holds the interpreter's lock
            writer = files.enter_context(ThreadPoolExecutor(1))
            written: Future[int] | None = None
            while chunk := original.read(CHUNK):
                digest.update(chunk)
                copy.write(chunk)
                for text in unpack.feed(chunk) if unpack else (chunk,) if form == "csv" else ():
                    if text_file:
                        if written:
                            written.result()
                        written = writer.submit(text_file.write, text)
                    check.feed(text)
            if written:
                written.result()
        if unpack:
            unpack.finish()
        check.finish()
        original_sha256 = kept_sha256 = digest.hexdigest()
        if form != "parquet" and _unify_line_ends(part, plain, packed=form == "csv.gz"):
            plain.rename(part)
            with part.open("rb") as file:
                kept_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if unpacked:
                unpacked.unlink()
                unpacked = None
        part.rename(kept)
    except BaseException:
        if unpacked:
            unpacked.unlink(missing_ok=True)
        raise
    finally:
        part.unlink(missing_ok=True)
        plain.unlink(missing_ok=True)
    return Copied(original_sha256=original_sha256, kept_sha256=kept_sha256, unpacked=unpacked)


def _has_room(path: Path, folder: Path) -> bool:
    return shutil.disk_usage(folder).free > ROOM_TO_UNPACK * path.stat().st_size


def _unify_line_ends(path: Path, plain: Path, *, packed: bool) -> bool:
    """Writes a text file that has Windows line ends with plain ones to `plain`; whether it has any.

    The warehouse's strict CSV reader finds no row at all in a file with such line ends, and says nothing.
    """
    with gzip.open(path) if packed else path.open("rb") as lines:
        if not lines.readline().endswith(b"\r\n"):
            return False
        lines.seek(0)
        with gzip.open(plain, "wb", compresslevel=1) if packed else plain.open("wb") as unified:
            for line in lines:
                unified.write(line[:-2] + b"\n" if line.endswith(b"\r\n") else line)
    return True


@dataclass(slots=True, kw_only=True)
class _Unpack:
    """Unpacks gzip piece by piece, members one after another, to see that it is whole."""

    source: str
    name: str
    _member: "isal_zlib.Decompress | None" = None
    _unpacked: int = 0

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            if self._member is None:
                packed = packed.lstrip(b"\0")  # tapes and some servers pad the end with zeros
                if not packed:
                    return
                self._member = isal_zlib.decompressobj(wbits=31)
            try:
                text = self._member.decompress(packed, 16 * CHUNK)
            except isal_zlib.error as error:  # type: ignore[misc]  # isal's stub declares an instance, not a class
                raise SourceAborted(
                    f"{self.name} is a damaged gzip ({error}).", source=self.source, hint=AGAIN
                ) from None
            self._unpacked += len(text)
            if self._unpacked > MOST_UNPACKED_BYTES:
                raise SourceAborted(
                    f"{self.name} unpacks to more than {MOST_UNPACKED_BYTES >> 30} GiB.", source=self.source
                )
            yield text
            packed = self._member.unconsumed_tail or self._member.unused_data
            if self._member.eof:
                self._member = None

    def finish(self) -> None:
        if self._member is not None:
            raise SourceAborted(
                f"{self.name} is cut short: the gzip does not reach its end ({self._unpacked:,} bytes unpacked).",
                source=self.source,
                hint=AGAIN,
            )


@dataclass(slots=True, kw_only=True)
class _TextCheck:
    """Counts lines that are not UTF-8, to tell another encoding from a few damaged rows."""

    source: str
    name: str
    _rest: bytes = b""
    _position: int = 0
    _lines: int = 0
    _unreadable: int = 0
    _first: int | None = None

    def feed(self, text: bytes) -> None:
        end = text.rfind(b"\n") + 1
        if end == 0:
            self._rest += text
            return
        self._judge(self._rest + text[:end])
        self._rest = text[end:]

    def finish(self) -> None:
        self._judge(self._rest)
        if self._unreadable > max(1, MOST_UNREADABLE_LINES * self._lines):
            raise SourceAborted(
                f"{self.name} is not UTF-8: {self._unreadable:,} of {self._lines:,} lines cannot be read, "
                f"the first at byte {self._first:,}.",
                source=self.source,
                hint="Save it as UTF-8; do not open and save a register's file in a spreadsheet.",
            )

    def _judge(self, lines: bytes) -> None:
        try:
            codecs.utf_8_decode(lines, "strict", True)
        except UnicodeDecodeError as error:
            if self._first is None:
                self._first = self._position + error.start
            self._unreadable += sum(not is_utf8(line) for line in lines.splitlines())
        self._lines += lines.count(b"\n")
        self._position += len(lines)


def is_utf8(line: bytes) -> bool:
    """Whether the bytes are text in UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file as it lies there, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
