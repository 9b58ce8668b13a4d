-- One row a column of mart whose comment does not begin with a privacy class.
SELECT table_name || '.' || column_name AS name
FROM duckdb_columns()
WHERE schema_name = 'mart' AND NOT coalesce(regexp_matches(comment, '^(open|mixed|personal|staff|internal): '), false);
