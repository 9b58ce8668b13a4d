"""Norway's Enhetsregisteret (Brønnøysundregistrene): every registered entity and sub-unit, without a key.

What is known of it, what was seen and what is only believed: docs/sources/no_brreg.md.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from datetime import date as day
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.fields import (
    Expr,
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
    mod11_is_valid,
    negated,
    record,
    replaced,
)
from sources.kinds.bulk_file import FILE_IS_MADE_EVERY, fetch_file
from sources.kinds.hal_register import (
    Collection,
    look_up_records,
    position_before,
    read_cursor,
    walk_changes,
    write_cursor,
)
from sources.kinds.json_api import parse
from sources.record import Role
from sources.source import Delivery, Expect, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
UNIT_2024 = (
    "organisasjonsnummer navn organisasjonsform.kode organisasjonsform.beskrivelse naeringskode1.kode "
    "naeringskode1.beskrivelse naeringskode2.kode naeringskode2.beskrivelse naeringskode3.kode "
    "naeringskode3.beskrivelse hjelpeenhetskode.kode hjelpeenhetskode.beskrivelse harRegistrertAntallAnsatte "
    "antallAnsatte hjemmeside postadresse.adresse postadresse.poststed postadresse.postnummer postadresse.kommune "
    "postadresse.kommunenummer postadresse.land postadresse.landkode overordnetEnhet frivilligMvaRegistrertBeskrivelser"
).split()
ENTITY_2024 = (
    "forretningsadresse.adresse forretningsadresse.poststed forretningsadresse.postnummer forretningsadresse.kommune "
    "forretningsadresse.kommunenummer forretningsadresse.land forretningsadresse.landkode "
    "institusjonellSektorkode.kode institusjonellSektorkode.beskrivelse sisteInnsendteAarsregnskap stiftelsesdato "
    "registrertIFrivillighetsregisteret registrertIForetaksregisteret registrertIStiftelsesregisteret konkurs "
    "konkursdato underAvvikling underAvviklingDato underTvangsavviklingEllerTvangsopplosning "
    "tvangsopplostPgaManglendeDagligLederDato tvangsopplostPgaManglendeRevisorDato "
    "tvangsopplostPgaManglendeRegnskapDato tvangsopplostPgaMangelfulltStyreDato "
    "tvangsavvikletPgaManglendeSlettingDato maalform vedtektsdato vedtektsfestetFormaal aktivitet"
).split()
ENTITY_2026 = (
    "registreringsdatoAntallAnsatteEnhetsregisteret epostadresse telefon mobil "
    "registreringsdatoMerverdiavgiftsregisteret registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret "
    "registreringsdatoFrivilligMerverdiavgiftsregisteret registreringsdatoFrivillighetsregisteret "
    "registreringsdatoForetaksregisteret registrertIPartiregisteret registreringsdatoPartiregisteret paategninger "
    "underUtenlandskInsolvensbehandlingDato underRekonstruksjonsforhandlingDato fravalgRevisjonDato "
    "fravalgRevisjonBeslutningsDato erIKonsern kapital.belop kapital.antallAksjer kapital.type kapital.bundet "
    "kapital.valuta kapital.innbetalt kapital.fulltInnbetalt kapital.innfortDato registreringsnummerIHjemlandet "
    "utenlandskRegisterNavn utenlandskRegisterAdresse.land utenlandskRegisterAdresse.poststed "
    "utenlandskRegisterAdresse.adresse underlagtLovgivningLand underlagtLovgivningLandKode "
    "foretaksformIHjemlandet.kode foretaksformIHjemlandet.beskrivelse foretaksformIHjemlandet.beskrivelseBokmaal"
).split()
SUBUNIT = (
    "beliggenhetsadresse.adresse beliggenhetsadresse.poststed beliggenhetsadresse.postnummer "
    "beliggenhetsadresse.kommune beliggenhetsadresse.kommunenummer beliggenhetsadresse.land "
    "beliggenhetsadresse.landkode oppstartsdato datoEierskifte nedleggelsesdato"
).split()
SUBUNIT_JSON = (
    "registreringsdatoAntallAnsatteEnhetsregisteret epostadresse telefon mobil "
    "registreringsdatoMerverdiavgiftsregisteret registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret "
    "registreringsdatoFrivilligMerverdiavgiftsregisteret"
).split()
# the same three facts are spelt in three ways
CASING_CSV = ("registreringsdatoenhetsregisteret", "registrertIMvaRegisteret")
CASING_CSV_2026 = (*CASING_CSV, "registreringsdatoantallansatteNAVAaregisteret")
CASING_CSV_SUBUNIT = ("registreringsdatoIEnhetsregisteret", "registrertIMvaregisteret")
CASING_JSON = (
    "registreringsdatoEnhetsregisteret",
    "registrertIMvaregisteret",
    "registreringsdatoAntallAnsatteNAVAaregisteret",
)
ONLY_JSON = ("historiskeNavn", "slettedato", "respons_klasse", "organisasjonsform.utgaatt")
IGNORED = frozenset(
    (
        "frivilligMvaRegistrertBeskrivelser registrertIFrivillighetsregisteret registrertIForetaksregisteret "
        "registrertIStiftelsesregisteret registrertIPartiregisteret registreringsdatoMerverdiavgiftsregisteret "
        "registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret registreringsdatoPartiregisteret maalform "
        "registreringsdatoFrivilligMerverdiavgiftsregisteret registreringsdatoFrivillighetsregisteret vedtektsdato "
        "registreringsdatoForetaksregisteret registreringsdatoAntallAnsatteEnhetsregisteret paategninger "
        "underRekonstruksjonsforhandlingDato fravalgRevisjonDato fravalgRevisjonBeslutningsDato "
        "kapital.antallAksjer kapital.type kapital.bundet kapital.innbetalt kapital.fulltInnbetalt "
        "kapital.innfortDato utenlandskRegisterNavn utenlandskRegisterAdresse.land utenlandskRegisterAdresse.poststed "
        "utenlandskRegisterAdresse.adresse underlagtLovgivningLand foretaksformIHjemlandet.kode "
        "foretaksformIHjemlandet.beskrivelse foretaksformIHjemlandet.beskrivelseBokmaal datoEierskifte "
        "postadresse.land forretningsadresse.land beliggenhetsadresse.land organisasjonsform.utgaatt"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "ENK": "sole_trader",
    "PERS": "sole_trader",
    "REV": "sole_trader",
    "KBO": "estate",
    "BO": "estate",
    "BEDR": "establishment",
    "AAFY": "establishment",
    "OPMV": "establishment",
    "NUF": "branch",
    "VPFO": "fund",
    "ADOS": "public_body",
    "FKF": "public_body",
    "FYLK": "public_body",
    "KF": "public_body",
    "KOMM": "public_body",
    "ORGL": "public_body",
    "STAT": "public_body",
}
NATURAL_PERSONS = ("ENK", "PERS", "REV", "BO")
DELETED = ("SlettetEnhet", "SlettetUnderEnhet", "SlettetUnderenhet")
# a bankrupt person's estate bears the person's name; only a company's form tells them apart
COMPANY_ESTATE = r"(?i).+ (ANS|AS|ASA|BA|DA|KS|NUF|SA|IKS|AB|APS|GMBH|INC|LIMITED|LLC|LTD|OY|SIA|STIFTELSE|UAB) .*"
ADDRESS_LINE_END = r"\s*\n\s*"
ADDRESS_LINE_END_2024 = r"\s*(\n|/n)\s*"


# --- expressions that several fields share -----------------------------------------------------------------------
def _address(kind: str, prefix: str, line_end: str) -> Expr:
    return record(
        kind=constant(kind),
        street=replaced(column(f"{prefix}.adresse"), line_end, ", "),
        postal_code=column(f"{prefix}.postnummer"),
        city=column(f"{prefix}.poststed"),
        municipality_code=column(f"{prefix}.kommunenummer"),
        municipality_name=column(f"{prefix}.kommune"),
        region_code=replaced(column(f"{prefix}.kommunenummer"), r"^(\d\d).*$", r"\1"),
        country_code=column(f"{prefix}.landkode"),
    )


def _addresses(seat: str, line_end: str) -> Expr:
    return many(_address("business", seat, line_end), _address("postal", "postadresse", line_end), need="country_code")


def _industry(name: str, scheme: str, rank: int) -> Expr:
    """An industry code; 00.000 says that none was given."""
    stated = negated(is_in(column(f"{name}.kode"), ("00.000",)))
    code = chosen((stated, column(f"{name}.kode")))
    return record(code=code, scheme=constant(scheme), rank=constant(rank))


def _industries(scheme: str) -> Expr:
    return many(
        _industry("naeringskode1", scheme, 1),
        _industry("naeringskode2", scheme, 2),
        _industry("naeringskode3", scheme, 3),
        _industry("hjelpeenhetskode", scheme, 4),
        need="code",
    )


def _codes(scheme: str) -> tuple[tuple[str, Expr, Expr], ...]:
    return (
        (scheme, column("naeringskode1.kode"), column("naeringskode1.beskrivelse")),
        (scheme, column("naeringskode2.kode"), column("naeringskode2.beskrivelse")),
        (scheme, column("naeringskode3.kode"), column("naeringskode3.beskrivelse")),
        (scheme, column("hjelpeenhetskode.kode"), column("hjelpeenhetskode.beskrivelse")),
        ("NO-LEGAL-FORM", column("organisasjonsform.kode"), column("organisasjonsform.beskrivelse")),
    )


def _home_number(country: str, junk: str, form: str) -> Expr:
    """The number that a branch's company has at home, spelt as that country's register does."""
    number = replaced(column("registreringsnummerIHjemlandet"), junk, "")
    return chosen((both(is_in(column("underlagtLovgivningLandKode"), (country,)), matches(number, form)), number))


NUMBER = replaced(column("organisasjonsnummer"), r"\s", "")
FORM = column("organisasjonsform.kode")
COUNT = integer(column("antallAnsatte"))
HAS_COUNT = column("harRegistrertAntallAnsatte")
CLOSED = either(is_present(column("slettedato")), is_in(column("respons_klasse"), DELETED))
BANKRUPT = is_in(column("konkurs"), ("true",))
ENFORCED = is_in(column("underTvangsavviklingEllerTvangsopplosning"), ("true",))
WINDING_UP = is_in(column("underAvvikling"), ("true",))
ENFORCED_DATE = first(
    date(column("tvangsopplostPgaManglendeDagligLederDato")),
    date(column("tvangsopplostPgaManglendeRevisorDato")),
    date(column("tvangsopplostPgaManglendeRegnskapDato")),
    date(column("tvangsopplostPgaMangelfulltStyreDato")),
    date(column("tvangsavvikletPgaManglendeSlettingDato")),
)
LADDER = (
    (BANKRUPT, constant("bankrupt")),
    (ENFORCED, constant("winding_up")),
    (WINDING_UP, constant("winding_up")),
    (is_in(column("konkurs"), ("false",)), constant("active")),
)
LADDER_DATES = (
    (BANKRUPT, date(column("konkursdato"))),
    (ENFORCED, ENFORCED_DATE),
    (WINDING_UP, date(column("underAvviklingDato"))),
)
ABROAD = is_present(column("underUtenlandskInsolvensbehandlingDato"))
LADDER_2026 = ((ABROAD, constant("bankrupt")), *LADDER)
LADDER_DATES_2026 = (*LADDER_DATES, (ABROAD, date(column("underUtenlandskInsolvensbehandlingDato"))))
WEBSITE = record(kind=constant("website"), value=column("hjemmeside"))
CONTACT_POINTS = many(
    WEBSITE,
    record(kind=constant("email"), value=column("epostadresse")),
    record(kind=constant("phone"), value=column("telefon")),
    record(kind=constant("mobile"), value=column("mobil")),
    need="value",
)
REJECTS = (
    ("missing_number", "the row has no organisation number", negated(is_present(NUMBER))),
    (
        "invalid_number",
        "the organisation number is not nine digits that pass the mod-11 check",
        negated(both(matches(NUMBER, r"\d{9}"), mod11_is_valid(NUMBER, (3, 2, 7, 6, 5, 4, 3, 2, 1)))),
    ),
    ("missing_name", "the row has no name", negated(is_present(column("navn")))),
)

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
    "industries": _industries("SN2025"),
    "addresses": _addresses("forretningsadresse", ADDRESS_LINE_END),
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
    ("branch_of", "SE-ORGNR", _home_number("SE", r"[^0-9]", r"\d{10}")),
    ("branch_of", "DK-CVR", _home_number("DK", r"[^0-9]", r"\d{8}")),
    ("branch_of", "FI-YTUNNUS", _home_number("FI", r"\s", r"\d{7}-\d")),
    ("branch_of", "GB-COH", _home_number("GB", r"\s", r"([A-Z]{2}\d{6}|\d{8})")),
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
        "industries": _industries("SN2007"),
        "addresses": _addresses("forretningsadresse", ADDRESS_LINE_END_2024),
        "status": chosen(*LADDER, otherwise=constant("unknown")),
        "status_date": chosen(*LADDER_DATES),
    },
    ignored=IGNORED,
    rejects=REJECTS,
    codes=(*_codes("SN2007"), *SECTOR_CODES),
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
    codes=(*_codes("SN2025"), *SECTOR_CODES),
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
    codes=(*_codes("SN2025"), *SECTOR_CODES),
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
        "industries": _industries("SN2007"),
        "addresses": _addresses("beliggenhetsadresse", ADDRESS_LINE_END_2024),
        "status": chosen((is_present(column("nedleggelsesdato")), constant("dissolved")), otherwise=constant("active")),
        "status_date": date(column("nedleggelsesdato")),
        "registered_date": date(column("registreringsdatoIEnhetsregisteret")),
        "dissolved_date": date(column("nedleggelsesdato")),
    },
    ignored=IGNORED,
    rejects=REJECTS,
    codes=_codes("SN2007"),
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
        "industries": _industries("SN2025"),
        "addresses": _addresses("beliggenhetsadresse", ADDRESS_LINE_END),
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
    codes=_codes("SN2025"),
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
        never_store=("fodselsdato", "stadfestetFremtidsfullmakt", "begrensetRettsligHandleevne"),
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


def fetch_roles(client: "PoliteClient", keys: Sequence[str]) -> Iterator[tuple[str, tuple[Role, ...]]]:
    """Who is what in each of these entities; birth dates and legal capacity are gone before we look."""
    for key in keys:
        answer = client.get(SOURCE, f"enheter/{key}/roller", allow=frozenset({404}))
        groups = [] if answer.status == 404 else parse(SOURCE, answer).get("rollegrupper", [])
        yield key, tuple(_role(key, group, role) for group in groups for role in group.get("roller", []))


def _role(key: str, group: dict[str, Any], role: dict[str, Any]) -> Role:
    person, entity = role.get("person", {}).get("navn", {}), role.get("enhet", {})
    names = [person.get(part) for part in ("fornavn", "mellomnavn", "etternavn")] if person else entity.get("navn", [])
    return Role(
        source_key=key,
        role_code=role["type"]["kode"],
        group_code=group["type"]["kode"],
        holder_kind="person" if "person" in role else "entity",
        holder_name=" ".join(filter(None, names)) or None,
        holder_scheme="NO-ORGNR" if entity else None,
        holder_value=entity.get("organisasjonsnummer"),
        elected_by_code=role.get("valgtAv", {}).get("kode"),
        position=int(role["rekkefolge"]) if role.get("rekkefolge") is not None else None,
        has_resigned=bool(role.get("fratraadt") or role.get("avregistrert")),
        changed_date=day.fromisoformat(group["sistEndret"]) if group.get("sistEndret") else None,
    )
