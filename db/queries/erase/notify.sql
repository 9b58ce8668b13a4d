-- One row somebody who has to be told: the owner of a CRM record that goes, or who received it in an export.
SELECT DISTINCT 'owner ' || coalesce(owner.email, owner.name, record.owner_original, record.owner_id) AS whom
FROM (
    SELECT crm_id, owner_id, owner_original FROM core.crm_contact
    UNION ALL
    SELECT crm_id, owner_id, owner_original FROM core.crm_company
) AS record
SEMI JOIN erased_crm ON erased_crm.crm_id = record.crm_id
LEFT JOIN core.crm_owner AS owner ON owner.known_to IS NULL AND record.owner_id IN (owner.crm_id, owner.crm_key)
WHERE record.owner_id IS NOT NULL OR record.owner_original IS NOT NULL
UNION
SELECT DISTINCT 'export ' || export.file_name || ' of ' || strftime(export.exported_at, '%Y-%m-%d') || ' for ' || coalesce(export.handed_to, export.target)
FROM core.export AS export
JOIN core.company_member AS member ON member.company_id = export.company_id
SEMI JOIN erased_record ON erased_record.record_id = member.record_id
ORDER BY whom;
