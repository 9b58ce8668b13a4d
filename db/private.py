"""Folders and files that only their owner reads: the data folder holds persons."""

import os
from pathlib import Path
from typing import TextIO


def make_private_folder(folder: Path) -> None:
    """Make the folder, and those above it that are missing, with mode 0700; one that is there stays as it is.

    Raises `OSError` where it cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def create_private_file(path: Path, *, encoding: str = "utf-8", newline: str | None = None) -> TextIO:
    """Open a new file with mode 0600 to write text; raises `FileExistsError` where there is one."""
    return os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding=encoding, newline=newline
    )
