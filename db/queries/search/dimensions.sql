-- One row a column of what was prepared for searches, in the file `$catalogue` (null: the companies file).
SELECT table_name, column_name
FROM duckdb_columns()
WHERE schema_name = 'search' AND database_name = coalesce($catalogue, current_database())
ORDER BY table_oid, column_index;
