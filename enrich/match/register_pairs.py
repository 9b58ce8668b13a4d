"""Pairs of register records that resolution left for people: listed, shown side by side, and judged as pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrich.decide import read_judgements
from enrich.errors import NotFound
from enrich.gate import Readers
from enrich.match.facts import facts_of
from enrich.match.review import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPair:
    """Two records that may be one company and were not joined: why, and what the registers state of each one's company.

    `probability` (0-1) is by all but their numbers.
    """

    left_id: str
    right_id: str
    reason: str
    probability: float
    left_name: str
    right_name: str
    left: Mapping[str, str]
    right: Mapping[str, str]


class RegisterReview(Walk[RegisterPair]):
    """Pairs of register records, judged as such; the next resolution obeys."""

    def _meant(self, waiting: RegisterPair, verdict: str, number: int | None) -> Sequence[tuple[str, str]]:
        del verdict, number
        return [(waiting.left_id, waiting.right_id)]


def read_register_pairs(readers: Readers, *, limit: int) -> tuple[tuple[RegisterPair, ...], bool]:
    """The pairs that wait for a person, and whether there are more than `limit`; the nearest calls first, unsure ones last.

    Left out are those that were judged since, and whom the gate holds back; natural persons too: nobody is asked to tell
    them apart.
    """
    said = {frozenset((one.crm_id, one.record_id)): one.verdict for one in read_judgements(readers.config)}
    waiting = []
    for row in readers.warehouse.rows("match/register_pairs"):
        verdict = said.get(frozenset((str(row["left_id"]), str(row["right_id"]))))
        if verdict in (None, "unsure"):
            waiting.append((verdict is not None, row))
    waiting.sort(key=lambda one: one[0])  # keeps the order otherwise
    pairs: list[RegisterPair] = []
    for start in range(0, len(waiting), limit + 1):
        some = [row for _, row in waiting[start : start + limit + 1]]
        shown = _companies(
            readers, [str(row[name]) for row in some for name in ("left_company_id", "right_company_id")]
        )
        for row in some:
            left, right = (shown.get(str(row[name])) for name in ("left_company_id", "right_company_id"))
            if left is not None and right is not None:
                pairs.append(_pair(row, left, right))
        if len(pairs) > limit:
            break
    return tuple(pairs[:limit]), len(pairs) > limit


def find_register_pair(readers: Readers, one_id: str, other_id: str) -> RegisterPair:
    """The pair of these two records that waits, in either order; raises `NotFound` where none does."""
    asked = {one_id.strip(), other_id.strip()}
    pairs, _ = read_register_pairs(readers, limit=1_000_000)
    found = next((each for each in pairs if {each.left_id, each.right_id} == asked), None)
    if found is None:
        near = [f"{each.left_id} and {each.right_id}" for each in pairs if asked & {each.left_id, each.right_id}][:5]
        raise NotFound("pair of register records that waits", f"{one_id} and {other_id}", near)
    return found


def _companies(readers: Readers, company_ids: Sequence[str]) -> dict[str, Mapping[str, object]]:
    rows = readers.warehouse.rows("match/shown_companies", ids=sorted(set(company_ids)))
    return {str(each.values["company_id"]): each.values for each in readers.admit(rows)}


def _pair(row: Mapping[str, object], left: Mapping[str, object], right: Mapping[str, object]) -> RegisterPair:
    return RegisterPair(
        left_id=str(row["left_id"]),
        right_id=str(row["right_id"]),
        reason=str(row["reason"]),
        probability=float(str(row["probability"])),
        left_name=str(left["name"]),
        right_name=str(right["name"]),
        left=facts_of(left),
        right=facts_of(right),
    )
