"""The one file in a ZIP archive, unpacked while the archive streams by, so that neither has to touch a disk first."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO

from isal import isal_zlib

from sources.damage import cannot_unpack
from sources.errors import RetryableError, SourceAborted
from sources.source import Source
from sources.stream import CHUNK, unpacked

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
END_BYTES = 22
MOST_UNPACKED_BYTES = 32 << 30
MOST_TAIL_BYTES = 1 << 20
"""What follows the only member is a directory of one entry; more than this is another member."""
_DEFLATED = 8
_ENCRYPTED = 1


def plain_text(source: Source, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The text of a stream that is a ZIP archive of one file, gzip, or text already.

    Raises SourceAborted where it is empty, damaged or too large, and RetryableError where it ends too early.
    """
    start = next(chunks, b"")
    if not start:
        raise SourceAborted("the file is empty (0 bytes).", source=source.name)
    try:
        if start.startswith(LOCAL):
            yield from unzipped(source.name, chain((start,), chunks), MOST_UNPACKED_BYTES)
        else:
            yield from unpacked(source, chain((start,), chunks), MOST_UNPACKED_BYTES)
    except zlib.error as error:
        raise SourceAborted(f"the file is a damaged gzip ({error}).", source=source.name) from None


def unzipped(source: str, chunks: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    """The bytes of the only member of an archive, checked by its checksum at the end.

    Raises SourceAborted for an archive of another make (several members, encrypted, stored) or a damaged one, and
    RetryableError for one that ends too early.
    """
    method, packed = _after_local_header(source, chunks)
    if method != _DEFLATED:
        raise cannot_unpack(source, "the archive", "not by deflate, or with a password")
    unpack, size, checksum = isal_zlib.decompressobj(wbits=-15), 0, 0
    while True:
        try:
            plain = unpack.decompress(packed, 16 * CHUNK)
        except isal_zlib.error as error:  # type: ignore[misc]  # isal's stub declares an instance, not a class
            raise SourceAborted(f"the archive is damaged ({error}).", source=source) from None
        size += len(plain)
        if size > most_bytes:
            raise SourceAborted(f"the archive unpacks to more than {most_bytes:,} bytes.", source=source)
        checksum = isal_zlib.crc32(plain, checksum)
        if plain:
            yield plain
        if unpack.eof:
            break
        packed = unpack.unconsumed_tail
        if not packed and not plain:
            packed = next(chunks, b"")
            if not packed:
                raise _cut_short(source)
    tail = unpack.unused_data
    while len(tail) < MOST_TAIL_BYTES and (chunk := next(chunks, b"")):
        tail += chunk
    _check_end(source, tail, checksum)


def inflated(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a deflated member of an archive on disk, checked by its checksum; zipfile's zlib takes 2.5 times as long.

    Raises zipfile.BadZipFile where it is damaged, EOFError where it ends too early.
    """
    file.seek(member.header_offset)
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(name_length + extra_length, os.SEEK_CUR)
    unpack, left, packed, checksum = isal_zlib.decompressobj(wbits=-15), member.compress_size, b"", 0
    while not unpack.eof:
        try:
            plain = unpack.decompress(packed, 16 * CHUNK)
        except isal_zlib.error as error:  # type: ignore[misc]  # isal's stub declares an instance, not a class
            raise zipfile.BadZipFile(str(error)) from None
        checksum = isal_zlib.crc32(plain, checksum)
        if plain:
            yield plain
        packed = unpack.unconsumed_tail
        if not packed and not plain and not unpack.eof:
            packed = file.read(min(CHUNK, left))
            left -= len(packed)
            if not packed:
                raise EOFError(f"{member.filename} ends too early")
    if checksum != member.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {member.filename!r}")


def _after_local_header(source: str, chunks: Iterator[bytes]) -> tuple[int, bytes]:
    """How the first member is packed (-1: encrypted), and what has come of it so far."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) < _LOCAL_HEADER.size:
            continue
        mark, _, flags, method, *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(head)
        if mark != LOCAL:
            raise SourceAborted("the archive holds no file.", source=source)
        start = _LOCAL_HEADER.size + name_length + extra_length
        if len(head) >= start:
            return (-1 if flags & _ENCRYPTED else method), head[start:]
    raise _cut_short(source)


def _check_end(source: str, tail: bytes, checksum: int) -> None:
    """What follows the member: its directory entry states the checksum, its end says that nothing is missing."""
    central, end = tail.find(CENTRAL), tail.rfind(END)
    if LOCAL in tail[: None if central == -1 else central] or tail.count(CENTRAL) > 1:
        raise SourceAborted("the archive holds several files where one was expected.", source=source)
    if central == -1 or end < central or len(tail) < end + END_BYTES:
        raise _cut_short(source)
    if int.from_bytes(tail[central + 16 : central + 20], "little") != checksum:
        raise SourceAborted("the archive is damaged (its checksum is wrong).", source=source)


def _cut_short(source: str) -> RetryableError:
    return RetryableError(f"{source}: the archive was cut short on its way.", source=source)
