"""What several steps have in common is worked out once, and gives what each of them gives by itself."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from db.project import compile_field
from db.share import Shared
from db.warehouse import Warehouse
from sources import fields as f
from sources.fields import Expr, column
from sources.registers import fi_prh, no_brreg, se_bolagsverket
from sources.source import Layout
from tests.db.test_project import NORWEGIAN, SCALARS, A

NUMBER = f.replaced(A, r"\s", "")
OFFICES = Expr("item", ("offices",))
PLACES = "STRUCT(kind VARCHAR, city VARCHAR)[]"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("share"), command="test") as warehouse:
        yield warehouse


def answers(warehouse: Warehouse, rows: str, values: dict[str, str], row: dict[str, str | None]) -> dict[str, object]:
    given = pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})
    with warehouse.lend("given", given):
        [answer] = warehouse.ask(f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in values.items())} FROM {rows}")
    return answer


@pytest.mark.parametrize("case", SCALARS, ids=[f"{case[0].op} of {list(case[2].values())}" for case in SCALARS])
def test_a_shared_step_gives_what_it_gives_alone(
    opened: Warehouse, case: tuple[Expr, str, dict[str, str | None], object]
) -> None:
    step, of_type, row, expected = case
    shared = Shared.of([step, step, f.is_present(f.lowered(f.joined("", step)))])
    assert answers(opened, shared.over("given"), {"one": shared.field(step, of_type)}, row) == {"one": expected}


def test_a_number_with_check_digits_is_cleaned_and_read_once() -> None:
    check = f.both(f.matches(NUMBER, r"\d{9}"), f.mod11_is_valid(NUMBER, NORWEGIAN))
    shared = Shared.of([NUMBER, check])
    sql = shared.value(NUMBER) + shared.condition(check) + shared.over("given")
    assert sql.count("regexp_replace") == 1
    assert sql.count("TRY_CAST") == 1


def test_what_is_used_once_stays_where_its_condition_spares_it() -> None:
    step = f.chosen((f.is_present(A), f.date(column("b"))))
    assert Shared.of([step]).over("given") == "given"


def test_a_list_is_parsed_once_with_the_lists_inside_of_it(opened: Warehouse) -> None:
    def city(language: str) -> Expr:
        where = f.is_in(f.item("language"), (language,))
        return f.picked(OFFICES, ("language", "city"), f.item("city"), where=where)

    places = f.each("a", ("kind", "offices"), f.record(kind=f.item("kind"), city=f.first(city("fi"), city("sv"))))
    kinds = f.picked(A, ("kind", "offices"), f.item("kind"), where=f.is_present(city("sv")))
    given = (
        '[{"kind": 1, "offices": [{"language": "sv", "city": "Esbo"}, {"language": "fi", "city": "Espoo"}]},'
        ' {"kind": 2, "offices": [{"language": "sv", "city": "Vanda"}]}, {"kind": 3}, {"kind": 4, "offices": "x"}]'
    )
    shared = Shared.of([places, kinds])
    rows, values = shared.over("given"), {"places": shared.field(places, PLACES), "kind": shared.value(kinds)}
    assert (rows + "".join(values.values())).count("from_json") == 1
    alone = {"places": compile_field(places, PLACES), "kind": compile_field(kinds, "VARCHAR")}
    for text in (given, None, "[{", "[]"):
        assert answers(opened, rows, values, {"a": text}) == answers(opened, "given", alone, {"a": text})
    cities = [place["city"] for place in answers(opened, rows, values, {"a": given})["places"]]  # type: ignore[attr-defined]
    assert cities == ["Espoo", "Vanda", None, None]


def test_an_item_that_is_also_read_as_it_is_stays_text(opened: Warehouse) -> None:
    city = f.picked(OFFICES, ("city",), f.item("city"))
    places = f.each("a", ("offices",), f.record(kind=OFFICES, city=city))
    row: dict[str, str | None] = {"a": '[{"offices": [{"city": "Espoo"}]}]'}
    shared = Shared.of([places])
    found = answers(opened, shared.over("given"), {"places": shared.field(places, PLACES)}, row)
    assert found == answers(opened, "given", {"places": compile_field(places, PLACES)}, row)


@pytest.mark.parametrize(
    "layout", [*no_brreg.SOURCE.layouts, se_bolagsverket.BULK, fi_prh.COMPANY], ids=lambda layout: layout.name
)
def test_a_layer_reads_only_the_layers_below(opened: Warehouse, layout: Layout) -> None:
    shared = Shared.of([layout.key, layout.key, *(condition for _, _, condition in layout.rejects)])
    row = dict.fromkeys(sorted(layout.columns_read()))
    assert shared.layers
    assert answers(opened, shared.over("given"), {"key": shared.value(layout.key)}, row) == {"key": None}
