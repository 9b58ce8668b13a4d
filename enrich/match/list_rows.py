"""The rows of a list as candidates are found and compared by: normalised, as a table of references or as a side."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse
from enrich.crm.country import country_names
from enrich.crm.labels import fold_label
from enrich.match.lists import CompanyList, registration_key
from enrich.match.side import NAME, SIDE
from enrich.normalise.address import normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain
from enrich.normalise.parallel import address_keys_in_parallel, normalise_in_parallel
from enrich.progress import Progress

ROWS_AT_ONCE = 4_000_000
"""Rows of a list that are read and normalised together: about 2 GB of memory."""

_NUMBER = "number"
"""Both lists' registration numbers are taken to be of one scheme."""


@lru_cache(maxsize=10_000)
def _country(text: str) -> str | None:
    """A country's name or code as ISO 3166-1 alpha-2; a code that the table lacks stands for itself."""
    return country_names().get(fold_label(text)) or (text.upper() if len(text) == 2 and text.isalpha() else None)


def gather_parts(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The parts of a list joined to larger ones, worth sharing among processors."""
    waiting: list[pa.Table] = []
    for part in parts:
        waiting.append(part)
        if sum(each.num_rows for each in waiting) >= ROWS_AT_ONCE:
            yield pa.concat_tables(waiting)
            waiting.clear()
    if waiting:
        yield pa.concat_tables(waiting)


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
    for part in gather_parts(note_countries(opened.parts(), Counter() if unread is None else unread)):
        places = pa.array(np.arange(rows, rows + part.num_rows))
        scratch.load("match_listed", reference_table(part).append_column("place", places))
        rows += part.num_rows
        progress("read", rows, None)
    scratch.run("match/list_reference")


def query_side(part: pa.Table) -> pa.Table:
    """Rows of the left list as a side."""
    rows = reference_table(part)
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
            "phones": _listed(pa.nulls(part.num_rows, pa.string())),
            "postal_code": rows["postal_code"],
            "city_key": rows["city_key"],
            "address_key": rows["address_key"],
            "address_holders": pa.nulls(part.num_rows, pa.int64()),
            "is_live": pa.array([True] * part.num_rows),
            "entity_kind": pa.array(["legal_entity"] * part.num_rows),
        },
        schema=SIDE,
    )


def _listed(values: pa.Array, has_value: pa.Array | None = None) -> pa.ListArray:
    """Each value in a list of its own, empty where there is none."""
    present = pc.is_valid(values) if has_value is None else has_value
    ends = np.concatenate([[0], np.cumsum(present.to_numpy(zero_copy_only=False))]).astype(np.int32)
    return pa.ListArray.from_arrays(ends, values.filter(present))


def reference_table(part: pa.Table) -> pa.Table:
    """Rows of a list as rows of match_list, normalised."""
    normal = normalise_in_parallel(part["name"])
    core_name, core_key = (
        pc.if_else(pc.equal(normal[name], ""), None, normal[name]) for name in ("core_name", "core_key")
    )
    countries = _each(part["country"], _country)
    return pa.table(
        {
            "ref_id": pc.fill_null(part["id"], ""),
            "name": part["name"],
            "country_code": countries,
            "core_name": core_name,
            "core_key": core_key,
            "legal_form_class": normal["legal_form_class"],
            "domain": _each(part["domain"], employer_domain),
            "postal_code": _each(part["postal_code"], normalise_postal_code),
            "city_key": _each(part["city"], lru_cache(100_000)(normalise_city)),
            "address_key": address_keys_in_parallel(part),
            "number": _numbers(part["registration_number"], countries),
        }
    )


def _numbers(column: pa.ChunkedArray, countries: pa.Array) -> pa.Array:
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    stated = zip(column.to_pylist(), countries.to_pylist(), strict=True)
    return pa.array([registration_key(text, country) if text else None for text, country in stated], pa.string())


def _each(column: pa.ChunkedArray, normalise: Callable[[str], str | None]) -> pa.Array:
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    return pa.array([normalise(text) if text else None for text in column.to_pylist()], pa.string())
