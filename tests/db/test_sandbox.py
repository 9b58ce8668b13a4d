import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from db.errors import QueryRefused, QueryTooBig, QueryTooLong, WarehouseError, WarehouseMissing
from db.sandbox import Sandbox, ask
from db.warehouse import Warehouse

SECRET = "never to be read: 9b1c"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published file, and beside it files that nobody may read through it."""
    folder = tmp_path_factory.mktemp("published")
    with duckdb.connect(str(folder / "companies.duckdb")) as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute(
            "CREATE TABLE mart.company AS SELECT range AS n, TIMESTAMPTZ '2026-08-01 12:00:00+02' AS seen_at FROM range(5000)"
        )
        connection.execute("CREATE TABLE mart.fit (fit_low INTEGER)")
    with duckdb.connect(str(folder / "people.duckdb")) as connection:
        connection.execute(f"CREATE SCHEMA mart; CREATE TABLE mart.contact AS SELECT '{SECRET}' AS first_name")
        connection.execute(f"COPY mart.contact TO '{folder}/secret.parquet'")
    for ending in ("csv", "json", "txt"):
        (folder / f"secret.{ending}").write_text(f'{{"a": "{SECRET}"}}\n')
    return folder


@pytest.fixture(scope="module")
def published(folder: Path) -> Path:
    return folder / "companies.duckdb"


@pytest.fixture(scope="module")
def sandbox(published: Path) -> Iterator[Sandbox]:
    with Sandbox(published, memory_mb=250) as opened:
        yield opened


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM mart.company",
        "WITH few AS (SELECT 1 AS a) SELECT * FROM few",
        "VALUES (1, 'a')",
        "TABLE mart.company",
        "DESCRIBE mart.company",
        "SHOW ALL TABLES",
        "SUMMARIZE mart.company",
        "-- how many\nSELECT 1;",
        "FROM mart.company LIMIT 1",
        "FROM (PIVOT mart.company ON (n % 2) IN (0, 1) USING count(*))",
    ],
)
def test_a_read_is_answered(sandbox: Sandbox, sql: str) -> None:
    assert sandbox.ask(sql).rows


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
def test_what_is_not_there_is_answered_with_what_may_have_been_meant(sandbox: Sandbox, sql: str, hint: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        sandbox.ask(sql)
    assert hint in str(refused.value)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nme FROM people.mart.contact WHERE kind = 'company' -- FROM mart.company",
        "SELECT nme /* mart.company */ FROM people.\"mart\".\"CONTACT\" WHERE first_name <> 'it''s mart.company'",
        "SELECT nme FROM people.mart.contact JOIN mart.company ON true",
    ],
)
def test_the_table_that_is_told_to_look_into_is_one_that_the_statement_reads(published: Path, sql: str) -> None:
    with (
        Sandbox(published, attached=published.with_name("people.duckdb")) as sandbox,
        pytest.raises(QueryRefused) as no,
    ):
        sandbox.ask(sql)
    assert str(no.value).endswith("\nAll columns: DESCRIBE people.mart.contact")


def test_more_rows_than_asked_for_are_cut_and_said_to_be(sandbox: Sandbox) -> None:
    answer = sandbox.ask("SELECT n FROM mart.company ORDER BY n DESC", rows=3)
    assert [row[0] for row in answer.rows] == [4999, 4998, 4997]
    assert answer.columns == ("n",)
    assert answer.is_truncated
    for rows in (5000, None):
        whole = sandbox.ask("SELECT n FROM mart.company", rows=rows)
        assert len(whole.rows) == 5000
        assert not whole.is_truncated


def test_values_of_every_type_come_as_python_has_them(sandbox: Sandbox) -> None:
    query = """SELECT seen_at, [seen_at] AS listed, sum(n) OVER () AS total, 1.50::DECIMAL(4, 2) AS amount, TIME '12:30' AS at,
        INTERVAL 1 DAY AS span, '\\xAA'::BLOB AS bytes, DATE 'infinity' AS never, NULL AS nothing, '101'::BIT AS bits,
        MAP {'a': 1} AS pairs, uuid() AS id, 'nan'::DOUBLE AS no_number FROM mart.company LIMIT 1"""
    answer = sandbox.ask(query)
    found = dict(zip(answer.columns, answer.rows[0], strict=True))
    assert str(found["seen_at"]) == str(found["listed"][0]) == "2026-08-01 10:00:00+00:00"  # type: ignore[index]
    assert found["total"] == sum(range(5000))
    assert [str(found[name]) for name in ("amount", "at", "span", "bytes", "bits")] == [
        "1.50",
        "12:30:00",
        "1 day",
        "\\xAA",
        "101",
    ]
    assert found["nothing"] is None
    assert found["never"]


def test_two_columns_of_one_name_are_both_there(sandbox: Sandbox) -> None:
    answer = sandbox.ask("SELECT 1 AS a, 2 AS a, 3 AS A")
    assert (answer.columns, answer.rows) == (("a", "a_1", "A_2"), ((1, 2, 3),))


WRITES = """
    COPY mart.company TO 'stolen.csv' ~ COPY (SELECT 1) TO '/tmp/stolen.parquet' (FORMAT parquet) ~ COPY mart.company FROM 'secret.csv'
    COPY FROM DATABASE companies TO memory ~ EXPORT DATABASE 'stolen' ~ IMPORT DATABASE 'stolen'
    INSERT INTO mart.company VALUES (1, NULL) ~ INSERT OR REPLACE INTO mart.company VALUES (1, NULL)
    UPDATE mart.company SET n = 1 ~ DELETE FROM mart.company ~ TRUNCATE mart.company
    MERGE INTO mart.company USING (SELECT 1 AS n) AS s ON company.n = s.n WHEN MATCHED THEN DELETE
    WITH gone AS (DELETE FROM mart.company RETURNING *) SELECT * FROM gone ~ DROP TABLE mart.company ~ DROP SCHEMA mart CASCADE
    ALTER TABLE mart.company ADD COLUMN a INTEGER ~ ALTER TABLE mart.company RENAME TO people
    CREATE TABLE memory.stolen AS SELECT 1 ~ CREATE TEMP TABLE stolen AS SELECT 1 ~ CREATE VIEW mart.a AS SELECT 1
    CREATE TEMP VIEW a AS SELECT 1 ~ CREATE MACRO a() AS 1 ~ CREATE TEMP MACRO a() AS TABLE SELECT 1 ~ CREATE SCHEMA a
    CREATE SEQUENCE a ~ CREATE TYPE a AS ENUM ('b') ~ CREATE INDEX a ON mart.company (n)
    CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b') ~ DROP SECRET a ~ COMMENT ON TABLE mart.company IS 'mine'
    VACUUM ~ ANALYZE ~ CHECKPOINT ~ FORCE CHECKPOINT ~ FROM force_checkpoint()
"""
REACHES = """
    ATTACH 'other.duckdb' AS other ~ ATTACH ':memory:' AS other ~ ATTACH 'people.duckdb' (READ_ONLY) ~ DETACH companies ~ USE memory
    ATTACH 'https://example.com/a.duckdb' AS other ~ ATTACH OR REPLACE 'people.duckdb' AS companies
    SELECT * FROM read_csv('/etc/passwd') ~ SELECT * FROM read_csv_auto('secret.csv') ~ SELECT * FROM read_text('/etc/passwd')
    SELECT * FROM read_blob('secret.txt') ~ SELECT * FROM read_json('secret.json') ~ SELECT * FROM read_json_objects('secret.json')
    SELECT * FROM read_ndjson('secret.json') ~ SELECT * FROM read_parquet('secret.parquet') ~ SELECT * FROM parquet_scan('secret.parquet')
    SELECT * FROM parquet_metadata('secret.parquet') ~ SELECT * FROM parquet_schema('secret.parquet')
    SELECT * FROM parquet_kv_metadata('secret.parquet') ~ SELECT * FROM parquet_file_metadata('secret.parquet')
    SELECT * FROM read_duckdb('people.duckdb', table_name = 'contact') ~ SELECT * FROM 'people.duckdb' ~ SELECT * FROM '/etc/passwd'
    SELECT * FROM 'secret.csv' ~ SELECT * FROM "secret.parquet" ~ SELECT * FROM 'secret*.csv' ~ SELECT * FROM sniff_csv('secret.csv')
    SELECT * FROM glob('/etc/*') ~ SELECT * FROM glob('../**') ~ SELECT (SELECT max(content) FROM read_text('/etc/passwd'))
    SELECT * FROM read_parquet('https://example.com/a.parquet') ~ SELECT * FROM 'https://example.com/a.csv'
    SELECT * FROM read_csv('s3://bucket/a.csv') ~ SELECT * FROM read_text('file:///etc/passwd') ~ SELECT * FROM read_csv('/dev/stdin')
    SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')') ~ SELECT * FROM query_table('secret.csv')
    SELECT * FROM read_text('/proc/self/environ') ~ SELECT * FROM people.mart.contact ~ SELECT getenv('HOME')
    FROM mart.company WHERE n IN (SELECT column0 FROM read_csv('/etc/passwd')) ~ FROM duckdb_secrets() ~ FROM which_secret('s3://a', 's3')
    FROM sqlite_scan('a.db', 'a') ~ FROM postgres_scan('host=localhost', 'a', 'b') ~ FROM iceberg_scan('a') ~ FROM delta_scan('a')
    FROM start_ui() ~ CALL start_ui()
    FROM arrow_scan(1, 2, 3) ~ FROM pandas_scan(1) ~ FROM python_map_function(1)
"""
SETTINGS = """
    INSTALL httpfs ~ LOAD httpfs ~ FORCE INSTALL httpfs ~ INSTALL 'evil.duckdb_extension' ~ LOAD './evil.duckdb_extension'
    UPDATE EXTENSIONS ~ PRAGMA database_list ~ PRAGMA enable_external_access = true ~ PRAGMA table_info('mart.company')
    SET enable_external_access = true ~ SET GLOBAL enable_external_access = true ~ SET lock_configuration = false
    RESET memory_limit ~ SET memory_limit = '100GB' ~ SET temp_directory = '/tmp' ~ SET allowed_paths = ['/etc/passwd']
    SET allow_unsigned_extensions = true ~ SET search_path = 'people' ~ SET VARIABLE a = 1 ~ SET threads = 1000
    CALL pragma_version() ~ CALL enable_logging() ~ FROM enable_logging(storage = 'file') ~ FROM enable_profiling()
"""
STACKED = """
    SELECT 1; DROP TABLE mart.company ~ SELECT 1; SELECT 2 ~ ; DROP TABLE mart.company; -- ~ SELECT 1;; COPY mart.company TO 'stolen.csv'
    FROM query('SELECT 1; DROP TABLE mart.company') ~ FROM query('COPY mart.company TO ''stolen.csv''')
    BEGIN ~ BEGIN; SELECT 1 ~ COMMIT ~ ROLLBACK ~ PREPARE p AS SELECT 1 ~ EXECUTE p ~ DEALLOCATE p
    EXPLAIN SELECT 1 ~ EXPLAIN ANALYZE SELECT 1 ~ SELECT $1 ~ SELECT ? ~ .shell ls ~ .open people.duckdb
"""
NO_SQL = """
    -- nothing ~ /* nothing */ ~ ; ~ SELECT * FROM mart.compony ~ SELEC 1 ~ SELECT 'a'::INTEGER ~ SELECT * FROM secret
    SELECT error('mine') ~ SELECT 'unfinished ~ SELECT "n FROM mart.company ~ SELECT (1 ~ SELECT 1 FROM
    SELECT no_such_function(1) ~ SELECT n FROM mart.company GROUP BY ()
"""
HOSTILE = [
    sql.strip()
    for group in (WRITES, REACHES, SETTINGS, STACKED, NO_SQL)
    for line in group.strip().splitlines()
    for sql in line.split(" ~ ")
]
DEEP = {
    "nested_brackets": "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
    "nested_lists": "SELECT " + "[" * 20_000 + "]" * 20_000,
    "nested_negations": "SELECT " + "NOT " * 50_000 + "true",
    "nested_signs": "SELECT" + " -" * 50_000 + "1",
    "a_long_sum": "SELECT " + "+".join(["1"] * 50_000),
    "nested_subqueries": "SELECT * FROM " + "(SELECT * FROM " * 1_100 + "mart.company" + ")" * 1_100,
    "a_null_byte": "SELECT 1\0; DROP TABLE mart.company",
    "half_a_surrogate_pair": "SELECT \ud800 FROM mart.company",
    "empty": "",
    "only_spaces": " \n\t ",
}


def test_there_are_at_least_a_hundred_hostile_cases() -> None:
    assert len({*HOSTILE, *DEEP}) >= 150


@pytest.mark.parametrize("sql", [*HOSTILE, *DEEP.values()], ids=[*HOSTILE, *DEEP])
def test_whatever_is_not_a_read_of_this_file_is_refused(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    with pytest.raises(QueryRefused) as refused:
        sandbox.ask(sql)
    said = str(refused.value)
    assert said
    assert SECRET not in said
    assert "root:" not in said
    assert sorted(folder.rglob("*")) == before


def test_after_all_of_them_the_file_is_what_it_was(sandbox: Sandbox) -> None:
    for sql in HOSTILE:
        with pytest.raises(QueryRefused):
            sandbox.ask(sql)
    assert sandbox.ask("SELECT count(*), sum(n) FROM mart.company").rows == ((5000, 12497500),)
    assert sandbox.ask("SELECT current_setting('enable_external_access')").rows == ((False,),)
    names = sandbox.ask("SELECT database_name FROM duckdb_databases() WHERE NOT internal ORDER BY ALL").rows
    assert names == (("companies",), ("memory",))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(a.n) FROM mart.company a, mart.company b, mart.company c",
        "SELECT count(DISTINCT a.n * 5000 + b.n) FROM mart.company a, mart.company b",
        "SELECT max(place) FROM (SELECT rank() OVER (ORDER BY a.n * b.n) AS place FROM mart.company a, mart.company b)",
        "SELECT list(range) FROM range(100000000)",
        "SELECT repeat('x', 1000000000) FROM range(10)",
        f"SELECT '{'x' * 1_000_000}'",
        f"SELECT '{'x' * 10_000_000}'",
        f"SELECT 1; {'SELECT 1; ' * 1_000_000}",
    ],
    ids=["lists", "distinct", "ranked", "one_list", "long_texts", "1_MB", "10_MB", "10_MB_stacked"],
)
def test_what_needs_more_memory_than_the_limit_is_stopped(sandbox: Sandbox, sql: str) -> None:
    with pytest.raises(QueryTooBig, match=r"limit of 250 MB.*--memory|at most 1 MB"):
        sandbox.ask(sql)
    assert sandbox.ask("SELECT 1").rows == ((1,),)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(a.n * b.n % 7 + c.n) FROM mart.company a, mart.company b, mart.company c",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT max(hash(range)) FROM range(1000000000000)",
        # DuckDB hears no interrupt here: one value, and one plan
        "SELECT length(lpad('', 2000000000, 'x'))",
        "SELECT 1" + " UNION ALL SELECT 1" * 20_000,
    ],
    ids=["cartesian", "endless", "numbers", "one_value", "one_plan"],
)
def test_what_takes_longer_than_the_limit_is_stopped(published: Path, sql: str) -> None:
    with Sandbox(published) as sandbox, pytest.raises(QueryTooLong, match=r"after 0\.2 s"):
        sandbox.ask(sql, seconds=0.2)


def test_after_a_limit_the_next_question_is_answered(published: Path) -> None:
    with Sandbox(published) as sandbox:
        with pytest.raises(QueryTooLong):
            sandbox.ask("SELECT max(hash(range)) FROM range(1000000000000)", seconds=0.2)
        assert sandbox.ask("SELECT 1").rows == ((1,),)


@pytest.mark.parametrize("table", ["company", "mart.people", "nosuch.thing"])
def test_a_table_that_is_not_there_is_answered_with_those_that_are(sandbox: Sandbox, table: str) -> None:
    with pytest.raises(QueryRefused, match=r"There are: mart\.company, mart\.fit\."):
        sandbox.ask(f"SELECT * FROM {table}")


def test_the_second_file_is_there_only_when_it_is_given(published: Path) -> None:
    people = published.with_name("people.duckdb")
    with Sandbox(published, attached=people) as sandbox:
        assert sandbox.ask("SELECT first_name FROM people.mart.contact").rows == ((SECRET,),)
        with pytest.raises(QueryRefused):
            sandbox.ask(f"ATTACH '{people}' AS more")


def test_statements_that_run_as_they_are_written_reach_no_further(published: Path) -> None:
    with Warehouse.open_to_read(published, attached=published.with_name("people.duckdb")) as warehouse:
        for each in warehouse.as_written:
            assert each.ask("SELECT first_name, count(*) OVER () AS n FROM people.mart.contact") == [
                {"first_name": SECRET, "n": 1}
            ]
            for sql in ("FROM read_csv('/etc/passwd')", "SET threads = 1", "DROP TABLE mart.company"):
                with pytest.raises((WarehouseError, duckdb.Error)):
                    each.execute(sql)
        assert len(warehouse.as_written) == 2
    with pytest.raises(duckdb.Error):  # closed with the file
        each.ask("SELECT 1")


def test_several_readers_of_one_process_do_not_disturb_each_other(published: Path) -> None:
    counted: list[object] = []

    def count() -> None:
        counted.append(ask(published, "SELECT count(*) FROM mart.company").rows[0][0])

    with Warehouse.open_to_read(published):
        threads = [threading.Thread(target=count) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counted == [5000] * 2


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissing, match="prospekt publish"):
        ask(tmp_path / "companies.duckdb", "SELECT 1")
