"""Estonia's e-Business Register (Äriregister): one JSON archive of all legal entities, daily, without a key.

What is known of it, what was seen and what is only believed: docs/sources/ee_ariregister.md.
"""

import csv
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.fields import (
    Expr,
    both,
    chosen,
    column,
    constant,
    date,
    decimal,
    each,
    either,
    integer,
    is_in,
    is_present,
    item,
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    picked,
    piece,
    record,
    replaced,
    strung,
)
from sources.kinds.sifted_json import JsonForm, fetch_json, read_json
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
ENTRY = "kirje_id kaardi_piirkond kaardi_nr kaardi_tyyp kande_nr".split()
STATE = ("staatus", "algus_kpv")
NAME = ("sisu", "algus_kpv", "lopp_kpv")
ADDRESS = ("riik", "ehak", "ehak_nimetus", "tanav_maja_korter", "postiindeks", "lopp_kpv")
ACTIVITY = ("emtak_kood", "emtak_tekstina", "emtak_versioon_tekstina", "on_pohitegevusala", "lopp_kpv")
CONTACT = ("liik", "sisu", "lopp_kpv")
CAPITAL = ("kapitali_suurus", "kapitali_valuuta", "algus_kpv", "lopp_kpv")
REPORT = ("majandusaasta_perioodi_lopp_kpv", "tootajate_arv")
IGNORED = frozenset(
    (
        "yldandmed.ettevotteregistri_nr yldandmed.staatus_tekstina yldandmed.piirkond "
        "yldandmed.piirkond_tekstina yldandmed.piirkond_tekstina_pikk yldandmed.evks_registreeritud "
        "yldandmed.evks_registreeritud_kande_kpv yldandmed.oiguslik_vorm_nr yldandmed.oigusliku_vormi_alaliik "
        "yldandmed.oigusliku_vormi_alaliik_tekstina yldandmed.lahknevusteade_puudumisest "
        "yldandmed.asutatud_sissemakset_tegemata yldandmed.loobunud_vorminouetest "
        "yldandmed.on_raamatupidamiskohustuslane yldandmed.tegutseb yldandmed.tegutseb_tekstina "
        "yldandmed.esitab_kasusaajad yldandmed.oiguslikud_vormid yldandmed.majandusaastad "
        "yldandmed.pohikirjad"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "FIL": "branch",  # of a foreign company
    "FIE": "sole_trader",  # left out while the file is read; not shown should one come
}
STATUSES = {"R": "active", "L": "winding_up", "N": "bankrupt", "K": "dissolved"}
CODE_LISTS = {"EMTAK 2008": "EMTAK2008", "EMTAK 2025": "EMTAK2025"}
CONTACTS = {"EMAIL": "email", "WWW": "website", "TEL": "phone", "MOB": "mobile"}

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = replaced(column("ariregistri_kood"), r"\s", "")
NOW = negated(is_present(item("lopp_kpv")))
FORM, FORM_TITLE, STATUS = (
    column("yldandmed.oiguslik_vorm"),
    column("yldandmed.oiguslik_vorm_tekstina"),
    column("yldandmed.staatus"),
)
HAS_ENDED = is_in(STATUS, ("K",))
# "Pirita linnaosa, Tallinn, Harju maakond" is in Tallinn, "Viimsi alevik, Viimsi vald, Harju maakond" in Viimsi
PLACE = item("ehak_nimetus")
TOWN = chosen((matches(PLACE, r"[^,]* linnaosa,.*"), piece(PLACE, ",", 2)), otherwise=piece(PLACE, ",", 1))
MAIN = both(NOW, is_in(item("on_pohitegevusala"), ("true",)))
COUNTED = is_present(item("tootajate_arv"))


def _sortable(day: Expr) -> Expr:
    """A day as it is written (25.04.2014) in an order in which the later one is greater."""
    return replaced(day, r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1")


def _report(result: Expr, where: Expr | None = None) -> Expr:
    """What the report of the latest financial year says, of those of which the condition holds."""
    ends = _sortable(item("majandusaasta_perioodi_lopp_kpv"))
    return picked(column("yldandmed.info_majandusaasta_aruannetest"), REPORT, result, where=where, newest=ends)


def _capital(name: str) -> Expr:
    return picked(column("yldandmed.kapitalid"), CAPITAL, item(name), where=NOW, newest=_sortable(item("algus_kpv")))


def _activity(result: str, version: str) -> Expr:
    """The main activity of a version of the code list."""
    where = both(MAIN, is_in(item("emtak_versioon_tekstina"), (version,)))
    return picked(column("yldandmed.teatatud_tegevusalad"), ACTIVITY, item(result), where=where)


def _check(weights: tuple[int, ...]) -> Expr:
    """Whether the check digit is what the weighted sum of the seven before it leaves when divided by 11."""
    return mod11_is_valid(NUMBER, (*weights, 10))


def _leaves_ten(weights: tuple[int, ...]) -> Expr:
    return mod11_is_valid(strung("", NUMBER, constant("1")), (*weights, 0, 1))


FIRST, SECOND = (1, 2, 3, 4, 5, 6, 7), (3, 4, 5, 6, 7, 8, 9)
# where the first sum leaves 10 the second counts, and where that does too the digit is 0
FITS = either(
    _check(FIRST),
    both(_leaves_ten(FIRST), _check(SECOND)),
    both(_leaves_ten(FIRST), _leaves_ten(SECOND), matches(NUMBER, r"\d{7}0")),
)


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of EMTAK 2008 with those of EMTAK 2025 that took it over: NACE's, whose four digits both begin with."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(
            ("EMTAK2008", row["sn2007"].replace(".", ""), "EMTAK2025", row["sn2025"].replace(".", ""))
            for row in csv.DictReader(table)
        )


# --- layout ------------------------------------------------------------------------------------------------------
COMPANY = Layout(
    name="yldandmed_json",
    columns=(
        "ariregistri_kood",
        "nimi",
        "yldandmed.esmaregistreerimise_kpv",
        "yldandmed.kustutamise_kpv",
        "yldandmed.staatus",
        "yldandmed.oiguslik_vorm",
        "yldandmed.oiguslik_vorm_tekstina",
        "yldandmed.staatused",
        "yldandmed.arinimed",
        "yldandmed.aadressid",
        "yldandmed.teatatud_tegevusalad",
        "yldandmed.sidevahendid",
        "yldandmed.kapitalid",
        "yldandmed.info_majandusaasta_aruannetest",
        *sorted(IGNORED),
    ),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        # a number that begins with 7 is one of the state and the municipalities
        "entity_kind": chosen(
            (matches(NUMBER, r"7\d{7}"), constant("public_body")),
            otherwise=mapped(FORM, KINDS, otherwise="legal_entity"),
        ),
        "is_natural_person": is_in(FORM, ("FIE",)),
        "name": column("nimi"),
        "country_code": constant("EE"),
        "names": each(
            "yldandmed.arinimed",
            NAME,
            record(
                name=item("sisu"),
                kind=constant("former"),
                from_date=date(item("algus_kpv"), "%d.%m.%Y"),
                to_date=date(item("lopp_kpv"), "%d.%m.%Y"),
            ),
            where=negated(NOW),
        ),
        "identifiers": many(
            record(scheme=constant("EE-REGISTRIKOOD"), value=NUMBER, original=column("ariregistri_kood")),
            need="value",
        ),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("EE-LEGAL-FORM"),
        "status": mapped(STATUS, STATUSES, otherwise="unknown"),
        "status_date": chosen(
            (HAS_ENDED, date(column("yldandmed.kustutamise_kpv"), "%d.%m.%Y")),
            (
                is_in(STATUS, ("L", "N")),
                date(
                    picked(
                        column("yldandmed.staatused"),
                        STATE,
                        _sortable(item("algus_kpv")),
                        where=is_in(item("staatus"), ("L", "N")),
                        newest=_sortable(item("algus_kpv")),
                    )
                ),
            ),
        ),
        "industries": each(
            "yldandmed.teatatud_tegevusalad",
            ACTIVITY,
            record(
                code=item("emtak_kood"),
                scheme=mapped(item("emtak_versioon_tekstina"), CODE_LISTS),
                rank=chosen((MAIN, constant(1)), otherwise=constant(2)),
            ),
            where=both(NOW, is_present(item("emtak_kood")), is_in(item("emtak_versioon_tekstina"), tuple(CODE_LISTS))),
        ),
        "employees_low": integer(_report(item("tootajate_arv"), COUNTED)),
        "employees_high": integer(_report(item("tootajate_arv"), COUNTED)),
        "employees_state": chosen(
            (is_present(integer(_report(item("tootajate_arv"), COUNTED))), constant("exact")),
            otherwise=constant("not_supplied"),
        ),
        "employees_date": date(_report(_sortable(item("majandusaasta_perioodi_lopp_kpv")), COUNTED)),
        "addresses": each(
            "yldandmed.aadressid",
            ADDRESS,
            record(
                kind=constant("legal"),
                street=item("tanav_maja_korter"),
                postal_code=item("postiindeks"),
                city=replaced(TOWN, r" (linn|alevik|alev|küla|vald)$", ""),
                municipality_code=item("ehak"),
                municipality_name=chosen((matches(PLACE, r"[^,]*,[^,]*,.*"), piece(PLACE, ",", 2))),
                country_code=mapped(item("riik"), {"EST": "EE"}),
            ),
            where=NOW,
        ),
        "contact_points": each(
            "yldandmed.sidevahendid",
            CONTACT,
            record(kind=mapped(item("liik"), CONTACTS), value=item("sisu")),
            where=both(NOW, is_in(item("liik"), tuple(CONTACTS)), is_present(item("sisu"))),
        ),
        "registered_date": date(column("yldandmed.esmaregistreerimise_kpv"), "%d.%m.%Y"),
        "dissolved_date": chosen((HAS_ENDED, date(column("yldandmed.kustutamise_kpv"), "%d.%m.%Y"))),
        "last_accounts_year": integer(
            replaced(_report(_sortable(item("majandusaasta_perioodi_lopp_kpv"))), r"-\d\d-\d\d$", "")
        ),
        "capital_amount": decimal(_capital("kapitali_suurus")),
        "capital_currency": _capital("kapitali_valuuta"),
    },
    ignored=IGNORED,
    rejects=(
        ("missing_number", "the record has no register code", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the register code is not eight digits of which the last is the check digit",
            negated(both(matches(NUMBER, r"[1789]\d{7}"), FITS)),
        ),
        (
            "missing_form",
            "the record states no legal form: it might be about a person, nothing of it was kept",
            negated(is_present(FORM)),
        ),
        ("missing_name", "the record has no name", negated(is_present(column("nimi")))),
    ),
    codes=(
        ("EE-LEGAL-FORM", FORM, FORM_TITLE),
        ("EMTAK2025", _activity("emtak_kood", "EMTAK 2025"), _activity("emtak_tekstina", "EMTAK 2025")),
        ("EMTAK2008", _activity("emtak_kood", "EMTAK 2008"), _activity("emtak_tekstina", "EMTAK 2008")),
    ),
    lists={
        "yldandmed.staatused": Shape(keys=STATE, ignored=frozenset({"staatus_tekstina", *ENTRY})),
        "yldandmed.arinimed": Shape(keys=NAME, ignored=frozenset(ENTRY)),
        "yldandmed.aadressid": Shape(
            keys=ADDRESS,
            ignored=frozenset(
                {
                    "riik_tekstina", "algus_kpv", "aadress_ads__ads_normaliseeritud_taisaadress",
                    "aadress_ads__ads_normaliseeritud_taisaadress_tapsustus", "aadress_ads__adob_id",
                    "aadress_ads__adr_id", "aadress_ads__koodaadress", "aadress_ads__ads_oid", "aadress_ads__tyyp",
                    *ENTRY,
                }
            ),
        ),
        "yldandmed.teatatud_tegevusalad": Shape(
            keys=ACTIVITY, ignored=frozenset({"emtak_versioon", "nace_kood", "algus_kpv", *ENTRY})
        ),
        "yldandmed.sidevahendid": Shape(keys=CONTACT, ignored=frozenset({"liik_tekstina", *ENTRY})),
        "yldandmed.kapitalid": Shape(keys=CAPITAL, ignored=frozenset({"kapitali_valuuta_tekstina", *ENTRY})),
        "yldandmed.info_majandusaasta_aruannetest": Shape(
            keys=REPORT,
            ignored=frozenset(
                (
                    "majandusaasta_perioodi_algus_kpv tegevusala_emtak_kood tegevusala_emtak_tekstina "
                    "tegevusala_emtak_versioon tegevusala_emtak_versioon_tekstina tegevusala_nace_kood "
                    "ettevotja_aadress_aruandes aruande_kpv kirje_id"
                ).split()
            ),
        ),
    },
    values={
        "yldandmed.staatus": frozenset(STATUSES),
        "yldandmed.teatatud_tegevusalad[].emtak_versioon_tekstina": frozenset(CODE_LISTS),
    },
)  # fmt: skip

SOURCE = Source(
    name="ee_ariregister",
    title="e-Äriregister",
    country="EE",
    publisher="Registrite ja Infosüsteemide Keskus (RIK)",
    homepage="https://avaandmed.ariregister.rik.ee",
    record_url="https://ariregister.rik.ee/est/company/{key}",
    scheme="EE-REGISTRIKOOD",
    licence=Licence.CC_BY_4_0,
    attribution="e-Äriregister, Registrite ja Infosüsteemide Keskus (RIK), CC BY 4.0",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "names", "addresses", "contact_points"),
        # notes on a register card name persons in free text; contact persons have addresses of their own
        never_store=("isikukood", "isikukood_registrikood", "synniaeg", "markused_kaardil", "kontaktisiku_aadressid"),
        retention_days=1095,
    ),
    # 377,730 entities in September 2026, sole traders (whose number is not known) among them
    expect=Expect(min_rows=250_000, max_rows=760_000, fill_rates={"legal_form_code": 0.99}),
    layouts=(COMPANY,),
    mapping_version=1,
    base_url="https://avaandmed.ariregister.rik.ee",
    base_url_env="PROSPEKT_EE_ARIREGISTER_URL",
    is_opt_in=True,
    industry_lists=dict.fromkeys(("EMTAK2008", "EMTAK2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)
FILE = JsonForm(
    layout=COMPANY,
    number="ariregistri_kood",
    form="yldandmed.oiguslik_vorm",
    persons=frozenset({"FIE"}),
    made_every=timedelta(days=1),
    min_rows=300_000,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """All entities in the register, being wound up, or bankrupt."""
    url = "sites/default/files/avaandmed/ettevotja_rekvisiidid__yldandmed.json.zip"
    return fetch_json(client, SOURCE, FILE, url, landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The archive downloaded by hand, as it comes or unpacked."""
    return read_json(SOURCE, FILE, path, coverage=coverage, landing=landing)
