"""Tenders Electronic Daily (TED): public tenders above the EU's thresholds, who asks for them and who won.

Asked for are notices with a buyer or a winner in a country whose numbers we read (`_numbers.py`): the Nordic ones.

Traps:
- names, numbers and countries of winners are lists that do not go together in about one notice of a hundred: a winner
  has a name but no number, or two numbers (`sources/kinds/notice_parties.py`)
- a winner is repeated for each lot, and an amount is of the whole notice: it is nobody's where several won
- a number comes in any spelling: `556569-3792`, `SE556569379201`, `923 609 016 MVA`; a sole trader's may be a personal
  number, and is dropped before a byte of it is written
- 0 and 1 are amounts that stand for none
- the scopes ACTIVE and LATEST have no awards, or one issue only: `ALL` is asked for
- a search may run out of time and answer with a part, with HTTP 200 (`timedOut`)
- page numbers end at 15,000 notices; tokens do not
- a notice is never changed: what changes comes as a notice of its own, with a number of its own
- a day is `2026-11-02+01:00`
- titles are maps by language, and some were decoded wrongly on their way (`KjÃ¸p`)
- winners of a notice that changes a contract (`can-modif`), or says beforehand who will have it (`veat`), did not win now

Only believed: that `PD` takes `>=` and `<=` together, how many requests a minute are welcome, the names of the fields of
estimated values, and that `total-value` is the value of all that the notice awards.
"""

from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - `date` is a word of the mapping
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
from sources.kinds.notice_feed import Notice, NoticeFeed, Spread, follow_notices
from sources.kinds.notice_parties import one_amount, one_text, read_parties, rows_of, texts
from sources.kinds.notice_search import iterate
from sources.secret import Secret
from sources.signals._numbers import NUMBERS
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

SIGNAL_KIND = "tender_won"

# --- what is asked for -------------------------------------------------------------------------------------------
FIELDS = (
    "publication-number",
    "publication-date",
    "notice-type",
    "notice-title",
    "classification-cpv",
    "deadline-receipt-tender-date-lot",
    "buyer-name",
    "buyer-identifier",
    "buyer-country",
    "winner-name",
    "winner-identifier",
    "winner-country",
    "total-value",
    "total-value-cur",
    "estimated-value-proc",
    "estimated-value-cur-proc",
)
PATH = "v3/notices/search"
MOST_A_PAGE = 250
DAYS = 7

# --- codes -------------------------------------------------------------------------------------------------------
AWARDS = ("can-standard", "can-social", "can-desg", "can-tran")
LATER = ("can-modif", "compl", "veat")
OPEN = (
    "cn-standard", "cn-social", "cn-desg", "pin-only", "pin-buyer", "pin-rtl", "pin-tran", "pin-cfc-standard",
    "pin-cfc-social", "qu-sy", "subco", "pmc", "brin-ecs", "brin-eeig",
)  # fmt: skip
LANGUAGES = ("eng", "nor", "swe", "fin", "dan")

NOTICE = Layout(
    name="notice",
    columns=(
        "publication-number",
        "publication-date",
        "notice-type",
        "title",
        "classification-cpv",
        "deadline",
        "party.role",
        "party.number",
        "party.scheme",
        "party.value",
        "party.problem",
        "amount",
        "currency",
    ),
    key=strung(":", column("publication-number"), column("party.role"), column("party.number")),
    fields={
        "source_key": strung(":", column("publication-number"), column("party.role"), column("party.number")),
        "kind": mapped(column("party.role"), {"buyer": "tender_buyer", "winner": "tender_won"}),
        "status": chosen(
            (is_in(column("notice-type"), (*AWARDS, *LATER)), constant("ended")), otherwise=constant("open")
        ),
        "stated_at": timestamp(joined("", column("publication-date"), constant("T00:00:00.000000Z"))),
        "title": column("title"),
        "url": strung("", constant("https://ted.europa.eu/en/notice/-/detail/"), column("publication-number")),
        "happened_date": date(column("publication-date")),
        "expires_date": date(column("deadline")),
        "subjects": pieces(column("classification-cpv"), "\n", "-", record(code=item(1), scheme=constant("CPV"))),
        "amount": decimal(column("amount")),
        "amount_currency": column("currency"),
        "employer_scheme": column("party.scheme"),
        "employer_value": column("party.value"),
    },
    ignored_prefixes=("links.",),
    values={"notice-type": frozenset((*AWARDS, *LATER, *OPEN))},
    rejects=(
        (
            "missing_number",
            "the notice names a buyer or winner without a number",
            is_in(column("party.problem"), ("missing_number",)),
        ),
        (
            "not_aligned",
            "the notice does not say of which country's party a number is",
            is_in(column("party.problem"), ("not_aligned",)),
        ),
        (
            "unknown_form",
            "the number is none of a country that is read here, or none that its register could have given",
            is_in(column("party.problem"), ("unknown_form",)),
        ),
    ),
)

SOURCE = Source(
    name="eu_ted",
    title="Tenders Electronic Daily (TED)",
    country=None,
    publisher="Publications Office of the European Union",
    homepage="https://ted.europa.eu/",
    record_url="https://ted.europa.eu/en/notice/-/detail/{key}",
    scheme="TED-NOTICE",
    licence=Licence.CC_BY_4_0,
    attribution="TED © European Union",
    lineage=Lineage.SIGNAL,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="See which companies won public contracts, and who buys what",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in notices published for everybody",
        personal_fields=("title",),
        never_store=(
            "winner-email",
            "winner-tel",
            "winner-contact-point",
            "buyer-email",
            "buyer-tel",
            "buyer-contact-point",
            "organisation-email-buyer",
            "organisation-contact-point-buyer",
        ),
        retention_days=730,
    ),
    expect=Expect(min_rows=0, max_rows=1_000_000),
    layouts=(),
    signal_layouts=(NOTICE,),
    mapping_version=1,
    base_url="https://api.ted.europa.eu",
    base_url_env="PROSPEKT_EU_TED_URL",
    is_opt_in=True,
    requests_per_minute=30,
)

FORM = AdForm(layout=NOTICE, zone="Europe/Luxembourg", moments=(), days=(), lines=("title",))


def spread(notice: Notice) -> Spread:
    """The notice's buyers, and the winners of what it awards, a row each."""
    rest = {name: value for name, value in notice.items() if name not in FIELDS}
    title = one_text(notice.get("notice-title"), LANGUAGES)
    kind = one_text(notice.get("notice-type"), ())
    base = {
        **rest,
        "publication-number": notice.get("publication-number"),
        "publication-date": published(notice),
        "notice-type": kind,
        "title": None if title is None else repair(title),
        "classification-cpv": sorted(set(texts(notice.get("classification-cpv")))),
        "deadline": max((text[:10] for text in texts(notice.get("deadline-receipt-tender-date-lot"))), default=None),
    }
    awarded = one_amount(notice.get("total-value"), notice.get("total-value-cur"))
    estimated = one_amount(notice.get("estimated-value-proc"), notice.get("estimated-value-cur-proc"))
    person_count, rows = 0, list[dict[str, Any]]()
    for role in ("buyer", "winner") if kind in AWARDS else ("buyer",):
        said = read_parties(
            texts(notice.get(f"{role}-identifier")),
            texts(notice.get(f"{role}-country")),
            len(set(texts(notice.get(f"{role}-name")))),
            NUMBERS,
        )
        person_count += said.person_count
        rows += rows_of(base, role, said, awarded if role == "winner" else awarded or estimated)
    return Spread(rows=tuple(rows), person_count=person_count)


def published(notice: Notice) -> str:
    """The day of publication."""
    return (one_text(notice.get("publication-date"), ()) or "")[:10]


def ask(client: "PoliteClient", first: Date, last: Date) -> list[dict[str, Any]]:
    """The notices of these days with a buyer or winner of one of the countries."""
    parties = " OR ".join(f"{role}-country={country}" for role in ("buyer", "winner") for country in NUMBERS)
    query = f"PD>={first:%Y%m%d} AND PD<={last:%Y%m%d} AND ({parties})"
    return iterate(client, SOURCE, PATH, query=query, fields=FIELDS, size=MOST_A_PAGE, key="publication-number")


# of a company without a contract here, one below the thresholds is not known: none found is never a no
FEED = NoticeFeed(form=FORM, days=DAYS, ask=ask, published=published, spread=spread, covers=())


def fetch_signals(
    client: "PoliteClient", *, landing: Path, cursor: str | None, secret: Secret | None
) -> Iterator[SignalBatch]:
    """The notices published since the cursor, or in the last 90 days."""
    return follow_notices(client, SOURCE, FEED, landing=landing, cursor=cursor)
