"""What left before: the exports in the journal, and the way back of one that should not have been."""

from dataclasses import dataclass
from datetime import datetime

from db.journal import read_decisions
from enrich.config import Config
from enrich.decide import undo
from enrich.errors import InputInvalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class PastExport:
    """One export that was made: `companies` left in it, `undone_at` is null while it counts (UTC)."""

    export_id: str
    exported_at: datetime
    exported_by: str
    target: str
    file_name: str
    icp: str
    handed_to: str | None
    companies: int
    undone_at: datetime | None


def read_exports(config: Config) -> list[PastExport]:
    """Every export in the journal, the newest first."""
    decisions = read_decisions(config.journal)
    undone = {one.payload.get("decision_id"): one.decided_at for one in decisions if one.kind == "undo"}
    return [
        PastExport(
            export_id=one.decision_id,
            exported_at=one.decided_at,
            exported_by=one.decided_by,
            target=str(one.payload.get("target", "")),
            file_name=str(one.payload.get("file_name", "")),
            icp=str(one.payload.get("icp", "")),
            handed_to=None if (handed_to := one.payload.get("handed_to")) is None else str(handed_to),
            companies=len(listed) if isinstance(listed := one.payload.get("companies"), list) else 0,
            undone_at=undone.get(one.decision_id),
        )
        for one in reversed(decisions)
        if one.kind == "export"
    ]


def undo_export(config: Config, export_id: str, *, dry_run: bool = False) -> PastExport:
    """Take an export back: its companies count as handed over no more, unless by another. Gives the export as it was.

    Files that were written stay where they lie, and who got them is remembered. Raises `NotFound` for an unknown id,
    `InputInvalid` where it was taken back already.
    """
    made = read_exports(config)
    found = next((one for one in made if one.export_id == export_id), None)
    if found is None:
        raise NotFound("export", export_id, hint="`prospekt export undo` without an id lists the latest.")
    if found.undone_at is not None:
        raise InputInvalid(
            f"The export of {found.file_name} was taken back on {found.undone_at:%Y-%m-%d %H:%M} UTC already."
        )
    if not dry_run:
        undo(config, export_id)
    return found
