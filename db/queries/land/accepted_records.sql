-- One row a record that a CRM record was accepted as.
SELECT DISTINCT record_id FROM core.match WHERE state = 'accepted' AND record_id IS NOT NULL ORDER BY record_id;
