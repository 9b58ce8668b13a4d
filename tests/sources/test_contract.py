"""What every register keeps: reads its sample as the hand-written records say, accounts for every column, is data."""

import ast
import csv
import gzip
import io
import json
import re
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import uuid_utils

from db.warehouse import Row, Warehouse
from enrich.land import LandReport, land_delivery
from enrich.progress import silent
from sources.errors import UnknownLayout
from sources.fields import Expr, columns_in
from sources.kinds.bulk_file import read_file
from sources.kinds.crm_api import CrmConnector
from sources.kinds.json_api import deliver
from sources.kinds.text_rows import FAULT
from sources.record import Account, EntityKind, SourceRecord, Status
from sources.registry import FOLDERS as FOLDERS_OF_SOURCES
from sources.registry import find_sources, source
from sources.source import AccountsConnector, Coverage, Delivery, FileConnector, Layout, Source
from sources.stream import redacted
from tests.registers.text_files import as_written

REGISTERS = Path(__file__).parents[2] / "sources" / "registers"
FOLDERS = [REGISTERS.parent / folder for folder in FOLDERS_OF_SOURCES]
LAYOUTS = [
    pytest.param(connector.SOURCE, layout, id=f"{name}-{layout.name}")
    for name, connector in find_sources().items()
    for layout in connector.SOURCE.layouts
]
SAMPLES = [pytest.param(one.values, id=one.id) for one in LAYOUTS]
# a CRM has no records of a register: tests/sources/test_hubspot.py holds it to its sample
SOURCES = [
    pytest.param(connector.SOURCE, id=name)
    for name, connector in find_sources().items()
    if not isinstance(connector, CrmConnector)
]
Case = dict[str, Any]
STATED = [field.name for field in fields(SourceRecord)]
SENTINEL = "1931-07-13 sentinel"


REGISTER_SOURCES = [
    pytest.param(connector.SOURCE, id=name) for name, connector in find_sources().items() if connector.SOURCE.layouts
]


def beside(of: Source, name: str) -> Path:
    """A file in the folder of a source's declaration."""
    return Path(str(source(of.name).__file__)).with_name(name)  # type: ignore[attr-defined]


def sample(of: Source) -> dict[str, list[Case]]:
    return dict(json.loads(beside(of, f"{of.name}.sample.json").read_text(encoding="utf-8")))


def delivered(of: Source, layout: Layout, cases: list[Case], folder: Path) -> Delivery:
    """The sample's rows as the register would send them."""
    if "answer" in cases[0]:
        answers = [json.loads(json.dumps(case["answer"]), parse_float=str, parse_int=str) for case in cases]
        now = datetime.now(UTC)
        return deliver(
            of, layout, answers, coverage=Coverage.PARTIAL, landing=folder / "landing", fetched_at=now, url="x"
        )
    connector = source(of.name)
    if isinstance(connector, FileConnector) and hasattr(connector, "TEXT"):
        path = folder / "given.txt"
        path.write_bytes(as_written(connector.TEXT, layout, [case["row"] for case in cases]))
        return connector.read_given(path, coverage=Coverage.PARTIAL, landing=folder / "landing")
    text = io.StringIO()
    names = [name for name in layout.columns if name != FAULT]
    writer = csv.DictWriter(text, names, quoting=csv.QUOTE_ALL, restval="")
    writer.writeheader()
    writer.writerows(case["row"] for case in cases)
    path = folder / "given.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    read = connector.read_given if isinstance(connector, FileConnector) else partial(read_file, of)
    return read(path, coverage=Coverage.PARTIAL, landing=folder / "landing")


def stated(value: object) -> Any:
    """A value as a sample writes it: dates and decimals as text, what is null or empty left out."""
    if isinstance(value, dict):
        return {name: stated(inner) for name, inner in value.items() if inner is not None and inner != []}
    if isinstance(value, list):
        return [stated(inner) for inner in value]
    return str(value) if isinstance(value, (date, Decimal)) else value


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """One landing of a sample, and what is in the warehouse after it."""

    delivery: Delivery
    report: LandReport
    records: list[Row]
    relations: list[tuple[str, ...]]
    rejects: list[str]


Twice = tuple[Source, list[Case], Landed, Landed]


def land_twice(of: Source, layout: Layout, warehouse: Warehouse, folder: Path) -> Twice:
    """A layout's sample as it stands and then from its end, landed into an empty ledger."""
    cases = sample(of)[layout.name]
    for table in ("core.source_record", "core.relation", "core.change", "raw.reject"):
        warehouse.execute(f"DELETE FROM {table}")
    landed = []
    for turn, rows in enumerate((cases, cases[::-1])):
        (folder / str(turn)).mkdir()
        delivery = delivered(of, layout, rows, folder / str(turn))
        report = land_delivery(warehouse, of, delivery, run_id=str(uuid_utils.uuid7()), progress=silent)
        relations = warehouse.ask("SELECT record_id, kind, scheme, value FROM core.relation ORDER BY ALL")
        landed.append(
            Landed(
                delivery=delivery,
                report=report,
                records=warehouse.ask("SELECT * FROM core.source_record ORDER BY source_key, known_from"),
                relations=[tuple(str(value) for value in row.values()) for row in relations],
                rejects=[str(row["reason_code"]) for row in warehouse.ask("SELECT reason_code FROM raw.reject")],
            )
        )
    first, again = landed
    return of, cases, first, again


@pytest.fixture(scope="module")
def landed_twice(
    request: pytest.FixtureRequest, warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Twice:
    """What `land_twice` gives for a layout, once for all that is asked of it."""
    of, layout = request.param
    return land_twice(of, layout, warehouse, tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("landed_twice", SAMPLES, indirect=True)
def test_the_sample_reads_as_the_hand_written_records_say(landed_twice: Twice) -> None:
    of, cases, landed, _ = landed_twice
    left_out = [case for case in cases if case.get("is_left_out")]
    assert len(landed.delivery.warnings) == bool(left_out)
    assert landed.report.rows_in == len(cases) - len(left_out) == landed.report.landed + landed.report.rejected
    read = [stated({name: row[name] for name in STATED}) for row in landed.records]
    expected = sorted((case["record"] for case in cases if "record" in case), key=lambda record: record["source_key"])
    assert read == expected
    assert sorted(landed.relations) == sorted(
        (f"{of.name}:{case['key'] if 'key' in case else case['record']['source_key']}", *link)
        for case in cases
        for link in case.get("relations", ())
    )
    assert sorted(landed.rejects) == sorted(case["reject"] for case in cases if "reject" in case)


def stored(warehouse: Warehouse, folder: Path) -> str:
    """Everything that a landing left behind: rows of every table, and files in landing unpacked."""
    tables = warehouse.ask("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary")
    found = [str(warehouse.ask(f'SELECT * FROM "{one["schema_name"]}"."{one["table_name"]}"')) for one in tables]
    for path in (folder / "landing").rglob("*"):
        if path.suffix == ".parquet":
            found.append(str(pq.read_table(path).to_pylist()))
        elif path.is_file():
            data = path.read_bytes()
            found.append((gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace"))
    return "\n".join(found)


@pytest.mark.parametrize("landed_twice", SAMPLES, indirect=True)
def test_the_same_again_makes_the_same_records_and_no_new_version(landed_twice: Twice) -> None:
    """Ids are the source's own keys: one a record, and the same again, whatever the order in which the rows come."""
    of, _, first, again = landed_twice
    assert first.relations == again.relations
    ids = [row["record_id"] for row in first.records]
    assert len(set(ids)) == len(ids)
    assert all(str(one).startswith(f"{of.name}:") for one in ids)
    assert [row["record_id"] for row in again.records] == ids
    assert [[row[name] for name in STATED] for row in first.records] == [
        [row[name] for name in STATED] for row in again.records
    ]
    assert again.report.added + again.report.changed == 0
    assert (again.report.landed, again.report.rejected) == (first.report.landed, first.report.rejected)


@pytest.mark.parametrize(("of", "layout"), LAYOUTS)
def test_what_was_planted_beside_the_sample_is_in_no_output(
    of: Source, layout: Layout, warehouse: Warehouse, tmp_path: Path
) -> None:
    """A birth date or a personal number under a key of its own, in any nesting: dropped, or the file is refused.

    Lists whose objects a layout does not describe are kept as they come, less what is declared as never stored.
    """
    keys = (*of.privacy.never_store, "birthDate", "personalNumber")
    cases = sample(of)[layout.name]
    if "answer" not in cases[0]:
        widened = replace(layout, columns=(*layout.columns, *keys))
        rows = [case | {"row": case["row"] | dict.fromkeys(keys, SENTINEL)} for case in cases]
        with pytest.raises(UnknownLayout) as refused:
            delivered(of, widened, rows, tmp_path)
        assert refused.value.unknown == tuple(sorted(keys))
        assert SENTINEL not in stored(warehouse, tmp_path)
        return
    answers = [plant(case["answer"], keys, inside=keys if layout.lists else of.privacy.never_store) for case in cases]
    body = b"".join(redacted([json.dumps(answers).encode()], of.privacy.never_store))
    rows = [case | {"answer": answer} for case, answer in zip(cases, json.loads(body), strict=True)]
    delivery = delivered(of, layout, rows, tmp_path)
    land_delivery(warehouse, of, delivery, run_id=str(uuid_utils.uuid7()), progress=silent)
    assert SENTINEL not in stored(warehouse, tmp_path)


def plant(value: Any, keys: Sequence[str], *, inside: Sequence[str]) -> Any:
    """The value with the sentinel under each of these keys, in every object; in objects of lists under those of `inside`."""
    if isinstance(value, dict):
        planted = {name: plant(inner, keys, inside=inside) for name, inner in value.items()}
        return planted | dict.fromkeys(keys, SENTINEL)
    return [plant(one, inside, inside=inside) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("of", "layout"),
    [
        pytest.param(connector.SOURCE, layout, id=f"{name}-{layout.name}")
        for name, connector in find_sources().items()
        for layout in connector.SOURCE.layouts
        if any(case.get("is_left_out") for case in sample(connector.SOURCE)[layout.name])
    ],
)
def test_a_row_about_a_person_that_is_left_out_is_in_no_output(
    of: Source, layout: Layout, warehouse: Warehouse, tmp_path: Path
) -> None:
    cases = sample(of)[layout.name]
    kept = json.dumps([case for case in cases if not case.get("is_left_out")], ensure_ascii=False)
    said = {
        text
        for case in cases
        if case.get("is_left_out")
        for text in (case.get("row") or case["answer"]).values()
        if isinstance(text, str) and len(text) > 9 and text not in kept
    }
    assert said
    delivery = delivered(of, layout, cases, tmp_path)
    land_delivery(warehouse, of, delivery, run_id=str(uuid_utils.uuid7()), progress=silent)
    left = stored(warehouse, tmp_path)
    assert [text for text in said if text in left] == []


@pytest.mark.parametrize(("of", "layout"), LAYOUTS)
def test_every_column_is_mapped_or_ignored_by_name(of: Source, layout: Layout) -> None:
    columns = frozenset(layout.columns)
    assert len(columns) == len(layout.columns)
    assert columns - layout.columns_read() - layout.ignored == frozenset()
    assert layout.columns_read() <= columns
    assert not layout.columns_read() & layout.ignored
    assert not columns & set(of.privacy.never_store)


@pytest.mark.parametrize("of", REGISTER_SOURCES)
def test_each_list_of_industry_codes_that_a_source_states_is_declared(of: Source) -> None:
    """With what it was made of: a list that is none of NACE's is not asked by NACE's digits."""
    stated = {name for layout in of.layouts for name in lists_in(layout.fields.get("industries"))}
    assert stated == of.industry_lists.keys()


def lists_in(tree: object) -> set[str]:
    """What the `scheme` of records in a mapping may be."""
    if isinstance(tree, Expr):
        pairs: Any = tree.args if tree.op == "record" else ()
        return values_in(dict(pairs)["scheme"]) if pairs else lists_in(tree.args)
    return set().union(*map(lists_in, tree)) if isinstance(tree, tuple) else set()


def values_in(tree: object) -> set[str]:
    """What an expression may give."""
    if isinstance(tree, Expr):
        found = {str(tree.args[0])} if tree.op == "constant" else set()
        table: Any = tree.args[1] if tree.op == "mapped" else ()
        return found.union((str(value) for _, value in table), *map(values_in, tree.args))
    return set().union(*map(values_in, tree)) if isinstance(tree, tuple) else set()


@pytest.mark.parametrize(("of", "layout"), LAYOUTS)
def test_a_layout_fills_what_a_record_must_have_and_nothing_else(of: Source, layout: Layout) -> None:
    needed = {field.name for field in fields(SourceRecord) if field.default is MISSING}
    assert layout.fields.keys() <= {field.name for field in fields(SourceRecord)}
    assert not layout.fields or needed <= layout.fields.keys()
    assert layout.volatile <= layout.fields.keys()
    assert layout.part in of.parts
    assert list(columns_in(layout.key))


@pytest.mark.parametrize("of", SOURCES)
def test_a_source_is_found_under_its_name_and_says_what_it_may(of: Source) -> None:
    assert source(of.name).SOURCE is of
    assert beside(of, f"{of.name}.py").is_file()
    layouts = [layout.name for layout in (*of.layouts, *of.signal_layouts)]
    assert len(set(layouts)) == len(layouts)
    assert of.privacy.purpose
    assert of.privacy.lawful_basis
    assert of.privacy.retention_days > 0
    assert of.attribution
    assert "{key}" in of.record_url
    if layouts:  # what has none lands no records: its sample is read by a test of its own
        assert sample(of).keys() == set(layouts)


@pytest.mark.parametrize("of", [one.SOURCE for one in find_sources().values()], ids=lambda of: of.name)
def test_a_source_that_gives_accounts_says_which_figures(of: Source) -> None:
    """The table of criteria and the docs are written from what is declared."""
    assert bool(of.account_fields) == isinstance(source(of.name), AccountsConnector)
    assert set(of.account_fields) < {field.name for field in fields(Account)}


@pytest.mark.parametrize("of", REGISTER_SOURCES)
def test_the_codes_of_a_source_are_words_of_the_vocabulary(of: Source) -> None:
    module = source(of.name)
    kinds: dict[str, str] = module.KINDS if of.layouts else {}  # type: ignore[attr-defined]
    assert set(kinds.values()) <= {kind.value for kind in EntityKind}
    parts = [beside(of, f"{of.name}.py"), *beside(of, f"_{of.name}").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in parts)
    statuses = set(re.findall(r'constant\("(active|bankrupt|winding_up|dissolved|unknown)"\)', text))
    assert statuses <= {status.value for status in Status}


# --- a register is data ------------------------------------------------------------------------------------------
MODULES = [
    pytest.param(path, id=path.relative_to(REGISTERS.parent).as_posix())
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.py"))
    if path.name != "__init__.py"
]
LOGIC = (ast.For, ast.While, ast.If, ast.IfExp, ast.comprehension, ast.Lambda, ast.Match, ast.ClassDef, ast.Try)


@pytest.mark.parametrize("path", MODULES)
def test_a_register_has_no_logic_outside_its_named_functions(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    for statement in module.body:
        is_for_types = isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"
        if not isinstance(statement, ast.FunctionDef) and not is_for_types:
            assert not [node for node in ast.walk(statement) if isinstance(node, LOGIC)]


@pytest.mark.parametrize("path", MODULES)
def test_a_register_maps_one_field_a_line(path: Path) -> None:
    names = {field.name for field in fields(SourceRecord)}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            keys = [key for key in node.keys if isinstance(key, ast.Constant) and key.value in names]
            assert len({key.lineno for key in keys}) == len(keys)


@pytest.mark.parametrize("path", MODULES)
def test_the_functions_that_run_are_short(path: Path) -> None:
    """Functions that build mappings are tables too; what runs on answers is held to 60 lines in all."""
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    running = [node for node in functions if node.returns is None or "Expr" not in ast.unparse(node.returns)]
    assert sum((node.end_lineno or 0) - node.lineno + 1 for node in running) <= 60
