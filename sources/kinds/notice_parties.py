"""Who buys and who won, out of a notice of a public tender: by number only, and only where the number can be read.

A notice names its parties in lists that need not go together: names, numbers and countries of all winners, lot after lot,
the same one again and again, some with two numbers and some with none. So a number is taken with a country only where
the lists say which, and an amount is a party's only where there is no other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SPACING = re.compile(r"[\s.\-/_:,]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberForm:
    """How numbers of companies of a country are written in notices: capital letters and digits, all else taken out.

    `patterns` find the number in their first group, of `length` digits; they are tried in order. `weights` check it by
    11 where there are any, else by Luhn. `spelled` is how a register spells it, of the number as the groups of `parts`.
    `person` fits numbers that are or may be a natural person's own.
    """

    scheme: str
    patterns: tuple[str, ...]
    weights: tuple[int, ...] = ()
    parts: str = r"(.*)"
    spelled: str = r"\1"
    person: str = r"(?!)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A buyer or winner: its number in a scheme, or what is wrong with the number that stands there; never the name.

    `problem` is missing_number, not_aligned, unknown_form, or null. `is_sole`: the notice names no other in this role.
    """

    scheme: str | None = None
    value: str | None = None
    problem: str | None = None
    is_sole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """All of one role in a notice, each once, in order of number; `person_count` were left out as natural persons."""

    parties: tuple[Party, ...]
    person_count: int


def read_parties(
    numbers: Sequence[str],
    countries: Sequence[str],
    name_count: int,
    forms: Mapping[str, NumberForm],
    *,
    numberless: bool = False,
) -> Parties:
    """The parties whose numbers, countries and names stand in these lists.

    `name_count` counts different names, `numberless` says that somebody stands there without a number.

    Numbers go with countries one by one where the lists are as long as each other, and as long as that of names where
    countries differ; all with the one country where there is but one.
    """
    distinct = list(dict.fromkeys(countries))
    if len(distinct) == 1:
        paired: list[tuple[str, str | None]] = [(number, distinct[0]) for number in numbers]
    elif len(numbers) == len(countries):
        paired = list(zip(numbers, countries, strict=True))
    else:
        paired = [(number, None) for number in numbers]
    found: dict[tuple[str, str], None] = {}
    problems, persons = [], 0
    for number, country in dict.fromkeys(paired):
        form = forms.get(country or "")
        if country is None:
            problems.append("not_aligned")
        elif form is None:
            problems.append("unknown_form")
        elif re.fullmatch(form.person, bare := _bare(number)):
            persons += 1
        elif (value := read_number(bare, form)) is None:
            problems.append("unknown_form")
        else:
            found[form.scheme, value] = None
    if numberless or (not numbers and name_count):
        problems.append("missing_number")
    is_sole = len(found) == 1 and not problems and not persons and name_count <= 1
    readable = [Party(scheme=scheme, value=value, is_sole=is_sole) for scheme, value in sorted(found)]
    return Parties(parties=(*readable, *(Party(problem=problem) for problem in problems)), person_count=persons)


def read_number(text: str, form: NumberForm) -> str | None:
    r"""The number as its register spells it; null where it is none.

    >>> norway = NumberForm(scheme="NO-ORGNR", patterns=(r"(?:NO)?(\d{9})(?:MVA)?",), weights=(3, 2, 7, 6, 5, 4, 3, 2, 1))
    >>> read_number("NO 923 609 016 MVA", norway), read_number("923609017", norway), read_number("923609016X", norway)
    ('923609016', None, None)
    """
    bare = _bare(text)
    for pattern in form.patterns:
        match = re.fullmatch(pattern, bare)
        if match is not None and _is_valid(match[1], form.weights):
            return re.sub(f"^{form.parts}$", form.spelled, match[1])
    return None


def _bare(text: str) -> str:
    return _SPACING.sub("", text).upper()


def _is_valid(digits: str, weights: tuple[int, ...]) -> bool:
    if weights:
        return len(digits) == len(weights) and sum(map(int.__mul__, map(int, digits), weights)) % 11 == 0
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def texts(value: Any) -> list[str]:  # noqa: ANN401 - a raw payload
    """All texts of a value, of a list, or of a map by language: of one language, since the others say the same.

    >>> texts({"nor": ["A AS", "B AS"], "eng": ["A AS"]}), texts("x"), texts(None), texts(["x", None, ["y"]])
    (['A AS', 'B AS'], ['x'], [], ['x', 'y'])
    """
    if isinstance(value, Mapping):
        return max((texts(inner) for inner in value.values()), key=len, default=[])
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [] if value is None or not (text := str(value).strip()) else [text]


def one_text(value: Any, languages: Sequence[str]) -> str | None:  # noqa: ANN401 - a raw payload
    """The first text in the first of these languages that there is, else in whichever comes first by name."""
    if isinstance(value, Mapping):
        chosen = [*(name for name in languages if name in value), *sorted(value)]
        return next((text for name in chosen for text in texts(value[name])), None)
    return next(iter(texts(value)), None)


def one_amount(amounts: Any, currencies: Any) -> tuple[str, str] | None:  # noqa: ANN401 - a raw payload
    """The one amount with its currency (ISO 4217); null where there are several, or where it is no amount of a contract.

    0 and 1 are what people write into a field that may not be empty.

    >>> one_amount("442932.50", "NOK"), one_amount(["5", "7"], ["NOK"]), one_amount("1", "NOK"), one_amount("5000", None)
    (('442932.50', 'NOK'), None, None, None)
    """
    figures, codes = set(texts(amounts)), set(texts(currencies))
    if len(figures) != 1 or len(codes) != 1:
        return None
    [figure], [code] = figures, codes
    if re.fullmatch(r"\d{1,18}(\.\d{1,6})?", figure) is None or re.fullmatch(r"[A-Z]{3}", code) is None:
        return None
    return None if float(figure) <= 1 else (figure, code)


def rows_of(
    base: Mapping[str, Any], role: str, parties: Parties, amount: tuple[str, str] | None
) -> Iterator[dict[str, Any]]:
    """A row for each party: the notice's own `base`, `party` (`role`, `number` in order, and what it has), and its amount.

    The amount is of the whole notice: nobody's where there is another in the role.
    """
    for number, party in enumerate(parties.parties, 1):
        value, currency = amount if amount is not None and party.is_sole else (None, None)
        said = {
            "role": role,
            "number": str(number),
            "scheme": party.scheme,
            "value": party.value,
            "problem": party.problem,
        }
        yield {**base, "party": said, "amount": value, "currency": currency}
