"""Lists of companies in files, of which only the columns are read that linking knows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from enrich.crm.labels import fold_label, labels_of
from enrich.errors import InputInvalid
from enrich.match.list_file import ListFile, open_list_file

COLUMNS = ("name", "country", "domain", "street", "city", "postal_code", "registration_number")
"""What is read beside the id; any other column is not."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("id", *COLUMNS)])

FEWEST_DIGITS = 4
"""A number of fewer digits, or of one digit over and over, stands for none."""

VAT_MARKS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
})  # fmt: skip
"""How VAT numbers begin, of the EU's members, Norway and Great Britain."""

_COUNTRY_OF_MARK = {"EL": "GR", "XI": "GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyList:
    """A list that was opened: its file, and our name of each column that is read to the file's."""

    file: ListFile
    columns: Mapping[str, str]
    option: str
    """The command-line option that would say which column holds the id."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.file.path

    def parts(self) -> Iterator[pa.Table]:
        """Its rows as text columns `id` and `COLUMNS`; a column that the file lacks is null. Raises as `open_list` does."""
        wanted = self.columns
        with refusing_unreadable(self.path):
            batches = iter(self.file.batches(list(wanted.values())))
            for batch in batches:
                if without := batch[wanted["id"]].null_count:
                    without += sum(each[wanted["id"]].null_count for each in batches)
                    refuse_without_id(self.path, without, wanted["id"], self.option)
                yield pa.table(
                    [
                        batch[wanted[name]].cast(pa.string())
                        if name in wanted
                        else pa.nulls(batch.num_rows, pa.string())
                        for name in SCHEMA.names
                    ],
                    schema=SCHEMA,
                )


def open_list(
    path: Path, *, id_column: str | None, option: str, columns: Mapping[str, str] | None = None
) -> CompanyList:
    """A list in a file of any form that `import` reads too, or Parquet. `columns` names those that are called otherwise than ours.

    `option` names the command-line option that would say which column holds the id. Raises `InputInvalid` where the
    file is not readable, has no id or no name, or a row without an id.
    """
    with refusing_unreadable(path):
        file = open_list_file(path)
        return CompanyList(
            file=file, columns=choose_columns(path, file.names, id_column, option, columns), option=option
        )


def compared_columns(mine: CompanyList, theirs: CompanyList) -> tuple[str, ...]:
    """The columns that both lists have, by which their rows are compared."""
    return tuple(name for name in COLUMNS if name in mine.columns and name in theirs.columns)


def say_columns(*lists: CompanyList) -> tuple[str, ...]:
    """Of each list which columns are ours that are called otherwise; nothing of one whose columns are called as ours."""
    return tuple(
        f"{each.path.name}: {', '.join(taken)}"
        for each in lists
        if (
            taken := [
                f"{theirs} = {ours}" for ours, theirs in each.columns.items() if fold_label(ours) != fold_label(theirs)
            ]
        )
    )


def read_list(path: Path, *, id_column: str | None, option: str) -> Iterator[pa.Table]:
    """The rows of a list (`CompanyList.parts`)."""
    yield from open_list(path, id_column=id_column, option=option).parts()


@contextmanager
def refusing_unreadable(path: Path, what: str = "a list of companies") -> Iterator[None]:
    """What goes wrong while a list is read becomes `InputInvalid`, with what to do and no cell of the list."""
    try:
        yield
    except FileNotFoundError:
        raise InputInvalid(f"There is no file {path}.") from None
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise InputInvalid(
            f"{path} cannot be read as {what}: {_told(str(error))}. Save it as CSV, every row with as many cells as the "
            "header, as XLSX or as Parquet."
        ) from error
    except OSError as error:
        raise InputInvalid(f"{path} cannot be read: {error.strerror or 'it is damaged or cut short'}.") from error


def _told(said: str) -> str:
    """What pyarrow says, which quotes whole rows, in our words.

    >>> _told("CSV parse error: Row #3: Expected 2 columns, got 3: 7,Kari,Nordmann")
    'row 3 has 3 cells, the header 2'
    >>> _told("Parquet magic bytes not found in footer.")
    'it is a damaged Parquet file, or one that was cut short'
    """
    if ragged := re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", said):
        row = f"row {int(ragged[1]):,}" if ragged[1] else "a row"
        return f"{row} has {ragged[3]} cells, the header {ragged[2]}"
    if "Parquet" in said:
        return "it is a damaged Parquet file, or one that was cut short"
    if "straddling" in said or "quote" in said:
        return "a quotation mark may never be closed"
    return "it is empty" if "Empty CSV" in said else "it is damaged, or no table"


def refuse_without_id(path: Path, rows: int, id_column: str, option: str) -> None:
    """Raise `InputInvalid` where there are rows without an id."""
    if rows:
        raise InputInvalid(
            f"{path}: {rows:,} rows have no value in their id column {id_column!r}, so no link could say which "
            f"row it means. Fill it in, or name another column with {option}."
        )


def choose_columns(
    path: Path,
    names: Sequence[str],
    id_column: str | None,
    option: str,
    columns: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Our name of each column that is read to the file's, whatever its case and spaces; `columns` are those that people named.

    A column that is called none of ours is known by the names under which `import` knows it ("Company name", "Orgnr").

    Raises `InputInvalid` where there is no id or no name, a column twice, or none of a name that was given.
    """
    named: dict[str, list[str]] = {}
    for name in names:
        named.setdefault(fold_label(name), []).append(name)
    chosen = {ours: named.get(fold_label(ours), []) or _known_to_import(named, ours) for ours in ("id", *COLUMNS)}
    if id_column is not None:
        chosen["id"] = [name for name in names if name == id_column]
    for ours, said in (columns or {}).items():
        chosen[ours] = [name for name in names if name == said] or named.get(fold_label(said), [])
        if not chosen[ours]:
            raise InputInvalid(f"{path} has no column {said!r} to take as {ours}. It has: {', '.join(names)}.")
    for ours, theirs in chosen.items():
        if len(theirs) > 1:
            raise InputInvalid(f"{path} has {len(theirs)} columns {ours!r}: leave one, or rename the others.")
    if not chosen["id"]:
        raise InputInvalid(
            f"{path} has no column {id_column or 'id'!r}. It has: {', '.join(names)}. "
            f"Say which one identifies a row with {option}."
        )
    if not chosen["name"]:
        raise InputInvalid(
            f"{path} has no column 'name'. It has: {', '.join(names)}. "
            f"Say which one names a company with {option.removesuffix('id')}name."
        )
    return {ours: theirs[0] for ours, theirs in chosen.items() if theirs}


_FIELDS = {"id": ("record_id", "crm_key"), "country": ("country_code", "country"), "domain": ("domain", "website")}
"""The fields of an import that are a column of ours, the better first, where they are called otherwise."""


def _known_to_import(named: Mapping[str, Sequence[str]], ours: str) -> list[str]:
    """The column (by folded label) that `import` reads as ours, of the best field; none where two are the same field."""
    labels = labels_of("companies")
    of_field = (
        [name for label, names in named.items() if labels.get(label) == field for name in names]
        for field in _FIELDS.get(ours, (ours,))
    )
    found = next((names for names in of_field if names), [])
    return found if len(found) == 1 else []


@lru_cache(maxsize=10_000)
def registration_key(text: str, country: str | None = None) -> str | None:
    """A registration number as letters and digits, without the country and tax marks of a VAT number; null where it is none.

    The letters of a register's part stay: SC123456 and NI123456 are two companies, unless the row's country is such a mark.

    >>> registration_key("NO 923 609 016 MVA"), registration_key("556016-0680"), registration_key("SC123456")
    ('923609016', '5560160680', 'SC123456')
    >>> registration_key("n/a"), registration_key("000 000 000"), registration_key("RO123456"), registration_key("RO123456", "RO")
    (None, None, 'RO123456', '123456')
    """
    key = "".join(letter for letter in text.upper() if letter.isalnum()).removesuffix("MVA")
    digits = [letter for letter in key if letter.isdigit()]
    if len(digits) < FEWEST_DIGITS or len(set(digits)) == 1:
        return None
    mark, rest = key[:2], key[2:]
    is_own = _COUNTRY_OF_MARK.get(mark, mark) == country
    # a British number is two letters and six digits
    is_vat = mark in VAT_MARKS and len(rest) != len("123456")
    return rest if rest.isdigit() and (is_own or is_vat) else key
