-- Closes the versions that the import replaces and appends its own; core.crm_record stands for the table of the kind.
UPDATE core.crm_record SET known_to = $at, closed_by = $import_id
WHERE known_to IS NULL AND crm_id IN (SELECT crm_id FROM crm_version WHERE action = 'updated');

INSERT INTO core.crm_record BY NAME
SELECT * EXCLUDE (row_number, label, action),
       $import_id::UUID AS import_id, $at::TIMESTAMPTZ AS known_from, false AS is_closed
FROM crm_version WHERE action <> 'unchanged';
