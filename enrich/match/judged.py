"""CRM records of which people said something, with their candidates found and scored as in a run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from db.warehouse import Warehouse
from enrich.match.candidates import find_candidates
from enrich.match.decide import Judgement
from enrich.match.fit import Labelled, Mask, design_of, slots_of
from enrich.match.model import Model, shipped_model
from enrich.match.side import Bits
from enrich.match.sides import make_side, stated_in_row
from enrich.match.trained import Origin
from enrich.match.truths import Truths
from enrich.progress import Progress

MOST_CANDIDATES = 20
"""Candidates of a record that are learned from: the best, and as many more as it takes to reach all that were named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What people said of one CRM record: the companies that it is, or those that it is not where only that was said.

    `is_known` says whether it is known which company it is, or that it is none.
    """

    same: frozenset[str] = frozenset()
    different: frozenset[str] = frozenset()
    is_known: bool
    last_decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Records of which people said something, with their candidates.

    `present` are the scores (bits) of the model in use, a row a candidate. A row a record: `has_truth`, whether somebody
    said which company it is; `is_fresh`, whether the model in use has not seen what was said.
    """

    queries: tuple[str, ...]
    labelled: Labelled
    present: Bits
    has_truth: Mask
    is_fresh: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """One labelled record: of each candidate the design, the score (bits), and whether it may be true after the label."""

    crm_id: str
    design: Bits
    scores: Bits
    possible: list[bool]


def make_labels(
    judgements: Mapping[str, Sequence[Judgement]], truths: Truths | None
) -> tuple[dict[str, Label], frozenset[str]]:
    """What is known of each CRM record: its judgements, and where nobody said "same", the true link that was given.

    Beside it the records whose true link a judgement contradicts, and which therefore is not learned from. A true link to
    what no register has teaches nothing, least of all that there is no company.
    """
    labels: dict[str, Label] = {}
    for crm_id, listed in judgements.items():
        said = [one for one in listed if one.company_id is not None and one.verdict != "unsure"]
        if said:
            newest = {str(one.company_id): one.verdict for one in reversed(said)}
            same = frozenset(company_id for company_id, verdict in newest.items() if verdict == "same")
            # whom people disagree about, called the same once and different last, teaches nothing
            different = frozenset(newest) - {str(one.company_id) for one in said if one.verdict == "same"}
            if same or different:
                last = max(one.decision_id for one in said)
                labels[crm_id] = Label(same=same, different=different, is_known=bool(same), last_decision=last)
    if truths is None:
        return labels, frozenset()
    overruled = set[str]()
    for crm_id, company_ids in truths.company_ids.items():
        if crm_id in truths.not_in_registers:
            continue
        known = labels.get(crm_id, Label(is_known=False))
        left = company_ids - known.different
        if not company_ids & known.same if known.is_known else company_ids and not left:
            overruled.add(crm_id)
        elif not known.is_known:
            labels[crm_id] = replace(known, same=left, is_known=True)
    for crm_id, company_ids in truths.ruled_out.items():
        known = labels.get(crm_id, Label(is_known=False))
        if company_ids & known.same:
            overruled.add(crm_id)
        elif not known.is_known:
            labels[crm_id] = replace(known, different=known.different | company_ids)
    return labels, frozenset(overruled)


def find_judged(
    warehouse: Warehouse, labels: Mapping[str, Label], origin: Origin | None, model: Model, progress: Progress
) -> Judged:
    """The labelled records that have candidates; `model` is the one in use, and `origin` where it comes from.

    The design is that of the model that comes with the program, which fitting starts from.
    """
    records = list(_find_records(warehouse, labels, model, progress))
    said = [labels[record.crm_id] for record in records]
    lengths = [len(record.possible) for record in records]
    return Judged(
        queries=tuple(record.crm_id for record in records),
        labelled=Labelled(
            design=np.concatenate(
                [np.zeros((0, len(slots_of(shipped_model())))), *(record.design for record in records)]
            ),
            starts=(np.cumsum(lengths) - lengths).astype(np.int64),
            possible=np.array([each for record in records for each in record.possible], dtype=np.bool_),
            none_possible=np.array(
                [not label.is_known or not any(record.possible) for label, record in zip(said, records, strict=True)],
                dtype=np.bool_,
            ),
            weights=np.ones(len(records)),
        ),
        present=np.concatenate([np.zeros(0), *(record.scores for record in records)]),
        has_truth=np.array([bool(label.same) for label in said], dtype=np.bool_),
        is_fresh=np.array(
            [origin is not None and label.last_decision > origin.last_decision for label in said], dtype=np.bool_
        ),
    )


def _find_records(
    warehouse: Warehouse, labels: Mapping[str, Label], model: Model, progress: Progress
) -> Iterator[_Record]:
    rows = [row for row in warehouse.rows("match/crm") if str(row["crm_id"]) in labels]
    warehouse.run("match/reference")
    sides = make_side([stated_in_row(row, key="crm_id") for row in rows])
    for ranked in find_candidates(warehouse, sides, model, progress):
        companies = ranked.reference["company_id"].take(pa.array(ranked.rows)).to_pylist()
        design, scores = design_of(ranked, shipped_model()), ranked.scores.totals[ranked.places]
        for start, end in ranked.runs():
            crm_id = str(rows[int(ranked.queries[start])]["crm_id"])
            label = labels[crm_id]
            named = [place for place in range(start, end) if companies[place] in label.same | label.different]
            kept = slice(start, min(end, max([start + MOST_CANDIDATES, *(place + 1 for place in named)])))
            yield _Record(
                crm_id=crm_id,
                design=design[kept],
                scores=scores[kept],
                possible=[
                    one in label.same if label.is_known else one not in label.different for one in companies[kept]
                ],
            )
