"""Records that were flattened to text, as the columns of a table."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa


def text_schema(names: Iterable[str]) -> pa.Schema:
    """Columns of text."""
    return pa.schema([(name, pa.string()) for name in names])


def text_table(rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> pa.Table:
    r"""The rows with these columns; null where a row lacks one.

    >>> text_table([{"a": "1"}, {"b": "\ud800 2"}], ["a", "b"]).to_pylist()
    [{'a': '1', 'b': None}, {'a': None, 'b': '? 2'}]
    """
    return pa.table([_texts([row.get(name) for row in rows]) for name in names], schema=text_schema(names))


def _texts(values: list[str | None]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, written as an escape: no character
        whole = [value and value.encode("utf-8", "replace").decode() for value in values]
        return pa.array(whole, pa.string())
