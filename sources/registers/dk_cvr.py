"""Denmark's Det Centrale Virksomhedsregister (CVR): the index of Erhvervsstyrelsen, with a login that is free.

What is known of it, what was seen and what is only believed: docs/sources/dk_cvr.md.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    appended,
    boolean,
    both,
    chosen,
    column,
    constant,
    date,
    decimal,
    each,
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
    record,
)
from sources.kinds.index_file import read_index_file
from sources.kinds.search_index import Index, look_up_in_index, read_whole_index, walk_index_changes
from sources.registers._dk_cvr.columns import (
    ADDRESS,
    ALL_IGNORED,
    ATTRIBUTE,
    BANDS,
    CONTACT,
    DATED,
    FORMS,
    IN_BUSINESS,
    KINDS,
    LIFE,
    META,
    NAME,
    PLACE,
    PLACE_IGNORED,
    READ,
    STATE,
    VALUE,
    WINDING_UP,
    may_keep,
    meta_columns,
    spellings,
)
from sources.registers._dk_cvr.expressions import (
    COUNTED_ON,
    EMPLOYEES,
    ENDED_ON,
    FORM,
    IS_BANKRUPT,
    IS_OVER,
    LEAST,
    MOST,
    NOW,
    NUMBER,
    SINCE,
    STATUS,
    address,
    attribute,
    contact,
    industry,
    names,
    newest,
    of_place,
    seat,
    titled,
)
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


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of DB07 with those of DB25 that took it over: NACE's, whose four digits both lists begin with."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(("DB07", _bare(row["sn2007"]), "DB25", _bare(row["sn2025"])) for row in csv.DictReader(table))


def _bare(code: str) -> str:
    """The code as Denmark writes it, without a dot."""
    return code.replace(".", "")


COMPANY = Layout(
    name="virksomhed_json",
    part="virksomhed",
    columns=(*READ, *meta_columns(), *sorted(ALL_IGNORED)),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(FORM, KINDS, otherwise="legal_entity"),
        "is_natural_person": negated(is_in(FORM, FORMS)),
        "name": first(column(f"{META}.nyesteNavn.navn"), newest("navne", NAME, item("navn"))),
        "country_code": constant("DK"),
        "names": appended(
            names("navne", constant("former"), negated(NOW)),
            names("binavne", chosen((NOW, constant("trade")), otherwise=constant("former"))),
        ),
        "identifiers": many(
            record(scheme=constant("DK-CVR"), value=NUMBER, original=column("cvrNummer")), need="value"
        ),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("DK-LEGAL-FORM"),
        "status": chosen(
            (IS_OVER, constant("dissolved")),
            (IS_BANKRUPT, constant("bankrupt")),
            (matches(STATUS, WINDING_UP), constant("winding_up")),
            (matches(STATUS, IN_BUSINESS), constant("active")),
            otherwise=constant("unknown"),
        ),
        "status_date": chosen(
            (IS_OVER, ENDED_ON),
            otherwise=date(newest("virksomhedsstatus", STATE, SINCE, NOW)),
        ),
        "industries": many(
            industry("nyesteHovedbranche", 1),
            industry("nyesteBibranche1", 2),
            industry("nyesteBibranche2", 3),
            industry("nyesteBibranche3", 4),
            need="code",
        ),
        "employees_low": LEAST,
        "employees_high": MOST,
        "employees_state": chosen(
            (matches(EMPLOYEES, r"\d+|ANTAL_0_0|ANTAL_1_1"), constant("exact")),
            (matches(EMPLOYEES, r"ANTAL_\d+_\d+"), constant("band")),
            otherwise=constant("not_supplied"),
        ),
        "employees_date": COUNTED_ON,
        "addresses": appended(
            many(
                address(chosen((is_present(joined("", *map(seat, PLACE))), constant("business"))), of_place(seat)),
                need="kind",
            ),
            each("postadresse", ADDRESS, address(constant("postal"), of_place(item)), where=NOW),
        ),
        "contact_points": appended(
            contact("hjemmeside", "website"),
            contact("elektroniskPost", "email"),
            contact("telefonNummer", "phone"),
        ),
        "founded_date": date(column(f"{META}.stiftelsesDato")),
        "dissolved_date": chosen((IS_OVER, ENDED_ON)),
        "purpose": attribute("FORMÅL"),
        "capital_amount": chosen((matches(attribute("KAPITALVALUTA"), "[A-Z]{3}"), decimal(attribute("KAPITAL")))),
        "capital_currency": chosen(
            (
                both(matches(attribute("KAPITALVALUTA"), "[A-Z]{3}"), is_present(decimal(attribute("KAPITAL")))),
                attribute("KAPITALVALUTA"),
            )
        ),
        "is_marketing_protected": boolean(column("reklamebeskyttet")),
    },
    ignored=ALL_IGNORED,
    rejects=(
        ("missing_number", "the record has no CVR number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the CVR number is not eight digits that pass the mod-11 check",
            negated(both(matches(NUMBER, r"[1-9]\d{7}"), mod11_is_valid(NUMBER, (2, 7, 6, 5, 4, 3, 2, 1)))),
        ),
    ),
    codes=(
        titled("DB25"),
        titled("DB07"),
        titled("DB03"),
        ("DK-LEGAL-FORM", FORM, column(f"{META}.nyesteVirksomhedsform.langBeskrivelse")),
    ),
    lists={
        "navne": Shape(keys=NAME, ignored=DATED),
        "binavne": Shape(keys=NAME, ignored=DATED),
        "postadresse": Shape(keys=ADDRESS, ignored=frozenset(PLACE_IGNORED)),
        "livsforloeb": Shape(keys=LIFE, ignored=DATED),
        "virksomhedsstatus": Shape(keys=STATE, ignored=DATED),
        "telefonNummer": Shape(keys=CONTACT, ignored=DATED),
        "elektroniskPost": Shape(keys=CONTACT, ignored=DATED),
        "hjemmeside": Shape(keys=CONTACT, ignored=DATED),
        "attributter": Shape(
            keys=ATTRIBUTE,
            ignored=frozenset({"sekvensnr", "vaerditype"}),
            inside={"vaerdier": Shape(keys=VALUE, ignored=DATED)},
        ),
    },
    values={
        f"{META}.sammensatStatus": spellings(),
        f"{META}.nyesteVirksomhedsform.virksomhedsformkode": frozenset({*FORMS, *KINDS, "990"}),
        f"{META}.nyesteErstMaanedsbeskaeftigelse.intervalKodeAntalAnsatte": BANDS,
        f"{META}.nyesteMaanedsbeskaeftigelse.intervalKodeAntalAnsatte": BANDS,
        f"{META}.nyesteKvartalsbeskaeftigelse.intervalKodeAntalAnsatte": BANDS,
        f"{META}.nyesteAarsbeskaeftigelse.intervalKodeAntalAnsatte": BANDS,
    },
)

SOURCE = Source(
    name="dk_cvr",
    title="CVR",
    country="DK",
    publisher="Erhvervsstyrelsen",
    homepage="https://datacvr.virk.dk/artikel/system-til-system-adgang-til-cvr-data",
    record_url="https://datacvr.virk.dk/enhed/virksomhed/{key}",
    scheme="DK-CVR",
    licence=Licence.DK_PUBLIC_DATA,
    attribution="Det Centrale Virksomhedsregister (CVR), Erhvervsstyrelsen",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses", "contact_points", "purpose"),
        # participants are persons with their homes and family; conavn names a person as often as a firm
        never_store=("deltagerRelation", "conavn"),
        retention_days=1095,
    ),
    # about 80 % and 200 % of the 2.26 million companies, ended ones too, that a client counted in 2026
    expect=Expect(
        min_rows=1_800_000,
        max_rows=4_520_000,
        fill_rates={
            "legal_form_code": 0.95,
            "addresses": 0.6,
            "is_marketing_protected": 0.95,
        },
    ),
    layouts=(COMPANY,),
    parts=("virksomhed",),
    mapping_version=1,
    # port 80 alone: the register answers to nothing else, so the login travels in clear and no redirect is followed
    base_url="http://distribution.virk.dk/cvr-permanent",
    base_url_env="PROSPEKT_DK_CVR_URL",
    login_envs=("PROSPEKT_DK_CVR_USER", "PROSPEKT_DK_CVR_PASSWORD"),
    # no limit is published; clients keep to two a second
    requests_per_minute=120,
    industry_lists={"DB07": IndustryFamily.NACE_2, "DB25": IndustryFamily.NACE_2, "DB03": IndustryFamily.NACE_1},
    correspondences=_correspondences(),
)

INDEX = Index(
    layout=COMPANY,
    path="virksomhed/_search",
    root="Vrvirksomhed",
    number="cvrNummer",
    loaded="sidstIndlaest",
    # Novo Nordisk, A.P. Møller - Mærsk, Danske Bank
    known=("24256790", "22756214", "61126228"),
    keeps=may_keep,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "virksomhed") -> Delivery | None:
    """All companies, read page by page; there is no file of them."""
    return read_whole_index(client, SOURCE, INDEX, landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """Documents that were saved from the index."""
    return read_index_file(SOURCE, INDEX, path, coverage=coverage, landing=landing)


def fetch_changes(client: "PoliteClient", *, landing: Path, known: Known) -> Iterator[Delivery]:
    """Companies that the register loaded anew since the cursor."""
    return walk_index_changes(client, SOURCE, INDEX, landing=landing, known=known)


def look_up(client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Delivery:
    """The companies of these CVR numbers as the register has them now."""
    return look_up_in_index(client, SOURCE, INDEX, keys, landing=landing)
