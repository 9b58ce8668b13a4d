"""How numbers of companies are written in notices of public tenders, by country (ISO 3166-1 alpha-3).

Of other countries no number is kept: in some it may be a person's own (Spain's DNI, Italy's codice fiscale), and no
register here would know whose it is.
"""

from sources.kinds.notice_parties import NumberForm

NORWAY = NumberForm(
    scheme="NO-ORGNR",
    patterns=(r"(?:NO)?(\d{9})(?:MVA)?",),
    weights=(3, 2, 7, 6, 5, 4, 3, 2, 1),
)
NUMBERS = {
    "NOR": NORWAY,
    "SWE": NumberForm(
        scheme="SE-ORGNR",
        # twelve digits are a VAT number, or stand with the 16 before that says "no person"
        patterns=(r"(?:SE)?(\d{2}[2-9]\d{7})", r"SE(\d{2}[2-9]\d{7})01", r"16(\d{2}[2-9]\d{7})"),
        # of a company the third digit is 2 or more, and a GD number (302…) might be a person's
        person=r"(?:SE)?(?:18|19|20)?\d{2}[01]\d{7}(?:01)?|(?:SE)?302\d{7}(?:01)?",
    ),
    "FIN": NumberForm(
        scheme="FI-YTUNNUS",
        patterns=(r"(?:FI)?(\d{8})",),
        weights=(7, 9, 10, 5, 8, 4, 2, 1),
        parts=r"(\d{7})(\d)",
        spelled=r"\1-\2",
    ),
    "DNK": NumberForm(
        scheme="DK-CVR",
        patterns=(r"(?:DK)?([1-9]\d{7})",),
        weights=(2, 7, 6, 5, 4, 3, 2, 1),
    ),
}
