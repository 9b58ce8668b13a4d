"""A kept index: a list normalised and inverted once, in a DuckDB file of its own, for as long as nothing it was made of changes."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.errors import FolderReadOnly
from db.sql import read_query
from db.warehouse import Warehouse
from enrich.errors import InputInvalid
from enrich.match.candidates import LIMITS
from enrich.match.lists import refusing_unreadable
from enrich.match.standing import sign_program
from enrich.scratch import open_work_folder

MADE_BY = ("lists", "list_reference", "list_asks_itself", "queries", "index", "keep_index")
"""The queries under db/queries/match that a kept index is the work of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIndex:
    """Where a kept index is, and `what` became of it: made, renewed or reused."""

    path: Path
    what: str


def keep_index(
    folder: Path, source: Path, *, columns: Mapping[str, str], load: Callable[[Warehouse], None]
) -> KeptIndex:
    """The index of a list, from the folder, or made there where it is missing or of another state of the list.

    It holds the list's rows, names included: about 110 bytes a row of names and countries. Its own file name says what
    it was made of: the list's path, size and times of change, its columns that are read, and the program that reads, normalises and
    indexes it. `load` gives a scratch database the list's rows. An index of an earlier state is deleted.

    Raises `InputInvalid` where the list cannot be read, `FolderReadOnly`.
    """
    with refusing_unreadable(source):
        place, state = source.resolve(), source.stat()
    of = f"prospekt-index-{_digest(place)}-"
    made_by = [read_query(f"match/{name}") for name in MADE_BY]
    path = folder / (
        of
        + _digest(
            (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino),
            sorted(columns.items()),
            LIMITS,
            made_by,
            sign_program(),
        )
        + ".duckdb"
    )
    if path.exists():
        return KeptIndex(path=path, what="reused")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open_work_folder("unfinished-", within=folder) as work:
            with Warehouse.open_scratch(work) as scratch:
                load(scratch)
                scratch.run("match/list_asks_itself")
                scratch.run("match/queries")
                scratch.run("match/index", **LIMITS)
                scratch.run("match/keep_index")
                scratch.checkpoint()
            # another run may have made the same one meanwhile
            earlier = [each for each in folder.glob(f"{of}*.duckdb") if each != path]
            (work / "scratch.duckdb").replace(path)
    except FileExistsError as error:
        raise InputInvalid(f"{folder} is a file, and --index needs a folder: name another.") from error
    except PermissionError as error:
        raise FolderReadOnly(folder) from error
    for each in earlier:
        each.unlink(missing_ok=True)
    return KeptIndex(path=path, what="renewed" if earlier else "made")


def _digest(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]
