"""Reference rates of the European Central Bank: one euro in some thirty currencies, each working day since 1999.

It states no entities: amounts in different currencies are compared by it. The last rates of each month since 2017 come
with the program (`ecb_fx.csv`), so that accounts are compared without a net, too.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.errors import SourceAborted
from sources.kinds.rate_table import read_rate_csv, read_rate_xml
from sources.record import Rate
from sources.source import Expect, Licence, Lineage, Privacy, Source
from sources.unzip import unzipped

if TYPE_CHECKING:
    from sources.http import PoliteClient

KINDS: Mapping[str, str] = {}
FIRST_DAY = date(2015, 1, 1)
"""Accounts of before are asked of nobody."""
SHORT_DAYS = 80
"""The short file holds the last ninety days; whoever knows rates of so few days ago misses none."""
MOST_BYTES = 64 << 20

SOURCE = Source(
    name="ecb_fx",
    title="Euro foreign exchange reference rates",
    country=None,
    publisher="European Central Bank",
    homepage="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html",
    record_url="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/eurofxref-graph-{key}.en.html",
    scheme="ISO-4217",
    licence=Licence.ECB,
    attribution="Source: ECB",
    lineage=Lineage.SECONDARY,
    cadence_hours=24,
    rank=9,
    privacy=Privacy(
        purpose="Compare amounts in different currencies",
        lawful_basis="none is needed: there are no personal data",
        personal_fields=(),
        never_store=(),
        retention_days=3650,
    ),
    # about 80 % and 200 % of the 93,750 rates since 2015
    expect=Expect(min_rows=75_000, max_rows=187_000),
    layouts=(),
    parts=(),
    mapping_version=1,
    base_url="https://www.ecb.europa.eu/stats/eurofxref",
    base_url_env="PROSPEKT_ECB_FX_URL",
    requests_per_minute=30,
)


def fetch_rates(client: "PoliteClient", *, newest: date | None) -> tuple[Rate, ...]:
    """The rates of the last ninety days, or of all days since 2015 where the newest known are older than that."""
    if newest is not None and datetime.now(UTC).date() - newest < timedelta(days=SHORT_DAYS):
        return read_rate_xml(SOURCE, client.get(SOURCE, "eurofxref-hist-90d.xml", accept="*/*").body)
    packed = client.get(SOURCE, "eurofxref-hist.zip", accept="*/*").body
    text = b"".join(unzipped(SOURCE.name, iter([packed]), MOST_BYTES)).decode("utf-8-sig")
    rates = tuple(rate for rate in read_rate_csv(SOURCE, text) if rate.rate_date >= FIRST_DAY)
    if not SOURCE.expect.min_rows <= len(rates) <= SOURCE.expect.max_rows:
        raise SourceAborted(f"its history holds {len(rates):,} rates since 2015.", source=SOURCE.name)
    return rates


def shipped_rates() -> tuple[Rate, ...]:
    """The last rates of each month from December 2017 to October 2026."""
    return read_rate_csv(SOURCE, Path(__file__).with_suffix(".csv").read_text(encoding="utf-8"))
