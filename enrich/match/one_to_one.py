"""Links of which each side has one at most: the best pairs first."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse

RIVALS = 10
"""Candidates of a left row that it may be given; where all go to others it gets none."""


def keep_one_to_one(scratch: Warehouse, odds: float) -> None:
    """Of match_link only those links stay where each left row and each right id has one at most.

    Greedy: the most probable pair of all is kept, then the most probable one of whom is left; of equals the one with
    the higher score, then the smaller ids. That no later pair could push an earlier one out is what makes it explainable;
    it need not be the division with the largest sum. Rank and probability stay what they were among all candidates.
    `odds` are those of the list (`prevalence.estimate_for`), by which pairs of different left rows compare.
    """
    pairs = scratch.table("match/rivals_ranked", odds=odds).combine_chunks()
    rights = pc.dictionary_encode(pairs["right_id"]).combine_chunks().indices
    given = give_each_once(pairs["left_row"].to_pylist(), rights.to_pylist())
    with scratch.lend("given", pairs.select(["left_row", "rank"]).take(pa.array(given))):
        scratch.run("match/rivals_given")


def give_each_once(lefts: Sequence[int], rights: Sequence[int]) -> npt.NDArray[np.int64]:
    """The places of pairs, given best first, that remain where each left and each right is given once.

    >>> give_each_once([1, 1, 2, 2], [7, 8, 7, 8]).tolist()
    [0, 3]
    """
    taken_lefts: set[int] = set()
    taken_rights: set[int] = set()
    given = []
    for place, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        if left not in taken_lefts and right not in taken_rights:
            given.append(place)
            taken_lefts.add(left)
            taken_rights.add(right)
    return np.array(given, dtype=np.int64)
