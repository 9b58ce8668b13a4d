"""The SEC's list of companies with a ticker: name and CIK of who is listed in the United States, by one file, without a key.

What is known of it, what was seen and what is only believed: docs/sources/us_sec.md.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.errors import SourceAborted
from sources.fields import column, constant, is_present, many, matches, negated, record
from sources.kinds.file_date import file_moment
from sources.kinds.json_api import deliver, parse
from sources.registers import us_sec
from sources.source import Coverage, Delivery, Expect, Known, Layout, Licence, Lineage, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

CIK = column("cik_str")
TICKERS = Layout(
    name="company_tickers",
    columns=("cik_str", "title", "ticker"),
    ignored=frozenset({"ticker"}),
    key=CIK,
    fields={
        "source_key": CIK,
        "entity_kind": constant("legal_entity"),
        "is_natural_person": constant(False),
        "name": column("title"),
        "identifiers": many(record(scheme=constant("CIK"), value=CIK, original=CIK), need="value"),
        # foreign companies are in the list, too: a country is not said, nor that one is in business
        "status": constant("unknown"),
    },
    rejects=(
        ("invalid_number", "the CIK is not up to ten digits", negated(matches(CIK, r"[1-9]\d{0,9}"))),
        ("missing_name", "the company has no name", negated(is_present(column("title")))),
    ),
)
KINDS = {"any": "legal_entity"}

SOURCE = Source(
    name="us_sec_tickers",
    title="Companies with a ticker",
    country=None,
    publisher=us_sec.SOURCE.publisher,
    homepage="https://www.sec.gov/file/company-tickers",
    record_url=us_sec.SOURCE.record_url,
    scheme="CIK",
    licence=Licence.TERMS_OF_USE,
    attribution=us_sec.SOURCE.attribution,
    lineage=Lineage.REGISTER,
    cadence_hours=168,
    rank=8,
    privacy=us_sec.SOURCE.privacy,
    # some 10,000 tickers of some 8,000 companies: about 80 % of the one, 200 % of the other
    expect=Expect(min_rows=6_000, max_rows=20_000),
    layouts=(TICKERS,),
    mapping_version=1,
    base_url="https://www.sec.gov/files",
    base_url_env="PROSPEKT_US_SEC_TICKERS_URL",
    requests_per_minute=60,
    is_opt_in=True,
)


def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """The list, complete."""
    missing = us_sec.missing_credentials(client)
    if missing is not None:
        raise SourceAborted(missing, source=SOURCE.name)
    agent = {"User-Agent": f"prospekt {client.contact}"}
    answer = client.get(
        SOURCE,
        "company_tickers.json",
        headers=agent,
        allow=frozenset({403}),
        check=us_sec.refuse_shut_door,
    )
    return _deliver(
        parse(SOURCE, answer),
        coverage=Coverage.COMPLETE,
        landing=landing,
        url=answer.url,
        fetched_at=answer.fetched_at,
    )


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The list, downloaded by hand."""
    try:
        said = json.loads(path.read_bytes(), parse_int=str)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise SourceAborted(f"{path} is not the list company_tickers.json.", source=SOURCE.name)
    return _deliver(said, coverage=coverage, landing=landing, url=path.name, fetched_at=file_moment(SOURCE, path))


def _deliver(said: Mapping[str, Any], *, coverage: Coverage, landing: Path, url: str, fetched_at: datetime) -> Delivery:
    """One row a company: the list has one a ticker."""
    if not all(isinstance(one, dict) and one.keys() >= {"cik_str", "title"} for one in said.values()):
        raise SourceAborted(f"{url} is not the list company_tickers.json.", source=SOURCE.name)
    companies = {one["cik_str"]: one for one in reversed(list(said.values()))}
    return deliver(
        SOURCE,
        TICKERS,
        list(companies.values())[::-1],
        coverage=coverage,
        landing=landing,
        fetched_at=fetched_at,
        url=url,
    )
