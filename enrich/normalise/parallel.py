"""Long lists of names and addresses normalised on all processors."""

from collections.abc import Sequence

import pyarrow as pa

from enrich.normalise.address import normalise_addresses
from enrich.normalise.name import normal_columns
from enrich.processes import share_work

ALONE = 100_000
"""Rows up to which starting other processes costs more than it saves."""

AT_ONCE = 50_000
"""Rows handed to a process at a time."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("core_name", "core_key", "name_key", "legal_form_class")])


def normalise_in_parallel(names: pa.ChunkedArray | Sequence[str]) -> pa.Table:
    """Names in their comparable forms (`NormalName`), a row each in the same order; a null name gives empty texts.

    More than `ALONE` names are shared among processes, as many as there are processors, each of which holds about
    300 MB at most.

    >>> normalise_in_parallel(["Bjørn Dåhle AS"]).to_pylist()
    [{'core_name': 'bjorn dahle', 'core_key': 'bjorndahle', 'name_key': 'bjorndahle|as', 'legal_form_class': 'as'}]
    """
    column = names if isinstance(names, pa.ChunkedArray) else pa.chunked_array([pa.array(names, pa.string())])
    # combined: a mere slice would take the whole column along to the other process
    parts = [column.slice(start, AT_ONCE).combine_chunks() for start in range(0, len(column), AT_ONCE)]
    processes = 1 if len(column) <= ALONE else None
    return pa.Table.from_batches(share_work(normalise_part, parts, processes=processes), SCHEMA)


def normalise_part(names: pa.Array) -> pa.RecordBatch:
    """As `normalise_in_parallel`, in this process."""
    columns = normal_columns([name or "" for name in names.to_pylist()])
    return pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=SCHEMA)


def address_keys_in_parallel(rows: pa.Table) -> pa.Array:
    """The address (`normalise_address`) of each row's `street`, `postal_code` and `city`, shared among processes likewise."""
    if rows["street"].null_count == len(rows):
        return pa.nulls(len(rows), pa.string())
    columns = rows.select(["street", "postal_code", "city"])
    parts = [columns.slice(start, AT_ONCE).combine_chunks() for start in range(0, len(rows), AT_ONCE)]
    processes = 1 if len(rows) <= ALONE else None
    return pa.concat_arrays(list(share_work(_address_keys, parts, processes=processes)))


def _address_keys(part: pa.Table) -> pa.Array:
    streets, postal_codes, cities = (column.to_pylist() for column in part.columns)
    return pa.array(normalise_addresses(streets, postal_codes, cities), pa.string())
