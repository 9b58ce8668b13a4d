"""Ctrl-C, SIGTERM and SIGHUP while a statement runs: heard at once, told in one line, nothing lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_what_ends_it_stops_a_running_statement_and_undoes_what_was_not_finished(
    configured: Path, number: int, code: int
) -> None:
    from db.warehouse import Warehouse

    with subprocess.Popen(
        [sys.executable, "-c", _LONG, "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begins\n"
        for _ in range(20):  # one that comes just before a statement begins does not stop it
            process.send_signal(number)
            try:
                process.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                continue
        process.kill()
        assert process.wait() == code
        assert process.stderr.read().startswith("Stopped.")
    with Warehouse.open_to_write(configured / "data", command="test") as warehouse:
        tables = {row["name"] for row in warehouse.ask("SELECT table_name AS name FROM duckdb_tables()")}
    assert "kept" in tables
    assert "lost" not in tables


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_link_that_is_ended_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    rows = "".join(f"{place},FJELLBRE {place} AS,NO\n" for place in range(20_000))
    (tmp_path / "list.csv").write_text(f"id,name,country\n{rows}", encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from enrich.cli import main; main()",
            "link",
            "list.csv",
            "list.csv",
            "--out",
            "out.csv",
        ],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        while not any(temporary.glob("prospekt-link-*/held.lock")) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        assert process.stderr is not None
        told = process.stderr.read()
        assert (process.wait(timeout=60), told[:8]) == (128 + number, "Stopped."), told
    assert list(temporary.iterdir()) == []
    assert {each.name for each in tmp_path.iterdir()} == {"list.csv", "tmp"}


def test_who_was_told_to_ignore_the_terminals_going_does(configured: Path) -> None:
    calm = _LONG.replace(
        "import sys\n", "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    ).replace(
        'warehouse.ask("SELECT count(*) FROM range(100000) AS a, range(1000000) AS b WHERE a.range * b.range % 7 = 3")',
        "os.kill(os.getpid(), signal.SIGHUP)",
    )
    done = subprocess.run([sys.executable, "-c", calm, "wait"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


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
