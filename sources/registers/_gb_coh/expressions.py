"""What several fields of Companies House share."""

from collections.abc import Mapping

from sources.fields import (
    Expr,
    both,
    chosen,
    column,
    constant,
    date,
    either,
    is_in,
    is_present,
    lowered,
    many,
    mapped,
    matches,
    negated,
    piece,
    record,
    replaced,
)
from sources.registers._gb_coh.codes import COUNTRIES, NO_INDUSTRY
from sources.registers._gb_coh.columns import PREVIOUS, former_name

# a number has no check digit; seven digits are one that lost its zero, in a spreadsheet: refused, not mended
NUMBER_FORM = r"\d{8}|[A-Z]{2}\d{6}|R\d{7}|(IP|NO|NP|RS|SL|SP)[0-9A-Z]{6}"
FROM_ABROAD = r"(FC|NF|OE|SF).*"
"""Numbers of companies that were founded elsewhere and registered in the United Kingdom."""


# --- expressions that several fields share -----------------------------------------------------------------------
def kind_of(number: Expr, form: Expr, kinds: Mapping[str, str]) -> Expr:
    return chosen(
        (matches(number, r"BR.*"), constant("branch")), otherwise=mapped(form, kinds, otherwise="legal_entity")
    )


def country_of(number: Expr, said: Expr) -> Expr:
    return chosen((matches(number, FROM_ABROAD), mapped(lowered(said), COUNTRIES)), otherwise=constant("GB"))


def seat(number: Expr, lines: Expr, city: Expr, postal_code: Expr, country: Expr) -> Expr:
    return many(
        record(
            kind=chosen((either(is_present(lines), is_present(city), is_present(postal_code)), constant("legal"))),
            street=lines,
            postal_code=postal_code,
            city=city,
            # the law has a British company's registered office where it was founded, and the country is often left out
            country_code=chosen(
                (is_present(country), mapped(lowered(country), COUNTRIES)),
                (negated(matches(number, FROM_ABROAD)), constant("GB")),
            ),
        ),
        need="kind",
    )


def founded(number: Expr, day: Expr) -> Expr:
    """Of a company from abroad the day is that on which it came."""
    return chosen((negated(matches(number, FROM_ABROAD)), day))


def industries(*codes: Expr) -> Expr:
    """Five digits are SIC 2007; four are of an older list, on companies that were never asked again."""
    return many(
        *(
            record(
                code=chosen((both(matches(code, r"\d{4,5}"), negated(is_in(code, NO_INDUSTRY))), code)),
                scheme=chosen((matches(code, r"\d{5}"), constant("SIC2007")), otherwise=constant("SIC2003")),
                rank=constant(rank),
            )
            for rank, code in enumerate(codes, start=1)
        ),
        need="code",
    )


def rejects(number: Expr, name: Expr) -> tuple[tuple[str, str, Expr], ...]:
    return (
        ("missing_number", "the row has no company number", negated(is_present(number))),
        (
            "invalid_number",
            "the company number is not eight digits, or two letters and six digits",
            negated(matches(number, NUMBER_FORM)),
        ),
        ("missing_name", "the row has no name", negated(is_present(name))),
    )


def sic(place: int) -> Expr:
    return replaced(column(f"SICCode.SicText_{place}"), r"^(\d{4,5})(\s+-.*)?$", r"\1")


def _sic_title(place: int) -> Expr:
    text = column(f"SICCode.SicText_{place}")
    return chosen((matches(text, r"\d{5}\s+-\s+.+"), replaced(text, r"^\d{5}\s+-\s+", "")))


def _sic_2007(place: int) -> Expr:
    return chosen((matches(sic(place), r"\d{5}"), sic(place)))


def sic_titles() -> tuple[tuple[str, Expr, Expr], ...]:
    return tuple(("SIC2007", _sic_2007(place), _sic_title(place)) for place in (1, 2, 3, 4))


def sic_code(place: int) -> Expr:
    return piece(column("sic_codes"), "\n", place)


def former_names() -> Expr:
    """Oldest first, as a profile's come."""
    return many(
        *(
            record(name=column(name), kind=constant("former"), to_date=date(column(day), "%d/%m/%Y"))
            for day, name in map(former_name, reversed(PREVIOUS))
        ),
        need="name",
    )


def holds(control: str) -> Expr:
    """Whether some line of what the owner holds is such."""
    return matches(column("data.natures_of_control"), rf"(?s)(.*\n)?({control})(\n.*)?")
