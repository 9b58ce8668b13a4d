-- One row a record that a CRM record was accepted as, before all others in the order to ask.
SELECT DISTINCT record_id, 0::BIGINT AS place
FROM core.match
WHERE state = 'accepted' AND record_id IS NOT NULL
ORDER BY record_id;
