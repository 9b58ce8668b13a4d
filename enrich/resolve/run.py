"""The resolve stage: which records of several registers are one company, with ids that stay.

People's judgements decide first, then numbers that nothing contradicts, then names with something beside them
(`weigh.py`). Two records that state different numbers of one scheme are never one company, but for duplicates within a
register. Every run decides from all records, so neither the order in which they were delivered nor the number of nights
matters; only what changed is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.progress import Progress
from enrich.resolve.cluster import Numbers, cluster_records, differ, in_order
from enrich.resolve.ids import IdChange, Member, assign_ids
from enrich.resolve.sides import Side, read_sides
from enrich.resolve.weigh import Pair, Review, Shared, Weighed, doubtful, weigh_names, weigh_numbers

COMMON = {"many_in_a_city": 100, "share_in_a_city": 0.05, "many_on_a_date": 50, "share_on_a_date": 0.002}
"""A city, or date of foundation, with more records and a greater share of all tells next to nothing of two that have it."""
MOST_OF_A_NUMBER = 50
MOST_OF_A_NAME = 20
"""Records that may share a number, or in one country a name or domain, before it brings nobody together any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport:
    """What there is after resolving: records = companies + those that each rule linked to another.

    `refused`: pairs that a number or name would join and something keeps apart; `to_review`: those left for people.
    """

    records: int
    companies: int
    by_identifier: int
    by_name: int
    by_evidence: int
    by_judgement: int
    merged: int
    split: int
    refused: int
    to_review: int


def resolve_companies(warehouse: Warehouse, run_id: str, progress: Progress) -> ResolveReport:
    """Put every normalised record into a company; run again with nothing new, it changes nothing."""
    progress("resolve", 0, None)
    judged = {
        (str(row["left_id"]), str(row["right_id"])): row["verdict"] for row in warehouse.rows("resolve/judged_pairs")
    }
    weighed = _weigh(warehouse, progress)
    pairs, apart = _heed_judgements(weighed.pairs, judged)
    with warehouse.transaction():
        warehouse.run("resolve/forget_gone")
        named: list[Pair | Review] = [*pairs, *weighed.reviews]
        paired = sorted({record for one in named for record in (one.left_id, one.right_id)})
        with warehouse.lend("paired_records", pa.table({"record_id": pa.array(paired, pa.string())})):
            numbers = _without(weighed.refuted, _numbers_by_record(warehouse.table("resolve/numbers").to_pylist()))
            present = {row["record_id"]: Member(**row) for row in warehouse.table("resolve/members").to_pylist()}
        clusters, refused = cluster_records(pairs, numbers, alone=present, apart=apart)
        members, changes = assign_ids(clusters, numbers, present)
        changed = [member for member in members if present.get(member.record_id) != member]
        reviews = _to_review(weighed.reviews, refused, members, numbers, judged)
        with (
            warehouse.lend("changed_members", _table(changed, Member)),
            warehouse.lend("changed_ids", _table(changes, IdChange)),
            warehouse.lend("review_pairs", _table(reviews, Review)),
        ):
            warehouse.run("resolve/replace_members", run_id=run_id)
            warehouse.run("resolve/replace_reviews", run_id=run_id)
        warehouse.run("resolve/add_singles")
    figures = {name: int(str(value)) for name, value in warehouse.rows("resolve/report")[0].items()}
    progress("resolve", figures["records"], figures["records"])
    return ResolveReport(
        **figures,
        merged=sum(change.reason == "merge" for change in changes),
        split=sum(change.reason == "split" for change in changes),
        refused=len(refused) + len(weighed.refuted),
        to_review=len(reviews),
    )


def _weigh(warehouse: Warehouse, progress: Progress) -> Weighed:
    """All pairs that share a number, then those that share a name and were not joined by a number."""
    warehouse.run("resolve/number_pairs", most_of_a_number=MOST_OF_A_NUMBER)
    shared = [Shared(**row) for row in warehouse.table("resolve/pairs").to_pylist()]
    progress("weigh numbers", 0, len(shared))
    sides = read_sides(warehouse.table("resolve/sides", **COMMON).to_pylist())
    with warehouse.lend("doubtful_pairs", _pair_table(doubtful(shared, sides))):
        namesakes = {
            (str(row["left_id"]), str(row["right_id"])): bool(row["has_whole_name"])
            for row in warehouse.rows("resolve/namesakes")
        }
    by_number = weigh_numbers(shared, sides, namesakes)
    settled = [(pair.right_id, sides[pair.left_id].source) for pair in by_number.pairs]
    with warehouse.lend("settled_records", _pair_table(settled, ("record_id", "source"))):
        warehouse.run("resolve/name_pairs", most_of_a_name=MOST_OF_A_NAME)
    candidates = [(row["left_id"], row["right_id"]) for row in warehouse.table("resolve/pairs").to_pylist()]
    progress("weigh names", 0, len(candidates))
    named = read_sides(warehouse.table("resolve/sides", **COMMON).to_pylist())
    by_name = weigh_names(candidates, _without_refuted(named, by_number.refuted))
    return Weighed(
        pairs=by_number.pairs + by_name.pairs,
        reviews=by_number.reviews + by_name.reviews,
        refuted=by_number.refuted,
    )


def _heed_judgements(
    pairs: Sequence[Pair], judged: Mapping[tuple[str, str], object]
) -> tuple[list[Pair], list[tuple[str, str]]]:
    """The pairs to follow, in order, and those that must stay apart: who judged a pair outranks what was weighed."""
    same = [
        Pair(left_id=left, right_id=right, rule="judgement") for (left, right), said in judged.items() if said == "same"
    ]
    unjudged = [pair for pair in pairs if _key(pair) not in judged]
    return in_order([*same, *unjudged]), [pair for pair, said in judged.items() if said == "different"]


def _to_review(
    reviews: Iterable[Review],
    refused: Iterable[Pair],
    members: Iterable[Member],
    numbers: Numbers,
    judged: Mapping[tuple[str, str], object],
) -> list[Review]:
    """What is left for people: neither judged (but for unsure) nor of one company by another way, and possible at all.

    Two records that state different numbers of one register, such as two LEIs, cannot be one company: nobody is asked.
    """
    company_of = {member.record_id: member.company_id for member in members}
    conflicts = [
        Review(
            left_id=pair.left_id,
            right_id=pair.right_id,
            reason="Alike, but a company of one of them has another number of the same register.",
            probability=0.5,
        )
        for pair in refused
    ]
    return [
        review
        for review in {_key(review): review for review in (*reviews, *conflicts)}.values()
        if judged.get(_key(review), "unsure") == "unsure"
        and company_of.get(review.left_id, review.left_id) != company_of.get(review.right_id, review.right_id)
        and not differ(numbers.get(review.left_id, {}), numbers.get(review.right_id, {}))
    ]


def _key(pair: Pair | Review) -> tuple[str, str]:
    return (pair.left_id, pair.right_id) if pair.left_id < pair.right_id else (pair.right_id, pair.left_id)


def _without_refuted(sides: Mapping[str, Side], refuted: frozenset[tuple[str, str, str]]) -> dict[str, Side]:
    numbers = _without(refuted, {record: side.numbers for record, side in sides.items()})
    return {record: replace(side, numbers=numbers[record]) for record, side in sides.items()}


def _without(refuted: frozenset[tuple[str, str, str]], numbers: Numbers) -> dict[str, dict[str, frozenset[str]]]:
    """The numbers of each record that nothing refuted; a scheme without any left is left out."""
    left = {record: dict(schemes) for record, schemes in numbers.items()}
    for record, scheme, value in refuted:
        if scheme in left.get(record, {}):
            left[record][scheme] -= {value}
            if not left[record][scheme]:
                del left[record][scheme]
    return left


def _numbers_by_record(rows: Iterable[Mapping[str, str]]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in rows:
        schemes = found.setdefault(row["record_id"], {})
        schemes[row["scheme"]] = schemes.get(row["scheme"], frozenset()) | {row["value"]}
    return found


def _pair_table(pairs: Sequence[tuple[str, str]], names: tuple[str, str] = ("left_id", "right_id")) -> pa.Table:
    return pa.table({name: pa.array([pair[place] for pair in pairs], pa.string()) for place, name in enumerate(names)})


def _table(rows: Sequence[Member | IdChange | Review], kind: type[Member] | type[IdChange] | type[Review]) -> pa.Table:
    """Rows as an Arrow table whose columns are the fields of their kind, also where there are none."""
    types = {"bool": pa.bool_(), "str": pa.string(), "float": pa.float64()}
    schema = pa.schema([(one.name, types[getattr(one.type, "__name__", str(one.type))]) for one in fields(kind)])
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=schema)
