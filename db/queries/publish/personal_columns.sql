-- One row a column of mart that is about natural persons or members of the team.
SELECT table_name || '.' || column_name AS name
FROM duckdb_columns()
WHERE schema_name = 'mart' AND regexp_matches(comment, '^(personal|staff): ');
