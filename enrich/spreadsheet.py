"""Cells of the files that we write, as a spreadsheet shows them and never runs them.

A cell that a spreadsheet would read as a formula gets a leading apostrophe (OWASP), but a plain number or phone number,
`+47 22 22 55 55`, has nothing to execute and stays as it is.
"""

import re

_FORMULA_START = tuple("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d .,]*")


def formula_safe(cell: str) -> str:
    """The cell so that a spreadsheet shows it and never runs it.

    >>> formula_safe("=1+1"), formula_safe("@SUM(A1)"), formula_safe("+47 22 22 55 55"), formula_safe("-2+3")
    ("'=1+1", "'@SUM(A1)", '+47 22 22 55 55', "'-2+3")
    """
    risky = cell.lstrip(" ").startswith(_FORMULA_START) or cell.startswith(_FORMULA_START)
    return f"'{cell}" if risky and not _PLAIN_NUMBER.fullmatch(cell) else cell
