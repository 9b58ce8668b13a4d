"""Reference rates over a real socket: whole history once, ninety days from then on, and nothing that is no rate."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.kinds.rate_table import read_rate_csv, read_rate_xml
from sources.record import Rate
from sources.registers import ecb_fx
from sources.source import Expect, RatesConnector
from tests.registers.loopback import Asked, LoopbackRegister, Said

CSV = "Date,USD,NOK,BGN,\n2026-10-30,1.1172,10.312,N/A,\n2026-10-29,1.113,10.3315,,\n2014-12-31,1.2141,9.042,1.9558,\n"
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube><Cube time="2026-10-30"><Cube currency="USD" rate="1.1172"/><Cube currency="NOK" rate="10.312"/></Cube>
<Cube time="2026-10-29"><Cube currency="NOK" rate="10.3315"/></Cube></Cube></gesmes:Envelope>"""
NOK = (Rate(rate_date=date(2026, 10, 30), currency="NOK", per_euro=Decimal("10.312")),)


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", text)
    return buffer.getvalue()


class Bank(LoopbackRegister):
    """The files of the bank."""

    history = zipped(CSV)
    days = XML

    def answer(self, asked: Asked) -> Said:
        bodies = {"/eurofxref-hist.zip": self.history, "/eurofxref-hist-90d.xml": self.days}
        return Said(body=bodies[asked.path]) if asked.path in bodies else Said(status=404)


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    small = replace(ecb_fx.SOURCE, expect=Expect(min_rows=4, max_rows=100), requests_per_minute=6_000)
    monkeypatch.setattr(ecb_fx, "SOURCE", small)
    with Bank() as server:
        yield server


@pytest.fixture
def client(bank: Bank, make_client: Callable[..., PoliteClient]) -> PoliteClient:
    return make_client(environ={"PROSPEKT_ECB_FX_URL": bank.origin}, attempts=2)


def test_the_whole_history_comes_first_and_ninety_days_from_then_on(bank: Bank, client: PoliteClient) -> None:
    first = ecb_fx.fetch_rates(client, newest=None)
    assert NOK[0] in first
    assert min(rate.rate_date for rate in first) == date(2026, 10, 29)
    assert {rate.currency for rate in first} == {"USD", "NOK"}
    ecb_fx.fetch_rates(client, newest=datetime.now(UTC).date() - timedelta(days=100))
    later = ecb_fx.fetch_rates(client, newest=datetime.now(UTC).date() - timedelta(days=79))
    assert [(rate.currency, rate.rate_date.day) for rate in later] == [("USD", 30), ("NOK", 30), ("NOK", 29)]
    asked = [asked.path for asked in bank.asked]
    assert asked == ["/eurofxref-hist.zip", "/eurofxref-hist.zip", "/eurofxref-hist-90d.xml"]


def test_a_history_cut_short_or_too_small_is_not_used(bank: Bank, client: PoliteClient) -> None:
    bank.spoil(Said(body=bank.history[:40]))
    with pytest.raises(RetryableError, match="cut short"):
        ecb_fx.fetch_rates(client, newest=None)
    bank.spoil(Said(body=zipped("Date,USD,\n2026-10-30,1.1172,\n")))
    with pytest.raises(SourceAborted, match="holds 1 rates"):
        ecb_fx.fetch_rates(client, newest=None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "Day,USD,\n",
        "Date,Dollar,\n2026-10-30,1.1,\n",
        "Date,USD,\n30.10.2026,1.1,\n",
        'Date,USD,\n2026-10-30,"1,1",\n',
        "Date,USD,\n2026-10-30,0,\n",
        "Date,USD,\n2026-10-30,-1,\n",
        "Date,USD,\n2026-10-30,Infinity,\n",
        "Date,USD,\n2026-10-30,NaN,\n",
    ],
)
def test_what_is_no_table_of_rates_is_refused(text: str) -> None:
    with pytest.raises(SourceAborted):
        read_rate_csv(ecb_fx.SOURCE, text)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<a/>",
        XML.replace(b"10.312", b"ten"),
        XML.replace(b"NOK", b"kroner"),
        XML.replace(b"2026-10-30", b"today"),
        XML[:-20],
    ],
)
def test_what_is_no_xml_of_rates_is_refused(document: bytes) -> None:
    with pytest.raises(SourceAborted):
        read_rate_xml(ecb_fx.SOURCE, document)


def test_rates_that_come_with_the_program_end_each_month() -> None:
    assert isinstance(ecb_fx, RatesConnector)
    rates = {(rate.rate_date, rate.currency): rate.per_euro for rate in ecb_fx.shipped_rates()}
    assert len(rates) == len(ecb_fx.shipped_rates()) > 3_000
    assert rates[date(2024, 12, 31), "NOK"] == Decimal("11.795")
    assert rates[date(2024, 12, 31), "SEK"] == Decimal("11.459")
    days = sorted({day for day, _ in rates})
    assert len(days) == len({(day.year, day.month) for day in days})
    assert all((day + timedelta(days=6)).month != day.month for day in days)
