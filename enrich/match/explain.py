"""Why a CRM record was, or was not, taken for a company; and which records wait for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from db.warehouse import Row
from enrich.company import resolve_company
from enrich.decide import StandingJudgement, read_judgements
from enrich.errors import CompanySuppressed, NotFound
from enrich.gate import Readers
from enrich.match.facts import facts_of
from enrich.match.model import add_rival, load_model, probabilities, score_pair
from enrich.match.prevalence import model_for
from enrich.match.reason import CandidateReason, MatchReason, read_candidates, read_companies, read_reason
from enrich.match.sides import Stated, make_side, stated_in_row
from enrich.match.turn import find_turn

WAITING = ("review", "ambiguous")


def explain_match(readers: Readers, asked: str, *, as_of: datetime | None = None) -> MatchReason:
    """Why the CRM record (its id in the CRM or ours, e-mail or name) has the verdict it has, or had at `as_of`.

    Raises `NotFound` where there is no such record, or there was no verdict on it at `as_of` yet (or it is kept no longer).
    """
    record = _find_record(readers, asked)
    judgements = read_judgements(readers.config)
    reason = read_reason(readers, record, judgements)
    if as_of is not None:
        return _explain_past(readers, reason, judgements, as_of)
    judged = _judged_record(readers, record)
    if judged["decided_by"] == "judgement":
        return _with_named(readers, reason, judged)
    if not reason.candidates:
        return reason
    return _with_turn(readers, reason, reason.candidates, target=0)


def compare_match(readers: Readers, asked: str, company: str) -> MatchReason:
    """What speaks for and against the CRM record being that one company, also where it was never a candidate."""
    record = _find_record(readers, asked)
    company_id = resolve_company(readers, company)
    reason = read_reason(readers, record, read_judgements(readers.config))
    known = [each.company_id for each in reason.candidates]
    rivals = reason.candidates
    if company_id not in known:
        anew = _compare_anew(readers, _judged_record(readers, record), company_id, asked=company)
        rivals = _joined_by(rivals, anew)
    place = next(number for number, each in enumerate(rivals) if each.company_id == company_id)
    if reason.decided_by != "judgement":
        reason = _with_turn(readers, reason, rivals, target=place)
    return replace(reason, candidates=(rivals[place],), turns_on=0)


def _with_named(readers: Readers, reason: MatchReason, judged: Row) -> MatchReason:
    """The reason with the company that people named in front, compared anew where it was never a candidate."""
    if judged["company_id"] is None:  # people said whom it is not
        return reason
    company_id = str(judged["company_id"])
    known = [each.company_id for each in reason.candidates]
    if company_id in known or company_id not in read_companies(readers, [company_id]):
        return reason
    *rivals, named = _joined_by(reason.candidates, _compare_anew(readers, judged, company_id, asked=company_id))
    return replace(reason, candidates=(named, *rivals), is_named_anew=True)


def _with_turn(readers: Readers, reason: MatchReason, rivals: Sequence[CandidateReason], *, target: int) -> MatchReason:
    """The reason with what would turn it, where the rivals are `rivals` (those that may be shown)."""
    companies = read_companies(readers, [each.company_id for each in rivals])
    [record] = readers.warehouse.rows("match/crm_records", asked=reason.judged_as, states=None, limit=1)
    turn = find_turn(
        stated_in_row(record, key="crm_id"),
        [_stated_of(companies[each.company_id]) for each in rivals],
        [each.probability for each in rivals],
        readers.config.match,
        model_for(load_model(readers.config.data), readers.config.match.present),
        kind=str(record["kind"]),
        target=target,
        evidence=rivals[target].evidence,
    )
    return replace(reason, turn=turn, turns_on=target)


def _explain_past(
    readers: Readers, reason: MatchReason, judgements: Sequence[StandingJudgement], as_of: datetime
) -> MatchReason:
    """The verdict that stood at `as_of`: the one that stands, or the one replaced next after it; raises where none did."""
    after = [one for one in reason.earlier if one.replaced_at > as_of]
    oldest = after[-1] if after else reason
    began = _began_at(readers, oldest.judged_as, oldest.matched_at)
    if began > as_of:
        raise NotFound(
            f"verdict on {' '.join(reason.told.split())} of",
            f"{as_of:%Y-%m-%d}",
            hint=f"The oldest one that is kept is of {began:%Y-%m-%d %H:%M}: ask for that day or a later one.",
        )
    if not after:
        return reason
    past = after[-1]
    return replace(
        reason,
        judged_as=past.judged_as,
        judgements=tuple(one for one in judgements if one.crm_id == past.judged_as),
        state=past.state,
        decided_by=past.decided_by,
        probability=past.probability,
        matched_at=past.matched_at,
        replaced_at=past.replaced_at,
        candidates=read_candidates(readers, past.judged_as, past.matched_at),
        earlier=reason.earlier[len(after) :],
    )


def _began_at(readers: Readers, judged_as: str, matched_at: datetime) -> datetime:
    """Since when the verdict made at `matched_at` was what it is: runs make the same one anew."""
    rows = readers.warehouse.rows("match/verdict_of", crm_id=judged_as, matched_at=matched_at)
    began = rows[0].get("stands_from") if rows else None
    return began if isinstance(began, datetime) else matched_at


def read_waiting(readers: Readers, *, limit: int) -> tuple[tuple[MatchReason, ...], bool]:
    """The CRM records that wait for a person, and whether there are more than `limit`; the nearest calls come first.

    Nearest are those whose best candidate lies closest to the second, or to what the two leave for nobody. Those of whose
    best candidate somebody said "unsure" come last: others are asked first.
    """
    judgements = read_judgements(readers.config)
    listed = [one for one in judgements if one.verdict == "unsure"]
    company_of = companies_of(readers, (one.record_id for one in listed))
    unsure = {(one.crm_id, company_of.get(one.record_id)) for one in listed}
    rows = readers.warehouse.rows("match/crm_records", asked=None, states=list(WAITING), limit=limit + len(unsure) + 1)
    rows.sort(key=lambda row: (row["judged_as"], row["company_id"]) in unsure)  # keeps the order otherwise
    return tuple(read_reason(readers, row, judgements) for row in rows[:limit]), len(rows) > limit


def companies_of(readers: Readers, record_ids: Iterable[str]) -> dict[str, str]:
    """Which company each of the register records is in, of those whose company may be shown."""
    rows = readers.warehouse.rows("match/companies_of_records", ids=sorted(set(record_ids)))
    return {str(row["record_id"]): str(row["company_id"]) for row in rows}


def _find_record(readers: Readers, asked: str) -> Row:
    found = readers.warehouse.rows("match/crm_records", asked=asked.strip(), states=None, limit=6)
    if not found:
        near = readers.warehouse.rows("match/crm_named", asked=asked.strip(), limit=5)
        raise NotFound("CRM record", asked, [_suggest(row) for row in near])
    if len(found) > 1:
        raise NotFound("single CRM record", asked, [_suggest(row) for row in found])
    return found[0]


def _judged_record(readers: Readers, record: Row) -> Row:
    """The CRM record whose verdict a row of match/crm_records has: its own, or that of its CRM company."""
    return record if record["judged_as"] == record["crm_id"] else _find_record(readers, str(record["judged_as"]))


def _suggest(row: Row) -> str:
    return f"{row['crm_key'] or row['crm_id']} ({row['kind']} {row['label']})"


def _joined_by(rivals: Sequence[CandidateReason], newcomer: CandidateReason) -> tuple[CandidateReason, ...]:
    """The rivals and one that was never among them, last, with the probabilities that they then share."""
    chances = add_rival([each.probability for each in rivals], newcomer.score)
    return tuple(replace(each, probability=chance) for each, chance in zip((*rivals, newcomer), chances, strict=True))


def _compare_anew(readers: Readers, record: Row, company_id: str, *, asked: str) -> CandidateReason:
    companies = read_companies(readers, [company_id])
    if company_id not in companies:
        raise CompanySuppressed(asked)
    company = companies[company_id]
    model = model_for(load_model(readers.config.data), readers.config.match.present)
    left, right = make_side([stated_in_row(record, key="crm_id")]), make_side([_stated_of(company)])
    scored = score_pair(left, right, model)
    return CandidateReason(
        company_id=company_id,
        record_id=str(company["anchor_record_id"]),
        probability=probabilities([scored.score])[0],
        evidence=scored.evidence,
        base=model.prior,
        model_version=model.version,
        id_label=str(company["id_label"]),
        name=str(company["name"]),
        city=str(company["city"] or ""),
        record_ids=tuple(map(str, record_ids)) if isinstance(record_ids := company["record_ids"], list) else (),
        facts=facts_of(company),
    )


def _stated_of(company: Mapping[str, object]) -> Stated:
    """A golden record as one side of a comparison: every name and number that its sources give it."""
    other_names, lei = company["other_names"], company["lei"]
    stated = stated_in_row(company, key="company_id")
    return replace(
        stated,
        names=(*stated.names, *(map(str, other_names) if isinstance(other_names, list) else ())),
        numbers=(*stated.numbers, *([("LEI", str(lei))] if lei else ())),
        is_live=bool(company["is_live"]),
        entity_kind=str(company["entity_kind"]),
    )
