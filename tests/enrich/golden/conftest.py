"""A warehouse whose ledger a test writes by hand, and its way to golden records and published files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uuid_utils.compat as uuid

from db.fold import fold_journal
from db.warehouse import Warehouse
from enrich.config import Config
from enrich.merge import MergeReport, merge_companies
from enrich.progress import silent
from enrich.publish import PublishReport, publish

RUN = "0190f2c3-0000-7000-8000-0000000000ff"


class World:
    """A warehouse whose ledger a test writes by hand."""

    def __init__(self, warehouse: Warehouse, config: Config) -> None:
        self.warehouse = warehouse
        self.config = config
        if not warehouse.count("normalise/count_made"):
            warehouse.run("normalise/create")

    @staticmethod
    def company_id(number: int) -> str:
        return f"0190f2c3-0000-7000-8000-{number:012d}"

    def record(self, key: str, *, company: int, source: str = "no_brreg", **fields: Any) -> str:
        scheme = "NO-ORGNR" if source == "no_brreg" else "LEI"
        row = {
            "record_id": f"{source}:{key}",
            "source": source,
            "source_key": key,
            "entity_kind": "legal_entity",
            "is_natural_person": False,
            "name": f"Company {key}",
            "country_code": "NO",
            "status": "active",
            "employees_state": "not_supplied",
            "identifiers": [{"scheme": scheme, "value": key, "original": key}],
            "is_closed": False,
            "known_from": "2026-08-01 00:00:00+00",
            "fetched_at": "2026-08-01 00:00:00+00",
            **fields,
        }
        domain, phone = row.pop("domain", None), row.pop("phone", None)
        columns = ", ".join(row)
        values = ", ".join(f"${name}" for name in row)
        self.warehouse.execute(
            f"INSERT INTO core.source_record (run_id, source_seq, content_hash, mapping_version, layout, {columns}) "
            f"VALUES ('{RUN}', 1, 1, 1, 'test', {values})",
            **row,
        )
        record_id = str(row["record_id"])
        if fields.get("known_to") is None:
            self.warehouse.execute(
                "INSERT INTO core.company_member VALUES ($record_id, $company, true, 'first', now())",
                record_id=record_id,
                company=self.company_id(company),
            )
            self.warehouse.execute(
                "INSERT INTO core.record_key BY NAME SELECT record_id, source, entity_kind, is_natural_person, true AS is_live, "
                "name, $domain AS domain, $phone AS phone, content_hash, mapping_version, 1 AS normaliser_version "
                "FROM core.source_record WHERE record_id = $record_id AND known_to IS NULL",
                record_id=record_id,
                domain=domain,
                phone=phone,
            )
        return record_id

    def relation(self, record_id: str, kind: str, value: str, scheme: str = "NO-ORGNR") -> None:
        self.warehouse.execute(
            "INSERT INTO core.relation (record_id, kind, scheme, value, source, run_id, known_from) "
            "VALUES ($record_id, $kind, $scheme, $value, 'no_brreg', $run, now())",
            record_id=record_id,
            kind=kind,
            scheme=scheme,
            value=value,
            run=RUN,
        )

    def crm(self, table: str, crm_id: str, **fields: Any) -> None:
        row = {"crm_id": crm_id, "import_id": RUN, "is_closed": False, "row_hash": 1, "key_hmac": "k", **fields}
        if table == "crm_company":
            row.setdefault("is_natural_person", False)
        self.warehouse.execute(
            f"INSERT INTO core.{table} (known_from, {', '.join(row)}) VALUES (now(), {', '.join('$' + name for name in row)})",
            **row,
        )

    def accept(self, crm_kind: str, crm_id: str, record_id: str, company: int) -> None:
        self.warehouse.execute(
            "INSERT INTO core.match (crm_kind, crm_id, state, record_id, company_id, decided_by, model_version, matched_at) "
            "VALUES ($kind, $crm_id, 'accepted', $record_id, $company, 'model', '1', now())",
            kind=crm_kind,
            crm_id=crm_id,
            record_id=record_id,
            company=self.company_id(company),
        )

    def merge(self) -> MergeReport:
        fold_journal(self.warehouse, self.config.journal)
        return merge_companies(self.warehouse, self.config, RUN, silent)

    def publish(self, run_id: str | None = None) -> PublishReport:
        self.merge()
        return publish(self.warehouse, self.config, run_id or str(uuid.uuid7()), silent)

    def company(self, number: int) -> dict[str, Any]:
        [row] = self.warehouse.ask("SELECT * FROM core.company WHERE company_id = $id", id=self.company_id(number))
        return row


@contextmanager
def open_world(data: Path) -> Iterator[World]:
    """The warehouse of a folder, open to write until the end."""
    with Warehouse.open_to_write(data, command="test") as warehouse:
        yield World(warehouse, Config(who="kari", data=data))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as opened:
        yield opened
