"""What `prospekt link` costs as a whole process: seconds and memory of names against the whole LEI register, and how both grow.

Everything is read from plain files and written to one, as a user would have it; memory is that of all its processes together.
"""

import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from bench.measure import Measure, run_in_child
from bench.noise import make_noisy, noise_rates

SEED = 20261122
WHOLE_S, KEPT_S, MILLION_S = 25.0, 8.0, 480.0
WHOLE_MB, MILLION_MB = 4_000.0, 6_000.0
TIMES_SPLINK = 1 / 4
TURNS = 3
NAMES = (10_000, 100_000, 1_000_000)
ENTITIES = (100_000, 1_000_000, 10_000_000)
PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "link_cost.svg"

_SAMPLED_EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Seconds on the clock and of all processors, the most memory (MB) that all processes had at one time, and the load at the end."""

    seconds: float
    cpu_s: float
    peak_mb: float
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 1))

    @property
    def told(self) -> dict[str, float]:
        """Beside the seconds, for a measure."""
        return {"cpu_s": round(self.cpu_s, 1), "peak_mb": round(self.peak_mb), "load": self.load}


def measure_linking(shared: Path, work: Path, *, picture: Path = PICTURE) -> Iterator[Measure]:
    """Names of real companies against all of GLEIF: without and with a kept index, beside Splink; then more of both."""
    work.mkdir(parents=True, exist_ok=True)
    reference = shared / "gleif" / "gleif_names.parquet"
    names = write_queries(shared / "gold", work / "names.csv")
    yield from _against_splink(names, reference, work)
    index = work / "index"
    made = run_link(names, reference, work, "--index", str(index))
    yield Measure(name="link_making_an_index", figure=made.seconds, unit="s", more=made.told)
    kept = run_link(names, reference, work, "--index", str(index))
    yield Measure(name="link_kept_index", figure=kept.seconds, unit="s", bar=KEPT_S, more=kept.told)
    by_names = dict(_grow_names(reference, work))
    most = by_names[max(by_names)]
    yield Measure(name="link_million_names", figure=most.seconds, unit="s", bar=MILLION_S, more=most.told)
    yield Measure(name="link_million_memory", figure=most.peak_mb, unit="MB", bar=MILLION_MB)
    by_entities = dict(_grow_entities(names, reference, work))
    for what, runs in (("names", by_names), ("entities", by_entities)):
        yield Measure(
            name=f"link_cost_by_{what}",
            figure=growth(runs),
            unit="power",
            more={f"{rows:,}": {"s": round(run.seconds, 1), **run.told} for rows, run in runs.items()},
        )
    draw_costs(by_names, by_entities, picture)


def write_queries(gold: Path, path: Path) -> Path:
    """All names of the gold set, with and without a known LEI, as a list to link."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("qid", "name", "country"))
        for name in ("sbti_dev.csv", "sbti_unlabelled.csv"):
            with (gold / name).open(encoding="utf-8", newline="") as file:
                writer.writerows((row["qid"], row["name"], row["country"]) for row in csv.DictReader(file))
    return path


def run_link(left: Path, right: Path, work: Path, *options: str) -> Run:
    """`prospekt link` of two lists, started as a user starts it."""
    ids = ("--left-id", "qid", "--right-id", "lei", "--out", str(work / "links.parquet"), "--yes")
    started, before = time.perf_counter(), os.times()
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("prospekt")), "--quiet", "link", str(left), str(right), *ids, *options],
        stdout=subprocess.DEVNULL,
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident_mb, _family(process.pid))))
        time.sleep(_SAMPLED_EVERY_S)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(seconds=time.perf_counter() - started, cpu_s=cpu, peak_mb=peak)


def _family(process: int) -> Iterator[int]:
    """A process and all that it started; Linux only, elsewhere none."""
    yield process
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except OSError:  # it ended meanwhile
        return


def _resident_mb(process: int) -> float:
    """What a process has in memory; libraries that several share count in each."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return 0.0


def _against_splink(names: Path, reference: Path, work: Path) -> Iterator[Measure]:
    """Both in turns, the middle of each: the same run takes a fifth longer or shorter from one minute to the next."""
    ours: list[Run] = []
    theirs: list[Run] = []
    for _ in range(TURNS):
        ours.append(run_link(names, reference, work))
        started = time.perf_counter()
        try:
            run = run_in_child(
                "bench.peers:link_splink", left=str(names), right=str(reference), out=str(work / "s.parquet")
            )
        except subprocess.CalledProcessError as error:
            print(f"splink failed (exit code {error.returncode}) and is left out: see above", file=sys.stderr)
            break
        theirs.append(Run(seconds=time.perf_counter() - started, cpu_s=run.cpu_s, peak_mb=run.peak_mb))
    whole = _middle(ours)
    yield Measure(name="link_whole", figure=whole.seconds, unit="s", bar=WHOLE_S, more=whole.told)
    yield Measure(name="link_whole_memory", figure=max(run.peak_mb for run in ours), unit="MB", bar=WHOLE_MB)
    if len(theirs) < TURNS:
        return
    splink = _middle(theirs)
    yield Measure(
        name="link_beside_splink",
        figure=whole.seconds,
        unit="s",
        peer="Splink's whole run",
        peer_figure=splink.seconds,
        bar=TIMES_SPLINK,
        more={
            "turns": [[round(run.seconds, 1) for run in runs] for runs in (ours, theirs)],
            "cpu_s": round(whole.cpu_s, 1),
            "splink_cpu_s": splink.cpu_s,
            "splink_peak_mb": splink.peak_mb,
        },
    )


def _middle(runs: Sequence[Run]) -> Run:
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def _grow_names(reference: Path, work: Path) -> Iterator[tuple[int, Run]]:
    """Ever more noisy names of the reference, seeded, against all of it."""
    path = work / "drawn.parquet"
    duckdb.sql(_DRAWN.format(reference=reference, rows=max(NAMES), out=path))
    table = pyarrow.parquet.read_table(path)
    rng, rates = random.Random(SEED), noise_rates()
    noisy = [
        make_noisy(rng, {"navn": name, "forretningsadresse.poststed": ""}, rates)[0]
        for name in table["name"].to_pylist()
    ]
    table = table.set_column(1, "name", pa.array(noisy, pa.string()))
    for rows in NAMES:
        path = work / "noisy.parquet"
        pyarrow.parquet.write_table(table.slice(0, rows), path)
        yield rows, run_link(path, reference, work)


def _grow_entities(names: Path, reference: Path, work: Path) -> Iterator[tuple[int, Run]]:
    """The same names against a part of the reference, and against it with as many more made of parts of its names."""
    path = work / "entities.parquet"
    for rows in ENTITIES:
        duckdb.sql(_ENTITIES.format(reference=reference, rows=rows, out=path))
        yield rows, run_link(names, path, work)


_DRAWN = """
COPY (
    SELECT lei AS qid, name, country FROM read_parquet('{reference}') WHERE name IS NOT NULL ORDER BY hash(lei) LIMIT {rows}
) TO '{out}' (FORMAT parquet)
"""

_ENTITIES = """
COPY (
    WITH numbered AS (
        SELECT lei, name, country, string_split(name, ' ') AS words,
            row_number() OVER (PARTITION BY country ORDER BY hash(lei)) AS place, count(*) OVER (PARTITION BY country) AS many
        FROM read_parquet('{reference}')
        WHERE name IS NOT NULL
    ),
    -- reckoned before the join, whose condition DuckDB else takes for one on the country alone
    paired AS MATERIALIZED (
        SELECT lei || '-' || shift AS lei, country, words, (place + 7919 * shift) % many + 1 AS partner
        FROM numbered
        CROSS JOIN range(1, 4) AS shifts (shift)
    ),
    -- the beginning of one name and the end of another of its country: words are as common as they are
    crossed AS (
        SELECT one.lei, one.country,
            array_to_string(one.words[:(len(one.words) + 1) // 2] || other.words[len(other.words) // 2 + 1:], ' ') AS name
        FROM paired AS one
        JOIN numbered AS other ON other.country = one.country AND other.place = one.partner
    )
    SELECT lei, name, country FROM (SELECT *, 0 AS turn FROM numbered UNION ALL BY NAME SELECT *, 1 AS turn FROM crossed)
    ORDER BY turn, hash(lei)
    LIMIT {rows}
) TO '{out}' (FORMAT parquet)
"""


def growth(runs: Mapping[int, Run]) -> float:
    """The power of the rows that the processor time grew with from the last size but one to the last: 1 is linear.

    >>> growth({10: Run(seconds=1, cpu_s=1, peak_mb=1), 100: Run(seconds=10, cpu_s=10, peak_mb=1)})
    1.0
    """
    (fewer, first), (more, last) = sorted(runs.items())[-2:]
    return round(log(last.cpu_s / first.cpu_s) / log(more / fewer), 2)


def draw_costs(by_names: Mapping[int, Run], by_entities: Mapping[int, Run], path: Path) -> None:
    """Processor seconds over rows, both axes logarithmic, with a dotted line of what grows with the rows."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "prospekt"  # the same figures give the same file
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    sides: Sequence[tuple[str, Mapping[int, Run]]] = (
        ("names against 3.1 million entities", by_names),
        ("entities, 8,799 names against them", by_entities),
    )
    for place, (label, runs) in enumerate(sides, start=1):
        axes = figure.add_subplot(1, 2, place)
        rows = list(runs)
        axes.loglog(rows, [run.cpu_s for run in runs.values()], marker="o", label="processor seconds")
        last = max(rows)
        axes.loglog(rows, [runs[last].cpu_s * row / last for row in rows], linestyle=":", label="in proportion")
        axes.set_xlabel(label)
        axes.set_ylabel("processor seconds")
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
