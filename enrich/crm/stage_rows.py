"""Reads the rows of an export into `crm_incoming`, one row a record, and counts what could not be used and why."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import pyarrow as pa
import uuid_utils.compat as uuid

from db.warehouse import Row, Warehouse
from enrich.config import CrmConfig
from enrich.crm.columns import ColumnRules
from enrich.crm.erased import Erased
from enrich.crm.map import ColumnMapping
from enrich.crm.read import Cell, CrmFile
from enrich.crm.rejects import RejectFile, redact
from enrich.crm.report import RowExample
from enrich.crm.row_reader import Problem, RowRejected
from enrich.crm.rows import CrmRow, read_row
from enrich.gate import hmac_of
from enrich.progress import Progress

TABLE_OF = {"companies": "company", "contacts": "contact", "deals": "deal", "owners": "owner"}
ROWS_AT_ONCE = 10_000
EXAMPLES = 3
"""Examples given of each thing that can become of a row."""

_LABELS_TOLD = 5
_ROW_TEXT_LIMIT = 4_000
# told once for the whole file: these would put every row into the reject file, though its value is kept or was in doubt
_TOLD_IN_REPORT = frozenset({"ambiguous_date", "unknown_lifecycle_stage", "unknown_deal_stage", "several_emails"})
_UNIDENTIFIED = frozenset({"cell_count", "no_identity", "ruined_number"})
_TYPES: Mapping[str, pa.DataType] = {
    "row_number": pa.int64(),
    "is_natural_person": pa.bool_(),
    "domains": pa.list_(pa.string()),
    "company_crm_keys": pa.list_(pa.string()),
    "employees_low": pa.int64(),
    "employees_high": pa.int64(),
    "revenue_amount": pa.decimal128(28, 2),
    "amount": pa.decimal128(28, 2),
    "last_contacted_date": pa.date32(),
    "closed_date": pa.date32(),
    "created_at": pa.timestamp("us", "UTC"),
    "modified_at": pa.timestamp("us", "UTC"),
    "has_opted_out": pa.bool_(),
    "is_active": pa.bool_(),
    "line_number": pa.int64(),
    "rejected_at": pa.timestamp("us", "UTC"),
}


@dataclass(slots=True)
class Tally:
    """What became of the rows; `rows_in` = staged + duplicates + rejected."""

    rows_in: int = 0
    duplicates: int = 0
    rejected: int = 0
    unidentified: int = 0
    """Rejected rows of which nobody can tell which record they are."""
    rejects: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    examples: list[RowExample] = field(default_factory=list)


UNNAMED_PORTAL, UNNAMED_CRM = "hubspot:0", "crm"
"""Whose record ids are where `[crm] portal` is not set: HubSpot's by the file's header, else of a CRM that nobody named."""


@dataclass(slots=True, kw_only=True)
class Staging:
    """One file on its way into `crm_incoming`."""

    warehouse: Warehouse
    import_id: str
    at: datetime
    file: CrmFile
    mapping: ColumnMapping
    rules: ColumnRules
    config: CrmConfig
    hmac_key: bytes
    erased: Erased
    rejects: RejectFile
    merged_ids: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of records that are pulled: the record ids that were merged into them."""
    tally: Tally = field(default_factory=Tally)
    _seen: dict[bytes, tuple[int, bytes]] = field(default_factory=dict, init=False)
    _numbered: dict[tuple[object, object], int] = field(default_factory=dict, init=False)
    _waiting: dict[str, list[Row]] = field(default_factory=dict, init=False)

    @property
    def _crm(self) -> str:
        if self.config.portal is not None:
            return f"hubspot:{self.config.portal}"
        return UNNAMED_PORTAL if self.mapping.is_hubspot else UNNAMED_CRM

    def run(self, progress: Progress) -> None:
        """Read every row of the file."""
        for row_number, cells in self.file.rows():
            self.tally.rows_in += 1
            try:
                row = self._read(cells)
                self._stage(row_number, row)
            except RowRejected as reject:
                self._reject(row_number, cells, reject)
            else:
                self._tell_problems(row_number, row, cells)
                self._tell_same_number(row_number, row, cells)
            if self.tally.rows_in % ROWS_AT_ONCE == 0:
                self._flush()
                progress("read rows", self.tally.rows_in, None)
        self._flush()
        progress("read rows", self.tally.rows_in, self.tally.rows_in)

    def _read(self, cells: list[Cell]) -> CrmRow:
        if len(cells) != len(self.file.header):
            raise RowRejected(
                "cell_count",
                "the row has more or fewer cells than the header (a separator or line break without quotation marks)",
                detail=f": {len(cells)} instead of {len(self.file.header)}",
            )
        return read_row(self.mapping.kind, cells, self.mapping.places, self.config, self.rules, today=self.at.date())

    def _stage(self, row_number: int, row: CrmRow) -> None:
        noun = TABLE_OF[self.mapping.kind]
        key_hmac = self._hmac(row.key)
        digest = blake2b(repr(row.values).encode(), digest_size=8).digest()
        first, first_digest = self._seen.setdefault(bytes.fromhex(key_hmac)[:16], (row_number, digest))
        if first != row_number and first_digest == digest:
            raise RowRejected("duplicate", "the same row stands above", detail=f", in row {first}")
        if first != row_number:
            raise RowRejected(
                "conflict",
                "the same record stands above with other values, and the one above was taken",
                detail=f": row {first}",
            )
        crm_id = f"{self._crm}:{noun}:{row.record_id}" if row.record_id else str(uuid.uuid4())
        merged = self.merged_ids.get(row.record_id or "", ())
        named = {self._crm, UNNAMED_PORTAL, UNNAMED_CRM}
        before = [f"{each}:{noun}:{one}" for one in (row.record_id, *merged) for each in named]
        if self.erased.holds(crm_id, row.values) or (row.record_id and self.erased.holds_any(before)):
            raise RowRejected("erased", "the row is about somebody who was erased", key=row.key)
        self._wait("crm_incoming", {"row_number": row_number, "crm_id": crm_id, "key_hmac": key_hmac, **row.values})

    def _reject(self, row_number: int, cells: list[Cell], reject: RowRejected) -> None:
        outcome = "duplicate" if reject.code == "duplicate" else "rejected"
        reason = f"{reject}"
        self.tally.duplicates += outcome == "duplicate"
        self.tally.rejected += outcome == "rejected"
        self.tally.unidentified += reject.code in _UNIDENTIFIED
        self.tally.rejects[reject.reason] += 1
        if sum(example.action == outcome for example in self.tally.examples) < EXAMPLES:
            self.tally.examples.append(RowExample(row_number=row_number, action=outcome, label="", reason=reason))
        if reject.code == "erased":  # nothing of it may lie anywhere again, not even among the rejects
            cells = []
        self.rejects.add(row_number, outcome, reason, cells)
        if reject.key is not None:
            self._wait("crm_rejected_key", {"key_hmac": self._hmac(reject.key)})
        named = zip(self.rejects.keep(self.file.header), self.rejects.keep(cells), strict=False)
        text = json.dumps({str(column): redact(cell) for column, cell in named}, ensure_ascii=False)
        self._wait(
            "raw.reject",
            {
                "run_id": self.import_id,
                "source": f"crm_{self.mapping.kind}",
                "line_number": row_number,
                "reason_code": reject.code,
                "reason": reason,
                "row_json": text[:_ROW_TEXT_LIMIT],
                "rejected_at": self.at,
            },
        )

    def _tell_problems(self, row_number: int, row: CrmRow, cells: list[Cell]) -> None:
        for problem in row.problems:
            self.tally.warnings[self._warning(problem)] += 1
            if problem.code not in _TOLD_IN_REPORT:
                self.rejects.add(row_number, "value left out", f"{problem.field}: {problem.reason}", cells)

    def _tell_same_number(self, row_number: int, row: CrmRow, cells: list[Cell]) -> None:
        number = row.values.get("registration_number")
        if self.mapping.kind != "companies" or number is None:
            return
        first = self._numbered.setdefault((row.values["registration_scheme"], number), row_number)
        if first != row_number:
            self.tally.warnings["registration_number: another record has it too; both were taken"] += 1
            self.rejects.add(row_number, "taken", f"the record in row {first} has the same company number", cells)

    def _warning(self, problem: Problem) -> str:
        """The problem as it is counted; of labels that nobody knows, only the first few are named."""
        text = f"{problem.field}: {problem.reason}"
        told = sum(warning.startswith(f"{problem.field}: '") for warning in self.tally.warnings)
        if problem.reason.startswith("'") and text not in self.tally.warnings and told >= _LABELS_TOLD:
            return f"{problem.field}: further labels that are not known"
        return text

    def _hmac(self, key: str) -> str:
        return hmac_of(self.hmac_key, f"crm_{TABLE_OF[self.mapping.kind]}", key)

    def _wait(self, table: str, row: Row) -> None:
        self._waiting.setdefault(table, []).append(row)

    def _flush(self) -> None:
        for table, rows in self._waiting.items():
            schema = pa.schema([(column, _TYPES.get(column, pa.string())) for column in rows[0]])
            self.warehouse.load(table, pa.Table.from_pylist(rows, schema=schema))
        self._waiting.clear()
