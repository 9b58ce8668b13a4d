"""A JSON record as text columns: the same whether it is one answer of an API or one of a million in a whole file.

Objects become dotted column names, lists of values lines of one text. A list of objects becomes JSON text: as it is,
or where the layout says what its objects hold (`Layout.lists`) only what is kept of them, in one spelling and order, so
that neither a reordered list nor a label that nobody reads makes a new version of a record.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from sources.source import Layout, Shape


class NotAsWritten(Exception):
    """A number was read as a float: how its source wrote it (1.50, 1e3) is lost, and has to be read anew as text."""


def flatten(payload: Mapping[str, Any], *, leave_out: frozenset[str] = frozenset({"_links"})) -> dict[str, str]:
    """A record as text columns; what is null or empty is left out, and so are HAL's links.

    >>> flatten({"navn": "A AS", "adresse": {"linjer": ["Vei 1", None, ""], "land": None}, "konkurs": False})
    {'navn': 'A AS', 'adresse.linjer': 'Vei 1', 'konkurs': 'false'}
    >>> flatten({"navn": [{"navn": "B", "fra": "2020-01-01"}], "_links": {"self": {}}})
    {'navn': '[{"navn": "B", "fra": "2020-01-01"}]'}
    """
    return {name: text for name, value in _leaves(payload, "", leave_out) if (text := _text(value))}


def _leaves(payload: Mapping[str, Any], prefix: str, leave_out: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name, value in payload.items():
        if isinstance(value, dict):
            if name not in leave_out:
                yield from _leaves(value, f"{prefix}{name}.", leave_out)
        elif name not in leave_out:
            yield prefix + name, value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if any(isinstance(part, (Mapping, list)) for part in value):
            return json.dumps(value, ensure_ascii=False)
        return "\n".join(text for part in value if (text := _text(part)))
    return str(value)


class RecordReader:
    """Reads records of one layout, and counts the records in which it met what the layout does not know.

    What it does not know is never refused, since the rest still holds: a key in any nesting, a value outside a closed
    code list (`Layout.values`), a list where a value should be, or the reverse.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._columns = frozenset(layout.columns)
        self._lists: dict[str, list[tuple[str, _Elements]]] = {}
        self._plain_lists = frozenset(name for name, shape in layout.lists.items() if not shape.keys) | layout.ignored
        for name, shape in layout.lists.items():
            if not shape.keys:
                continue
            path = shape.of or name
            self._lists.setdefault(path, []).append((name, _Elements(shape, path, layout.values)))
        self._values = {name: values for name, values in layout.values.items() if "[]" not in name}
        self._strange: Counter[str] = Counter()
        self._is_exact = False
        self.records = 0

    def read(self, payload: Mapping[str, Any]) -> dict[str, str]:
        """The record's text columns: those of the layout only."""
        self.records += 1
        columns: dict[str, str] = {}
        strange: set[str] = set()
        for name, value in _leaves(payload, "", _LINKS):
            if name in self._lists:
                for column, elements in self._lists[name]:
                    if value is not None and (text := elements.nested(value, strange)):
                        columns[column] = text
            elif text := value if value.__class__ is str else _text(value):
                if value.__class__ is not str and _holds_float(value):
                    strange.add(_FLOAT)
                if name not in self._columns:
                    if self._layout.unknown(self._columns | {name}):
                        strange.add(f"the unknown key {name!r}")
                    continue
                columns[name] = text
                if name in self._values and text not in self._values[name]:
                    strange.add(f"the unknown value {text[:40]!r} of {name!r}")
                if self._lists and isinstance(value, list) and name not in self._plain_lists:
                    strange.add(f"a list in the place of the value {name!r}")
        self._note(strange)
        return columns

    def _note(self, strange: set[str]) -> None:
        if _FLOAT in strange:
            if self._is_exact:
                raise NotAsWritten
            strange.discard(_FLOAT)
        self._strange.update(strange)

    def read_all(self, payloads: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """As `read`, for several; where one holds a float it raises NotAsWritten, and none of them counts."""
        records, strange, self._is_exact = self.records, self._strange.copy(), True
        try:
            return [self.read(payload) for payload in payloads]
        except NotAsWritten:
            self.records, self._strange = records, strange
            raise
        finally:
            self._is_exact = False

    def warnings(self) -> tuple[str, ...]:
        """A sentence for each thing that the layout does not know."""
        told = (f"{count:,} of {self.records:,} answers have {what}" for what, count in self._strange.items())
        return tuple(sorted(told))


def _holds_float(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_holds_float, value))
    return any(map(_holds_float, value.values())) if isinstance(value, dict) else isinstance(value, float)


_LINKS = frozenset({"_links"})
_FLOAT = "a float"
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)\\u00[01][0-9a-f]")
"""A control character as JSON escapes it: no name has one, and landing looks for them only outside of JSON."""


class _Elements:
    """The objects of one list as JSON text: the keys that are kept, in the order declared, the objects in order."""

    def __init__(self, shape: Shape, path: str, values: Mapping[str, frozenset[str]]) -> None:
        self._path = path
        self._known = frozenset(shape.keys) | shape.ignored
        self._is_deep = any("." in key for key in self._known)
        self._inside = {key: _Elements(inner, f"{path}[].{key}", values) for key, inner in shape.inside.items()}
        self._keys = [(key, f'"{key}":', self._inside.get(key), values.get(f"{path}[].{key}")) for key in shape.keys]

    def text(self, elements: list[Any], strange: set[str]) -> str:
        texts = []
        for element in elements:
            if not isinstance(element, dict):
                strange.add(f"a value in the place of an object in {self._path!r}")
                continue
            if self._is_deep:  # objects inside the object: dotted names, as at the top
                element = {key: value for key, value in _leaves(element, "", _LINKS) if value is not None}
            if not element.keys() <= self._known:
                strange.update(f"the unknown key {f'{self._path}[].{key}'!r}" for key in element.keys() - self._known)
            parts = [
                prefix + text
                for key, prefix, inside, values in self._keys
                if (value := element.get(key)) is not None
                and (
                    text := encode_basestring(value)
                    # nearly all values are this, and a call for each is a quarter of the time
                    if value.__class__ is str and value and inside is None and (values is None or value in values)
                    else self._part(key, value, values, strange)
                    if inside is None
                    else inside.nested(value, strange)
                )
            ]
            if parts:
                texts.append("{" + ",".join(parts) + "}")
        if not texts:
            return ""
        texts.sort()
        text = "[" + ",".join(texts) + "]"
        return _CONTROL.sub(r"\1", text) if "\\u00" in text else text

    def nested(self, value: object, strange: set[str]) -> str:
        """The list inside an object of another."""
        if not isinstance(value, list):
            strange.add(f"a single value in the place of the list {self._path!r}")
            return ""
        return self.text(value, strange)

    def _part(self, key: str, value: object, values: frozenset[str] | None, strange: set[str]) -> str:
        if isinstance(value, (dict, list)):
            strange.add(f"an object or list in the place of the value {f'{self._path}[].{key}'!r}")
            return ""
        if value.__class__ is float:
            strange.add(_FLOAT)
        text = _text(value)
        if values is not None and text and text not in values:
            strange.add(f"the unknown value {text[:40]!r} of {f'{self._path}[].{key}'!r}")
        return encode_basestring(text) if text else ""
