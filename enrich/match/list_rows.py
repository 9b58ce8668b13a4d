"""The rows of a list as candidates are found and compared by: normalised, as a table of references or as a side."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import starmap

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse
from enrich.crm.country import country_names
from enrich.crm.labels import fold_label
from enrich.match.lists import COLUMNS, CompanyList, registration_key
from enrich.match.side import NAME, SIDE
from enrich.normalise.address import normalise_addresses, normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain
from enrich.normalise.name_table import normalise_name_column
from enrich.normalise.place import divide_place
from enrich.processes import gather_rows, share_rows
from enrich.progress import Progress

ROWS_AT_ONCE = 1_000_000
"""Rows loaded at once: in smaller parts the database takes three times as long."""

_NUMBER = "number"
"""Both lists' registration numbers are taken to be of one scheme."""


@lru_cache(maxsize=10_000)
def _country(text: str) -> str | None:
    """A country's name or code as ISO 3166-1 alpha-2; a code that the table lacks stands for itself."""
    return country_names().get(fold_label(text)) or (text.upper() if len(text) == 2 and text.isalpha() else None)


_PLACE = {
    "postal_code": r"\d[\s,;/–-]+\pL|\pL{3}",
    "city": r"^(?:\pL{1,3}\s?-\s?)?\d{3}",
}
"""What a cell looks like that may hold postal code and city in one; most lists have none, and are passed by as columns."""

_NORMAL = (
    "country_code", "core_name", "core_key", "legal_form_class", "domain", "postal_code", "city_key", "address_key", "number",
)  # fmt: skip

_VALUES: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
    ("country_code", "country", _country),
    ("domain", "domain", employer_domain),
    ("postal_code", "postal_code", normalise_postal_code),
    ("city_key", "city", normalise_city),
)


def note_countries(parts: Iterable[pa.Table], unread: Counter[str]) -> Iterator[pa.Table]:
    """The parts of a list; the countries that could not be read are counted on the way."""
    for part in parts:
        for stated in pc.value_counts(part["country"].combine_chunks()).to_pylist():
            if stated["values"] and _country(stated["values"]) is None:
                unread[stated["values"]] += stated["counts"]
        yield part


def load_list(
    scratch: Warehouse,
    opened: CompanyList,
    *,
    progress: Progress,
    unread: Counter[str] | None = None,
) -> None:
    """The rows of a list, normalised, as match_list of a scratch database and through the views that candidates are found by.

    `unread` counts the countries that could not be read.
    """
    progress("read", 0, None)
    scratch.run("match/lists")
    rows = 0
    parts = note_countries(opened.parts(), Counter() if unread is None else unread)
    normal = starmap(_listed_rows, share_rows(normalise_rows, parts, COLUMNS))
    for part in gather_rows(normal, ROWS_AT_ONCE):
        places = pa.array(np.arange(rows, rows + part.num_rows))
        scratch.load("match_listed", part.append_column("place", places))
        rows += part.num_rows
        progress("read", rows, None)
    scratch.run("match/list_reference")


def read_queries(parts: Iterable[pa.Table]) -> pa.Table:
    """The parts of the left list as a side."""
    normal = starmap(_listed_rows, share_rows(normalise_rows, parts, COLUMNS))
    return pa.concat_tables([SIDE.empty_table(), *map(_as_side, normal)]).combine_chunks()


def query_side(part: pa.Table) -> pa.Table:
    """Rows of the left list as a side."""
    return _as_side(reference_table(part))


def _as_side(rows: pa.Table) -> pa.Table:
    names = pa.StructArray.from_arrays(
        [rows[field].combine_chunks() for field in ("name", "core_name", "core_key", "legal_form_class")],
        fields=list(NAME),
    )
    has_name = pc.is_valid(rows["core_key"]).combine_chunks()
    return pa.table(
        {
            "id": rows["ref_id"],
            "names": _listed(names, has_name),
            "country_code": rows["country_code"],
            "numbers": _listed(pc.binary_join_element_wise(_NUMBER, rows["number"].combine_chunks(), ":")),
            "domains": _listed(rows["domain"].combine_chunks()),
            "phones": _listed(pa.nulls(rows.num_rows, pa.string())),
            "postal_code": rows["postal_code"],
            "city_key": rows["city_key"],
            "address_key": rows["address_key"],
            "is_live": pa.array([True] * rows.num_rows),
            "entity_kind": pa.array(["legal_entity"] * rows.num_rows),
            **dict.fromkeys(_UNSTATED, pa.nulls(rows.num_rows, pa.int64())),
        },
        schema=SIDE,
    )


_UNSTATED = ("address_holders", "street_holders", "employees_low", "employees_high")
"""Numbers that no row of a list states."""


def _listed(values: pa.Array, has_value: pa.Array | None = None) -> pa.ListArray:
    """Each value in a list of its own, empty where there is none."""
    present = pc.is_valid(values) if has_value is None else has_value
    ends = np.concatenate([[0], np.cumsum(present.to_numpy(zero_copy_only=False))]).astype(np.int32)
    return pa.ListArray.from_arrays(ends, values.filter(present))


def reference_table(part: pa.Table) -> pa.Table:
    """Rows of a list as rows of match_list, normalised."""
    return _listed_rows(part, normalise_rows(part))


def _listed_rows(part: pa.Table, normal: pa.Table) -> pa.Table:
    """Rows of match_list, of rows of a list and their normalised values."""
    nothing = pa.nulls(part.num_rows, pa.string())
    columns = {name: normal[name] if name in normal.column_names else nothing for name in _NORMAL}
    return pa.table({"ref_id": pc.fill_null(part["id"], ""), "name": part["name"], **columns})


def normalise_rows(stated: pa.Table) -> pa.Table:
    """The values of a list's rows as they are compared, of whichever of `COLUMNS` there are."""
    stated = _divide_places(stated)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        ours: _each(stated[theirs], normalise) for ours, theirs, normalise in _VALUES if theirs in stated.column_names
    }
    if "name" in stated.column_names:
        names = normalise_name_column(stated["name"].to_pylist())
        columns |= {name: names[name] for name in names.column_names}
    if "street" in stated.column_names:
        columns["address_key"] = pa.array(
            normalise_addresses(*(_texts(stated, name) for name in ("street", "postal_code", "city"))), pa.string()
        )
    if "registration_number" in stated.column_names:
        countries = columns["country_code"].to_pylist() if "country_code" in columns else [None] * stated.num_rows
        numbers = zip(_texts(stated, "registration_number"), countries, strict=True)
        columns["number"] = pa.array(
            [registration_key(text, country) if text else None for text, country in numbers], pa.string()
        )
    return pa.table(columns)


def _divide_places(stated: pa.Table) -> pa.Table:
    """The rows with postal code and city apart where they stand in one cell; the same table where they never do."""
    columns = [pa.array(_texts(stated, name), pa.string()) for name in _PLACE]
    found = [pc.match_substring_regex(column, form) for column, form in zip(columns, _PLACE.values(), strict=True)]
    is_one = pc.fill_null(pc.or_kleene(*found), False)
    if not pc.any(is_one).as_py():
        return stated
    countries = pa.array(_texts(stated, "country"), pa.string())
    rows = zip(*(column.filter(is_one).to_pylist() for column in (*columns, countries)), strict=True)
    divided = [divide_place(code or None, city or None, _country(country or "")) for code, city, country in rows]
    for name, column, parts in zip(_PLACE, columns, zip(*divided, strict=True), strict=True):
        stated = stated.drop_columns([name] if name in stated.column_names else [])
        stated = stated.append_column(name, pc.replace_with_mask(column, is_one, pa.array(parts, pa.string())))
    return stated


def _texts(stated: pa.Table, name: str) -> list[str | None]:
    texts: list[str | None] = stated[name].to_pylist() if name in stated.column_names else [None] * stated.num_rows
    return texts


def _each(column: pa.ChunkedArray, normalise: Callable[[str], str | None]) -> pa.Array:
    """Each value normalised, those that many rows share once."""
    stated = column.combine_chunks().dictionary_encode()
    values = pa.array([normalise(text) if text else None for text in stated.dictionary.to_pylist()], pa.string())
    return values.take(stated.indices)
