-- Ends the versions that new ones replaced, drops those rendered anew, closes what left, notes what was stated again.
UPDATE core.source_record SET known_to = $fetched_at
WHERE rowid IN (SELECT previous_rowid FROM land_plan WHERE verdict = 'changed');

UPDATE core.source_record SET is_closed = false
WHERE rowid IN (SELECT previous_rowid FROM land_plan WHERE verdict = 'reopened');

DELETE FROM core.source_record
WHERE rowid IN (SELECT previous_rowid FROM land_plan WHERE verdict = 'rerendered');

UPDATE core.source_record SET known_to = $fetched_at, is_closed = true, source_seq = $source_seq
WHERE rowid IN (SELECT previous_rowid FROM land_closing);

UPDATE core.relation SET known_to = $fetched_at
WHERE source = $source AND known_to IS NULL AND record_id IN (SELECT record_id FROM land_closing);

UPDATE core.source_record SET source_seq = $source_seq, fetched_at = $fetched_at
WHERE rowid IN (SELECT previous_rowid FROM land_plan WHERE verdict = 'unchanged');
