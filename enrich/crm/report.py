"""What an import did, or would do, in figures and examples that a command can print."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RowExample:
    """One row and what became of it: created, updated, unchanged, duplicate or rejected."""

    row_number: int
    action: str
    label: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """An import: `rows_in` = created + updated + unchanged + duplicates + rejected."""

    import_id: str
    """What `import undo` takes; the run's id too."""
    kind: str
    kind_reason: str
    file_name: str
    form: str
    encoding: str | None
    separator: str | None
    """comma, semicolon, tab or bar."""
    sheet: str | None
    sheets_not_read: tuple[str, ...]
    columns: Mapping[str, str]
    """Column in the file to our field."""
    columns_ignored: tuple[str, ...]
    columns_not_read: tuple[str, ...]
    columns_never_stored: tuple[str, ...]
    columns_missing: tuple[str, ...]
    """Columns of the own mapping that the file does not have."""
    id_column: str | None
    """A column that was not read and looks like the CRM's own record ids, where none of ids is read."""
    date_orders: Mapping[str, str]
    """Date field to its order: dmy, mdy or ymd; "undecided" where values were left out for it, else "not in doubt"."""
    rows_in: int
    rows_created: int
    rows_updated: int
    rows_unchanged: int
    rows_duplicate: int
    rows_rejected: int
    rows_closed: int
    """Records absent from a complete file."""
    records_before: int
    """Open records of the kind before the import."""
    rejects: Mapping[str, int]
    """Reason to number of rows, duplicates included."""
    warnings: Mapping[str, int]
    """What could not be read in rows that were taken in, to number of values."""
    deals: int
    """Open and won deals that the CRM has after the import; 0 where it brought neither deals nor companies."""
    deals_without_company: int
    """Those of them that belong to no company of the CRM, so that none becomes a customer by them."""
    examples: tuple[RowExample, ...]
    reject_file: Path | None
    is_complete: bool
    is_dry_run: bool
    needs_confirmation: bool
    """A real run would ask first: very many rows, more than 10 % of the records would close, or rows that cannot be read
    may be theirs.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """An undone import: what it had brought is gone, what it had replaced or closed is back."""

    import_id: str
    kind: str
    file_name: str
    rows_removed: int
    rows_reopened: int
    is_dry_run: bool
