"""Endings of the files that commands write: refused before any work where what is written would be something else."""

from pathlib import Path

from enrich.errors import InputInvalid


def check_ending(path: Path | None, option: str, *endings: str) -> None:
    """Raise `InputInvalid` where the file would not be what its name says.

    >>> check_ending(Path("why.svg"), "--svg", ".svg")
    >>> check_ending(Path("why.png"), "--svg", ".svg")
    Traceback (most recent call last):
    ...
    enrich.errors.InputInvalid: why.png: --svg writes .svg and nothing else, which every browser opens. Name it why.svg.
    """
    if path is None or path.suffix.lower() in endings:
        return
    hint = ", which every browser opens" if endings == (".svg",) else ""
    named = path.with_suffix(endings[0])
    raise InputInvalid(f"{path}: {option} writes {' or '.join(endings)} and nothing else{hint}. Name it {named}.")
