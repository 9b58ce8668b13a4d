"""The match stage: which company each record of the CRM is, with the evidence and the state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.match.candidates import Candidate, Ranked, read_candidates
from enrich.match.decide import Verdict, by_crm_record, decide
from enrich.match.model import Evidence, load_model
from enrich.match.prevalence import model_for
from enrich.match.sides import make_side, stated_in_row
from enrich.match.standing import digest_stated, find_seen, seen_table, sign_rules
from enrich.progress import Progress

SHOWN_CANDIDATES = 3
"""Candidates of a CRM record whose evidence is kept."""

_MATCH = pa.schema(
    [
        *((name, pa.string()) for name in ("crm_kind", "crm_id", "state", "record_id", "company_id")),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("runner_up_company_id", pa.string()),
        ("runner_up_probability", pa.float64()),
        *((name, pa.string()) for name in ("decided_by", "decision_id", "model_version")),
        ("matched_at", pa.timestamp("us", tz="UTC")),
    ]
)
_EVIDENCE = pa.schema(
    [
        ("crm_kind", pa.string()),
        ("crm_id", pa.string()),
        ("candidate_rank", pa.int32()),
        ("record_id", pa.string()),
        ("company_id", pa.string()),
        ("probability", pa.float64()),
        ("base", pa.float64()),
        ("model_version", pa.string()),
        *((name.name, pa.float64() if name.name == "weight" else pa.string()) for name in fields(Evidence)),
    ]
)


_WHOSE = pa.schema([("crm_kind", pa.string()), ("crm_id", pa.string())])


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReport:
    """How many CRM companies, and contacts, have each state; contacts include those that follow their CRM company.

    On `decided` records a verdict was made anew, on `standing` ones it stands as it was; the rest follow their company.
    """

    companies: Mapping[str, int] = field(default_factory=dict)
    contacts: Mapping[str, int] = field(default_factory=dict)
    decided: int = 0
    standing: int = 0

    @property
    def crm_records(self) -> int:
        """Companies and contacts of the CRM together."""
        return sum(self.companies.values()) + sum(self.contacts.values())

    @property
    def following(self) -> int:
        """Contacts that have the verdict of their CRM company."""
        return self.crm_records - self.decided - self.standing


def match_crm(warehouse: Warehouse, config: Config, run_id: str, progress: Progress) -> MatchReport:
    """Decide on the records of the CRM from all that is known by now; what cannot come out otherwise stands as it was.

    A contact of a CRM company has that company's verdict; one of none is matched by its own number, the domain of its
    e-mail address and its company's name. All verdicts of a run stand together or not at all, and but for their times
    they are those of a run that decides on every record anew.
    """
    del run_id  # verdicts say when they were made and by which model, not by which run
    if not warehouse.count("match/count_crm"):
        with warehouse.lend("standing", _WHOSE.empty_table()):
            warehouse.run("match/clear_verdicts")
        return MatchReport()
    rows = warehouse.rows("match/crm")
    judgements = by_crm_record(warehouse.rows("match/judgements"))
    said = [judgements.get(str(row["crm_id"]), []) for row in rows]
    model = model_for(load_model(config.data), config.match.present)
    rules = sign_rules(model, config.match)
    stated = [digest_stated(row, about, rules) for row, about in zip(rows, said, strict=True)]
    before = find_seen(warehouse, rows, stated)
    warehouse.run("match/reference")
    reference = warehouse.count("match/reference_digest")
    asked = [place for place, seen in enumerate(before) if seen is None or seen.reference != reference]
    known = {place: seen.candidates for place, seen in enumerate(before) if seen is not None}
    looked_for = dict.fromkeys(asked, 0)

    def stands(number: int, digest: int) -> bool:
        looked_for[asked[number]] = digest
        return known.get(asked[number]) == digest

    at = datetime.now(UTC)

    def settle(candidates: Mapping[int, list[Candidate]]) -> None:
        """Decide on some records, by their place, and lay it aside: of a long CRM no memory holds all evidence."""
        verdicts: list[dict[str, object]] = []
        evidence: list[dict[str, object]] = []
        for place, found in candidates.items():
            whose = {name: rows[place][name] for name in _WHOSE.names}
            verdict, left = decide(found, said[place], config.match)
            verdicts.append(whose | asdict(verdict) | {"model_version": model.version, "matched_at": at})
            evidence += _evidence_rows(whose | {"model_version": model.version}, _shown_first(verdict, left))
        warehouse.load("match_decided", pa.Table.from_pylist(verdicts, schema=_MATCH))
        warehouse.load("match_decided_evidence", pa.Table.from_pylist(evidence, schema=_EVIDENCE))

    warehouse.run("match/decided")
    queries = make_side([stated_in_row(rows[place], key="crm_id") for place in asked])
    judged = frozenset(number for number, place in enumerate(asked) if said[place])
    read = partial(_keep_near, judged=judged, gap=config.match.ambiguous_gap)
    found: set[int] = set()
    for part in read_candidates(warehouse, queries, model, progress, read=read, stands=stands) if asked else ():
        settle({asked[number]: candidates for number, candidates in part.items()})
        found.update(asked[number] for number in part)
    due = [place for place in asked if known.get(place) != looked_for[place]]
    settle({place: [] for place in due if place not in found})
    standing = [rows[place] for place in sorted(set(range(len(rows))) - set(due))]
    with warehouse.transaction():
        with warehouse.lend("standing", pa.Table.from_pylist(standing, schema=_WHOSE)):
            warehouse.run("match/set_aside")
            warehouse.run("match/clear_verdicts")
        warehouse.run("match/take_decided")
        warehouse.load("core.match_digest", seen_table(rows, stated, reference, known | looked_for))
        warehouse.run("match/note_seen")
        warehouse.run("match/follow_companies")
        warehouse.run("match/keep_past")
    counted = warehouse.rows("match/report")
    return MatchReport(
        companies=_by_state(counted, "company"),
        contacts=_by_state(counted, "contact"),
        decided=len(due),
        standing=len(standing),
    )


def _keep_near(ranked: Ranked, *, judged: frozenset[int], gap: float) -> dict[int, list[Candidate]]:
    """Of each query's candidates those that a verdict may name or show: of one that people judged, all."""
    kept: dict[int, list[Candidate]] = {}
    for start, end in ranked.runs():
        number = int(ranked.queries[start])
        near = end if number in judged else ranked.end_of_near(start, end, gap)
        kept[number] = [ranked.candidate(each) for each in range(start, max(near, min(end, start + SHOWN_CANDIDATES)))]
    return kept


def _shown_first(verdict: Verdict, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with that of the company which the verdict names in front."""

    def is_named(candidate: Candidate) -> bool:
        is_its_company = candidate.company_id is not None and candidate.company_id == verdict.company_id
        return is_its_company or candidate.record_id == verdict.record_id

    return sorted(candidates, key=is_named, reverse=True)[:SHOWN_CANDIDATES]


def _evidence_rows(whose: Mapping[str, object], candidates: Iterable[Candidate]) -> list[dict[str, object]]:
    return [
        {
            **whose,
            "candidate_rank": rank,
            "record_id": candidate.record_id,
            "company_id": candidate.company_id,
            "probability": candidate.probability,
            "base": round(candidate.scored.score - sum(one.weight for one in candidate.scored.evidence), 9),
            **asdict(item),
        }
        for rank, candidate in enumerate(candidates, start=1)
        for item in candidate.scored.evidence
    ]


def _by_state(counted: Iterable[Mapping[str, object]], kind: str) -> dict[str, int]:
    return {str(row["state"]): int(str(row["records"])) for row in counted if row["crm_kind"] == kind}
