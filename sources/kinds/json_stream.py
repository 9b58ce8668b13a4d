"""A JSON array too large to hold, read element by element, and the names of the keys in what was read."""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sources.errors import SourceAborted
from sources.redact import without
from sources.source import Source

MOST_ELEMENT_CHARACTERS = 64 << 20
_SEPARATORS = re.compile(r"[,\s]*")
_SCAN = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode


def read_elements(source: Source, chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array that streams by, numbers as they are written, with all that they hold.

    Raises SourceAborted where it is no array of objects, or ends before the array does.
    """
    text, at, is_open = "", 0, False
    for piece in _decoded(source, chunks):
        text, at = text[at:] + piece, 0
        if not is_open:
            text = text.lstrip("\ufeff \t\r\n")
            if not text:
                continue
            if text[0] != "[":
                raise SourceAborted("what it sent is no JSON list.", source=source.name, hint="Nothing of it was used.")
            is_open, at = True, 1
        while (at := _SEPARATORS.match(text, at).end()) < len(text):  # type: ignore[union-attr]  # it fits nothing too
            if text[at] == "]":
                return
            if text[at] != "{":
                raise SourceAborted("its list holds something else than objects.", source=source.name)
            try:
                element, at = _SCAN(text, at)
            except ValueError:  # the rest of it is still to come
                if len(text) - at > MOST_ELEMENT_CHARACTERS:
                    raise SourceAborted("its list has an element without end.", source=source.name) from None
                break
            yield element
    raise SourceAborted("its list was cut short, or an element of it is damaged.", source=source.name)


def _decoded(source: Source, chunks: Iterable[bytes]) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8")().decode
    for chunk in chunks:
        try:
            yield decode(chunk)
        except UnicodeDecodeError as error:
            raise SourceAborted(f"its list is not UTF-8 ({error.reason}).", source=source.name) from None


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
