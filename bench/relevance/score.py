"""How good an order of companies is, where each is right or not."""

from collections.abc import Sequence
from math import log2

SHOWN = 10
FETCHED = 50


def ndcg(is_right: Sequence[bool], right: int) -> float:
    """nDCG@10 (0-1) of an order, best first, where `right` companies are right in all.

    >>> ndcg([True, True], 2), round(ndcg([False, True], 1), 3)
    (1.0, 0.631)
    """
    gained = sum(1 / log2(place + 2) for place, one in enumerate(is_right[:SHOWN]) if one)
    return gained / sum(1 / log2(place + 2) for place in range(min(SHOWN, right)))


def recall(is_right: Sequence[bool], right: int) -> float:
    """Recall@50 (0-1): the share found of those that fifty places can hold.

    >>> recall([True, False], 2), recall([True] * 50, 500)
    (0.5, 1.0)
    """
    return sum(is_right[:FETCHED]) / min(FETCHED, right)
