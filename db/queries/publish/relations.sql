-- One row a table or view of mart.
SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = 'mart'
UNION ALL
SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart';
