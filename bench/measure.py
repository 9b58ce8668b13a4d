"""One measure is one JSON line; what takes long or much memory runs in a process of its own."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure, what it is held against in the same run, and the bar.

    `ratio` is figure / peer. A bar on a ratio of times, or on memory, is a most; `at_least` turns it round.
    """

    name: str
    figure: float
    unit: str
    peer: str | None = None
    peer_figure: float | None = None
    bar: float | None = None
    at_least: bool = False
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The figure in units of its peer's."""
        return self.figure / self.peer_figure if self.peer_figure else None

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is reached; null where there is none."""
        if self.bar is None:
            return None
        held = self.figure if self.ratio is None else self.ratio
        return held >= self.bar if self.at_least else held <= self.bar

    def to_json(self) -> str:
        """The measure as one line."""
        said: dict[str, object] = {"measure": self.name, "figure": _short(self.figure), "unit": self.unit}
        if self.peer is not None and self.peer_figure is not None:
            said |= {"peer": self.peer, "peer_figure": _short(self.peer_figure), "ratio": _short(self.ratio or 0)}
        if self.bar is not None:
            said |= {"bar": self.bar, "met": self.is_met}
        return json.dumps({**said, **self.more}, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a child process said, its peak resident memory in MB, and the processor seconds of all its threads."""

    said: dict[str, float]
    peak_mb: float
    cpu_s: float


def run_in_child(work: str, /, **arguments: object) -> Outcome:
    """Call `module:function` with keyword arguments in a fresh process; it gives a mapping of numbers.

    Raises CalledProcessError where the child fails; what it says of it goes to stderr.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.measure", work, json.dumps(arguments)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return Outcome(said=answer["said"], peak_mb=answer["peak_mb"], cpu_s=answer["cpu_s"])


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def _main(work: str, arguments: str) -> None:
    module, _, function = work.partition(":")
    said = getattr(import_module(module), function)(**json.loads(arguments))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = used.ru_utime + used.ru_stime
    print(json.dumps({"said": said, "peak_mb": round(used.ru_maxrss / 1024), "cpu_s": round(cpu_s, 2)}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
