"""Lists normalised by several processes at once."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from enrich import processes
from enrich.match.list_rows import query_side, read_queries
from enrich.match.lists import SCHEMA
from enrich.normalise.name import normalise_name
from enrich.normalise.name_table import normalise_name_column

NAMES = [
    "Bjørn Dåhle AS",
    "",
    "Кargo ООД",
    "トヨタ自動車株式会社",
    "Volvo AB (publ), filial i Norge",
    "X & Y Ltd\n",
    None,
] * 100


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ALONE", 100)
    monkeypatch.setattr(processes, "ROWS_AT_ONCE", 60)
    monkeypatch.setattr(processes, "count_processors", lambda: 2)


def list_of(names: list[str | None]) -> pa.Table:
    rows = [
        {
            "id": str(place),
            "name": name,
            "country": ["Norway", "se", None, "Narnia"][place % 4],
            "city": None if place < 400 else "Oslo",
            "registration_number": None if place < 200 else f"NO 923 609 {place} MVA",
            "street": "Storgata 5" if place % 5 == 0 else None,
            "postal_code": f"0{place % 900 + 100}",
        }
        for place, name in enumerate(names)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def test_a_long_list_shared_among_processes_gives_what_one_gives_in_order(small_parts: None) -> None:
    rows = list_of(NAMES)
    parts: Iterator[pa.Table] = iter([rows.slice(0, 333), rows.slice(333, 1), rows.slice(334)])
    shared = read_queries(parts)
    assert shared.to_pylist() == query_side(rows).to_pylist()
    assert shared["names"].to_pylist()[0] == [
        {"name": "Bjørn Dåhle AS", "core_name": "bjorn dahle", "core_key": "bjorndahle", "legal_form_class": "as"}
    ]
    assert shared["country_code"].to_pylist()[:4] == ["NO", "SE", None, None]
    assert shared["numbers"].to_pylist()[200] == ["number:923609200"]


def test_a_list_of_no_rows_gives_none() -> None:
    assert read_queries(iter([])).num_rows == 0
    assert read_queries(iter([SCHEMA.empty_table()])).num_rows == 0


def test_names_as_columns_are_the_names_one_by_one() -> None:
    normal = normalise_name_column(NAMES, with_name_keys=True)
    for name, row in zip(NAMES, normal.to_pylist(), strict=True):
        alone = normalise_name(name or "")
        assert {field: value or "" for field, value in row.items()} == {field: getattr(alone, field) for field in row}
    assert normal["core_key"].to_pylist()[1] is None


def test_a_postal_code_and_town_in_one_cell_are_taken_apart() -> None:
    stated = [
        ("NO", "4020 Stavanger", None),
        ("Norge", "7760 Snåsa", None),
        (None, "N-5003 Bergen", None),
        ("GB", "SW1A 1AA", "London"),
        (None, None, "113 57 Stockholm"),
        ("NL", "1012 AB", None),
        ("NO", "4020", "Stavanger"),
    ]
    names = ("country", "postal_code", "city")
    rows = pa.Table.from_pylist(
        [
            {"id": str(place), "name": "Havn AS", "street": "Storgata 5", **dict(zip(names, row, strict=True))}
            for place, row in enumerate(stated)
        ],
        schema=SCHEMA,
    )
    side = query_side(rows)
    assert list(zip(side["postal_code"].to_pylist(), side["city_key"].to_pylist(), strict=True)) == [
        ("4020", "stavanger"),
        ("7760", "snasa"),
        ("5003", "bergen"),
        ("SW1A1AA", "london"),
        ("11357", "stockholm"),
        ("1012AB", None),
        ("4020", "stavanger"),
    ]
    assert side["address_key"].to_pylist()[0] == "storg. 5, 4020"
    # a list without a column of cities has them all the same
    assert (
        query_side(rows.drop_columns(["city"]).append_column("city", pa.nulls(7, pa.string())))["city_key"][0].as_py()
        == "stavanger"
    )
