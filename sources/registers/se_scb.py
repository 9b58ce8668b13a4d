"""Sweden's statistical company register (SCB): industry, advertising refusal and activity, one file a week, no key.

What is known of it, what was seen and what is only believed: docs/sources/se_scb.md.
"""

import csv
from datetime import timedelta
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
    first,
    is_in,
    is_present,
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
)
from sources.kinds.text_file import fetch_text, read_text
from sources.kinds.text_rows import FAULT, FAULTS, TextForm
from sources.registers._sweden import PERSONAL_NUMBER
from sources.source import Coverage, Delivery, Expect, IndustryFamily, Known, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
COLUMNS = (
    "ForAndrTyp COAdress Foretagsnamn FtgStat Gatuadress JEStat JurForm Namn Ng1 Ng2 Ng3 Ng4 Ng5 PeOrgNr PostNr PostOrt "
    "RegDatKtid Reklamsparrtyp mCOAdress mForetagsnamn mFtgStat mGatuadress mJEStat mJurForm mNamn mNg1 mNg2 mNg3 mNg4 "
    "mNg5 mPostNr mPostOrt mRegDatKtid mReklamsparrtyp"
).split()
# columns with m before them seem to say which values changed, as ForAndrTyp how: neither is documented
IGNORED = frozenset(
    (
        "ForAndrTyp COAdress mCOAdress mForetagsnamn mFtgStat mGatuadress mJEStat mJurForm mNamn mNg1 mNg2 mNg3 mNg4 "
        "mNg5 mPostNr mPostOrt mRegDatKtid mReklamsparrtyp"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "10": "sole_trader",
    "23": "fund",
    "81": "public_body",
    "82": "public_body",
    "83": "public_body",
    "84": "public_body",
    "85": "public_body",
    "87": "public_body",
    "89": "public_body",
    "91": "estate",
}
FORMS = {
    "10": "Fysiska personer",
    "21": "Enkla bolag",
    "22": "Partrederier",
    "23": "Värdepappersfonder",
    "31": "Handelsbolag, kommanditbolag",
    "32": "Gruvbolag",
    "41": "Bankaktiebolag",
    "42": "Försäkringsaktiebolag",
    "43": "Europabolag",
    "49": "Övriga aktiebolag",
    "51": "Ekonomiska föreningar",
    "53": "Bostadsrättsföreningar",
    "54": "Kooperativa hyresrättsföreningar",
    "55": "Europakooperativ, grupperingar",
    "61": "Ideella föreningar",
    "62": "Samfälligheter",
    "63": "Registrerade trossamfund",
    "71": "Familjestiftelser",
    "72": "Övriga stiftelser och fonder",
    "81": "Statliga enheter",
    "82": "Kommuner",
    "83": "Kommunalförbund",
    "84": "Regioner",
    "85": "Allmänna försäkringskassor",
    "87": "Offentliga korporationer och anstalter",
    "88": "Hypoteksföreningar",
    "89": "Regionala statliga myndigheter",
    "91": "Oskiftade dödsbon",
    "92": "Ömsesidiga försäkringsbolag",
    "93": "Sparbanker",
    "94": "Understödsföreningar, försäkringsföreningar",
    "95": "Arbetslöshetskassor",
    "96": "Utländska juridiska personer",
    "98": "Övriga svenska juridiska personer",
    "99": "Juridisk form ej utredd",
}


def _correspondences() -> tuple[tuple[str, str, str, str], ...]:
    """Each class of SNI 2007 with the classes of SNI 2025 that took over some or all of it: Eurostat's table."""
    # the first four digits of a Norwegian and of a Swedish code are NACE's: one table serves both
    with Path(__file__).with_name("sn2007_sn2025.csv").open(encoding="utf-8") as table:
        return tuple(("SNI2007", row["sn2007"], "SNI2025", row["sn2025"]) for row in csv.DictReader(table))


CORRESPONDENCES = _correspondences()


def _classes_of_2007_only() -> tuple[str, ...]:
    """The classes that SNI 2025 has no more: a code below one of them can only be of SNI 2007."""
    gone = {old for _, old, _, _ in CORRESPONDENCES} - {new for _, _, _, new in CORRESPONDENCES}
    return tuple(sorted(one.replace(".", "") for one in gone))


OF_2007_ONLY = _classes_of_2007_only()


# --- expressions that several fields share -----------------------------------------------------------------------
def _industry(name: str, rank: int) -> Expr:
    """An industry code with its point; 00000 says that there is none. The file does not say of which list it is."""
    is_old = is_in(replaced(column(name), r"^(\d{4}).*$", r"\1"), OF_2007_ONLY)
    return record(
        code=chosen((negated(is_in(column(name), ("00000",))), replaced(column(name), r"^(\d\d)(\d{3})$", r"\1.\2"))),
        scheme=chosen((is_old, constant("SNI2007")), otherwise=constant("SNI2025")),
        rank=constant(rank),
    )


NUMBER = replaced(column("PeOrgNr"), r"^16(\d{10})$", r"\1")

# --- layouts -----------------------------------------------------------------------------------------------------
BULK = Layout(
    name="scb_bulkfil",
    columns=(*COLUMNS, FAULT),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(column("JurForm"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("JurForm"), ("10", "91")),
        "name": first(column("Namn"), column("Foretagsnamn")),
        "names": many(record(name=column("Foretagsnamn"), kind=constant("trade")), need="name"),
        "country_code": constant("SE"),
        "identifiers": many(
            record(scheme=constant("SE-ORGNR"), value=NUMBER, original=column("PeOrgNr")), need="value"
        ),
        "legal_form_code": column("JurForm"),
        "legal_form_scheme": constant("SE-JURFORM"),
        # who has ceased to be active may be registered still: the company register says what became of it
        "status": chosen(
            (both(is_in(column("FtgStat"), ("1",)), is_in(column("JEStat"), ("1", "2"))), constant("active")),
            otherwise=constant("unknown"),
        ),
        "industries": many(
            _industry("Ng1", 1),
            _industry("Ng2", 2),
            _industry("Ng3", 3),
            _industry("Ng4", 4),
            _industry("Ng5", 5),
            need="code",
        ),
        "addresses": many(
            record(
                kind=constant("postal"),
                street=column("Gatuadress"),
                postal_code=replaced(column("PostNr"), r"\s", ""),
                city=column("PostOrt"),
                country_code=chosen((matches(column("PostNr"), r"\d{3}\s?\d{2}"), constant("SE"))),
            ),
            need="city",
        ),
        "registered_date": date(column("RegDatKtid"), "%Y%m%d"),
        "is_marketing_protected": boolean(column("Reklamsparrtyp"), true=("2",), false=("1",)),
    },
    ignored=IGNORED,
    rejects=(
        *FAULTS,
        ("missing_number", "the row has no organisation number", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the organisation number is not ten digits that pass the Luhn check",
            negated(luhn_is_valid(NUMBER, 10)),
        ),
        (
            "missing_name",
            "the row has no name",
            negated(is_present(first(column("Namn"), column("Foretagsnamn")))),
        ),
    ),
    codes=(("SE-JURFORM", column("JurForm"), mapped(column("JurForm"), FORMS)),),
)

SOURCE = Source(
    name="se_scb",
    title="SCB:s företagsregister (öppna uppgifter)",
    country="SE",
    publisher="Statistiska centralbyrån (SCB)",
    homepage="https://www.scb.se/vara-tjanster/bestall-data-och-statistik/foretagsregistret/",
    record_url="https://foretagsinfo.bolagsverket.se/sok-foretagsinformation-web/foretag/{key}",
    scheme="SE-ORGNR",
    # some read 4.0 of it, others 2.5 SE: both ask for the publisher's name
    licence=Licence.CC_BY_4_0,
    attribution="Källa: SCB",
    lineage=Lineage.REGISTER,
    cadence_hours=168,
    rank=2,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers, and hear who refused advertising",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data published for reuse by law (EU 2023/138)",
        personal_fields=("name", "names", "addresses"),
        never_store=("personnummer", "samordningsnummer"),
        retention_days=1095,
    ),
    # how many of the 1.82 million rows are companies' is not known: at least a quarter must be. `TEXT` bounds the
    # rows. Every row says whether advertising is refused: a file that no longer does must not make everybody reachable
    expect=Expect(
        min_rows=455_000,
        max_rows=3_640_000,
        fill_rates={
            "legal_form_code": 0.9,
            "is_marketing_protected": 0.9,
        },
    ),
    layouts=(BULK,),
    mapping_version=1,
    base_url="https://vardefulla-datamangder.bolagsverket.se",
    base_url_env="PROSPEKT_SE_SCB_URL",
    industry_lists=dict.fromkeys(("SNI2007", "SNI2025"), IndustryFamily.NACE_2),
    correspondences=CORRESPONDENCES,
)
TEXT = TextForm(
    encoding="iso-8859-1",
    separator="\t",
    is_quoted=False,
    number="PeOrgNr",
    # 16 stands before a company's number, the century before a person's; a third digit below 2 is that of a month
    company=r"16\d\d[2-9]\d{7}",
    person=r"(18|19|20)\d{10}|(16)?\d\d[01]\d{7}",
    scrubbed=("Namn", "Foretagsnamn", "Gatuadress"),
    personal_number=PERSONAL_NUMBER,
    nothing="",
    made_every=timedelta(days=7),
    # about 80 % of the 1.82 million rows of summer 2026
    min_rows=1_460_000,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def fetch_bulk(client: "PoliteClient", *, landing: Path, known: Known, part: str = "main") -> Delivery | None:
    """Every unit, as the weekly file has it."""
    return fetch_text(client, SOURCE, TEXT, "scb/scb_bulkfil.zip", landing=landing, known=known)


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The weekly file downloaded by hand, as it comes (ZIP) or unpacked."""
    return read_text(SOURCE, TEXT, path, coverage=coverage, landing=landing)
