-- Makes match_decided and match_decided_evidence: what a run decided, aside until all of it can stand.
CREATE OR REPLACE TEMP TABLE match_decided AS SELECT * FROM core.match LIMIT 0;
CREATE OR REPLACE TEMP TABLE match_decided_evidence AS SELECT * FROM core.match_evidence LIMIT 0;
