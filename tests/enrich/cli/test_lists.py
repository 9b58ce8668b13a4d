"""`link` and `dedupe` as people call them: two files, no warehouse, no configuration."""

import json
from pathlib import Path

from tests.enrich.cli.conftest import Run


def test_dedupe_says_what_it_found_and_what_nothing_tells_apart(run: Run, folder: Path) -> None:
    crowd = "".join(f"h{number},Holding AS,NO\n" for number in range(70))
    (folder / "list.csv").write_text(
        f"id,name,country\n2,Fjellbre Bakeri AS,NO\n1,FJELLBRE BAKERI AS,NO\n{crowd}", encoding="utf-8"
    )
    told = run("dedupe", "list.csv", "--out", "found.csv")
    assert told.exit_code == 0
    assert "2 are in 1 cluster of duplicates, in found.csv" in told.stdout
    assert (
        "70 rows bear a name that many bear, most often 'Holding AS': nothing in the name tells them apart"
        in told.stderr
    )
    data = json.loads(run("dedupe", "list.csv", "--out", "found.csv", "--yes", "--json").stdout)["data"]
    assert (data["report"]["duplicates"], data["report"]["crowded"]) == (2, 70)


def test_link_says_what_became_of_the_index_and_how_many_have_one_of_their_own(run: Run, folder: Path) -> None:
    (folder / "left.csv").write_text("id,name\n1,Havgap\n2,Havgap AS\n", encoding="utf-8")
    (folder / "right.csv").write_text("id,name\n9,HAVGAP AS\n", encoding="utf-8")
    asked = ("link", "left.csv", "right.csv", "--out", "links.csv", "--index", "kept", "--one-to-one")
    first, second = run(*asked), run(*asked, "--yes")
    assert "1 have one of their own; 1 link in links.csv" in first.stdout
    assert "The index of right.csv in kept was made." in first.stderr
    assert "The index of right.csv in kept was reused." in second.stderr


def test_spark_refuses_what_only_duckdb_does(run: Run, folder: Path) -> None:
    told = run("link", "l.csv", "r.csv", "--out", "o.csv", "--engine", "spark", "--one-to-one")
    assert told.exit_code == 5
    assert "leave out --engine spark" in told.stderr


def test_a_file_that_is_there_is_replaced_only_where_somebody_says_so(run: Run, folder: Path) -> None:
    (folder / "left.csv").write_text("id,name\n1,Havgap\n", encoding="utf-8")
    (folder / "old.csv").write_text("a week's work", encoding="utf-8")
    for asked in (("link", "left.csv", "left.csv"), ("dedupe", "left.csv")):
        told = run(*asked, "--out", "old.csv")
        assert told.exit_code == 2
        assert "old.csv would be replaced: --out names another file, --yes replaces." in told.stderr
        assert (folder / "old.csv").read_text(encoding="utf-8") == "a week's work"
        # what would be lost is the list itself, and no yes makes that well
        assert run(*asked, "--out", "left.csv", "--yes").exit_code == 5
    assert run("link", "left.csv", "left.csv", "--out", "old.csv", "--yes").exit_code == 0
    assert '"1","1"' in (folder / "old.csv").read_text(encoding="utf-8")
