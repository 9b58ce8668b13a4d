"""Poland's court register (Krajowy Rejestr Sądowy): the current extract of one KRS number at a time, without a key.

What is known of it, what was seen and what is only believed: docs/sources/pl_krs.md.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.fields import (
    Expr,
    appended,
    chosen,
    column,
    constant,
    date,
    decimal,
    each,
    is_in,
    is_present,
    item,
    joined,
    lowered,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
    strung,
)
from sources.kinds.json_api import parse
from sources.kinds.number_lookup import look_up_each
from sources.kinds.sifted_json import JsonForm, at
from sources.lookup import NumberAnswer
from sources.source import Expect, IndustryFamily, Layout, Licence, Lineage, Privacy, Shape, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
HEAD, FIRST, THIRD = "odpis.naglowekA", "odpis.dane.dzial1", "odpis.dane.dzial3"
SEAT = f"{FIRST}.siedzibaIAdres"
MAIN = f"{THIRD}.przedmiotDzialalnosci.przedmiotPrzewazajacejDzialalnosci"
OTHER = f"{THIRD}.przedmiotDzialalnosci.przedmiotPozostalejDzialalnosci"
ACTIVITY = ("kodDzial", "kodKlasa", "kodPodklasa")

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "oddział zagranicznego przedsiębiorcy": "branch",
    "oddział przedsiębiorcy zagranicznego": "branch",
    "główny oddział zagranicznego zakładu ubezpieczeń": "branch",
    "przedsiębiorstwo państwowe": "public_body",
    "samodzielny publiczny zakład opieki zdrowotnej": "public_body",
    "instytut badawczy": "public_body",
}


def _classes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes that only PKD 2007 has, and those that mean the same in PKD 2025, or that only it has.

    An extract does not say of which list its codes are. One that both have, and that means another thing in each, is in
    neither: it cannot be used.
    """
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        pairs = [(row["sn2007"], row["sn2025"]) for row in csv.DictReader(table)]
    old, new = {one for one, _ in pairs}, {one for _, one in pairs}
    moved = {one for one, other in pairs if one != other} | {other for one, other in pairs if one != other}
    return tuple(sorted(old - new)), tuple(sorted((new - old) | ((old & new) - moved)))


OLD, NEW = _classes()

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = column(f"{HEAD}.numerKRS")
NAME = column(f"{FIRST}.danePodmiotu.nazwa")
FORM = column(f"{FIRST}.danePodmiotu.formaPrawna")
PROCEEDINGS = column("proceedings")
CLASS = strung(".", item("kodDzial"), item("kodKlasa"))
HOUSE = joined("/", column(f"{SEAT}.adres.nrDomu"), column(f"{SEAT}.adres.nrLokalu"))


def _activities(name: str, rank: int) -> Expr:
    """The activities of which the code list is known."""
    return each(
        name,
        ACTIVITY,
        record(
            code=joined(".", CLASS, item("kodPodklasa")),
            scheme=chosen((is_in(CLASS, OLD), constant("PKD2007")), otherwise=constant("PKD2025")),
            rank=constant(rank),
        ),
        where=is_in(CLASS, (*OLD, *NEW)),
    )


def _number(scheme: str, name: str, pattern: str) -> Expr:
    """A number of another register; the statistical one of a company with units has 14 digits, of which 9 are its own."""
    value = replaced(column(f"{FIRST}.danePodmiotu.identyfikatory.{name}"), r"^(\d{9})0{5}$", r"\1")
    original = column(f"{FIRST}.danePodmiotu.identyfikatory.{name}")
    return record(scheme=constant(scheme), value=chosen((matches(value, pattern), value)), original=original)


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of PKD 2007 with those of PKD 2025 that took it over: NACE's, with which both lists begin."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(("PKD2007", row["sn2007"], "PKD2025", row["sn2025"]) for row in csv.DictReader(table))


# --- layout ------------------------------------------------------------------------------------------------------
EXTRACT = Layout(
    name="extract_json",
    columns=(
        "proceedings",
        f"{HEAD}.numerKRS",
        f"{HEAD}.dataRejestracjiWKRS",
        f"{FIRST}.danePodmiotu.nazwa",
        f"{FIRST}.danePodmiotu.formaPrawna",
        f"{FIRST}.danePodmiotu.identyfikatory.nip",
        f"{FIRST}.danePodmiotu.identyfikatory.regon",
        f"{SEAT}.siedziba.wojewodztwo",
        f"{SEAT}.siedziba.gmina",
        f"{SEAT}.adres.ulica",
        f"{SEAT}.adres.nrDomu",
        f"{SEAT}.adres.nrLokalu",
        f"{SEAT}.adres.miejscowosc",
        f"{SEAT}.adres.kodPocztowy",
        f"{SEAT}.adres.kraj",
        f"{SEAT}.adresPocztyElektronicznej",
        f"{SEAT}.adresStronyInternetowej",
        f"{FIRST}.kapital.wysokoscKapitaluZakladowego.wartosc",
        f"{FIRST}.kapital.wysokoscKapitaluZakladowego.waluta",
        MAIN,
        OTHER,
    ),
    ignored_prefixes=("odpis.",),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(lowered(FORM), KINDS, otherwise="legal_entity"),
        # the register of persons in business is another one
        "is_natural_person": constant(False),
        "name": NAME,
        "country_code": constant("PL"),
        "identifiers": many(
            record(scheme=constant("PL-KRS"), value=NUMBER, original=NUMBER),
            _number("PL-NIP", "nip", r"\d{10}"),
            _number("PL-REGON", "regon", r"\d{9}|\d{14}"),
            need="value",
        ),
        "legal_form_code": FORM,
        "legal_form_scheme": constant("PL-LEGAL-FORM"),
        "status": chosen(
            (matches(PROCEEDINGS, r"(?is).*upad[lł]o.*"), constant("bankrupt")),
            (matches(NAME, r"(?i).*w upadłości.*"), constant("bankrupt")),
            (matches(PROCEEDINGS, r"(?is).*likwidacj.*"), constant("winding_up")),
            (matches(NAME, r"(?i).*w likwidacji.*"), constant("winding_up")),
            # a restructuring, a merger, a suspension, an end: which of them is not read
            (is_present(PROCEEDINGS), constant("unknown")),
            otherwise=constant("active"),
        ),
        "industries": appended(_activities(MAIN, 1), _activities(OTHER, 2)),
        "addresses": many(
            record(
                kind=constant("legal"),
                street=joined(" ", column(f"{SEAT}.adres.ulica"), HOUSE),
                postal_code=column(f"{SEAT}.adres.kodPocztowy"),
                city=column(f"{SEAT}.adres.miejscowosc"),
                municipality_name=column(f"{SEAT}.siedziba.gmina"),
                country_code=chosen((is_in(lowered(column(f"{SEAT}.adres.kraj")), ("polska",)), constant("PL"))),
            ),
            need="city",
        ),
        "contact_points": many(
            record(kind=constant("email"), value=column(f"{SEAT}.adresPocztyElektronicznej")),
            record(kind=constant("website"), value=column(f"{SEAT}.adresStronyInternetowej")),
            need="value",
        ),
        "registered_date": date(column(f"{HEAD}.dataRejestracjiWKRS"), "%d.%m.%Y"),
        "capital_amount": decimal(
            replaced(
                replaced(column(f"{FIRST}.kapital.wysokoscKapitaluZakladowego.wartosc"), r"[\s\x{00a0}]", ""), ",", "."
            )
        ),
        "capital_currency": column(f"{FIRST}.kapital.wysokoscKapitaluZakladowego.waluta"),
    },
    ignored=frozenset({f"{SEAT}.siedziba.wojewodztwo"}),
    rejects=(
        ("missing_number", "the extract has no KRS number", negated(is_present(NUMBER))),
        ("invalid_number", "the KRS number is not ten digits", negated(matches(NUMBER, r"\d{10}"))),
        ("missing_name", "the extract has no name", negated(is_present(NAME))),
    ),
    lists={
        MAIN: Shape(keys=ACTIVITY, ignored=frozenset({"opis"})),
        OTHER: Shape(keys=ACTIVITY, ignored=frozenset({"opis"})),
    },
)

SOURCE = Source(
    name="pl_krs",
    title="Krajowy Rejestr Sądowy (KRS)",
    country="PL",
    publisher="Ministerstwo Sprawiedliwości",
    homepage="https://api-krs.ms.gov.pl",
    record_url="https://wyszukiwarka-krs.ms.gov.pl/?krs={key}",
    scheme="PL-KRS",
    licence=Licence.TERMS_OF_USE,
    attribution="Krajowy Rejestr Sądowy, Ministerstwo Sprawiedliwości; terms: https://prs.ms.gov.pl/krs/openApi",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Keep up to date companies that are customers or may become some",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the register publishes by law",
        personal_fields=("name", "addresses", "contact_points"),
        # who represents, founded, owns and owes; masked there, and not stored even so
        never_store=(
            "pesel", "dataUrodzenia", "nazwisko", "imiona", "dzial2", "dzial4", "dzial5", "wspolnicySpzoo",
            "wspolnicySpolkiJawnej", "wspolnicySpolkiKomandytowej", "wspolnicySpolkiPartnerskiej", "jedynyAkcjonariusz",
            "komitetZalozycielski", "kurator", "likwidatorzy",
        ),
        retention_days=1095,
    ),
    # there is no complete delivery to be held to these
    expect=Expect(min_rows=1, max_rows=1_500_000),
    layouts=(EXTRACT,),
    mapping_version=1,
    base_url="https://api-krs.ms.gov.pl/api/krs",
    base_url_env="PROSPEKT_PL_KRS_URL",
    is_opt_in=True,
    requests_per_minute=60,
    industry_lists=dict.fromkeys(("PKD2007", "PKD2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)  # fmt: skip
FORM_OF = JsonForm(
    layout=EXTRACT,
    number=f"{HEAD}.numerKRS",
    form=f"{FIRST}.danePodmiotu.nazwa",
    persons=frozenset(),
    made_every=timedelta(0),
    min_rows=1,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def look_up_numbers(client: "PoliteClient", keys: Sequence[str]) -> Iterator[NumberAnswer]:
    """The current extracts of these KRS numbers."""
    return look_up_each(SOURCE, FORM_OF, keys, partial(_ask, client))


def _ask(client: "PoliteClient", key: str) -> dict[str, Any] | None:
    """An entity is in the register of businesses (P) or of associations and others (S)."""
    for part in ("P", "S"):
        params = {"rejestr": part, "format": "json"}
        answer = client.get(SOURCE, f"OdpisAktualny/{key}", params=params, allow=frozenset({400, 404}))
        if answer.status == 200:
            extract = parse(SOURCE, answer)
            proceedings = at(extract, "odpis.dane.dzial6")
            stated = sorted(name for name, one in proceedings.items() if one) if isinstance(proceedings, dict) else []
            return {"odpis": extract.get("odpis"), "proceedings": "\n".join(stated)}
    return None
