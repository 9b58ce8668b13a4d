-- One row a column of mart in the current catalogue, in order; types as DuckDB writes them, without the quotes that only some
-- versions put.
SELECT table_name AS relation, column_name AS "column", replace(data_type, '"', '') AS type, comment
FROM duckdb_columns()
WHERE schema_name = 'mart' AND database_name = current_database()
ORDER BY relation, column_index;
