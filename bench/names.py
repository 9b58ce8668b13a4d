"""Names normalised a second, against the plain folding of rapidfuzz in the same run."""

import csv
import gzip
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rapidfuzz.utils import default_process

from bench.measure import Measure, run_in_child
from enrich.normalise.name import normal_columns

NAMES = 200_000


def measure_names(world: Path) -> Iterator[Measure]:
    """The normaliser's rate; it also takes legal forms off and folds letters, which the peer does not."""
    said = run_in_child("bench.names:time_names", register=str(world / "no_brreg.csv.gz")).said
    yield Measure(
        name="normalise_names",
        figure=said["ours_s"],
        unit="s",
        peer="rapidfuzz.utils.default_process",
        peer_figure=said["peer_s"],
        more={"names": int(said["names"]), "names_per_s": round(said["names"] / said["ours_s"])},
    )


def time_names(register: str) -> dict[str, float]:
    """Processor seconds for the same names, ours and the peer's; the better of three rounds each, in turns."""
    with gzip.open(register, "rt", encoding="utf-8", newline="") as file:
        names = [row["navn"] for row in islice(csv.DictReader(file), NAMES)]
    ours, peers = [], []
    for _ in range(3):
        started = time.process_time()
        normal_columns(names)
        ours.append(time.process_time() - started)
        started = time.process_time()
        for name in names:
            default_process(name)
        peers.append(time.process_time() - started)
    return {"names": len(names), "ours_s": min(ours), "peer_s": min(peers)}
