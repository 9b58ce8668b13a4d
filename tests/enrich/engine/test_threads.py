"""The threads of searches: nothing still runs when an answer, or an error, is given."""

import threading
import time

import pytest

from enrich.engine.threads import run_beside


def test_what_was_begun_has_ended_when_one_piece_fails() -> None:
    ended: list[str] = []
    begun = threading.Event()

    def work(piece: str) -> None:
        if piece == "fails":
            begun.wait(5)
            raise ValueError(piece)
        begun.set()
        time.sleep(0.2)
        ended.append(piece)

    with pytest.raises(ValueError, match="fails"):
        run_beside(work, ["fails", "slow"], pool="tests")
    assert ended == ["slow"]


def test_work_may_use_the_threads_of_another_pool() -> None:
    def total(row: list[str]) -> int:
        return sum(run_beside(len, row, pool="inner"))

    assert run_beside(total, [["a", "bc"], ["def"]] * 20, pool="outer") == [3, 3] * 20
