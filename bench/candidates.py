"""How many of the true companies the keys bring up, and what the caps on keys and the cut of candidates lose of them."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.gold import Case, read_cases
from bench.measure import Measure
from db.warehouse import Warehouse
from enrich.match.candidates import CUTS, LIMITS
from enrich.match.list_rows import load_list, query_side
from enrich.match.lists import open_list, read_list
from enrich.match.other_names import with_other_names
from enrich.progress import silent

WIDER = 10
"""How many times as many records may share a key where the caps are loosened; without any, common words join all with all."""

UNCUT = {"most": 1_000_000, "hopeless": 1_000_000}

_TRUTHS = """
SELECT query_number, max(match_reference.ref_id = truth) AS is_found, count(*) AS candidates
FROM match_candidate
JOIN match_reference USING (ref_no)
JOIN truths USING (query_number)
GROUP BY query_number
"""


def measure_candidates(shared: Path) -> Iterator[Measure]:
    """Recall of candidates on the half that is held back, as they are, without the cut, and with looser caps too."""
    gold, reference = shared / "gold" / "sbti_dev.csv", shared / "gleif" / "gleif_names.parquet"
    cases = [case for case in read_cases(gold, reference) if case.is_fair and not case.is_developing]
    asked = {case.query: case for case in cases}
    queries = pa.concat_tables(map(query_side, read_list(gold, id_column="qid", option="--left-id")))
    kept = [place for place, query in enumerate(queries["id"].to_pylist()) if query in asked]
    queries = queries.take(pa.array(kept)).combine_chunks()
    looser = {name: WIDER * most for name, most in LIMITS.items()}
    with tempfile.TemporaryDirectory() as folder, Warehouse.open_scratch(Path(folder)) as scratch:
        load_list(scratch, open_list(reference, id_column="lei", option="--right-id"), progress=silent)
        whole = _find(scratch, queries, asked, looser, CUTS | UNCUT | {"most_of_a_word": looser["most_of_a_word"]})
        uncut = _find(scratch, queries, asked, LIMITS, CUTS | UNCUT)
        found = _find(scratch, queries, asked, LIMITS, CUTS)
    yield Measure(
        name="candidates_recall",
        figure=found["recall"],
        unit="share",
        peer=f"{WIDER} times as many may share a key, and nothing is cut",
        peer_figure=whole["recall"],
        more={
            "queries": len(cases),
            "candidates_a_query": round(found["a_query"], 1),
            "lost_by_the_cut": round(uncut["recall"] - found["recall"], 4),
            "lost_by_the_caps": round(whole["recall"] - uncut["recall"], 4),
            "without_the_cut_a_query": round(uncut["a_query"], 1),
            "without_caps_a_query": round(whole["a_query"], 1),
        },
    )


def _find(
    scratch: Warehouse, queries: pa.Table, asked: Mapping[str, Case], limits: Mapping[str, int], cuts: Mapping[str, int]
) -> dict[str, float]:
    ids: Sequence[str] = queries["id"].to_pylist()
    numbers = pa.array(np.arange(len(ids)))
    with scratch.lend("asked", with_other_names(queries.append_column("query_number", numbers))):
        scratch.run("match/queries")
    scratch.run("match/index", **limits)
    scratch.run("match/candidates", low=0, high=len(ids), **cuts)
    truths = pa.table({"query_number": numbers, "truth": [asked[query].truth for query in ids]})
    with scratch.lend("truths", truths):
        rows = scratch.ask(_TRUTHS)
    scratch.run("match/clear")
    return {
        "recall": sum(bool(row["is_found"]) for row in rows) / len(ids),
        "a_query": sum(int(str(row["candidates"])) for row in rows) / len(ids),
    }
