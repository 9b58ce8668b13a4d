-- Forgets that the entities `told` (lent) were asked for their roles, for these changed since.
DELETE FROM core.role_inquiry WHERE record_id IN (SELECT record_id FROM told);
