import csv
import os
import random
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.errors import InputInvalid
from enrich.match import link as module
from enrich.match.candidates import LIMITS
from enrich.match.link import LinkReport, link_files
from enrich.match.list_rows import load_list
from enrich.progress import silent

COLUMNS = ["id", "name", "country", "domain", "street", "postal_code", "registration_number"]


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    """Six hundred companies, and three hundred of them with a slip, another form, without country or by number only."""
    draw = random.Random(7)
    words = [
        "fjell",
        "havgap",
        "skogtroll",
        "bre",
        "bakeri",
        "data",
        "nord",
        "vest",
        "holding",
        "bygg",
        "kraft",
        "sild",
    ]
    forms = ["AS", "AB", "Oy", "ApS"]
    right = [
        {
            "id": f"r{number:03}",
            "name": " ".join([*draw.sample(words, draw.randint(1, 3)), draw.choice(forms)]).upper()
            if number % 50
            else "",
            "country": draw.choice(["NO", "SE", "FI", ""]),
            "domain": f"firma{number}.no" if number % 3 == 0 else "",
            "street": f"Storgata {number % 90}" if number % 5 == 0 else "",
            "postal_code": "5003",
            "registration_number": str(910000000 + number) if number % 4 == 0 else "",
        }
        for number in range(600)
    ]
    left = []
    for row in draw.sample(right, 300):
        name = row["name"].rpartition(" ")[0].title()
        place = draw.randrange(len(name)) if name and draw.random() < 0.3 else len(name)
        changes = {"id": "l" + row["id"], "name": name[:place] + name[place + 1 :]}
        changes |= {"name": "Brødsmula"} if row["street"] and draw.random() < 0.3 else {}
        left.append(row | changes | draw.choice([{}, {"country": ""}, {"domain": ""}, {"registration_number": ""}]))
    for path, rows in ((tmp_path / "left.csv", left), (tmp_path / "right.csv", right)):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    return tmp_path / "left.csv", tmp_path / "right.csv"


def link(lists: tuple[Path, Path], index: Path | None) -> tuple[LinkReport, str]:
    out = lists[0].with_name("links.csv")
    report = link_files(*lists, out, left_id=None, right_id=None, top=5, progress=silent, index=index)
    return report, out.read_text(encoding="utf-8")


def test_a_kept_index_gives_the_links_that_none_gives(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    (bare, wanted), (made, first), (reused, second) = (
        link(lists, index) for index in (None, tmp_path / "kept", tmp_path / "kept")
    )
    assert wanted.count("\n") > 500
    assert first == second == wanted
    assert (bare.index, made.index, reused.index) == (None, "made", "reused")
    assert (made.right_rows, made.nameless, made.linked) == (bare.right_rows, bare.nameless, bare.linked)


def test_a_changed_list_renews_its_index_and_no_other(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    left, right = lists
    folder = tmp_path / "kept"
    link(lists, folder)
    assert link((right, left), folder)[0].index == "made"
    with right.open("a", encoding="utf-8") as file:
        file.write("new,BRANDNEW SILDESALTERI AS,NO,,,,\n")
    left.write_text("id,name,country\n1,Brandnew Sildesalteri,NO\n", encoding="utf-8")
    report, links = link(lists, folder)
    assert (report.index, '"1","new"' in links) == ("renewed", True)
    os.utime(right, ns=(1, 1))
    assert link(lists, folder)[0].index == "renewed"
    assert len(list(folder.iterdir())) == 2


def test_another_program_or_other_keys_renew_the_index(
    tmp_path: Path, lists: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kept"
    link(lists, folder)
    monkeypatch.setattr("enrich.match.kept.sign_program", lambda: "another program")
    assert link(lists, folder)[0].index == "renewed"
    monkeypatch.setattr("enrich.match.kept.LIMITS", LIMITS | {"most_of_an_edge": 99})
    assert link(lists, folder)[0].index == "renewed"
    assert link(lists, folder)[0].index == "reused"


def test_two_that_make_the_same_index_leave_one(
    tmp_path: Path, lists: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kept"

    def load_after_a_rival(scratch: Warehouse, *arguments: Any, **options: Any) -> None:
        monkeypatch.setattr(module, "load_list", load_list)
        link(lists, folder)
        load_list(scratch, *arguments, **options)

    monkeypatch.setattr(module, "load_list", load_after_a_rival)
    report, links = link(lists, folder)
    assert (report.index, links) == ("made", link(lists, None)[1])
    assert len(list(folder.iterdir())) == 1


def test_a_list_that_cannot_be_read_leaves_no_index(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    lists[1].write_text("id,kolonne\n1,x\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match="has no column 'name'"):
        link(lists, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    with pytest.raises(InputInvalid, match="There is no file"):
        link((lists[0], tmp_path / "none.csv"), tmp_path / "kept")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    (tmp_path / "kept").write_text("", encoding="utf-8")
    with pytest.raises(InputInvalid, match="--index needs a folder"):
        link(lists, tmp_path / "kept")
