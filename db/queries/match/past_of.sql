-- One row a verdict on one CRM record that was replaced, the latest first.
SELECT
    past.crm_id, past.state, past.record_id, past.company_id::VARCHAR AS company_id, past.probability, past.decided_by,
    past.model_version, past.matched_at, past.replaced_at
FROM people.mart.match_past AS past
WHERE crm_id = $crm_id
ORDER BY past.matched_at DESC;
