"""`prospekt dedupe`: the rows of one list that are the same company, found by the model that links two."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from db.warehouse import Warehouse
from enrich.match.candidates import CUTS, LIMITS, PAIRS_AT_ONCE, QUERIES_AT_ONCE
from enrich.match.link import check_out, evidence_texts, refuse_folder, write_links
from enrich.match.list_rows import load_list
from enrich.match.lists import open_list, say_columns
from enrich.match.model import Scores, probabilities_by_query, score_pairs, shipped_model
from enrich.match.side import Bits, Pairs
from enrich.progress import Progress
from enrich.scratch import open_work_folder

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
    read_as: tuple[str, ...] = ()
    """Which of its columns are ours that are called otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Pairs of row numbers, the first row the one higher up on the list, and of each what speaks for it (bits)."""

    lows: Rows
    highs: Rows
    scores: Bits


def dedupe_file(
    path: Path,
    out: Path,
    *,
    id_column: str | None,
    at: float,
    progress: Progress,
    columns: Mapping[str, str] | None = None,
) -> DedupeReport:
    """The rows of a list that have a duplicate in it, with their cluster, written to `out` (.csv or .parquet).

    Two rows are duplicates from the probability `at` (0-1) upwards, which is that of the pair by itself: unlike in
    linking, several may be true of one row. Duplicates of duplicates are of one cluster, but two registration numbers
    never are: whom both lay claim to goes with the nearer one. Lists are read by `open_list`. Raises `InputInvalid`, and then writes nothing.
    """
    check_out(out, path)
    refuse_folder(out)
    opened = open_list(path, id_column=id_column, option="--id", columns=columns)
    with (
        open_work_folder("prospekt-dedupe-") as folder,
        Warehouse.open_scratch(folder) as scratch,
    ):
        load_list(scratch, opened, progress=progress)
        [counts] = scratch.rows("match/list_counts")
        rows, nameless = int(str(counts["list_rows"])), int(str(counts["nameless"]))
        crowded = scratch.rows("match/crowded_names", most=CUTS["most"])
        _find_pairs(scratch, rows, progress)
        pairs = scratch.count("match/count_pairs")
        accepted = _accepted(scratch, at, progress)
        listed = scratch.table("match/list_ids").combine_chunks()
        by_id = pc.rank(listed["ref_id"], tiebreaker="first").to_numpy().astype(np.int64)
        order = _best_first(accepted, by_id)
        leaders, best = join_best_first(
            accepted.lows[order].tolist(), accepted.highs[order].tolist(), listed["number"].to_pylist()
        )
        best = {row: int(order[place]) for row, place in best.items()}
        evidence = _evidence(scratch, accepted, sorted(set(best.values())), progress)
        duplicates = _duplicates(leaders, best, accepted.scores, evidence, listed["ref_id"], by_id)
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
        read_as=say_columns(opened),
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


def _scored(scratch: Warehouse, progress: Progress) -> Iterator[tuple[Rows, Rows, Scores, Scores]]:
    """The pairs of match_pair, some at a time: the lower row's number, the higher one's, and the pair read both ways.

    The model reads a short name against a registered one, and of two rows nobody knows which is which: both ways have
    to be convincing, so that the order of the list decides nothing.
    """
    pairs, model = scratch.count("match/count_pairs"), shipped_model()
    for start in range(0, pairs, PAIRS_AT_ONCE):
        progress("compare", start, pairs)
        some = scratch.table("match/some_pairs", low=start, high=start + PAIRS_AT_ONCE)
        lows, highs = some["low_no"].to_numpy(), some["high_no"].to_numpy()
        side = scratch.table("match/compared", most_of_a_number=MOST_OF_A_NAME).combine_chunks()
        numbers = side["ref_no"].to_numpy()
        low_rows, high_rows = np.searchsorted(numbers, lows), np.searchsorted(numbers, highs)
        there, back = (
            score_pairs(Pairs(left=side, right=side, left_rows=mine, right_rows=theirs), model)
            for mine, theirs in ((low_rows, high_rows), (high_rows, low_rows))
        )
        yield lows, highs, there, back
    progress("compare", pairs, pairs)


def _accepted(scratch: Warehouse, at: float, progress: Progress) -> _Pairs:
    """The pairs that are duplicates, each by itself."""
    lows, highs, scores = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for some_lows, some_highs, there, back in _scored(scratch, progress):
        totals = np.minimum(there.totals, back.totals)
        accepted = np.flatnonzero(pair_probabilities(totals) >= at)
        lows.append(some_lows[accepted])
        highs.append(some_highs[accepted])
        scores.append(totals[accepted])
    return _Pairs(lows=np.concatenate(lows), highs=np.concatenate(highs), scores=np.concatenate(scores))


def _best_first(pairs: _Pairs, by_id: Rows) -> Rows:
    """The places of the pairs, best first, of equals those of the smaller ids; `by_id` has each row's place among these."""
    one, other = by_id[pairs.lows], by_id[pairs.highs]
    return np.lexsort((np.maximum(one, other), np.minimum(one, other), -pairs.scores))


def join_best_first(
    lows: Sequence[int], highs: Sequence[int], numbers: Sequence[str | None]
) -> tuple[list[int], dict[int, int]]:
    """Clusters of the rows that pairs join, given best first: each row's leader, and the place of its best pair.

    A pair that would bring two `numbers` (one a row, null where it states none) into one cluster joins nobody: what
    nobody would take for one company by itself does not become one through a third row.

    >>> join_best_first([0, 1], [1, 2], ["911", None, "922"])
    ([0, 0, 2], {0: 0, 1: 0})
    >>> join_best_first([0, 1], [1, 2], ["911", None, None])
    ([0, 0, 0], {0: 0, 1: 0, 2: 1})
    """
    leaders, best = list(range(len(numbers))), dict[int, int]()
    known = list(numbers)  # of each leader: the number of its cluster
    for place, pair in enumerate(zip(lows, highs, strict=True)):
        low, high = sorted(leader_of(leaders, row) for row in pair)
        if known[low] is not None and known[high] is not None and known[low] != known[high]:
            continue
        known[low] = known[low] or known[high]
        leaders[high] = low
        for row in pair:
            best.setdefault(row, place)
    return leaders, best


def _evidence(scratch: Warehouse, pairs: _Pairs, places: Sequence[int], progress: Progress) -> dict[int, str]:
    """The evidence of the pairs at these places: compared once more, as they are few among all that were."""
    lows, highs = pairs.lows[places], pairs.highs[places]
    with scratch.lend("kept_pairs", pa.table({"low_no": lows, "high_no": highs})):
        scratch.run("match/keep_pairs")
    texts: dict[tuple[int, int], str] = {}
    for some_lows, some_highs, there, back in _scored(scratch, progress):
        is_there = there.totals <= back.totals
        for scores, which in ((there, np.flatnonzero(is_there)), (back, np.flatnonzero(~is_there))):
            named = zip(some_lows[which].tolist(), some_highs[which].tolist(), strict=True)
            texts.update(zip(named, evidence_texts(scores, which).to_pylist(), strict=True))
    found = zip(places, lows.tolist(), highs.tolist(), strict=True)
    return {place: texts[low, high] for place, low, high in found}


def pair_probabilities(scores: Bits) -> Bits:
    """The probability (0-1) of each pair by itself, from its score in bits.

    >>> pair_probabilities(np.array([0.0, 6.0])).round(3).tolist()
    [0.5, 0.985]
    """
    return probabilities_by_query(scores, np.arange(len(scores)))


def leader_of(leaders: list[int], row: int) -> int:
    """The row that stands for a row's cluster; the ways there are made shorter on the way."""
    while leaders[row] != row:
        leaders[row] = leaders[leaders[row]]
        row = leaders[row]
    return row


def _duplicates(
    leaders: list[int],
    best: Mapping[int, int],
    scores: Bits,
    evidence: Mapping[int, str],
    ids: pa.ChunkedArray,
    by_id: Rows,
) -> pa.Table:
    """The rows that are in a cluster, by cluster and id."""
    rows = np.array(sorted(best), dtype=np.int64)
    clusters = np.array([leader_of(leaders, row) for row in rows.tolist()], dtype=np.int64)
    smallest = np.full(len(ids), len(ids) + 1, dtype=np.int64)
    np.minimum.at(smallest, clusters, by_id[rows])
    order = np.lexsort((by_id[rows], smallest[clusters]))
    rows, clusters = rows[order], clusters[order]
    named = np.flatnonzero(by_id[rows] == smallest[clusters])
    places = np.array([best[row] for row in rows.tolist()], dtype=np.int64)
    return pa.table(
        {
            "id": ids.take(pa.array(rows)),
            "cluster_id": ids.take(pa.array(np.repeat(rows[named], np.diff(np.append(named, len(rows)))))),
            "probability": pair_probabilities(scores[places]).round(6),
            "evidence": [evidence[place] for place in places.tolist()],
        },
        schema=SCHEMA,
    )
