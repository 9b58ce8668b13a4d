"""Names of columns in CVR's documents, which are read and which are not, and the words of its code lists."""

from collections.abc import Mapping
from typing import Any

# --- columns -----------------------------------------------------------------------------------------------------
META = "virksomhedMetadata"
SEAT = f"{META}.nyesteBeliggenhedsadresse"
STATUS_NOTE = f"{META}.nyesteStatus"
FROM, TO = "periode.gyldigFra", "periode.gyldigTil"
LIFE = (FROM, TO)
NAME = ("navn", FROM, TO)
STATE = ("status", FROM, TO)
CONTACT = ("kontaktoplysning", "hemmelig", FROM, TO)
ATTRIBUTE = ("type", "vaerdier")
VALUE = ("vaerdi", FROM, TO)
PLACE = (
    "landekode fritekst vejnavn husnummerFra bogstavFra husnummerTil bogstavTil etage sidedoer postboks bynavn postnummer "
    "postdistrikt kommune.kommuneKode kommune.kommuneNavn"
).split()
ADDRESS = (*PLACE, FROM, TO)
# a name in conavn is as often a person's: it is never stored
PLACE_IGNORED = (
    "vejkode adresseId sidstOpdateret sidstValideret conavn kommune.periode.gyldigFra kommune.periode.gyldigTil "
    "kommune.sidstOpdateret"
).split()
COUNT = ("antalAnsatte", "intervalKodeAntalAnsatte")
COUNT_IGNORED = (
    "antalAarsvaerk antalInklusivEjere intervalKodeAntalAarsvaerk intervalKodeAntalInklusivEjere sidstOpdateret"
).split()
# name in the metadata, what besides the year tells the period, place in the order where periods are the same
COUNTS = (
    ("nyesteErstMaanedsbeskaeftigelse", "maaned", "4"),
    ("nyesteMaanedsbeskaeftigelse", "maaned", "3"),
    ("nyesteKvartalsbeskaeftigelse", "kvartal", "2"),
    ("nyesteAarsbeskaeftigelse", "", "1"),
)
INDUSTRIES: tuple[str, ...] = ("nyesteHovedbranche", "nyesteBibranche1", "nyesteBibranche2", "nyesteBibranche3")
DATED = frozenset({"sidstOpdateret", "sidstIndlaest"})

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "10": "sole_trader",
    "15": "sole_trader",
    "20": "estate",
    "170": "branch",
    "180": "branch",
    "190": "branch",
    "196": "branch",
    "200": "branch",
    "220": "branch",
    "291": "branch",
    "520": "branch",
    "230": "public_body",
    "240": "public_body",
    "245": "public_body",
    "250": "public_body",
}
# of who has another form, or none that is stated (990), it is not known whether it is a natural person: held back as one
FORMS = tuple(
    "30 40 45 50 60 70 80 81 90 95 100 110 115 130 140 150 151 152 160 170 180 190 195 196 200 210 220 230 235 240 245 250 "
    "260 270 280 285 290 291 520".split()
)
ATTRIBUTES = frozenset({"KAPITAL", "KAPITALVALUTA", "FORMÅL"})
CONTACTS = frozenset({"telefonNummer", "elektroniskPost", "hjemmeside"})
BANDS = frozenset(
    "ANTAL_0_0 ANTAL_1_1 ANTAL_2_4 ANTAL_5_9 ANTAL_10_19 ANTAL_20_49 ANTAL_50_99 ANTAL_100_199 ANTAL_200_499 "
    "ANTAL_500_999 ANTAL_1000_999999".split()
)
QUARTER_ENDS = {"1": "03-31", "2": "06-30", "3": "09-30", "4": "12-31"}
MONTH_ENDS = {
    "1": "01-31",
    "2": "02-28",
    "3": "03-31",
    "4": "04-30",
    "5": "05-31",
    "6": "06-30",
    "7": "07-31",
    "8": "08-31",
    "9": "09-30",
    "10": "10-31",
    "11": "11-30",
    "12": "12-31",
}
NOT_STATED = ("980000", "999999")
STATUSES = (
    "NORMAL,Aktiv,Ophørt,Lukket,Fremtid,SLETTET,OPLØST,TVANGSOPLØST,UDEN RETSVIRKNING,OPLØST EFTER ERKLÆRING,"
    "OPLØST EFTER FRIVILLIG LIKVIDATION,OPLØST EFTER FUSION,OPLØST EFTER KONKURS,OPLØST EFTER SPALTNING,"
    "OPLØST EFTER GRÆNSEOVERSKRIDENDE FUSION,OPLØST EFTER GRÆNSEOVERSKRIDENDE HJEMSTEDSFLYTNING,"
    "UNDER FRIVILLIG LIKVIDATION,UNDER KONKURS,UNDER REASSUMERING,UNDER REKONSTRUKTION,UNDER TVANGSOPLØSNING"
).split(",")
# they come in capitals and not, with blanks and without: compared in small letters without blanks
ENDED = "ophørt|slettet|lukket|tvangsopløst|opløst.*"
BANKRUPT, WINDING_UP = "underkonkurs", "undertvangsopløsning|underfrivilliglikvidation"
# a company that is reorganised is in business
IN_BUSINESS = "normal|aktiv|underrekonstruktion"

READ = (
    "cvrNummer",
    "reklamebeskyttet",
    "fejlRegistreret",
    "navne",
    "binavne",
    "postadresse",
    "livsforloeb",
    "virksomhedsstatus",
    "telefonNummer",
    "elektroniskPost",
    "hjemmeside",
    "attributter",
    f"{META}.nyesteNavn.navn",
    f"{META}.nyesteVirksomhedsform.virksomhedsformkode",
    f"{META}.nyesteVirksomhedsform.langBeskrivelse",
    f"{META}.sammensatStatus",
    f"{META}.stiftelsesDato",
    f"{STATUS_NOTE}.kreditoplysningtekst",
    f"{STATUS_NOTE}.{TO}",
)
IGNORED = frozenset(
    # what is summed up in the metadata, or says nothing of the company as it is
    (
        "regNummer brancheAnsvarskode beliggenhedsadresse telefaxNummer obligatoriskEmail hovedbranche bibranche1 bibranche2 "
        "bibranche3 status virksomhedsform aarsbeskaeftigelse kvartalsbeskaeftigelse maanedsbeskaeftigelse "
        "erstMaanedsbeskaeftigelse penheder fusioner spaltninger samtId dataAdgang enhedsNummer enhedstype sidstIndlaest "
        "sidstOpdateret fejlVedIndlaesning naermesteFremtidigeDato fejlBeskrivelse virkningsAktoer"
    ).split()
)
# of the metadata; its contacts do not say which are secret
IGNORED_META = ("antalPenheder", "nyesteKontaktoplysninger", "virkningsDato")


def meta_columns() -> tuple[str, ...]:
    """What is read of the parts of the metadata that are alike: seat, counts, industries."""
    counts = (f"{META}.{name}.{key}" for name, period, _ in COUNTS for key in ("aar", period, *COUNT) if key)
    codes = (f"{META}.{name}.{key}" for name in INDUSTRIES for key in ("branchekode", FROM))
    return (*(f"{SEAT}.{name}" for name in PLACE), *counts, *codes, f"{META}.{INDUSTRIES[0]}.branchetekst")


def _ignored_columns() -> frozenset[str]:
    """What the metadata says besides, of the same parts."""
    parts = {
        "nyesteNavn": ("sidstOpdateret", FROM, TO),
        "nyesteVirksomhedsform": ("kortBeskrivelse", "ansvarligDataleverandoer", "sidstOpdateret", FROM, TO),
        "nyesteStatus": ("kreditoplysningkode", "statuskode", "statustekst", "sidstOpdateret", FROM),
        "nyesteBeliggenhedsadresse": (*(name for name in PLACE_IGNORED if name != "conavn"), FROM, TO),
        **{
            name: ("sidstOpdateret", TO, *(() if rank == 0 else ("branchetekst",)))
            for rank, name in enumerate(INDUSTRIES)
        },
        **{name: tuple(COUNT_IGNORED) for name, _, _ in COUNTS},
    }
    return frozenset(f"{META}.{part}.{key}" for part, keys in parts.items() for key in keys)


ALL_IGNORED = IGNORED | _ignored_columns() | frozenset(map(f"{META}.{{}}".format, IGNORED_META))


def spellings() -> frozenset[str]:
    """The statuses as they come: in capitals and not, with blanks and without."""
    cased = {cased for one in STATUSES for cased in (one, one.upper(), one.capitalize())}
    return frozenset(cased | {one.replace(" ", "") for one in cased})


def may_keep(name: str, one: Mapping[str, Any]) -> bool:
    """Whether an object in a list may be stored: no secret contact, no attribute that may name a person."""
    if name in CONTACTS:
        return one.get("hemmelig") is False
    return name != "attributter" or one.get("type") in ATTRIBUTES
