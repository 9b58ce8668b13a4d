"""Takes values that may never be stored out of a JSON text while it streams by, before any of it reaches a disk.

>>> redactor = Redactor(("fodselsdato",))
>>> redactor.feed(b'{"navn": "Kari", "fodselsd') + redactor.feed(b'ato": "1970-01-') + redactor.feed(b'02"}')
b'{"navn": "Kari", "fodselsdato":null'
>>> redactor.finish()
b'}'
"""

import re
from typing import Any

_SPACE = b" \t\r\n"
_QUOTE, _BACKSLASH = b'"\\'


class Redactor:
    """Replaces the value of each named key with null, whatever its type and wherever the stream is cut.

    No byte of such a value is ever returned. Keys are found as they are spelt; one written with escapes, which no
    register does, is taken out where the answer is parsed (`without`).
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        names = [key.encode() for key in keys]
        self._key = re.compile(b'"(?:' + b"|".join(re.escape(name) for name in names) + b')"')
        self._longest = max(map(len, names), default=0) + 2
        self._is_idle = not keys
        self._rest = b""
        self._is_in_value = False
        self._is_in_text = False
        self._is_escaped = False
        self._depth = 0

    def feed(self, data: bytes) -> bytes:
        """What of the stream so far may be kept, less what was returned before."""
        if self._is_idle:
            return data
        kept = []
        data, self._rest = self._rest + data, b""
        while data:
            if self._is_in_value:
                data = self._after_value(data)
                continue
            found = self._key.search(data)
            # without a key in sight, the last bytes may still be the beginning of one
            end = found.end() if found else max(0, len(data) - self._longest + 1)
            after = data[end:].lstrip(_SPACE)
            if found is None or not after:
                end = found.start() if found else end
                kept.append(data[:end])
                self._rest = data[end:]
                break
            kept.append(data[:end])
            data = data[end:]
            if after.startswith(b":"):
                kept.append(b":null")
                data = after[1:]
                self._is_in_value = True
        return b"".join(kept)

    def finish(self) -> bytes:
        """What was held back, at the end of the stream; nothing where it ends inside a value."""
        return b"" if self._is_in_value else self._rest

    def _after_value(self, data: bytes) -> bytes:
        """What follows the value at hand; nothing while it goes on."""
        for position, byte in enumerate(data):
            if self._is_in_text:
                if self._is_escaped or byte == _BACKSLASH:
                    self._is_escaped = not self._is_escaped
                elif byte == _QUOTE:
                    self._is_in_text = False
                    self._is_in_value = self._depth > 0
            elif byte == _QUOTE:
                self._is_in_text = True
            elif byte in b"[{":
                self._depth += 1
            elif self._depth == 0 and byte in b",]}":
                self._is_in_value = False
                return data[position:]
            elif byte in b"]}":
                self._depth -= 1
                self._is_in_value = self._depth > 0
            if not self._is_in_value:
                return data[position + 1 :]
        return b""


def without(payload: Any, keys: tuple[str, ...]) -> Any:  # noqa: ANN401 - a raw payload
    """A parsed JSON value less the named keys at any depth.

    >>> without({"person": {"navn": "Kari", "fodselsdato": "1970-01-02"}}, ("fodselsdato",))
    {'person': {'navn': 'Kari'}}
    """
    if isinstance(payload, dict):
        return {name: without(value, keys) for name, value in payload.items() if name not in keys}
    if isinstance(payload, list):
        return [without(value, keys) for value in payload]
    return payload
