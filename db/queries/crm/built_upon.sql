-- One row a later import that changed, closed or brought back a record which this import touched; newest first.
-- core.crm_record stands for the table of the kind.
WITH touched AS (
    SELECT DISTINCT crm_id FROM core.crm_record WHERE import_id = $import_id OR closed_by = $import_id
), later AS (
    SELECT import_id FROM core.crm_record WHERE crm_id IN (SELECT crm_id FROM touched)
    UNION
    SELECT closed_by FROM core.crm_record WHERE crm_id IN (SELECT crm_id FROM touched) AND closed_by IS NOT NULL
)
SELECT CAST(i.import_id AS VARCHAR) AS import_id, i.file_name
FROM later JOIN core.import i USING (import_id)
WHERE i.imported_at > (SELECT imported_at FROM core.import WHERE import_id = $import_id)
ORDER BY i.imported_at DESC, i.import_id DESC;
