"""Each step of a field table, compiled and run: a value in, a typed value out; what cannot be read is unknown."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from db.errors import WarehouseError
from db.project import clean_column, compile_field, compile_step, value_problems
from db.warehouse import Warehouse
from sources import fields as f
from sources.fields import Expr, column

A, B = column("a"), column("b")
NORWEGIAN = (3, 2, 7, 6, 5, 4, 3, 2, 1)
POINTS = 'STRUCT(kind VARCHAR, "value" VARCHAR)[]'
NAMES = "STRUCT(name VARCHAR, kind VARCHAR, from_date DATE, to_date DATE)[]"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("project"), command="test") as warehouse:
        yield warehouse


def run(warehouse: Warehouse, sql: str, row: dict[str, str | None]) -> Any:
    rows = pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})
    with warehouse.lend("given", rows):
        return warehouse.ask(f"SELECT {sql} AS answer FROM given")[0]["answer"]


SCALARS: list[tuple[Expr, str, dict[str, str | None], object]] = [
    (f.constant("AS"), "VARCHAR", {"a": None}, "AS"),
    (f.constant(True), "BOOLEAN", {"a": None}, True),
    (f.first(A, B), "VARCHAR", {"a": None, "b": "x"}, "x"),
    (f.joined(", ", A, B), "VARCHAR", {"a": "x", "b": None}, "x"),
    (f.joined(", ", A, B), "VARCHAR", {"a": None, "b": None}, None),
    (f.replaced(A, r"\s", ""), "VARCHAR", {"a": "923 609 016"}, "923609016"),
    (f.replaced(A, r".", ""), "VARCHAR", {"a": "x"}, None),
    (f.lowered(A), "VARCHAR", {"a": "ÅS"}, "ås"),
    (f.picked(A, ("d", "n"), f.item("n")), "VARCHAR", {"a": '[{"n": "x"}, {"n": "y"}]'}, "x"),
    (
        f.picked(A, ("d", "n"), f.item("n"), newest=f.item("d")),
        "VARCHAR",
        {"a": '[{"d": 1, "n": "x"}, {"d": 2, "n": "y"}]'},
        "y",
    ),
    (
        f.picked(A, ("d", "n"), f.item("n"), newest=f.item("d")),
        "VARCHAR",
        {"a": '[{"n": "x"}, {"n": "z"}, {"n": "y"}]'},
        "z",
    ),
    (f.picked(A, ("n",), f.item("n"), where=f.is_in(f.item("n"), ("q",))), "VARCHAR", {"a": '[{"n": "x"}]'}, None),
    (f.date(f.picked(A, ("n",), f.item("n"))), "DATE", {"a": '[{"n": "2024-02-29"}]'}, datetime.date(2024, 2, 29)),
    (f.picked(A, ("n",), f.item("n"), newest=f.item("n")), "VARCHAR", {"a": "[{"}, None),
    (f.mapped(A, {"ENK": "sole_trader"}, otherwise="legal_entity"), "VARCHAR", {"a": "AS"}, "legal_entity"),
    (f.mapped(A, {"J": True, "N": False}), "BOOLEAN", {"a": "N"}, False),
    (f.mapped(A, {"J": True, "N": False}), "BOOLEAN", {"a": "?"}, None),
    (f.date(A), "DATE", {"a": "2024-02-29"}, datetime.date(2024, 2, 29)),
    (f.date(A), "DATE", {"a": "2023-02-29"}, None),
    (f.date(A), "DATE", {"a": "infinity"}, None),
    (f.date(A), "DATE", {"a": "2024-02-29 og litt til"}, None),
    (f.date(A, "%d.%m.%Y"), "DATE", {"a": "01.02.2024"}, datetime.date(2024, 2, 1)),
    (f.integer(A), "INTEGER", {"a": "-12"}, -12),
    (f.integer(A), "INTEGER", {"a": "1.5"}, None),
    (f.integer(A), "INTEGER", {"a": "1e3"}, None),
    (f.integer(A), "INTEGER", {"a": "99999999999"}, None),
    (f.integer(A), "BIGINT", {"a": "99999999999"}, 99999999999),
    (f.decimal(A), "DECIMAL(28, 2)", {"a": "30000.50"}, Decimal("30000.50")),
    (f.decimal(A), "DECIMAL(28, 2)", {"a": "nan"}, None),
    (f.boolean(A), "BOOLEAN", {"a": "true"}, True),
    (f.boolean(A), "BOOLEAN", {"a": "ja"}, None),
    (f.is_in(A, ("x", "y")), "BOOLEAN", {"a": None}, False),
    (f.is_present(A), "BOOLEAN", {"a": None}, False),
    (f.matches(A, r"\d+"), "BOOLEAN", {"a": "12x"}, False),
    (f.matches(A, r"\d+"), "BOOLEAN", {"a": None}, False),
    (f.mod11_is_valid(A, NORWEGIAN), "BOOLEAN", {"a": "923609016"}, True),
    (f.mod11_is_valid(A, NORWEGIAN), "BOOLEAN", {"a": "923609017"}, False),
    (f.mod11_is_valid(A, NORWEGIAN), "BOOLEAN", {"a": "92360901"}, False),
    (f.mod11_is_valid(A, NORWEGIAN), "BOOLEAN", {"a": "٩٢٣٦٠٩٠١٦"}, False),
    (f.luhn_is_valid(A, 10), "BOOLEAN", {"a": "5567037485"}, True),
    (f.luhn_is_valid(A, 10), "BOOLEAN", {"a": "5567037486"}, False),
    (f.luhn_is_valid(A, 10), "BOOLEAN", {"a": "165567037485"}, False),
    (f.luhn_is_valid(A, 10), "BOOLEAN", {"a": "5560160680"}, True),
    (f.luhn_is_valid(A, 10), "BOOLEAN", {"a": None}, False),
    (f.piece(A, "$", 1), "VARCHAR", {"a": "AB$FORETAGSNAMN"}, "AB"),
    (f.piece(A, "$", -1), "VARCHAR", {"a": "Väg 1$$Ort$1$SE"}, "SE"),
    (f.piece(A, "$", -4), "VARCHAR", {"a": "Väg 1$$Ort$1$SE"}, None),
    (f.piece(A, "$", 9), "VARCHAR", {"a": "AB"}, None),
    (f.both(f.is_present(A), f.boolean(B)), "BOOLEAN", {"a": "x", "b": None}, False),
    (f.either(f.is_present(A), f.boolean(B)), "BOOLEAN", {"a": None, "b": "true"}, True),
    (f.negated(f.boolean(A)), "BOOLEAN", {"a": None}, True),
    (f.chosen((f.is_in(A, ("x",)), f.constant("yes")), otherwise=B), "VARCHAR", {"a": "z", "b": "no"}, "no"),
    (f.chosen((f.is_in(A, ("x",)), f.constant("yes"))), "VARCHAR", {"a": "z"}, None),
    (f.constant("O'Hara"), "VARCHAR", {"a": None}, "O'Hara"),
]


@pytest.mark.parametrize(
    ("step", "of_type", "row", "expected"),
    SCALARS,
    ids=[f"{case[0].op} of {list(case[2].values())}" for case in SCALARS],
)
def test_a_step_gives_the_typed_value(
    opened: Warehouse, step: Expr, of_type: str, row: dict[str, str | None], expected: object
) -> None:
    assert run(opened, compile_field(step, of_type), row) == expected


def point(kind: str, value: Expr) -> Expr:
    return f.record(kind=f.constant(kind), value=value)


FORMER = f.each(
    "a", ("navn", "fra"), f.record(name=f.item("navn"), kind=f.constant("former"), from_date=f.date(f.item("fra")))
)
LISTS: list[tuple[str, Expr, str, dict[str, str | None], list[dict[str, object]]]] = [
    ("those that have the value", f.many(point("website", A), point("email", B), need="value"), POINTS, {"a": None, "b": "x@y"}, [{"kind": "email", "value": "x@y"}]),
    ("none that has it", f.many(point("website", A), need="value"), POINTS, {"a": None}, []),
    (
        "objects of a JSON array, further keys left",
        FORMER,
        NAMES,
        {"a": '[{"navn": "GAMMEL AS", "fra": "2001-01-01", "til": 5}, {"navn": " "}]'},
        [
            {"name": "GAMMEL AS", "kind": "former", "from_date": datetime.date(2001, 1, 1), "to_date": None},
            {"name": None, "kind": "former", "from_date": None, "to_date": None},
        ],
    ),
    (
        "objects of which a condition holds, with what a list inside them says",
        f.each(
            "a",
            ("t", "inner"),
            f.record(
                kind=f.item("t"),
                value=f.picked(f.item("inner"), ("l", "c"), f.item("c"), where=f.is_in(f.item("l"), ("1",))),
            ),
            where=f.is_in(f.item("t"), ("x", "y")),
        ),
        POINTS,
        {"a": '[{"t": "x", "inner": [{"l": "2", "c": "ESBO"}, {"l": 1, "c": " ESPOO "}]}, {"t": "y"}, {"t": "z"}]'},
        [{"kind": "x", "value": "ESPOO"}, {"kind": "y", "value": None}],
    ),
    (
        "values without the blanks at their ends, whichever of Unicode's; nothing but blanks is no value",
        f.each("a", ("k", "v"), f.record(kind=f.item("k"), value=f.item("v"))),
        POINTS,
        {"a": '[{"k": " \\u00a0a b\\u3000", "v": "\\u2003"}, {"k": "ø ", "v": "c "}, {"k": "!", "v": ""}, null]'},
        [
            {"kind": "a b", "value": None},
            {"kind": "ø", "value": "c"},
            {"kind": "!", "value": None},
            {"kind": None, "value": None},
        ],
    ),
    (
        "texts made of texts that are made of values, none where there is no value",
        f.each(
            "a",
            ("k", "v"),
            f.record(
                kind=f.joined(", ", f.joined(" ", f.item("k"), f.replaced(f.item("v"), "x", ""))),
                value=f.replaced(f.item("v"), "x", ""),
            ),
        ),
        POINTS,
        {"a": '[{"k": "a", "v": "bx"}, {"v": "x"}, {"k": "c", "v": "xx"}]'},
        [{"kind": "a b", "value": "b"}, {"kind": None, "value": None}, {"kind": "c", "value": None}],
    ),
    ("no JSON", FORMER, NAMES, {"a": "[{"}, []),
    ("JSON, but no array", FORMER, NAMES, {"a": '{"navn": "X"}'}, []),
    (
        "lists one after the other",
        f.appended(f.many(point("phone", A), need="value"), f.many(point("mobile", B), need="value")),
        POINTS,
        {"a": "1", "b": "2"},
        [{"kind": "phone", "value": "1"}, {"kind": "mobile", "value": "2"}],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "of_type", "row", "expected"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_lists_hold_typed_elements_and_are_never_null(
    opened: Warehouse, step: Expr, of_type: str, row: dict[str, str | None], expected: object
) -> None:
    assert run(opened, compile_field(step, of_type), row) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  BØ AS ", "BØ AS"), ("\u00a0AS\u00a0", "AS"), ("A\0B\x07", "AB"), ("to\nlinjer", "to\nlinjer"), (" \t\n", None), ("\u202eSA", "\u202eSA")],
    ids=["blanks", "no-break spaces", "control characters", "a line end inside", "nothing but blanks", "a direction mark"],
)  # fmt: skip
def test_text_is_trimmed_and_loses_control_characters_only(opened: Warehouse, text: str, expected: str | None) -> None:
    assert run(opened, clean_column("a"), {"a": text}) == expected


def test_a_value_that_was_supplied_and_not_read_is_a_problem(opened: Warehouse) -> None:
    [(raw, read)] = value_problems(f.first(f.date(A), column("b")))
    problem = f"{compile_step(raw)} IS NOT NULL AND {compile_step(read)} IS NULL"
    assert run(opened, problem, {"a": "i fjor", "b": None}) is True
    assert run(opened, problem, {"a": None, "b": None}) is False
    assert list(value_problems(f.lowered(A))) == []


def test_what_the_vocabulary_or_a_list_does_not_have_is_refused() -> None:
    with pytest.raises(WarehouseError, match="'guessed', which no SQL is known for"):
        compile_field(Expr("guessed", ()), "VARCHAR")
    with pytest.raises(WarehouseError, match="fills fax, which"):
        compile_field(f.many(f.record(kind=A, fax=B), need="kind"), POINTS)


def test_pieces_are_split_in_their_turn_and_what_they_lack_is_null(opened: Warehouse) -> None:
    step = f.pieces(
        A, "|", "$", f.record(name=f.item(1), kind=f.mapped(f.item(2), {"X": "trade"}), from_date=f.date(f.item(3)))
    )
    answer = run(opened, compile_field(step, NAMES), {"a": "Ett$X$2001-02-03| Två $Y"})
    assert answer == [
        {"name": "Ett", "kind": "trade", "from_date": datetime.date(2001, 2, 3), "to_date": None},
        {"name": "Två", "kind": None, "from_date": None, "to_date": None},
    ]
    assert run(opened, compile_field(step, NAMES), {"a": None}) == []
    assert list(value_problems(step)) == []
