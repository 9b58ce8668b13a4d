-- Makes match_before and match_evidence_before: the verdicts that are about to be made anew, and their evidence.
CREATE OR REPLACE TEMP TABLE match_before AS
SELECT * FROM core.match WHERE decided_by <> 'crm_link';

CREATE OR REPLACE TEMP TABLE match_evidence_before AS
SELECT * FROM core.match_evidence;
