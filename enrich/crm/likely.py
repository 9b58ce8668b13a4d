"""Which column of an export may hold names, or the CRM's own record ids, where no field was found for it."""

import re
from itertools import islice

from enrich.crm.map import ColumnMapping
from enrich.crm.read import Cell, CrmFile
from enrich.normalise.name import normal_columns

NAME_FIELDS = {"companies": "name", "contacts": "full_name", "deals": "name", "owners": "full_name"}
"""The field of each kind by whose column a row without a number or an id is known."""
ROWS_READ = 500
LEAST_NAMES = 0.6
"""A column of names has at least this share (0-1) of cells that are, and of them as many that differ."""
MOST_LETTERS = 100
ID_FIELDS = frozenset({"record_id", "crm_key", "owner_id"})
FEWEST_IDS = 2
LEAST_IDS = 0.98
"""A column of record ids has at least this share (0-1) of cells that are, and no two of them the same."""
_ID = re.compile(r"(?=.*[0-9])[A-Za-z]{0,8}[-_/]?[0-9A-Fa-f][0-9A-Fa-f-]{0,39}")


def find_name_column(file: CrmFile, mapping: ColumnMapping) -> str | None:
    """The column that was not read and looks most like names, by its first cells; null where none does.

    Of several it is the one with the most legal forms ("AS", "GmbH"), then the one with the most names.
    """
    rows = [cells for _, cells in islice(file.rows(), ROWS_READ)]
    found = {}
    for column in mapping.not_read:
        place = file.header.index(column)
        cells = [cells[place] for cells in rows if place < len(cells)]
        names = [cell.strip() for cell in cells if isinstance(cell, str) and is_like_a_name(cell.strip())]
        if names and len(names) >= LEAST_NAMES * len(cells) and len(set(names)) >= LEAST_NAMES * len(names):
            forms = normal_columns(names)[3]
            found[column] = sum(map(bool, forms)) / len(names), len(set(names))
    return max(found, key=lambda column: found[column], default=None)


def find_id_column(file: CrmFile, mapping: ColumnMapping) -> str | None:
    """The column that was not read and looks like the CRM's own record ids, by its first cells; null where none does.

    Null too where a column of ids is read already, and of a file of fewer rows than tell.
    """
    if ID_FIELDS.intersection(mapping.places):
        return None
    rows = [cells for _, cells in islice(file.rows(), ROWS_READ)]
    for column in mapping.not_read:
        place = file.header.index(column)
        ids = [str(cells[place]).strip() for cells in rows if place < len(cells) and _is_like_an_id(cells[place])]
        if len(ids) >= max(LEAST_IDS * len(rows), FEWEST_IDS) and len(set(ids)) == len(ids):
            return column
    return None


def _is_like_an_id(cell: Cell) -> bool:
    return isinstance(cell, str | int) and _ID.fullmatch(str(cell).strip()) is not None


def is_like_a_name(text: str) -> bool:
    """Whether a text may be a name: mostly letters, no address of a page or mailbox, and not long.

    >>> [is_like_a_name(text) for text in ("3 Stjerner AS", "923609016", "post@nordlys.no", "https://nordlys.no")]
    [True, False, False, False]
    """
    letters = sum(letter.isalpha() for letter in text)
    return len(text) <= MOST_LETTERS and letters * 2 > len(text) and not any(mark in text for mark in ("@", "://"))
