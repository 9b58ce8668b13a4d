"""Migrations: in one order everywhere, or not at all."""

from pathlib import Path

import pytest

from db import migrate as migrating
from db.errors import MigrationRefused
from db.migrate import Migration, waiting_migrations
from db.warehouse import Warehouse

ONE, TWO, THREE = (
    Migration(name=f"{number:04}_x.sql", sql=f"CREATE TABLE core.t{number} (a INTEGER)") for number in (1, 2, 3)
)


def test_a_file_that_comes_before_one_that_was_applied_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "read_migrations", lambda: [ONE, THREE])
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        path = warehouse.path
    monkeypatch.setattr(migrating, "read_migrations", lambda: [ONE, TWO, THREE])
    with pytest.raises(MigrationRefused, match=r"0002_x.sql comes before 0003_x.sql"):
        waiting_migrations(path)
    with pytest.raises(MigrationRefused), Warehouse.open_to_write(tmp_path, command="test"):
        pass
    four = Migration(name="0004_x.sql", sql=TWO.sql)
    monkeypatch.setattr(migrating, "read_migrations", lambda: [ONE, THREE, four])
    assert waiting_migrations(path) == ["0004_x.sql"]
