"""Doffin, Norway's database of public tenders: who buys what, and who won, also below the EU's thresholds.

Traps:
- each search reaches 1,000 notices, whatever it asks: a day is asked for at a time, and one that has more is refused
- a parameter that the service does not know is passed over, and all notices come as if they were those asked for: one
  dated outside the days asked for ends the run
- `id` of a buyer or winner is the service's own, `organizationId` the number; a foreign winner's is none that is read
- a winner is repeated for each lot
- `estimatedValue` is the buyer's estimate, not what the winner gets: it is the buyer's
- a change of a contract, and a contract that was cancelled or never made, name winners that did not win now
- a notice that also goes to TED is in both

Only believed: that days are asked for with both ends included (a day more is asked for, and does no harm), that
`allTypes` and `type` are of the same list, how many requests a minute are welcome, and what `limitedDataFlag` says.
"""

from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - `date` is a word of the mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.feed import SignalBatch
from sources.fields import (
    chosen,
    column,
    constant,
    date,
    decimal,
    is_in,
    item,
    joined,
    mapped,
    pieces,
    record,
    strung,
    timestamp,
)
from sources.kinds.ad_form import AdForm
from sources.kinds.mojibake import repair
from sources.kinds.notice_feed import Notice, NoticeFeed, Spread, days_between, follow_notices
from sources.kinds.notice_parties import one_amount, one_text, read_parties, rows_of, texts
from sources.kinds.notice_search import Pages, read_pages
from sources.secret import Secret
from sources.signals._numbers import NORWAY
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

SIGNAL_KIND = "tender_won"

KEY_ENV = "PROSPEKT_NO_DOFFIN_KEY"
PATH = "public/v2/search"
PARAMS = {"numHitsPerPage": "100", "sortBy": "PUBLICATION_DATE_ASC"}
PAGES = Pages(records="hits", total="numHitsTotal", reachable="numHitsAccessible", key="id")
DAYS = 7

# --- codes -------------------------------------------------------------------------------------------------------
AWARDS = ("RESULT", "ANNOUNCEMENT_OF_CONCLUSION_OF_CONTRACT")
LATER = ("CHANGE_OF_CONCLUSION_OF_CONTRACT", "CANCELLED_OR_MISSING_CONCLUSION_OF_CONTRACT", "ANNOUNCEMENT_OF_INTENT")
OPEN = (
    "PLANNING", "NOTICE_ON_BUYER_PROFILE", "ADVISORY_NOTICE", "PRE_ANNOUNCEMENT", "COMPETITION",
    "ANNOUNCEMENT_OF_COMPETITION", "DYNAMIC_PURCHASING_SCHEME", "QUALIFICATION_SCHEME",
)  # fmt: skip
CLOSED = ("EXPIRED", "AWARDED", "CANCELLED")

NOTICE = Layout(
    name="notice",
    columns=(
        "id",
        "heading",
        "type",
        "status",
        "published",
        "deadline",
        "cpvCodes",
        "party.role",
        "party.number",
        "party.scheme",
        "party.value",
        "party.problem",
        "amount",
        "currency",
        "allTypes",
        "locationId",
        "receivedTenders",
        "allReceivedTenders",
        "limitedDataFlag",
        "doffinClassicUrl",
    ),
    key=strung(":", column("id"), column("party.role"), column("party.number")),
    fields={
        "source_key": strung(":", column("id"), column("party.role"), column("party.number")),
        "kind": mapped(column("party.role"), {"buyer": "tender_buyer", "winner": "tender_won"}),
        "status": chosen(
            (is_in(column("type"), (*AWARDS, *LATER)), constant("ended")),
            (is_in(column("status"), CLOSED), constant("ended")),
            otherwise=constant("open"),
        ),
        "stated_at": timestamp(joined("", column("published"), constant("T00:00:00.000000Z"))),
        "title": column("heading"),
        "url": strung("", constant("https://www.doffin.no/notices/"), column("id")),
        "happened_date": date(column("published")),
        "expires_date": date(column("deadline")),
        "subjects": pieces(column("cpvCodes"), "\n", "-", record(code=item(1), scheme=constant("CPV"))),
        "amount": decimal(column("amount")),
        "amount_currency": column("currency"),
        "employer_scheme": column("party.scheme"),
        "employer_value": column("party.value"),
    },
    # where the work is has codes of its own; how many tenders came says nothing of a company
    ignored=frozenset(
        {
            "allTypes",
            "locationId",
            "receivedTenders",
            "allReceivedTenders",
            "limitedDataFlag",
            "doffinClassicUrl",
        }
    ),
    values={
        "type": frozenset((*AWARDS, *LATER, *OPEN)),
        "status": frozenset(("ACTIVE", *CLOSED)),
    },
    rejects=(
        (
            "missing_number",
            "the notice names a buyer or winner without a number",
            is_in(column("party.problem"), ("missing_number",)),
        ),
        (
            "unknown_form",
            "the number is not nine digits that pass the check, as of a foreign winner",
            is_in(column("party.problem"), ("unknown_form",)),
        ),
    ),
)

SOURCE = Source(
    name="no_doffin",
    title="Doffin",
    country="NO",
    publisher="Direktoratet for forvaltning og økonomistyring (DFØ)",
    homepage="https://www.doffin.no/",
    record_url="https://www.doffin.no/notices/{key}",
    scheme="DOFFIN-NOTICE",
    licence=Licence.NLOD_2_0,
    attribution="Inneholder data under norsk lisens for offentlige data (NLOD) tilgjengeliggjort av Doffin",
    lineage=Lineage.SIGNAL,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="See which companies won public contracts, and who buys what",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in notices published for everybody",
        personal_fields=("heading",),
        # the text of a notice names contact persons
        never_store=("description", "contactEmail", "contactName", "contactPhone", "contactPoint", "contactPerson"),
        retention_days=730,
    ),
    expect=Expect(min_rows=0, max_rows=1_000_000),
    layouts=(),
    signal_layouts=(NOTICE,),
    mapping_version=1,
    base_url="https://api.doffin.no",
    base_url_env="PROSPEKT_NO_DOFFIN_URL",
    is_opt_in=True,
    login_envs=(KEY_ENV,),
    requests_per_minute=60,
)

FORM = AdForm(layout=NOTICE, zone="Europe/Oslo", moments=(), days=(), lines=("heading",))


def spread(notice: Notice) -> Spread:
    """The notice's buyers, and the winners of what it awards, a row each."""
    taken = {"buyer", "lots", "heading", "estimatedValue", "publicationDate", "issueDate", "deadline", "cpvCodes"}
    kind, heading = one_text(notice.get("type"), ()), one_text(notice.get("heading"), ())
    base = {
        **{name: value for name, value in notice.items() if name not in taken},
        "heading": None if heading is None else repair(heading),
        "published": published(notice),
        "deadline": (one_text(notice.get("deadline"), ()) or "")[:10],
        "cpvCodes": sorted(set(texts(notice.get("cpvCodes")))),
    }
    value = notice.get("estimatedValue")
    said = value if isinstance(value, dict) else {}
    estimated = one_amount(said.get("amount"), said.get("currencyCode"))
    lots = [lot for lot in notice.get("lots") or () if isinstance(lot, dict)]
    named = {
        "buyer": notice.get("buyer") or (),
        "winner": [winner for lot in lots for winner in lot.get("winner") or ()] if kind in AWARDS else (),
    }
    rows: list[dict[str, Any]] = []
    for role, parties in named.items():
        each = [party for party in parties if isinstance(party, dict)]
        numbers = [texts(party.get("organizationId")) for party in each]
        names = len({one_text(party.get("name"), ()) for party in each})
        found = read_parties(texts(numbers), ("NOR",), names, {"NOR": NORWAY}, numberless=not all(numbers))
        rows += rows_of(base, role, found, estimated if role == "buyer" else None)
    return Spread(rows=tuple(rows))


def published(notice: Notice) -> str:
    """The day of publication, or where it is not said, of issue."""
    said = one_text(notice.get("publicationDate"), ()) or one_text(notice.get("issueDate"), ())
    return (said or "")[:10]


def ask(client: "PoliteClient", first: Date, last: Date) -> list[dict[str, Any]]:
    """The notices issued on these days, each once; a day's search ends with the day after, should the end be left out."""
    header = {"Ocp-Apim-Subscription-Key": client.secret(SOURCE, KEY_ENV)}
    found: dict[str, dict[str, Any]] = {}
    for day in days_between(first, last):
        params = {"issueDateFrom": f"{day}", "issueDateTo": f"{day + timedelta(days=1)}", **PARAMS}
        notices = read_pages(client, SOURCE, PATH, params, PAGES, hidden_headers=header)
        found |= {str(notice.get("id")): notice for notice in notices}
    return list(found.values())


FEED = NoticeFeed(
    form=FORM,
    days=DAYS,
    ask=ask,
    published=published,
    spread=spread,
    covers=(("tender_buyer", "NO"), ("tender_won", "NO")),
)


def fetch_signals(
    client: "PoliteClient", *, landing: Path, cursor: str | None, secret: Secret | None
) -> Iterator[SignalBatch]:
    """The notices issued since the cursor, or in the last 90 days."""
    return follow_notices(client, SOURCE, FEED, landing=landing, cursor=cursor)
