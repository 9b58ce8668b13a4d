-- Lets the roles go of every entity that no CRM record is accepted as any more.
DELETE FROM core.role
WHERE record_id NOT IN (SELECT record_id FROM core.match WHERE state = 'accepted' AND record_id IS NOT NULL);

DELETE FROM core.role_inquiry
WHERE record_id NOT IN (SELECT record_id FROM core.match WHERE state = 'accepted' AND record_id IS NOT NULL);

DELETE FROM core.mandate
WHERE record_id NOT IN (SELECT record_id FROM core.match WHERE state = 'accepted' AND record_id IS NOT NULL);

DELETE FROM core.mandate_inquiry
WHERE record_id NOT IN (SELECT record_id FROM core.match WHERE state = 'accepted' AND record_id IS NOT NULL);
