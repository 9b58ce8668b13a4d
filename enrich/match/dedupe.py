"""`prospekt dedupe`: the rows of one list that are the same company, found by the model that links two."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse
from enrich.match.candidates import CUTS, LIMITS, PAIRS_AT_ONCE, QUERIES_AT_ONCE
from enrich.match.link import check_out, evidence_texts, refuse_folder, write_links
from enrich.match.list_rows import load_list
from enrich.match.model import Model, probabilities_by_query, score_pairs, shipped_model
from enrich.match.side import Bits, Pairs
from enrich.progress import Progress

SCHEMA = pa.schema(
    [("id", pa.string()), ("cluster_id", pa.string()), ("probability", pa.float64()), ("evidence", pa.string())]
)

MOST_OF_A_NAME = 10
"""Rows of one name and country with which every other such row is compared because of the name as a whole: enough to
hold a cluster together, and what bounds a list of nothing but one name."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupeReport:
    """What deduplication did: `duplicates` rows are in `clusters` of two and more.

    `crowded` rows bear a name that more rows bear than candidates are compared, most often `crowded_name`: where they
    are in no cluster, nothing tells them apart. `nameless` rows were compared by number and domain alone.
    """

    rows: int
    nameless: int
    pairs: int
    duplicates: int
    clusters: int
    crowded: int
    crowded_name: str | None


@dataclass(slots=True)
class _Found:
    """Clusters so far, and of every row the best pair that it was accepted in."""

    leaders: list[int]
    """Another row of each row's cluster, nearer to the one that stands for it, which is its own leader."""
    scores: Bits
    evidence: dict[int, str] = field(default_factory=dict)


def dedupe_file(path: Path, out: Path, *, id_column: str | None, at: float, progress: Progress) -> DedupeReport:
    """The rows of a list that have a duplicate in it, with their cluster, written to `out` (.csv or .parquet).

    Two rows are duplicates from the probability `at` (0-1) upwards, which is that of the pair by itself: unlike in
    linking, several may be true of one row. Duplicates of duplicates are of one cluster. Lists are read by `read_list`.
    Raises `InputInvalid`, and then writes nothing.
    """
    check_out(out, path)
    refuse_folder(out)
    with (
        tempfile.TemporaryDirectory(prefix="prospekt-dedupe-") as folder,
        Warehouse.open_scratch(Path(folder)) as scratch,
    ):
        load_list(scratch, path, id_column=id_column, option="--id", progress=progress)
        [counts] = scratch.rows("match/list_counts")
        rows, nameless = int(str(counts["list_rows"])), int(str(counts["nameless"]))
        crowded = scratch.rows("match/crowded_names", most=CUTS["most"])
        _find_pairs(scratch, rows, progress)
        found = _Found(leaders=list(range(rows)), scores=np.full(rows, -np.inf))
        pairs = 0
        for lows, highs, side in _pairs_with_sides(scratch, rows, progress):
            pairs += len(lows)
            _accept(found, lows, highs, side, shipped_model(), at)
        duplicates = _duplicates(found, scratch.table("match/list_ids")["ref_id"])
        with write_links(out, SCHEMA) as write:
            write(duplicates)
    return DedupeReport(
        rows=rows,
        nameless=nameless,
        pairs=pairs,
        duplicates=duplicates.num_rows,
        clusters=len(Counter(duplicates["cluster_id"].to_pylist())),
        crowded=sum(int(str(name["bearers"])) for name in crowded),
        crowded_name=str(crowded[0]["name"]) if crowded else None,
    )


def _find_pairs(scratch: Warehouse, rows: int, progress: Progress) -> None:
    """Makes match_pair: the pairs of rows that some key brings together."""
    progress("index", 0, None)
    scratch.run("match/list_asks_itself")
    scratch.run("match/queries")
    scratch.run("match/index", **(LIMITS | {"most_of_a_name": MOST_OF_A_NAME, "most_of_a_number": MOST_OF_A_NAME}))
    scratch.run("match/pairs")
    for low in range(0, rows, QUERIES_AT_ONCE):
        progress("pair", low, rows)
        scratch.run("match/candidates", low=low, high=low + QUERIES_AT_ONCE, **CUTS)
        scratch.run("match/note_pairs")
    progress("pair", rows, rows)
    scratch.run("match/clear")
    scratch.run("match/distinct_pairs")


def _pairs_with_sides(scratch: Warehouse, rows: int, progress: Progress) -> Iterator[tuple[Rows, Rows, pa.Table]]:
    """Pairs of row numbers, lower and higher, some at a time, with the side (SIDE and `ref_no`) that has both."""
    pairs = scratch.count("match/count_pairs")
    for low in range(0, pairs, PAIRS_AT_ONCE):
        progress("compare", low, pairs)
        some = scratch.table("match/some_pairs", low=low, high=low + PAIRS_AT_ONCE)
        yield (
            some["low_no"].to_numpy(),
            some["high_no"].to_numpy(),
            scratch.table("match/compared", most_of_a_number=MOST_OF_A_NAME).combine_chunks(),
        )
    progress("compare", pairs, pairs)


def _accept(found: _Found, lows: Rows, highs: Rows, side: pa.Table, model: Model, at: float) -> None:
    """Take in the pairs that are duplicates.

    The model reads a short name against a registered one, and of two rows nobody knows which is which: both ways have
    to be convincing, so that the order of the list decides nothing.
    """
    numbers = side["ref_no"].to_numpy()
    low_rows, high_rows = np.searchsorted(numbers, lows), np.searchsorted(numbers, highs)
    there, back = (
        score_pairs(Pairs(left=side, right=side, left_rows=mine, right_rows=theirs), model)
        for mine, theirs in ((low_rows, high_rows), (high_rows, low_rows))
    )
    totals = np.minimum(there.totals, back.totals)
    accepted = np.flatnonzero(pair_probabilities(totals) >= at)
    for low, high in zip(lows[accepted].tolist(), highs[accepted].tolist(), strict=True):
        join_clusters(found.leaders, low, high)
    rows, places = np.concatenate([lows[accepted], highs[accepted]]), np.concatenate([accepted, accepted])
    best_first = np.lexsort((places, -totals[places], rows))
    first = best_first[np.unique(rows[best_first], return_index=True)[1]]
    better = first[totals[places[first]] > found.scores[rows[first]]]
    rows, places = rows[better], places[better]
    found.scores[rows] = totals[places]
    is_there = there.totals[places] <= back.totals[places]
    for scores, which in ((there, is_there), (back, ~is_there)):
        texts = evidence_texts(scores, places[which]).to_pylist()
        found.evidence.update(zip(rows[which].tolist(), texts, strict=True))


def pair_probabilities(scores: Bits) -> Bits:
    """The probability (0-1) of each pair by itself, from its score in bits.

    >>> pair_probabilities(np.array([0.0, 6.0])).round(3).tolist()
    [0.5, 0.985]
    """
    return probabilities_by_query(scores, np.arange(len(scores)))


def join_clusters(leaders: list[int], one: int, other: int) -> None:
    """Make one cluster of those of two rows.

    >>> leaders = [0, 1, 2, 3]
    >>> join_clusters(leaders, 2, 3); join_clusters(leaders, 3, 0)
    >>> [leader_of(leaders, row) for row in range(4)]
    [0, 1, 0, 0]
    """
    low, high = sorted((leader_of(leaders, one), leader_of(leaders, other)))
    leaders[high] = low


def leader_of(leaders: list[int], row: int) -> int:
    """The row that stands for a row's cluster; the ways there are made shorter on the way."""
    while leaders[row] != row:
        leaders[row] = leaders[leaders[row]]
        row = leaders[row]
    return row


def _duplicates(found: _Found, ids: pa.ChunkedArray) -> pa.Table:
    """The rows that are in a cluster, by cluster and id."""
    rows = np.flatnonzero(np.isfinite(found.scores))
    by_id = pc.rank(ids, tiebreaker="first").to_numpy().astype(np.int64)[rows]
    clusters = np.array([leader_of(found.leaders, row) for row in rows.tolist()], dtype=np.int64)
    smallest = np.full(len(ids), len(ids) + 1, dtype=np.int64)
    np.minimum.at(smallest, clusters, by_id)
    order = np.lexsort((by_id, smallest[clusters]))
    rows, by_id, clusters = rows[order], by_id[order], clusters[order]
    named = np.flatnonzero(by_id == smallest[clusters])
    return pa.table(
        {
            "id": ids.take(pa.array(rows)),
            "cluster_id": ids.take(pa.array(np.repeat(rows[named], np.diff(np.append(named, len(rows)))))),
            "probability": pair_probabilities(found.scores[rows]).round(6),
            "evidence": [found.evidence[row] for row in rows.tolist()],
        },
        schema=SCHEMA,
    )
