"""The resolve stage: which records of several registers are one company, with ids that stay.

Numbers decide first, then a name that is unique in its country on both sides. Two records that state different
numbers of one scheme are never one company, whatever else says so. Every run decides from all records, so the order
in which they were delivered does not matter; only what changed is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import uuid_utils.compat as uuid

from db.warehouse import Warehouse
from enrich.progress import Progress

Numbers = Mapping[str, Mapping[str, frozenset[str]]]
"""By record, by scheme: the values that it states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that a rule (`identifier` or `name_and_country`) says are one company."""

    left_id: str
    right_id: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record's place in a company; the anchor keeps the id when the company splits."""

    record_id: str
    company_id: str
    is_anchor: bool
    linked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdChange:
    """An id that was merged into another, or from which another split off (it then lives on with its anchor)."""

    old_id: str
    new_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport:
    """What there is after resolving: records = companies + by_identifier + by_name. `refused`: pairs whose numbers conflict."""

    records: int
    companies: int
    by_identifier: int
    by_name: int
    merged: int
    split: int
    refused: int


def resolve_companies(warehouse: Warehouse, run_id: str, progress: Progress) -> ResolveReport:
    """Put every normalised record into a company; run again with nothing new, it changes nothing."""
    progress("resolve", 0, None)
    pairs = [
        Pair(left_id=str(row["left_id"]), right_id=str(row["right_id"]), rule=rule)
        for query, rule in (("resolve/number_pairs", "identifier"), ("resolve/name_pairs", "name_and_country"))
        for row in warehouse.table(query).select(["left_id", "right_id"]).to_pylist()
    ]
    with warehouse.transaction():
        warehouse.run("resolve/forget_gone")
        paired = sorted({record for pair in pairs for record in (pair.left_id, pair.right_id)})
        with warehouse.lend("paired_records", pa.table({"record_id": pa.array(paired, pa.string())})):
            numbers = _numbers_by_record(warehouse.table("resolve/numbers").to_pylist())
            present = {row["record_id"]: Member(**row) for row in warehouse.table("resolve/members").to_pylist()}
        clusters, refused = cluster_records(pairs, numbers, alone=present)
        members, changes = assign_ids(clusters, numbers, present)
        changed = [member for member in members if present.get(member.record_id) != member]
        with (
            warehouse.lend("changed_members", _table(changed, Member)),
            warehouse.lend("changed_ids", _table(changes, IdChange)),
        ):
            warehouse.run("resolve/replace_members", run_id=run_id)
        warehouse.run("resolve/add_singles")
    figures = {name: int(str(value)) for name, value in warehouse.rows("resolve/report")[0].items()}
    progress("resolve", figures["records"], figures["records"])
    return ResolveReport(
        **figures,
        merged=sum(change.reason == "merge" for change in changes),
        split=sum(change.reason == "split" for change in changes),
        refused=refused,
    )


def cluster_records(
    pairs: Sequence[Pair], numbers: Numbers, *, alone: Iterable[str] = ()
) -> tuple[list[dict[str, str]], int]:
    """Clusters of records, each as record to the rule that brought it in, and how many pairs were refused.

    Pairs are followed in their order; one that would bring different numbers of one scheme together is refused.
    Records in `alone` that no pair names become clusters of one.

    >>> pairs = [Pair(left_id="a", right_id="b", rule="identifier"), Pair(left_id="b", right_id="c", rule="identifier")]
    >>> cluster_records(pairs, {"a": {"X": frozenset("1")}, "c": {"X": frozenset("2")}}, alone=["d"])
    ([{'a': 'identifier', 'b': 'identifier'}, {'c': 'first'}, {'d': 'first'}], 1)
    """
    root: dict[str, str] = {}
    stated: dict[str, dict[str, frozenset[str]]] = {}
    rules: dict[str, str] = {}
    refused = 0
    for record in [*alone, *(record for pair in pairs for record in (pair.left_id, pair.right_id))]:
        if root.setdefault(record, record) == record:
            stated[record] = dict(numbers.get(record, {}))
    for pair in pairs:
        left, right = sorted((_root_of(pair.left_id, root), _root_of(pair.right_id, root)))
        if left == right:
            continue
        if any(
            stated[left][scheme].isdisjoint(stated[right][scheme])
            for scheme in stated[left].keys() & stated[right].keys()
        ):
            refused += 1
            continue
        root[right] = left
        for scheme, values in stated.pop(right).items():
            stated[left][scheme] = stated[left].get(scheme, frozenset()) | values
        rules.setdefault(pair.left_id, pair.rule)
        rules.setdefault(pair.right_id, pair.rule)
    clusters: dict[str, dict[str, str]] = {}
    for record in sorted(root):
        clusters.setdefault(_root_of(record, root), {})[record] = rules.get(record, "first")
    return list(clusters.values()), refused


def _root_of(record: str, root: dict[str, str]) -> str:
    while root[record] != record:
        root[record] = root[root[record]]
        record = root[record]
    return record


def assign_ids(
    clusters: Sequence[Mapping[str, str]],
    numbers: Numbers,
    present: Mapping[str, Member],
    mint: Callable[[], str] = lambda: str(uuid.uuid7()),
) -> tuple[list[Member], list[IdChange]]:
    """Every record's place, and the ids that changed.

    A company's id goes where its anchor is. Where several anchors meet, the oldest id (UUIDv7: the smallest) stays. A
    cluster without an anchor, and with nothing left behind by an erased one, gets a new id. A new company's anchor is
    a national register's record, else one that states a national number, else the first by record id.
    """
    anchors = {member.company_id for member in present.values() if member.is_anchor}
    members: list[Member] = []
    changes: list[IdChange] = []
    taken: set[str] = set()
    for cluster in clusters:
        before = [present[record] for record in cluster if record in present]
        claims = {member.company_id for member in before if member.is_anchor}
        # a company whose anchor was erased goes on with the first cluster that holds one of its records
        claims |= {member.company_id for member in before if member.company_id not in anchors} - taken
        if claims:
            company_id = min(claims)
            changes += [
                IdChange(old_id=old, new_id=company_id, reason="merge") for old in sorted(claims - {company_id})
            ]
        else:
            company_id = mint()
            changes += [
                IdChange(old_id=old, new_id=company_id, reason="split")
                for old in sorted({member.company_id for member in before})
            ]
        taken |= claims
        anchor = next(
            (member.record_id for member in before if member.is_anchor and member.company_id == company_id), None
        )
        if anchor is None:
            anchor = min(cluster, key=lambda record: _anchor_order(record, numbers))
        members += [
            Member(
                record_id=record,
                company_id=company_id,
                is_anchor=record == anchor,
                linked_by="first" if record == anchor else rule,
            )
            for record, rule in cluster.items()
        ]
    return members, changes


def _anchor_order(record: str, numbers: Numbers) -> tuple[bool, bool, str]:
    schemes = numbers.get(record, {}).keys()
    return not schemes - {"LEI"}, "LEI" in schemes, record


def _numbers_by_record(rows: Iterable[Mapping[str, str]]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in rows:
        schemes = found.setdefault(row["record_id"], {})
        schemes[row["scheme"]] = schemes.get(row["scheme"], frozenset()) | {row["value"]}
    return found


def _table(rows: Sequence[Member] | Sequence[IdChange], kind: type[Member] | type[IdChange]) -> pa.Table:
    """Rows as an Arrow table whose columns are the fields of their kind, also where there are none."""
    types = {"bool": pa.bool_(), "str": pa.string()}
    return pa.table(
        {
            name: pa.array([getattr(row, name) for row in rows], types[str(annotation.__name__)])
            for name, annotation in kind.__annotations__.items()
        }
    )
