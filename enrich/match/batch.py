"""Pairs of companies as comparisons read them, and what a comparison finds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from enrich.match.align import Alignment, align_names
from enrich.match.side import NOTHING, Bits, Codes, Names, Pairs

Shown = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a comparison found: of each pair the place of its outcome in `outcomes`, NOTHING where it says nothing.

    `amounts` says how much of it (a share, or bits) where that is measured. `show` gives both values of a pair.
    """

    outcomes: tuple[str, ...]
    codes: npt.NDArray[np.int8]
    show: Callable[[int], Shown]
    amounts: Bits | None = None


@dataclass(frozen=True)
class Batch:
    """Pairs, with their names aligned, for the comparisons to read."""

    pairs: Pairs

    @cached_property
    def names(self) -> Alignment:
        """Each pair's nearest two names."""
        return align_names(self.pairs)

    @cached_property
    def named(self) -> npt.NDArray[np.bool_]:
        """Whether both have a name."""
        has_names: npt.NDArray[np.bool_] = self.names.left != NOTHING
        return has_names

    def of_names(self, field: str) -> tuple[Codes, Codes]:
        """A column of the names' tables (`Names`) of both sides, a row a pair."""
        mine, theirs, _, _ = self.pairs.encoded
        return getattr(mine, field)[self.names.left], getattr(theirs, field)[self.names.right]

    def name_at(self, row: int, field: str = "name") -> Shown:
        """Both names of a pair."""
        mine, theirs, _, _ = self.pairs.encoded
        if not self.named[row]:
            return None, None
        return _text(mine, int(self.names.left[row]), field), _text(theirs, int(self.names.right[row]), field)

    def value_at(self, row: int, field: str) -> Shown:
        """Both values of a pair."""
        pairs = self.pairs
        left, right = pairs.left[field][int(pairs.left_rows[row])], pairs.right[field][int(pairs.right_rows[row])]
        return _shown(left.as_py()), _shown(right.as_py())

    def alone_at(self, row: int) -> tuple[str | None, str | None, str | None]:
        """The words of a pair's names that both have, that only the first has, that only the second has."""
        first, second, vocabulary, _ = self.pairs.encoded
        words, others = first.words[self.names.left[row]], second.words[self.names.right[row]]
        mine, theirs = self.names.left_alone[row], self.names.right_alone[row]
        left = [vocabulary[int(code)].as_py() for code in words[mine]]
        right = [vocabulary[int(code)].as_py() for code in others[theirs]]
        same = [code for code in words[~mine] if code != NOTHING and code in others]
        both = dict.fromkeys(vocabulary[int(code)].as_py() for code in same)
        return " ".join(both) or None, " ".join(left) or None, " ".join(right) or None


def _text(names: Names, place: int, field: str) -> str | None:
    value = names.table.field(field)[place].as_py()
    return None if value is None else str(value)


def _shown(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or None
    return None if value is None else str(value)
