"""More English questions to develop the ranking by: the developing industries in ten disjoint samples of companies.

    python -m bench.relevance.developing SHARED_DATA [make]

says how ours does on them beside both others, with intervals; with `make` it writes bench/relevance/developing_questions.jsonl anew, which
was made once, before the ranking was changed by it.
"""

import csv
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

from bench.relevance.collections import COLLECTIONS, Text, ask_file, read_text
from bench.relevance.measure import METRICS, Ranking, Scores, score
from bench.relevance.ours import Ours
from bench.relevance.peers import PlainBm25, Tantivy
from bench.relevance.questions import (
    FEWEST_OF_INDUSTRY,
    Question,
    make_questions,
    read_file,
    read_questions,
    say_industry,
    write_file,
)

FILE = Path(__file__).with_name("developing_questions.jsonl")
SUB_INDUSTRIES = Path(__file__).with_name("sub_industries.csv")
_DRAWS = 2_000

_SAMPLES = """
WITH one AS (
    SELECT DISTINCT ON (name)
        name, summary AS purpose, NULL AS activity, concat_ws(' ', city, country) AS place,
        industry, list_distinct([city, country]) AS places,
        CASE
            WHEN country IN ('Canada', 'United States') THEN 'north_america'
            WHEN country IN ('China', 'Hong Kong', 'Macau', 'Taiwan') THEN 'china'
            WHEN country IN ('Japan', 'South Korea', 'India') THEN 'japan_korea_india'
            WHEN country IN ('Australia', 'New Zealand', 'Thailand', 'Indonesia', 'Singapore', 'Malaysia', 'Vietnam') THEN 'oceania'
            ELSE 'elsewhere'
        END || CASE WHEN market_cap IN ('Mega Cap', 'Large Cap', 'Mid Cap', 'Small Cap') THEN '_larger' ELSE '_smaller' END AS sample
    FROM read_parquet($path)
    WHERE summary IS NOT NULL AND industry IS NOT NULL AND name IS NOT NULL
    ORDER BY name, symbol
)
SELECT * FROM one WHERE list_contains($industries, industry) ORDER BY sample, name
"""


def read_samples(shared: Path, work: Path) -> Mapping[str, Sequence[Text]]:
    """The companies of each sample, which are of developing industries only: none is right for a held-back question."""
    industries = sorted(
        {one.industry for one in read_questions() if one.collection == "listed" and one.half == "developing"}
    )
    _, file, _ = COLLECTIONS["listed"]
    samples: defaultdict[str, list[Text]] = defaultdict(list)
    for row in ask_file(_SAMPLES, shared / file, work, industries=industries):
        samples[str(row["sample"])].append(read_text(row))
    return samples


def make_sample(
    asked: Sequence[Question], sub_industries: Sequence[tuple[str, str]], sample: str, companies: Sequence[Text]
) -> Iterator[Question]:
    """The questions of a sample: by the titles of industries, by those with places at which nothing of `asked` is tested,
    and by the titles of what the industries consist of (of kind `sub_industry`).
    """
    tested = {one.place for one in asked if one.half != "developing"}
    counted = defaultdict[str, int](int)
    for company in companies:
        counted[company.industry] += 1
    elsewhere = [replace(company, places=company.places - tested) for company in companies]
    for question in make_questions(sample, elsewhere):
        yield replace(question, half="developing")
    for industry, sub_industry in sub_industries:
        if counted[industry] >= FEWEST_OF_INDUSTRY:
            said = say_industry(sub_industry)
            yield Question(
                collection=sample, kind="sub_industry", half="developing", text=said, industry=industry, place=None
            )


def draw_interval(differences: Mapping[str, Sequence[float]], draws: int = _DRAWS) -> tuple[float, float]:
    """The mean difference's interval (95 %), by drawing anew whole industries: questions of one industry fail together.

    >>> draw_interval({"Airlines": [0.1, 0.1], "Software": [0.1]})
    (0.1, 0.1)
    """
    rng = random.Random("relevance")
    names = sorted(differences)
    means = []
    for _ in range(draws):
        drawn = [one for name in rng.choices(names, k=len(names)) for one in differences[name]]
        means.append(round(mean(drawn), 4))
    means.sort()
    return means[int(draws * 0.025)], means[int(draws * 0.975)]


def make_developing(samples: Mapping[str, Sequence[Text]]) -> Iterator[Question]:
    """The questions of all samples."""
    with SUB_INDUSTRIES.open(encoding="utf-8", newline="") as file:
        sub_industries = [(row["industry"], row["sub_industry"]) for row in csv.DictReader(file)]
    asked = read_questions()
    for sample, companies in samples.items():
        yield from make_sample(asked, sub_industries, sample, companies)


def main(shared: Path, *, is_making: bool) -> None:
    """Write the questions, or say how each ranking does on them."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        samples = read_samples(shared, work / "read")
        if is_making:
            write_file(FILE, make_developing(samples))
            return
        questions = read_file(FILE)
        scored: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for sample, companies in samples.items():
            asked = [one for one in questions if one.collection == sample]
            with Ours(companies, "GB", work / sample) as ours:
                rankings: dict[str, Ranking] = {
                    "ours": ours,
                    "bm25": PlainBm25(companies),
                    "tantivy": Tantivy(companies),
                }
                for name, ranking in rankings.items():
                    scored[name] += score(ranking, companies, asked)
    ordered = [one for sample in samples for one in questions if one.collection == sample]
    for line in say_scores(ordered, scored):
        print(line)


def say_scores(questions: Sequence[Question], scored: Scores) -> Iterator[str]:
    """A line a kind of question and metric: all means, and the interval of the difference of ours to each other."""
    for kind in dict.fromkeys(one.kind for one in questions):
        asked = [place for place, one in enumerate(questions) if one.kind == kind]
        for metric, said in enumerate(METRICS):
            means = {name: mean(every[place][metric] for place in asked) for name, every in scored.items()}
            intervals = []
            for name in ("bm25", "tantivy"):
                differences: defaultdict[str, list[float]] = defaultdict(list)
                for place in asked:
                    differences[questions[place].industry].append(
                        scored["ours"][place][metric] - scored[name][place][metric]
                    )
                low, high = draw_interval(differences)
                intervals.append(f"{low:+.3f} to {high:+.3f}")
            yield (
                f"{kind:12} {len(asked):4} {said:12} ours {means['ours']:.3f}  bm25 {means['bm25']:.3f} ({intervals[0]})"
                f"  tantivy {means['tantivy']:.3f} ({intervals[1]})"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), is_making="make" in sys.argv[2:])
