"""A record is read the same, and what is strange in it is told the same, whatever records came before it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.fields import column, constant
from sources.kinds import json_record
from sources.kinds.json_record import RecordReader
from sources.source import Layout, Shape

LAYOUT = Layout(
    name="made_up",
    columns=("id", "kind", "parts", "labels"),
    key=column("id"),
    fields={"source_key": column("id"), "name": column("kind"), "is_natural_person": constant(False)},
    lists={
        "parts": Shape(
            keys=("name", "code", "inner"),
            ignored=frozenset({"note"}),
            inside={"inner": Shape(keys=("n",), ignored=frozenset({"note"}))},
        ),
        "labels": Shape(keys=("note",), ignored=frozenset({"name", "code", "inner"}), of="parts"),
    },
    values={"parts[].code": frozenset({"1", "%s", "{x}"}), "kind": frozenset({"a"})},
)
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["", "1", "2", 1, 2, True, None, 1.5, "%s", "{x}", 'a"":', "\x01\\", "\ud800", [], {}, ["1"]]
)
INNER = st.one_of(VALUES, st.lists(st.dictionaries(st.sampled_from(["n", "note", "new"]), VALUES), max_size=2))
PARTS = st.dictionaries(st.sampled_from(["name", "code", "note", "new"]), VALUES) | st.dictionaries(
    st.sampled_from(["inner", "code"]), INNER
)
RECORDS = st.lists(st.fixed_dictionaries({"parts": st.lists(PARTS | VALUES, max_size=3), "kind": VALUES}), max_size=8)


@given(records=RECORDS)
@settings(max_examples=40)
def test_no_record_changes_how_another_is_read(records: list[dict[str, Any]]) -> None:
    reader = RecordReader(LAYOUT)
    alone = [RecordReader(LAYOUT) for _ in records]
    twice = [reader.read(record) for record in records] + [reader.read(record) for record in records]
    assert twice == [one.read(record) for one, record in zip(alone, records, strict=True)] * 2
    told = {(warning.partition(" have ")[2], one) for one in alone for warning in one.warnings()}
    counts = {what: 2 * sum(1 for other, _ in told if other == what) for what, _ in told}
    assert set(reader.warnings()) == {
        f"{count:,} of {reader.records:,} answers have {what}" for what, count in counts.items()
    }


def test_what_a_known_shape_holds_is_still_looked_at() -> None:
    reader = RecordReader(LAYOUT)
    said = [
        reader.read({"parts": [{"name": name, "code": code}]}).get("parts")
        for name, code in (("a", "1"), ("b", 1), ('"', "{x}"), ("", "1"), ("c", True), (None, "9"))
    ]
    assert said == [
        '[{"name":"a","code":"1"}]',
        '[{"name":"b","code":"1"}]',
        '[{"name":"\\"","code":"{x}"}]',
        '[{"code":"1"}]',
        '[{"name":"c","code":"true"}]',
        '[{"code":"9"}]',
    ]
    assert reader.warnings() == (
        "1 of 6 answers have the unknown value '9' of 'parts[].code'",
        "1 of 6 answers have the unknown value 'true' of 'parts[].code'",
    )


@pytest.mark.parametrize("most", [0, 2, 100])
def test_lists_that_come_again_are_read_as_the_first_was(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_record, "_MOST_REPEATED", most)
    reader = RecordReader(LAYOUT)
    names = ["a", "b", "a", "a", "c", "d", "a", "e", "d"]
    said = [reader.read({"parts": [{"name": name, "code": "9" if name == "d" else "1"}]})["parts"] for name in names]
    assert said == [f'[{{"name":"{name}","code":"{"9" if name == "d" else "1"}"}}]' for name in names]
    assert reader.warnings() == ("2 of 9 answers have the unknown value '9' of 'parts[].code'",)
