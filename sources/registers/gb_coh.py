"""United Kingdom's Companies House: the monthly table, the stream of changes, single companies, corporate owners.

What is known of it, what was seen and what is only believed: docs/sources/gb_coh.md.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.errors import LoginRefused
from sources.fields import (
    both,
    chosen,
    column,
    constant,
    date,
    each,
    either,
    integer,
    is_in,
    is_present,
    item,
    joined,
    lowered,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
)
from sources.kinds.change_stream import ChangeStream, follow_changes
from sources.kinds.csv_archive import TableArchive, fetch_archive, read_archive
from sources.kinds.json_api import deliver, parse
from sources.kinds.link_page import LinkPage
from sources.kinds.sifted_lines import SiftedLines, fetch_lines, is_lines, read_lines
from sources.kinds.text_rows import BROKEN_LINE, FAULT, NOT_TEXT
from sources.registers._gb_coh.codes import (
    CATEGORIES,
    FORMS,
    IN_GROUP,
    KINDS,
    PROFILE_STATUSES,
    STATUS_DETAILS,
    STATUSES,
    UK,
)
from sources.registers._gb_coh.columns import (
    ADDRESS,
    OWNER,
    OWNER_IGNORED,
    OWNER_IGNORED_PREFIXES,
    PROFILE,
    PROFILE_IGNORED,
    PROFILE_IGNORED_PREFIXES,
    TABLE,
    TABLE_IGNORED,
)
from sources.registers._gb_coh.expressions import (
    NUMBER_FORM,
    country_of,
    former_names,
    founded,
    holds,
    industries,
    kind_of,
    rejects,
    seat,
    sic,
    sic_code,
    sic_titles,
)
from sources.secret import Secret, basic_login
from sources.source import (
    Coverage,
    Delivery,
    Expect,
    IndustryFamily,
    Known,
    Layout,
    Licence,
    Lineage,
    Privacy,
    Shape,
    Source,
)

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- the monthly table -------------------------------------------------------------------------------------------
NUMBER = column("CompanyNumber")
FORM = mapped(lowered(column("CompanyCategory")), CATEGORIES)
TABLE_ROW = Layout(
    name="basic_company_data",
    part="companies",
    columns=(*TABLE, *TABLE_IGNORED, FAULT),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": kind_of(NUMBER, FORM, KINDS),
        "is_natural_person": constant(False),
        "name": column("CompanyName"),
        "country_code": country_of(NUMBER, column("CountryOfOrigin")),
        "names": former_names(),
        "identifiers": many(record(scheme=constant("GB-COH"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("GB-LEGAL-FORM"),
        "status": mapped(lowered(column("CompanyStatus")), STATUSES, otherwise="unknown"),
        "industries": industries(sic(1), sic(2), sic(3), sic(4)),
        "addresses": seat(
            NUMBER,
            joined(", ", column("RegAddress.AddressLine1"), column("RegAddress.AddressLine2")),
            column("RegAddress.PostTown"),
            column("RegAddress.PostCode"),
            column("RegAddress.Country"),
        ),
        "founded_date": founded(NUMBER, date(column("IncorporationDate"), "%d/%m/%Y")),
        "registered_date": date(column("IncorporationDate"), "%d/%m/%Y"),
        "dissolved_date": date(column("DissolutionDate"), "%d/%m/%Y"),
        "last_accounts_year": integer(replaced(column("Accounts.LastMadeUpDate"), r"^\d\d?/\d\d?/", "")),
        "is_in_group": mapped(lowered(column("Accounts.AccountCategory")), IN_GROUP),
    },
    ignored=frozenset(TABLE_IGNORED),
    rejects=(
        (
            BROKEN_LINE,
            "the row has more or fewer values than the header: nothing of it was kept",
            is_in(column(FAULT), (BROKEN_LINE,)),
        ),
        (
            NOT_TEXT,
            "the row holds bytes that are no text: nothing of it was kept",
            is_in(column(FAULT), (NOT_TEXT,)),
        ),
        *rejects(NUMBER, column("CompanyName")),
    ),
    codes=(
        *sic_titles(),
        ("GB-LEGAL-FORM", FORM, mapped(FORM, FORMS)),
    ),
)

# --- a profile: one company of the API, one change of the stream --------------------------------------------------
KEY = column("company_number")
IS_CIC = either(
    is_in(column("subtype"), ("community-interest-company",)), is_in(column("is_community_interest_company"), ("true",))
)
PROFILE_FORM = chosen((IS_CIC, constant("community-interest-company")), otherwise=column("type"))
PROFILE_JSON = Layout(
    name="company_profile",
    part="companies",
    columns=(*PROFILE, *PROFILE_IGNORED),
    key=KEY,
    fields={
        "source_key": KEY,
        "entity_kind": kind_of(KEY, PROFILE_FORM, KINDS),
        "is_natural_person": constant(False),
        "name": column("company_name"),
        "country_code": country_of(KEY, column("foreign_company_details.originating_registry.country")),
        # since when a name was borne is in profiles and not in the table: taken, each table would change it back
        "names": each(
            "previous_company_names",
            ("ceased_on", "name"),
            record(name=item("name"), kind=constant("former"), to_date=date(item("ceased_on"))),
        ),
        "identifiers": many(record(scheme=constant("GB-COH"), value=KEY, original=KEY), need="value"),
        "legal_form_code": PROFILE_FORM,
        "legal_form_scheme": constant("GB-LEGAL-FORM"),
        "status": chosen(
            (
                both(
                    is_in(column("company_status"), ("active",)),
                    is_in(column("company_status_detail"), ("active-proposal-to-strike-off",)),
                ),
                constant("winding_up"),
            ),
            otherwise=mapped(column("company_status"), PROFILE_STATUSES, otherwise="unknown"),
        ),
        "industries": industries(sic_code(1), sic_code(2), sic_code(3), sic_code(4)),
        "addresses": seat(
            KEY,
            joined(
                ", ",
                column(f"{ADDRESS}.premises"),
                column(f"{ADDRESS}.address_line_1"),
                column(f"{ADDRESS}.address_line_2"),
            ),
            column(f"{ADDRESS}.locality"),
            column(f"{ADDRESS}.postal_code"),
            column(f"{ADDRESS}.country"),
        ),
        "founded_date": founded(KEY, date(column("date_of_creation"))),
        "registered_date": date(column("date_of_creation")),
        "dissolved_date": date(column("date_of_cessation")),
        "last_accounts_year": integer(replaced(column("accounts.last_accounts.made_up_to"), r"-.*$", "")),
        "is_in_group": mapped(column("accounts.last_accounts.type"), IN_GROUP),
    },
    ignored=frozenset(PROFILE_IGNORED),
    ignored_prefixes=PROFILE_IGNORED_PREFIXES,
    rejects=rejects(KEY, column("company_name")),
    codes=(("GB-LEGAL-FORM", PROFILE_FORM, mapped(PROFILE_FORM, FORMS)),),
    relations=(("branch_of", "GB-COH", column("branch_company_details.parent_company_number")),),
    lists={
        "previous_company_names": Shape(keys=("ceased_on", "name"), ignored=frozenset({"effective_from"})),
        "sic_codes": Shape(keys=()),
    },
    values={
        "type": frozenset(FORMS),
        "company_status": frozenset(PROFILE_STATUSES),
        "company_status_detail": STATUS_DETAILS,
    },
)

# --- corporate owners --------------------------------------------------------------------------------------------
# more than half, held for oneself: a trustee or a partner in a firm is no parent
MORE_THAN_HALF = r"(ownership-of-shares|voting-rights)-(50-to-75|75-to-100)-percent(-limited-liability-partnership)?"
OWNER_NUMBER = replaced(column("data.identification.registration_number"), r"\s", "")
OWNER_STANDS = both(
    negated(is_present(column("data.ceased_on"))),
    negated(is_in(column("data.ceased"), ("true",))),
    is_in(lowered(column("data.identification.country_registered")), UK),
    matches(OWNER_NUMBER, NUMBER_FORM),
    holds(MORE_THAN_HALF),
)
OWNER_JSON = Layout(
    name="corporate_owner",
    part="owners",
    # a tenth of the snapshot's some 15 million lines; neither number is verified
    expect=Expect(min_rows=300_000, max_rows=4_000_000),
    columns=(*OWNER, *OWNER_IGNORED),
    key=column("company_number"),
    fields={},
    ignored=frozenset({*OWNER_IGNORED, "data.kind"}),
    ignored_prefixes=OWNER_IGNORED_PREFIXES,
    rejects=(
        (
            "invalid_number",
            "the company number is not eight digits, or two letters and six digits",
            negated(matches(column("company_number"), NUMBER_FORM)),
        ),
    ),
    relations=(("parent", "GB-COH", chosen((OWNER_STANDS, OWNER_NUMBER))),),
)

SOURCE = Source(
    name="gb_coh",
    title="Companies House",
    country="GB",
    publisher="Companies House",
    homepage="https://download.companieshouse.gov.uk/en_output.html",
    record_url="https://find-and-update.company-information.service.gov.uk/company/{key}",
    scheme="GB-COH",
    # not under the Open Government Licence, as many believe: the register imposes no rules on the use of what it tells
    licence=Licence.TERMS_OF_USE,
    attribution="Companies House (free of rules on use: gov.uk/guidance/companies-house-data-products)",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (UK GDPR and GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses"),
        never_store=(
            "care_of",
            "country_of_residence",
            "date_of_birth",
            "name_elements",
            "nationalities",
            "nationality",
            "usual_residential_address",
        ),
        retention_days=1095,
    ),
    # about 80 % and 200 % of 5.5 million, which is not verified
    expect=Expect(
        min_rows=4_400_000,
        max_rows=11_000_000,
        fill_rates={
            "legal_form_code": 0.95,
            "industries": 0.7,
            "addresses": 0.9,
        },
        # some 60,000 are struck off in a month (believed, not verified), and ended ones leave the table
        most_closed=0.03,
    ),
    layouts=(TABLE_ROW, PROFILE_JSON, OWNER_JSON),
    parts=("companies", "owners"),
    mapping_version=1,
    industry_lists={"SIC2007": IndustryFamily.NACE_2, "SIC2003": IndustryFamily.NACE_1},
    base_url="https://api.company-information.service.gov.uk",
    base_url_env="PROSPEKT_GB_COH_URL",
    is_opt_in=True,
    bulk_url="https://download.companieshouse.gov.uk",
    hosts=frozenset({"stream.companieshouse.gov.uk"}),
    # 600 in five minutes a key
    requests_per_minute=120,
)

# --- ways to reach it --------------------------------------------------------------------------------------------
API_KEY, STREAM_KEY = "PROSPEKT_GB_COH_KEY", "PROSPEKT_GB_COH_STREAM_KEY"
_DAY = r"(?P<date>\d{4}-\d\d-\d\d)"
COMPANIES = TableArchive(
    links=LinkPage(
        page="en_output.html",
        name=rf"BasicCompanyData(AsOneFile)?-{_DAY}(-part(?P<part>\d+)_(?P<parts>\d+))?\.zip",
    ),
    made_before=timedelta(days=1),
    oldest=timedelta(days=35),
)
OWNERS = SiftedLines(
    links=LinkPage(
        page="en_pscdata.html",
        name=rf"(persons-with-significant-control|psc)-snapshot-{_DAY}(_(?P<part>\d+)of(?P<parts>\d+))?\.zip",
    ),
    layout=OWNER_JSON,
    wanted=frozenset({"corporate-entity-person-with-significant-control", "corporate-entity-beneficial-owner"}),
    left=frozenset(
        {
            "exemptions",
            "individual-beneficial-owner",
            "individual-person-with-significant-control",
            "legal-person-beneficial-owner",
            "legal-person-person-with-significant-control",
            "persons-with-significant-control-statement",
            "super-secure-beneficial-owner",
            "super-secure-person-with-significant-control",
            "totals#persons-of-significant-control-snapshot",
        }
    ),
)
STREAM = ChangeStream(
    layout=PROFILE_JSON,
    base_url="https://stream.companieshouse.gov.uk",
    base_env="PROSPEKT_GB_COH_URL_STREAM",
    path="companies",
    resource_kind="company-profile",
    key="company_number",
    login_env=STREAM_KEY,
)


def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "companies") -> Delivery | None:
    """The newest monthly table of all live companies, or the newest snapshot of owners; neither needs a key."""
    if part == "owners":
        return fetch_lines(client, SOURCE, OWNERS, landing=landing, known=known)
    return fetch_archive(client, SOURCE, COMPANIES, landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """A file of either, as it comes (ZIP) or unpacked; of one in parts, with `coverage` complete all of them."""
    if is_lines(SOURCE, path):
        return read_lines(SOURCE, OWNERS, path, coverage=coverage, landing=landing)
    return read_archive(SOURCE, COMPANIES, path, coverage=coverage, landing=landing)


def fetch_changes(client: "PoliteClient", *, landing: Path, known: Known) -> Iterator[Delivery]:
    """The monthly table where there is a new one, owners with it; then, with a key, what the stream tells."""
    day = known.etag
    table = fetch_bulk(client, landing=landing / "companies", known=known)
    if table is not None:
        day = table.etag
        yield table
        owners = fetch_bulk(client, landing=landing / "owners", known=Known(), part="owners")
        if owners is not None:
            yield owners
    if client.told(STREAM_KEY):
        not_before = None if day is None else datetime.fromisoformat(day).replace(tzinfo=UTC) - COMPANIES.made_before
        yield from follow_changes(client, SOURCE, STREAM, landing=landing, known=known, not_before=not_before)


def look_up(client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Delivery:
    """The companies of these numbers as the register has them now, ended ones too."""
    fetched_at = datetime.now(UTC)
    login = basic_login(client.secret(SOURCE, API_KEY), Secret(""))
    found = {key: _profile(client, key, login) if re.fullmatch(NUMBER_FORM, key) else None for key in keys}
    return deliver(
        SOURCE,
        PROFILE_JSON,
        [profile for profile in found.values() if profile is not None],
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=fetched_at,
        url=f"{client.base_url(SOURCE)}/company",
        unknown=tuple(key for key, profile in found.items() if profile is None),
    )


def _profile(client: "PoliteClient", key: str, login: Secret) -> dict[str, Any] | None:
    answer = client.get(SOURCE, f"company/{key}", hidden_headers={"Authorization": login}, allow=frozenset({401, 404}))
    if answer.status == 401:
        raise LoginRefused(
            f"{client.base_url(SOURCE)} refuses the key (HTTP 401).",
            source=SOURCE.name,
            hint=f"Look at the environment variable {API_KEY}: keys of the stream are of another sort.",
        )
    return None if answer.status == 404 else parse(SOURCE, answer)
