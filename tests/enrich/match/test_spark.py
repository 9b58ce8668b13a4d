"""The second engine: what Spark finds is what DuckDB finds, to the last digit that is written."""

import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from enrich.errors import InputInvalid
from enrich.match.link import LinkReport, link_files
from enrich.match.spark import link_on_spark, open_spark
from enrich.match.spark_lists import load_list
from enrich.match.spark_sql import spark_statements
from enrich.progress import silent

STEMS = ("Fjell", "Skog", "Hav", "Bjørk", "Nord", "Müller", "Stål", "Ås", "Vik", "Øst", "Kvern", "Granitt")
TRADES = ("bakeri", "bygg", "data", "holding", "konsult", "transport", "invest", "fiske", "group", "eiendom")
FORMS = {"NO": "AS", "SE": "AB", "DK": "A/S", "FI": "Oy", "DE": "GmbH"}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Two executors in processes of their own, one core and 1 GB each."""
    pytest.importorskip("pyspark", reason="no pyspark: pip install '.[spark]' to test the second engine")
    pytest.importorskip("sqlglot", reason="no sqlglot: pip install '.[spark]' to test the second engine")
    if shutil.which("java") is None:
        pytest.skip("no Java: the second engine is not tested")
    with open_spark("local-cluster[2,1,1024]") as session:
        yield session


_OTHERWISE = {
    "Brumosk Tyres": "BRUMOSK DEKK AS",
    "Brumosk Seafood": "Brumoskfiskeri ASA",
    "QXZ Group": "Quist Xanto Zebra AS",
    "Wanto Yrke Qvist": "WYQ AS",
}


def draw_lists(rows: int) -> tuple[pa.Table, pa.Table]:
    """A list of companies and one that means them, more or less: whatever a key or an order could hang on."""
    rng = random.Random(11)
    right = [
        {
            "id": f"r{number}",
            "name": f"{rng.choice(STEMS)}{rng.choice(STEMS).lower()} {rng.choice(TRADES)} {FORMS[country]}",
            "country": country,
            "domain": rng.choice([None, f"firma{number % 90}.no", "gmail.com"]),
            "street": rng.choice([None, f"Storgata {number % 80}", f"Kaien {number % 7}, 2. etg"]),
            "city": rng.choice([None, "Oslo", "Umeå"]),
            "postal_code": rng.choice([None, "0150", "90325"]),
            "registration_number": rng.choice([None, str(900_000_000 + number)]),
        }
        for number, country in zip(range(rows), rng.choices(list(FORMS), k=rows), strict=True)
    ]
    left = [
        {
            **row,
            "id": number,
            "name": _slip(rng, row["name"] or ""),
            "country": rng.choice([row["country"], None, "Norway"]),
            "domain": rng.choice([row["domain"], None]),
            "registration_number": rng.choice([row["registration_number"], None, "900000001"]),
        }
        for number, row in enumerate(rng.sample(right, rows // 4))
    ]
    # more of one name than a query gets candidates, in reverse, so that only the order of the rows decides who is kept
    right += [{"id": f"t{number}", "name": "Tvilling AS", "country": "NO"} for number in range(90, 0, -1)]
    odd = [
        None,
        "",
        "X",
        "Я",
        "Ромашка",
        "株式会社日立",
        "a " * 5_000,
        "AS",
        "Tvilling",
        "¤ # %",
        "two  spaces",
        "I.K.E.A.",
    ]
    left += [{"id": 10_000 + number, "name": name, "country": "NO"} for number, name in enumerate(odd)]
    right += [{"id": f"o{number}", "name": name, "country": None} for number, name in enumerate(odd)]
    # found by a translated word, by initials, and by the initials of the other
    left += [{"id": 20_000 + number, "name": name, "country": "NO"} for number, name in enumerate(_OTHERWISE)]
    right += [{"id": f"n{number}", "name": name, "country": "NO"} for number, name in enumerate(_OTHERWISE.values())]
    right += [{"id": "r1", "name": "Fjellskog data AS", "country": "NO", "registration_number": "900000001"}]
    columns = ("name", "country", "domain", "street", "city", "postal_code", "registration_number")
    schema = pa.schema([(name, pa.string()) for name in columns])
    return (
        pa.Table.from_pylist(left, schema=schema.insert(0, pa.field("id", pa.int64()))),
        pa.Table.from_pylist(right, schema=schema.insert(0, pa.field("id", pa.string()))),
    )


def _slip(rng: random.Random, name: str) -> str:
    place = rng.randrange(1, len(name))
    return rng.choice([name, name.upper(), name.rsplit(" ", 1)[0], name[:place] + name[place + 1 :]])


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("lists")
    paths = folder / "left[1] {a}.parquet", folder / "right, b.parquet"  # Spark takes brackets for patterns
    for table, path in zip(draw_lists(600), paths, strict=True):
        pa.parquet.write_table(table, path, row_group_size=100)
    return paths


@pytest.fixture(scope="module")
def expected(lists: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, LinkReport]:
    out = tmp_path_factory.mktemp("duckdb") / "links.parquet"
    report = link_files(*lists, out, left_id=None, right_id=None, top=70, progress=silent)
    return pa.parquet.read_table(out), report


def test_spark_finds_what_duckdb_finds(
    spark: Any, lists: tuple[Path, Path], expected: tuple[pa.Table, LinkReport], tmp_path: Path
) -> None:
    """Pairs, ranks and evidence equal, probabilities to 1e-9, with all of the sixty candidates that a query gets."""
    links, report = expected
    told: list[tuple[str, int, int | None]] = []
    out = tmp_path / "links.parquet"
    found = link_on_spark(
        spark, *lists, out, left_id=None, right_id=None, top=70, progress=lambda *step: told.append(step)
    )
    assert found == replace(report, unread=None, strangers=None, alike=None)  # nobody counts these on executors
    mine, theirs = links.to_pylist(), pa.parquet.read_table(out).to_pylist()
    assert len(mine) > 1_500
    pairs = [
        [(row["left_id"], row["rank"], row["right_id"], row["evidence"]) for row in each] for each in (mine, theirs)
    ]
    assert pairs[0] == pairs[1]
    assert [row["probability"] for row in theirs] == pytest.approx(
        [row["probability"] for row in mine], abs=1e-9, rel=0
    )
    assert max(row["rank"] for row in theirs if row["left_id"] == "10008") == 60  # the cut went through the twins
    assert {label for label, _, _ in told} == {"read", "index", "match", "write"}
    assert [path.name for path in tmp_path.iterdir()] == ["links.parquet"]


def test_csv_in_and_out_and_a_folder_of_parts_are_the_same_to_it(
    spark: Any, lists: tuple[Path, Path], tmp_path: Path
) -> None:
    left, right = tmp_path / "left.csv", tmp_path / "right.parquet"
    pa.csv.write_csv(pa.parquet.read_table(lists[0]), left)
    whole = pa.parquet.read_table(lists[1])
    right.mkdir()
    for number, start in enumerate(range(0, whole.num_rows, 250)):
        pa.parquet.write_table(whole.slice(start, 250), right / f"part-{number}.parquet")
    ours, theirs = tmp_path / "duckdb.csv", tmp_path / "spark.csv"
    link_files(left, lists[1], ours, left_id=None, right_id=None, top=3, progress=silent)
    link_on_spark(spark, left, right, theirs, left_id=None, right_id=None, top=3, progress=silent)
    assert theirs.read_text(encoding="utf-8") == ours.read_text(encoding="utf-8")
    again = tmp_path / "again.parquet"
    for _ in range(2):  # the second time over the first
        link_on_spark(spark, left, right, again, left_id=None, right_id=None, top=1, progress=silent)
    assert (again / "_SUCCESS").exists()


def test_rows_are_numbered_by_their_place(spark: Any, lists: tuple[Path, Path], tmp_path: Path) -> None:
    """However many tasks read a list, and in whatever order."""
    rows, count = load_list(spark, lists[1], tmp_path, id_column=None, option="--right-id", progress=silent)
    numbered = {row["place"]: row["id"] for row in rows.repartition(7).collect()}
    whole = pa.parquet.read_table(lists[1])["id"].to_pylist()
    assert (count, [numbered[place] for place in range(count)]) == (len(whole), whole)


@pytest.mark.parametrize(
    ("rows", "out", "told"),
    [
        pytest.param({"id": ["1", None], "name": ["A", "B"]}, "o.csv", "1 rows have no value in their id", id="no id"),
        pytest.param({"key": ["1"], "name": ["A"]}, "o.csv", "has no column 'id'", id="no id column"),
        pytest.param({"id": ["1"], "name": ["A"]}, "taken.parquet", "a folder that Spark has not written", id="taken"),
        pytest.param({"id": ["1"], "name": ["A"]}, "o.xlsx", "ending", id="ending"),
        pytest.param({"id": ["1"], "name": ["A"]}, "no/o.csv", "There is no folder", id="no folder"),
    ],
)
def test_what_cannot_be_linked_is_told_and_nothing_is_written(
    spark: Any, lists: tuple[Path, Path], tmp_path: Path, rows: dict[str, list[str]], out: str, told: str
) -> None:
    left = tmp_path / "left.parquet"
    pa.parquet.write_table(pa.table(rows), left)
    (tmp_path / "taken.parquet").mkdir()
    with pytest.raises(InputInvalid, match=told):
        link_on_spark(spark, left, lists[1], tmp_path / out, left_id=None, right_id=None, top=1, progress=silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["left.parquet", "taken.parquet"]


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with (
        pytest.raises(InputInvalid, match=r"pyspark.* not installed: pip install 'prospekt\[spark\]'"),
        open_spark("x"),
    ):
        pass


def test_without_java_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="no pyspark: what is said without Java is not tested")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InputInvalid, match="needs Java 17 or newer"), open_spark("local[1]"):
        pass


def test_only_what_both_engines_understand_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlglot", reason="no sqlglot: pip install '.[spark]' to test the translation")
    made = [statement.makes for statement in spark_statements("match/index")]
    assert made[:3] == ["match_worded", "match_word", "match_posting"]
    assert all("QUALIFY" not in each.select for each in spark_statements("match/candidates"))
    with pytest.raises(ValueError, match="only CREATE"):
        spark_statements("match/clear")
