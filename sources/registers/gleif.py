"""GLEIF: every legal entity of the world that has an LEI, by golden copy, by name list and by API, without a key.

What is known of it, what was seen and what is only believed: docs/sources/gleif.md.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.fields import (
    Expr,
    appended,
    both,
    chosen,
    column,
    constant,
    date,
    each,
    is_in,
    is_present,
    item,
    joined,
    luhn_is_valid,
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    record,
    replaced,
)
from sources.kinds.bulk_file import fetch_file
from sources.kinds.delta_file import JUST_NOW, fetch_delta
from sources.kinds.json_api import deliver, parse
from sources.source import Coverage, Delivery, Expect, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
GOLDEN = (
    "LEI Entity.LegalName Entity.LegalAddress.FirstAddressLine Entity.LegalAddress.AdditionalAddressLine.1 "
    "Entity.LegalAddress.City Entity.LegalAddress.Region Entity.LegalAddress.Country Entity.LegalAddress.PostalCode "
    "Entity.HeadquartersAddress.FirstAddressLine Entity.HeadquartersAddress.AdditionalAddressLine.1 "
    "Entity.HeadquartersAddress.City Entity.HeadquartersAddress.Region Entity.HeadquartersAddress.Country "
    "Entity.HeadquartersAddress.PostalCode Entity.RegistrationAuthority.RegistrationAuthorityID "
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID Entity.EntityCategory "
    "Entity.LegalForm.EntityLegalFormCode Entity.EntityStatus Entity.EntityCreationDate"
).split()
RECORD = (
    "lei entity.legalName.name entity.otherNames entity.transliteratedOtherNames entity.legalAddress.addressLines "
    "entity.legalAddress.city entity.legalAddress.region entity.legalAddress.country entity.legalAddress.postalCode "
    "entity.headquartersAddress.addressLines entity.headquartersAddress.city entity.headquartersAddress.region "
    "entity.headquartersAddress.country entity.headquartersAddress.postalCode entity.registeredAt.id "
    "entity.registeredAs entity.category entity.legalForm.id entity.status entity.expiration.date "
    "entity.successorEntity.lei entity.creationDate"
).split()
RECORD_IGNORED = (
    "entity.legalName.language entity.legalAddress.language entity.legalAddress.addressNumber "
    "entity.legalAddress.addressNumberWithinBuilding entity.legalAddress.mailRouting "
    "entity.headquartersAddress.language entity.headquartersAddress.addressNumber "
    "entity.headquartersAddress.addressNumberWithinBuilding entity.headquartersAddress.mailRouting "
    "entity.registeredAt.other entity.jurisdiction entity.subCategory entity.legalForm.other "
    "entity.associatedEntity.lei entity.associatedEntity.name entity.expiration.reason entity.successorEntity.name "
    "entity.successorEntities entity.otherAddresses entity.eventGroups registration.initialRegistrationDate "
    "registration.status registration.lastUpdateDate registration.nextRenewalDate registration.managingLou registration.corroborationLevel "
    "registration.validatedAt.id registration.validatedAt.other registration.validatedAs "
    "registration.otherValidationAuthorities bic mic ocid qcc spglobal conformityFlag"
).split()
RELATIONSHIP = (
    "Relationship.StartNode.NodeID Relationship.StartNode.NodeIDType Relationship.EndNode.NodeID "
    "Relationship.EndNode.NodeIDType Relationship.RelationshipType Relationship.RelationshipStatus"
).split()

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "BRANCH": "branch",
    "FUND": "fund",
    "INTERNATIONAL_ORGANIZATION": "public_body",
    "RESIDENT_GOVERNMENT_ENTITY": "public_body",
    "SOLE_PROPRIETOR": "sole_trader",
}
NAME_KINDS = {
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME": "translated",
    "PREVIOUS_LEGAL_NAME": "former",
    "TRADING_OR_OPERATING_NAME": "trade",
}
NO_FORM = ("8888", "9999")


# --- expressions that several fields share -----------------------------------------------------------------------
def _registered(authority: Expr, codes: tuple[str, ...], value: Expr, is_valid: Expr) -> Expr:
    """The national number where one of these registration authorities gave it and it is spelt as theirs are."""
    return chosen((both(is_in(authority, codes), is_valid), value))


def _numbers(lei: Expr, authority: Expr, number: Expr) -> Expr:
    digits = replaced(number, r"[^0-9]", "")
    swedish = replaced(digits, r"^16(\d{10})$", r"\1")
    finnish = replaced(number, r"^\s*(\d{7})-?(\d)\s*$", r"\1-\2")
    british = replaced(replaced(number, r"\s", ""), r"^(\d{7})$", r"0\1")
    norwegian = both(matches(digits, r"\d{9}"), mod11_is_valid(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1)))
    # a Swedish number whose third digit is 0 or 1 is a person's: never an identifier
    swedish_company = matches(swedish, r"\d{2}[2-9]\d{7}")
    home = "RA000472", "RA000473"
    britain = "RA000585", "RA000586", "RA000587"
    return many(
        record(scheme=constant("LEI"), value=lei, original=lei),
        record(scheme=constant("NO-ORGNR"), value=_registered(authority, home, digits, norwegian), original=number),
        record(
            scheme=constant("SE-ORGNR"),
            value=_registered(authority, ("RA000544", "RA000546"), swedish, swedish_company),
            original=number,
        ),
        record(
            scheme=constant("FI-YTUNNUS"),
            value=_registered(authority, ("RA000188",), finnish, matches(finnish, r"\d{7}-\d")),
            original=number,
        ),
        record(
            scheme=constant("DK-CVR"),
            value=_registered(authority, ("RA000170",), digits, matches(digits, r"\d{8}")),
            original=number,
        ),
        record(
            scheme=constant("GB-COH"),
            value=_registered(authority, britain, british, matches(british, r"(\d{8}|[A-Z]{2}\d{6}|R\d{7})")),
            original=number,
        ),
        *_further_numbers(authority, number, digits),
        need="value",
    )


def _further_numbers(authority: Expr, number: Expr, digits: Expr) -> tuple[Expr, ...]:
    """Numbers of countries whose registers spell them in one way, but for dots and leading zeros."""
    czech = replaced(digits, r"^(\d{7})$", r"0\1")
    belgian = replaced(digits, r"^(\d{9})$", r"0\1")
    swiss = replaced(replaced(number, r"[^0-9A-Z]", ""), r"^(\d{9})$", r"CHE\1")
    irish = replaced(digits, r"^0+", "")
    swiss_digits = replaced(swiss, r"^CHE", "")
    return (
        _number("EE-REGISTRIKOOD", authority, ("RA000181",), digits, matches(digits, r"[1789]\d{7}"), number),
        # a number that begins below 4 is a person's: never an identifier
        _number("LV-REGNR", authority, ("RA000423",), digits, matches(digits, r"[4-9]\d{10}"), number),
        _number("CZ-ICO", authority, ("RA000163", "RA000168"), czech, matches(czech, r"\d{8}"), number),
        _number("PL-KRS", authority, ("RA000484",), digits, matches(digits, r"000\d{7}"), number),
        _number("FR-SIREN", authority, ("RA000189", "RA000192", "RA001129"), digits, luhn_is_valid(digits, 9), number),
        _number("BE-KBO", authority, ("RA000025",), belgian, matches(belgian, r"[01]\d{9}"), number),
        _number(
            "CH-UID",
            authority,
            ("RA000548", "RA000549"),
            swiss,
            both(matches(swiss, r"CHE\d{9}"), mod11_is_valid(swiss_digits, (5, 4, 3, 2, 7, 6, 5, 4, 1))),
            number,
        ),
        _number("IE-CRO", authority, ("RA000402",), irish, matches(irish, r"\d{1,7}"), number),
    )


def _number(scheme: str, authority: Expr, codes: tuple[str, ...], value: Expr, is_valid: Expr, original: Expr) -> Expr:
    return record(scheme=constant(scheme), value=_registered(authority, codes, value, is_valid), original=original)


def _day(name: str) -> Expr:
    """The day of a point in time, as written there."""
    return date(replaced(column(name), r"T.*$", ""))


def _form(name: str) -> Expr:
    return chosen((negated(is_in(column(name), NO_FORM)), column(name)))


def _golden_address(kind: str, prefix: str) -> Expr:
    return record(
        kind=constant(kind),
        street=joined(", ", column(f"{prefix}.FirstAddressLine"), column(f"{prefix}.AdditionalAddressLine.1")),
        postal_code=column(f"{prefix}.PostalCode"),
        city=column(f"{prefix}.City"),
        region_code=column(f"{prefix}.Region"),
        country_code=column(f"{prefix}.Country"),
    )


def _record_address(kind: str, prefix: str) -> Expr:
    return record(
        kind=constant(kind),
        street=replaced(column(f"{prefix}.addressLines"), r"\s*\n\s*", ", "),
        postal_code=column(f"{prefix}.postalCode"),
        city=column(f"{prefix}.city"),
        region_code=column(f"{prefix}.region"),
        country_code=column(f"{prefix}.country"),
    )


def _rejects(lei: Expr, name: Expr) -> tuple[tuple[str, str, Expr], ...]:
    return (
        ("missing_number", "the row has no LEI", negated(is_present(lei))),
        ("invalid_number", "the LEI is not 18 letters and digits followed by two digits", negated(_is_lei(lei))),
        ("missing_name", "the row has no name", negated(is_present(name))),
    )


def _is_lei(lei: Expr) -> Expr:
    # no check of its digits: GLEIF itself issued some that fail MOD 97-10, and it is the authority on its own key
    return matches(lei, r"[0-9A-Z]{18}[0-9]{2}")


def _link(*types: str) -> Expr:
    """The other end of a relationship of one of these types that stands today."""
    stands = both(
        is_in(column("Relationship.RelationshipStatus"), ("ACTIVE",)),
        is_in(column("Relationship.EndNode.NodeIDType"), ("LEI",)),
        is_in(column("Relationship.RelationshipType"), types),
    )
    return chosen((stands, column("Relationship.EndNode.NodeID")))


def _exception(category: str) -> Expr:
    """Why no parent of this category is told."""
    return chosen((is_in(column("Exception.Category"), (category,)), column("Exception.Reason.1")))


# --- layouts -----------------------------------------------------------------------------------------------------
# Nothing GLEIF says makes an entity active: it calls dead companies ACTIVE for years.
LEI2_GOLDEN_COPY = Layout(
    name="lei2_golden_copy",
    columns=tuple(GOLDEN),
    ignored_prefixes=("Entity.", "Registration.", "Extension.", "ConformityFlag"),
    key=column("LEI"),
    fields={
        "source_key": column("LEI"),
        "entity_kind": mapped(column("Entity.EntityCategory"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("Entity.EntityCategory"), ("SOLE_PROPRIETOR",)),
        "name": column("Entity.LegalName"),
        "country_code": column("Entity.LegalAddress.Country"),
        "identifiers": _numbers(
            column("LEI"),
            column("Entity.RegistrationAuthority.RegistrationAuthorityID"),
            column("Entity.RegistrationAuthority.RegistrationAuthorityEntityID"),
        ),
        "legal_form_code": _form("Entity.LegalForm.EntityLegalFormCode"),
        "legal_form_scheme": constant("ELF"),
        "status": mapped(column("Entity.EntityStatus"), {"INACTIVE": "dissolved"}, otherwise="unknown"),
        "addresses": many(
            _golden_address("legal", "Entity.LegalAddress"),
            _golden_address("business", "Entity.HeadquartersAddress"),
            need="country_code",
        ),
        "founded_date": _day("Entity.EntityCreationDate"),
    },
    rejects=_rejects(column("LEI"), column("Entity.LegalName")),
)
NAMES_ONLY = Layout(
    name="names_only",
    columns=("lei", "name", "country", "category"),
    key=column("lei"),
    fields={
        "source_key": column("lei"),
        "entity_kind": mapped(column("category"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("category"), ("SOLE_PROPRIETOR",)),
        "name": column("name"),
        "country_code": column("country"),
        "identifiers": many(record(scheme=constant("LEI"), value=column("lei"), original=column("lei")), need="value"),
    },
    rejects=_rejects(column("lei"), column("name")),
)
LEI_RECORD_JSON = Layout(
    name="lei_record_json",
    columns=(*RECORD, *RECORD_IGNORED),
    ignored=frozenset(RECORD_IGNORED),
    key=column("lei"),
    fields={
        "source_key": column("lei"),
        "entity_kind": mapped(column("entity.category"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("entity.category"), ("SOLE_PROPRIETOR",)),
        "name": column("entity.legalName.name"),
        "country_code": column("entity.legalAddress.country"),
        "names": appended(
            each(
                "entity.otherNames",
                ("name", "type"),
                record(name=item("name"), kind=mapped(item("type"), NAME_KINDS, otherwise="translated")),
            ),
            each(
                "entity.transliteratedOtherNames",
                ("name",),
                record(name=item("name"), kind=constant("transliterated")),
            ),
        ),
        "identifiers": _numbers(column("lei"), column("entity.registeredAt.id"), column("entity.registeredAs")),
        "legal_form_code": _form("entity.legalForm.id"),
        "legal_form_scheme": constant("ELF"),
        "status": mapped(column("entity.status"), {"INACTIVE": "dissolved"}, otherwise="unknown"),
        "addresses": many(
            _record_address("legal", "entity.legalAddress"),
            _record_address("business", "entity.headquartersAddress"),
            need="country_code",
        ),
        "founded_date": _day("entity.creationDate"),
        "dissolved_date": _day("entity.expiration.date"),
    },
    rejects=_rejects(column("lei"), column("entity.legalName.name")),
    relations=(("succeeded_by", "LEI", column("entity.successorEntity.lei")),),
)
RR_GOLDEN_COPY = Layout(
    name="rr_golden_copy",
    part="relationships",
    expect=Expect(min_rows=370_000, max_rows=950_000),
    columns=tuple(RELATIONSHIP),
    ignored_prefixes=("Relationship.", "Registration.", "Extension."),
    ignored=frozenset({"Relationship.StartNode.NodeIDType"}),
    key=column("Relationship.StartNode.NodeID"),
    fields={},
    rejects=(
        ("invalid_number", "a node is not a valid LEI", negated(_is_lei(column("Relationship.StartNode.NodeID")))),
    ),
    relations=(
        ("parent", "LEI", _link("IS_DIRECTLY_CONSOLIDATED_BY")),
        ("ultimate_parent", "LEI", _link("IS_ULTIMATELY_CONSOLIDATED_BY")),
        ("branch_of", "LEI", _link("IS_INTERNATIONAL_BRANCH_OF")),
    ),
)
REPEX_GOLDEN_COPY = Layout(
    name="repex_golden_copy",
    part="exceptions",
    # about 80 % and 200 % of the 6.3 million that another reader counted in 2026
    expect=Expect(min_rows=5_000_000, max_rows=12_600_000),
    columns=("LEI", "Exception.Category", "Exception.Reason.1"),
    ignored_prefixes=("Exception.", "Registration.", "Extension."),
    key=column("LEI"),
    fields={},
    rejects=(("invalid_number", "the LEI is not valid", negated(_is_lei(column("LEI")))),),
    # that no parent is told, and why: no link to anybody, and not the statement that there is none
    relations=(
        ("parent_exception", "GLEIF-EXCEPTION", _exception("DIRECT_ACCOUNTING_CONSOLIDATION_PARENT")),
        ("ultimate_parent_exception", "GLEIF-EXCEPTION", _exception("ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT")),
    ),
)

SOURCE = Source(
    name="gleif",
    title="Global LEI Index",
    country=None,
    publisher="Global Legal Entity Identifier Foundation",
    homepage="https://www.gleif.org/en/lei-data/gleif-golden-copy",
    record_url="https://search.gleif.org/#/record/{key}",
    scheme="LEI",
    licence=Licence.CC0_1_0,
    attribution="Global LEI Index, GLEIF",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=5,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data published for identification in transactions",
        personal_fields=("name", "names", "addresses"),
        never_store=(),
        retention_days=1095,
    ),
    # about 80 % and 200 % of the 3.3 million of July 2026
    expect=Expect(min_rows=2_600_000, max_rows=6_600_000, fill_rates={"country_code": 0.99}),
    layouts=(LEI2_GOLDEN_COPY, NAMES_ONLY, LEI_RECORD_JSON, RR_GOLDEN_COPY, REPEX_GOLDEN_COPY),
    parts=("main", "relationships", "exceptions"),
    dated_names=(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)-(?P<hour>\d\d)(?P<minute>\d\d)-gleif-goldencopy-",),
    mapping_version=2,
    base_url="https://api.gleif.org/api/v1",
    base_url_env="PROSPEKT_GLEIF_URL",
    bulk_url="https://goldencopy.gleif.org/api/v2/golden-copies/publishes",
    # some clients say 60, GLEIF's own pages say nothing
    requests_per_minute=55,
)

# --- ways to reach it --------------------------------------------------------------------------------------------
FILES = {"main": "lei2/latest.csv", "relationships": "rr/latest.csv", "exceptions": "repex/latest.csv"}
# IntraDay is never long enough: when a file was made is not said; a month has 28 days at least
WINDOWS = {"LastDay": timedelta(days=1), "LastWeek": timedelta(days=7), "LastMonth": timedelta(days=28)}
# six million rows that hardly change: worth a minute's work once a week
EXCEPTIONS_EVERY = timedelta(days=7)
# the API finds a national number only as the entity's register spells it; the bare one is tried second
SPELLINGS = {
    "NO-ORGNR": (r"^(\d{3})(\d{3})(\d{3})$", r"\1 \2 \3"),
    "SE-ORGNR": (r"^(\d{6})(\d{4})$", r"\1-\2"),
    "FI-YTUNNUS": (r"^(\d{7})-?(\d)$", r"\1-\2"),
    "BE-KBO": (r"^(\d{4})(\d{3})(\d{3})$", r"\1.\2.\3"),
    "CH-UID": (r"^CHE(\d{3})(\d{3})(\d{3})$", r"CHE-\1.\2.\3"),
}
COUNTRIES = {
    "NO-ORGNR": "NO",
    "SE-ORGNR": "SE",
    "FI-YTUNNUS": "FI",
    "DK-CVR": "DK",
    "GB-COH": "GB",
    "EE-REGISTRIKOOD": "EE",
    "LV-REGNR": "LV",
    "CZ-ICO": "CZ",
    "PL-KRS": "PL",
    "FR-SIREN": "FR",
    "BE-KBO": "BE",
    "CH-UID": "CH",
    "IE-CRO": "IE",
}


def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """The newest golden copy: all LEI records, all relationships, or all exceptions from telling parents."""
    url = f"{client.bulk_url(SOURCE)}/{FILES[part]}"
    return fetch_file(client, SOURCE, url, landing=landing, known=known)


def fetch_changes(client: "PoliteClient", *, landing: Path, known: Known) -> Iterator[Delivery]:
    """Records that changed since the last fetch, then links and exceptions whole: a file of changed links would have to
    say which were withdrawn, and a whole one tells by what it lacks.
    """
    records = f"{client.bulk_url(SOURCE)}/{FILES['main']}"
    delivery = fetch_delta(client, SOURCE, records, WINDOWS, part="main", landing=landing, known=known)
    if delivery is not None:
        yield delivery
    for part, every in {"relationships": JUST_NOW, "exceptions": EXCEPTIONS_EVERY}.items():
        if datetime.now(UTC).timestamp() - known.loaded.get(part, 0) / 1000 > every.total_seconds():
            whole = fetch_file(
                client, SOURCE, f"{client.bulk_url(SOURCE)}/{FILES[part]}", landing=landing / part, known=Known()
            )
            if whole is not None:
                yield whole


def look_up(client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Delivery:
    """The records of these LEIs; a key such as `NO-ORGNR:923609016` asks by national number."""
    fetched_at = datetime.now(UTC)
    found = {key: _find(client, key) for key in keys}
    return deliver(
        SOURCE,
        LEI_RECORD_JSON,
        [record["attributes"] for records in found.values() for record in records],
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=fetched_at,
        url=f"{client.base_url(SOURCE)}/lei-records",
        unknown=tuple(key for key, records in found.items() if not records),
    )


def _find(client: "PoliteClient", key: str) -> list[dict[str, Any]]:
    scheme, _, number = key.rpartition(":")
    pattern, spelling = SPELLINGS.get(scheme, ("$^", ""))
    for value in dict.fromkeys((re.sub(pattern, spelling, number), number)):
        wanted = {"filter[lei]": value}
        if scheme:
            wanted = {"filter[entity.registeredAs]": value, "filter[entity.legalAddress.country]": COUNTRIES[scheme]}
        records = parse(SOURCE, client.get(SOURCE, "lei-records", params=wanted)).get("data", [])
        if records:
            return list(records)
    return []
