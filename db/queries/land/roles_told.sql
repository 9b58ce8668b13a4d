-- Forgets that the entities `told` (lent) were asked for their roles and for who signs, for these changed since.
DELETE FROM core.role_inquiry WHERE record_id IN (SELECT record_id FROM told);

DELETE FROM core.mandate_inquiry WHERE record_id IN (SELECT record_id FROM told);

UPDATE core.mandate SET asked_at = NULL WHERE record_id IN (SELECT record_id FROM told);
