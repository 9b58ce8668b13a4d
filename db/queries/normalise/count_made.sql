-- One where the normalisers' tables are there, by whatever version.
SELECT count(*) FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'core' AND table_name = 'record_key';
