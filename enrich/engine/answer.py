"""One pass over all companies of an index: who fits, how well, whom a rule leaves out, and how many of each sort there are.

The companies are gone through a block at a time. Of a block more than half of which fits, those that do not are counted, and taken from
the counts of everybody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
import numpy.typing as npt

from enrich.engine.everybody import OUTCOMES, Cells, Counts, Everybody, count_outcomes
from enrich.engine.index import NO, UNKNOWN, YES, AnyOf, Rows, SearchIndex, Shares, Verdicts
from enrich.engine.threads import run_beside
from enrich.icp.fit import FitQuery, Point
from enrich.rules import RULES

LITTLE_KNOWN = next(rule.bit for rule in RULES if rule.name == "little_known")
"""The bit of the rule that is about the answer, and not about the company."""

_BLOCK = 2**18
"""So many companies are gone through at a time: what is worked out of them stays in the processor's cache."""
_FEW = 8
"""Where fewer than one in so many are left of a block, only they are asked the rest."""
_TABLED_OUTCOMES = 2**16
"""So many outcomes of all wishes are scored beforehand; beyond, each company is scored."""

_LOW, _HIGH, _RELEVANCE = 7, 7, 32
"""Bits of each end of a score (0-100) in a rank, and of the relevance."""
MOST_RELEVANT = 2**_RELEVANCE - 1
"""The greatest relevance that there may be; whoever uses none of the words has 0."""
_NEVER = 2**62
"""Behind every rank."""

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_Said = npt.NDArray[np.uint8]
"""Verdicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of an index: the ICP, of everybody under the rules in force, and how many are wanted (null: all).

    `hidden` has the places that another answer speaks for; `owned`, where only one owner's are wanted, says so of each company;
    `relevance`, where words were asked for, is 1 to `MOST_RELEVANT`, or 0 for companies that are not wanted, since they use none of them;
    `cells` are what is counted of those that no rule leaves out.
    """

    query: FitQuery
    everybody: Everybody
    limit: int | None
    cells: Sequence[Cells] = ()
    hidden: Mask | None = None
    owned: Mask | None = None
    relevance: npt.NDArray[np.uint32] | None = None


@dataclass(slots=True, kw_only=True)
class Found:
    """An answer: `outcomes` counts the companies by rules and verdict (see `counts`), `cells` those that no rule left
    out by each sort of cells; `places` are the best of them, best first, with `ranks` and `rules`.
    """

    outcomes: Counts
    cells: list[Counts]
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

    What words were asked for goes between: each less of relevance adds 2^14.
    """
    return (not is_yes) << (_LOW + _HIGH + _RELEVANCE) | (100 - low) << _HIGH | (100 - high)


def search_index(index: SearchIndex, asked: Asked) -> Found:
    """Go through all companies of an index."""
    if not index.company_count:  # no wish has an outcome
        return _nobody(asked.cells)
    scan = _Scan(index, asked)
    blocks = range(0, index.company_count, _BLOCK)
    return scan.joined(run_beside(scan.block, blocks, pool="blocks"))


def _nobody(cells: Sequence[Cells]) -> Found:
    return Found(
        outcomes=np.zeros(OUTCOMES, dtype=np.int64), cells=[np.zeros(one.size, dtype=np.int64) for one in cells]
    )


class _Scan:
    """What is the same for all blocks."""

    def __init__(self, index: SearchIndex, asked: Asked) -> None:
        self.index = index
        self.asked = asked
        self.everybody = asked.everybody
        points = asked.query.points
        demands = [
            (point, index.judge(point.criterion, asked.query.parameters)) for point in points if point.weight is None
        ]
        # whoever fails the choosiest is not asked for the others
        self.demands = sorted(demands, key=lambda demand: _may_pass(demand[0], demand[1], index))
        self.has_telling = any(point.tells for point, _ in demands)
        self.wishes = [
            (point.weight, index.share(point.criterion, asked.query.parameters))
            for point in points
            if point.weight is not None
        ]
        outcomes = prod(len(shares.low) for _, shares in self.wishes)
        tabled = self.wishes and outcomes <= _TABLED_OUTCOMES
        self.ranks = _ranks(np.arange(outcomes), self.wishes) if tabled else None
        self.worst = _NEVER
        """As many as are wanted have this rank or a better one. Threads may overwrite a better bound: it stays a bound."""
        if any(_is_told_by_text(point) for point, _ in demands):
            _ = index.is_described  # read here, and not by several threads

    def block(self, start: int) -> list[Found]:
        """The answers of one block: those known to fit, and those of whom it is not known."""
        block = slice(start, min(start + _BLOCK, self.index.company_count))
        places, least, told = self._passing(block)
        is_yes = least == YES
        if places is None and 2 * np.count_nonzero(is_yes) > len(is_yes):
            known = self._find_most(block, is_yes)
        else:
            known = self._find_at(_at(is_yes, places, start), is_yes=True)
        is_maybe, is_told = least == UNKNOWN, told == YES
        return [
            known,
            self._find_at(_at(is_maybe & is_told, places, start), is_yes=False),
            self._find_at(_at(is_maybe & ~is_told, places, start), is_yes=False, more_rules=LITTLE_KNOWN),
        ]

    def joined(self, blocks: Iterable[list[Found]]) -> Found:
        """The answer of all blocks."""
        whole = _nobody(self.asked.cells)
        listed = [found for block in blocks for found in block]
        for found in listed:
            whole.outcomes += found.outcomes
            for total, counted in zip(whole.cells, found.cells, strict=True):
                total += counted
        if listed:
            ranks = np.concatenate([one.ranks for one in listed])
            best = _best(ranks, self.asked.limit)
            whole.ranks = ranks[best]
            whole.places = np.concatenate([one.places for one in listed])[best]
            whole.rules = np.concatenate([one.rules for one in listed])[best]
        return whole

    def _passing(self, block: slice) -> tuple[Places | None, _Said, _Said]:
        """The verdict of all demands on a block's companies, and the greatest of those that tell something of them; on fewer,
        whose places are given, where the others do not fit.
        """
        places: Places | None = None  # all of the block, until few enough are left
        least: _Said = np.full(block.stop - block.start, YES, dtype=np.uint8)
        told: _Said = np.full(len(least), NO if self.has_telling else YES, dtype=np.uint8)
        for point, one in self.demands:
            said = one.of(block if places is None else places)
            if point.tells:
                telling = (
                    said * self.index.is_described[block if places is None else places]
                    if _is_told_by_text(point)
                    else said
                )
                np.maximum(told, telling, out=told)
            if point.kind == "must_not":
                said = YES - said
            elif point.kind != "must":  # has to be known to hold
                said = np.multiply(said == YES, YES, dtype=np.uint8)
            np.minimum(least, said, out=least)
            if places is None and np.count_nonzero(least) * _FEW < len(least):
                kept = np.flatnonzero(least > NO)  # of booleans it is several times as fast
                places, least, told = kept + block.start, np.take(least, kept), np.take(told, kept)
        for wanted in _wanted(self.asked, block if places is None else places):
            np.multiply(least, wanted, out=least)
        return places, least, told

    def _find_most(self, block: slice, is_yes: Mask) -> Found:
        """Of a block more than half of which fits, those that fit."""
        others = np.flatnonzero(~is_yes) + block.start
        rules = np.take(self.everybody.rules, others)
        left = others[np.take(self.everybody.kept, others)]
        allowed = is_yes & self.everybody.kept[block]
        chosen, ranks = self._best(block, allowed, is_yes=True)
        return Found(
            outcomes=self.everybody.count_outcomes(block) - count_outcomes(rules, is_yes=True),
            cells=[self.everybody.count_cells(block, one) - one.count(left) for one in self.asked.cells],
            places=chosen + block.start,
            ranks=ranks,
            rules=self.everybody.rules[block][chosen],
        )

    def _find_at(self, places: Places, *, is_yes: bool, more_rules: int = 0) -> Found:
        """Of companies that fit, or of whom that is not known, those that no rule leaves out; `more_rules` hold for all of them."""
        rules = np.take(self.everybody.rules, places) | np.uint16(more_rules)
        found = _nobody(self.asked.cells)
        found.outcomes = count_outcomes(rules, is_yes=is_yes)
        if not len(places) or more_rules & self.everybody.excluding:
            return found
        kept = np.flatnonzero((rules & self.everybody.excluding) == 0)
        places, rules = np.take(places, kept), np.take(rules, kept)
        chosen, found.ranks = self._best(places, None, is_yes=is_yes)
        found.cells = [one.count(places) for one in self.asked.cells]
        found.places, found.rules = places[chosen], rules[chosen]
        return found

    def _best(self, rows: Rows, allowed: Mask | None, *, is_yes: bool) -> tuple[Places, npt.NDArray[np.int64]]:
        """Which of some companies (by their places among them) are the best, with their ranks, the best first; none that
        others are known to be better than.
        """
        if rank_of(is_yes, 100, 100) > self.worst:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        if not self.wishes and self.asked.relevance is None:
            count = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
            chosen = np.arange(count) if allowed is None else np.flatnonzero(allowed)
            chosen = chosen[: self.asked.limit]
            ranks = np.full(len(chosen), rank_of(True, 100, 100) if is_yes else rank_of(False, 0, 100))
        else:
            every = self._rank(rows, is_yes=is_yes)
            if allowed is not None:
                np.putmask(every, ~allowed, _NEVER)
            chosen = _best(every, self.asked.limit, self.worst)
            ranks = every[chosen]
        if self.asked.limit is not None and len(ranks) == self.asked.limit:
            self.worst = min(self.worst, int(ranks[-1]))
        return chosen, ranks

    def _rank(self, rows: Rows, *, is_yes: bool) -> npt.NDArray[np.int64]:
        outcomes = np.zeros(1, dtype=np.int64)
        for _, shares in self.wishes:
            outcomes = outcomes * len(shares.low) + shares.outcomes.of(rows)
        if not self.wishes:
            ranks = np.full(1, rank_of(True, 100, 100) if is_yes else rank_of(True, 0, 100))
        else:
            ranks = _ranks(outcomes, self.wishes) if self.ranks is None else np.take(self.ranks, outcomes)
        if self.asked.relevance is not None:
            ranks = ranks | (MOST_RELEVANT - self.asked.relevance[rows].astype(np.int64)) << (_LOW + _HIGH)
        return ranks if is_yes else ranks | (1 << (_LOW + _HIGH + _RELEVANCE))


def _at(chosen: Mask, places: Places | None, start: int) -> Places:
    """The places of some companies of a block, or of some of its `places`."""
    which = np.flatnonzero(chosen)
    return which + start if places is None else np.take(places, which)


def _may_pass(point: Point, one: Verdicts | AnyOf, index: SearchIndex) -> int:
    return index.company_count if point.kind == "must_not" else one.may_hold


def _is_told_by_text(point: Point) -> bool:
    """Whether what holds tells something only of companies that say what they do: it may be in the name alone."""
    return point.criterion.name == "words"


def _wanted(asked: Asked, rows: Rows) -> Iterator[Mask]:
    """What beside the ICP decides whether companies are wanted."""
    if asked.owned is not None:
        yield asked.owned[rows]
    if asked.hidden is not None:
        yield ~asked.hidden[rows]
    if asked.relevance is not None:
        yield asked.relevance[rows] > 0


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


def _best(ranks: npt.NDArray[np.int64], limit: int | None, worst: int = _NEVER) -> Places:
    """The places of the best ranks, best first, equal ones in their order; `limit` of them at most, none behind `worst`."""
    better = np.flatnonzero(ranks < worst)
    if limit is not None and len(better) > limit:
        worst = int(np.partition(ranks[better], limit - 1)[limit - 1])
        better = better[ranks[better] < worst]
    if limit is not None and len(better) < limit and worst < _NEVER:
        better = np.concatenate([better, np.flatnonzero(ranks == worst)[: limit - len(better)]])
    return better[np.argsort(ranks[better], kind="stable")]
