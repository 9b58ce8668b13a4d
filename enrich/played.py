"""The registers played on this machine: started as a program of their own, and the connectors led to them for a while.

The servers are those that the tests ask. They are no part of our program: it starts them and asks them over sockets, as
it asks the real ones. What differs from a real refresh is said here and nowhere else: addresses and logins (by the
environment), that every web site is on this machine, how many rows are expected, and the pace, since nobody has to be spared.
"""

import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import enrich
from enrich import asking
from enrich.errors import NotFound
from sources.guard import Reach
from sources.registry import find_sources
from sources.source import Expect, Layout, Source

_PLACE = Path("tests") / "registers" / "play.py"
_START = """\
import runpy, sys, types
tests = types.ModuleType("tests")  # other packages bring folders of this name, too
tests.__path__ = [sys.argv[1]]
sys.modules["tests"] = tests
runpy.run_module("tests.registers.play", run_name="__main__")
"""
_PACE = 60_000
_HERE = "127.0.0.1"
_NOBODYS_PORT = 1


@dataclass(frozen=True, slots=True)
class PlayedRegisters:
    """The running servers: which sources they stand for, and what they say that may never be kept."""

    sources: tuple[str, ...]
    planted: tuple[str, ...]
    process: "subprocess.Popen[str]"

    def tomorrow(self) -> list[str]:
        """Let a day pass, and say what happened."""
        return [str(sentence) for sentence in self._ask("tomorrow")]

    def counts(self) -> dict[str, int]:
        """How often each was asked so far."""
        return {str(name): int(count) for name, count in self._ask("counts").items()}

    def _ask(self, word: str) -> Any:  # noqa: ANN401  # JSON
        assert self.process.stdin is not None  # noqa: S101  # a pipe was asked for
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return _read(self.process)


def find_play() -> Path:
    """The folder of `tests` that has the servers: in a source tree, or shipped beside the demo's data.

    Raises `NotFound` where there is none, with where to get it.
    """
    package = Path(enrich.__file__).parent
    for root in (package.parent, package / "demo" / "play"):
        if (root / _PLACE).is_file():
            return root / "tests"
    raise NotFound(
        "register to play",
        str(_PLACE),
        hint="This installation came without them: run `prospekt demo --network` in a source tree, or install the wheel anew.",
    )


@contextmanager
def play_registers(most_companies: int | None = None) -> Iterator[PlayedRegisters]:
    """Start the servers and lead the connectors there until the block ends; then all is as it was.

    `most_companies` makes the world smaller: so many of Norway's companies beside those that the CRM has.
    """
    folder = find_play()
    with subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", _START, str(folder), *([] if most_companies is None else [str(most_companies)])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            told = _read(process)
            with _led(told["environ"]), _sites_led(told["web"]), expecting_little(told["sources"]):
                yield PlayedRegisters(tuple(told["sources"]), tuple(told["planted"]), process)
        finally:
            process.kill()


def _read(process: "subprocess.Popen[str]") -> Any:  # noqa: ANN401  # JSON
    assert process.stdout is not None  # noqa: S101  # a pipe was asked for
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the played registers ended before they were asked to")
    return json.loads(line)


@contextmanager
def _led(environ: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in environ}
    os.environ.update(environ)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _sites_led(port: int) -> Iterator[None]:
    """Let the crawler find every name on this machine, and no way to anywhere else; nobody there answers by TLS."""

    def resolve(_host: str, asked: int) -> list[tuple[str, int]]:
        return [(_HERE, port if asked == 80 else _NOBODYS_PORT)]

    reach = Reach(networks=(ipaddress.IPv4Network(f"{_HERE}/32"),), resolve=resolve)
    crawler = vars(asking)["WebClient"]
    vars(asking)["WebClient"] = partial(crawler, reach=reach, pause=0.0)
    try:
        yield
    finally:
        vars(asking)["WebClient"] = crawler


@contextmanager
def expecting_little(names: Sequence[str]) -> Iterator[None]:
    """Let the declarations of these sources expect as few rows as a made-up world has."""
    modules: list[Any] = [find_sources()[name] for name in names]
    before = [
        (module, name, getattr(module, name))
        for module in modules
        for name in ("SOURCE", "TEXT", "FILE", "OWNERS")
        if hasattr(module, name)
    ]
    for module, name, declared in before:
        setattr(module, name, _shrunk(declared))
    try:
        yield
    finally:
        for module, name, declared in before:
            setattr(module, name, declared)


def _shrunk(declared: Any) -> Any:  # noqa: ANN401  # a source, or how its file is written
    if isinstance(declared, Source):
        fewest = Expect(min_rows=1, max_rows=declared.expect.max_rows)
        layouts = tuple(_without_bounds(layout) for layout in declared.layouts)
        return replace(declared, expect=fewest, layouts=layouts, requests_per_minute=_PACE)
    names = {each.name for each in fields(declared)}
    if "min_rows" in names:
        declared = replace(declared, min_rows=0)
    return replace(declared, layout=_without_bounds(declared.layout)) if "layout" in names else declared


def _without_bounds(layout: Layout) -> Layout:
    return layout if layout.expect is None else replace(layout, expect=None)
