-- Takes an import back: its versions and rejects go, what it replaced or closed is open again.
-- core.crm_record stands for the table of the kind.
DELETE FROM core.crm_record WHERE import_id = $import_id;
UPDATE core.crm_record SET known_to = NULL, closed_by = NULL, is_closed = false WHERE closed_by = $import_id;
DELETE FROM raw.reject WHERE run_id = $import_id;
UPDATE core.import SET undone_at = $at WHERE import_id = $import_id;
INSERT INTO core.run BY NAME
SELECT $run_id::UUID AS run_id, 'import undo' AS command, 'import' AS stage, 'crm_' || $kind AS source,
       $at::TIMESTAMPTZ AS started_at, now() AS finished_at, 'ok' AS outcome, $message AS message;
