from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pytest

from db.errors import WarehouseBusy, WarehouseError
from db.lock import hold_writer_lock
from db.warehouse import Warehouse


def test_every_ledger_table_and_column_says_what_it_is_and_its_privacy_class(tmp_path: Path) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        tables = warehouse.ask("SELECT schema_name || '.' || table_name AS name, comment FROM duckdb_tables()")
        columns = warehouse.ask(
            "SELECT table_name || '.' || column_name AS name, comment FROM duckdb_columns() WHERE NOT internal"
        )
    assert len(tables) > 15
    assert [row["name"] for row in tables if not row["comment"]] == []
    classes = ("open: ", "mixed: ", "personal: ", "staff: ", "internal: ")
    assert [row["name"] for row in columns if not str(row["comment"]).startswith(classes)] == []


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        Warehouse.open_to_write(tmp_path, command="refresh no_brreg"),
        pytest.raises(WarehouseBusy, match=r"`refresh no_brreg` \(process \d+\) since 20\d\d-"),
    ):
        Warehouse.open_to_write(tmp_path, command="match")


def test_a_writer_waits_for_who_only_looks_and_names_one_that_does_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as reader:
        reader.enter_context(hold_writer_lock(tmp_path, "prospekt sources", is_reader=True))
        with monkeypatch.context() as patched:
            patched.setattr("db.lock.READER_SECONDS", 0.0)
            with pytest.raises(WarehouseBusy, match="being read by `prospekt sources`"):
                Warehouse.open_to_write(tmp_path, command="publish")
        (tmp_path / "writer.json").unlink()  # as in the moment before a holder says who it is
        monkeypatch.setattr("db.lock.time.sleep", lambda _: reader.close())
        with Warehouse.open_to_write(tmp_path, command="publish") as warehouse:
            assert warehouse.count("status/record_count") == 0
            with pytest.raises(WarehouseBusy, match="being written by `publish`"):
                Warehouse.open_to_write(tmp_path, command="refresh")


def test_load_appends_by_column_name(tmp_path: Path) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        warehouse.execute("CREATE TABLE core.t (a INT, b VARCHAR)")
        warehouse.load("core.t", pa.table({"b": ["x"], "a": [1]}))
        assert warehouse.ask("SELECT a, b FROM core.t WHERE a = $a", a=1) == [{"a": 1, "b": "x"}]


def test_only_its_owner_reads_the_warehouse_also_once_it_is_rewritten(tmp_path: Path) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        assert warehouse.path.stat().st_mode & 0o777 == 0o600
        warehouse.rewrite()
        assert warehouse.path.stat().st_mode & 0o777 == 0o600
        assert warehouse.count("status/record_count") == 0


def test_a_step_without_memory_says_what_to_do_and_nothing_of_settings(tmp_path: Path) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        warehouse.execute("SET memory_limit = '20MB'; SET max_temp_directory_size = '0KB'")
        warehouse.execute("SET temp_directory = ''")
        with pytest.raises(WarehouseError, match="close other programs") as caught:
            warehouse.ask("SELECT list(i) FROM range(50_000_000) AS t(i)")
    assert "\n" not in str(caught.value)
    assert "SET " not in str(caught.value)
