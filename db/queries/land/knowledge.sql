-- Notes which companies a source was `asked` about (lent), and ends the records of theirs that it has no more under their
-- numbers (`found`, lent, has those that it has). Ended is not closed: that a list of others lacks a company says nothing.
CREATE OR REPLACE TEMP TABLE ended_knowledge AS
SELECT DISTINCT record.record_id
FROM asked
JOIN core.company_member AS anchor ON anchor.record_id = asked.record_id
JOIN core.company_member AS member ON member.company_id = anchor.company_id
JOIN core.source_record AS record ON record.record_id = member.record_id
WHERE
    asked.outcome IN ('hit', 'no_data')
    AND record.source = $source
    AND record.known_to IS NULL
    AND record.source_key NOT IN (SELECT source_key FROM found);

UPDATE core.source_record SET known_to = $at
WHERE known_to IS NULL AND record_id IN (SELECT record_id FROM ended_knowledge);

UPDATE core.relation SET known_to = $at
WHERE source = $source AND known_to IS NULL AND record_id IN (SELECT record_id FROM ended_knowledge);

DELETE FROM core.knowledge_inquiry
WHERE source = $source AND record_id IN (SELECT record_id FROM asked);

INSERT INTO core.knowledge_inquiry BY NAME
SELECT record_id, $source AS source, outcome, reason_code, $at AS asked_at FROM asked;
