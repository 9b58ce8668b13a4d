"""The normalise stage: every source record's latest version in comparable form, `core.record_key` and its sisters."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.normalise.address import normalise_addresses, normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain
from enrich.normalise.name_table import normalise_name_column
from enrich.normalise.phone import normalise_phone
from enrich.progress import Progress

NORMALISER_VERSION = 6
"""Raised whenever a normaliser gives another result, or the tables change: all records are then normalised anew."""

ROWS_AT_ONCE = 100_000

_SAME_AS_SOURCE = (
    "record_id", "source", "country_code", "entity_kind", "is_natural_person", "is_live", "name", "content_hash", "mapping_version",
)  # fmt: skip


def normalise_records(warehouse: Warehouse, progress: Progress) -> int:
    """Normalise the records whose latest version has not been yet, and give their number.

    Killed midway, it goes on where it stopped: what is missing from `core.record_key` waits.
    """
    is_made = bool(warehouse.count("normalise/count_made"))
    # earlier tables may lack a column
    if not is_made or warehouse.count("normalise/count_outdated", normaliser_version=NORMALISER_VERSION):
        with warehouse.transaction():
            warehouse.run("normalise/drop")
            warehouse.run("normalise/create")
    warehouse.run("normalise/collect")
    waiting = warehouse.count("normalise/count_todo")
    for low in range(0, waiting, ROWS_AT_ONCE):
        progress("normalise", low, waiting)
        span = {"low": low, "high": low + ROWS_AT_ONCE}
        # further names first: a record counts as done once it is in core.record_key
        names = warehouse.table("normalise/todo_names", **span)
        if names.num_rows:
            warehouse.load("core.record_name", normalise_name_table(names))
        warehouse.load("core.record_key", normalise_table(warehouse.table("normalise/todo", **span)))
    progress("normalise", waiting, waiting)
    warehouse.run("normalise/drop_todo")
    return waiting


def normalise_table(records: pa.Table) -> pa.Table:
    """Rows of `normalise/todo` as rows of `core.record_key`."""
    countries = records["country_code"].to_pylist()
    names = normalise_name_column(records["name"].to_pylist(), with_name_keys=True)
    return pa.table(
        {
            **{column: records[column] for column in _SAME_AS_SOURCE},
            **{column: names[column] for column in ("core_name", "core_key", "name_key", "legal_form_class")},
            "domain": _each(records["website"], employer_domain),
            "email_domain": _each(records["email"], employer_domain),
            "phone": _phones(records["phone"], countries),
            "mobile": _phones(records["mobile"], countries),
            "postal_code": _each(records["postal_code"], lru_cache(100_000)(normalise_postal_code)),
            "city_key": _each(records["city"], lru_cache(100_000)(normalise_city)),
            "address_key": _addresses(records),
            "normaliser_version": pa.array([NORMALISER_VERSION] * records.num_rows, pa.int32()),
        }
    )


def normalise_name_table(names: pa.Table) -> pa.Table:
    """Rows of `normalise/todo_names` as rows of `core.record_name`."""
    normal = normalise_name_column(names["name"].to_pylist())
    return names.append_column("core_name", normal["core_name"]).append_column("core_key", normal["core_key"])


def _each(column: pa.ChunkedArray, normalise: Callable[[str], str | None]) -> pa.Array:
    return pa.array([None if text is None else normalise(text) for text in column.to_pylist()], pa.string())


def _addresses(records: pa.Table) -> pa.Array:
    """None of a natural person, who is found by number only: it would be their home."""
    streets, postal_codes, cities = (records[name].to_pylist() for name in ("street", "postal_code", "city"))
    theirs = records["is_natural_person"].to_pylist()
    streets = [None if is_theirs else street for street, is_theirs in zip(streets, theirs, strict=True)]
    return pa.array(normalise_addresses(streets, postal_codes, cities), pa.string())


def _phones(column: pa.ChunkedArray, countries: Sequence[str | None]) -> pa.Array:
    return pa.array(
        [
            None if text is None else normalise_phone(text, country)
            for text, country in zip(column.to_pylist(), countries, strict=True)
        ],
        pa.string(),
    )
