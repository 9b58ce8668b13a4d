"""Denmark's CVR as Datafordeler's weekly files: one an entity, joined, with a key that one makes oneself.

Sole traders are companies there: landed as natural persons, as `dk_cvr` does. Of whoever is no company nothing is kept.

What is known of it, what was seen and what is only believed: docs/sources/dk_datafordeler.md.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    Expr,
    boolean,
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
    lowered,
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    picked,
    record,
    replaced,
)
from sources.kinds.joined_csv import Extract, Part, read_extract
from sources.kinds.listed_files import Listing, fetch_listed
from sources.registers._dk_cvr.columns import FORMS, KINDS, NOT_STATED
from sources.registers._dk_cvr.expressions import list_since
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

# --- columns -----------------------------------------------------------------------------------------------------
VALUE = ("vaerdi", "virkningFra")
TITLED = (*VALUE, "vaerdiTekst")
NAME = (*VALUE, "sekvens")
TRADE = (*TITLED, "sekvens")
ADDRESS = (
    "AdresseringAnvendelse CVRAdresse_vejnavn CVRAdresse_husnummerFra CVRAdresse_husnummerTil CVRAdresse_etagebetegnelse "
    "CVRAdresse_doerbetegnelse CVRAdresse_postnummer CVRAdresse_postdistrikt CVRAdresse_kommunekode CVRAdresse_kommunenavn "
    "CVRAdresse_landekode CVRAdresse_adresseFritekst"
).split()
# a row is a version, also in a file of what is current: what was replaced, or told otherwise since, has an end
CURRENT = {"virkningTil": ("",), "registreringTil": ("",)}
VERSION = frozenset(
    (
        "virkningFra registreringFra virkningsaktoer registreringsaktoer datafordelerOpdateringstid datafordelerRowId "
        "datafordelerRowVersion datafordelerRegisterImportSequenceNumber forretningshaendelse forretningsomraade "
        "forretningsproces id_namespace id_lokalId sekvens vaerdiTekst"
    ).split()
)
# coNavn names a person as often as a firm: it is not even read
PLACE_IGNORED = VERSION | frozenset(
    "Adresse coNavn CVRAdresse_vejkode CVRAdresse_supplerendeBynavn CVRAdresse_postboks CVRAdresse_bygningsnummer id".split()
)

# --- codes -------------------------------------------------------------------------------------------------------
USES = {"beliggenhedsadresse": "business", "postadresse": "postal"}
RANKS = {"0": 1, "1": 2, "2": 3, "3": 4}
MAIN = is_in(item("sekvens"), ("0",))
SINCE = item("virkningFra")

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = column("CVRNummer")
FORM = picked(column("virksomhedsform"), TITLED, item("vaerdi"), newest=SINCE)
USE = lowered(item("AdresseringAnvendelse"))
ENDED_ON = date(replaced(column("virksomhedOphoersdato"), r"^(\d{4}-\d\d-\d\d)T.*$", r"\1"))
NAMED = first(
    picked(column("navn"), NAME, item("vaerdi"), where=MAIN, newest=SINCE),
    picked(column("navn"), NAME, item("vaerdi"), newest=SINCE),
)
REFUSES_ADVERTISING = boolean(lowered(picked(column("reklamebeskyttelse"), VALUE, item("vaerdi"), newest=SINCE)))


def _of_place(name: str) -> Expr:
    return item(f"CVRAdresse_{name}")


def _street() -> Expr:
    """Street and number, floor and door, or an address abroad, which comes as free text."""
    return joined(
        ", ",
        joined(" ", _of_place("vejnavn"), joined("-", _of_place("husnummerFra"), _of_place("husnummerTil"))),
        joined(" ", replaced(_of_place("etagebetegnelse"), r"^(\w+)$", r"\1."), _of_place("doerbetegnelse")),
        replaced(_of_place("adresseFritekst"), r"\s*\n\s*", ", "),
    )


def _code() -> Expr:
    """An industry code; those that say that none was given are none."""
    stated = both(negated(is_in(item("vaerdi"), NOT_STATED)), is_present(list_since(SINCE)))
    return chosen((stated, replaced(item("vaerdi"), r"^(\d{5})$", r"0\1")))


def _titled(code_list: str) -> tuple[str, Expr, Expr]:
    """The main code with its title, where it is of this list."""
    where = both(MAIN, is_in(list_since(SINCE), (code_list,)))
    return (
        code_list,
        picked(column("branche"), TRADE, _code(), where=where, newest=SINCE),
        picked(column("branche"), TRADE, item("vaerdiTekst"), where=where, newest=SINCE),
    )


# --- layout ------------------------------------------------------------------------------------------------------
COMPANY = Layout(
    name="virksomhed_files",
    columns=(
        "CVRNummer", "virksomhedStartdato", "virksomhedOphoersdato", "status",
        "navn", "virksomhedsform", "adressering", "branche", "reklamebeskyttelse",
    ),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(FORM, KINDS, otherwise="legal_entity"),
        "is_natural_person": negated(is_in(FORM, FORMS)),
        "name": NAMED,
        "country_code": constant("DK"),
        "identifiers": many(record(scheme=constant("DK-CVR"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("DK-LEGAL-FORM"),
        # whoever is "aktiv" has not ended: a company that is bankrupt or wound up is not told apart there
        "status": chosen((is_present(ENDED_ON), constant("dissolved")), otherwise=constant("unknown")),
        "dissolved_date": ENDED_ON,
        "founded_date": date(replaced(column("virksomhedStartdato"), r"^(\d{4}-\d\d-\d\d)T.*$", r"\1")),
        "industries": each(
            "branche",
            TRADE,
            record(code=_code(), scheme=list_since(SINCE), rank=mapped(item("sekvens"), RANKS)),
            where=both(is_present(_code()), is_in(item("sekvens"), tuple(RANKS))),
        ),
        "addresses": each(
            "adressering",
            tuple(ADDRESS),
            record(
                kind=mapped(USE, USES),
                street=_street(),
                # numbers lose the zeros that they begin with
                postal_code=replaced(_of_place("postnummer"), r"^(\d{3})$", r"0\1"),
                city=_of_place("postdistrikt"),
                municipality_code=replaced(_of_place("kommunekode"), r"^(\d{3})$", r"0\1"),
                municipality_name=_of_place("kommunenavn"),
                country_code=chosen((matches(_of_place("landekode"), "[A-Z]{2}"), _of_place("landekode"))),
            ),
            where=is_in(USE, tuple(USES)),
        ),
        "is_marketing_protected": REFUSES_ADVERTISING,
    },
    ignored=frozenset({"status"}),
    rejects=(
        ("missing_number", "the row has no CVR number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the CVR number is not eight digits that pass the mod-11 check",
            negated(both(matches(NUMBER, r"[1-9]\d{7}"), mod11_is_valid(NUMBER, (2, 7, 6, 5, 4, 3, 2, 1)))),
        ),
        ("missing_name", "the company has no name that lasts", negated(is_present(NAMED))),
        (
            "advertising_not_told",
            "it is not told whether the company refused advertising: it is not used",
            negated(is_present(REFUSES_ADVERTISING)),
        ),
    ),
    codes=(
        _titled("DB25"),
        _titled("DB07"),
        ("DK-LEGAL-FORM", FORM, picked(column("virksomhedsform"), TITLED, item("vaerdiTekst"), newest=SINCE)),
    ),
    lists={
        "navn": Shape(keys=NAME),
        "virksomhedsform": Shape(keys=TITLED),
        "adressering": Shape(keys=tuple(ADDRESS)),
        "branche": Shape(keys=TRADE),
        "reklamebeskyttelse": Shape(keys=VALUE),
    },
)  # fmt: skip

SOURCE = Source(
    name="dk_datafordeler",
    title="CVR, weekly files of Datafordeler",
    country="DK",
    publisher="Erhvervsstyrelsen, by Klimadatastyrelsen",
    homepage="https://datafordeler.dk",
    record_url="https://datacvr.virk.dk/enhed/virksomhed/{key}",
    scheme="DK-CVR",
    licence=Licence.DK_PUBLIC_DATA,
    attribution="Det Centrale Virksomhedsregister (CVR), Erhvervsstyrelsen",
    lineage=Lineage.REGISTER,
    cadence_hours=168,
    # what the index (dk_cvr) says of the same company stands
    rank=2,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "addresses"),
        # the files of names and addresses also tell of persons who are no company: of these no row is kept
        never_store=("coNavn",),
        retention_days=1095,
    ),
    # about 80 % and 200 % of the 870,000 companies in business that a client counted in August 2026
    expect=Expect(
        min_rows=700_000,
        max_rows=1_740_000,
        fill_rates={
            "legal_form_code": 0.95,
            "addresses": 0.8,
        },
    ),
    layouts=(COMPANY,),
    mapping_version=1,
    base_url="https://api.datafordeler.dk/FileDownloads",
    base_url_env="PROSPEKT_DK_DATAFORDELER_URL",
    login_envs=("PROSPEKT_DK_DATAFORDELER_KEY",),
    is_opt_in=True,
    industry_lists={"DB07": IndustryFamily.NACE_2, "DB25": IndustryFamily.NACE_2, "DB03": IndustryFamily.NACE_1},
)


def _part(file: str, columns: tuple[str, ...], ignored: frozenset[str] = VERSION) -> Part:
    return Part(file=file, number="CVREnhedsId", columns=columns, ignored=ignored, wanted=CURRENT)


EXTRACT = Extract(
    layout=COMPANY,
    entities=Part(
        file="virksomhed",
        number="id",
        columns=("CVRNummer", "virksomhedStartdato", "virksomhedOphoersdato", "status"),
        ignored=VERSION,
        wanted=CURRENT,
    ),
    about={
        "navn": _part("navn", NAME),
        "virksomhedsform": _part("virksomhedsform", TITLED),
        "adressering": _part("adressering", tuple(ADDRESS), PLACE_IGNORED),
        "branche": _part("branche", TRADE),
        # without it nobody may be asked to buy anything: a key that is not given it loads nothing
        "reklamebeskyttelse": _part("reklamebeskyttelse", VALUE),
    },
    # where the file of what is current has several versions of a company all the same
    since="virkningFra",
    named="cvr_v*_{}_totaldownload_csv_current_*.csv",
)
LISTING = Listing(
    listed_at="v2.0/GetAvailableFileDownloads",
    had_at="v1.0/GetFile",
    key="apiKey",
    asked={"Register": "CVR"},
    fits={"typeOfDownload": "TotalDownload", "typeOfData": "Current", "containedFileFormat": "csv"},
    refused="Was it pasted whole? One that was just made is let in after a quarter of an hour.",
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """All companies in business, of the newest week of which all files are there."""
    return fetch_listed(client, SOURCE, LISTING, EXTRACT, landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The six files downloaded by hand, in one ZIP archive."""
    return read_extract(SOURCE, EXTRACT, path, coverage=coverage, landing=landing)
