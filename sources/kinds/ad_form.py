"""How what a source says of a job ad becomes a row, less whatever may not be kept, before a byte of it is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kinds.json_record import RecordReader
from sources.kinds.text_table import text_table
from sources.redact import without
from sources.source import Layout, Source

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])(\+|00)?\d(?:[ .-]?\d){6,13}(?!\w)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdForm:
    """Which columns of a layout are points in time, days, or lines that a person wrote.

    `moments` become UTC: they order what is said of one ad. One without an offset is read as UTC, which is the late
    side in Europe: at worst a change of the same hour is passed over until the next, never an end. `days` are taken in
    `zone`, where midnight is: an ad of `2026-03-23T00:00+01:00` is not of the 22nd. `lines` lose e-mail addresses and
    numbers of phones and persons.
    """

    layout: Layout
    zone: str
    moments: tuple[str, ...]
    days: tuple[str, ...]
    lines: tuple[str, ...]


class AdReader:
    """Reads what a source says of ads, one JSON object each; only what may be kept, and only what is used."""

    def __init__(self, source: Source, form: AdForm) -> None:
        self._source = source
        self._form = form
        self._zone = ZoneInfo(form.zone)
        self._reader = RecordReader(form.layout)
        self._kept = [name for name in form.layout.columns if name not in form.layout.ignored]

    def read(self, payload: Mapping[str, Any]) -> dict[str, str]:
        """The row of one ad."""
        row = self._reader.read(without(payload, self._source.privacy.never_store))
        for name in self._form.moments:
            if name in row:
                row[name] = as_utc(row[name])
        for name in self._form.days:
            if name in row:
                row[name] = as_day(row[name], self._zone)
        for name in self._form.lines:
            if name in row:
                row[name] = scrub(row[name])
        return row

    def tabulate(self, rows: Sequence[Mapping[str, str]], *, landing: Path, name: str) -> pa.Table:
        """The rows as a table of text columns, kept in `landing` as they are landed."""
        table = text_table(rows, self._kept)
        landing.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, landing / f"{name}.parquet", compression="zstd")
        return table

    def warnings(self) -> tuple[str, ...]:
        """A sentence for each thing that the layout does not know."""
        return self._reader.warnings()


def as_utc(text: str) -> str:
    """A point in time in UTC, as mappings read it; what is none stays as it is. Digits alone are milliseconds.

    >>> as_utc("2026-11-02T08:00:00+01:00"), as_utc("2026-11-02T08:00:00"), as_utc("1552410521222")
    ('2026-11-02T07:00:00.000000Z', '2026-11-02T08:00:00.000000Z', '2019-03-12T17:08:41.222000Z')
    """
    try:
        moment = datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdecimal() else datetime.fromisoformat(text)
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return text
    return aware.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_day(text: str, zone: ZoneInfo) -> str:
    """The day of a point in time where the ad is; one without an offset is that place's own.

    >>> as_day("2026-03-22T23:00:00Z", ZoneInfo("Europe/Oslo")), as_day("2026-03-22T23:00:00", ZoneInfo("Europe/Oslo"))
    ('2026-03-23', '2026-03-22')
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo is None else moment.astimezone(zone)).date().isoformat()


def scrub(text: str) -> str:
    """One line less e-mail addresses and long numbers, which are those of phones or persons.

    >>> scrub("Selger i Bergen 2026, ring Ola 99 88 77 66 eller ola@firma.example!")
    'Selger i Bergen 2026, ring Ola eller !'
    """
    return _SPACES.sub(" ", _PHONE.sub("", _EMAIL.sub("", text))).strip()
