-- One row a column of a table or view that a reader may ask, the table as a query writes it.
SELECT
    CASE database_name WHEN current_database() THEN '' ELSE database_name || '.' END
    || schema_name || '.' || table_name AS relation,
    column_name
FROM duckdb_columns()
WHERE schema_name = 'mart'
ORDER BY database_name, table_name, column_index;
