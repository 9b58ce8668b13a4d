"""Relevance on real texts: ours, BM25 over words as they are written, and tantivy as it comes, on the same questions.

Only the held-back half and the later questions are asked. `bench/results/relevance.csv` keeps what each ranking scores on each question.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Protocol

from bench.measure import Measure
from bench.relevance.collections import COLLECTIONS, Text, read_collection
from bench.relevance.ours import Ours
from bench.relevance.peers import PlainBm25, Tantivy
from bench.relevance.questions import Question, read_questions
from bench.relevance.score import FETCHED, ndcg, recall

RESULTS = Path(__file__).parent.parent / "results" / "relevance.csv"
HALVES = ("held_back", "later")
"""Nothing was tuned on them."""
KINDS = ("industry", "place")
METRICS = ("ndcg_at_10", "recall_at_50")

Scores = Mapping[str, Sequence[tuple[float, float]]]
"""By ranking the two metrics of each question."""


class Ranking(Protocol):
    """What gives the best companies for a text, by their place in the collection."""

    def rank(self, text: str, limit: int) -> list[int]:
        """At most `limit` companies, best first."""
        ...


def measure_relevance(shared: Path, work: Path, *, results: Path = RESULTS) -> Iterator[Measure]:
    """Both metrics of each collection and kind of question on what was held back, ours beside both others."""
    rows: list[dict[str, object]] = []
    for name, (country, _, _) in COLLECTIONS.items():
        companies = read_collection(shared, name, work / f"read_{name}")
        questions = [one for one in read_questions() if one.collection == name and one.half in HALVES]
        with Ours(companies, country, work / f"ours_{name}") as ours:
            rankings: dict[str, Ranking] = {"ours": ours, "bm25": PlainBm25(companies), "tantivy": Tantivy(companies)}
            scores = {said: score(ranking, companies, questions) for said, ranking in rankings.items()}
        rows += _rows(questions, scores)
        yield from _measures(name, questions, scores)
    _keep(results, rows)


def score(ranking: Ranking, companies: Sequence[Text], questions: Sequence[Question]) -> list[tuple[float, float]]:
    """nDCG@10 and recall@50 of each question."""
    scores = []
    for question in questions:
        right = {number for number, company in enumerate(companies) if question.is_answered_by(company)}
        order = [number in right for number in ranking.rank(question.text, FETCHED)]
        scores.append((ndcg(order, len(right)), recall(order, len(right))))
    return scores


def _measures(collection: str, questions: Sequence[Question], scores: Scores) -> Iterator[Measure]:
    for kind in KINDS:
        asked = [place for place, one in enumerate(questions) if one.kind == kind]
        for metric, said in enumerate(METRICS):
            means = {name: mean(every[place][metric] for place in asked) for name, every in scores.items()}
            better, worse = (
                sum((scores["ours"][place][metric] - scores["bm25"][place][metric]) * sign > 0 for place in asked)
                for sign in (1, -1)
            )
            yield Measure(
                name=f"relevance_{collection}_{kind}_{said}",
                figure=means["ours"],
                unit="",
                peer="the better of BM25 without stems and parts, and tantivy",
                peer_figure=max(means["bm25"], means["tantivy"]),
                bar=1.0,
                at_least=True,
                more={
                    "questions": len(asked),
                    "bm25": round(means["bm25"], 4),
                    "tantivy": round(means["tantivy"], 4),
                    "better_than_bm25": better,
                    "worse_than_bm25": worse,
                },
            )


def _rows(questions: Sequence[Question], scores: Scores) -> list[dict[str, object]]:
    return [
        {
            "collection": one.collection,
            "kind": one.kind,
            "question": one.text,
            **{
                f"{name}_{metric}": f"{scored[place][number]:.3f}"
                for name, scored in scores.items()
                for number, metric in enumerate(METRICS)
            },
        }
        for place, one in enumerate(questions)
    ]


def _keep(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
