-- Forgets every verdict but those of `standing`: they are made anew, as are contacts' verdicts through their CRM company.
DELETE FROM core.match
WHERE decided_by = 'crm_link' OR (crm_kind, crm_id) NOT IN (SELECT (crm_kind, crm_id) FROM standing);

DELETE FROM core.match_evidence
WHERE (crm_kind, crm_id) NOT IN (SELECT (crm_kind, crm_id) FROM standing);

DELETE FROM core.match_digest;
