"""An answer's bytes on their way: measured, unpacked, redacted, and refused where they are a web page."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from sources.errors import RetryableError, SourceAborted
from sources.redact import Redactor
from sources.source import Source

if TYPE_CHECKING:
    import httpx

CHUNK = 1 << 18


def measured(
    source: Source,
    response: "httpx.Response",
    most_bytes: int,
    see: Callable[[bytes], None] | None,
    *,
    body: Iterable[bytes] | None = None,
) -> Iterator[bytes]:
    """The body piece by piece, each shown to `see` as it came; raises SourceAborted once it is too large.

    `body` is the answer's own, unless it is had in another way.
    """
    size = 0
    for chunk in response.iter_bytes(CHUNK) if body is None else body:
        size += len(chunk)
        if size > most_bytes:
            raise SourceAborted(f"{response.url.host} sends more than {most_bytes:,} bytes.", source=source.name)
        if see is not None:
            see(chunk)
        yield chunk


def redacted(chunks: Iterable[bytes], keys: tuple[str, ...]) -> Iterator[bytes]:
    """A stream of JSON less the values of these keys."""
    redactor = Redactor(keys)
    for chunk in chunks:
        yield redactor.feed(chunk)
    yield redactor.finish()


def unpacked(source: Source, chunks: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    """The plain text of a stream that may be gzip."""
    unpack, size = None, 0
    for position, packed in enumerate(chunks):
        if position == 0 and packed.startswith(b"\x1f\x8b"):
            unpack = zlib.decompressobj(wbits=31)
        rest = packed
        while rest:
            plain = rest if unpack is None else unpack.decompress(rest, 16 * CHUNK)
            rest = b"" if unpack is None else unpack.unconsumed_tail
            size += len(plain)
            if size > most_bytes:
                raise SourceAborted(f"the answer unpacks to more than {most_bytes:,} bytes.", source=source.name)
            yield plain
    if unpack is not None and not unpack.eof:
        raise RetryableError(f"{source.name}: the file was cut short on its way.", source=source.name)


def is_web_page(response: "httpx.Response", start: bytes) -> bool:
    """Whether an answer is HTML, by what it says of itself or by how it begins."""
    is_declared = response.headers.get("content-type", "").startswith("text/html")
    return is_declared or start[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))


def refuse_web_page(source: Source, response: "httpx.Response", start: bytes) -> None:
    """Raises SourceAborted where data was expected and HTML came, whatever its status."""
    if is_web_page(response, start):
        raise SourceAborted(
            f"{response.url.host} sent a web page in the place of data (HTTP {response.status_code}).",
            source=source.name,
            hint="A proxy or a log-in page may stand between; try again later or load the file with --file.",
        )
