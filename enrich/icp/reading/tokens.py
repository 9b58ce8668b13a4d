"""A text as words, numbers, quotations and marks, each as it was written."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

TokenKind = Literal["word", "number", "day", "quoted", "mark"]

_TOKEN = re.compile(
    r"""
    [«"“”„](?P<quoted>[^«»"“”„]{1,200})[»"”“]
  | (?<!\w)'(?P<single>[^']{2,200})'(?!\w)
  | (?P<day>(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{4}(?!\d))  # 01.06.2026
  | (?P<number>\d{1,3}(?:[ .,’'\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)
  | (?P<word>
        (?<!\w)(?:ikke|icke|non)(?=-[^\W\d_])(?!-profit)  # "non-Norwegian"
      | (?:a/s(?![^\W\d_])|(?:og|och|and|ja)/(?:eller|or|tai)\b|[^\W\d_])
        (?:\w|[-'’:&.](?=[^\W\d_]))*
        (?:-(?=\s))?  # "bygg- og anlegg"
    )
  | (?P<mark>[<>]=|[^\s\w])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_KINDS: Mapping[str, TokenKind] = {
    "quoted": "quoted",
    "single": "quoted",
    "number": "number",
    "day": "day",
    "word": "word",
    "mark": "mark",
}
_GROUPED = re.compile(r"\d{1,3}([ .,’'\u00a0\u202f])\d{3}(\1\d{3})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the text: `text` as written, `key` as it is looked up, `value` of a number."""

    kind: TokenKind
    text: str
    key: str
    start: int
    value: Decimal | None = None
    is_spaced: bool = False
    """Whether white space stands before it."""


def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in order; white space and control characters part them and are dropped.

    >>> [(each.kind, each.key) for each in tokenise("IT-selskaper, 1 500+ ansatte")]
    [('word', 'it-selskaper'), ('mark', ','), ('number', '1 500'), ('mark', '+'), ('word', 'ansatte')]
    >>> [str(each.value) for each in tokenise("1,5 1.500 2,5 10.000.000")]
    ['1.5', '1500', '2.5', '10000000']
    """
    normal = unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")
    found = []
    for match in _TOKEN.finditer(normal):
        group = match.lastgroup or ""
        kind = _KINDS[group]
        written = match[group] if kind == "quoted" else match[0]
        found.append(
            Token(
                kind=kind,
                text=written,
                key=written.casefold(),
                start=match.start(),
                value=_read_number(written) if kind == "number" else None,
                is_spaced=match.start() > 0 and normal[match.start() - 1].isspace(),
            )
        )
    return tuple(found)


def as_written(tokens: Sequence[Token]) -> str:
    """The tokens as the text has them, white space as one space.

    >>> as_written(tokenise("over  $5m i omsetning,")[:-1])
    'over $5m i omsetning'
    """
    return "".join(" " * (token.is_spaced and token is not tokens[0]) + token.text for token in tokens)


def _read_number(written: str) -> Decimal:
    if _GROUPED.fullmatch(written):
        return Decimal(re.sub(r"\D", "", written))
    return Decimal(re.sub(r"[^\d.,]", "", written).replace(",", "."))
