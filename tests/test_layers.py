"""The layers of docs/architecture: web -> enrich -> {sources, db}; sources and db never see each other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "sources": {"sources"},
    "db": {"db"},
    "enrich": {"enrich", "sources", "db"},
    "web": {"web", "enrich"},
}
ONLY_IN = {
    "duckdb": ("db",),
    "httpx": ("sources",),
    "tenacity": ("sources/retry.py",),
    "httpcore": ("sources/web.py",),
    "protego": ("sources/web.py",),
    "bs4": ("sources",),
    "rapidfuzz": ("enrich/match/", "enrich/icp/reading/nearest.py"),
    "pyspark": ("enrich/match/spark",),
    "sqlglot": ("enrich/match/spark",),
    "typer": ("enrich/cli/",),
}
MODULES = [path for layer in MAY_IMPORT for path in sorted((ROOT / layer).rglob("*.py"))]


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    layer = place.split("/")[0]
    imports = _imports(path)
    assert (imports & {"sources", "db", "enrich", "web", "tests", "bench"}) <= MAY_IMPORT[layer]
    for library, places in ONLY_IN.items():
        assert library not in imports or place.startswith(places), f"{library} belongs in {places}"
