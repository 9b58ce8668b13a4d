"""Finds every source that has a declaration; a new one is a new file in a folder of `FOLDERS`, nothing else."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

from sources.source import Connector

FOLDERS = ("registers", "knowledge", "sites", "signals", "crm")
"""The packages of `sources` that hold connectors, of which not all need be there."""


@cache
def find_sources() -> dict[str, Connector]:
    """Every connector by the name of its source, in order of name."""
    modules = [importlib.import_module(name) for name in _module_names()]
    connectors = [module for module in modules if isinstance(module, Connector)]
    return {connector.SOURCE.name: connector for connector in sorted(connectors, key=lambda each: each.SOURCE.name)}


def source_names() -> list[str]:
    """The names of all sources, found without reading a declaration."""
    return sorted(name.rpartition(".")[2] for name in _module_names())


def source(name: str) -> Connector:
    """The connector of that name; raises KeyError where there is none."""
    return find_sources()[name]


def _module_names() -> Iterator[str]:
    for folder in FOLDERS:
        package = find_spec(f"sources.{folder}")
        for found in pkgutil.iter_modules(package.submodule_search_locations if package is not None else ()):
            if not found.name.startswith("_"):  # parts of a declaration
                yield f"sources.{folder}.{found.name}"
