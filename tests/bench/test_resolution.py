"""Resolution on a small world: nearly all pairs of records of one company, and hardly any other."""

from pathlib import Path

from bench.registers import Rates
from bench.resolution import read_truth, resolve_world
from bench.world import Plan, make_world


def test_records_of_three_registers_become_their_companies(tmp_path: Path) -> None:
    make_world(Plan(companies=4_000, seed=21, crm_rows=20, registers=Rates()), tmp_path / "world", processes=1)
    said = resolve_world(str(tmp_path / "world"), str(tmp_path / "data"))
    assert said["records"] == len(read_truth(tmp_path / "world"))
    assert said["true_pairs"] > 700
    assert said["precision"] >= 0.997
    assert said["recall"] >= 0.97
    assert said["recall"] > said["recall_of_numbers"] + 0.1
    assert said["precision"] > said["precision_of_numbers"]
