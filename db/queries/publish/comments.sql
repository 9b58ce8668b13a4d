-- One row a comment of a published file: a table's or view's (without column) before its columns', in their order.
SELECT table_name AS "table", NULL AS "column", comment, -1 AS place FROM duckdb_tables() WHERE schema_name = 'mart'
UNION ALL
SELECT view_name, NULL, comment, -1 FROM duckdb_views() WHERE schema_name = 'mart'
UNION ALL
SELECT table_name, column_name, comment, column_index FROM duckdb_columns() WHERE schema_name = 'mart'
ORDER BY "table", place;
