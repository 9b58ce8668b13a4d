-- One row an open contact of the CRM that is pulled, with its company as a list of none or one.
SELECT crm_key, list_filter([company_crm_key], lambda one: one IS NOT NULL) AS companies
FROM core.crm_contact
WHERE known_to IS NULL AND NOT is_closed AND list_contains($crm_ids, crm_id);
