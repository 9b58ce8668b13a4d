"""Belgium's Crossroads Bank for Enterprises (KBO/BCE): the full extract of its open data, which wants a sign-up.

What is known of it, what was seen and what is only believed: docs/sources/be_kbo.md.
"""

import csv
from pathlib import Path

from sources.fields import (
    Expr,
    both,
    chosen,
    column,
    constant,
    date,
    each,
    first,
    is_in,
    is_present,
    item,
    joined,
    many,
    mapped,
    matches,
    negated,
    picked,
    record,
    replaced,
)
from sources.kinds.joined_csv import Extract, Part, read_extract
from sources.source import Coverage, Delivery, Expect, IndustryFamily, Layout, Licence, Lineage, Privacy, Shape, Source

# --- columns -----------------------------------------------------------------------------------------------------
NAME = ("TypeOfDenomination", "Language", "Denomination")
ADDRESS = (
    "TypeOfAddress CountryNL CountryFR Zipcode MunicipalityNL MunicipalityFR StreetNL StreetFR HouseNumber Box DateStrikingOff"
).split()
ACTIVITY = ("ActivityGroup", "NaceVersion", "NaceCode")
CONTACT = ("ContactType", "Value")

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {"1": "sole_trader", "2": "legal_entity"}
CONTACTS = {"TEL": "phone", "EMAIL": "email", "WEB": "website"}
OFFICIAL, TRADE = ("001",), ("002", "003")
FRENCH, DUTCH, OTHERS = "1", "2", ("0", "3", "4")

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = replaced(column("EnterpriseNumber"), r"[.\s]", "")
HAS_ENDED = is_present(item("DateStrikingOff"))


def _official(*languages: str) -> Expr:
    where = both(is_in(item("TypeOfDenomination"), OFFICIAL), is_in(item("Language"), languages))
    return picked(column("denomination"), NAME, item("Denomination"), where=where)


def _industry(version: str, scheme: str) -> Expr:
    """The main activity of a version, as the first of the groups (VAT, social security, …) has it."""
    code = picked(column("activity"), ACTIVITY, item("NaceCode"), where=is_in(item("NaceVersion"), (version,)))
    return record(code=code, scheme=constant(scheme), rank=constant(1))


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of NACE-BEL 2008 with those of 2025 that took it over: NACE's, whose four digits both begin with."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(
            ("NACEBEL2008", row["sn2007"].replace(".", ""), "NACEBEL2025", row["sn2025"].replace(".", ""))
            for row in csv.DictReader(table)
        )


# --- layout ------------------------------------------------------------------------------------------------------
ENTERPRISE = Layout(
    name="enterprise_json",
    columns=(
        "EnterpriseNumber", "Status", "JuridicalSituation", "TypeOfEnterprise", "JuridicalForm", "StartDate",
        "denomination", "address", "activity", "contact",
    ),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(column("TypeOfEnterprise"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("TypeOfEnterprise"), ("1",)),
        "name": first(_official(DUTCH), _official(FRENCH), _official(*OTHERS)),
        "country_code": constant("BE"),
        "names": each(
            "denomination",
            NAME,
            record(
                name=item("Denomination"),
                kind=chosen(
                    (is_in(item("TypeOfDenomination"), TRADE), constant("trade")), otherwise=constant("translated")
                ),
            ),
            # an official name in a second language, and all that are no official ones
            where=first(
                chosen(
                    (is_in(item("TypeOfDenomination"), TRADE), constant(True)),
                    (
                        both(
                            is_in(item("TypeOfDenomination"), OFFICIAL),
                            negated(is_in(item("Language"), (DUTCH,))),
                            is_present(_official(DUTCH)),
                        ),
                        constant(True),
                    ),
                ),
                constant(False),
            ),
        ),
        "identifiers": many(
            record(scheme=constant("BE-KBO"), value=NUMBER, original=column("EnterpriseNumber")), need="value"
        ),
        "legal_form_code": column("JuridicalForm"),
        "legal_form_scheme": constant("BE-LEGAL-FORM"),
        # the codes of other situations (bankruptcy, dissolution, reorganisation) are not known here
        "status": chosen(
            (
                both(is_in(column("Status"), ("AC",)), is_in(column("JuridicalSituation"), ("000",))),
                constant("active"),
            ),
            otherwise=constant("unknown"),
        ),
        "industries": many(_industry("2025", "NACEBEL2025"), _industry("2008", "NACEBEL2008"), need="code"),
        "addresses": each(
            "address",
            tuple(ADDRESS),
            record(
                kind=constant("legal"),
                street=joined(
                    " ", first(item("StreetNL"), item("StreetFR")), joined("/", item("HouseNumber"), item("Box"))
                ),
                postal_code=item("Zipcode"),
                city=first(item("MunicipalityNL"), item("MunicipalityFR")),
                # the country stands there only of addresses abroad
                country_code=chosen(
                    (negated(is_present(first(item("CountryNL"), item("CountryFR")))), constant("BE"))
                ),
            ),
            where=both(is_in(item("TypeOfAddress"), ("REGO",)), negated(HAS_ENDED)),
        ),
        "contact_points": each(
            "contact",
            CONTACT,
            record(kind=mapped(item("ContactType"), CONTACTS), value=item("Value")),
            where=both(is_in(item("ContactType"), tuple(CONTACTS)), is_present(item("Value"))),
        ),
        "founded_date": date(column("StartDate"), "%d-%m-%Y"),
    },
    rejects=(
        ("missing_number", "the row has no enterprise number", negated(is_present(NUMBER))),
        ("invalid_number", "the enterprise number is not ten digits that begin with 0 or 1", negated(matches(NUMBER, r"[01]\d{9}"))),
        (
            "unknown_type",
            "the enterprise is neither a legal nor a natural person: it is not used",
            negated(is_in(column("TypeOfEnterprise"), tuple(KINDS))),
        ),
        (
            "missing_name",
            "the enterprise has no official name",
            negated(is_present(first(_official(DUTCH), _official(FRENCH), _official(*OTHERS)))),
        ),
    ),
    lists={
        "denomination": Shape(keys=NAME),
        "address": Shape(keys=tuple(ADDRESS)),
        "activity": Shape(keys=ACTIVITY),
        "contact": Shape(keys=CONTACT),
    },
)  # fmt: skip

SOURCE = Source(
    name="be_kbo",
    title="Kruispuntbank van Ondernemingen (KBO/BCE)",
    country="BE",
    publisher="FOD Economie / SPF Économie",
    homepage="https://economie.fgov.be/nl/themas/ondernemingen/kruispuntbank-van/diensten-voor-iedereen/hergebruik-van-publieke",
    record_url="https://kbopub.economie.fgov.be/kbopub/toonondernemingps.html?ondernemingsnummer={key}",
    scheme="BE-KBO",
    licence=Licence.TERMS_OF_USE,
    attribution="Bron: Kruispuntbank van Ondernemingen, FOD Economie; the terms that you signed up to",
    lineage=Lineage.REGISTER,
    cadence_hours=168,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data published for reuse by law",
        personal_fields=("name", "names", "addresses", "contact_points"),
        # natural persons are left out as whole rows, with all that other files tell of them
        never_store=(),
        retention_days=1095,
    ),
    # of about 1.9 million enterprises some 1.1 million are legal persons
    expect=Expect(min_rows=800_000, max_rows=2_400_000),
    layouts=(ENTERPRISE,),
    dated_names=(r"KboOpenData_\d+_(?P<year>\d{4})_(?P<month>\d\d)_(?P<day>\d\d)_",),
    mapping_version=1,
    base_url="https://kbopub.economie.fgov.be/kbo-open-data",
    base_url_env="PROSPEKT_BE_KBO_URL",
    is_opt_in=True,
    industry_lists=dict.fromkeys(("NACEBEL2008", "NACEBEL2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)
EXTRACT = Extract(
    layout=ENTERPRISE,
    entities=Part(
        file="enterprise.csv",
        number="EnterpriseNumber",
        columns=("Status", "JuridicalSituation", "TypeOfEnterprise", "JuridicalForm", "StartDate"),
        ignored=frozenset({"JuridicalFormCAC"}),
    ),
    about={
        "denomination": Part(file="denomination.csv", number="EntityNumber", columns=NAME),
        "address": Part(
            file="address.csv",
            number="EntityNumber",
            columns=tuple(ADDRESS),
            ignored=frozenset({"ExtraAddressInfo"}),
            wanted={"TypeOfAddress": ("REGO",)},
        ),
        "activity": Part(
            file="activity.csv",
            number="EntityNumber",
            columns=ACTIVITY,
            wanted={"Classification": ("MAIN",), "NaceVersion": ("2008", "2025")},
        ),
        "contact": Part(
            file="contact.csv", number="EntityNumber", columns=CONTACT, ignored=frozenset({"EntityContact"})
        ),
    },
    persons=("TypeOfEnterprise", "1"),
    full=("meta.csv", "ExtractType", "full"),
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The full extract downloaded by hand, as it comes."""
    return read_extract(SOURCE, EXTRACT, path, coverage=coverage, landing=landing)
