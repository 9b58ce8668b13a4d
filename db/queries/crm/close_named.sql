-- Closes the records that the CRM no longer has (`gone_rows`, lent); core.crm_record stands for the table of the kind.
UPDATE core.crm_record SET known_to = $at, closed_by = $import_id, is_closed = true
WHERE known_to IS NULL AND crm_id IN (SELECT crm_id FROM gone_rows);
