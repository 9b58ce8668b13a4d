import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from enrich.processes import WAITING, share_work


def square(number: int) -> int:
    if number < 0:
        raise ValueError(number)
    return number * number


def test_results_come_in_the_order_of_the_parts() -> None:
    assert list(share_work(square, range(20), processes=2)) == [number * number for number in range(20)]


def test_no_more_parts_are_taken_than_may_wait() -> None:
    taken: list[int] = []

    def parts() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = share_work(square, parts(), processes=2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert len(taken) == 2 * WAITING + 1


def test_an_error_in_a_process_is_raised_here() -> None:
    with pytest.raises(ValueError, match="-1"):
        list(share_work(square, [1, -1, 2], processes=2))


def pid_or_die(here: int) -> int:
    if os.getpid() != here:
        os.kill(os.getpid(), 9)
    return os.getpid()


def test_what_a_killed_process_leaves_is_done_here() -> None:
    assert list(share_work(pid_or_die, [os.getpid()] * 5, processes=2)) == [os.getpid()] * 5


WORKING = """
import os, time
from pathlib import Path
from enrich.processes import share_work

def work(folder):
    (folder / str(os.getpid())).touch()
    time.sleep(600)

if __name__ == "__main__":
    list(share_work(work, [Path(__file__).parent] * 2, processes=2))
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "working.py"
    program.write_text(WORKING, encoding="utf-8")
    with subprocess.Popen([sys.executable, program]) as parent:
        until = time.monotonic() + 60
        while len(workers := [int(each.name) for each in tmp_path.iterdir() if each.name.isdigit()]) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        parent.kill()
    until = time.monotonic() + 20
    while any(is_running(worker) for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.05)


def is_running(process: int) -> bool:
    """Whether there is such a process, and it is not merely waiting for somebody to ask how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_where_no_process_can_be_spawned_the_work_is_done_here(tmp_path: Path) -> None:
    # a program read from standard input is one that a spawned process cannot import
    program = "from enrich.processes import share_work\nprint(list(share_work(abs, [-1, 2], processes=2)))"
    ran = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.strip() == "[1, 2]"
