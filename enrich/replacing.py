"""Files that a person names and that are there already: nothing takes their place unless somebody says so."""

from pathlib import Path

from enrich.errors import ConfirmationNeeded


def refuse_to_replace(*paths: Path | None, other: str, is_agreed: bool) -> None:
    """Raise `ConfirmationNeeded` where one of the files is there and nobody agreed; `other` says how to name another.

    >>> refuse_to_replace(Path("/dev/null"), None, other="--out names another file", is_agreed=True)
    >>> refuse_to_replace(Path("/dev/null"), other="--out names another file", is_agreed=False)
    Traceback (most recent call last):
    ...
    enrich.errors.ConfirmationNeeded: /dev/null would be replaced: --out names another file, --yes replaces.
    """
    there = [str(path) for path in paths if path is not None and _is_written(path)]
    if there and not is_agreed:
        raise ConfirmationNeeded(f"{' and '.join(there)} would be replaced: {other}, --yes replaces.")


def _is_written(path: Path) -> bool:
    # no other folder is ever replaced: whoever writes refuses it
    return (path / "_SUCCESS").exists() if path.is_dir() else path.exists()
