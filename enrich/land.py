"""Landing: a delivery becomes versions of source records, all of it or nothing, every row accounted for.

A complete delivery closes what it lacks, an older delivery never becomes current, a new mapping renders in place. What
cannot be used is kept with its reason: rows in = landed + rejected, always, or the landing is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa

from db.intake import HASH_UNIT, Intake
from db.warehouse import Warehouse
from enrich.delivery import hash_basis, layouts_of_part, open_rows, path_to_read, provenance_of, reasons_of
from enrich.errors import ConfirmationNeeded, ContractBroken
from enrich.gate import hmac_of
from enrich.progress import Progress
from enrich.purge import purge_records
from enrich.runs import log_run
from sources.source import Coverage, Delivery, Expect, Source

MOST_UNREADABLE_SHARE = 0.05
FEWEST_UNREADABLE = 10
"""A file of which more than this share of lines (and more than this many) cannot be read is damaged as a whole."""

_RENDERED = ("added", "reopened", "changed", "rerendered", "late")


@dataclass(frozen=True, slots=True, kw_only=True)
class LandReport:
    """What became of a delivery: `rows_in = landed + rejected`; records added, changed, closed; rejects by reason.

    `unchanged` counts usable rows that made no new current version; `late` those among them that are history.
    `problems` counts, by field, values that could not be read and became unknown.
    """

    rows_in: int
    landed: int
    added: int
    changed: int
    unchanged: int
    closed: int
    rejected: int
    late: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[str, int] = field(default_factory=dict)


def land_delivery(
    warehouse: Warehouse,
    source: Source,
    delivery: Delivery,
    *,
    run_id: str,
    progress: Progress,
    key: bytes | None = None,
    most_closed: float | None = None,
    command: str = "refresh",
) -> LandReport:
    """Land the delivery in one transaction and log it as the run `run_id`.

    `key` makes and knows tombstones: of what was erased, and of what the delivery says is withdrawn (`gone`), which is
    purged. `most_closed` is the share (0-1) of the part's current records above which closing needs a yes.

    Raises `ContractBroken` where the delivery does not keep its expectations, `ConfirmationNeeded`; nothing is kept.
    """
    with log_run(warehouse, run_id, command=command, stage="refresh", source=source.name) as run:
        run.figures |= provenance_of(source, delivery)
        with warehouse.transaction():
            report = _Landing(warehouse, source, delivery, run_id, progress, key, most_closed).land()
            run.figures |= {
                "rows_in": report.rows_in,
                "rows_landed": report.landed,
                "rows_rejected": report.rejected,
                "rows_added": report.added,
                "rows_changed": report.changed,
                "rows_closed": report.closed,
            }
            run.write(warehouse)
    return report


class _Undo(Exception):
    """Ends a preview: rolls back what it did."""


def preview_delivery(
    warehouse: Warehouse,
    source: Source,
    delivery: Delivery,
    *,
    run_id: str,
    progress: Progress,
    key: bytes | None = None,
) -> LandReport:
    """What `land_delivery` would do, found out by doing it; nothing is kept, nothing is logged."""
    reports = []
    try:
        with warehouse.transaction():
            reports.append(_Landing(warehouse, source, delivery, run_id, progress, key, None).land())
            raise _Undo
    except _Undo:
        return reports[0]


@dataclass(frozen=True, slots=True)
class _Landing:
    """One landing: its steps share the delivery and the values that their queries are bound to."""

    warehouse: Warehouse
    source: Source
    delivery: Delivery
    run_id: str
    progress: Progress
    key: bytes | None
    most_closed: float | None

    def land(self) -> LandReport:
        self.warehouse.run("land/clear")
        with open_rows(self.warehouse, self.delivery) as (relation, header_lines):
            intake = Intake(
                relation=relation,
                layout=self.delivery.layout,
                types=self._types(),
                basis=hash_basis(self.delivery.layout),
            )
            had = self.warehouse.rows("land/has_records", **self._bound())[0]
            rows_in = self._read(intake, header_lines=header_lines, is_first=not had["source_has"])
            reasons = self._reject_reasons()
            if intake.layout.fields:
                figures = self._land_records(
                    intake, had_records=bool(had["source_has"]), had_part=bool(had["part_has"])
                )
            else:
                figures = self._land_links(intake)
        if intake.layout.codes:
            self.warehouse.execute(intake.codes(), run_id=self.run_id)
        problems = self.warehouse.ask(intake.problem_counts())
        if self.delivery.gone:
            ids = [f"{self.source.name}:{one}" for one in self.delivery.gone]
            purge_records(self.warehouse, self._key(), ids)
        self.warehouse.run("land/clear")
        rejected = sum(reasons.values())
        landed = figures["added"] + figures["changed"] + figures["unchanged"]
        if rows_in != landed + rejected:
            raise ContractBroken(
                f"{self.source.name}: {rows_in:,} rows came in, {landed:,} landed and {rejected:,} were rejected. "
                "Nothing of this delivery was kept; please report it."
            )
        return LandReport(
            rows_in=rows_in,
            landed=landed,
            rejected=rejected,
            reasons=reasons,
            problems={str(row["field"]): _int(row["count"]) for row in problems if row["count"]},
            **figures,
        )

    def _types(self) -> dict[str, str]:
        return {
            str(row["column_name"]): str(row["column_type"])
            for row in self.warehouse.ask("DESCRIBE core.source_record")
        }

    def _bound(self, **more: object) -> dict[str, object]:
        return {
            "run_id": self.run_id,
            "source": self.source.name,
            "source_seq": self.delivery.source_seq,
            "made_seq": self.delivery.made_seq,
            "fetched_at": self.delivery.fetched_at,
            "now": datetime.now(UTC),
            "layout": self.delivery.layout.name,
            "mapping_version": self.source.mapping_version,
            "part_layouts": layouts_of_part(self.source, self.delivery.layout.part),
            "path": str(path) if (path := path_to_read(self.delivery)) else None,
            **more,
        }

    # --- reading ---------------------------------------------------------------------------------------------

    def _read(self, intake: Intake, *, header_lines: int, is_first: bool) -> int:
        """Fill `land_row` with what decides each row's fate, keep those that cannot be used, and count the rows."""
        self.progress("reading", 0, None)
        one_row_a_record = bool(intake.layout.fields)
        if is_first and one_row_a_record:
            self.warehouse.execute(intake.first(), **self._bound())
            self.warehouse.execute(intake.narrow_first())
        else:
            self.warehouse.execute(intake.narrow(), **self._bound())
        if not self.delivery.form.startswith("csv"):
            self.warehouse.run("land/no_unreadable")
        rows_in = self._count_rows()
        self.warehouse.run("land/odd", one_row_a_record=one_row_a_record)
        if self.warehouse.count("land/odd_rows"):
            self.warehouse.execute(intake.numbered(), **self._bound())
            self.warehouse.run("land/keep_first", one_row_a_record=one_row_a_record)
        self._hold_back_erased()
        with self.warehouse.lend("land_reasons", reasons_of(self.delivery)):
            self.warehouse.run("land/rejects", **self._bound(header_lines=header_lines))
        return rows_in

    def _count_rows(self) -> int:
        figures = self.warehouse.rows("land/figures")[0]
        read, unreadable = _int(figures["rows_read"]), _int(figures["unreadable"])
        if unreadable > max(FEWEST_UNREADABLE, MOST_UNREADABLE_SHARE * (read + unreadable)):
            raise ContractBroken(
                f"{self.source.name}: {unreadable:,} of {read + unreadable:,} lines cannot be read as UTF-8 CSV. "
                "The file is damaged or was saved by another program; download it again. Nothing was loaded."
            )
        return read + unreadable

    def _hold_back_erased(self) -> None:
        tombstones = {row["hmac"] for row in self.warehouse.rows("land/record_tombstones")}
        if not tombstones:
            return
        key = self._key()
        unseen = (str(row["source_key"]) for row in self.warehouse.rows("land/unseen_keys", source=self.source.name))
        erased = [one for one in unseen if hmac_of(key, "record", f"{self.source.name}:{one}") in tombstones]
        with self.warehouse.lend("erased_keys", pa.table({"source_key": pa.array(erased, pa.string())})):
            self.warehouse.run("land/erased")

    def _key(self) -> bytes:
        if self.key is None:
            raise ContractBroken("Records were erased here, or are to go; without the key of tombstones none can land.")
        return self.key

    def _reject_reasons(self) -> dict[str, int]:
        rows = self.warehouse.rows("land/reasons", run_id=self.run_id)
        return {str(row["reason_code"]): _int(row["count"]) for row in rows}

    # --- records ---------------------------------------------------------------------------------------------

    def _land_records(self, intake: Intake, *, had_records: bool, had_part: bool) -> dict[str, int]:
        bound = self._bound(is_complete=self.delivery.coverage is Coverage.COMPLETE, is_first=not had_part)
        self.progress("comparing", 0, None)
        newest = self.warehouse.rows("land/newest_complete", **bound)
        bound |= {
            "newest_complete_seq": newest[0]["source_seq"] if newest else None,
            "newest_complete_at": newest[0]["fetched_at"] if newest else None,
            "basis": intake.basis,
            "hash_unit": HASH_UNIT,
        }
        self.warehouse.run("land/plan", **bound)
        self._settle(intake, bound)
        self.warehouse.run("land/closing", **bound)
        verdicts = self._verdicts()
        self._keep_bounds(sum(verdicts.values()), bound)
        self._render(intake, verdicts, bound, is_first=not had_records)
        if "late" in verdicts or "late_moved" in verdicts:
            self.warehouse.run("land/apply_late", **bound)
        self.warehouse.run("land/apply", **bound)
        if "changed" in verdicts:
            self.warehouse.execute(intake.changes(), **bound)
        self.warehouse.run("land/note_arrivals", **bound)
        if intake.layout.relations:
            self.warehouse.execute(intake.links(), **bound)
            self.warehouse.run("land/linked_records")
            self.warehouse.run("land/link", **bound, kinds=sorted({kind for kind, _, _ in intake.layout.relations}))
        self._keep_fill_rates(intake, bound)
        late = sum(verdicts.get(verdict, 0) for verdict in ("late", "late_known", "late_moved"))
        return {
            "added": verdicts.get("added", 0) + verdicts.get("reopened", 0),
            "changed": verdicts.get("changed", 0),
            "unchanged": verdicts.get("unchanged", 0) + verdicts.get("rerendered", 0) + late,
            "late": late,
            "closed": self.warehouse.count("land/closing_count"),
        }

    def _verdicts(self) -> dict[str, int]:
        return {str(row["verdict"]): _int(row["count"]) for row in self.warehouse.rows("land/verdicts")}

    def _settle(self, intake: Intake, bound: dict[str, object]) -> None:
        """Decide what the hashes alone could not: rows of another layout, and late ones."""
        verdicts = self._verdicts()
        if "compare" in verdicts:
            self.warehouse.run("land/rendered")
            self._insert(intake, "land_rendered", ("compare",), bound)
            self.warehouse.execute(intake.differing())
            self.warehouse.run("land/settle_compared")
        if "late" in verdicts:
            self.warehouse.run("land/settle_late", **bound)

    def _render(self, intake: Intake, verdicts: Mapping[str, int], bound: dict[str, object], *, is_first: bool) -> None:
        expected = sum(verdicts.get(verdict, 0) for verdict in _RENDERED)
        if not expected:
            return
        self.progress("writing", 0, expected)
        before = self.warehouse.count("land/versions", **bound)
        if is_first and set(verdicts) == {"added"}:
            self.warehouse.execute(intake.rendered_first(), **bound)
            self._insert(intake, "core.source_record", _RENDERED, bound, only_numbered=True)
        else:
            self._insert(intake, "core.source_record", _RENDERED, bound)
        written = self.warehouse.count("land/versions", **bound) - before
        if written != expected:
            raise ContractBroken(
                f"{self.source.name}: {expected:,} records were to be written and {written:,} were: the file changed "
                "while it was read. Nothing of this delivery was kept; run it again."
            )
        self.progress("writing", expected, expected)

    def _insert(
        self,
        intake: Intake,
        target: str,
        verdicts: tuple[str, ...],
        bound: dict[str, object],
        *,
        only_numbered: bool = False,
    ) -> None:
        with self.warehouse.joins_as_written():
            if not only_numbered:
                self.warehouse.execute(intake.rendered(target, numbered=False), **bound, verdicts=list(verdicts))
            if self.warehouse.count("land/numbered_plan"):
                self.warehouse.execute(intake.rendered(target, numbered=True), **bound, verdicts=list(verdicts))

    def _land_links(self, intake: Intake) -> dict[str, int]:
        """A layout that brings links only: all links of the records that it names, or where complete of all."""
        bound = self._bound(is_complete=self.delivery.coverage is Coverage.COMPLETE)
        self._keep_bounds(self.warehouse.count("land/usable"), bound)
        newest = self.warehouse.rows("land/newest_complete", **bound)
        usable = self.warehouse.count("land/usable")
        late = usable if newest and _int(newest[0]["source_seq"]) > self.delivery.source_seq else 0
        if not late:
            kinds = sorted({kind for kind, _, _ in intake.layout.relations})
            self.warehouse.execute(intake.links(), **bound)
            self.warehouse.run("land/linked_by_links", **bound, kinds=kinds)
            self.warehouse.run("land/link", **bound, kinds=kinds)
        return {"added": 0, "changed": 0, "unchanged": usable, "late": late, "closed": 0}

    # --- expectations ----------------------------------------------------------------------------------------

    @property
    def _expect(self) -> Expect:
        return self.delivery.layout.expect or self.source.expect

    def _keep_bounds(self, usable: int, bound: dict[str, object]) -> None:
        if self.delivery.coverage is not Coverage.COMPLETE:
            return
        if usable < self._expect.min_rows:
            raise ContractBroken(
                f"{self.source.name}: the complete delivery has {usable:,} usable rows, expected are at least "
                f"{self._expect.min_rows:,}. The last good data stays. If the file is only a part of the register, "
                "load it with --partial."
            )
        if not self.delivery.layout.fields or self.most_closed is None:
            return
        figures = self.warehouse.rows("land/closing_figures", **bound)[0]
        closing, current = _int(figures["closing"]), _int(figures["current_count"])
        if closing > self.most_closed * current:
            raise ConfirmationNeeded(
                f"{self.source.name}: {closing:,} of {current:,} current records ({closing / current:.1%}) are absent "
                "from this complete delivery and would close. Nothing was changed; repeat it with --yes if that is right."
            )

    def _keep_fill_rates(self, intake: Intake, bound: dict[str, object]) -> None:
        rates = {name: least for name, least in self._expect.fill_rates.items() if name in intake.layout.fields}
        if self.delivery.coverage is not Coverage.COMPLETE or not rates:
            return
        for name, share in self.warehouse.ask(intake.fill_rates(list(rates)), **bound)[0].items():
            if share is not None and float(str(share)) < rates[name]:
                raise ContractBroken(
                    f"{self.source.name}: only {float(str(share)):.1%} of the rows have {name}, expected are at least "
                    f"{rates[name]:.1%}. The last good data stays."
                )


def _int(value: object) -> int:
    return int(str(value))
