-- One row an open deal of the CRM that is pulled, with its companies.
SELECT crm_key, coalesce(company_crm_keys, []) AS companies
FROM core.crm_deal
WHERE known_to IS NULL AND NOT is_closed AND list_contains($crm_ids, crm_id);
