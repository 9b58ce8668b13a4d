"""Work folders go when the work is done, and after a process that was killed with the next command."""

import os
import subprocess
import sys
import time
from pathlib import Path

from enrich.scratch import HELD, YOUNG, open_work_folder

HOLDER = """
import sys, time
from pathlib import Path
from enrich.scratch import open_work_folder
with open_work_folder("work-", within=Path(sys.argv[1])) as folder:
    (folder / "large.duckdb").write_text("x")
    print(folder, flush=True)
    time.sleep(60)
"""


def make_old(folder: Path) -> None:
    long_ago = time.time() - 2 * YOUNG
    os.utime(folder / HELD, (long_ago, long_ago))


def test_a_folder_goes_when_its_work_is_done_or_failed(tmp_path: Path) -> None:
    with open_work_folder("work-", within=tmp_path) as folder:
        (folder / "some").mkdir()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_and_what_is_in_use_stays(tmp_path: Path) -> None:
    (tmp_path / "work-of-others").mkdir()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder:
        left = Path(holder.stdout.readline().strip())
        make_old(left)
        with open_work_folder("work-", within=tmp_path):
            assert (left / "large.duckdb").exists()
        holder.kill()
    with open_work_folder("work-", within=tmp_path) as folder:
        assert {each.name for each in tmp_path.iterdir()} == {folder.name, "work-of-others"}
