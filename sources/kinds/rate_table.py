"""Tables of reference rates against the euro, a row a day: as the ECB writes them, CSV or XML."""

import csv
import io
import re
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from sources.errors import SourceAborted
from sources.record import Rate
from sources.source import Source

_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_RATE = frozenset({"", "N/A"})
MOST_PER_EURO = Decimal(10) ** 11
_RATES = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


def read_rate_csv(source: Source, text: str) -> tuple[Rate, ...]:
    """The rates of a table with a column a currency; a day without a rate of one leaves it out.

    Raises SourceAborted for a table that is none, or a rate that cannot be one: nothing of it is used then.
    """
    rows = csv.reader(io.StringIO(text))
    days, *currencies = [name.strip() for name in next(rows, [""])]
    while currencies and not currencies[-1]:  # each line ends with a comma
        currencies.pop()
    if days != "Date" or not currencies or not all(map(_CURRENCY.fullmatch, currencies)):
        raise SourceAborted("the table of rates does not begin with Date and currencies.", source=source.name)
    return tuple(
        _rate(source, row[0], currency, value)
        for row in rows
        if row
        for currency, value in zip(currencies, row[1:], strict=False)
        if value.strip() not in _NO_RATE
    )


def read_rate_xml(source: Source, document: bytes) -> tuple[Rate, ...]:
    """The rates of an XML document with a cube a day; raises as `read_rate_csv`."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        raise SourceAborted("the rates are no XML that can be read.", source=source.name) from None
    rates = tuple(
        _rate(source, day.get("time", ""), cube.get("currency", ""), cube.get("rate", ""))
        for day in root.iter(_RATES)
        if day.get("time") is not None
        for cube in day.iter(_RATES)
        if cube is not day
    )
    if not rates:
        raise SourceAborted("the XML holds no rates.", source=source.name)
    return rates


def _rate(source: Source, day: str, currency: str, value: str) -> Rate:
    try:
        on, per_euro = date.fromisoformat(day.strip()), Decimal(value.strip())
    except (ValueError, InvalidOperation):
        on, per_euro = date.min, Decimal(0)
    if not (per_euro.is_finite() and 0 < per_euro < MOST_PER_EURO and _CURRENCY.fullmatch(currency)):
        raise SourceAborted("the table of rates holds a rate that cannot be read.", source=source.name)
    return Rate(rate_date=on, currency=currency, per_euro=per_euro)
