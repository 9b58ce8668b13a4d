"""The team's own model in the data folder: written at once or not at all, with those before it kept to go back to.

`model.toml` is the one in use (`model.load_model`); `models/` keeps every one that there was, named by its version.
"""

import errno
import json
import os
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.errors import DiskFull, FolderReadOnly
from db.private import make_private_folder
from enrich.errors import InputInvalid
from enrich.match.model import TRAINED, Model, shipped_model, write_model

KEPT = "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a trained model comes from, as its file says.

    `before` is the version of the model that it replaced, `last_decision` the id of the last judgement that it saw, and
    `with_gold` says whether true links of a file were among its labels.
    """

    before: str | None
    last_decision: str
    with_gold: bool


def read_origin(data: Path) -> Origin | None:
    """Where the model in use comes from; null where the team trained none."""
    try:
        read = tomllib.loads((data / TRAINED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Origin(
        before=read.get("before"),
        last_decision=str(read.get("last_decision", "")),
        with_gold=bool(read.get("with_gold", False)),
    )


def new_version(now: datetime) -> str:
    """The version of a model trained now: that of the shipped model that it starts from, and the time (UTC).

    >>> new_version(datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)).partition("+")[2]
    '20261121T093005'
    """
    return f"{shipped_model().version}+{now.astimezone(UTC):%Y%m%dT%H%M%S}"


def write_trained(data: Path, model: Model, origin: Origin, *, told: str) -> Path:
    """Put a model to use, under a header that tells people about it; the one before is kept. Raises `FolderReadOnly`."""
    header = "\n".join(
        [
            *(f"# {line}" for line in told.splitlines()),
            *([f"before = {json.dumps(origin.before)}"] if origin.before is not None else []),
            f"last_decision = {json.dumps(origin.last_decision)}",
            f"with_gold = {json.dumps(origin.with_gold)}",
        ]
    )
    text = write_model(model, header=header)
    _keep_in_use(data)
    _keep(data, model.version, text)
    return _put(data / TRAINED, text)


def undo_training(data: Path) -> str | None:
    """Go back to the model before the one in use; gives its version, null where it is the one that comes with the program.

    The model that was in use stays in `models/`. Raises `InputInvalid` where the team trained none, `FolderReadOnly`.
    """
    in_use, origin = data / TRAINED, read_origin(data)
    if origin is None:
        raise InputInvalid("The model in use is the one that comes with the program: there is no training to undo.")
    _keep_in_use(data)
    before = _kept_path(data, origin.before) if origin.before is not None else None
    if before is not None and before.exists():
        _put(in_use, before.read_text(encoding="utf-8"))
        return origin.before
    try:
        in_use.unlink()
    except OSError as error:
        raise FolderReadOnly(data) from error
    return None


def _kept_path(data: Path, version: str) -> Path:
    return data / KEPT / f"{version.replace(os.sep, '_')}.toml"


def _keep_in_use(data: Path) -> None:
    in_use = data / TRAINED
    if in_use.exists():
        text = in_use.read_text(encoding="utf-8")
        _keep(data, str(tomllib.loads(text)["version"]), text)


def _keep(data: Path, version: str, text: str) -> None:
    path = _kept_path(data, version)
    if not path.exists():
        _put(path, text)


def _put(path: Path, text: str) -> Path:
    """Write the file aside, and let it take its place when it is all on disk."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        make_private_folder(path.parent)
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise (DiskFull if error.errno == errno.ENOSPC else FolderReadOnly)(path.parent) from error
    return path
