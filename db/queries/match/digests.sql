-- One row a verdict that was kept with what it was made of.
SELECT crm_kind, crm_id, stated, reference, candidates
FROM core.match_digest
SEMI JOIN core.match USING (crm_kind, crm_id);
