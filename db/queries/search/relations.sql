-- One row a table or view that a reader may ask, as a query writes it.
SELECT
    CASE database_name WHEN current_database() THEN '' ELSE database_name || '.' END
    || schema_name || '.' || relation_name AS name
FROM (
    SELECT database_name, schema_name, table_name AS relation_name FROM duckdb_tables()
    UNION ALL
    SELECT database_name, schema_name, view_name FROM duckdb_views()
)
WHERE schema_name = 'mart'
ORDER BY database_name, relation_name;
