"""`prospekt link`: any two lists of companies matched, without a warehouse."""

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from db.errors import DiskFull, FolderReadOnly
from db.warehouse import Warehouse
from enrich.crm.country import country_names
from enrich.crm.labels import fold_label
from enrich.errors import InputInvalid
from enrich.match.candidates import Ranked, read_candidates
from enrich.match.kept import KeptIndex, keep_index
from enrich.match.lists import read_list, registration_key
from enrich.match.model import Scores, shipped_model
from enrich.match.one_to_one import RIVALS, keep_one_to_one
from enrich.match.prevalence import AS_MODELLED, LINKS, estimate_for, state_links
from enrich.match.side import NAME, NOTHING, SIDE
from enrich.normalise.address import normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain
from enrich.normalise.parallel import normalise_in_parallel
from enrich.progress import Progress
from enrich.scratch import open_work_folder

ROWS_AT_ONCE = 4_000_000
"""Rows of a list that are read and normalised together: about 2 GB of memory."""

LINKS_AT_ONCE = 200_000
"""Left rows whose links are written together."""

_LEFT_ID = AS_MODELLED.get_field_index("left_id")

_NUMBER = "number"
"""Both lists' registration numbers are taken to be of one scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """What linking did; `linked` left rows have at least one candidate, `nameless` ones of either list none to compare.

    `present` is the share (0-1) of the linked rows that seem to be in the right list (`estimate_present`). `index` says what became of the kept index: made, renewed or reused; null where none was asked for.
    """

    left_rows: int
    right_rows: int
    nameless: int
    linked: int
    links: int
    present: float
    index: str | None = None


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
) -> LinkReport:
    """For each row of the left list, its best `top` rows of the right one, written to `out` (.csv or .parquet).

    With `one_to_one` each right row goes to one left row at most (`keep_one_to_one`), and `top` is 1. `index` is a folder
    that keeps the right list and its index for the next time (`keep_index`). Lists are CSV or Parquet files; see
    `read_list`. Raises `InputInvalid`, and then writes nothing.
    """
    check_out(out)
    if one_to_one and top != 1:
        raise InputInvalid("--one-to-one gives a row one other, and --top several: leave one of them out.")
    with _open_right(right, index, right_id=right_id, progress=progress) as (scratch, kept):
        [counts] = scratch.rows("match/list_counts")
        queries = pa.concat_tables(
            [SIDE.empty_table(), *map(query_side, _gathered(read_list(left, id_column=left_id, option="--left-id")))]
        ).combine_chunks()
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
        links = _write_stated(scratch, out, queries.num_rows, odds)
    return LinkReport(
        left_rows=queries.num_rows,
        right_rows=int(str(counts["list_rows"])),
        nameless=nameless + int(str(counts["nameless"])),
        linked=linked,
        links=links,
        present=round(present, 3),
        index=None if kept is None else kept.what,
    )


def check_out(out: Path) -> None:
    """Raise `InputInvalid` where the result could not be written there, or in the form that its ending says."""
    if out.suffix not in (".csv", ".parquet"):
        raise InputInvalid(f"{out}: the result is written as .csv or .parquet; give it one of these endings.")
    if not out.parent.is_dir():
        raise InputInvalid(f"There is no folder {out.parent}: make it, or choose another with --out.")


@contextmanager
def _open_right(
    right: Path, index: Path | None, *, right_id: str | None, progress: Progress
) -> Iterator[tuple[Warehouse, KeptIndex | None]]:
    """A scratch database with the rows of the right list, and the kept index that they come from, if any."""

    def load(warehouse: Warehouse) -> None:
        load_list(warehouse, right, id_column=right_id, option="--right-id", progress=progress)

    kept = None if index is None else keep_index(index, right, id_column=right_id, load=load)
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


def _write_stated(scratch: Warehouse, out: Path, left_rows: int, odds: float) -> int:
    """Write the links of match_link as they are stated where the odds are so many times the model's; how many they are."""
    links = 0
    with write_links(out) as write:
        for low in range(0, left_rows, LINKS_AT_ONCE):
            made = state_links(scratch.table("match/links_of", low=low, high=low + LINKS_AT_ONCE), odds)
            links += made.num_rows
            write(made)
    return links


@lru_cache(maxsize=10_000)
def _country(text: str) -> str | None:
    """A country's name or code as ISO 3166-1 alpha-2; a code that the table lacks stands for itself."""
    return country_names().get(fold_label(text)) or (text.upper() if len(text) == 2 and text.isalpha() else None)


def _gathered(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The parts of a list joined to larger ones, worth sharing among processors."""
    waiting: list[pa.Table] = []
    for part in parts:
        waiting.append(part)
        if sum(each.num_rows for each in waiting) >= ROWS_AT_ONCE:
            yield pa.concat_tables(waiting)
            waiting.clear()
    if waiting:
        yield pa.concat_tables(waiting)


def load_list(scratch: Warehouse, path: Path, *, id_column: str | None, option: str, progress: Progress) -> None:
    """The rows of a list, normalised, as match_list of a scratch database and through the views that candidates are found by."""
    scratch.run("match/lists")
    rows = 0
    for part in _gathered(read_list(path, id_column=id_column, option=option)):
        places = pa.array(np.arange(rows, rows + part.num_rows))
        scratch.load("match_listed", reference_table(part).append_column("place", places))
        rows += part.num_rows
        progress("read", rows, None)
    scratch.run("match/list_reference")


def query_side(part: pa.Table) -> pa.Table:
    """Rows of the left list as a side."""
    rows = reference_table(part)
    names = pa.StructArray.from_arrays(
        [rows[field].combine_chunks() for field in ("name", "core_name", "core_key", "legal_form_class")],
        fields=list(NAME),
    )
    has_name = pc.is_valid(rows["core_key"]).combine_chunks()
    return pa.table(
        {
            "id": rows["ref_id"],
            "names": _listed(names, has_name),
            "country_code": rows["country_code"],
            "numbers": _listed(pc.binary_join_element_wise(_NUMBER, rows["number"].combine_chunks(), ":")),
            "domains": _listed(rows["domain"].combine_chunks()),
            "phones": _listed(pa.nulls(part.num_rows, pa.string())),
            "postal_code": rows["postal_code"],
            "city_key": rows["city_key"],
            "is_live": pa.array([True] * part.num_rows),
            "entity_kind": pa.array(["legal_entity"] * part.num_rows),
        },
        schema=SIDE,
    )


def _listed(values: pa.Array, has_value: pa.Array | None = None) -> pa.ListArray:
    """Each value in a list of its own, empty where there is none."""
    present = pc.is_valid(values) if has_value is None else has_value
    ends = np.concatenate([[0], np.cumsum(present.to_numpy(zero_copy_only=False))]).astype(np.int32)
    return pa.ListArray.from_arrays(ends, values.filter(present))


def reference_table(part: pa.Table) -> pa.Table:
    """Rows of a list as rows of match_list, normalised."""
    normal = normalise_in_parallel(part["name"])
    core_name, core_key = (
        pc.if_else(pc.equal(normal[name], ""), None, normal[name]) for name in ("core_name", "core_key")
    )
    return pa.table(
        {
            "ref_id": pc.fill_null(part["id"], ""),
            "name": part["name"],
            "country_code": _each(part["country"], _country),
            "core_name": core_name,
            "core_key": core_key,
            "legal_form_class": normal["legal_form_class"],
            "domain": _each(part["domain"], employer_domain),
            "postal_code": _each(part["postal_code"], normalise_postal_code),
            "city_key": _each(part["city"], lru_cache(100_000)(normalise_city)),
            "number": _each(part["registration_number"], registration_key),
        }
    )


def _each(column: pa.ChunkedArray, normalise: Callable[[str], str | None]) -> pa.Array:
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    return pa.array([normalise(text) if text else None for text in column.to_pylist()], pa.string())


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
