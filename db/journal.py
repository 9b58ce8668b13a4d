"""The journal of people's decisions: written with fsync in a moment, whoever holds the warehouse.

A decision is one file, `data/journal/<UUIDv7>.json`, complete or absent. The next writer folds what is new into
`core.decision`; readers overlay what is not folded yet (`read_decisions`). Files stay: they restore the decisions
of a warehouse that is rebuilt or restored from a copy.

Payload keys by kind:

- judgement: `crm_id`, `record_id`, `verdict` (same, different, unsure)
- edit: `company_id`, `record_id` (its anchor), `field`, `value` (null takes the edit back), of a website its `domain`
- mark: `company_id`, `record_id`, `mark` (customer, competitor, partner, not-a-fit, snoozed, none), `until`
- suppression: `scheme` (email, phone, domain, person, organisation), `hmac`, `lifted` (bool)
- list: `list`, `company_id`, `record_id`, `member` (bool)
- erasure: `scheme`, `hmac`, `receipt`
- export: `companies` (each with `company_id` and `record_id`, its anchor), `target`, `file_name`, `icp`, `handed_to`
- search: `name`, `icp`, `icp_version`, `text`, `owner`, `include`, `as_of` (of the files), `company_count`, `answer` (file in data/searches);
  or `name` and `forgotten`
- undo: `decision_id`
"""

import errno
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import uuid_utils.compat as uuid

from db.errors import DiskFull, FolderReadOnly, WarehouseError
from db.private import create_private_file, make_private_folder

KINDS = ("judgement", "edit", "mark", "suppression", "list", "erasure", "export", "search", "undo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided: its kind, payload, author, time and reason. The id orders decisions and makes folding idempotent."""

    decision_id: str
    kind: str
    decided_by: str
    decided_at: datetime
    why: str | None
    base_version: str | None
    payload: Mapping[str, object]


def make_decision(
    kind: str, payload: Mapping[str, object], *, who: str, why: str | None, base_version: str | None = None
) -> Decision:
    """A decision made now; `kind` is one of `KINDS`."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of decision: {kind}")
    return Decision(
        decision_id=str(uuid.uuid7()),
        kind=kind,
        decided_by=who,
        decided_at=datetime.now(UTC),
        why=why,
        base_version=base_version,
        payload=dict(payload),
    )


def append_decision(journal: Path, decision: Decision) -> None:
    """Write the decision so that it survives a crash of the program or the machine; needs no lock.

    One of the same id takes the place of the one before it: how an erasure redacts.
    """
    body = json.dumps({**asdict(decision), "decided_at": decision.decided_at.isoformat()}, ensure_ascii=False, indent=1)
    unfinished = journal / f".{decision.decision_id}.tmp"
    try:
        make_private_folder(journal)
        with create_private_file(unfinished) as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(journal / f"{decision.decision_id}.json")
        _sync_folder(journal)
    except OSError as error:
        with suppress(OSError):  # there may be no folder to clean
            unfinished.unlink(missing_ok=True)
        raise (DiskFull(journal) if error.errno == errno.ENOSPC else FolderReadOnly(journal)) from error


def read_decisions(journal: Path, *, after: Iterable[str] = ()) -> list[Decision]:
    """Decisions in the journal, oldest first, without those whose ids are in `after` (already folded)."""
    folded = frozenset(after)
    if not journal.is_dir():
        return []
    return [read_decision(path) for path in sorted(journal.glob("*.json")) if path.stem not in folded]


def read_decision(path: Path) -> Decision:
    """One file of the journal as the decision it holds."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Decision(**{**said, "decided_at": datetime.fromisoformat(said["decided_at"])})
    except (ValueError, TypeError, KeyError) as error:
        raise WarehouseError(
            f"The journal file {path} cannot be read ({error}). Restore it from a copy; decisions are never dropped."
        ) from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
