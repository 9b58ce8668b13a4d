"""Countries as people write them (`countries.toml`), as ISO 3166-1 alpha-2."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from enrich.crm.labels import fold_label
from enrich.crm.read import Cell
from enrich.crm.values import ValueUnreadable, read_text


def read_country(cell: Cell) -> str | None:
    """The country that a code or a name in English, Swedish, Finnish, Norwegian or Danish means.

    >>> read_country("norja"), read_country("se"), read_country("U.K."), read_country("DNK"), read_country("")
    ('NO', 'SE', 'GB', 'DK', None)
    >>> read_country("Norway, Sweden")
    Traceback (most recent call last):
    enrich.crm.values.ValueUnreadable: it is no country by code or name
    """
    text = read_text(cell)
    if text is None:
        return None
    found = country_names().get(fold_label(text))
    if found is None:
        raise ValueUnreadable("unknown_country", "it is no country by code or name")
    return found


@cache
def country_names() -> Mapping[str, str]:
    """Folded name or code to alpha-2 code."""
    return {fold_label(name): code for code, names in _read_table().items() for name in (code, *names)}


def english_name(code: str) -> str:
    """The English name of a country; the code itself where the table has none.

    >>> english_name("NO"), english_name("XX")
    ('Norway', 'XX')
    """
    names = _read_table().get(code)
    return names[1] if names is not None else code


@cache
def _read_table() -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads(
        files("enrich.crm").joinpath("countries.toml").read_text(encoding="utf-8")
    )
    return table
