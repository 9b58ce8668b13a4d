"""The chain from a register's file to search, against what DuckDB needs to read the same file plainly."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from bench.measure import Measure, Outcome, run_in_child

LAND_BAR = 3
CHAIN_BAR = 10
MEMORY_BAR_MB = 4_000
CHANGED_ROWS = 5_000
PEER = "CREATE TABLE AS SELECT * FROM read_csv(same file)"


def measure_speed(world: Path, work: Path, companies: int) -> Iterator[Measure]:
    """First night, second night (the same file, and one with changes), the chain with its stages, search, memory.

    The peer reads its file before and after each of them, so that a machine whose load changes deceives nobody.
    """
    register, next_night = str(world / "no_brreg.csv.gz"), str(world / "no_brreg_next.csv.gz")
    data = str(work / "data")

    def read_plainly(*, all_varchar: bool = False) -> Outcome:
        arguments = {"path": register, "folder": str(work / "peer"), "all_varchar": all_varchar}
        return run_in_child("bench.chain:read_plainly", **arguments)

    def land(path: str) -> Outcome:
        return run_in_child("bench.chain:land", path=path, folder=data, companies=companies)

    as_text = round(read_plainly(all_varchar=True).said["seconds"], 1)
    plain = [read_plainly()]
    first = land(register)
    plain.append(read_plainly())
    yield _land_measure("land", first, plain[-2:], peer_all_varchar_s=as_text)
    stages = run_in_child("bench.chain:run_stages", folder=data)
    plain.append(read_plainly())
    yield Measure(
        name="chain",
        figure=first.said["seconds"] + stages.said["seconds"],
        unit="s",
        peer=PEER,
        peer_figure=_seconds(plain),
        bar=CHAIN_BAR,
        more={"stages_s": {"land": round(first.said["seconds"], 1), **_stages(stages)}},
    )
    again = land(register)
    plain.append(read_plainly())
    yield _land_measure("second_night_same_file", again, plain[-2:])
    night = land(next_night)
    plain.append(read_plainly())
    yield _land_measure("second_night_changed_rows", night, plain[-2:])
    peer = _seconds(plain)
    later = run_in_child("bench.chain:run_stages", folder=data)
    yield Measure(
        name="second_night_stages",
        figure=later.said["seconds"],
        unit="s",
        peer=PEER,
        peer_figure=peer,
        more={"stages_s": _stages(later)},
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
    taken = run_in_child("bench.chain:take_in_crm", world=str(world), folder=data)
    matched = run_in_child("bench.chain:run_stages", folder=data)
    yield Measure(
        name="crm",
        figure=taken.said["seconds"] + matched.said["seconds"],
        unit="s",
        peer=PEER,
        peer_figure=peer,
        more={
            "crm_rows": int(taken.said["rows_in"]),
            "stages_s": {"import": round(taken.said["seconds"], 1), **_stages(matched)},
        },
    )
    runs = {
        "land": first,
        "stages": stages,
        "second_night": again,
        "changed": night,
        "later_stages": later,
        "crm": taken,
        "crm_stages": matched,
    }
    yield Measure(
        name="peak_memory",
        figure=max(run.peak_mb for run in runs.values()),
        unit="MB",
        bar=MEMORY_BAR_MB,
        more={f"{name}_mb": run.peak_mb for name, run in runs.items()},
    )


def _stages(run: Outcome) -> dict[str, float]:
    return {name: round(took, 1) for name, took in run.said.items() if name != "seconds"}


def _seconds(runs: Sequence[Outcome]) -> float:
    return mean(run.said["seconds"] for run in runs)


def _land_measure(name: str, run: Outcome, plain: Sequence[Outcome], **more: float) -> Measure:
    counts = ("rows_in", "landed", "rejected", "added", "changed", "closed")
    return Measure(
        name=name,
        figure=run.said["seconds"],
        unit="s",
        peer=PEER,
        peer_figure=_seconds(plain),
        bar=LAND_BAR,
        more={
            **more,
            "check_and_copy_s": round(run.said["check_and_copy"], 1),
            "peak_mb": run.peak_mb,
            "cpu_s": run.cpu_s,
            "peer_cpu_s": round(mean(outcome.cpu_s for outcome in plain), 1),
            **{count: int(run.said[count]) for count in counts},
        },
    )
