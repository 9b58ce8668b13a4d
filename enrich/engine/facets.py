"""How many of the companies found there are of each sort: facets, "unknown" among them.

A facet is worked out for each combination of values of a dimension, once, and several are then counted as one; what each has is
adding up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from enrich.engine.everybody import Cells, Counts, look_up
from enrich.engine.index import SearchIndex
from enrich.icp.criterion import Criterion
from enrich.icp.industry_lists import bind_lists, is_nace
from enrich.icp.numbers import AGE
from enrich.icp.titles import name_of_region, title_of_division

UNKNOWN_VALUE = "unknown"

_CELLS = 2**13
"""So many cells are counted in one go: they stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One sort of sorting: `value` is SQL over the columns of `dimension`, null for unknown."""

    name: str
    dimension: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCount:
    """How many companies have a value, `unknown` where it is not known; `title` names the codes of regions and industries."""

    facet: str
    value: str
    company_count: int
    title: str | None = None


def _bands(*starts: int) -> str:
    """SQL for the band in which a range of employees lies wholly; a range over several is not known to be in one."""
    ends = [str(start - 1) for start in starts[1:]]
    within = [
        f"WHEN employees_low >= {start} AND employees_high <= {end} THEN '{_named(start, end)}'"
        for start, end in zip(starts, ends, strict=False)
    ]
    return f"CASE {' '.join(within)} WHEN employees_low >= {starts[-1]} THEN '{starts[-1]}-' END"


def _named(start: int, end: str) -> str:
    return str(start) if str(start) == end else f"{start}-{end}"


FACETS = (
    Facet(name="country", dimension="place", value="country_code"),
    Facet(
        name="region",
        dimension="place",
        value="coalesce(place_region, country_code || '-' || replace(region_code, country_code || '-', ''))",
    ),
    # the first two digits are the same division in every list that came from NACE, and another in any other
    Facet(
        name="industry",
        dimension="industry",
        value=f"CASE WHEN {is_nace('industry_scheme', '$nace_lists')} THEN '' ELSE industry_scheme || ' ' END"
        " || left(replace(industry_code, '.', ''), 2)",
    ),
    Facet(name="employees", dimension="size", value=_bands(0, 1, 5, 10, 20, 50, 100, 250, 500)),
    Facet(
        name="age_years",
        dimension="age",
        value=f"CASE WHEN {AGE} < 2 THEN '0-1' WHEN {AGE} < 5 THEN '2-4' WHEN {AGE} < 10 THEN '5-9' WHEN {AGE} < 20 THEN '10-19' WHEN {AGE} >= 20 THEN '20-' END",
    ),
    Facet(name="legal_form", dimension="form", value="legal_form_code"),
    Facet(name="status", dimension="standing", value="nullif(status, 'unknown')"),
    Facet(name="has_website", dimension="site", value="{has_website}"),
)
"""In the order in which they are shown."""

DIMENSIONS = tuple(dict.fromkeys(facet.dimension for facet in FACETS))


class FacetReader:
    """The facets of one index on one day; `website` is the criterion that asks for a website.

    Several facets are counted at once: `cells` has for each company the combination of their values.
    """

    def __init__(self, index: SearchIndex, *, as_of: object, website: Criterion) -> None:
        bound = facet_parameters(website, as_of=as_of)
        columns: list[_Column] = []
        for dimension in DIMENSIONS:
            here = [facet for facet in FACETS if facet.dimension == dimension]
            said = [index.of_combinations(dimension, value_of(facet, website), "VARCHAR", **bound) for facet in here]
            texts = zip(*(each.fill_null(UNKNOWN_VALUE).to_pylist() for each in said), strict=True)
            met: dict[tuple[str, ...], int] = {}
            table = np.array([met.setdefault(values, len(met)) for values in texts], dtype=np.uint32)
            columns.append(
                _Column(names=[facet.name for facet in here], values=list(met), table=table, dimension=dimension)
            )
        self._groups = _grouped(columns)
        self.cells = [_cells_of(index, group) for group in self._groups]

    def count(self, cells: Sequence[Counts]) -> dict[tuple[str, str], int]:
        """Companies by facet and value, of how many there are in each cell."""
        counted: Counter[tuple[str, str]] = Counter()
        for group, counts in zip(self._groups, cells, strict=True):
            shaped = counts.reshape([len(column.values) for column in group])
            for axis, column in enumerate(group):
                totals = shaped.sum(axis=tuple(other for other in range(len(group)) if other != axis)).tolist()
                for values, total in zip(column.values, totals, strict=True):
                    counted.update(
                        {(name, value): total for name, value in zip(column.names, values, strict=True) if total}
                    )
        return dict(counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """The facets of a dimension: `table` has for each of its combinations the number of one of `values`, a value a facet."""

    names: Sequence[str]
    values: Sequence[tuple[str, ...]]
    table: npt.NDArray[np.uint32]
    dimension: str


def _grouped(columns: Sequence[_Column]) -> list[list[_Column]]:
    """The columns, each in the first group that has no more than `_CELLS` combinations with it."""
    groups: list[list[_Column]] = []
    for column in sorted(columns, key=lambda one: -len(one.values)):
        for group in groups:
            if len(column.values) * prod(len(one.values) for one in group) <= _CELLS:
                group.append(column)
                break
        else:
            groups.append([column])
    return groups


def _cells_of(index: SearchIndex, group: Sequence[_Column]) -> Cells:
    size = prod(len(one.values) for one in group)
    kind = np.uint16 if size <= 2**16 else np.uint32
    codes: npt.NDArray[Any] = np.zeros(index.company_count, dtype=kind)
    for column in group:
        codes *= len(column.values)
        codes += look_up(column.table.astype(codes.dtype), index.codes(column.dimension))
    return Cells(codes=codes, size=size)


def value_of(facet: Facet, website: Criterion) -> str:
    """The value of a facet as SQL over the columns of companies."""
    return facet.value.replace(
        "{has_website}", f"CASE WHEN {website.verdict} THEN 'yes' WHEN NOT {website.verdict} THEN 'no' END"
    )


def facet_parameters(website: Criterion, *, as_of: object) -> dict[str, object]:
    """What the values of all facets are bound to."""
    return {**website.parameters, "as_of": as_of, "nace_lists": bind_lists()}


def in_order(counted: Mapping[tuple[str, str], int]) -> tuple[FacetCount, ...]:
    """The counts as they are shown: facet by facet, bands from the least on, else the most first, unknown last."""
    places = {facet.name: place for place, facet in enumerate(FACETS)}
    rows = [
        FacetCount(facet=facet, value=value, company_count=count, title=_title_of(facet, value))
        for (facet, value), count in counted.items()
    ]

    def order(row: FacetCount) -> tuple[int, bool, int, str]:
        band = (
            int(row.value.partition("-")[0])
            if row.facet in ("employees", "age_years") and row.value != UNKNOWN_VALUE
            else -row.company_count
        )
        return places[row.facet], row.value == UNKNOWN_VALUE, band, row.value

    return tuple(sorted(rows, key=order))


@cache
def _title_of(facet: str, value: str) -> str | None:
    if facet == "region":
        country, _, code = value.partition("-")
        return name_of_region(code, [country]) if code else None
    return title_of_division(value) if facet == "industry" else None
