"""The words of a published file, and the companies that have them."""

from bisect import bisect_left
from collections.abc import Iterator
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

    def places_with(self, run: AskedRun) -> npt.NDArray[np.uint32]:
        """The places of companies with one of the words that a run of letters stands for; some more than once."""
        sql = f"SELECT place FROM {self._schema}.posting WHERE rowid >= $first AND rowid < $last"
        read = [
            self.warehouse.read_few(sql, first=first, last=last)["place"].to_numpy()
            for first, last in self._stretches(run)
        ]
        return np.concatenate(read) if read else np.zeros(0, dtype=np.uint32)

    def count(self, run: AskedRun) -> int:
        """How many places `places_with` gives."""
        return sum(last - first for first, last in self._stretches(run))

    def _stretches(self, run: AskedRun) -> Iterator[tuple[int, int]]:
        """The first row of postings, and the one after the last, of words that follow each other."""
        begun: tuple[int, int] | None = None
        for start, end in run.ranges:
            here = self._words.slice(low := self._rank(start), self._rank(end) - low)
            meant = here.filter(pc.match_substring_regex(here["word"], f"^(?:{run.pattern})$"))
            for first, hits in zip(meant["first"].to_pylist(), meant["hits"].to_pylist(), strict=True):
                if begun is not None and begun[1] == first:
                    begun = begun[0], first + hits
                    continue
                if begun is not None:
                    yield begun
                begun = first, first + hits
        if begun is not None:
            yield begun

    @cached_property
    def _words(self) -> pa.Table:
        """A row a word, in the order of their plain spelling."""
        return self.warehouse.read(f"SELECT plain, word, first, hits FROM {self._schema}.word").combine_chunks()

    def _rank(self, spelling: str) -> int:
        """How many words stand before a plain spelling: it orders as its bytes do, in DuckDB as here."""
        plain = self._words["plain"]
        return bisect_left(range(len(plain)), spelling, key=lambda place: str(plain[place]))
