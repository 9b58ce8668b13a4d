"""How CVR's documents are read: status, employees, addresses, codes, names."""

from collections.abc import Callable, Mapping

from sources.fields import (
    Expr,
    both,
    chosen,
    column,
    constant,
    date,
    each,
    either,
    first,
    greatest,
    is_in,
    is_present,
    item,
    joined,
    lowered,
    mapped,
    matches,
    negated,
    picked,
    piece,
    record,
    replaced,
    strung,
)
from sources.registers._dk_cvr.columns import (
    ATTRIBUTE,
    BANKRUPT,
    CONTACT,
    COUNT,
    COUNTS,
    ENDED,
    FROM,
    INDUSTRIES,
    LIFE,
    META,
    MONTH_ENDS,
    NAME,
    NOT_STATED,
    PLACE,
    QUARTER_ENDS,
    SEAT,
    STATUS_NOTE,
    TO,
    VALUE,
)

NUMBER = replaced(column("cvrNummer"), r"\s", "")
NOW = negated(is_present(item(TO)))
SINCE = item(FROM)
FORM = column(f"{META}.nyesteVirksomhedsform.virksomhedsformkode")


def newest(name: str, keys: tuple[str, ...], result: Expr, *conditions: Expr, by: Expr = SINCE) -> Expr:
    """What the newest object of a list says, of those of which all these hold."""
    return picked(column(name), keys, result, where=both(*conditions) if conditions else None, newest=by)


STATUS = replaced(lowered(column(f"{META}.sammensatStatus")), r"[\s_]", "")
IS_MISTAKE = is_in(column("fejlRegistreret"), ("true",))
LIVES = is_present(column("livsforloeb"))
LIVES_NOW = is_present(picked(column("livsforloeb"), LIFE, constant("yes"), where=NOW))
IS_OVER = either(IS_MISTAKE, matches(STATUS, ENDED), both(LIVES, negated(LIVES_NOW)))
IS_BANKRUPT = either(
    matches(STATUS, BANKRUPT),
    both(
        is_in(lowered(column(f"{STATUS_NOTE}.kreditoplysningtekst")), ("konkurs",)),
        negated(is_present(column(f"{STATUS_NOTE}.{TO}"))),
    ),
)
ENDED_ON = chosen((negated(LIVES_NOW), date(newest("livsforloeb", LIFE, item(TO), by=item(TO)))))


def _stand(name: str, period: str, place: str) -> Expr:
    """A count of employees as text that sorts by the end of its period: `2026-03-31|2|ANTAL_20_49`."""
    of = f"{META}.{name}"
    ends = {"maaned": MONTH_ENDS, "kvartal": QUARTER_ENDS}
    end = mapped(column(f"{of}.{period}"), ends[period]) if period else constant("12-31")
    count = first(*(column(f"{of}.{key}") for key in COUNT))
    return strung("|", strung("-", column(f"{of}.aar"), end), constant(place), count)


def _newest_stand() -> Expr:
    """The count of the newest period, whichever statistic it is from."""
    return greatest(*(_stand(*one) for one in COUNTS))


STAND = _newest_stand()
EMPLOYEES = piece(STAND, "|", 3)
LEAST = replaced(EMPLOYEES, r"^(?:(?:ANTAL_)?(\d+)(?:_\d+)?|.*)$", r"\1")
# the last band ends at 999999: it is open
MOST = replaced(EMPLOYEES, r"^(?:ANTAL_\d+_9{5,}|(?:ANTAL_\d+_)?(\d+)|.*)$", r"\1")
COUNTED_ON = date(piece(STAND, "|", 1))


def seat(name: str) -> Expr:
    return column(f"{SEAT}.{name}")


def of_place(read: Callable[[str], Expr]) -> dict[str, Expr]:
    return {name: read(name) for name in PLACE}


def _street(of: Mapping[str, Expr]) -> Expr:
    """Street and number, floor and door, or a post office box, or an address abroad, which comes as free text."""
    number = joined(
        "-",
        joined("", of["husnummerFra"], of["bogstavFra"]),
        joined("", of["husnummerTil"], of["bogstavTil"]),
    )
    return joined(
        ", ",
        joined(" ", of["vejnavn"], number),
        joined(" ", replaced(of["etage"], r"^(\w+)$", r"\1."), of["sidedoer"]),
        replaced(of["postboks"], r"^(?i:postboks\s*)?(.+)$", r"Postboks \1"),
        replaced(of["fritekst"], r"\s*\n\s*", ", "),
    )


def address(kind: Expr, of: Mapping[str, Expr]) -> Expr:
    return record(
        kind=kind,
        street=_street(of),
        # numbers lose the zeros that they begin with
        postal_code=replaced(replaced(of["postnummer"], r"^0+$", ""), r"^(\d{3})$", r"0\1"),
        city=first(of["postdistrikt"], of["bynavn"]),
        municipality_code=replaced(of["kommune.kommuneKode"], r"^(\d{3})$", r"0\1"),
        municipality_name=of["kommune.kommuneNavn"],
        country_code=chosen((matches(of["landekode"], "[A-Z]{2}"), of["landekode"])),
    )


def _code(name: str) -> Expr:
    """An industry code; those that say that none was given are none."""
    code, since = column(f"{META}.{name}.branchekode"), column(f"{META}.{name}.{FROM}")
    stated = both(negated(is_in(code, NOT_STATED)), matches(since, r"\d{4}-.*"))
    return chosen((stated, replaced(code, r"^(\d{5})$", r"0\1")))


def _code_list(name: str) -> Expr:
    return list_since(column(f"{META}.{name}.{FROM}"))


def list_since(since: Expr) -> Expr:
    """The list of the time from which a code holds: DB25 since 2025, DB07 since 2008, DB93 and DB03 as one before."""
    return chosen(
        (matches(since, r"20(2[5-9]|[3-9]\d)-.*"), constant("DB25")),
        (matches(since, r"20(0[89]|1\d|2[0-4])-.*"), constant("DB07")),
        (matches(since, r"\d{4}-.*"), constant("DB03")),
    )


def industry(name: str, rank: int) -> Expr:
    return record(code=_code(name), scheme=_code_list(name), rank=constant(rank))


def titled(code_list: str) -> tuple[str, Expr, Expr]:
    """The main code with its title, where it is of this list."""
    name = INDUSTRIES[0]
    its = chosen((is_in(_code_list(name), (code_list,)), _code(name)))
    return code_list, its, column(f"{META}.{name}.branchetekst")


def contact(name: str, kind: str) -> Expr:
    """What lasts and is declared not secret."""
    open_to_all = both(NOW, is_in(item("hemmelig"), ("false",)))
    return each(name, CONTACT, record(kind=constant(kind), value=item("kontaktoplysning")), where=open_to_all)


def names(name: str, kind: Expr, where: Expr | None = None) -> Expr:
    named = record(name=item("navn"), kind=kind, from_date=date(item(FROM)), to_date=date(item(TO)))
    return each(name, NAME, named, where=where)


def attribute(kind: str) -> Expr:
    """The newest value of an attribute that lasts."""
    lasting = picked(item("vaerdier"), VALUE, item("vaerdi"), where=NOW, newest=SINCE)
    return picked(column("attributter"), ATTRIBUTE, lasting, where=is_in(item("type"), (kind,)))
