"""Code lists of industries and municipalities: fetched where there is a net, the tables that come with the program where there is none."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from db.warehouse import Row, Warehouse
from enrich.icp.correspondence import Correspondence, Correspondences
from enrich.icp.earlier_numbers import EarlierNumbers, is_of_municipalities
from enrich.icp.fit import known_correspondences
from enrich.runs import log_run, new_run_id
from sources.source import CodesConnector

if TYPE_CHECKING:
    from sources.http import PoliteClient

_CODE = ("scheme", "code", "title")
_CORRESPONDENCE = ("old_scheme", "old_code", "new_scheme", "new_code")


def refresh_codes(warehouse: Warehouse, connector: CodesConnector, client: "PoliteClient") -> str:
    """Fetch and land a source's code lists and correspondences; a sentence says how many, and a line each what was left out."""
    source, run_id = connector.SOURCE.name, new_run_id()
    with log_run(warehouse, run_id, command="refresh", stage="refresh", source=source) as run:
        lists = connector.fetch_codes(client)
        codes = _table(_CODE, ((one.scheme, one.code, one.title) for one in lists.codes))
        pairs = _table(_CORRESPONDENCE, lists.correspondences)
        with (
            warehouse.lend("stated_code", codes),
            warehouse.lend("stated_correspondence", pairs),
            warehouse.transaction(),
        ):
            is_changed = bool(warehouse.value("codes/is_changed", source=source))
            warehouse.run("codes/land", source=source, run_id=run_id)
        run.outcome = "ok" if is_changed else "unchanged"
        rows = codes.num_rows + pairs.num_rows
        run.figures |= {"rows_in": rows, "rows_landed": rows, "rows_rejected": 0, "fetched_at": datetime.now(UTC)}
    schemes = " and ".join(sorted({one.scheme for one in lists.codes}))
    notes = "".join(f"\n  note: {warning}" for warning in lists.warnings)
    return (
        f"{source}: {rows:,} rows in = {rows:,} landed + 0 rejected: {codes.num_rows:,} codes of {schemes}, "
        f"{pairs.num_rows:,} pairs of which one became the other"
        f"{'' if is_changed else ', all of them known'}{notes}"
    )


def industry_mappings(fetched: Iterable[Row]) -> Correspondences:
    """The correspondences by which old codes are answered: of two lists those fetched, else those of the program."""
    rows = tuple(row for row in _read_pairs(fetched) if not is_of_municipalities(row))
    have = {(old_scheme, new_scheme) for old_scheme, _, new_scheme, _ in rows}
    known = known_correspondences()
    return Correspondences((*rows, *(one for one in known if (one[0], one[2]) not in have))) if rows else known


def earlier_numbers(fetched: Iterable[Row]) -> EarlierNumbers:
    """What municipality numbers of before 2020 became, as fetched; empty where nothing was."""
    return EarlierNumbers(_read_pairs(fetched))


def _read_pairs(fetched: Iterable[Row]) -> Iterator[Correspondence]:
    for row in fetched:
        yield str(row["old_scheme"]), str(row["old_code"]), str(row["new_scheme"]), str(row["new_code"])


def _table(names: Iterable[str], rows: Iterable[tuple[str | None, ...]]) -> pa.Table:
    names, rows = tuple(names), tuple(rows)
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})
