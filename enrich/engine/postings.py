"""The words of a published file, and the companies that have them."""

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse
from enrich.engine.words import AskedRun


class Postings:
    """`search.word` and `search.posting` of a file; the words are read when they are first asked for, and then kept."""

    def __init__(self, warehouse: Warehouse, schema: str) -> None:
        self.warehouse = warehouse
        self._schema = schema

    def stretches(self, run: AskedRun) -> list[tuple[int, int]]:
        """Of the words that a run of letters stands for, those that follow each other: the first row of postings, and the one after the last."""
        found: list[tuple[int, int]] = []
        for start, end in run.ranges:
            here = self._words.slice(low := self._rank(start), self._rank(end) - low)
            meant = here.filter(pc.match_substring_regex(here["word"], f"^(?:{run.pattern})$"))
            for first, hits in zip(meant["first"].to_pylist(), meant["hits"].to_pylist(), strict=True):
                begin = found.pop()[0] if found and found[-1][1] == first else first
                found.append((begin, first + hits))
        return found

    def places_in(self, stretches: Iterable[tuple[int, int]]) -> npt.NDArray[np.uint32]:
        """The places of companies with one of the words of some stretches; some more than once."""
        sql = f"SELECT place FROM {self._schema}.posting WHERE rowid >= $first AND rowid < $last"
        read = [self.warehouse.read_few(sql, first=first, last=last)["place"].to_numpy() for first, last in stretches]
        return np.concatenate(read) if read else np.zeros(0, dtype=np.uint32)

    @cached_property
    def _words(self) -> pa.Table:
        """A row a word, in the order of their plain spelling."""
        return self.warehouse.read(f"SELECT plain, word, first, hits FROM {self._schema}.word").combine_chunks()

    def _rank(self, spelling: str) -> int:
        """How many words stand before a plain spelling: it orders as its bytes do, in DuckDB as here."""
        plain = self._words["plain"]
        return bisect_left(range(len(plain)), spelling, key=lambda place: str(plain[place]))
