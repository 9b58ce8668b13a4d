"""Who owns a record: the owner that its text names, by id, e-mail or name.

Ids are looked up anew after every import and undo, so that a later list of owners settles earlier names. A name that
no list holds is an owner all the same, under a keyed id that says nothing of the name.
"""

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.gate import hmac_of


def resolve_owners(warehouse: Warehouse, hmac_key: bytes) -> None:
    """Set `owner_id` of every version of companies, contacts and deals; must be called inside a transaction."""
    warehouse.run("crm/find_owners")
    texts = [str(row["owner_original"]) for row in warehouse.rows("crm/unknown_owners")]
    aliases = {"owner_original": texts, "owner_id": [name_owner(text, hmac_key) for text in texts]}
    types = pa.schema({"owner_original": pa.string(), "owner_id": pa.string()})
    with warehouse.lend("crm_owner_alias", pa.table(aliases, schema=types)):
        warehouse.run("crm/write_owners")


def name_owner(text: str, hmac_key: bytes) -> str:
    """The id of an owner whom no list holds: a CRM's own number stays, a name or e-mail becomes a keyed HMAC.

    >>> name_owner("4711", b"k"), name_owner("Kari  Nordmann", b"k") == name_owner("kari nordmann", b"k")
    ('4711', True)
    """
    folded = " ".join(text.casefold().split())
    return folded if folded.isdigit() else hmac_of(hmac_key, "owner", folded)[:16]
