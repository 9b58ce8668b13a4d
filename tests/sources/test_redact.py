"""What may never be stored leaves no byte behind, wherever the stream is cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.redact import Redactor, without

KEYS = ("fodselsdato", "begrensetRettsligHandleevne")
SENTINEL = "1970-01-02"
ROLES = json.dumps(
    {
        "fodselsdato": SENTINEL,
        "rollegrupper": [
            {"person": {"navn": {"fornavn": "Kari", "note": 'says "fodselsdato": x'}, "fodselsdato": SENTINEL}},
            {"person": {"fodselsdato": None, "begrensetRettsligHandleevne": True, "erDoed": False}},
            {"fodselsdato": {"year": [SENTINEL, '\\"}'], "more": {"x": SENTINEL}}, "navn": ["fodselsdato", "x"]},
            {"fodselsdato": [SENTINEL], "fodselsdatoer": "kept", "begrensetRettsligHandleevne": 19700102},
        ],
    },
    indent=1,
).encode()


def redact(text: bytes, *, size: int) -> bytes:
    redactor = Redactor(KEYS)
    kept = b"".join(redactor.feed(text[start : start + size]) for start in range(0, len(text), size))
    return kept + redactor.finish()


def nulled(value: object) -> object:
    if isinstance(value, dict):
        return {key: None if key in KEYS else nulled(inner) for key, inner in value.items()}
    return [nulled(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("size", [1, 2, 3, 7, 11, 64, 100_000])
def test_the_values_become_null_and_all_else_stays(size: int) -> None:
    assert json.loads(redact(ROLES, size=size)) == nulled(json.loads(ROLES))


def test_a_stream_cut_at_any_byte_never_shows_a_value() -> None:
    for end in range(len(ROLES)):
        assert SENTINEL[:4].encode() not in redact(ROLES[:end], size=5)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("fodselsdato"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "navn", "x"]) | st.text(max_size=4), inner)
    ),
    max_leaves=12,
)


@given(value=st.dictionaries(st.sampled_from([*KEYS, "navn"]), JSON_VALUES), size=st.integers(1, 40))
def test_any_json_text_is_redacted_as_its_parsed_value_is(value: dict[str, object], size: int) -> None:
    assert json.loads(redact(json.dumps(value).encode(), size=size)) == nulled(value)


def test_a_parsed_value_loses_the_keys_at_any_depth() -> None:
    assert without([{"a": {"fodselsdato": 1, "b": 2}}], KEYS) == [{"a": {"b": 2}}]


def test_without_keys_a_stream_passes_untouched() -> None:
    assert Redactor(()).feed(ROLES) == ROLES
