"""Per-case results in git, so that a diff shows which cases flipped: no name and no truth, only who was right."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.gold import Case
from enrich.match.evaluate import Answer

COLUMNS = ("query", "half", "fair", "kind", "right", "rank", "probability")


def keep_results(path: Path, cases: Sequence[Case], answers: Mapping[str, Answer]) -> dict[str, int]:
    """Write one row a case (the query's id in the gold, no name); gives how many became right and wrong since last time."""
    before = {row["query"]: row["right"] for row in _read(path)}
    rows = [_row_of(case, answers[case.query]) for case in cases]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    flipped = [row["right"] for row in rows if row["query"] in before and before[row["query"]] != row["right"]]
    return {"to_right": flipped.count("yes"), "to_wrong": flipped.count("no")}


def _row_of(case: Case, answer: Answer) -> dict[str, str]:
    return {
        "query": case.query,
        "half": "developing" if case.is_developing else "held_back",
        "fair": "yes" if case.is_fair else "no",
        "kind": case.kind,
        "right": "yes" if answer.is_right else "no",
        "rank": "" if answer.true_rank is None else str(answer.true_rank),
        # two digits: a diff shall show what changed, not what trembled
        "probability": "" if answer.probability is None else f"{answer.probability:.2f}",
    }


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
