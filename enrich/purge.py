"""Purging: whoever was erased stays out, and what a register withdraws goes, with every version and every copy in the warehouse."""

from collections.abc import Collection, Sequence

import phonenumbers
import pyarrow as pa

from db.fold import decisions_as_rows
from db.journal import Decision
from db.keyed import lend_key
from db.sql import quote_identifier, read_query
from db.warehouse import Warehouse
from enrich.gate import hmac_of

SHORTEST_NUMBER = 7
"""Digits of a phone number that is looked for in any spelling: shorter ones stand in other numbers too."""


def purge_tombstoned(warehouse: Warehouse, key: bytes) -> int:
    """Remove again whoever was erased and came back with an import, a delivery or a restored copy; gives how many records and roles."""
    if not warehouse.count("erase/tombstone_count"):
        return 0
    lend_key(warehouse, key)
    warehouse.run("erase/tombstoned")
    count = _find(warehouse)
    texts = [str(row["text"]) for row in warehouse.rows("erase/texts")]
    if count or texts:
        with warehouse.transaction():
            delete_found(warehouse, texts, decisions=[])
    return count


def purge_records(warehouse: Warehouse, key: bytes, record_ids: Sequence[str], *, reason: str = "gone") -> int:
    """Remove every version of records that their source withdrew, and lay a tombstone for each; gives how many rows went."""
    rows = pa.table({"record_id": pa.array(record_ids, pa.string())})
    with warehouse.lend("withdrawn_rows", rows):
        warehouse.run("erase/withdrawn")
    _lay_tombstones(warehouse, [("record", hmac_of(key, "record", one)) for one in record_ids], reason=reason)
    return sum(_delete_by_id(warehouse).values())


def _lay_tombstones(warehouse: Warehouse, subjects: Collection[tuple[str, str]], *, reason: str) -> None:
    """Keep (scheme, hmac) from coming back; `reason` is erasure or gone."""
    with warehouse.lend("subject_rows", _subject_rows(subjects)):
        warehouse.run("erase/lay_tombstones", reason=reason)


def find_subjects(warehouse: Warehouse, subjects: Collection[tuple[str, str]]) -> None:
    """Find everything about the (scheme, hmac) given."""
    with warehouse.lend("subject_rows", _subject_rows(subjects)):
        warehouse.run("erase/subjects")
    _find(warehouse)


def delete_found(warehouse: Warehouse, texts: Sequence[str], *, decisions: list[Decision]) -> dict[str, int]:
    """Delete what was found from every table, and `texts` out of free text; gives rows by table.

    `decisions` are those that have to say from now on what they say here.
    """
    with warehouse.lend("redacted_rows", decisions_as_rows(decisions)):
        warehouse.execute(read_query("erase/delete"), texts=list(texts), numbers=national_numbers(texts))
    return _delete_by_id(warehouse)


def national_numbers(texts: Sequence[str]) -> list[str]:
    """The phone numbers among the texts (E.164) without their country: so they stand in rows that nobody normalised.

    >>> national_numbers(["+4722225555", "kari@example.no"])
    ['22225555']
    """
    numbers = []
    for text in texts:
        try:
            numbers.append(str(phonenumbers.parse(text).national_number))
        except phonenumbers.NumberParseException:
            continue
    return [number for number in numbers if len(number) >= SHORTEST_NUMBER]


def _find(warehouse: Warehouse) -> int:
    warehouse.run("normalise/create")  # a warehouse that never normalised has no comparable forms to look in
    warehouse.run("erase/find")
    return warehouse.count("erase/found")


def _delete_by_id(warehouse: Warehouse) -> dict[str, int]:
    """Empty every table that names a record or CRM record of those found; whichever tables there are."""
    warehouse.run("erase/decide_anew")
    deleted = dict[str, int]()
    for row in warehouse.rows("erase/holders"):
        table, column = str(row["table"]), str(row["column"])
        found = "erased_record" if column == "record_id" else "erased_crm"
        where = f"{quote_identifier(column)} IN (SELECT {column} FROM {found})"
        [counted] = warehouse.ask(f"SELECT count(*) AS rows FROM {table} WHERE {where}")
        if counted["rows"]:
            warehouse.execute(f"DELETE FROM {table} WHERE {where}")
            deleted[table] = deleted.get(table, 0) + int(str(counted["rows"]))
    return deleted


def _subject_rows(subjects: Collection[tuple[str, str]]) -> pa.Table:
    return pa.table(
        {
            "scheme": pa.array([scheme for scheme, _ in subjects], pa.string()),
            "hmac": pa.array([hashed for _, hashed in subjects], pa.string()),
        }
    )
