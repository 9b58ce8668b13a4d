"""Finland's YTJ (Patentti- ja rekisterihallitus with the Tax Administration): companies and communities, without a key.

What is known of it, what was seen and what is only believed: docs/sources/fi_prh.md.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.fields import (
    Expr,
    both,
    chosen,
    column,
    constant,
    date,
    each,
    either,
    first,
    is_in,
    is_present,
    item,
    joined,
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    picked,
    record,
    replaced,
)
from sources.kinds.bulk_json import fetch_json_file
from sources.kinds.json_api import deliver, walk_pages
from sources.kinds.statements_api import ask_statements
from sources.registers._fi_prh import STATEMENTS
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
    from sources.lookup import AccountsAnswer

# --- columns -----------------------------------------------------------------------------------------------------
NAME = ("name", "type", "registrationDate", "endDate")
FORM = ("type", "registrationDate", "endDate")
FORM_TITLE = ("registrationDate", "endDate", "descriptions")
SITUATION = ("type", "registrationDate", "endDate")
ENTRY = ("register", "type", "registrationDate", "endDate")
ADDRESS = (
    "type street buildingNumber entrance apartmentNumber apartmentIdSuffix postOfficeBox co freeAddressLine postCode "
    "postOffices country"
).split()
OFFICE = ("city", "languageCode", "municipalityCode")
DESCRIPTION = ("languageCode", "description")
IGNORED = frozenset(
    (
        "businessId.registrationDate businessId.source euId.source mainBusinessLine.registrationDate "
        "mainBusinessLine.source website.registrationDate website.source tradeRegisterStatus status endDate lastModified"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
# the list of forms was seen in a ministry's program, not at PRH; what is not here is a legal entity
KINDS = {
    "7": "branch",  # of a European economic interest grouping
    "19": "branch",  # of a foreign company
    "22": "public_body",  # enterprises of the state, municipalities, their unions, and Åland
    "40": "public_body",
    "41": "public_body",
    "42": "public_body",
    "43": "public_body",
    "48": "public_body",
    "49": "public_body",
    "53": "estate",  # of somebody who died
    "54": "estate",  # of a bankruptcy
    "61": "public_body",
    "62": "public_body",
    "64": "public_body",
    "85": "branch",  # of a European co-operative
    "26": "sole_trader",  # left out of the open data; not shown should one come
}
NATURAL_FORMS = ("26", "53")
NAME_KINDS = {"2": "translated", "3": "trade"}
ADDRESS_KINDS = {"1": "business", "2": "postal"}
# TOL 2025 stands in YTJ as TOIMI4 since January 2026, TOL 2008 as TOIMI3
CODE_LISTS = {"TOIMI3": "TOL2008", "TOIMI4": "TOL2025"}
TRADE, PREPAYMENT, VAT, EMPLOYER = "1", "5", "6", "7"
CEASED, REGISTERED = "4", "1"
BANKRUPTCY, LIQUIDATION, REORGANISATION = "KONK", "SELTILA|SELV.*", "SANE"
FINNISH, SWEDISH, ENGLISH = "1", "2", "3"

# --- expressions that several fields share -----------------------------------------------------------------------
NOW = negated(is_present(item("endDate")))
SINCE = item("registrationDate")


def _name(*conditions: Expr) -> Expr:
    """The newest main name of which all these hold."""
    main = both(is_in(item("type"), ("1",)), *conditions)
    return picked(column("names"), NAME, item("name"), where=main, newest=SINCE)


def _entry(result: Expr, register: str, *conditions: Expr) -> Expr:
    """What the newest entry in a register says, of those of which all these hold."""
    its = both(is_in(item("register"), (register,)), *conditions)
    return picked(column("registeredEntries"), ENTRY, result, where=its, newest=SINCE)


def _situation(result: Expr, condition: Expr) -> Expr:
    """What the newest situation that lasts says, of those of which the condition holds."""
    return picked(column("companySituations"), SITUATION, result, where=both(NOW, condition), newest=SINCE)


def _described(name: str) -> Expr:
    """A description in Finnish, or else in Swedish, or else in English."""
    return _in_a_language(column(name), DESCRIPTION, item("description"), FINNISH, SWEDISH, ENGLISH)


def _office(result: str) -> Expr:
    """What the post office of the address at hand says, in Finnish, or else in Swedish."""
    return _in_a_language(item("postOffices"), OFFICE, item(result), FINNISH, SWEDISH)


def _in_a_language(value: Expr, keys: tuple[str, ...], result: Expr, *languages: str) -> Expr:
    return first(*(picked(value, keys, result, where=is_in(item("languageCode"), (one,))) for one in languages))


NUMBER = replaced(replaced(column("businessId.value"), r"\s", ""), r"^(\d{7})(\d)$", r"\1-\2")
DIGITS = replaced(NUMBER, r"-", "")
FORM_CODE = first(
    picked(column("companyForms"), FORM, item("type"), where=NOW, newest=SINCE),
    picked(column("companyForms"), FORM, item("type"), newest=SINCE),
)
FORM_TITLES = picked(
    column("companyFormTitles"),
    FORM_TITLE,
    _in_a_language(item("descriptions"), DESCRIPTION, item("description"), FINNISH, SWEDISH, ENGLISH),
    where=NOW,
    newest=SINCE,
)
CODE_LIST = mapped(column("mainBusinessLine.typeCodeSet"), CODE_LISTS)
TRADE_STATE = _entry(item("type"), TRADE, NOW)
HAS_CEASED = is_in(TRADE_STATE, (CEASED,))
IS_BANKRUPT = matches(item("type"), BANKRUPTCY)
IS_WINDING_UP = matches(item("type"), LIQUIDATION)
# what lasts and is none of these may well be the end of a company
IS_UNREAD = negated(matches(item("type"), f"{BANKRUPTCY}|{LIQUIDATION}|{REORGANISATION}"))
IS_REGISTERED = either(
    is_in(TRADE_STATE, (REGISTERED,)),
    is_present(_entry(item("register"), PREPAYMENT, NOW)),
    is_present(_entry(item("register"), VAT, NOW)),
    is_present(_entry(item("register"), EMPLOYER, NOW)),
)
IS_EMPLOYER = is_present(_entry(item("type"), EMPLOYER, NOW, is_in(item("type"), ("41", "42"))))
STREET = joined(
    ", ",
    replaced(item("co"), r"^(?i:c/o\s+)?(.+)$", r"c/o \1"),
    joined(
        " ",
        item("street"),
        item("buildingNumber"),
        item("entrance"),
        joined("", item("apartmentNumber"), item("apartmentIdSuffix")),
    ),
    replaced(item("postOfficeBox"), r"^(?i:(?:PL|PB)\s*)?(.+)$", r"PL \1"),
    item("freeAddressLine"),
)
ADDRESSES = each(
    "addresses",
    tuple(ADDRESS),
    record(
        kind=mapped(item("type"), ADDRESS_KINDS),
        street=STREET,
        postal_code=item("postCode"),
        city=_office("city"),
        municipality_code=_office("municipalityCode"),
        country_code=chosen(
            (matches(item("country"), "[A-Z]{2}"), item("country")),
            (both(negated(is_present(item("country"))), matches(item("postCode"), r"\d{5}")), constant("FI")),
        ),
    ),
    where=is_in(item("type"), tuple(ADDRESS_KINDS)),
)
NAMES = each(
    "names",
    NAME,
    record(
        name=item("name"),
        kind=chosen((NOW, mapped(item("type"), NAME_KINDS)), otherwise=constant("former")),
        from_date=date(item("registrationDate")),
        to_date=date(item("endDate")),
    ),
    where=either(negated(NOW), is_in(item("type"), tuple(NAME_KINDS))),
)


def _industry_in(code_list: str) -> Expr:
    return chosen((is_in(CODE_LIST, (code_list,)), column("mainBusinessLine.type")))


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of TOL 2008 with those of TOL 2025 that took it over: NACE's, whose four digits both lists begin with."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(
            ("TOL2008", _bare(row["sn2007"]), "TOL2025", _bare(row["sn2025"])) for row in csv.DictReader(table)
        )


def _bare(code: str) -> str:
    """The code as Finland writes it, without a dot."""
    return code.replace(".", "")


# --- layout ------------------------------------------------------------------------------------------------------
COMPANY = Layout(
    name="company_json",
    columns=(
        "businessId.value",
        "euId.value",
        "names",
        "mainBusinessLine.type",
        "mainBusinessLine.typeCodeSet",
        "mainBusinessLine.descriptions",
        "website.url",
        "companyForms",
        "companyFormTitles",
        "companySituations",
        "registeredEntries",
        "addresses",
        "registrationDate",
        *sorted(IGNORED),
    ),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(FORM_CODE, KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(FORM_CODE, NATURAL_FORMS),
        "name": first(_name(NOW), _name()),
        "country_code": constant("FI"),
        "names": NAMES,
        "identifiers": many(
            record(scheme=constant("FI-YTUNNUS"), value=NUMBER, original=column("businessId.value")),
            record(scheme=constant("EUID"), value=column("euId.value"), original=column("euId.value")),
            need="value",
        ),
        "legal_form_code": FORM_CODE,
        "legal_form_scheme": constant("FI-LEGAL-FORM"),
        "status": chosen(
            (HAS_CEASED, constant("dissolved")),
            (is_present(_situation(item("type"), IS_BANKRUPT)), constant("bankrupt")),
            (is_present(_situation(item("type"), IS_WINDING_UP)), constant("winding_up")),
            (is_present(_situation(item("type"), IS_UNREAD)), constant("unknown")),
            (IS_REGISTERED, constant("active")),
            otherwise=constant("unknown"),
        ),
        "status_date": chosen(
            (HAS_CEASED, date(_entry(SINCE, TRADE, NOW))),
            otherwise=first(
                date(_situation(SINCE, IS_BANKRUPT)),
                date(_situation(SINCE, IS_WINDING_UP)),
            ),
        ),
        "industries": many(
            record(
                code=chosen((is_present(CODE_LIST), column("mainBusinessLine.type"))),
                scheme=CODE_LIST,
                rank=constant(1),
            ),
            need="code",
        ),
        "employees_low": chosen((IS_EMPLOYER, constant(2))),
        "employees_state": chosen((IS_EMPLOYER, constant("band")), otherwise=constant("not_supplied")),
        "addresses": ADDRESSES,
        "contact_points": many(record(kind=constant("website"), value=column("website.url")), need="value"),
        "registered_date": date(column("registrationDate")),
        "dissolved_date": chosen((HAS_CEASED, date(_entry(SINCE, TRADE, NOW)))),
        "is_vat_registered": chosen(
            (is_present(_entry(item("type"), VAT, NOW, is_in(item("type"), ("80", "82")))), constant(True)),
            (
                both(
                    is_present(_entry(item("register"), VAT)),
                    negated(is_present(_entry(item("register"), VAT, NOW))),
                ),
                constant(False),
            ),
        ),
    },
    ignored=IGNORED,
    rejects=(
        ("missing_number", "the record has no business ID", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the business ID is not seven digits and a check digit that fits",
            negated(both(matches(NUMBER, r"\d{7}-\d"), mod11_is_valid(DIGITS, (7, 9, 10, 5, 8, 4, 2, 1)))),
        ),
    ),
    codes=(
        ("TOL2025", _industry_in("TOL2025"), _described("mainBusinessLine.descriptions")),
        ("TOL2008", _industry_in("TOL2008"), _described("mainBusinessLine.descriptions")),
        ("FI-LEGAL-FORM", FORM_CODE, FORM_TITLES),
    ),
    lists={
        "names": Shape(keys=NAME, ignored=frozenset({"version", "source"})),
        "mainBusinessLine.descriptions": Shape(keys=DESCRIPTION),
        "companyForms": Shape(keys=FORM, ignored=frozenset({"descriptions", "version", "source"})),
        "companyFormTitles": Shape(
            keys=FORM_TITLE,
            ignored=frozenset({"type", "version", "source"}),
            inside={"descriptions": Shape(keys=DESCRIPTION)},
            of="companyForms",
        ),
        "companySituations": Shape(keys=SITUATION, ignored=frozenset({"source"})),
        "registeredEntries": Shape(keys=ENTRY, ignored=frozenset({"descriptions", "authority"})),
        "addresses": Shape(
            keys=tuple(ADDRESS),
            ignored=frozenset({"registrationDate", "source"}),
            inside={"postOffices": Shape(keys=OFFICE)},
        ),
    },
    values={
        "names[].type": frozenset({"1", *NAME_KINDS}),
        "addresses[].type": frozenset(ADDRESS_KINDS),
        "mainBusinessLine.typeCodeSet": frozenset(CODE_LISTS),
        "registeredEntries[].register": frozenset({TRADE, "4", PREPAYMENT, VAT, EMPLOYER}),
    },
    is_json_file=True,
)

SOURCE = Source(
    name="fi_prh",
    title="YTJ",
    country="FI",
    publisher="Patentti- ja rekisterihallitus (PRH)",
    homepage="https://avoindata.prh.fi",
    record_url="https://tietopalvelu.ytj.fi/yritys/{key}",
    scheme="FI-YTUNNUS",
    licence=Licence.CC_BY_4_0,
    attribution="Patentti- ja rekisterihallitus (PRH), CC BY 4.0",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses", "contact_points"),
        # the register leaves sole traders and all persons out of its open data: there is nothing to take out
        never_store=(),
        retention_days=1095,
    ),
    # about 80 % and 200 % of the 461,000 companies of July 2026
    expect=Expect(min_rows=370_000, max_rows=920_000, fill_rates={"legal_form_code": 0.9}),
    layouts=(COMPANY,),
    mapping_version=2,
    base_url="https://avoindata.prh.fi/opendata-ytj-api/v3",
    base_url_env="PROSPEKT_FI_PRH_URL",
    # one client noted 300 a minute for all clients together, PRH itself no number
    requests_per_minute=60,
    account_fields=(*STATEMENTS.taxonomy.amounts,),
    industry_lists=dict.fromkeys(("TOL2008", "TOL2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """All companies: an archive with one array. There is no feed of changes; what changed is told by the next file."""
    return fetch_json_file(client, SOURCE, SOURCE.layout("company_json"), "all_companies", landing=landing, known=known)


def look_up(client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Delivery:
    """The companies of these business IDs as the register has them now."""
    fetched_at = datetime.now(UTC)
    found = {key: _find(client, key) for key in keys}
    return deliver(
        SOURCE,
        COMPANY,
        [company for companies in found.values() for company in companies],
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=fetched_at,
        url=f"{client.base_url(SOURCE)}/companies",
        unknown=tuple(key for key, companies in found.items() if not companies),
    )


def fetch_accounts(client: "PoliteClient", keys: Sequence[str]) -> Iterator["AccountsAnswer"]:
    """Key figures of the latest annual accounts of each of these companies, where they were filed digitally."""
    return ask_statements(client, SOURCE, STATEMENTS, keys)


def _find(client: "PoliteClient", key: str) -> list[dict[str, Any]]:
    companies = walk_pages(client, SOURCE, "companies", {"businessId": key}, records="companies", total="totalResults")
    return [company for company in companies if company["businessId"]["value"] == key]
