"""Lists of companies in CSV or Parquet files, read column by column: only the columns that linking knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from enrich.errors import InputInvalid

COLUMNS = ("name", "country", "domain", "street", "city", "postal_code", "registration_number")
"""What is read beside the id; any other column is not."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("id", *COLUMNS)])

ROWS_AT_ONCE = 100_000


def read_list(path: Path, *, id_column: str | None, option: str) -> Iterator[pa.Table]:
    """The rows of a list, in parts, as text columns `id` and `COLUMNS`; a column that the file lacks is null.

    `option` names the command-line option that would say which column holds the id. Raises `InputInvalid` where the
    file is not readable, has no id or no name, or a row without an id.
    """
    with refusing_unreadable(path):
        yield from _read(path, id_column, option)


@contextmanager
def refusing_unreadable(path: Path) -> Iterator[None]:
    """What goes wrong while a list is read becomes `InputInvalid`, with what to do."""
    try:
        yield
    except FileNotFoundError:
        raise InputInvalid(f"There is no file {path}.") from None
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise InputInvalid(
            f"{path} cannot be read as a list of companies: {error}. Save it as CSV in UTF-8, every row with as many "
            "cells as the header, or as Parquet."
        ) from error
    except OSError as error:
        raise InputInvalid(f"{path} cannot be read: {error.strerror or error}.") from error


def _read(path: Path, id_column: str | None, option: str) -> Iterator[pa.Table]:
    if path.suffix == ".parquet":
        file = pa.parquet.ParquetFile(path)
        wanted = choose_columns(path, file.schema_arrow.names, id_column, option)
        batches = file.iter_batches(ROWS_AT_ONCE, columns=sorted(set(wanted.values())))
    else:
        with path.open(encoding="utf-8-sig") as text:
            header = text.readline()
        if not header.strip():
            raise InputInvalid(f"{path} is empty.")
        parse = pa.csv.ParseOptions(delimiter=max(",;\t", key=header.count), newlines_in_values=True)
        names = pa.csv.open_csv(path, parse_options=parse).schema.names
        wanted = choose_columns(path, names, id_column, option)
        batches = pa.csv.open_csv(
            path,
            parse_options=parse,
            convert_options=pa.csv.ConvertOptions(
                include_columns=sorted(set(wanted.values())),
                column_types=dict.fromkeys(wanted.values(), pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    for batch in batches:
        refuse_without_id(path, batch[wanted["id"]].null_count, wanted["id"], option)
        yield pa.table(
            [
                batch[wanted[name]].cast(pa.string()) if name in wanted else pa.nulls(batch.num_rows, pa.string())
                for name in SCHEMA.names
            ],
            schema=SCHEMA,
        )


def refuse_without_id(path: Path, rows: int, id_column: str, option: str) -> None:
    """Raise `InputInvalid` where there are rows without an id."""
    if rows:
        raise InputInvalid(
            f"{path}: {rows:,} rows have no value in their id column {id_column!r}, so no link could say which "
            f"row it means. Fill it in, or name another column with {option}."
        )


def choose_columns(path: Path, names: list[str], id_column: str | None, option: str) -> dict[str, str]:
    """Our name of each column that is read to the file's; raises `InputInvalid` where there is no id or no name."""
    if (id_column or "id") not in names:
        raise InputInvalid(
            f"{path} has no column {id_column or 'id'!r}. It has: {', '.join(names)}. "
            f"Say which one identifies a row with {option}."
        )
    if "name" not in names:
        raise InputInvalid(f"{path} has no column 'name'. It has: {', '.join(names)}.")
    return {"id": id_column or "id"} | {name: name for name in COLUMNS if name in names}


@lru_cache(maxsize=10_000)
def registration_key(text: str) -> str | None:
    """A registration number as letters and digits, without the country and tax marks of a VAT number.

    >>> registration_key("NO 923 609 016 MVA"), registration_key("556016-0680"), registration_key("-")
    ('923609016', '5560160680', None)
    """
    key = "".join(letter for letter in text.upper() if letter.isalnum()).removesuffix("MVA")
    return (key[2:] if key[:2].isalpha() and key[2:].isdigit() else key) or None
