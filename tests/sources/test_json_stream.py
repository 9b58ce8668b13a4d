"""A JSON array read element by element, wherever its stream is cut."""

import json

import pytest

from sources.errors import SourceAborted
from sources.kinds.json_stream import name_keys, read_elements, sift_elements
from sources.registers.no_brreg import SOURCE

ELEMENTS = [
    {"n": "1", "deep": {"a": [{"b": "]"}, {"c": '"}'}]}},
    {"n": "2", "fodselsdato": "1970-01-02", "navn": "Ærlig Økonomi"},
    {"n": "3"},
]


def pieces(text: str, size: int) -> list[bytes]:
    whole = text.encode()
    return [whole[start : start + size] for start in range(0, len(whole), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_every_element_comes_once_wherever_the_stream_is_cut(size: int, indent: int | None) -> None:
    text = " \n" + json.dumps(ELEMENTS, indent=indent, ensure_ascii=False) + "\n"
    assert list(read_elements(SOURCE, pieces(text, size))) == ELEMENTS


def test_numbers_stay_as_they_are_written() -> None:
    assert list(read_elements(SOURCE, [b'[{"a": 1931000000.00, "b": 7}]'])) == [{"a": "1931000000.00", "b": "7"}]


def test_an_empty_list_has_no_elements() -> None:
    assert list(read_elements(SOURCE, [b"\xef\xbb\xbf[", b" ]"])) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "does not begin as one"),
        (b'[{"a": 1}', "after record 1, as a file that was cut short"),
        (b'[{"a": 1}, {"b": ', "in record 2, as a file that was cut short"),
        (b'[{"a": nope}, {"b": 1}]', "breaks in record 1"),
        (b'[{"a": 1} {"b": 1}]', "breaks after record 1"),
        (b'[{"a": 1}] [{"b": 1}]', "something follows its last record"),
        (b'{"a": 1}', "does not begin as one"),
        (b'{"errors": [{"code": 1}]}', "does not begin as one"),
        (b"PK\x03\x04", "does not begin as one"),
        (b"[1, 2]", "record 1 is no object"),
        (b'[{"a": "\xff"}]', "not UTF-8"),
    ],
)
def test_what_is_no_whole_list_is_refused(text: bytes, sentence: str) -> None:
    with pytest.raises(SourceAborted, match=sentence):
        list(read_elements(SOURCE, [text]))


def test_only_wanted_elements_are_kept_without_what_is_never_stored() -> None:
    kept = b"".join(sift_elements(SOURCE, [json.dumps(ELEMENTS).encode()], lambda element: element["n"] == "2"))
    assert [json.loads(line) for line in kept.splitlines()] == [{"n": "2", "navn": "Ærlig Økonomi"}]


def test_keys_are_named_in_every_nesting() -> None:
    assert set(name_keys({"a": [{"b": {"x": 1, "y": None}}], "empty": [], "_links": {"self": 1}})) == {"a.b.x", "empty"}
