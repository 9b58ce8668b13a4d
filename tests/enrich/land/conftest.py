"""A warehouse, and the landing of a made-up register's deliveries in it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich import refresh as refreshing
from enrich.land import LandReport, land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.source import Delivery, Source
from tests.enrich.land.made_up_register import REGISTER, Row, make_delivery

KEY = b"a key of thirty-two bytes, made up"


@pytest.fixture(scope="module")
def _opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("land"), command="test") as warehouse:
        yield warehouse


@pytest.fixture
def ledger(_opened: Warehouse) -> Warehouse:
    """A warehouse into which nothing has been landed."""
    for table in ("core.source_record", "core.relation", "core.change", "core.code", "core.run", "core.tombstone"):
        _opened.execute(f"DELETE FROM {table}")
    _opened.execute("DELETE FROM raw.reject")
    return _opened


@pytest.fixture
def only_landed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refreshes land and no stage follows, which would take most of the time of a test of what was landed."""
    monkeypatch.setattr(refreshing, "is_behind", lambda *_: False)


@pytest.fixture
def land(ledger: Warehouse) -> Callable[..., LandReport]:
    """Lands rows (or a ready delivery) of the made-up register."""

    def land_rows(rows: Sequence[Row] | Delivery, *, source: Source = REGISTER, **how: Any) -> LandReport:
        bounds = {"most_closed": how.pop("most_closed", None), "key": how.pop("key", KEY)}
        delivery = rows if isinstance(rows, Delivery) else make_delivery(rows, **how)
        return land_delivery(ledger, source, delivery, run_id=new_run_id(), progress=silent, **bounds)

    return land_rows


@pytest.fixture
def versions(ledger: Warehouse) -> Callable[[], list[tuple[object, ...]]]:
    """All versions as (key, name, day learnt, day replaced or None, whether it left), oldest first."""

    def read() -> list[tuple[object, ...]]:
        rows = ledger.ask(
            "SELECT source_key, name, day(known_from) AS learnt, day(known_to) AS ended, is_closed "
            "FROM core.source_record ORDER BY source_key, known_from"
        )
        return [tuple(row.values()) for row in rows]

    return read
