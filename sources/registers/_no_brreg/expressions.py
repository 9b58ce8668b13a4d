"""Codes of the register and the expressions that several of its fields share."""

from sources.fields import (
    Expr,
    both,
    chosen,
    column,
    constant,
    date,
    either,
    first,
    integer,
    is_in,
    is_present,
    many,
    matches,
    mod11_is_valid,
    negated,
    record,
    replaced,
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "ENK": "sole_trader",
    "PERS": "sole_trader",
    "REV": "sole_trader",
    "KBO": "estate",
    "BO": "estate",
    "BEDR": "establishment",
    "AAFY": "establishment",
    "OPMV": "establishment",
    "NUF": "branch",
    "VPFO": "fund",
    "ADOS": "public_body",
    "FKF": "public_body",
    "FYLK": "public_body",
    "KF": "public_body",
    "KOMM": "public_body",
    "ORGL": "public_body",
    "STAT": "public_body",
}
NATURAL_PERSONS = ("ENK", "PERS", "REV", "BO")
DELETED = ("SlettetEnhet", "SlettetUnderEnhet", "SlettetUnderenhet")
# a bankrupt person's estate bears the person's name; only a company's form tells them apart
COMPANY_ESTATE = r"(?i).+ (ANS|AS|ASA|BA|DA|KS|NUF|SA|IKS|AB|APS|GMBH|INC|LIMITED|LLC|LTD|OY|SIA|STIFTELSE|UAB) .*"
ADDRESS_LINE_END = r"\s*\n\s*"
ADDRESS_LINE_END_2024 = r"\s*(\n|/n)\s*"


# --- expressions that several fields share -----------------------------------------------------------------------
def _address(kind: str, prefix: str, line_end: str) -> Expr:
    return record(
        kind=constant(kind),
        street=replaced(column(f"{prefix}.adresse"), line_end, ", "),
        postal_code=column(f"{prefix}.postnummer"),
        city=column(f"{prefix}.poststed"),
        municipality_code=column(f"{prefix}.kommunenummer"),
        municipality_name=column(f"{prefix}.kommune"),
        region_code=replaced(column(f"{prefix}.kommunenummer"), r"^(\d\d).*$", r"\1"),
        country_code=column(f"{prefix}.landkode"),
    )


def addresses(seat: str, line_end: str) -> Expr:
    return many(_address("business", seat, line_end), _address("postal", "postadresse", line_end), need="country_code")


def _industry(name: str, scheme: str, rank: int) -> Expr:
    """An industry code; 00.000 says that none was given."""
    stated = negated(is_in(column(f"{name}.kode"), ("00.000",)))
    code = chosen((stated, column(f"{name}.kode")))
    return record(code=code, scheme=constant(scheme), rank=constant(rank))


def industries(scheme: str) -> Expr:
    return many(
        _industry("naeringskode1", scheme, 1),
        _industry("naeringskode2", scheme, 2),
        _industry("naeringskode3", scheme, 3),
        _industry("hjelpeenhetskode", scheme, 4),
        need="code",
    )


def codes(scheme: str) -> tuple[tuple[str, Expr, Expr], ...]:
    return (
        (scheme, column("naeringskode1.kode"), column("naeringskode1.beskrivelse")),
        (scheme, column("naeringskode2.kode"), column("naeringskode2.beskrivelse")),
        (scheme, column("naeringskode3.kode"), column("naeringskode3.beskrivelse")),
        (scheme, column("hjelpeenhetskode.kode"), column("hjelpeenhetskode.beskrivelse")),
        ("NO-LEGAL-FORM", column("organisasjonsform.kode"), column("organisasjonsform.beskrivelse")),
    )


def home_number(country: str, junk: str, form: str) -> Expr:
    """The number that a branch's company has at home, spelt as that country's register does."""
    number = replaced(column("registreringsnummerIHjemlandet"), junk, "")
    return chosen((both(is_in(column("underlagtLovgivningLandKode"), (country,)), matches(number, form)), number))


NUMBER = replaced(column("organisasjonsnummer"), r"\s", "")
FORM = column("organisasjonsform.kode")
COUNT = integer(column("antallAnsatte"))
HAS_COUNT = column("harRegistrertAntallAnsatte")
CLOSED = either(is_present(column("slettedato")), is_in(column("respons_klasse"), DELETED))
BANKRUPT = is_in(column("konkurs"), ("true",))
ENFORCED = is_in(column("underTvangsavviklingEllerTvangsopplosning"), ("true",))
WINDING_UP = is_in(column("underAvvikling"), ("true",))
ENFORCED_DATE = first(
    date(column("tvangsopplostPgaManglendeDagligLederDato")),
    date(column("tvangsopplostPgaManglendeRevisorDato")),
    date(column("tvangsopplostPgaManglendeRegnskapDato")),
    date(column("tvangsopplostPgaMangelfulltStyreDato")),
    date(column("tvangsavvikletPgaManglendeSlettingDato")),
)
LADDER = (
    (BANKRUPT, constant("bankrupt")),
    (ENFORCED, constant("winding_up")),
    (WINDING_UP, constant("winding_up")),
    (is_in(column("konkurs"), ("false",)), constant("active")),
)
LADDER_DATES = (
    (BANKRUPT, date(column("konkursdato"))),
    (ENFORCED, ENFORCED_DATE),
    (WINDING_UP, date(column("underAvviklingDato"))),
)
ABROAD = is_present(column("underUtenlandskInsolvensbehandlingDato"))
LADDER_2026 = ((ABROAD, constant("bankrupt")), *LADDER)
LADDER_DATES_2026 = (*LADDER_DATES, (ABROAD, date(column("underUtenlandskInsolvensbehandlingDato"))))
WEBSITE = record(kind=constant("website"), value=column("hjemmeside"))
CONTACT_POINTS = many(
    WEBSITE,
    record(kind=constant("email"), value=column("epostadresse")),
    record(kind=constant("phone"), value=column("telefon")),
    record(kind=constant("mobile"), value=column("mobil")),
    need="value",
)
REJECTS = (
    ("missing_number", "the row has no organisation number", negated(is_present(NUMBER))),
    (
        "invalid_number",
        "the organisation number is not nine digits that pass the mod-11 check",
        negated(both(matches(NUMBER, r"\d{9}"), mod11_is_valid(NUMBER, (3, 2, 7, 6, 5, 4, 3, 2, 1)))),
    ),
    ("missing_name", "the row has no name", negated(is_present(column("navn")))),
)
