"""A verdict of matching with its candidates and their evidence, as it was kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db.warehouse import Row
from enrich.decide import StandingJudgement
from enrich.gate import NATURAL_PERSONS, Readers
from enrich.match.facts import facts_of
from enrich.match.model import Evidence, probabilities
from enrich.match.turn import Turn

NEAR = 0.5
"""A third candidate is one to choose from if it has at least so much of the second one's probability."""

_WHY = "matching the team's own CRM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is another by now than evidence or a judgement saw; `side` is register or crm, values where they read as one."""

    side: str
    what: str
    before: str | None = None
    after: str | None = None
    changed_at: datetime | None = None


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
    record_ids: tuple[str, ...]
    """All records of the company; the evidence is about `record_id`."""
    probability: float
    evidence: tuple[Evidence, ...]
    base: float
    model_version: str
    crm_known_from: datetime | None = None
    record_known_from: datetime | None = None
    """The versions of the two records that were compared: when we learnt them (UTC)."""
    since: tuple[Change, ...] = ()
    """What has changed since then."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the registers state of the company today (`facts_of`)."""

    @property
    def score(self) -> float:
        """Bits for the candidate."""
        return self.base + sum(each.weight for each in self.evidence)

    @property
    def alone(self) -> float:
        """0-1, as if there were no other candidate."""
        return probabilities([self.score])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVerdict:
    """A verdict that another replaced at `replaced_at` (UTC); `probability` is that of its best candidate."""

    judged_as: str
    """The CRM record that it was made on."""
    state: str
    decided_by: str
    model_version: str
    record_id: str | None
    probability: float | None
    matched_at: datetime
    replaced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReason:
    """The verdict on one CRM record, and the candidates it was weighed against, best first."""

    kind: str
    crm_id: str
    crm_key: str | None
    judged_as: str
    """The CRM record that a judgement has to name: its own id, or that of the CRM company whose verdict it has."""
    label: str
    employer: str | None
    """The company by which a contact was matched, as the CRM has it; null where it names none, and of companies."""
    state: str
    decided_by: str
    matched_at: datetime
    probability: float | None
    candidates: tuple[CandidateReason, ...]
    accept: float
    """The probability (0-1) from which a candidate is accepted."""
    turn: Turn | None = None
    """What would turn the verdict; null where a person decided, and of replaced verdicts."""
    turns_on: int = 0
    """Which of the candidates `turn` is about."""
    is_named_anew: bool = False
    """Whether the first candidate was none: people named it, and it is compared by what is stated today."""
    judgements: tuple[StandingJudgement, ...] = ()
    earlier: tuple[PastVerdict, ...] = ()
    replaced_at: datetime | None = None
    """When another verdict took the place of this one (UTC); null for the one that stands."""

    @property
    def told(self) -> str:
        """What people read of the record: a contact with its company."""
        return f"{self.label or 'somebody'}, of {self.employer}" if self.employer else self.label

    @property
    def to_judge(self) -> str:
        """The register record that a judgement on the best candidate names (`record_to_judge`)."""
        return self.record_to_judge(self.candidates[0])

    def record_to_judge(self, candidate: CandidateReason) -> str:
        """The register record that a judgement on the candidate names: the one somebody called the same, if there is.

        So what was said before is answered, and does not stand beside the answer.
        """
        same = (one.record_id for one in reversed(self.judgements) if one.verdict == "same")
        return next((one for one in same if one in candidate.record_ids), candidate.record_id)

    @property
    def rival(self) -> CandidateReason | None:
        """The runner-up, where it keeps the best one from being accepted: as near as it, or near enough to leave doubt."""
        if len(self.candidates) < 2:
            return None
        best, second = self.candidates[:2]
        has_doubt = best.probability < self.accept <= best.alone and second.alone >= self.accept
        return second if self.state == "ambiguous" or (self.state == "review" and has_doubt) else None

    @property
    def near(self) -> tuple[CandidateReason, ...]:
        """The candidates that a person has to choose between, by number: the best one alone where it has no rival.

        Not best first: whoever chooses shall not learn which one the program prefers.
        """
        rival = self.rival
        if rival is None:
            return self.candidates[:1]
        near = [one for one in self.candidates[2:] if one.probability >= rival.probability * NEAR]
        return tuple(sorted((*self.candidates[:2], *near), key=lambda one: one.id_label))


def read_reason(readers: Readers, record: Row, judgements: Sequence[StandingJudgement]) -> MatchReason:
    """The verdict that stands on a row of match/crm_records, with those of the judgements that are on it."""
    judged_as = str(record["judged_as"])
    matched_at = record["matched_at"]
    assert isinstance(matched_at, datetime)  # noqa: S101  # mart.match.matched_at is TIMESTAMPTZ
    return MatchReason(
        kind=str(record["kind"]),
        crm_id=str(record["crm_id"]),
        crm_key=_text(record["crm_key"]),
        judged_as=judged_as,
        label=str(record["label"] or ""),
        employer=_text(record["employer"]),
        state=str(record["state"]),
        decided_by=str(record["decided_by"]),
        matched_at=matched_at,
        probability=None if record["probability"] is None else float(str(record["probability"])),
        candidates=read_candidates(readers, judged_as, None),
        accept=readers.config.match.accept,
        judgements=tuple(one for one in judgements if one.crm_id == judged_as),
        earlier=_read_earlier(readers, str(record["crm_id"]), judged_as),
    )


def _read_earlier(readers: Readers, crm_id: str, judged_as: str) -> tuple[PastVerdict, ...]:
    """The verdicts that the record had, the latest first: a contact's own, and those of its CRM company from then on."""
    own = [_read_past(row) for row in readers.warehouse.rows("match/past_of", crm_id=crm_id)]
    if judged_as == crm_id:
        return tuple(own)
    company = [_read_past(row) for row in readers.warehouse.rows("match/past_of", crm_id=judged_as)]
    return (*(one for one in company if not own or one.replaced_at > own[0].replaced_at), *own)


def read_candidates(readers: Readers, crm_id: str, matched_at: datetime | None) -> tuple[CandidateReason, ...]:
    """The candidates of the verdict that stands, or that was made at `matched_at`, best first."""
    by_candidate: dict[str, list[Row]] = {}
    for row in readers.warehouse.rows("match/evidence_of", crm_id=crm_id, matched_at=matched_at):
        by_candidate.setdefault(str(row["record_id"]), []).append(row)
    companies = read_companies(readers, [str(listed[0]["company_id"]) for listed in by_candidate.values()])
    return tuple(
        _read_candidate(readers, crm_id, listed, companies[str(listed[0]["company_id"])])
        for listed in by_candidate.values()
        if str(listed[0]["company_id"]) in companies
    )


def _read_candidate(
    readers: Readers, crm_id: str, listed: Sequence[Row], company: Mapping[str, object]
) -> CandidateReason:
    first = listed[0]
    seen = {"record_seen": first["record_known_from"], "crm_seen": first["crm_known_from"]}
    changes = readers.warehouse.rows("match/changes_since", record_id=first["record_id"], crm_id=crm_id, **seen)
    return CandidateReason(
        company_id=str(first["company_id"]),
        record_id=str(first["record_id"]),
        probability=float(str(first["probability"])),
        evidence=tuple(_read_evidence(row) for row in listed),
        base=float(str(first["base"] or 0.0)),
        model_version=str(first["model_version"]),
        crm_known_from=_time(first["crm_known_from"]),
        record_known_from=_time(first["record_known_from"]),
        since=tuple(_read_change(row) for row in changes),
        id_label=str(company["id_label"]),
        name=str(company["name"]),
        city=str(company["city"] or ""),
        record_ids=tuple(map(str, record_ids)) if isinstance(record_ids := company["record_ids"], list) else (),
        facts=facts_of(company),
    )


def read_companies(readers: Readers, company_ids: Sequence[str]) -> dict[str, Mapping[str, object]]:
    """Those of the companies that may be shown; natural persons too, since the CRM may hold them."""
    rows = readers.warehouse.rows("match/shown_companies", ids=list(company_ids))
    admitted = readers.admit(rows, include=(NATURAL_PERSONS,), why=_WHY)
    return {str(each.values["company_id"]): each.values for each in admitted}


def _read_evidence(row: Mapping[str, object]) -> Evidence:
    return Evidence(
        comparison=str(row["comparison"]),
        outcome=str(row["outcome"]),
        left_value=_text(row["left_value"]),
        right_value=_text(row["right_value"]),
        weight=float(str(row["weight"])),
        sentence=str(row["sentence"]),
    )


def _read_change(row: Mapping[str, object]) -> Change:
    return Change(
        side=str(row["side"]),
        what=str(row["what"]),
        before=_text(row["before"]),
        after=_text(row["after"]),
        changed_at=_time(row["changed_at"]),
    )


def _read_past(row: Mapping[str, object]) -> PastVerdict:
    matched_at, replaced_at = row["matched_at"], row["replaced_at"]
    assert isinstance(matched_at, datetime)  # noqa: S101  # both are TIMESTAMPTZ NOT NULL
    assert isinstance(replaced_at, datetime)  # noqa: S101
    return PastVerdict(
        judged_as=str(row["crm_id"]),
        state=str(row["state"]),
        decided_by=str(row["decided_by"]),
        model_version=str(row["model_version"]),
        record_id=_text(row["record_id"]),
        probability=None if row["probability"] is None else float(str(row["probability"])),
        matched_at=matched_at,
        replaced_at=replaced_at,
    )


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
