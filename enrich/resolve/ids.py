"""Which id each cluster has: a company's id goes where its anchor is, and never changes but by a merge or a split."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import uuid_utils.compat as uuid

from enrich.resolve.cluster import Numbers


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
