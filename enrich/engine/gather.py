"""A search over everything that readers have open: both published files, and what people decided since publication.

The published companies are answered from their index. Those that a pending decision touches are few: they are hidden there,
and asked in SQL as they are now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from db.sql import read_query
from db.warehouse import Row
from enrich.engine.answer import Asked, read_rank, search_index
from enrich.engine.everybody import Everybody, look_up
from enrich.engine.facets import (
    FACETS,
    UNKNOWN_VALUE,
    FacetCount,
    FacetReader,
    facet_parameters,
    in_order,
    value_of,
)
from enrich.engine.index import YES, SearchIndex
from enrich.engine.threads import run_beside
from enrich.gate import Readers
from enrich.icp.criteria import compile_website
from enrich.icp.fit import FitQuery, Point, sources_stating

UNASSIGNED = "unassigned"
VERDICTS = ("no", "unknown", "yes")
"""The verdicts of an index, by their numbers."""

PointJudged = tuple[str, float | None, float | None]
"""The verdict of a point on a company; of a wish the least and most share (0-1), null of a demand."""

COMPANIES = "mart.company"

_KEPT_EVERYBODY = 2
"""So many other choices of rules (and days) than the one asked for are kept."""

_JUDGED = (
    "company_id", "name", "employees_low", "is_held_back", "is_natural_person", "entity_kind", "status",
    "is_marketing_protected", "is_customer", "has_open_deal", "is_customer_group", "last_contacted_date",
    "last_exported_at", "mark", "mark_until", "owner_id", "{owner} AS territory_owner",
)  # fmt: skip
"""Columns by which rules and ranking judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A company found, not yet read: `number` is its row of `table`, `place` that in the index; where a decision touched
    it, its `company_id` stands there.
    """

    table: str
    place: int
    number: int
    company_id: str | None
    verdict: str
    fit_low: int
    fit_high: int
    rules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that a search found: `counts` has a row a combination of rules and verdict; `ranked` are the best of each file
    and of those touched, best first within each; `facets` count those that no rule left out, where asked for.
    """

    counts: Sequence[Row]
    ranked: Sequence[Ranked]
    facets: tuple[FacetCount, ...] | None


@dataclass(slots=True, kw_only=True)
class _Part:
    """One file's index, and which of its companies are not asked there, as of the decisions `laid`."""

    index: SearchIndex
    hidden_query: str
    laid: object = None
    hidden: npt.NDArray[np.bool_] | None = None
    facets: dict[object, FacetReader] = field(default_factory=dict)
    rules: dict[tuple[object, object], npt.NDArray[np.uint16]] = field(default_factory=dict)
    everybody: dict[tuple[object, ...], Everybody] = field(default_factory=dict)


_PARTS: "WeakKeyDictionary[Readers, list[_Part]]" = WeakKeyDictionary()
"""What was read of the files of each readers, for their next search."""


def parts_of(readers: Readers) -> list[SearchIndex]:
    """The indexes of the open files, companies first."""
    return [part.index for part in _parts(readers)]


def index_of(readers: Readers, table: str) -> SearchIndex:
    """The index of an open file, by its table of companies."""
    [index] = [one for one in parts_of(readers) if one.table == table]
    return index


def gather(
    readers: Readers,
    query: FitQuery,
    *,
    excluding: int,
    limit: int | None,
    owner: str | None,
    contacted_days: int,
    with_facets: bool = False,
    by_words: bool = False,
) -> Gathered:
    """Search everything; `excluding` are the bits of the rules in force, `limit` is of each file (null: all).

    `by_words` narrows to the companies of the temporary table `worded`, and ranks by it (see `enrich/words/rank.py`).
    """
    bound = {**query.parameters, "contacted_days": contacted_days, "owner": owner}
    counts: list[Row] = []
    ranked: list[Ranked] = []
    facets: dict[tuple[str, str], int] = {}
    parts = _parts(readers)
    asked = [
        Asked(
            query=query,
            everybody=_everybody(readers, part, bound, excluding=excluding),
            cells=_facets(part, query).cells if with_facets else (),
            limit=limit,
            hidden=_hidden(readers, part),
            owned=None if owner is None else _owned(readers, part.index, query, bound),
            relevance=_relevance(readers, part.index) if by_words else None,
        )
        for part in parts
    ]
    answers = run_beside(
        lambda one: search_index(*one), zip((part.index for part in parts), asked, strict=True), pool="files"
    )
    for part, found in zip(parts, answers, strict=True):
        counts += found.counts()
        ranked += [
            Ranked(
                table=part.index.table,
                place=place,
                number=number,
                company_id=None,
                rules=int(rules),
                **read_rank(int(rank)),  # type: ignore[arg-type]
            )
            for place, number, rank, rules in zip(
                found.places.tolist(), part.index.numbers[found.places].tolist(), found.ranks, found.rules, strict=True
            )
        ]
        if with_facets:
            _add(facets, _facets(part, query).count(found.cells))
    touched = _ask_touched(readers, query, bound, by_words=by_words)
    for row in touched:
        counts.append({"rules": row["rules"], "verdict": row["verdict"], "company_count": 1})
    kept = [row for row in touched if not int(str(row["rules"])) & excluding]
    ranked += [
        Ranked(
            table="",
            place=0,
            number=0,
            company_id=str(row["company_id"]),
            verdict=str(row["verdict"]),
            fit_low=int(str(row["fit_low"])),
            fit_high=int(str(row["fit_high"])),
            rules=int(str(row["rules"])),
        )
        for row in kept
    ]
    if with_facets and kept:
        _add(facets, _facets_of_touched(readers, query, [str(row["company_id"]) for row in kept]))
    return Gathered(counts=counts, ranked=ranked, facets=in_order(facets) if with_facets else None)


def count_holding(readers: Readers, query: FitQuery, point: Point) -> int:
    """For how many companies a criterion is known to hold, as they were published."""
    judged = [(index, index.judge(point.criterion, query.parameters)) for index in parts_of(readers)]
    return sum(int(np.count_nonzero(one.of(slice(0, index.company_count)) == YES)) for index, one in judged)


def judge_places(
    readers: Readers, query: FitQuery, table: str, places: npt.NDArray[np.int64]
) -> Iterator[tuple[PointJudged, ...]]:
    """What each point of an ICP says of companies of a file, by their places: a tuple for each, in their order."""
    index = index_of(readers, table)
    by_point = []
    for point in query.points:
        verdicts = [VERDICTS[one] for one in index.judge(point.criterion, query.parameters).of(places).tolist()]
        if point.weight is None:
            by_point.append([(verdict, None, None) for verdict in verdicts])
            continue
        shares = index.share(point.criterion, query.parameters)
        outcomes = shares.outcomes.of(places)
        by_point.append(list(zip(verdicts, shares.low[outcomes].tolist(), shares.high[outcomes].tolist(), strict=True)))
    return zip(*by_point, strict=True) if by_point else iter([()] * len(places))


def touched_relation() -> str:
    """The companies that a pending decision touches, as they are now, as SQL; those held back among them."""
    touched = "company_id IN (SELECT company_id FROM touched_now)"
    parts = (read_query("search/current"), read_query("search/held_back"))
    return "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM ({part}) WHERE {touched}" for part in parts) + ")"


def ruled(readers: Readers, fitting: str) -> str:
    """`fitting` (what an ICP gives, with the columns by which rules judge) with owner and rules, as SQL."""
    owners = read_query("search/owners" if readers.has_people else "search/no_owners")
    return f"WITH fitting AS ({fitting}), crm_owner AS ({owners}) {read_query('search/apply_rules')}"


def judge_rows(readers: Readers, query: FitQuery, relation: str, *, misfits: bool = False) -> str:
    """The companies of a relation with verdict, score, owner and rules, as SQL."""
    return ruled(readers, query.select(relation, columns=_JUDGED, misfits=misfits))


def _parts(readers: Readers) -> list[_Part]:
    if readers not in _PARTS:
        companies = SearchIndex(readers.warehouse, table=COMPANIES)
        parts = [_Part(index=companies, hidden_query="search/touched_numbers")]
        if readers.has_people:
            persons = SearchIndex(readers.warehouse.beside(), table="people.mart.person_company", catalogue="people")
            parts.append(_Part(index=persons, hidden_query="search/withheld_person_numbers"))
        _PARTS[readers] = parts
    return _PARTS[readers]


def _relevance(readers: Readers, index: SearchIndex) -> npt.NDArray[np.uint32]:
    """The relevance of each company; of natural persons' businesses no words are kept, so that none is found by them."""
    by_number = np.zeros(index.company_count, dtype=np.uint32)
    if index.table == COMPANIES:
        rows = readers.warehouse.table("search/relevance_numbers")
        by_number[rows["number"].to_numpy()] = rows["relevance"].to_numpy()
    return by_number[index.numbers]


def _hidden(readers: Readers, part: _Part) -> npt.NDArray[np.bool_] | None:
    if part.laid != readers.laid:
        numbers = readers.warehouse.table(part.hidden_query)["number"].to_numpy()
        by_number = np.zeros(part.index.company_count, dtype=bool)
        by_number[numbers] = True
        part.hidden = by_number[part.index.numbers] if len(numbers) else None
        part.laid = readers.laid
    return part.hidden


def _standings(index: SearchIndex) -> str:
    """The combinations by which rules judge, as if each were a company that fits and lies in no territory."""
    return f"""SELECT *, code AS company_id, NULL AS name, 'yes' AS verdict, true AS is_told, 100 AS fit_low, 100 AS fit_high,
NULL::BIGINT AS employees_low, NULL::VARCHAR AS territory_owner, false AS is_held_back FROM {index.relation("standing")}"""


def _everybody(readers: Readers, part: _Part, bound: dict[str, object], *, excluding: int) -> Everybody:
    """All companies under the rules in force; kept for the next searches of this day."""
    key = (bound["as_of"], bound["contacted_days"], excluding)
    if key not in part.everybody:
        kept = list(part.everybody.items())[-_KEPT_EVERYBODY:]
        part.everybody = {**dict(kept), key: Everybody(_rules(readers, part, bound), excluding=excluding)}
    return part.everybody[key]


def _rules(readers: Readers, part: _Part, bound: dict[str, object]) -> npt.NDArray[np.uint16]:
    """The rules that hold for each company; they change with the day alone."""
    key = (bound["as_of"], bound["contacted_days"])
    if key not in part.rules:
        rows = readers.warehouse.read(ruled(readers, _standings(part.index)), **{**bound, "owner": None})
        rules = np.zeros(part.index.count_combinations("standing"), dtype=np.uint16)
        rules[rows["company_id"].to_numpy()] = rows["rules"].to_numpy()
        part.rules = {key: look_up(rules, part.index.codes("standing"))}
    return part.rules[key]


def _owned(readers: Readers, index: SearchIndex, query: FitQuery, bound: dict[str, object]) -> npt.NDArray[np.bool_]:
    """Whether each company is the asked owner's: by the CRM, else by the first territory in which it is known to lie."""
    count = index.count_combinations("standing")
    everyone = readers.warehouse.read(ruled(readers, _standings(index)), **{**bound, "owner": None})
    asked = readers.warehouse.read(ruled(readers, _standings(index)), **bound)["company_id"].to_numpy()
    has_owner, is_asked = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    has_owner[everyone["company_id"].to_numpy()] = everyone["owner"].is_valid().to_numpy(zero_copy_only=False)
    is_asked[asked] = True
    standing, whole = index.codes("standing"), slice(0, index.company_count)
    wanted = str(bound["owner"]).lower()
    by_territory = np.full(index.company_count, wanted == UNASSIGNED)
    for owner, criteria in reversed(query.territories):
        judged = [index.judge(one, query.parameters).of(whole) for one in criteria]
        lies_there = np.minimum.reduce(judged) == YES
        by_territory[lies_there] = owner.lower() == wanted
    return np.where(has_owner[standing], is_asked[standing], by_territory)


def _ask_touched(readers: Readers, query: FitQuery, bound: dict[str, object], *, by_words: bool) -> list[Row]:
    sql = judge_rows(readers, query, touched_relation())
    wanted = "company_id IN (SELECT company_id FROM worded)" if by_words else "true"
    ordered = f"SELECT * FROM ({sql}) WHERE {wanted} ORDER BY verdict = 'yes' DESC, fit_low DESC, fit_high DESC, employees_low DESC NULLS LAST, name, company_id"
    return readers.warehouse.ask(ordered, **bound) if _hidden_any(readers) else []


def _hidden_any(readers: Readers) -> bool:
    return _hidden(readers, _parts(readers)[0]) is not None


def _facets(part: _Part, query: FitQuery) -> FacetReader:
    day = query.parameters["as_of"]
    if day not in part.facets:
        part.facets = {day: FacetReader(part.index, as_of=day, website=compile_website(sources_stating("website")))}
    return part.facets[day]


def _facets_of_touched(readers: Readers, query: FitQuery, company_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    website = compile_website(sources_stating("website"))
    counted: dict[tuple[str, str], int] = {}
    bound = facet_parameters(website, as_of=query.parameters["as_of"])
    for facet in FACETS:
        sql = f"""SELECT coalesce(value, '{UNKNOWN_VALUE}') AS value, count(*) AS company_count
FROM (SELECT ({value_of(facet, website)})::VARCHAR AS value FROM {touched_relation()} WHERE company_id IN (SELECT unnest($ids::UUID[])))
GROUP BY ALL"""
        rows = readers.warehouse.ask(sql, ids=list(company_ids), **bound)
        _add(counted, {(facet.name, str(row["value"])): int(str(row["company_count"])) for row in rows})
    return counted


def _add(total: dict[tuple[str, str], int], more: dict[tuple[str, str], int]) -> None:
    for key, count in more.items():
        total[key] = total.get(key, 0) + count
