import threading
from pathlib import Path

import duckdb
import pytest

from db.errors import QueryRefused, QueryTooLong, WarehouseMissing
from db.sandbox import ask
from db.warehouse import Warehouse


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "companies.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute(
            "CREATE TABLE mart.company AS SELECT range AS n, TIMESTAMPTZ '2026-08-01 12:00:00+02' AS seen_at FROM range(5000)"
        )
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM mart.company",
        "WITH few AS (SELECT 1 AS a) SELECT * FROM few",
        "DESCRIBE mart.company",
        "SHOW ALL TABLES",
        "SUMMARIZE mart.company",
        "-- how many\nSELECT 1;",
        "FROM mart.company LIMIT 1",
    ],
)
def test_a_read_is_answered(published: Path, sql: str) -> None:
    assert ask(published, sql).rows


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("FROM mart.compny", "Did you mean mart.company?"),
        ("FROM company", "Did you mean mart.company?"),
        ("FROM mart.contact", "It is in the people file: write people.mart.contact, and add --people."),
        ("SELECT sen_at FROM mart.company", "Did you mean seen_at?\nAll columns: DESCRIBE mart.company"),
        ("SELECT c.sen_at FROM mart.company AS c", "Did you mean seen_at?"),
        ("SELECT fit_low FROM mart.company", "It is a column of mart.fit."),
        ('SELECT n FROM mart.company WHERE n = "NO"', "A text stands in single quotes, 'NO'"),
    ],
)
def test_what_is_not_there_is_answered_with_what_may_have_been_meant(published: Path, sql: str, hint: str) -> None:
    with duckdb.connect(str(published)) as connection:
        connection.execute("CREATE TABLE mart.fit (fit_low INTEGER)")
    with pytest.raises(QueryRefused) as refused:
        ask(published, sql)
    assert hint in str(refused.value)


def test_more_rows_than_asked_for_are_cut_and_said_to_be(published: Path) -> None:
    answer = ask(published, "SELECT n FROM mart.company ORDER BY n DESC", rows=3)
    assert [row[0] for row in answer.rows] == [4999, 4998, 4997]
    assert answer.columns == ("n",)
    assert answer.is_truncated
    assert not ask(published, "SELECT n FROM mart.company", rows=5000).is_truncated


def test_times_are_aware_also_inside_lists(published: Path) -> None:
    [(plain, listed)] = ask(published, "SELECT seen_at, [seen_at] AS listed FROM mart.company LIMIT 1").rows
    assert str(plain) == "2026-08-01 10:00:00+00:00"
    assert listed == "['2026-08-01 10:00:00+00']"


@pytest.mark.parametrize(
    "sql",
    [
        "COPY mart.company TO 'stolen.csv'",
        "EXPORT DATABASE 'stolen'",
        "ATTACH 'other.duckdb' AS other",
        "DETACH companies",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_parquet('https://example.com/a.parquet')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT getenv('HOME')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET memory_limit",
        "CALL pragma_version()",
        "INSERT INTO mart.company VALUES (1, NULL)",
        "UPDATE mart.company SET n = 1",
        "DELETE FROM mart.company",
        "DROP TABLE mart.company",
        "CREATE TABLE memory.stolen AS SELECT 1",
        "CREATE TEMP TABLE stolen AS SELECT 1",
        "SELECT 1; DROP TABLE mart.company",
        "SELECT 1; SELECT 2",
        "CHECKPOINT",
        "USE memory",
        "PREPARE p AS SELECT 1",
        "",
        "-- nothing",
        "SELECT * FROM mart.compony",
        "SELEC 1",
        "SELECT 'a'::INTEGER",
    ],
)
def test_whatever_is_not_a_read_of_this_file_is_refused(published: Path, sql: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(QueryRefused) as refused:
        ask(published, sql)
    assert str(refused.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("table", ["company", "mart.people", "nosuch.thing"])
def test_a_table_that_is_not_there_is_answered_with_those_that_are(published: Path, table: str) -> None:
    with pytest.raises(QueryRefused, match=r"There are: mart\.company\."):
        ask(published, f"SELECT * FROM {table}")


def test_variables_of_the_program_cannot_be_read(published: Path) -> None:
    secret = [1, 2, 3]
    assert secret
    with pytest.raises(QueryRefused):
        ask(published, "SELECT * FROM secret")


def test_a_cartesian_join_is_stopped_at_the_time_limit(published: Path) -> None:
    with pytest.raises(QueryTooLong, match=r"after 0\.3 s"):
        ask(
            published,
            "SELECT sum(a.n * b.n % 7 + c.n) FROM mart.company a, mart.company b, mart.company c",
            seconds=0.3,
        )


def test_the_second_file_is_there_only_when_it_is_given(published: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.duckdb"
    with duckdb.connect(str(people)) as connection:
        connection.execute("CREATE SCHEMA mart; CREATE TABLE mart.contact AS SELECT 'Kari' AS first_name")
    assert ask(published, "SELECT first_name FROM people.mart.contact", attached=people).rows == (("Kari",),)
    with pytest.raises(QueryRefused):
        ask(published, "SELECT first_name FROM people.mart.contact")
    with pytest.raises(QueryRefused):
        ask(published, f"ATTACH '{people}' AS more", attached=people)


def test_several_readers_of_one_process_do_not_disturb_each_other(published: Path) -> None:
    counted: list[object] = []

    def count() -> None:
        counted.append(ask(published, "SELECT count(*) FROM mart.company").rows[0][0])

    with Warehouse.open_to_read(published):
        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counted == [5000] * 4


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissing, match="prospekt publish"):
        ask(tmp_path / "companies.duckdb", "SELECT 1")
