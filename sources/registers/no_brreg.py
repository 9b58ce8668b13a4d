"""Norway's Enhetsregisteret (Brønnøysundregistrene): every registered entity and sub-unit, without a key.

What is known of it, what was seen and what is only believed: docs/sources/no_brreg.md.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    boolean,
    both,
    chosen,
    column,
    constant,
    date,
    decimal,
    each,
    either,
    first,
    integer,
    is_in,
    is_present,
    item,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
)
from sources.kinds.accounts_api import ask_accounts
from sources.kinds.bulk_file import FILE_IS_MADE_EVERY, fetch_file
from sources.kinds.hal_register import (
    Collection,
    look_up_records,
    position_before,
    read_cursor,
    walk_changes,
    write_cursor,
)
from sources.kinds.mandate_api import ask_mandates
from sources.kinds.role_api import ask_roles, read_role_file, walk_role_events
from sources.lookup import AccountsAnswer, MandatesAnswer, RolesAnswer
from sources.registers._no_brreg.accounts import ACCOUNTS
from sources.registers._no_brreg.columns import (
    CASING_CSV,
    CASING_CSV_2026,
    CASING_CSV_SUBUNIT,
    CASING_JSON,
    ENTITY_2024,
    ENTITY_2026,
    IGNORED,
    ONLY_JSON,
    SUBUNIT,
    SUBUNIT_JSON,
    UNIT_2024,
)
from sources.registers._no_brreg.expressions import (
    ADDRESS_LINE_END,
    ADDRESS_LINE_END_2024,
    CLOSED,
    COMPANY_ESTATE,
    CONTACT_POINTS,
    COUNT,
    FORM,
    HAS_COUNT,
    KINDS,
    LADDER,
    LADDER_2026,
    LADDER_DATES,
    LADDER_DATES_2026,
    NATURAL_PERSONS,
    NUMBER,
    REJECTS,
    WEBSITE,
    addresses,
    codes,
    home_number,
    industries,
)
from sources.registers._no_brreg.mandates import MANDATES
from sources.registers._no_brreg.roles import ROLES
from sources.source import Delivery, Expect, IndustryFamily, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- fields ------------------------------------------------------------------------------------------------------
UNIT_FIELDS = {
    "source_key": NUMBER,
    "entity_kind": mapped(FORM, KINDS, otherwise="legal_entity"),
    "name": column("navn"),
    "identifiers": many(
        record(scheme=constant("NO-ORGNR"), value=NUMBER, original=column("organisasjonsnummer")), need="value"
    ),
    "legal_form_code": FORM,
    "legal_form_scheme": constant("NO-LEGAL-FORM"),
    "employees_low": chosen(
        (is_present(COUNT), COUNT),
        (is_in(HAS_COUNT, ("false",)), constant(0)),
        (is_in(HAS_COUNT, ("true",)), constant(1)),
    ),
    "employees_high": chosen(
        (is_present(COUNT), COUNT),
        (is_in(HAS_COUNT, ("false",)), constant(0)),
        (is_in(HAS_COUNT, ("true",)), constant(4)),
    ),
    "employees_state": chosen(
        (is_in(column("antallAnsatte"), ("0",)), constant("none_registered")),
        (is_present(COUNT), constant("exact")),
        (is_in(HAS_COUNT, ("false",)), constant("none_registered")),
        (is_in(HAS_COUNT, ("true",)), constant("withheld")),
        otherwise=constant("not_supplied"),
    ),
    "contact_points": many(WEBSITE, need="value"),
}
ENTITY_FIELDS = UNIT_FIELDS | {
    "is_natural_person": either(
        is_in(FORM, NATURAL_PERSONS),
        both(is_in(FORM, ("KBO",)), negated(matches(column("navn"), COMPANY_ESTATE))),
    ),
    "country_code": first(column("forretningsadresse.landkode"), constant("NO")),
    "founded_date": date(column("stiftelsesdato")),
    "purpose": replaced(column("vedtektsfestetFormaal"), r"\s*\n\s*", " "),
    "activity": replaced(column("aktivitet"), r"\s*\n\s*", " "),
    "sector_code": column("institusjonellSektorkode.kode"),
    "last_accounts_year": integer(column("sisteInnsendteAarsregnskap")),
}
SUBUNIT_FIELDS = UNIT_FIELDS | {
    "is_natural_person": is_in(FORM, NATURAL_PERSONS),
    "country_code": first(column("beliggenhetsadresse.landkode"), constant("NO")),
    "founded_date": date(column("oppstartsdato")),
    "is_vat_registered": boolean(column("registrertIMvaregisteret")),
}
CSV_FIELDS = {
    "registered_date": date(column("registreringsdatoenhetsregisteret")),
    "is_vat_registered": boolean(column("registrertIMvaRegisteret")),
}
ENTITY_2026_FIELDS = {
    "industries": industries("SN2025"),
    "addresses": addresses("forretningsadresse", ADDRESS_LINE_END),
    "contact_points": CONTACT_POINTS,
    "is_in_group": boolean(column("erIKonsern")),
    "capital_amount": decimal(column("kapital.belop")),
    "capital_currency": column("kapital.valuta"),
}
FORMER_NAMES = each(
    "historiskeNavn",
    ("navn", "fraDato", "tilDato"),
    record(
        name=item("navn"),
        kind=constant("former"),
        from_date=date(item("fraDato")),
        to_date=date(item("tilDato")),
    ),
)
SECTOR_CODES = (("NO-SECTOR", column("institusjonellSektorkode.kode"), column("institusjonellSektorkode.beskrivelse")),)
PARENT = ("parent", "NO-ORGNR", column("overordnetEnhet"))
ESTABLISHMENT_OF = ("establishment_of", "NO-ORGNR", column("overordnetEnhet"))
HOMES = (
    ("branch_of", "SE-ORGNR", home_number("SE", r"[^0-9]", r"\d{10}")),
    ("branch_of", "DK-CVR", home_number("DK", r"[^0-9]", r"\d{8}")),
    ("branch_of", "FI-YTUNNUS", home_number("FI", r"\s", r"\d{7}-\d")),
    ("branch_of", "GB-COH", home_number("GB", r"\s", r"([A-Z]{2}\d{6}|\d{8})")),
)


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of SN2007 with the classes of SN2025 that took over some or all of it: Eurostat's table."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(("SN2007", row["sn2007"], "SN2025", row["sn2025"]) for row in csv.DictReader(table))


# --- layouts -----------------------------------------------------------------------------------------------------
ENHETER_2024 = Layout(
    name="enheter_2024",
    part="enheter",
    columns=(*UNIT_2024, *ENTITY_2024, *CASING_CSV),
    key=NUMBER,
    fields=ENTITY_FIELDS
    | CSV_FIELDS
    | {
        "industries": industries("SN2007"),
        "addresses": addresses("forretningsadresse", ADDRESS_LINE_END_2024),
        "status": chosen(*LADDER, otherwise=constant("unknown")),
        "status_date": chosen(*LADDER_DATES),
    },
    ignored=IGNORED,
    rejects=REJECTS,
    codes=(*codes("SN2007"), *SECTOR_CODES),
    relations=(PARENT,),
)
ENHETER_2026 = Layout(
    name="enheter_2026",
    part="enheter",
    columns=(*UNIT_2024, *ENTITY_2024, *ENTITY_2026, *CASING_CSV_2026),
    key=NUMBER,
    fields=ENTITY_FIELDS
    | CSV_FIELDS
    | ENTITY_2026_FIELDS
    | {
        "status": chosen(*LADDER_2026, otherwise=constant("unknown")),
        "status_date": chosen(*LADDER_DATES_2026),
        "employees_date": date(column("registreringsdatoantallansatteNAVAaregisteret")),
    },
    ignored=IGNORED,
    volatile=frozenset({"employees_date"}),
    rejects=REJECTS,
    codes=(*codes("SN2025"), *SECTOR_CODES),
    relations=(PARENT, *HOMES),
)
ENHET_JSON = Layout(
    name="enhet_json",
    part="enheter",
    columns=(*UNIT_2024, *ENTITY_2024, *ENTITY_2026, *CASING_JSON, *ONLY_JSON),
    key=NUMBER,
    fields=ENTITY_FIELDS
    | ENTITY_2026_FIELDS
    | {
        "names": FORMER_NAMES,
        "status": chosen((CLOSED, constant("dissolved")), *LADDER_2026, otherwise=constant("unknown")),
        "status_date": first(date(column("slettedato")), chosen(*LADDER_DATES_2026)),
        "employees_date": date(column("registreringsdatoAntallAnsatteNAVAaregisteret")),
        "registered_date": date(column("registreringsdatoEnhetsregisteret")),
        "dissolved_date": date(column("slettedato")),
        "is_vat_registered": boolean(column("registrertIMvaregisteret")),
    },
    ignored=IGNORED,
    volatile=frozenset({"employees_date"}),
    rejects=REJECTS,
    codes=(*codes("SN2025"), *SECTOR_CODES),
    relations=(PARENT, *HOMES),
)
UNDERENHETER_2024 = Layout(
    name="underenheter_2024",
    part="underenheter",
    expect=Expect(min_rows=690_000, max_rows=1_730_000),
    columns=(*UNIT_2024, *SUBUNIT, *CASING_CSV_SUBUNIT),
    key=NUMBER,
    fields=SUBUNIT_FIELDS
    | {
        "industries": industries("SN2007"),
        "addresses": addresses("beliggenhetsadresse", ADDRESS_LINE_END_2024),
        "status": chosen((is_present(column("nedleggelsesdato")), constant("dissolved")), otherwise=constant("active")),
        "status_date": date(column("nedleggelsesdato")),
        "registered_date": date(column("registreringsdatoIEnhetsregisteret")),
        "dissolved_date": date(column("nedleggelsesdato")),
    },
    ignored=IGNORED,
    rejects=REJECTS,
    codes=codes("SN2007"),
    relations=(ESTABLISHMENT_OF,),
)
UNDERENHET_JSON = Layout(
    name="underenhet_json",
    part="underenheter",
    columns=(*UNIT_2024, *SUBUNIT, *SUBUNIT_JSON, *CASING_JSON, *ONLY_JSON),
    key=NUMBER,
    fields=SUBUNIT_FIELDS
    | {
        "names": FORMER_NAMES,
        "industries": industries("SN2025"),
        "addresses": addresses("beliggenhetsadresse", ADDRESS_LINE_END),
        "contact_points": CONTACT_POINTS,
        "status": chosen(
            (either(CLOSED, is_present(column("nedleggelsesdato"))), constant("dissolved")),
            (is_in(column("respons_klasse"), ("Underenhet",)), constant("active")),
            otherwise=constant("unknown"),
        ),
        "status_date": first(date(column("slettedato")), date(column("nedleggelsesdato"))),
        "employees_date": date(column("registreringsdatoAntallAnsatteNAVAaregisteret")),
        "registered_date": date(column("registreringsdatoEnhetsregisteret")),
        "dissolved_date": first(date(column("slettedato")), date(column("nedleggelsesdato"))),
    },
    ignored=IGNORED,
    volatile=frozenset({"employees_date"}),
    rejects=REJECTS,
    codes=codes("SN2025"),
    relations=(ESTABLISHMENT_OF,),
)

SOURCE = Source(
    name="no_brreg",
    title="Enhetsregisteret",
    country="NO",
    publisher="Brønnøysundregistrene",
    homepage="https://data.brreg.no/enhetsregisteret/api/dokumentasjon/no/index.html",
    record_url="https://virksomhet.brreg.no/nb/oppslag/enheter/{key}",
    scheme="NO-ORGNR",
    licence=Licence.NLOD_2_0,
    attribution="Inneholder data under norsk lisens for offentlige data (NLOD) tilgjengeliggjort av Brønnøysundregistrene",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses", "contact_points", "activity"),
        never_store=(
            "fodselsdato",
            "stadfestetFremtidsfullmakt",
            "begrensetRettsligHandleevne",
            "signaturProkuraFritekst",
        ),
        retention_days=1095,
    ),
    # about 80 % and 200 % of the 1.17 million entities of July 2026
    expect=Expect(
        min_rows=940_000,
        max_rows=2_340_000,
        fill_rates={
            "legal_form_code": 0.99,
            "addresses": 0.9,
            "industries": 0.8,
            "registered_date": 0.95,
        },
    ),
    layouts=(ENHETER_2026, ENHETER_2024, UNDERENHETER_2024, ENHET_JSON, UNDERENHET_JSON),
    parts=("enheter", "underenheter"),
    mapping_version=1,
    base_url="https://data.brreg.no/enhetsregisteret/api",
    base_url_env="PROSPEKT_NO_BRREG_URL",
    account_fields=(*ACCOUNTS.amounts,),
    industry_lists=dict.fromkeys(("SN2007", "SN2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)

COLLECTIONS = {
    "enheter": Collection(
        part="enheter",
        layout=ENHET_JSON,
        path="enheter",
        number="organisasjonsnummer",
        feed="oppdateringer/enheter",
        feed_list="oppdaterteEnheter",
        position="oppdateringsid",
        change="endringstype",
        removed="Fjernet",
        since="dato",
    ),
    "underenheter": Collection(
        part="underenheter",
        layout=UNDERENHET_JSON,
        path="underenheter",
        number="organisasjonsnummer",
        feed="oppdateringer/underenheter",
        feed_list="oppdaterteUnderenheter",
        position="oppdateringsid",
        change="endringstype",
        removed="Fjernet",
        since="dato",
    ),
}


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "enheter") -> Delivery | None:
    """All entities or all sub-units as one CSV; the feed is to be followed from where it stood before the file was made."""
    position = position_before(client, SOURCE, COLLECTIONS[part], datetime.now(UTC) - FILE_IS_MADE_EVERY)
    delivery = fetch_file(client, SOURCE, f"{part}/lastned/csv", landing=landing, known=known)
    positions = read_cursor(known.cursor) | ({} if position is None else {part: position})
    return None if delivery is None else replace(delivery, cursor=write_cursor(positions))


def fetch_changes(client: "PoliteClient", *, landing: Path, known: Known) -> Iterator[Delivery]:
    """Entities and sub-units that changed since the cursor, 10,000 feed entries at a time, the most that it gives."""
    return walk_changes(client, SOURCE, tuple(COLLECTIONS.values()), landing=landing, known=known, page=10_000)


def look_up(client: "PoliteClient", keys: Sequence[str], *, landing: Path, part: str = "enheter") -> Delivery:
    """The entities (or sub-units) of these organisation numbers as the register has them now."""
    return look_up_records(client, SOURCE, COLLECTIONS[part], keys, landing=landing)


def fetch_roles(client: "PoliteClient", keys: Sequence[str]) -> Iterator[RolesAnswer]:
    """Who is what in each of these entities; birth dates and legal capacity are gone before we look."""
    return ask_roles(client, SOURCE, ROLES, keys)


def fetch_all_roles(client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Iterator[RolesAnswer]:
    """The same out of the file of all roles: what is not of these entities is let go of as it streams by."""
    return read_role_file(client, SOURCE, ROLES, keys, landing=landing)


def fetch_role_changes(
    client: "PoliteClient", *, position: int | None, since: datetime
) -> Iterator[tuple[int, frozenset[str]]]:
    """Entities whose roles changed after a position in the feed of events, or else since a time."""
    return walk_role_events(client, SOURCE, ROLES, position=position, since=since)


def fetch_mandates(client: "PoliteClient", keys: Sequence[str]) -> Iterator[MandatesAnswer]:
    """Who may sign for each of these entities and who has its procuration, out of Fullmakttjenesten."""
    return ask_mandates(client, SOURCE, MANDATES, keys)


def fetch_accounts(client: "PoliteClient", keys: Sequence[str]) -> Iterator[AccountsAnswer]:
    """Key figures of the latest accounts of each of these entities, out of Regnskapsregisteret."""
    return ask_accounts(client, SOURCE, ACCOUNTS, keys)
