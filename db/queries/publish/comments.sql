-- One row a comment of a published file or the warehouse: a table's or view's (without column) before its columns', in their order.
SELECT schema_name AS "schema", table_name AS "table", NULL AS "column", comment, -1 AS place FROM duckdb_tables()
WHERE schema_name IN ('core', 'mart', 'raw')
UNION ALL
SELECT schema_name, view_name, NULL, comment, -1 FROM duckdb_views() WHERE schema_name IN ('core', 'mart', 'raw')
UNION ALL
SELECT schema_name, table_name, column_name, comment, column_index FROM duckdb_columns() WHERE schema_name IN ('core', 'mart', 'raw')
ORDER BY "schema", "table", place;
