"""Ctrl-C while a statement runs: heard at once, told in one line, nothing lost."""

import signal
import subprocess
import sys
from pathlib import Path

_LONG = """
import sys
import typer
from enrich.cli.session import Session, command

app = typer.Typer()
app.callback()(lambda: None)

def wait(session: Session) -> None:
    from db.warehouse import Warehouse
    with Warehouse.open_to_write(session.config.data, command="wait") as warehouse:
        warehouse.execute("CREATE TABLE kept AS SELECT 1 AS one")
        print("begins", flush=True)
        with warehouse.transaction():
            warehouse.execute("CREATE TABLE lost AS SELECT 1 AS one")
            warehouse.ask("SELECT count(*) FROM range(100000) AS a, range(1000000) AS b WHERE a.range * b.range % 7 = 3")

command(app, "wait", examples=())(wait)
app()
"""


def test_ctrl_c_stops_a_running_statement_and_undoes_what_was_not_finished(configured: Path) -> None:
    from db.warehouse import Warehouse

    with subprocess.Popen(
        [sys.executable, "-c", _LONG, "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begins\n"
        for _ in range(20):  # one that comes just before a statement begins does not stop it
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                continue
        process.kill()
        assert process.wait() == 130
        assert process.stderr.read().startswith("Stopped.")
    with Warehouse.open_to_write(configured / "data", command="test") as warehouse:
        tables = {row["name"] for row in warehouse.ask("SELECT table_name AS name FROM duckdb_tables()")}
    assert "kept" in tables
    assert "lost" not in tables


def test_whatever_a_stopped_statement_makes_fail_is_told_as_stopped(configured: Path) -> None:
    failing = _LONG.replace(
        'warehouse.ask("SELECT count(*) FROM range(100000) AS a, range(1000000) AS b WHERE a.range * b.range % 7 = 3")',
        "import os, signal, time; from contextlib import suppress\n"
        "            with suppress(KeyboardInterrupt):\n"
        "                os.kill(os.getpid(), signal.SIGINT); time.sleep(2)\n"
        '            raise RuntimeError("a commit of what was stopped")',
    )
    done = subprocess.run(
        [sys.executable, "-c", failing, "wait"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.split(".")[0]) == (130, "Stopped")
    assert not (configured / "data" / "logs").exists()
