-- Makes match_before and match_evidence_before: the verdicts that are about to be made anew (all but those of `standing`),
-- and their evidence.
CREATE OR REPLACE TEMP TABLE match_before AS
SELECT * FROM core.match
WHERE decided_by <> 'crm_link' AND (crm_kind, crm_id) NOT IN (SELECT (crm_kind, crm_id) FROM standing);

CREATE OR REPLACE TEMP TABLE match_evidence_before AS
SELECT * FROM core.match_evidence
WHERE (crm_kind, crm_id) NOT IN (SELECT (crm_kind, crm_id) FROM standing);
