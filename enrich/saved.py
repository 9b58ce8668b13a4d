"""Saved searches: a question kept under a name, the answer of the last time, and what entered and left since then, and why.

A saved search is a decision in the journal, so that saving waits for nobody. Its answer lies beside it in `data/searches`: ids of
companies with the rules that leave them out, none of a natural person or of whoever is held back.
"""

import errno
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

from db.errors import DiskFull, FolderReadOnly
from db.journal import Decision, append_decision, make_decision, read_decisions
from db.private import create_private_file, make_private_folder
from enrich.company import EDIT_SETTLES, spell_edit
from enrich.config import Config
from enrich.describe import describe_companies, identify_found, say_rule
from enrich.engine.gather import gather
from enrich.errors import InputInvalid, NotFound
from enrich.gate import NATURAL_PERSONS, Exportable, Readers
from enrich.icp.fit import FitQuery
from enrich.icp.reasons import read_answers
from enrich.lacking import Lacking
from enrich.rules import RULES, Rule, excluding_bits, rules_in
from enrich.search import (
    choose_icp,
    compile_icp,
    find_lacking_of,
    read_as_of,
    refuse_unanswerable,
)
from enrich.words.found import rank_by_words

MOST = 200_000
"""So many companies an answer may have to be kept."""

_ANSWER_SECONDS = 3600
"""After so long an answer that no decision names is what a stopped run left."""

_NEVER_KEPT = 1 | 2
"""The rules (bits) of the suppressed and of natural persons: these are in no kept answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A question under a name. `as_of` is when the files were published of which the last answer was, `kept_at` when it was kept."""

    name: str
    icp: str
    icp_version: str
    text: str | None
    words: str | None
    owner: str | None
    include: tuple[str, ...]
    as_of: datetime
    kept_at: datetime
    kept_by: str
    company_count: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A company that entered or left, with the reasons."""

    company: Exportable
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLast:
    """What became of a saved search since last time. `entered` and `left` are the first of all that are counted.

    `withdrawn` left too, but may not be named: suppressed, erased, merged into another company or no longer published.
    """

    search: SavedSearch
    as_of: datetime
    company_count: int
    entered_count: int
    left_count: int
    withdrawn: int
    is_changed_icp: bool
    entered: tuple[Move, ...]
    left: tuple[Move, ...]
    sources: tuple[Mapping[str, object], ...]
    lacking: tuple[Lacking, ...] = ()
    """Criteria of which nothing or little is known of the companies of the ICP's countries."""


def save_search(
    readers: Readers,
    config: Config,
    name: str,
    icp_name: str | None = None,
    *,
    text: str | None = None,
    words: str | None = None,
    owner: str | None = None,
    include: Collection[str] = frozenset(),
) -> SavedSearch:
    """Keep a question and its answer of now under a name; one of the same name is replaced.

    Raises `InputInvalid` for no name, for natural persons, and for more companies than an answer may have; `NotFound` as `find` does.
    """
    if not name.strip():
        raise InputInvalid("A saved search needs a name.")
    if NATURAL_PERSONS in include:
        raise InputInvalid("A search for natural persons is not kept: leave --include natural-persons out, or --save.")
    chosen, icp = choose_icp(config, icp_name)
    excluding_bits(include)
    readers.lay_decisions()
    refuse_unanswerable(readers, config, chosen, icp, owner=owner)
    query = compile_icp(readers, config, chosen, icp, text=text)
    judged = _judge(readers, config, query, owner, words)
    said = {
        "name": name.strip(),
        "icp": chosen,
        "text": text,
        "words": words,
        "owner": owner,
        "include": sorted(include),
    }
    return _keep(readers, config, said, query, judged)


def list_searches(config: Config) -> list[SavedSearch]:
    """The saved searches by name, each as it was last kept; straight from the journal."""
    return _standing(read_decisions(config.journal))


def _standing(decisions: Sequence[Decision]) -> list[SavedSearch]:
    undone = {one.payload.get("decision_id") for one in decisions if one.kind == "undo"}
    latest = {
        str(one.payload["name"]): one for one in decisions if one.kind == "search" and one.decision_id not in undone
    }
    return [_read(latest[name]) for name in sorted(latest) if not latest[name].payload.get("forgotten")]


def find_search(config: Config, name: str) -> SavedSearch:
    """The saved search of that name; raises `NotFound` with the nearest."""
    known = {each.name: each for each in list_searches(config)}
    if name not in known:
        raise NotFound("saved search", name, get_close_matches(name, known, n=3, cutoff=0.4) or list(known)[:3])
    return known[name]


def forget_search(config: Config, name: str) -> Decision:
    """Keep a saved search no longer, nor its answer; raises `NotFound`."""
    search = find_search(config, name)
    made = make_decision("search", {"name": search.name, "forgotten": True}, who=config.who, why=None)
    append_decision(config.journal, made)
    remove_answers(config)
    return made


def remove_answers(config: Config) -> None:
    """Remove the answers that no saved search has any more: of one that was replaced, forgotten, undone or erased.

    One that no decision names may be about to get its decision: it stays for an hour.
    """
    decisions = read_decisions(config.journal)
    kept = {each.answer for each in _standing(decisions)}
    decided = {_answer_of(one) for one in decisions if one.kind == "search"}  # an erasure takes the name out of one
    folder = config.data / "searches"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in decided - kept or (path.name not in kept and _is_left_over(path)):
            path.unlink(missing_ok=True)


def _answer_of(decision: Decision) -> str:
    return f"{decision.decision_id}.json"


def _is_left_over(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - _ANSWER_SECONDS
    except FileNotFoundError:  # removed or named meanwhile
        return False


def compare_with_last(
    readers: Readers, config: Config, search: SavedSearch, *, limit: int | None = 20, keep: bool = True
) -> SinceLast:
    """What entered and left since the answer was kept, best known reason first; then today's answer is the last, unless `keep` is false.

    Raises `NotFound` where its ICP or owner is gone, `InputInvalid` where the kept answer is, `ConfigInvalid` as `find` does.
    """
    chosen, icp = choose_icp(config, search.icp)
    readers.lay_decisions()
    refuse_unanswerable(readers, config, chosen, icp, owner=search.owner)
    query = compile_icp(readers, config, chosen, icp, text=search.text)
    excluding = excluding_bits(search.include)
    then, now = _read_answer(config, search), _judge(readers, config, query, search.owner, search.words)
    was_in = {company_id for company_id, rules in then.items() if not rules & excluding}
    is_in = {company_id for company_id, (rules, _) in now.items() if not rules & excluding}
    entered, left = sorted(is_in - was_in), sorted(was_in - is_in)
    context = _Since(
        readers=readers,
        config=config,
        query=query,
        search=search,
        excluding=excluding,
        then=then,
        is_changed=query.version != search.icp_version,
    )
    shown_left = context.explain_left(left)
    result = SinceLast(
        search=search,
        as_of=read_as_of(readers),
        company_count=len(is_in),
        entered_count=len(entered),
        left_count=len(shown_left),
        withdrawn=len(left) - len(shown_left),
        is_changed_icp=context.is_changed,
        entered=tuple(context.explain_entered(entered)[:limit]),
        left=tuple(shown_left[:limit]),
        sources=tuple(readers.warehouse.rows("search/sources")),
        lacking=find_lacking_of(readers, config, icp, query),
    )
    if keep:
        said = {
            "name": search.name,
            "icp": chosen,
            "text": search.text,
            "words": search.words,
            "owner": search.owner,
            "include": list(search.include),
        }
        _keep(readers, config, said, query, now)
    return result


_Judged = Mapping[str, tuple[int, str]]
"""By company the rules (bits) that leave it out, and the verdict."""


def _judge(readers: Readers, config: Config, query: FitQuery, owner: str | None, words: str | None) -> _Judged:
    if words is not None:
        rank_by_words(readers, words)
    found = gather(
        readers,
        query,
        excluding=_NEVER_KEPT,
        limit=MOST,  # more are refused, and not held in memory before
        owner=owner,
        contacted_days=config.find.contacted_days,
        by_words=words is not None,
    )
    counted = sum(int(str(row["company_count"])) for row in found.counts if not int(str(row["rules"])) & _NEVER_KEPT)
    if counted > MOST:
        raise InputInvalid(f"{counted:,} companies are too many to be kept (at most {MOST:,}): narrow the search.")
    return {company_id: (one.rules, one.verdict) for company_id, one in identify_found(readers, found.ranked)}


def _keep(
    readers: Readers, config: Config, said: Mapping[str, object], query: FitQuery, judged: _Judged
) -> SavedSearch:
    excluding = excluding_bits([str(each) for each in _listed(said["include"])])
    made = make_decision("search", {}, who=config.who, why=None)
    payload = {
        **said,
        "icp_version": query.version,
        "as_of": read_as_of(readers).isoformat(),
        "company_count": sum(not rules & excluding for rules, _ in judged.values()),
        "answer": _answer_of(made),
    }
    # the answer is there before the decision that names it
    _write_answer(config, str(payload["answer"]), {company_id: rules for company_id, (rules, _) in judged.items()})
    decision = Decision(
        decision_id=made.decision_id,
        kind=made.kind,
        decided_by=made.decided_by,
        decided_at=made.decided_at,
        why=None,
        base_version=None,
        payload=payload,
    )
    append_decision(config.journal, decision)
    remove_answers(config)
    return _read(decision)


def _write_answer(config: Config, name: str, rules: Mapping[str, int]) -> None:
    folder = config.data / "searches"
    unfinished = folder / f".{name}.tmp"
    try:
        make_private_folder(folder)
        with create_private_file(unfinished) as file:
            json.dump(rules, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(folder / name)
    except OSError as error:
        raise (DiskFull(folder) if error.errno == errno.ENOSPC else FolderReadOnly(folder)) from error


def _read_answer(config: Config, search: SavedSearch) -> dict[str, int]:
    path = config.data / "searches" / search.answer
    try:
        read: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputInvalid(
            f"The last answer of {search.name!r} cannot be read ({path}): save the search again with `prospekt find --save`."
        ) from error
    return read


def _read(decision: Decision) -> SavedSearch:
    said = decision.payload
    return SavedSearch(
        name=str(said["name"]),
        icp=str(said["icp"]),
        icp_version=str(said["icp_version"]),
        text=None if said["text"] is None else str(said["text"]),
        words=None if said.get("words") is None else str(said["words"]),
        owner=None if said["owner"] is None else str(said["owner"]),
        include=tuple(map(str, _listed(said["include"]))),
        as_of=datetime.fromisoformat(str(said["as_of"])),
        kept_at=decision.decided_at,
        kept_by=decision.decided_by,
        company_count=int(str(said["company_count"])),
        answer=str(said["answer"]),
    )


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


@dataclass(slots=True, kw_only=True)
class _Since:
    """What happened to companies since an answer was kept."""

    readers: Readers
    config: Config
    query: FitQuery
    search: SavedSearch
    excluding: int
    then: Mapping[str, int]
    is_changed: bool

    def explain_entered(self, ids: Sequence[str]) -> list[Move]:
        """Why each is in now and was not."""
        recorded = self._recorded(ids)
        moves = []
        for company in self._shown(ids):
            company_id = str(company.values["company_id"])
            bits = self.then.get(company_id, 0) & self.excluding
            reasons = [
                f"until now left out: {rule.label_for(self.config.find.contacted_days)}" for rule in rules_in(bits)
            ]
            moves.append(Move(company=company, reasons=self._told([*reasons, *recorded.get(company_id, ())])))
        return moves

    def explain_left(self, ids: Sequence[str]) -> list[Move]:
        """Why each was in and is not now; whoever may not be named is left out."""
        recorded = self._recorded(ids)
        moves = []
        for company in self._shown(ids):
            company_id, values = str(company.values["company_id"]), company.values
            held = [rule for rule in rules_in(_bits(values["rules"])) if rule.bit & self.excluding]
            reasons = [f"now {self._says(rule, values)}" for rule in held]
            reasons += [] if held else list(_say_misfit(values))
            moves.append(Move(company=company, reasons=self._told([*reasons, *recorded.get(company_id, ())])))
        return moves

    def _told(self, reasons: Sequence[str]) -> tuple[str, ...]:
        changed = ("the description or a territory of it was changed",) if self.is_changed else ()
        # what is reckoned from today moves without any record of it: ages, events of the last days, days since contact
        return (*reasons, *changed) or (
            "nothing recorded changed but the day: an age, an event or a contact grew older",
        )

    def _says(self, rule: Rule, values: Mapping[str, object]) -> str:
        return say_rule(rule, values, self.config.find.contacted_days)

    def _shown(self, ids: Sequence[str]) -> list[Exportable]:
        """As a search shows them, best first, through the gate."""
        described = describe_companies(self.readers, self.config, self.query, ids)
        described.sort(key=lambda each: (each["verdict"] != "yes", -int(str(each["fit_low"])), str(each["name"])))
        return self.readers.admit(described)

    def _recorded(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """By company what its sources and people said since then that bears on the question."""
        told: dict[str, list[str]] = {}
        since = self.search.as_of
        for row in self.readers.warehouse.rows("search/first_known", ids=list(ids), since=since):
            said = f"new: first stated by {row['source']} on {row['first_known_at']:%Y-%m-%d}"
            told.setdefault(str(row["company_id"]), []).append(said)
        bearing = {field for point in self.query.points for field in point.criterion.fields} | {"status"}
        changes = self.readers.warehouse.rows("search/changes_since", ids=list(ids), since=since)
        for company_id, rows in groupby(changes, key=lambda row: str(row["company_id"])):
            for change in _with_sizes(list(rows)):
                field = str(change["field"])
                if change["field"] is None or bearing & set(_BEARS_ON.get(field, (field,))):
                    told.setdefault(company_id, []).append(_say_change(change))
        asked = set(ids)
        for decision in read_decisions(self.config.journal):
            company_id = str(decision.payload.get("company_id"))
            if decision.decided_at > self.search.kept_at and company_id in asked:
                told.setdefault(company_id, []).extend(_say_decision(decision, bearing))
        return told


_BEARS_ON: Mapping[str, tuple[str, ...]] = {
    "addresses": ("municipality_code", "municipality_name", "region_code", "postal_code"),
    "contact_points": ("website", "domain"),
    "industries": ("industries", "industry_code"),
    "employees": ("employees_low", "employees_high"),
}
"""Field of a record to the columns of a company that follow from it, where they are named otherwise."""

_LISTS = frozenset({"addresses", "contact_points", "industries", "names", "identifiers"})
_LONGEST = 60


def _with_sizes(rows: Sequence[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """The changes of one company; where both ends of its number of employees changed, one for both.

    >>> low = {"field": "employees_low", "old_value": "1", "new_value": "12"}
    >>> list(_with_sizes([{"field": "employees_high", "old_value": "4", "new_value": "12"}, low]))
    [{'field': 'employees', 'old_value': '1-4', 'new_value': '12'}]
    """
    ends = {row["field"]: row for row in rows}
    low, high = (ends.get(field) for field in _BEARS_ON["employees"])
    for row in rows:
        if low is None or high is None or row not in (low, high):
            yield row
        elif row is low:
            sizes = {key: _say_size(low[key], high[key]) for key in ("old_value", "new_value")}
            yield {**low, "field": "employees", **sizes}


def _say_size(low: object, high: object) -> str | None:
    if high is None:
        return None if low is None else f"{low} or more"
    return f"{low}" if low == high else f"{low or 0}-{high}"


def _say_change(row: Mapping[str, object]) -> str:
    where = f"({row['source']}, {row['known_at']:%Y-%m-%d})"
    if row["field"] is None:
        return f"{row['kind']} in the register {where}"
    if row["field"] in _LISTS:
        return f"{row['field']} changed {where}".replace("_", " ")
    old, new = (_shortened(row[name]) for name in ("old_value", "new_value"))
    return f"{str(row['field']).replace('_', ' ')} {old} → {new} {where}"


def _shortened(value: object) -> str:
    text = "unknown" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _say_decision(decision: Decision, bearing: Collection[str]) -> Iterator[str]:
    said, who = decision.payload, f"({decision.decided_by}, {decision.decided_at:%Y-%m-%d})"
    if decision.kind == "mark":
        yield f"mark taken off {who}" if said["mark"] == "none" else f"marked as {said['mark']} {who}"
    field = str(said.get("field"))
    if decision.kind == "edit" and any(name in bearing for name in EDIT_SETTLES.get(field, (field,))):
        is_set = said["value"] is not None
        yield (
            f"{field} set to {spell_edit(field, str(said['value']))} {who}"
            if is_set
            else f"edit of {field} taken back {who}"
        )


def _say_misfit(values: Mapping[str, object]) -> Iterator[str]:
    for answer in read_answers(values["points"]):
        if answer.kind != "should" and answer.speaks_for is False:
            asked = f"{'not ' if answer.kind == 'must_not' else ''}{answer.asked}"
            yield f"does not fit: {answer.topic} {answer.value or 'none'}, asked {asked}"
        elif answer.kind in ("required", "text") and answer.speaks_for is None:
            yield f"{answer.topic} has to be known, and is not"


def _bits(names: object) -> int:
    return sum(rule.bit for rule in RULES if rule.name in _listed(names))
