-- How many of the four tables of words the publication before has.
SELECT count(*)
FROM duckdb_tables()
WHERE database_name = 'before' AND schema_name = 'mart' AND table_name IN ('text', 'word', 'term', 'posting');
