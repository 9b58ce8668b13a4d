-- Lets what a run decided stand.
INSERT INTO core.match BY NAME SELECT * FROM match_decided;
INSERT INTO core.match_evidence BY NAME SELECT * FROM match_decided_evidence;
DROP TABLE match_decided;
DROP TABLE match_decided_evidence;
