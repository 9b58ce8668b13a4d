import csv
import json
import random
from pathlib import Path

import pytest

from enrich.errors import InputInvalid
from enrich.match.dedupe import DedupeReport, dedupe_file
from enrich.match.model import shipped_model
from enrich.progress import silent

ROWS = [
    "d,Fjellbre Bakeri AS,NO,,",
    "b,FJELLBRE BAKERI,NO,,",
    "e,Fjellbre bakeri A/S,NO,,",
    "f,Fjellbre Rør AS,NO,,",
    "h,Skogtroll Data AB,SE,skogtroll.se,5560160680",
    "c,Et helt annet navn,SE,,556016-0680",
    "g,Havgap Sild AS,NO,,911111111",
    "a,Havgap Sild AS,NO,,922222222",
    "i,,NO,,",
]


def dedupe(folder: Path, rows: list[str], *, at: float = 0.9) -> tuple[DedupeReport, list[dict[str, str]]]:
    path, out = folder / "list.csv", folder / "duplicates.csv"
    path.write_text("\n".join(["id,name,country,domain,registration_number", *rows, ""]), encoding="utf-8")
    report = dedupe_file(path, out, id_column=None, at=at, progress=silent)
    with out.open(encoding="utf-8", newline="") as file:
        return report, list(csv.DictReader(file))


def test_duplicates_are_told_in_clusters_with_probability_and_evidence(tmp_path: Path) -> None:
    report, found = dedupe(tmp_path, ROWS)
    assert [(row["id"], row["cluster_id"]) for row in found] == [
        ("b", "b"),
        ("d", "b"),
        ("e", "b"),
        ("c", "c"),
        ("h", "c"),
    ]
    assert all(0.9 <= float(row["probability"]) <= 1 for row in found)
    assert json.loads(found[4]["evidence"])["number: same"] == shipped_model().weights["number", "same"]
    assert (report.rows, report.nameless, report.duplicates, report.clusters) == (9, 1, 5, 2)
    assert (report.crowded, report.crowded_name) == (0, None)


def test_the_order_of_the_list_decides_nothing(tmp_path: Path) -> None:
    _, wanted = dedupe(tmp_path, ROWS)
    for seed in range(5):
        shuffled = random.Random(seed).sample(ROWS, len(ROWS))
        _, found = dedupe(tmp_path, shuffled)
        assert [(row["id"], row["cluster_id"], row["probability"]) for row in found] == [
            (row["id"], row["cluster_id"], row["probability"]) for row in wanted
        ]


def test_a_higher_threshold_takes_less(tmp_path: Path) -> None:
    _, found = dedupe(tmp_path, ROWS, at=0.98)
    assert [(row["id"], row["cluster_id"]) for row in found] == [("c", "c"), ("h", "c"), ("d", "d"), ("e", "d")]


@pytest.mark.parametrize("rows", [[], ["1,Havgap,NO,,"], ["1,Havgap Sild,NO,,", "2,Fjellbre Bakeri,NO,,"]])
def test_a_list_without_duplicates_gives_an_empty_one(tmp_path: Path, rows: list[str]) -> None:
    report, found = dedupe(tmp_path, rows)
    assert (found, report.duplicates, report.clusters) == ([], 0, 0)


@pytest.mark.parametrize("name", ["AS", "Holding AS"])
def test_a_list_of_nothing_but_one_name_is_bounded_and_told(tmp_path: Path, name: str) -> None:
    report, found = dedupe(tmp_path, [f"{number},{name},NO,," for number in range(20_000)])
    assert found == []
    assert report.pairs <= 10 * 20_000
    assert (report.crowded, report.crowded_name) == (20_000, name)


def test_among_rows_of_one_name_the_same_number_tells(tmp_path: Path) -> None:
    rows = [f"{number:05},Holding AS,NO,,{900_000_000 + number}" for number in range(5_000)]
    _, found = dedupe(tmp_path, [*rows, "x,Holding AS,NO,,900004321"])
    assert [(row["id"], row["cluster_id"]) for row in found] == [("04321", "04321"), ("x", "04321")]


def test_two_registration_numbers_are_never_one_cluster_not_even_through_a_third_row(tmp_path: Path) -> None:
    rows = ["a,Havgap Sild AS,NO,,911111111", "b,Havgap Sild AS,NO,,", "c,Havgap Sild,NO,,922222222"]
    for listed in (rows, rows[::-1]):
        _, found = dedupe(tmp_path, listed)
        assert [(row["id"], row["cluster_id"]) for row in found] == [("a", "a"), ("b", "a")]
    _, found = dedupe(tmp_path, [*rows, "d,Et helt annet navn,NO,,911111111", "e,Havgap Sild,NO,,922222222"])
    assert {(row["id"], row["cluster_id"]) for row in found} == {
        ("a", "a"), ("b", "a"), ("d", "a"), ("c", "c"), ("e", "c"),
    }  # fmt: skip


def test_what_everything_else_speaks_for_is_no_cluster_of_two_numbers(tmp_path: Path) -> None:
    rows = ["a,Havgap Sild AS,NO,havgapsild.no,911111111", "b,Havgap Sild AS,NO,havgapsild.no,922222222"]
    _, found = dedupe(tmp_path, rows)
    assert found == []


def test_probability_and_evidence_are_of_a_pair_in_the_cluster(tmp_path: Path) -> None:
    rows = [
        "a,Havgap Sild AS,NO,,911111111",
        "b,Havgap Sild AS,NO,,",
        "c,Havgap Sild,NO,,922222222",
        "d,Havgap Silld AS,NO,,",
    ]
    _, found = dedupe(tmp_path, rows)
    named = {row["id"]: row for row in found}
    assert "c" not in named
    assert "name: same" in json.loads(named["b"]["evidence"])


def test_what_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=r"csv or \.parquet"):
        dedupe_file(tmp_path / "l.csv", tmp_path / "o.xlsx", id_column=None, at=0.9, progress=silent)
    (tmp_path / "l.csv").write_text("key,name\n1,x\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match=r"has no column 'id'.* --id"):
        dedupe_file(tmp_path / "l.csv", tmp_path / "o.csv", id_column=None, at=0.9, progress=silent)
