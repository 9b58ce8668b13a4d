"""The words of CRM exports (`labels.toml`) as look-ups: which field a column is, which value a label means."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

KINDS = ("companies", "contacts", "deals", "owners")


@lru_cache(maxsize=10_000)
def fold_label(text: str) -> str:
    """A label without case, spaces, punctuation, or the place that `read.py` adds to a name met twice.

    >>> fold_label("Company_Name"), fold_label("Antal anställda "), fold_label("Name (column 4)")
    ('companyname', 'antalanställda', 'name')
    """
    bare = re.sub(r" \(column \d+\)$", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\W_]+", "", bare.casefold())


@cache
def fields_of(kind: str) -> tuple[str, ...]:
    """Our fields of a kind, in the order of the data file.

    >>> fields_of("owners")[:3]
    ('owner_id', 'crm_key', 'email')
    """
    return tuple(_read()[kind])


def names_of(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Each field of a kind with the names of columns that are it, as the data file has them.

    >>> names_of("owners")["owner_id"][:2]
    ('Owner ID', 'Ägar-ID')
    """
    return {field: tuple(names) for field, names in _read()[kind].items()}


@cache
def labels_of(section: str) -> Mapping[str, str]:
    """Folded label to field or value, for a kind or a list of values; the field's own name is a label too.

    >>> labels_of("companies")["företagsnamn"], labels_of("deal_stage")["closedwon"], labels_of("boolean")["kyllä"]
    ('name', 'won', 'true')
    """
    found: dict[str, str] = {}
    for field, labels in _read()[section].items():
        for label in (field, *labels):
            if found.setdefault(fold_label(label), field) != field:
                raise ValueError(f"labels.toml: {label!r} is in {section}.{field} and in {found[fold_label(label)]}")
    return found


@cache
def values_of(section: str) -> tuple[str, ...]:
    """The values of a list of them, in the order of the data file.

    >>> values_of("deal_stage")
    ('open', 'won', 'lost')
    """
    return tuple(_read()[section])


@cache
def telling_fields(kind: str) -> frozenset[str]:
    """Fields by which a file shows that it holds this kind."""
    return frozenset(_read()["telling"][kind])


@cache
def never_stored() -> frozenset[str]:
    """Folded labels of columns that are dropped as soon as they are read."""
    return frozenset(fold_label(label) for label in _read()["never_store"]["columns"])


@cache
def _read() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("enrich.crm").joinpath("labels.toml").read_text(encoding="utf-8"))
