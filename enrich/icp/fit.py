"""Fit of companies to an ICP: the whole description compiled to one SELECT over the columns of `core.company`.

The verdict is no if any must fails or any must_not holds, yes if all are known to pass, else maybe. The score is the
weight of the wishes that hold, in per cent: `fit_low` counts those known to hold, `fit_high` also those unknown. A wish
with soft edges holds in part.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from enrich.icp.correspondence import Correspondence, Correspondences
from enrich.icp.criteria import compile_criterion, compile_parts, compile_territory
from enrich.icp.criterion import Criterion, Knowledge
from enrich.icp.earlier_numbers import EarlierNumbers
from enrich.icp.model import Criteria, Icp, Territory
from enrich.icp.signals import SignalCoverage, compile_signals
from sources.fields import Expr
from sources.registry import find_sources

COMPILER_VERSION = 8
"""Raised whenever the same ICP would be answered otherwise."""

_TEXT_KNOWN = " AND coalesce(purpose, activity, site_description) IS NOT NULL"
"""That a word may have been found in more than the name, of which every source has one."""

_SLOW = {"industry": 1, "territory": 2, "words": 3, "signals": 4}
"""Criteria that are asked last, of what the others have left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One criterion in its place: `kind` is must, required, should, must_not or text; `weight` is null but for should.

    `required` is a must that has to be known to hold; so has `text`, which a search adds to the ICP.
    """

    kind: str
    weight: float | None
    criterion: Criterion

    @property
    def tells(self) -> bool:
        """Whether that it holds says something of a company beside its country."""
        return self.weight is None and self.kind != "must_not" and self.criterion.name != "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class FitQuery:
    """An ICP, compiled. `version` changes with the ICP, its territories and the compiler, not with the date.

    `parameters` go with every text that `select` gives.
    """

    name: str
    version: str
    points: tuple[Point, ...]
    owners: str
    parameters: Mapping[str, object] = field(repr=False)
    territories: tuple[tuple[str, tuple[Criterion, ...]], ...] = ()
    """The owner of each territory, and what has to hold of a company that lies in it."""

    def select(
        self,
        relation: str,
        *,
        columns: Iterable[str] = ("company_id",),
        points: bool = False,
        misfits: bool = False,
    ) -> str:
        """One row a company of `relation`: `columns`, then `verdict`, `is_told`, `fit_low`, `fit_high` (0-100).

        `is_told`: at least one demand beside the country is known to be met, words not by the name alone; or nothing but
        the country is demanded.

        `points` adds the list of criteria, each with `criterion`, `kind`, `verdict` (yes, no, unknown), `weight`,
        `share_low` and `share_high` (the part of a wish that is met, 0-1; null of a demand) and `value`; `misfits` also
        gives the companies whose verdict is no. `columns` may say `{owner}`: the owner of the first territory in which
        the company is known to lie.
        """
        asked = ", ".join(self._answers(index) for index in range(len(self.points)))
        listed = f", [{', '.join(self._point(index) for index in range(len(self.points)))}] AS points" if points else ""
        demands = [index for index, point in enumerate(self.points) if point.weight is None]
        holds = " AND ".join(self._demand(index) for index in demands) or "true"
        verdict = f"CASE WHEN {holds} THEN 'yes' WHEN ({holds}) IS NULL THEN 'maybe' ELSE 'no' END"
        # one CASE, because its branches are tried in order, each only on the companies that are left
        fails = " ".join(
            f"WHEN ({self._demand(index)}) IS NOT DISTINCT FROM false THEN false"
            for index in sorted(demands, key=lambda index: _SLOW.get(self.points[index].criterion.name, 0))
        )
        chosen = ", ".join(column.replace("{owner}", self.owners) for column in columns)
        telling = [
            f"({self._demand(index)}{_TEXT_KNOWN if self.points[index].criterion.name == 'words' else ''})"
            for index in demands
            if self.points[index].tells
        ]
        told = f"coalesce({' OR '.join(telling)}, false)" if telling else "true"
        return f"""SELECT {chosen}, {verdict} AS verdict, {told} AS is_told,
    {self._score("low", on_maybe=0, verdict=verdict)} AS fit_low,
    {self._score("high", on_maybe=100, verdict=verdict)} AS fit_high{listed}
FROM (SELECT *, {asked} FROM {relation})
WHERE {f"CASE {fails} ELSE true END" if fails and not misfits else "true"}"""

    def tell(self, relation: str, *, columns: Iterable[str]) -> str:
        """One row a company of `relation`: `columns`, then `valueN`, what it has of what each point N asks for."""
        chosen = ", ".join(column.replace("{owner}", self.owners) for column in columns)
        values = "".join(f", {point.criterion.value} AS value{index}" for index, point in enumerate(self.points))
        return f"SELECT {chosen}{values} FROM {relation}"

    def tally(self, relation: str) -> str:
        """One row: `company_count`, and for each point N how many companies it holds for (`yesN`) or not (`noN`)."""
        asked = ", ".join(f"{point.criterion.verdict} AS c{index}" for index, point in enumerate(self.points))
        counts = ", ".join(
            f"count(*) FILTER (c{index}) AS yes{index}, count(*) FILTER (NOT c{index}) AS no{index}"
            for index in range(len(self.points))
        )
        return f"SELECT count(*) AS company_count, {counts} FROM (SELECT {asked} FROM {relation})"

    def _demand(self, index: int) -> str:
        known = "coalesce(c{}, false)"
        forms = {"must": "c{}", "must_not": "NOT c{}", "required": known, "text": known}
        return forms[self.points[index].kind].format(index)

    def _answers(self, index: int) -> str:
        """The columns of one criterion: `cN` its verdict, and with soft edges the part of it that is met."""
        criterion = self.points[index].criterion
        columns = [f"{criterion.verdict} AS c{index}"]
        if criterion.shares is not None:
            columns += [
                f"{share} AS s{index}_{end}" for end, share in zip(("low", "high"), criterion.shares, strict=True)
            ]
        return ", ".join(columns)

    def _share(self, index: int, end: str) -> str:
        """The part (0-1) of a wish that is met, at the `low` or `high` end of what is known."""
        if self.points[index].criterion.shares is not None:
            return f"s{index}_{end}"
        return f"CASE WHEN coalesce(c{index}, {'false' if end == 'low' else 'true'}) THEN 1 ELSE 0 END"

    def _score(self, end: str, *, on_maybe: int, verdict: str) -> str:
        wishes = [index for index, point in enumerate(self.points) if point.weight is not None]
        if not wishes:
            return f"CASE {verdict} WHEN 'yes' THEN 100 WHEN 'maybe' THEN {on_maybe} ELSE 0 END"
        gained = " + ".join(f"$p{index}_weight * ({self._share(index, end)})" for index in wishes)
        total = " + ".join(f"$p{index}_weight" for index in wishes)
        return f"round(100 * ({gained}) / ({total}))::INTEGER"

    def _point(self, index: int) -> str:
        point = self.points[index]
        low, high = (
            "NULL" if point.weight is None else f"({self._share(index, end)})::DOUBLE" for end in ("low", "high")
        )
        return f"""{{'criterion': $p{index}_criterion, 'kind': '{point.kind}',
        'verdict': CASE WHEN c{index} THEN 'yes' WHEN NOT c{index} THEN 'no' ELSE 'unknown' END,
        'weight': $p{index}_weight::DOUBLE, 'share_low': {low}, 'share_high': {high}, 'value': {point.criterion.value}}}"""


def compile_fit(
    icp: Icp,
    name: str,
    territories: Mapping[str, Territory],
    *,
    codes: Iterable[tuple[str, str]] = (),
    mappings: Iterable[Correspondence] | None = None,
    earlier: EarlierNumbers | None = None,
    website_sources: Iterable[str] | None = None,
    signal_coverage: tuple[SignalCoverage, ...] | None = (),
    rates: Mapping[str, Mapping[date, Decimal]] | None = None,
    as_of: date | None = None,
    terms: Iterable[str] = (),
) -> FitQuery:
    """The ICP as a query.

    `codes` are the (scheme, code) in use of the code lists that came with the registers; `mappings` the correspondences
    of industry code lists, `earlier` what municipality numbers of before 2020 became, and `website_sources` the sources that state websites, as the registers declare them where
    left out; `signal_coverage` says of which days all events are known (null: companies have no column of them); `rates`
    by currency and day what one euro was; `as_of` is the day for ages and events, today (UTC) where left out; `terms` are
    words that have to be found as well.
    """
    knowledge = Knowledge(
        correspondences=known_correspondences() if mappings is None else Correspondences.of(mappings),
        earlier=earlier or EarlierNumbers(),
        website_sources=sources_stating("website") if website_sources is None else frozenset(website_sources),
        forms=frozenset(codes),
        territories=territories,
        rates=rates or {},
    )
    asked: list[tuple[str, float | None, Criteria, str]]
    asked = [("required" if icp.is_required(key) else "must", None, icp.must, key) for key in icp.must.asked()]
    asked += [("must_not", None, icp.must_not, key) for key in icp.must_not.asked()]
    asked += [("should", wish.weight, wish, key) for wish in icp.should for key in wish.asked()]
    asked += [("text", None, Criteria(words=(term,)), "words") for term in terms]
    today = as_of or datetime.now(UTC).date()

    def compile_one(criteria: Criteria, name: str, key: str) -> Criterion:
        if name == "signals":
            return compile_signals(criteria, key, signal_coverage, today)
        return compile_criterion(criteria, name, key, knowledge)

    points = tuple(
        Point(kind=kind, weight=weight, criterion=compile_one(criteria, key, f"p{index}"))
        for index, (kind, weight, criteria, key) in enumerate(asked)
    )
    owners, owner_parameters = _compile_owners(territories, knowledge)
    parameters: dict[str, object] = {"as_of": today, **owner_parameters}
    for index, point in enumerate(points):
        parameters |= point.criterion.parameters
        parameters[f"p{index}_criterion"] = f"{point.criterion.name} {point.criterion.asked}"
        parameters[f"p{index}_weight"] = point.weight
    return FitQuery(
        name=name,
        version=_version(icp, territories),
        points=points,
        owners=owners,
        parameters=parameters,
        territories=tuple(
            (territory.owner, compile_parts(territory, f"t{index}", knowledge))
            for index, territory in enumerate(territories.values())
        ),
    )


@cache
def known_correspondences() -> Correspondences:
    """The correspondences of industry code lists that the registers declare."""
    return Correspondences(row for connector in find_sources().values() for row in connector.SOURCE.correspondences)


@cache
def sources_stating(kind: str) -> frozenset[str]:
    """The sources with a layout that maps contact points of this kind: where these state none, there is none."""
    return frozenset(
        name
        for name, connector in find_sources().items()
        if any(_mentions(layout.fields.get("contact_points"), kind) for layout in connector.SOURCE.layouts)
    )


def _mentions(expression: object, text: str) -> bool:
    if isinstance(expression, Expr):
        return any(_mentions(argument, text) for argument in expression.args)
    if isinstance(expression, tuple):
        return any(_mentions(part, text) for part in expression)
    return expression == text


def _compile_owners(territories: Mapping[str, Territory], knowledge: Knowledge) -> tuple[str, dict[str, object]]:
    """The owner of the first territory in which a company lies, as SQL with its parameters."""
    cases, parameters = "", dict[str, object]()
    for index, territory in enumerate(territories.values()):
        lies_in, bound = compile_territory(territory, f"t{index}", knowledge)
        cases += f" WHEN {lies_in} THEN $t{index}_owner"
        parameters |= bound | {f"t{index}_owner": territory.owner}
    return (f"CASE{cases} END" if cases else "NULL::VARCHAR"), parameters


def _version(icp: Icp, territories: Mapping[str, Territory]) -> str:
    used = {name for part in (icp.must, icp.must_not, *icp.should) for name in part.territory}
    said = [
        icp.model_dump_json(exclude_defaults=True),
        *(f"{name} {territories[name].model_dump_json()}" for name in sorted(used)),
    ]
    return hashlib.sha256("\n".join([str(COMPILER_VERSION), *said]).encode()).hexdigest()[:12]
