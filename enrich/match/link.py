"""`prospekt link`: any two lists of companies matched, without a warehouse."""

import errno
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from db.errors import DiskFull, FolderReadOnly
from db.warehouse import Warehouse
from enrich.errors import InputInvalid
from enrich.match.candidates import Ranked, read_candidates
from enrich.match.kept import KeptIndex, keep_index
from enrich.match.list_rows import load_list, note_countries, read_queries
from enrich.match.lists import CompanyList, compared_columns, open_list, say_columns
from enrich.match.model import Scores, shipped_model
from enrich.match.one_to_one import RIVALS, keep_one_to_one
from enrich.match.prevalence import AS_MODELLED, LINKS, estimate_for, state_links
from enrich.match.side import NOTHING
from enrich.progress import Progress
from enrich.scratch import open_work_folder

LINKS_AT_ONCE = 200_000
"""Left rows whose links are written together."""

LIKELY = 0.9
"""Probability (0-1) from which a link is counted as likely."""

_LEFT_ID = AS_MODELLED.get_field_index("left_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """What linking did; `linked` left rows have at least one candidate, `nameless` ones of either list none to compare.

    Of the `links` so many are `likely` (`LIKELY`). `present` is the share (0-1) of the linked rows that seem to be in the right
    list (`estimate_present`). `index` says what became of the kept index: made, renewed or reused; null where none was asked
    for. `unread` counts the rows by country that could not be read, `strangers` the left rows by a country that no right row has,
    `alike` the left rows whose id another one has; null where nobody looked (Spark).
    """

    left_rows: int
    right_rows: int
    nameless: int
    linked: int
    links: int
    likely: int
    present: float
    index: str | None = None
    unread: Mapping[str, int] | None = None
    strangers: Mapping[str, int] | None = None
    alike: int | None = None
    compared: tuple[str, ...] = ()
    """The columns that both lists have, by which rows were compared."""
    read_as: tuple[str, ...] = ()
    """Of each list which columns are ours that are called otherwise."""


def link_files(
    left: Path,
    right: Path,
    out: Path,
    *,
    progress: Progress,
    left_id: str | None = None,
    right_id: str | None = None,
    top: int = 1,
    one_to_one: bool = False,
    index: Path | None = None,
    left_columns: Mapping[str, str] | None = None,
    right_columns: Mapping[str, str] | None = None,
) -> LinkReport:
    """For each row of the left list, its best `top` rows of the right one, written to `out` (.csv or .parquet).

    With `one_to_one` each right row goes to one left row at most (`keep_one_to_one`), and `top` is 1. `index` is a folder
    that keeps the right list and its index for the next time (`keep_index`). `left_columns` and `right_columns` name columns
    that are called otherwise than ours; see `open_list`. Raises `InputInvalid`, and then writes nothing.
    """
    check_out(out, left, right)
    refuse_folder(out)
    if one_to_one and top != 1:
        raise InputInvalid("--one-to-one gives a row one other, and --top several: leave one of them out.")
    unread: Counter[str] = Counter()
    mine = open_list(left, id_column=left_id, option="--left-id", columns=left_columns)
    theirs = open_list(right, id_column=right_id, option="--right-id", columns=right_columns)
    with _open_right(theirs, index, progress=progress, unread=unread) as (scratch, kept):
        [counts] = scratch.rows("match/list_counts")
        queries = read_queries(note_countries(mine.parts(), unread))
        strangers = _count_strangers(queries["country_code"], scratch.table("match/list_countries")["country_code"])
        nameless = int(pc.sum(pc.equal(pc.list_value_length(queries["names"]), 0)).as_py() or 0)
        scratch.run("match/links")
        read = partial(link_table, top=RIVALS if one_to_one else top)
        index_query = "match/index" if kept is None else "match/kept_index"
        for found in read_candidates(scratch, queries, shipped_model(), progress, read=read, index=index_query):
            scratch.load("match_link", with_left_ids(found, queries))
        nobody = scratch.table("match/links_nobody")["nobody"].to_numpy()
        present, odds = estimate_for(nobody, shipped_model())
        if one_to_one:
            keep_one_to_one(scratch, odds)
        linked = scratch.count("match/links_linked")
        links, likely = _write_stated(scratch, out, queries.num_rows, odds)
    return LinkReport(
        left_rows=queries.num_rows,
        right_rows=int(str(counts["list_rows"])),
        nameless=nameless + int(str(counts["nameless"])),
        linked=linked,
        links=links,
        likely=likely,
        present=round(present, 3),
        index=None if kept is None else kept.what,
        unread=unread,
        strangers=strangers,
        alike=_count_alike(queries["id"]),
        compared=compared_columns(mine, theirs),
        read_as=say_columns(mine, theirs),
    )


def _count_strangers(mine: pa.ChunkedArray, theirs: pa.ChunkedArray) -> Mapping[str, int]:
    """The rows by a country that nobody of the other list has; none where some of it have no country, and may be of any."""
    if theirs.null_count or not len(theirs):
        return {}
    stated = mine.drop_null()
    abroad = stated.filter(pc.invert(pc.is_in(stated, value_set=theirs.combine_chunks())))
    counts = {row["values"]: row["counts"] for row in pc.value_counts(abroad).to_pylist()}
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _count_alike(ids: pa.ChunkedArray) -> int:
    """How many rows have an id that another one has."""
    counts = pc.value_counts(ids).field("counts").to_numpy()
    return int(counts[counts > 1].sum())


def check_out(out: Path, *lists: Path) -> None:
    """Raise `InputInvalid` where the result could not be written there or in the form that its ending says, or is a list."""
    if out.suffix not in (".csv", ".parquet"):
        raise InputInvalid(f"{out}: the result is written as .csv or .parquet; give it one of these endings.")
    if not out.parent.is_dir():
        raise InputInvalid(f"There is no folder {out.parent}: make it, or choose another with --out.")
    if any(out.exists() and each.exists() and out.samefile(each) for each in lists):
        raise InputInvalid(
            f"{out} is one of the lists, and the result would take its place: name another file with --out."
        )


def refuse_folder(out: Path) -> None:
    """Raise `InputInvalid` where the result, one file, would have to take the place of a folder."""
    if out.is_dir():
        raise InputInvalid(f"{out} is a folder: name a file with --out, or remove the folder.")


@contextmanager
def _open_right(
    right: CompanyList, index: Path | None, *, progress: Progress, unread: Counter[str]
) -> Iterator[tuple[Warehouse, KeptIndex | None]]:
    """A scratch database with the rows of the right list, and the kept index that they come from, if any."""

    def load(warehouse: Warehouse) -> None:
        load_list(warehouse, right, progress=progress, unread=unread)

    kept = None if index is None else keep_index(index, right.path, columns=right.columns, load=load)
    with (
        open_work_folder("prospekt-link-") as folder,
        Warehouse.open_scratch(folder, attached=None if kept is None else kept.path) as scratch,
    ):
        if kept is None:
            load(scratch)
        else:
            scratch.run("match/kept_list")
            scratch.run("match/list_reference")
        yield scratch, kept


def _write_stated(scratch: Warehouse, out: Path, left_rows: int, odds: float) -> tuple[int, int]:
    """Write the links of match_link as they are stated where the odds are so many times the model's; how many, how many likely."""
    links = likely = 0
    with write_links(out) as write:
        for low in range(0, left_rows, LINKS_AT_ONCE):
            made = state_links(scratch.table("match/links_of", low=low, high=low + LINKS_AT_ONCE), odds)
            links += made.num_rows
            likely += int(pc.sum(pc.greater_equal(made["probability"], LIKELY)).as_py() or 0)
            write(made)
    return links, likely


def link_table(ranked: Ranked, top: int) -> pa.Table:
    """The best `top` candidates of each query as links (AS_MODELLED, all but the left id)."""
    starts = np.flatnonzero(np.append(True, ranked.queries[1:] != ranked.queries[:-1]))
    lengths = np.diff(np.append(starts, len(ranked.queries)))
    ranks = np.arange(len(ranked.queries)) - np.repeat(starts, lengths) + 1
    nobody = np.repeat(np.maximum(1 - np.add.reduceat(ranked.probabilities, starts), 0.0), lengths)
    kept = np.flatnonzero(ranks <= top)
    return pa.table(
        {
            "right_id": ranked.reference["id"].take(pa.array(ranked.rows[kept])),
            "rank": pa.array(ranks[kept], pa.int32()),
            "score": pa.array(ranked.scores.totals[ranked.places[kept]]),
            "probability": pa.array(ranked.probabilities[kept]),
            "evidence": evidence_texts(ranked.scores, ranked.places[kept]),
            "nobody": pa.array(nobody[kept]),
            "left_row": pa.array(ranked.queries[kept]),
        },
        schema=AS_MODELLED.remove(_LEFT_ID),
    )


def with_left_ids(links: pa.Table, queries: pa.Table) -> pa.Table:
    """Links (AS_MODELLED) of `link_table`'s, whose left rows are places of `queries`."""
    return links.add_column(_LEFT_ID, "left_id", queries["id"].take(links["left_row"]))


def evidence_texts(scores: Scores, places: npt.NDArray[np.int64]) -> pa.Array:
    """The bits of each pair's evidence as JSON."""
    texts: list[dict[str, float]] = [{} for _ in places]
    for name, found in scores.found.items():
        codes, bits = found.codes[places].tolist(), scores.bits[name][places].round(2).tolist()
        for text, code, weight in zip(texts, codes, bits, strict=True):
            if code != NOTHING:
                text[f"{name}: {found.outcomes[code]}"] = weight
    return pa.array([json.dumps(text) for text in texts], pa.string())


@contextmanager
def write_links(out: Path, schema: pa.Schema = LINKS) -> Iterator[Callable[[pa.Table], None]]:
    """Writes tables of links, to a file aside that takes its place when all is written."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    make = pa.csv.CSVWriter if out.suffix == ".csv" else pa.parquet.ParquetWriter
    waiting: list[pa.Table] = []
    try:
        with make(unfinished, schema) as writer:

            def write(links: pa.Table) -> None:
                waiting.append(links)
                if sum(each.num_rows for each in waiting) >= 100_000:
                    flush()

            def flush() -> None:
                writer.write_table(pa.concat_tables([schema.empty_table(), *waiting]).combine_chunks())
                waiting.clear()

            yield write
            flush()
        unfinished.replace(out)
    except OSError as error:
        raise (DiskFull if error.errno == errno.ENOSPC else FolderReadOnly)(out.parent) from error
    finally:
        with suppress(OSError):  # there may be no folder to clean
            unfinished.unlink(missing_ok=True)
