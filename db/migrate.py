"""Migrations of the ledger: numbered SQL files, each applied once, change and record in one transaction."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import duckdb

from db.errors import DiskFull, MigrationRefused, WarehouseError
from db.sql import comment_statements

_FILE_NAME = re.compile(r"^(\d{4})_\w+\.sql$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One numbered file of `db/migrations/`."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Hash of its text, by which an edited file is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations() -> list[Migration]:
    """Every migration shipped with the program, in order."""
    folder = files("db").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if _FILE_NAME.match(entry.name))
    return [Migration(name=name, sql=folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


def pending_migrations(connection: duckdb.DuckDBPyConnection, migrations: list[Migration]) -> list[Migration]:
    """Those not yet applied here; reads only.

    Raises `MigrationRefused` where an applied file was edited since, the warehouse is newer than the program, or a file
    that was not applied comes before one that was: another warehouse would have them in another order.
    """
    try:  # asking DuckDB which tables there are takes longer than all else of opening a warehouse
        applied = dict(connection.execute("SELECT name, sha256 FROM core.migration").fetchall())
    except duckdb.CatalogException:
        return migrations
    shipped = {migration.name: migration for migration in migrations}
    for name, sha256 in applied.items():
        if name not in shipped:
            raise MigrationRefused(f"The warehouse has migration {name}, this program does not: update prospekt.")
        if shipped[name].sha256 != sha256:
            raise MigrationRefused(
                f"Migration {name} was edited after it was applied here. Restore the file and add a new one."
            )
    pending = [migration for migration in migrations if migration.name not in applied]
    newest = max(applied, default="")
    if late := [migration.name for migration in pending if migration.name < newest]:
        raise MigrationRefused(
            f"Migration {late[0]} comes before {newest}, which was applied here without it. Give it the next free number."
        )
    return pending


def waiting_migrations(path: Path) -> list[str]:
    """Names of the migrations that the next writer will apply to the warehouse at `path`; reads only.

    Raises `MigrationRefused` as `pending_migrations` does, `WarehouseError` where the file is no readable warehouse.
    """
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return [migration.name for migration in pending_migrations(connection, read_migrations())]
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be opened: {error}") from error


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, backups: Path) -> list[str]:
    """Apply what is pending and give its names; a warehouse that holds data is copied to `backups` first."""
    pending = pending_migrations(connection, read_migrations())
    if not pending:
        return []
    if path.exists() and path.stat().st_size > 0 and len(pending) < len(read_migrations()):
        _back_up(connection, path, backups)
    for migration in pending:
        connection.begin()
        try:
            connection.execute("CREATE SCHEMA IF NOT EXISTS core")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS core.migration (name VARCHAR PRIMARY KEY, sha256 VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
            )
            connection.execute("COMMENT ON TABLE core.migration IS 'One row a migration applied to this warehouse.'")
            for column, text in (("name", "File name"), ("sha256", "Hash of its text"), ("applied_at", "When (UTC)")):
                connection.execute(f"COMMENT ON COLUMN core.migration.{column} IS 'internal: {text}'")
            connection.execute(migration.sql)
            connection.execute(comment_statements(migration.sql))
            connection.execute(
                "INSERT INTO core.migration VALUES (?, ?, ?)", [migration.name, migration.sha256, datetime.now(UTC)]
            )
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
    return [migration.name for migration in pending]


def _back_up(connection: duckdb.DuckDBPyConnection, path: Path, backups: Path) -> None:
    size = path.stat().st_size
    if shutil.disk_usage(path.parent).free < size * 1.2:
        raise DiskFull(path, needed_bytes=int(size * 1.2))
    connection.execute("CHECKPOINT")
    backups.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, backups / f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.duckdb")
