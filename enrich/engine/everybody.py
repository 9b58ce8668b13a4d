"""What is the same for every search of an index while the day and the rules stay: whom rules leave out, and the counts of all.

Where more than half of a block's companies fit, those that do not are counted, and taken from these counts.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.rules import ALL_RULES

_T = TypeVar("_T", bound=np.generic)

OUTCOMES = 2 * (ALL_RULES + 1)
"""Rules that hold, as bits, and whether a company is known to fit: what may come out of a search for a company."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A number below `size` for each company: the value that it has of several facets at once."""

    codes: npt.NDArray[np.unsignedinteger]
    size: int

    def count(self, places: npt.NDArray[np.int64]) -> Counts:
        """How many of some companies are in each cell."""
        return np.bincount(np.take(self.codes, places), minlength=self.size)


class Everybody:
    """All companies of an index under some rules: `rules` are those that hold for each, `kept` whether none of `excluding` does."""

    def __init__(self, rules: npt.NDArray[np.uint16], *, excluding: int) -> None:
        self.rules = rules
        self.excluding = excluding
        self.kept = (rules & excluding) == 0
        self._outcomes: dict[int, Counts] = {}
        self._cells: dict[tuple[Cells, int], Counts] = {}

    def count_outcomes(self, block: slice) -> Counts:
        """The outcomes, were all of a block to fit; worked out once a block."""
        if block.start not in self._outcomes:
            self._outcomes[block.start] = count_outcomes(self.rules[block], is_yes=True)
        return self._outcomes[block.start]

    def count_cells(self, block: slice, cells: Cells) -> Counts:
        """How many of a block's companies that are kept are in each cell; worked out once a block."""
        key = cells, block.start
        if key not in self._cells:
            self._cells[key] = cells.count(np.flatnonzero(self.kept[block]) + block.start)
        return self._cells[key]


def count_outcomes(rules: npt.NDArray[np.uint16], *, is_yes: bool) -> Counts:
    """How many companies have each outcome, of the rules that hold for them."""
    outcomes = np.zeros(OUTCOMES, dtype=np.int64)
    outcomes[is_yes::2] = np.bincount(rules, minlength=ALL_RULES + 1)
    return outcomes


def look_up(table: npt.NDArray[_T], codes: npt.NDArray[np.integer]) -> npt.NDArray[_T]:
    """`table[codes]` of codes that are all below its length; Arrow takes a third of numpy's time, which makes eight bytes of each code."""
    found: npt.NDArray[_T] = pc.take(pa.array(table), pa.array(codes), boundscheck=False).to_numpy()
    return found
