"""Industry codes as they are asked for: digits, a country's own letter behind them, or the letter of a section."""

import re
from collections.abc import Iterable, Mapping

from enrich.icp.correspondence import bare_code

_CODE = re.compile(r"[A-Z]?\d{1,2}(?:\.?\d+)*|[A-Z]?\d{2}\.?\d{2}\.?\d*\.?[A-Z]")
"""A country's own letter stands behind a class, which has four digits: 6X is a slip of the pen."""
_UNDIVIDED = "Z"
"""France and Poland write it behind a class of NACE that they leave whole: 62.01Z is 62.01."""

SECTIONS: Mapping[str, range] = {
    "A": range(1, 4), "B": range(5, 10), "C": range(10, 34), "D": range(35, 36), "E": range(36, 40),
    "F": range(41, 44), "G": range(45, 48), "H": range(49, 54), "I": range(55, 57),
}  # fmt: skip
"""Divisions of the sections whose letter means the same in NACE Rev. 2 and 2.1 (Regulations (EC) 1893/2006, (EU) 2023/137)."""

_MOVED: Mapping[str, tuple[str, str]] = {
    "J": ("58-63", "58-60"), "K": ("64-66", "61-63"), "L": ("68", "64-66"), "M": ("69-75", "68"), "N": ("77-82", "69-75"),
    "O": ("84", "77-82"), "P": ("85", "84"), "Q": ("86-88", "85"), "R": ("90-93", "86-88"), "S": ("94-96", "90-93"),
    "T": ("97-98", "94-96"), "U": ("99", "97-98"),
}  # fmt: skip
"""Divisions of the sections that have another letter in NACE Rev. 2.1 than in Rev. 2."""


def check_industry_code(asked: str) -> None:
    """Raise ValueError where a code (letters of either case) can be none of any list, or where its letter could mean two things.

    >>> check_industry_code("62.01Z"), check_industry_code("C")
    (None, None)
    >>> check_industry_code("J")
    Traceback (most recent call last):
    ValueError: the section 'J' is 58-63 in NACE Rev. 2 and 58-60 in Rev. 2.1; write its divisions, such as 58, 59
    """
    code = asked.upper()
    if code in _MOVED:
        earlier, later = _MOVED[code]
        first = int(earlier[:2])
        raise ValueError(
            f"the section {code!r} is {earlier} in NACE Rev. 2 and {later} in Rev. 2.1; "
            f"write its divisions, such as {first}" + (f", {first + 1}" if "-" in earlier else "")
        )
    if code not in SECTIONS and _CODE.fullmatch(code) is None:
        raise ValueError(f"{asked!r} is no industry code; write it or its first digits, such as 62, 63.1 or 62.100")


def list_prefixes(code: str) -> tuple[str, ...]:
    """How the codes begin, without points, that are asked for by one: a section by its divisions, a class left whole by its digits.

    >>> list_prefixes("63.1"), list_prefixes("62.01Z"), list_prefixes("43.22A"), list_prefixes("F")
    (('631',), ('6201',), ('4322A',), ('41', '42', '43'))
    """
    if code in SECTIONS:
        return tuple(f"{division:02}" for division in SECTIONS[code])
    return (bare_code(code).removesuffix(_UNDIVIDED),)


def list_divided(codes: Iterable[str]) -> tuple[str, ...]:
    """The classes, without points, of which a country's own part is asked for: elsewhere nobody knows who is in it.

    >>> list_divided(["43.22A", "62.01Z", "62"])
    ('4322',)
    """
    bare = [prefix for code in codes for prefix in list_prefixes(code)]
    return tuple(prefix[:-1] for prefix in bare if prefix[-1].isalpha())
