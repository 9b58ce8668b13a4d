"""Sweden's company register (Bolagsverket): every company that is or was registered, as one file a week, without a key.

What is known of it, what was seen and what is only believed: docs/sources/se_bolagsverket.md.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    both,
    chosen,
    column,
    constant,
    date,
    either,
    is_in,
    is_present,
    item,
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    piece,
    pieces,
    record,
    replaced,
)
from sources.kinds.annual_reports import ask_reports
from sources.kinds.oauth2 import AuthorisedApi
from sources.kinds.parted_api import ask_records
from sources.kinds.text_file import fetch_text, read_text
from sources.kinds.text_rows import FAULT, FAULTS, TextForm
from sources.registers._se_bolagsverket import ACCESS, REPORTS
from sources.registers._se_organisation import FORMS, KINDS, ORGANISATION, ORGANISATIONS
from sources.registers._sweden import PERSONAL_NUMBER
from sources.source import Coverage, Delivery, Expect, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient
    from sources.lookup import AccountsAnswer

# --- columns -----------------------------------------------------------------------------------------------------
COLUMNS = (
    "organisationsidentitet namnskyddslopnummer registreringsland organisationsnamn organisationsform "
    "avregistreringsdatum avregistreringsorsak pagandeAvvecklingsEllerOmstruktureringsforfarande registreringsdatum "
    "verksamhetsbeskrivning postadress"
).split()
IGNORED = frozenset({"namnskyddslopnummer", "registreringsland"})

# --- codes -------------------------------------------------------------------------------------------------------
NAME_KINDS = {
    "FORETAGSNAMN-ORGNAM": "legal",
    "FORNAMN_FRSPRAK-ORGNAM": "translated",
    "NAMN-ORGNAM": "legal",
    "SARS_FORNAMN-ORGNAM": "trade",
}

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = piece(column("organisationsidentitet"), "$", 1)
LEGAL_FORM = replaced(column("organisationsform"), r"-ORGFO$", "")
# a name, its sort, its date, for a special name what it is for; further names behind a bar
NAMES = column("organisationsnamn")
FIRST_IS_LEGAL = matches(NAMES, r"(?s)[^$|]*\$(FORETAGSNAMN|NAMN)-ORGNAM([$|].*)?")
LATER_IS_LEGAL = matches(NAMES, r"(?s).*\|[^$|]*\$(FORETAGSNAMN|NAMN)-ORGNAM([$|].*)?")
LATER_LEGAL = replaced(NAMES, r"(?s)^.*?\|([^$|]*)\$(FORETAGSNAMN|NAMN)-ORGNAM.*$", r"\1")
# street, care of, town, postal code, country: a street may hold the separator, so all is counted from the end
ADDRESS = column("postadress")
ADDRESS_IS_WHOLE = matches(ADDRESS, r"(?s).*(\$[^$]*){4}")
PROCEDURES = column("pagandeAvvecklingsEllerOmstruktureringsforfarande")
DISSOLVED = either(is_present(column("avregistreringsdatum")), is_present(column("avregistreringsorsak")))
BANKRUPT = matches(PROCEDURES, r"(?s)(.*\|)?\s*KK-AVOMFO.*")
WINDING_UP = matches(PROCEDURES, r"(?s)(.*\|)?\s*LI-AVOMFO.*")
BANKRUPT_SINCE = replaced(PROCEDURES, r"(?s)^(.*\|)?\s*KK-AVOMFO[^|]*\$([^$|]*)(\|.*)?$", r"\2")
WINDING_UP_SINCE = replaced(PROCEDURES, r"(?s)^(.*\|)?\s*LI-AVOMFO[^|]*\$([^$|]*)(\|.*)?$", r"\2")

# --- layouts -----------------------------------------------------------------------------------------------------
BULK = Layout(
    name="bolagsverket_bulkfil",
    columns=(*COLUMNS, FAULT),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(LEGAL_FORM, KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(LEGAL_FORM, ("E",)),
        "name": chosen(
            (FIRST_IS_LEGAL, piece(NAMES, "$", 1)),
            (LATER_IS_LEGAL, LATER_LEGAL),
            otherwise=replaced(NAMES, r"(?s)[$|].*$", ""),
        ),
        "names": chosen(
            (
                matches(NAMES, r"(?s).*\|.*"),
                pieces(
                    NAMES,
                    "|",
                    "$",
                    record(
                        name=item(1),
                        kind=mapped(item(2), NAME_KINDS, otherwise="trade"),
                        from_date=date(item(3)),
                    ),
                ),
            ),
        ),
        "country_code": constant("SE"),
        "identifiers": many(record(scheme=constant("SE-ORGNR"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": LEGAL_FORM,
        "legal_form_scheme": constant("SE-LEGAL-FORM"),
        # listed, not deregistered, neither bankrupt nor winding up: the register says no more of being active
        "status": chosen(
            (DISSOLVED, constant("dissolved")),
            (BANKRUPT, constant("bankrupt")),
            (WINDING_UP, constant("winding_up")),
            otherwise=constant("active"),
        ),
        "status_date": date(
            chosen(
                (DISSOLVED, column("avregistreringsdatum")),
                (BANKRUPT, BANKRUPT_SINCE),
                (WINDING_UP, WINDING_UP_SINCE),
            )
        ),
        "addresses": many(
            record(
                kind=constant("postal"),
                street=replaced(replaced(ADDRESS, r"(?s)(\$[^$]*){4}$", ""), r"\s*\n\s*", ", "),
                postal_code=replaced(piece(ADDRESS, "$", -2), r"\s", ""),
                city=chosen((ADDRESS_IS_WHOLE, piece(ADDRESS, "$", -3))),
                country_code=replaced(piece(ADDRESS, "$", -1), r"-LAND$", ""),
            ),
            need="city",
        ),
        "registered_date": date(column("registreringsdatum")),
        "dissolved_date": date(column("avregistreringsdatum")),
        "activity": replaced(column("verksamhetsbeskrivning"), r"\s*\n\s*", " "),
    },
    ignored=IGNORED,
    rejects=(
        *FAULTS,
        ("missing_number", "the row has no organisation number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the organisation number is not ten digits that pass the Luhn check",
            negated(both(matches(NUMBER, r"\d{10}"), luhn_is_valid(NUMBER, 10))),
        ),
        ("missing_name", "the row has no name", negated(is_present(NAMES))),
    ),
    codes=(("SE-LEGAL-FORM", LEGAL_FORM, mapped(LEGAL_FORM, FORMS)),),
)
SOURCE = Source(
    name="se_bolagsverket",
    title="Bolagsverkets företagsregister",
    country="SE",
    publisher="Bolagsverket",
    homepage="https://bolagsverket.se/apierochoppnadata/vardefulladatamangder.5528.html",
    record_url="https://foretagsinfo.bolagsverket.se/sok-foretagsinformation-web/foretag/{key}",
    scheme="SE-ORGNR",
    # some read 4.0 of it, others 2.5 SE: both ask for the publisher's name
    licence=Licence.CC_BY_4_0,
    attribution="Källa: Bolagsverket",
    lineage=Lineage.REGISTER,
    cadence_hours=168,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data published for reuse by law (EU 2023/138)",
        personal_fields=("name", "names", "addresses", "activity"),
        never_store=("personnummer", "samordningsnummer"),
        retention_days=1095,
    ),
    # how many of the 2.96 million rows are companies' is not known: at least a quarter must be. `TEXT` bounds the rows
    expect=Expect(min_rows=740_000, max_rows=5_900_000, fill_rates={"legal_form_code": 0.9}),
    layouts=(BULK, ORGANISATION),
    mapping_version=1,
    base_url="https://vardefulla-datamangder.bolagsverket.se",
    base_url_env="PROSPEKT_SE_BOLAGSVERKET_URL",
    optional_envs={"annual reports": (ACCESS.id_env, ACCESS.secret_env)},
    account_fields=(*REPORTS.taxonomy.amounts, "average_employees"),
    hosts=frozenset({"gw.api.bolagsverket.se", "portal.api.bolagsverket.se"}),
)
TEXT = TextForm(
    encoding="utf-8",
    separator=";",
    is_quoted=True,
    number="organisationsidentitet",
    # a third digit below 2 is that of a month: a person's number, whatever the row calls it
    company=r"\d\d[2-9]\d{7}\$ORGNR-IDORG",
    person=r".*\$PERSON-IDORG|(18|19|20)\d{10}.*|\d\d[01]\d{7}.*",
    scrubbed=("organisationsnamn", "verksamhetsbeskrivning", "postadress"),
    personal_number=PERSONAL_NUMBER,
    nothing="null",
    made_every=timedelta(days=7),
    # about 80 % of the 2.96 million rows of summer 2026
    min_rows=2_370_000,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """Every company, as the weekly file has it."""
    return fetch_text(client, SOURCE, TEXT, "bolagsverket/bolagsverket_bulkfil.zip", landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The weekly file downloaded by hand, as it comes (ZIP) or unpacked."""
    return read_text(SOURCE, TEXT, path, coverage=coverage, landing=landing)


def look_up(client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Delivery:
    """The companies of these numbers as the register and SCB's have them now."""
    api = AuthorisedApi(client=client, source=SOURCE, access=ACCESS)
    return ask_records(api, ORGANISATIONS, keys, landing=landing)


def fetch_accounts(client: "PoliteClient", keys: Sequence[str]) -> Iterator["AccountsAnswer"]:
    """Key figures of the latest annual report of each of these companies, where it was filed digitally."""
    return ask_reports(AuthorisedApi(client=client, source=SOURCE, access=ACCESS), REPORTS, keys)


def missing_credentials(client: "PoliteClient") -> str | None:
    """Why no annual reports can be asked for, null where they can."""
    names = ACCESS.missing(client)
    return f"annual reports need {' and '.join(names)}: {ACCESS.to_get_them}" if names else None
