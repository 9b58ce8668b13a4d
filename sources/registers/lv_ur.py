"""Latvia's register of enterprises (Uzņēmumu reģistrs): one CSV of all that it holds, daily, without a key.

What is known of it, what was seen and what is only believed: docs/sources/lv_ur.md.
"""

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
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    piece,
    record,
    replaced,
    strung,
)
from sources.kinds.sifted_csv import CsvForm, fetch_csv, read_csv
from sources.kinds.text_rows import FAULT, FAULTS
from sources.source import Coverage, Delivery, Expect, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
COLUMNS = (
    "regcode sepa name name_before_quotes name_in_quotes name_after_quotes without_quotes regtype regtype_text type "
    "type_text registered terminated closed address index addressid region city atvk reregistration_term"
).split()
# region and city are numbers of the address register, which is a data set of its own
IGNORED = frozenset(
    (
        "sepa name_before_quotes name_in_quotes name_after_quotes without_quotes regtype regtype_text addressid region "
        "city reregistration_term"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
# the list was seen in a client's program, not at the register; what is not here is a legal entity
KINDS = {
    "AKF": "branch",  # of a foreign merchant
    "FIL": "branch",
    "PAR": "branch",  # a foreign merchant's representative office
    "POR": "branch",  # a foreign organisation's
    "PSV": "public_body",  # enterprises of municipalities and of the state
    "VU": "public_body",
    "ROI": "public_body",
    "IK": "sole_trader",  # left out while the file is read; not shown should one come
    "IND": "sole_trader",
    "ZEM": "sole_trader",
    "ZVJ": "sole_trader",
    "GIM": "sole_trader",
}
PERSONS = ("IK", "IND", "ZEM", "ZVJ", "GIM", "PRV")

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = replaced(column("regcode"), r"\s", "")
# the weighted sum leaves 3 when divided by 11, as python-stdnum has it of legal persons: with 8 more it is divisible
FITS = mod11_is_valid(strung("", NUMBER, constant("8")), (9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1, 1))
HAS_ENDED = either(is_present(column("terminated")), is_present(column("closed")))
ADDRESS = column("address")
TOP = piece(ADDRESS, ",", 1)
BELOW = piece(ADDRESS, ",", 2)
# "Rīga, Brīvības iela 1" begins with a town, "Dundagas nov., Kolka, …" with a municipality
IN_MUNICIPALITY = matches(TOP, r".*nov\.?")

# --- layout ------------------------------------------------------------------------------------------------------
REGISTER = Layout(
    name="register_csv",
    columns=(*COLUMNS, FAULT),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(column("type"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("type"), PERSONS),
        "name": column("name"),
        "country_code": constant("LV"),
        "identifiers": many(
            record(scheme=constant("LV-REGNR"), value=NUMBER, original=column("regcode")), need="value"
        ),
        "legal_form_code": column("type"),
        "legal_form_scheme": constant("LV-LEGAL-FORM"),
        "status": chosen((HAS_ENDED, constant("dissolved")), otherwise=constant("active")),
        "status_date": date(column("terminated")),
        "addresses": many(
            record(
                kind=constant("legal"),
                street=chosen((IN_MUNICIPALITY, ADDRESS), otherwise=replaced(ADDRESS, r"^[^,]*,?\s*", "")),
                postal_code=replaced(column("index"), r"^(?:LV-?)?(\d{4})(?:\.0)?$", r"LV-\1"),
                city=chosen(
                    (negated(IN_MUNICIPALITY), TOP),
                    # of a parish or of a house that bears a name no town is known
                    (negated(matches(BELOW, r'.*(pag\.|").*')), BELOW),
                ),
                municipality_code=column("atvk"),
                municipality_name=chosen((IN_MUNICIPALITY, TOP)),
                country_code=chosen((is_present(ADDRESS), constant("LV"))),
            ),
            need="country_code",
        ),
        "registered_date": date(column("registered")),
        "dissolved_date": chosen((HAS_ENDED, date(column("terminated")))),
    },
    ignored=IGNORED,
    rejects=(
        *FAULTS,
        ("missing_number", "the row has no registration number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the registration number is not eleven digits and a check digit that fits",
            negated(both(matches(NUMBER, r"[4-9]\d{10}"), FITS)),
        ),
        ("missing_name", "the row has no name", negated(is_present(column("name")))),
    ),
    codes=(("LV-LEGAL-FORM", column("type"), column("type_text")),),
)

SOURCE = Source(
    name="lv_ur",
    title="Uzņēmumu reģistrs",
    country="LV",
    publisher="Latvijas Republikas Uzņēmumu reģistrs",
    homepage="https://data.gov.lv/dati/lv/dataset/uz",
    record_url="https://info.ur.gov.lv/#/legal-entity/{key}",
    scheme="LV-REGNR",
    licence=Licence.CC0_1_0,
    attribution="Latvijas Republikas Uzņēmumu reģistrs, CC0 1.0",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses"),
        # they would stand in columns of their own, in files that are not read; a row that has one as its number goes
        never_store=("personas_kods", "latvian_identity_number_masked", "birth_date"),
        retention_days=1095,
    ),
    # some 480,000 rows, ended ones among them; how many are not sole traders' is not known: at least half must be
    expect=Expect(min_rows=240_000, max_rows=960_000, fill_rates={"legal_form_code": 0.9}),
    layouts=(REGISTER,),
    mapping_version=1,
    base_url="https://dati.ur.gov.lv",
    base_url_env="PROSPEKT_LV_UR_URL",
    is_opt_in=True,
)
TEXT = CsvForm(
    separator=";",
    # who trades alone is a natural person, whatever number and name: merchants, undertakings, farms, fishermen, families
    person={
        "type": "|".join(PERSONS),
        "type_text": r"(?i).*(individuāl|zemnieku|zvejnieku|ģimenes).*",
        # a person's code begins with a day of birth, or with 32; "-" stands behind the sixth digit
        "regcode": r"[0-3]\d{5}-?\d{5}",
    },
    company={"regcode": r"\s*[4-9]\d{10}\s*"},
    made_every=timedelta(days=1),
    min_rows=384_000,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """Everybody that the register holds or held."""
    return fetch_csv(client, SOURCE, TEXT, "register/register.csv", landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The file downloaded by hand."""
    return read_csv(SOURCE, TEXT, path, coverage=coverage, landing=landing)
