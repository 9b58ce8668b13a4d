"""Searching: the 200 frozen questions of `bench/queries` over companies of five countries, by class, and how the cost grows.

Each is asked with 50 companies, explained, and eight facets. Beside it a bare scan of the companies in DuckDB, and tantivy for words.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bench.countries.world import made_world, publish_world
from bench.measure import Measure, run_in_child
from enrich.config import Config
from enrich.errors import ConfigInvalid
from enrich.gate import Readers, open_readers
from enrich.icp.model import Icp
from enrich.search import find

FROZEN = Path(__file__).parent / "queries" / "frozen.jsonl"
PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "search_cost.svg"
SIZES = (500_000, 1_000_000, 5_000_000, 10_000_000)
COMPANIES = 5_000_000
FEW = 100_000
FEW_BAR_MS, MANY_BAR_MS, MEMORY_BAR_MB = 100.0, 300.0, 2_000.0
COMMON = frozenset(
    ("service", "verksamhet", "förenlig", "bolag", "handel", "formål", "holding", "invest", "konsult", "bedriva", "management", "selskap")
)  # fmt: skip
"""Words that more than one company in twenty has."""

Said = dict[str, float]


def measure_search(
    companies: int = COMPANIES, sizes: Sequence[int] = SIZES, *, picture: Path = PICTURE
) -> Iterator[Measure]:
    """Publishing, the questions by class beside their peers, the first after a swap, memory; then other sizes, drawn."""
    published = run_in_child("bench.search:publish_timed", companies=companies)
    yield Measure(
        name="search_publish",
        figure=published.said["seconds"],
        unit="s",
        more={"peak_mb": published.peak_mb, "cpu_s": published.cpu_s},
    )
    asked = run_in_child("bench.search:ask", companies=companies)
    scanned = run_in_child("bench.search:scan", companies=companies).said
    bars = {"few": FEW_BAR_MS, "many": MANY_BAR_MS, "unfiltered": MANY_BAR_MS, "common_word": MANY_BAR_MS}
    for name, bar in bars.items():
        for quantile in ("p50", "p95"):
            yield Measure(
                name=f"search_{name}_{quantile}",
                figure=asked.said[f"{name}_{quantile}"],
                unit="ms",
                bar=bar if quantile == "p95" else None,
                more={
                    "questions": int(asked.said[f"{name}_count"]),
                    "bare_scan_ms": round(scanned[f"{name}_{quantile}"], 1),
                },
            )
    yield Measure(
        name="search_first_after_swap",
        figure=asked.said["first"],
        unit="ms",
        more={"not_asked": int(asked.said["not_asked"])},
    )
    yield Measure(name="search_memory", figure=asked.peak_mb, unit="MB", bar=MEMORY_BAR_MB)
    try:
        words = run_in_child("bench.search:ask_tantivy", companies=companies).said
        yield Measure(
            name="search_words_p50",
            figure=words["ours_p50"],
            unit="ms",
            peer="tantivy: count and ten best ids of the same words, nothing else",
            peer_figure=words["tantivy_p50"],
            more={"index_s": round(words["index"], 1)},
        )
    except Exception as error:  # noqa: BLE001 - a peer that is not installed or fails is told and left out
        print(f"tantivy is left out: {error}")
    runs: dict[int, Mapping[str, float]] = {companies: asked.said}
    for size in sizes:
        if size not in runs:
            run_in_child("bench.search:publish_timed", companies=size)
            runs[size] = run_in_child("bench.search:ask", companies=size).said
    if len(runs) > 1:
        draw_growth(dict(sorted(runs.items())), picture)
        for size, said in sorted(runs.items()):
            yield Measure(
                name=f"search_growth_{size}",
                figure=said["few_p95"],
                unit="ms",
                more={"many_p95_ms": round(said["many_p95"], 1)},
            )


def publish_timed(companies: int) -> Said:
    """Publish the world, made before."""
    made_world(companies)
    started = time.perf_counter()
    publish_world(companies)
    return {"seconds": time.perf_counter() - started}


def ask(companies: int) -> Said:
    """Milliseconds of every question, by class; each is asked once, after one that reads what all of them need."""
    config = made_world(companies)
    classes: dict[str, list[float]] = {"few": [], "many": [], "unfiltered": [], "common_word": []}
    not_asked = 0
    with open_readers(config) as readers:
        first, _ = _timed(readers, config, {"must": {"country": ["NO"]}}, None)
        for question in _questions():
            try:
                took, hits = _timed(readers, config, question["icp"], question["text"])
            except (ValidationError, ConfigInvalid):  # asks for what the program does not know yet
                not_asked += 1
                continue
            for name in _classes(question, hits):
                classes[name].append(took)
    return {"first": first, "not_asked": not_asked, **_quantiles(classes)}


def scan(companies: int) -> Said:
    """Milliseconds that DuckDB needs to read from the companies what a question of each class asks plainly."""
    sql = {
        "few": "SELECT company_id, name FROM mart.company WHERE country_code = 'NO' AND industry_code LIKE '62%' AND employees_low >= 10 ORDER BY employees_low DESC LIMIT 50",
        "many": "SELECT company_id, name FROM mart.company WHERE country_code IN ('NO', 'SE', 'DK') ORDER BY employees_low DESC LIMIT 50",
        "unfiltered": "SELECT company_id, name FROM mart.company ORDER BY website IS NOT NULL DESC, employees_low DESC LIMIT 50",
        "common_word": "SELECT company_id, name FROM mart.company WHERE regexp_matches(concat_ws(' ', name, activity, purpose), '(?i)\\bservice') ORDER BY employees_low DESC LIMIT 50",
    }
    classes: dict[str, list[float]] = {name: [] for name in sql}
    with open_readers(made_world(companies)) as readers:
        for name, text in sql.items():
            for _ in range(5):
                started = time.perf_counter()
                readers.warehouse.ask(text)
                classes[name].append((time.perf_counter() - started) * 1000)
    return _quantiles(classes)


def ask_tantivy(companies: int) -> Said:
    """The questions with words, ours whole and tantivy's with the words alone."""
    tantivy = import_module("tantivy")
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("text")
    index = tantivy.Index(builder.build())
    config = made_world(companies)
    ours, theirs = [], []
    with open_readers(config) as readers:
        started, writer = time.perf_counter(), index.writer(500_000_000)
        for first in range(0, companies, 200_000):
            rows = readers.warehouse.read(
                "SELECT rowid AS number, concat_ws(' ', name, activity, purpose) AS text FROM mart.company WHERE rowid >= $first AND rowid < $last",
                first=first,
                last=first + 200_000,
            )
            for number, text in zip(rows["number"].to_pylist(), rows["text"].to_pylist(), strict=True):
                writer.add_document(tantivy.Document(number=number, text=text))
        writer.commit()
        index.reload()
        took = time.perf_counter() - started
        searcher = index.searcher()
        for question in _questions():
            if question["text"] is None:
                continue
            try:
                ours.append(_timed(readers, config, question["icp"], question["text"])[0])
            except (ValidationError, ConfigInvalid):
                continue
            started = time.perf_counter()
            searcher.search(index.parse_query(question["text"], ["text"]), 10, count=True)
            theirs.append((time.perf_counter() - started) * 1000)
    return {"index": took, "ours_p50": _quantile(ours, 0.5), "tantivy_p50": _quantile(theirs, 0.5)}


def draw_growth(runs: Mapping[int, Mapping[str, float]], path: Path) -> None:
    """Milliseconds over companies, both axes logarithmic, with a dotted line of what grows with the companies."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "prospekt"  # the same figures give the same file
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.add_subplot(1, 1, 1)
    sizes = list(runs)
    for name, label in (
        ("few_p95", "up to 100,000 hits, p95"),
        ("many_p95", "more hits, p95"),
        ("unfiltered_p95", "everybody, p95"),
    ):
        axes.loglog(sizes, [said[name] for said in runs.values()], marker="o", label=label)
    last = max(sizes)
    axes.loglog(
        sizes, [runs[last]["unfiltered_p95"] * size / last for size in sizes], linestyle=":", label="in proportion"
    )
    axes.set_xlabel("companies")
    axes.set_ylabel("milliseconds")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def _questions() -> Iterator[dict[str, Any]]:
    with FROZEN.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _timed(readers: Readers, config: Config, icp: object, text: str | None) -> tuple[float, int]:
    """Milliseconds of one question, and how many companies fit or may fit."""
    asking = config.model_copy(update={"icp": {"asked": Icp.model_validate(icp)}})
    started = time.perf_counter()
    answer = find(readers, asking, "asked", text=text, limit=50, facets=True)
    return (time.perf_counter() - started) * 1000, answer.fits + answer.may_fit


def _classes(question: Mapping[str, object], hits: int) -> Iterator[str]:
    icp, text = question["icp"], question["text"]
    if isinstance(icp, dict):
        if not icp.get("must") and not icp.get("must_not") and text is None:
            yield "unfiltered"
            return
        asked = {*str(text or "").split(), *icp.get("must", {}).get("words", ())}
        if asked & COMMON:
            yield "common_word"
    yield "few" if hits <= FEW else "many"


def _quantiles(classes: Mapping[str, Sequence[float]]) -> Said:
    said: Said = {}
    for name, took in classes.items():
        said |= {f"{name}_count": len(took), f"{name}_p50": _quantile(took, 0.5), f"{name}_p95": _quantile(took, 0.95)}
    return said


def _quantile(took: Sequence[float], share: float) -> float:
    """The least figure that so large a share does not exceed.

    >>> _quantile([5.0, 1.0, 3.0, 2.0, 4.0], 0.5)
    3.0
    """
    return sorted(took)[min(len(took) - 1, int(len(took) * share))] if took else 0.0
