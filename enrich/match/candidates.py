"""Candidates of many queries, found by keys in SQL and ranked by the model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse
from enrich.match.model import Model, Scored, Scores, probabilities_by_query, score_pairs
from enrich.match.other_names import with_other_names
from enrich.match.side import Bits, Pairs
from enrich.processes import share_work
from enrich.progress import Progress

T = TypeVar("T")

QUERIES_AT_ONCE = 20_000
PAIRS_AT_ONCE = 100_000

ALONE = 20_000
"""Queries up to which starting other processes costs more than it saves."""

MOST_OF_A_NUMBER = 20
"""Records with one number; what more of them have ("0", "see above") is none, and is not compared either."""

LIMITS = {
    "most_of_a_number": MOST_OF_A_NUMBER,
    "most_of_a_domain": 20,
    "most_of_a_phone": 20,
    "most_of_an_address": 20,
    "most_of_an_edge": 100,
    "most_of_a_name": 60,
    "most_of_a_word": 3_000,
    "most_of_initials": 20,
}
"""Records that may share a key before it brings nobody together any more; of a name it is the first that are brought."""

CUTS = {
    "most": 60,
    "hopeless": 100,
    "little": 30,
    "shown": 5,
    "most_of_a_word": LIMITS["most_of_a_word"],
    "most_of_initials": LIMITS["most_of_initials"],
    "rare_anywhere": 60,
    "words": 4,
}
"""Candidates a query gets at most; points behind the best one from which on a candidate is dropped, but for the best few
with a little; records that may share a word; how many records in the world may have a word that is followed into other
countries; how many of a query's words are followed."""

Stands = Callable[[int, int], bool]
"""Whether the query of a number may be passed over, given the digest of its candidates and all they are compared by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A reference record that a query may be: its score in bits, with the evidence, and its probability among all."""

    record_id: str
    company_id: str | None
    scored: Scored
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Candidates of some queries, weighed: each query's in one run, best first, ties by record id.

    `queries` are numbers of queries, `rows` rows of `reference` (a side with its `company_id`), `places` rows of
    `scores`. Of several records of one company only the best stands; it is no rival to itself.
    """

    queries: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    probabilities: Bits
    reference: pa.Table
    scores: Scores

    def runs(self) -> Iterator[tuple[int, int]]:
        """Where each query's candidates begin and end."""
        ends = [*np.flatnonzero(self.queries[1:] != self.queries[:-1]) + 1, len(self.queries)]
        yield from zip([0, *ends], ends, strict=False)

    def end_of_near(self, start: int, end: int, gap: float) -> int:
        """Where those of a query's candidates end whose probability (0-1) is at most `gap` below the best one's."""
        return start + int((self.probabilities[start:end] >= self.probabilities[start] - gap).sum())

    def candidate(self, number: int) -> Candidate:
        """One candidate with its evidence."""
        row, place = int(self.rows[number]), int(self.places[number])
        return Candidate(
            record_id=self.reference["id"][row].as_py(),
            company_id=self.reference["company_id"][row].as_py(),
            scored=self.scores.scored(place),
            probability=float(self.probabilities[number]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Pairs of whole queries: rows of both sides. `asked` says which number each row of `queries` has among all."""

    queries: pa.Table
    reference: pa.Table
    numbers: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    asked: npt.NDArray[np.int64]


def find_candidates(
    warehouse: Warehouse,
    queries: pa.Table,
    model: Model,
    progress: Progress,
    *,
    index: str = "match/index",
    stands: Stands | None = None,
) -> Iterator[Ranked]:
    """The candidates of all queries (a side: SIDE), some queries at a time; a query without any is passed over.

    With `stands` so is one that it says so of: its candidates are found, and not weighed.

    Reads the reference through the relations match_reference, match_reference_number, match_reference_name and
    match_company, which the caller has made. `index` names the query that makes the inverted indexes.
    """
    for part in _find_parts(warehouse, queries, progress, index, stands):
        yield _rank_part(part, model=model)


def read_candidates(
    warehouse: Warehouse,
    queries: pa.Table,
    model: Model,
    progress: Progress,
    *,
    read: Callable[[Ranked], T],
    index: str = "match/index",
    stands: Stands | None = None,
) -> Iterator[T]:
    """What `read` makes of the candidates that `find_candidates` finds, those of long lists in several processes.

    `read` and what it returns are handed from process to process (pickle).
    """
    parts = _find_parts(warehouse, queries, progress, index, stands)
    return share_work(
        partial(_read_part, model=model, read=read), parts, processes=1 if queries.num_rows <= ALONE else None
    )


def _find_parts(
    warehouse: Warehouse, queries: pa.Table, progress: Progress, index: str, stands: Stands | None
) -> Iterator[_Part]:
    progress("index", 0, None)
    numbered = queries.append_column("query_number", pa.array(np.arange(queries.num_rows)))
    with warehouse.lend("asked", with_other_names(numbered)):
        warehouse.run("match/queries")
    warehouse.run(index, **LIMITS)
    for low in range(0, queries.num_rows, QUERIES_AT_ONCE):
        progress("match", low, queries.num_rows)
        warehouse.run("match/candidates", low=low, high=low + QUERIES_AT_ONCE, **CUTS)
        pairs = warehouse.table("match/candidate_pairs")
        numbers, refs = (pairs[name].to_numpy() for name in ("query_number", "ref_no"))
        reference = warehouse.table("match/compared", most_of_a_number=MOST_OF_A_NUMBER).combine_chunks()
        if stands is not None:
            with warehouse.lend("compared", reference):
                digests = warehouse.table("match/candidate_digests")
            found = zip(digests["query_number"].to_pylist(), digests["digest"].to_pylist(), strict=True)
            due = np.isin(numbers, [number for number, digest in found if not stands(number, digest)])
            numbers, refs = numbers[due], refs[due]
        rows = np.searchsorted(reference["ref_no"].to_numpy(), refs)
        for start, end in _whole_queries(numbers):
            asked, left_rows = np.unique(numbers[start:end], return_inverse=True)
            distinct, right_rows = np.unique(rows[start:end], return_inverse=True)
            yield _Part(
                queries=queries.take(pa.array(asked)).combine_chunks(),
                reference=reference.take(pa.array(distinct)).combine_chunks(),
                numbers=left_rows,
                rows=right_rows,
                asked=asked,
            )
    progress("match", queries.num_rows, queries.num_rows)
    warehouse.run("match/clear")


def _rank_part(part: _Part, *, model: Model) -> Ranked:
    ranked = rank_pairs(part.queries, part.reference, part.numbers, part.rows, model)
    return replace(ranked, queries=part.asked[ranked.queries])


def _read_part(part: _Part, *, model: Model, read: Callable[[Ranked], T]) -> T:
    return read(_rank_part(part, model=model))


def _whole_queries(numbers: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Parts of a run of pairs, each with all pairs of its queries."""
    start = 0
    while start < len(numbers):
        end = min(start + PAIRS_AT_ONCE, len(numbers))
        if end < len(numbers):
            end = int(np.searchsorted(numbers, numbers[end - 1], side="right"))
        yield start, end
        start = end


def rank_pairs(
    queries: pa.Table,
    reference: pa.Table,
    numbers: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    model: Model,
) -> Ranked:
    """Pairs of rows of both sides (`reference` with its company_id), those of a query in one run, weighed and ranked."""
    companies = _companies_of(reference)
    pairs = Pairs(left=queries, right=reference, left_rows=numbers, right_rows=rows, companies=companies)
    scores = score_pairs(pairs, model)
    by_id = pc.rank(reference["id"], tiebreaker="first").to_numpy()
    order = np.lexsort((by_id[rows], -scores.totals, numbers))
    order = order[_first_of_company(companies[rows[order]], numbers[order])]
    return Ranked(
        queries=numbers[order],
        rows=rows[order],
        places=order,
        probabilities=probabilities_by_query(scores.totals[order], numbers[order]),
        reference=reference,
        scores=scores,
    )


def _companies_of(reference: pa.Table) -> npt.NDArray[np.int64]:
    """A number for the company of each record; records without one stand by themselves."""
    codes = reference["company_id"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    return np.where(codes < 0, len(codes) + np.arange(len(codes)), codes).astype(np.int64)


def _first_of_company(companies: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The places of each query's first record of every company."""
    keys = numbers * (int(companies.max(initial=0)) + 1) + companies
    first: npt.NDArray[np.int64] = np.sort(np.unique(keys, return_index=True)[1])
    return first
