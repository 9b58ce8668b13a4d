-- Gives each contact that belongs to a company of the CRM the verdict on that company.
INSERT INTO core.match BY NAME
SELECT
    verdict.* EXCLUDE (crm_kind, crm_id, decided_by, stands_from), 'contact' AS crm_kind, contact.crm_id, 'crm_link' AS decided_by
FROM core.crm_contact AS contact
JOIN (
    SELECT crm_key, min(crm_id) AS crm_id
    FROM core.crm_company
    WHERE known_to IS NULL AND NOT is_closed AND crm_key IS NOT NULL
    GROUP BY crm_key
) AS company ON company.crm_key = contact.company_crm_key
JOIN core.match AS verdict ON verdict.crm_kind = 'company' AND verdict.crm_id = company.crm_id
WHERE contact.known_to IS NULL AND NOT contact.is_closed;
