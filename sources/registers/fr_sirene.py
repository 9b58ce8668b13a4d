"""France's SIRENE (INSEE): one CSV of all legal units, monthly, without a key.

What is known of it, what was seen and what is only believed: docs/sources/fr_sirene.md.
"""

import csv
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    Expr,
    chosen,
    column,
    constant,
    date,
    is_in,
    is_present,
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    record,
    strung,
)
from sources.kinds.sifted_csv import CsvForm, fetch_csv, read_csv
from sources.kinds.text_rows import FAULT, FAULTS
from sources.source import Coverage, Delivery, Expect, IndustryFamily, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
COLUMNS = (
    "siren statutDiffusionUniteLegale unitePurgeeUniteLegale dateCreationUniteLegale sigleUniteLegale sexeUniteLegale "
    "prenom1UniteLegale prenom2UniteLegale prenom3UniteLegale prenom4UniteLegale prenomUsuelUniteLegale "
    "pseudonymeUniteLegale identifiantAssociationUniteLegale trancheEffectifsUniteLegale anneeEffectifsUniteLegale "
    "dateDernierTraitementUniteLegale nombrePeriodesUniteLegale categorieEntreprise anneeCategorieEntreprise dateDebut "
    "etatAdministratifUniteLegale nomUniteLegale nomUsageUniteLegale denominationUniteLegale "
    "denominationUsuelle1UniteLegale denominationUsuelle2UniteLegale denominationUsuelle3UniteLegale "
    "categorieJuridiqueUniteLegale activitePrincipaleUniteLegale nomenclatureActivitePrincipaleUniteLegale "
    "nicSiegeUniteLegale economieSocialeSolidaireUniteLegale societeMissionUniteLegale caractereEmployeurUniteLegale "
    "activitePrincipaleNAF25UniteLegale"
).split()
# names and sex of persons are told apart by here, and never kept
IGNORED = frozenset(
    (
        "unitePurgeeUniteLegale sexeUniteLegale prenom1UniteLegale prenom2UniteLegale prenom3UniteLegale prenom4UniteLegale "
        "prenomUsuelUniteLegale pseudonymeUniteLegale identifiantAssociationUniteLegale dateDernierTraitementUniteLegale "
        "nombrePeriodesUniteLegale categorieEntreprise anneeCategorieEntreprise nomUniteLegale nomUsageUniteLegale "
        "nicSiegeUniteLegale economieSocialeSolidaireUniteLegale societeMissionUniteLegale caractereEmployeurUniteLegale"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {"1000": "sole_trader"}
PUBLIC = r"4\d{3}|7[1-4]\d\d"
# NN is who is no employer, or of whom nothing was heard: unknown
LEAST = {
    "00": 0, "01": 1, "02": 3, "03": 6, "11": 10, "12": 20, "21": 50, "22": 100, "31": 200, "32": 250, "41": 500,
    "42": 1000, "51": 2000, "52": 5000, "53": 10000,
}  # fmt: skip
MOST = {
    "00": 0, "01": 2, "02": 5, "03": 9, "11": 19, "12": 49, "21": 99, "22": 199, "31": 249, "32": 499, "41": 999,
    "42": 1999, "51": 4999, "52": 9999,
}  # fmt: skip
WITHHELD = ("[ND]",)

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = column("siren")
FORM = column("categorieJuridiqueUniteLegale")
BAND = column("trancheEffectifsUniteLegale")
HAS_CEASED = is_in(column("etatAdministratifUniteLegale"), ("C",))


def _said(name: str) -> Expr:
    """The value, where it is not withheld from the public."""
    return chosen((negated(is_in(column(name), WITHHELD)), column(name)))


def _trade(name: str) -> Expr:
    return record(name=_said(name), kind=constant("trade"))


def _code(name: str) -> Expr:
    return chosen((matches(column(name), r"\d\d\.\d\d?[A-Z]?"), column(name)))


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of NAF rév. 2 with those of NAF 2025 that took it over: NACE's, with which both lists begin."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(("NAFREV2", row["sn2007"], "NAF2025", row["sn2025"]) for row in csv.DictReader(table))


# --- layout ------------------------------------------------------------------------------------------------------
LEGAL_UNIT = Layout(
    name="unite_legale_csv",
    columns=(*COLUMNS, FAULT),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": chosen(
            (matches(FORM, PUBLIC), constant("public_body")), otherwise=mapped(FORM, KINDS, otherwise="legal_entity")
        ),
        "is_natural_person": matches(FORM, r"1\d{3}"),
        "name": _said("denominationUniteLegale"),
        "country_code": constant("FR"),
        "names": many(
            _trade("sigleUniteLegale"),
            _trade("denominationUsuelle1UniteLegale"),
            _trade("denominationUsuelle2UniteLegale"),
            _trade("denominationUsuelle3UniteLegale"),
            need="name",
        ),
        "identifiers": many(record(scheme=constant("FR-SIREN"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("FR-LEGAL-FORM"),
        "status": mapped(
            column("etatAdministratifUniteLegale"), {"A": "active", "C": "dissolved"}, otherwise="unknown"
        ),
        "status_date": chosen((HAS_CEASED, date(column("dateDebut")))),
        "industries": many(
            record(
                code=chosen(
                    (
                        is_in(column("nomenclatureActivitePrincipaleUniteLegale"), ("NAFRev2",)),
                        _code("activitePrincipaleUniteLegale"),
                    )
                ),
                scheme=constant("NAFREV2"),
                rank=constant(1),
            ),
            record(code=_code("activitePrincipaleNAF25UniteLegale"), scheme=constant("NAF2025"), rank=constant(1)),
            need="code",
        ),
        "employees_low": mapped(BAND, LEAST),
        "employees_high": mapped(BAND, MOST),
        "employees_state": chosen(
            (is_present(mapped(BAND, LEAST)), constant("band")), otherwise=constant("not_supplied")
        ),
        "employees_date": chosen(
            (
                is_present(mapped(BAND, LEAST)),
                date(strung("", column("anneeEffectifsUniteLegale"), constant("-12-31"))),
            )
        ),
        "founded_date": date(column("dateCreationUniteLegale")),
        "dissolved_date": chosen((HAS_CEASED, date(column("dateDebut")))),
        # who is in part withheld from the public has asked for it; of the others nothing is said
        "is_marketing_protected": chosen((is_in(column("statutDiffusionUniteLegale"), ("P", "N")), constant(True))),
    },
    ignored=IGNORED,
    rejects=(
        *FAULTS,
        ("missing_number", "the row has no SIREN", negated(is_present(NUMBER))),
        ("invalid_number", "the SIREN is not nine digits that pass the Luhn check", negated(luhn_is_valid(NUMBER, 9))),
        (
            "missing_name",
            "the row has no name, or it is withheld from the public",
            negated(is_present(_said("denominationUniteLegale"))),
        ),
    ),
)

SOURCE = Source(
    name="fr_sirene",
    title="Base SIRENE: unités légales",
    country="FR",
    publisher="INSEE",
    homepage="https://www.data.gouv.fr/datasets/base-sirene-des-entreprises-et-de-leurs-etablissements-siren-siret/",
    record_url="https://annuaire-entreprises.data.gouv.fr/entreprise/{key}",
    scheme="FR-SIREN",
    licence=Licence.ETALAB_2_0,
    attribution="Source : INSEE, base SIRENE, Licence Ouverte 2.0",
    lineage=Lineage.REGISTER,
    cadence_hours=168,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers, and hear who is withheld from the public",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data published for reuse by law (EU 2023/138)",
        personal_fields=("name", "names"),
        never_store=("nom", "prenoms", "date_de_naissance", "annee_de_naissance"),
        retention_days=1095,
    ),
    # of some 29 million units about half are persons; how many exactly is not known
    expect=Expect(min_rows=8_000_000, max_rows=30_000_000, fill_rates={"legal_form_code": 0.99}),
    layouts=(LEGAL_UNIT,),
    mapping_version=1,
    base_url="https://files.data.gouv.fr/insee-sirene",
    base_url_env="PROSPEKT_FR_SIRENE_URL",
    is_opt_in=True,
    hosts=frozenset({"object.files.data.gouv.fr"}),
    industry_lists=dict.fromkeys(("NAFREV2", "NAF2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)
TEXT = CsvForm(
    separator=",",
    person={
        "categorieJuridiqueUniteLegale": r"1\d{3}",
        "sexeUniteLegale": r"[MF]|\[ND\]",
        "nomUniteLegale": r".+",
        "prenom1UniteLegale": r".+",
    },
    # units that were purged state no form any more: whose they were is not known
    company={"siren": r"\d{9}", "categorieJuridiqueUniteLegale": r"[2-9]\d{3}"},
    made_every=timedelta(days=31),
    min_rows=23_000_000,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """All legal units, as the month's file has them."""
    return fetch_csv(client, SOURCE, TEXT, "StockUniteLegale_utf8.zip", landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The month's file downloaded by hand, as it comes (ZIP of a CSV) or unpacked."""
    return read_csv(SOURCE, TEXT, path, coverage=coverage, landing=landing)
