"""A register's whole extract as several CSV files, of which one names its entities and the others tell of them.

They come in one ZIP archive, or each by itself (`listed_files.py`), and each streams by once. Of whoever is no entity, or
is told to be a natural person (`persons`), nothing is kept from the start; of the others the rows of all files are brought
together, a record an entity, with a list for each file. Which rows of the entities are left out is counted in a warning.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sources.damage import told_of_damage
from sources.errors import SourceAborted
from sources.kinds.csv_rows import CsvRows
from sources.kinds.file_copy import CHUNK, file_sha256
from sources.kinds.file_date import file_moment
from sources.kinds.file_kind import AGAIN
from sources.kinds.index_rows import deliver_documents
from sources.source import Coverage, Delivery, Layout, Source

ENTITIES_AT_ONCE = 50_000
Take = Callable[[str, Callable[[Iterator[bytes]], pa.Table]], pa.Table]
"""How one of the files is had: by its name, and what makes a table of its text as that streams by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the files: the column that names the entity, those that are read, and the values that a row must have.

    `ignored` are columns that are known and not read; any other is told.
    """

    file: str
    number: str
    columns: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The file of entities, and those about them by the name of their list in a record.

    `persons` is the column and value by which an entity is a natural person, where the file of entities says so: left out.
    Where it is null, natural persons among the entities are landed as such. `since` is the column of the entities that says
    from when a row holds, as text in order of time: of several rows of one entity the newest counts, without it the last.
    `full` is the file, its row and the word that say that an archive is whole, where one does. `named` is what a file is
    called in an archive, in small letters, around its name (`*` for anything).
    """

    layout: Layout
    entities: Part
    about: Mapping[str, Part]
    persons: tuple[str, str] | None = None
    since: str | None = None
    full: tuple[str, str, str] | None = None
    named: str = "{}"

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of the files, the entities' first."""
        return (self.entities, *self.about.values())


def read_extract(source: Source, extract: Extract, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """The archive as a delivery; it counts as fetched at its `file_moment`.

    Raises SourceAborted where it is no such archive, is damaged, or is given as complete and is not.
    """
    if not path.is_file():
        raise SourceAborted(f"there is no file {path}.", source=source.name)
    if not zipfile.is_zipfile(path):
        raise SourceAborted(f"{path.name} is no ZIP archive.", source=source.name, hint="Give the extract as it comes.")
    moment = file_moment(source, path)
    sha256 = file_sha256(path)
    with told_of_damage(source.name, path.name), zipfile.ZipFile(path) as archive:
        if extract.full is not None:
            _check_whole(source, extract.full, archive, coverage)
        delivery = deliver_extract(
            source,
            extract,
            partial(_take_from, source, extract, archive),
            coverage=coverage,
            landing=landing,
            moment=moment,
        )
    return replace(delivery, original_sha256=sha256)


def deliver_extract(
    source: Source,
    extract: Extract,
    take: Take,
    *,
    coverage: Coverage,
    landing: Path,
    moment: datetime,
    url: str | None = None,
) -> Delivery:
    """What the files tell of the entities, a record an entity, as a delivery of `moment`."""
    reader = _Reader(source, extract, take)
    delivery = deliver_documents(
        source,
        extract.layout,
        reader.records(),
        keeps=lambda *_: True,
        coverage=coverage,
        landing=landing,
        moment=moment,
        url=url,
    )
    return replace(delivery, warnings=tuple(dict.fromkeys((*reader.warnings, *delivery.warnings))))


def _check_whole(source: Source, full: tuple[str, str, str], archive: zipfile.ZipFile, coverage: Coverage) -> None:
    name, variable, word = full
    with archive.open(_member(source, archive, name)) as member:
        said = dict(list(csv.reader(io.TextIOWrapper(member, "utf-8-sig", newline="")))[1:])
    if coverage is Coverage.COMPLETE and said.get(variable, "").strip().lower() != word:
        raise SourceAborted(
            f"the archive says that it is {said.get(variable)!r}, not {word!r}: it is not the whole register.",
            source=source.name,
            hint="Give the full extract, or load it with --partial.",
        )


def _take_from(
    source: Source, extract: Extract, archive: zipfile.ZipFile, name: str, make: Callable[[Iterator[bytes]], pa.Table]
) -> pa.Table:
    with archive.open(_member(source, archive, extract.named.format(name))) as file:
        return make(iter(partial(file.read, CHUNK), b""))


def _member(source: Source, archive: zipfile.ZipFile, name: str) -> str:
    found = [one for one in archive.namelist() if fnmatchcase(one.rpartition("/")[2].lower(), name)]
    if len(found) != 1:
        raise SourceAborted(
            f"the archive holds {len(found)} files {name} where one was expected.",
            source=source.name,
            hint="Give the full extract; one of what changed since is not read.",
        )
    return found[0]


class _Reader:
    """Reads the files of one extract; `warnings` are sentences for the run's report."""

    def __init__(self, source: Source, extract: Extract, take: Take) -> None:
        self._source, self._extract, self._take = source, extract, take
        self.warnings: list[str] = []

    def records(self) -> Iterator[dict[str, Any]]:
        entities, keys = self._each_once(self._without_persons(self._read(self._extract.entities, None)))
        # what only ties the files together, or tells versions apart, is no value of the record
        entities = entities.select([name for name in entities.column_names if name in self._extract.layout.columns])
        about = {name: self._sorted(part, keys) for name, part in self._extract.about.items()}
        for start in range(0, len(entities), ENTITIES_AT_ONCE):
            chunk = entities.slice(start, ENTITIES_AT_ONCE)
            its_keys = keys[start : start + ENTITIES_AT_ONCE]
            lists = {name: _lists(table, its, its_keys) for name, (table, its) in about.items()}
            for place, entity in enumerate(chunk.to_pylist()):
                yield entity | {name: found[place] for name, found in lists.items()}

    def _without_persons(self, entities: pa.Table) -> pa.Table:
        if self._extract.persons is None:
            return entities
        column, person = self._extract.persons
        is_person = pc.equal(pc.utf8_trim_whitespace(entities[column]), person)
        persons = int(pc.sum(is_person).as_py() or 0)
        if persons:
            self.warnings.append(
                f"{persons:,} of {len(entities):,} rows are about natural persons: left out while the file was read, "
                "nothing of them was kept"
            )
        return entities.filter(pc.invert(is_person))

    def _each_once(self, entities: pa.Table) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """The entities in order of their numbers, each once, with these; whoever has none that can be read stays."""
        part, since = self._extract.entities, self._extract.since
        by = {"key": _keys(entities[part.number])} | ({} if since is None else {"since": entities[since]})
        order = pc.sort_indices(pa.table(by), sort_keys=[(name, "ascending") for name in by])
        keys = by["key"][order.to_numpy()]
        kept = np.ones(len(keys), dtype=bool)
        kept[:-1] = (keys[:-1] != keys[1:]) | (keys[:-1] < 0)
        if not kept.all():
            self.warnings.append(
                f"{np.count_nonzero(~kept):,} of {len(keys):,} rows of {part.file} are about an entity of which another row "
                f"tells: the {'last' if since is None else 'newest'} one counts"
            )
        return entities.take(order.filter(pa.array(kept))), keys[kept]

    def _sorted(self, part: Part, wanted: npt.NDArray[np.int64]) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        table = self._read(part, wanted)
        keys = _keys(table[part.number])
        order = np.argsort(keys, kind="stable")
        return table.select(part.columns).take(pa.array(order)), keys[order]

    def _read(self, part: Part, wanted: npt.NDArray[np.int64] | None) -> pa.Table:
        """The rows of a file that are about a wanted entity and have the values that they must."""
        return self._take(part.file, lambda chunks: self._rows(part, wanted, chunks))

    def _rows(self, part: Part, wanted: npt.NDArray[np.int64] | None, chunks: Iterator[bytes]) -> pa.Table:
        since = (self._extract.since,) if wanted is None and self._extract.since is not None else ()
        asked = list(dict.fromkeys((part.number, *part.columns, *part.wanted, *since)))
        kept = [pa.schema([(name, pa.string()) for name in asked]).empty_table()]
        rows = CsvRows(self._source.name, part.file, chunks, separator=",")
        self._check_columns(part, rows.header, asked)
        for table in rows.tables(asked):
            for name, values in part.wanted.items():
                table = table.filter(pc.is_in(table[name], pa.array(values)))
            if wanted is not None:
                table = table.filter(pa.array(_is_in(_keys(table[part.number]), wanted)))
            kept.append(table)
        if rows.broken or rows.not_text:
            raise SourceAborted(
                f"{rows.broken + rows.not_text:,} of {rows.rows:,} rows of {part.file} have too many or too few values, or "
                "are no text.",
                source=self._source.name,
                hint=AGAIN,
            )
        table = pa.concat_tables(kept)
        if wanted is None and len(table) < rows.rows:
            self.warnings.append(
                f"{rows.rows - len(table):,} of {rows.rows:,} rows of {part.file} are left out for their "
                f"{' or '.join(part.wanted)}"
            )
        return table

    def _check_columns(self, part: Part, header: tuple[str, ...], asked: list[str]) -> None:
        missing = [name for name in asked if name not in header]
        if missing:
            raise SourceAborted(
                f"{part.file} lacks the column {', '.join(missing)}.",
                source=self._source.name,
                hint="Nothing was loaded. If the register changed its extract, its declaration needs a new layout.",
            )
        for name in sorted(set(header) - set(asked) - part.ignored):
            self.warnings.append(f"{part.file} has the unknown column {name!r}")


def _keys(numbers: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """The digits of each number; -1 for what has none, or another sign than dots and spaces."""
    bare = pc.replace_substring_regex(numbers, r"[.\s]", "")
    sound = pc.if_else(pc.match_substring_regex(bare, r"^\d{1,15}$"), bare, "-1")
    return np.asarray(pc.cast(sound, pa.int64()).to_numpy())


def _is_in(keys: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if not len(wanted):
        return np.zeros(len(keys), dtype=bool)
    place = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    return np.asarray((wanted[place] == keys) & (keys >= 0))


def _lists(table: pa.Table, keys: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> list[list[dict[str, str]]]:
    """For each wanted entity its rows; both sides are in order of their keys."""
    start, end = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    first = int(start[0]) if len(start) else 0
    rows = table.slice(first, int(end[-1]) - first if len(end) else 0).to_pylist()
    return [rows[low - first : high - first] for low, high in zip(start.tolist(), end.tolist(), strict=True)]
