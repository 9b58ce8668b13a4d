-- One row a CRM record that was accepted as, or may be, one company.
SELECT match.crm_kind, match.crm_id, match.state, match.probability, match.decided_by
FROM current_match AS match
WHERE match.company_id = $company_id::UUID
ORDER BY match.state, match.probability DESC, match.crm_id;
