"""What publishing prepared of one published file, and the verdict of a criterion over all its companies."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from db.sql import quote_identifier
from db.warehouse import Warehouse
from enrich.engine.elements import Elements
from enrich.engine.everybody import look_up
from enrich.engine.postings import Postings
from enrich.engine.words import AskedRun, is_one_word, read_asked
from enrich.errors import ContractBroken
from enrich.icp.criteria import words_pattern
from enrich.icp.criterion import Criterion

NO, UNKNOWN, YES = 0, 1, 2
"""The three verdicts, so that AND is the least of them and OR the greatest."""

_T = TypeVar("_T", bound="Verdicts | Shares")
_HARD = (np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0]))
"""Least and most share of a wish without soft edges, by verdict."""

Rows = slice | npt.NDArray[np.int64]
"""Places of companies in the order of the search: a stretch, or single ones."""

_KEPT_BYTES = 16_000_000
"""So much is kept for the next search of verdicts and shares that have a byte a combination of values."""
_KEPT_LARGE = 16
"""So many are kept besides that have a byte a company, as those on words."""
_FEW_COMBINATIONS = 2**17
"""A dimension of so many is kept whole once it was shown of companies; of another one the companies' own are asked for."""
_TEXTS_AT_A_TIME = 50_000

_ONLY_WHETHER = {"site": frozenset({"website", "domain"})}
"""Columns of which a dimension holds no value, only whether there is one."""

_LONGEST_FIRST = (("purpose", "site_description"), ("activity", "name"))
_INDEXED = {column for columns in _LONGEST_FIRST for column in columns}
"""Columns whose words are prepared, all together."""
_LITTLE_SAID = 16
"""That a word is there which so many times as many companies have as another leaves few of those out."""

_WHETHER = re.compile(r"\b([a-z_][a-z_0-9]*) IS (?:NOT )?NULL\b")
_UNSAID = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
"""Comments and constants."""
_NAME = re.compile(r"(?<![$\w.])[a-z_][a-z_0-9]*\b(?!\s*\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdict on every company: `table` has one a combination of values, `codes` the combination of each company;
    without codes the table has one a company.
    """

    table: npt.NDArray[np.integer]
    codes: npt.NDArray[np.integer] | None = None
    may_hold: int = 0
    """How many companies it may hold for, about."""

    @property
    def nbytes(self) -> int:
        """How many bytes keeping it takes; the codes are kept all the same."""
        return self.table.nbytes

    def of(self, rows: Rows) -> npt.NDArray[np.integer]:
        """The verdicts on these companies."""
        if isinstance(rows, slice):
            return self.table[rows] if self.codes is None else look_up(self.table, self.codes[rows])
        return np.take(self.table, rows if self.codes is None else np.take(self.codes, rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How far a wish is met: `outcomes` numbers what may come out, of each `low` and `high` are the least and most share (0-1)."""

    outcomes: "Verdicts | AnyOf"
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]

    @property
    def nbytes(self) -> int:
        """As of verdicts."""
        return self.outcomes.nbytes if isinstance(self.outcomes, Verdicts) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """The verdict of several criteria: for one of the parts, all of its have to hold."""

    parts: Sequence[Sequence["Verdicts | AnyOf"]]
    may_hold: int

    def of(self, rows: Rows) -> npt.NDArray[np.integer]:
        """The verdicts on these companies."""
        whole = (reduce(np.minimum, (one.of(rows) for one in part)) for part in self.parts)
        return reduce(np.maximum, whole)


class SearchIndex:
    """The schema `search` of a published file, its columns read when they are first asked for and then kept.

    `catalogue` is empty for the companies file, else the name under which the file is attached; `table` is its table of
    companies. Raises `ContractBroken` for a file that was published before there was such a schema.
    """

    def __init__(self, warehouse: Warehouse, *, table: str, catalogue: str = "") -> None:
        self.warehouse = warehouse
        self._combinations = warehouse.as_written[1 if catalogue else 0]
        self.table = table
        self._schema = f"{catalogue}.search" if catalogue else "search"
        found = warehouse.rows("search/dimensions", catalogue=catalogue or None)
        self._columns: dict[str, frozenset[str]] = {}
        for row in found:
            name = str(row["table_name"])
            self._columns[name] = self._columns.get(name, frozenset()) | {str(row["column_name"])}
        if "company" not in self._columns:
            raise ContractBroken(
                "The published files are of before searches were prepared: run `prospekt publish` first."
            )
        self._coded: dict[str, npt.NDArray[np.integer]] = {}
        self._kept: OrderedDict[tuple[str, ...], Verdicts | Shares] = OrderedDict()
        self._lists: dict[str, Elements] = {}
        self._company_count: dict[str, npt.NDArray[np.int64]] = {}
        self._known: dict[str, bool] = {}
        self._counts: dict[str, int] = {}
        self.postings = Postings(warehouse, self._schema)
        self._values: dict[str, pa.Table] = {}

    @cached_property
    def company_count(self) -> int:
        """How many companies there are."""
        return len(self.numbers)

    @cached_property
    def numbers(self) -> npt.NDArray[np.int64]:
        """The row of each company in `table`."""
        return self._read("number", "BIGINT")

    @cached_property
    def has_text(self) -> npt.NDArray[np.bool_]:
        """Whether a register says what each company does, in words."""
        return self._read("has_text", "UTINYINT").astype(bool)

    @cached_property
    def is_described(self) -> npt.NDArray[np.bool_]:
        """Whether a register says so, or its own site."""
        return np.logical_or(self.has_text, self._read("has_site_text", "UTINYINT"))

    @cached_property
    def _without_words(self) -> npt.NDArray[np.uint8]:
        """The verdict on companies that do not have a word."""
        return np.where(self.has_text, np.uint8(NO), np.uint8(UNKNOWN))

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources that say something of a company."""
        said = self.warehouse.ask(f"SELECT DISTINCT unnest(sources) AS source FROM {self.relation('site')}")
        return frozenset(str(row["source"]) for row in said)

    def codes(self, dimension: str) -> npt.NDArray[np.integer]:
        """The combination of values that each company has."""
        if dimension not in self._coded:
            kind = "USMALLINT" if self.count_combinations(dimension) <= 2**16 else "UINTEGER"
            codes = self._read(dimension, kind)
            if len(codes) and codes.max() >= self.count_combinations(dimension):
                raise ContractBroken(f"The published file numbers {dimension} otherwise than it says: publish again.")
            self._coded[dimension] = codes
        return self._coded[dimension]

    def count_combinations(self, dimension: str) -> int:
        """How many combinations of values companies have."""
        if dimension not in self._counts:
            [row] = self.warehouse.ask(f"SELECT count(*) AS n FROM {self.relation(dimension)}")
            self._counts[dimension] = int(str(row["n"]))
        return self._counts[dimension]

    def relation(self, dimension: str) -> str:
        """The table of a dimension, as SQL."""
        return f"{self._schema}.{quote_identifier(dimension)}"

    def of_combinations(self, dimension: str, expression: str, kind: str, **parameters: object) -> pa.ChunkedArray:
        """An SQL expression over the columns of a dimension, worked out for each of its combinations."""
        sql = f"SELECT ({expression})::{kind} AS said FROM {self.relation(dimension)} ORDER BY code"
        return self._combinations.read(sql, **parameters)["said"]

    def values(self, dimension: str, names: Set[str], places: npt.NDArray[np.int64]) -> pa.Table:
        """What companies have in those of the named columns whose values a dimension has, by their places."""
        codes = self.codes(dimension)[places]
        held = sorted((self._columns[dimension] & names) - _ONLY_WHETHER.get(dimension, frozenset()))
        if self.count_combinations(dimension) > _FEW_COMBINATIONS:
            met, codes = np.unique(codes, return_inverse=True)
            sql = f"SELECT {', '.join(held)} FROM {self.relation(dimension)} WHERE code IN (SELECT unnest($codes)) ORDER BY code"
            return self.warehouse.read_few(sql, codes=met.tolist()).take(pa.array(codes))
        if dimension not in self._values:
            sql = f"SELECT * FROM {self.relation(dimension)} ORDER BY code"
            self._values[dimension] = self.warehouse.read(sql).combine_chunks()
        return self._values[dimension].select(held).take(pa.array(codes))

    def judge(self, criterion: Criterion, parameters: Mapping[str, object]) -> Verdicts | AnyOf:
        """The verdict of a criterion on every company; `parameters` are at least its own and `as_of`."""
        if criterion.parts:
            parts = [[self.judge(one, parameters) for one in part] for part in criterion.parts]
            may_hold = sum(min(one.may_hold for one in part) for part in parts)
            return AnyOf(parts=parts, may_hold=may_hold)
        return self._keep((criterion.verdict,), parameters, lambda said: self._judge(criterion, said))

    def share(self, criterion: Criterion, parameters: Mapping[str, object]) -> Shares:
        """How far every company meets a wish, all of it or, where it has soft edges, a part."""
        if criterion.shares is None:
            low, high = _HARD
            return Shares(outcomes=self.judge(criterion, parameters), low=low, high=high)
        asked = criterion.shares
        return self._keep(asked, parameters, lambda said: self._share(asked, said))

    def _keep(
        self, asked: tuple[str, ...], parameters: Mapping[str, object], work: Callable[[Mapping[str, object]], _T]
    ) -> _T:
        """What `work` makes of those of the parameters that some SQL names, worked out once while there is room for it."""
        said = {name: value for name, value in parameters.items() if any(f"${name}" in sql for sql in asked)}
        key = (*asked, repr(sorted(said.items())))
        if key not in self._kept:
            self._kept[key] = work(said)
            self._make_room()
        self._kept.move_to_end(key)
        return cast("_T", self._kept[key])

    def _make_room(self) -> None:
        """Forget the oldest tables with a row a company where they are too many, and the oldest others where those are too much."""
        large = [key for key, one in self._kept.items() if one.nbytes >= self.company_count]
        for key in large[:-_KEPT_LARGE]:
            del self._kept[key]
        small = [key for key in self._kept if key not in large]
        too_much = sum(self._kept[key].nbytes for key in small) - _KEPT_BYTES
        for key in small[:-1]:
            if too_much <= 0:
                break
            too_much -= self._kept.pop(key).nbytes

    def _share(self, shares: tuple[str, str], parameters: Mapping[str, object]) -> Shares:
        low_sql, high_sql = shares
        dimension = self._dimension_of(f"{low_sql} {high_sql}")
        relation, place = (self.table, "rowid") if dimension is None else (self.relation(dimension), "code")
        sql = f"SELECT {place} AS place, ({low_sql})::DOUBLE AS low, ({high_sql})::DOUBLE AS high FROM {relation} ORDER BY {place}"
        asked = self.warehouse if dimension is None else self._combinations
        rows = asked.read(sql, **parameters)
        pairs = np.column_stack([rows["low"].to_numpy(), rows["high"].to_numpy()])
        found, outcomes = np.unique(pairs, axis=0, return_inverse=True)
        table = outcomes.reshape(-1).astype(np.uint32)
        lookup = (
            Verdicts(table=table[self.numbers])
            if dimension is None
            else Verdicts(table=table, codes=self.codes(dimension))
        )
        return Shares(outcomes=lookup, low=found[:, 0], high=found[:, 1])

    def is_known(self, column: str, country: str | None = None) -> bool:
        """Whether any company (of that country, ISO 3166-1 alpha-2) has a value in that column."""
        if column not in self._all_columns:
            return False
        if country is not None:
            return self.is_known(column) and self._is_known_in(column, country)
        if column not in self._known:
            dimension = next((name for name, columns in self._columns.items() if column in columns), None)
            relation = self.table if dimension is None else self.relation(dimension)
            sql = f"SELECT EXISTS (SELECT 1 FROM {relation} WHERE {quote_identifier(column)} IS NOT NULL) AS known"
            self._known[column] = bool(self.warehouse.ask(sql)[0]["known"])
        return self._known[column]

    def _is_known_in(self, column: str, country: str) -> bool:
        if (key := f"{column} {country}") not in self._known:
            sql = f"SELECT EXISTS (SELECT 1 FROM {self.table} WHERE country_code = $country AND {quote_identifier(column)} IS NOT NULL) AS known"
            self._known[key] = bool(self.warehouse.ask(sql, country=country)[0]["known"])
        return self._known[key]

    def count_known(self, columns: Sequence[str], country: str) -> tuple[int, int]:
        """Of how many of a country's companies one of the columns has a value, and how many companies those are."""
        stated = " OR ".join(
            f"{quote_identifier(column)} IS NOT NULL" for column in columns if column in self._all_columns
        )
        sql = f"SELECT count(*) FILTER ({stated or 'false'}) AS known, count(*) AS companies FROM {self.table} WHERE country_code = $country"
        [row] = self.warehouse.ask(sql, country=country)
        return int(str(row["known"])), int(str(row["companies"]))

    def _judge(self, criterion: Criterion, parameters: Mapping[str, object]) -> Verdicts:
        if criterion.words and set(criterion.fields) == _INDEXED:
            asked = [(word, read_asked(word)) for word in criterion.words]
            if all(runs for _, runs in asked):
                return self._judge_words(asked)
        dimension = self._dimension_of(criterion.verdict)
        if dimension is None:
            return self._judge_each(criterion.verdict, parameters)
        if criterion.elements is not None:
            table = self._elements(dimension, criterion.elements[0]).judge(criterion.elements[1], parameters)
        else:
            rows = self._combinations.read_few(
                _judged(criterion.verdict, "code", self.relation(dimension)), **parameters
            )
            table = np.empty(len(rows), dtype=np.uint8)
            table[rows["code"].to_numpy()] = rows["said"].to_numpy()  # to sort hundreds of thousands takes longer
        may_hold = int(self._company_counts(dimension)[table > NO].sum())
        return Verdicts(table=table, codes=self.codes(dimension), may_hold=may_hold)

    def _elements(self, dimension: str, column: str) -> Elements:
        """What stands in the lists of a dimension's combinations; worked out once."""
        if column not in self._lists:
            self._lists[column] = Elements(
                self._combinations, self.relation(dimension), column, count=self.count_combinations(dimension)
            )
        return self._lists[column]

    def _company_counts(self, dimension: str) -> npt.NDArray[np.int64]:
        """How many companies have each combination."""
        if dimension not in self._company_count:
            self._company_count[dimension] = self.of_combinations(dimension, "company_count", "BIGINT").to_numpy()
        return self._company_count[dimension]

    def _judge_each(self, verdict: str, parameters: Mapping[str, object]) -> Verdicts:
        """Where no dimension has all that is asked: company by company."""
        rows = self.warehouse.read(_judged(verdict, "rowid AS number", self.table), **parameters)
        by_number = np.zeros(self.company_count, dtype=np.uint8)
        by_number[rows["number"].to_numpy()] = rows["said"].to_numpy()
        table = by_number[self.numbers]
        return Verdicts(table=table, may_hold=int(np.count_nonzero(table)))

    def _judge_words(self, asked: Sequence[tuple[str, Sequence[AskedRun]]]) -> Verdicts:
        """The companies that have a word; of the others those of whom a register says anything do not have it."""
        table = self._without_words.copy()
        for word, runs in asked:
            if is_one_word(word):
                table[self.postings.places_in(self.postings.stretches(runs[0]))] = YES
        for word, runs in asked:
            if not is_one_word(word):
                unsure = self._places_with_all(runs)
                unsure = unsure[table[unsure] != YES]
                for first in range(0, len(unsure), _TEXTS_AT_A_TIME):
                    table[self._with_text(word, unsure[first : first + _TEXTS_AT_A_TIME])] = YES
        return Verdicts(table=table, may_hold=int(np.count_nonzero(table)))

    def _places_with_all(self, runs: Sequence[AskedRun]) -> npt.NDArray[np.int64]:
        """The places of companies that have a word of each of some runs of letters, or may have it where that would say little."""
        postings = self.postings
        stretches = [postings.stretches(run) for run in runs]
        hits = [sum(last - first for first, last in each) for each in stretches]
        rarest, *others = sorted(range(len(runs)), key=hits.__getitem__)
        places = np.unique(postings.places_in(stretches[rarest])).astype(np.int64)
        for place in others:
            if hits[place] < _LITTLE_SAID * hits[rarest]:  # their texts are read all the same
                have = np.zeros(self.company_count, dtype=bool)
                have[postings.places_in(stretches[place])] = True
                places = places[have[places]]
        return places

    def _with_text(self, asked: str, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Those of some companies with all the words in whose texts they stand as they are asked for."""
        pattern, found = words_pattern([asked]), list[npt.NDArray[np.int64]]()
        for columns in _LONGEST_FIRST:
            numbers = pa.table({"asked_row": self.numbers[places], "asked_order": np.arange(len(places))})
            with self.warehouse.lend("asked_rows", numbers):
                rows = self.warehouse.read(
                    f"SELECT asked_order, {', '.join(columns)} FROM {self.table} AS company JOIN asked_rows ON company.rowid = asked_row"
                )
            said = [pc.match_substring_regex(rows[column].fill_null(""), pattern).to_numpy() for column in columns]
            has_it = np.zeros(len(places), dtype=bool)
            has_it[rows["asked_order"].to_numpy()] = reduce(np.logical_or, said)
            found.append(places[has_it])
            places = places[~has_it]
        return np.concatenate(found)

    def columns_in(self, sql: str) -> Set[str]:
        """The columns of companies that an SQL expression names."""
        return set(_NAME.findall(_UNSAID.sub("", sql))) & self._all_columns

    def _dimension_of(self, verdict: str) -> str | None:
        """The dimension that has every column of which a verdict speaks."""
        said = _UNSAID.sub("", verdict)
        whether = set(_WHETHER.findall(said)) & self._all_columns
        asked = self.columns_in(_WHETHER.sub("", said))
        for name, columns in self._columns.items():
            only_whether = _ONLY_WHETHER.get(name, frozenset())
            if "company_count" in columns and asked <= columns - only_whether and whether <= columns:
                return name
        return None

    @cached_property
    def _all_columns(self) -> frozenset[str]:
        """Every column of the table of companies."""
        return frozenset(str(row["column_name"]) for row in self.warehouse.ask(f"DESCRIBE {self.table}"))

    def _read(self, column: str, kind: str) -> npt.NDArray[np.int64]:
        sql = f"SELECT {quote_identifier(column)}::{kind} AS said FROM {self._schema}.company"
        said: npt.NDArray[np.int64] = self.warehouse.read(sql)["said"].to_numpy()
        return said


def _judged(verdict: str, columns: str, relation: str) -> str:
    """Some columns of a relation, and the number of the verdict on each row, as SQL."""
    return f"""SELECT * EXCLUDE (verdict), (CASE WHEN verdict THEN {YES} WHEN NOT verdict THEN {NO} ELSE {UNKNOWN} END)::UTINYINT AS said
FROM (SELECT {columns}, {verdict} AS verdict FROM {relation})"""
