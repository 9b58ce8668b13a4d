"""Checks of an installation and its data folder, each with what it found and how to mend it."""

import importlib.util
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Literal

from db.errors import WarehouseBusy, WarehouseError
from db.journal import read_decisions
from db.lock import hold_writer_lock
from db.migrate import waiting_migrations
from enrich.config import Config, load_config
from enrich.errors import ConfigInvalid, ConfigMissing
from enrich.status import read_published

_LEAST_FREE_BYTES = 5_000_000_000
"""A whole Norwegian register with its landing file, warehouse and published files takes about this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: ok, warn (works, but mend it) or fail, what was found, and how to mend it ("" where all is well)."""

    check: str
    state: Literal["ok", "warn", "fail"]
    found: str
    fix: str = ""


def examine(path: Path | None, *, data: Path | None, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Every check of the program, the configuration and the data folder; none of them changes anything."""
    yield Finding(check="python", state="ok", found=".".join(str(part) for part in sys.version_info[:3]))
    yield from check_packages()
    yield check_duckdb()
    try:
        config = load_config(path, data=data, environ=environ)
    except (ConfigMissing, ConfigInvalid) as error:
        fix = "Run `prospekt init`." if isinstance(error, ConfigMissing) else "Mend the keys that are listed."
        yield Finding(check="configuration", state="fail", found=str(error), fix=fix)
        return
    icps = ", ".join(config.icp) or "none"
    yield Finding(check="configuration", state="ok", found=f"valid; ICPs: {icps}; decisions by {config.who}")
    for name, problems in config.faulty_icps.items():
        fix = "Mend the keys that are listed; until then nothing is asked for it."
        yield Finding(check=f"ICP {name}", state="fail", found="; ".join(problems), fix=fix)
    yield check_folder(config.data)
    yield check_space(config.data)
    yield check_key(config)
    yield from check_secrets(config, environ)
    yield check_warehouse(config)
    yield check_published(config)


def check_packages() -> Iterator[Finding]:
    """Whether `db`, `sources` and `enrich` are ours: these are common words, another package may shadow them."""
    try:
        ours = distribution("prospekt")
    except PackageNotFoundError:
        yield Finding(check="installation", state="fail", found="not installed", fix="Run `pipx install prospekt`.")
        return
    yield Finding(check="installation", state="ok", found=f"prospekt {ours.version}")
    home = Path(__file__).parent.parent
    for name in ("db", "sources", "enrich"):
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).parent if spec is not None and spec.origin is not None else None
        if place == home / name:
            yield Finding(check=f"package {name}", state="ok", found=str(place))
        else:
            fix = "Install prospekt in an environment of its own (pipx, uv or venv), and unset PYTHONPATH."
            yield Finding(check=f"package {name}", state="fail", found=f"another one, at {place}", fix=fix)


def check_duckdb() -> Finding:
    """Whether DuckDB is of a version that our files are written for."""
    found = version("duckdb")
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    if not (1, 5, 5) <= numbers < (2, 1):
        fix = "Install duckdb from 1.5.5 up to and including 2.0 into prospekt's environment."
        return Finding(check="duckdb", state="fail", found=found, fix=fix)
    return Finding(check="duckdb", state="ok", found=found)


def check_folder(data: Path) -> Finding:
    """Whether the data folder can be written to."""
    place = data
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        fix = "Change its permissions, or choose another folder with --data."
        return Finding(check="data folder", state="fail", found=f"{place} cannot be written to", fix=fix)
    return Finding(check="data folder", state="ok", found=str(data) + ("" if data.exists() else " (not made yet)"))


def check_space(data: Path) -> Finding:
    """Whether there is room for a whole register."""
    place = data
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:.1f} GB free"
    if free < _LEAST_FREE_BYTES:
        fix = f"A whole register needs about {_LEAST_FREE_BYTES / 1e9:.0f} GB: make room, or move the data folder."
        return Finding(check="disk space", state="warn", found=found, fix=fix)
    return Finding(check="disk space", state="ok", found=found)


def check_key(config: Config) -> Finding:
    """Whether the key of suppressions is there and nobody else can read it."""
    if not config.key_file.exists():
        if any(decision.kind in ("suppression", "erasure") for decision in read_decisions(config.journal)):
            found = f"{config.key_file} is missing, but suppressions were made with it"
            return Finding(check="key", state="fail", found=found, fix="Restore it from your copy.")
        return Finding(check="key", state="ok", found="none yet; made when first needed")
    mode = stat.S_IMODE(config.key_file.stat().st_mode)
    if mode & 0o077:
        fix = f"Run: chmod 600 {config.key_file}"
        return Finding(check="key", state="fail", found=f"others can read {config.key_file} ({mode:o})", fix=fix)
    return Finding(check="key", state="ok", found=f"{config.key_file}, only yours to read; keep a copy elsewhere")


def check_secrets(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the environment has the secrets that the configuration names; none is ever shown."""
    for name, source in config.sources.items():
        if source.secret_env is None:
            continue
        check = f"secret of {name}"
        if environ.get(source.secret_env):
            yield Finding(check=check, state="ok", found=f"{source.secret_env} is set")
        else:
            fix = f"Set it before you run prospekt, or take secret_env out of [sources.{name}]."
            yield Finding(check=check, state="warn", found=f"{source.secret_env} is not set", fix=fix)


def check_warehouse(config: Config) -> Finding:
    """Whether the warehouse opens and its migrations are those of this program."""
    path = config.data / "warehouse.duckdb"
    if not path.exists():
        return Finding(check="warehouse", state="ok", found="none yet; `prospekt refresh` makes it")
    try:
        with hold_writer_lock(config.data, "prospekt doctor", is_reader=True):
            waiting = waiting_migrations(path)
    except WarehouseBusy as busy:
        return Finding(check="warehouse", state="ok", found=str(busy))
    except WarehouseError as error:
        fix = f"Restore it from {config.data / 'backups'}, or move it away and run refresh and import again."
        return Finding(check="warehouse", state="fail", found=str(error), fix=fix)
    found = f"opens; the next writing command applies {', '.join(waiting)}" if waiting else "opens; up to date"
    return Finding(check="warehouse", state="ok", found=found)


def check_published(config: Config) -> Finding:
    """Whether readers can open the published files, and nobody else those about people."""
    people = config.published / "people.duckdb"
    if people.exists() and stat.S_IMODE(people.stat().st_mode) & 0o077:
        fix = f"Run: chmod 600 {people.resolve()}"
        return Finding(check="published files", state="fail", found="others can read people.duckdb", fix=fix)
    return _guarded(
        "published files",
        lambda: "none yet" if (found := read_published(config)) is None else f"of {found.as_of:%Y-%m-%d %H:%M} UTC",
        "Run `prospekt publish`.",
    )


def _guarded(check: str, look: Callable[[], str], fix: str) -> Finding:
    try:
        return Finding(check=check, state="ok", found=look())
    except Exception as error:  # noqa: BLE001  # whatever is broken here is the finding
        return Finding(check=check, state="fail", found=str(error), fix=fix)
