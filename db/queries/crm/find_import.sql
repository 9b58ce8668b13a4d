-- The import of that id: one row or none.
SELECT kind, file_name, imported_at, undone_at FROM core.import WHERE CAST(import_id AS VARCHAR) = $import_id;
