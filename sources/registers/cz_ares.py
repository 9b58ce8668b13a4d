"""Czechia's ARES: what the public registers say of one IČO at a time, without a key.

What is known of it, what was seen and what is only believed: docs/sources/cz_ares.md.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
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
    either,
    first,
    is_in,
    is_present,
    joined,
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    record,
    replaced,
    strung,
)
from sources.kinds.json_api import parse
from sources.kinds.number_lookup import look_up_each
from sources.kinds.sifted_json import JsonForm, read_json
from sources.lookup import NumberAnswer
from sources.source import Coverage, Delivery, Expect, IndustryFamily, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
READ = (
    "ico obchodniJmeno pravniForma datumVzniku datumZaniku czNace sidlo.kodStatu sidlo.kodKraje sidlo.kodObce "
    "sidlo.nazevObce sidlo.nazevCastiObce sidlo.nazevUlice sidlo.cisloDomovni sidlo.cisloOrientacni "
    "sidlo.cisloOrientacniPismeno sidlo.psc sidlo.textovaAdresa seznamRegistraci.stavZdrojeVr "
    "seznamRegistraci.stavZdrojeRos seznamRegistraci.stavZdrojeRes seznamRegistraci.stavZdrojeIr "
    "seznamRegistraci.stavZdrojeDph res.czNacePrevazujici res.czNacePrevazujici2008 res.kategoriePoctuPracovniku"
).split()
# further codes stand in no order and in all depths of the list, so that none of them is known to be the main one
IGNORED = frozenset(
    "icoId pravniFormaRos financniUrad datumAktualizace dic dicSkDph czNace2008 primarniZdroj dalsiUdaje subRegistrSzr".split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "301": "public_body",  # enterprises, organisations and units of the state
    "325": "public_body",
    "331": "public_body",
    "361": "public_body",
    "421": "branch",  # of a foreign company
    "771": "public_body",  # municipalities and regions, their unions and parts
    "801": "public_body",
    "804": "public_body",
    "811": "public_body",
    "101": "sole_trader",  # left out; not shown should one come
}
# persons in business by every law that has had them, foreign ones and their branches
PERSONS = ("100", "101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "424", "425")
LEAST = {
    "110": 0, "120": 1, "130": 6, "210": 10, "220": 20, "230": 25, "240": 50, "310": 100, "320": 200, "330": 250,
    "340": 500, "410": 1000, "420": 1500, "430": 2000, "440": 2500, "450": 3000, "460": 4000, "470": 5000, "510": 10000,
}  # fmt: skip
MOST = {
    "110": 0, "120": 5, "130": 9, "210": 19, "220": 24, "230": 49, "240": 99, "310": 199, "320": 249, "330": 499,
    "340": 999, "410": 1499, "420": 1999, "430": 2499, "440": 2999, "450": 3999, "460": 4999, "470": 9999,
}  # fmt: skip
ACTIVE = ("AKTIVNI",)

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = column("ico")
WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
# the check digit makes the sum divisible by 11; where that would take 10 it is 0, where it would take 11 it is 1
FITS = either(
    both(matches(NUMBER, r"\d{7}[1-9]"), mod11_is_valid(NUMBER, (*WEIGHTS, 1))),
    both(matches(NUMBER, r"\d{7}0"), mod11_is_valid(strung("", NUMBER, constant("1")), (*WEIGHTS, 0, 10))),
    both(matches(NUMBER, r"\d{7}1"), mod11_is_valid(NUMBER, (*WEIGHTS, 0))),
)
HAS_ENDED = is_present(column("datumZaniku"))
BAND = column("res.kategoriePoctuPracovniku")
IS_IN_A_REGISTER = either(
    is_in(column("seznamRegistraci.stavZdrojeVr"), ACTIVE),
    is_in(column("seznamRegistraci.stavZdrojeRos"), ACTIVE),
    is_in(column("seznamRegistraci.stavZdrojeRes"), ACTIVE),
)


def _code(value: Expr) -> Expr:
    """A code of a division or below it; of a section, which is a letter, nothing follows."""
    return chosen((matches(value, r"\d{2,5}"), value))


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of CZ-NACE 2008 with those of CZ-NACE 2025 that took it over: NACE's, whose four digits both begin with."""
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(
            ("CZNACE2008", row["sn2007"].replace(".", ""), "CZNACE2025", row["sn2025"].replace(".", ""))
            for row in csv.DictReader(table)
        )


# --- layout ------------------------------------------------------------------------------------------------------
SUBJECT = Layout(
    name="subject_json",
    columns=(*READ, *sorted(IGNORED)),
    ignored_prefixes=("sidlo.", "adresaDorucovaci.", "seznamRegistraci."),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(column("pravniForma"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("pravniForma"), PERSONS),
        "name": column("obchodniJmeno"),
        "country_code": constant("CZ"),
        "identifiers": many(record(scheme=constant("CZ-ICO"), value=NUMBER, original=NUMBER), need="value"),
        "legal_form_code": column("pravniForma"),
        "legal_form_scheme": constant("CZ-LEGAL-FORM"),
        "status": chosen(
            (HAS_ENDED, constant("dissolved")),
            # the law makes a company in liquidation say so in its name
            (matches(column("obchodniJmeno"), r"(?i).*v likvidaci.*"), constant("winding_up")),
            # an entry in the register of insolvencies may be a mere petition
            (is_in(column("seznamRegistraci.stavZdrojeIr"), ACTIVE), constant("unknown")),
            (IS_IN_A_REGISTER, constant("active")),
            otherwise=constant("unknown"),
        ),
        "status_date": date(column("datumZaniku")),
        "industries": many(
            record(
                code=_code(first(column("res.czNacePrevazujici"), column("czNace"))),
                scheme=constant("CZNACE2025"),
                rank=constant(1),
            ),
            record(code=_code(column("res.czNacePrevazujici2008")), scheme=constant("CZNACE2008"), rank=constant(1)),
            need="code",
        ),
        "employees_low": mapped(BAND, LEAST),
        "employees_high": mapped(BAND, MOST),
        "employees_state": chosen(
            (is_present(mapped(BAND, LEAST)), constant("band")), otherwise=constant("not_supplied")
        ),
        "addresses": many(
            record(
                kind=constant("legal"),
                street=first(
                    joined(
                        " ",
                        first(column("sidlo.nazevUlice"), column("sidlo.nazevCastiObce")),
                        joined(
                            "/",
                            column("sidlo.cisloDomovni"),
                            joined("", column("sidlo.cisloOrientacni"), column("sidlo.cisloOrientacniPismeno")),
                        ),
                    ),
                    column("sidlo.textovaAdresa"),
                ),
                postal_code=replaced(column("sidlo.psc"), r"^(\d{3})\s*(\d{2})$", r"\1 \2"),
                city=column("sidlo.nazevObce"),
                municipality_code=column("sidlo.kodObce"),
                municipality_name=column("sidlo.nazevObce"),
                region_code=column("sidlo.kodKraje"),
                country_code=column("sidlo.kodStatu"),
            ),
            need="street",
        ),
        "founded_date": date(column("datumVzniku")),
        "dissolved_date": date(column("datumZaniku")),
        "is_vat_registered": boolean(
            column("seznamRegistraci.stavZdrojeDph"), true=ACTIVE, false=("NEEXISTUJICI", "ZANIKLY")
        ),
    },
    ignored=IGNORED,
    rejects=(
        ("missing_number", "the record has no IČO", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the IČO is not eight digits of which the last is the check digit",
            negated(both(matches(NUMBER, r"\d{8}"), FITS)),
        ),
        (
            "missing_form",
            "the record states no legal form: it might be about a person, nothing of it was kept",
            negated(is_present(column("pravniForma"))),
        ),
        ("missing_name", "the record has no name", negated(is_present(column("obchodniJmeno")))),
    ),
)

SOURCE = Source(
    name="cz_ares",
    title="ARES",
    country="CZ",
    publisher="Ministerstvo financí České republiky",
    homepage="https://ares.gov.cz",
    record_url="https://ares.gov.cz/ekonomicke-subjekty?ico={key}",
    scheme="CZ-ICO",
    licence=Licence.TERMS_OF_USE,
    attribution="ARES, Ministerstvo financí ČR; terms: https://ares.gov.cz/stranky/vyvojar-info",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Keep up to date companies that are customers or may become some",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the registers publish by law",
        personal_fields=("name", "addresses"),
        never_store=("rodneCislo", "datumNarozeni"),
        retention_days=1095,
    ),
    # there is no complete delivery to be held to these
    expect=Expect(min_rows=1, max_rows=6_000_000),
    layouts=(SUBJECT,),
    mapping_version=1,
    base_url="https://ares.gov.cz/ekonomicke-subjekty-v-be/rest",
    base_url_env="PROSPEKT_CZ_ARES_URL",
    is_opt_in=True,
    # 500 a minute by one client's word, nothing by ARES's own
    requests_per_minute=240,
    industry_lists=dict.fromkeys(("CZNACE2008", "CZNACE2025"), IndustryFamily.NACE_2),
    correspondences=_correspondences(),
)
FORM = JsonForm(
    layout=SUBJECT,
    number="ico",
    form="pravniForma",
    persons=frozenset(PERSONS),
    made_every=timedelta(0),
    min_rows=1,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def look_up_numbers(client: "PoliteClient", keys: Sequence[str]) -> Iterator[NumberAnswer]:
    """The subjects of these IČO, with what the statistical register says of them; two requests each."""
    return look_up_each(SOURCE, FORM, keys, partial(_ask, client))


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """Answers that were saved, in one JSON array."""
    return read_json(SOURCE, FORM, path, coverage=coverage, landing=landing)


def _ask(client: "PoliteClient", key: str) -> dict[str, Any] | None:
    answer = client.get(SOURCE, f"ekonomicke-subjekty/{key}", allow=frozenset({400, 404}))
    if answer.status != 200:
        return None
    subject = parse(SOURCE, answer)
    if str(subject.get("pravniForma")) in PERSONS:
        return subject
    answer = client.get(SOURCE, f"ekonomicke-subjekty-res/{key}", allow=frozenset({400, 404}))
    entries = parse(SOURCE, answer).get("zaznamy", []) if answer.status == 200 else []
    main: dict[str, Any] = next((one for one in entries if one.get("primarniZaznam")), {})
    counted = (main.get("statistickeUdaje") or {}).get("kategoriePoctuPracovniku")
    codes = {name: main.get(name) for name in ("czNacePrevazujici", "czNacePrevazujici2008")}
    return subject | {"res": codes | {"kategoriePoctuPracovniku": counted}}
