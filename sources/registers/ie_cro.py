"""Ireland's Companies Registration Office (CRO): one CSV of all companies, daily, without a key.

What is known of it, what was seen and what is only believed: docs/sources/ie_cro.md.
"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    Expr,
    chosen,
    column,
    constant,
    date,
    first,
    integer,
    is_present,
    joined,
    lowered,
    many,
    mapped,
    matches,
    negated,
    piece,
    record,
    replaced,
)
from sources.kinds.sifted_csv import CsvForm, fetch_csv, read_csv
from sources.kinds.text_rows import FAULT, FAULTS
from sources.source import Coverage, Delivery, Expect, IndustryFamily, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
COLUMNS = (
    "company_num company_name company_status_code company_status company_type_code company_type company_reg_date "
    "last_ar_date company_address_1 company_address_2 company_address_3 company_address_4 comp_dissolved_date nard "
    "last_accounts_date company_status_date nace_v2_code eircode company_name_eff_date company_type_eff_date "
    "princ_object_code"
).split()
# princ_object_code is boilerplate of the memorandum: a maker of medicines has the code of metals there
IGNORED = frozenset(
    "company_status_code last_ar_date nard company_name_eff_date company_type_eff_date princ_object_code".split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {"external": "branch"}
# in the words of the file; a status that is none of these is unknown
STATUSES = {
    "normal": "active",
    "dissolved": "dissolved",
    "liquidation": "winding_up",
    "in liquidation": "winding_up",
    "bankruptcy": "bankrupt",
}

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = replaced(replaced(column("company_num"), r"\.0$", ""), r"^0+", "")
STATUS = lowered(replaced(column("company_status"), r"\s+", " "))
HAS_ENDED = is_present(column("comp_dissolved_date"))
FORM = first(replaced(column("company_type_code"), r"\.0$", ""), column("company_type"))
LINES = joined(
    ", ",
    column("company_address_1"),
    column("company_address_2"),
    column("company_address_3"),
    column("company_address_4"),
)
# the last line is a county, a country or the town; of one alone nothing is known but that it is the address
TOWN = chosen(
    (
        is_present(column("company_address_2")),
        first(column("company_address_4"), column("company_address_3"), column("company_address_2")),
    )
)


def _day(name: str) -> Expr:
    """The day of a date that may have a time behind it."""
    return date(replaced(column(name), r"[T ].*$", ""))


# --- layout ------------------------------------------------------------------------------------------------------
REGISTER = Layout(
    name="companies_csv",
    columns=(*COLUMNS, FAULT),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": chosen(
            (matches(lowered(column("company_type")), r".*\bexternal\b.*"), constant("branch")),
            otherwise=constant("legal_entity"),
        ),
        "is_natural_person": constant(False),
        "name": replaced(column("company_name"), r"\s+", " "),
        "country_code": constant("IE"),
        "identifiers": many(
            record(scheme=constant("IE-CRO"), value=NUMBER, original=column("company_num")), need="value"
        ),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("IE-LEGAL-FORM"),
        "status": chosen((HAS_ENDED, constant("dissolved")), otherwise=mapped(STATUS, STATUSES, otherwise="unknown")),
        "status_date": _day("company_status_date"),
        "industries": many(
            record(
                code=chosen(
                    (
                        matches(replaced(column("nace_v2_code"), r"\.0$", ""), r"\d{3,4}"),
                        replaced(replaced(column("nace_v2_code"), r"\.0$", ""), r"^(\d{3})$", r"0\1"),
                    )
                ),
                scheme=constant("NACE2"),
                rank=constant(1),
            ),
            need="code",
        ),
        "addresses": many(
            record(
                kind=constant("legal"),
                street=LINES,
                postal_code=column("eircode"),
                city=TOWN,
                country_code=chosen((matches(column("eircode"), r"[A-Z]\d[0-9W]\s?[A-Z0-9]{4}"), constant("IE"))),
            ),
            need="street",
        ),
        "registered_date": _day("company_reg_date"),
        "dissolved_date": _day("comp_dissolved_date"),
        "last_accounts_year": integer(piece(column("last_accounts_date"), "-", 1)),
    },
    ignored=IGNORED,
    rejects=(
        *FAULTS,
        ("missing_number", "the row has no company number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the company number is not one to seven digits",
            negated(matches(NUMBER, r"\d{1,7}")),
        ),
        ("missing_name", "the row has no name", negated(is_present(column("company_name")))),
    ),
    codes=(("IE-LEGAL-FORM", FORM, column("company_type")),),
)

SOURCE = Source(
    name="ie_cro",
    title="Companies Registration Office: company records",
    country="IE",
    publisher="Companies Registration Office (CRO)",
    homepage="https://opendata.cro.ie/dataset/companies",
    record_url="https://core.cro.ie/e-commerce/company/{key}",
    scheme="IE-CRO",
    licence=Licence.CC_BY_4_0,
    attribution="Companies Registration Office, CC BY 4.0",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "addresses"),
        # companies only, by name and address: no officers, no owners, no business names of persons
        never_store=(),
        retention_days=1095,
    ),
    # about 80 % and 200 % of the 817,000 rows of 2026
    expect=Expect(min_rows=650_000, max_rows=1_634_000, fill_rates={"legal_form_code": 0.9}),
    layouts=(REGISTER,),
    mapping_version=1,
    industry_lists={"NACE2": IndustryFamily.NACE_2},
    base_url="https://opendata.cro.ie",
    base_url_env="PROSPEKT_IE_CRO_URL",
    is_opt_in=True,
)
TEXT = CsvForm(
    separator=",",
    # a business name of a person, should one ever come, has no company's type
    person={"company_type": r"(?i).*(business name|sole trader).*"},
    company={"company_num": r"\s*\d{1,7}(\.0)?\s*"},
    made_every=timedelta(days=1),
    min_rows=650_000,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """All companies, dissolved ones among them: the archive behind the data set's first resource."""
    url = "dataset/bf6f837d-0946-4c14-9a99-82cd6980c121/resource/3fef41bc-b8f4-4b10-8434-ce51c29b1bba/download/companies.csv.zip"
    return fetch_csv(client, SOURCE, TEXT, url, landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The file downloaded by hand, as it comes (ZIP) or unpacked."""
    return read_csv(SOURCE, TEXT, path, coverage=coverage, landing=landing)
