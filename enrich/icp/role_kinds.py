"""Kinds of roles by the names that people use, as the codes in which registers state them.

Norway's register is the only one whose roles are read: a role has its own code (`LEDE`, chair) and that of its group (`STYR`,
the board). That somebody holds a role is a company's affair; who it is stays in the people file.
"""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, ...]] = {
    "accountant": ("REGN",),
    "auditor": ("REVI",),
    "board": ("STYR",),
    "ceo": ("DAGL",),
    "chair": ("LEDE",),
    "contact": ("KONT",),
    "partner": ("DTPR", "DTSO"),
}
"""Names to codes of Brønnøysundregistrene's roles and groups of roles."""


def find_role_codes(asked: str) -> tuple[str, ...] | None:
    """The codes of a kind of role, or the code itself; null where it is neither.

    >>> find_role_codes("Auditor"), find_role_codes("nest"), find_role_codes("revisor")
    (('REVI',), ('NEST',), None)
    """
    if asked.lower() in KINDS:
        return KINDS[asked.lower()]
    return (asked.upper(),) if len(asked) == CODE_LETTERS and asked.isalpha() else None


CODE_LETTERS = 4
"""Letters of a role's code."""
