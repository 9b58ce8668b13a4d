-- One row an e-mail address of the CRM records found: it too must not come back.
SELECT DISTINCT lower(email) AS email FROM core.crm_contact SEMI JOIN erased_crm USING (crm_id) WHERE email IS NOT NULL;
