"""A JSON array too large to hold, cut into its records while it streams by, and the names of the keys in what was read."""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from sources.errors import SourceAborted
from sources.kinds.file_kind import AGAIN
from sources.redact import without
from sources.source import Source

AT_ONCE = 32 << 10
"""Bytes of records that are read at once: what is made of more is no longer at hand when it is used."""
ALONE = 16 << 10
"""Bytes in which the end of a record is looked for first that has to be read alone."""
LONGEST_START = 64 << 10
MOST_RECORD_BYTES = 64 << 20
"""Text that is no whole record by then is no record at all."""

# some clients saw the array of a whole file bare, others in an object such as {"companies": [...]}
_OPENED = re.compile(rb'\s*(?P<object>\{\s*(?:"\w+"\s*:\s*(?:"\w*"|\w+)\s*,\s*)*"\w+"\s*:\s*)?\[\s*')
_OPENED_BARE = re.compile(rb"\s*(?P<object>(?!))?\[\s*")
_NEXT = re.compile(rb"\s*([,\]])?\s*")
_EMPTY = re.compile(rb"\s*(\])?\s*")
_END = re.compile(rb"\s*")
_END_OF_OBJECT = re.compile(rb'\s*(?:,\s*"\w+"\s*:\s*(?:"\w*"|\w+)\s*)*\}\s*')
_SEAM = re.compile(rb'\}\s*,\s*\{\s*"[^"\\]*"\s*:')
# numbers are taken as they are written
_AS_WRITTEN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that follow each other; `written` is their text where their numbers are numbers, not text as written."""

    records: list[dict[str, Any]]
    written: bytes | None = None

    def as_written(self) -> list[dict[str, Any]]:
        """The records with all numbers as they are written."""
        return self.records if self.written is None else _read_as_written(b"[" + self.written + b"]")


def read_elements(source: Source, chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array that streams by, numbers as they are written, with all that they hold.

    Raises SourceAborted where it is no array of objects, or ends before the array does.
    """
    text = _Text(source.name, "its list", iter(chunks), hint="Nothing of it was used.")
    for batch in _cut(text, _OPENED_BARE, _read_as_written):
        yield from batch.records


def cut_records(source: str, name: str, chunks: Iterable[bytes]) -> Iterator[Batch]:
    """The records of the JSON array that the file `name` is, bare or in an object, however its stream is cut.

    Raises SourceAborted where it is no array of objects, ends before the array does, or goes on behind it.
    """
    return _cut(_Text(source, name, iter(chunks), hint=AGAIN), _OPENED, orjson.loads)


def sift_elements(
    source: Source, chunks: Iterable[bytes], is_wanted: Callable[[dict[str, Any]], bool]
) -> Iterator[bytes]:
    """The wanted objects of a JSON array that streams by, one a line; of the others nothing is kept.

    Of the wanted ones is kept what may be stored.
    """
    for element in read_elements(source, chunks):
        if is_wanted(element):
            kept = without(element, source.privacy.never_store)
            yield json.dumps(kept, ensure_ascii=False).encode() + b"\n"


def name_keys(payload: object, *, leave_out: frozenset[str] = frozenset({"_links"}), above: str = "") -> Iterator[str]:
    """The dotted names of all keys that hold something, in every nesting; lists do not show.

    >>> sorted(set(name_keys({"a": [{"b": 1, "c": {}}, {"b": 2}], "d": None, "_links": {"e": 1}})))
    ['a.b', 'a.c']
    """
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            if name not in leave_out:
                yield from name_keys(value, leave_out=leave_out, above=f"{above}.{name}" if above else name)
        if payload or not above:
            return
    elif isinstance(payload, list):
        for value in payload:
            yield from name_keys(value, leave_out=leave_out, above=above)
        if any(isinstance(value, (Mapping, list)) for value in payload):
            return
    if above and payload is not None:
        yield above


# --- from bytes to records ---------------------------------------------------------------------------------------
def _read_as_written(written: bytes) -> Any:  # noqa: ANN401 - a raw payload
    return _AS_WRITTEN.decode(written.decode())


@dataclass(slots=True)
class _Text:
    """The text of a stream as far as it was read and not yet used up."""

    source: str
    name: str
    chunks: Iterator[bytes]
    hint: str
    buffer: bytes = b""
    position: int = 0
    count: int = 0
    is_at_end: bool = False
    is_odd: bool = False
    """Whether what is in the buffer could not be read as several records at once."""

    def grow(self) -> bool:
        """Read on; false at the end of the stream. Raises where text piles up that nobody can use."""
        if self.is_at_end:
            return False
        if len(self.buffer) - self.position > MOST_RECORD_BYTES:
            raise self.refused(f"what follows its record {self.count:,} is no record")
        chunk = next(filter(None, self.chunks), b"")  # a piece may be empty while a redactor holds it back
        self.is_at_end = not chunk
        self.buffer = self.buffer[self.position :] + chunk
        self.position, self.is_odd = 0, False
        return True

    def skip_mark(self) -> None:
        while len(self.buffer) < len(codecs.BOM_UTF8) and self.grow():
            pass
        self.buffer = self.buffer.removeprefix(codecs.BOM_UTF8)

    def take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """What fits at the place reached, blanks behind it and all; that place is then behind it."""
        while True:
            found = pattern.match(self.buffer, self.position)
            is_cut = found.end() == len(self.buffer) if found else len(self.buffer) - self.position < LONGEST_START
            if is_cut and self.grow():
                continue
            if found is not None:
                self.position = found.end()
            return found

    def refused(self, what: str) -> SourceAborted:
        return SourceAborted(
            f"{self.name} is not one JSON array of records: {what}.", source=self.source, hint=self.hint
        )


def _cut(text: _Text, opened: re.Pattern[bytes], read: Callable[[bytes], Any]) -> Iterator[Batch]:
    """The objects of the array that the text is; several at once as `read` gives them."""
    text.skip_mark()
    start = text.take(opened)
    if start is None:
        raise text.refused("it does not begin as one")
    after = text.take(_EMPTY)
    seam = None
    while after is None or after[1] != b"]":
        if seam is not None and (batch := _read_several(seam, text, read)) is not None:
            text.count += len(batch.records)
            yield batch
        else:
            record = _read_next(text)
            if not isinstance(record, dict):
                raise text.refused(f"its record {text.count + 1:,} is no object")
            text.count += 1
            yield Batch([record])
            seam = seam or _SEAM.match(text.buffer, text.position - 1)
        after = text.take(_NEXT)
        if after is None or after[1] is None:
            raise text.refused(f"it ends or breaks after record {text.count:,}, as a file that was cut short does")
    while text.grow():  # to the end, where an archive's checksum is
        pass
    if (_END_OF_OBJECT if start["object"] else _END).fullmatch(text.buffer, text.position) is None:
        raise text.refused(f"something follows its last record, {text.count:,}")


def _read_several(seam: re.Match[bytes], text: _Text, read: Callable[[bytes], Any]) -> Batch | None:
    """The records as far as the text reaches, read at once; None where that cannot be.

    Where a record ends is not known without reading it. But records mostly begin alike: up to the last place at which
    one seems to begin as the second did, the text is a list of whole records, or no JSON at all, whatever it is then.
    """
    if text.is_odd or (end := text.buffer.rfind(seam[0], text.position, text.position + AT_ONCE)) == -1:
        return None
    written = text.buffer[text.position : end + 1]
    try:
        records = read(b"[" + written + b"]")
    except (ValueError, RecursionError):
        records = []
    if not records or not all(record.__class__ is dict for record in records):
        text.is_odd = True
        return None
    text.position = end + 1
    return Batch(records, written)


def _read_next(text: _Text) -> Any:  # noqa: ANN401 - a raw payload
    """The one record at the place reached, its numbers as they are written."""
    length = ALONE
    while True:
        window = text.buffer[text.position : text.position + length]
        try:
            said, _ = codecs.utf_8_decode(window, "strict", False)
            record, end = _AS_WRITTEN.raw_decode(said)
        except RecursionError:
            raise text.refused(f"its record {text.count + 1:,} is nested too deeply") from None
        except UnicodeDecodeError as error:
            raise text.refused(f"it is not UTF-8 (byte 0x{window[error.start]:02x})") from None
        except ValueError as error:
            if length < len(text.buffer) - text.position:
                length *= 2
            elif not text.grow():
                raise text.refused(
                    f"it ends or breaks in record {text.count + 1:,}, as a file that was cut short does ({error})"
                ) from None
            continue
        text.position += len(said[:end].encode())
        return record
