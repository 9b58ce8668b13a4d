"""Records that were merged in the CRM: what people said of the one that is gone goes on to hold of the one that is left."""

from collections.abc import Mapping

from enrich.config import Config
from enrich.decide import StandingJudgement, judge, read_judgements


def survivor_of(record_id: str, merged_ids: Mapping[str, tuple[str, ...]]) -> str | None:
    """The record that is left of one that was merged, over however many merges; null where it was not.

    >>> survivor_of("1", {"2": ("1",), "3": ("2", "1")}), survivor_of("3", {"3": ("1",)})
    ('3', None)
    """
    into = {gone: kept for kept, ids in merged_ids.items() for gone in ids}
    passed = {record_id}
    while (following := into.get(record_id)) is not None and following not in passed:
        passed.add(following)
        record_id = following
    return record_id if len(passed) > 1 else None


def move_judgements(config: Config, left: Mapping[str, str]) -> int:
    """Repeat what was judged of the CRM records that are gone of those that are left (our ids); gives how many moved.

    Who said it, when and why stays. What was judged of the record that is left outranks what was of another: of one pair,
    and of whom it is the same as. To be called before the merge is taken in: who is stopped in between repeats it, and
    what moved before does not move twice.
    """
    judgements = read_judgements(config)
    standing: dict[str, dict[str, StandingJudgement]] = {}
    for one in judgements:
        standing.setdefault(one.crm_id, {})[one.record_id] = one
    moved = 0
    for one in reversed([one for one in judgements if one.crm_id in left]):  # of several the latest counts
        kept = left[one.crm_id]
        own = standing.setdefault(kept, {})
        is_settled = one.verdict == "same" and any(other.verdict == "same" for other in own.values())
        if one.record_id in own or is_settled or kept in left:
            continue
        judge(
            config,
            crm_id=kept,
            record_id=one.record_id,
            verdict=one.verdict,
            why=one.why,
            who=one.decided_by,
            when=one.decided_at,
        )
        own[one.record_id] = one
        moved += 1
    return moved
