"""Finds every source that has a declaration; a new one is a new file in the folder of its sort, nothing else."""

import importlib
import pkgutil
from functools import cache

from sources.source import Connector

FOLDERS = ("registers", "knowledge", "sites", "signals", "crm")
"""Folders of declarations: how near to the fact their sources are is seen in the path."""


@cache
def find_sources() -> dict[str, Connector]:
    """Every connector by the name of its source, in order of name."""
    modules = (importlib.import_module(f"sources.{folder}.{name}") for folder, name in _modules())
    connectors = [module for module in modules if isinstance(module, Connector)]
    return {connector.SOURCE.name: connector for connector in sorted(connectors, key=lambda each: each.SOURCE.name)}


def source(name: str) -> Connector:
    """The connector of that name; raises KeyError where there is none."""
    return find_sources()[name]


def source_names() -> list[str]:
    """The names of all sources, without reading a declaration."""
    return sorted(name for _, name in _modules())


def _modules() -> list[tuple[str, str]]:
    return [
        (folder, found.name)
        for folder in FOLDERS
        for found in pkgutil.iter_modules(importlib.import_module(f"sources.{folder}").__path__)
        if not found.name.startswith("_")  # parts of a declaration
    ]
