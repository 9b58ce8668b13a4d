"""France's Annuaire des Entreprises: the seats of companies, asked for by SIREN, without a key.

What is known of it, what was seen and what is only believed: docs/sources/fr_annuaire.md.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sources.errors import SourceAborted
from sources.fields import (
    Expr,
    chosen,
    column,
    constant,
    is_in,
    is_present,
    joined,
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
    strung,
)
from sources.kinds.json_api import parse
from sources.kinds.numbered_api import ask_numbers, nothing
from sources.lookup import CompanyAsked, FoundRecord, KnowledgeAnswer, Outcome
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
SEAT = (
    "siege.numero_voie",
    "siege.indice_repetition",
    "siege.type_voie",
    "siege.libelle_voie",
    "siege.distribution_speciale",
    "siege.code_postal",
    "siege.commune",
    "siege.libelle_commune",
    "siege.region",
    "siege.code_pays_etranger",
)
IGNORED = frozenset(
    {
        "nom_complet",
        "nombre_etablissements",
        "nombre_etablissements_ouverts",
        "activite_principale",
        "activite_principale_naf25",
        "categorie_entreprise",
        "caractere_employeur",
        "annee_categorie_entreprise",
        "date_creation",
        "date_fermeture",
        "date_mise_a_jour",
        "date_mise_a_jour_insee",
        "date_mise_a_jour_rne",
        "section_activite_principale",
        "tranche_effectif_salarie",
        "annee_tranche_effectif_salarie",
    }
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {"1000": "sole_trader"}
PUBLIC = r"4\d{3}|7[1-4]\d\d"
PERSONS = "1"
"""What the legal categories of natural persons begin with."""
WITHHELD = r"\[N.*\]"

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = column("siren")
FORM = column("nature_juridique")


def _said(name: str) -> Expr:
    """The value, where it is not withheld from the public."""
    return chosen((negated(matches(column(name), WITHHELD)), column(name)))


def _of_seat(name: str) -> Expr:
    return _said(f"siege.{name}")


# --- layout ------------------------------------------------------------------------------------------------------
COMPANY = Layout(
    name="result_json",
    columns=(
        "siren",
        "nom_raison_sociale",
        "sigle",
        "nature_juridique",
        "etat_administratif",
        "statut_diffusion",
        *SEAT,
        *sorted(IGNORED),
    ),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": chosen(
            (matches(FORM, PUBLIC), constant("public_body")), otherwise=mapped(FORM, KINDS, otherwise="legal_entity")
        ),
        "is_natural_person": matches(FORM, r"1\d{3}"),
        "name": _said("nom_raison_sociale"),
        "country_code": constant("FR"),
        "names": many(record(name=_said("sigle"), kind=constant("trade")), need="name"),
        "identifiers": many(record(scheme=constant("FR-SIREN"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("FR-LEGAL-FORM"),
        "status": mapped(column("etat_administratif"), {"A": "active", "C": "dissolved"}, otherwise="unknown"),
        "addresses": many(
            record(
                kind=constant("business"),
                street=joined(
                    ", ",
                    joined(
                        " ",
                        joined("", _of_seat("numero_voie"), _of_seat("indice_repetition")),
                        _of_seat("type_voie"),
                        _of_seat("libelle_voie"),
                    ),
                    _of_seat("distribution_speciale"),
                ),
                postal_code=_of_seat("code_postal"),
                city=replaced(_of_seat("libelle_commune"), r"(PARIS|LYON|MARSEILLE) \d{1,2}$", r"\1"),
                municipality_code=_of_seat("commune"),
                region_code=chosen((is_present(_of_seat("region")), strung("", constant("FR-"), _of_seat("region")))),
                # a seat abroad has a code of INSEE's own for its country, and is told by town and country only
                country_code=chosen((negated(is_present(column("siege.code_pays_etranger"))), constant("FR"))),
            ),
            need="city",
        ),
        "is_marketing_protected": chosen((is_in(column("statut_diffusion"), ("P", "N")), constant(True))),
    },
    ignored=IGNORED,
    # what else is told of the seat, numbers in other registers and words that may name a person, is not read
    ignored_prefixes=("siege.",),
    rejects=(
        ("invalid_number", "the SIREN is not nine digits that pass the Luhn check", negated(luhn_is_valid(NUMBER, 9))),
        ("missing_name", "the company has no name that is public", negated(is_present(_said("nom_raison_sociale")))),
    ),
)

SOURCE = Source(
    name="fr_annuaire",
    title="Annuaire des Entreprises: seats",
    country="FR",
    publisher="Direction interministérielle du numérique (DINUM), of INSEE's data",
    homepage="https://recherche-entreprises.api.gouv.fr",
    record_url="https://annuaire-entreprises.data.gouv.fr/entreprise/{key}",
    scheme="FR-SIREN",
    licence=Licence.ETALAB_2_0,
    attribution="Source : INSEE, base SIRENE, by the Annuaire des Entreprises",
    lineage=Lineage.SECONDARY,
    cadence_hours=24,
    rank=2,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses"),
        # officers and elected persons, with their days of birth; neither is asked for
        never_store=("dirigeants", "complements"),
        retention_days=1095,
    ),
    # it is asked company by company: there is no complete delivery that could be too small
    expect=Expect(min_rows=0, max_rows=10_000_000),
    layouts=(COMPANY,),
    mapping_version=1,
    base_url="https://recherche-entreprises.api.gouv.fr",
    base_url_env="PROSPEKT_FR_ANNUAIRE_URL",
    # seven a second are the most that it bears
    requests_per_minute=180,
    is_opt_in=True,
)
ASKED_BY = ("FR-SIREN",)


def ask_about(client: "PoliteClient", wanted: Sequence[CompanyAsked]) -> Iterator[KnowledgeAnswer]:
    """What the Annuaire has of each of these companies, by its SIREN."""
    return ask_numbers(wanted, lambda company, _, number: _ask(client, company, number))


def _ask(client: "PoliteClient", company: CompanyAsked, number: str) -> KnowledgeAnswer:
    if len(number) != 9 or not number.isdecimal():
        return nothing(company, Outcome.INVALID_INPUT, "no_usable_number")
    answer = client.get(
        SOURCE,
        "search",
        # nine digits are looked for as a SIREN; of what may be told besides only the seat is wanted
        params={"q": number, "minimal": "true", "include": "siege"},
        allow=frozenset({400, 404}),
    )
    found = parse(SOURCE, answer).get("results") if answer.status == 200 else []
    if not isinstance(found, list):
        raise SourceAborted(f"{answer.url} answered without a list of results.", source=SOURCE.name)
    said = next((one for one in found if isinstance(one, dict) and one.get("siren") == number), None)
    if said is None:
        return nothing(company, Outcome.NO_DATA, "not_found")
    if str(said.get("nature_juridique") or PERSONS).startswith(PERSONS):
        return nothing(company, Outcome.NO_DATA, "no_company")
    known = FoundRecord(
        key=number,
        payload=said,
        names=tuple(str(said[name]) for name in ("nom_raison_sociale", "sigle") if said.get(name)),
        country="FR",
    )
    return KnowledgeAnswer(source_key=company.source_key, outcome=Outcome.HIT, records=(known,))
