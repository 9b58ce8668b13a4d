-- One row a column of mart, in order; types as DuckDB writes them, without the quotes that only some versions put.
SELECT table_name AS relation, column_name AS "column", replace(data_type, '"', '') AS type
FROM duckdb_columns()
WHERE schema_name = 'mart'
ORDER BY relation, column_index;
