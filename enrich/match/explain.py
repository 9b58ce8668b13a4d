"""Why a CRM record was, or was not, taken for a company; and which records wait for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.warehouse import Row
from enrich.company import resolve_company
from enrich.errors import CompanySuppressed, NotFound
from enrich.gate import NATURAL_PERSONS, Readers
from enrich.match.model import PRIOR, Evidence, probabilities, score_pair
from enrich.match.sides import Stated, make_compared, stated_in_row

WAITING = ("review", "ambiguous")
_REASON = "matching the team's own CRM"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateReason:
    """One candidate with its evidence; `probability` is 0-1, of this candidate among those of the record.

    `base` is where every candidate begins before anything is compared, and `score` that and the weights of the evidence
    together, both in bits (log2 odds); `alone` is the probability that `score` gives to it, were it the only candidate.
    """

    company_id: str
    record_id: str
    id_label: str
    name: str
    city: str | None
    probability: float
    evidence: tuple[Evidence, ...]
    base: float

    @property
    def score(self) -> float:
        """Bits for the candidate."""
        return self.base + sum(each.weight for each in self.evidence)

    @property
    def alone(self) -> float:
        """0-1, as if there were no other candidate."""
        return probabilities([self.score])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReason:
    """The verdict on one CRM record, and the candidates it was weighed against, best first."""

    kind: str
    crm_id: str
    crm_key: str | None
    judged_as: str
    """The CRM record that a judgement has to name: its own id, or that of the CRM company whose verdict it has."""
    label: str
    state: str
    decided_by: str
    matched_at: datetime
    probability: float | None
    candidates: tuple[CandidateReason, ...]


def explain_match(readers: Readers, asked: str) -> MatchReason:
    """Why the CRM record (its id in the CRM or ours, e-mail or name) has the verdict it has."""
    return _explain(readers, _find_record(readers, asked))


def compare_match(readers: Readers, asked: str, company: str) -> MatchReason:
    """What speaks for and against the CRM record being that one company, also where it was never a candidate."""
    record = _find_record(readers, asked)
    company_id = resolve_company(readers, company)
    reason = _explain(readers, record)
    known = tuple(each for each in reason.candidates if each.company_id == company_id)
    judged = record if reason.judged_as == reason.crm_id else _find_record(readers, reason.judged_as)
    found = known or (_compare_anew(readers, judged, company_id, asked=company),)
    return replace(reason, candidates=found)


def read_waiting(readers: Readers, *, limit: int) -> tuple[tuple[MatchReason, ...], bool]:
    """The CRM records that wait for a person, and whether there are more than `limit`; the nearest calls come first.

    Nearest are those whose best two candidates, or else best candidate and nobody, lie closest together.
    """
    rows = readers.warehouse.rows("match/crm_records", asked=None, states=list(WAITING), limit=limit + 1)
    return tuple(_explain(readers, row) for row in rows[:limit]), len(rows) > limit


def _find_record(readers: Readers, asked: str) -> Row:
    found = readers.warehouse.rows("match/crm_records", asked=asked.strip(), states=None, limit=6)
    if not found:
        near = readers.warehouse.rows("match/crm_named", asked=asked.strip(), limit=5)
        raise NotFound("CRM record", asked, [_suggest(row) for row in near])
    if len(found) > 1:
        raise NotFound("single CRM record", asked, [_suggest(row) for row in found])
    return found[0]


def _suggest(row: Row) -> str:
    return f"{row['crm_key'] or row['crm_id']} ({row['kind']} {row['label']})"


def _explain(readers: Readers, record: Row) -> MatchReason:
    rows = readers.warehouse.rows("match/evidence_of", crm_id=record["judged_as"])
    by_candidate: dict[str, list[Row]] = {}
    for row in rows:
        by_candidate.setdefault(str(row["record_id"]), []).append(row)
    companies = _read_companies(readers, [str(listed[0]["company_id"]) for listed in by_candidate.values()])
    candidates = tuple(
        CandidateReason(
            company_id=str(listed[0]["company_id"]),
            record_id=record_id,
            probability=float(str(listed[0]["probability"])),
            evidence=tuple(_read_evidence(row) for row in listed),
            base=PRIOR,
            **_labels(companies[str(listed[0]["company_id"])]),
        )
        for record_id, listed in by_candidate.items()
        if str(listed[0]["company_id"]) in companies
    )
    matched_at = record["matched_at"]
    assert isinstance(matched_at, datetime)  # noqa: S101  # mart.match.matched_at is TIMESTAMPTZ
    return MatchReason(
        kind=str(record["kind"]),
        crm_id=str(record["crm_id"]),
        crm_key=None if record["crm_key"] is None else str(record["crm_key"]),
        judged_as=str(record["judged_as"]),
        label=str(record["label"] or ""),
        state=str(record["state"]),
        decided_by=str(record["decided_by"]),
        matched_at=matched_at,
        probability=None if record["probability"] is None else float(str(record["probability"])),
        candidates=candidates,
    )


def _compare_anew(readers: Readers, record: Row, company_id: str, *, asked: str) -> CandidateReason:
    companies = _read_companies(readers, [company_id])
    if company_id not in companies:
        raise CompanySuppressed(asked)
    company = companies[company_id]
    left, right = make_compared([stated_in_row(record, key="crm_id"), _stated_of(company)])
    scored = score_pair(left, right)
    return CandidateReason(
        company_id=company_id,
        record_id=str(company["anchor_record_id"]),
        probability=scored.probability,
        evidence=scored.evidence,
        base=PRIOR,
        **_labels(company),
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


def _read_companies(readers: Readers, company_ids: Sequence[str]) -> dict[str, Mapping[str, object]]:
    """Those of the companies that may be shown; natural persons too, since the CRM may hold them."""
    rows = readers.warehouse.rows("match/shown_companies", ids=list(company_ids))
    admitted = readers.admit(rows, include=(NATURAL_PERSONS,), why=_REASON)
    return {str(each.values["company_id"]): each.values for each in admitted}


def _labels(company: Mapping[str, object]) -> dict[str, str]:
    return {"id_label": str(company["id_label"]), "name": str(company["name"]), "city": str(company["city"] or "")}


def _read_evidence(row: Mapping[str, object]) -> Evidence:
    return Evidence(
        comparison=str(row["comparison"]),
        outcome=str(row["outcome"]),
        left_value=_text(row["left_value"]),
        right_value=_text(row["right_value"]),
        weight=float(str(row["weight"])),
        sentence=str(row["sentence"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
