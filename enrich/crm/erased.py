"""Whoever was erased does not come back with the next import: only keyed tombstones of them are left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.journal import read_decisions
from db.warehouse import Warehouse
from enrich.gate import hmac_of
from enrich.subject import make_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The tombstones of the warehouse, and the key by which a row is compared with them."""

    hmac_key: bytes
    tombstones: frozenset[tuple[str, str]]

    @classmethod
    def read(cls, warehouse: Warehouse, journal: Path, hmac_key: bytes) -> "Erased":
        """The tombstones as they stand, with those of erasures that are still in the journal only."""
        laid = [*warehouse.rows("crm/tombstones")]
        laid += [dict(decision.payload) for decision in read_decisions(journal) if decision.kind == "erasure"]
        return cls(hmac_key=hmac_key, tombstones=frozenset((str(row["scheme"]), str(row["hmac"])) for row in laid))

    def holds(self, crm_id: str, values: Mapping[str, object]) -> bool:
        """Whether the row is about somebody who was erased."""
        return bool(self.tombstones) and any(
            (scheme, hmac_of(self.hmac_key, scheme, value)) in self.tombstones
            for scheme, value in _subjects(crm_id, values)
        )

    def holds_any(self, crm_ids: Iterable[str]) -> bool:
        """Whether one of the records was erased."""
        return bool(self.tombstones) and any(
            ("record", hmac_of(self.hmac_key, "record", crm_id)) in self.tombstones for crm_id in crm_ids
        )


def _subjects(crm_id: str, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every subject of `enrich/subject.py` that the row names, in its spelling."""
    yield "record", crm_id
    if values.get("email"):
        yield "email", str(values["email"])
    for column in ("phone", "mobile"):
        if str(values.get(column) or "").startswith("+"):
            yield "phone", str(values[column])
    domains = values.get("domains")
    for domain in domains if isinstance(domains, list) else ():
        yield "domain", str(domain)
    if values.get("registration_number"):
        label = f"{str(values['registration_scheme']).partition('-')[0]}:{values['registration_number']}"
        yield "organisation", make_subject("organisation", label).value
    if "first_name" in values:
        yield "person", " ".join(f"{values['first_name'] or ''} {values['last_name'] or ''}".lower().split())
    if values.get("is_natural_person"):
        yield "person", str(values["name"]).lower()
