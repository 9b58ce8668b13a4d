"""The chain from a register's file to search, against what DuckDB needs to read the same file plainly."""

from collections.abc import Iterator
from pathlib import Path

from bench.measure import Measure, Outcome, run_in_child

LAND_BAR = 3
CHAIN_BAR = 10
MEMORY_BAR_MB = 4_000
CHANGED_ROWS = 5_000
PEER = "CREATE TABLE AS SELECT * FROM read_csv(same file)"


def measure_speed(world: Path, work: Path, companies: int) -> Iterator[Measure]:
    """First night, second night (the same file, and one with changes), the chain with its stages, search, memory."""
    register, next_night = str(world / "no_brreg.csv.gz"), str(world / "no_brreg_next.csv.gz")
    data = str(work / "data")
    plain = {
        kind: run_in_child("bench.chain:read_plainly", path=register, folder=str(work / "peer"), all_varchar=as_text)
        for kind, as_text in (("sniffed", False), ("all_varchar", True))
    }
    peer = plain["sniffed"].said["seconds"]
    peers = {"peer_all_varchar_s": round(plain["all_varchar"].said["seconds"], 1)}

    first = run_in_child("bench.chain:land", path=register, folder=data, companies=companies)
    yield _land_measure("land", first, peer, peers)
    stages = run_in_child("bench.chain:run_stages", folder=data)
    chain = first.said["seconds"] + stages.said["seconds"]
    shares = {"land": first.said["seconds"], **{name: took for name, took in stages.said.items() if name != "seconds"}}
    yield Measure(
        name="chain",
        figure=chain,
        unit="s",
        peer=PEER,
        peer_figure=peer,
        bar=CHAIN_BAR,
        more={**peers, "stages_s": {name: round(took, 1) for name, took in shares.items()}},
    )
    again = run_in_child("bench.chain:land", path=register, folder=data, companies=companies)
    yield _land_measure("second_night_same_file", again, peer, peers)
    night = run_in_child("bench.chain:land", path=next_night, folder=data, companies=companies)
    yield _land_measure("second_night_changed_rows", night, peer, peers)
    later = run_in_child("bench.chain:run_stages", folder=data)
    yield Measure(
        name="second_night_stages",
        figure=later.said["seconds"],
        unit="s",
        peer=PEER,
        peer_figure=peer,
        more={"stages_s": {name: round(took, 1) for name, took in later.said.items() if name != "seconds"}},
    )
    found = run_in_child("bench.chain:search", folder=data).said
    for quantile in ("p50", "p95"):
        yield Measure(
            name=f"find_{quantile}",
            figure=found[quantile] * 1000,
            unit="ms",
            peer="bare scan of mart.company with two conditions",
            peer_figure=found["scan"] * 1000,
        )
    runs = {"land": first, "stages": stages, "second_night": again, "changed": night, "later_stages": later}
    yield Measure(
        name="peak_memory",
        figure=max(run.peak_mb for run in runs.values()),
        unit="MB",
        bar=MEMORY_BAR_MB,
        more={f"{name}_mb": run.peak_mb for name, run in runs.items()},
    )


def _land_measure(name: str, run: Outcome, peer: float, peers: dict[str, float]) -> Measure:
    counts = ("rows_in", "landed", "rejected", "added", "changed", "closed")
    return Measure(
        name=name,
        figure=run.said["seconds"],
        unit="s",
        peer=PEER,
        peer_figure=peer,
        bar=LAND_BAR,
        more={
            **peers,
            "check_and_copy_s": round(run.said["check_and_copy"], 1),
            "peak_mb": run.peak_mb,
            **{count: int(run.said[count]) for count in counts},
        },
    )
