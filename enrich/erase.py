"""Erasing somebody: from every place that `core.retention` names, for good, with a receipt.

What is left is a keyed hash, so that the person does not come back with the next import, merge or restored copy.
"""

import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import uuid_utils.compat as uuid

from db.fold import fold_journal
from db.journal import Decision, append_decision, make_decision, read_decisions
from db.keyed import lend_key
from db.warehouse import Warehouse
from enrich.access_log import rewrite_access_log
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.gate import hmac_of, read_key
from enrich.merge import merge_companies
from enrich.progress import Progress, silent
from enrich.publish import publish
from enrich.purge import delete_found, find_subjects, national_numbers
from enrich.redact import Sought, redact
from enrich.saved import remove_answers
from enrich.subject import make_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was removed from where (rows or files), and whom to tell; of a dry run, what would be.

    Where `is_held` is false nothing of the subject was found; deliveries and old publications go nevertheless, because
    their bytes are not searched.
    """

    receipt_id: str
    removed: Mapping[str, int]
    notify: tuple[str, ...]
    is_held: bool
    is_dry_run: bool


def erase(
    config: Config,
    scheme: str,
    value: str,
    *,
    country: str | None = None,
    why: str | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Receipt:
    """Erase whoever the e-mail, phone, person or organisation is, everywhere, and publish anew.

    The decision is in the journal, and obeyed by every reader, before the warehouse is opened: where another process
    writes, `WarehouseBusy` is raised and the same command finishes the work later.
    """
    if scheme == "domain":
        raise InputInvalid("A domain is nobody: suppress it, or erase the e-mail, phone, person or organisation.")
    subject = make_subject(scheme, value, country=country or config.crm.country)
    key = read_key(config)
    receipt_id = str(uuid.uuid7())
    if not dry_run:
        _record(config, [(subject.scheme, hmac_of(key, subject.scheme, subject.value))], why, receipt_id)
    with Warehouse.open_to_write(config.data, command="erase") as warehouse:
        subjects = [(subject.scheme, hmac_of(key, subject.scheme, subject.value))]
        return _erase_found(
            warehouse,
            config,
            subjects,
            {subject.value},
            why=why,
            receipt_id=receipt_id,
            dry_run=dry_run,
            progress=progress,
        )


def erase_records(
    warehouse: Warehouse, config: Config, crm_ids: Collection[str], *, why: str, progress: Progress = silent
) -> Receipt:
    """Erase whoever these CRM records are about, as `erase` does, in a warehouse that is open already.

    The companies that they work for stay.
    """
    key = read_key(config)
    receipt_id = str(uuid.uuid7())
    subjects = [("record", hmac_of(key, "record", crm_id)) for crm_id in crm_ids]
    _record(config, subjects, why, receipt_id)
    return _erase_found(
        warehouse, config, subjects, set(), why=why, receipt_id=receipt_id, dry_run=False, progress=progress
    )


def _erase_found(
    warehouse: Warehouse,
    config: Config,
    subjects: Collection[tuple[str, str]],
    known_texts: set[str],
    *,
    why: str | None,
    receipt_id: str,
    dry_run: bool,
    progress: Progress,
) -> Receipt:
    key = read_key(config)
    lend_key(warehouse, key)
    find_subjects(warehouse, subjects)
    if not dry_run:
        _record(config, _further_subjects(warehouse, key), why, receipt_id)
        fold_journal(warehouse, config.journal)
    texts = sorted({*known_texts, *(str(row["text"]) for row in warehouse.rows("erase/texts"))})
    gone = {str(row["record_id"]) for row in warehouse.rows("erase/records")}
    notify = tuple(str(row["whom"]) for row in warehouse.rows("erase/notify"))
    sought = Sought(texts=texts, numbers=national_numbers(texts), gone=gone)
    decisions = read_decisions(config.journal)
    redacted = {
        one.decision_id: without
        for one in decisions
        if (without := redact(one, sought, rename=lambda name: f"erased-{hmac_of(key, 'name', name)[:8]}")) != one
    }
    files = _files_to_remove(config, sought)
    removed = {place: len(found) for place, found in files.items() if found}
    if not dry_run:  # what is found by its text goes before the texts do: whoever is stopped here can begin again
        _remove(files[place] for place in _REMOVED_WHERE_NAMED)
        _clear_log(config, sought)
        for decision in redacted.values():
            append_decision(config.journal, decision)
        remove_answers(config)
    # some a stopped run redacted in the journal
    standing = [redacted.get(one.decision_id, one) for one in decisions]
    removed |= _delete(warehouse, texts, standing, keep=not dry_run)
    if redacted:
        removed["data/journal"] = len(redacted)
    if not dry_run:
        merge_companies(warehouse, config, receipt_id, progress)
        warehouse.rewrite()
        if warehouse.count("status/record_count"):  # else there is no register yet, and nothing was published
            publish(warehouse, config, receipt_id, progress)
        _remove(files[place] for place in _REMOVED_WHOLE)
        if "data/backups" in removed:
            shutil.copy2(warehouse.path, config.data / "backups" / f"warehouse-erased-{receipt_id}.duckdb")
    is_held = any(place not in _REMOVED_WHOLE for place in removed)
    return Receipt(receipt_id=receipt_id, removed=removed, notify=notify, is_held=is_held, is_dry_run=dry_run)


class _DryRun(Exception):
    """Ends a transaction that was only to be counted."""


def _delete(warehouse: Warehouse, texts: list[str], decisions: list[Decision], *, keep: bool) -> dict[str, int]:
    deleted: dict[str, int] = {}
    try:
        with warehouse.transaction():
            deleted = delete_found(warehouse, texts, decisions=decisions)
            if not keep:
                raise _DryRun
    except _DryRun:
        pass
    return deleted


def _record(config: Config, subjects: Iterable[tuple[str, str]], why: str | None, receipt_id: str) -> None:
    for scheme, hashed in subjects:
        payload = {"scheme": scheme, "hmac": hashed, "receipt": receipt_id}
        append_decision(config.journal, make_decision("erasure", payload, who=config.who, why=why))


def _further_subjects(warehouse: Warehouse, key: bytes) -> list[tuple[str, str]]:
    """By what else the person could come back: each e-mail address, register record and CRM record found."""
    return [
        (str(row["scheme"]), hmac_of(key, str(row["scheme"]), str(row["value"])))
        for row in warehouse.rows("erase/further_subjects")
    ]


def _files_to_remove(config: Config, sought: Sought) -> dict[str, list[Path]]:
    """Files that go, by place: every delivery (they are fetched again), old publications and copies, and whatever names the subject."""
    every = {place: _files_in(config.data / place.removeprefix("data/")) for place in _REMOVED_WHOLE}
    naming = {
        place: [
            path
            for path in _files_in(config.data / place.removeprefix("data/"))
            if sought.is_named_in(f"{path.name} {path.read_bytes().decode('utf-8', 'replace')}")
        ]
        for place in _REMOVED_WHERE_NAMED
    }
    return every | naming


_REMOVED_WHOLE = ("data/landing", "data/published", "data/backups", "data/tmp")
_REMOVED_WHERE_NAMED = ("data/rejects", "data/exports", "data/logs")


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _remove(places: Iterable[Iterable[Path]]) -> None:
    for found in places:
        for path in found:
            path.unlink(missing_ok=True)


def _clear_log(config: Config, sought: Sought) -> None:
    """Take out of the access log the reasons that name the subject."""
    rewrite_access_log(
        config.data, lambda line: {**line, "why": None} if sought.is_named_in(str(line["why"] or "")) else line
    )
