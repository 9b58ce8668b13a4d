"""Golden records: one row a company, each value from the record that has the best standing among those that have one.

The rule book of survivorship is `db/queries/merge/several.sql`; which source stands before which is decided here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.gate import read_key
from enrich.icp.centres import KnownPlace, known_places
from enrich.progress import Progress
from enrich.purge import purge_tombstoned
from enrich.rates import land_shipped_rates
from sources.registry import find_sources
from sources.source import Lineage, Source

_STAGES = (
    "company_of_several", "flatten", "links", "groups", "group_side", "role_side", "crm_side", "several", "signals",
    "revenue", "growth", "technologies",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What the golden records are, counted."""

    companies: int
    natural_persons: int
    of_several_records: int
    left_source: int
    in_crm: int
    customers: int


def merge_companies(warehouse: Warehouse, config: Config, _run_id: str, progress: Progress) -> MergeReport:
    """Fill `core.company` anew from the latest versions of all records, the CRM, and what people decided."""
    purge_tombstoned(warehouse, read_key(config))
    sources = [connector.SOURCE for connector in find_sources().values()]
    land_shipped_rates(warehouse)
    with (
        warehouse.lend("source_standing", _standing(sources)),
        warehouse.lend("place", _places()),
        warehouse.transaction(),
    ):
        warehouse.run("crm/deal_company")
        for done, stage in enumerate(_STAGES):
            progress("merge", done, len(_STAGES) + 2)
            warehouse.run(f"merge/{stage}")
        with warehouse.joins_as_written():
            warehouse.run("merge/fill")
        warehouse.run("merge/site_side")
        progress("merge", len(_STAGES) + 1, len(_STAGES) + 2)
        warehouse.run("merge/apply_edits")
        warehouse.run("merge/place_edited")
    progress("merge", len(_STAGES) + 2, len(_STAGES) + 2)
    [counted] = warehouse.rows("merge/report")
    return MergeReport(**{name: int(str(value)) for name, value in counted.items()})


def order_sources(sources: Iterable[Source]) -> list[str]:
    """Names of sources by standing: registers before first-hand before second-hand, national before world-wide, then rank."""
    lineages = list(Lineage)
    ordered = sorted(sources, key=lambda one: (lineages.index(one.lineage), one.country is None, one.rank, one.name))
    return [source.name for source in ordered]


@cache  # by far the slowest of what is lent, and the same every time
def _places() -> pa.Table:
    places = known_places()
    return pa.table({field.name: [getattr(place, field.name) for place in places] for field in fields(KnownPlace)})


def _standing(sources: Iterable[Source]) -> pa.Table:
    names = order_sources(sources)
    return pa.table({"source": pa.array(names, pa.string()), "standing": pa.array(range(len(names)), pa.int32())})
