"""Truths that people know, a gold file or the team's own judgements, held against what the model says of the CRM."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from enrich.company import number_label
from enrich.decide import VERDICTS, read_judgements
from enrich.errors import CompanySuppressed, InputInvalid, NotFound
from enrich.gate import Readers
from enrich.match.evaluate import Answer
from enrich.match.explain import companies_of, compare_match, explain_match
from enrich.match.list_file import open_list_file
from enrich.match.lists import refusing_unreadable
from enrich.match.model import probabilities

LEFT_COLUMNS = ("crm_id", "left_id")
RIGHT_COLUMN = "right_id"
KIND_COLUMN = "crm_kind"
KINDS = ("company", "contact")
VERDICT_COLUMN = "verdict"
"""What a row says of its two, as labels do: same, different or unsure. Without it every row is a true link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """True links of a file: for each CRM record the companies that it is, none where there truly is none."""

    rows: int
    company_ids: Mapping[str, frozenset[str]]
    not_in_crm: int
    not_in_registers: frozenset[str]
    """Those of them whose right id no company has that may be shown: which company it is, is not known here."""
    several_in_crm: int = 0
    """Rows whose left id several CRM records have, a company and a contact say, with nothing that tells which is meant."""
    ruled_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each CRM record of which no true link is known, the companies that it is not."""
    unsure: int = 0
    """Rows with a verdict that says nothing: unsure, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the model said where the truth is known, and what of the truths could not be used."""

    answers: tuple[Answer, ...]
    not_in_crm: int = 0
    """Left ids that no CRM record has."""
    several_in_crm: int = 0
    """Left ids that several CRM records have, a company and a contact say, with nothing that tells which is meant."""
    not_in_registers: int = 0
    """Right ids that no company has; the record counts as one without a true company."""
    judged: int = 0
    """Left out of a gold file, because a person has judged them: what they have now is not the model's."""
    undecided: int = 0
    """Judged, but not the model's best candidate: it may be right or wrong."""
    unsure: int = 0
    """Rows of a gold file with a verdict that says nothing."""


def hold_against_gold(readers: Readers, path: Path) -> Held:
    """The model's answers to the CRM records that a CSV or Parquet file of true links names.

    Columns: `crm_id` or `left_id` (id in the CRM or ours), `right_id` (record, number, LEI or our company id; empty where
    there truly is no company) and perhaps `crm_kind` (company or contact) and `verdict` (same, different, unsure), as
    `match labels export` writes it. Raises `InputInvalid` where the file cannot be used.
    """
    truths = read_truths(readers, path)
    judged = {judgement.crm_id for judgement in read_judgements(readers.config)}
    found = _model_answers(readers)
    named = [*truths.company_ids, *truths.ruled_out]
    known = [crm_id for crm_id in named if crm_id in found and crm_id not in judged]
    # whom a file only says whom it is not, is known to be wrong where that is the best candidate
    kept = [
        crm_id
        for crm_id in known
        if crm_id in truths.company_ids or (found[crm_id] and found[crm_id][0][0] in truths.ruled_out[crm_id])
    ]
    count_judged = sum(crm_id in judged for crm_id in named)
    if not kept:
        of_people = f" ({count_judged:,} of them people judged, which outranks the model)" if count_judged else ""
        raise InputInvalid(
            f"{path}: none of its {truths.rows:,} rows tells whether the model is right about a CRM record{of_people}. Its "
            "column crm_id (or left_id) has to hold ids as they stand in the CRM, or ours; where a company and a contact "
            "have the same one, a column crm_kind says which is meant."
        )
    return Held(
        answers=tuple(_answer(crm_id, found[crm_id], truths.company_ids.get(crm_id, frozenset())) for crm_id in kept),
        not_in_crm=truths.not_in_crm,
        several_in_crm=truths.several_in_crm,
        not_in_registers=len(truths.not_in_registers),
        judged=count_judged,
        undecided=len(known) - len(kept),
        unsure=truths.unsure,
    )


def read_truths(readers: Readers, path: Path) -> Truths:
    """The true links of such a file. Raises `InputInvalid` where it cannot be used."""
    stated = _read_gold(path)
    verdicts = _read_verdicts(path, stated)
    with readers.warehouse.lend("stated_truths", stated.drop_columns([VERDICT_COLUMN])):
        known = readers.warehouse.rows("match/truths_known")
    truths: dict[str, frozenset[str]] = {}
    ruled_out: dict[str, frozenset[str]] = {}
    not_in_registers = set[str]()
    named = Counter(row["place"] for row in known)
    for row in known:
        company_ids, crm_id = row["company_ids"], str(row["crm_id"])
        verdict = verdicts[int(str(row["place"])) - 1]
        if row["crm_id"] is None or named[row["place"]] > 1 or not isinstance(company_ids, list) or verdict == "unsure":
            continue
        if verdict == "different":
            ruled_out[crm_id] = ruled_out.get(crm_id, frozenset()) | frozenset(company_ids)
            continue
        if crm_id in truths:
            raise InputInvalid(f"{path}: the CRM record of row {row['place']} is named twice. Keep one row of each.")
        truths[crm_id] = frozenset(company_ids)
        if row["has_truth"] and not company_ids:
            not_in_registers.add(crm_id)
    if both := next((crm_id for crm_id in truths if truths[crm_id] & ruled_out.get(crm_id, frozenset())), None):
        raise InputInvalid(f"{path} says both same and different of {both} and one company. Keep what is true.")
    return Truths(
        rows=stated.num_rows,
        company_ids=truths,
        ruled_out={crm_id: some for crm_id, some in ruled_out.items() if some and crm_id not in truths},
        unsure=verdicts.count("unsure"),
        not_in_crm=sum(row["crm_id"] is None for row in known),
        not_in_registers=frozenset(not_in_registers),
        several_in_crm=sum(records > 1 for records in named.values()),
    )


def hold_against_judgements(readers: Readers) -> Held:
    """What the model would say, were there no judgements, of the CRM records that the team judged.

    Candidates that were called different are weighed again, because matching keeps no evidence of them.
    """
    judged = [one for one in read_judgements(readers.config) if one.verdict != "unsure" and not one.is_of_registers]
    company_of = companies_of(readers, (one.record_id for one in judged))
    verdicts: dict[str, dict[str, str]] = {}
    for one in judged:  # the latest last
        if one.record_id in company_of:
            verdicts.setdefault(one.crm_id, {})[company_of[one.record_id]] = one.verdict
    answers: list[Answer] = []
    undecided = 0
    for crm_id, said in verdicts.items():
        candidates = _candidates_unjudged(readers, crm_id, said)
        same = frozenset(company_id for company_id, verdict in said.items() if verdict == "same")
        if candidates and (same or candidates[0][0] in said):
            answers.append(_answer(crm_id, candidates, same))
        else:
            undecided += 1
    return Held(answers=tuple(answers), undecided=undecided)


def read_workload(readers: Readers) -> list[tuple[str, Answer]]:
    """The state and the best probability of every CRM record that the model decided."""
    rows = readers.warehouse.rows("match/model_answers")
    return [
        (str(row["state"]), Answer(query=crm_id, probability=_number(row["best_probability"])))
        for crm_id, (row, *_) in ((key, list(some)) for key, some in groupby(rows, key=lambda row: str(row["crm_id"])))
        if row["decided_by"] == "model"
    ]


def _read_gold(path: Path) -> pa.Table:
    with refusing_unreadable(path, "a list of true links"):
        file = open_list_file(path)
        known = [name for name in (*LEFT_COLUMNS, RIGHT_COLUMN, KIND_COLUMN, VERDICT_COLUMN) if name in file.names]
        batches = list(file.batches(known)) if known else []
        table = (
            pa.Table.from_batches(batches) if batches else pa.table({name: pa.array([], pa.string()) for name in known})
        )
    left = next((name for name in LEFT_COLUMNS if name in table.column_names), None)
    if left is None or RIGHT_COLUMN not in table.column_names:
        raise InputInvalid(
            f"{path} needs the columns crm_id (or left_id) and right_id. It has: {', '.join(file.names)}."
        )
    kind = (
        table[KIND_COLUMN].cast(pa.string()) if KIND_COLUMN in table.column_names else pa.nulls(len(table), pa.string())
    )
    if unknown := sorted(set(kind.to_pylist()) - {*KINDS, None}):
        raise InputInvalid(f"{path}: {unknown[0]!r} is no {KIND_COLUMN}: use {' or '.join(KINDS)}, or leave it empty.")
    return pa.table(
        {
            "place": pa.array(range(1, table.num_rows + 1), pa.int64()),
            "left_id": table[left].cast(pa.string()),
            "right_id": (right := table[RIGHT_COLUMN].cast(pa.string())),
            "right_label": pa.array((each and number_label(each) for each in right.to_pylist()), pa.string()),
            "crm_kind": kind,
            VERDICT_COLUMN: table[VERDICT_COLUMN].cast(pa.string())
            if VERDICT_COLUMN in table.column_names
            else pa.array(["same" if has else None for has in table[RIGHT_COLUMN].is_valid().to_pylist()], pa.string()),
        }
    )


def _read_verdicts(path: Path, stated: pa.Table) -> list[str]:
    """What each row says: same, different or unsure; of a row with neither verdict nor right id, that there is no company."""
    said = [None if each is None else each.strip().lower() or None for each in stated[VERDICT_COLUMN].to_pylist()]
    if unknown := sorted({each for each in said if each is not None} - set(VERDICTS)):
        raise InputInvalid(f"{path}: {unknown[0]!r} is no verdict: use {', '.join(VERDICTS)}.")
    verdicts = []
    for place, (verdict, right_id) in enumerate(zip(said, stated["right_id"].to_pylist(), strict=True), start=1):
        if right_id is None and verdict not in (None, "unsure"):
            raise InputInvalid(
                f"{path}: row {place} says {verdict!r} of no company. Name one in right_id, or leave its verdict empty "
                "too where there truly is none."
            )
        verdicts.append(verdict or ("same" if right_id is None else "unsure"))
    return verdicts


def _model_answers(readers: Readers) -> dict[str, list[tuple[str, float]]]:
    """The kept candidates (company, probability) of each CRM record, best first; none where nobody came near."""
    rows = readers.warehouse.rows("match/model_answers")
    return {
        crm_id: [(str(row["company_id"]), _number(row["probability"]) or 0.0) for row in some if row["company_id"]]
        for crm_id, some in groupby(rows, key=lambda row: str(row["crm_id"]))
    }


def _answer(crm_id: str, candidates: Sequence[tuple[str, float]], truth: frozenset[str]) -> Answer:
    ranks = [rank for rank, (company_id, _) in enumerate(candidates, start=1) if company_id in truth]
    return Answer(
        query=crm_id,
        probability=candidates[0][1] if candidates else None,
        true_rank=ranks[0] if ranks else None,
        has_truth=bool(truth),
    )


def _candidates_unjudged(readers: Readers, crm_id: str, said: Mapping[str, str]) -> list[tuple[str, float]]:
    """The candidates of a CRM record with those that were ruled out since, best first; none where it is gone."""
    try:
        kept = explain_match(readers, crm_id).candidates
        missing = [company_id for company_id in said if company_id not in {each.company_id for each in kept}]
        anew = [compare_match(readers, crm_id, company_id).candidates[0] for company_id in missing]
    except (NotFound, CompanySuppressed):
        return []
    if not anew:
        return [(each.company_id, each.probability) for each in sorted(kept, key=lambda each: -each.probability)]
    everybody = sorted([*kept, *anew], key=lambda each: -each.score)
    chances = probabilities([each.score for each in everybody])
    return [(each.company_id, chance) for each, chance in zip(everybody, chances, strict=True)]


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
