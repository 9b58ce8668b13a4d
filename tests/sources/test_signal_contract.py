"""What every source of dated events keeps: reads its sample as the hand-written signals say, and accounts for every column."""

import json
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.signals import read_signals
from db.warehouse import Warehouse
from sources.feed import SignalsConnector
from sources.fields import columns_in
from sources.kinds.ad_form import AdReader
from sources.record import Signal
from sources.registry import find_sources
from sources.source import Layout
from tests.registers import jobtech_server, nav_server, tender_server

SIGNALS = {name: each for name, each in find_sources().items() if isinstance(each, SignalsConnector)}
LAYOUTS = [
    pytest.param(connector, layout, id=f"{name}-{layout.name}")
    for name, connector in SIGNALS.items()
    for layout in connector.SOURCE.signal_layouts
]
NAMES = [field.name for field in fields(Signal)]
Case = dict[str, Any]


def sample(connector: Any, layout: Layout) -> list[Case]:
    path = Path(connector.__file__).with_suffix("").with_suffix(".sample.json")
    return list(json.loads(path.read_text(encoding="utf-8"), parse_int=str, parse_float=str)[layout.name])


def spread(connector: Any, cases: list[Case]) -> list[Any]:
    """What becomes rows of each case: an ad is one row, unless left out; a notice one for each of its parties."""
    if hasattr(connector, "spread"):
        of_each = [connector.spread(case["answer"]) for case in cases]
        assert [each.person_count for each in of_each] == [int(case.get("left_out", 0)) for case in cases]
        return [row for each in of_each for row in each.rows]
    payloads = [getattr(connector, "unwrap", lambda ad: ad)(case["answer"]) for case in cases]
    assert [payload is None for payload in payloads] == [bool(case.get("is_left_out")) for case in cases]
    return [payload for payload in payloads if payload is not None]


def stated(value: object) -> Any:
    """A value as a sample writes it: what is null or empty left out."""
    if isinstance(value, dict):
        return {name: stated(inner) for name, inner in value.items() if inner is not None and inner != []}
    if isinstance(value, list):
        return [stated(inner) for inner in value]
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None)
    return str(value) if isinstance(value, (date, int, Decimal)) else value


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@pytest.mark.parametrize(("connector", "layout"), LAYOUTS)
def test_the_sample_reads_as_the_hand_written_signals_say(
    connector: Any, layout: Layout, warehouse: Warehouse, tmp_path: Path
) -> None:
    cases = sample(connector, layout)
    ads = AdReader(connector.SOURCE, connector.FORM)
    rows = [ads.read(payload) for payload in spread(connector, cases)]
    table = ads.tabulate(rows, landing=tmp_path, name="sample")
    assert ads.warnings() == ()
    types = {str(row["column_name"]): str(row["column_type"]) for row in warehouse.ask("DESCRIBE core.signal")}
    with warehouse.lend("signal_rows", table):
        warehouse.execute(read_signals("signal_rows", layout, types | {"source_key": "VARCHAR"}))
    read = warehouse.ask(f"SELECT {', '.join(NAMES)} FROM stated_signal WHERE reject_code IS NULL ORDER BY source_key")
    told = [signal for case in cases for signal in (case["signals"] if "signals" in case else [case.get("signal")])]
    expected = sorted(filter(None, told), key=lambda one: str(one["source_key"]))
    assert [stated(row) for row in read] == expected
    rejects = warehouse.ask("SELECT reject_code FROM stated_signal WHERE reject_code IS NOT NULL")
    assert sorted(str(row["reject_code"]) for row in rejects) == sorted(
        code for case in cases for code in [*case.get("rejects", ()), *([case["reject"]] if "reject" in case else ())]
    )


@pytest.mark.parametrize(("connector", "layout"), LAYOUTS)
def test_no_contact_person_and_no_free_text_of_the_sample_is_kept(
    connector: Any, layout: Layout, tmp_path: Path
) -> None:
    planted = (*nav_server.SENTINELS, *jobtech_server.SENTINELS, "99 88 77 66", "sara@bolag.example", "1212121212")
    planted += tender_server.SENTINELS
    said = json.dumps([case["answer"] for case in sample(connector, layout)], ensure_ascii=False)
    assert sum(text in said for text in planted) >= 5
    ads = AdReader(connector.SOURCE, connector.FORM)
    payloads = spread(connector, sample(connector, layout))
    table = ads.tabulate([ads.read(one) for one in payloads], landing=tmp_path, name="sample")
    assert not [text for text in planted if text in str(table.to_pylist())]
    [written] = tmp_path.iterdir()
    assert not [text for text in planted if text.encode() in written.read_bytes()]


@pytest.mark.parametrize(("connector", "layout"), LAYOUTS)
def test_every_column_is_mapped_or_ignored_by_name(connector: Any, layout: Layout) -> None:
    columns = frozenset(layout.columns)
    needed = {field.name for field in fields(Signal) if field.default is MISSING}
    assert len(columns) == len(layout.columns)
    assert columns - layout.columns_read() - layout.ignored == frozenset()
    assert layout.columns_read() <= columns
    assert not layout.columns_read() & layout.ignored
    assert layout.ignored <= columns
    assert not {name.rpartition(".")[2] for name in layout.columns_read()} & set(connector.SOURCE.privacy.never_store)
    assert needed <= layout.fields.keys() <= set(NAMES)
    assert list(columns_in(layout.key))


@pytest.mark.parametrize(("connector", "layout"), LAYOUTS)
@pytest.mark.parametrize("where", [(), ("nested",)])
def test_a_key_that_nobody_knows_is_told(connector: Any, layout: Layout, where: tuple[str, ...]) -> None:
    ads = AdReader(connector.SOURCE, connector.FORM)
    answer: Any = {"unheard": "of"}
    for name in where:
        answer = {name: answer}
    answer = sample(connector, layout)[0]["answer"] | answer
    for row in connector.spread(answer).rows if hasattr(connector, "spread") else [answer]:
        ads.read(row)
    assert [warning for warning in ads.warnings() if "unheard" in warning]


@pytest.mark.parametrize("name", [*SIGNALS, "gb_coh"])
def test_what_is_large_or_of_a_country_that_few_sell_in_is_asked_only_where_it_is_switched_on(name: str) -> None:
    assert find_sources()[name].SOURCE.is_opt_in
