-- One row a column of a new table whose namesake in core has a comment; $origins are the tables of core, in the order of $tables.
WITH place AS (SELECT unnest($tables) AS table_name, unnest($origins) AS origin_name),
described AS MATERIALIZED (SELECT database_name, schema_name, table_name, column_name, comment FROM duckdb_columns())
SELECT new.table_name, new.column_name, origin.comment
FROM place
JOIN described AS new ON new.table_name = place.table_name AND new.database_name = 'published'
JOIN described AS origin ON origin.table_name = place.origin_name AND origin.column_name = new.column_name
WHERE origin.database_name = 'warehouse' AND origin.schema_name = 'core' AND origin.comment IS NOT NULL
ORDER BY ALL;
