-- The ids of the latest imports that are not undone, newest first.
SELECT CAST(import_id AS VARCHAR) AS import_id FROM core.import WHERE undone_at IS NULL
ORDER BY imported_at DESC, import_id DESC LIMIT 5;
