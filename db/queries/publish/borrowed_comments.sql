-- One row a column of a new table whose namesake in core has a comment.
SELECT new.column_name, origin.comment
FROM duckdb_columns() AS new
JOIN duckdb_columns() AS origin USING (column_name)
WHERE new.database_name = 'published' AND new.table_name = $table
    AND origin.database_name = 'warehouse' AND origin.schema_name = 'core' AND origin.table_name = $origin
    AND origin.comment IS NOT NULL;
