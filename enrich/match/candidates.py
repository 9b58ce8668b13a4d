"""Candidates of many queries, found by keys in SQL and ranked by the model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from db.warehouse import Warehouse
from enrich.match.compare import Compared
from enrich.match.model import Scored, probabilities, score_pair
from enrich.match.sides import query_table, reference_side
from enrich.progress import Progress

QUERIES_AT_ONCE = 2_000

LIMITS = {
    "most": 60,
    "most_of_a_domain": 20,
    "most_of_a_phone": 20,
    "most_of_a_word": 3_000,
    "most_of_an_edge": 100,
    "rare_anywhere": 60,
    "words": 4,
}
"""Candidates a query gets at most; records that may share a key before it brings nobody together any more; how many
records in the world may have a word that is followed into other countries; how many of a query's words are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A reference record that a query may be: its score in bits, with the evidence, and its probability among all."""

    record_id: str
    company_id: str | None
    scored: Scored
    probability: float


def find_candidates(
    warehouse: Warehouse, keys: Sequence[str], queries: Sequence[Compared], progress: Progress
) -> Iterator[tuple[int, list[Candidate]]]:
    """For each query that has any, its place and its candidates, best first.

    Reads the reference through the relations match_reference, match_reference_number, match_reference_name and
    match_company, which the caller has made.
    """
    progress("find candidates", 0, None)
    with warehouse.lend("asked", query_table(keys, queries)):
        warehouse.run("match/queries")
    warehouse.run("match/postings")
    warehouse.run("match/candidates", **LIMITS)
    warehouse.run("match/compared")
    for low in range(0, len(queries), QUERIES_AT_ONCE):
        progress("score", low, len(queries))
        rows = warehouse.table("match/pairs", low=low, high=low + QUERIES_AT_ONCE).to_pylist()
        for number, of_query in groupby(rows, key=lambda row: int(row["query_number"])):
            references = [(str(row["ref_id"]), row["company_id"], reference_side(row)) for row in of_query]
            yield number, rank_candidates(queries[number], references)
    progress("score", len(queries), len(queries))
    warehouse.run("match/clear")


def rank_candidates(query: Compared, references: Sequence[tuple[str, str | None, Compared]]) -> list[Candidate]:
    """References (record, company, values) as candidates, best first, ties by record id.

    Of several records of one company only the best stands; it is no rival to itself.
    """
    scored = sorted(
        ((score_pair(query, side), record_id, company_id) for record_id, company_id, side in references),
        key=lambda found: (-found[0].score, found[1]),
    )
    best: dict[str, tuple[Scored, str, str | None]] = {}
    for found in scored:
        best.setdefault(found[2] or found[1], found)
    chances = probabilities([pair.score for pair, _, _ in best.values()])
    return [
        Candidate(record_id=record_id, company_id=company_id, scored=pair, probability=chance)
        for (pair, record_id, company_id), chance in zip(best.values(), chances, strict=True)
    ]
