"""Judgements as labels in a file: our own form, and the labels table of Splink.

Ours: left_id (CRM record), right_id (register record), verdict (same, different, unsure), who, when, why. Splink's:
unique_id_l, source_dataset_l, unique_id_r, source_dataset_r, clerical_match_score (0-1); it knows no author, date and
reason, and no "unsure".
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.journal import Decision, read_decisions
from enrich.company import number_label
from enrich.config import Config
from enrich.decide import VERDICTS, StandingJudgement, judge, standing_in
from enrich.errors import InputInvalid
from enrich.gate import Readers
from enrich.progress import Progress

OURS = ("left_id", "right_id", "verdict", "who", "when", "why")
SPLINK = ("unique_id_l", "source_dataset_l", "unique_id_r", "source_dataset_r", "clerical_match_score")
CRM = "crm"
"""The source dataset that CRM records have in Splink's form; register records have that of their register."""

_SCORES = {"same": "1.0", "different": "0.0"}
_SURE = 0.9
"""A clerical score from which two records are the same, and one minus which they are different; between, unsure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One row of a file of labels; `who`, `when` (UTC) and `why` are null where the file does not say."""

    line: int
    left_id: str
    right_id: str
    verdict: str
    who: str | None = None
    when: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that could not be used, with its line in the file (the header is line 1)."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReport:
    """What became of the rows of a file: rows = created + updated + skipped + rejected. `skipped` counts by reason."""

    rows: int
    created: int
    updated: int
    skipped: Mapping[str, int]
    rejected: tuple[Rejected, ...]
    is_dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was said before of pairs of CRM record and register record, and when the last of it was taken back (UTC)."""

    standing: Mapping[tuple[str, str], StandingJudgement] = field(default_factory=dict)
    taken_back: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


def export_labels(config: Config, path: Path, *, for_splink: bool) -> tuple[int, int]:
    """Write every judgement on a CRM record that stands; gives how many, and how many "unsure" Splink's form had to leave out."""
    standing = [one for one in standing_in(read_decisions(config.journal)) if not one.is_of_registers]
    written = [one for one in standing if not (for_splink and one.verdict == "unsure")]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(SPLINK if for_splink else OURS)
            table.writerows(_splink_row(one) if for_splink else _own_row(one) for one in written)
    except OSError as error:
        raise InputInvalid(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that is there."
        ) from error
    return len(written), len(standing) - len(written)


def _own_row(one: StandingJudgement) -> tuple[str, ...]:
    return one.crm_id, one.record_id, one.verdict, one.decided_by, one.decided_at.isoformat(), one.why or ""


def _splink_row(one: StandingJudgement) -> tuple[str, ...]:
    return one.crm_id, CRM, one.record_id, one.record_id.partition(":")[0], _SCORES[one.verdict]


def import_labels(readers: Readers, path: Path, *, dry_run: bool, progress: Progress) -> LabelReport:
    """Take a file of labels, in either form, into the journal; rows that say what stands already change nothing.

    What a person judged, or took back, later than a row's date (or at all, where the row has none) is never overwritten.
    """
    labels, unreadable = read_labels(path)
    labels, unknown = _known_labels(readers, labels)
    config = readers.config
    planned = list(plan_labels(labels, read_history(read_decisions(config.journal)), now=datetime.now(UTC)))
    new = [(label, outcome) for label, outcome in planned if outcome in ("created", "updated")]
    for done, (label, _) in enumerate(new):
        progress("labels", done, len(new))
        if not dry_run:
            judge(
                config,
                crm_id=label.left_id,
                record_id=label.right_id,
                verdict=label.verdict,
                why=label.why,
                who=label.who,
                when=label.when,
            )
    progress("labels", len(new), len(new))
    counts = Counter(outcome for _, outcome in planned)
    return LabelReport(
        rows=len(planned) + len(unreadable) + len(unknown),
        created=counts.pop("created", 0),
        updated=counts.pop("updated", 0),
        skipped=dict(sorted(counts.items())),
        rejected=tuple(sorted((*unreadable, *unknown), key=lambda one: one.line)),
        is_dry_run=dry_run,
    )


def plan_labels(labels: Sequence[Label], history: History, *, now: datetime) -> Iterator[tuple[Label, str]]:
    """Each label with what becomes of it: created, updated, or the reason why it changes nothing; in the order given."""
    standing = dict(history.standing)
    for label in labels:
        pair = label.left_id, label.right_id
        said, gone_at = standing.get(pair), history.taken_back.get(pair)
        if said is not None and said.verdict == label.verdict:
            # said again, it stands from then: a row between the two does not outdo it
            standing[pair] = replace(said, decided_at=max(said.decided_at, label.when or said.decided_at))
            yield label, "said so already"
        elif said is not None and (label.when is None or label.when <= said.decided_at):
            yield label, "judged otherwise" + _no_date_or_later(label)
        elif said is None and gone_at is not None and (label.when is None or label.when <= gone_at):
            yield label, "taken back" + _no_date_or_later(label)
        else:
            standing[pair] = StandingJudgement(
                crm_id=label.left_id,
                record_id=label.right_id,
                verdict=label.verdict,
                decision_id="",
                decided_by=label.who or "",
                decided_at=label.when or now,
                why=label.why,
            )
            yield label, "created" if said is None else "updated"


def _no_date_or_later(label: Label) -> str:
    return ", and the row has no date" if label.when is None else " later than the row's date"


def read_history(decisions: Sequence[Decision]) -> History:
    """What stands of every pair, and when a judgement on it was last taken back."""
    pairs = {
        one.decision_id: (str(one.payload["crm_id"]), str(one.payload["record_id"]))
        for one in decisions
        if one.kind == "judgement" and "crm_id" in one.payload
    }
    taken_back = {
        pairs[undone]: one.decided_at
        for one in decisions
        if one.kind == "undo" and (undone := str(one.payload.get("decision_id"))) in pairs
    }
    return History(standing={(one.crm_id, one.record_id): one for one in standing_in(decisions)}, taken_back=taken_back)


def read_labels(path: Path) -> tuple[list[Label], list[Rejected]]:
    """The rows of a CSV file (comma or semicolon) in either form, and those that cannot be read.

    A row that lost a part of itself, or took the next one in, is rejected: what it says is not what was written. Raises
    `InputInvalid` where there is no such file, it is no text or no CSV, or its header is neither form.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputInvalid(f"There is no file {path}.") from None
    except OSError as error:
        raise InputInvalid(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        raise InputInvalid(f"{path} is no text in UTF-8 (see byte {error.start:,}): save it as CSV in UTF-8.") from None
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = _read_rows(path, text, delimiter)
    _, header = next(rows, (1, []))
    needed = SPLINK if "clerical_match_score" in header else OURS[:3]
    if missing := [name for name in needed if name not in header]:
        raise InputInvalid(
            f"{path.name} has no column {', '.join(missing)}. A file of labels has {', '.join(OURS)} "
            f"(the last three may be missing), or as Splink has it {', '.join(SPLINK)}. Nothing was taken in."
        )
    labels, rejected = list[Label](), list[Rejected]()
    read = _read_splink if needed is SPLINK else _read_own
    for line, cells in rows:
        try:
            label = read(_by_name(header, cells), line)
            _refuse_swallowed(header, cells, read, delimiter)
            labels.append(label)
        except ValueError as error:
            rejected.append(Rejected(line=line, reason=str(error)))
    return labels, rejected


def _read_rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that have cells, with the line that each ends on. Raises `InputInvalid` where it stops being CSV."""
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = table.line_num + 1
        try:
            cells = next(table, None)
        except csv.Error as error:
            raise InputInvalid(
                f"{path.name}: the row that begins on line {begins} cannot be read as CSV ({error}). Mend it, most often a "
                "quotation mark too many or too few. Nothing was taken in."
            ) from None
        if cells is None:
            return
        if cells:
            yield table.line_num, cells


def _by_name(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise ValueError(
            f"it has {len(cells)} cells and the header {len(header)}: a comma too many or too few? Text with one needs quotes"
        )
    return {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


def _refuse_swallowed(
    header: Sequence[str], cells: Sequence[str], read: Callable[[Mapping[str, str], int], Label], delimiter: str
) -> None:
    """Raise `ValueError` where an open quotation mark made further rows a part of this one."""
    for name, cell in zip(header, cells, strict=True):
        if "\n" not in cell:
            continue
        if name in {*SPLINK, *OURS[:-1]}:
            raise ValueError(f"its {name} has a line break: a quotation mark too many?")
        for further in csv.reader(cell.splitlines()[1:], delimiter=delimiter):
            try:
                read(_by_name(header, further), 0)
            except ValueError:
                continue
            raise ValueError(f"its {name} has a whole row in it: a quotation mark too many?")


def _read_own(said: Mapping[str, str], line: int) -> Label:
    verdict = said["verdict"].lower()
    if verdict not in VERDICTS:
        raise ValueError(f"{said['verdict']!r} is no verdict: use one of {', '.join(VERDICTS)}")
    return Label(
        line=line,
        left_id=said["left_id"],
        right_id=said["right_id"],
        verdict=verdict,
        who=said.get("who") or None,
        when=_read_time(said.get("when") or ""),
        why=said.get("why") or None,
    )


def _read_splink(said: Mapping[str, str], line: int) -> Label:
    try:
        score = float(said["clerical_match_score"])
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise ValueError(f"{said['clerical_match_score']!r} is no clerical_match_score: a number from 0 to 1 is")
    verdict = "same" if score >= _SURE else "different" if score <= 1 - _SURE else "unsure"
    return Label(line=line, left_id=said["unique_id_l"], right_id=said["unique_id_r"], verdict=verdict)


def _read_time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date: write it like 2026-11-20 or 2026-11-20T14:30:00+00:00") from None
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    if read > datetime.now(UTC) + timedelta(days=1):
        raise ValueError(f"{text} is to come: nobody can have judged then")
    return read


def _known_labels(readers: Readers, labels: Sequence[Label]) -> tuple[list[Label], list[Rejected]]:
    """The labels with the ids that a judgement names, left always the CRM's; and those whose ids name nothing."""
    readers.lay_decisions()
    asked = sorted({one for label in labels for one in (label.left_id, label.right_id)})
    stated = {"id": pa.array(asked, pa.string()), "label": pa.array(map(number_label, asked), pa.string())}
    with readers.warehouse.lend("asked_ids", pa.table(stated)):
        rows = readers.warehouse.rows("match/label_ids")
    known: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        known.setdefault((str(row["side"]), str(row["id"])), []).append(str(row["known_as"]))
    found, rejected = list[Label](), list[Rejected]()
    for label in labels:
        sides = (label.left_id, label.right_id)
        if (CRM, sides[0]) not in known and (CRM, sides[1]) in known:  # Splink puts the lower id on the left
            sides = (sides[1], sides[0])
        crm, register = known.get((CRM, sides[0]), []), known.get(("register", sides[1]), [])
        if len(crm) == 1 and len(register) == 1:
            found.append(replace(label, left_id=crm[0], right_id=register[0]))
        elif len(crm) > 1:
            rejected.append(Rejected(line=label.line, reason=f"{sides[0]!r} names {len(crm)} CRM records: use our id"))
        elif len(register) > 1:
            named = f"{sides[1]!r} names {len(register)} register records"
            rejected.append(
                Rejected(line=label.line, reason=f"{named}: write the one that is meant, {' or '.join(register)}")
            )
        else:
            what, which = ("CRM record", sides[0]) if not crm else ("register record", sides[1])
            rejected.append(Rejected(line=label.line, reason=f"no {what} that may be shown has the id {which!r}"))
    return found, rejected
