"""Lists that break matchers: a word that everybody has, one name only, no name, a letter, pages of text, every script."""

import os
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enrich.match.candidates import CUTS
from enrich.match.link import LinkReport, link_files
from enrich.progress import silent


def link(folder: Path, left: list[str | None], right: list[str | None], *, top: int) -> tuple[LinkReport, pa.Table]:
    for path, names in ((folder / "left.parquet", left), (folder / "right.parquet", right)):
        rows = {"id": list(range(len(names))), "name": pa.array(names, pa.string()), "country": ["NO"] * len(names)}
        pq.write_table(pa.table(rows), path)
    out = folder / "links.parquet"
    report = link_files(folder / "left.parquet", folder / "right.parquet", out, top=top, progress=silent)
    return report, pq.read_table(out)


def test_words_that_a_million_rows_have_bring_nobody_together(tmp_path: Path) -> None:
    right: list[str | None] = [f"Fjell{number} Holding AS" for number in range(1_000_000)]
    left: list[str | None] = ["Holding AS", "AS", "Fjell4711 Holding", "Holding Fjell99 AS", "Skog Holding AS"]
    report, links = link(tmp_path, left, right, top=1_000)
    assert report.right_rows == 1_000_000
    best = {row["left_id"]: row["right_id"] for row in links.to_pylist() if row["rank"] == 1}
    # the word tells nobody from anybody; what looks like the name may be listed, but never the million
    assert (best["2"], best["3"]) == ("4711", "99")
    assert max(Counter(links["left_id"].to_pylist()).values()) <= CUTS["most"]


def test_of_nothing_but_one_name_nobody_is_surely_meant(tmp_path: Path) -> None:
    report, links = link(tmp_path, ["Fjellbre AS"] * 200, ["Fjellbre AS"] * 100_000, top=100)
    assert report.linked == 200
    counted = Counter(links["left_id"].to_pylist())
    assert set(counted.values()) == {CUTS["most"]}
    assert max(links["probability"].to_pylist()) < 0.05


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Å", id="one letter"),
        pytest.param("Fjellbre Data " * 715 + "AS", id="10 kB of words"),
        pytest.param("fjellbre" * 1_250, id="10 kB of letters"),
        pytest.param("トヨタ自動車株式会社", id="Japanese"),
        pytest.param("ООО Газпром экспорт", id="Cyrillic"),
        pytest.param("شركة الاتصالات السعودية", id="Arabic"),
        pytest.param("삼성전자 주식회사", id="Korean"),
        pytest.param("Ελληνικά Πετρέλαια ΑΕ", id="Greek"),
    ],
)
def test_an_odd_name_finds_its_equal(tmp_path: Path, name: str) -> None:
    _, links = link(tmp_path, [name], ["Havgap AS", name, "Skogtroll AS", None], top=1)
    assert links["right_id"].to_pylist() == ["1"]


@pytest.mark.parametrize("name", [None, "", " ", "\u200b", "---", "!?", "🙂"])
def test_what_is_no_name_is_counted_and_finds_nobody(tmp_path: Path, name: str | None) -> None:
    report, links = link(tmp_path, [name, "Havgap AS"], ["Havgap AS", name], top=5)
    assert (report.left_rows, report.nameless, report.linked) == (2, 2, 1)
    assert links["left_id"].to_pylist() == ["1"]


@pytest.mark.skipif("PROSPEKT_LONG_TESTS" not in os.environ, reason="takes two minutes: set PROSPEKT_LONG_TESTS")
def test_ten_million_rows_are_linked_within_four_gigabytes(tmp_path: Path) -> None:
    words = (
        "['fjell', 'havgap', 'skogtroll', 'bre', 'bakeri', 'data', 'nord', 'vest', 'holding', 'bygg', 'kraft', 'sild']"
    )
    names = (
        f"array_to_string([{words}[(1 + hash(i, j) % 12)::INT] for j in range(3)], ' ') || ' ' || i % 700_000 || ' AS'"
    )
    for path, rows in ((tmp_path / "left.parquet", 10_000), (tmp_path / "right.parquet", 10_000_000)):
        duckdb.sql(f"COPY (SELECT i AS id, {names} AS name, 'NO' AS country FROM range({rows}) AS r (i)) TO '{path}'")
    prospekt = str(Path(sys.executable).with_name("prospekt"))
    lists = [str(tmp_path / f"{side}.parquet") for side in ("left", "right", "links")]
    subprocess.run([prospekt, "--quiet", "link", lists[0], lists[1], "--out", lists[2]], check=True)
    assert pq.read_metadata(lists[2]).num_rows == 10_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 4_000_000
