"""The filers of the SEC (EDGAR): who files in the United States, asked for by CIK, without a key.

What is known of it, what was seen and what is only believed: docs/sources/us_sec.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sources.errors import RetryableError
from sources.fields import (
    Expr,
    chosen,
    column,
    constant,
    date,
    each,
    first,
    is_present,
    item,
    joined,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
    strung,
)
from sources.kinds.json_api import parse
from sources.kinds.numbered_api import ask_numbers, nothing
from sources.lookup import CompanyAsked, FoundRecord, KnowledgeAnswer, Outcome
from sources.source import Expect, IndustryFamily, Layout, Licence, Lineage, Privacy, Shape, Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

# --- codes -------------------------------------------------------------------------------------------------------
STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY"
).split()
# EDGAR's own codes of countries, those that public programs agree on; any other country stays unknown
COUNTRIES: Mapping[str, str] = dict.fromkeys(STATES, "US") | {
    "X1": "US",
    "G7": "DK",
    "H9": "FI",
    "I0": "FR",
    "2M": "DE",
    "L2": "IE",
    "L3": "IL",
    "M0": "JP",
    "N4": "LU",
    "P7": "NL",
    "Q8": "NO",
    "U3": "ES",
    "V7": "SE",
    "V8": "CH",
    "X0": "GB",
}
KINDS = {"operating": "legal_entity", "investment": "fund"}

# --- columns -----------------------------------------------------------------------------------------------------
READ = (
    "cik entityType name formerNames lei sic sicDescription stateOfIncorporation website phone "
    "addresses.business.street1 addresses.business.street2 addresses.business.city addresses.business.stateOrCountry "
    "addresses.business.zipCode"
).split()
IGNORED = (
    "ownerOrg insiderTransactionForOwnerExists insiderTransactionForIssuerExists tickers exchanges ein description "
    "investorWebsite category fiscalYearEnd stateOfIncorporationDescription flags "
    "addresses.business.stateOrCountryDescription addresses.business.isForeignLocation "
    "addresses.business.foreignStateTerritory addresses.business.country addresses.business.countryCode"
).split()


def _country() -> Expr:
    """Where it is incorporated; foreign filers often state an office in the United States as their address."""
    return first(
        mapped(column("stateOfIncorporation"), COUNTRIES),
        mapped(column("addresses.business.stateOrCountry"), COUNTRIES),
    )


def _region() -> Expr:
    state = column("addresses.business.stateOrCountry")
    return chosen((matches(state, "|".join(STATES)), strung("-", constant("US"), state)))


CIK = replaced(column("cik"), r"^0+", "")
SUBMISSIONS = Layout(
    name="submissions",
    columns=(*READ, *IGNORED),
    ignored=frozenset(IGNORED),
    ignored_prefixes=("addresses.mailing.",),
    key=CIK,
    fields={
        "source_key": CIK,
        "entity_kind": mapped(column("entityType"), KINDS, otherwise="legal_entity"),
        "is_natural_person": constant(False),
        "name": column("name"),
        "country_code": _country(),
        "names": each(
            "formerNames",
            ("name", "from", "to"),
            record(
                name=item("name"),
                kind=constant("former"),
                from_date=date(replaced(item("from"), r"T.*$", "")),
                to_date=date(replaced(item("to"), r"T.*$", "")),
            ),
        ),
        "identifiers": many(
            record(scheme=constant("CIK"), value=CIK, original=column("cik")),
            record(
                scheme=constant("LEI"),
                value=chosen((matches(column("lei"), r"[0-9A-Z]{18}[0-9]{2}"), column("lei"))),
                original=column("lei"),
            ),
            need="value",
        ),
        # who once filed is listed for ever
        "status": constant("unknown"),
        "industries": many(
            record(
                code=chosen((matches(column("sic"), r"\d{4}"), column("sic"))),
                scheme=constant("US-SIC"),
                rank=constant(1),
            ),
            need="code",
        ),
        "addresses": many(
            record(
                kind=constant("business"),
                street=joined(", ", column("addresses.business.street1"), column("addresses.business.street2")),
                postal_code=column("addresses.business.zipCode"),
                city=column("addresses.business.city"),
                region_code=_region(),
                country_code=mapped(column("addresses.business.stateOrCountry"), COUNTRIES),
            ),
            need="city",
        ),
        "contact_points": many(
            record(kind=constant("website"), value=column("website")),
            record(kind=constant("phone"), value=column("phone")),
            need="value",
        ),
    },
    rejects=(
        ("invalid_number", "the CIK is not up to ten digits", negated(matches(CIK, r"[1-9]\d{0,9}"))),
        ("missing_name", "the filer has no name", negated(is_present(column("name")))),
    ),
    codes=(("US-SIC", column("sic"), column("sicDescription")),),
    lists={"formerNames": Shape(keys=("name", "from", "to"))},
)

SOURCE = Source(
    name="us_sec",
    title="EDGAR filers",
    country=None,
    publisher="U.S. Securities and Exchange Commission",
    homepage="https://www.sec.gov/search-filings/edgar-application-programming-interfaces",
    record_url="https://www.sec.gov/edgar/browse/?CIK={key}",
    scheme="CIK",
    licence=Licence.TERMS_OF_USE,
    attribution="U.S. Securities and Exchange Commission, EDGAR (public domain; terms: https://www.sec.gov/privacy)",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=7,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data published for investors; persons who file are not stored",
        personal_fields=(),
        never_store=(),
        retention_days=1095,
    ),
    # it is asked company by company: there is no complete delivery that could be too small
    expect=Expect(min_rows=0, max_rows=10_000_000),
    layouts=(SUBMISSIONS,),
    mapping_version=1,
    industry_lists={"US-SIC": IndustryFamily.US_SIC},
    base_url="https://data.sec.gov",
    base_url_env="PROSPEKT_US_SEC_URL",
    # ten a second are allowed; whoever asks more is shut out for minutes
    requests_per_minute=300,
    is_opt_in=True,
)
ASKED_BY = ("CIK",)
SHUT_OUT_SECONDS = 600.0
"""It shuts out for about ten minutes whoever asks too fast, or without a name and an e-mail address."""


def ask_about(client: "PoliteClient", wanted: Sequence[CompanyAsked]) -> Iterator[KnowledgeAnswer]:
    """The filer of each of these companies, by its CIK."""
    return ask_numbers(wanted, lambda company, _, number: _ask(client, company, number))


def missing_credentials(client: "PoliteClient") -> str | None:
    """Whom to write to, by e-mail, which the SEC wants to know of every program."""
    if "@" in (client.contact or ""):
        return None
    return "the SEC wants an e-mail address to write to: set `contact` to yours in config.toml."


def _ask(client: "PoliteClient", company: CompanyAsked, number: str) -> KnowledgeAnswer:
    cik = number.lstrip("0")
    if not cik.isdecimal() or len(cik) > 10:
        return nothing(company, Outcome.INVALID_INPUT, "no_usable_number")
    answer = client.get(
        SOURCE,
        f"submissions/CIK{cik:0>10}.json",
        headers={"User-Agent": f"prospekt {client.contact}"},  # name and e-mail, the one form that is let in
        allow=frozenset({403, 404}),
        check=refuse_shut_door,
    )
    if answer.status == 404:
        return nothing(company, Outcome.NO_DATA, "not_found")
    said = parse(SOURCE, answer)
    if str(said.get("cik", "")).lstrip("0") != cik:
        return nothing(company, Outcome.FAILED, "other_number")
    if not _is_company(said):
        return nothing(company, Outcome.NO_DATA, "no_company")
    former = said.get("formerNames") or []
    found = FoundRecord(
        key=cik,
        payload={name: value for name, value in said.items() if name != "filings"},
        names=(str(said.get("name")), *(str(one.get("name")) for one in former)),
        country=COUNTRIES.get(str(said.get("stateOfIncorporation"))),
        website=str(said.get("website") or "") or None,
    )
    return KnowledgeAnswer(source_key=company.source_key, outcome=Outcome.HIT, records=(found,))


def refuse_shut_door(answer: "Answer") -> None:
    """Raise RetryableError where the SEC lets us in no more, for some minutes."""
    if answer.status == 403:
        raise RetryableError(
            "us_sec: the SEC refuses us for some minutes (HTTP 403): asked too fast from this network, or by nobody it knows.",
            source=SOURCE.name,
            retry_after_seconds=SHUT_OUT_SECONDS,
        )


def _is_company(said: Mapping[str, Any]) -> bool:
    """Whether anything says that a filer is no person: persons who trade in shares of their company file, too."""
    return any(said.get(name) for name in ("sic", "ein", "stateOfIncorporation", "tickers"))
