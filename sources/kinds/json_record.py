"""A JSON record as text columns: the same whether it is one answer of an API or one of a million in a whole file.

Objects become dotted column names, lists of values lines of one text. A list of objects becomes JSON text: as it is,
or where the layout says what its objects hold (`Layout.lists`) only what is kept of them, in one spelling and order, so
that neither a reordered list nor a label that nobody reads makes a new version of a record.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

import orjson

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
        self._met: set[str] = set()
        self._lists: dict[str, list[tuple[str, _Elements]]] = {}
        self._plain_lists = frozenset(name for name, shape in layout.lists.items() if not shape.keys) | layout.ignored
        for name, shape in layout.lists.items():
            if not shape.keys:
                continue
            path = shape.of or name
            self._lists.setdefault(path, []).append((name, _Elements(shape, path, layout.values, self._met)))
        self._values = {name: values for name, values in layout.values.items() if "[]" not in name}
        self._places = _Places("", self._columns - self._lists.keys() - self._values.keys(), self._lists)
        self._strange: Counter[str] = Counter()
        self._is_exact = False
        self.records = 0

    def read(self, payload: Mapping[str, Any]) -> dict[str, str]:
        """The record's text columns: those of the layout only."""
        self.records += 1
        columns: dict[str, str] = {}
        self._walk(payload, self._places, columns)
        if self._met:
            self._note()
        return columns

    def _walk(self, payload: Mapping[str, Any], places: "_Places", columns: dict[str, str]) -> None:
        for key, value in payload.items():
            name, is_plain, lists = places[key]
            if is_plain and value.__class__ is str:
                if value:
                    columns[name] = value
            elif key in _LINKS:
                pass
            elif isinstance(value, dict):
                self._walk(value, places.below(key), columns)
            elif lists is not None:
                for column, elements in lists:
                    if value is not None and (text := elements.nested(value)):
                        columns[column] = text
            elif text := _text(value):
                self._read_value(name, value, text, columns)

    def _read_value(self, name: str, value: object, text: str, columns: dict[str, str]) -> None:
        """A value that is no plain text, or not of a column that may be any."""
        if _holds_float(value):
            self._met.add(_FLOAT)
        if name not in self._columns:
            if self._layout.unknown(self._columns | {name}):
                self._met.add(f"the unknown key {name!r}")
            return
        columns[name] = text
        if name in self._values and text not in self._values[name]:
            self._met.add(f"the unknown value {text[:40]!r} of {name!r}")
        if self._lists and isinstance(value, list) and name not in self._plain_lists:
            self._met.add(f"a list in the place of the value {name!r}")

    def _note(self) -> None:
        """Count what was met in a record."""
        met = self._met.copy()
        self._met.clear()
        if _FLOAT in met:
            if self._is_exact:
                raise NotAsWritten
            met.discard(_FLOAT)
        self._strange.update(met)

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


_MOST_SHAPES = 1_000
"""Objects of one list have few shapes; a list without such an order is read key by key."""
_MOST_REPEATED = 4_000
"""Texts of a list that are kept; one of which most lists so far were new is no such list."""
_LONGEST_REPEATED = 2_000


class _Places(dict[str, tuple[str, bool, "list[tuple[str, _Elements]] | None"]]):
    """What the keys of an object stand for: the column's name, whether any text may stand there, the lists made of it."""

    def __init__(self, above: str, plain: frozenset[str], lists: Mapping[str, list[tuple[str, "_Elements"]]]) -> None:
        self._above = above
        self._plain = plain
        self._lists = lists
        self._below: dict[str, _Places] = {}

    def __missing__(self, key: str) -> tuple[str, bool, "list[tuple[str, _Elements]] | None"]:
        name = self._above + key
        place = (name, name in self._plain, self._lists.get(name))
        if len(self) < _MOST_SHAPES:
            self[key] = place
        return place

    def below(self, key: str) -> "_Places":
        """The same of an object that stands there."""
        if (places := self._below.get(key)) is None:
            places = _Places(f"{self._above}{key}.", self._plain, self._lists)
            if len(self._below) < _MOST_SHAPES:
                self._below[key] = places
        return places


class _Codes(dict[str, str]):
    """The values of a closed code list as JSON text; one written as a number counts as its digits."""

    def __missing__(self, value: object) -> str:
        if value.__class__ is not int:  # true is no 1
            raise KeyError(value)
        return self[str(value)]


class _Elements:
    """The objects of one list as JSON text: the keys that are kept, in the order declared, the objects in order.

    What is strange in them is added to `strange`.
    """

    def __init__(self, shape: Shape, path: str, values: Mapping[str, frozenset[str]], strange: set[str]) -> None:
        self._path = path
        self._strange = strange
        self._known = frozenset(shape.keys) | shape.ignored
        self._is_deep = any("." in key for key in self._known)
        self._inside = {
            key: _Elements(inner, f"{path}[].{key}", values, strange) for key, inner in shape.inside.items()
        }
        self._keys = [(key, f'"{key}":', self._inside.get(key), values.get(f"{path}[].{key}")) for key in shape.keys]
        self._writers: dict[tuple[str, ...], Callable[[Any], str]] = {}
        self._repeated: dict[bytes, str] | None = {}
        self._hits = 0

    def text(self, elements: list[Any]) -> str:
        """The list, empty where nothing is kept of it."""
        writers = self._writers
        try:
            texts = [writers[tuple(element)](element) for element in elements]
            texts.sort()
            text = "[" + ",".join(texts) + "]"
            is_as_expected = ':""' not in text  # an empty value is left out
        except (KeyError, TypeError, ValueError):
            is_as_expected = False
        if not is_as_expected:
            texts = sorted(filter(None, map(self._read, elements)))
            text = "[" + ",".join(texts) + "]"
        if not texts:
            return ""
        return _CONTROL.sub(r"\1", text) if "\\u00" in text else text

    def nested(self, value: object) -> str:
        """The list inside an object of another."""
        if not isinstance(value, list):
            self._strange.add(f"a single value in the place of the list {self._path!r}")
            return ""
        if not value:
            return ""
        return self.text(value) if self._repeated is None else self._repeated_text(value, self._repeated)

    def _repeated_text(self, value: list[Any], known: dict[bytes, str]) -> str:
        """The list, written once however often it comes: labels and places do in every record."""
        try:
            said = orjson.dumps(value)
        except TypeError:  # half a surrogate pair, or a number of more than 64 bits
            return self.text(value)
        if (text := known.get(said)) is not None:
            self._hits += 1
            return text
        text = self.text(value)
        if len(known) >= _MOST_REPEATED:
            if self._hits < len(known):
                self._repeated = None
        elif len(said) <= _LONGEST_REPEATED and not self._strange:  # what is strange is counted each time
            known[said] = text
        return text

    def nested_text(self, value: object) -> str:
        """The same; raises ValueError where nothing is kept of it."""
        if not (text := self.nested(value)):
            raise ValueError("an empty list")
        return text

    def _read(self, element: object) -> str:
        """One object, key by key; its shape is known from then on."""
        if not isinstance(element, dict):
            self._strange.add(f"a value in the place of an object in {self._path!r}")
            return ""
        if self._is_deep:  # objects inside the object: dotted names, as at the top
            element = {key: value for key, value in _leaves(element, "", _LINKS) if value is not None}
        if not element.keys() <= self._known:
            self._strange.update(f"the unknown key {f'{self._path}[].{key}'!r}" for key in element.keys() - self._known)
        parts = [
            prefix + text
            for key, prefix, inside, values in self._keys
            if (value := element.get(key)) is not None
            and (text := self._part(key, value, values) if inside is None else inside.nested(value))
        ]
        if not parts:
            return ""
        if not self._is_deep and element.keys() <= self._known and len(self._writers) < _MOST_SHAPES:
            self._writers[tuple(element)] = self._writer(element)
        return "{" + ",".join(parts) + "}"

    def _writer(self, element: Mapping[str, Any]) -> Callable[[Any], str]:
        """Writes objects with the same keys, all of which are known: no key is looked at again.

        It raises KeyError, TypeError or ValueError where a value is no such as the declaration has it.
        """
        kept = [one for one in self._keys if one[0] in element]
        encoders = {f"encode_{place}": _encoder(inside, values) for place, (_, _, inside, values) in enumerate(kept)}
        # one expression takes half the time of going through the keys; those in it are declared, none is the source's
        parts = (
            f"{prefix}{{{name}(element[{key!r}])}}" for name, (key, prefix, _, _) in zip(encoders, kept, strict=True)
        )
        writer: Callable[[Any], str] = eval(f"lambda element: f'''{{{{{','.join(parts)}}}}}'''", encoders)  # noqa: S307
        return writer

    def _part(self, key: str, value: object, values: frozenset[str] | None) -> str:
        if isinstance(value, (dict, list)):
            self._strange.add(f"an object or list in the place of the value {f'{self._path}[].{key}'!r}")
            return ""
        if value.__class__ is float:
            self._strange.add(_FLOAT)
        text = _text(value)
        if values is not None and text and text not in values:
            self._strange.add(f"the unknown value {text[:40]!r} of {f'{self._path}[].{key}'!r}")
        return encode_basestring(text) if text else ""


def _encoder(inside: _Elements | None, values: frozenset[str] | None) -> Callable[[Any], str]:
    """Makes JSON text of a value of one key; raises for what has to be looked at."""
    if inside is not None:
        return inside.nested_text
    if values is not None:
        return _Codes({value: encode_basestring(value) for value in values}).__getitem__
    return encode_basestring
