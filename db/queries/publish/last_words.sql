-- One row a column of the tables of words that the publication before has (the catalogue `before`).
SELECT table_name AS relation, column_name AS "column"
FROM duckdb_columns()
WHERE database_name = 'before' AND schema_name = 'mart' AND table_name IN (SELECT unnest($tables));
