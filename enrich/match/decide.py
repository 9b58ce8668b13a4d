"""From candidates and people's judgements to a verdict: accepted, review, ambiguous or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from enrich.config import MatchConfig
from enrich.match.candidates import Candidate
from enrich.match.model import probabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody said of one CRM record and one register record: same, different or unsure."""

    record_id: str
    company_id: str | None
    verdict: str
    decision_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state of one CRM record, its best company and the runner-up."""

    state: str
    record_id: str | None
    company_id: str | None
    score: float | None
    probability: float | None
    runner_up_company_id: str | None
    runner_up_probability: float | None
    decided_by: str
    decision_id: str | None


def decide(
    candidates: Sequence[Candidate], judgements: Sequence[Judgement], config: MatchConfig
) -> tuple[Verdict, list[Candidate]]:
    """The verdict, and the candidates that a judgement left, best first; judgements (latest first) outrank scores.

    "same" accepts; "different" takes the record's company out of the running; "unsure" leaves the record's company in
    review where it is the best. A company that was called the same and later, by another of its records, different is
    left in review, in front of all others.
    """
    # a record that was erased meanwhile is in no company: nobody can be it any more
    same = next((one for one in judgements if one.verdict == "same" and one.company_id is not None), None)
    if same is not None:
        newest = next(one for one in judgements if one.company_id == same.company_id and one.verdict != "unsure")
        if newest.verdict == "different":
            return _disputed(same, newest, candidates, judgements)
    left = _without_different(candidates, judgements)
    if same is not None:
        return _judged_same(same, left), left
    if not left:
        return _verdict("none", left), left
    best = left[0]
    state = state_of([one.probability for one in left], config)
    unsure = next((one for one in judgements if one.verdict == "unsure" and _is_about(one, best)), None)
    if unsure is not None and state == "accepted":
        return _verdict("review", left, decision_id=unsure.decision_id), left
    return _verdict(state, left), left


def state_of(chances: Sequence[float], config: MatchConfig) -> str:
    """The state that the probabilities (0-1, the best first) of a record's candidates alone give it.

    >>> state_of([0.95, 0.01], MatchConfig()), state_of([0.47, 0.46], MatchConfig()), state_of([0.6], MatchConfig())
    ('accepted', 'ambiguous', 'review')
    """
    best = chances[0]
    near = [one for one in chances if best - one <= config.ambiguous_gap]
    # the near ones share what the best alone would have
    if len(near) > 1 and sum(near) >= config.review:
        return "ambiguous"
    if best >= config.accept:
        return "accepted"
    return "review" if best >= config.review else "none"


def _is_about(judgement: Judgement, candidate: Candidate) -> bool:
    """Whether it is about the candidate: the very record, or another one of the same company."""
    return judgement.record_id == candidate.record_id or judgement.company_id == candidate.company_id


def _without_different(candidates: Sequence[Candidate], judgements: Sequence[Judgement]) -> list[Candidate]:
    """The candidates that nobody called different, with the probabilities that they have without those."""
    different = [judgement for judgement in judgements if judgement.verdict == "different"]
    left = [one for one in candidates if not any(_is_about(judgement, one) for judgement in different)]
    if len(left) == len(candidates):
        return left
    chances = probabilities([one.scored.score for one in left])
    return [
        Candidate(record_id=one.record_id, company_id=one.company_id, scored=one.scored, probability=chance)
        for one, chance in zip(left, chances, strict=True)
    ]


def _disputed(
    same: Judgement, different: Judgement, candidates: Sequence[Candidate], judgements: Sequence[Judgement]
) -> tuple[Verdict, list[Candidate]]:
    """Review, where nothing of what was said is silently dropped: it names the later decision, and the record of the older."""
    left = _without_different(candidates, [one for one in judgements if one.company_id != same.company_id])
    left.sort(key=lambda one: one.company_id != same.company_id)  # keeps the order otherwise
    best = left[0] if left and left[0].company_id == same.company_id else None
    verdict = replace(
        _judged_same(same, left),
        state="review",
        score=None if best is None else best.scored.score,
        probability=None if best is None else best.probability,
        decision_id=different.decision_id,
    )
    return verdict, left


def _judged_same(judgement: Judgement, candidates: Sequence[Candidate]) -> Verdict:
    same = next((one for one in candidates if one.record_id == judgement.record_id), None)
    others = [one for one in candidates if one is not same and one.company_id != judgement.company_id]
    return Verdict(
        state="accepted",
        record_id=judgement.record_id,
        company_id=judgement.company_id,
        score=None if same is None else same.scored.score,
        probability=1.0,
        runner_up_company_id=others[0].company_id if others else None,
        runner_up_probability=others[0].probability if others else None,
        decided_by="judgement",
        decision_id=judgement.decision_id,
    )


def _verdict(state: str, candidates: Sequence[Candidate], *, decision_id: str | None = None) -> Verdict:
    best, second = [*candidates[:2], None, None][:2]
    return Verdict(
        state=state,
        record_id=None if best is None else best.record_id,
        company_id=None if best is None else best.company_id,
        score=None if best is None else best.scored.score,
        probability=None if best is None else best.probability,
        runner_up_company_id=None if second is None else second.company_id,
        runner_up_probability=None if second is None else second.probability,
        decided_by="model" if decision_id is None else "judgement",
        decision_id=decision_id,
    )


def by_crm_record(rows: Sequence[Mapping[str, object]]) -> dict[str, list[Judgement]]:
    """Standing judgements, latest first, by the CRM record that they are about."""
    found: dict[str, list[Judgement]] = {}
    for row in rows:
        company_id = row["company_id"]
        found.setdefault(str(row["crm_id"]), []).append(
            Judgement(
                record_id=str(row["record_id"]),
                company_id=None if company_id is None else str(company_id),
                verdict=str(row["verdict"]),
                decision_id=str(row["decision_id"]),
            )
        )
    return found
