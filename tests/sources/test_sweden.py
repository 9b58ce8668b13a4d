"""Sweden's weekly files over a real socket: no personal number is ever written, whatever breaks on the way."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.registers import se_bolagsverket, se_scb
from sources.source import Coverage, Delivery, Known
from tests.registers.loopback import Said
from tests.registers.sweden_server import SwedenServer
from tests.registers.text_files import as_written

MONDAY, NEXT_MONDAY = "Mon, 06 Jul 2026 01:27:00 GMT", "Mon, 13 Jul 2026 01:27:00 GMT"
PERSON = "191212121212"
REGISTERS = [
    pytest.param(se_bolagsverket, "/bolagsverket/bolagsverket_bulkfil.zip", id="bolagsverket"),
    pytest.param(se_scb, "/scb/scb_bulkfil.zip", id="scb"),
]


@pytest.fixture
def sweden() -> Iterator[SwedenServer]:
    with SwedenServer() as server:
        yield server


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], sweden: SwedenServer) -> PoliteClient:
    return make_client(
        attempts=3,
        environ={"PROSPEKT_SE_BOLAGSVERKET_URL": sweden.origin, "PROSPEKT_SE_SCB_URL": sweden.origin},
    )


@pytest.fixture(autouse=True)
def few_rows_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for register in (se_bolagsverket, se_scb):
        monkeypatch.setattr(register, "TEXT", replace(register.TEXT, min_rows=1))


def week(register: Any) -> bytes:
    """The sample as the register sends it."""
    path = Path(register.__file__).with_suffix("").with_suffix(".sample.json")
    cases, *_ = json.loads(path.read_text(encoding="utf-8")).values()  # the weekly file comes first
    return as_written(register.TEXT, register.BULK, [case["row"] for case in cases])


def written(folder: Path) -> str:
    """Everything that lies in a folder, as text."""
    return "".join(json.dumps(pq.read_table(path).to_pylist()) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("register", "path"), REGISTERS)
def test_the_weekly_file_is_fetched_complete_and_without_its_persons(
    register: Any, path: str, sweden: SwedenServer, client: PoliteClient, tmp_path: Path
) -> None:
    sent = sweden.publish(path, week(register), changed=MONDAY)
    assert PERSON.encode() in week(register)
    delivery = register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert delivery is not None
    assert (delivery.layout, delivery.form, delivery.coverage) == (register.BULK, "parquet", Coverage.COMPLETE)
    assert delivery.original_sha256 == hashlib.sha256(sent).hexdigest()
    assert delivery.kept_sha256 == hashlib.sha256(delivery.rows.read_bytes()).hexdigest()
    assert delivery.url == sweden.origin + path
    assert list(tmp_path.rglob("*")) == [delivery.rows]
    for secret in (PERSON, "19121212-1212", "1212121212", "Testperson Två", "Testperson Tre"):
        assert secret not in written(tmp_path)


@pytest.mark.parametrize("hears_dates", [True, False], ids=["304", "200 with the same date"])
@pytest.mark.parametrize(("register", "path"), REGISTERS)
def test_an_unchanged_file_is_not_read_again(
    register: Any, path: str, hears_dates: bool, sweden: SwedenServer, client: PoliteClient, tmp_path: Path
) -> None:
    sweden.hears_dates = hears_dates
    sweden.publish(path, week(register), changed=MONDAY)
    first: Delivery = register.fetch_bulk(client, landing=tmp_path / "1", known=Known())
    assert first.etag == MONDAY
    known = Known(etag=first.etag)
    assert register.fetch_bulk(client, landing=tmp_path / "2", known=known) is None
    assert not (tmp_path / "2").exists()
    sweden.publish(path, week(register), changed=NEXT_MONDAY)
    assert register.fetch_bulk(client, landing=tmp_path / "3", known=known) is not None


@pytest.mark.parametrize(("register", "path"), REGISTERS)
def test_a_file_cut_on_its_way_is_fetched_again(
    register: Any, path: str, sweden: SwedenServer, client: PoliteClient, tmp_path: Path
) -> None:
    sent = sweden.publish(path, week(register), changed=MONDAY)
    sweden.spoil(Said(body=sent, cut_at=len(sent) // 2), Said(body=sent[:-30]))
    assert register.fetch_bulk(client, landing=tmp_path, known=Known()) is not None
    assert len(list(tmp_path.rglob("*"))) == 1


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8, 0.99])
@pytest.mark.parametrize(("register", "path"), REGISTERS)
def test_where_it_stays_cut_nothing_is_left(
    register: Any, path: str, share: float, sweden: SwedenServer, client: PoliteClient, tmp_path: Path
) -> None:
    sent = sweden.publish(path, week(register), changed=MONDAY)
    sweden.spoil(*[Said(body=sent[: int(share * len(sent))])] * 3)
    with pytest.raises(RetryableError, match="cut short"):
        register.fetch_bulk(client, landing=tmp_path, known=Known())
    assert list(tmp_path.rglob("*")) == []


def test_a_page_in_the_place_of_the_file_is_refused(sweden: SwedenServer, client: PoliteClient, tmp_path: Path) -> None:
    sweden.spoil(Said(body=b"<html>Underhall</html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(SourceAborted, match="web page in the place of data"):
        se_scb.fetch_bulk(client, landing=tmp_path, known=Known())
    assert list(tmp_path.rglob("*")) == []
