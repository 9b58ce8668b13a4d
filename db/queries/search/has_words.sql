-- One row where the companies file has words as a search ranks them; none where it was published before.
SELECT column_name FROM duckdb_columns() WHERE schema_name = 'mart' AND table_name = 'posting' AND column_name = 'site_count';
