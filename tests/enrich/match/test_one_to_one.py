import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import InputInvalid
from enrich.match.link import link_files
from enrich.match.one_to_one import give_each_once
from enrich.progress import silent

RIGHT = "id,name,country\nr1,FJELLBRE BAKERI AS,NO\nr2,FJELLBRE BAKERI DRIFT AS,NO\nr3,HAVGAP AS,NO\n"


def link(folder: Path, left: str, *, one_to_one: bool, right: str = RIGHT) -> list[dict[str, str]]:
    for name, text in (("left.csv", left), ("right.csv", right)):
        (folder / name).write_text(text, encoding="utf-8")
    out = folder / "links.csv"
    report = link_files(folder / "left.csv", folder / "right.csv", out, progress=silent, one_to_one=one_to_one)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (report.linked, report.links) == (len(rows), len(rows))
    return rows


def test_the_surer_row_has_it_and_the_other_its_next_best(tmp_path: Path) -> None:
    left = "id,name,country\na,Fjellbre Bakeri,NO\nb,Fjellbre Bakeri AS,NO\nc,Havgap,NO\n"
    many = {row["left_id"]: row["right_id"] for row in link(tmp_path, left, one_to_one=False)}
    rows = link(tmp_path, left, one_to_one=True)
    assert many["a"] == many["b"] == "r1"
    assert [(row["left_id"], row["right_id"], row["rank"]) for row in rows] == [
        ("a", "r2", "2"),
        ("b", "r1", "1"),
        ("c", "r3", "1"),
    ]


def test_of_two_equal_rows_the_one_of_the_smaller_id_has_it_wherever_it_stands(tmp_path: Path) -> None:
    for left in ("x,Havgap,NO\ny,Havgap,NO\n", "y,Havgap,NO\nx,Havgap,NO\n"):
        [row] = link(tmp_path, f"id,name,country\n{left}", one_to_one=True)
        assert (row["left_id"], row["right_id"]) == ("x", "r3")


def test_nobody_to_give_writes_an_empty_list(tmp_path: Path) -> None:
    assert link(tmp_path, "id,name\n1,Noe annet\n", one_to_one=True) == []


def test_several_candidates_and_one_each_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="--one-to-one gives a row one other"):
        link_files(*(tmp_path / name for name in ("l.csv", "r.csv", "o.csv")), top=2, progress=silent, one_to_one=True)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_each_is_given_once_and_nothing_free_is_left(pairs: list[tuple[int, int]]) -> None:
    kept = [pairs[place] for place in give_each_once([left for left, _ in pairs], [right for _, right in pairs])]
    lefts, rights = {left for left, _ in kept}, {right for _, right in kept}
    assert len(lefts) == len(rights) == len(kept)
    assert all(left in lefts or right in rights for left, right in pairs)
