"""Finds every register that has a declaration; a new one is a new file in `sources/registers`, nothing else."""

import importlib
import pkgutil
from functools import cache

from sources import registers
from sources.source import Connector


@cache
def find_sources() -> dict[str, Connector]:
    """Every connector by the name of its source, in order of name."""
    modules = (
        importlib.import_module(f"{registers.__name__}.{found.name}")
        for found in pkgutil.iter_modules(registers.__path__)
        if not found.name.startswith("_")  # parts of a register's declaration
    )
    connectors = [module for module in modules if isinstance(module, Connector)]
    return {connector.SOURCE.name: connector for connector in sorted(connectors, key=lambda each: each.SOURCE.name)}


def source(name: str) -> Connector:
    """The connector of that name; raises KeyError where there is none."""
    return find_sources()[name]
