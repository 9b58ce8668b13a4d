"""What became of one delivery of a source, as figures and as a sentence."""

from dataclasses import dataclass

from enrich.land import LandReport
from sources.source import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """One delivery of a source: landed (ok), the same as the last (unchanged), or asked company by company (asked).

    Only what was landed has figures.
    """

    source: str
    outcome: str
    coverage: str
    layout: str
    landed: LandReport | None
    seconds: float


def describe_landing(source: str, delivery: Delivery, landed: LandReport, *, is_dry_run: bool) -> str:
    """One sentence a person reads: rows in = landed + rejected, and what that means for the records."""
    verb = "would be " if is_dry_run else ""
    text = (
        f"{source} ({delivery.layout.name}, {delivery.coverage}): {landed.rows_in:,} rows in = {landed.landed:,} "
        f"{verb}landed + {landed.rejected:,} {verb}rejected; {landed.added:,} added, {landed.changed:,} changed, "
        f"{landed.unchanged:,} unchanged, {landed.closed:,} closed"
    )
    parts = [f"{count:,} {reason}" for reason, count in landed.reasons.items()]
    if landed.late:
        parts.append(f"{landed.late:,} older than what is known: kept as history")
    parts += [f"{count:,} unreadable values of {name} became unknown" for name, count in landed.problems.items()]
    return f"{text} ({'; '.join(parts)})" if parts else text
