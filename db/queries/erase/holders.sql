-- One row a table that names records or CRM records, with the column that does.
SELECT columns.schema_name || '.' || columns.table_name AS "table", column_name AS "column"
FROM duckdb_columns() AS columns
JOIN duckdb_tables() AS tables USING (database_oid, schema_oid, table_oid)
WHERE columns.schema_name IN ('raw', 'core') AND column_name IN ('record_id', 'crm_id')
ORDER BY ALL;
