-- One row what else somebody could come back by: e-mail addresses, register records, CRM records and roles found.
SELECT DISTINCT 'email' AS scheme, lower(email) AS value
FROM core.crm_contact SEMI JOIN erased_crm USING (crm_id)
WHERE email IS NOT NULL
UNION
SELECT 'record', record_id FROM erased_record
UNION
SELECT 'record', crm_id FROM erased_crm
UNION
SELECT 'record', record_id || ' ' || fold_person(holder_name) FROM erased_role;
