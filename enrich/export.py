"""Export: what a search found, as files for people or for a CRM, in a form that updates instead of duplicating.

For HubSpot there are two files. `update` goes by Record ID and holds no name and no domain: those belong to the CRM.
`create` has the domain where it is known, by which HubSpot joins companies, and always `prospekt_id`, by which ours
does. Facts that HubSpot keeps in lists of its own (industry) go into `prospekt_…` columns, never guessed into a list.

No cell is a formula to a spreadsheet (enrich/spreadsheet.py); `raw` leaves every cell as it is.
"""

import csv
import errno
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from db.errors import DiskFull
from db.journal import append_decision, make_decision
from db.private import create_private_file, make_private_folder
from enrich.config import Config
from enrich.crm.country import english_name
from enrich.engine.gather import UNASSIGNED
from enrich.errors import InputInvalid, NothingToExport
from enrich.gate import Exportable, Readers
from enrich.replacing import refuse_to_replace
from enrich.search import FindAnswer, refuse_unknown_owner
from enrich.spreadsheet import formula_safe

TARGETS = ("csv", "hubspot")

_RECORD_ID = re.compile(r"\d+")

_Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """One file written (or, on a dry run, not): `purpose` is list, update or create."""

    path: Path
    purpose: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What left: `companies` in all, `held_back` were suppressed since the search, `without_record_id` are in the CRM
    under no HubSpot id and therefore in the create file. `export_id` is null on a dry run.
    """

    export_id: str | None
    target: str
    companies: int
    held_back: int
    without_record_id: int
    handed_to: str | None
    files: tuple[ExportedFile, ...]


def export_companies(
    config: Config,
    readers: Readers,
    answer: FindAnswer,
    *,
    target: str,
    out: Path,
    handed_to: str | None = None,
    set_owner: bool = False,
    raw: bool = False,
    replace_files: bool = False,
    dry_run: bool = False,
    why_include: str | None = None,
    asked: str | None = None,
) -> ExportReport:
    """Write the companies of an answer to `out`, and remember what left, when and to whom; `asked` is the question in plain words, if any.

    `set_owner` lets the update file set owners too: who owns a company
    that HubSpot has is otherwise left to HubSpot. For HubSpot, `leads.csv` becomes `leads.update.csv` and `leads.create.csv`. Beside each file lies its description,
    `….meta.json`. Whoever was suppressed since the search is left out. A file appears whole or not at all, in a
    folder that is there or whose parent is. Raises `ConfirmationNeeded` where a file of that name is there and `replace_files` is not said,
    `NotFound` for an unknown `handed_to`, `NothingToExport`, `InputInvalid`, `DiskFull`, and what `append_decision` raises.
    """
    refuse_missing_folder(out)
    if target not in TARGETS:
        raise InputInvalid(f"{target!r} is no target; choose {' or '.join(TARGETS)}.")
    for company in answer.companies:
        if not isinstance(company, Exportable):
            raise TypeError("only what the gate admitted may leave")
    if handed_to is not None:
        refuse_unknown_owner(readers, config, handed_to)
    # the journal is read again: somebody may have been suppressed while this list was being read
    admitted = readers.admit([company.values for company in answer.companies], include=answer.include, why=why_include)
    if not admitted:
        raise NothingToExport("There is no company to export; nothing was written.")
    foreign = _keys_not_of_hubspot(readers) if target == "hubspot" else frozenset()
    emails = _owner_emails(readers) if target == "hubspot" else {}
    planned = list(_plan(target, out, admitted, handed_to, foreign, emails, set_owner=set_owner))
    named = (path for path, _, _ in planned)
    refuse_to_replace(*named, other="--out names another file", is_agreed=replace_files or dry_run)
    report = ExportReport(
        export_id=None,
        target=target,
        companies=len(admitted),
        held_back=len(answer.companies) - len(admitted),
        without_record_id=sum(
            1 for one in admitted if one.values["is_in_crm"] and not _record_ids(one.values, foreign)
        ),
        handed_to=handed_to,
        files=tuple(ExportedFile(path=path, purpose=purpose, rows=len(rows)) for path, purpose, rows in planned),
    )
    if dry_run:
        return report
    decision = make_decision(
        "export",
        {
            "companies": [
                {"company_id": one.values["company_id"], "record_id": one.values["anchor_record_id"]}
                for one in admitted
            ],
            "target": target,
            "file_name": ", ".join(path.name for path, _, _ in planned),
            "icp": f"{answer.icp} {answer.icp_version}",
            **({} if asked is None else {"asked": asked}),
            "handed_to": handed_to,
        },
        who=config.who,
        why=why_include,
    )
    report = replace(report, export_id=decision.decision_id)
    texts: dict[Path, str] = {}
    for file, (_, _, rows) in zip(report.files, planned, strict=True):
        texts[file.path] = _as_csv(rows, raw=raw)
        about = _describe(answer, report, file, who=config.who, raw=raw, asked=asked)
        texts[file.path.with_name(f"{file.path.name}.meta.json")] = json.dumps(
            about, ensure_ascii=False, indent=2, default=str
        )
    # remembered before it can be seen: what left is never unknown
    _write_together(texts, before_visible=lambda: append_decision(config.journal, decision))
    return report


def refuse_missing_folder(out: Path) -> None:
    """Raise `InputInvalid` where neither the file's folder is there nor the one in which to make it: a slip of the pen."""
    if not out.parent.exists() and not out.parent.parent.is_dir():
        raise InputInvalid(
            f"There is no folder {out.parent}, nor {out.parent.parent} to make it in; nothing was exported. "
            "Make the folder, or name another with --out."
        )


def _plan(
    target: str,
    out: Path,
    companies: Sequence[Exportable],
    handed_to: str | None,
    foreign: frozenset[str],
    emails: Mapping[str, str],
    *,
    set_owner: bool,
) -> Iterator[tuple[Path, str, list[dict[str, str]]]]:
    """The files to write: path, purpose, rows; none without rows."""
    if target == "csv":
        yield out, "list", [_list_row(one.values, handed_to) for one in companies]
        return
    updates = [
        {
            "Record ID": record_id,
            **_facts(one.values),
            **({"Company owner": _owner(one.values, handed_to, emails)} if set_owner else {}),
        }
        for one in companies
        for record_id in _record_ids(one.values, foreign)
    ]
    creates = [
        {
            "Company name": _text(one.values["name"]),
            "Company domain name": _text(one.values["domain"]),
            **_facts(one.values),
            "Company owner": _owner(one.values, handed_to, emails),
        }
        for one in companies
        if not _record_ids(one.values, foreign)
    ]
    for purpose, rows in (("update", updates), ("create", creates)):
        if rows:
            yield out.with_name(f"{out.stem}.{purpose}{out.suffix or '.csv'}"), purpose, rows


def _keys_not_of_hubspot(readers: Readers) -> frozenset[str]:
    rows = readers.warehouse.rows("export/not_hubspot") if readers.has_people else []
    return frozenset(str(row["crm_key"]) for row in rows)


def _record_ids(values: _Values, foreign: frozenset[str] = frozenset()) -> list[str]:
    """The HubSpot ids of a company; the same company may be there twice, and both are brought up to date."""
    keys = map(str, listed if isinstance(listed := values["crm_company_keys"], list) else [])
    return [key for key in keys if _RECORD_ID.fullmatch(key) and key not in foreign]


def _owner_emails(readers: Readers) -> dict[str, str]:
    """The e-mail of each owner in the CRM by name, id and itself: HubSpot takes an owner by e-mail."""
    rows = readers.warehouse.rows("search/owners") if readers.has_people else []
    return {
        str(row[key]).lower(): str(row["email"])
        for row in rows
        if row["email"] is not None
        for key in ("name", "owner_id", "email")
        if row[key] is not None
    }


def _facts(values: _Values) -> dict[str, str]:
    """What both HubSpot files say, under HubSpot's labels; an empty cell changes nothing there."""
    exact = values["employees_low"] == values["employees_high"]
    return {
        "Street address": _text(values["street"]),
        "Postal code": _text(values["postal_code"]),
        "City": _text(values["city"]),
        "Country/Region": english_name(_text(values["country_code"])) if values["country_code"] else "",
        "Number of employees": _text(values["employees_low"]) if exact else "",
        "prospekt_id": _text(values["id_label"]),
        **{f"prospekt_{name}": value for name, value in _reasons(values).items()},
    }


def _list_row(values: _Values, handed_to: str | None) -> dict[str, str]:
    """One line for people."""
    return {
        "prospekt_id": _text(values["id_label"]),
        "name": _text(values["name"]),
        "legal_form": _text(values["legal_form_code"]),
        "industry": _text(values["industry"]),
        "employees": _text(values["size"]),
        "website": _text(values["website"]),
        "domain": _text(values["domain"]),
        "phone": _text(values["phone"]),
        "street": _text(values["street"]),
        "postal_code": _text(values["postal_code"]),
        "city": _text(values["city"]),
        "country": _text(values["country_code"]),
        "owner": _owner(values, handed_to),
        "crm_record_id": "; ".join(_record_ids(values)),
        **{name: value for name, value in _reasons(values).items() if name not in ("name", "industry", "employees")},
    }


def _reasons(values: _Values) -> dict[str, str]:
    """Ours: what was found, why, and where it comes from."""
    stated_at = values["last_known_at"]
    sources = values["sources"]
    return {
        "name": _text(values["name"]),
        "industry": _text(values["industry"]),
        "employees": _text(values["size"]),
        "fit": _text(values["fit"]),
        "why": _text(values["why"]),
        "source": "; ".join(map(str, sources)) if isinstance(sources, list) else "",
        "date": stated_at.date().isoformat() if isinstance(stated_at, datetime) else "",
    }


def _owner(values: _Values, handed_to: str | None, emails: Mapping[str, str] | None = None) -> str:
    owner = handed_to or _text(values["owner"])
    return "" if owner.lower() == UNASSIGNED else (emails or {}).get(owner.lower(), owner)


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _as_csv(rows: Sequence[Mapping[str, str]], *, raw: bool) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(dict(row) if raw else {name: formula_safe(cell) for name, cell in row.items()})
    return out.getvalue()


def _describe(
    answer: FindAnswer,
    report: ExportReport,
    file: ExportedFile,
    *,
    who: str,
    raw: bool,
    asked: str | None,
) -> dict[str, object]:
    """What the file beside it is: by which criteria, as of when, from which sources under which licences."""
    return {
        "schema": "prospekt.export/1",
        "export_id": report.export_id,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "exported_by": who,
        "handed_to": report.handed_to,
        "target": report.target,
        "file": file.path.name,
        "purpose": file.purpose,
        "rows": file.rows,
        "formula_safe": not raw,
        "icp": answer.icp,
        "icp_version": answer.icp_version,
        "asked": asked,
        "criteria": answer.criteria,
        "text": answer.text,
        "owner": answer.owner,
        "include": answer.include,
        "as_of": answer.as_of.isoformat(),
        "counts": {
            "exported": report.companies,
            "fit": answer.fits,
            "may_fit": answer.may_fit,
            "held_back_at_export": report.held_back,
        },
        "left_out": [asdict(one) for one in answer.left_out],
        "sources": [dict(source) for source in answer.sources],
    }


def _write_together(texts: Mapping[Path, str], *, before_visible: Callable[[], None]) -> None:
    """Write every file aside, then let them all appear; `before_visible` runs in between and may still stop it."""
    aside = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in texts}
    try:
        for path, text in texts.items():
            make_private_folder(path.parent)
            # a spreadsheet takes UTF-8 for something else unless the file begins with a mark
            encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"
            with create_private_file(aside[path], encoding=encoding, newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        before_visible()
        for path, unfinished in aside.items():
            unfinished.replace(path)
    except OSError as error:
        folder = next(iter(texts)).parent
        if error.errno == errno.ENOSPC:
            raise DiskFull(folder) from error
        raise InputInvalid(f"{folder} cannot be written to ({error.strerror}); nothing was exported.") from error
    finally:
        for unfinished in aside.values():
            with suppress(OSError):  # there may be no folder to clean
                unfinished.unlink(missing_ok=True)
