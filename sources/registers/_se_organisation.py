"""Single companies by Bolagsverket's API: the shape of its answers, and which of them may be kept.

It answers out of two registers at once, Bolagsverket's and SCB's, each part with errors of its own.
"""

from sources.fields import (
    Expr,
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
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    picked,
    record,
    replaced,
)
from sources.kinds.parted_api import PartedApi
from sources.registers._sweden import PERSONAL_NUMBER
from sources.source import Layout, Shape

# --- columns -----------------------------------------------------------------------------------------------------
NUMBER_NAME = "organisationsidentitet.identitetsbeteckning"
NAMES = "organisationsnamn.organisationsnamnLista"
# the specification spells this with gae, its own example and the weekly file with ga
PROCEDURES = (
    "pagaendeAvvecklingsEllerOmstruktureringsforfarande.pagaendeAvvecklingsEllerOmstruktureringsforfarandeLista"
)
PROCEDURES_TOO = (
    "pagandeAvvecklingsEllerOmstruktureringsforfarande.pagandeAvvecklingsEllerOmstruktureringsforfarandeLista"
)
READ = (
    "organisationsform.kod reklamsparr.kod avregistreradOrganisation.avregistreringsdatum avregistreringsorsak.kod "
    "organisationsdatum.registreringsdatum verksamhetsbeskrivning.beskrivning "
    "postadressOrganisation.postadress.utdelningsadress postadressOrganisation.postadress.postnummer "
    "postadressOrganisation.postadress.postort postadressOrganisation.postadress.land"
).split()
IGNORED = (
    "organisationsidentitet.typ.kod organisationsidentitet.typ.klartext namnskyddslopnummer registreringsland.kod "
    "registreringsland.klartext organisationsform.klartext avregistreringsorsak.klartext juridiskForm.kod "
    "juridiskForm.klartext verksamOrganisation.kod organisationsdatum.infortHosScb "
    # industry codes come without their list; se_scb has them
    "naringsgrenOrganisation.sni"
).split()
# who gave each part, and why it did not
PARTS = (
    "organisationsnamn.fel. organisationsnamn.dataproducent reklamsparr.fel. reklamsparr.dataproducent "
    "organisationsform.fel. organisationsform.dataproducent avregistreradOrganisation.fel. "
    "avregistreradOrganisation.dataproducent avregistreringsorsak.fel. avregistreringsorsak.dataproducent "
    "pagaendeAvvecklingsEllerOmstruktureringsforfarande.fel. "
    "pagaendeAvvecklingsEllerOmstruktureringsforfarande.dataproducent "
    "pagandeAvvecklingsEllerOmstruktureringsforfarande.fel. "
    "pagandeAvvecklingsEllerOmstruktureringsforfarande.dataproducent juridiskForm.fel. juridiskForm.dataproducent "
    "verksamOrganisation.fel. verksamOrganisation.dataproducent organisationsdatum.fel. "
    "organisationsdatum.dataproducent verksamhetsbeskrivning.fel. verksamhetsbeskrivning.dataproducent "
    "naringsgrenOrganisation.fel. naringsgrenOrganisation.dataproducent postadressOrganisation.fel. "
    "postadressOrganisation.dataproducent"
).split()

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "BFL": "branch",
    "E": "sole_trader",
    "FL": "branch",
}
API_NAME_KINDS = {
    "FORETAGSNAMN": "legal",
    "FORETAGSNAMN_PA_FRAMMANDE_SPRAK": "translated",
    "FORNAMN_FRSPRAK": "translated",
    "NAMN": "legal",
    "SARSKILT_FORETAGSNAMN": "trade",
    "SARS_FORNAMN": "trade",
}
FORMS = {
    "AB": "Aktiebolag",
    "BAB": "Bankaktiebolag",
    "BF": "Bostadsförening",
    "BFL": "Utländsk banks filial",
    "BRF": "Bostadsrättsförening",
    "E": "Enskild näringsverksamhet",
    "EB": "Enkla bolag",
    "EEIG": "EEIG",
    "EGTS": "EGTS",
    "EK": "Ekonomisk förening",
    "FAB": "Försäkringsaktiebolag",
    "FF": "Försäkringsförmedlare",
    "FL": "Filial",
    "FOF": "Försäkringsförening",
    "HB": "Handelsbolag",
    "I": "Ideell förening (näring)",
    "KB": "Kommanditbolag",
    "KHF": "Kooperativ hyresrättsförening",
    "MB": "Medlemsbank",
    "OFB": "Ömsesidigt försäkringsbolag",
    "OTPB": "Ömsesidigt tjänstepensionsbolag",
    "S": "Stiftelse (näring)",
    "SB": "Sparbank",
    "SCE": "Europakooperativ",
    "SE": "Europabolag",
    "SF": "Sambruksförening",
    "TPAB": "Tjänstepensionsaktiebolag",
    "TPF": "Tjänstepensionsförening",
    "TSF": "Trossamfund (näring)",
}


# --- expressions that several fields share -----------------------------------------------------------------------
def _procedure(code: str, key: str) -> Expr:
    """Of the procedures in progress the one with this code, if any."""
    found = is_in(item("kod"), (code,))
    return first(
        picked(column(PROCEDURES), PROCEDURE_KEYS, item(key), where=found),
        picked(column(PROCEDURES_TOO), PROCEDURE_KEYS, item(key), where=found),
    )


def _day(text: Expr) -> Expr:
    """The day of a point in time, as written there."""
    return replaced(text, r"T.*$", "")


NAME_KEYS = ("namn", "organisationsnamntyp.kod", "registreringsdatum")
PROCEDURE_KEYS = ("kod", "fromDatum")
NUMBER = column(NUMBER_NAME)
LEGAL_FORM = column("organisationsform.kod")
IS_LEGAL = is_in(item("organisationsnamntyp.kod"), ("FORETAGSNAMN", "NAMN"))
DISSOLVED_ON = column("avregistreradOrganisation.avregistreringsdatum")
DISSOLVED = either(is_present(DISSOLVED_ON), is_present(column("avregistreringsorsak.kod")))
BANKRUPT = is_present(_procedure("KK", "kod"))
WINDING_UP = is_present(_procedure("LI", "kod"))
ACTIVITY = column("verksamhetsbeskrivning.beskrivning")

# --- layout ------------------------------------------------------------------------------------------------------
ORGANISATION = Layout(
    name="organisation_json",
    columns=(NUMBER_NAME, NAMES, PROCEDURES, PROCEDURES_TOO, *READ, *IGNORED),
    ignored=frozenset(IGNORED),
    ignored_prefixes=tuple(PARTS),
    lists={
        NAMES: Shape(keys=NAME_KEYS, ignored=frozenset({"organisationsnamntyp.klartext"})),
        PROCEDURES: Shape(keys=PROCEDURE_KEYS, ignored=frozenset({"klartext"})),
        PROCEDURES_TOO: Shape(keys=PROCEDURE_KEYS, ignored=frozenset({"klartext"})),
        "naringsgrenOrganisation.sni": Shape(keys=("kod",), ignored=frozenset({"klartext"})),
    },
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(LEGAL_FORM, KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(LEGAL_FORM, ("E",)),
        "name": first(
            picked(column(NAMES), NAME_KEYS, item("namn"), where=IS_LEGAL),
            picked(column(NAMES), NAME_KEYS, item("namn")),
        ),
        # as the weekly file is read: of one name alone nothing is listed
        "names": chosen(
            (
                matches(column(NAMES), r"(?s).*\}\s*,\s*\{.*"),
                each(
                    NAMES,
                    NAME_KEYS,
                    record(
                        name=item("namn"),
                        kind=mapped(item("organisationsnamntyp.kod"), API_NAME_KINDS, otherwise="trade"),
                        from_date=date(item("registreringsdatum")),
                    ),
                ),
            ),
        ),
        "country_code": constant("SE"),
        "identifiers": many(record(scheme=constant("SE-ORGNR"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": LEGAL_FORM,
        "legal_form_scheme": constant("SE-LEGAL-FORM"),
        # as in the weekly file: listed, not deregistered, neither bankrupt nor winding up
        "status": chosen(
            (DISSOLVED, constant("dissolved")),
            (BANKRUPT, constant("bankrupt")),
            (WINDING_UP, constant("winding_up")),
            otherwise=constant("active"),
        ),
        "status_date": date(
            chosen(
                (DISSOLVED, _day(DISSOLVED_ON)),
                (BANKRUPT, _day(_procedure("KK", "fromDatum"))),
                (WINDING_UP, _day(_procedure("LI", "fromDatum"))),
            )
        ),
        "addresses": many(
            record(
                kind=constant("postal"),
                street=column("postadressOrganisation.postadress.utdelningsadress"),
                postal_code=replaced(column("postadressOrganisation.postadress.postnummer"), r"\s", ""),
                city=column("postadressOrganisation.postadress.postort"),
                country_code=mapped(
                    column("postadressOrganisation.postadress.land"), {"Sverige": "SE", "SE": "SE", "SE-LAND": "SE"}
                ),
            ),
            need="city",
        ),
        "registered_date": date(_day(column("organisationsdatum.registreringsdatum"))),
        "dissolved_date": date(_day(DISSOLVED_ON)),
        # a line's end comes as one, or as a backslash and an n
        "activity": replaced(replaced(ACTIVITY, r"^(\\n|\s)+", ""), r"\s*(\\n|\n)\s*", " "),
        "is_marketing_protected": mapped(column("reklamsparr.kod"), {"JA": True, "NEJ": False}),
    },
    rejects=(
        ("missing_number", "the answer has no organisation number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the organisation number is not ten digits that pass the Luhn check",
            negated(luhn_is_valid(NUMBER, 10)),
        ),
        ("missing_name", "the answer has no name", negated(matches(column(NAMES), r"(?s).*\"namn\".*"))),
    ),
    codes=(("SE-LEGAL-FORM", LEGAL_FORM, mapped(LEGAL_FORM, FORMS)),),
)

ORGANISATIONS = PartedApi(
    layout=ORGANISATION,
    path="organisationer",
    question="identitetsbeteckning",
    records="organisationer",
    # a third digit below 2 is that of a month: a person's number
    company=r"\d\d[2-9]\d{7}",
    identity=("organisationsidentitet", "identitetsbeteckning"),
    order="namnskyddslopnummer",
    error=("fel", "typ"),
    not_now=frozenset({"OTILLGANGLIG_UPPGIFTSKALLA", "TIMEOUT"}),
    unknown="ORGANISATION_FINNS_EJ",
    main_part="organisationsnamn",
    # a care-of line names a person
    never_kept=frozenset({"coAdress", "verksamhetsbeskrivningSarskiltForetagsnamn"}),
    personal_number=PERSONAL_NUMBER,
)
