-- Forgets every verdict: they are made anew.
DELETE FROM core.match;
DELETE FROM core.match_evidence;
