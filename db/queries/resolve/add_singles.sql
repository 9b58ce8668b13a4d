-- Gives every record that is in no company yet a company of its own.
INSERT INTO core.company_member BY NAME
SELECT record.record_id, uuidv7() AS company_id, true AS is_anchor, 'first' AS linked_by, now() AS linked_at
FROM core.record_key AS record
WHERE NOT EXISTS (SELECT 1 FROM core.company_member AS member WHERE member.record_id = record.record_id);
