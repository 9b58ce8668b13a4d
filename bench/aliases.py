"""Other names of companies, aliases and brands, found among the main names by name alone: reported, without a bar."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.gold import Case, read_answers
from bench.measure import Measure
from enrich.match.evaluate import count_top, cut_at
from enrich.match.link import link_files
from enrich.progress import silent

STATED = 0.95

Named = Sequence[tuple[str, str]]
"""Names, each with the key of its company."""


def measure_aliases(shared: Path, work: Path) -> Iterator[Measure]:
    """How many aliases, and how many brands, find their company; many share no word with it."""
    aliases = _read(shared / "gold" / "wikidata_aliases.csv")
    brands = _read(shared / "gold" / "brands_legal_names.csv")
    yield _measure(
        "aliases",
        [(row["alias"], row["qid"]) for row in aliases],
        [(row["canonical"], row["qid"]) for row in aliases],
        work,
    )
    yield _measure(
        "brands",
        [(row["name"], row["slug"]) for row in brands if row["kind"] == "runs"],
        [(row["name"], row["slug"]) for row in brands if row["kind"] == "name"],
        work,
    )


def _measure(name: str, sought: Named, known: Named, work: Path) -> Measure:
    left, right, out = (work / f"{name}_{part}" for part in ("left.csv", "right.csv", "links.parquet"))
    _write(left, [(str(place), text) for place, (text, _) in enumerate(sought)])
    _write(right, list({key: (key, text) for text, key in known}.values()))
    link_files(left, right, out, left_id=None, right_id=None, top=5, progress=silent)
    cases = [
        Case(query=str(place), country="", truth=key, kind="", is_fair=True) for place, (_, key) in enumerate(sought)
    ]
    answers = list(read_answers(out, cases).values())
    cut = cut_at(answers, STATED)
    top1 = count_top(answers, 1)
    return Measure(
        name=f"{name}_top1",
        figure=top1.value or 0.0,
        unit="share",
        more={
            "queries": top1.of,
            "top5": round(count_top(answers, 5).value or 0.0, 4),
            "stated_95": {"accepted": cut.accepted, "precision": cut.precision.value, "recall": cut.recall.value},
        },
    )


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Named) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name"), *rows])
