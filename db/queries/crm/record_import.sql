-- Writes the import and its run; the import's id is the run's.
INSERT INTO core.import VALUES (
    $import_id, $kind, $file_name, $file_sha256, $mapping, $is_complete, $imported_by, $at,
    $rows_in, $rows_created, $rows_updated, $rows_unchanged, $rows_closed, $rows_rejected, NULL
);
INSERT INTO core.run BY NAME
SELECT $import_id::UUID AS run_id, 'import' AS command, 'import' AS stage, 'crm_' || $kind AS source,
       $at::TIMESTAMPTZ AS started_at, now() AS finished_at,
       CASE WHEN $rows_created + $rows_updated + $rows_closed = 0 THEN 'unchanged' ELSE 'ok' END AS outcome,
       CASE WHEN $is_complete THEN 'complete' ELSE 'partial' END AS coverage,
       $file_sha256 AS original_sha256, $rows_in AS rows_in, $rows_in - $rows_rejected AS rows_landed,
       $rows_rejected AS rows_rejected, $rows_created AS rows_added, $rows_updated AS rows_changed,
       $rows_closed AS rows_closed, $message AS message;
