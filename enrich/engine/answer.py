"""One pass over all companies of an index: who fits, how well, whom a rule leaves out, and how many of each sort there are.

The companies are gone through a block at a time, so that what is worked out of a block stays in the processor's cache.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from math import prod

import numpy as np
import numpy.typing as npt

from enrich.engine.index import NO, YES, AnyOf, SearchIndex, Shares, Verdicts
from enrich.icp.fit import FitQuery
from enrich.rules import ALL_RULES, RULES

LITTLE_KNOWN = next(rule.bit for rule in RULES if rule.name == "little_known")
"""The bit of the rule that is about the answer, and not about the company."""

_BLOCK = 2**16
_FEW = 8
"""Where fewer than one in so many are left of a block, only they are asked the rest."""
_RULES = ALL_RULES + 1
_TABLED_OUTCOMES = 2**16
"""So many outcomes of all wishes are scored beforehand; beyond, each company is scored."""

MOST_RELEVANT = 1_000_000
"""The relevance of the best company; whoever uses none of the words has 0."""

_LOW, _HIGH, _RELEVANCE = 7, 7, 20
"""Bits of each end of a score (0-100) in a rank, and of the relevance."""

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of an index: the ICP, which rules (bits) leave out, how many are wanted (null: all), what is counted.

    `rules` has the rules that hold for each combination of `standing`; `hidden` the places that another answer speaks for;
    `owned`, where only one owner's are wanted, says so of each company; `relevance`, where words were asked for, is 1 to `MOST_RELEVANT`, or 0 for
    companies that are not wanted, since they use none of them.
    """

    query: FitQuery
    excluding: int
    limit: int | None
    rules: npt.NDArray[np.uint16]
    hidden: npt.NDArray[np.bool_] | None = None
    owned: npt.NDArray[np.bool_] | None = None
    relevance: npt.NDArray[np.uint32] | None = None
    counted: Collection[str] = ()


@dataclass(slots=True, kw_only=True)
class Found:
    """An answer: `outcomes` counts the companies by rules and verdict (see `counts`), `histograms` those that no rule left
    out by combination of a dimension; `places` are the best of them, best first, with `ranks` and `rules`.
    """

    outcomes: npt.NDArray[np.int64]
    histograms: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    places: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    ranks: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rules: npt.NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, dtype=np.uint16))

    def counts(self) -> list[dict[str, object]]:
        """A row a combination of rules and verdict, as `search/count_rules` gives them."""
        return [
            {"rules": int(key) >> 1, "verdict": "yes" if key & 1 else "maybe", "company_count": int(self.outcomes[key])}
            for key in np.flatnonzero(self.outcomes)
        ]


def read_rank(rank: int) -> dict[str, object]:
    """Verdict and score of a rank.

    >>> read_rank(rank_of(True, 40, 60))
    {'verdict': 'yes', 'fit_low': 40, 'fit_high': 60}
    """
    high = 100 - (rank & (2**_HIGH - 1))
    low = 100 - (rank >> _HIGH & (2**_LOW - 1))
    return {"verdict": "maybe" if rank >> (_LOW + _HIGH + _RELEVANCE) else "yes", "fit_low": low, "fit_high": high}


def rank_of(is_yes: bool, low: int, high: int) -> int:
    """The place of verdict and score among all, the best 0: known fits first, then by the least score, then by the most.

    What words were asked for goes between: the most relevant of all adds nothing, each millionth less adds 2^14.
    """
    return (not is_yes) << (_LOW + _HIGH + _RELEVANCE) | (100 - low) << _HIGH | (100 - high)


def search_index(index: SearchIndex, asked: Asked) -> Found:
    """Go through all companies of an index."""
    scan = _Scan(index, asked)
    blocks = range(0, index.company_count, _BLOCK)
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        return scan.joined(threads.map(scan.block, blocks))


class _Scan:
    """What is the same for all blocks."""

    def __init__(self, index: SearchIndex, asked: Asked) -> None:
        self.index = index
        self.asked = asked
        points = asked.query.points
        demands = [
            (point, index.judge(point.criterion, asked.query.parameters)) for point in points if point.weight is None
        ]
        # whoever fails the choosiest is not asked for the others
        self.demands = sorted(
            ((point.kind, one) for point, one in demands), key=lambda demand: _may_pass(demand, index)
        )
        self.telling = [(one, point.criterion.name == "words") for point, one in demands if point.tells]
        self.wishes = [
            (point.weight, index.share(point.criterion, asked.query.parameters))
            for point in points
            if point.weight is not None
        ]
        outcomes = prod(len(shares.low) for _, shares in self.wishes)
        tabled = self.wishes and outcomes <= _TABLED_OUTCOMES
        self.ranks = _ranks(np.arange(outcomes), self.wishes) if tabled else None
        self.standing = index.codes("standing")
        self.codes = {name: index.codes(name) for name in asked.counted}
        self.sizes = {name: index.count_combinations(name) for name in asked.counted}
        if any(is_text for _, is_text in self.telling):
            _ = index.has_text  # read here, and not by several threads

    def block(self, start: int) -> Found:
        """The answer of one block."""
        places, least = self._passing(slice(start, min(start + _BLOCK, self.index.company_count)))
        is_yes = least == YES
        rules = np.take(self.asked.rules, np.take(self.standing, places))
        if self.telling:
            unsure = np.flatnonzero(~is_yes)
            rules[unsure] |= np.where(self._is_told(places[unsure]), 0, LITTLE_KNOWN).astype(np.uint16)
        found = Found(outcomes=np.bincount(rules.astype(np.int64) << 1 | is_yes, minlength=2 * _RULES))
        kept = (rules & self.asked.excluding) == 0
        if not kept.all():
            left = np.flatnonzero(kept)
            places, is_yes, rules = np.take(places, left), np.take(is_yes, left), np.take(rules, left)
        for name, codes in self.codes.items():
            found.histograms[name] = np.bincount(np.take(codes, places), minlength=self.sizes[name])
        ranks = self._rank(places, is_yes)
        if self.asked.relevance is not None:
            ranks = ranks | (MOST_RELEVANT - np.take(self.asked.relevance, places).astype(np.int64)) << (_LOW + _HIGH)
        best = _best(ranks, self.asked.limit)
        found.places, found.ranks, found.rules = places[best], ranks[best], rules[best]
        return found

    def joined(self, blocks: Iterator[Found]) -> Found:
        """The answer of all blocks."""
        listed = list(blocks)
        whole = Found(outcomes=np.zeros(2 * _RULES, dtype=np.int64))
        whole.outcomes += sum((one.outcomes for one in listed), start=np.zeros_like(whole.outcomes))
        for name, size in self.sizes.items():
            whole.histograms[name] = sum((one.histograms[name] for one in listed), start=np.zeros(size, dtype=np.int64))
        if listed:
            ranks = np.concatenate([one.ranks for one in listed])
            best = _best(ranks, self.asked.limit)
            whole.ranks = ranks[best]
            whole.places = np.concatenate([one.places for one in listed])[best]
            whole.rules = np.concatenate([one.rules for one in listed])[best]
        return whole

    def _passing(self, block: slice) -> tuple[Places, npt.NDArray[np.uint8]]:
        """The companies of a block that fit or may fit, and the verdict of all demands on each."""
        places: Places | None = None  # all of the block, until few enough are left
        least: npt.NDArray[np.uint8] = np.full(block.stop - block.start, YES, dtype=np.uint8)
        for kind, one in self.demands:
            said = one.of(block if places is None else places)
            if kind == "must_not":
                said = YES - said
            elif kind != "must":  # has to be known to hold
                said = np.where(said == YES, said, np.uint8(NO))
            np.minimum(least, said, out=least)
            if places is None and np.count_nonzero(least) * _FEW < len(least):
                kept = np.flatnonzero(least > NO)
                places, least = kept + block.start, np.take(least, kept)
        if places is None:
            places = np.arange(block.start, block.stop)
        passes = least > NO
        wanted = _wanted(self.asked, places)
        if wanted is not None:
            passes &= wanted
        if passes.all():
            return places, least
        kept = np.flatnonzero(passes)
        return np.take(places, kept), np.take(least, kept)

    def _is_told(self, places: Places) -> npt.NDArray[np.bool_]:
        """Whether something that was asked for beside the country is known to hold, words not by the name alone."""
        told = [(one.of(places) == YES) & (not is_text or self.index.has_text[places]) for one, is_text in self.telling]
        return reduce(np.logical_or, told)

    def _rank(self, places: Places, is_yes: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        if not self.wishes:
            return np.where(is_yes, rank_of(True, 100, 100), rank_of(False, 0, 100))
        outcomes = np.zeros(len(places), dtype=np.int64)
        for _, shares in self.wishes:
            outcomes *= len(shares.low)
            outcomes += shares.outcomes.of(places)
        ranks = _ranks(outcomes, self.wishes) if self.ranks is None else np.take(self.ranks, outcomes)
        return ranks | (~is_yes).astype(np.int64) << (_LOW + _HIGH + _RELEVANCE)


def _may_pass(demand: tuple[str, Verdicts | AnyOf], index: SearchIndex) -> int:
    kind, one = demand
    return index.company_count if kind == "must_not" else one.may_hold


def _wanted(asked: Asked, places: Places) -> npt.NDArray[np.bool_] | None:
    masks = [asked.owned[places]] if asked.owned is not None else []
    masks += [~asked.hidden[places]] if asked.hidden is not None else []
    masks += [asked.relevance[places] > 0] if asked.relevance is not None else []
    return reduce(np.logical_and, masks) if masks else None


def _ranks(outcomes: Places, wishes: Sequence[tuple[float, Shares]]) -> npt.NDArray[np.int64]:
    """The rank of each outcome of the wishes (one digit a wish, the last the least), as if all demands were met."""
    low, high = np.zeros(len(outcomes)), np.zeros(len(outcomes))
    below = prod(len(shares.low) for _, shares in wishes)
    for weight, shares in wishes:
        below //= len(shares.low)
        digit = outcomes // below % len(shares.low)
        low += weight * shares.low[digit]
        high += weight * shares.high[digit]
    total = sum(weight for weight, _ in wishes)
    ends = [_round(100 * gained / total) for gained in (low, high)]
    return (100 - ends[0]) << _HIGH | (100 - ends[1])


def _round(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Halves up, as DuckDB rounds."""
    whole = np.floor(scores)
    return (whole + (scores - whole >= 0.5)).astype(np.int64)


def _best(ranks: npt.NDArray[np.int64], limit: int | None) -> Places:
    """The places of the best ranks, best first, equal ones in their order; `limit` of them at most."""
    if limit is None or len(ranks) <= limit:
        return np.argsort(ranks, kind="stable")
    worst = np.partition(ranks, limit - 1)[limit - 1]
    better = np.flatnonzero(ranks < worst)
    chosen = np.concatenate([better, np.flatnonzero(ranks == worst)[: limit - len(better)]])
    return chosen[np.argsort(ranks[chosen], kind="stable")]
