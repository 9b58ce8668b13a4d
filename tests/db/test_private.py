import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.journal import append_decision, make_decision
from db.lock import hold_writer_lock
from db.private import create_private_file, make_private_folder


@pytest.fixture(autouse=True)
def _lax_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_that_were_missing_are_private_and_others_stay_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "data" / "journal")
    assert [mode(path) for path in (tmp_path, tmp_path / "data", tmp_path / "data" / "journal")] == [
        0o755,
        0o700,
        0o700,
    ]
    make_private_folder(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_private_file_is_new_and_only_its_owners(tmp_path: Path) -> None:
    with create_private_file(tmp_path / "one") as file:
        file.write("text")
    assert mode(tmp_path / "one") == 0o600
    with pytest.raises(FileExistsError):
        create_private_file(tmp_path / "one")


def test_the_data_folder_and_the_journal_are_private_whoever_makes_them_first(tmp_path: Path) -> None:
    decision = make_decision("mark", {"mark": "customer"}, who="kari", why="Ola said so")
    append_decision(tmp_path / "one" / "journal", decision)
    assert mode(tmp_path / "one") == mode(tmp_path / "one" / "journal") == 0o700
    assert mode(tmp_path / "one" / "journal" / f"{decision.decision_id}.json") == 0o600
    with hold_writer_lock(tmp_path / "two", "test"):
        assert mode(tmp_path / "two") == 0o700
