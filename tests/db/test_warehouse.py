import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from db.errors import WarehouseBusy
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


def test_load_appends_by_column_name(tmp_path: Path) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        warehouse.execute("CREATE TABLE core.t (a INT, b VARCHAR)")
        warehouse.load("core.t", pa.table({"b": ["x"], "a": [1]}))
        assert warehouse.ask("SELECT a, b FROM core.t WHERE a = $a", a=1) == [{"a": 1, "b": "x"}]


_LONG_QUERY = """
import sys
from pathlib import Path
from db.warehouse import Warehouse
with Warehouse.open_to_write(Path(sys.argv[1]), command="test") as warehouse:
    print("begins", flush=True)
    try:
        warehouse.ask("SELECT count(*) FROM range(100000) AS a, range(1000000) AS b WHERE a.range * b.range % 7 = 3")
    except KeyboardInterrupt:
        print("stopped", warehouse.ask("SELECT 1 AS one"))
"""


def test_ctrl_c_during_a_statement_is_ctrl_c(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _LONG_QUERY, tmp_path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(20):  # a signal that comes between two statements is not the one that is tested
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                continue
        process.kill()
        assert process.stdout.read() == "stopped [{'one': 1}]\n"
